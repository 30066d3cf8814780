#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What breaks while it lists: the server, the way, our own processes.

A listing over a connection that was kept, and that breaks, is made once more
over a new one; one that times out is not. Always the same handle works again
afterwards.
"""

import contextlib
import os
import signal
import time

from livetest import ENUM, Driver, helpers, kill_helper, main, tap
from midcall import DEADLINE, SLACK, connected, in_call, works


@tap.case("smbd killed while it lists")
def list_killed(lab):
    lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        with in_call(lab, relay, shell, ENUM, "list") as pid:
            lab.kill_smbd(pid)
            # Another smbd answers.
            shell.finish().expect(0).quick(2 * DEADLINE + SLACK)
        works(shell, "alice")


@tap.case("smbd stopped while it lists")
def list_stopped(lab):
    lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        with in_call(lab, relay, shell, ENUM, "list"):
            shell.finish().expect(0, "SMBMGMT_E_TIMED_OUT").quick(
                DEADLINE + SLACK)
            # Another smbd serves the handle's next connection.
            works(shell, "alice")
        works(shell, "alice")


@tap.case("the way cut while a listing is on it")
def list_cut(lab):
    with connected(lab) as (relay, shell):
        relay.reset()
        relay.trap(ENUM, "cut", "before")
        shell.say("list").expect(0)
        tap.equal(relay.counts()["connections"], 1, "made again")
        # And while nothing is: then nobody needs to hear of it.
        relay.cut()
        shell.say("handles").expect(0)
        shell.say("list").expect(0)
        # Once, and no more than that.
        relay.refuse()
        relay.reset()
        relay.trap(ENUM, "cut", "before")
        shell.say("list").expect(0, "SMBMGMT_E_CONNECTION_LOST")
        relay.refuse(False)
        works(shell)


@tap.case("the way cut in the first listing of a connection")
def new_connection_cut(lab):
    relay = lab.relay()
    with Driver(f"{relay.host}:{relay.port}",
                lab.auth_file("admin")) as driver:
        driver.code("open")
        relay.trap(ENUM, "cut", "before")
        # It was made for this very listing.
        tap.equal(driver.code("list"), "SMBMGMT_E_CONNECTION_LOST")
        tap.equal(driver.code("list"), "SMBMGMT_OK")


@tap.case("the connection's process killed while it lists")
def list_child_killed(lab):
    with connected(lab) as (relay, shell):
        with in_call(lab, relay, shell, ENUM, "list"):
            kill_helper(shell.pid, "smbmgmt-conn")
            shell.finish().expect(0).quick(2 * DEADLINE + SLACK)
        works(shell)
        # In between two calls as well.
        kill_helper(shell.pid, "smbmgmt-conn")
        tap.wait_until(lambda: not helpers(shell.pid, "smbmgmt-conn"),
                       "it is gone")
        shell.say("list").expect(0)


@tap.case("the fork server killed: handles go on, new ones get a new one")
def fork_server_killed(lab):
    with connected(lab) as (relay, shell):
        with in_call(lab, relay, shell, ENUM, "list"):
            kill_helper(shell.pid, "smbmgmt-helper")
        shell.finish()
        works(shell)
        shell.say(f"open {lab.host}:{lab.port}").expect(0)
        works(shell)
        tap.equal(len(helpers(shell.pid, "smbmgmt-helper")), 1)


@tap.case("the fork server killed while it is to make a connection")
def fork_server_killed_in_call(lab):
    with connected(lab) as (_, shell):
        forker, = helpers(shell.pid, "smbmgmt-helper")
        os.kill(forker, signal.SIGSTOP)
        before = len(os.listdir(f"/proc/{shell.pid}/fd"))
        shell.start(f"open {lab.host}:{lab.port}")
        # The new connection's socket is made when the fork server is asked.
        tap.wait_until(
            lambda: len(os.listdir(f"/proc/{shell.pid}/fd")) > before,
            "the fork server is asked")
        time.sleep(0.1)
        kill_helper(shell.pid, "smbmgmt-helper")
        shell.finish().expect(0, "SMBMGMT_E_HELPER_DIED")
        works(shell)
        shell.say(f"open {lab.host}:{lab.port}").expect(0)
        works(shell)


@tap.case("the fork server hangs: the deadline holds")
def fork_server_hangs(lab):
    with connected(lab) as (_, shell):
        forker, = helpers(shell.pid, "smbmgmt-helper")
        os.kill(forker, signal.SIGSTOP)
        try:
            shell.say(f"open {lab.host}:{lab.port}").expect(
                0, "SMBMGMT_E_TIMED_OUT").quick(DEADLINE + SLACK)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(forker, signal.SIGCONT)
        shell.say(f"open {lab.host}:{lab.port}").expect(0)
        works(shell)


@tap.case("the server restarted between two calls")
def restarted(lab):
    with connected(lab) as (_, shell):
        lab.restart()
        shell.say("list").expect(0)


if __name__ == "__main__":
    main()
