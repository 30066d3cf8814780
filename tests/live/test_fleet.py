#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""200 servers in one job, each through a child of its own.

Run as `test_fleet.py TOOL SCHEMA LIVE-FLEET`.
"""

import contextlib

from livetest import CARRIER, DRIVER, ENUM, LIMIT, Process, helpers, tap
from smblab import Fleet, closed_port

SERVERS, THROTTLE, ROWS = 200, 32, 3
SECONDS = 0.5
DEAD, STALLED = 5, 5
# Of a step; only those that stall are to reach it.
DEADLINE = 6000


class Handles(Process):
    """live-fleet: handles on all servers, and a listing for each line."""

    def __init__(self, names, fleet, *more):
        super().__init__([DRIVER, names, fleet.auth_file("admin"),
                          str(THROTTLE), *more])

    def list(self):
        """(code, sessions, {server: code} of errors, most in flight)."""
        self.out = ""
        self.send("")
        self.wait_for(lambda: self.out.endswith("\n"))
        _, code, sessions, errors, most, *named = self.out.split()
        failed = dict(zip(named[::2], named[1::2]))
        tap.equal(len(failed), int(errors), self.out)
        return code, int(sessions), failed, int(most)


@contextlib.contextmanager
def servers():
    byte = {"pipe_mode": "byte"} if CARRIER == "smbclient" else {}
    with Fleet(windows=SERVERS, **byte) as fleet:
        fleet.windows_all("scripted", rows=[
            {"client": "\\\\10.0.0.1", "user": "dora", "times": ROWS}])
        fleet.windows_all("rules", rules=[
            {"at": "call", "opnum": ENUM, "action": "delay",
             "seconds": SECONDS}])
        yield fleet


def listed(fleet):
    """How often each server was asked for a listing."""
    return [answer["counts"]["opnums"].get(str(ENUM), 0)
            for answer in fleet.windows_all("counts", reset=True)]


@tap.case("no more than 32 of 200 servers are asked at once, and all of them")
def throttle(fleet):
    with Handles(fleet.servers_file(), fleet, "later", "watch") as handles:
        for turn in ("connecting", "kept"):
            fleet.held(reset=True)
            code, sessions, failed, most = handles.list()
            tap.equal((code, failed), ("SMBMGMT_OK", {}), turn)
            tap.true(sessions >= SERVERS * ROWS, f"{turn}: {sessions}")
            tap.true(THROTTLE // 2 < most <= THROTTLE, f"states: {most}")
            now, held = fleet.held()
            tap.equal(now, 0, turn)
            tap.true(THROTTLE // 2 < held <= THROTTLE, f"servers: {held}")
            asked = listed(fleet)
            tap.true(min(asked) >= 1, f"{turn}: {asked}")
            tap.equal(len(helpers(handles.pid, "smbmgmt-conn")), SERVERS)
            tap.note(f"{turn}: {handles.out.split()[0]} ns, {held} at once")
        tap.equal(asked, [1] * SERVERS, "on a kept connection")


@tap.case("five are dead and five stall: the others are listed, the ten named")
def ten(fleet):
    names = fleet.names()
    stalled = range(7, SERVERS, SERVERS // STALLED)
    for number in stalled:
        fleet.servers[number].rules(
            {"at": "call", "opnum": ENUM, "action": "stall"})
    wrong = {names[number]: "SMBMGMT_E_TIMED_OUT" for number in stalled}
    with contextlib.ExitStack() as stack:
        for number in range(3, SERVERS, SERVERS // DEAD):
            port = stack.enter_context(closed_port())
            names[number] = f"127.0.0.1:{port}"
            wrong[names[number]] = "SMBMGMT_E_CONNECTION_REFUSED"
        path = fleet.path("some-dead")
        with open(path, "w", encoding="ascii") as stream:
            stream.write("".join(f"{name}\n" for name in names))
        with Handles(path, fleet, "later", "watch", str(DEADLINE)) as handles:
            code, sessions, failed, most = handles.list()
    tap.equal((code, failed), ("SMBMGMT_E_PARTIAL", wrong))
    tap.true(sessions >= (SERVERS - DEAD - STALLED) * ROWS, str(sessions))
    tap.true(most <= THROTTLE, f"states: {most}")
    asked = listed(fleet)
    tap.equal([number for number, times in enumerate(asked) if not times],
              list(range(3, SERVERS, SERVERS // DEAD)), "never asked")


if __name__ == "__main__":
    assert LIMIT * 1000 > DEADLINE
    tap.main(servers)
