# SPDX-License-Identifier: LGPL-3.0-or-later
"""A named pipe in message mode, seen from its client (MS-FSA, MS-SMB2).

The service writes each DCE/RPC fragment as one message.  A read takes from
the first message only; one that leaves part of it answers BUFFER_OVERFLOW and
what it took, and the next read goes on there.  In byte mode a read takes what
there is, over the bounds of messages, and never overflows.
"""

from collections import deque

from . import status


class Pipe:
    """The waiting messages; more: gives another when none is left."""

    def __init__(self, byte_mode):
        self.byte_mode = byte_mode
        self.messages = deque()
        self.more = None
        self.readers = deque()      # (size, the request that waits)

    def put(self, message):
        self.messages.append(message)

    def ready(self):
        if not self.messages and self.more is not None:
            self.put(self.more())
        return bool(self.messages)

    def take(self, size):
        """(status, data) of a read when ready()."""
        if self.byte_mode:
            return status.SUCCESS, self._take_bytes(size)
        message = self.messages.popleft()
        if len(message) <= size:
            return status.SUCCESS, message
        self.messages.appendleft(message[size:])
        return status.BUFFER_OVERFLOW, message[:size]

    def _take_bytes(self, size):
        taken = b""
        while self.messages and len(taken) < size:
            message = self.messages.popleft()
            room = size - len(taken)
            taken += message[:room]
            if len(message) > room:
                self.messages.appendleft(message[room:])
        return taken
