#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Servers that cannot be reached or agreed with: each its own error.

The driver's handles are opened without a connection, so that what failed can
be put right and the same handle used again.
"""

import contextlib
import os
import tempfile

from livetest import (CARRIER, HELPER, Driver, Shell, as_admin, main, run,
                      tap, where)
from smblab import Deadend, Relay, closed_port

# Each step of the commands below may take so long, and hardly longer.
DEADLINE = 2
SLACK = 10


def driver_at(lab, port, *argv):
    driver = Driver(f"{lab.host}:{port}", lab.auth_file("admin"),
                    str(DEADLINE * 1000), *argv)
    tap.equal(driver.code("open"), "SMBMGMT_OK", "open without a connection")
    return driver


def works(driver):
    """A busy machine may miss one deadline, not all."""
    tap.wait_until(lambda: driver.code("list") == "SMBMGMT_OK",
                   f"the handle works again: {driver!r}")


def then_works(lab, port, driver):
    """A way to the lab's server stands where there was none."""
    with Relay(lab.host, lab.port, listen=port):
        works(driver)


@tap.case("a port that is closed, and then is a server")
def closed(lab):
    with contextlib.ExitStack() as stack:
        with closed_port() as port:
            run(*where(lab, port=port), "list").expect(
                1, "SMBMGMT_E_CONNECTION_REFUSED", f"127.0.0.1:{port}")
            driver = stack.enter_context(driver_at(lab, port))
            for _ in range(2):
                tap.equal(driver.code("list"), "SMBMGMT_E_CONNECTION_REFUSED")
        then_works(lab, port, driver)


@tap.case("ports that accept and say nothing, or nothing that is SMB")
def dead_ends(lab):
    for mode, code in (("silent", "SMBMGMT_E_TIMED_OUT"),
                       ("partial", "SMBMGMT_E_TIMED_OUT"),
                       ("garbage", "SMBMGMT_E_NEGOTIATION"),
                       ("hangup", "SMBMGMT_E_CONNECTION_LOST")):
        with contextlib.ExitStack() as stack:
            with Deadend(mode) as dead:
                run(*where(lab, port=dead.port), "--deadline", str(DEADLINE),
                    "list").expect(1, code).quick(DEADLINE + SLACK)
                driver = stack.enter_context(driver_at(lab, dead.port))
                tap.equal(driver.code("list"), code, mode)
                tap.equal(driver.code("list"), code, f"{mode}, again")
                tap.true(dead.accepted() >= 3, "each was a connection")
            then_works(lab, dead.port, driver)


@tap.case("a server that stalls in the log-on")
def stalls(lab):
    relay = lab.relay()
    with driver_at(lab, relay.port) as driver:
        relay.trap("SESSION_SETUP", "pause", "after")
        tap.equal(driver.code("list"), "SMBMGMT_E_TIMED_OUT")
        relay.resume()
        works(driver)


@tap.case("a server that hangs up on everyone, for a while")
def refuses(lab):
    relay = lab.relay()
    with driver_at(lab, relay.port) as driver:
        relay.refuse()
        tap.equal(driver.code("list"), "SMBMGMT_E_CONNECTION_LOST")
        relay.refuse(False)
        works(driver)


@tap.case("a name that no one has")
def unknown_host(lab):
    for name in ("nowhere.invalid", "a..b"):
        run(*where(lab, host=name), "list").expect(
            1, "SMBMGMT_E_HOST_UNKNOWN", name)


def names(*folders):
    return {folder: sorted(os.listdir(folder)) for folder in folders
            if os.path.isdir(folder)}


@tap.case("an address is one server's: another one that is opened has its own")
def address(lab):
    if CARRIER == "smbclient":
        run(*where(lab, host="fs.invalid"), "-I", lab.host, "list").expect(
            1, "SMBMGMT_E_NOT_SUPPORTED", "dcerpc")
        return
    with Shell(*where(lab, host="fs.invalid"), "-I", lab.host) as shell:
        shell.say("list").expect(0)
        shell.say(f"open other.invalid:{lab.port}").expect(
            0, "SMBMGMT_E_HOST_UNKNOWN", "other.invalid")
        shell.say(f"open -I {lab.host} other.invalid:{lab.port}").expect(0)
    run(*where(lab, host="fs.invalid"), "-S", "other.invalid", "-I", lab.host,
        "list").expect(2, "-I")


@tap.case("Kerberos that was demanded at the start holds for who comes later")
def kerberos_stays(lab):
    with Shell("--use-kerberos=required") as shell:
        said = shell.say(f"open -A {lab.auth_file('admin')} "
                         f"localhost:{lab.port}")
        tap.true("SMBMGMT_E_" in said.err, repr(said))
        tap.equal(lab.sessions(), [])


@tap.case("names are looked up, and nothing is kept on disk")
def no_cache(lab):
    places = ("/", "/var/cache/samba", "/var/lib/samba", "/var/lock")
    before = names(*places)
    run(*where(lab, host="localhost"), "list").expect(0)
    run(*where(lab, host="nowhere.invalid"), "list").expect(
        1, "SMBMGMT_E_HOST_UNKNOWN")
    tap.equal(names(*places), before)


@tap.case("one server of several fails: the other's sessions are listed")
def several(lab):
    lab.client("alice", "127.0.0.5")
    with closed_port() as port:
        result = as_admin(lab, "-S", f"127.0.0.1:{port}", "list", "--json",
                          "--client-user", "alice")
        result.expect(1, "SMBMGMT_E_CONNECTION_REFUSED")
        tap.equal(result.rows(), [("127.0.0.5", "alice", 1)])
        tap.equal([entry["name"] for entry in result.json()["errors"]],
                  ["SMBMGMT_E_CONNECTION_REFUSED"])
        result = as_admin(lab, "-S", f"127.0.0.1:{port}", "close",
                          "--client-user", "nobody", "--force")
        result.expect(1, "SMBMGMT_E_CONNECTION_REFUSED")
        # Nobody can say that the silent server has no such session.
        tap.true("NOT_FOUND" not in result.err, repr(result))


@tap.case("no helper, and then there is one")
def helper_absent(lab):
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "smbmgmt-helper")
        with driver_at(lab, lab.port, path) as driver:
            for _ in range(2):
                answer = driver.ask("list")
                tap.true(any(path in " ".join(words) for words in answer),
                         repr(driver))
                tap.equal(answer[-1][:2], ["code", "SMBMGMT_E_HELPER_MISSING"])
            os.symlink(HELPER, path)
            works(driver)


@tap.case("a helper that is no helper")
def helper_wrong(lab):
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "smbmgmt-helper")
        for target in ("/bin/true", "/etc/passwd"):
            os.symlink(target, path)
            with driver_at(lab, lab.port, path) as driver:
                tap.equal(driver.code("list"), "SMBMGMT_E_HELPER_MISSING",
                          repr(driver))
                os.unlink(path)
                os.symlink(HELPER, path)
                works(driver)
            os.unlink(path)


if __name__ == "__main__":
    main()
