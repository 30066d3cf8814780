# SPDX-License-Identifier: LGPL-3.0-or-later
"""NEGOTIATE (MS-SMB2 3.3.5.4), its contexts, and its later validation."""

import os
import struct

from . import crypto, message, spnego, status
from .ntlmauth import file_time
from .settings import DIALECTS

SIGNING_ENABLED, SIGNING_REQUIRED = 1, 2
CAP_DFS, CAP_LARGE_MTU, CAP_ENCRYPTION = 0x01, 0x04, 0x40
PREAUTH, ENCRYPTION, SIGNING = 1, 2, 8
SHA512 = 1
WILDCARD = 0x02FF


def security_mode(server):
    return SIGNING_ENABLED | (
        SIGNING_REQUIRED if server.settings["signing"] == "required" else 0)


def largest(dialect):
    """MaxTransactSize, MaxReadSize and MaxWriteSize."""
    return 65536 if dialect in (0x0202, WILDCARD) else 1 << 20


def multi_protocol(connection, frame):
    """SMB1's NEGOTIATE: the way in of clients that know both."""
    if (connection.dialect is not None or len(frame) < 37
            or frame[4] != 0x72):
        raise message.Malformed("SMB1")
    low, high = (DIALECTS[connection.server.settings[name]]
                 for name in ("min_dialect", "max_dialect"))
    if b"\x02SMB 2.???\0" in frame and high > 0x0202:
        dialect = WILDCARD
    elif b"\x02SMB 2.002\0" in frame and low <= 0x0202:
        dialect = connection.dialect = 0x0202
    else:
        raise message.Malformed("SMB1 only")
    connection.server.count_command("negotiate_smb1")
    connection.credits = 1
    head = message.MAGIC + struct.pack(
        "<HHIHHIIQQQ16s", message.HEADER, 0, status.SUCCESS,
        message.NEGOTIATE, 1, message.RESPONSE, 0, 0, 0, 0, bytes(16))
    connection.send_raw(head + answer(connection, dialect, 0, ()))


def answer(connection, dialect, capabilities, contexts):
    token = spnego.hello()
    body = struct.pack(
        "<HHHH16sIIIIQQHH", 65, security_mode(connection.server), dialect,
        len(contexts), connection.server.guid, capabilities,
        *[largest(dialect)] * 3, file_time(), 0, message.HEADER + 64,
        len(token))
    if not contexts:
        return body + struct.pack("<I", 0) + token
    pad = bytes(-len(token) % 8)
    body += struct.pack("<I", message.HEADER + 64 + len(token) + len(pad))
    body += token + pad
    for number, (kind, data) in enumerate(contexts):
        body += bytes(-len(body) % 8) if number else b""
        body += struct.pack("<HHI", kind, len(data), 0) + data
    return body


def read_contexts(request, offset, count):
    found = {}
    for _ in range(count):
        kind, size = struct.unpack("<HH", request.buffer(offset, 4))
        if kind in found:
            raise message.Failed(status.INVALID_PARAMETER)
        found[kind] = request.buffer(offset + 8, size)
        offset += (8 + size + 7) & ~7
    return found


def words(data):
    """The list of 16-bit numbers after its count."""
    try:
        count, = struct.unpack_from("<H", data)
        return struct.unpack_from(f"<{count}H", data, 2)
    except struct.error as error:
        raise message.Failed(status.INVALID_PARAMETER) from error


def negotiate(request, _later):
    connection = request.connection
    settings = connection.server.settings
    request.expect(36)
    count, mode, _, capabilities, guid = request.unpack("<HHHI16s", 2)
    dialects = request.unpack(f"<{count}H", 36)
    if not count:
        raise message.Failed(status.INVALID_PARAMETER)
    low, high = (DIALECTS[settings[name]]
                 for name in ("min_dialect", "max_dialect"))
    common = [one for one in dialects
              if low <= one <= high and one in DIALECTS.values()]
    if not common:
        raise message.Failed(status.NOT_SUPPORTED)
    dialect = max(common)
    connection.client = (capabilities, guid, mode, list(dialects))
    contexts = ()
    ours = 0 if dialect == 0x0202 else CAP_LARGE_MTU
    if settings["refer_to"]:
        ours |= CAP_DFS
    if dialect == 0x0311:
        contexts = choose(connection, request)
    elif dialect >= 0x0300:
        connection.signing = crypto.AES_CMAC
        if settings["encrypt"] != "off":
            ours |= CAP_ENCRYPTION
            if capabilities & CAP_ENCRYPTION:
                connection.cipher = crypto.AES128_CCM
    connection.dialect, connection.capabilities = dialect, ours
    connection.client_signs = bool(mode & SIGNING_REQUIRED)
    connection.preauth.add(request.data)
    request.built = connection.preauth.add
    return status.SUCCESS, answer(connection, dialect, ours, contexts)


def choose(connection, request):
    """3.1.1's contexts: what the client offers against what we may."""
    settings = connection.server.settings
    found = read_contexts(request, *request.unpack("<IH", 28))
    if PREAUTH not in found or SHA512 not in struct.unpack_from(
            f"<{len(found[PREAUTH][4:]) // 2}H", found[PREAUTH], 4):
        raise message.Failed(status.INVALID_PARAMETER)
    salt = os.urandom(32)
    made = [(PREAUTH, struct.pack("<HHH", 1, len(salt), SHA512) + salt)]
    connection.signing = crypto.AES_CMAC
    if ENCRYPTION in found and settings["encrypt"] != "off":
        offered = words(found[ENCRYPTION])
        connection.cipher = next(
            (one for one in settings["ciphers"] if one in offered), None)
        made.append((ENCRYPTION,
                     struct.pack("<HH", 1, connection.cipher or 0)))
    if SIGNING in found and settings["signing_algorithms"]:
        offered = words(found[SIGNING])
        chosen = next((one for one in settings["signing_algorithms"]
                       if one in offered), None)
        if chosen is not None:
            connection.signing = chosen
            made.append((SIGNING, struct.pack("<HH", 1, chosen)))
    return made


def validate(request, data):
    """FSCTL_VALIDATE_NEGOTIATE_INFO: was NEGOTIATE changed on its way?"""
    connection = request.connection
    if connection.dialect == 0x0311 or len(data) < 24:
        raise message.Malformed("a validation that 3.1.1 has no need of")
    capabilities, guid, mode, count = struct.unpack_from("<I16sHH", data)
    dialects = list(struct.unpack_from(f"<{count}H", data, 24))
    if (capabilities, guid, mode, dialects) != connection.client:
        raise message.Malformed("NEGOTIATE was changed")
    server = connection.server
    return struct.pack("<I16sHH", connection.capabilities, server.guid,
                       security_mode(server), connection.dialect)
