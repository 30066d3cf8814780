#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Closing many sessions of many clients on one server that is far away.

    sudo meson compile -C BUILD bench-far      (or, by hand:)
    sudo tests/bench/far_bench.py TOOL [--pairs N] [--sessions N]
                                  [--delay MS ...] [--per-server N ...]

One private smbd behind a relay that delays each direction; every session is
one client's with an address of its own. In pairs of one run: the command, and
one rpcclient process that enumerates and deletes the same sessions. Both
include connecting and leave none of them behind, which smbstatus checks.
Several --per-server take turns: 0 is the library's choice. A benchmark, not
a test: it fails for wrong results only, never for a slow machine.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from smblab import SambaLab  # noqa: E402

SECONDS = 120


def address(i):
    return f"127.0.{1 + i // 250}.{1 + i % 250}"


def timed(argv, out):
    # As in bench.py: wait() with a timeout would poll.
    signal.alarm(SECONDS)
    start = time.perf_counter_ns()
    status = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.DEVNULL).wait()
    taken = time.perf_counter_ns() - start
    signal.alarm(0)
    return taken / 1e6, status


class Far:
    def __init__(self, lab, tool, sessions):
        self.lab, self.tool, self.sessions = lab, tool, sessions
        self.relay = lab.relay()

    def fill(self):
        for i in range(self.sessions):
            self.lab.client("alice", address(i), files=0)
        self.lab.wait_sessions(self.sessions, 60)

    def check(self):
        self.lab.wait_sessions(0, 60)
        while self.lab.clients:
            self.lab.clients.pop().close()

    def ours(self, per_server):
        """Milliseconds, connections made and listings asked for."""
        self.fill()
        self.relay.reset()
        with tempfile.TemporaryFile("w+") as out:
            taken, status = timed(
                [self.tool, "-S", f"127.0.0.1:{self.relay.port}", "-A",
                 self.lab.auth_file("admin"), "close", "--client-user",
                 "alice", "--force", "--json", "--per-server",
                 str(per_server)], out)
            out.seek(0)
            outcomes = [o["outcome"] for o in json.load(out)["outcomes"]]
        if status != 0 or outcomes != ["CLOSED"] * self.sessions:
            raise SystemExit(f"bench: status {status}: "
                             f"{ {o: outcomes.count(o) for o in outcomes} }")
        opnums = self.relay.opnums()
        self.check()
        if opnums.get(13) != self.sessions:
            raise SystemExit(f"bench: {opnums.get(13)} deletes")
        return taken, self.relay.counts()["connections"], opnums[12]

    def theirs(self):
        self.fill()
        commands = ['netsessenum "" "" 1'] + [
            f"netsessdel {address(i)} alice" for i in range(self.sessions)]
        taken, status = timed(
            self.lab.rpcclient_argv("admin", ";".join(commands),
                                    self.relay.port), subprocess.DEVNULL)
        if status != 0:
            raise SystemExit(f"bench: rpcclient ended with {status}")
        self.check()
        return taken


def show(name, values, more=""):
    print(f"  {name:<24} {min(values):>9.1f} {statistics.median(values):>9.1f}"
          f" {max(values):>9.1f}{more}")


def compare(far, delay, choices, pairs, alone):
    runs = []
    far.relay.delay(delay)
    for _ in range(pairs):
        runs.append(([far.ours(choice) for choice in choices],
                     None if alone else far.theirs()))
    print(f"{far.sessions} sessions, {delay:g} ms each way, {pairs} pairs: "
          "minimum, median, maximum")
    if not alone:
        show("rpcclient", [theirs for _, theirs in runs], " ms")
    for at, choice in enumerate(choices):
        ours = [run[0][at] for run in runs]
        show(f"--per-server {choice}", [o[0] for o in ours],
             f" ms, {[o[1] for o in ours]} connections, "
             f"{[o[2] for o in ours]} listings")
        if not alone:
            show("  rpcclient / ours", [run[1] / run[0][at][0]
                                        for run in runs])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tool")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--delay", type=float, nargs="+", default=[20])
    parser.add_argument("--per-server", type=int, nargs="+", default=[0])
    parser.add_argument("--alone", action="store_true",
                        help="without rpcclient")
    args = parser.parse_args()
    with SambaLab() as lab:
        far = Far(lab, args.tool, args.sessions)
        for delay in args.delay:
            compare(far, delay, args.per_server, args.pairs, args.alone)


if __name__ == "__main__":
    main()
