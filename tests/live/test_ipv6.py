#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""IPv6: a server reached by it, and clients that come by it.

In a network namespace of its own, so that there are link-local addresses on
two links, and no address of the machine is touched.
"""

import ctypes
import os
import subprocess
import sys

from livetest import CARRIER, as_admin, lab2, main, run, tap, where

CLONE_NEWNET = 0x40000000
# smbd binds to no link-local address by its name; here it may have them all.
SMBD = ("bind interfaces only = no",)
LINKS = """
link set lo up
link add va type veth peer name va2
link add vb type veth peer name vb2
link set va up
link set va2 up
link set vb up
link set vb2 up
-6 address add fd00::5/64 dev lo nodad
-6 address add fd00::6/64 dev lo nodad
-6 address add fe80::5/64 dev va nodad
-6 address add fe80::5/64 dev vb nodad
"""
# As smbd shows them; of a link-local address it leaves out the zone.
PLAIN = ("::1", "fd00::5", "127.0.0.7")
ZONED, SHOWN = ("fe80::5%va", "fe80::5%vb"), "fe80::5"


def new_network():
    """A namespace for this process and all that it starts."""
    if ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
        return "no network namespace may be made here"
    for line in LINKS.strip().splitlines():
        try:
            done = subprocess.run(["ip", *line.split()], text=True,
                                  capture_output=True)
        except OSError as error:
            return f"ip: {error.strerror}"
        if done.returncode:
            return f"ip {line}: {done.stderr.strip()}"
    return None


def rows(*addresses):
    return sorted((address, "alice", 1) for address in addresses)


def all_on(lab):
    """A client from each kind of address, by what smbd shows of it."""
    clients = {address: lab.client("alice", address) for address in PLAIN}
    clients[SHOWN] = lab.client("alice", ZONED[0])
    return clients


def check_closed(lab, clients, address, spelling):
    """Close one by a spelling of its address: just that one goes."""
    left = {name: client for name, client in clients.items()
            if name != address}
    ids = [lab.row(client.session) for client in left.values()]
    done = as_admin(lab, "close", "--client", spelling, "--force",
                    "--json").expect(0)
    tap.equal(done.outcomes(), [("CLOSED", address, "alice")])
    tap.equal(clients.pop(address).session.state(), "ended")
    tap.true(all(client.alive() for client in left.values()),
             f"the others after {address}")
    tap.equal([lab.row(client.session) for client in left.values()], ids)


@tap.case("clients of every kind are listed, and selected in any spelling")
def listed(lab):
    all_on(lab)
    listing = as_admin(lab, "list", "--json").expect(0)
    tap.equal(listing.rows(), rows(*PLAIN, SHOWN))
    for address, spellings in (
            ("::1", ("::1", "[::1]", r"\\::1", r"\\[::1]")),
            ("fd00::5", ("fd00::5", "FD00::5", "[fd00::5]")),
            ("127.0.0.7", ("127.0.0.7", "::ffff:127.0.0.7")),
            (SHOWN, ("fe80::5", "[FE80::5]"))):
        for spelling in spellings:
            found = as_admin(lab, "list", "--client", spelling, "--json")
            tap.equal(found.expect(0).rows(), rows(address), spelling)
    # A zone that is asked for has to be there.
    for stranger in ("fd00::6", "fe80::5%va", "fe80::6", "::5"):
        as_admin(lab, "list", "--client", stranger).expect(3, stranger)


@tap.case("each is closed by its address, and no other")
def closed(lab):
    clients = all_on(lab)
    for address, spelling in ((SHOWN, "[FE80::5]"), ("::1", r"\\[::1]"),
                              ("fd00::5", "FD00::5"),
                              ("127.0.0.7", "::ffff:127.0.0.7")):
        check_closed(lab, clients, address, spelling)


@tap.case("one address on two links is one client to smbd, and to Del")
def two_links(lab):
    clients = [lab.client("alice", address) for address in ZONED]
    other = lab.client("alice", "fd00::5")
    listing = as_admin(lab, "list", "--client", SHOWN, "--json").expect(0)
    tap.equal(listing.rows(), rows(SHOWN, SHOWN))
    done = as_admin(lab, "close", "--client", SHOWN, "--force",
                    "--json").expect(0)
    tap.equal(done.outcomes(), [("CLOSED", SHOWN, "alice")] * 2)
    tap.equal([client.session.state() for client in clients], ["ended"] * 2)
    tap.true(other.alive(), "alice's other session")


def refused(lab):
    """libsmbclient takes no IPv6 address for a server: that is said."""
    if CARRIER != "smbclient":
        return False
    run(*where(lab, host="[::1]"), "list").expect(
        1, "SMBMGMT_E_NOT_SUPPORTED", "IPv6", "dcerpc")
    tap.equal(lab.sessions(), [])
    return True


@tap.case("the server is reached by IPv6, and our own row is known")
def reached(lab):
    if refused(lab):
        return
    alice = lab.client("alice", "fd00::5")
    for server in ("[::1]", "[fd00::6]"):
        lab.wait_sessions(1)
        at = where(lab, host=server)
        listing = run(*at, "list", "--json").expect(0)
        tap.equal(listing.rows(), rows("fd00::5"), server)
        own = [entry["own"] for entry in listing.json()["sessions"]
               if entry["client_user_name"] == "admin"]
        tap.equal(own, ["yes"], server)
        lab.wait_sessions(1)
        run(*at, "close", "--client-user", "admin", "--force").expect(
            4, "SMBMGMT_E_REFUSED_OWN")
        tap.true(alice.alive(), "alice's handle reads")
    lab.wait_sessions(1)
    run(*where(lab, host="[::1]"), "close", "--client", "fd00::5",
        "--force").expect(0)
    tap.equal(alice.session.state(), "ended")


@tap.case("rows of a server that was reached by IPv6 find it again")
def from_rows(lab):
    if refused(lab):
        return
    alice = lab.client("alice", "fd00::5")
    listing = run(*where(lab, host="[::1]"), "list", "--client-user", "alice",
                  "--json").expect(0)
    server = listing.json()["sessions"][0]["server"]
    tap.equal(server, f"[::1]:{lab.port}")
    lab.wait_sessions(1)
    run("-A", lab.auth_file("admin"), "close", "--from", "-", "--force",
        text=listing.out).expect(0)
    tap.equal(alice.session.state(), "ended")


@tap.case("a server by a link-local address: libdcerpc cannot, and it is said")
def link_local(lab):
    if refused(lab):
        return
    run(*where(lab, host="[fe80::5%va]"), "list").expect(
        1, "SMBMGMT_E_NOT_SUPPORTED", "zone")
    tap.equal(lab.sessions(), [])


@tap.case("a port of IPv6 that nobody listens on, and a name that is none")
def unreachable(lab):
    if refused(lab):
        return
    auth = ["-A", lab.auth_file("admin")]
    run("-S", "[::1]:1", *auth, "list").expect(
        1, "SMBMGMT_E_CONNECTION_REFUSED")
    for bad in ("[::1", "[::1]445", "[fe80::5%]:445", "[::g]:445"):
        result = run("-S", bad, *auth, "list")
        tap.true(result.status in (1, 2) and result.out == "", repr(result))


@tap.case("a Windows-shaped server, with brackets and zones of its own")
def windows(lab):
    if refused(lab):
        return
    for form, shown in (("brackets", r"\\[::1]"), ("plain", r"\\::1")):
        with lab2(ipv6_form=form) as windows_lab:
            alice = windows_lab.client("alice", "::1", host="::1")
            bob = alice.user_on_same_connection("bob")
            at = where(windows_lab, host="[::1]")
            found = run(*at, "list", "--client", "::1", "--client-user",
                        "alice", "--json").expect(0)
            tap.equal([row[0] for row in found.rows()], [shown])
            run(*at, "close", "--client", "[::1]", "--client-user", "alice",
                "--force").expect(0)
            tap.equal((alice.states(), bob.alive()),
                      (["ended", "alive"], True))
            tap.equal([entry["client"] for entry in windows_lab.dels()], [shown])


if __name__ == "__main__":
    refusal = new_network() if os.geteuid() == 0 else None
    if refusal:
        print(f"1..0 # SKIP {refusal}")
        sys.exit(0)
    main(*SMBD)
