# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4 for one test: a WS-Management server, up on entry, gone on exit.

    with WsmanLab(tls="both", page_items=100) as lab:
        lab.sessions([{"client": "PC{n}", "times": 300}])
        lab.rules({"at": "pull", "nth": 2, "action": "cut", "when": "body"})
        ...
        assert lab.invokes() == []

tls: False, True, or "both" with .port for HTTP and .tls_port for HTTPS.
settings are those of wsmanlab/settings.py and security.py, rules those of
wsmanlab/rules.py, rows those of wsmanlab/table.py.
"""

import os

from . import wsmanlayout
from .served import ServedLab
from .winlayout import auth_path, write_auth

TLS = {False: "off", True: "on"}


class WsmanLab(ServedLab):
    script, files, prefix = "wsman.py", wsmanlayout, "wsmanlab."

    def __init__(self, tls=False, port=0, kdc=None, **settings):
        """kdc: a realm of smblab.kdc with the service HTTP, to be trusted."""
        if kdc is not None:
            settings["keytab"] = kdc.keytab
        super().__init__(port, tls=TLS.get(tls, tls), **settings)
        self.tls_port = None

    def _start(self):
        super()._start()
        self.tls_port = self.process.hello["tls_port"]

    def _keep_ports(self, config):
        super()._keep_ports(config)
        config["tls_port"] = self.tls_port if self.tls_port != self.port else 0

    # Who may come, and with what.

    @property
    def users(self):
        return list(self.passwords)

    def add_user(self, name, password=None, rights=("member", "list",
                                                    "close")):
        """One more user, or other rights for an old one; the password.

        reset() keeps the user and forgets the rights.
        """
        password = self._password(name, password)
        self.ask("user", name=name, password=password, rights=list(rights))
        write_auth(self.directory, name, password)
        return password

    def auth_file(self, user):
        """A file in the format of smbclient -A, mode 600."""
        return auth_path(self.directory, user)

    @property
    def ca_file(self):
        """Whom the server's certificate is from; there with TLS only."""
        return wsmanlayout.ca_path(self.directory)

    def certificate(self, name="client"):
        """(certificate, key) of certificates.NAMES."""
        folder = os.path.dirname(self.ca_file)
        return (os.path.join(folder, f"{name}.pem"),
                os.path.join(folder, f"{name}.key"))

    # The sessions.

    def sessions(self, rows, add=False):
        """Replace the rows, or add some; gives them all."""
        return self.ask("sessions", rows=rows, add=add)["rows"]

    def rows(self):
        return self.ask("sessions")["rows"]

    def ids(self):
        return [row["id"] for row in self.rows()]

    def end(self, id, instance=0):
        """End one session at the server, without WS-Management."""
        self.ask("end", id=id, instance=instance)

    # What it saw.

    def contexts(self, drop=False):
        """How many enumerations are under way; drop: forget them."""
        return self.ask("contexts", drop=drop)["contexts"]

    def invokes(self, reset=False):
        """Each ForceClose: id, instance, principal, outcome, ..."""
        return self.ask("invokes", reset=reset)["invokes"]

    def requests(self, reset=False):
        """Each authenticated request: operation, soap in plain, ..."""
        return self.ask("requests", reset=reset)["requests"]

    def queries(self):
        """The WQL texts, in order."""
        return [request["wql"] for request in self.requests()
                if request["wql"] is not None]

    def heard(self, reset=False):
        """Each HTTP request: method, target, raw headers, status, ..."""
        return self.ask("heard", reset=reset)["heard"]
