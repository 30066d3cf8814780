# SPDX-License-Identifier: LGPL-3.0-or-later
"""The SMB2 commands but NEGOTIATE and SESSION_SETUP.

Two shares: IPC$ with the pipe srvsvc, and "files", kept in memory, so that
clients can hold files open.
"""

import struct

from . import auth, message, negotiate, status
from .message import Failed, HEADER, LATER
from .ntlmauth import file_time
from .session import Open

DISK, PIPE = 1, 2
SHARES = {"IPC$": PIPE, "FILES": DISK}
PIPES = ("srvsvc",)
SHAREFLAG_DFS, SHAREFLAG_ENCRYPT_DATA = 0x0003, 0x8000
SHARE_CAP_DFS = 0x0008
ALL_ACCESS = 0x001F01FF
PIPE_PEEK, PIPE_WAIT, PIPE_TRANSCEIVE = 0x0011400C, 0x00110018, 0x0011C017
VALIDATE_NEGOTIATE_INFO = 0x00140204
DFS_REFERRALS = (0x00060194, 0x000601B0)
OPEN, CREATE, OPENED, CREATED = 1, 2, 1, 2
ANY_FILE = b"\xff" * 16
ATTRIBUTE_NORMAL = 0x80


class Tree:
    def __init__(self, kind, share, encrypts):
        self.kind, self.share, self.encrypts = kind, share, encrypts


def selectors(request):
    """What a rule may choose this request by."""
    found = {"user": request.session.user if request.session else None}
    try:
        if request.command == message.SESSION_SETUP:
            found["leg"] = 2 if request.session_id else 1
        elif request.command == message.TREE_CONNECT:
            path = request.text(*request.unpack("<HH", 4))
            found["name"] = path.rpartition("\\")[2]
        elif request.command == message.CREATE:
            found["name"] = request.text(*request.unpack("<HH", 44))
    except Failed:  # the handler says so too
        pass
    return found


def tree_connect(request, _later):
    request.expect(9)
    session = request.session
    share = request.text(*request.unpack("<HH", 4)).rpartition("\\")[2]
    kind = SHARES.get(share.upper())
    if kind is None:
        raise Failed(status.BAD_NETWORK_NAME)
    if kind == DISK and session.is_null:
        raise Failed(status.ACCESS_DENIED)
    if (request.connection.dialect == 0x0311 and session.keys is not None
            and request.sealed_by is None
            and not request.flags & message.SIGNED):
        raise message.Malformed("3.1.1 signs its tree connects")
    encrypts = (request.connection.server.settings["encrypt_ipc"]
                and kind == PIPE and request.connection.cipher is not None)
    request.tree_id = next(session.tree_ids)
    session.trees[request.tree_id] = Tree(kind, share, encrypts)
    refers = kind == PIPE and request.connection.server.settings["refer_to"]
    return status.SUCCESS, struct.pack(
        "<HBBIII", 16, kind, 0,
        (SHAREFLAG_ENCRYPT_DATA if encrypts else 0)
        | (SHAREFLAG_DFS if refers else 0), SHARE_CAP_DFS if refers else 0,
        ALL_ACCESS)


def referral(data, target):
    """RESP_GET_DFS_REFERRAL, version 3 (MS-DFSC 2.2.4): one other place."""
    path = data[2:].decode("utf-16le").rstrip("\0")
    asked, node = (f"{text}\0".encode("utf-16le")
                   for text in (path, f"\\{target}\\IPC$"))
    entry = 34
    server = "\\".join(path.split("\\")[:3])
    return struct.pack(
        "<HHIHHHHIHHH16s", 2 * len(server), 1, 2, 3, entry, 0, 0, 600, entry,
        entry + len(asked), entry + 2 * len(asked), bytes(16)) + (
            asked + asked + node)


def tree_disconnect(request, _later):
    request.expect(4)
    session = request.session
    for one in list(session.opens.values()):
        if one.tree is request.tree:
            one.close(status.NETWORK_NAME_DELETED)
    del session.trees[request.tree_id]
    return status.SUCCESS, struct.pack("<HH", 4, 0)


def create(request, _later):
    request.expect(57)
    session, server = request.session, request.connection.server
    name = request.text(*request.unpack("<HH", 44)).lstrip("\\")
    disposition, = request.unpack("<I", 36)
    if request.tree.kind == PIPE:
        if server.settings["refer_to"]:
            raise Failed(status.PATH_NOT_COVERED)
        if name.lower() not in PIPES:
            raise Failed(status.OBJECT_NAME_NOT_FOUND)
        if session.is_null:
            raise Failed(status.ACCESS_DENIED)
        one, action = Open(session, request.tree, name.lower()), OPENED
        one.make_pipe()
        size = 0
    else:
        known = name in server.files
        if disposition == OPEN and not known:
            raise Failed(status.OBJECT_NAME_NOT_FOUND)
        one = Open(session, request.tree, name)
        action = OPENED if known else CREATED
        size = len(server.files.setdefault(name, bytearray()))
    request.file_id = one.file_id
    now = file_time()
    return status.SUCCESS, struct.pack(
        "<HBBIQQQQQQII16sII", 89, 0, 0, action, now, now, now, now, 0, size,
        ATTRIBUTE_NORMAL, 0, one.file_id, 0, 0)


def opened(request, at):
    """The open that a request names."""
    file_id, = request.unpack("<16s", at)
    if file_id == ANY_FILE and request.file_id is not None:
        file_id = request.file_id
    request.file_id = file_id
    one = request.session.opens.get(file_id)
    if one is None or one.tree is not request.tree:
        raise Failed(status.FILE_CLOSED)
    return one


def close(request, _later):
    request.expect(24)
    opened(request, 8).close(status.PIPE_DISCONNECTED)
    return status.SUCCESS, struct.pack("<HHIQQQQQQI", 60, *[0] * 9)


def flush(request, _later):
    request.expect(24)
    opened(request, 8)
    return status.SUCCESS, struct.pack("<HH", 4, 0)


def read_body(data):
    return struct.pack("<HBBIII", 17, HEADER + 16, 0, len(data), 0, 0) + data


def read(request, _later):
    request.expect(49)
    size, offset = request.unpack("<IQ", 4)
    one = opened(request, 16)
    if size > negotiate.largest(request.connection.dialect):
        raise Failed(status.INVALID_PARAMETER)
    if one.pipe is not None:
        return one.read(size, request, read_body)
    data = bytes(request.connection.server.files[one.name])[
        offset:offset + size]
    if not data and size:
        raise Failed(status.END_OF_FILE)
    return status.SUCCESS, read_body(data)


def write(request, later):
    request.expect(49)
    at, size, offset = request.unpack("<HIQ", 2)
    one = opened(request, 16)
    data = request.buffer(at, size)
    if one.pipe is not None:
        one.write(data, later)
    else:
        content = request.connection.server.files[one.name]
        content.extend(bytes(max(0, offset - len(content))))
        content[offset:offset + size] = data
    return status.SUCCESS, struct.pack("<HHIIHH", 17, 0, size, 0, 0, 0)


def ioctl(request, later):
    request.expect(57)
    code, file_id, at, size = request.unpack("<I16sII", 4)
    room, = request.unpack("<I", 44)
    data = request.buffer(at, size)

    def made(output):
        return struct.pack("<HHI16sIIIIII", 49, 0, code, file_id,
                           HEADER + 48, 0, HEADER + 48, len(output), 0,
                           0) + output

    if code == VALIDATE_NEGOTIATE_INFO:
        return status.SUCCESS, made(negotiate.validate(request, data))
    if code in DFS_REFERRALS:
        target = request.connection.server.settings["refer_to"]
        if not target:
            raise Failed(status.NOT_FOUND)
        return status.SUCCESS, made(referral(data, target))
    if code not in (PIPE_TRANSCEIVE, PIPE_PEEK, PIPE_WAIT):
        raise Failed(status.INVALID_DEVICE_REQUEST)
    if code == PIPE_WAIT:
        return status.SUCCESS, made(b"")
    one = opened(request, 8)
    if one.pipe is None:
        raise Failed(status.INVALID_DEVICE_REQUEST)
    if code == PIPE_PEEK:
        return status.SUCCESS, made(peek(one.pipe))
    if one.pipe.messages or one.pipe.readers:
        raise Failed(status.PIPE_BUSY)
    one.write(data, later)
    if not one.session.valid:   # the call has ended its own session
        return status.USER_SESSION_DELETED, None
    return one.read(room, request, made)


def peek(pipe):
    connected = 3
    return struct.pack("<IIII", connected, sum(map(len, pipe.messages)),
                       len(pipe.messages),
                       len(pipe.messages[0]) if pipe.messages else 0)


def cancel(request, _later):
    for one in list(request.connection.pending.values()):
        if (request.flags & message.ASYNC and one.pending == request.async_id
                or one.message_id == request.message_id):
            one.on_cancel()
    return LATER


def echo(request, _later):
    request.expect(4)
    return status.SUCCESS, struct.pack("<HH", 4, 0)


def query_info(request, _later):
    request.expect(41)
    kind, which, _ = request.unpack("<BBI", 2)
    one = opened(request, 24)
    size = len(request.connection.server.files.get(one.name, b""))
    now = file_time()
    known = {
        4: struct.pack("<QQQQII", now, now, now, now, ATTRIBUTE_NORMAL, 0),
        5: struct.pack("<QQIBBH", size, size, 1, 0, 0, 0),
        34: struct.pack("<QQQQQQII", now, now, now, now, size, size,
                        ATTRIBUTE_NORMAL, 0),
    }
    if kind != 1 or which not in known:
        raise Failed(status.NOT_SUPPORTED)
    return status.SUCCESS, struct.pack(
        "<HHI", 9, HEADER + 8, len(known[which])) + known[which]


def unsupported(request, _later):
    raise Failed(status.NOT_SUPPORTED)


HANDLERS = {number: unsupported for number in range(len(message.NAMES))}
HANDLERS.update({
    message.NEGOTIATE: negotiate.negotiate,
    message.SESSION_SETUP: auth.session_setup, message.LOGOFF: auth.logoff,
    message.TREE_CONNECT: tree_connect,
    message.TREE_DISCONNECT: tree_disconnect, message.CREATE: create,
    message.CLOSE: close, message.FLUSH: flush, message.READ: read,
    message.WRITE: write, message.IOCTL: ioctl, message.CANCEL: cancel,
    message.ECHO: echo, message.QUERY_INFO: query_info})
