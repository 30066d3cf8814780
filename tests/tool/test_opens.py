#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Shares and open files: below a list, in what-if and in the question."""
import ctypes
import json
import subprocess
import sys

from tooltest import (LIMIT, Terminal, contains, demo, equal, lacks, main)

ODD_NAMES = sys.argv[3]
ODD = ["-S", "memory:odd"]
QUESTION = '[?] Help (default is "Y"): '
# What a client named its files so that they would be taken for our own lines.
HOSTILE = ["Share: files", r"Share: a\x0aWhat if: b",
           r"Open for writing: /srv/x\x1b[2J\x0aWhat if: Refused: y",
           r"Open: /srv/read\u{202e}only.txt",
           "And 14 more are open, 0 or more for writing"]
MANY = [f"Open for writing: /srv/{i}" for i in range(2, 22)] + [
    "And 61 more are open, 2 or more for writing"]

LIBC = ctypes.CDLL(None)
LIBC.setlocale(0, b"C.UTF-8")


def odd(*args):
    done = subprocess.run([ODD_NAMES, *ODD, *args], capture_output=True,
                          timeout=LIMIT, check=False, text=True,
                          stdin=subprocess.DEVNULL, start_new_session=True)
    equal(done.returncode, 0, done)
    return done


def below(text, row):
    """The lines below a row."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.split()[:1] == [str(row)]:
            break
    found = []
    for line in lines:
        if not line.startswith("  ") or line.split()[0].isdigit():
            break
        found.append(line)
    return found


def indented(lines):
    return ["  " + line for line in lines]


def test_list_shows_them_below_each_session():
    text = odd("list", "--opens", "4").stdout
    equal(text.splitlines()[3:], indented(HOSTILE))
    # Those that have none are as they are without.
    equal([line for line in odd("list", "--opens", "7..8").stdout.splitlines()],
          [line for line in odd("list", "7..8").stdout.splitlines()])


def test_list_shows_every_one_that_is_told():
    lines = odd("list", "--opens", "9").stdout.splitlines()[3:]
    equal(lines[:-1], indented(
        [f"Open for writing: /srv/{i}" for i in range(2, 24)]
        + ["Open: /srv/0", "Open: /srv/1"]))
    equal(lines[-1], "  And 57 more are open, 0 or more for writing")


def test_what_is_not_told_is_noted():
    done = odd("list", "--opens")
    contains(done.stderr, "of 7 of 10 sessions", "unknown", "samba")
    equal(odd("list", "--opens", "-q").stderr, "")
    equal(odd("list", "--opens", "4").stderr, "")
    contains(demo("list", "--opens").err, "of 6 of 6 sessions")
    equal(demo("list", "--opens").out, demo("list").out)


def test_no_line_is_longer_than_the_terminal():
    for columns in (200, 80, 40, 24, 10, 1):
        with Terminal(*ODD, "list", "--opens", command=[ODD_NAMES],
                      all_of_it=True, columns=columns,
                      env={"TERM": "dumb", "COLUMNS": ""}) as terminal:
            equal(terminal.wait().status, 0)
            lines = terminal.screen.replace("\r\n", "\n").splitlines()
        shown = [line for line in lines if not line.startswith("smbmgmt: ")]
        for line in shown:
            widths = [LIBC.wcwidth(ctypes.c_wchar(c)) for c in line]
            assert min(widths, default=0) >= 0, repr(line)
            assert sum(widths) <= columns, (columns, line)
        if columns == 40:
            path = next(line for line in shown if line.endswith("\u66f8.txt"))
            contains(path, "Open for writing: \u2026")


def test_json_has_them_always():
    for more in ([], ["--opens"]):
        row = json.loads(odd("list", "4", "--json", *more).stdout)
        (session,) = row["sessions"]
        equal(session["shares"], ["files", "a\nWhat if: b"])
        equal(session["open_files"],
              [{"path": "/srv/read\u202eonly.txt", "writes": False},
               {"path": "/srv/x\x1b[2J\nWhat if: Refused: y",
                "writes": True}])
    (session,) = json.loads(odd("list", "7", "--json").stdout)["sessions"]
    lacks(str(session), "shares", "open_files")


def test_csv_has_none():
    result = demo("list", "--csv", "--opens")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "--opens", "CSV", "--json")


def test_only_list_takes_the_option():
    result = demo("close", "1", "--opens", "--what-if")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "--opens does not go with close")


def test_what_if_shows_them():
    equal(odd("close", "4", "--what-if").stdout.splitlines()[1:],
          ["What if:   " + line for line in HOSTILE])
    equal(odd("close", "9", "--what-if").stdout.splitlines()[1:],
          ["What if:   " + line for line in MANY])
    equal(odd("evict", "4", "--what-if").stdout,
          odd("close", "4", "--what-if").stdout)


def question(*args):
    with Terminal(*ODD, *args, command=[ODD_NAMES], columns=200) as terminal:
        text = terminal.expect(QUESTION).replace("\r\n", "\n")
        terminal.send("n\n")
        equal(terminal.wait().status, 4)
    return text


def test_the_question_shows_them():
    contains(question("close", "4"),
             "\n".join(["", *("    " + line for line in HOSTILE), ""]))
    contains(question("evict", "4"),
             "\n".join(["", *("    " + line for line in HOSTILE), ""]))


def test_a_question_stays_readable():
    text = question("evict", "1", "4", "9")
    equal(text.count("    Open"), 20)
    contains(text, "And 64 more are open, 5 or more for writing")


if __name__ == "__main__":
    main(globals())
