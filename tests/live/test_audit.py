#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The audit file alone says what happened; smbstatus is the witness."""

import collections
import contextlib
import json
import os
import resource
import tempfile

import jsonschema

from livetest import HERE, DEL, as_admin, main, run, tap, where

with open(os.path.join(HERE, "..", "..", "docs", "audit.schema.json"),
          encoding="utf-8") as stream:
    SCHEMA = json.load(stream)


@contextlib.contextmanager
def place():
    with tempfile.TemporaryDirectory() as folder:
        yield os.path.join(folder, "audit.jsonl")


def read(path):
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    for record in records:
        jsonschema.validate(record, SCHEMA)
    return records


def who(session):
    return (session["client_computer_name"].lstrip("\\"),
            session["client_user_name"].rpartition("\\")[2])


def on_server(lab):
    """(address, user) of every session but ours, by smbstatus."""
    lab.wait_sessions(lambda rows: all(row.user != "admin" for row in rows))
    return collections.Counter((row.address, row.user)
                               for row in lab.sessions())


def reconstruct(records):
    """What was sent and what ended, in (address, user), by the file alone.

    Each outcome that was sent must have an intent before it, which names the
    same session; what ended without being selected is in the collateral.
    """
    intents, sent, ended = {}, [], collections.Counter()
    for record in records:
        if record["record"] == "intent":
            for item in record["items"]:
                key = (record["operation"], record["handle_id"],
                       item["item"])
                tap.true(key not in intents, f"two intents: {record}")
                intents[key] = who(item["session"])
        if record["record"] != "outcome":
            continue
        key = (record["operation"], record.get("handle_id"),
               record["item"])
        if record["sent"]:
            tap.equal(intents.get(key), who(record["session"]),
                      f"no intent of {record}")
            sent.append(who(record["session"]))
        else:
            tap.true(key not in intents, f"an intent of {record}")
        if record["outcome"] in ("CLOSED", "RECONNECTED"):
            ended[who(record["session"])] += 1
    return sorted(sent), ended


@tap.case("several closes of several users: the file tells what is left")
def several(lab):
    for user, address in (("alice", "127.0.0.5"), ("alice", "127.0.0.5"),
                          ("alice", "127.0.0.6"), ("bob", "127.0.0.9"),
                          ("bob", "127.0.0.7"), ("carol", "127.0.0.8"),
                          ("lister", "127.0.0.8")):
        lab.client(user, address)
    before = on_server(lab)
    with place() as path:
        for more in (["--client-user", "alice"],
                     ["--client-user", "bob", "--client", "127.0.0.7"],
                     ["--client-user", "carol"],
                     ["--client-user", "nobody"]):
            as_admin(lab, "close", *more, "--force", "--audit", path)
        records = read(path)
    sent, ended = reconstruct(records)
    tap.equal(sent, [("127.0.0.5", "alice"), ("127.0.0.5", "alice"),
                     ("127.0.0.6", "alice"), ("127.0.0.7", "bob")])
    tap.equal(on_server(lab), before - ended, f"{records}")
    tap.equal(len({record["operation"] for record in records}), 4)
    # lister's session may end with carol's, and nobody allowed that.
    tap.equal([(record["outcome"], record["decision"])
               for record in records if record["record"] == "outcome"],
              4 * [("CLOSED", "forced")] + [
                  ("REFUSED_COLLATERAL", "refused"),
                  ("NOT_FOUND", "not_found")])
    tap.equal(records[-1]["selector"], {"client_user_names": ["nobody"]})
    for record in records:
        tap.equal((record["uid"], record["euid"]),
                  (os.getuid(), os.geteuid()))
        if "server" in record:
            tap.equal((record["server"], record["user"]),
                      (f"{lab.host}:{lab.port}", "admin"))
        tap.true(lab.passwords["admin"] not in json.dumps(record),
                 "the password is in it")


@tap.case("a close that the server denies: sent, its code, and still there")
def denied(lab):
    lab.client("alice", "127.0.0.5")
    before = on_server(lab)
    with place() as path:
        run(*where(lab, user="lister"), "close", "--client-user", "alice",
            "--force", "--audit", path)
        records = read(path)
    outcome = records[-1]
    _, ended = reconstruct(records)
    tap.true(not ended, f"{records}")
    tap.equal((outcome["user"], outcome["outcome"], outcome["name"],
               outcome["sent"], outcome["native_kind"],
               outcome["native_code"]),
              ("lister", "FAILED", "SMBMGMT_E_CLOSE_DENIED", True, "werror",
               5))
    lab.wait_sessions(lambda rows: all(row.user != "lister" for row in rows))
    tap.equal(on_server(lab), before)


@tap.case("a full disk: no close goes over the wire, and the sessions live on")
def disk_full(lab):
    alice = lab.client("alice", "127.0.0.5")
    lab.wait_sessions(lambda rows: all(row.user != "admin" for row in rows))
    relay = lab.relay("127.0.0.20")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    with place() as path:
        result = run(*where(lab, port=relay.port), "close", "--client-user",
                     "alice", "--force", "--audit", path, preexec_fn=limit)
        with open(path, encoding="utf-8") as file:
            tap.equal(len(file.read()), 100, "the file is full")
    tap.equal(result.status, 1, repr(result))
    tap.true("SMBMGMT_E_SYSTEM" in result.err, repr(result))
    tap.equal(relay.opnums().get(DEL, 0), 0, "closes")
    tap.true(alice.alive(), "it was ended")


main()
