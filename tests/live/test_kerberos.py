#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Kerberos in a realm of the test's own: whose ticket logs on, and how."""

import os
import subprocess
import sys

from livetest import LIMIT, run, tap, where
from realmtest import (DESIRED, KDC, OFF, REQUIRED, Handles, Logons,
                       contents, environment, kerberos, own_rows,
                       realm_main, server, ticket_shell, with_password)
from smblab import Deadend, SambaLab, closed_port, procs

LAB = os.path.dirname(os.path.dirname(procs.__file__))
IPV6_LOOPBACK = "interfaces = 127.0.0.1/8 ::1/128"


@tap.case("a ticket lists and closes, and its owner's own row is known")
def lists_and_closes(lab):
    alice = lab.client("alice", "127.0.0.5")
    cache = KDC.kinit("admin")
    logons = Logons(lab)
    listed = kerberos(lab, cache, "list", "--json").expect(0)
    tap.equal(listed.rows(), [("127.0.0.5", "alice", 1)])
    tap.equal(own_rows(listed), ["admin"])
    lab.wait_sessions(1)
    closed = kerberos(lab, cache, "close", "--client-user", "alice",
                      "--force", "--json").expect(0)
    tap.equal(closed.outcomes(), [("CLOSED", "127.0.0.5", "alice")])
    tap.equal(alice.session.state(), "ended")
    tap.equal(logons.kinds(), {"krb5"})


@tap.case("a server that takes no NTLM")
def no_ntlm(_):
    with SambaLab([*KDC.options(), "ntlm auth = disabled"]) as lab:
        refused = run(*where(lab), "list")
        tap.equal(refused.status, 1, f"NTLM: {refused!r}")
        for how in ("required", "desired"):
            listed = kerberos(lab, KDC.kinit("admin"), "list", "--json",
                              how=how).expect(0)
            tap.equal(own_rows(listed), ["admin"])
        listed = with_password(lab, "admin", KDC.passwords["admin"], "list",
                               "--json").expect(0)
        tap.equal(own_rows(listed), ["admin"])


@tap.case("two tickets, two users, one context")
def two_users(lab):
    # What the host's environment says is nothing to the library.
    strange = environment(KDC.kinit("bob"))
    with Handles(lab, env=strange) as handles:
        for number, user in enumerate(("admin", "lister")):
            handles.open(number, KDC.kinit(user))
        for number, own, other in ((0, "admin", "lister"),
                                   (1, "lister", "admin"),
                                   (0, "admin", "lister")):
            handles.ask(f"list {1 - number}")
            tap.equal(handles.ask(f"list {number}"),
                      ("SMBMGMT_OK", sorted([(own, "yes"), (other, "no")])))
        code, rows = handles.ask("pair 0 1")
        tap.equal((code, len(rows)), ("SMBMGMT_OK", 4), repr(handles))
        tap.equal({row for row in rows if row[1] == "yes"},
                  {("admin", "yes"), ("lister", "yes")})
        # One ticket gone is one handle's loss.
        handles.open(2, KDC.cache_name("none"))
        tap.equal(handles.ask("list 2")[0], "SMBMGMT_E_NO_TICKET")
        tap.equal(handles.ask("list 0")[0], "SMBMGMT_OK")


@tap.case("the environment of the host has no effect on the library")
def host_environment(lab):
    good = environment(KDC.kinit("admin"))
    with Handles(lab, env=good) as handles:
        for how in (REQUIRED, DESIRED):
            handles.open(0, None, how)
            tap.equal(handles.ask("list 0")[0], "SMBMGMT_E_NO_TICKET")
        handles.open(1, None, OFF)
        tap.equal(handles.ask("list 1")[0], "SMBMGMT_E_NOT_SUPPORTED",
                  "anonymous, which cannot be signed")
        # krb5.conf's default cache is what counts.
        default = KDC.cache_name("default")
        KDC.kinit("lister", cache=default)
        try:
            handles.open(0, None)
            tap.equal(handles.ask("list 0"),
                      ("SMBMGMT_OK", [("lister", "yes")]))
        finally:
            os.unlink(default.removeprefix("FILE:"))


@tap.case("a password gets a ticket, and no cache of the user's is touched")
def password(lab):
    cache = KDC.kinit("bob")
    before, logons = contents(cache), Logons(lab)
    default = KDC.cache_name("default").removeprefix("FILE:")
    for user in ("admin", "admin@SMBLAB.TEST", "smblab.test\\admin",
                 "ANY\\admin"):
        listed = with_password(lab, user, KDC.passwords["admin"], "list",
                               "--json", cache=cache).expect(0)
        tap.equal(own_rows(listed), ["admin"], user)
        lab.wait_sessions(0)
    tap.equal((contents(cache), os.path.exists(default)), (before, False))
    tap.equal(logons.kinds(), {"krb5"})


@tap.case("a ticket is its owner's, whatever user is named")
def named_user(lab):
    cache = KDC.kinit("admin")
    for user in ("admin", "admin@SMBLAB.TEST", "ADMIN"):
        kerberos(lab, cache, "-U", user, "-N", "list").expect(0)
    for user in ("lister", "admin@OTHER.TEST", "admi", "admin2"):
        for how in ("required", "desired"):
            kerberos(lab, cache, "-U", user, "-N", "list", how=how).expect(
                1, "SMBMGMT_E_NO_TICKET", f"user {user} was named",
                "those of admin@SMBLAB.TEST")
    tap.equal(lab.sessions(), [], "nobody logged on")


@tap.case("desired: Kerberos where it works")
def desired_works(lab):
    logons = Logons(lab)
    kerberos(lab, KDC.kinit("admin"), "list", how="desired").expect(0)
    with_password(lab, "admin", KDC.passwords["admin"], "list",
                  how="desired").expect(0)
    tap.equal(logons.kinds(), {"krb5"})


@tap.case("desired: NTLM with the password where Kerberos does not work")
def desired_falls_back(lab):
    logons = Logons(lab)
    smb = lab.passwords["admin"]
    # The KDC does not know it; a server without a name; a name that the
    # realm has not, once the KDC's password is the server's too.
    for name in ("files.smblab.test", "localhost", lab.host):
        listed = with_password(lab, "admin", smb, "list", "--json",
                               how="desired", name=name).expect(0)
        tap.equal(own_rows(listed), ["admin"])
        lab.wait_sessions(0)
    KDC.admin(f"cpw -pw {smb} admin")
    try:
        with_password(lab, "admin", smb, "list", how="desired",
                      name="unknown.smblab.test").expect(0)
    finally:
        KDC.admin(f"cpw -pw {KDC.passwords['admin']} admin")
    tap.equal(logons.kinds(), {"NTLMSSP"})
    with_password(lab, "admin", "wrong", "list", how="desired").expect(
        1, "SMBMGMT_E_LOGON_FAILED")


@tap.case("desired without a password is Kerberos, and never anonymous")
def desired_never_anonymous(lab):
    logons = Logons(lab)
    none = KDC.cache_name("none")
    for more in ((), ("-N",), ("-U", "admin", "-N"),
                 ("--client-protection=off",)):
        kerberos(lab, none, *more, "list", how="desired").expect(
            1, "SMBMGMT_E_NO_TICKET")
    tap.equal(logons.kinds(), set())


@tap.case("required sends no NTLM, though the server would take it")
def required_never_ntlm(lab):
    logons = Logons(lab)
    smb = lab.passwords["admin"]
    with_password(lab, "admin", smb, "list").expect(
        1, "SMBMGMT_E_LOGON_FAILED", "the KDC does not take the password")
    KDC.admin(f"cpw -pw {smb} admin")
    try:
        with_password(lab, "admin", smb, "list",
                      name="unknown.smblab.test").expect(
            1, "SMBMGMT_E_TICKET_REFUSED")
    finally:
        KDC.admin(f"cpw -pw {KDC.passwords['admin']} admin")
    tap.equal(logons.kinds(), set())
    run(*where(lab), "list").expect(0)
    tap.equal(logons.kinds(), {"NTLMSSP"}, "the log tells NTLM")


@tap.case("off: no ticket is used")
def off(lab):
    cache, logons = KDC.kinit("admin"), Logons(lab)
    before = contents(cache)
    for name in ("files.smblab.test", "localhost"):
        with_password(lab, "admin", lab.passwords["admin"], "list",
                      cache=cache, how="off", name=name).expect(0)
    tap.equal((logons.kinds(), contents(cache)), ({"NTLMSSP"}, before))


@tap.case("signed and encrypted with a ticket's key")
def protected(lab):
    seen = {}
    for protection in ("sign", "encrypt", "off"):
        with ticket_shell(lab, KDC.kinit("admin"),
                          f"--client-protection={protection}") as shell:
            shell.say("list").expect(0)
            row, = lab.sessions(user="admin")
            seen[protection] = (row.signing, row.encryption)
        lab.wait_sessions(0)
    tap.equal((seen["sign"], seen["encrypt"][1]), (("full", "none"), "full"))
    tap.true(seen["off"] != seen["sign"], repr(seen))


@tap.case("an IPv6 address beside the name")
def ipv6(_):
    if not os.path.exists("/proc/net/if_inet6"):
        raise tap.Skip("there is no IPv6 here")
    with SambaLab([*KDC.options(), IPV6_LOOPBACK]) as lab:
        listed = kerberos(lab, KDC.kinit("admin"), "list", "--json",
                          address="::1").expect(0)
        tap.equal(own_rows(listed), ["admin"])
        own, = listed.json()["sessions"]
        tap.equal(own["client_computer_name"], "::1")


@tap.case("the address is where the look goes when nobody answers")
def address_looked_at(lab):
    cache = KDC.kinit("admin")
    with closed_port() as port:
        kerberos(lab, cache, "list", port=port).expect(
            1, "SMBMGMT_E_CONNECTION_REFUSED")
        # Without Kerberos too: the name has no address of its own.
        run(*server(lab, port=port), *where(lab)[2:], "list").expect(
            1, "SMBMGMT_E_CONNECTION_REFUSED")
    run("-S", f"files.smblab.test:{lab.port}", *where(lab)[2:],
        "list").expect(1, "SMBMGMT_E_HOST_UNKNOWN")
    with Deadend("silent") as dead:
        kerberos(lab, cache, "--deadline", "2", "list",
                 port=dead.port).expect(1, "SMBMGMT_E_TIMED_OUT").quick(LIMIT)


@tap.case("a realm goes without a trace, also when its test is killed")
def realm_goes(_):
    code = ("import time\nfrom smblab.kdc import Kdc\n"
            "with Kdc() as kdc:\n"
            "    print(kdc.directory, kdc.id, flush=True)\n"
            "    time.sleep({})\n")
    for seconds in (0, LIMIT):
        with subprocess.Popen(
                [sys.executable, "-B", "-c", code.format(seconds)],
                env=dict(os.environ, PYTHONPATH=LAB), text=True,
                stdout=subprocess.PIPE) as process:
            directory, ident = process.stdout.readline().split()
            if seconds:
                tap.equal(len(procs.marked(ident)), 1, "the KDC runs")
                process.kill()
        tap.wait_until(lambda: not procs.marked(ident)
                       and not os.path.exists(directory), "gone", LIMIT)


if __name__ == "__main__":
    realm_main()
