# SPDX-License-Identifier: LGPL-3.0-or-later
"""Every way to log on, through a relay that keeps all bytes; what is in them.

The same search that must find nothing in what was encrypted must find
everything in what was not, or it shows nothing.
"""

import base64
import os
import re
from collections import namedtuple

from wsmantest import NAME, run, tap, where

from smblab.kdc import Kdc

KDC = Kdc(servers=(NAME,), services=("HTTP",))
# What nothing else has in it.
ROWS = [{"client": "QUARTZ{n}", "user": "LAB\\ondine", "times": 2},
        {"client": "BASALT", "user": "LAB\\petronel"}]
SOAP = ["Envelope", "MSFT_SmbSession", "SessionId"]
NAMES = ["QUARTZ1", "BASALT", "ondine", "petronel"]
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
TOKEN = rb"(?:Negotiate|Kerberos|NTLM|Basic) +([A-Za-z0-9+/]+=*)"

# how, encrypted, principal: what the server's record has to say.
Mode = namedtuple("Mode", "name tls how principal argv text env password")
ADMIN = "WSMANLAB\\admin"


def environment(cache=None):
    """The realm's, and a cache's; no other ticket is found."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("KRB5")}
    kept["KRB5_CONFIG"] = KDC.krb5_conf
    if cache:
        kept["KRB5CCNAME"] = cache
    return kept


def modes(lab, cache):
    """Each way to log on, on a lab that takes them all."""
    file = ["-A", lab.auth_file("admin")]
    fd = ["-U", "admin", "--password-fd=0"]
    typed = KDC.passwords["admin"]
    certificate, key = lab.certificate()

    def both(name, how, principal, argv, text="", env=None, password=None):
        return [Mode(f"{name} over {'HTTPS' if tls else 'HTTP'}", tls, how,
                     principal, argv, text, env or environment(), password)
                for tls in (False, True)]

    local, ticket = lab.passwords["admin"], environment(cache)
    https = both("Basic", "basic", "admin", [*file, "--auth=basic"],
                 password=local)[1:]
    https += both("client certificate", "certificate", "commonName=admin",
                  [f"--client-cert={certificate}", f"--client-key={key}"]
                  )[1:]
    return [
        *both("NTLM", "ntlm", ADMIN, file, password=local),
        *both("NTLM by name", "ntlm", ADMIN, [*file, "--auth=ntlm"],
              password=local),
        *both("Kerberos, password", "kerberos", ADMIN,
              [*fd, "--auth=kerberos"], typed + "\n", password=typed),
        *both("Kerberos, ticket", "kerberos", ADMIN, ["--auth=kerberos"],
              env=ticket),
        *both("Kerberos required", "kerberos", ADMIN,
              ["--use-kerberos=required"], env=ticket),
        *both("negotiate, password", "kerberos", ADMIN,
              [*fd, "--auth=negotiate"], typed + "\n", password=typed),
        *both("negotiate, ticket", "kerberos", ADMIN, ["--auth=negotiate"],
              env=ticket), *https]


def plain_mode(lab):
    """The one that is not encrypted."""
    return Mode("Basic over HTTP", False, "basic", "admin",
                ["-A", lab.auth_file("admin"), "--auth=basic",
                 "--allow-plaintext"], "", environment(),
                lab.passwords["admin"])


def to(lab, mode, port=None):
    """The arguments; by the name that certificate and realm know."""
    return [*where(lab, None, tls=mode.tls, host=NAME, port=port), *mode.argv]


def do(lab, mode, *argv, port=None):
    return run(*to(lab, mode, port), *argv, text=mode.text, env=mode.env)


def texts(mode, password=None):
    """What nobody on the way may see."""
    secret = mode.password or password
    if secret is None:
        return SOAP + NAMES
    pair = base64.b64encode(f"admin:{secret}".encode()).decode()
    return [*SOAP, *NAMES, secret, pair]


def found(tape, wanted):
    """{(text, encoding)} of what is in the bytes, or in a token in them."""
    bytes_ = [part for pair in tape for part in pair]
    bytes_ += [base64.b64decode(token) for part in list(bytes_)
               for token in re.findall(TOKEN, part)]
    return {(text, encoding) for text in wanted for encoding in ENCODINGS
            if any(text.encode(encoding) in part for part in bytes_)}


def check_tape(lab, mode, tape):
    """That it is the whole conversation, as the server heard it."""
    up = b"".join(pair[0] for pair in tape)
    down = b"".join(pair[1] for pair in tape)
    if mode.tls:
        # RFC 8446 5.1: a handshake, and then what is not one.
        for one_way in (up, down):
            tap.equal(one_way[:2], b"\x16\x03", f"{mode.name}: begins with")
            tap.true(b"\x17\x03\x03" in one_way, f"{mode.name}: no data")
        tap.true(b"HTTP/1.1" not in up + down, f"{mode.name}: HTTP in it")
        tap.true(len(up) > 2000 and len(down) > 2000, f"{mode.name}: all")
        return
    heard = len(lab.heard())
    tap.equal(up.count(b"POST /wsman HTTP/1.1\r\n"), heard, mode.name)
    tap.equal(down.count(b"HTTP/1.1 "), heard, mode.name)
    sealed = b"application/HTTP-SPNEGO-session-encrypted"
    tap.equal(sealed in up and sealed in down, mode.how != "basic",
              f"{mode.name}: sealed")
    tap.equal(has_ntlm(tape), mode.how == "ntlm", f"{mode.name}: NTLM")


def has_ntlm(tape):
    """Is one of the tokens that were sent up NTLM's?"""
    return any(b"NTLMSSP" in base64.b64decode(token) for pair in tape
               for token in re.findall(TOKEN, pair[0]))


def check_record(lab, mode):
    """That the server took it for what it was to be."""
    requests = lab.requests()
    sealed = not mode.tls and mode.how in ("ntlm", "kerberos")
    tap.equal({(one["how"], one["encrypted"], one["principal"])
               for one in requests}, {(mode.how, sealed, mode.principal)},
              f"{mode.name}: the server's record")
    return [one["operation"] for one in requests]
