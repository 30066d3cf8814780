#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The table's script fails when it has to, and the documentation is current."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = [os.path.abspath(name) for name in sys.argv[1:4]]
CARRIER = sys.argv[4]
del sys.argv[1:]
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lab")]

from smblab import tap  # noqa: E402

CASE = "a closed port"
RIGHT = f"none | {CASE} | CONNECTION_REFUSED | errors.md\n"


def table(text):
    """table.py on that one case, with these expectations."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as stream:
        stream.write(text)
        stream.flush()
        return subprocess.run(
            [sys.executable, "-B", os.path.join(HERE, "table.py"), *TOOLS,
             "--carrier", CARRIER, "--only", CASE, "--expected",
             stream.name], capture_output=True, text=True, timeout=120)


@tap.case("a right row passes")
def right():
    done = table(RIGHT)
    tap.equal(done.returncode, 0, done.stdout + done.stderr)
    tap.true("ok 1 - none: a closed port" in done.stdout, done.stdout)


@tap.case("a row that is wrong on purpose fails, and says what came out")
def wrong():
    done = table(RIGHT.replace("CONNECTION_REFUSED", "LOGON_FAILED"))
    tap.equal(done.returncode, 1, done.stdout + done.stderr)
    for line in ("not ok 1 - none: a closed port", "# expected LOGON_FAILED",
                 "# got      CONNECTION_REFUSED"):
        tap.true(line in done.stdout, done.stdout)


@tap.case("an expectation without a case fails, and a case without one")
def partners():
    done = table(RIGHT + "none | a closed port on Mars | OK | nowhere\n")
    tap.equal(done.returncode, 1, done.stdout)
    tap.true("# got      no such case" in done.stdout, done.stdout)
    done = table("# nothing\n")
    tap.equal(done.returncode, 1, done.stdout)
    tap.true("nothing is expected of it" in done.stdout, done.stdout)


@tap.case("lines that make no sense stop it")
def malformed():
    for text in (RIGHT + RIGHT, "none | a closed port | OK\n"):
        done = table(text)
        tap.true(done.returncode not in (0, None), done.stdout)
        tap.true(".txt:" in done.stderr, done.stderr)


@tap.case("the documentation shows what is expected, row by row")
def documentation():
    from table import read_expected

    expected = {name: read_expected(os.path.join(
        HERE, f"expected-{name}.txt")) for name in ("dcerpc", "smbclient")}
    tap.equal(list(expected["dcerpc"]), list(expected["smbclient"]),
              "both files have the same cases")
    with open(os.path.join(HERE, "..", "..", "docs", "servers.md"),
              encoding="utf-8") as stream:
        rows = [[cell.strip() for cell in line.strip("|\n ").split(" | ")]
                for line in stream if line.startswith("|")]
    rows = [row for row in rows if len(row) == 8 and row[0] in (
        "none", "samba", "windows")]
    tap.equal([(row[0], row[1]) for row in rows], list(expected["dcerpc"]))
    for row in rows:
        key = (row[0], row[1])
        tap.equal([row[2].split(" or "), row[5].split(" or ")],
                  [expected[name][key][0] for name in ("dcerpc", "smbclient")],
                  f"{key}: write the table again, see the page")
        for got, name in ((row[3], "dcerpc"), (row[6], "smbclient")):
            tap.true(got == "the same" or got in expected[name][key][0],
                     f"{key}: {got}")
        tap.true(row[4].isdigit() and row[7].isdigit(), f"times: {row}")


if __name__ == "__main__":
    tap.main()
