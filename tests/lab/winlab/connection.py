# SPDX-License-Identifier: LGPL-3.0-or-later
"""One TCP connection: frames, signatures, encryption, dispatch.

MS-SMB2 3.3.5.1 to 3.3.5.2.  Compounded requests are carried out in order and
answered one by one, which 3.3.4.1.3 leaves to the server.  Message ids are
not held against the credits that were granted.
"""

import asyncio
import itertools
import logging
import struct
import time

from . import auth, commands, crypto, message, negotiate, rpc, status
from .settings import DIALECTS

LONGEST_FRAME = (1 << 20) + 65536
MOST_CREDITS = 512
WITHOUT_SESSION = (message.NEGOTIATE, message.SESSION_SETUP, message.ECHO,
                   message.CANCEL)
WITHOUT_TREE = WITHOUT_SESSION + (message.LOGOFF, message.TREE_CONNECT)

log = logging.getLogger("winlab")


class Connection:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.number = next(server.connection_numbers)
        self.address, self.port = writer.get_extra_info("peername")[:2]
        self.dialect = None
        self.signing, self.cipher = crypto.HMAC_SHA256, None
        self.client = None          # its NEGOTIATE, for validation
        self.preauth = crypto.Preauth()
        self.sessions, self.logons = {}, {}
        self.pending = {}
        self.async_ids = itertools.count(1)
        self.credits = 1
        self.closed = False

    def dialect_name(self):
        return next((name for name, value in DIALECTS.items()
                     if value == self.dialect), "")

    def next_async_id(self):
        return next(self.async_ids)

    async def serve(self):
        try:
            while not self.closed:
                head = await self.reader.readexactly(4)
                size = int.from_bytes(head[1:], "big")
                if head[0] or size > LONGEST_FRAME:
                    raise message.Malformed("no frame")
                self._frame(await self.reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except rpc.Cut:
            log.info("%d: cut by a rule", self.number)
        except (message.Malformed, crypto.Broken, struct.error) as error:
            log.info("%d: hung up: %s", self.number, error)
        except Exception:  # a bug here must not end the server
            log.exception("%d", self.number)
            self.server.count("errors")
        finally:
            self.end()

    def end(self):
        """The connection is over, and with it all its sessions."""
        self.closed = True
        for session in list(self.sessions.values()):
            session.end()
        transport = self.writer.transport
        if transport.get_write_buffer_size():
            transport.close()
        else:
            transport.abort()

    # In.

    def _frame(self, frame):
        self.server.count("frames")
        sealed_by = None
        if frame[:4] == crypto.TRANSFORM:
            sealed_by, frame = self._unseal(frame)
            if sealed_by is None:
                return
        elif frame[:4] == message.SMB1_MAGIC:
            negotiate.multi_protocol(self, frame)
            return
        before = None
        while frame:
            request = message.Request(self, frame, sealed_by)
            step = request.next
            if step:
                if step % 8 or step < message.HEADER or step >= len(frame):
                    raise message.Malformed("a compound that does not fit")
                request.data, frame = frame[:step], frame[step:]
            else:
                frame = b""
            if request.flags & message.RELATED:
                if before is None:
                    raise message.Malformed("related to nothing")
                request.session_id = before.session_id
                request.tree_id = before.tree_id
                request.file_id = before.file_id
            self._carry_out(request)
            before = request

    def _unseal(self, frame):
        if len(frame) < crypto.TRANSFORM_SIZE:
            raise crypto.Broken("a short transform header")
        number, = struct.unpack_from("<Q", frame, 44)
        session = self.sessions.get(number)
        if session is None or session.keys is None or self.cipher is None:
            raise crypto.Broken("encrypted for no session")
        if (not session.valid and self.server.settings["encrypted_deleted"]
                == "disconnect"):
            raise crypto.Broken("encrypted for an ended session")
        session.sealed_once = True
        self.server.count("encrypted")
        return session, session.keys.decrypt(frame)

    def _carry_out(self, request):
        self.server.count_command(request.name)
        if request.command != message.CANCEL:
            self.credits = max(0, self.credits - max(1, request.charge))
        try:
            self._check(request)
            rule = self.server.rules.match(
                request.name, **commands.selectors(request))
            if rule is not None and self._bend(request, rule):
                return
            self._handle(request)
        except (message.Failed, auth.Refused) as error:
            request.answer(error.status)

    def _bend(self, request, rule):
        """Do what a rule says; true when the request is done with."""
        action = rule["action"]
        if action == "cut":
            raise rpc.Cut()
        if action == "status":
            raise message.Failed(rule["code"])
        if action == "delay":
            self._later(rule.get("seconds", 1),
                        lambda: self._handle_guarded(request))
        return True

    def _later(self, seconds, what):
        def run():
            if not self.closed:
                self.guarded(what)
        asyncio.get_running_loop().call_later(seconds, run)

    def guarded(self, what):
        """Run what is no part of the reading loop; an error ends us."""
        try:
            what()
        except (rpc.Cut, message.Malformed, crypto.Broken):
            self.end()
        except Exception:  # as in serve()
            log.exception("%d", self.number)
            self.server.count("errors")
            self.end()

    def _handle_guarded(self, request):
        try:
            self._handle(request)
        except (message.Failed, auth.Refused) as error:
            request.answer(error.status)

    def _handle(self, request):
        done = commands.HANDLERS[request.command](request, self._later)
        if done is message.LATER:
            return
        code, body = done
        session = request.session
        if (session is not None and not session.valid
                and request.command not in (message.LOGOFF,
                                            message.SESSION_SETUP)):
            code, body = status.USER_SESSION_DELETED, None
        request.answer(code, body)

    def _check(self, request):
        """3.3.5.2.4 and on: session, signature, encryption, tree."""
        command = request.command
        if (self.dialect is None) != (command == message.NEGOTIATE):
            raise message.Malformed("NEGOTIATE is first, and once")
        session = self.sessions.get(request.session_id)
        if request.sealed_by not in (None, session):
            raise message.Malformed("encrypted for another session")
        if session is not None:
            request.session = session
            self._check_signature(request, session)
        if command in WITHOUT_SESSION:
            return
        if session is None or not session.valid:
            raise message.Failed(status.USER_SESSION_DELETED)
        session.last_request = time.monotonic()
        if session.encrypts and request.sealed_by is None:
            raise message.Failed(status.ACCESS_DENIED)
        if command in WITHOUT_TREE:
            return
        request.tree = session.trees.get(request.tree_id)
        if request.tree is None:
            raise message.Failed(status.NETWORK_NAME_DELETED)
        if request.tree.encrypts and request.sealed_by is None:
            raise message.Failed(status.ACCESS_DENIED)

    def _check_signature(self, request, session):
        if request.sealed_by is not None or session.keys is None:
            return
        if request.flags & message.SIGNED:
            if not session.keys.verify(request.data):
                self.server.count("bad_signatures")
                raise message.Failed(status.ACCESS_DENIED)
        elif session.valid and session.signing_required and (
                request.command not in (message.CANCEL,
                                        message.SESSION_SETUP)):
            raise message.Failed(status.ACCESS_DENIED)

    # Out.

    def grant(self, request):
        """Credits for an answer: what was asked, up to a window's size."""
        granted = max(1, min(request.credits, MOST_CREDITS - self.credits))
        self.credits += granted
        return granted

    def send(self, request, data, signed):
        """Protect one answer as its request was, and send it."""
        session = request.session
        keys = session.keys if session is not None else None
        if keys is not None and request.sealed_by is not None:
            data = keys.encrypt(data, session.id)
        elif keys is not None and signed and (
                request.flags & message.SIGNED or session.signing_required
                or request.command == message.SESSION_SETUP):
            data = bytearray(data)
            data[16] |= message.SIGNED
            data = keys.sign(data)
        if request.built is not None:
            request.built(data)
        self.send_raw(data)

    def send_raw(self, data):
        if not self.closed:
            self.writer.write(len(data).to_bytes(4, "big") + data)
