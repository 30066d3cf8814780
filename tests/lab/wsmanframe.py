# SPDX-License-Identifier: LGPL-3.0-or-later
"""Around lab 4's security: an HTTP server, and clients of other people's.

The server answers each request with its text backwards, under the name of
who asked.  pywinrm and requests-ntlm speak NTLM to it; MIT's SPNEGO and
Kerberos, and gss-ntlmssp, through python3-gssapi.
"""

import base64
import contextlib
import hashlib
import http.client
import http.server
import os
import shutil
import tempfile
import threading
import warnings

import gssapi
from Cryptodome.Hash import MD4
from gssapi.raw import (IOV, ChannelBindings, IOVBufferType,
                        acquire_cred_with_password, unwrap_iov, wrap_iov)
from ntlm_auth import compute_hash
from winrm.transport import Transport

from smblab import tap
from smblab.kdc import Kdc
from winlab import spnego
from wsmanlab import multipart, security

USER, PASSWORD = "admin", "a secret of 3 words"
SOAP = "application/soap+xml;charset=UTF-8"
TEXT = b"<Envelope>" + bytes(range(32, 127)) * 3 + b"</Envelope>"
NTLM = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
KRB5 = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
CLIENT_SECONDS = 60
# pywinrm would ask the environment's proxy for 127.0.0.1 as well.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
# SPNEGO's password is offered to Kerberos too: no realm, so nobody is asked.
os.environ["KRB5_CONFIG"] = "/dev/null"
# Of its packages some are older than this Python.
warnings.simplefilter("ignore")


class Digests:
    """ntlm_auth asks hashlib for MD4, which OpenSSL 3 no longer gives it."""

    md5 = hashlib.md5

    @staticmethod
    def new(_, data):
        return MD4.new(data)


compute_hash.hashlib = Digests


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = CLIENT_SECONDS

    def setup(self):
        tls = None
        if self.server.context:
            self.request.settimeout(CLIENT_SECONDS)
            self.request = tls = self.server.context.wrap_socket(
                self.request, server_side=True)
        super().setup()
        self.gate = security.Authenticator(self.server.security,
                                           self.server.settings, tls)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        made = self.gate.take("POST", {
            name.lower(): value for name, value in self.headers.items()}, body)
        self.server.decisions.append(made)
        status, more, text = made.answer or (200, list(made.headers), b"")
        if made.answer is None:
            text = made.principal.encode() + b" " + made.soap[::-1]
            kind = SOAP
            if made.encrypted:
                kind, text = self.gate.seal(text)
            more.append(("Content-Type", kind))
        self.send_response(status)
        for name, value in [*more, ("Content-Length", str(len(text)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Frame(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls=False, certificates=False, **settings):
        super().__init__(("127.0.0.1", 0), Handler)
        self.settings, self.decisions = settings, []
        self.directory = tempfile.mkdtemp(prefix="wsmanauth.")
        self.security = security.Security(
            self.directory, {USER: PASSWORD, "other": "o"}, settings)
        self.context = self.security.tls_context(certificates) if tls else None
        self.port = self.server_address[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/wsman"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()

    def handle_error(self, *_):
        """A handshake that a client breaks off is part of the tests."""

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()
        shutil.rmtree(self.directory)


def answer_to(text, name=f"WSMANLAB\\{USER}"):
    return name.encode() + b" " + text[::-1]


def winrm(frame, password=PASSWORD, **more):
    return Transport(endpoint=frame.url, username=f"WSMANLAB\\{USER}",
                     password=password, auth_method="ntlm", **more)


def without_mic(token):
    """A NegTokenResp with its mechListMIC taken out."""
    if token[:1] != b"\xa1":
        return token
    members = spnego.fields(spnego.expect(token, 0xA1)[0])
    members.pop(3, None)
    return spnego.der(0xA1, spnego.der(0x30, *(
        spnego.der(0xA0 | number, body) for number, body in members.items())))


def raises(kind, function, *arguments):
    try:
        got = function(*arguments)
    except kind as error:
        return error
    raise AssertionError(f"{got!r} and no {kind}")


@contextlib.contextmanager
def environment(**values):
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def realm():
    """A KDC, which has given USER a ticket, for this process."""
    with Kdc(servers=("localhost",), services=("HTTP",)) as kdc, \
            environment(KRB5_CONFIG=kdc.krb5_conf):
        kdc.cache = kdc.kinit(USER)
        yield kdc


class Client:
    """GSSAPI's side of one connection, by hand."""

    def __init__(self, frame, mech=SPNEGO, name=USER, password=PASSWORD,
                 cache=None, creds=None, binding=None, tls=None):
        """creds False: whatever the environment has."""
        if creds is False:
            creds = None
        elif cache:
            creds = gssapi.Credentials(usage="initiate",
                                       store={"ccache": cache})
        else:
            creds = gssapi.Credentials(acquire_cred_with_password(
                gssapi.Name(f"WSMANLAB\\{name}", gssapi.NameType.user),
                password.encode(), mechs=[mech], usage="initiate").creds)
        target = gssapi.Name("HTTP@localhost",
                             gssapi.NameType.hostbased_service)
        flags = gssapi.RequirementFlag
        self.context = gssapi.SecurityContext(
            name=target, creds=creds, usage="initiate", mech=mech,
            flags=flags.mutual_authentication | flags.confidentiality
            | flags.integrity | flags.replay_detection
            | flags.out_of_sequence_detection,
            channel_bindings=binding and ChannelBindings(
                application_data=binding))
        self.kerberos, self.whole = bool(cache), False
        self.strip_mic = False
        self.protocol = multipart.SPNEGO
        self.line = http.client.HTTPSConnection(
            "localhost", frame.port, timeout=CLIENT_SECONDS, context=tls) \
            if tls else http.client.HTTPConnection(
                "127.0.0.1", frame.port, timeout=CLIENT_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()

    def post(self, body=b"", **headers):
        self.line.request("POST", "/wsman", body, {
            name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.line.getresponse()
        return answer.status, answer.headers, answer.read()

    def log_on(self, scheme="Negotiate"):
        """The status that ends it."""
        token = self.context.step()
        while True:
            if self.strip_mic:
                token = without_mic(token)
            status, headers, _ = self.post(
                Authorization=f"{scheme} {base64.b64encode(token).decode()}")
            given = headers.get("WWW-Authenticate", "")
            token = base64.b64decode(given[len(scheme) + 1:]) \
                if given.startswith(scheme + " ") else b""
            if not token:
                return status
            token = None if self.context.complete else self.context.step(
                token)
            # The property raises what step() kept back with its token.
            tap.true(self.context.complete or status == 401, "half done")
            if status != 401 or not token:
                return status

    def sealed(self, text):
        if not self.kerberos:
            whole = self.context.wrap(text, True).message
            return whole[:16], whole[16:]
        iov = IOV(IOVBufferType.header, text, std_layout=False)
        wrap_iov(self.context, iov, confidential=True)
        return iov[0].value, iov[1].value

    def unsealed(self, header, data):
        tap.equal(len(header), 60 if self.kerberos else 16, "header")
        if not self.kerberos or self.whole:
            return self.context.unwrap(header + data).message
        iov = IOV((IOVBufferType.header, False, header), data,
                  std_layout=False)
        unwrap_iov(self.context, iov)
        return iov[1].value

    def send(self, text, size=None, messages=None):
        kind, body = multipart.encode(self.protocol, messages or [
            (len(text) if size is None else size, *self.sealed(text))])
        return self.post(body, Content_Type=kind)

    def ask(self, text):
        status, headers, body = self.send(text)
        tap.equal(status, 200, "status")
        _, found = multipart.decode(headers["Content-Type"], body)
        parts = []
        for size, header, data in found:
            parts.append(self.unsealed(header, data))
            tap.equal(len(parts[-1]), size, "Length")
        return b"".join(parts)
