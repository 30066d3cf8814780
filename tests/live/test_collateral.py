#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Sessions that nobody named: others on a connection, our own, nameless."""

import contextlib
import threading

from livetest import DEL, Shell, as_admin, main, samba_case, tap, where


def collateral(result):
    """(user, grade, ended) of every outcome's collateral."""
    return [(entry["session"]["client_user_name"], entry["grade"],
             entry.get("ended"))
            for outcome in result.json()["outcomes"]
            for entry in outcome["collateral"]]


@samba_case("alice, who shares a connection with bob, is refused and names bob")
def refused(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    alice.user_on_same_connection("bob")
    plain = as_admin(lab, "close", "--client-user", "alice",
                     "--force").expect(4, "SMBMGMT_E_REFUSED_COLLATERAL",
                                       "(127.0.0.5, bob) might end")
    tap.equal(plain.out, "")
    what_if = as_admin(lab, "close", "--client-user", "alice",
                       "--what-if").expect(4)
    tap.true("SMBMGMT_E_REFUSED_COLLATERAL" in what_if.out
             and "(127.0.0.5, bob)" in what_if.out, repr(what_if))
    for consent in ("--force", "--what-if"):
        result = as_admin(lab, "close", "--client-user", "alice", consent,
                          "--json")
        tap.equal(result.status, 4, repr(result))
        tap.equal(result.outcomes(),
                  [("REFUSED_COLLATERAL", "127.0.0.5", "alice")])
        tap.equal([row[:2] for row in collateral(result)],
                  [("bob", "possible")])
        tap.equal(result.json()["outcomes"][0]["sent"], False)
    tap.equal(alice.states(), ["alive"] * 2, "both live on")


@samba_case("with --allow-collateral=possible both go, and the report says so")
def allowed(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    alice.user_on_same_connection("bob")
    carol = lab.client("carol", "127.0.0.6")
    before = lab.row(carol.session)
    would = as_admin(lab, "close", "--client-user", "alice", "--what-if",
                     "--allow-collateral=possible", "--json").expect(0)
    tap.equal(would.outcomes(), [("WOULD_CLOSE", "127.0.0.5", "alice")])
    tap.equal(collateral(would), [("bob", "possible", None)])
    tap.equal(alice.states(), ["alive"] * 2, "after what-if")
    done = as_admin(lab, "close", "--client-user", "alice", "--force",
                    "--allow-collateral=possible", "--json").expect(
        0, "(127.0.0.5, bob) ended with it")
    tap.equal(done.outcomes(), [("CLOSED", "127.0.0.5", "alice")])
    tap.equal(collateral(done), [("bob", "possible", True)])
    tap.equal(alice.states(), ["ended"] * 2, "alice and bob")
    tap.equal((carol.alive(), lab.row(carol.session)), (True, before))


@samba_case("who may have ended and did not is still there in the report")
def possible_is_not_certain(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.5")
    done = as_admin(lab, "close", "--client-user", "alice", "--force",
                    "--allow-collateral=possible", "--json").expect(0)
    tap.equal(done.outcomes(), [("CLOSED", "127.0.0.5", "alice")])
    tap.equal(collateral(done), [("bob", "possible", False)])
    tap.equal((alice.session.state(), bob.alive()), ("ended", True))


@tap.case("naming both needs no leave")
def both_named(lab):
    alice = lab.client("alice", "127.0.0.5")
    alice.user_on_same_connection("bob")
    done = as_admin(lab, "close", "--client", "127.0.0.5", "--force",
                    "--json")
    tap.equal(done.status, 0, repr(done))
    tap.equal({row[0] for row in done.outcomes()} - {"ALREADY_GONE"},
              {"CLOSED"}, repr(done))
    tap.equal((len(done.outcomes()), alice.states()), (2, ["ended"] * 2))


@contextlib.contextmanager
def half_logged_on(lab, user, address):
    """A connection whose log-on stops after its first step."""
    relay = lab.relay(address)
    relay.trap("SESSION_SETUP", "pause", "after")

    def log_on():
        # The cut below is its end.
        with contextlib.suppress(Exception):
            lab.client(user, port=relay.port)

    thread = threading.Thread(target=log_on)
    thread.start()
    try:
        tap.true(relay.wait_trap(), "the log-on began")
        row = tap.wait_until(lambda: lab.sessions(address=address),
                             "it is listed")
        yield row
    finally:
        relay.cut()
        thread.join()


@samba_case("a session without a user name is refused, and nothing ends")
def nameless(lab):
    carol = lab.client("carol", "127.0.0.6")
    with half_logged_on(lab, "bob", "127.0.0.7") as before:
        listed = as_admin(lab, "list", "--client", "127.0.0.7",
                          "--json").expect(0)
        tap.equal(listed.rows(), [("127.0.0.7", "", 0)])
        for policy in ((), ("--allow-collateral=all", "--include-own")):
            done = as_admin(lab, "close", "--client", "127.0.0.7",
                            "--force", "--json", *policy).expect(
                4, "SMBMGMT_E_REFUSED_UNSAFE", "no user name")
            tap.equal(done.outcomes(), [("REFUSED_UNSAFE", "127.0.0.7", "")])
        tap.equal(lab.sessions(address="127.0.0.7"), before, "still there")
        tap.true(carol.alive(), "carol's handle reads")


@samba_case("a nameless session is possible collateral as any other")
def nameless_collateral(lab):
    alice = lab.client("alice", "127.0.0.7")
    with half_logged_on(lab, "bob", "127.0.0.7"):
        done = as_admin(lab, "close", "--client-user", "alice", "--force",
                        "--json").expect(4, "SMBMGMT_E_REFUSED_COLLATERAL")
        tap.equal([row[:2] for row in collateral(done)], [("", "possible")])
        tap.true(alice.alive(), "alice's handle reads")


@tap.case("our own session: refused when named, left out of --all")
def own(lab):
    alice = lab.client("alice", "127.0.0.5")
    named = as_admin(lab, "close", "--client-user", "admin", "--force",
                     "--json").expect(4, "SMBMGMT_E_REFUSED_OWN")
    tap.equal(named.outcomes(), [("REFUSED_OWN", "127.0.0.1", "admin")])
    rest = as_admin(lab, "close", "--all", "--force", "--json").expect(
        0, "(127.0.0.1, admin) carries this connection and was left out")
    tap.equal(rest.outcomes(), [("CLOSED", "127.0.0.5", "alice")])
    tap.equal([entry["client_user_name"] for entry
               in rest.json()["left_out"]], ["admin"])
    tap.equal(alice.session.state(), "ended")


@samba_case("our own session as collateral needs --include-own as well")
def own_collateral(lab):
    alice = lab.client("alice", "127.0.0.1")
    refusal = as_admin(lab, "close", "--client-user", "alice", "--force",
                       "--allow-collateral=all", "--json").expect(
        4, "SMBMGMT_E_REFUSED_OWN")
    tap.equal(refusal.outcomes(), [("REFUSED_OWN", "127.0.0.1", "alice")])
    tap.true(alice.alive(), "alice's handle reads")
    done = as_admin(lab, "close", "--client-user", "alice", "--force",
                    "--allow-collateral=possible", "--include-own",
                    "--json").expect(0)
    tap.equal(done.outcomes(), [("CLOSED", "127.0.0.1", "alice")])
    tap.equal(collateral(done), [("admin", "possible", False)])


@tap.case("--include-own closes our own session last, and the handle goes on")
def include_own(lab):
    relay = lab.relay()
    clients = [lab.client("alice", "127.0.0.5"),
               lab.client("bob", "127.0.0.6")]
    with Shell(*where(lab, port=relay.port)) as shell:
        shell.say("list").expect(0)
        mine, = lab.sessions(user="admin")
        # The first close is let through, and its answer held back.
        relay.trap(DEL, "pause", "after")
        shell.start("close --all --force --include-own --json")
        tap.true(relay.wait_trap(), "the first close was sent")
        rows = lab.wait_sessions(2)
        tap.true(mine.id in {row.id for row in rows}, "ours is not the first")
        relay.resume()
        done = shell.finish().expect(0)
        tap.equal(done.outcomes(), [("CLOSED", "127.0.0.1", "admin"),
                                    ("CLOSED", "127.0.0.5", "alice"),
                                    ("CLOSED", "127.0.0.6", "bob")])
        tap.equal([client.session.state() for client in clients],
                  ["ended"] * 2)
        tap.true(mine.id not in {row.id for row in lab.sessions()},
                 "our own old session is gone")
        tap.equal(shell.say("list --json").expect(0).rows(), [])


if __name__ == "__main__":
    main()
