# SPDX-License-Identifier: LGPL-3.0-or-later
"""examples/quickstart.sh: works from anywhere, and again, and cleans up.

    test_quickstart.py BUILD-DIR SOURCE-DIR [NAME-PART...]
"""

import os
import signal
import subprocess
import sys
import tempfile

BUILD, SOURCE = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.join(SOURCE, "tests", "lab"))
from smblab import layout, procs, tap  # noqa: E402

SCRIPT = os.path.join(SOURCE, "examples", "quickstart.sh")


def start(cwd):
    """In a process group of its own, as at a terminal."""
    return subprocess.Popen(
        [SCRIPT, BUILD], cwd=cwd, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        process_group=0, env={"PATH": os.defpath + ":/usr/sbin:/sbin"})


def read_until(process, mark):
    """Lines up to the one with the mark; the lab's folder among them."""
    place = None
    for line in process.stdout:
        words = line.split()
        if words[:3] == ["$", "tests/lab/samba.sh", "up"]:
            place = words[3]
        if mark in line:
            return place
    raise AssertionError(f"it never said {mark!r}")


def interrupt(signum, mark):
    """Stop it where it says `mark`; nothing of the lab may be left."""
    with start("/") as process:
        try:
            place = read_until(process, mark)
            lab_id = layout.read_env(place).get("LAB_ID")
            os.killpg(process.pid, signum)
            rest = process.stdout.read()
        finally:
            status = process.wait(120)
    tap.equal(status, 128 + signum, rest)
    tap.true(not os.path.exists(place), f"{place} is gone")
    if lab_id:
        tap.equal(procs.marked(lab_id), [])


@tap.case("it closes alice's session and leaves bob's alone, twice")
def works():
    with tempfile.TemporaryDirectory(prefix="cwd of mine ") as cwd:
        for _ in range(2):
            with start(cwd) as process:
                text = process.communicate(timeout=240)[0]
            tap.equal(process.returncode, 0, text)
            tap.true("alice ended\n" in text and "bob alive\n" in text, text)
            # On the server itself: alice's two files and bob's, and in what-if
            # hers once more.
            tap.equal(text.count("\n  Open for writing: "), 3, text)
            tap.equal(text.count("\nWhat if:   Open for writing: "), 2, text)
            place = next(line.split()[3] for line in text.splitlines()
                         if line.startswith("$ tests/lab/samba.sh up "))
            tap.true(not os.path.exists(place), f"{place} is gone")
        tap.equal(os.listdir(cwd), [])


@tap.case("Ctrl-C while the lab runs")
def ctrl_c():
    interrupt(signal.SIGINT, "Who is on the server?")


@tap.case("Ctrl-C while the lab comes up")
def ctrl_c_early():
    interrupt(signal.SIGINT, "samba.sh up")


@tap.case("SIGTERM while clients log on")
def terminated():
    interrupt(signal.SIGTERM, "samba.sh client")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the quickstart needs root")
        sys.exit(0)
    tap.main()
