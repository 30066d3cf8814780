#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""S at the question: under a shell with job control, and where there is none.
"""
import shlex
import signal
import sys
import time

from tooltest import DEMO, TOOL, Terminal, contains, equal, lacks, main

QUESTION = '[S] Suspend  [?] Help (default is "Y"): '
COMMAND = " ".join(map(shlex.quote, [TOOL, *DEMO, "close", "1", "2"]))
PROMPT = "ready-for-more "


def bash(*extra):
    """bash as people use it: at a terminal, with job control."""
    return Terminal("--norc", "--noprofile", "--noediting", "-i", *extra,
                    command=["bash"], all_of_it=True, columns=100,
                    env={"PS1": PROMPT, "TERM": "dumb", "HISTFILE": ""})


def state(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rpartition(")")[2].split()[0]


def is_alive(pid):
    try:
        return state(pid) != "Z"
    except FileNotFoundError:
        return False


def stops(pid):
    limit = time.monotonic() + 60
    while state(pid) != "T":
        assert time.monotonic() < limit, f"process {pid} does not stop"
        time.sleep(0.01)


def say(terminal, text):
    """A command at the shell's prompt; what comes before the next prompt."""
    terminal.send(text + "\n")
    return terminal.expect(PROMPT)


def test_suspend_and_go_on():
    with bash() as terminal:
        terminal.expect(PROMPT)
        terminal.send(COMMAND + "\n")
        contains(terminal.expect(QUESTION), "on Target '1'.")
        pid = terminal.child()
        terminal.send("s\n")
        contains(terminal.expect(PROMPT), "Stopped")
        stops(pid)
        # The shell is usable meanwhile: it shows what is typed.
        equal(terminal.echoes(), True)
        contains(say(terminal, "echo still-$((40 + 2))"), "echo still-",
                 "still-42")
        terminal.send("fg\n")
        again = terminal.expect(QUESTION)
        contains(again, "Confirm", "on Target '1'.", r"ALPHA\alice")
        equal(terminal.echoes(), True)
        # As often as one likes, and the answer still counts.
        terminal.send("Suspend\n")
        contains(terminal.expect(PROMPT), "Stopped")
        terminal.send("fg\n")
        contains(terminal.expect(QUESTION), "on Target '1'.")
        terminal.send("y\n")
        contains(terminal.expect(QUESTION), "on Target '2'.")
        terminal.send("n\n")
        contains(terminal.expect(PROMPT), "session 2", "DECLINED")
        contains(say(terminal, "echo status-$?"), "status-4")


def test_what_was_typed_for_the_shell_is_no_answer():
    # An empty line would be a yes.
    for stop in ("s\n", "\x1a"):
        with bash() as terminal:
            terminal.expect(PROMPT)
            terminal.send(COMMAND + "\n")
            terminal.expect(QUESTION)
            terminal.send(stop)
            terminal.expect(PROMPT)
            terminal.send("fg\n\ny\n")
            terminal.expect(QUESTION)
            terminal.send("l\n")
            contains(terminal.expect(PROMPT), "session 1", "DECLINED")


def test_ctrl_z_is_the_same():
    with bash() as terminal:
        terminal.expect(PROMPT)
        terminal.send(COMMAND + "\n")
        terminal.expect(QUESTION)
        pid = terminal.child()
        terminal.send("\x1a")
        contains(terminal.expect(PROMPT), "Stopped")
        stops(pid)
        terminal.send("fg\n")
        contains(terminal.expect(QUESTION), "Confirm", "on Target '1'.")
        terminal.send("l\n")
        contains(terminal.expect(PROMPT), "DECLINED")


def test_in_the_background_it_waits_for_fg():
    with bash() as terminal:
        terminal.expect(PROMPT)
        terminal.send(COMMAND + "\n")
        terminal.expect(QUESTION)
        pid = terminal.child()
        terminal.send("s\n")
        terminal.expect(PROMPT)
        terminal.send("bg\n")
        # It stops as it reads where it must not.
        lacks(terminal.expect(PROMPT), "Confirm")
        stops(pid)
        # Bash knows: told in the middle of fg, it would take it for a new one.
        contains(say(terminal, "jobs"), "Stopped")
        terminal.send("fg\n")
        equal(terminal.expect(QUESTION).count("on Target '1'."), 1)
        terminal.send("l\n")
        contains(terminal.expect(PROMPT), "DECLINED")
        contains(say(terminal, "echo status-$?"), "status-4")


def test_killed_while_it_is_suspended():
    with bash() as terminal:
        terminal.expect(PROMPT)
        terminal.send(COMMAND + "\n")
        terminal.expect(QUESTION)
        pid = terminal.child()
        terminal.send("S\n")
        terminal.expect(PROMPT)
        # The shell lets a job go on that it kills.
        say(terminal, "kill %1")
        limit = time.monotonic() + 60
        while is_alive(pid):
            assert time.monotonic() < limit, f"process {pid} lives on"
            time.sleep(0.01)
        lacks(say(terminal, "echo"), "Confirm", "Target")


def test_a_pipeline_and_a_script_are_suspended_whole():
    # A shell waits until all of a pipeline, or all of a script, has stopped.
    for command in (f"{COMMAND} --json | cat",
                    f"sh -c {shlex.quote(COMMAND + ' --json; true')}"):
        with bash() as terminal:
            terminal.expect(PROMPT)
            terminal.send(command + "\n")
            terminal.expect(QUESTION)
            terminal.send("s\n")
            contains(terminal.expect(PROMPT), "Stopped")
            terminal.send("fg\n")
            terminal.expect(QUESTION)
            terminal.send("a\n")
            contains(terminal.expect(PROMPT), '"CLOSED"')


def test_in_the_commands_own_shell():
    tool = " ".join(map(shlex.quote, [TOOL, *DEMO, "shell"]))
    with bash() as terminal:
        terminal.expect(PROMPT)
        terminal.send(tool + "\n")
        terminal.expect("smbmgmt> ")
        terminal.send("close 3\n")
        terminal.expect(QUESTION)
        terminal.send("s\n")
        terminal.expect(PROMPT)
        terminal.send("fg\n")
        contains(terminal.expect(QUESTION), "on Target '3'.")
        terminal.send("y\n")
        terminal.expect("smbmgmt> ")
        terminal.send("list 3\n")
        contains(terminal.expect("smbmgmt> "), "NOT_FOUND")


def test_without_a_shell_it_says_so_and_asks_again():
    # The leader of a session: nobody is there to let it go on.
    with Terminal(*DEMO, "close", "--json", "1") as terminal:
        terminal.expect(QUESTION)
        for _ in range(3):
            terminal.send("s\n")
            contains(terminal.expect(QUESTION), "no shell",
                     "not suspended")
            assert state(terminal.process.pid) != "T"
        terminal.send("y\n")
        result = terminal.wait()
    equal(result.status, 0, result)
    contains(result.out, '"CLOSED"')


def test_below_a_leader_without_job_control():
    # Another process leads the session; the group is orphaned all the same.
    with Terminal("-c", COMMAND + "; exit $?", command=["sh"]) as terminal:
        terminal.expect(QUESTION)
        terminal.send("s\n")
        contains(terminal.expect(QUESTION), "not suspended")
        terminal.send("l\n")
        equal(terminal.wait().status, 4)


# The command in the background, in a group whose parent is gone: it can be
# neither stopped nor answered.
ORPHAN = """
import os, signal, sys, time
reading, writing = os.pipe()
middle = os.fork()
if middle == 0:
    middle = os.getpid()
    if os.fork() == 0:
        os.setpgid(0, 0)
        os.set_inheritable(writing, True)
        while os.getppid() == middle:
            time.sleep(0.01)
        os.execv(sys.argv[1], sys.argv[1:])
    os._exit(0)
os.waitpid(middle, 0)
os.close(writing)
os.read(reading, 1)
"""


def test_orphaned_in_the_background():
    with Terminal(*DEMO, "close", "--json", "1",
                  command=[sys.executable, "-c", ORPHAN, TOOL]) as terminal:
        result = terminal.wait()
        contains(terminal.screen, QUESTION)
    equal(result.status, 0, result)
    contains(result.out, '"outcomes"')
    lacks(result.out, '"CLOSED"')


def test_where_stopping_is_ignored():
    with bash() as terminal:
        terminal.expect(PROMPT)
        # A shell passes on what it ignores.
        terminal.send(f"(trap '' TSTP; exec {COMMAND})\n")
        terminal.expect(QUESTION)
        terminal.send("s\n")
        contains(terminal.expect(QUESTION), "not suspended")
        terminal.send("l\n")
        terminal.expect(PROMPT)


def test_help_names_it():
    with Terminal(*DEMO, "close", "1") as terminal:
        terminal.expect(QUESTION)
        terminal.send("?\n")
        contains(terminal.expect(QUESTION), "S: ", "fg")
        terminal.signal(signal.SIGTERM)
        equal(terminal.wait().status, -signal.SIGTERM)


main(globals())
