# SPDX-License-Identifier: LGPL-3.0-or-later
"""Many servers at once: real smbd, windows-shaped ones, or some of both.

    with Fleet(real=50) as fleet:                # each smbd has its own
        alice = fleet.servers[7].client("alice")     # directories
        fleet.servers[7].sessions()
        names = fleet.servers_file()             # ADDRESS:PORT lines
        auth = fleet.auth_file("admin")          # good for all of them

Each server has an address and a port of its own on loopback, and is otherwise
what SambaLab and WindowsLab are.  The users of all are the same.  The
windows-shaped ones are one process: freeze() is for all of them or none.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from . import layout, procs, server, winlayout
from .addresses import address
from .lab import SambaLab
from .layout import LabError, path
from .line import HERE, LineProcess
from .windows import WindowsLab

PREFIX = "smbfleet."
WINDOWS = "windows"
TEMPLATE = "template"
# Started and asked side by side; more than the processors help with waiting.
AT_ONCE = 4
END_SECONDS = 5


class FleetSamba(SambaLab):
    """One smbd of a fleet, which brings it up and down."""

    def __init__(self, template, directory, number, options, share_options):
        super().__init__(options, share_options)
        self.directory = directory
        shutil.copytree(template, directory)
        self.host = address(number)
        self.env = {name: value.replace(template, directory, 1)
                    for name, value in layout.read_env(template).items()}
        self.env.update(LAB_ID=secrets.token_hex(16), LAB_HOST=self.host)
        # Before anything of it runs: down() knows its processes by this.
        layout.write_env(directory, self.env)
        self.id = self.env["LAB_ID"]
        self.passwords = layout.passwords(directory)

    def start(self):
        _, options, share_options = self.settings
        server.start_somewhere(
            self.directory, self.env, None,
            (*options, f"interfaces = {self.host}/8"), share_options)
        self.port, self.conf = int(self.env["LAB_PORT"]), self.env["LAB_CONF"]
        self.smbd_pid = server.smbd_pid(self.directory, self.id)
        return self

    def warm(self):
        """Let it start its RPC services, which takes a while, once."""
        self.rpcclient("admin", 'netsessenum "" "" 1')
        return self

    def __enter__(self):
        raise LabError("a fleet's servers come and go with it")


class FleetWindows(WindowsLab):
    """One windows-shaped server of a fleet."""

    def __init__(self, fleet, number, host, port):
        super().__init__()
        self.fleet, self.number = fleet, number
        self.host, self.host6, self.port = host, None, port
        self.directory = fleet.path(WINDOWS)
        self.env = layout.read_env(self.directory)
        self.passwords = layout.passwords(self.directory)

    def ask(self, cmd, **arguments):
        return self.fleet.windows_ask(
            "at", server=self.number,
            request=dict(arguments, cmd=cmd))["answer"]

    def __enter__(self):
        raise LabError("a fleet's servers come and go with it")

    def _alone(self, *_, **__):
        raise LabError("windows-shaped servers of a fleet are one process")

    freeze = thaw = stop_server = restart = _alone


class Fleet:
    """`real` smbd and then `windows` others, as .servers."""

    def __init__(self, real=0, windows=0, options=(), share_options=(),
                 **settings):
        self.real, self.windows = real, windows
        self.options, self.share_options = options, share_options
        self.settings = settings
        self.servers, self.line = [], None

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")
        os.chmod(self.directory, 0o711)
        # It also outlives a test that is killed.
        self.guard = subprocess.Popen(
            [sys.executable, "-B", "-m", "smblab", "guard", self.directory],
            env=dict(os.environ, PYTHONPATH=HERE), stdin=subprocess.PIPE,
            start_new_session=True)
        try:
            self.passwords = {}
            if self.real:
                self._start_samba()
            if self.windows:
                self._start_windows()
        except BaseException:
            self._down()
            raise
        return self

    def __exit__(self, *_):
        for one in self.servers:
            one.close_clients()
        self._down()

    def _down(self):
        if self.line is not None:
            self.line.close()
        self.guard.stdin.close()
        if self.guard.wait(120):
            raise LabError(f"{self.directory}: not cleanly down")

    def path(self, *names):
        return path(self.directory, *names)

    def _start_samba(self):
        """What takes long is done once and copied: accounts, groups."""
        template = self.path(TEMPLATE)
        os.mkdir(template)
        server.prepare(template, None, self.options, self.share_options)
        self.passwords = layout.passwords(template)
        made = [FleetSamba(template, self.path(f"smbd{number}"), number,
                           self.options, self.share_options)
                for number in range(self.real)]
        self.servers += self.each(FleetSamba.start, made)

    def _start_windows(self):
        directory = self.path(WINDOWS)
        os.mkdir(directory)
        winlayout.prepare(directory, 0, self.settings, self.passwords)
        self.passwords = dict(layout.passwords(directory), **self.passwords)
        self.line = LineProcess("winfleet.py", directory, str(self.real),
                                str(self.windows))
        self.servers += [
            FleetWindows(self, number, address(self.real + number), port)
            for number, port in enumerate(self.line.hello["ports"])]

    # All of them.

    def warm(self):
        """Have every smbd's RPC services running before they are needed."""
        self.each(FleetSamba.warm, self.servers[:self.real])

    @staticmethod
    def each(function, items):
        """function(item) of each, some at once; the results in order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(function, items))

    def windows_ask(self, cmd, **arguments):
        return self.line.ask(cmd, **arguments)

    def windows_all(self, cmd, **arguments):
        """One request to each windows-shaped server; their answers."""
        return self.line.ask("all", request=dict(arguments, cmd=cmd))[
            "answers"]

    def held(self, reset=False):
        """(now, most): calls that wait for a scripted delay, all servers."""
        answer = self.line.ask("held", reset=reset)
        return answer["now"], answer["most"]

    def names(self):
        """ADDRESS:PORT of each, as -S takes them."""
        return [f"{one.host}:{one.port}" for one in self.servers]

    def servers_file(self):
        name = self.path("servers")
        layout.write(name, "".join(f"{line}\n" for line in self.names()))
        return name

    def auth_file(self, user):
        """A file for -A, good for every server."""
        return self.servers[0].auth_file(user)


def marked(ids):
    """{pid: id} of the living processes with one of these marks."""
    mark = f"{procs.MARK}=".encode()
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        for entry in procs.read(f"/proc/{name}/environ").split(b"\0"):
            lab_id = entry[len(mark):].decode(errors="replace")
            if (entry.startswith(mark) and lab_id in ids
                    and procs.running(int(name))):
                found[int(name)] = lab_id
    return found


def end_all(ids):
    """End the processes of many labs as procs.end_all() does those of one."""
    for signum in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL,
                   signal.SIGKILL):
        for pid, lab_id in marked(ids).items():
            procs.send(pid, signum, lab_id)
            procs.send(pid, signal.SIGCONT, lab_id)
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline:
            if not marked(ids):
                return
            time.sleep(0.05)
    raise LabError(f"processes that do not end: {list(marked(ids))}")


def is_one(directory):
    return os.path.basename(directory).startswith(PREFIX)


def down(directory):
    """End all servers below a fleet's directory and take it away."""
    below = [path(directory, name) for name in sorted(os.listdir(directory))
             if os.path.isdir(path(directory, name))]
    envs = {one: layout.read_env(one) for one in below}
    end_all({env["LAB_ID"] for env in envs.values() if env})
    for one in below:
        shutil.rmtree(one)
    for name in os.listdir(directory):
        os.unlink(path(directory, name))
    os.rmdir(directory)
