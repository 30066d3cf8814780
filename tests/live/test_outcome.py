#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What is said to have come of a close is what came of it."""

import concurrent.futures
import time

from livetest import (AGED, DEL, Driver, as_admin, main, row_of, run,
                      samba_case, tap, where)


def close_until_back(lab, client, *argv):
    """Close, and hold the server's answer back until the client is back.

    The library looks when it has the answer; a client that is slower than the
    look would be CLOSED, rightly.
    """
    relay = lab.relay("127.0.0.20")
    before = client.reconnects
    with concurrent.futures.ThreadPoolExecutor() as pool:
        relay.trap(DEL, "pause", "after")
        running = pool.submit(run, *where(lab, port=relay.port), "close",
                              *argv, "--force")
        try:
            tap.true(relay.wait_trap(), "the close was sent")
            tap.wait_until(lambda: client.reconnects > before
                           and client.alive(), "the client is back")
        finally:
            relay.resume()
        return running.result()


@samba_case("a client that logs on again: RECONNECTED, with the new session")
def reconnected(lab):
    alice = lab.client("alice", "127.0.0.5", files=2, reconnect=True)
    old = alice.session.id
    time.sleep(AGED)
    result = close_until_back(lab, alice, "--client-user", "alice",
                              "--json").expect(
        0, "note: ", "logged on again")
    tap.equal(result.outcomes(), [("RECONNECTED", "127.0.0.5", "alice")])
    outcome = result.json()["outcomes"][0]
    tap.equal((outcome["code"], result.json()["code"]), (0, 0))
    tap.equal(row_of(outcome["new_session"]), ("127.0.0.5", "alice", 2))
    tap.true(outcome["new_session"]["seconds_exists"]
             < outcome["session"]["seconds_exists"], repr(result))
    tap.equal([row.id for row in lab.sessions(user="alice")],
              [alice.session.id])
    tap.true(alice.session.id != old, "the old session is gone")


@samba_case("RECONNECTED is a note on stderr, and is passed through")
def reconnected_table(lab):
    alice = lab.client("alice", "127.0.0.5", reconnect=True)
    time.sleep(AGED)
    result = close_until_back(lab, alice, "--client-user", "alice",
                              "--pass-thru").expect(0, "logged on again")
    tap.equal(len(result.err.splitlines()), 1, repr(result))
    tap.equal(result.out.splitlines()[-1].split()[1:],
              ["127.0.0.5", "alice", "1"])


@samba_case("one of several of a (client, user) comes back: one is RECONNECTED")
def some_reconnected(lab):
    stubborn = lab.client("alice", "127.0.0.5", reconnect=True)
    plain = [lab.client("alice", "127.0.0.5") for _ in range(2)]
    time.sleep(AGED)
    result = close_until_back(lab, stubborn, "--client-user", "alice",
                              "--json").expect(0, "logged on again")
    tap.equal([row[0] for row in result.outcomes()],
              ["CLOSED", "CLOSED", "RECONNECTED"], repr(result))
    tap.equal([client.session.state() for client in plain], ["ended"] * 2)


@tap.case("without a look: SENT, and nothing is said on stderr")
def not_verified(lab):
    alice = lab.client("alice", "127.0.0.5")
    result = as_admin(lab, "close", "--client-user", "alice", "--force",
                      "--no-verify", "--json").expect(0)
    tap.equal(result.outcomes(), [("SENT", "127.0.0.5", "alice")])
    tap.equal(result.json()["outcomes"][0]["sent"], True)
    lab.wait_sessions(lambda rows: all(row.user != "alice" for row in rows))
    tap.equal(alice.session.state(), "ended")
    lab.client("alice", "127.0.0.5")
    result = as_admin(lab, "close", "--client-user", "alice", "--force",
                      "--no-verify", "--pass-thru").expect(0)
    tap.equal(result.out.splitlines()[-1].split()[1:],
              ["127.0.0.5", "alice", "1"])


@tap.case("left between plan and execute: ALREADY_GONE, and nothing is sent")
def already_gone(lab):
    relay = lab.relay("127.0.0.20")
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    with Driver(f"{relay.host}:{relay.port}",
                lab.auth_file("admin")) as driver:
        tap.equal(driver.code("open"), "SMBMGMT_OK")
        tap.equal(driver.ask("plan alice bob")[-1][:2],
                  ["code", "SMBMGMT_OK"])
        alice.close()
        lab.wait_sessions(lambda rows: all(row.user != "alice"
                                           for row in rows))
        relay.reset()
        tap.equal(driver.close("execute")[:2], ("SMBMGMT_OK", [
            ("ALREADY_GONE", "127.0.0.5", "alice"),
            ("CLOSED", "127.0.0.6", "bob")]))
        tap.equal(relay.opnums().get(DEL), 1, "only bob's was sent")
        tap.equal(bob.session.state(), "ended")
        tap.equal(driver.code("execute"), "SMBMGMT_E_INVALID", "only once")


@samba_case("came between plan and execute: refused as new collateral")
def newcomer(lab):
    alice = lab.client("alice", "127.0.0.5")
    with Driver(f"{lab.host}:{lab.port}", lab.auth_file("admin")) as driver:
        tap.equal(driver.code("open"), "SMBMGMT_OK")
        # Possible collateral was allowed, but none was known then.
        tap.equal(driver.code("plan alice"), "SMBMGMT_OK")
        alice.user_on_same_connection("bob")
        tap.equal(driver.close("execute")[:2],
                  ("SMBMGMT_E_REFUSED_COLLATERAL",
                   [("REFUSED_COLLATERAL", "127.0.0.5", "alice")]))
        tap.equal(alice.states(), ["alive"] * 2)


@tap.case("gone while the close was on its way: ALREADY_GONE, not denied")
def gone_on_the_way(lab):
    relay = lab.relay("127.0.0.20")
    alice = lab.client("alice", "127.0.0.5")
    for command in ("close alice", "close-no-verify alice"):
        with Driver(f"{relay.host}:{relay.port}",
                    lab.auth_file("admin")) as driver:
            tap.equal(driver.code("open"), "SMBMGMT_OK")
            relay.trap(DEL, "pause", "before")
            driver.out = ""
            driver.send(command)
            tap.true(relay.wait_trap(), "the close is on its way")
            alice.close()
            lab.wait_sessions(lambda rows: all(row.user != "alice"
                                               for row in rows))
            relay.resume()
            driver.wait_for(lambda: driver.out.endswith("\n.\n"))
            tap.true("outcome ALREADY_GONE SMBMGMT_OK 127.0.0.5 alice"
                     in driver.out, repr(driver))
        alice = lab.client("alice", "127.0.0.5")


@tap.case("denied is not gone: CLOSE_DENIED where the session is still there")
def denied(lab):
    alice = lab.client("alice", "127.0.0.5")
    with Driver(f"{lab.host}:{lab.port}", lab.auth_file("lister")) as driver:
        tap.equal(driver.code("open"), "SMBMGMT_OK")
        tap.equal(driver.close("close alice")[:2],
                  ("SMBMGMT_E_CLOSE_DENIED",
                   [("FAILED", "127.0.0.5", "alice")]))
        tap.true(alice.alive(), "alice's handle reads")


@tap.case("no consent, no close")
def consent(lab):
    alice = lab.client("alice", "127.0.0.5")
    run(*where(lab), "close", "--client-user", "alice").expect(
        2, "--force")
    run(*where(lab), "close", "--force").expect(2, "SMBMGMT_E_EMPTY_FILTER")
    shown = as_admin(lab, "close", "--client-user", "alice", "--force",
                     "--confirm", "--what-if").expect(0)
    tap.true("What if: Performing operation 'Close-Session' on Target"
             in shown.out, repr(shown))
    tap.true(alice.alive(), "alice's handle reads")


if __name__ == "__main__":
    main()
