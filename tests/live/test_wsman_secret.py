#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Over WS-Management, too, a password shows nowhere, nor what stands for it.

Not in any process's command line or environment, and not in what the command
says, in its log or in its audit file; no token of a log-on, either.  What was
sent in Authorization is known from the server, which heard it.
"""

import base64
import os
import secrets
import tempfile

from sampler import Control, Sampler, forms
from wsmancapture import KDC, ROWS, environment
from wsmantest import NAME, invoked, main, run, tap, where

from smblab import Relay

RIGHTS = ("member", "list", "close")
# over TLS, the words, the server's settings.
MODES = {
    "NTLM over HTTP": (False, ["--auth=ntlm"], {}),
    "NTLM over HTTPS": (True, ["--auth=ntlm"], {}),
    "Kerberos over HTTP": (False, ["--auth=kerberos"], {}),
    "Kerberos over HTTPS": (True, ["--auth=kerberos"], {}),
    "Basic over HTTPS": (True, ["--auth=basic"], {}),
    "Basic over HTTP": (False, ["--auth=basic", "--allow-plaintext"],
                        {"allow_unencrypted": True}),
}


def by_descriptor(argv, secret, env):
    """The password comes down a pipe that nobody else has."""
    reading, writing = os.pipe()
    try:
        os.write(writing, secret.encode() + b"\n")
        os.close(writing)
        return run(*argv, "-U", "admin", f"--password-fd={reading}",
                   env=env, pass_fds=[reading])
    finally:
        os.close(reading)


def by_file(argv, secret, env):
    with tempfile.NamedTemporaryFile("w") as auth:
        auth.write(f"username = admin\npassword = {secret}\n")
        auth.flush()
        return run(*argv, "-A", auth.name, env=env)


def pairs(secret):
    """What Basic sends."""
    return [base64.b64encode(f"{user}:{secret}".encode()).decode()
            for user in ("admin", "WSMANLAB\\admin", "")]


def heard_tokens(lab):
    """Each thing that was in Authorization, without its scheme."""
    return {value.partition(" ")[2] for request in lab.heard()
            for name, value in request["headers"]
            if name.lower() == "authorization" and " " in value}


def check_said(lab, secret, said):
    """Output, log and audit file of one command."""
    for form in [form for text in (secret, *pairs(secret))
                 for form in forms(text)]:
        tap.true(form not in said.encode(), f"a password is in {said}")
    for word in ("authorization", "negotiate ", "ntlmssp",
                 *(token.lower() for token in heard_tokens(lab))):
        tap.true(word not in said.lower(), f"{word!r} is in {said}")


def commands(folder, level):
    """(words, audit file or None) of each."""
    yield ["-d", level, "list"], None
    yield ["-d", level, "list", "--json"], None
    audit = os.path.join(folder, f"audit-{level}")
    yield ["-d", level, "close", "--client=BASALT", "--force", "--json",
           f"--audit={audit}"], audit


def use(lab, mode, give, relay, secret):
    """Let the secret be used in this mode, and refused; gives the tries."""
    tls, words, settings = MODES[mode]
    argv = [*where(lab, None, tls=tls, host=NAME, port=relay.port), *words]
    tries = 0
    for level in ("0", "3"):
        with tempfile.TemporaryDirectory() as folder:
            for command, audit in commands(folder, level):
                lab.reset()
                lab.set(schemes=["Negotiate", "Basic"], **settings)
                lab.add_user("admin", secret, RIGHTS)
                lab.sessions(ROWS)
                done = give([*argv, *command], secret, environment())
                done_said = done.out + done.err
                tap.equal(done.status, 0, repr(done))
                if audit:
                    with open(audit, encoding="utf-8") as stream:
                        done_said += stream.read()
                    tap.true("BASALT" in done_said, "the audit's session")
                    tap.equal(len(invoked(lab)), 1, repr(done))
                check_said(lab, secret, done_said)
                tries += len(heard_tokens(lab))
    # A password that is wrong is a password as well.
    lab.add_user("admin", secrets.token_hex(12), RIGHTS)
    if "kerberos" in words[0]:
        KDC.admin(f"cpw -pw {secrets.token_hex(12)} admin")
    done = give([*argv, "-d", "4", "list", "--json"], secret, environment())
    tap.true("SMBMGMT_E_LOGON_FAILED" in done.err, repr(done))
    check_said(lab, secret, done.out + done.err)
    return tries


def sampled(lab, mode, give):
    secret, control_secret = secrets.token_hex(12), secrets.token_hex(12)
    port = lab.tls_port if MODES[mode][0] else lab.port
    KDC.admin(f"cpw -pw {secret} admin")
    with Relay(lab.host, port, delay_ms=5, record=True) as relay, \
            Control(control_secret) as control, \
            Sampler(secret, control_secret, *pairs(secret)) as sampler:
        tries = use(lab, mode, give, relay, secret)
    tap.true(tries >= 6, f"{mode}: {tries} log-ons heard")
    tap.equal(sampler.finds(control_secret), control.hits,
              f"{mode}: what the look found of the control")
    for text in (secret, *pairs(secret)):
        tap.equal(sampler.finds(text), set(), f"{mode}: what it found")
    for name in ("smbmgmt", "smbmgmt-helper", "smbmgmt-conn"):
        tap.true(name in sampler.names, f"{name} was never looked at")
    tap.true(sampler.rounds >= 10, f"{sampler.rounds} looks")


@tap.case("given by a descriptor, in each mode that takes a password")
def descriptor(lab):
    for mode in MODES:
        sampled(lab, mode, by_descriptor)


@tap.case("given by a file")
def auth_file(lab):
    sampled(lab, "NTLM over HTTP", by_file)
    sampled(lab, "Basic over HTTPS", by_file)


@tap.case("given in a shell, whose handle lives on and logs on again")
def in_shell(lab):
    secret = secrets.token_hex(12)
    for auth in ("ntlm", "basic"):
        lab.reset()
        lab.set(schemes=["Negotiate", "Basic"], drop_after=3)
        lab.add_user("admin", secret, RIGHTS)
        lab.sessions(ROWS)
        server = where(lab, None, tls=True)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(f"username = admin\npassword = {secret}\n")
            file.flush()
            done = run("-d", "4", "shell", "-c",
                       f"open -A {file.name} --auth={auth} {server[2]} "
                       f"{server[1]}; list; list --json; "
                       "close --client=BASALT --force")
        tap.equal(done.status, 0, repr(done))
        tap.equal(len(invoked(lab)), 1, repr(done))
        tap.true(heard_tokens(lab), "nothing was heard")
        check_said(lab, secret, done.out + done.err)


@tap.case("the search is right: it finds a token that is there")
def control(lab):
    lab.reset()
    secret = secrets.token_hex(12)
    lab.set(schemes=["Basic"], allow_unencrypted=True)
    lab.add_user("admin", secret, RIGHTS)
    by_file([*where(lab, None), "--auth=basic", "--allow-plaintext", "list",
             "--json"], secret, environment()).expect(0)
    token, = heard_tokens(lab)
    tap.equal(token, pairs(secret)[0])
    for said in (f"a\nsecret {secret}", f"a\n{token}", "a\nAuthorization: x",
                 f"a\n{token.lower()}"):
        try:
            check_said(lab, secret, said)
        except AssertionError:
            continue
        raise AssertionError(f"not found: {said}")


if __name__ == "__main__":
    main(KDC)
