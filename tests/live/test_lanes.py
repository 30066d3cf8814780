#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Closing over several connections, which are sessions of our own as well.

Behind a relay the server sees another address than ours: our sessions are
then known by their user and age alone, as behind a NAT.
"""

import time

from livetest import AGED, DEL, Shell, main, run, samba_case, tap, where

MANY = 12
LANES = 4


def fill(lab, user, network):
    return [lab.client(user, f"127.0.{network}.{i + 1}", files=0)
            for i in range(MANY)]


def close(lab, relay, *argv, lanes=LANES):
    return run(*where(lab, port=relay.port), "close", *argv, "--force",
               "--per-server", str(lanes), "--json")


def count(result):
    kinds = [kind for kind, *_ in result.outcomes()]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def connections(relay):
    return relay.counts()["connections"]


@samba_case("each is closed, once, over four connections that are gone then")
def closed(lab):
    relay = lab.relay()
    relay.delay(10)
    bystander = lab.client("bob", "127.0.0.9")
    fill(lab, "alice", 1)
    result = close(lab, relay, "--client-user", "alice")
    tap.equal((result.status, count(result)), (0, {"CLOSED": MANY}),
              repr(result))
    tap.equal((connections(relay), relay.opnums()[DEL]), (LANES, MANY))
    tap.true(bystander.alive(), "nobody else has ended")
    lab.wait_sessions(1)


@samba_case("our own user elsewhere, and ours at an address that we do not know")
def same_user(lab):
    relay = lab.relay("127.0.0.20")
    relay.delay(10)
    fill(lab, "admin", 2)
    time.sleep(AGED)    # the age of none of them is ours
    with Shell(*where(lab, port=relay.port)) as shell:
        shell.say("list")
        time.sleep(AGED)    # nor that of the further connections
        relay.reset()
        result = shell.say("close --client-user admin --force --json "
                           f"--per-server {LANES}")
        # None of those is taken for one of theirs that came back.
        tap.equal(count(result), {"CLOSED": MANY, "REFUSED_OWN": 1},
                  repr(result))
        tap.equal((connections(relay), relay.opnums()[DEL]),
                  (LANES - 1, MANY), repr(result))


@samba_case("match-all leaves our own out, and the rest is closed")
def all_but_ours(lab):
    relay = lab.relay()
    relay.delay(10)
    fill(lab, "alice", 1)
    fill(lab, "bob", 3)
    result = close(lab, relay, "--all")
    tap.equal((result.status, count(result)), (0, {"CLOSED": 2 * MANY}),
              repr(result))
    tap.equal(len(result.json()["left_out"]), 1)
    tap.equal(connections(relay), LANES)


@samba_case("one of them may be our own, or end with it: one connection")
def beside_our_own(lab):
    relay = lab.relay()
    relay.delay(10)
    fill(lab, "alice", 1)
    neighbour = lab.client("alice", "127.0.0.1")
    result = close(lab, relay, "--client-user", "alice", "--include-own",
                   "--allow-collateral", "possible")
    tap.equal(set(count(result)), {"CLOSED"}, repr(result))
    tap.equal(connections(relay), 1, repr(result))
    tap.equal(neighbour.session.state(), "ended")


@samba_case("a connection that breaks: each was asked for once all the same")
def one_breaks(lab):
    relay = lab.relay()
    relay.delay(10)
    fill(lab, "alice", 1)
    time.sleep(AGED)
    relay.trap(DEL, "cut", "after")
    result = close(lab, relay, "--client-user", "alice")
    tap.equal(set(count(result)) <= {"CLOSED", "ALREADY_GONE"}, True,
              repr(result))
    tap.equal(sum(count(result).values()), MANY)
    tap.equal(relay.opnums()[DEL], MANY, repr(result))
    lab.wait_sessions(0)


main()
