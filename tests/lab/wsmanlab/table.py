# SPDX-License-Identifier: LGPL-3.0-or-later
"""The sessions, as instances of MSFT_SmbSession.

A row, as it is set:

    id          SessionId, a uint64; without one it gets the next
    client, user, scope ("*"), node, dialect, transport, opens, instance
    exists, idle    seconds when the row was made; they grow with the clock
    frozen      they stay
    times       so many rows, of consecutive ids; "{n}" in a text is replaced
                by the row's number among them, from 1
    on_close    what ForceClose does: "ends"; "again": a new session of the
                same client and user at once; "stays": success, and nothing
                has ended; "refuses" with "code" (5) as ReturnValue;
                "vanishes": it is gone the moment it is asked for, CIM status 6
    then        on_close of what "again" makes ("ends")
    absent, nil, empty      properties that are left out, nil or empty
    raw         property to text: what is written in place of the value
"""

import itertools
import time

ON_CLOSE = {"ends", "again", "stays", "refuses", "vanishes"}
# MSFT_SmbSession's properties, in the class' order, with their CIM types.
PROPERTIES = {
    "ClientComputerName": "string", "ClientUserName": "string",
    "ClusterNodeName": "string", "Dialect": "string",
    "NumOpens": "unsignedLong", "ScopeName": "string",
    "SecondsExists": "unsignedInt", "SecondsIdle": "unsignedInt",
    "SessionId": "unsignedLong", "SmbInstance": "unsignedInt",
    "TransportName": "string",
}
# As large, and as sparse, as Windows' are.
FIRST_ID = 0x0000740000000001
STEP = 4
UINT32 = 0xFFFFFFFF


class Session:
    def __init__(self, id, client="192.0.2.1", user="LAB\\dora", scope="*",
                 node="WSMANLAB", dialect="3.1.1", transport="", opens=0,
                 instance=0, exists=60, idle=0, frozen=False,
                 on_close="ends", then="ends", code=5, absent=(), nil=(),
                 empty=(), raw=None):
        if on_close not in ON_CLOSE or then not in ON_CLOSE:
            raise ValueError(f"on_close: {', '.join(sorted(ON_CLOSE))}")
        strange = {*absent, *nil, *empty, *(raw or {})} - set(PROPERTIES)
        if strange:
            raise ValueError(f"no properties: {strange}")
        self.id, self.client, self.user = id, client, user
        self.scope, self.node, self.dialect = scope, node, dialect
        self.transport, self.opens, self.instance = transport, opens, instance
        self.exists, self.idle, self.frozen = exists, idle, frozen
        self.on_close, self.then, self.code = on_close, then, code
        self.absent, self.nil, self.empty = absent, nil, empty
        self.raw = raw or {}
        self.began = time.monotonic()

    def values(self):
        """Its properties now; None is NULL."""
        passed = 0 if self.frozen else int(time.monotonic() - self.began)
        return {
            "ClientComputerName": self.client, "ClientUserName": self.user,
            "ClusterNodeName": self.node, "Dialect": self.dialect,
            "NumOpens": self.opens, "ScopeName": self.scope,
            "SecondsExists": (self.exists + passed) & UINT32,
            "SecondsIdle": (self.idle + passed) & UINT32,
            "SessionId": self.id, "SmbInstance": self.instance,
            "TransportName": self.transport,
        }

    def report(self):
        values = self.values()
        return {"id": self.id, "client": self.client, "user": self.user,
                "scope": self.scope, "node": self.node, "opens": self.opens,
                "instance": self.instance, "dialect": self.dialect,
                "transport": self.transport,
                "exists": values["SecondsExists"],
                "idle": values["SecondsIdle"], "on_close": self.on_close}


class Table:
    def __init__(self):
        self.sessions = []
        self.ids = itertools.count(FIRST_ID, STEP)

    def next_id(self):
        known = {session.id for session in self.sessions}
        return next(number for number in self.ids if number not in known)

    def set(self, rows, add=False):
        made = []
        for row in rows:
            row = dict(row)
            first, times = row.pop("id", None), row.pop("times", 1)
            for number in range(times):
                texts = {name: value.replace("{n}", str(number + 1))
                         for name, value in row.items()
                         if isinstance(value, str)}
                ident = next(self.ids) if first is None else first + number
                made.append(Session(**{**row, **texts, "id": ident}))
        self.sessions = (self.sessions if add else []) + made

    def of_instance(self, instance):
        return [session for session in self.sessions
                if session.instance == instance]

    def find(self, ident, instance):
        return next((session for session in self.sessions
                     if session.id == ident
                     and session.instance == instance), None)

    def remove(self, session):
        if session in self.sessions:
            self.sessions.remove(session)

    def close(self, session):
        """ForceClose: what came of it, and the ReturnValue."""
        action = session.on_close
        if action == "stays":
            return "stays", 0
        if action == "refuses":
            return "refused", session.code
        if action == "again":
            place = self.sessions.index(session)
            self.sessions[place] = again = Session(
                self.next_id(), session.client, session.user, session.scope,
                session.node, session.dialect, session.transport,
                instance=session.instance, exists=0, frozen=session.frozen,
                on_close=session.then)
            again.absent, again.nil = session.absent, session.nil
            again.empty, again.raw = session.empty, dict(session.raw)
            again.raw.pop("SessionId", None)
            return "again", 0
        self.remove(session)
        return ("ended", 0) if action == "ends" else ("vanished", None)
