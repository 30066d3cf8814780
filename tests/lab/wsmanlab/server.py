# SPDX-License-Identifier: LGPL-3.0-or-later
"""The server: its listeners, its state, and the control line."""

import asyncio
import collections
import itertools
import random

from smblab.addresses import loopback

from . import settings
from .connection import Connection
from .httpio import LARGEST_HEAD
from .rules import OPERATIONS, Rules
from .security import Security
from .service import Service
from .table import Table

# How much of what was asked is kept.
REQUESTS = 10000
LONGEST_SOAP = 1 << 16
RIGHTS = {"member": "members", "list": "listers", "close": "closers"}


class Server:
    def __init__(self, directory):
        self.settings = settings.defaults()
        self.users = {}
        self.security = Security(directory, self.users, self.settings)
        self.table = Table()
        self.service = Service(self.settings, self.table)
        self.rules = Rules()
        self.connections = set()
        self.numbers = itertools.count(1)
        self.counts = self.empty()
        self.heard = collections.deque(maxlen=REQUESTS)
        self.requests = collections.deque(maxlen=REQUESTS)
        self.listeners = []
        self.ipv6 = False

    @staticmethod
    def empty():
        return dict.fromkeys((
            "connections", "http", "challenges", "refused", "redirects",
            "encrypted", "expects", "faults", "errors", "other",
            *sorted(OPERATIONS)), 0)

    def count(self, what):
        self.counts[what] += 1

    def hear(self, connection, message):
        """Note an HTTP request, whoever sent it."""
        heard = {"connection": connection.number, "method": message.method,
                 "target": message.target, "headers": message.pairs,
                 "body": len(message.body), "tls": connection.tls is not None,
                 "status": None}
        self.heard.append(heard)
        return heard

    def note(self, caller, soap, request):
        """Note an authenticated one."""
        made = {
            "operation": request.operation if request else "other",
            "soap": soap[:LONGEST_SOAP].decode("utf-8", "replace"),
            "principal": caller.principal, "how": caller.how,
            "encrypted": caller.encrypted, "connection": caller.connection,
            "uri": request.uri if request else "",
            "action": request.action if request else "",
            "selectors": request.selectors if request else {},
            "options": request.options if request else {},
            "wql": None, "fault": None, "rule": None}
        self.requests.append(made)
        return made

    # Listening.

    async def listen(self, port, tls_port=0, hosts=None):
        """On both loopback addresses; gives the ports, None without one."""
        form = self.settings["tls"]
        context = None
        if form != "off":
            context = self.security.tls_context(
                self.settings["client_certificates"])
        hosts = hosts or loopback()
        self.ipv6 = len(hosts) > 1
        if form == "on":
            made = await self._listen(port, hosts, context)
            return made, made
        plain = await self._listen(port, hosts, None)
        return plain, (None if context is None else
                       await self._listen(tls_port, hosts, context))

    async def _listen(self, port, hosts, context):
        # Below the range that the kernel hands out to outgoing connections.
        choices = [port] if port else random.sample(range(20000, 32000), 30)
        for choice in choices:
            try:
                await self._listen_on(choice, hosts, context)
            except OSError:
                if port:
                    raise
                continue
            return choice
        raise OSError("no free port")

    async def _listen_on(self, port, hosts, context):
        made = []
        try:
            for host in hosts:
                made.append(await asyncio.start_server(
                    self._serve, host, port, backlog=1024, ssl=context,
                    limit=LARGEST_HEAD))
        except OSError:
            for listener in made:
                listener.close()
            raise
        self.listeners += made

    async def _serve(self, reader, writer):
        self.count("connections")
        connection = Connection(self, reader, writer, next(self.numbers))
        self.connections.add(connection)
        try:
            await connection.serve()
        finally:
            self.connections.discard(connection)

    # The control line's commands.

    def control(self):
        return {"set": self.do_set, "reset": self.do_reset,
                "rules": self.do_rules, "sessions": self.do_sessions,
                "counts": self.do_counts, "invokes": self.do_invokes,
                "requests": self.do_requests, "heard": self.do_heard,
                "user": self.do_user, "end": self.do_end, "cut": self.do_cut,
                "contexts": self.do_contexts,
                "settings": lambda: {"settings": self.settings}}

    def do_set(self, **changes):
        self.settings.update(settings.checked(changes))

    def do_reset(self):
        """Defaults, no rules, no rows, no counts; connections stay."""
        self.settings.update(settings.defaults())
        self.rules.set([])
        self.table.set([])
        self.do_contexts(drop=True)
        for forget in (self.do_counts, self.do_invokes, self.do_requests,
                       self.do_heard):
            forget(reset=True)

    def do_rules(self, rules=None):
        if rules is not None:
            self.rules.set(rules)
        return {"rules": self.rules.report()}

    def do_sessions(self, rows=None, add=False):
        if rows is not None:
            self.table.set(rows, add)
        return {"rows": [session.report()
                         for session in self.table.sessions]}

    def do_counts(self, reset=False):
        counts = self.counts
        if reset:
            self.counts = self.empty()
        return {"counts": counts, "open": len(self.connections),
                "contexts": len(self.service.contexts)}

    def do_contexts(self, drop=False):
        """How many enumerations are under way; drop: forget them."""
        found = len(self.service.contexts)
        if drop:
            self.service.contexts.clear()
        return {"contexts": found}

    def _given(self, name, kept, reset):
        found = list(kept)
        if reset:
            kept.clear()
        return {name: found}

    def do_invokes(self, reset=False):
        return self._given("invokes", self.service.invokes, reset)

    def do_requests(self, reset=False):
        return self._given("requests", self.requests, reset)

    def do_heard(self, reset=False):
        return self._given("heard", self.heard, reset)

    def do_user(self, name, password, rights=None):
        """A user; rights of member, list, close, or what the settings say."""
        self.users[name] = password
        if rights is None:
            return
        for right, setting in RIGHTS.items():
            allowed = [user for user in self.settings[setting]
                       if user != name.lower()]
            if right in rights:
                allowed.append(name.lower())
            self.settings[setting] = allowed

    def do_end(self, id, instance=0):
        """End one session, as an administrator at the server would."""
        session = self.table.find(int(id), instance)
        if session is None:
            raise ValueError(f"no session {id}")
        self.table.remove(session)

    def do_cut(self):
        for connection in list(self.connections):
            connection.end()
