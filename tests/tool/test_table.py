#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Tables at terminals of several widths, with names of every kind; colours."""
import ctypes
import re
import sys

from tooltest import DEMO, TOOL, Terminal, contains, demo, equal, lacks, main

ODD_NAMES = sys.argv[3]
ODD = ["-S", "memory:odd", "list"]
ELLIPSIS = "\u2026"

# The C library's own idea of widths, which has no part in the command.
LIBC = ctypes.CDLL(None)
LIBC.setlocale(0, b"C.UTF-8")


def wide(line):
    widths = [LIBC.wcwidth(ctypes.c_wchar(letter)) for letter in line]
    assert all(width >= 0 for width in widths), f"control in {line!r}"
    return sum(widths)


def at_terminal(*args, command=TOOL, columns=80, env=None):
    """What the terminal shows of stdout and stderr, line by line."""
    with Terminal(*args, command=[command], all_of_it=True, columns=columns,
                  env={"TERM": "dumb", "COLUMNS": "", **(env or {})}) as shown:
        equal(shown.wait().status, 0)
        return shown.screen.replace("\r\n", "\n").splitlines()


def table(lines):
    """Check that columns stand below each other; give the cells."""
    starts = [match.span() for match in re.finditer("-+", lines[1])]
    rows = []
    for line in lines[:1] + lines[2:]:
        if line.startswith("smbmgmt: "):
            continue
        rows.append([cut(line, *span).strip() for span in starts])
    return rows


def cut(line, first, last):
    """What stands in these columns of a terminal."""
    column, text = 0, ""
    for letter in line:
        width = LIBC.wcwidth(ctypes.c_wchar(letter))
        if column >= first and column + width <= last and width > 0:
            text += letter
        elif column > first and column <= last and width == 0:
            text += letter
        else:
            assert column + width <= first or column >= last, (line, first)
        column += width
    return text


def test_odd_names_at_every_width():
    whole = at_terminal(*ODD, command=ODD_NAMES, columns=200)
    lacks("\n".join(whole), ELLIPSIS)
    assert max(map(wide, whole)) > 120, whole
    equal(len(table(whole)), 11)
    for columns in (200, 132, 80, 79, 61, 40, 39, 24, 20, 10, 2, 1):
        lines = at_terminal(*ODD, command=ODD_NAMES, columns=columns)
        shown = [line for line in lines if not line.startswith("smbmgmt: ")]
        equal(len(shown), 12, lines)
        for line in shown:
            assert wide(line) <= columns, (columns, line)
        assert max(map(wide, shown)) <= columns, lines


def test_eighty_columns():
    lines = at_terminal(*ODD, command=ODD_NAMES, columns=80)
    rows = table(lines)
    equal(rows[0], ["SessionId", "ClientComputerName", "ClientUserName",
                    "Num" + ELLIPSIS])
    # Short names and all numbers are whole.
    equal(rows[1], ["18446744073709551615", r"\\10.0.0.1", r"ALPHA\plain",
                    "0"])
    equal(rows[2][1:3], ["\\\\\u6771\u4eac\u672c\u793e-\u30d5\u30a1\u30a4\u30eb"
                         "\u30b5\u30fc\u30d0",
                         "\u682a\u5f0f\u4f1a\u793e\\\u5c71\u7530\u592a\u90ce"])
    equal(rows[3][2:], ["ALPHA\\\u1112\u1161\u11ab\u1100\u116e\u11a8", "4"])
    equal(rows[4][1], "\\\\cafe\u0301")
    contains(rows[5][1], r"\\ws\x1b[2J\x0d\x0a6")
    equal(rows[9][1:], ["-", "-", "-"])
    equal([row[3] for row in rows[1:]],
          ["0", "1", "4", "9", "16", "25", "36", "49", "-", "81"])
    assert rows[10][1].startswith(r"\\workstation-with"), rows
    assert rows[10][1].endswith(ELLIPSIS), rows
    # All of the width is used.
    equal(max(map(wide, lines)), 80, lines)


def test_forty_columns():
    lines = at_terminal(*DEMO, "list", columns=40)
    rows = table(lines)
    equal(rows[0], ["Ses" + ELLIPSIS, "ClientComp" + ELLIPSIS,
                    "ClientUserName", "Num" + ELLIPSIS])
    # Headings gave way, and one long name.
    equal(rows[1], ["1", r"\\10.0.0.5", r"ALPHA\alice", "3"])
    equal(rows[5], ["5", r"\\ws-7", r"ALPHA\svc-back" + ELLIPSIS, "12"])


def test_columns_that_do_not_fit_are_named():
    lines = at_terminal(*ODD, command=ODD_NAMES, columns=40)
    equal(len(table(lines)[0]), 3)
    equal(lines[-1], "smbmgmt: note: this terminal is too narrow to show "
          "NumOpens")
    # A number that is cut says so.
    lines = at_terminal(*ODD, command=ODD_NAMES, columns=10)
    equal(lines[2], "184467440" + ELLIPSIS)


def test_nothing_is_cut_elsewhere():
    with Terminal(*DEMO, "list", columns=10) as terminal:
        equal(terminal.wait().out, demo("list").out)
    lacks(demo("list", env={"COLUMNS": "10"}).out, ELLIPSIS)


def test_columns_count_where_the_terminal_does_not_tell():
    def widest(columns, variable):
        return max(map(wide, at_terminal(
            *ODD, command=ODD_NAMES, columns=columns,
            env={"COLUMNS": variable})))

    equal(widest(0, "100"), 100)
    equal(widest(0, ""), 80)
    for nonsense in ("x", "0", "-5", "99999999999999999999"):
        equal(widest(0, nonsense), 80)
    # The terminal knows better.
    equal(widest(90, "100"), 90)


def test_pass_thru_and_handles_fit_as_well():
    lines = at_terminal(*DEMO, "close", "1..3", "--force", "--pass-thru",
                        columns=40)
    equal(len(table(lines)), 4)
    assert max(map(wide, lines)) <= 40, lines
    lines = at_terminal("shell", "-c", "open memory:demo; handles", columns=60)
    lines = [line for line in lines if not line.startswith("smbmgmt: ")]
    equal(len(table(lines)), 2)
    assert max(map(wide, lines)) <= 60, lines
    contains("\n".join(lines), ELLIPSIS)


def test_columns_are_chosen():
    lines = demo("list", "2", "--columns",
                 "user,dialect,session_id,own").out.splitlines()
    equal(lines[0].split(), ["ClientUserName", "Dialect", "SessionId", "Own"])
    equal(lines[2].split(), [r"ALPHA\bob", "3.1.1", "2", "no"])
    lines = at_terminal(*DEMO, "list", "--columns", "age,client", columns=18)
    equal(table(lines)[1], ["7200", r"\\10.0.0.5"])


def test_the_own_session_is_dim():
    shown = at_terminal(*DEMO, "list", env={"TERM": "xterm"})
    own = [line for line in shown if "admin" in line]
    equal(len(own), 1)
    assert own[0].startswith("\033[2m"), own
    assert own[0].endswith("\033[0m"), own
    lacks("".join(line for line in shown if line not in own), "\033")


def refusal(env, **more):
    """stderr of a refused close, where all is a terminal."""
    with Terminal(*DEMO, "close", "6", "--force", all_of_it=True, columns=80,
                  env=env, **more) as terminal:
        equal(terminal.wait().status, 4)
        return terminal.screen


def test_a_refusal_is_red():
    text = refusal({"TERM": "xterm", "NO_COLOR": ""})
    assert text.startswith("\033[31msmbmgmt: "), repr(text)
    assert text.endswith("\033[0m\r\n"), repr(text)


def test_no_colours():
    for env in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"},
                {"TERM": ""}):
        lacks(refusal({"NO_COLOR": "", **env}), "\033")
        lacks("".join(at_terminal(*DEMO, "list", env=env)), "\033")
    # Neither stream is a terminal, though there is one.
    with Terminal(*DEMO, "close", "6", "--force", "--pass-thru",
                  env={"TERM": "xterm", "NO_COLOR": ""}) as terminal:
        lacks(terminal.wait().err, "\033")
    lacks(demo("list", env={"TERM": "xterm", "NO_COLOR": ""}).out, "\033")


main(globals())
