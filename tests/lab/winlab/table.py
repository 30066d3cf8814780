# SPDX-License-Identifier: LGPL-3.0-or-later
"""The server's sessions, as NetrSessionEnum shows them and Del ends them.

Real sessions belong to connected clients.  Scripted ones are rows out of
nothing that age like the others: for thousands of sessions, for clients with
names no test machine has, and for what a client does after Del.
"""

import ipaddress
import itertools
import time
from dataclasses import dataclass

SESS_GUEST, SESS_NOENCRYPTION = 1, 2
NEVER = float("inf")


@dataclass
class Row:
    """One session at the moment of an enumeration."""

    client: str
    user: str
    opens: int
    time: int
    idle: int
    flags: int
    type: str
    transport: str
    source: object  # a connection's session, or a Scripted


class Scripted:
    """A row from a table.

    times: how many of it.  age, idle: seconds when the row was made; frozen:
    they stay.  after_del: "gone", "stays" (Del answers success all the same)
    or "again" (the client logs on again at once).
    """

    def __init__(self, client, user, opens=0, age=60, idle=0, flags=0,
                 type="", transport="", frozen=False, after_del="gone"):
        if after_del not in ("gone", "stays", "again"):
            raise ValueError("after_del: gone, stays or again")
        self.client, self.user, self.opens = client, user, opens
        self.flags, self.type, self.transport = flags, type, transport
        self.age, self.idle, self.frozen = age, idle, frozen
        self.after_del = after_del
        self.began = time.monotonic()

    def row(self):
        passed = 0 if self.frozen else int(time.monotonic() - self.began)
        return Row(self.client, self.user, self.opens,
                   (self.age + passed) & 0xFFFFFFFF,
                   (self.idle + passed) & 0xFFFFFFFF, self.flags, self.type,
                   self.transport, self)


def ordinal(text):
    """A name as it is compared: without case, one letter for one."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter
                   for letter in text)


def bare(name):
    """A client's name as it is compared."""
    return ordinal(name.removeprefix("\\\\"))


class Table:
    def __init__(self, settings):
        self.settings = settings
        self.live = {}      # session id to session
        self.scripted = []
        self.ids = itertools.count(1)

    def set_scripted(self, rows, add=False):
        made = []
        for row in rows:
            row = dict(row)
            for _ in range(row.pop("times", 1)):
                made.append(Scripted(**row))
        self.scripted = (self.scripted if add else []) + made

    def client_name(self, address):
        """A peer's address as the server would call it."""
        settings = self.settings
        address = ipaddress.ip_address(address.partition("%")[0])
        text = str(address)
        if address.version == 6:
            text += settings["ipv6_zone"]
            if settings["ipv6_form"] == "brackets":
                text = f"[{text}]"
        return settings["client_prefix"] + text

    def _live_row(self, session, now):
        settings = self.settings
        noencryption = settings["noencryption"]
        flags = SESS_GUEST if session.is_guest else 0
        if noencryption == "always" or (noencryption == "guest"
                                        and session.is_guest):
            flags |= SESS_NOENCRYPTION
        return Row(self.client_name(session.connection.address), session.user,
                   len(session.opens), int(now - session.began),
                   int(now - session.last_request), flags,
                   settings["client_type"], settings["transport"], session)

    def rows(self, own=None):
        """All rows: real sessions by age, then the scripted ones."""
        now = time.monotonic()
        hidden = None if self.settings["list_own"] else own
        return [self._live_row(session, now)
                for session in self.live.values()
                if session.valid and session is not hidden] + [
                    entry.row() for entry in self.scripted]

    def end(self, row):
        """What Del does with one session; false if it stays."""
        source = row.source
        if not isinstance(source, Scripted):
            source.end()
            return True
        if source.after_del == "stays":
            return False
        if source.after_del == "again":
            source.began = time.monotonic()
            source.age = source.idle = 0
        else:
            self.scripted.remove(source)
        return True
