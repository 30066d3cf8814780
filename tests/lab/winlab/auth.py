# SPDX-License-Identifier: LGPL-3.0-or-later
"""SESSION_SETUP and LOGOFF (MS-SMB2 3.3.5.5 and 3.3.5.6)."""

import struct

from . import message, ntlmauth, spnego, status
from .crypto import Keys
from .session import Session

Refused = ntlmauth.Refused

BINDING = 1                                     # request flags
IS_GUEST, IS_NULL, ENCRYPT_DATA = 1, 2, 4       # answer flags
SIGNING_REQUIRED = 2


class Logon:
    """A SESSION_SETUP exchange that is under way."""

    def __init__(self, connection):
        server = connection.server
        self.exchange = ntlmauth.Exchange(
            server.users, server.settings["computer"],
            server.settings["guest"])
        self.acceptor = spnego.Acceptor(self.exchange)
        self.preauth = connection.preauth.fork()
        self.legs = 0


def session_setup(request, _later):
    connection = request.connection
    request.expect(25)
    flags, mode = request.unpack("<BB", 2)
    offset, length = request.unpack("<HH", 12)
    if flags & BINDING:     # no multichannel here
        raise message.Failed(status.REQUEST_NOT_ACCEPTED)
    number = request.session_id
    if not number:
        number = request.session_id = connection.server.next_session_id()
        connection.logons[number] = Logon(connection)
    elif number not in connection.logons:
        if number not in connection.sessions:
            raise message.Failed(status.USER_SESSION_DELETED)
        # An established session authenticates again.
        connection.logons[number] = Logon(connection)
    logon = connection.logons[number]
    logon.preauth.add(request.data)
    try:
        done, token = logon.acceptor.step(request.buffer(offset, length))
    except (spnego.BadToken, ntlmauth.Refused) as error:
        failed(connection, number)
        raise message.Failed(getattr(error, "status",
                                     status.INVALID_PARAMETER)) from error
    if not done:
        request.built = logon.preauth.add
        return status.MORE_PROCESSING_REQUIRED, body(0, token)
    del connection.logons[number]
    previous, = request.unpack("<Q", 16)
    if previous and previous != number:
        end_previous(connection.server, previous, logon.exchange)
    return finish(request, logon, mode, token)


def failed(connection, number):
    connection.logons.pop(number, None)
    session = connection.sessions.get(number)
    if session is not None:
        session.end()


def end_previous(server, number, exchange):
    """A client that is back ends what is left of its old session."""
    old = server.table.live.get(number)
    if old is not None and old.user == exchange.name:
        old.end()


def finish(request, logon, mode, token):
    connection, exchange = request.connection, logon.exchange
    settings = connection.server.settings
    if exchange.is_null and not settings["anonymous"]:
        raise message.Failed(status.ACCESS_DENIED)
    trusted = not (exchange.is_null or exchange.is_guest)
    encrypts = settings["encrypt"] == "required" and trusted
    if settings["encrypt"] == "required" and connection.cipher is None:
        raise message.Failed(status.ACCESS_DENIED)
    session = connection.sessions.get(request.session_id)
    if session is None:
        session = Session(connection, request.session_id)
        connection.sessions[session.id] = session
        if trusted:
            session.keys = Keys(exchange.key, connection.dialect,
                                connection.signing, connection.cipher,
                                logon.preauth.value)
            session.signing_required = (
                settings["signing"] == "required" or connection.client_signs
                or bool(mode & SIGNING_REQUIRED))
        session.encrypts = encrypts
        session.log_on(exchange)
    request.session = session
    flags = ((IS_GUEST if exchange.is_guest else 0)
             | (IS_NULL if exchange.is_null else 0)
             | (ENCRYPT_DATA if encrypts else 0))
    return status.SUCCESS, body(flags, token)


def body(flags, token):
    return struct.pack("<HHHH", 9, flags, message.HEADER + 8,
                       len(token)) + token


def logoff(request, _later):
    request.expect(4)
    request.session.end()
    return status.SUCCESS, struct.pack("<HH", 4, 0)
