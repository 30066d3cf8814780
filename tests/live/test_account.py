#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Who may do what: each kind of no is told apart, and can be put right."""

from livetest import CARRIER, Driver, as_admin, main, run, samba_case, tap, where


def listed_as(lab, user, password):
    return run("-S", f"{lab.host}:{lab.port}", "-U", user, "--password-fd",
               "0", "list", "--json", text=password + "\n")


def set_password(lab, user, password):
    from impacket.ntlm import compute_nthash

    nthash = compute_nthash(password).hex().upper()
    lab.tool("pdbedit", "-s", lab.conf, "-u", user, "--set-nt-hash", nthash)


@tap.case("a wrong password, a wrong user, no user at all")
def wrong(lab):
    # libsmbclient would send no password at all: that carrier refuses it.
    empty = ("SMBMGMT_E_NOT_SUPPORTED" if CARRIER == "smbclient"
             else "SMBMGMT_E_LOGON_FAILED")
    for user, password, code in (
            ("admin", "wrong", "SMBMGMT_E_LOGON_FAILED"),
            ("admin", "", empty),
            ("nosuchuser", lab.passwords["admin"], "SMBMGMT_E_LOGON_FAILED")):
        result = listed_as(lab, user, password).expect(1, code)
        tap.equal([entry["name"] for entry in result.json()["errors"]],
                  [code])
    nobody = run("-S", f"{lab.host}:{lab.port}", "-N",
                 "--client-protection=off", "list")
    tap.equal(nobody.status, 1, repr(nobody))
    tap.true("SMBMGMT_E_LIST_DENIED" in nobody.err
             or "SMBMGMT_E_ACCESS_DENIED" in nobody.err, repr(nobody))
    run("-S", f"{lab.host}:{lab.port}", "-N", "list").expect(
        1, "SMBMGMT_E_NOT_SUPPORTED", "signed")


@tap.case("the right password by a descriptor and by a file; case of the user")
def right(lab):
    for user in ("admin", "ADMIN"):
        listed = listed_as(lab, user, lab.passwords["admin"])
        tap.equal(listed.status, 0, repr(listed))
    run(*where(lab), "list").expect(0)


@samba_case("a password that becomes the right one: the same handle works")
def password_changes(lab):
    with Driver(f"{lab.host}:{lab.port}", lab.auth_file("admin")) as driver:
        tap.equal(driver.code("open"), "SMBMGMT_OK")
        set_password(lab, "admin", "another")
        try:
            tap.equal(driver.code("list"), "SMBMGMT_E_LOGON_FAILED")
        finally:
            set_password(lab, "admin", lab.passwords["admin"])
        tap.equal(driver.code("list"), "SMBMGMT_OK", repr(driver))


@samba_case("locked and disabled accounts, and one that is enabled again")
def accounts(lab):
    run(*where(lab, user="locked"), "list").expect(
        1, "SMBMGMT_E_ACCOUNT_LOCKED")
    run(*where(lab, user="disabled"), "list").expect(
        1, "SMBMGMT_E_ACCOUNT_DISABLED")
    with Driver(f"{lab.host}:{lab.port}",
                lab.auth_file("disabled")) as driver:
        tap.equal(driver.code("open"), "SMBMGMT_OK")
        tap.equal(driver.code("list"), "SMBMGMT_E_ACCOUNT_DISABLED")
        lab.tool("pdbedit", "-s", lab.conf, "-u", "disabled", "-c", "[]")
        tap.equal(driver.code("list"), "SMBMGMT_E_LIST_DENIED",
                  f"let in, and no more: {driver!r}")


@samba_case("no right to list: no row, and nothing is called not found")
def no_list(lab):
    alice = lab.client("alice", "127.0.0.5")
    result = run(*where(lab, user="nobodyrights"), "list", "--json").expect(
        1, "SMBMGMT_E_LIST_DENIED", "may not list")
    error = result.json()["errors"][0]
    tap.equal((error["native_kind"], error["native_code"]), ("werror", 5))
    tap.equal(result.json()["sessions"], [])
    for name in ("alice", "nobody"):
        result = run(*where(lab, user="nobodyrights"), "close",
                     "--client-user", name, "--force")
        result.expect(1, "SMBMGMT_E_LIST_DENIED")
        tap.true("NOT_FOUND" not in result.err, repr(result))
    tap.true(alice.alive(), "alice's handle reads")


@tap.case("a right to list and none to close: told apart from gone")
def no_close(lab):
    alice = lab.client("alice", "127.0.0.5")
    before = lab.row(alice.session)
    listed = run(*where(lab, user="lister"), "list", "--client-user",
                 "alice", "--json").expect(0)
    tap.equal(listed.rows(), [("127.0.0.5", "alice", 1)])
    for extra in ((), ("--no-verify",)):
        result = run(*where(lab, user="lister"), "close", "--client-user",
                     "alice", "--force", "--json", *extra).expect(
            1, "SMBMGMT_E_CLOSE_DENIED")
        tap.equal(result.outcomes(), [("FAILED", "127.0.0.5", "alice")])
        tap.equal(result.json()["code"],
                  result.json()["outcomes"][0]["code"], repr(result))
    tap.equal((alice.alive(), lab.row(alice.session)), (True, before))
    as_admin(lab, "close", "--client-user", "alice", "--force").expect(0)
    tap.equal(alice.session.state(), "ended", "admin may")


if __name__ == "__main__":
    main()
