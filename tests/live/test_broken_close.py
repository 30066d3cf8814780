#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What breaks in a close: it is never closed twice, and what is said is true.

Always the same handle works again afterwards.
"""

from livetest import DEL, kill_helper, main, samba_case, tap
from midcall import DEADLINE, SLACK, connected, in_call, works

CLOSE = "close --client-user alice --force --json"


def check_not_closed(lab, result, alice):
    """The call was lost on its way; a look showed that nothing ended."""
    tap.equal(result.outcomes(), [("STILL_PRESENT", "127.0.0.5", "alice")],
              repr(result))
    tap.equal(result.json()["outcomes"][0]["sent"], True)
    tap.true(alice.alive(), "alice's handle reads")


def then_close(shell, alice):
    result = shell.say(CLOSE).expect(0)
    tap.equal(result.outcomes(), [("CLOSED", "127.0.0.5", "alice")])
    tap.equal(alice.session.state(), "ended")


@samba_case("smbd killed before it closes: a look tells that it did not")
def close_killed(lab):
    alice = lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        with in_call(lab, relay, shell, DEL, CLOSE) as pid:
            lab.kill_smbd(pid)
            result = shell.finish().quick(2 * DEADLINE + SLACK)
        check_not_closed(lab, result, alice)
        then_close(shell, alice)


@samba_case("smbd stopped in a close: a look over another tells what came of it")
def close_stopped(lab):
    alice = lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        with in_call(lab, relay, shell, DEL, CLOSE):
            result = shell.finish().quick(2 * DEADLINE + SLACK)
            check_not_closed(lab, result, alice)
        # Continued, that smbd finds the call and then our end hung up.
        lab.wait_sessions(lambda rows: len([
            row for row in rows if row.user == "admin"]) <= 1)
        if alice.alive():
            then_close(shell, alice)
        works(shell)


@tap.case("the connection's process killed in a close")
def close_child_killed(lab):
    alice = lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        relay.trap(DEL, "pause", "before")
        shell.start(CLOSE)
        tap.true(relay.wait_trap(), "the call is on its way")
        kill_helper(shell.pid, "smbmgmt-conn")
        relay.cut()
        relay.resume()
        result = shell.finish().quick(2 * DEADLINE + SLACK)
        check_not_closed(lab, result, alice)
        then_close(shell, alice)


@tap.case("the answer to a close is lost: a look tells that it was closed")
def close_answer_lost(lab):
    alice = lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        relay.trap(DEL, "pause", "after")
        shell.start(CLOSE)
        tap.true(relay.wait_trap(), "the call was sent")
        tap.wait_until(lambda: lab.row(alice.session) is None, "alice is gone")
        relay.cut()
        relay.resume()
        result = shell.finish().expect(0)
        tap.equal(result.outcomes(), [("CLOSED", "127.0.0.5", "alice")])
        works(shell)


@tap.case("lost after the close, and no way back: sent, and not verified")
def close_unverified(lab):
    alice = lab.client("alice", "127.0.0.5")
    with connected(lab) as (relay, shell):
        relay.trap(DEL, "pause", "after")
        shell.start(CLOSE)
        tap.true(relay.wait_trap(), "the call was sent")
        tap.wait_until(lambda: lab.row(alice.session) is None, "alice is gone")
        relay.refuse()
        relay.cut()
        relay.resume()
        result = shell.finish().expect(0, "SMBMGMT_E_UNVERIFIED").quick(
            2 * DEADLINE + SLACK)
        tap.equal(result.outcomes(), [("SENT", "127.0.0.5", "alice")])
        relay.refuse(False)
        works(shell)


@tap.case("cut between two closes: the rest is read again, then closed")
def close_goes_on(lab):
    clients = [lab.client(user, f"127.0.0.{5 + index}") for index, user
               in enumerate(("alice", "bob", "carol"))]
    with connected(lab) as (relay, shell):
        relay.trap(DEL, "cut", "after")
        result = shell.say("close --client-user alice --client-user bob "
                           "--client-user carol --force --json")
        names = {row[0] for row in result.outcomes()}
        tap.true(names <= {"CLOSED", "STILL_PRESENT"}, repr(result))
        # What was never asked for twice may stand; what is said is true.
        for outcome, _, user in result.outcomes():
            client = next(c for c in clients if c.wanted[0][0] == user)
            tap.equal(client.session.state(),
                      "ended" if outcome == "CLOSED" else "alive", user)
        tap.true(len([row for row in result.outcomes()
                      if row[0] == "CLOSED"]) >= 2, repr(result))
        shell.say("list").expect(0)


if __name__ == "__main__":
    main()
