# SPDX-License-Identifier: LGPL-3.0-or-later
"""SMB clients that hold files open and can tell whether they still may.

A Client is one TCP connection; it carries one or more Sessions. A session's
witness is a read through the file handle it was given at first: only as long
as the server keeps that very session does the handle read.
"""

import contextlib
import copy
import secrets
import select
import socket
import threading
import time

from impacket import nmb, smb3
from impacket.smb3structs import (FILE_NON_DIRECTORY_FILE, FILE_OPEN_IF,
                                  FILE_READ_DATA, FILE_SHARE_DELETE,
                                  FILE_SHARE_READ, FILE_SHARE_WRITE,
                                  FILE_WRITE_DATA)

DIALECTS = {"2.0.2": 0x0202, "2.1": 0x0210, "3.0": 0x0300, "3.1.1": 0x0311}
ANSWER_SECONDS = 10
SILENT = (nmb.NetBIOSTimeout, TimeoutError)


class Carried(smb3.SMB3):
    """SMB over a socket that is ours, and so has a chosen source address.

    Given a connection, impacket takes message 0 for spent on an SMB1
    negotiation; a server that saw none grants nothing but message 0.
    """

    def negotiateSession(self, *arguments):
        self._Connection["SequenceWindow"] = 0
        super().negotiateSession(*arguments)


class Session:
    """One session: a user, a tree connect and the files held open."""

    def __init__(self, client, user, files):
        self.client = client
        self.user = user
        self.error = None
        smb = client.smb
        client.state_of(None)
        smb.login(user, client.passwords[user], "")
        self.smb_state = smb._Session
        self.id = str(smb._Session["SessionID"])
        self.tree = smb.connectTree(client.share)
        self.contents = [f"{user} {secrets.token_hex(8)}".encode()
                         for _ in range(files)]
        self.handles = [self._open_file(text) for text in self.contents]

    def _open_file(self, text):
        smb = self.client.smb
        handle = smb.create(
            self.tree, text.decode().replace(" ", "-") + ".txt",
            FILE_READ_DATA | FILE_WRITE_DATA,
            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
            FILE_NON_DIRECTORY_FILE, FILE_OPEN_IF, 0)
        smb.write(self.tree, handle, text, 0, len(text))
        return handle

    def read(self, index=0):
        """Read through the old handle; raises when it is no more."""
        size = len(self.contents[index])
        with self.client.turn(self) as smb:
            return smb.read(self.tree, self.handles[index], 0, size)

    def state(self):
        """'alive', 'silent' (no answer) or 'ended' (self.error says how)."""
        try:
            if self.handles:
                for index, text in enumerate(self.contents):
                    if self.read(index) != text:
                        raise OSError("the handle reads something else")
            else:
                with self.client.turn(self) as smb:
                    smb.echo()
        except SILENT as error:
            self.error = error
            return "silent"
        except Exception as error:  # impacket raises many unrelated kinds
            self.error = error
            return "ended"
        return "alive"

    def alive(self):
        return self.state() == "alive"

    def close(self):
        """Log off; the connection and its other sessions stay."""
        with self.client.turn(self) as smb:
            smb.logoff()
        if self in self.client.sessions:
            self.client.sessions.remove(self)


def bound(address):
    """An address as bind() takes it: one with a zone needs its number."""
    return socket.getaddrinfo(address, 0, type=socket.SOCK_STREAM)[0][4]


class Client:
    """One connection to host:port, made from an address of this machine."""

    def __init__(self, host, port, passwords, user, address="127.0.0.1",
                 files=1, share="files", sessions=1, dialect="2.1",
                 encrypt=False, reconnect=False, retry_seconds=0.05):
        self.host, self.port, self.passwords = host, port, passwords
        self.address, self.share = address, share
        self.dialect, self.encrypt = dialect, encrypt
        self.lock = threading.RLock()
        self.closed = False
        self.reconnects = 0
        self.sessions = []
        self.wanted = [(user, files)] * sessions
        self.reconnects_itself = reconnect
        self.retry_seconds = retry_seconds
        self._connect()
        if reconnect:
            threading.Thread(target=self._watch, daemon=True).start()

    def _connect(self):
        self.sock = socket.create_connection(
            (self.host, self.port), ANSWER_SECONDS, bound(self.address))
        try:
            self.source_port = self.sock.getsockname()[1]
            # impacket waits with select(): the socket itself must block.
            self.sock.settimeout(None)
            carrier = nmb.NetBIOSTCPSession(
                "LABCLIENT", self.host, self.host, nmb.TYPE_SERVER,
                self.port, ANSWER_SECONDS, sock=self.sock)
            self.smb = Carried(
                self.host, self.host, "LABCLIENT", sess_port=self.port,
                timeout=ANSWER_SECONDS, session=carrier,
                preferredDialect=DIALECTS[self.dialect])
            # Left alone, impacket encrypts whatever 3.0 offers, and 3.1.1
            # never.
            self.smb._Connection["SupportsEncryption"] = self.encrypt
            self._fresh = copy.deepcopy(self.smb._Session)
            # 3.1.1 hashes on from the negotiation, what impacket does for
            # Kerberos only.
            self._fresh["PreauthIntegrityHashValue"] = (
                self.smb._Connection["PreauthIntegrityHashValue"])
            self.sessions = []
            for user, files in self.wanted:
                self.sessions.append(Session(self, user, files))
        except BaseException:
            self.sock.close()
            raise

    def state_of(self, session):
        """Let impacket's one connection speak for one of its sessions.

        impacket knows one session per connection; each of ours keeps its
        id, keys, signing flags and tables apart. None: a session to come.
        """
        self.smb._Session = (session.smb_state if session
                             else copy.deepcopy(self._fresh))

    @contextlib.contextmanager
    def turn(self, session):
        with self.lock:
            if self.closed or session not in self.sessions:
                raise ConnectionError("the session belongs to no connection")
            self.state_of(session)
            yield self.smb

    @property
    def session(self):
        return self.sessions[0]

    @property
    def user(self):
        return self.session.user

    def user_on_same_connection(self, user, files=1):
        """Log one more user on over the same connection."""
        with self.lock:
            session = Session(self, user, files)
            self.sessions.append(session)
            self.wanted.append((user, files))
            return session

    def read(self, index=0):
        return self.session.read(index)

    def states(self):
        with self.lock:
            return [session.state() for session in self.sessions]

    def alive(self):
        """Do all sessions' old handles still read?"""
        states = self.states()
        return bool(states) and all(state == "alive" for state in states)

    def close(self):
        """Drop the connection and with it all its sessions."""
        with self.lock:
            self.closed = True
            self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _hung_up(self):
        if self.sock.fileno() < 0:  # the last try to log on failed
            return True
        poll = select.poll()
        poll.register(self.sock, select.POLLRDHUP)
        return bool(poll.poll(100))

    def _watch(self):
        """Log on again, at once, whenever the server ends the connection."""
        while not self.closed:
            try:
                if not self._hung_up():
                    continue
                with self.lock:
                    if self.closed:
                        return
                    self.sock.close()
                    self.sessions = []
                    self._connect()
                    self.reconnects += 1
            except Exception:  # the server is down: try until it is back
                time.sleep(self.retry_seconds)
