# SPDX-License-Identifier: LGPL-3.0-or-later
"""NetrSessionEnum and NetrSessionDel (MS-SRVS 3.1.4.5 and 3.1.4.6).

Written from the specification alone.  Where it leaves room:

- the order of the checks: names over 1024 characters (87), the level (124),
  the caller's right (5), the form of the client's name (2351 from Enum, 2312
  from Del), then whether anything matches (2312 for the client, 2221 for the
  user);
- TotalEntries counts from the resume handle on (setting "total": all);
- a page holds at least one row, whatever the preferred length;
- Del with neither a client nor a user is refused with 87.
"""

import time
from dataclasses import dataclass

from . import ndr, status, table
from .settings import FOREVER

UUID = "4b324fc8-1670-01d3-1278-5a47bf6ee188"
VERSION = (3, 0)
ENUM, DEL = 12, 13
OPNUMS = 58
LONGEST_NAME = 1024

# Members of each level's structure, in order.
LEVELS = {
    0: ("client",),
    1: ("client", "user", "opens", "time", "idle", "flags"),
    2: ("client", "user", "opens", "time", "idle", "flags", "type"),
    10: ("client", "user", "time", "idle"),
    502: ("client", "user", "opens", "time", "idle", "flags", "type",
          "transport"),
}
TEXTS = ("client", "user", "type", "transport")
ADMINISTRATORS = {"administrators", "server operators"}


@dataclass
class Enum:
    """A decoded NetrSessionEnum request."""

    server: str
    client: str
    user: str
    level: int
    preferred: int
    resume: int


def read_enum(stub):
    reader = ndr.Reader(stub)
    names = [reader.unique_string() for _ in range(3)]
    level, switch = reader.u32(), reader.u32()
    if switch != level:
        raise ndr.BadStub("level and switch differ")
    # [in] the container is there or not; if it is, then without entries.
    if reader.u32():
        entries = reader.u32()
        if reader.u32() or entries:
            raise ndr.BadStub("entries in a request")
    return Enum(*names, level, reader.u32(), reader.unique_u32())


def read_del(stub):
    reader = ndr.Reader(stub)
    return tuple(reader.unique_string() for _ in range(3))


def write_enum(level, rows, total, resume, code, lie):
    """A NetrSessionEnum answer; lie adds to its counts."""
    writer = ndr.Writer()
    writer.u32(level, level)
    if level in LEVELS:
        writer.pointer()
        writer.u32((len(rows) + lie.get("entries", 0)) & FOREVER)
        writer.pointer(bool(rows))
        if rows:
            _write_rows(writer, LEVELS[level], rows,
                        lie.get("max_count", lie.get("entries", 0)))
    writer.u32((total + lie.get("total", 0)) & FOREVER)
    writer.pointer(resume is not None)
    if resume is not None:
        writer.u32(resume)
    writer.u32(code)
    return writer.data()


def _write_rows(writer, members, rows, extra):
    writer.u32((len(rows) + extra) & FOREVER)
    for row in rows:
        for member in members:
            if member in TEXTS:
                writer.pointer()
            else:
                writer.u32(getattr(row, member))
    for row in rows:
        for member in members:
            if member in TEXTS:
                writer.string(getattr(row, member))


def row_bytes(row, level):
    """A row's share of the preferred maximum length, as on a 32-bit page."""
    return sum(4 + (2 * len(getattr(row, member)) + 2
                    if member in TEXTS else 0)
               for member in LEVELS[level])


class Service:
    """The interface of one open pipe."""

    def __init__(self, server, session):
        self.server, self.session = server, session
        self.settings = server.settings
        self.place = 0      # where an enumeration goes on ("resume": total)

    def level_of(self, opnum, stub):
        """What a rule may ask for, before the call is carried out."""
        if opnum != ENUM:
            return None
        try:
            return read_enum(stub).level
        except (ndr.BadStub, UnicodeDecodeError):
            return None

    def call(self, opnum, stub, lie, refused=None):
        """The answer's stub, or a fault's code.

        refused: a Windows error to answer instead of doing anything.
        """
        try:
            if opnum == ENUM:
                return self._enum(read_enum(stub), lie, refused)
            if opnum == DEL:
                return self._del(*read_del(stub), refused)
        except (ndr.BadStub, UnicodeDecodeError):
            return status.NCA_S_FAULT_NDR
        return status.NCA_S_OP_RNG_ERROR

    def _is_administrator(self):
        return bool(ADMINISTRATORS & self.session.groups)

    def _check_enum(self, asked):
        if any(len(name or "") > LONGEST_NAME
               for name in (asked.client, asked.user)):
            return status.ERROR_INVALID_PARAMETER
        if asked.level not in LEVELS:
            return status.ERROR_INVALID_LEVEL
        code = self.settings["refuse_levels"].get(str(asked.level))
        if code is not None:
            return code
        if not (self._is_administrator() or "listers" in self.session.groups
                or asked.level in self.settings["open_levels"]):
            return status.ERROR_ACCESS_DENIED
        if asked.client and not asked.client.startswith("\\\\"):
            return status.NERR_INVALID_COMPUTER
        return status.ERROR_SUCCESS

    def _enum(self, asked, lie, refused):
        code = refused if refused is not None else self._check_enum(asked)
        rows = []
        if not code:
            rows, code = self._matching(asked.client, asked.user)
        if code:
            if (asked.level not in LEVELS
                    and self.settings["bad_level"] == "fault"):
                return status.NCA_S_FAULT_NDR
            return write_enum(asked.level, [], 0, asked.resume, code, lie)
        return self._page(asked, rows, lie)

    def _matching(self, client, user):
        rows = self.server.table.rows(self.session)
        if client:
            rows = [row for row in rows
                    if table.bare(row.client) == table.bare(client)]
            if not rows:
                return [], status.NERR_CLIENT_NAME_NOT_FOUND
        if user:
            rows = [row for row in rows
                    if table.ordinal(row.user) == table.ordinal(user)]
            if not rows:
                return [], status.NERR_USER_NOT_FOUND
        return rows, status.ERROR_SUCCESS

    def _room(self, asked, rows):
        """How many of the rows a page holds."""
        settings = self.settings
        limit = settings["page_bytes"] or FOREVER
        if settings["honour_preferred"]:
            limit = min(limit, asked.preferred)
        count = settings["page_rows"] or len(rows)
        if limit != FOREVER:
            size = 0
            for number, row in enumerate(rows[:count]):
                size += row_bytes(row, asked.level)
                if size > limit:
                    count = number
                    break
        return max(1, count)

    def _page(self, asked, rows, lie):
        settings = self.settings
        start = asked.resume or 0
        if settings["resume"] == "total" and start:
            start = self.place
        start = min(start, len(rows))
        page = rows[start:start + self._room(asked, rows[start:])]
        after = start + len(page)
        total = len(rows) - (start if settings["total"] == "remaining" else 0)
        if after >= len(rows):
            resume = {"zero": 0, "total": len(rows),
                      "position": after}[settings["resume_final"]]
            code = status.ERROR_SUCCESS
        else:
            after = max(1, after - settings["page_repeat"]
                        + settings["page_skip"])
            resume = {"zero": 0, "total": len(rows),
                      "position": after}[settings["resume"]]
            code = status.ERROR_MORE_DATA
        self.place = after
        return write_enum(asked.level, page, total,
                          None if asked.resume is None else resume, code, lie)

    def _check_del(self, client, user):
        if len(client) > LONGEST_NAME or len(user) > LONGEST_NAME:
            return status.ERROR_INVALID_PARAMETER
        if not self._is_administrator():
            return status.ERROR_ACCESS_DENIED
        if not client and not user:
            return status.ERROR_INVALID_PARAMETER
        if client and not client.startswith("\\\\"):
            return status.NERR_CLIENT_NAME_NOT_FOUND
        return status.ERROR_SUCCESS

    def _del(self, server, client, user, refused):
        entry = {"server": server, "client": client, "user": user,
                 "by": self.session.user, "at": time.time(), "ended": 0}
        code = refused
        if code is None:
            code = self._check_del(client or "", user or "")
        if not code:
            code, entry["ended"] = self._end(client, user)
        entry["code"] = code
        self.server.dels.append(entry)
        writer = ndr.Writer()
        writer.u32(code)
        return writer.data()

    def _end(self, client, user):
        # Del names the error of its table only: 2312 for either name.
        rows, code = self._matching(client, user)
        if code:
            return status.NERR_CLIENT_NAME_NOT_FOUND, 0
        if self.settings["del_lies"]:
            return status.ERROR_SUCCESS, 0
        return status.ERROR_SUCCESS, sum(
            self.server.table.end(row) for row in rows)
