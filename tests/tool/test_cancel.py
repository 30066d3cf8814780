#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Signals: what was done is printed, and a second one does not wait for it."""
import os
import signal
import subprocess
import sys
import tempfile
import time

from tooltest import (LIMIT, Terminal, contains, equal, lacks, main)

MANY = sys.argv[3]
# A listing that nobody waits for.
HANGS = ["-S", "memory:a", "-S", "memory:slow3600000-b", "-S", "memory:c"]
XTERM = {"TERM": "xterm", "NO_COLOR": "1"}
QUESTION = '(default is "Y"): '


def started(*args, **more):
    """Its bar says how far it is; stdin and stdout are pipes."""
    return Terminal(*args, command=[MANY], columns=100, shown_errors=True,
                    env=XTERM, **more)


def errors(result):
    return {error["server"]: error["name"]
            for error in result.json()["errors"]}


def test_every_signal_cancels_a_listing():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with started(*HANGS, "list", "--json") as terminal:
            terminal.expect("2 of 3 servers")
            terminal.signal(number)
            result = terminal.wait()
            contains(terminal.screen, "interrupted",
                     "memory:slow3600000-b: ", "(SMBMGMT_E_CANCELLED)")
            lacks(terminal.screen.split("interrupted")[1], "Listing")
        equal(result.status, 1, number)
        equal([row["server"] for row in result.json()["sessions"]],
              ["memory:a"] * 3 + ["memory:c"] * 3)
        equal(errors(result),
              {"memory:slow3600000-b": "SMBMGMT_E_CANCELLED"})


def test_ctrl_c_at_the_terminal():
    with Terminal(*HANGS, "list", command=[MANY], columns=100, env=XTERM,
                  all_of_it=True) as terminal:
        terminal.expect("2 of 3 servers")
        terminal.send("\x03")
        equal(terminal.wait().status, 1)
        contains(terminal.screen, "SessionId", "SMBMGMT_E_CANCELLED")


def test_a_signal_that_was_ignored_stays_so():
    """As under nohup, or in the background of a shell script."""
    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with subprocess.Popen([MANY, "-S", "memory:slow2000-a", "list"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=ignore, start_new_session=True,
                          text=True) as process:
        wait_for_handler(process.pid, signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGHUP)
        out, err = process.communicate(timeout=LIMIT)
    equal((process.returncode, err), (0, ""))
    contains(out, "alice")


def wait_for_handler(pid, number):
    limit = time.monotonic() + LIMIT
    while time.monotonic() < limit:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            caught, = [int(line.split()[1], 16) for line in status
                       if line.startswith("SigCgt:")]
        if caught & (1 << (number - 1)):
            return
        time.sleep(0.01)
    raise AssertionError(f"{pid} does not watch for signal {number}")


def test_a_close_says_what_was_closed():
    # The other server has not even told yet who is there.
    with started(*HANGS, "close", "--client-user=alice", "--force",
                 "--json") as terminal:
        terminal.expect("4 closed")
        terminal.signal(signal.SIGINT)
        result = terminal.wait()
    equal(result.status, 1)
    equal([(row["session"]["server"], row["outcome"], row["sent"])
           for row in result.json()["outcomes"]],
          [("memory:a", "CLOSED", True)] * 2 +
          [("memory:c", "CLOSED", True)] * 2)
    equal(errors(result), {"memory:slow3600000-b": "SMBMGMT_E_CANCELLED"})


def test_before_the_question_nothing_is_sent():
    with started(*HANGS, "close", "--client-user=alice", "--json") as terminal:
        terminal.expect("2 of 3 servers")
        terminal.signal(signal.SIGINT)
        result = terminal.wait()
        lacks(terminal.screen, "Confirm")
    equal(result.status, 1)
    rows = result.json()["outcomes"]
    equal([(row["outcome"], row["sent"]) for row in rows],
          [("CANCELLED", False)] * 4)
    equal(errors(result), {"memory:slow3600000-b": "SMBMGMT_E_CANCELLED"})


def test_while_what_was_said_yes_to_is_closed():
    # It is looked at again after the question, and that takes its time.
    with started("-S", "memory:a", "-S", "memory:slow700-b", "close",
                 "--client-user=alice", "--json") as terminal:
        terminal.expect(QUESTION)
        terminal.send("a\n")
        terminal.expect("2 closed")
        terminal.signal(signal.SIGTERM)
        result = terminal.wait()
    equal(result.status, 1)
    equal({(row["session"]["server"], row["outcome"])
           for row in result.json()["outcomes"]},
          {("memory:a", "CLOSED"), ("memory:slow700-b", "CANCELLED")})


def test_an_evict_says_how_far_it_came():
    args = ["-S", "memory:back1-a", "-S", "memory:dead-b", "evict",
            "--client-user=alice", "--for=1h", "--force"]
    for more in (["--json"], []):
        with started(*args, *more) as terminal:
            # Two, and the one that came back.
            terminal.expect("3 closed")
            terminal.signal(signal.SIGINT)
            result = terminal.wait()
        equal(result.status, 1, result)
        if not more:
            contains(result.out, "Closed  CameBack", "SMBMGMT_E_CANCELLED")
            continue
        first, second = result.json()["servers"]
        equal((first["closed"], first["came_back"]), (3, 1), first)
        equal((second["closed"], second["error"]["name"]),
              (0, "SMBMGMT_E_CANCELLED"))


def test_the_shell_goes_on_at_a_terminal():
    with Terminal("-S", "memory:slow3600000-b", "shell", command=[MANY],
                  columns=100, env=XTERM, all_of_it=True) as terminal:
        terminal.expect("smbmgmt> ")
        terminal.send("list\n")
        terminal.expect("0 of 1 server")
        terminal.send("\x03")
        contains(terminal.expect("smbmgmt> "), "SMBMGMT_E_CANCELLED")
        terminal.send("exit\n")
        equal(terminal.wait().status, 1)


def test_opening_in_the_shell_can_be_broken_off():
    with Terminal("shell", command=[MANY], columns=100, env=XTERM,
                  all_of_it=True) as terminal:
        terminal.expect("smbmgmt> ")
        terminal.send("open memory:late3600000-b\n")
        terminal.expect("Connecting ")
        terminal.send("\x03")
        contains(terminal.expect("smbmgmt> "), "SMBMGMT_E_CANCELLED")
        terminal.send("open memory:c; list 3\n")
        contains(terminal.expect("smbmgmt> "), "bob")
        terminal.send("\x04")
        equal(terminal.wait().status, 1)


def test_commands_that_nobody_types_end():
    with started("-S", "memory:slow3600000-b", "shell", "-c",
                 "list; handles; list") as terminal:
        terminal.expect("0 of 1 server")
        terminal.signal(signal.SIGINT)
        result = terminal.wait()
    equal((result.status, result.out), (1, ""), result)


class Hook:
    """A program for --before that says its pid and goes on for long."""

    def __init__(self, first=""):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "hook")
        self.said = os.path.join(self.folder.name, "pid")
        with open(self.path, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{first}\necho $$ >{self.said}.new\n"
                       f"mv {self.said}.new {self.said}\n"
                       "exec sleep 3600\n")
        os.chmod(self.path, 0o700)

    def pid(self):
        limit = time.monotonic() + LIMIT
        while not os.path.exists(self.said):
            assert time.monotonic() < limit, "the hook does not begin"
            time.sleep(0.01)
        with open(self.said, encoding="ascii") as file:
            return int(file.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if os.path.exists(self.said):
            try:
                os.kill(self.pid(), signal.SIGKILL)
            except ProcessLookupError:
                pass  # as it should be
        self.folder.cleanup()


EVICT = ["-S", "memory:a", "evict", "--client-user=alice", "--for=0",
         "--force", "--json", "--before"]


def test_a_hook_that_runs_is_ended():
    with Hook() as hook, started(*EVICT, hook.path) as terminal:
        pid = hook.pid()
        terminal.signal(signal.SIGTERM)
        result = terminal.wait()
        contains(terminal.screen, hook.path, "nothing was sent",
                 "SMBMGMT_E_CANCELLED")
        assert not os.path.exists(f"/proc/{pid}"), "the hook lives"
    equal((result.status, result.json()["servers"]), (1, []), result)


def test_a_second_signal_leaves_at_once():
    with Hook("trap '' TERM") as hook, \
            started(*EVICT, hook.path) as terminal:
        hook.pid()
        terminal.signal(signal.SIGTERM)
        # It waits for the hook, which takes no notice.
        limit = time.monotonic() + 0.3
        while time.monotonic() < limit:
            equal(terminal.process.poll(), None)
            time.sleep(0.05)
        terminal.signal(signal.SIGINT)
        result = terminal.wait()
    equal((result.status, result.out), (-signal.SIGINT, ""), result)


main(globals())
