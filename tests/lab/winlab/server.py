# SPDX-License-Identifier: LGPL-3.0-or-later
"""The server: its listeners, its state, and the control line."""

import asyncio
import itertools
import os
import random

from smblab.addresses import loopback

from . import settings
from .connection import Connection
from .ntlmauth import STATES
from .rules import Rules
from .table import Table

GROUPS = {"administrators", "server operators", "listers", "users", "guests"}


class Held:
    """How many calls wait for their scripted delay, and how many did."""

    def __init__(self):
        self.now = self.most = 0

    def enter(self):
        self.now += 1
        self.most = max(self.most, self.now)

    def leave(self):
        self.now -= 1


class Server:
    def __init__(self):
        self.settings = settings.defaults()
        self.guid = os.urandom(16)
        self.users, self.files = {}, {}
        self.table = Table(self.settings)
        self.rules = Rules()
        self.held = Held()      # which several servers may share
        self.dels = []
        self.connections = set()
        self.connection_numbers = itertools.count(1)
        self.session_numbers = itertools.count(1)
        self.counts = self.empty()
        self.listeners = []

    @staticmethod
    def empty():
        return {"connections": 0, "frames": 0, "encrypted": 0, "binds": 0,
                "errors": 0, "bad_signatures": 0, "commands": {},
                "opnums": {}}

    def next_session_id(self):
        return 0x0000100000000000 | next(self.session_numbers) << 2 | 1

    def count(self, what):
        self.counts[what] += 1

    def count_command(self, name):
        commands = self.counts["commands"]
        commands[name] = commands.get(name, 0) + 1

    def count_opnum(self, opnum):
        opnums = self.counts["opnums"]
        opnums[opnum] = opnums.get(opnum, 0) + 1

    def add_user(self, name, password, groups=("users",), state="ok"):
        if state not in STATES or not set(groups) <= GROUPS:
            raise ValueError(f"state: {', '.join(STATES)}; "
                             f"groups: {', '.join(sorted(GROUPS))}")
        self.users[name.upper()] = {"name": name, "password": password,
                                    "groups": list(groups), "state": state}

    async def listen(self, port, hosts=None):
        """On these, or 127.0.0.1 and ::1, one port; gives it."""
        # Below the range that the kernel hands out to outgoing connections.
        choices = [port] if port else random.sample(range(20000, 32000), 30)
        for choice in choices:
            try:
                await self._listen_on(choice, hosts or loopback())
            except OSError:
                if port:
                    raise
                continue
            return choice
        raise OSError("no free port")

    async def _listen_on(self, port, hosts):
        made = []
        try:
            for host in hosts:
                made.append(await asyncio.start_server(
                    self._serve, host, port, backlog=1024))
        except OSError:
            for listener in made:
                listener.close()
            raise
        self.listeners = made

    async def _serve(self, reader, writer):
        self.count("connections")
        connection = Connection(self, reader, writer)
        self.connections.add(connection)
        try:
            await connection.serve()
        finally:
            self.connections.discard(connection)

    # The control line's commands.

    def control(self):
        return {"set": self.do_set, "reset": self.do_reset,
                "rules": self.do_rules, "scripted": self.do_scripted,
                "sessions": self.do_sessions, "counts": self.do_counts,
                "dels": self.do_dels, "user": self.do_user,
                "end": self.do_end, "cut": self.do_cut,
                "settings": lambda: {"settings": self.settings}}

    def do_set(self, **changes):
        self.settings.update(settings.checked(changes))

    def do_reset(self):
        """Defaults, no rules, no rows, no counts; connections stay."""
        self.settings.update(settings.defaults())
        self.rules.set([])
        self.table.set_scripted([])
        self.do_dels(reset=True)
        self.do_counts(reset=True)

    def do_rules(self, rules=None):
        if rules is not None:
            self.rules.set(rules)
        return {"rules": self.rules.report()}

    def do_scripted(self, rows=None, add=False):
        if rows is not None:
            self.table.set_scripted(rows, add)
        return {"rows": [
            {name: getattr(row, name) for name in
             ("client", "user", "opens", "time", "idle", "flags", "type",
              "transport")}
            for row in (entry.row() for entry in self.table.scripted)]}

    def do_sessions(self):
        return {"sessions": [session.row()
                             for session in self.table.live.values()]}

    def do_counts(self, reset=False):
        counts = self.counts
        if reset:
            self.counts = self.empty()
        return {"counts": counts, "open": len(self.connections)}

    def do_dels(self, reset=False):
        dels = self.dels
        if reset:
            self.dels = []
        return {"dels": dels}

    def do_user(self, name, password, groups=("users",), state="ok"):
        self.add_user(name, password, groups, state)

    def do_end(self, id):
        """End one session, as an administrator at the server would."""
        session = self.table.live.get(int(id))
        if session is None:
            raise ValueError(f"no session {id}")
        session.end()

    def do_cut(self):
        for connection in list(self.connections):
            connection.end()
