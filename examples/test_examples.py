#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Do the examples still do what they say?  test_examples.py LIST CLOSE_USER
LIST.PY LIBRARY HANDLES POLL LOOP...; on memory:demo, TAP."""

import os
import subprocess
import sys

LIST, CLOSE_USER, LIST_PY, LIBRARY, HANDLES, POLL = map(os.path.abspath,
                                                        sys.argv[1:7])
LOOPS = [POLL, *map(os.path.abspath, sys.argv[7:])]
USERS = ["alice", "bob", "alice", "carol", "svc-backup", "admin"]
failed = 0
number = 0


def run(*argv, text=""):
    return subprocess.run(argv, input=text, capture_output=True, text=True,
                          timeout=60)


def check(name, good, done):
    global failed, number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good:
        failed += 1
        print(f"# {done.args} exit {done.returncode}\n# out: {done.stdout!r}"
              f"\n# err: {done.stderr!r}")


def users(done):
    return [line.split("ALPHA\\")[1].split("\t")[0]
            for line in done.stdout.splitlines()]


done = run(LIST, "memory:demo")
check("list lists", done.returncode == 0 and users(done) == USERS, done)
done = run(LIST, "memory:demo", "memory:nowhere", "memory:demo")
check("list goes on when a server fails", done.returncode == 1 and
      users(done) == USERS * 2 and "nowhere" in done.stderr, done)
# The address sanitizer must come first in a process that is not ours.
preload = {}
if "asan" in run("ldd", LIBRARY).stdout:
    preload = {"LD_PRELOAD": run("gcc", "-print-file-name=libasan.so")
               .stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
done = subprocess.run(["/usr/bin/python3", "-B", LIST_PY, "memory:demo",
                       LIBRARY], capture_output=True, text=True, timeout=60,
                      env=os.environ | preload)
check("ctypes lists", done.returncode == 0 and users(done) == USERS, done)
done = run(CLOSE_USER, "memory:demo", "ALPHA\\alice", text="n\n")
check("close_user closes nothing unasked", done.returncode == 0 and
      "CLOSED" not in done.stdout and "close  1" in done.stdout, done)
done = run(CLOSE_USER, "memory:demo", "ALPHA\\alice", text="y\n")
check("close_user closes", done.returncode == 0 and
      done.stdout.count("CLOSED") == 2, done)
done = run(CLOSE_USER, "memory:demo", "ALPHA\\admin", text="y\n")
check("close_user keeps our own", done.returncode == 0 and
      "keep   6" in done.stdout and "CLOSED" not in done.stdout, done)
done = run(HANDLES, "FS[1-2]", "srvsvc:fs1", "memory:demo", "srvsvc:fs2")
check("handles removes what matches", done.returncode == 0 and
      done.stdout.splitlines() == [
          "1 Handle1 fs1 srvsvc", "3 Handle3 fs2 srvsvc", "REMOVED Handle1",
          "REMOVED Handle3", "left:", "2 Handle2 demo memory"], done)
for LOOP in LOOPS:
    name = os.path.basename(LOOP)
    done = run(LOOP, "memory:demo", "memory:demo")
    check(f"{name} lists both", done.returncode == 0 and
          users(done) == USERS * 2, done)
    done = run(LOOP, "memory:nowhere", "memory:demo")
    check(f"{name} goes on when a server fails", done.returncode == 1 and
          users(done) == USERS and "nowhere" in done.stderr, done)
print(f"1..{number}")
sys.exit(1 if failed else 0)
