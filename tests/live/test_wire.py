#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How many calls a close takes, counted on the wire.

A server may still list a session for a moment after its close, and then the
library looks once more; so each close is tried a few times, each try's calls
must be those that the report tells, and one of them the fewest possible.
"""

from livetest import (CARRIER, DEL, ENUM, Driver, Shell, main, samba_case,
                      tap, where)

TRIES = 6
USERS = ("alice", "bob", "carol")


def clients(lab, count):
    return [lab.client(user, f"127.0.0.{5 + index}")
            for index, user in enumerate(USERS[:count])]


def fewest(lab, fewest_listings, count, close):
    """`close` does it and gives the listings that were reported, or None."""
    seen = []
    for _ in range(TRIES):
        open_clients = clients(lab, count)
        reported, counts = close(USERS[:count])
        tap.equal([client.session.state() for client in open_clients],
                  ["ended"] * count)
        tap.equal(counts.get(DEL, 0), count, f"calls of {counts}")
        tap.true(set(counts) == {ENUM, DEL}, f"other calls: {counts}")
        if reported is not None:
            tap.equal(counts[ENUM], reported, "listings, as reported")
        tap.true(counts[ENUM] >= fewest_listings, f"too few: {counts}")
        seen.append(counts[ENUM])
        if counts[ENUM] == fewest_listings:
            return
    raise AssertionError(f"listings: {seen}, never {fewest_listings}")


def connected_driver(lab, relay):
    driver = Driver(f"{relay.host}:{relay.port}", lab.auth_file("admin"))
    tap.equal(driver.code("open"), "SMBMGMT_OK")
    tap.equal(driver.code("list"), "SMBMGMT_OK")
    return driver


def driven(relay, driver, users, *commands):
    relay.reset()
    for command in commands:
        answer = driver.ask(command)
        tap.true(["code", "SMBMGMT_OK", ""] in answer, repr(answer))
    listings = [int(words[1]) for words in answer
                if words[0] == "listings"][0]
    closed = [words for words in answer if words[:2] == ["outcome", "CLOSED"]]
    tap.equal(len(closed), len(users), f"closed of {answer}")
    return listings, relay.opnums()


@tap.case("the first listing finds the level, the next ones know it")
def level(lab):
    relay = lab.relay("127.0.0.20")
    with Shell(*where(lab, port=relay.port)) as shell:
        shell.say("list").expect(0)
        first = relay.opnums()
        tap.equal(set(first), {ENUM})
        for _ in range(3):
            relay.reset()
            shell.say("list").expect(0)
            tap.equal(relay.opnums(), {ENUM: 1}, f"after {first}")


def round_trips(listings, fragments, closes):
    """What the carrier needs: requests by SMB2 command.

    libdcerpc calls with one request; each further fragment is one more.
    libsmbclient writes, then reads a fragment's header and its rest; a
    NetrSessionDel's answer it reads at once.
    """
    further = fragments - listings
    if CARRIER == "smbclient":
        return {"WRITE": listings + closes,
                "READ": 2 * (listings + further) + closes}
    return dict({"IOCTL": listings + closes},
                **({"READ": further} if further else {}))


@tap.case("a listing is one round trip, and one for each further fragment")
def fragments(lab):
    relay = lab.relay("127.0.0.20")
    seen = []
    with connected_driver(lab, relay) as driver:
        for sessions in (0, 110, 200):
            if sessions:
                alice = lab.client("alice", "127.0.0.5", sessions=sessions,
                                   files=0)
            lab.wait_sessions(sessions + 1)
            relay.reset()
            answer = driver.ask("list")
            tap.true(["sessions", str(sessions + 1)] in answer, repr(answer))
            counts = relay.counts()
            tap.equal(counts["requests"],
                      round_trips(1, counts["fragments"], 0), repr(counts))
            seen.append(counts["fragments"])
            if sessions:
                alice.close()
                lab.wait_sessions(1)
    tap.true(seen[0] == 1 and seen[1] > 1 and seen[2] > seen[1], repr(seen))
    tap.note(f"fragments: {seen}")


@tap.case("a close is one round trip")
def close_round_trips(lab):
    relay = lab.relay("127.0.0.20")
    with connected_driver(lab, relay) as driver:
        for count in (1, 3):
            open_clients = clients(lab, count)
            listings, _ = driven(relay, driver, USERS[:count], "close "
                                 + " ".join(USERS[:count]))
            counts = relay.counts()
            tap.equal(counts["requests"], round_trips(
                listings, listings, count), repr(counts))
            tap.equal([client.session.state() for client in open_clients],
                      ["ended"] * count)


@tap.case("k close units by the command are 2 listings and k calls")
def by_command(lab):
    relay = lab.relay("127.0.0.20")
    with Shell(*where(lab, port=relay.port)) as shell:
        shell.say("list").expect(0)

        def close(users):
            relay.reset()
            shell.say("close --force " + " ".join(
                f"--client-user {user}" for user in users)).expect(0)
            return None, relay.opnums()

        for count in (1, 3):
            fewest(lab, 2, count, close)


@tap.case("k close units without a prompt are 2 listings and k calls")
def without_prompt(lab):
    relay = lab.relay("127.0.0.20")
    with connected_driver(lab, relay) as driver:
        fewest(lab, 2, 3, lambda users: driven(
            relay, driver, users, f"close {' '.join(users)}"))


@tap.case("with a prompt they are 3 listings")
def with_prompt(lab):
    relay = lab.relay("127.0.0.20")
    with connected_driver(lab, relay) as driver:
        fewest(lab, 3, 3, lambda users: driven(
            relay, driver, users, f"ask {' '.join(users)}"))


@tap.case("plan and execute apart are 3 listings")
def apart(lab):
    relay = lab.relay("127.0.0.20")
    with connected_driver(lab, relay) as driver:
        fewest(lab, 3, 3, lambda users: driven(
            relay, driver, users, f"plan {' '.join(users)}", "execute"))


@tap.case("many sessions of one client and user are one call")
def one_unit(lab):
    relay = lab.relay("127.0.0.20")
    with Shell(*where(lab, port=relay.port)) as shell:
        shell.say("list").expect(0)
        lab.client("alice", "127.0.0.5", sessions=20, files=0)
        lab.client("alice", "127.0.0.5", files=1)
        relay.reset()
        done = shell.say("close --client-user alice --force --json").expect(0)
        tap.equal(done.outcomes(), [("CLOSED", "127.0.0.5", "alice")] * 21)
        tap.equal(relay.opnums()[DEL], 1, repr(done))


@samba_case("what is refused, declined or only looked at sends no close")
def nothing_sent(lab):
    relay = lab.relay("127.0.0.20")
    alice = lab.client("alice", "127.0.0.5")
    alice.user_on_same_connection("bob")
    with Shell(*where(lab, port=relay.port)) as shell:
        shell.say("list").expect(0)
        relay.reset()
        shell.say("close --client-user alice --force")
        shell.say("close --client 127.0.0.5 --what-if")
        shell.say("close --client-user nobody --force")
        shell.say("close --force")
        tap.equal(relay.opnums(), {ENUM: 3})
    tap.equal(alice.states(), ["alive"] * 2)


if __name__ == "__main__":
    main()
