# SPDX-License-Identifier: LGPL-3.0-or-later
"""What passes a relay: SMB2 messages by command, DCE/RPC by opnum.

Encrypted messages are counted as such; nothing can be seen in them. Sealed
DCE/RPC still shows its opnum, which stands in the header.
"""

import struct

COMMANDS = ("NEGOTIATE SESSION_SETUP LOGOFF TREE_CONNECT TREE_DISCONNECT "
            "CREATE CLOSE FLUSH READ WRITE LOCK IOCTL CANCEL ECHO "
            "QUERY_DIRECTORY CHANGE_NOTIFY QUERY_INFO SET_INFO "
            "OPLOCK_BREAK").split()
HEADER = 64
FSCTL_PIPE_TRANSCEIVE = 0x0011C017
RPC_REQUEST, RPC_RESPONSE, RPC_BIND, RPC_FIRST_FRAGMENT = 0, 2, 11, 1


def empty():
    return {"connections": 0, "bytes_up": 0, "bytes_down": 0,
            "requests": {}, "responses": {}, "encrypted_up": 0,
            "encrypted_down": 0, "opnums": {}, "binds": 0, "fragments": 0}


def bump(table, key):
    table[key] = table.get(key, 0) + 1


def messages(frame):
    """The SMB2 messages of one frame, which may be compounded."""
    while len(frame) >= HEADER and frame[:4] == b"\xfeSMB":
        (step,) = struct.unpack_from("<I", frame, 20)
        if step == 0 or step < HEADER or step > len(frame):
            yield frame
            return
        yield frame[:step]
        frame = frame[step:]


def command(message):
    (number,) = struct.unpack_from("<H", message, 12)
    return COMMANDS[number] if number < len(COMMANDS) else str(number)


def carried(message):
    """The data that a WRITE or a pipe transceive carries to the server."""
    name = command(message)
    if name == "WRITE" and len(message) >= HEADER + 48:
        offset, length = struct.unpack_from("<HI", message, HEADER + 2)
    elif name == "IOCTL" and len(message) >= HEADER + 56:
        (code,) = struct.unpack_from("<I", message, HEADER + 4)
        if code != FSCTL_PIPE_TRANSCEIVE:
            return b""
        offset, length = struct.unpack_from("<II", message, HEADER + 24)
    else:
        return b""
    return message[offset:offset + length]


def carried_back(message):
    """The data that a READ's or a pipe transceive's answer carries."""
    name = command(message)
    if name == "READ" and len(message) >= HEADER + 16:
        offset, length = struct.unpack_from("<BxI", message, HEADER + 2)
    elif name == "IOCTL" and len(message) >= HEADER + 48:
        offset, length = struct.unpack_from("<II", message, HEADER + 32)
    else:
        return b""
    return message[offset:offset + length]


def is_response(data):
    """Does a fragment of a call's answer begin here?"""
    return len(data) >= 16 and data[:3] == bytes((5, 0, RPC_RESPONSE))


def rpc_pdus(data):
    """(type, opnum or None) of each call that begins in the data."""
    while len(data) >= 16 and data[:2] == b"\x05\x00":
        kind, flags = data[2], data[3]
        (length,) = struct.unpack_from("<H", data, 8)
        if length < 16 or length > len(data):
            return
        if kind == RPC_REQUEST and length >= 24:
            if flags & RPC_FIRST_FRAGMENT:
                yield kind, struct.unpack_from("<H", data, 22)[0]
        else:
            yield kind, None
        data = data[length:]


def note_up(counts, frame):
    """Count one frame to the server; give the names a trap may be set on."""
    seen = []
    counts["bytes_up"] += len(frame) + 4
    if frame[:4] == b"\xfdSMB":
        counts["encrypted_up"] += 1
    for message in messages(frame):
        name = command(message)
        bump(counts["requests"], name)
        seen.append(name)
        for kind, opnum in rpc_pdus(carried(message)):
            if opnum is not None:
                bump(counts["opnums"], opnum)
                seen.append(opnum)
            elif kind == RPC_BIND:
                counts["binds"] += 1
                seen.append("BIND")
    return seen


def note_down(counts, frame):
    """Count one frame from the server, as note_up() does."""
    seen = []
    counts["bytes_down"] += len(frame) + 4
    if frame[:4] == b"\xfdSMB":
        counts["encrypted_down"] += 1
    for message in messages(frame):
        name = command(message)
        bump(counts["responses"], name)
        counts["fragments"] += is_response(carried_back(message))
        seen.append(name)
    return seen
