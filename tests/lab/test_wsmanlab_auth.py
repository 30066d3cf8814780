# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4's authentication, against clients of other people."""

import base64
import os
import ssl
import struct
import subprocess
import tempfile

import gssapi
from impacket import ntlm
from winrm.exceptions import InvalidCredentialsError

from smblab import tap
from wsmanframe import (KRB5, NTLM, PASSWORD, SPNEGO, TEXT, USER, Client,
                        Frame, answer_to, environment, raises, realm, winrm)
from wsmanlab import certificates, multipart, security

KERBEROS_WAYS = ((SPNEGO, "Negotiate"), (KRB5, "Negotiate"),
                 (KRB5, "Kerberos"))


def curl(frame, *arguments):
    """(status or curl's own error, body)."""
    done = subprocess.run(
        ["curl", "-q", "-sS", "--noproxy", "*", "-m", "60", "-w",
         "\n%{http_code}", "-H", "Expect:", "--data-binary", TEXT,
         *arguments, frame.url], capture_output=True, timeout=90)
    body, _, status = done.stdout.rpartition(b"\n")
    return done.returncode and -done.returncode or int(status), body


def trusting(frame):
    return ssl.create_default_context(cafile=frame.security.certificates.ca)


@tap.case("pywinrm's NTLM: three sealed requests, whatever the parts' form")
def pywinrm():
    for settings in ({}, {"schemes": ["NTLM"]}, {"parts": 3},
                     {"media_type": "multipart/x-multi-encrypted"}):
        with Frame(**settings) as frame:
            client = winrm(frame)
            for text in (TEXT, b"x", TEXT * 300):
                tap.equal(client.send_message(text), answer_to(text))
            tap.true(all(made.encrypted and made.how == "ntlm"
                         for made in frame.decisions[-3:]), "sealed")


@tap.case("a wrong password, an unknown user, states of accounts: 401 or 403")
def refused():
    with Frame() as frame:
        raises(InvalidCredentialsError, winrm(frame, "wrong").send_message,
               TEXT)
        with Client(frame, name="nobody") as client:
            tap.equal(client.log_on(), 401)
        for state in ("disabled", "locked", "expired", "accountexpired"):
            frame.settings["accounts"] = {"ADMIN": state}
            raises(InvalidCredentialsError, winrm(frame).send_message, TEXT)
        frame.settings["accounts"] = {USER: "forbidden"}
        for status in (403, 401):
            frame.settings["forbidden_status"] = status
            with Client(frame) as client:
                tap.equal(client.log_on(), status)


@tap.case("MIT's SPNEGO with gss-ntlmssp: MICs, numbers; and NTLMSSP alone")
def gss_ntlm():
    for mech in (SPNEGO, NTLM):
        for settings in ({}, {"part_tab": False}, {"part_end": ""},
                         {"parts": 4}):
            with Frame(**settings) as frame, Client(frame, mech) as client:
                tap.equal(client.log_on(), 200)
                for text in (TEXT, b"y", TEXT * 300):
                    tap.equal(client.ask(text), answer_to(text))
    with Frame(ntlm_mic="require") as frame, Client(frame) as client:
        tap.equal(client.log_on(), 200)
        token = base64.b64decode(
            frame.decisions[-1].answer[1][0][1].partition(" ")[2])
        tap.true(b"\xa3\x12\x04\x10\x01\0\0\0" in token, "the server's MIC")
        # Alone it sends a MIC and does not say so: nobody may rely on that.
        with Client(frame, NTLM) as client:
            tap.equal(client.log_on(), 401)
    for rule in ("omit", "broken"):
        with Frame(mechlist_mic=rule) as frame, Client(frame) as client:
            raises(gssapi.exceptions.GSSError, client.log_on)


@tap.case("Kerberos, raw and in SPNEGO: both forms of a sealed answer")
def kerberos():
    with realm() as kdc:
        for form in ("iov", "token"):
            with Frame(keytab=kdc.keytab, kerberos_form=form,
                       schemes=["Negotiate", "Kerberos"]) as frame:
                for mech, scheme in KERBEROS_WAYS:
                    with Client(frame, mech, cache=kdc.cache) as client:
                        kerberos_line(frame, client, scheme, form)


def kerberos_line(frame, client, scheme, form):
    tap.equal(client.log_on(scheme), 200)
    tap.true(client.context.complete, "the server showed who it is")
    client.protocol = multipart.SPNEGO if scheme == "Negotiate" \
        else multipart.KERBEROS
    client.whole = form == "token"
    for text in (TEXT, b"z", TEXT * 300):
        tap.equal(client.ask(text), answer_to(text))
    whole = client.context.wrap(TEXT, True).message
    status, headers, body = client.send(
        b"", messages=[(len(TEXT), whole[:60], whole[60:])])
    tap.equal(status, 200, "one whole token from the client")
    kind, found = multipart.decode(headers["Content-Type"], body)
    tap.equal(kind, client.protocol)
    size, header, data = found[0]
    tap.equal(client.unsealed(header, data), answer_to(TEXT))
    tap.equal(frame.decisions[-1].how, "kerberos")
    tap.equal((len(header), len(data)), (60, size))
    tap.equal(header[6:8], b"\0\0" if form == "token" else b"\0\x1c")


@tap.case("plain over HTTP: an empty 500 unless allowed, for every scheme")
def plain():
    login = ("--basic", "-u", f"{USER}:{PASSWORD}")
    with realm() as kdc, Frame(
            keytab=kdc.keytab,
            schemes=["Basic", "Negotiate", "Kerberos"]) as frame:
        for allowed in (False, True):
            frame.settings["allow_unencrypted"] = allowed
            wanted = (200, answer_to(TEXT)) if allowed else (500, b"")
            for cache in (None, kdc.cache):
                with Client(frame, cache=cache) as client:
                    tap.equal(client.log_on(), 200)
                    status, _, body = client.post(TEXT)
                    tap.equal((status, body), wanted)
            wanted = (200, answer_to(TEXT, USER)) if allowed else (500, b"")
            tap.equal(curl(frame, *login), wanted)
        tap.equal(curl(frame)[0], 401)
        frame.settings["schemes"] = ["Negotiate"]
        tap.equal(curl(frame, *login)[0], 401)


@tap.case("curl: Basic over TLS, client certificates, who is not trusted")
def over_tls():
    with Frame(tls=True, certificates=True,
               schemes=["Basic", "Negotiate"]) as frame:
        made = frame.security.certificates
        trust = ("--cacert", made.ca)
        basic = ("--basic", "-u", f"{USER}:{PASSWORD}")
        tap.equal(curl(frame, *trust, *basic), (200, answer_to(TEXT, USER)))
        tap.equal(curl(frame, *trust, "--basic", "-u", "admin:x")[0], 401)
        tap.equal(curl(frame, *basic)[0], -60)
        mutual = ("-H", f"Authorization: {security.MUTUAL}", *trust)

        def with_certificate(name):
            certificate, key = made.pair(name)
            return curl(frame, *mutual, "--cert", certificate, "--key", key)

        tap.equal(with_certificate("client"),
                  (200, answer_to(TEXT, f"commonName={USER}")))
        tap.equal(curl(frame, *mutual)[0], 401)
        for name in ("client_selfsigned", "client_expired", "good"):
            tap.true(with_certificate(name)[0] < 0, name)
        frame.settings["accounts"] = {USER: "disabled"}
        tap.equal(with_certificate("client")[0], 401)
        tap.equal(curl(frame, *trust, *basic)[0], 401)


@tap.case("certificates: those that a client refuses, and the version's limit")
def trust():
    for name, says in (("good", 200), ("sha384", 200), ("expired", -60),
                       ("othername", -60), ("selfsigned", -60)):
        with Frame(tls=True, certificate=name, schemes=["Basic"],
                   tls_max="1.2") as frame:
            ca = frame.security.certificates.ca
            login = ("--cacert", ca, "--basic", "-u", f"{USER}:{PASSWORD}")
            tap.equal(curl(frame, *login)[0], says, name)
            tap.true(curl(frame, *login, "--tlsv1.3")[0] < 0, "1.3")


@tap.case("channel bindings over TLS: none, accepted, required; pywinrm's")
def ntlm_bindings():
    for name in ("good", "sha384"):
        for rule in ("none", "accept", "require"):
            with Frame(tls=True, channel_bindings=rule,
                       certificate=name) as frame:
                for send in (True, False):
                    client = winrm(
                        frame, send_cbt=send,
                        ca_trust_path=frame.security.certificates.ca)
                    if rule == "require" and not send:
                        raises(InvalidCredentialsError, client.send_message,
                               TEXT)
                    else:
                        tap.equal(client.send_message(TEXT), answer_to(TEXT))


@tap.case("channel bindings through GSSAPI: right, absent, another server's")
def gss_bindings():
    with realm() as kdc, tempfile.TemporaryDirectory() as other:
        stranger = certificates.end_point(certificates.Certificates(
            other, "x.smblab.test", USER).pair("good")[0])
        for rule in ("none", "accept", "require"):
            with Frame(tls=True, channel_bindings=rule,
                       keytab=kdc.keytab) as frame:
                for binding in (frame.security.binding, None, stranger):
                    bad = (rule != "none" and binding == stranger
                           or rule == "require" and binding is None)
                    for mech, cache in ((SPNEGO, None), (NTLM, None),
                                        (SPNEGO, kdc.cache),
                                        (KRB5, kdc.cache)):
                        with Client(frame, mech, cache=cache, binding=binding,
                                    tls=trusting(frame)) as client:
                            tap.equal(client.log_on(), 401 if bad else 200,
                                      f"{rule} {mech} {cache}")
                            if not bad:
                                tap.equal(client.ask(TEXT), answer_to(TEXT))


@tap.case("NTLMv1, LM and nobody at all are refused")
def old_answers():
    def negotiate(client, token):
        return client.post(Authorization="Negotiate " + base64.b64encode(
            token).decode())

    def old(first, second):
        return ntlm.getNTLMSSPType3(first, second, USER, PASSWORD, "WSMANLAB",
                                    use_ntlmv2=False)[0].getData()

    def new(first, second):
        return ntlm.getNTLMSSPType3(first, second, USER, PASSWORD,
                                    "WSMANLAB")[0].getData()

    def nobody(first, _):
        return (b"NTLMSSP\0" + struct.pack("<I", 3)
                + struct.pack("<HHI", 0, 0, 64) * 6
                + struct.pack("<I", first["flags"]))

    for make, wanted in ((new, 200), (old, 401), (nobody, 401)):
        with Frame() as frame, Client(frame) as client:
            first = ntlm.getNTLMSSPType1()
            _, headers, _ = negotiate(client, first.getData())
            second = base64.b64decode(headers["WWW-Authenticate"][10:])
            status, headers, _ = negotiate(client, make(first, second))
            tap.equal(status, wanted, make.__name__)


@tap.case("who begins with Kerberos and gets NTLM needs both MICs")
def fallback():
    with realm() as kdc:
        kdc.get_ticket(kdc.cache, "HTTP/localhost")
        known = os.path.join(kdc.directory, "ntlm")
        with open(known, "w", encoding="ascii") as stream:
            stream.write(f"WSMANLAB:{USER}:{PASSWORD}\n")
        with environment(KRB5CCNAME=kdc.cache, NTLM_USER_FILE=known), \
                Frame(keytab=kdc.keytab) as frame:
            for mechanisms in (["kerberos", "ntlm"], ["ntlm"]):
                frame.settings["mechanisms"] = mechanisms
                with Client(frame, creds=False) as client:
                    client.kerberos = mechanisms[0] == "kerberos"
                    tap.equal(client.log_on(), 200)
                    tap.equal(client.ask(TEXT), answer_to(TEXT))
                    tap.equal(frame.decisions[-1].how, mechanisms[0])
            with Client(frame, creds=False) as client:
                client.strip_mic = True
                tap.equal(client.log_on(), 401)


@tap.case("schemes: offered in order, singly or in one; refused if not named")
def schemes():
    with Frame(schemes=["Negotiate", "NTLM", "Basic"]) as frame, \
            Client(frame) as client:
        tap.equal(client.post(TEXT)[1].get_all("WWW-Authenticate"),
                  ["Negotiate", "NTLM", 'Basic realm="WSMAN"'])
        frame.settings["schemes_form"] = "one"
        tap.equal(client.post(TEXT)[1].get_all("WWW-Authenticate"),
                  ['Negotiate, NTLM, Basic realm="WSMAN"'])
        frame.settings["schemes"] = ["Negotiate"]
        with Client(frame, NTLM) as other:
            tap.equal(other.log_on("NTLM"), 401)
        frame.settings["mechanisms"] = ["kerberos"]
        with Client(frame, NTLM) as other:
            tap.equal(other.log_on(), 401)
        for token in ("!", "AAAA", "YIIB", "TlRMTVNTUAADAAAA"):
            status, _, _ = client.post(Authorization=f"Negotiate {token}")
            tap.equal(status, 400 if token == "!" else 401, token)


def client_is_not_sure(client, scheme):
    try:
        tap.equal(client.log_on(scheme), 200)
        tap.true(not client.context.complete, "mutual authentication")
    except gssapi.exceptions.GSSError:
        pass


@tap.case("the final token, authentication that is dropped, one that hangs")
def odd_servers():
    def final(rule, mech):
        with Frame(final_token=rule) as frame, Client(frame, mech) as client:
            client.log_on()
            made = frame.decisions[-1].answer
            tap.equal(made[0], 200)
            return [value for _, value in made[1]]

    tap.equal(final("mechanism", NTLM), [])
    tap.equal(final("always", NTLM), ["Negotiate oQcwBaADCgEA"])
    with Frame(final_token="never") as frame, Client(frame) as client:
        client.log_on()
        tap.true(not client.context.complete, "the MIC did not come")
    raises(gssapi.exceptions.GSSError, final, "broken", SPNEGO)
    with realm() as kdc:
        for mech, scheme in KERBEROS_WAYS:
            for rule in ("never", "broken"):
                with Frame(final_token=rule, keytab=kdc.keytab) as frame, \
                        Client(frame, mech, cache=kdc.cache) as client:
                    client_is_not_sure(client, scheme)

    with Frame(drop_after=2) as frame, Client(frame) as client:
        client.log_on()
        for text in (b"1", b"2"):
            tap.equal(client.ask(text), answer_to(text))
        tap.equal(client.send(b"3")[0], 401)
        tap.equal(client.send(b"3")[0], 401)
    with Frame(hang_without_authorization=True) as frame, \
            Client(frame) as client:
        client.post()
        tap.true(not frame.decisions[-1].hang, "no body")
        client.post(TEXT)
        tap.true(frame.decisions[-1].hang, "a body")
        tap.equal(client.log_on(), 200)
        tap.equal(client.ask(TEXT), answer_to(TEXT))


@tap.case("every setting is explained, and refuses what it cannot be")
def settings():
    explained = {line.split()[0] for line in security.__doc__.splitlines()
                 if line[:1].strip() and line.split()[0]
                 in security.DEFAULTS}
    tap.equal(explained, set(security.DEFAULTS))
    for name in security.DEFAULTS:
        raises(ValueError, security.value_of, {name: object()}, name)


tap.main()
