#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The wall clock is set while something waits: nothing comes of it.

setclock.c, preloaded, sets it for the library's process and the helper's
alone, and leaves the clocks that nobody can set as they are.
"""

import contextlib
import os
import stat
import struct
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from livetest import DEL, DRIVER, ENUM, HELPER, helpers, main, tap
from stalls import AtRequest, Canceller

SETCLOCK = os.path.abspath(os.environ["LIVE_SETCLOCK"])
DAY = 86400
STEPS = (DAY, -DAY)
# Seconds: how long a call is held, and how long until a step.
HELD, BEFORE = 1.0, 0.3


def check_possible():
    with open(DRIVER, "rb") as stream:
        program = stream.read()
    if b"__asan_init" in program or b"__tsan_init" in program:
        raise tap.Skip("a checker must be loaded first")


class Clock:
    """How far off the wall clock of a process is, and who looks at it."""

    def __init__(self, folder, name):
        self.name = os.path.join(folder, name)
        with open(self.name, "wb") as stream:
            stream.write(bytes(16))
        self.words = [f"LD_PRELOAD={SETCLOCK}", f"SETCLOCK_FILE={self.name}"]

    def set(self, seconds):
        with open(self.name, "r+b") as stream:
            stream.write(struct.pack("=q", seconds))

    def looks(self):
        with open(self.name, "rb") as stream:
            return struct.unpack("=qq", stream.read())[1]


class Clocks:
    """Of the host, and of its helper: the library gives that one an
    environment of its own, so that a script must stand before it.
    """

    def __init__(self, folder):
        self.host = Clock(folder, "host")
        self.children = Clock(folder, "children")
        self.helper = os.path.join(folder, "helper")
        with open(self.helper, "w", encoding="utf-8") as stream:
            stream.write(f"""#!/bin/sh
exec env {" ".join(self.children.words)} {os.path.realpath(HELPER)} "$@"
""")
        os.chmod(self.helper, stat.S_IRWXU)

    def set(self, seconds):
        self.host.set(seconds)
        self.children.set(seconds)


@contextlib.contextmanager
def stepped(lab, on, seconds):
    """(clock, stall, canceller) with a handle over a relay."""
    check_possible()
    with tempfile.TemporaryDirectory(prefix="clock.") as folder:
        clock = Clocks(folder)
        stall = AtRequest(lab, on)
        with Canceller(lab, stall.address, seconds * 1000,
                       ["env", *clock.host.words],
                       [clock.helper]) as canceller:
            canceller.open()
            yield clock, stall, canceller


def offset(canceller):
    """How far off the time is that the host sees, to the half day."""
    now = int(canceller.ask("now")[0][1])
    return round((now - time.time()) / DAY * 2) / 2


@tap.case("the control: a step reaches the host and its helper")
def control(lab):
    with stepped(lab, ENUM, 60) as (clock, _, canceller):
        for step in STEPS:
            clock.set(step)
            tap.equal(offset(canceller), step / DAY)
        clock.set(0)
        canceller.list()
        tap.true(clock.children.looks() > 0, "the helper looks at it, too")


def each(lab, function, *places):
    """Side by side: for each place and step."""
    pairs = [(place, step) for place in places for step in STEPS]
    with ThreadPoolExecutor(len(pairs)) as pool:
        results = [pool.submit(function, lab, *pair) for pair in pairs]
    for result in results:
        result.result()


def slow(lab, place, step):
    """A server that takes its time, and the step while it does."""
    with stepped(lab, place, 60) as (clock, stall, canceller):
        if place in (ENUM, DEL):
            canceller.list()
        what = "list"
        if place == DEL:
            client = lab.client("alice",
                                f"127.0.9{'0' if step > 0 else '1'}.5")
            what = f"close {client.address}"
        stall.arm()
        canceller.start(what)
        stall.reached(canceller)
        time.sleep(BEFORE)
        clock.set(step)
        time.sleep(HELD - BEFORE)
        stall.release()
        answer = canceller.job("wait 60000")
        tap.equal(answer.code, "SMBMGMT_OK",
                  f"{place}, a step of {step} s: {answer}\n")
        if place == DEL:
            tap.equal([item[:3] for item in answer.items],
                      [("CLOSED", "SMBMGMT_OK", 1)])
            tap.equal(client.session.state(), "ended")


@tap.case("a step while a connection is made, and in a listing")
def listing(lab):
    each(lab, slow, "NEGOTIATE", "SESSION_SETUP", "BIND", ENUM)


@tap.case("a step in a close, before it is verified")
def closing(lab):
    each(lab, slow, DEL)


def late(lab, place, step):
    """A step while a deadline of 2 s is waited for, and by job_wait()."""
    with stepped(lab, place, 2) as (clock, stall, canceller):
        stall.arm()
        canceller.start("list")
        stall.reached(canceller)
        canceller.send("job-wait 1000")
        time.sleep(BEFORE)
        clock.set(step)
        canceller.wait_for(lambda: canceller.out.endswith("\n.\n")
                           and "took" in canceller.out)
        words = canceller.out.split()
        tap.equal(words[words.index("code", words.index("took")) + 1],
                  "SMBMGMT_E_TIMED_OUT", "job_wait")
        tap.true(int(words[words.index("took") + 1]) >= 1000000,
                 f"not before its time: {canceller.out}")
        answer = canceller.job("wait 60000")
        tap.equal(answer.code, "SMBMGMT_E_TIMED_OUT")
        # Two seconds in all, and not before.
        tap.true(0.2e6 < answer.took < 20e6, repr(answer))
        canceller.expect_processes(0)
        stall.release()


@tap.case("a step while a deadline is waited for")
def deadlines(lab):
    each(lab, late, "SESSION_SETUP", ENUM)


def idle(lab, _, step):
    with stepped(lab, ENUM, 60) as (clock, _, canceller):
        canceller.code("idle 1500")
        canceller.list()
        began = time.monotonic()
        clock.set(step)
        time.sleep(BEFORE)
        dropped = not helpers(canceller.pid, "smbmgmt-conn")
        tap.true(not dropped or time.monotonic() - began > 1.5,
                 "it is not dropped before its time")
        tap.wait_until(lambda: not helpers(canceller.pid, "smbmgmt-conn"),
                       "it is dropped in its time")
        canceller.list()


@tap.case("a step while a connection is idle")
def idling(lab):
    each(lab, idle, None)


if __name__ == "__main__":
    main()
