# SPDX-License-Identifier: LGPL-3.0-or-later
"""The nodes of lab 3: what lies below its directory, and their daemons.

Each node has a directory nI with a ctdbd and an smbd of its own, on a loopback
address of its own. Three addresses in a row make a block, which two labs on
one machine never share: ctdbd's port is the same everywhere.
"""

import os
import random
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import time

from . import layout, procs
from .layout import LabError, path

START_SECONDS = 150
CTDB_PORT = 4379
FOLDERS = ("run", "var", "share", "events/legacy", "db/volatile",
           "db/persistent", "db/state", "smb/private", "smb/lock",
           "smb/state", "smb/cache", "smb/run", "smb/ncalrpc", "smb/log",
           "bin")
TOOLS = ("ctdb", "smbstatus", "smbcontrol", "testparm", "getent", "net",
         "smbd")

CTDB_CONF = """\
[logging]
	location = file:{dir}/log.ctdb
	log level = NOTICE
[cluster]
	cluster lock = {lab}/cluster.lock
	node address = {address}
[database]
	volatile database directory = {dir}/db/volatile
	persistent database directory = {dir}/db/persistent
	state database directory = {dir}/db/state
[failover]
	disabled = true
[legacy]
	realtime scheduling = false
"""

SMB_CONF = """\
[global]
	clustering = yes
	ctdbd socket = {dir}/run/ctdbd.socket
	netbios name = SMBLAB
	workgroup = LAB
	server role = standalone server
	passdb backend = smbpasswd:{lab}/private/smbpasswd
	interfaces = {address}/8
	bind interfaces only = yes
	smb ports = {port}
	server min protocol = SMB2_02
	disable netbios = yes
	load printers = no
	printcap name = /dev/null
	disable spoolss = yes
	usershare max shares = 0
	dns proxy = no
	private dir = {dir}/smb/private
	lock directory = {dir}/smb/lock
	state directory = {dir}/smb/state
	cache directory = {dir}/smb/cache
	pid directory = {dir}/smb/run
	ncalrpc dir = {dir}/smb/ncalrpc
	log file = {dir}/smb/log/log.%m
	log level = 1
{options}
[{share}]
	path = {lab}/share
	read only = no
"""

# The tools of a node as programs that need no environment: for whoever runs
# them with a clean one.
TOOL = """\
#!/bin/sh
{env}
export {names}
exec {program} "$@"
"""


class Node:
    """One node: its number is its line in the nodes file, and its vnn."""

    def __init__(self, lab, lab_id, number, address, port):
        self.lab, self.number = lab, number
        self.address, self.port = address, port
        self.id = f"{lab_id}-{number}"
        self.directory = path(lab, f"n{number}")
        self.conf = path(self.directory, "smb.conf")

    def __repr__(self):
        return f"<node {self.number} {self.address}>"

    def file(self, *names):
        return path(self.directory, *names)

    def program(self, name):
        """A tool of this node, for whoever runs it by its path."""
        return self.file("bin", name)

    def env(self):
        # CTDB_TEST_MODE makes ctdb's programs look into CTDB_BASE.
        return dict(layout.wrapper_env(self.lab), CTDB_TEST_MODE="yes",
                    CTDB_BASE=self.directory)

    def lay_out(self, addresses, options, tunables):
        for name in FOLDERS:
            os.makedirs(self.file(name))
        os.chmod(self.directory, 0o711)
        values = dict(dir=self.directory, lab=self.lab, port=self.port,
                      address=self.address, share=layout.SHARE,
                      options="".join(f"\t{line}\n" for line in options))
        layout.write(self.file("nodes"),
                     "".join(f"{address}\n" for address in addresses))
        layout.write(self.file("ctdb.conf"), CTDB_CONF.format(**values))
        layout.write(self.file("ctdb.tunables"), "".join(
            f"{name}={value}\n" for name, value in tunables.items()))
        layout.write(self.file("notify.sh"), "#!/bin/sh\n", 0o755)
        layout.write(self.conf, SMB_CONF.format(**values))
        env = self.env()
        for name in TOOLS:
            layout.write(self.program(name), TOOL.format(
                env="\n".join(f"{key}={shlex.quote(value)}"
                              for key, value in env.items()),
                names=" ".join(env), program=shutil.which(
                    name, path=env["PATH"]) or name), 0o755)

    def pids(self):
        return procs.marked(self.id)

    def pid(self, daemon):
        """The pid of this node's ctdbd or listening smbd, or None."""
        name = self.file(*{"ctdbd": ("run", "ctdbd.pid"),
                           "smbd": ("smb", "run", "smbd.pid")}[daemon])
        text = procs.read(name).strip(b"\0\n ")
        if not text.isdigit() or not procs.running(int(text)):
            return None
        return int(text) if procs.belongs(int(text), self.id) else None

    def _start(self, *argv):
        with open(self.file("log.out"), "ab") as log:
            subprocess.run(
                argv, cwd="/", env=dict(self.env(), **{procs.MARK: self.id}),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, check=True, timeout=START_SECONDS)

    def start_ctdbd(self):
        self._start("ctdbd")

    def start_smbd(self):
        self._start("smbd", "-D", "-s", self.conf)

    def listens(self):
        pid = self.pid("smbd")
        return bool(pid) and procs.listens([pid], self.port)

    def end(self):
        """End all that runs on this node; its files stay."""
        if procs.end_all(self.id, [pid for pid in (self.pid("smbd"),) if pid]):
            raise LabError(f"{self}: processes that do not end")


def wait(test, what, seconds=START_SECONDS):
    deadline = time.monotonic() + seconds
    while not (value := test()):
        if time.monotonic() > deadline:
            raise LabError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return value


def free(address, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def free_block(count):
    """Addresses on which nobody else has a cluster, and a port for SMB."""
    for _ in range(30):
        block = f"127.{random.randint(64, 223)}.{random.randint(0, 255)}"
        port = random.randint(20000, 32000)
        addresses = [f"{block}.{last}" for last in range(1, count + 1)]
        if all(free(address, wanted) for address in addresses
               for wanted in (CTDB_PORT, port)):
            return addresses, port
    raise LabError("no free addresses for a cluster")


def prepare(directory, count, options, tunables):
    """Lay out a lab; gives its nodes."""
    if os.geteuid() != 0:
        raise LabError("smbd changes to its users' ids: the lab needs root")
    if not shutil.which("ctdbd", path=layout.wrapper_env("/")["PATH"]):
        raise LabError("ctdbd is not installed")
    layout.check_reachable(directory)
    lab_id = secrets.token_hex(16)
    # First of all, so that the guard knows what to end.
    layout.write_env(directory, {
        "LAB_DIR": directory, "LAB_NODES": count, "LAB_ID": lab_id})
    layout.make_folders(directory)
    layout.make_accounts(directory)
    addresses, port = free_block(count)
    nodes = [Node(directory, lab_id, number, address, port)
             for number, address in enumerate(addresses)]
    with open(path(directory, "hosts"), "a") as hosts:
        hosts.writelines(f"{node.address} node{node.number}\n"
                         for node in nodes)
    for node in nodes:
        node.lay_out(addresses, options, tunables)
    return nodes


def down(directory):
    """End all processes of the lab, then take its directory away."""
    env = layout.read_env(directory)
    ids = [f"{env['LAB_ID']}-{number}"
           for number in range(int(env["LAB_NODES"]))] if env else []
    deadline = time.monotonic() + 30
    # All at once and hard: nobody has to see the others go, and a ctdbd that
    # is asked to end takes its time.
    while left := [(pid, ident) for ident in ids
                   for pid in procs.marked(ident)]:
        if time.monotonic() > deadline:
            raise LabError(f"processes that do not end: {left}")
        for pid, ident in left:
            procs.send(pid, signal.SIGKILL, ident)
        time.sleep(0.02)
    shutil.rmtree(directory)
