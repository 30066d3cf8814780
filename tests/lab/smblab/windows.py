# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2 for one test: a Windows-shaped server, up on entry, gone on exit.

    with WindowsLab(page_rows=100) as lab:
        lab.scripted([{"client": "\\\\\\\\PC1", "user": "dora", "times": 301}])
        lab.rules({"at": "call", "opnum": 12, "action": "stall"})
        ...
        assert lab.dels() == []

settings are those of winlab/settings.py, rules those of winlab/rules.py, rows
those of winlab/table.py's Scripted.
"""

import subprocess
from dataclasses import dataclass, field

from . import winlayout
from .line import Relay
from .served import ServedLab

TOOL_SECONDS = 60


@dataclass(frozen=True, order=True)
class WindowsRow:
    """One real session as the server knows it."""

    address: str        # the peer's
    user: str
    opens: int
    id: str
    port: int           # the client's
    client: str         # as NetrSessionEnum shows it
    dialect: str
    signing: int        # an algorithm of winlab.crypto, or None
    cipher: int         # the same, once something came encrypted
    guest: bool
    null: bool
    signing_required: bool
    connection: int
    time: float = field(compare=False)
    idle: float = field(compare=False)


class WindowsLab(ServedLab):
    script, files, prefix = "windows.py", winlayout, "winlab."

    # What it does.

    def scripted(self, rows, add=False):
        """Replace the scripted sessions, or add some."""
        return self.ask("scripted", rows=rows, add=add)["rows"]

    def scripted_rows(self):
        return self.ask("scripted")["rows"]

    def add_user(self, name, groups=("users",), state="ok", password=None):
        """One more user, or another state for an old one; gives the password.
        """
        password = self._password(name, password)
        self.ask("user", name=name, password=password, groups=list(groups),
                 state=state)
        winlayout.write_auth(self.directory, name, password)
        return password

    def end_session(self, session):
        """End one session at the server, without RPC."""
        self.ask("end", id=str(session.id))

    # What it saw.

    def opnums(self, reset=False):
        """{opnum: how many requests}, as integers."""
        return {int(opnum): count for opnum, count
                in self.counts(reset)["opnums"].items()}

    def dels(self, reset=False):
        """Each NetrSessionDel: server, client, user, by, ended, code."""
        return self.ask("dels", reset=reset)["dels"]

    def sessions(self, user=None, address=None):
        """The real sessions, all or of a user or an address."""
        rows = [WindowsRow(**row) for row in self.ask("sessions")["sessions"]]
        return sorted(row for row in rows if user in (None, row.user)
                      and address in (None, row.address))

    # Its clients.

    def auth_file(self, user):
        """A file for -A: smbclient's format, mode 600."""
        return winlayout.auth_path(self.directory, user)

    def client(self, user, address="127.0.0.1", port=None, host=None,
               **options):
        """Log on from a loopback address; see smblab.client.Client."""
        from .client import Client

        client = Client(host or self.host, port or self.port, self.passwords,
                        user, address, **options)
        self.clients.append(client)
        return client

    def rpcclient_argv(self, user, command, *options, port=None):
        return ["rpcclient", "-s", self.env["LAB_CLIENT_CONF"], "-A",
                self.auth_file(user), "-p", str(port or self.port), *options,
                self.host, "-c", command]

    def rpcclient(self, user, command, *options, address=None):
        """rpcclient as one of the users; gives the finished process."""
        if address is None:
            return self._run(self.rpcclient_argv(user, command, *options))
        with Relay(self.host, self.port, address) as relay:
            return self._run(self.rpcclient_argv(user, command, *options,
                                                 port=relay.port))

    @staticmethod
    def _run(argv):
        return subprocess.run(argv, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True,
                              timeout=TOOL_SECONDS)
