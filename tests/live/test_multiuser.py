#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Several users on one connection.

A Samba server ends the connection with any of them, so a close of one is
refused as collateral; a Windows-shaped one ends just the (client, user).
"""

from livetest import as_admin, lab2, main, run, tap, where

OTHERS = ("bob", "carol", "jürgen")
LIKE = "127.0.0.5"


def crowd(lab, others, **options):
    """alice's connection with the others on it, and a second one of hers."""
    alice = lab.client("alice", LIKE, **options)
    for user in others:
        alice.user_on_same_connection(user)
    return alice, lab.client("alice", "127.0.0.6", **options)


def collateral(result):
    """Each outcome's user, and whom it might take along."""
    return sorted((entry["session"]["client_user_name"], entry["outcome"],
                   tuple(sorted(other["session"]["client_user_name"]
                                for other in entry["collateral"])))
                  for entry in result.json()["outcomes"])


def gone(done, count):
    """All of them, the later ones maybe with the first one's close."""
    tap.equal(done.status, 0, repr(done))
    outcomes = [outcome for outcome, *_ in done.outcomes()]
    tap.equal(set(outcomes) - {"ALREADY_GONE"}, {"CLOSED"}, repr(done))
    tap.equal(len(outcomes), count)


@tap.case("smbd: each of four is listed and found by its name")
def listed(lab):
    alice, _ = crowd(lab, OTHERS)
    pids = {lab.row(session).pid for session in alice.sessions}
    tap.equal(len(pids), 1, "smbds that serve the connection")
    all_rows = sorted([(LIKE, user, 1) for user in ("alice", *OTHERS)]
                      + [("127.0.0.6", "alice", 1)])
    tap.equal(as_admin(lab, "list", "--json").expect(0).rows(), all_rows)
    for user in ("ALICE", "Bob", "CAROL", "JÜRGEN"):
        found = as_admin(lab, "list", "--client-user", user, "--json")
        tap.equal(found.expect(0).rows(), [row for row in all_rows
                                           if row[1] == user.lower()])
    found = as_admin(lab, "list", "--client-user", "bob", "--client-user",
                     "alice", "--client", LIKE, "--json").expect(0)
    tap.equal(found.rows(), [(LIKE, "alice", 1), (LIKE, "bob", 1)])


@tap.case("smbd: one of four is refused, and names the three others")
def one_is_refused(lab):
    alice, elsewhere = crowd(lab, OTHERS)
    for user in ("alice", *OTHERS):
        done = as_admin(lab, "close", "--client-user", user, "--client", LIKE,
                        "--force", "--json").expect(
            4, "SMBMGMT_E_REFUSED_COLLATERAL")
        rest = tuple(sorted({"alice", *OTHERS} - {user}))
        tap.equal(collateral(done), [(user, "REFUSED_COLLATERAL", rest)])
    tap.equal(alice.states(), ["alive"] * 4)
    tap.true(elsewhere.alive(), "alice's other session")


@tap.case("smbd: a part of them is refused, all by name are closed")
def all_are_closed(lab):
    alice, elsewhere = crowd(lab, OTHERS)
    before = lab.row(elsewhere.session)
    named = ["--client", LIKE]
    for user in ("alice", "bob", "carol"):
        named += ["--client-user", user]
    part = as_admin(lab, "close", *named, "--force", "--json").expect(
        4, "SMBMGMT_E_REFUSED_COLLATERAL")
    # What is refused stays standing, and so is the others' collateral.
    tap.equal(collateral(part), [
        ("alice", "REFUSED_COLLATERAL", ("bob", "carol", "jürgen")),
        ("bob", "REFUSED_COLLATERAL", ("alice", "carol", "jürgen")),
        ("carol", "REFUSED_COLLATERAL", ("alice", "bob", "jürgen"))])
    tap.equal(alice.states(), ["alive"] * 4)
    done = as_admin(lab, "close", *named, "--client-user", "jürgen",
                    "--force", "--json")
    gone(done, 4)
    tap.equal(alice.states(), ["ended"] * 4)
    tap.equal((elsewhere.alive(), lab.row(elsewhere.session)),
              (True, before), "alice from elsewhere")


@tap.case("smbd: with leave, one takes the other three along")
def with_leave(lab):
    alice, elsewhere = crowd(lab, OTHERS)
    done = as_admin(lab, "close", "--client-user", "JÜRGEN", "--force",
                    "--allow-collateral=possible", "--json").expect(
        0, "(127.0.0.5, alice) ended with it")
    tap.equal(collateral(done),
              [("jürgen", "CLOSED", ("alice", "bob", "carol"))])
    tap.equal([other["ended"] for other
               in done.json()["outcomes"][0]["collateral"]], [True] * 3)
    tap.equal((alice.states(), elsewhere.alive()), (["ended"] * 4, True))


@tap.case("smbd: a user who is there twice is two rows, and goes twice")
def twice(lab):
    both = lab.client("bob", LIKE, sessions=2)
    both.user_on_same_connection("alice")
    listing = as_admin(lab, "list", "--client-user", "bob", "--json")
    tap.equal([row[:2] for row in listing.expect(0).rows()],
              [(LIKE, "bob")] * 2)
    refused = as_admin(lab, "close", "--client-user", "alice", "--force",
                       "--json").expect(4, "SMBMGMT_E_REFUSED_COLLATERAL")
    tap.equal(collateral(refused),
              [("alice", "REFUSED_COLLATERAL", ("bob", "bob"))])
    gone(as_admin(lab, "close", "--client", LIKE, "--force", "--json"), 3)
    tap.equal(both.states(), ["ended"] * 3)


def lab2_close(lab, *argv):
    return run(*where(lab), "close", *argv, "--force", "--json")


@tap.case("Windows-shaped: each of four ends alone, the connection stays")
def one_by_one(_):
    with lab2() as lab:
        lab.add_user("jürgen")
        alice, elsewhere = crowd(lab, OTHERS)
        tap.equal(len({lab.row(session).connection
                       for session in alice.sessions}), 1, "connections")
        alive = {session.user: session for session in alice.sessions}
        for user in ("CAROL", "alice", "JÜRGEN", "Bob"):
            done = lab2_close(lab, "--client-user", user, "--client",
                              LIKE).expect(0)
            name = user.lower()
            tap.equal(collateral(done), [(name, "CLOSED", ())])
            ended = alive.pop(name)
            tap.equal(ended.state(), "ended")
            tap.equal({other: session.state()
                       for other, session in alive.items()},
                      {other: "alive" for other in alive})
            tap.equal(lab.row(ended), None)
        tap.true(elsewhere.alive(), "alice's other session")
        tap.wait_until(lambda: lab.connections() == 2, "both connections")


@tap.case("Windows-shaped: all sessions of one (client, user) are one close")
def unit(_):
    with lab2() as lab:
        both = lab.client("bob", LIKE, sessions=2)
        alice = both.user_on_same_connection("alice")
        done = lab2_close(lab, "--client-user", "bob").expect(0)
        tap.equal(collateral(done), [("bob", "CLOSED", ())] * 2)
        tap.equal((both.states(), alice.alive()),
                  (["ended", "ended", "alive"], True))
        tap.equal([(entry["client"], entry["user"]) for entry in lab.dels()],
                  [(r"\\127.0.0.5", "bob")])


if __name__ == "__main__":
    main()
