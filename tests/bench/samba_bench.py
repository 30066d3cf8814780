#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How long a listing of this machine's Samba takes, against smbstatus itself.

    sudo meson compile -C BUILD bench-samba          (or, by hand:)
    sudo tests/bench/samba_bench.py TOOL LIVE_SAMBA [PAIRS [SESSIONS]]

Each pair runs one of ours and one `smbstatus --json` of the same lab, in turn.
"whole command" is smbmgmt list; "kept handle" the library in a process that
lives on, whose memory, its helper's and its child's, is told at its peak.  A
benchmark, not a test: it fails for wrong answers only, never for a slow
machine.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from smblab import SambaLab  # noqa: E402

SECONDS = 300
A_CONNECTION = 100
FILES = 500


def timed(argv):
    """Nanoseconds; its output goes to a file, as a pipe would be read here."""
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


def parts(host):
    """{what: pid} of a process that uses the library, and of the library's."""
    found = {"host": host}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/comm", encoding="utf-8") as stream:
                name = stream.read().strip()
            # Descriptor 4 of both is a pidfd of their host.
            with open(f"/proc/{pid}/fdinfo/4", encoding="ascii") as stream:
                ours = f"Pid:\t{host}\n" in stream.read()
            if ours and name in ("smbmgmt-helper", "smbmgmt-conn"):
                found["helper" if name == "smbmgmt-helper" else "child"] = (
                    int(pid))
    return found


def peak(pid):
    """Mebibytes that a process ever had in memory."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as stream:
        for line in stream:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    raise SystemExit(f"bench: process {pid} tells no peak")


def worked(pid):
    """Seconds of a processor that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Kept:
    """live-samba: a listing for each line that it is sent."""

    def __init__(self, program, lab, sessions):
        self.sessions = sessions
        self.process = subprocess.Popen(
            [program, lab.conf, lab.tools(), str(SECONDS * 1000)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()
        self.parts = parts(self.process.pid)
        self.first = {name: peak(pid) for name, pid in self.parts.items()}
        self.listings = 0

    def answer(self):
        lines = iter(self.process.stdout.readline, "")
        count, code = 0, None
        for line in lines:
            if line == ".\n":
                return count, code
            count += line.startswith("session\t")
            if line.startswith("code\t"):
                code = line.split()[1]
        raise SystemExit("bench: live-samba ended")

    def __call__(self):
        start = time.perf_counter_ns()
        self.process.stdin.write("list\n")
        self.process.stdin.flush()
        count, code = self.answer()
        taken = time.perf_counter_ns() - start
        if (count, code) != (self.sessions, "SMBMGMT_OK"):
            raise SystemExit(f"bench: {code}, {count} sessions listed of "
                             f"{self.sessions}")
        self.listings += 1
        return taken

    def figures(self):
        if len(self.parts) != 3:
            raise SystemExit(f"bench: there are only {self.parts}")
        print("peak memory, MiB (before the first listing): " + ", ".join(
            f"{name} {peak(pid):.1f} ({self.first[name]:.1f})"
            for name, pid in self.parts.items()))
        print("processor time of a listing, ms: " + ", ".join(
            f"{name} {worked(pid) / self.listings * 1e3:.0f}"
            for name, pid in self.parts.items()))

    def close(self):
        self.process.stdin.close()
        self.process.wait(SECONDS)


def row(name, values, unit=""):
    print(f"  {name:<28} {min(values):>9.3f} "
          f"{statistics.median(values):>9.3f} {max(values):>9.3f}{unit}")


def compare(title, ours, theirs, pairs):
    ours(), theirs()                # warm up, not counted
    taken = [(ours(), theirs()) for _ in range(pairs)]
    print(f"{title}, {pairs} pairs: minimum, median, maximum")
    row("ours", [a / 1e6 for a, _ in taken], " ms")
    row("smbstatus --json", [b / 1e6 for _, b in taken], " ms")
    row("ours / smbstatus", [a / b for a, b in taken])


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    tool, program = sys.argv[1:3]
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    sessions = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
    with SambaLab() as lab:
        # One of them has open files, or each would be told of those of all
        # that its user has on its connection.
        lab.client("bob", "127.0.0.6", files=FILES)
        for first in range(1, sessions, A_CONNECTION):
            lab.client("alice", f"127.0.1.{1 + first // A_CONNECTION}",
                       sessions=min(A_CONNECTION, sessions - first), files=0)
        lab.wait_sessions(sessions)
        peer = [os.path.join(lab.tools(), "smbstatus"), "-s", lab.conf,
                "--json"]
        whole = [tool, "-s", lab.conf, "--samba-path", lab.tools(),
                 "--deadline", str(SECONDS), "list"]
        for title, more in (("table", []), ("JSON", ["--json"])):
            compare(f"whole command, {title}, {sessions} sessions",
                    lambda: timed(whole + more), lambda: timed(peer), pairs)
        kept = Kept(program, lab, sessions)
        compare(f"kept handle, {sessions} sessions", kept,
                lambda: timed(peer), pairs)
        kept.figures()
        kept.close()


if __name__ == "__main__":
    main()
