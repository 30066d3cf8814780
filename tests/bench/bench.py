#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How long a listing takes, against rpcclient, in pairs of one run.

    sudo meson compile -C BUILD bench          (or, by hand:)
    sudo tests/bench/bench.py TOOL BENCH_KEPT [PAIRS [SESSIONS]]

Each pair runs one of ours and one rpcclient netsessenum, in turn, against
one private smbd, so that a machine whose speed drifts drifts under both.
Quote the median of the ratios.  A benchmark, not a test: it fails for wrong
answers only, never for a slow machine.
"""

import os
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from smblab import SambaLab  # noqa: E402

SECONDS = 60


def timed(argv):
    # No timeout for wait(): Python would poll, and its pauses of up to 50 ms
    # would be all that is measured.  The alarm ends a run that hangs.
    signal.alarm(SECONDS)
    start = time.perf_counter_ns()
    status = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).wait()
    taken = time.perf_counter_ns() - start
    signal.alarm(0)
    if status != 0:
        raise SystemExit(f"bench: exit status {status}: {' '.join(argv)}")
    return taken


class Kept:
    """bench_kept: a listing for each line that it is sent."""

    def __init__(self, program, server, auth, sessions):
        self.sessions = sessions
        self.process = subprocess.Popen(
            [program, server, auth], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def __call__(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        nanoseconds, count = self.process.stdout.readline().split()
        if int(count) < self.sessions:
            raise SystemExit(f"bench: {count} sessions listed, "
                             f"{self.sessions} are there")
        return int(nanoseconds)

    def close(self):
        self.process.stdin.close()
        self.process.wait(SECONDS)


def row(name, values, unit=""):
    low, high = min(values), max(values)
    print(f"  {name:<28} {low:>9.3f} {statistics.median(values):>9.3f} "
          f"{high:>9.3f}{unit}")


def compare(title, ours, theirs, pairs):
    for _ in range(2):              # warm up, not counted
        ours(), theirs()
    taken = [(ours(), theirs()) for _ in range(pairs)]
    print(f"{title}, {pairs} pairs: minimum, median, maximum")
    row("ours", [a / 1e6 for a, _ in taken], " ms")
    row("rpcclient", [b / 1e6 for _, b in taken], " ms")
    row("ours / rpcclient", [a / b for a, b in taken])
    row("rpcclient / ours", [b / a for a, b in taken])


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    tool, kept_program = sys.argv[1:3]
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 30
    sessions = int(sys.argv[4]) if len(sys.argv) > 4 else 301
    with SambaLab() as lab:
        server = f"{lab.host}:{lab.port}"
        auth = lab.auth_file("admin")
        peer = lab.rpcclient_argv("admin", 'netsessenum "" "" 1')
        whole = [tool, "-S", server, "-A", auth, "list"]

        lab.client("alice", "127.0.0.5")
        lab.client("bob", "127.0.0.6")
        compare("whole command, 2 sessions and ours", lambda: timed(whole),
                lambda: timed(peer), pairs)
        lab.close_clients()

        lab.client("alice", "127.0.0.5", sessions=sessions)
        lab.wait_sessions(sessions)
        compare(f"whole command, {sessions} sessions and ours",
                lambda: timed(whole), lambda: timed(peer), pairs)
        kept = Kept(kept_program, server, auth, sessions)
        compare(f"kept connection, {sessions} sessions and ours", kept,
                lambda: timed(peer), pairs)
        kept.close()


if __name__ == "__main__":
    main()
