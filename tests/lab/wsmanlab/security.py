# SPDX-License-Identifier: LGPL-3.0-or-later
"""Who asks, and whether it may be read: the server's security.

    security = Security(directory, {"admin": "secret"}, settings)
    context = security.tls_context(client_certificates=False)
    each connection: gate = Authenticator(security, settings, tls or None)
    each request:    decision = gate.take(method, headers, body)
        decision.answer    (status, headers, body) to send at once, or None
        decision.hang      never answer (the answer is for who cannot hang)
        decision.principal, .how    who it is, by which means
        decision.soap      the request in plain
        decision.encrypted seal the answer: gate.seal(plain) gives
                           (content type, body)
        decision.headers   to be added to the answer
Settings are a dictionary of the server's, read anew at each use; a name that
is missing has its default.

Who:
computer            NetBIOS name in NTLM's challenge
domain              what stands before the name of a principal
accounts            {user: state}: ok; disabled, locked, expired (password),
                    mustchange, accountexpired, nologon, hours, workstation,
                    restricted: not let in, 401; forbidden: authenticated and
                    not let in, answered with forbidden_status
forbidden_status    403 or 401
schemes             what is offered and taken, in this order: Negotiate,
                    Kerberos, NTLM, Basic
schemes_form        headers: a WWW-Authenticate each; one: all in one
mechanisms          what Negotiate takes: kerberos (with a keytab), ntlm
keytab              Kerberos' keys; without, no Kerberos
host                the name in the certificates, beside localhost
certificate         good, expired, othername, sha384, selfsigned: when
                    tls_context() is called
certificate_user    CN of the client's certificates, when they are made
tls_max             1.3 or 1.2, when tls_context() is called
How:
allow_unencrypted   plain requests over HTTP are taken; else an empty 500
channel_bindings    none: not looked at; accept: wrong ones refused;
                    require: absent ones as well (TLS only)
ntlm_mic            accept: checked if there; require
mechlist_mic        answer, omit or broken: SPNEGO's MIC of the server, if
                    the client sends one
final_token         mechanism: what it gives, raw NTLM nothing; always:
                    SPNEGO's "accepted" for raw NTLM too; never; broken: one
                    bit changed
hang_without_authorization  a POST with a body and no Authorization on a
                    connection nobody is authenticated on is never answered
drop_after          after that many requests let through, the connection's
                    authentication is gone: 401; 0: never
kerberos_form       iov: header and data as gss_wrap_iov has them; token:
                    one gss_wrap token cut at 60
answer_protocol     same as the request's, or spnego, kerberos
media_type          of an encrypted answer: multipart/encrypted or
                    multipart/x-multi-encrypted
parts               how many messages an answer is cut into
part_tab            a TAB before the lines of the parts
part_end            what follows the closing boundary
broken              what is wrong with an encrypted answer: none; signature,
                    ciphertext: one bit of it; sequence: a number left out;
                    replay: the answer before again; plain: not encrypted;
                    length_more, length_less, length_huge, length_negative,
                    length_missing: Length; truncated_header,
                    header_larger, header_huge, header_zero: the security
                    header's length; boundary: another in the Content-Type;
                    no_boundary: none there; no_description, no_data: a part
                    left out; no_close: no closing boundary; empty: no body;
                    protocol: the other one in the part
broken_at           the connection's answer, from 1, that it is done to; 0:
                    all
A client certificate is taken with `Authorization: .../https/mutual` over a
tls_context(True), by whatever schemes; the principal is its subject.
"""

import base64
import hmac
import ssl
from dataclasses import dataclass, field

from winlab import ntlmauth, spnego

from . import certificates, kerberos, multipart, ntlm

MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
SEALING_FAULTS = ("none", "signature", "ciphertext", "sequence", "replay",
                  "plain")
PROTOCOLS = {"spnego": multipart.SPNEGO, "kerberos": multipart.KERBEROS}
# As in winlab: of a tuple the first is the default, the rest may be too.
DEFAULTS = {
    "computer": "WSMANLAB",
    "domain": "WSMANLAB",
    "accounts": {},
    "forbidden_status": (403, 401),
    "schemes": ["Negotiate", "Kerberos"],
    "schemes_form": ("headers", "one"),
    "mechanisms": ["kerberos", "ntlm"],
    "keytab": "",
    "host": "wsman.smblab.test",
    "certificate": ("good", "expired", "othername", "sha384", "selfsigned"),
    "certificate_user": "admin",
    "tls_max": ("1.3", "1.2"),
    "allow_unencrypted": False,
    "channel_bindings": ("accept", "none", "require"),
    "ntlm_mic": ("accept", "require"),
    "mechlist_mic": ("answer", "omit", "broken"),
    "final_token": ("mechanism", "always", "never", "broken"),
    "hang_without_authorization": False,
    "drop_after": 0,
    "kerberos_form": ("iov", "token"),
    "answer_protocol": ("same", "spnego", "kerberos"),
    "media_type": multipart.TYPES,
    "parts": 1,
    "part_tab": True,
    # pywinrm, which is used with Windows, reads no answer without.
    "part_end": "\r\n",
    "broken": SEALING_FAULTS + multipart.BROKEN,
    "broken_at": 0,
}


def value_of(settings, name):
    """The setting's value; ValueError if it cannot be that."""
    known = DEFAULTS[name]
    default = known[0] if isinstance(known, tuple) else known
    value = settings.get(name, default)
    if isinstance(known, tuple) and value not in known:
        raise ValueError(f"{name}: {value!r} is none of {known}")
    if type(value) is not type(default):
        raise ValueError(f"{name}: {value!r} is no {type(default).__name__}")
    return value


@dataclass
class Decision:
    answer: tuple = None
    principal: str = ""
    how: str = ""
    soap: bytes = b""
    encrypted: bool = False
    headers: list = field(default_factory=list)
    hang: bool = False


class Security:
    """What the connections of one server have in common."""

    def __init__(self, directory, users, settings):
        self.directory, self.users, self.settings = directory, users, settings
        self._certificates = self._kerberos = self.binding = None

    @property
    def certificates(self):
        if not self._certificates:
            self._certificates = certificates.Certificates(
                f"{self.directory}/tls", value_of(self.settings, "host"),
                value_of(self.settings, "certificate_user"))
        return self._certificates

    def tls_context(self, client_certificates):
        made = self.certificates
        pair = made.pair(value_of(self.settings, "certificate"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if value_of(self.settings, "tls_max") == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if client_certificates:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(made.ca)
        self.binding = certificates.end_point(pair[0])
        return context

    def kerberos(self):
        keytab = value_of(self.settings, "keytab")
        if not self._kerberos:
            self._kerberos = kerberos.credentials(keytab, self.directory)
        return self._kerberos

    def state(self, name):
        states = value_of(self.settings, "accounts")
        lowered = {user.lower(): state for user, state in states.items()}
        state = lowered.get(name.lower(), "ok")
        if state != "forbidden" and state not in ntlmauth.STATES:
            raise ValueError(f"accounts: {state!r}")
        return state

    def table(self):
        """The users as winlab's exchange wants them."""
        def logon(name):
            state = self.state(name)
            return "ok" if state == "forbidden" else state

        return {name.upper(): {"name": name, "password": password,
                               "state": logon(name)}
                for name, password in self.users.items()}


class Authenticator:
    """One connection."""

    def __init__(self, security, settings, tls):
        self.security, self.settings, self.tls = security, settings, tls
        self.acceptor = self.scheme = self.protocol = None
        self.ready = False
        self.let_through = self.answers = 0
        self.before = None

    def option(self, name):
        return value_of(self.settings, name)

    def take(self, method, headers, body):
        given = headers.get("authorization", "").strip()
        scheme, _, rest = given.partition(" ")
        if given == MUTUAL:
            return self._certificate(headers, body)
        if scheme.lower() not in [known.lower()
                                  for known in self.option("schemes")]:
            if given or not self.ready:
                decision = self._unauthorized()
                decision.hang = bool(
                    method == "POST" and body and not given
                    and self.option("hang_without_authorization"))
                return decision
            return self._again(headers, body)
        if scheme.lower() == "basic":
            return self._basic(rest, headers, body)
        return self._token(scheme, rest, headers, body)

    def _forget(self):
        self.acceptor, self.ready, self.let_through = None, False, 0

    def _unauthorized(self):
        self._forget()
        offers = ['Basic realm="WSMAN"' if name == "Basic" else name
                  for name in self.option("schemes")]
        if self.option("schemes_form") == "one":
            offers = [", ".join(offers)]
        return Decision((401, [("WWW-Authenticate", offer)
                               for offer in offers], b""))

    def _again(self, headers, body):
        """A request on a connection that is authenticated."""
        limit = self.option("drop_after")
        if limit and self.let_through >= limit:
            return self._unauthorized()
        return self._admit(self.acceptor, headers, body, [])

    def _certificate(self, headers, body):
        peer = self.tls.getpeercert() if self.tls else None
        if not peer:
            return self._unauthorized()
        names = [pair for part in peer["subject"] for pair in part]
        subject = ",".join(f"{key}={value}" for key, value in names)
        user = dict(names).get("commonName", "")
        return self._judge("certificate", subject, user, headers, body, [])

    def _basic(self, rest, headers, body):
        try:
            name, _, password = base64.b64decode(rest, validate=True).decode(
                ).partition(":")
        except ValueError:
            return Decision((400, [], b""))
        name = name.rpartition("\\")[2]
        user = self.security.table().get(name.upper())
        if user is None or user["state"] != "ok" or not hmac.compare_digest(
                user["password"].encode(), password.encode()):
            return self._unauthorized()
        return self._judge("basic", user["name"], user["name"], headers, body,
                           [])

    def _token(self, scheme, text, headers, body):
        try:
            token = base64.b64decode(text, validate=True)
        except ValueError:
            self._forget()
            return Decision((400, [], b""))
        try:
            if self.ready or self.acceptor is None or scheme != self.scheme:
                self._forget()
                self.acceptor = self._begin(scheme.lower(), token)
                self.scheme = scheme
            done, answer = self.acceptor.step(token)
        except (ntlm.Refused, ntlm.BadToken):
            return self._unauthorized()
        if not done:
            return Decision((401, self._challenge(answer), b""))
        self.ready = True
        if self.security.state(self.acceptor.account()) not in (
                "ok", "forbidden"):
            return self._unauthorized()
        return self._admit(self.acceptor, headers, body, self._final(answer))

    def _challenge(self, token):
        return [("WWW-Authenticate", (self.scheme + " " + base64.b64encode(
            token).decode()).strip())]

    def _final(self, token):
        rule = self.option("final_token")
        if rule == "always" and not token:
            token = ntlm.ACCEPTED
        if rule == "never" or not token:
            return []
        if rule == "broken":
            token = token[:-1] + bytes((token[-1] ^ 1,))
        return self._challenge(token)

    def _begin(self, scheme, token):
        """Who takes the exchange that begins with this token."""
        allowed = self.option("mechanisms") if scheme == "negotiate" else [
            scheme]
        if not self.option("keytab"):
            allowed = [name for name in allowed if name != "kerberos"]
        wanted = self._wanted(token)
        rule = self.option("channel_bindings")
        binding = self.security.binding if self.tls and rule != "none" \
            else None
        if "kerberos" in allowed and wanted == "kerberos":
            return kerberos.Acceptor(
                self.security.kerberos(), self.option("domain"), binding,
                rule == "require", self.option("kerberos_form"))
        if "ntlm" not in allowed:
            raise ntlm.BadToken("not this mechanism")
        return ntlm.Acceptor(ntlm.Exchange(
            self.security.table(), self.option("computer"),
            self.option("domain"), binding, rule == "require",
            self.option("ntlm_mic") == "require"),
            self.option("mechlist_mic"))

    @staticmethod
    def _wanted(token):
        """The mechanism of the token, of SPNEGO's list the first."""
        if token.startswith(b"NTLMSSP\0"):
            return "ntlm"
        body, _ = spnego.expect(token, 0x60)
        oid, body = spnego.expect(body, 0x06)
        if oid == spnego.SPNEGO:
            body, _ = spnego.expect(body, 0xA0)
            listed, _ = spnego.expect(spnego.fields(body).get(0, b""), 0x30)
            oid, _ = spnego.expect(listed, 0x06)
        return "kerberos" if oid in (kerberos.KRB5, kerberos.MS_KRB5) \
            else "ntlm"

    def _judge(self, how, principal, account, headers, body, more):
        """Whether one who is known may ask, and in plain."""
        state = self.security.state(account)
        if state == "forbidden":
            status = self.option("forbidden_status")
            return self._unauthorized() if status == 401 else Decision(
                (status, more, b""))
        if state != "ok":
            return self._unauthorized()
        if multipart.is_encrypted(headers.get("content-type", "")):
            return Decision((400, more, b""))
        if not self.tls and not self.option("allow_unencrypted"):
            return Decision((500, more, b""))
        self.let_through += 1
        return Decision(None, principal, how, body, False, more)

    def _admit(self, acceptor, headers, body, more):
        """The same with a context, which may have sealed the request."""
        content_type = headers.get("content-type", "")
        if not body and self.security.state(acceptor.account()) == "ok":
            return Decision((200, more, b""))
        if not body or not multipart.is_encrypted(content_type):
            return self._judge(acceptor.how, acceptor.principal(),
                               acceptor.account(), headers, body, more)
        try:
            plain = self._open(acceptor, content_type, body)
        except (multipart.Malformed, ntlm.Unsealable):
            self._forget()
            return Decision((400, more, b""))
        if self.security.state(acceptor.account()) != "ok":
            return self._judge(acceptor.how, acceptor.principal(),
                               acceptor.account(), {}, b"", more)
        self.let_through += 1
        return Decision(None, acceptor.principal(), acceptor.how, plain, True,
                        more)

    def _open(self, acceptor, content_type, body):
        protocol, messages = multipart.decode(content_type, body)
        if protocol not in PROTOCOLS.values() or (
                protocol == multipart.KERBEROS and acceptor.how != "kerberos"):
            raise multipart.Malformed(f"protocol {protocol}")
        plain = []
        for size, header, sealed in messages:
            text = acceptor.unseal(header, sealed)
            if len(text) != size:
                raise multipart.Malformed("the plain text has another Length")
            plain.append(text)
        self.protocol = protocol
        return b"".join(plain)

    def seal(self, plain):
        """(content type, body) of an answer to an encrypted request."""
        self.answers += 1
        at, broken = self.option("broken_at"), self.option("broken")
        if at and at != self.answers:
            broken = "none"
        if broken == "plain":
            return multipart.SOAP, plain
        if broken == "replay" and self.before:
            return self.before
        if broken == "sequence":
            self.acceptor.skip()
        protocol = PROTOCOLS.get(self.option("answer_protocol"),
                                 self.protocol)
        self.before = multipart.encode(
            protocol, [self._seal_one(text, broken)
                       for text in cut(plain, self.option("parts"))],
            self.option("media_type"), self.option("part_tab"),
            self.option("part_end"), broken)
        return self.before

    def _seal_one(self, text, broken):
        header, sealed = self.acceptor.seal(text)
        if broken == "signature":
            # In the checksum, and so not in NTLM's number, which is last.
            at = 4 if self.acceptor.how == "ntlm" else len(header) - 1
            header = header[:at] + bytes((header[at] ^ 1,)) + header[at + 1:]
        if broken == "ciphertext":
            sealed = sealed[:-1] + bytes((sealed[-1] ^ 1,))
        return len(text), header, sealed


def cut(plain, count):
    size = max(1, -(-len(plain) // max(1, count)))
    return [plain[at:at + size] for at in range(0, len(plain), size)] or [b""]
