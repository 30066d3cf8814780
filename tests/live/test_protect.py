#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Signing and encryption are what was asked for, or there is no connection."""

from livetest import CARRIER, Shell, main, run, tap, where
from smblab import SambaLab


# libsmbclient cannot promise encryption: that carrier refuses before it asks.
CAN_ENCRYPT = CARRIER != "smbclient"


def cannot_encrypt(result):
    result.expect(0, "SMBMGMT_E_NOT_SUPPORTED", "dcerpc")
    tap.equal(result.out, "")


def protections(lab):
    """{--client-protection: (its result, our session in smbstatus)}"""
    seen = {}
    for protection in ("sign", "encrypt", "off"):
        lab.wait_sessions(0)
        with Shell(*where(lab), f"--client-protection={protection}") as shell:
            result = shell.say("list")
            seen[protection] = (result, lab.sessions(user="admin"))
    return seen


def check_refusal(seen):
    for protection in ("sign", "off"):
        seen[protection][0].expect(0)
    result, rows = seen["encrypt"]
    if CAN_ENCRYPT:
        result.expect(0, "SMBMGMT_E_ENCRYPTION_REFUSED")
    else:
        cannot_encrypt(result)
    tap.equal((result.out, rows), ("", []))


@tap.case("what is asked for is what protects the connection")
def protection(lab):
    seen = protections(lab)
    if not CAN_ENCRYPT:
        result, rows = seen.pop("encrypt")
        cannot_encrypt(result)
        tap.equal(rows, [])
    for result, rows in seen.values():
        result.expect(0)
        tap.equal(len(rows), 1, repr(rows))
    kinds = {name: (rows[0].encryption != "none", rows[0].signing == "full")
             for name, (_, rows) in seen.items()}
    if CAN_ENCRYPT:
        tap.equal(kinds["encrypt"][0], True, "encrypted, says smbstatus")
    tap.equal(kinds["sign"], (False, True), "signed, says smbstatus")
    tap.equal(kinds["off"], (False, False), "neither, says smbstatus")


@tap.case("on the wire an encrypted connection shows no call")
def encrypted_wire(lab):
    relay = lab.relay()
    with Shell(*where(lab, port=relay.port),
               "--client-protection=encrypt") as shell:
        result = shell.say("list")
        counts = relay.counts()
        if not CAN_ENCRYPT:
            cannot_encrypt(result)
            tap.equal(counts["connections"], 0, "nothing was sent")
            return
        result.expect(0)
        tap.equal((counts["opnums"], counts["requests"].get("IOCTL")),
                  ({}, None))
        tap.true(counts["encrypted_up"] > 0, f"encrypted: {counts}")


@tap.case("a server that cannot encrypt refuses, and nothing goes in clear")
def encryption_refused(_):
    for options in (["server smb encrypt = off"],
                    ["server max protocol = SMB2_10"]):
        with SambaLab(options) as lab:
            check_refusal(protections(lab))


@tap.case("a server that wants encryption, and one that knows SMB1 only")
def demanding(_):
    with SambaLab(["server smb encrypt = required"]) as lab:
        seen = protections(lab)
        if not CAN_ENCRYPT:
            # What the server enforces is no promise of ours.
            cannot_encrypt(seen.pop("encrypt")[0])
        for result, rows in seen.values():
            result.expect(0)
            tap.true(rows[0].encryption != "none", repr(rows))
    with SambaLab(["server min protocol = NT1",
                   "server max protocol = NT1"]) as lab:
        run(*where(lab), "list").expect(
            1, "SMBMGMT_E_CONNECTION_LOST", "SMB1 only")


@tap.case("a server without the srvsvc pipe")
def no_pipe(_):
    with SambaLab(["rpc start on demand helpers = no"]) as lab:
        run(*where(lab), "list").expect(1, "SMBMGMT_E_NO_SERVICE")


if __name__ == "__main__":
    main()
