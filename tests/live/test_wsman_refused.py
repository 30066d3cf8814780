#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Who is not let in, and why: one error each, one try, nothing listed."""

import base64
import time
from types import SimpleNamespace

from wsmancapture import KDC, ROWS, environment
from wsmantest import NAME, fails, ids, main, run, tap, where

TYPE3 = b"NTLMSSP\0\3\0\0\0"
# What the server does not tell: all of these are a 401 of the same kind.
STATES = ("disabled", "locked", "expired", "mustchange", "accountexpired",
          "nologon", "hours", "workstation", "restricted")
USER = "The server refuses this user"


def tries(lab):
    """How often a password or ticket was shown: NTLM's first is no try."""
    count = 0
    for request in lab.heard():
        given = {name.lower(): value for name, value in
                 request["headers"]}.get("authorization", "")
        scheme, _, text = given.partition(" ")
        if scheme == "Basic":
            count += 1
        elif scheme == "Negotiate":
            token = base64.b64decode(text)
            count += b"NTLMSSP" not in token or TYPE3 in token
        elif given:
            count += 1
    return count


def refused(lab, code, part, shown, argv, text="", env=None, **settings):
    """Lists nothing, closes nothing, and shows its credential so often."""
    for command in (["list"], ["close", "--client=QUARTZ1", "--force"]):
        lab.reset()
        lab.set(**settings)
        rows = [row["id"] for row in lab.sessions(ROWS)]
        done = run(*argv, *command, "--json", text=text,
                   env=env or environment())
        error = fails(done, code, part)
        tap.equal((lab.ids(), lab.requests()), (rows, []), repr(done))
        tap.equal(tries(lab), shown, f"{done!r}\ntries")
    return error


def with_password(user, password, *argv):
    return {"argv": ["-U", user, "--password-fd=0", *argv],
            "text": password + "\n"}


@tap.case("a wrong password, and an unknown user: one try each")
def logon_failed(lab):
    for how in ("ntlm", "negotiate", "basic"):
        for tls in (False, True):
            if how == "basic" and not tls:
                continue
            for user in ("admin", "nobody", "OTHER\\admin"):
                given = with_password(user, "wrong", f"--auth={how}")
                given["argv"] = where(lab, None, tls=tls) + given["argv"]
                error = refused(lab, "LOGON_FAILED", USER, 1,
                                schemes=["Negotiate", "Basic"], **given)
                tap.equal(error.get("native_code"), 401, f"{how} {user}")


@tap.case("let in, and forgotten at the first message: no second try")
def forgotten(lab):
    ticket = environment(KDC.kinit("admin"))
    for argv in (where(lab), where(lab, tls=True),
                 [*where(lab, None, host=NAME), "--auth=kerberos"]):
        lab.reset()
        lab.rules({"at": "identify", "action": "unauthorized"})
        fails(run(*argv, "list", "--json", env=ticket), "LOGON_FAILED", USER)
        tap.equal(tries(lab), 1, f"{argv}: tries")


@tap.case("a wrong password at the KDC: the server is not even asked")
def kdc_refuses(lab):
    for how in ("kerberos", "negotiate"):
        given = with_password("admin", lab.passwords["admin"],
                              f"--auth={how}")
        given["argv"] = where(lab, None, host=NAME) + given["argv"]
        refused(lab, "LOGON_FAILED", "the KDC does not take", 0, **given)
        tap.equal(lab.heard(), [], how)


@tap.case("an account that may not log on, in each state and mode")
def accounts(lab):
    cache = KDC.kinit("admin")
    certificate, key = lab.certificate()
    ticket = {"argv": [*where(lab, None, host=NAME), "--auth=kerberos"],
              "env": environment(cache)}
    shown = {"argv": [*where(lab, None, tls=True),
                      f"--client-cert={certificate}",
                      f"--client-key={key}"]}
    for state in STATES:
        refused(lab, "LOGON_FAILED", USER, 1, where(lab),
                accounts={"admin": state})
    some = {"accounts": {"admin": "locked"}}
    refused(lab, "LOGON_FAILED", USER, 1, where(lab, tls=True), **some)
    refused(lab, "LOGON_FAILED", USER, 1,
            [*where(lab, tls=True), "--auth=basic"], schemes=["Basic"],
            **some)
    refused(lab, "TICKET_REFUSED", "no account of this user", 1, **ticket,
            **some)
    refused(lab, "LOGON_FAILED", "does not take the client certificate", 1,
            **shown, **some)
    for given in ({"argv": where(lab)}, ticket, shown):
        refused(lab, "ACCESS_DENIED", "manage it", 1, **given,
                accounts={"admin": "forbidden"})
    refused(lab, "LOGON_FAILED", USER, 1, where(lab),
            accounts={"admin": "forbidden"}, forbidden_status=401)


@tap.case("let in, and not allowed to list or to close")
def rights(lab):
    lab.reset()
    rows = [row["id"] for row in lab.sessions(ROWS)]
    for user in ("nobodyrights", "stranger"):
        for command in (["list"], ["close", "--client=BASALT", "--force"]):
            fails(run(*where(lab, user), *command, "--json"), "LIST_DENIED",
                  "Access is denied")
    tap.equal(ids(run(*where(lab, "lister"), "list", "--json").expect(0)),
              rows)
    done = run(*where(lab, "lister"), "close", "--client=BASALT", "--force",
               "--json")
    tap.equal(done.status, 1, repr(done))
    tap.equal([outcome["outcome"] for outcome in done.json()["outcomes"]],
              ["FAILED"], repr(done))
    tap.true("SMBMGMT_E_CLOSE_DENIED" in done.err, repr(done))
    tap.equal(lab.ids(), rows)


@tap.case("a server that does not offer what is asked for")
def not_offered(lab):
    plain = {"allow_unencrypted": True}
    for tls in (False, True):
        refused(lab, "NEGOTIATION", "it offers: Basic", 0,
                where(lab, tls=tls), schemes=["Basic"], **plain)
    refused(lab, "NEGOTIATION", "it offers: Negotiate", 1,
            [*where(lab, tls=True), "--auth=basic"])
    refused(lab, "NEGOTIATION", "refuses messages that are not encrypted", 1,
            [*where(lab), "--auth=basic", "--allow-plaintext"],
            schemes=["Basic"])
    for tls in (False, True):
        refused(lab, "NEGOTIATION", "may allow Kerberos only", 0,
                where(lab, tls=tls), mechanisms=["kerberos"])
    refused(lab, "TICKET_REFUSED", "does not take the Kerberos ticket", 1,
            [*where(lab, None, host=NAME), "--auth=kerberos"],
            env=environment(KDC.kinit("admin")), mechanisms=["ntlm"])


@tap.case("a ticket that is absent, has expired, or is for somebody else")
def tickets(lab):
    soon = KDC.kinit("admin", "-l", "1s")
    alice = KDC.kinit("alice")
    argv = where(lab, None, host=NAME)
    for how in ("--auth=kerberos", "--auth=negotiate",
                "--use-kerberos=desired"):
        refused(lab, "NO_TICKET", "run kinit", 0, [*argv, how])
        refused(lab, "NO_TICKET", "run kinit", 0, [*argv, how],
                env=environment(KDC.cache_name("none")))
    refused(lab, "NO_TICKET", "alice@", 0,
            [*argv, "--auth=kerberos", "-U", "admin", "-N"],
            env=environment(alice))
    time.sleep(2)
    refused(lab, "TICKET_EXPIRED", "kinit again", 0,
            [*argv, "--auth=kerberos"], env=environment(soon))


@tap.case("a server that the realm does not know, or cannot: no password")
def names(lab):
    ticket = environment(KDC.kinit("admin"))
    refused(lab, "TICKET_REFUSED", "HTTP/other.smblab.test", 0,
            [*where(lab, None, host="other.smblab.test"),
             "--auth=kerberos"], env=ticket)
    for host in (lab.host, "localhost"):
        for how in ("kerberos", "negotiate"):
            refused(lab, "INVALID", "give the address apart (-I)", 0,
                    [*where(lab, None, host=host), f"--auth={how}"],
                    env=ticket)


@tap.case("no KDC: an error with a ticket, NTLM with a password")
def no_kdc(lab):
    silent = SimpleNamespace(conf=KDC.krb5_conf + ".silent")
    with open(KDC.krb5_conf, encoding="ascii") as stream:
        text = stream.read()
    with open(silent.conf, "w", encoding="ascii") as stream:
        stream.write(text.replace(f":{KDC.port}\n", ":9\n"))
    env = {**environment(KDC.kinit("admin")), "KRB5_CONFIG": silent.conf}
    refused(lab, "KDC_UNREACHABLE", "", 0,
            [*where(lab, None, host=NAME), "--auth=kerberos"], env=env)
    lab.sessions(ROWS)
    done = run(*where(lab, host=NAME), "--auth=negotiate", "list", "--json",
               env=env).expect(0)
    tap.equal(ids(done), lab.ids())
    tap.equal({one["how"] for one in lab.requests()}, {"ntlm"})


@tap.case("a client certificate that is nobody's, expired, or not for this")
def client_certificates(lab):
    for name in ("client_expired", "client_selfsigned", "good"):
        certificate, key = lab.certificate(name)
        lab.reset()
        rows = [row["id"] for row in lab.sessions(ROWS)]
        done = run(*where(lab, None, tls=True), "close", "--client=BASALT",
                   f"--client-cert={certificate}", f"--client-key={key}",
                   "--force", "--json")
        tap.equal(done.status, 1, repr(done))
        error, = done.json()["errors"]
        # TLS 1.3 tells at the first read or write after its handshake.
        tap.true(error["name"] in (
            "SMBMGMT_E_NEGOTIATION", "SMBMGMT_E_CONNECTION_LOST",
            "SMBMGMT_E_LOGON_FAILED"), repr(done))
        tap.true("client certificate" in error["message"], repr(done))
        tap.equal((lab.ids(), lab.requests()), (rows, []), name)
    certificate, _ = lab.certificate()
    _, key = lab.certificate("good")
    fails(run(*where(lab, None, tls=True), f"--client-cert={certificate}",
              f"--client-key={key}", "list", "--json"), "INVALID", "key")
    run(*where(lab, None), f"--client-cert={certificate}", "list",
        "--json").expect(2, "SMBMGMT_E_INVALID")


@tap.case("the wrong port: an error before the deadline, and nothing is shown")
def wrong_port(lab):
    for argv, code in (
            ([*where(lab, tls=True, port=lab.port), "--deadline=2"],
             "TIMED_OUT"),
            (where(lab, port=lab.tls_port), "CONNECTION_LOST")):
        done = run(*argv, "list", "--json").quick(30)
        fails(done, code, "")
    tap.equal(lab.heard(), [])


if __name__ == "__main__":
    main(KDC, client_certificates=True)
