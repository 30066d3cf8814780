#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What can be wrong with a ticket: one code for each, no prompt, no hang."""

import contextlib
import os
import time
from types import SimpleNamespace

from livetest import LIMIT, run, tap, where
from realmtest import (ELSEWHERE, KDC, REKEYED, SERVER, SHORT, SHORT_SECONDS,
                       UNKNOWN, Handles, kerberos, own_rows, realm_main,
                       ticket_shell, with_password)
from smblab import SambaLab
from smblab.kdc import Kdc

INVALID_PARAMETER, LOGON_FAILURE = 0xC000000D, 0xC000006D
NO_LOGON_SERVERS, NTLM_BLOCKED = 0xC000005E, 0xC0000418
ACCESS_DENIED, BAD_TOKEN_TYPE = 0xC0000022, 0xC00000A8


def fails(result, code, *parts, ntstatus=None):
    """The one error's code, what it says, and the server's own number."""
    result.expect(1, f"SMBMGMT_E_{code})", *parts)
    error, = result.json()["errors"]
    tap.equal((error["name"], error.get("native_code")),
              (f"SMBMGMT_E_{code}", ntstatus), repr(result))


def listed(lab, cache, *argv, **more):
    return kerberos(lab, cache, *argv, "list", "--json", **more)


def listed_as(lab, user, password, *argv, **more):
    return with_password(lab, user, password, *argv, "list", "--json", **more)


@contextlib.contextmanager
def restarted_kdc():
    """A KDC whose end a case may be."""
    try:
        yield KDC
    finally:
        KDC.kill()
        tap.true(KDC.start(), "the KDC starts again")


@tap.case("no ticket: no cache, none in it, or no cache at all")
def no_ticket(lab):
    garbage = KDC.cache_name("garbage")
    with open(garbage.removeprefix("FILE:"), "w", encoding="ascii") as file:
        file.write("this is no ticket cache\n")
    folder = KDC.cache_name("folder").removeprefix("FILE:")
    os.mkdir(folder)
    for cache in (KDC.cache_name("none"), garbage, folder, f"DIR:{folder}",
                  "KCM:nobody", None):
        for how in ("required", "desired"):
            fails(listed(lab, cache, how=how), "NO_TICKET", "run kinit")


@tap.case("caches in a folder are read")
def folder_cache(lab):
    folder = KDC.cache_name("collection").removeprefix("FILE:")
    os.mkdir(folder, 0o700)
    cache = KDC.kinit("admin", cache=f"DIR:{folder}")
    tap.equal(own_rows(listed(lab, cache).expect(0)), ["admin"])


@tap.case("a ticket that has expired, or is about to")
def expired(lab):
    soon = KDC.kinit("admin", "-l", "1s")
    time.sleep(2)
    for cache in (soon, KDC.kinit("admin", "-l", "200s")):
        fails(listed(lab, cache), "TICKET_EXPIRED", "admin@SMBLAB.TEST",
              "run kinit again")
    listed(lab, KDC.kinit("admin", "-l", "400s")).expect(0)


@tap.case("a server that the realm does not know")
def unknown_server(lab):
    cache = KDC.kinit("admin")
    for name in (UNKNOWN, ELSEWHERE):
        fails(listed(lab, cache, name=name), "TICKET_REFUSED",
              f"cifs/{name}", ntstatus=INVALID_PARAMETER)


@tap.case("a server with another key, and a ticket that the KDC keeps")
def refused(lab):
    cache = KDC.kinit("admin")
    fails(listed(lab, cache, name=REKEYED), "TICKET_REFUSED",
          "another key", ntstatus=LOGON_FAILURE)
    KDC.admin(f"modprinc -allow_svr cifs/{SERVER}")
    try:
        fails(listed(lab, cache), "TICKET_REFUSED", "none for it",
              ntstatus=LOGON_FAILURE)
    finally:
        KDC.admin(f"modprinc +allow_svr cifs/{SERVER}")
    listed(lab, cache).expect(0)


@tap.case("a ticket with a PAC, which a server outside a domain cannot read")
def with_pac(_):
    with Kdc(pac=True) as kdc, SambaLab(kdc.options()) as lab:
        fails(listed(lab, kdc.kinit("admin"), kdc=kdc), "TICKET_REFUSED",
              "PAC", ntstatus=BAD_TOKEN_TYPE)


@tap.case("another realm: unknown, known, and one with a server of that name")
def other_realm(lab):
    with Kdc("OTHER.TEST", ["files.other.test"]) as other:
        cache = other.kinit("admin")
        fails(listed(lab, cache), "KDC_UNREACHABLE", "admin@OTHER.TEST",
              "krb5.conf", ntstatus=NO_LOGON_SERVERS)
        both = os.path.join(other.directory, "both.conf")
        with open(KDC.krb5_conf, encoding="ascii") as file:
            text = file.read().replace(
                "[realms]\n", "[realms]\n\tOTHER.TEST = {\n\t\tkdc = "
                f"{lab.host}:{other.port}\n\t}}\n")
        with open(both, "w", encoding="ascii") as file:
            file.write(text)
        conf = SimpleNamespace(krb5_conf=both)
        fails(listed(lab, cache, kdc=conf), "TICKET_REFUSED",
              "admin@OTHER.TEST", ntstatus=INVALID_PARAMETER)
    with Kdc("OTHER.TEST") as other:
        fails(listed(lab, other.kinit("admin"), kdc=other),
              "TICKET_REFUSED", ntstatus=LOGON_FAILURE)
    fails(listed_as(lab, "admin@NOWHERE.TEST", "secret"), "KDC_UNREACHABLE",
          "admin@NOWHERE.TEST")


@tap.case("a server by address, or as localhost")
def by_address(lab):
    cache = KDC.kinit("admin")
    for name in ("localhost", lab.host, "[::1]"):
        for how in ("required", "desired"):
            fails(listed(lab, cache, how=how, name=name), "INVALID",
                  "name the server", "-I")


@tap.case("a wrong password, and accounts that the KDC does not let in")
def accounts(lab):
    password = KDC.passwords
    fails(listed_as(lab, "admin", "wrong"), "LOGON_FAILED", "password")
    fails(listed_as(lab, "nosuchuser", "wrong"), "LOGON_FAILED", "no such")
    KDC.admin("modprinc -allow_tix alice", "modprinc -pwexpire yesterday bob",
              "modprinc -expire yesterday carol")
    try:
        for user, code in (("alice", "ACCOUNT_DISABLED"),
                           ("bob", "ACCOUNT_RESTRICTED"),
                           ("carol", "ACCOUNT_DISABLED")):
            fails(listed_as(lab, user, password[user]), code, user)
    finally:
        KDC.admin("modprinc +allow_tix alice", "modprinc -pwexpire never bob",
                  "modprinc -expire never carol")


@tap.case("a ticket gives no rights, and no account on the server")
def no_rights(lab):
    result = listed(lab, KDC.kinit("nobodyrights")).expect(
        1, "SMBMGMT_E_LIST_DENIED", "may not list")
    tap.equal(result.json()["sessions"], [])
    KDC.admin("addprinc -pw secret stranger")
    try:
        for how in ("required", "desired"):
            fails(listed_as(lab, "stranger", "secret", how=how),
                  "ACCESS_DENIED", "no account", ntstatus=ACCESS_DENIED)
    finally:
        KDC.admin("delprinc -force stranger")


@tap.case("no realm for a bare name")
def no_realm(lab):
    conf = os.path.join(KDC.directory, "norealm.conf")
    with open(KDC.krb5_conf, encoding="ascii") as file:
        text = file.read().replace(f"default_realm = {KDC.realm}", "")
    with open(conf, "w", encoding="ascii") as file:
        file.write(text)
    kdc = SimpleNamespace(krb5_conf=conf)
    password = KDC.passwords["admin"]
    fails(listed_as(lab, "admin", password, kdc=kdc), "INVALID",
          "admin@REALM")
    for user in (f"admin@{KDC.realm}", f"{KDC.realm.lower()}\\admin"):
        listed_as(lab, user, password, kdc=kdc).expect(0)
    listed(lab, KDC.kinit("admin"), kdc=kdc).expect(0)
    # A named smb.conf's is the default one; what it says of Kerberos is not
    # asked.
    smb_conf = os.path.join(KDC.directory, "client.conf")
    with open(smb_conf, "w", encoding="ascii") as file:
        file.write(f"[global]\n\trealm = {KDC.realm}\n"
                   "\tclient use kerberos = off\n")
    listed_as(lab, "admin", password, "-s", smb_conf, kdc=kdc).expect(0)
    # NTLM does not need one.
    listed_as(lab, "admin", lab.passwords["admin"], kdc=kdc,
              how="desired").expect(0)


@tap.case("a KDC that is down: its own code, and cached tickets still work")
def kdc_down(lab):
    full, empty = KDC.kinit("admin"), KDC.kinit("admin")
    KDC.get_ticket(full, f"cifs/{SERVER}")
    with restarted_kdc() as kdc:
        kdc.kill()
        fails(listed(lab, empty), "KDC_UNREACHABLE", "krb5.conf",
              ntstatus=NO_LOGON_SERVERS)
        fails(listed_as(lab, "admin", KDC.passwords["admin"]),
              "KDC_UNREACHABLE", "krb5.conf")
        tap.equal(own_rows(listed(lab, full).expect(0)), ["admin"])
        listed_as(lab, "admin", lab.passwords["admin"],
                  how="desired").expect(0)
    listed(lab, empty).expect(0)


@tap.case("a KDC that hangs: the deadline holds")
def kdc_hangs(lab):
    full, empty = KDC.kinit("admin"), KDC.kinit("admin")
    KDC.get_ticket(full, f"cifs/{SERVER}")
    with restarted_kdc() as kdc:
        kdc.stop()
        short = ("--deadline", "4")
        fails(listed(lab, empty, *short).quick(LIMIT / 2), "TIMED_OUT")
        for how in ("required", "desired"):
            fails(listed_as(lab, "admin", KDC.passwords["admin"], *short,
                            how=how).quick(LIMIT / 2), "TIMED_OUT")
        listed(lab, full, *short).expect(0)
        # A handle lives through it.
        with Handles(lab, seconds=4) as handles:
            handles.open(0, empty)
            tap.equal(handles.ask("list 0")[0], "SMBMGMT_E_TIMED_OUT")
            kdc.cont()
            tap.equal(handles.ask("list 0"),
                      ("SMBMGMT_OK", [("admin", "yes")]))


@tap.case("a session ends with its ticket, and a listing logs on again")
def mid_session(lab):
    cache = KDC.kinit("admin")
    with Handles(lab, name=SHORT) as handles:
        handles.open(0, cache)
        good = ("SMBMGMT_OK", [("admin", "yes")])
        tap.equal(handles.ask("list 0"), good)
        time.sleep(SHORT_SECONDS + 2)
        tap.equal(handles.ask("list 0"), good, repr(handles))
        time.sleep(SHORT_SECONDS + 2)
        os.unlink(cache.removeprefix("FILE:"))
        tap.equal(handles.ask("list 0")[0], "SMBMGMT_E_NO_TICKET")
        KDC.kinit("admin", cache=cache)
        tap.equal(handles.ask("list 0"), good)


@tap.case("a close that meets an expired session logs on, and lists, again")
def expired_close(lab):
    alice = lab.client("alice", "127.0.0.5")
    with ticket_shell(lab, KDC.kinit("admin"), name=SHORT) as shell:
        shell.say("list").expect(0)
        time.sleep(SHORT_SECONDS + 2)
        bob = lab.client("bob", "127.0.0.6")
        shell.say("close --client-user alice --force").expect(0)
        tap.equal((alice.session.state(), bob.session.state()),
                  ("ended", "alive"))


@tap.case("a server that takes no NTLM says so")
def ntlm_refused(_):
    with SambaLab([*KDC.options(), "ntlm auth = disabled"]) as lab:
        fails(run(*where(lab), "list", "--json"), "ACCESS_DENIED",
              "use Kerberos", ntstatus=NTLM_BLOCKED)


if __name__ == "__main__":
    realm_main()
