# SPDX-License-Identifier: LGPL-3.0-or-later
"""Count the cases of a meson test run and show what failed.

    count.py TESTLOG.JSON NAME...

NAMEs are the tests that were to run.  A program that speaks TAP has as many
cases as its plan; cases that it never came to have failed, and so has the
program as a whole when it crashed, hung or gave a bad status without naming a
case.  Any other program is one case.  Standard output is one line, PASSED
FAILED SKIPPED; what failed is shown on standard error.
"""

import json
import re
import signal
import sys

PLAN = re.compile(r"^1\.\.(\d+)")
CASE = re.compile(r"^(not )?ok\b([^#]*)(?:#\s*(skip|todo)\b)?", re.IGNORECASE)
TAIL = 60


def load(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return [json.loads(line) for line in stream]
    except OSError:
        return []


def count(test):
    """(passed, failed, skipped) of one test program."""
    lines = (test["stdout"] or "").splitlines()
    plans = [int(match[1]) for match in map(PLAN.match, lines) if match]
    cases = [match for match in map(CASE.match, lines) if match]
    good = test["result"] in ("OK", "EXPECTEDFAIL")
    if not plans and not cases:
        if test["result"] == "SKIP" and test["returncode"] in (0, 77):
            # TAP without a single line is meson's SKIP too, and a failure.
            return (0, 0, 1) if test["returncode"] else (0, 1, 0)
        return (1, 0, 0) if good else (0, 1, 0)
    skipped = sum((match[3] or "").lower() == "skip" for match in cases)
    failed = sum(bool(match[1]) and not match[3] for match in cases)
    passed = len(cases) - skipped - failed
    failed += max(0, sum(plans) - len(cases))
    if plans == [0]:
        skipped += 1
    elif not plans or not (good or test["result"] == "SKIP"):
        failed = max(failed, 1)
    return passed, failed, skipped


def how_it_ended(test):
    code = test["returncode"]
    if test["result"] == "TIMEOUT":
        return "hung and was killed"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit status {code}"


def failing_lines(lines):
    """The cases that failed, each with the comments below it."""
    chosen, inside = [], False
    for line in lines:
        if CASE.match(line):
            inside = line.startswith("not ok")
        if inside:
            chosen.append(line)
    return chosen


def say(*lines):
    print(*lines, sep="\n", file=sys.stderr)


def show(test):
    out = (test["stdout"] or "").splitlines()
    err = (test.get("stderr") or "").splitlines()
    say(f"\n---- FAILED: {test['name']} ({how_it_ended(test)})",
        "$ " + " ".join(test["command"]),
        *(failing_lines(out) or out[-TAIL:]))
    if err:
        say("-- standard error", *err[-TAIL:])


def main():
    tests = load(sys.argv[1])
    missing = set(filter(None, sys.argv[2:]))
    missing -= {test["name"] for test in tests}
    sums = [0, len(missing), 0]
    for test in tests:
        result = count(test)
        sums = [one + more for one, more in zip(sums, result)]
        if result[1]:
            show(test)
        elif result[2]:
            say(f"\n---- SKIPPED in {test['name']}: {result[2]}")
    for name in sorted(missing):
        say(f"\n---- FAILED: {name} did not run")
    print(*sums)


if __name__ == "__main__":
    main()
