# SPDX-License-Identifier: LGPL-3.0-or-later
"""One HTTP connection: its requests in turn, and what rules do to them."""

import asyncio
import contextlib
import logging
import socket
import ssl
import struct
import time

from . import httpio
from .operation import Caller, account, operate
from .rules import ANYWHERE
from .security import Authenticator

FAR = 3600.0
STATUSES = {"empty_500": 500, "forbidden": 403, "missing": 404,
            "unavailable": 503}


class Gone(Exception):
    """The connection is to end, as it is."""


class Connection:
    def __init__(self, server, reader, writer, number):
        self.server, self.number = server, number
        self.reader, self.writer = reader, writer
        self.tls = writer.get_extra_info("ssl_object")
        self.gate = self._new_gate()
        self.served = 0
        self.last = None

    def _new_gate(self):
        return Authenticator(self.server.security, self.server.settings,
                             self.tls)

    @property
    def settings(self):
        return self.server.settings

    def end(self):
        """Now, without a last word."""
        self.writer.transport.abort()

    def reset(self):
        """With a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
        self.end()

    async def serve(self):
        try:
            while await self._one():
                pass
            self.writer.close()
        except (Gone, ConnectionError, ssl.SSLError, TimeoutError,
                asyncio.IncompleteReadError):
            self.end()
        except asyncio.CancelledError:
            self.end()
            raise
        except Exception:
            self.server.count("errors")
            logging.exception("connection %d", self.number)
            self.end()

    async def _one(self):
        """Serve a request; False after the last."""
        try:
            message = await httpio.read(self.reader, self._expected)
        except httpio.BadRequest as bad:
            await self.send(httpio.Answer(bad.status), self.settings)
            return False
        if message is None:
            return False
        self.served += 1
        self.server.count("http")
        heard = self.server.hear(self, message)
        answer, settings, rule = await self._answer(message)
        heard["status"] = answer.status
        limit = settings["keep_alive"]
        last = (message.closes() or settings["transfer"] == "close"
                or bool(limit and self.served >= limit)
                or rule.get("action") in ("close", "long_length",
                                          "short_length"))
        await self.send(answer, settings, rule, last)
        return not last

    async def _expected(self):
        form = self.settings["expect"]
        self.server.count("expects")
        if form == "refuse":
            raise httpio.BadRequest(417, "expects")
        if form == "continue":
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await self.writer.drain()
        return True

    # From a request to its answer.

    async def _answer(self, message):
        """(answer, the settings it is made by, the rule or {})."""
        settings = self.settings
        rule = self.server.rules.match(
            "http", connection=self.number, leg=self.served) or {}
        if rule:
            blunt = await self.blunt(rule, httpio.Answer(200))
            if blunt or rule.get("action") != "delay":
                return blunt or httpio.Answer(200), settings, rule
        if message.target != settings["path"]:
            return httpio.Answer(404), settings, {}
        if message.method != "POST":
            return httpio.Answer(405, [("Allow", "POST")]), settings, {}
        if settings["anonymous_identify"] and message.headers.get(
                "wsmanidentify", "").lower() == "unauthenticated":
            caller = Caller("", "", False, "", self.number)
            return await operate(self, caller, message.body, [])
        decision = self.gate.take(message.method, message.headers,
                                  message.body)
        if decision.hang:
            await self._stall()
        if decision.answer:
            status, headers, body = decision.answer
            if status >= 400:
                self.server.count("challenges" if status == 401
                                  else "refused")
            return httpio.Answer(status, headers, body), settings, {}
        kind = message.headers.get("content-type", "").lower()
        if not decision.encrypted and not kind.startswith(
                "application/soap+xml"):
            return httpio.Answer(415, decision.headers), settings, {}
        caller = Caller(decision.principal,
                        account(decision.principal, decision.how),
                        decision.encrypted, decision.how, self.number)
        if caller.encrypted:
            self.server.count("encrypted")
        return await operate(self, caller, decision.soap, decision.headers)

    # Rules that need no SOAP.

    async def blunt(self, rule, otherwise):
        """The answer of a rule that carries nothing out, or None."""
        action = rule.get("action")
        if action not in ANYWHERE:
            return None
        if action == "delay":
            await asyncio.sleep(rule["seconds"])
            return None
        if action in ("cut", "stall"):
            if rule.get("when", "before") == "before":
                await self._leave(rule)
            return otherwise
        if action == "unauthorized":
            self.gate = self._new_gate()
            challenge = self.gate.take("POST", {}, b"").answer
            self.server.count("challenges")
            return httpio.Answer(*challenge)
        if action == "redirect":
            self.server.count("redirects")
            return httpio.Answer(rule.get("code", 302),
                               [("Location", rule["location"])])
        status = STATUSES.get(action) or rule.get("code", 500)
        return httpio.Answer(status, [tuple(pair) for pair
                                    in rule.get("headers", [])],
                           rule.get("body", "").encode())

    async def _leave(self, rule):
        """Cut or stall, here."""
        if rule["action"] == "stall":
            await self._stall()
        if rule.get("reset"):
            self.reset()
        raise Gone

    async def _stall(self):
        """Say nothing more until the peer hangs up."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._listen(), FAR)
        raise Gone

    async def _listen(self):
        while await self.reader.read(65536):
            pass

    # Sending.

    async def send(self, answer, settings, rule=None, last=True):
        rule = rule or {}
        action = rule.get("action")
        when = rule.get("when") if action in ("cut", "stall") else None
        if when == "after":
            await self._leave(rule)
        if settings["extra_continue"]:
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        head, body = self._framed(answer, settings, rule, last)
        if when == "head":
            await self._write(head[:len(head) * 2 // 3], settings)
            await self._leave(rule)
        if when == "body":
            half = rule.get("at_byte", len(body) // 2)
            await self._write(head + body[:half], settings)
            await self._leave(rule)
        await self._write(head + body, settings)

    @staticmethod
    def _framed(answer, settings, rule, last):
        """Head and body as they go out."""
        action, body = rule.get("action"), answer.body
        fields = list(answer.headers)
        if action == "long_header":
            fields.append(("X-Long", "x" * rule.get("bytes", 1 << 20)))
        fields.append(("Server", "WsmanLab/1"))
        fields.append(("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT",
                                             time.gmtime())))
        if last:
            fields.append(("Connection", "close"))
        length = {"short_length": len(body) - rule.get("by", 20),
                  "long_length": len(body) + rule.get("by", 20),
                  "bad_length": rule.get("value", "-1")}.get(action,
                                                             len(body))
        if settings["transfer"] == "chunked" and body:
            fields.append(("Transfer-Encoding", "chunked"))
            body = httpio.chunked(body)
        elif settings["transfer"] != "close":
            fields.append(("Content-Length", length))
        head = httpio.head_of(answer, fields)
        if action == "bad_status_line":
            head = b"HTP/9 OK" + head[head.index(b"\r\n"):]
        return head, body

    async def _write(self, data, settings):
        size = settings["drip_bytes"]
        if not size:
            self.writer.write(data)
            await self.writer.drain()
            return
        for place in range(0, len(data), size):
            self.writer.write(data[place:place + size])
            await self.writer.drain()
            await asyncio.sleep(settings["drip_ms"] / 1000)
