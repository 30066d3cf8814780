# SPDX-License-Identifier: LGPL-3.0-or-later
"""tests/count.py: no failure of any kind is ever counted as something else.

    test_count.py SOURCE-DIR [NAME-PART...]
"""

import json
import os
import subprocess
import sys
import tempfile

SOURCE = sys.argv[1]
del sys.argv[1]
sys.path.insert(0, os.path.join(SOURCE, "tests", "lab"))
from smblab import tap  # noqa: E402

# what meson says, the exit status, standard output: passed, failed, skipped
PROGRAMS = {
    "two cases": ("OK", 0, "1..2\nok 1 - a\nok 2 - b\n", (2, 0, 0)),
    "the plan comes last": ("OK", 0, "ok 1 - a\nok 2 - b\n1..2\n", (2, 0, 0)),
    "one fails": ("ERROR", 1, "1..2\nok 1 - a\nnot ok 2 - b\n", (1, 1, 0)),
    "one fails, status 0": ("FAIL", 0, "1..1\nnot ok 1 - a\n", (0, 1, 0)),
    "one is skipped": ("OK", 0, "1..2\nok 1\nok 2 - b # SKIP no\n", (1, 0, 1)),
    "all are skipped": ("SKIP", 0, "1..0 # SKIP no root\n", (0, 0, 1)),
    "crash on the way": ("ERROR", -11, "1..3\nok 1 - a\n", (1, 2, 0)),
    "crash before the plan": ("ERROR", -6, "ok 1 - a\n", (1, 1, 0)),
    "crash at the end": ("ERROR", -11, "1..1\nok 1 - a\n", (1, 1, 0)),
    "a hang": ("TIMEOUT", -9, "1..2\nok 1 - a\n", (1, 1, 0)),
    "a leak at the end": ("ERROR", 23, "1..1\nok 1 - a\n", (1, 1, 0)),
    "not a word of TAP": ("SKIP", 0, "", (0, 1, 0)),
    "a plain program": ("OK", 0, "all is well\n", (1, 0, 0)),
    "a plain failure": ("FAIL", 1, "no\n", (0, 1, 0)),
    "a plain skip": ("SKIP", 77, "not here\n", (0, 0, 1)),
    "a plain crash": ("FAIL", -11, None, (0, 1, 0)),
    "passes and should not": ("UNEXPECTEDPASS", 0, "1..1\nok 1\n", (1, 1, 0)),
}


def count(tests, *wanted):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for test in tests:
            print(json.dumps(test), file=log)
        log.flush()
        return subprocess.run(
            [sys.executable, "-B", os.path.join(SOURCE, "tests", "count.py"),
             log.name, *wanted], capture_output=True, text=True, check=True)


def test_of(name):
    result, status, out, _ = PROGRAMS[name]
    return {"name": name, "result": result, "returncode": status,
            "stdout": out, "stderr": "a word on stderr\n",
            "command": ["program", "argument"]}


@tap.case("each kind of end counts as what it is")
def kinds():
    for name, (*_, wanted) in PROGRAMS.items():
        done = count([test_of(name)], name)
        tap.equal(tuple(map(int, done.stdout.split())), wanted, name)
        tap.equal(f"FAILED: {name}" in done.stderr, wanted[1] > 0, name)


@tap.case("sums over programs; one that did not run has failed")
def sums():
    done = count([test_of("two cases"), test_of("crash on the way"),
                  test_of("one is skipped")],
                 "two cases", "crash on the way", "one is skipped", "gone")
    tap.equal(done.stdout, "4 3 1\n")
    tap.true("FAILED: gone did not run" in done.stderr, done.stderr)


@tap.case("without a log all that was wanted has failed")
def no_log():
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(SOURCE, "tests", "count.py"),
         "/nonexistent", "a", "b", ""], capture_output=True, text=True,
        check=True)
    tap.equal(done.stdout, "0 2 0\n")


@tap.case("a failure shows its case, its reason and standard error")
def shown():
    test = test_of("one fails")
    test["stdout"] = ("1..3\nok 1 - fine\n# not this\nnot ok 2 - broken\n"
                      "# line 7: 1 != 2\nok 3 - fine too\n")
    text = count([test], "one fails").stderr
    for wanted in ("program argument", "not ok 2 - broken",
                   "# line 7: 1 != 2", "a word on stderr", "exit status 1"):
        tap.true(wanted in text, f"{wanted}: {text}")
    tap.true("# not this" not in text and "fine too" not in text, text)


if __name__ == "__main__":
    tap.main()
