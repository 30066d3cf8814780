#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Have a thread checker watch the programs: check.py CHECKER CHURN RACE

CHECKER is `tsan`, for programs built with -fsanitize=thread, or `helgrind`.
The races of race.c have to be reported, which proves that the checker works
and looks into the libraries; churn.c must give no report at all.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))
from smblab import tap  # noqa: E402

CHECKER, CHURN, RACE = sys.argv[1:4]
del sys.argv[1:4]
# Only a hang reaches it; valgrind runs one thread at a time.
LIMIT = 240
REPORTED = 66


class Checker:
    def __init__(self, name, rounds):
        self.name, self.rounds = name, rounds
        self.supp = os.path.join(HERE, f"{name}.supp")

    def run(self, *argv):
        """(exit status, output, what was reported)"""
        env = dict(os.environ)
        command = list(argv)
        if self.name == "tsan":
            env["TSAN_OPTIONS"] = (f"suppressions={self.supp} "
                                   f"exitcode={REPORTED}")
        else:
            command[:0] = ["valgrind", "-q", "--tool=helgrind",
                           f"--error-exitcode={REPORTED}",
                           f"--suppressions={self.supp}"]
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT)
        return done.returncode, done.stdout, done.stderr


checker = Checker(CHECKER, {"tsan": "40", "helgrind": "20"}[CHECKER])


def reported(what, function):
    status, _, report = checker.run(RACE, what)
    tap.equal(status, REPORTED, f"{report}\nexit status")
    tap.true("data race" in report and function in report,
             f"{function} is in the report:\n{report}")


@tap.case(f"{CHECKER} reports a race inside the library")
def of_the_library():
    reported("filter", "smbmgmt_filter_set_min_age")


@tap.case(f"{CHECKER} and a race inside talloc")
def of_talloc():
    if CHECKER == "helgrind":
        reported("talloc", "talloc_set_name_const")
        return
    # As tsan.supp says; and that is why there is helgrind.
    status, _, report = checker.run(RACE, "talloc")
    tap.equal((status, report), (0, ""), "a talloc that is not instrumented")


@tap.case(f"{CHECKER} reports nothing of eight threads on one context")
def churned():
    status, out, report = checker.run(CHURN, checker.rounds)
    tap.equal((status, report), (0, ""), report)
    lines = out.splitlines()
    tap.equal(lines[0], f"1..{len(lines) - 1}")
    tap.true(len(lines) > 1 and all(line.startswith("ok ")
                                    for line in lines[1:]), out)
    tap.note(out)


if __name__ == "__main__":
    tap.main()
