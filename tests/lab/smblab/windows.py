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

import json
import os
import secrets
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field

from . import layout, winlayout
from .base import Lab
from .layout import LabError
from .line import LineProcess, Relay

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


class WindowsLab(Lab):
    def __init__(self, port=0, **settings):
        self.first = (port, settings)
        super().__init__()
        self.directory = self.process = None
        self.lock = threading.Lock()

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="winlab.", dir="/tmp")
        self.env = winlayout.prepare(self.directory, *self.first)
        self.host, self.host6 = layout.HOST, None
        self.passwords = layout.passwords(self.directory)
        self.port = None
        try:
            self._start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_):
        self.close_clients()
        self.stop_server(purge=True)

    def _start(self):
        self.process = LineProcess("windows.py", "serve", self.directory,
                                   "--stdin", "--purge")
        self.port = self.process.hello["port"]
        # None where the machine has no IPv6.
        self.host6 = winlayout.HOST6 if self.process.hello["ipv6"] else None

    def _remove(self):
        """The directory, which the server may have taken away before."""
        if os.path.isdir(self.directory):
            layout.remove(self.directory)

    # The server as a process.

    @property
    def server_pid(self):
        return self.process.pid

    def freeze(self):
        """Stop the process: its connections fall silent."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def stop_server(self, purge=False):
        """End the server; its port refuses from then on.

        Only what purges it takes its directory away.
        """
        if self.process is None:
            if purge:
                self._remove()
            return
        self.thaw()
        if not purge:
            self.process.process.kill()
        self.process.close()
        self.process = None
        if purge and os.path.isdir(self.directory):
            raise LabError(f"{self.directory}: not cleanly down")

    def restart(self):
        """Bring it up again on its port: same users, first settings."""
        self.stop_server()
        config = winlayout.read_config(self.directory)
        config["port"] = self.port
        self._write_config(config)
        self._start()

    def _write_config(self, config):
        layout.write(winlayout.config_path(self.directory),
                     json.dumps(config), 0o600)

    def ask(self, cmd, **arguments):
        with self.lock:
            return self.process.ask(cmd, **arguments)

    # What it does.

    def set(self, **settings):
        self.ask("set", **settings)

    def reset(self):
        """Default settings, no rules, rows or counts; sessions stay."""
        self.ask("reset")
        if self.first[1]:
            self.set(**self.first[1])

    def rules(self, *rules):
        """Replace the rules of misbehaviour; none: behave."""
        self.ask("rules", rules=list(rules))

    def rules_done(self):
        """How often each rule was applied, in their order."""
        return [rule["done"] for rule in self.ask("rules")["rules"]]

    def scripted(self, rows, add=False):
        """Replace the scripted sessions, or add some."""
        return self.ask("scripted", rows=rows, add=add)["rows"]

    def scripted_rows(self):
        return self.ask("scripted")["rows"]

    def add_user(self, name, groups=("users",), state="ok", password=None):
        """One more user, or another state for an old one; gives the password.
        """
        if password is None:
            password = self.passwords.get(name) or secrets.token_urlsafe(12)
        self.ask("user", name=name, password=password, groups=list(groups),
                 state=state)
        self.passwords[name] = password
        winlayout.write_auth(self.directory, name, password)
        return password

    def end_session(self, session):
        """End one session at the server, without RPC."""
        self.ask("end", id=str(session.id))

    def cut(self):
        """Hang up on everyone; new connections are served."""
        self.ask("cut")

    # What it saw.

    def counts(self, reset=False):
        return self.ask("counts", reset=reset)["counts"]

    def connections(self):
        """How many are open now."""
        return self.ask("counts")["open"]

    def opnums(self, reset=False):
        """{opnum: how many requests}, as integers."""
        return {int(opnum): count for opnum, count
                in self.counts(reset)["opnums"].items()}

    def dels(self, reset=False):
        """Each NetrSessionDel: server, client, user, by, ended, code."""
        return self.ask("dels", reset=reset)["dels"]

    def log(self):
        with open(winlayout.log_path(self.directory)) as stream:
            return stream.read()

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

    def file(self, *names):
        return os.path.join(self.directory, *names)
