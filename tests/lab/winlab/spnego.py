# SPDX-License-Identifier: LGPL-3.0-or-later
"""The server's half of SPNEGO (RFC 4178, MS-SPNG), for one mechanism.

NTLMSSP is the only mechanism.  A client that would rather begin with
Kerberos is asked to begin again with NTLMSSP, as a Windows server outside a
domain does; then, and whenever the client sends one, the list of mechanisms
is protected by a MIC in both directions.
"""

NTLMSSP = bytes.fromhex("2b06010401823702020a")
SPNEGO = bytes.fromhex("2b0601050502")
HINT = b"not_defined_in_RFC4178@please_ignore"
ACCEPTED, INCOMPLETE, REJECTED, WITH_MIC = range(4)


class BadToken(Exception):
    """What no SPNEGO client sends."""


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def undo(data):
    """(tag, body, rest) of the first element."""
    if len(data) < 2:
        raise BadToken("short")
    tag, size, at = data[0], data[1], 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or len(data) < 2 + count:
            raise BadToken("length")
        size, at = int.from_bytes(data[2:2 + count], "big"), 2 + count
    if len(data) < at + size:
        raise BadToken("short")
    return tag, data[at:at + size], data[at + size:]


def expect(data, tag):
    got, body, rest = undo(data)
    if got != tag:
        raise BadToken(f"tag {got:#x} for {tag:#x}")
    return body, rest


def fields(data):
    """The context-tagged members of a SEQUENCE, by number."""
    rest, _ = expect(data, 0x30)
    found = {}
    while rest:
        tag, body, rest = undo(rest)
        found[tag & 0x1F] = body
    return found


def hello():
    """The NegTokenInit2 that stands in a NEGOTIATE answer."""
    mechs = der(0xA0, der(0x30, der(0x06, NTLMSSP)))
    hints = der(0xA3, der(0x30, der(0xA0, der(0x1B, HINT))))
    return der(0x60, der(0x06, SPNEGO), der(0xA0, der(0x30, mechs, hints)))


class Acceptor:
    """One exchange; ntlm is an ntlmauth.Exchange."""

    def __init__(self, ntlm):
        self.ntlm = ntlm
        self.raw = False
        self.mechs = None

    def step(self, token):
        """(done, answer); ntlmauth.Refused says why not."""
        if token.startswith(b"NTLMSSP\0"):
            self.raw = True
            return self.ntlm.step(token)
        if token[:1] == b"\x60":
            return self._first(token)
        body, _ = expect(token, 0xA1)
        members = fields(body)
        if 2 not in members:
            raise BadToken("no token in an answer")
        token, _ = expect(members[2], 0x04)
        mic = expect(members[3], 0x04)[0] if 3 in members else None
        return self._next(token, mic, False)

    def _first(self, token):
        body, _ = expect(token, 0x60)
        oid, body = expect(body, 0x06)
        if oid != SPNEGO:
            raise BadToken("another mechanism")
        body, _ = expect(body, 0xA0)
        members = fields(body)
        self.mechs = members.get(0, b"")
        listed, _ = expect(self.mechs, 0x30)
        offered = []
        while listed:
            mech, listed = expect(listed, 0x06)
            offered.append(mech)
        if NTLMSSP not in offered:
            raise BadToken("no NTLMSSP")
        if offered[0] != NTLMSSP or 2 not in members:
            return False, self._answer(WITH_MIC if offered[0] != NTLMSSP
                                       else INCOMPLETE, True, None, None)
        token, _ = expect(members[2], 0x04)
        return self._next(token, None, True)

    def _next(self, token, mic, first):
        done, answer = self.ntlm.step(token)
        if not done:
            return False, self._answer(INCOMPLETE, first, answer, None)
        if mic is not None and self.mechs and self.ntlm.signs():
            if mic != self.ntlm.client_mic(self.mechs):
                raise BadToken("the list of mechanisms was changed")
            mic = self.ntlm.server_mic(self.mechs)
        else:
            mic = None
        return True, self._answer(ACCEPTED, False, None, mic)

    @staticmethod
    def _answer(state, with_mech, token, mic):
        parts = [der(0xA0, der(0x0A, bytes((state,))))]
        if with_mech:
            parts.append(der(0xA1, der(0x06, NTLMSSP)))
        if token:
            parts.append(der(0xA2, der(0x04, token)))
        if mic:
            parts.append(der(0xA3, der(0x04, mic)))
        return der(0xA1, der(0x30, *parts))
