#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""--audit: a file that says all that was done, and by whom."""
import json
import os
import stat
import sys
import tempfile

import jsonschema

AUDIT_SCHEMA_FILE = sys.argv.pop()

from tooltest import contains, demo, equal, main, run  # noqa: E402

with open(AUDIT_SCHEMA_FILE, encoding="utf-8") as schema_file:
    AUDIT_SCHEMA = json.load(schema_file)


def records(path):
    """Its lines, checked against the schema."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text == "" or text.endswith("\n"), text
    found = [json.loads(line) for line in text.splitlines()]
    for record in found:
        jsonschema.validate(record, AUDIT_SCHEMA)
    return found


class Place:
    """A name for the file, in a folder of its own."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        return os.path.join(self.folder.name, "audit.jsonl")

    def __exit__(self, *_):
        self.folder.cleanup()


def kinds(found):
    return [record["record"] for record in found]


def test_every_outcome_has_a_record():
    with Place() as path:
        result = demo("close", "1", "6", "99", "--force", "--audit", path)
        equal(result.status, 4, result)
        found = records(path)
        equal(kinds(found), ["intent"] + 3 * ["outcome"])
        equal(len({record["operation"] for record in found}), 1)
        equal([record["outcome"] for record in found[1:]],
              ["CLOSED", "REFUSED_OWN", "NOT_FOUND"])
        equal(found[0]["items"][0]["item"], found[1]["item"])
        for record in found:
            equal((record["uid"], record["euid"]),
                  (os.getuid(), os.geteuid()))
            equal(record["selector"], {"session_ids": ["1", "6", "99"]})
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)


def test_left_out_is_written_down():
    with Place() as path:
        result = demo("close", "--all", "--force", "--audit", path)
        equal(result.status, 0, result)
        found = records(path)
        equal([record["session"]["session_id"] for record in found
               if record["record"] == "left_out"], ["6"])
        equal(found[0]["selector"], {"all": True})


def test_it_is_appended_to():
    with Place() as path:
        for number in ("1", "2"):
            demo("close", number, "--force", "--audit", path)
        equal(kinds(records(path)), 2 * ["intent", "outcome"])


def test_selectors():
    with Place() as path:
        demo("close", "--client-user", "ALPHA\\alice", "--client", "x",
             "--min-idle", "1m", "--min-age", "2m", "--max-opens", "3",
             "--instance", "csv", "--force", "--audit", path)
        demo("close", "--guest", "--unencrypted", "--scope", "s", "--node",
             "n", "--dialect", "3.1.1", "--force", "--audit", path)
        selectors = [record["selector"] for record in records(path)]
        equal(selectors[0], {
            "client_user_names": ["ALPHA\\alice"],
            "client_computer_names": ["x"], "min_idle": 60, "min_age": 120,
            "max_opens": 3, "smb_instances": ["csv"]})
        equal(selectors[-1], {
            "guest": True, "unencrypted": True, "scope_names": ["s"],
            "cluster_node_names": ["n"], "dialects": ["3.1.1"]})


def test_what_if_writes_nothing():
    with Place() as path:
        equal(demo("close", "1", "--what-if", "--audit", path).status, 0)
        equal(records(path), [])


def test_without_a_place_nothing_is_closed():
    result = demo("close", "1", "--force", "--audit", "/no/such/place")
    equal((result.status, result.out), (1, ""), result)
    contains(result.err, "--audit", "/no/such/place")
    for path in ("/dev/full", "/"):
        result = demo("close", "1", "--force", "--audit", path)
        assert result.status in (1, 2), result
        contains(result.err, "--audit")


def test_a_fifo():
    with Place() as path:
        os.mkfifo(path)
        result = demo("close", "1", "--force", "--audit", path)
        equal(result.status, 1, result)
        contains(result.err, "nobody reads it")
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        equal(demo("close", "1", "--force", "--audit", path).status, 0)
        lines = os.read(reader, 65536).decode().splitlines()
        os.close(reader)
        equal(kinds([json.loads(line) for line in lines]),
              ["intent", "outcome"])


def test_the_shell():
    with Place() as path:
        result = demo("shell", "--audit", path, "-c",
                      "close 1 --force; close 2 --force; list")
        equal(result.status, 0, result)
        found = records(path)
        equal(kinds(found), 2 * ["intent", "outcome"])
        equal(len({record["operation"] for record in found}), 2)


def test_list_takes_no_audit():
    equal(run("-S", "memory:demo", "list", "--audit", "x").status, 2)


main(globals())
