# SPDX-License-Identifier: LGPL-3.0-or-later
"""A private Kerberos realm on loopback, and an smbd that trusts it.

    with Kdc() as kdc, SambaLab(kdc.options()) as lab:
        cache = kdc.kinit("admin")           # FILE:..., a ticket of admin's
        ... kdc.server is at lab.host, lab.port ...
        kdc.stop(); kdc.cont(); kdc.kill()   # the KDC's fate

No domain is needed: smbd has a keytab, and the KDC leaves the PAC out, for
which there is nobody who could make one.  The realm's users are those of the
lab, with passwords of their own, so that it shows which one was used.

Everything is below one directory, which a process of its own removes together
with the KDC when the test ends, however it ends.
"""

import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from . import layout, procs, server
from .layout import LabError, path
from .line import HERE

REALM = "SMBLAB.TEST"
SERVER = "files.smblab.test"
START_SECONDS = 15
TOOL_SECONDS = 30

# What a look-up in DNS could hang in is off.  Names of MIT's and of Heimdal's.
KRB5_CONF = """\
[libdefaults]
	default_realm = {realm}
	dns_lookup_kdc = false
	dns_lookup_realm = false
	dns_canonicalize_hostname = false
	rdns = false
	default_ccache_name = {cache}
	default_cc_name = {cache}
[realms]
	{realm} = {{
		kdc = {host}:{port}
	}}
[domain_realm]
	.smblab.test = {realm}
"""

KDC_CONF = """\
[kdcdefaults]
	kdc_listen = {host}:{port}
	kdc_tcp_listen = {host}:{port}
[realms]
	{realm} = {{
		database_name = {dir}/principal
		key_stash_file = {dir}/stash
		acl_file = {dir}/acl
		max_life = 10h
		disable_pac = {no_pac}
	}}
[logging]
	kdc = FILE:{dir}/kdc.log
	default = FILE:{dir}/default.log
"""


class Kdc:
    """A realm of its own; several may live beside each other."""

    def __init__(self, realm=REALM, servers=(SERVER,), pac=False,
                 services=("cifs", "host")):
        self.realm, self.servers, self.pac = realm, servers, pac
        self.services = services
        self.server = servers[0]
        self.passwords = {user: secrets.token_urlsafe(12)
                          for user in layout.USERS}
        self.caches = 0

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="smbkdc.", dir="/tmp")
        self.id = secrets.token_hex(16)
        self.guard = subprocess.Popen(
            [sys.executable, "-B", "-m", "smblab.kdc", self.directory,
             self.id], env=dict(os.environ, PYTHONPATH=HERE),
            stdin=subprocess.PIPE, start_new_session=True)
        self.process = None
        try:
            # Where the lab's smbd finds its keytab; it is root.
            self.keytab = path(self.directory, "keytab")
            self.krb5_conf = path(self.directory, "krb5.conf")
            self._start_somewhere()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.guard.stdin.close()
        status = self.guard.wait(60)
        if self.process:
            self.process.wait(10)
        if status:
            raise LabError(f"{self.directory}: the KDC is not cleanly down")

    def _environment(self):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                "KRB5_CONFIG": self.krb5_conf,
                "KRB5_KDC_PROFILE": path(self.directory, "kdc.conf"),
                procs.MARK: self.id}

    def _tool(self, *argv, text="", **more):
        env = dict(self._environment(), **more)
        done = subprocess.run(argv, env=env, input=text, text=True,
                              capture_output=True, timeout=TOOL_SECONDS)
        if done.returncode:
            raise LabError(f"{' '.join(argv)}: exit {done.returncode}: "
                           f"{(done.stdout + done.stderr).strip()}")
        return done.stdout

    def admin(self, *queries):
        """kadmin's commands, on the database itself."""
        for line in self._tool("kadmin.local", "-r", self.realm,
                               text="".join(f"{query}\n" for query in queries)
                               ).splitlines():
            if "while" in line and ":" in line:
                raise LabError(line)

    def _make_database(self):
        self._tool("kdb5_util", "create", "-s", "-r", self.realm, "-P",
                   secrets.token_urlsafe(12))
        services = [f"{service}/{name}" for name in self.servers
                    for service in self.services]
        self.admin(
            *(f"addprinc -randkey {name}" for name in services),
            *(f"addprinc -pw {password} {user}"
              for user, password in self.passwords.items()),
            *(f"ktadd -k {self.keytab} -norandkey {name}"
              for name in services))

    def _start_somewhere(self):
        for port in random.sample(range(20000, 32000), 30):
            if not server.free(port):
                continue
            values = {"realm": self.realm, "dir": self.directory,
                      "host": layout.HOST, "port": port,
                      "no_pac": "false" if self.pac else "true",
                      "cache": self.cache_name("default")}
            layout.write(self.krb5_conf, KRB5_CONF.format(**values))
            layout.write(path(self.directory, "kdc.conf"),
                         KDC_CONF.format(**values))
            if not os.path.exists(self.keytab):
                self._make_database()
            self.port = port
            if self.start():
                return
        raise LabError(f"the KDC did not start; see {self.directory}/kdc.log")

    def start(self):
        """Start the KDC; False when its port was taken by someone."""
        with open(path(self.directory, "kdc.out"), "ab") as log:
            self.process = subprocess.Popen(
                ["krb5kdc", "-n", "-r", self.realm], cwd="/",
                env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                return False
            if procs.listens([self.process.pid], self.port):
                return True
            time.sleep(0.02)
        raise LabError(f"the KDC does not listen on {self.port}")

    def kill(self):
        """End the KDC; its port refuses until start()."""
        self.process.kill()
        self.process.wait(10)

    def stop(self):
        """Freeze the KDC: it takes requests and never answers."""
        self.process.send_signal(signal.SIGSTOP)

    def cont(self):
        self.process.send_signal(signal.SIGCONT)

    def options(self):
        """smb.conf lines of a server that takes this realm's tickets."""
        return [f"realm = {self.realm}",
                "kerberos method = dedicated keytab",
                f"dedicated keytab file = {self.keytab}"]

    def cache_name(self, name):
        return f"FILE:{path(self.directory, f'cache-{name}')}"

    def kinit(self, user, *arguments, cache=None):
        """A cache, of its own if none is named, with a ticket; its name."""
        self.caches += 1
        cache = cache or self.cache_name(f"{self.caches}-{user}")
        self._tool("kinit", "-c", cache, *arguments, user,
                   text=self.passwords[user] + "\n")
        return cache

    def get_ticket(self, cache, service):
        """Put a ticket for the service into the cache."""
        self._tool("kvno", "-c", cache, service)

    def tickets(self, cache):
        """klist's lines, to be compared and shown."""
        return self._tool("klist", "-c", cache)

    def log(self):
        """What the KDC was asked."""
        with open(path(self.directory, "kdc.log"), encoding="utf-8",
                  errors="replace") as stream:
            return stream.read()


def guard(directory, lab_id):
    """Remove the realm when whoever holds the other end is gone."""
    sys.stdin.buffer.read()
    left = procs.end_all(lab_id)
    shutil.rmtree(directory)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(guard(*sys.argv[1:]))
