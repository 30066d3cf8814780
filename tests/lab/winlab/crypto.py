# SPDX-License-Identifier: LGPL-3.0-or-later
"""Keys, signatures and encryption of SMB 2 and 3 (MS-SMB2 3.1.4)."""

import hashlib
import hmac
import os
import struct

from Cryptodome.Cipher import AES
from Cryptodome.Hash import CMAC

HMAC_SHA256, AES_CMAC, AES_GMAC = 0, 1, 2
AES128_CCM, AES128_GCM, AES256_CCM, AES256_GCM = 1, 2, 3, 4
SIGNING_NAMES = {HMAC_SHA256: "HMAC-SHA256", AES_CMAC: "AES-CMAC",
                 AES_GMAC: "AES-GMAC"}
CIPHER_NAMES = {AES128_CCM: "AES-128-CCM", AES128_GCM: "AES-128-GCM",
                AES256_CCM: "AES-256-CCM", AES256_GCM: "AES-256-GCM"}

SIGNATURE = slice(48, 64)
CANCEL = 12
TRANSFORM = b"\xfdSMB"
TRANSFORM_SIZE = 52


class Broken(Exception):
    """A message that is not what its key says."""


def derive(key, label, context, bits=128):
    """SP800-108 in counter mode with HMAC-SHA256, as 3.1.4.2 asks."""
    data = (struct.pack(">I", 1) + label + b"\0" + context
            + struct.pack(">I", bits))
    return hmac.new(key, data, hashlib.sha256).digest()[:bits // 8]


class Keys:
    """What one session signs and encrypts with."""

    def __init__(self, session_key, dialect, signing, cipher, preauth):
        session_key = session_key[:16].ljust(16, b"\0")
        self.dialect, self.signing, self.cipher = dialect, signing, cipher
        bits = 256 if cipher in (AES256_CCM, AES256_GCM) else 128
        if dialect < 0x0300:
            self.sign_key = session_key
        elif dialect < 0x0311:
            self.sign_key = derive(session_key, b"SMB2AESCMAC\0",
                                   b"SmbSign\0")
            self.in_key = derive(session_key, b"SMB2AESCCM\0", b"ServerIn \0")
            self.out_key = derive(session_key, b"SMB2AESCCM\0",
                                  b"ServerOut\0")
        else:
            self.sign_key = derive(session_key, b"SMBSigningKey\0", preauth)
            self.in_key = derive(session_key, b"SMBC2SCipherKey\0", preauth,
                                 bits)
            self.out_key = derive(session_key, b"SMBS2CCipherKey\0", preauth,
                                  bits)

    def signature(self, message, from_server):
        """The 16 bytes for a message whose signature field is zero."""
        if self.signing == HMAC_SHA256:
            return hmac.new(self.sign_key, message,
                            hashlib.sha256).digest()[:16]
        if self.signing == AES_CMAC:
            return CMAC.new(self.sign_key, message, AES).digest()
        command, = struct.unpack_from("<H", message, 12)
        nonce = message[24:32] + struct.pack(
            "<I", int(from_server) | (command == CANCEL) << 1)
        gmac = AES.new(self.sign_key, AES.MODE_GCM, nonce=nonce)
        gmac.update(message)
        return gmac.digest()

    def sign(self, message):
        message = bytearray(message)
        message[SIGNATURE] = bytes(16)
        message[SIGNATURE] = self.signature(bytes(message), True)
        return bytes(message)

    def verify(self, message):
        zeroed = bytearray(message)
        zeroed[SIGNATURE] = bytes(16)
        return hmac.compare_digest(self.signature(bytes(zeroed), False),
                                   message[SIGNATURE])

    def _aead(self, key, nonce):
        if self.cipher in (AES128_CCM, AES256_CCM):
            return AES.new(key, AES.MODE_CCM, nonce=nonce[:11])
        return AES.new(key, AES.MODE_GCM, nonce=nonce[:12])

    def encrypt(self, message, session_id):
        size = 11 if self.cipher in (AES128_CCM, AES256_CCM) else 12
        nonce = os.urandom(size).ljust(16, b"\0")
        rest = nonce + struct.pack("<IHHQ", len(message), 0, 1, session_id)
        aead = self._aead(self.out_key, nonce)
        aead.update(rest)
        sealed, tag = aead.encrypt_and_digest(message)
        return TRANSFORM + tag + rest + sealed

    def decrypt(self, frame):
        tag, nonce = frame[4:20], frame[20:36]
        size, _, flags = struct.unpack_from("<IHH", frame, 36)
        sealed = frame[TRANSFORM_SIZE:]
        if size != len(sealed) or flags != 1:
            raise Broken("a transform header that does not fit")
        aead = self._aead(self.in_key, nonce)
        aead.update(frame[20:TRANSFORM_SIZE])
        try:
            return aead.decrypt_and_verify(sealed, tag)
        except ValueError as error:
            raise Broken("what does not decrypt") from error


class Preauth:
    """The running hash of SMB 3.1.1's preauthentication integrity."""

    def __init__(self, value=bytes(64)):
        self.value = value

    def add(self, message):
        self.value = hashlib.sha512(self.value + message).digest()

    def fork(self):
        return Preauth(self.value)
