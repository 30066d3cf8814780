#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How far a command is: a bar on a terminal, lines elsewhere, or nothing."""
import os
import re
import shutil
import subprocess
import sys
import time

from tmuxscreen import Screen, wait_until
from tooltest import LIMIT, Terminal, contains, equal, lacks, main

MANY = sys.argv[3]
CLEAR = "\r\x1b[K"
QUICK = ["-S", "memory:a", "-S", "memory:dead-b", "-S", "memory:c"]
# Long enough to be met on its way on a busy machine.
SLOW = [*QUICK, "-S", "memory:slow900-d"]
XTERM = {"TERM": "xterm", "NO_COLOR": "1"}


def at_terminal(*args, columns=80, env=None, **more):
    return Terminal(*args, command=[MANY], columns=columns,
                    env=env or XTERM, **more)


# They take their time: they are begun first, and looked at last.
LONG = {name: subprocess.Popen(
    [MANY, "-S", "memory:a", "-S", "memory:slow7000-b", "list", *more],
    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    env=os.environ | XTERM) for name, more in (("plain", []), ("quiet", ["-q"]))}


def bars(screen):
    """What was drawn, and what stood on the terminal in the end."""
    pieces = screen.split(CLEAR)
    return [piece for piece in pieces[:-1] if piece], pieces[-1]


def test_a_bar_and_then_the_rows():
    with at_terminal(*SLOW, "list", shown_errors=True) as terminal:
        terminal.expect("3 of 4 servers")
        result = terminal.wait()
    equal(result.status, 1, result)
    # Nothing of it is on standard output.
    lacks(result.out, "\x1b", "Listing", "#")
    equal(len(result.out.splitlines()), 2 + 9, result)
    drawn, rest = bars(terminal.screen)
    contains(rest, "smbmgmt: memory:dead-b: ")
    lacks(rest, "Listing")
    for bar in drawn[1:]:
        assert re.fullmatch(r"Listing \[#+\.+\] 3 of 4 servers, 6 sessions, "
                            r"1 server failed(, \d:\d\d left)?", bar), bar


def test_the_bar_is_gone_before_anything_else():
    with at_terminal(*SLOW, "list", all_of_it=True) as terminal:
        terminal.expect("3 of 4 servers")
        terminal.wait()
        _, rest = bars(terminal.screen)
    lines = rest.split("\r\n")
    assert lines[0].startswith("Computer "), lines
    lacks(rest, "Listing")


def test_it_fits():
    for columns in (20, 40, 57, 120):
        with at_terminal(*QUICK, "-S", "memory:slow500-d", "list",
                         columns=columns, shown_errors=True) as terminal:
            terminal.wait()
            drawn, _ = bars(terminal.screen)
        contains(" ".join(drawn), "3 of 4 servers")
        for bar in drawn:
            assert len(bar) < columns and bar.isascii(), (columns, bar)


def test_a_window_that_is_resized_meanwhile():
    with at_terminal(*SLOW, "list", columns=120,
                     shown_errors=True) as terminal:
        terminal.expect("3 of 4 servers")
        terminal.expect("failed")
        terminal.resize(30)
        # What was on its way was drawn for the old width.
        terminal.expect(CLEAR)
        terminal.expect(CLEAR)
        terminal.wait()
        drawn, _ = bars(terminal.screen)
    assert drawn, terminal.screen
    for bar in drawn:
        assert len(bar) < 30, bar


def test_quiet():
    with at_terminal(*SLOW, "list", "-q", shown_errors=True) as terminal:
        result = terminal.wait()
        lacks(terminal.screen, "servers", CLEAR)
        contains(terminal.screen, "memory:dead-b: ")
    equal(result.status, 1, result)


def test_notes_are_not_for_everybody():
    close = ["-S", "memory:demo", "close", "--all", "--force"]
    for more, said in (([], True), (["--quiet"], False)):
        done = subprocess.run([MANY, *close, *more], capture_output=True,
                              text=True, timeout=LIMIT, check=False)
        equal((done.returncode, "note: session 6" in done.stderr), (0, said))


def test_a_terminal_that_cannot_take_anything_back():
    for term in ("dumb", ""):
        with at_terminal(*SLOW, "list", env={"TERM": term},
                         shown_errors=True) as terminal:
            terminal.wait()
            lacks(terminal.screen, "\x1b", "Listing")


def test_one_server_that_is_quick_shows_none():
    # On a machine that is busy enough even this takes its time.
    for _ in range(20):
        began = time.monotonic()
        with at_terminal("-S", "memory:a", "list",
                         shown_errors=True) as terminal:
            terminal.wait()
            if time.monotonic() - began < 0.5:
                equal(terminal.screen, "")
                return
    raise AssertionError("this machine is too busy to tell")


def test_one_server_that_is_slow_shows_one():
    with at_terminal("-S", "memory:slow900-a", "list",
                     shown_errors=True) as terminal:
        terminal.expect("0 of 1 server")
        equal(terminal.wait().status, 0)


def test_closing_and_evicting():
    with at_terminal("-S", "memory:slow300-a", "-S", "memory:slow700-b",
                     "close", "--client-user=alice", "--force",
                     shown_errors=True) as terminal:
        contains(terminal.expect(" closed"), "Closing [", "sessions")
        equal(terminal.wait().status, 0)
    with at_terminal("-S", "memory:a", "-S", "memory:b", "evict",
                     "--client-user=alice", "--for=2", "--force",
                     shown_errors=True) as terminal:
        contains(terminal.expect(" left"), "Evicting [", "sessions")
        equal(terminal.wait().status, 0)


def test_a_screen_shows_nothing_of_it_in_the_end():
    if shutil.which("tmux") is None:
        return
    with Screen(80) as screen:
        lines = screen.show(MANY, *SLOW, "list")
        lacks("\n".join(lines), "Listing", "#")
        equal([line.split()[0] for line in lines[2:11]],
              ["a"] * 3 + ["c"] * 3 + ["slow900-d"] * 3)
        contains(lines[11], "smbmgmt: memory:dead-b: ")
        screen.type(f"clear; {MANY} {' '.join(SLOW)} list; echo all-$((1))")
        wait_until(lambda: "3 of 4 servers" in "\n".join(screen.lines()),
                   "no bar")
        screen.tmux("resize-window", "-x", "100")
        wait_until(lambda: "all-1" in screen.lines(), "no end")
        lacks("\n".join(screen.lines()), "Listing", "[#")


def test_lines_elsewhere():
    """Only where it takes long: a command that is over soon says nothing."""
    said = {}
    for name, process in LONG.items():
        out, said[name] = process.communicate(timeout=LIMIT)
        equal((process.returncode, len(out.splitlines())), (0, 2 + 6))
    equal(said["quiet"], "")
    for line in said["plain"].splitlines():
        assert re.fullmatch(r"smbmgmt: Listing: 1 of 2 servers, 3 sessions"
                            r"(, \d:\d\d left)?", line), line
    assert said["plain"], "nothing was said"
    done = subprocess.run([MANY, *QUICK, "-S", "memory:slow300-d", "list"],
                          capture_output=True, text=True, timeout=LIMIT,
                          check=False, env=os.environ | XTERM)
    lacks(done.stderr, "Listing")


main(globals())
