# SPDX-License-Identifier: LGPL-3.0-or-later
"""NTLMv2 as a server checks it (MS-NLMP 3.2.5), with impacket's parts.

Of what a stand-alone Windows server does this does: NTLMv2 only, channel
flags for signing and 128-bit keys, a time stamp in the challenge and so a MIC
over the three messages, a key that the client chose, anonymous and guest
logons.  An account that is locked says so whatever the password; every other
state only to who knows the password.
"""

import hmac
import os
import struct
import time

from Cryptodome.Cipher import ARC4
from impacket import ntlm

from . import status

TARGET_TYPE_SERVER = 0x00020000
ALWAYS = (ntlm.NTLMSSP_NEGOTIATE_UNICODE | ntlm.NTLMSSP_REQUEST_TARGET
          | ntlm.NTLMSSP_NEGOTIATE_NTLM | ntlm.NTLMSSP_NEGOTIATE_TARGET_INFO
          | TARGET_TYPE_SERVER)
# Granted to who asks (3.2.5.1.1).
IF_ASKED = (ntlm.NTLMSSP_NEGOTIATE_SIGN | ntlm.NTLMSSP_NEGOTIATE_SEAL
            | ntlm.NTLMSSP_NEGOTIATE_ALWAYS_SIGN
            | ntlm.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY
            | ntlm.NTLMSSP_NEGOTIATE_VERSION | ntlm.NTLMSSP_NEGOTIATE_128
            | ntlm.NTLMSSP_NEGOTIATE_KEY_EXCH | ntlm.NTLMSSP_NEGOTIATE_56)
AV_EOL, AV_NB_COMPUTER, AV_NB_DOMAIN, AV_DNS_COMPUTER, AV_DNS_DOMAIN = range(5)
AV_FLAGS, AV_TIMESTAMP = 6, 7
HAS_MIC = 2
STATES = {
    "ok": None,
    "disabled": status.ACCOUNT_DISABLED,
    "locked": status.ACCOUNT_LOCKED_OUT,
    "expired": status.PASSWORD_EXPIRED,
    "mustchange": status.PASSWORD_MUST_CHANGE,
    "accountexpired": status.ACCOUNT_EXPIRED,
    "nologon": status.LOGON_TYPE_NOT_GRANTED,
    "hours": status.INVALID_LOGON_HOURS,
    "workstation": status.INVALID_WORKSTATION,
    "restricted": status.ACCOUNT_RESTRICTION,
}


class Refused(Exception):
    """A logon that is not granted; .status says why."""

    def __init__(self, code):
        super().__init__(f"{code:#010x}")
        self.status = code


def file_time(seconds=None):
    return int(((time.time() if seconds is None else seconds)
                + 11644473600) * 10_000_000)


def av_pairs(data):
    pairs = {}
    while len(data) >= 4:
        number, size = struct.unpack_from("<HH", data)
        if number == AV_EOL:
            break
        pairs[number] = data[4:4 + size]
        data = data[4 + size:]
    return pairs


class Exchange:
    """One logon: negotiate, challenge, authenticate."""

    def __init__(self, users, computer, guest):
        self.users, self.computer, self.guest_mode = users, computer, guest
        self.challenge = os.urandom(8)
        self.first = self.second = b""
        self.name, self.groups = None, frozenset()
        self.is_guest = self.is_null = False
        self.key = bytes(16)
        self.flags = 0

    def step(self, message):
        if len(message) < 12 or not message.startswith(b"NTLMSSP\0"):
            raise Refused(status.INVALID_PARAMETER)
        kind, = struct.unpack_from("<I", message, 8)
        if kind == 1 and not self.second:
            asked, = struct.unpack_from("<I", message.ljust(16, b"\0"), 12)
            self.first = message
            self.second = self._challenge(ALWAYS | asked & IF_ASKED)
            return False, self.second
        if kind == 3 and self.second:
            try:
                self._authenticate(message)
            except (struct.error, UnicodeDecodeError) as error:
                raise Refused(status.INVALID_PARAMETER) from error
            return True, b""
        raise Refused(status.INVALID_PARAMETER)

    def _challenge(self, flags):
        name = self.computer.encode("utf-16le")
        low = self.computer.lower().encode("utf-16le")
        info = b"".join(
            struct.pack("<HH", number, len(value)) + value
            for number, value in (
                (AV_NB_DOMAIN, name), (AV_NB_COMPUTER, name),
                (AV_DNS_DOMAIN, low), (AV_DNS_COMPUTER, low),
                (AV_TIMESTAMP, struct.pack("<Q", file_time())),
                (AV_EOL, b"")))
        at = 56
        return (b"NTLMSSP\0" + struct.pack("<IHHI", 2, len(name), len(name),
                                           at)
                + struct.pack("<I", flags) + self.challenge + bytes(8)
                + struct.pack("<HHI", len(info), len(info), at + len(name))
                + bytes((10, 0)) + struct.pack("<H", 20348) + b"\0\0\0\x0f"
                + name + info)

    def _authenticate(self, message):
        def field(at):
            size, _, offset = struct.unpack_from("<HHI", message, at)
            return message[offset:offset + size]

        response, key = field(20), field(52)
        domain, name = (field(at).decode("utf-16le") for at in (28, 36))
        self.flags, = struct.unpack_from("<I", message, 60)
        if not name and not response:
            self.is_null, self.name = True, ""
            return
        base = self._check(name, domain, response)
        if self.is_guest:
            return
        self.key = base
        if self.flags & ntlm.NTLMSSP_NEGOTIATE_KEY_EXCH and len(key) == 16:
            self.key = ARC4.new(base).encrypt(key)
        self._check_mic(message, response)

    def _check(self, name, domain, response):
        """The session base key of a good answer."""
        user = self.users.get(name.upper())
        if user is None:
            return self._as_guest(name)
        if user.get("state") == "locked":
            raise Refused(status.ACCOUNT_LOCKED_OUT)
        if len(response) < 44:  # NTLMv1, which this server does not take
            raise Refused(status.LOGON_FAILURE)
        key = ntlm.NTOWFv2(name, user["password"], domain)
        proof = ntlm.hmac_md5(key, self.challenge + response[16:])
        if not hmac.compare_digest(proof, response[:16]):
            raise Refused(status.LOGON_FAILURE)
        code = STATES[user.get("state", "ok")]
        if code is not None:
            raise Refused(code)
        self.name = user["name"]
        self.groups = frozenset(user.get("groups", ()))
        self.is_guest = "guests" in self.groups
        return ntlm.hmac_md5(key, proof)

    def _as_guest(self, name):
        if self.guest_mode != "unknown":
            raise Refused(status.LOGON_FAILURE)
        self.is_guest, self.name = True, "Guest"
        self.groups = frozenset(("guests",))
        return bytes(16)

    def _check_mic(self, message, response):
        pairs = av_pairs(response[44:])
        av_flags = int.from_bytes(pairs.get(AV_FLAGS, b""), "little")
        if not av_flags & HAS_MIC:
            return
        blank = message[:72] + bytes(16) + message[88:]
        mic = ntlm.hmac_md5(self.key, self.first + self.second + blank)
        if not hmac.compare_digest(mic, message[72:88]):
            raise Refused(status.INVALID_PARAMETER)

    def signs(self):
        return not self.is_guest and not self.is_null and bool(
            self.flags & ntlm.NTLMSSP_NEGOTIATE_SIGN)

    def _mic(self, mode, data):
        handle = ARC4.new(ntlm.SEALKEY(self.flags, self.key, mode)).encrypt
        return ntlm.SIGN(self.flags, ntlm.SIGNKEY(self.flags, self.key, mode),
                         data, 0, handle).getData()

    def client_mic(self, data):
        return self._mic("Client", data)

    def server_mic(self, data):
        return self._mic("Server", data)
