# SPDX-License-Identifier: LGPL-3.0-or-later
"""NTLM for HTTP: the logon, channel bindings, sealing (MS-NLMP 3.2.5, 3.4).

winlab's exchange checks the answer, the keys' arithmetic is impacket's.
"""

import hashlib
import hmac
import struct

from Cryptodome.Cipher import ARC4
from impacket import ntlm

from winlab import ntlmauth, spnego, status

AV_CHANNEL_BINDINGS = 10
SEALS = (ntlm.NTLMSSP_NEGOTIATE_SEAL | ntlm.NTLMSSP_NEGOTIATE_128
         | ntlm.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)
SIGNATURE_SIZE = 16
# A NegTokenResp of nothing but "accept-completed".
ACCEPTED = spnego.der(0xA1, spnego.der(0x30, spnego.der(0xA0, spnego.der(
    0x0A, bytes((spnego.ACCEPTED,))))))
Refused = ntlmauth.Refused
BadToken = spnego.BadToken


class Unsealable(Exception):
    """Not what the other side sealed, or not at this place."""


def bindings_hash(application_data):
    """MsvAvChannelBindings: the MD5 of RFC 2744's structure, no addresses."""
    return hashlib.md5(struct.pack("<IIIII", 0, 0, 0, 0,
                                   len(application_data))
                       + application_data).digest()


class Exchange(ntlmauth.Exchange):
    """binding is the application data, or None where nothing is checked."""

    def __init__(self, users, computer, domain, binding, must_bind, must_mic):
        super().__init__(users, computer, "off")
        self.domain, self.binding = domain, binding
        self.must_bind, self.must_mic = must_bind, must_mic

    def step(self, message):
        done, answer = super().step(message)
        if done and self.is_null:
            raise Refused(status.LOGON_FAILURE)
        return done, answer

    def _check_mic(self, message, response):
        super()._check_mic(message, response)
        pairs = ntlmauth.av_pairs(response[44:])
        flags = int.from_bytes(pairs.get(ntlmauth.AV_FLAGS, b""), "little")
        if self.must_mic and not flags & ntlmauth.HAS_MIC:
            raise Refused(status.INVALID_PARAMETER)
        if self.binding is None:
            return
        given = pairs.get(AV_CHANNEL_BINDINGS, bytes(16))
        if given == bytes(16) and not self.must_bind:
            return
        if not hmac.compare_digest(given, bindings_hash(self.binding)):
            raise Refused(status.LOGON_FAILURE)


class Acceptor(spnego.Acceptor):
    """Raw NTLMSSP, or NTLMSSP in SPNEGO; then what was agreed seals."""

    how = "ntlm"

    def __init__(self, exchange, mic="answer"):
        super().__init__(exchange)
        self.mic_rule, self.protected, self.sealing = mic, False, None

    def step(self, token):
        done, answer = super().step(token)
        if done:
            self.sealing = Sealing(self.ntlm, self.protected)
        return done, answer

    def principal(self):
        return f"{self.ntlm.domain}\\{self.ntlm.name}"

    def account(self):
        return self.ntlm.name

    def seals(self):
        return self.ntlm.flags & SEALS == SEALS

    def seal(self, plain):
        return self.sealing.seal(plain)

    def unseal(self, header, sealed):
        if not self.seals():
            raise Unsealable("sealing was not agreed on")
        return self.sealing.unseal(header, sealed)

    def skip(self):
        self.sealing.sent += 1

    def _next(self, token, mic, first):
        done, answer = super()._next(token, mic, first)
        if not done:
            return done, answer
        self.protected = mic is not None and self.ntlm.signs()
        listed, _ = spnego.expect(self.mechs, 0x30) if self.mechs else (
            b"", b"")
        # RFC 4178 5: only an optimistic first choice needs no MIC.
        if not self.protected and listed and (
                spnego.expect(listed, 0x06)[0] != spnego.NTLMSSP):
            raise BadToken("no MIC over a list that begins otherwise")
        if self.protected and self.mic_rule != "answer":
            mic = self.ntlm.server_mic(self.mechs)
            mic = bytes((*mic[:4], mic[4] ^ 1, *mic[5:]))
            answer = self._answer(spnego.ACCEPTED, False, None,
                                  mic if self.mic_rule == "broken" else None)
        return done, answer


class Sealing:
    """Both directions' keys and numbers (3.4.3 to 3.4.5).

    A MIC over SPNEGO's list is message 0 of its direction, and starts the
    cipher again after it (MS-SPNG 3.3.5.1).
    """

    def __init__(self, exchange, after_mic):
        self.flags = exchange.flags
        self.sent = self.seen = 1 if after_mic else 0
        self.keys = {}
        for mode in ("Client", "Server"):
            seal = ntlm.SEALKEY(self.flags, exchange.key, mode)
            self.keys[mode] = (ARC4.new(seal).encrypt, ntlm.SIGNKEY(
                self.flags, exchange.key, mode))

    def seal(self, plain):
        cipher, sign = self.keys["Server"]
        sealed, signature = ntlm.SEAL(self.flags, sign, None, plain, plain,
                                      self.sent, cipher)
        self.sent += 1
        return signature.getData(), sealed

    def unseal(self, header, sealed):
        if len(header) != SIGNATURE_SIZE:
            raise Unsealable(f"a signature of {len(header)} bytes")
        cipher, sign = self.keys["Client"]
        plain = cipher(sealed)
        wanted = ntlm.MAC(self.flags, cipher, sign, self.seen,
                          plain).getData()
        if not hmac.compare_digest(wanted, header):
            raise Unsealable("signature or sequence number")
        self.seen += 1
        return plain
