# SPDX-License-Identifier: LGPL-3.0-or-later
"""SMB2 messages: the header, and a request that may be answered later."""

import struct

from . import status

(NEGOTIATE, SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, CREATE,
 CLOSE, FLUSH, READ, WRITE, LOCK, IOCTL, CANCEL, ECHO, QUERY_DIRECTORY,
 CHANGE_NOTIFY, QUERY_INFO, SET_INFO, OPLOCK_BREAK) = range(19)
NAMES = ("negotiate", "session_setup", "logoff", "tree_connect",
         "tree_disconnect", "create", "close", "flush", "read", "write",
         "lock", "ioctl", "cancel", "echo", "query_directory",
         "change_notify", "query_info", "set_info", "oplock_break")

HEADER = 64
MAGIC, SMB1_MAGIC = b"\xfeSMB", b"\xffSMB"
RESPONSE, ASYNC, RELATED, SIGNED = 1, 2, 4, 8
ERROR_BODY = struct.pack("<HBBIB", 9, 0, 0, 0, 0)
LATER = object()    # what a handler gives that answers on its own


class Malformed(Exception):
    """A message that no client sends; the connection ends."""


class Failed(Exception):
    """An error answer."""

    def __init__(self, code):
        super().__init__(f"{code:#010x}")
        self.status = code


class Request:
    """One SMB2 request on its connection."""

    def __init__(self, connection, data, sealed_by):
        if len(data) < HEADER + 2 or data[:4] != MAGIC:
            raise Malformed("no SMB2 header")
        (size, self.charge, _, self.command, self.credits, self.flags,
         self.next, self.message_id, low, self.tree_id,
         self.session_id) = struct.unpack_from("<HHIHHIIQIIQ", data, 4)
        if size != HEADER or self.flags & RESPONSE:
            raise Malformed("no request")
        if self.command >= len(NAMES):
            raise Malformed("no command")
        self.async_id = low | self.tree_id << 32
        self.connection, self.data = connection, data
        self.sealed_by = sealed_by      # the session that encrypted it
        self.session = sealed_by
        self.tree = None
        self.file_id = None             # of the one before, when related
        self.pending = 0
        self.on_cancel = None
        self.built = None               # called with the answer's bytes
        self.answered = False

    @property
    def name(self):
        return NAMES[self.command]

    def unpack(self, form, at=0):
        """Fields of the body."""
        try:
            return struct.unpack_from(form, self.data, HEADER + at)
        except struct.error as error:
            raise Failed(status.INVALID_PARAMETER) from error

    def expect(self, size):
        """Check the body's StructureSize."""
        if self.unpack("<H")[0] != size:
            raise Failed(status.INVALID_PARAMETER)

    def buffer(self, offset, length):
        """What an offset from the header's start points to."""
        if length and (offset < HEADER or offset + length > len(self.data)):
            raise Failed(status.INVALID_PARAMETER)
        return self.data[offset:offset + length]

    def text(self, offset, length):
        try:
            return self.buffer(offset, length).decode("utf-16le")
        except UnicodeDecodeError as error:
            raise Failed(status.INVALID_PARAMETER) from error

    def _bytes(self, code, body, flags, credits):
        target = (self.pending if flags & ASYNC else self.tree_id << 32)
        return MAGIC + struct.pack(
            "<HHIHHIIQQQ16s", HEADER, self.charge, code, self.command,
            credits, flags, 0, self.message_id, target, self.session_id,
            bytes(16)) + body

    def pend(self, cancel):
        """Answer with STATUS_PENDING; the real answer follows."""
        connection = self.connection
        self.pending = connection.next_async_id()
        self.on_cancel = cancel
        connection.pending[self.pending] = self
        data = self._bytes(status.PENDING, ERROR_BODY, RESPONSE | ASYNC,
                           connection.grant(self))
        connection.send(self, data, signed=False)

    def answer(self, code, body=None):
        """Send the one answer; a second call does nothing."""
        if self.answered:
            return
        self.answered = True
        flags, credits = RESPONSE | (self.flags & RELATED), 0
        if self.pending:
            self.connection.pending.pop(self.pending, None)
            flags |= ASYNC
        else:
            credits = self.connection.grant(self)
        data = self._bytes(code, ERROR_BODY if body is None else body, flags,
                           credits)
        self.connection.send(self, data, signed=True)
