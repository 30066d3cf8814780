# SPDX-License-Identifier: LGPL-3.0-or-later
"""The clients of a chaos run, who know better than any report.

A client reads through the file handle it was given at first, again and again.
A read that succeeds shows that the very session it began with is still there.
"""

import threading
import time
from dataclasses import dataclass

from smblab.client import SILENT, Client

PAUSE = 0.05


@dataclass
class Life:
    """One session: logged on by `began`, still there at `seen`."""

    id: str
    began: float
    seen: float


class Watcher(threading.Thread):
    def __init__(self, lab, user, address):
        super().__init__(daemon=True)
        self.lab, self.user, self.address = lab, user, address
        self.over = threading.Event()

    def __str__(self):
        return f"{self.user} from {self.address}"

    def connect(self):
        return Client(self.lab.host, self.lab.port, self.lab.passwords,
                      self.user, self.address)

    def finish(self):
        self.over.set()
        self.join(60)


class Victim(Watcher):
    """Logs on again by itself, until it is told to stay out."""

    def __init__(self, lab, user, address):
        super().__init__(lab, user, address)
        self.lives = []
        self.stay_out = threading.Event()

    def run(self):
        while not self.over.is_set() and not self.stay_out.is_set():
            try:
                with self.connect() as client:
                    self._live(client)
            except Exception:  # the server is down, or stopped
                self.over.wait(PAUSE)

    def _live(self, client):
        now = time.monotonic()
        life = Life(client.session.id, now, now)
        self.lives.append(life)
        while not self.over.wait(PAUSE):
            asked = time.monotonic()
            if not client.alive():
                return
            life.seen = asked

    def held(self, ids, until):
        """Somebody else knows that these sessions were there."""
        for life in self.lives:
            if life.id in ids:
                life.seen = max(life.seen, until)

    def had(self, begin, end):
        """The session that was there from before `begin` to after `end`."""
        return next((life for life in self.lives
                     if life.began <= begin and life.seen >= end), None)


class Bystander(Watcher):
    """Whom nobody selected: its one session must outlive everything.

    `also` are more users on the same connection, whatever they are called.
    """

    def __init__(self, lab, user, address, also=()):
        super().__init__(lab, user, address)
        self.client = self.connect()
        for other in also:
            self.client.user_on_same_connection(other)
        self.sessions = list(self.client.sessions)
        self.ids = {session.id for session in self.sessions}
        self.reads, self.failure = 0, None

    def run(self):
        while not self.over.wait(4 * PAUSE):
            self.look()

    def look(self):
        """Remember the first failure.  Silence is none: a stop ends."""
        for session in self.sessions:
            try:
                session.read()
                self.reads += 1
            except SILENT:
                continue
            except Exception as error:  # impacket raises unrelated kinds
                if self.failure is None:
                    self.failure = f"{session.user}: {error!r}"

    def complaints(self):
        """What is wrong by its own account and by the server's."""
        self.look()
        if self.failure:
            yield f"{self} lost a session: {self.failure}"
        states = self.client.states()
        if any(state != "alive" for state in states):
            yield f"{self}: {states}"
        missing = self.ids - {row.id for row in self.lab.sessions()}
        if missing:
            yield f"{self}: the server has no session {missing}"
        if self.reads == 0:
            yield f"{self} never read"
