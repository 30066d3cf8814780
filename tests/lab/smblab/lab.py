# SPDX-License-Identifier: LGPL-3.0-or-later
"""A lab of one test: up on entry, down and gone on exit."""

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from . import layout, procs, server, tools
from .base import Lab
from .line import HERE, Relay

TOOL_SECONDS = 60


@dataclass(frozen=True, order=True)
class Row:
    """One session as smbstatus shows it."""

    address: str
    user: str
    opens: int      # as NetrSessionEnum counts them: per (uid, smbd)
    id: str
    pid: int        # the smbd that serves it
    port: int       # the client's
    dialect: str
    encryption: str
    signing: str


def rows_of(status):
    opens = {}
    for entry in status.get("open_files", {}).values():
        for handle in entry["opens"].values():
            key = (str(handle["uid"]), handle["server_id"]["pid"])
            opens[key] = opens.get(key, 0) + 1
    rows = []
    for ident, session in status.get("sessions", {}).items():
        pid = session["server_id"]["pid"]
        port = session["hostname"].rpartition(":")[2]
        rows.append(Row(
            address=session["remote_machine"], user=session["username"],
            opens=opens.get((str(session["uid"]), pid), 0), id=ident,
            pid=int(pid), port=int(port) if port.isdigit() else 0,
            dialect=session["session_dialect"],
            encryption=session["encryption"]["degree"],
            signing=session["signing"]["degree"]))
    return sorted(rows)


class SambaLab(Lab):
    """A private smbd; options and share_options are smb.conf lines."""

    def __init__(self, options=(), share_options=(), port=None):
        self.settings = (port, options, share_options)
        super().__init__()
        self.directory = None

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="smblab.", dir="/tmp")
        self._start_guard()
        try:
            self.env = server.up(self.directory, *self.settings)
        except BaseException:
            self._down()
            raise
        self.host, self.port = layout.HOST, int(self.env["LAB_PORT"])
        self.conf, self.id = self.env["LAB_CONF"], self.env["LAB_ID"]
        self.smbd_pid = int(self.env["LAB_PID"])
        self.passwords = layout.passwords(self.directory)
        return self

    def __exit__(self, *_):
        self.close_clients()
        self._down()

    def _start_guard(self):
        """Down is left to a process that also outlives a killed test."""
        self.guard = subprocess.Popen(
            [sys.executable, "-B", "-m", "smblab", "guard", self.directory],
            env=dict(os.environ, PYTHONPATH=HERE), stdin=subprocess.PIPE,
            start_new_session=True)

    def _down(self):
        self.guard.stdin.close()
        if self.guard.wait(60):
            raise layout.LabError(f"{self.directory}: not cleanly down")

    def auth_file(self, user):
        """A file for -A: smbclient's format, mode 600."""
        return layout.path(self.directory, "auth", user)

    def client(self, user, address="127.0.0.1", port=None, host=None,
               **options):
        """Log on from a loopback address; see smblab.client.Client.

        From an IPv6 address it goes to the same one.
        """
        from .client import Client

        host = host or (address if ":" in address else self.host)
        client = Client(host, port or self.port, self.passwords, user,
                        address, **options)
        self.clients.append(client)
        return client

    def tool(self, *argv, check=True, timeout=TOOL_SECONDS):
        """Run a tool as the lab's smbd sees the world."""
        return server.tool(self.directory, list(argv), check, timeout)

    def rpcclient(self, user, command, address=None):
        """rpcclient as one of the lab's users; gives the finished process.

        An address is the loopback address to come from.
        """
        if address is None:
            return self._rpcclient(user, command, self.port)
        with Relay(self.host, self.port, address) as relay:
            return self._rpcclient(user, command, relay.port)

    def rpcclient_argv(self, user, command, port=None):
        return ["rpcclient", "-s", self.env["LAB_CLIENT_CONF"], "-A",
                self.auth_file(user), "-p", str(port or self.port),
                self.host, "-c", command]

    def _rpcclient(self, user, command, port):
        return subprocess.run(
            self.rpcclient_argv(user, command, port),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TOOL_SECONDS)

    def status(self):
        return server.status(self.directory)

    def sessions(self, user=None, address=None):
        """smbstatus as rows, all or of a user or an address."""
        return [row for row in rows_of(self.status())
                if user in (None, row.user)
                and address in (None, row.address)]

    def tools(self):
        """The folder of smbstatus and smbcontrol, for the transport samba."""
        return tools.wrap(self.directory, self.file("tools"))

    def pids(self):
        """All processes of the lab's server."""
        return procs.marked(self.id)

    def _send(self, pid, signum):
        if not procs.send(pid, signum, self.id):
            raise layout.LabError(f"{pid} is no process of this lab")

    def kill_smbd(self, pid):
        self._send(pid, signal.SIGKILL)

    def stop_smbd(self, pid):
        """Freeze an smbd: its connections fall silent."""
        self._send(pid, signal.SIGSTOP)

    def cont_smbd(self, pid):
        self._send(pid, signal.SIGCONT)

    def restart(self):
        """End the server and bring it up again on its port, same users.

        The passwords stay; all sessions are gone.
        """
        left = procs.end_all(self.id, server.pid_files(self.directory))
        if left or not server.start_smbd(self.directory, self.env):
            raise layout.LabError("smbd did not start again")
        self.smbd_pid = server.smbd_pid(self.directory, self.id)

    def stop_server(self):
        """End the server; its port refuses until restart()."""
        if procs.end_all(self.id, server.pid_files(self.directory)):
            raise layout.LabError("smbd does not end")

    def file(self, *names):
        return os.path.join(self.directory, *names)
