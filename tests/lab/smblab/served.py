# SPDX-License-Identifier: LGPL-3.0-or-later
"""A lab whose server is a helper process of this test, and its control line.

What WindowsLab and WsmanLab have in common: up on entry, gone on exit, and
what happens to the process in between.
"""

import json
import os
import secrets
import signal
import tempfile
import threading

from . import layout
from .base import Lab
from .layout import LabError
from .line import LineProcess


class ServedLab(Lab):
    script = None       # windows.py or wsman.py
    files = None        # what lies below the directory
    prefix = None       # of the directory's name

    def __init__(self, port=0, **settings):
        self.first = (port, settings)
        super().__init__()
        self.directory = self.process = None
        self.lock = threading.Lock()

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix=self.prefix, dir="/tmp")
        self.env = self.files.prepare(self.directory, *self.first)
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
        self.process = LineProcess(self.script, "serve", self.directory,
                                   "--stdin", "--purge")
        self.port = self.process.hello["port"]
        # None where the machine has no IPv6.
        self.host6 = self.files.HOST6 if self.process.hello["ipv6"] else None

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
        config = self.files.read_config(self.directory)
        self._keep_ports(config)
        self._write_config(config)
        self._start()

    def _keep_ports(self, config):
        config["port"] = self.port

    def _write_config(self, config):
        layout.write(self.files.config_path(self.directory),
                     json.dumps(config), 0o600)

    def ask(self, cmd, **arguments):
        with self.lock:
            return self.process.ask(cmd, **arguments)

    # What it does.

    def set(self, **settings):
        self.ask("set", **settings)

    def reset(self):
        """Default settings, no rules, rows or counts; connections stay."""
        self.ask("reset")
        if self.first[1]:
            self.set(**self.first[1])

    def rules(self, *rules):
        """Replace the rules of misbehaviour; none: behave."""
        self.ask("rules", rules=list(rules))

    def rules_done(self):
        """How often each rule was applied, in their order."""
        return [rule["done"] for rule in self.ask("rules")["rules"]]

    def cut(self):
        """Hang up on everyone; new connections are served."""
        self.ask("cut")

    def _password(self, name, password):
        """The password a user is to have: given, old or new."""
        if password is None:
            password = self.passwords.get(name) or secrets.token_urlsafe(12)
        self.passwords[name] = password
        return password

    # What it saw.

    def counts(self, reset=False):
        return self.ask("counts", reset=reset)["counts"]

    def connections(self):
        """How many are open now."""
        return self.ask("counts")["open"]

    def log(self):
        with open(self.files.log_path(self.directory)) as stream:
            return stream.read()

    def file(self, *names):
        return os.path.join(self.directory, *names)
