#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The life of a handle's connection on a real server.

An idle one sends nothing, and is dropped after a time that can be set: then
neither the server nor this machine has anything of it until it is needed.
"""

import os
import time

from livetest import Driver, ENUM, helpers, kill_helper, main, tap

IDLE = 300  # milliseconds


def connected_driver(lab, relay, idle):
    driver = Driver(f"{relay.host}:{relay.port}", lab.auth_file("admin"))
    tap.equal(driver.code(f"idle {idle}"), "SMBMGMT_OK")
    tap.equal(driver.code("open"), "SMBMGMT_OK")
    tap.equal(driver.code("list"), "SMBMGMT_OK")
    return driver


def expect_silence(relay):
    """Not a byte since the relay's counts were reset."""
    counts = relay.counts()
    for what in ("connections", "bytes_up", "bytes_down"):
        tap.equal(counts[what], 0, what)


def state(driver):
    return driver.ask("state")[0][1]


def expect_nothing_left(lab, driver):
    tap.wait_until(lambda: state(driver) == "disconnected", "it is dropped")
    tap.wait_until(lambda: not helpers(driver.pid, "smbmgmt-conn"),
                   "its process is gone")
    tap.wait_until(lambda: not lab.sessions(user="admin"),
                   "the server has no session of ours")


@tap.case("an idle connection is dropped, and made again when it is needed")
def dropped(lab):
    lab.client("alice", "127.0.0.5")
    relay = lab.relay()
    with connected_driver(lab, relay, IDLE) as driver:
        for _ in range(3):
            expect_nothing_left(lab, driver)
            relay.reset()
            time.sleep(2 * IDLE / 1000)
            expect_silence(relay)
            answer = driver.ask("list")
            tap.true(["code", "SMBMGMT_OK", ""] in answer, repr(answer))
            tap.true(["sessions", "2"] in answer, repr(answer))
        expect_nothing_left(lab, driver)
        tap.equal(len(helpers(driver.pid, "smbmgmt-helper")), 1)


@tap.case("an idle connection that is kept sends nothing")
def silent(lab):
    relay = lab.relay()
    with connected_driver(lab, relay, 0) as driver:
        relay.reset()
        time.sleep(5)
        expect_silence(relay)
        tap.equal(state(driver), "connected")
        tap.equal(len(lab.sessions(user="admin")), 1)
        tap.equal(driver.code("list"), "SMBMGMT_OK")
        tap.equal(relay.opnums(), {ENUM: 1}, "the same connection")
        tap.equal(relay.counts()["connections"], 0, "no new one")


@tap.case("a close after the connection was dropped")
def closed(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    relay = lab.relay()
    with connected_driver(lab, relay, IDLE) as driver:
        expect_nothing_left(lab, driver)
        code, outcomes, _ = driver.close("close alice")
        tap.equal(code, "SMBMGMT_OK")
        tap.equal(outcomes, [("CLOSED", "127.0.0.5", "alice")])
        tap.equal(alice.session.state(), "ended")
        expect_nothing_left(lab, driver)
        tap.equal(bob.session.state(), "alive")


@tap.case("the fork server killed while a connection is dropped")
def no_fork_server(lab):
    relay = lab.relay()
    with connected_driver(lab, relay, IDLE) as driver:
        expect_nothing_left(lab, driver)
        kill_helper(driver.pid, "smbmgmt-helper")
        tap.wait_until(lambda: not helpers(driver.pid, "smbmgmt-helper"),
                       "it is gone")
        # Until the library has met its end, which nothing shows.
        time.sleep(0.2)
        tap.equal(driver.code("list"), "SMBMGMT_OK")
        tap.equal(len(helpers(driver.pid, "smbmgmt-helper")), 1)


@tap.case("the connection breaks while it is idle: nobody needs to hear of it")
def broken_idle(lab):
    relay = lab.relay()
    with connected_driver(lab, relay, 0) as driver:
        for _ in range(3):
            relay.cut()
            tap.wait_until(lambda: not lab.sessions(user="admin"),
                           "the server has no session of ours")
            tap.equal(driver.code("list"), "SMBMGMT_OK")
            kill_helper(driver.pid, "smbmgmt-conn")
            tap.wait_until(lambda: not helpers(driver.pid, "smbmgmt-conn"),
                           "its process is gone")
            tap.equal(driver.code("list"), "SMBMGMT_OK")
            lab.wait_sessions(1)
            lab.kill_smbd(lab.sessions(user="admin")[0].pid)
            tap.equal(driver.code("list"), "SMBMGMT_OK")


def footprint(pid):
    """(descriptors, threads, kB) of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as stream:
        values = dict(line.split(":", 1) for line in stream if ":" in line)
    return (len(os.listdir(f"/proc/{pid}/fd")), int(values["Threads"]),
            int(values["VmRSS"].split()[0]))


@tap.case("handles that come and go leave nothing")
def come_and_go(lab):
    relay = lab.relay()
    with connected_driver(lab, relay, 0) as driver:
        def cycle(times):
            for _ in range(times):
                tap.equal(driver.code("remove"), "SMBMGMT_OK")
                tap.equal(driver.code("open"), "SMBMGMT_OK")
                tap.equal(driver.code("list"), "SMBMGMT_OK")
            tap.wait_until(
                lambda: len(helpers(driver.pid, "smbmgmt-conn")) == 1,
                "one process is left")
            return footprint(driver.pid)

        before = cycle(20)
        after = cycle(100)
        print(f"# 100 cycles: {after[2] - before[2]} kB", flush=True)
        tap.equal(after[:2], before[:2], "descriptors and threads")
        # A checker keeps what was freed for a while.
        with open(f"/proc/{driver.pid}/maps", encoding="ascii") as stream:
            checked = any(name in stream.read() for name in ("asan", "tsan"))
        if not checked:
            tap.true(after[2] - before[2] < 1024, f"{before}, {after}")


if __name__ == "__main__":
    main()
