#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A fleet proves itself: many servers that know nothing of each other."""

import os
import subprocess
import sys
import time

from smblab import Fleet, LabError, tap
from smblab.fleet import marked

HERE = os.path.dirname(os.path.abspath(__file__))
ENUM = "netsessenum"
REAL, WINDOWS = 50, 14


def mixed():
    return Fleet(real=REAL, windows=WINDOWS, client_prefix="")


def gone(directory, ids):
    return not os.path.exists(directory) and not marked(ids)


@tap.case("50 smbd and 14 windows-shaped servers, each with its own sessions")
def separate():
    with mixed() as fleet:
        tap.equal(len(set(fleet.names())), REAL + WINDOWS)
        tap.equal(len({one.host for one in fleet.servers}), REAL + WINDOWS)
        ids = {one.id for one in fleet.servers[:REAL]}
        tap.true(len(marked(ids)) >= REAL, "processes")
        alice = fleet.servers[7].client("alice", "127.0.0.5")
        bob = fleet.servers[REAL + 3].client("bob", "127.0.0.6")
        rows = fleet.each(lambda one: [(row.user, row.address)
                                       for row in one.sessions()],
                          fleet.servers)
        wanted = [[] for _ in rows]
        wanted[7] = [("alice", "127.0.0.5")]
        wanted[REAL + 3] = [("bob", "127.0.0.6")]
        tap.equal(rows, wanted)
        fleet.servers[8].restart()
        fleet.servers[REAL + 4].cut()
        tap.equal((alice.alive(), bob.alive()), (True, True))
        fleet.servers[7].restart()
        tap.equal((alice.alive(), bob.alive()), (False, True))
        with open(fleet.servers_file(), encoding="ascii") as stream:
            tap.equal(stream.read().split(), fleet.names())
        directory = fleet.directory
    tap.true(gone(directory, ids), "nothing is left")


@tap.case("one user's file is good for all, and all list and close")
def one_account():
    with Fleet(real=3, windows=2, client_prefix="") as fleet:
        for one in fleet.servers:
            alice = one.client("alice", "127.0.0.5", files=1)
            bob = one.client("bob", "127.0.0.6", files=1)
            argv = one.rpcclient_argv("admin", ENUM)
            argv[argv.index("-A") + 1] = fleet.auth_file("admin")
            done = subprocess.run(argv, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60)
            tap.true("Received 3 entries" in done.stdout, done.stdout)
            # rpcclient takes one of two backslashes away.
            one.rpcclient("admin", r"netsessdel \\\\127.0.0.5 alice")
            tap.wait_until(lambda: not alice.alive(), "alice ended")
            tap.true(bob.alive(), "bob reads")


@tap.case("delays are counted over all windows-shaped servers")
def held():
    with Fleet(windows=3) as fleet:
        fleet.windows_all("rules", rules=[
            {"at": "call", "opnum": 12, "action": "delay", "seconds": 30}])
        started = [subprocess.Popen(
            one.rpcclient_argv("admin", ENUM), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for one in fleet.servers]
        tap.wait_until(lambda: fleet.held() == (3, 3), "three wait")
        for process in started:
            process.kill()
            process.wait()
        tap.wait_until(lambda: fleet.held() == (0, 3), "nobody waits")
        tap.equal(fleet.held(reset=True), (0, 3))
        tap.equal(fleet.held(), (0, 0))
        counts = fleet.windows_all("counts")
        tap.equal([answer["counts"]["opnums"] for answer in counts],
                  [{"12": 1}] * 3)


@tap.case("a server's rules and rows are its own; the process is everyone's")
def own_rules():
    with Fleet(windows=2) as fleet:
        first, second = fleet.servers
        first.scripted([{"client": "\\\\PC1", "user": "dora"}])
        first.rules({"at": "call", "opnum": 12, "action": "error", "code": 5})
        tap.equal((len(first.scripted_rows()), second.scripted_rows()),
                  (1, []))
        tap.true("ACCESS_DENIED" in first.rpcclient("admin", ENUM).stdout,
                 "the first refuses")
        tap.true("Received 1 entries"
                 in second.rpcclient("admin", ENUM).stdout, "the second lists")
        for function in (first.freeze, second.restart, first.stop_server):
            try:
                function()
            except LabError:
                continue
            raise AssertionError("it was done to one of them")


@tap.case("down when the test is killed")
def killed():
    script = ("import sys, time\n"
              "from smblab import Fleet\n"
              "with Fleet(real=3, windows=2) as fleet:\n"
              "    print(fleet.directory, *[one.id for one in"
              " fleet.servers[:3]], flush=True)\n"
              "    time.sleep(60)\n")
    process = subprocess.Popen([sys.executable, "-B", "-c", script],
                               env=dict(os.environ, PYTHONPATH=HERE),
                               stdout=subprocess.PIPE, text=True)
    with process:
        directory, *ids = process.stdout.readline().split()
        tap.true(len(marked(set(ids))) >= 3, "they run")
        process.kill()
    deadline = time.monotonic() + 30
    while not gone(directory, set(ids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    tap.true(gone(directory, set(ids)), "nothing is left")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    tap.main()
