# SPDX-License-Identifier: LGPL-3.0-or-later
"""A session, its tree connects and its opens (MS-SMB2 3.3.1.8 to 3.3.1.10)."""

import itertools
import struct
import time

from . import rpc, status
from .message import LATER
from .pipe import Pipe


class Session:
    """One logon on one connection; several live beside each other.

    Ended, it stays known to its connection with its keys, so that what still
    arrives for it is answered as such, signed or encrypted as it came.
    """

    def __init__(self, connection, number):
        self.connection, self.id = connection, number
        self.server = connection.server
        self.user, self.groups = "", frozenset()
        self.is_guest = self.is_null = False
        self.keys = None
        self.signing_required = self.encrypts = False
        self.sealed_once = False
        self.trees, self.opens = {}, {}
        self.tree_ids = itertools.count(1)
        self.open_ids = itertools.count(1)
        self.began = self.last_request = time.monotonic()
        self.valid = False

    def log_on(self, exchange):
        self.user, self.groups = exchange.name, exchange.groups
        self.is_guest, self.is_null = exchange.is_guest, exchange.is_null
        self.began = self.last_request = time.monotonic()
        self.valid = True
        self.server.table.live[self.id] = self

    def end(self):
        """LOGOFF, Del or the connection's end: nothing of it goes on."""
        self.valid = False
        self.server.table.live.pop(self.id, None)
        for one in list(self.opens.values()):
            one.close(status.USER_SESSION_DELETED)
        self.opens.clear()
        self.trees.clear()

    def row(self):
        """For the tests: what the server knows of it."""
        keys, connection = self.keys, self.connection
        return {
            "id": str(self.id), "user": self.user,
            "client": self.server.table.client_name(connection.address),
            "address": connection.address, "port": connection.port,
            "opens": len(self.opens),
            "time": time.monotonic() - self.began,
            "idle": time.monotonic() - self.last_request,
            "guest": self.is_guest, "null": self.is_null,
            "dialect": connection.dialect_name(),
            "signing": keys.signing if keys else None,
            "signing_required": self.signing_required,
            "cipher": keys.cipher if keys and self.sealed_once else None,
            "connection": connection.number}


class Open:
    """An open file of the share, or with a pipe the end of a service."""

    def __init__(self, session, tree, name):
        self.session, self.tree, self.name = session, tree, name
        number = next(session.open_ids)
        self.file_id = struct.pack("<QQ", number, session.id)
        session.opens[self.file_id] = self
        self.pipe = self.endpoint = None
        self.closed = self.held = False

    def make_pipe(self):
        server = self.session.server
        self.pipe = Pipe(server.settings["pipe_mode"] == "byte")
        self.endpoint = rpc.Endpoint(server, self.session)

    def close(self, code):
        self.closed = True
        self._let_go()
        self.session.opens.pop(self.file_id, None)
        if self.pipe is None:
            return
        readers, self.pipe.readers = list(self.pipe.readers), []
        for _, request, _ in readers:
            request.answer(code)

    # The pipe's traffic.

    def write(self, data, later):
        """Give the service data; later(seconds, what) delays its answer."""
        try:
            messages, more, delay = self.endpoint.take(data)
        except rpc.Cut as cut:
            if not cut.first:
                raise
            messages, more, delay = cut.first, self._hang_up, 0
        if delay:
            self.held = True
            self.session.server.held.enter()
            later(delay, lambda: self._deliver(messages, more))
        else:
            self._deliver(messages, more)

    @staticmethod
    def _hang_up():
        raise rpc.Cut()

    def _let_go(self):
        if self.held:
            self.held = False
            self.session.server.held.leave()

    def _deliver(self, messages, more):
        self._let_go()
        if self.closed:
            return
        for message in messages:
            self.pipe.put(message)
        if more is not None:
            self.pipe.more = more
        while self.pipe.readers and self.pipe.ready():
            size, request, form = self.pipe.readers.popleft()
            code, data = self.pipe.take(size)
            request.answer(code, form(data))

    def read(self, size, request, form):
        """(status, body), or LATER when there is nothing to read yet."""
        if self.pipe.ready():
            code, data = self.pipe.take(size)
            return code, form(data)
        entry = (size, request, form)
        self.pipe.readers.append(entry)

        def cancel():
            if entry in self.pipe.readers:
                self.pipe.readers.remove(entry)
            request.answer(status.CANCELLED)
        request.pend(cancel)
        return LATER
