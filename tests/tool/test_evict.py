#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""evict: what comes back is closed, and what has to come first."""
import json
import os
import sys
import tempfile

import jsonschema

import tooltest
from tooltest import (SCHEMA, Terminal, contains, demo, equal, lacks, main,
                      run)

MANY = sys.argv[3]
QUESTION = '(default is "Y"): '
ALICE = ["evict", "--client-user=alice"]
ONCE = [*ALICE, "--for=0", "--force"]


def many(*args, **more):
    kept, tooltest.TOOL = tooltest.TOOL, MANY
    try:
        return run(*args, **more)
    finally:
        tooltest.TOOL = kept


def servers(result):
    return {row["server"]: (row["closed"], row["came_back"],
                            row["still_there"])
            for row in result.json()["servers"]}


def refused(result, *parts):
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, *parts)


def test_a_table_with_a_line_for_each_server():
    result = many("-S", "memory:b", "-S", "memory:a", *ONCE)
    equal((result.status, result.err), (0, ""), result)
    heading, _, *rows = [line.split() for line in result.out.splitlines()]
    equal(heading, ["Server", "Closed", "CameBack", "StillThere", "Rounds",
                    "Error"])
    equal([row[:4] for row in rows],
          [["memory:b", "2", "0", "0"], ["memory:a", "2", "0", "0"]])


def test_what_comes_back_is_closed():
    result = many("-S", "memory:back3-a", "-S", "memory:b", *ALICE, "--force",
                  "--for=3", "--every=1", "--json")
    equal((result.status, result.err), (0, ""), result)
    equal(servers(result), {"memory:back3-a": (5, 3, 0),
                            "memory:b": (2, 0, 0)})
    document = result.json()
    equal(document["code"], 0)
    for row in document["servers"]:
        assert row["rounds"] > 2, row
    # Nobody else was touched.
    equal({row["session"]["client_user_name"]
           for row in document["outcomes"]}, {"alice"})


def test_what_comes_back_too_late_is_still_there():
    result = many("-S", "memory:back2-a", *ONCE, "--json")
    equal(result.status, 1, result)
    equal(servers(result), {"memory:back2-a": (2, 2, 2)})
    assert result.json()["code"] < 0, result


def test_a_close_that_does_nothing():
    result = many("-S", "memory:mute-a", *ONCE, "--deadline=1", "--json")
    equal(result.status, 1, result)
    equal(servers(result), {"memory:mute-a": (0, 0, 2)})
    contains(result.err, "session 1", "session 2", "STILL_PRESENT")


def test_a_server_that_does_not_answer():
    result = many("-S", "memory:a", "-S", "memory:dead-b", *ONCE, "--json")
    equal(result.status, 1, result)
    first, second = result.json()["servers"]
    equal((first["closed"], "error" in first), (2, False))
    equal((second["server"], second["error"]["name"]),
          ("memory:dead-b", "SMBMGMT_E_CONNECTION_REFUSED"))
    equal(result.err.count("\n"), 1, result)
    table = many("-S", "memory:a", "-S", "memory:dead-b", *ONCE)
    contains(table.out, "SMBMGMT_E_CONNECTION_REFUSED")


def test_the_own_session_is_refused_and_said_once():
    result = demo("evict", "6", "--for=2", "--force")
    equal(result.status, 4, result)
    equal(result.err.count("session 6"), 1, result)
    contains(result.err, "SMBMGMT_E_REFUSED_OWN")
    equal(result.out.splitlines()[2].split()[:4],
          ["memory:demo", "0", "0", "1"])


def test_all_leaves_the_own_session_alone():
    result = demo("evict", "--all", "--for=0", "--force", "--json")
    equal(result.status, 0, result)
    equal(len(result.json()["left_out"]), 1)
    equal(servers(result), {"memory:demo": (5, 0, 0)})


def test_nobody_there():
    result = many("-S", "memory:a", "evict", "--client-user=nobody",
                  "--for=0", "--force")
    equal(result.status, 3, result)
    contains(result.err, "SMBMGMT_E_NOT_FOUND")


def test_what_if():
    result = many("-S", "memory:back9-a", *ALICE, "--what-if", "--force",
                  "--before=/bin/false")
    equal((result.status, result.err), (0, ""), result)
    equal(result.out.splitlines(), [
        f"What if: Performing operation 'Close-Session' on Target '{i}'."
        for i in (1, 2)])
    result = many("-S", "memory:a", *ALICE, "--what-if", "--json")
    equal([row["outcome"] for row in result.json()["outcomes"]],
          ["WOULD_CLOSE"] * 2)


def test_usage():
    for args, *words in (
            ([], "SMBMGMT_E_EMPTY_FILTER", "--all"),
            (["--all", "1"], "--all"),
            (["--all", "--guest"], "--guest"),
            (["1", "--from=-"], "--from", "evict"),
            (["1", "--no-verify"], "--no-verify", "evict"),
            (["1", "--pass-thru"], "--pass-thru", "evict"),
            (["1", "--csv"], "--csv", "evict"),
            (["1", "--columns=id"], "--columns", "evict"),
            (["1", "--for=x"], "--for", "N[s|m|h|d]"),
            (["1", "--for=50d"], "--for", "49d"),
            (["1", "--for=-1"], "--for"),
            (["1", "--every=0"], "--every"),
            (["1", "--every=1w"], "--every")):
        refused(demo("evict", "--force", *args), *words)
    refused(demo("close", "1", "--for=1"), "--for", "close")
    refused(demo("evict", "1"), "--force", "--what-if")
    refused(demo("evict", "1", "--force", "--confirm"), "--what-if")


def test_before_is_checked_first():
    # Not even a password was asked for.
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "plain")
        with open(plain, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n")
        for path, word in (("/nonexistent/x", "No such file"),
                           (folder, "folder"), (plain, "executed")):
            refused(run("-S", "127.0.0.1", "-p", "1", "-U", "alice", *ONCE,
                        f"--before={path}"), "--before", path, word)


class Hook:
    """A program for --before, and what it leaves behind."""

    def __init__(self, text):
        self.text = text

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = self.name("hook with blanks; $(touch shell)")
        with open(self.path, "w", encoding="ascii") as file:
            file.write(self.text)
        os.chmod(self.path, 0o700)
        self.env = {"OUT": self.folder.name}
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def name(self, name):
        return os.path.join(self.folder.name, name)

    def left(self, name):
        with open(self.name(name), encoding="utf-8") as file:
            return file.read()

    def ran(self):
        return os.path.exists(self.name("ran"))


RAN = """#!/bin/sh
echo once >>"$OUT/ran"
"""


def test_before_runs_once_with_the_plan():
    with Hook(RAN + 'echo "$#" "$0" >"$OUT/args"\ncat >"$OUT/plan"\n'
              'env >"$OUT/env"\ncp "$OUT/audit" "$OUT/audit.then"\n'
              'echo on-stdout\necho on-stderr >&2\n') as hook:
        result = many("-S", "memory:a", "-S", "memory:b", *ALICE, "--for=2",
                      "--force", "--json", "--before", hook.path,
                      "-U", "alice", "--password-fd=0",
                      "--audit", hook.name("audit"),
                      env=hook.env, text="s3cr3t-of-the-test\n")
        equal(result.status, 0, result)
        equal(set(servers(result).values()), {(2, 0, 0)})
        equal(sorted(result.err.splitlines()), ["on-stderr", "on-stdout"])
        equal(hook.left("ran"), "once\n")
        equal(hook.left("args"), f"0 {hook.path}\n")
        lacks(hook.left("env") + hook.left("plan"), "s3cr3t")
        # Nothing had been sent, nor was it about to be.
        lacks(hook.left("audit.then"), "intent")
        contains(hook.left("audit"), "intent")
        plan = json.loads(hook.left("plan"))
        jsonschema.validate(plan, SCHEMA)
        equal([(row["outcome"], row["session"]["server"])
               for row in plan["outcomes"]],
              [("WOULD_CLOSE", "memory:a")] * 2 +
              [("WOULD_CLOSE", "memory:b")] * 2)
        assert not os.path.exists("shell"), "a shell has read the path"


def test_before_need_not_read():
    with Hook(RAN + "exec <&-\n") as hook:
        names = [word for i in range(300) for word in ("-S", f"memory:s{i}")]
        result = many(*names, *ONCE, "--before", hook.path, env=hook.env)
        equal((result.status, result.err, hook.ran()), (0, "", True), result)


def test_before_runs_whether_or_not_anybody_is_there():
    with Hook(RAN) as hook:
        many("-S", "memory:a", "evict", "--client-user=nobody", "--for=0",
             "--force", "--before", hook.path, env=hook.env)
        equal(hook.ran(), True)


def failing():
    """Programs, and what is said of each."""
    return (("#!/bin/sh\nexit 3\n", "exit status 3"),
            ("#!/bin/sh\nkill -KILL $$\n", "signal 9"),
            ("#!/nonexistent/interpreter\n", "cannot be started"),
            ("no program at all\n", "cannot be started"))


def test_a_before_that_fails_stops_it():
    for text, word in failing():
        with Hook(text) as hook:
            args = ["-S", "memory:a", *ONCE, "--before", hook.path, "--audit",
                    hook.name("audit")]
            result = many(*args, "--json", env=hook.env)
            equal(result.status, 1, result)
            contains(result.err, hook.path, word, "nothing was sent",
                     "SMBMGMT_E_HOOK_FAILED")
            document = result.json()
            equal([document["servers"], document["outcomes"],
                   [error["name"] for error in document["errors"]]],
                  [[], [], ["SMBMGMT_E_HOOK_FAILED"]])
            equal(document["code"], document["errors"][0]["code"])
            lacks(hook.left("audit"), "intent")
            equal(many(*args, env=hook.env).out, "")


def ask(answer, *more):
    with Terminal("-S", "memory:a", "-S", "memory:dead-b", *ALICE, "--for=0",
                  *more, command=[MANY]) as terminal:
        text = terminal.expect(QUESTION).replace("\r\n", "\n")
        terminal.send(answer)
        result = terminal.wait()
        lacks(terminal.screen, QUESTION)
    return text, result


def test_one_question_for_all():
    text, result = ask("y\n", "--json")
    contains(text, "alice", "2 servers", "memory:a", "memory:dead-b",
             "2 sessions are there now", r"memory:a: 1 (\\10.0.0.5, alice)",
             "1 server does not tell")
    equal(servers(result)["memory:a"], (2, 0, 0))
    with Terminal("-S", "memory:a", *ALICE, "--for=90m", "--every=5",
                  command=[MANY]) as terminal:
        contains(terminal.expect(QUESTION), "90 min")
        terminal.send("n\n")
        terminal.wait()


def test_no_is_for_all():
    for answer, status, name in (("n\n", 4, "SMBMGMT_E_DECLINED"),
                                 ("L\n", 4, "SMBMGMT_E_DECLINED"),
                                 ("\x04", 1, "SMBMGMT_E_CANCELLED")):
        with Hook(RAN) as hook:
            _, result = ask(answer, "--json", "--force", "--confirm",
                            "--before", hook.path)
            equal((result.status, hook.ran()), (status, False), result)
        contains(result.err, "nothing was sent", name)
        document = result.json()
        equal((document["outcomes"], document["servers"]), ([], []))


def test_before_comes_after_consent():
    with Hook("#!/bin/sh\nexit 1\n") as hook:
        _, result = ask("y\n", "--before", hook.path)
    equal((result.status, result.out), (1, ""), result)
    contains(result.err, "SMBMGMT_E_HOOK_FAILED")


main(globals())
