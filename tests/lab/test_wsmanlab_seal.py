# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4's encrypted messages: what is wrong is refused, or sent if asked."""

import contextlib

import gssapi

from smblab import tap
from wsmanframe import TEXT, Client, Frame, answer_to, raises, realm, winrm
from wsmanlab import multipart, ntlm, security

UNREADABLE = (multipart.Malformed, AssertionError, gssapi.exceptions.GSSError)


def bad_requests(client):
    """Each is sent on a connection of its own, after a good request."""
    def flip(data, at):
        return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:]

    def body(change=lambda text: text, **more):
        text = multipart.encode(client.protocol, [
            (len(TEXT), *client.sealed(TEXT))], **more)
        return change(text[1]), text[0]

    def sealed(change):
        def made():
            kind, text = multipart.encode(client.protocol, [
                change(len(TEXT), *client.sealed(TEXT))])
            return text, kind
        return made

    def replayed():
        kind, text = multipart.encode(client.protocol, [
            (len(TEXT), *client.sealed(TEXT))])
        tap.equal(client.post(text, Content_Type=kind)[0], 200)
        return text, kind

    def skipped():
        client.sealed(b"never sent")
        return body()

    def elsewhere():
        text, kind = body()
        return text, kind.replace("session", "other")

    yield "replay", replayed
    yield "a number left out", skipped
    yield "signature", sealed(lambda n, h, d: (n, flip(h, 5), d))
    yield "end of the header", sealed(lambda n, h, d: (n, flip(h, -1), d))
    yield "ciphertext", sealed(lambda n, h, d: (n, h, flip(d, 7)))
    yield "shorter ciphertext", sealed(lambda n, h, d: (n - 1, h, d[:-1]))
    yield "shorter header", sealed(lambda n, h, d: (n, h[:-1], d))
    yield "not sealed", sealed(lambda n, h, d: (n, b"", TEXT))
    yield "signature of zeros", sealed(lambda n, h, d: (n, bytes(len(h)), d))
    yield "protocol", elsewhere
    yield "more behind", lambda: body(lambda text: text + b"x")
    yield "cut", lambda: body(lambda text: text[:-40])
    yield "no octets", lambda: body(
        lambda text: text.replace(b"octet", b"other"))
    for broken in multipart.BROKEN:
        yield broken, lambda broken=broken: body(broken=broken)


def refuses(frame, connect):
    with connect() as client:
        count = sum(1 for _ in bad_requests(client))
    for number in range(count):
        with connect() as client:
            tap.equal(client.ask(b"first"), answer_to(b"first"))
            what, make = list(bad_requests(client))[number]
            text, kind = make()
            before = len(frame.decisions)
            status, _, answer = client.post(text, Content_Type=kind)
            wanted = 200 if what == "empty" else 400
            tap.equal((status, answer), (wanted, b""), what)
            tap.equal(frame.decisions[before].soap, b"", what)
            if wanted == 400:
                tap.equal(client.send(TEXT)[0], 401, f"after {what}")


class Agreed:
    """MS-NLMP 4.2.4: the flags and the key of its NTLMv2 example."""

    flags, key = 0xE28A8233, b"U" * 16


@tap.case("published vectors: MS-NLMP's sealed message, a binding's hash")
def vectors():
    sealed = bytes.fromhex("54e50165bf1936dc996020c1811b0f06fb5f")
    signature = bytes.fromhex("010000007fb38ec5c55d497600000000")
    tap.equal(ntlm.Sealing(Agreed, False).unseal(signature, sealed),
              "Plaintext".encode("utf-16le"), "4.2.4.4")
    # Microsoft's Open Specifications blog, "NTLM and Channel Binding Hash".
    certificate = bytes.fromhex("ea05fefecc6b0bd571dbbc5baa3ed453"
                                "86d0446835f7b74c85621b9983475f95")
    tap.equal(ntlm.bindings_hash(b"tls-server-end-point:" + certificate),
              bytes.fromhex("6586e99d81c2fc984e47172fd4dd0310"))


@tap.case("what was changed, repeated, left out or counted wrong is refused")
def tampered():
    @contextlib.contextmanager
    def connect(frame, cache=None):
        with Client(frame, cache=cache) as client:
            tap.equal(client.log_on(), 200)
            yield client

    with Frame() as frame:
        refuses(frame, lambda: connect(frame))
    with realm() as kdc, Frame(keytab=kdc.keytab) as frame:
        refuses(frame, lambda: connect(frame, kdc.cache))


@tap.case("each broken answer is one: no client that checks reads it")
def broken():
    faults = security.SEALING_FAULTS[1:] + multipart.BROKEN
    with realm() as kdc:
        for fault in faults:
            for cache in (None, kdc.cache):
                with Frame(keytab=kdc.keytab, broken=fault,
                           broken_at=2) as frame, \
                        Client(frame, cache=cache) as client:
                    client.log_on()
                    tap.equal(client.ask(b"a"), answer_to(b"a"), fault)
                    raises(UNREADABLE, client.ask, b"b")
    for fault in ("signature", "ciphertext", "sequence", "length_more",
                  "length_less", "replay"):
        with Frame(broken=fault, broken_at=2) as frame:
            client = winrm(frame)
            tap.equal(client.send_message(b"a"), answer_to(b"a"))
            raises(Exception, client.send_message, b"b")


tap.main()
