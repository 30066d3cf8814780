# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the labs have in common: their clients, relays and sessions."""

import time

from .layout import LabError
from .line import Relay


class Lab:
    """A server at .host and .port, whose sessions() are rows with an id."""

    def __init__(self):
        self.clients, self.helpers = [], []

    def close_clients(self):
        """End all clients and relays of this lab."""
        while self.clients or self.helpers:
            (self.clients or self.helpers).pop().close()

    def relay(self, source=None, **options):
        """A relay to this lab's server; its port is .port."""
        relay = Relay(self.host, self.port, source, **options)
        self.helpers.append(relay)
        return relay

    def row(self, session):
        """The row of a client's session, or None when it has ended."""
        return next((row for row in self.sessions()
                     if row.id == session.id), None)

    def wait_sessions(self, wanted, seconds=10):
        """Wait until as many sessions are left, or the predicate is true."""
        test = wanted if callable(wanted) else (
            lambda rows: len(rows) == wanted)
        deadline = time.monotonic() + seconds
        while not test(rows := self.sessions()):
            if time.monotonic() > deadline:
                raise LabError(f"sessions left: {rows}")
            time.sleep(0.05)
        return rows
