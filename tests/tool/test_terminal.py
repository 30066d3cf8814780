#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""In a terminal that is one: tmux keeps what its screen shows.

The other tests read what was written to a terminal; these read what became of
it: that no line was wrapped, and that columns stand below each other.
"""
import re
import shlex
import shutil
import sys

from tmuxscreen import Screen, wait_until
from tooltest import TOOL, Terminal, contains, equal, lacks, main

ODD_NAMES = sys.argv[3]
if shutil.which("tmux") is None:
    print("1..0 # SKIP there is no tmux here")
    sys.exit(0)


def written(columns, *command):
    """The same, as it was written."""
    with Terminal(*command[1:], command=[command[0]], all_of_it=True,
                  columns=columns, env={"TERM": "dumb"}) as terminal:
        terminal.wait()
        return [line.rstrip() for line in
                terminal.screen.replace("\r\n", "\n").splitlines()]


def check_odd_names(columns):
    command = [ODD_NAMES, "-S", "memory:odd", "list"]
    with Screen(columns) as screen:
        lines = screen.show(*command)
    equal(len(lines), 2 + 10, lines)
    equal(lines, written(columns, *command))
    return lines


def test_odd_names_at_80_columns():
    lines = check_odd_names(80)
    contains("\n".join(lines), "\u2026")


def test_odd_names_at_200_columns():
    lines = check_odd_names(200)
    lacks("\n".join(lines), "\u2026")


def test_forty_columns():
    command = [TOOL, "-S", "memory:demo", "list"]
    with Screen(40) as screen:
        lines = screen.show(*command)
    equal(len(lines), 2 + 6, lines)
    equal(lines, written(40, *command))


def test_a_window_that_was_resized():
    command = [ODD_NAMES, "-S", "memory:odd", "list"]
    with Screen(200) as screen:
        screen.show(*command)
        screen.tmux("resize-window", "-x", "70")
        lines = screen.show(*command)
    equal(lines, written(70, *command))


def test_the_own_session_is_dim():
    with Screen(80) as screen:
        screen.show(TOOL, "-S", "memory:demo", "list")
        lines = screen.lines("-e")
    own = [line for line in lines if "admin" in line]
    equal(len(own), 1, lines)
    assert re.match(r"(\x1b\[0m)?\x1b\[2m", own[0]), own


def test_suspend_and_go_on():
    with Screen(100) as screen:
        screen.type(shlex.join([TOOL, "-S", "memory:demo", "close", "1"]))
        screen.expect("[S] Suspend")
        screen.type("s")
        screen.expect("Stopped")
        screen.type("clear")
        wait_until(lambda: "Stopped" not in "\n".join(screen.lines()),
                   "the screen is not cleared")
        screen.type("fg")
        screen.expect("[S] Suspend")
        contains("\n".join(screen.lines()), "Confirm", "on Target '1'.")
        screen.type("yes, do")
        # That was no answer.
        screen.type("y")
        screen.type("echo status-$?")
        screen.expect("status-0")


main(globals())
