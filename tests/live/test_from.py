#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""close --from: the rows of a listing, and those only."""

import json
import time

from livetest import AGED, as_admin, document, main, run, tap, where
from smblab import SambaLab


def listing(lab, *filters):
    return as_admin(lab, "list", "--json", *filters).expect(0)


def close_from(lab, text, *argv):
    return as_admin(lab, "close", "--from", "-", "--force", "--json", *argv,
                    text=text)


def only(text, count):
    """The document with the first rows alone."""
    parsed = document(text)
    parsed["sessions"] = parsed["sessions"][:count]
    return json.dumps(parsed)


@tap.case("list --json | close --from - closes just those rows")
def pipe(lab):
    gone = [lab.client("alice", "127.0.0.5", files=2),
            lab.client("bob", "127.0.0.6")]
    stay = [lab.client("alice", "127.0.0.7"), lab.client("carol", "127.0.0.8")]
    before = [lab.row(client.session) for client in stay]
    listed = listing(lab, "--client", "127.0.0.5", "--client", "127.0.0.6")
    result = close_from(lab, listed.out).expect(0)
    tap.equal(result.outcomes(), [("CLOSED", "127.0.0.5", "alice"),
                                  ("CLOSED", "127.0.0.6", "bob")])
    tap.equal([client.session.state() for client in gone], ["ended"] * 2)
    tap.true(all(client.alive() for client in stay), "the old handles read")
    tap.equal([lab.row(client.session) for client in stay], before)


@tap.case("without -S the rows say which server")
def own_server(lab):
    alice = lab.client("alice", "127.0.0.5")
    with SambaLab() as other:
        for name, password in lab.passwords.items():
            if name == "admin":
                same_password(other, name, password)
        carol = other.client("carol", "127.0.0.6")
        both = document(listing(lab, "--client-user", "alice").out)
        more = document(run("-S", f"{other.host}:{other.port}", "-A",
                            lab.auth_file("admin"), "list", "--client-user",
                            "carol", "--json").expect(0).out)
        both["sessions"] += more["sessions"]
        text = json.dumps(both)
        # With -S, a row of another server stops it before anything is closed.
        run(*where(lab), "close", "--from", "-", "--force",
            text=text).expect(2, f":{other.port}")
        tap.equal((alice.alive(), carol.alive()), (True, True))
        result = run("-A", lab.auth_file("admin"), "close", "--from", "-",
                     "--force", "--json", text=text).expect(0)
        tap.equal(result.outcomes(), [("CLOSED", "127.0.0.5", "alice"),
                                      ("CLOSED", "127.0.0.6", "carol")])
        tap.equal((alice.session.state(), carol.session.state()),
                  ("ended", "ended"))


# A saved row does not say how long its listing took.  So that a new session is
# surely no old one, however slow the machine is, the old ones must be older
# than it will be by then.
OLD = AGED + 6


def same_password(lab, user, password):
    from impacket.ntlm import compute_nthash

    lab.tool("pdbedit", "-s", lab.conf, "-u", user, "--set-nt-hash",
             compute_nthash(password).hex().upper())


@tap.case("a session that was replaced since is not closed")
def replaced(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    time.sleep(OLD)
    listed = listing(lab, "--client-user", "alice", "--client-user", "bob")
    alice.close()
    lab.wait_sessions(lambda rows: all(row.user != "alice" for row in rows))
    again = lab.client("alice", "127.0.0.5")
    before = lab.row(again.session)
    result = close_from(lab, listed.out)
    tap.equal(result.status, 0, repr(result))
    tap.equal(result.outcomes(), [("ALREADY_GONE", "127.0.0.5", "alice"),
                                  ("CLOSED", "127.0.0.6", "bob")])
    tap.equal((again.alive(), lab.row(again.session)), (True, before))
    tap.equal(bob.session.state(), "ended")


def check_third(result, others):
    """Of three rows two are still there, and one is not, or cannot be told.

    By ages alone that is for how long the listings took to say.
    """
    fates = sorted(outcome for outcome, *who in result.outcomes()
                   if who == ["127.0.0.5", "alice"])
    tap.true(fates in (sorted([fate, others, others])
                       for fate in ("ALREADY_GONE", "REFUSED_UNSAFE")),
             repr(result))


@tap.case("one of identical rows was replaced: the new one is collateral")
def multiset(lab):
    old = [lab.client("alice", "127.0.0.5", files=0) for _ in range(3)]
    time.sleep(OLD)
    listed = listing(lab, "--client-user", "alice")
    tap.equal(listed.rows(), [("127.0.0.5", "alice", 0)] * 3)
    old[0].close()
    lab.wait_sessions(lambda rows: sum(row.user == "alice"
                                       for row in rows) == 2)
    new = lab.client("alice", "127.0.0.5", files=0)
    # One call ends all of a (client, user): the new one would go along.
    result = close_from(lab, listed.out)
    check_third(result, "REFUSED_COLLATERAL")
    tap.equal(result.status, 4, repr(result))
    tap.equal([client.alive() for client in old[1:]] + [new.alive()],
              [True] * 3)
    result = close_from(lab, listed.out, "--allow-collateral=all")
    check_third(result, "CLOSED")
    tap.equal([client.session.state() for client in old[1:] + [new]],
              ["ended"] * 3)


@tap.case("all of identical rows: as many as were listed end")
def identical(lab):
    clients = [lab.client("alice", "127.0.0.5", files=0) for _ in range(3)]
    listed = listing(lab, "--client-user", "alice")
    some = close_from(lab, only(listed.out, 2)).expect(
        4, "SMBMGMT_E_REFUSED_COLLATERAL")
    tap.equal(len(some.outcomes()), 2)
    tap.true(all(client.alive() for client in clients), "all live")
    done = close_from(lab, listed.out).expect(0)
    tap.equal(done.outcomes(), [("CLOSED", "127.0.0.5", "alice")] * 3)
    tap.equal([client.session.state() for client in clients], ["ended"] * 3)


@tap.case("a row of nobody, an old file, our own row")
def others(lab):
    alice = lab.client("alice", "127.0.0.5")
    whole = listing(lab)
    alice.close()
    lab.wait_sessions(0)
    bob = lab.client("bob", "127.0.0.5")
    parsed = document(whole.out)
    result = close_from(lab, whole.out)
    # admin's own row is of a connection that has ended; a new one may carry
    # the same client and user.
    tap.true(("ALREADY_GONE", "127.0.0.5", "alice") in result.outcomes(),
             repr(result))
    tap.true(bob.alive(), "bob, who came later from there, lives")
    parsed["sessions"] = []
    close_from(lab, json.dumps(parsed)).expect(0)


if __name__ == "__main__":
    main()
