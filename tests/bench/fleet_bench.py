#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How long 200 servers take that each need 500 ms for a listing, 32 at once.

    meson compile -C BUILD bench-fleet          (or, by hand:)
    tests/bench/fleet_bench.py LIVE_FLEET [RUNS [SERVERS [THROTTLE [MS]]]]

The servers are windows-shaped ones in one process, each with an address of
its own.  The ideal is rounds of the throttle's size and nothing but the
servers' time: ceil(200 / 32) * 500 ms.  "later" is the first listing of new
handles, which connects, binds and lists; "kept" the next ones.  A benchmark,
not a test: it fails for wrong answers only, never for a slow machine.
"""

import os
import signal
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from smblab import Fleet  # noqa: E402

SECONDS = 300
ROWS = 3


class Handles:
    """live-fleet: handles on all servers, and a listing for each line."""

    def __init__(self, program, fleet, throttle):
        self.fleet = fleet
        self.process = subprocess.Popen(
            [program, fleet.servers_file(), fleet.auth_file("admin"),
             str(throttle), "later", "run"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def list(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        nanoseconds, code, sessions, errors = (
            self.process.stdout.readline().split()[:4])
        least = ROWS * len(self.fleet.servers)
        if (code, errors) != ("SMBMGMT_OK", "0") or int(sessions) < least:
            raise SystemExit(f"bench: {code}, {errors} errors, {sessions} "
                             f"sessions of {least}")
        return int(nanoseconds) / 1e9

    def close(self):
        self.process.stdin.close()
        if self.process.wait():
            raise SystemExit("bench: live-fleet failed")


def measure(program, fleet, throttle, runs):
    """{what: seconds of each run}."""
    taken = {"later": [], "kept": []}
    for _ in range(runs):
        handles = Handles(program, fleet, throttle)
        taken["later"].append(handles.list())
        taken["kept"].append(handles.list())
        handles.close()
    return taken


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    runs, servers, throttle, ms = (
        [int(word) for word in sys.argv[2:]] + [5, 200, 32, 500][
            len(sys.argv) - 2:])
    signal.alarm(SECONDS)
    with Fleet(windows=servers) as fleet:
        fleet.windows_all("scripted", rows=[
            {"client": "\\\\10.0.0.1", "user": "dora", "times": ROWS}])
        fleet.windows_all("rules", rules=[
            {"at": "call", "opnum": 12, "action": "delay",
             "seconds": ms / 1000}])
        taken = measure(sys.argv[1], fleet, throttle, runs)
        most = fleet.held()[1]
    ideal = -(-servers // throttle) * ms / 1000
    print(f"{servers} servers of {ms} ms, throttle {throttle}, ideal "
          f"{ideal:.3f} s, {runs} runs, {os.cpu_count()} processors: minimum, "
          f"median, maximum; at most {most} calls at once")
    for name, seconds in taken.items():
        values = [one / ideal for one in seconds]
        print(f"  {name + ' / ideal':<16} {min(values):>8.3f} "
              f"{statistics.median(values):>8.3f} {max(values):>8.3f}")


if __name__ == "__main__":
    main()
