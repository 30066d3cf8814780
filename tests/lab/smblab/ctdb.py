# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 3 for one test: a cluster of three nodes, each with ctdbd and smbd.

    with CtdbLab() as lab:
        alice = lab.client("alice", "127.0.0.5", node=2)
        rows = lab.sessions()            # what node 0 says of all nodes
        lab.ban(2)
        lab.kill_ctdbd(lab.leader())
        lab.tool(0, "smbcontrol", f"2:{rows[0].pid}", "shutdown")

A node's address is a loopback address of its own; clients come from any other.
lab.nodes[i].program("ctdb") is a path that needs no environment.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from . import ctdbnodes, procs
from .base import Lab
from .ctdbnodes import wait
from .layout import GROUPMAPS, LabError, passwords, path
from .line import HERE, Relay

TOOL_SECONDS = 60


@dataclass(frozen=True, order=True)
class ClusterRow:
    """One session as smbstatus shows it."""

    node: int       # its vnn
    address: str
    user: str
    opens: int      # of this user on this smbd
    id: str
    pid: int        # the smbd that serves it
    unique_id: str


def rows_of(status):
    opens = {}
    for entry in status.get("open_files", {}).values():
        for handle in entry["opens"].values():
            server = handle["server_id"]
            key = (str(handle["uid"]), server["vnn"], server["pid"])
            opens[key] = opens.get(key, 0) + 1
    rows = []
    for ident, session in status.get("sessions", {}).items():
        server = session["server_id"]
        key = (str(session["uid"]), server["vnn"], server["pid"])
        rows.append(ClusterRow(
            node=int(server["vnn"]), address=session["remote_machine"],
            user=session["username"], opens=opens.get(key, 0), id=ident,
            pid=int(server["pid"]), unique_id=server["unique_id"]))
    return sorted(rows)


class CtdbLab(Lab):
    """options are smb.conf lines, tunables those of ctdb.tunables."""

    def __init__(self, nodes=3, options=(), **tunables):
        self.settings = (nodes, options, tunables)
        super().__init__()
        self.directory, self.nodes = None, []

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="ctdblab.", dir="/tmp")
        self._start_guard()
        try:
            self.nodes = ctdbnodes.prepare(self.directory, *self.settings)
            self.passwords = passwords(self.directory)
            self._start()
        except BaseException:
            self._down()
            raise
        self.host, self.port = self.nodes[0].address, self.nodes[0].port
        return self

    def __exit__(self, *_):
        self.close_clients()
        self._down()

    def _start_guard(self):
        """Down is left to a process that also outlives a killed test."""
        self.guard = subprocess.Popen(
            [sys.executable, "-B", "-m", "smblab.ctdbguard", self.directory],
            env=dict(os.environ, PYTHONPATH=HERE), stdin=subprocess.PIPE,
            start_new_session=True)

    def _down(self):
        self.guard.stdin.close()
        if self.guard.wait(60):
            raise LabError(f"{self.directory}: not cleanly down")

    def _start(self):
        for node in self.nodes:
            node.start_ctdbd()
        self.wait_healthy()
        # In a cluster the group mapping is one database for all nodes.
        for group, arguments in GROUPMAPS:
            self.tool(0, "net", "groupmap", "add", f"unixgroup={group}",
                      *arguments)
        for node in self.nodes:
            node.start_smbd()
        for node in self.nodes:
            wait(node.listens, f"{node}: smbd listens")

    # What runs on a node.

    def tool(self, node, name, *argv, check=True, timeout=TOOL_SECONDS):
        """A tool as node `node` has it; gives the finished process."""
        node = self.nodes[node]
        conf = () if name == "ctdb" else ("-s", node.conf)
        # A process group of its own: `ctdb -T` ends its whole group.
        done = subprocess.run(
            [node.program(name), *conf, *argv], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout,
            start_new_session=True)
        if check and done.returncode:
            raise LabError(f"{node}: {name} {' '.join(argv)}: exit "
                           f"{done.returncode}: {done.stdout}{done.stderr}")
        return done

    def tools(self, node=0):
        """The folder of a node's tools, for whoever runs them by path."""
        return self.nodes[node].file("bin")

    def ctdb(self, node, *argv, check=True, timeout=TOOL_SECONDS):
        return self.tool(node, "ctdb", *argv, check=check, timeout=timeout)

    def status(self, node=0):
        return json.loads(self.tool(node, "smbstatus", "--json").stdout)

    def sessions(self, user=None, address=None, node=None, asked=0):
        """The rows that node `asked` shows, all or of one kind."""
        return [row for row in rows_of(self.status(asked))
                if user in (None, row.user)
                and address in (None, row.address)
                and node in (None, row.node)]

    def client(self, user, address="127.0.0.1", node=0, port=None, **options):
        """Log on to a node from a loopback address; see client.Client."""
        from .client import Client

        client = Client(self.nodes[node].address,
                        port or self.nodes[node].port, self.passwords, user,
                        address, **options)
        self.clients.append(client)
        return client

    def relay(self, source=None, node=0, **options):
        """A relay to a node's smbd; its port is .port."""
        node = self.nodes[node]
        relay = Relay(node.address, node.port, source, **options)
        self.helpers.append(relay)
        return relay

    def auth_file(self, user):
        """A file for -A: smbclient's format, mode 600."""
        return path(self.directory, "auth", user)

    # The cluster.

    def leader(self, asked=0):
        """The number of the leader's node, as a node knows it, or None."""
        text = self.ctdb(asked, "leader", check=False).stdout.strip()
        return int(text) if text.isdigit() else None

    def healthy(self, asked=0):
        """Are all nodes there and well, and do they agree?"""
        return (self.ctdb(asked, "nodestatus", "all", check=False).returncode
                == 0 and self.leader(asked) is not None)

    def wait_healthy(self, seconds=60):
        """Wait until every node that asks thinks so."""
        for node in self.nodes:
            wait(lambda: self.healthy(node.number),
                 f"{node} sees a healthy cluster", seconds)

    def stop_node(self, node):
        """`ctdb stop`: it takes part no more, its daemons live."""
        self.ctdb(node, "stop")

    def continue_node(self, node):
        self.ctdb(node, "continue")

    def ban(self, node, seconds=300):
        self.ctdb(node, "ban", str(seconds))

    def unban(self, node):
        self.ctdb(node, "unban")

    # Its processes.

    def _send(self, node, pid, signum):
        if not pid or not procs.send(pid, signum, self.nodes[node].id):
            raise LabError(f"{pid} is no process of node {node}")

    def kill_ctdbd(self, node):
        """As if it had crashed; start_node() brings the node back."""
        self._send(node, self.nodes[node].pid("ctdbd"), signal.SIGKILL)

    def freeze_ctdbd(self, node):
        """It falls silent, and so does whoever asks it."""
        self._send(node, self.nodes[node].pid("ctdbd"), signal.SIGSTOP)

    def thaw_ctdbd(self, node):
        self._send(node, self.nodes[node].pid("ctdbd"), signal.SIGCONT)

    def kill_smbd(self, node, pid):
        self._send(node, pid, signal.SIGKILL)

    def stop_smbd(self, node, pid):
        """Freeze an smbd: its connections fall silent."""
        self._send(node, pid, signal.SIGSTOP)

    def cont_smbd(self, node, pid):
        self._send(node, pid, signal.SIGCONT)

    def end_node(self, node):
        """As if the machine were switched off: all its processes go."""
        self.nodes[node].end()

    def start_node(self, node):
        """Bring a node back whose daemons have ended or crashed."""
        node = self.nodes[node]
        node.end()
        node.start_ctdbd()
        wait(lambda: self.ctdb(node.number, "nodestatus",
                               check=False).returncode == 0,
             f"{node} is healthy")
        node.start_smbd()
        wait(node.listens, f"{node}: smbd listens")

    def pids(self):
        """All processes of the lab."""
        return [pid for node in self.nodes for pid in node.pids()]
