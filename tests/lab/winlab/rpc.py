# SPDX-License-Identifier: LGPL-3.0-or-later
"""Connection-oriented DCE/RPC over one open pipe (C706 12, MS-RPCE).

One association of one interface without RPC-level authentication: what is
over SMB is signed or encrypted there.  An auth verifier is answered with
bind_nak, "authentication type not recognized".
"""

import os
import struct
import uuid

from . import srvsvc, status

REQUEST, RESPONSE, FAULT = 0, 2, 3
BIND, BIND_ACK, BIND_NAK, ALTER, ALTER_ACK = 11, 12, 13, 14, 15
FIRST, LAST, DID_NOT_EXECUTE, OBJECT = 1, 2, 0x20, 0x80
DREP = b"\x10\0\0\0"
NDR32 = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le + bytes(
    (2, 0, 0, 0))
FEATURES = uuid.UUID("6cb71c2c-9812-4540-0000-000000000000").bytes_le[:8]
SRVSVC = uuid.UUID(srvsvc.UUID).bytes_le + struct.pack("<HH", *srvsvc.VERSION)
NAK_LOCAL_LIMIT, NAK_VERSION, NAK_AUTH = 2, 4, 8
ACCEPTED, REJECTED, NEGOTIATED = 0, 2, 3
NO_ABSTRACT, NO_TRANSFER = 1, 2
LONGEST_STUB = 1 << 20
OURS = 4280
HEADER, RESPONSE_HEADER = 16, 24


class Cut(Exception):
    """Hang up; `first` messages may still be read."""

    def __init__(self, first=()):
        super().__init__("cut")
        self.first = list(first)


def pdu(kind, call_id, body, flags=FIRST | LAST):
    return struct.pack("<BBBB4sHHI", 5, 0, kind, flags, DREP,
                       HEADER + len(body), 0, call_id) + body


def fault(call_id, context, code, executed=False):
    body = struct.pack("<IHBBII", 32, context, 0, 0, code, 0)
    return pdu(FAULT, call_id, body,
               FIRST | LAST | (0 if executed else DID_NOT_EXECUTE))


def fragments(call_id, context, stub, size):
    """The response PDUs of a stub, none larger than size."""
    room = (size - RESPONSE_HEADER) & ~7
    pieces = [stub[at:at + room]
              for at in range(0, len(stub), room)] or [b""]
    last = len(pieces) - 1
    left = len(stub)
    made = []
    for number, piece in enumerate(pieces):
        flags = (FIRST if number == 0 else 0) | (
            LAST if number == last else 0)
        made.append(pdu(RESPONSE, call_id, struct.pack(
            "<IHBB", left, context, 0, 0) + piece, flags))
        left -= len(piece)
    return made


def overwritten(message, rule):
    """A PDU with some of its header's fields replaced."""
    out = bytearray(message)
    places = {"version": (0, "<B"), "pdu_type": (2, "<B"),
              "flags": (3, "<B"), "drep": (4, "<I"), "frag_length": (8, "<H"),
              "auth_length": (10, "<H"), "call_id": (12, "<I"),
              "alloc_hint": (16, "<I"), "context": (20, "<H")}
    for name, value in rule.get("set", {}).items():
        at, form = places[name]
        struct.pack_into(form, out, at, value)
    if "add_call_id" in rule:
        call_id, = struct.unpack_from("<I", out, 12)
        struct.pack_into("<I", out, 12,
                         (call_id + rule["add_call_id"]) & 0xFFFFFFFF)
    return bytes(out)


class Endpoint:
    """What reads requests from a pipe and writes answers to it.

    take() gives (messages, more, delay): what to put into the pipe, a source
    of further messages or None, and seconds to wait before.
    """

    def __init__(self, server, session):
        self.server, self.session = server, session
        self.service = srvsvc.Service(server, session)
        self.contexts = {}
        self.buffer = b""
        self.request = None
        self.size = min(OURS, server.settings["fragment"])

    def take(self, data):
        self.buffer += data
        messages, more, delay = [], None, 0
        while len(self.buffer) >= HEADER:
            length, = struct.unpack_from("<H", self.buffer, 8)
            if length < HEADER or self.buffer[:1] != b"\5":
                raise Cut(messages)
            if len(self.buffer) < length:
                break
            one, self.buffer = self.buffer[:length], self.buffer[length:]
            done, source, wait = self._pdu(one)
            messages += done
            more, delay = source or more, delay + wait
        return messages, more, delay

    def _pdu(self, data):
        kind, flags = data[2], data[3]
        auth, call_id = struct.unpack_from("<HI", data, 10)
        if data[4] & 0xF0 != 0x10:
            return [fault(call_id, 0, status.NCA_S_PROTO_ERROR)], None, 0
        if kind in (BIND, ALTER):
            return self._bind(kind, call_id, auth, data)
        if kind == REQUEST and len(data) >= RESPONSE_HEADER:
            return self._fragment(flags, call_id, data)
        if kind in (18, 19):    # co_cancel, orphaned: nothing is under way
            return [], None, 0
        return [fault(call_id, 0, status.NCA_S_PROTO_ERROR)], None, 0

    # Bind.

    def _bind(self, kind, call_id, auth, data):
        self.server.count("binds")
        rule = self.server.rules.match("bind", user=self.session.user)
        action = rule["action"] if rule else None
        if action == "cut":
            raise Cut()
        if action == "stall":
            return [], None, 0
        if action == "fault":
            return [fault(call_id, 0, rule["code"])], None, 0
        if action == "garbage":
            return [os.urandom(rule.get("bytes", 64))], None, 0
        if auth or action == "nak":
            return [self._nak(call_id, NAK_AUTH if auth else
                              rule.get("code", NAK_LOCAL_LIMIT))], None, 0
        answer = self._bind_answer(kind, call_id, data, action == "reject")
        return self._bent([answer], rule), None, (
            rule.get("seconds", 1) if action == "delay" else 0)

    @staticmethod
    def _nak(call_id, reason):
        return pdu(BIND_NAK, call_id, struct.pack("<HBBB", reason, 1, 5, 0))

    def _bind_answer(self, kind, call_id, data, refuse):
        send, receive, _, count = struct.unpack_from("<HHIB", data, HEADER)
        at, results, unknown = HEADER + 12, [], False
        for _ in range(count):
            context, transfers = struct.unpack_from("<HB", data, at)
            abstract = data[at + 4:at + 24]
            at += 24
            offered = [data[at + 20 * n:at + 20 * n + 20]
                       for n in range(transfers)]
            at += 20 * transfers
            if at > len(data):
                return fault(call_id, 0, status.NCA_S_PROTO_ERROR)
            result = self._context(context, abstract, offered, refuse)
            unknown |= result[:2] == (REJECTED, NO_ABSTRACT)
            results.append(result)
        if unknown and self.server.settings["unknown_interface"] == "nak":
            return self._nak(call_id, 0)
        self.size = max(RESPONSE_HEADER + 8, min(
            self.server.settings["fragment"], receive or OURS))
        name = b"\\PIPE\\srvsvc\0" if kind == BIND else b""
        body = struct.pack("<HHIH", self.size, min(send or OURS, OURS),
                           0x5A5A, len(name)) + name
        body += bytes(-(HEADER + len(body)) % 4)
        body += struct.pack("<BBH", len(results), 0, 0) + b"".join(
            struct.pack("<HH20s", *result) for result in results)
        return pdu(BIND_ACK if kind == BIND else ALTER_ACK, call_id, body)

    def _context(self, number, abstract, offered, refuse):
        if any(one.startswith(FEATURES) for one in offered):
            return NEGOTIATED, 0, bytes(20)
        if abstract != SRVSVC or refuse:
            return REJECTED, NO_ABSTRACT, bytes(20)
        if NDR32 not in offered:
            return REJECTED, NO_TRANSFER, bytes(20)
        self.contexts[number] = True
        return ACCEPTED, 0, NDR32

    # Calls.

    def _fragment(self, flags, call_id, data):
        context, opnum = struct.unpack_from("<HH", data, 20)
        start = RESPONSE_HEADER + (16 if flags & OBJECT else 0)
        auth, = struct.unpack_from("<H", data, 10)
        stub = data[start:len(data) - (auth + 8 if auth else 0)]
        if flags & FIRST:
            self.request = [call_id, context, opnum, b""]
        if self.request is None or self.request[0] != call_id:
            self.request = None
            return [fault(call_id, context, status.NCA_S_PROTO_ERROR)], \
                None, 0
        self.request[3] += stub
        if len(self.request[3]) > LONGEST_STUB:
            raise Cut()
        if not flags & LAST:
            return [], None, 0
        request, self.request = self.request, None
        if not self.contexts:
            return [fault(call_id, context, status.NCA_S_PROTO_ERROR)], \
                None, 0
        if context not in self.contexts:
            return [fault(call_id, context, status.NCA_S_UNK_IF)], None, 0
        return self._call(*request)

    def _call(self, call_id, context, opnum, stub):
        self.server.count_opnum(opnum)
        rule = self.server.rules.match(
            "call", user=self.session.user, opnum=opnum,
            level=self.service.level_of(opnum, stub))
        action = rule["action"] if rule else None
        if action == "cut" and rule.get("when", "before") == "before":
            raise Cut()
        if action == "stall" and not rule.get("after"):
            return [], None, 0
        if action == "fault":
            return [fault(call_id, context, rule["code"])], None, 0
        if action == "garbage":
            return [os.urandom(rule.get("bytes", 64))], None, 0
        answer = self.service.call(
            opnum, stub, rule if action == "lie" else {},
            rule["code"] if action == "error" else None)
        if isinstance(answer, int):
            return [fault(call_id, context, answer)], None, 0
        if action == "stub":
            answer = bytes.fromhex(rule["hex"])
        if action == "truncate":
            answer = answer[:rule.get("at_byte", -4)]
        return self._answer(call_id, context, answer, rule, action)

    def _answer(self, call_id, context, stub, rule, action):
        made = fragments(call_id, context, stub, self.size)
        if action == "cut":
            raise Cut(made[:rule.get("count", 1)]
                      if rule["when"] == "between" else ())
        if action == "stall":
            return [], None, 0
        if action == "endless":
            return self._endless(call_id, context, made)
        return self._bent(made, rule), None, (
            rule.get("seconds", 1) if action == "delay" else 0)

    def _endless(self, call_id, context, made):
        """What begins like the answer and never ends."""
        middle = pdu(RESPONSE, call_id, struct.pack(
            "<IHBB", 0, context, 0, 0)
            + bytes((self.size - RESPONSE_HEADER) & ~7), 0)
        first = bytearray(made[0])
        first[3] &= ~LAST
        return [bytes(first)], lambda: middle, 0

    @staticmethod
    def _bent(made, rule):
        action = rule["action"] if rule else None
        if action == "header":
            return [overwritten(message, rule) for message in made]
        if action == "short":
            return made[:-1] + [made[-1][:rule.get("at_byte", -4)]]
        return made
