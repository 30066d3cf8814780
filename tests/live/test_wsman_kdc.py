#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""With NTLM no KDC hears of the log-on, though the system knows one.

GSSAPI, given a password for SPNEGO, would ask it for a ticket.  In a mount
namespace the system's krb5.conf is one with a realm that listens here.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading

INSIDE = "SMBMGMT_TEST_MOUNT_NAMESPACE"
NAMESPACE = ["unshare", "--mount", "--"]
SYSTEM = "/etc/krb5.conf"
if INSIDE not in os.environ:
    if os.geteuid() != 0 or not os.path.exists(SYSTEM) or subprocess.run(
            [*NAMESPACE, "true"], check=False).returncode:
        print("1..0 # SKIP no mount namespace, or no krb5.conf, is to be had")
        sys.exit(0)
    os.execvpe(NAMESPACE[0], [*NAMESPACE, sys.executable, "-B", *sys.argv],
               dict(os.environ, **{INSIDE: "1"}))

from wsmantest import main, run, tap, where  # noqa: E402

CONF = """\
[libdefaults]
    default_realm = SMBLAB.TEST
    dns_lookup_kdc = false
    udp_preference_limit = 1
[realms]
    SMBLAB.TEST = {{
        kdc = 127.0.0.1:{port}
    }}
"""


class Ear:
    """A KDC's port that hears and hangs up."""

    def __init__(self):
        self.heard = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(self.listener.getsockname())
        for listen in (self._streams, self._datagrams):
            threading.Thread(target=listen, daemon=True).start()

    def _streams(self):
        while True:
            taken, _ = self.listener.accept()
            self.heard += 1
            taken.close()

    def _datagrams(self):
        while True:
            self.datagrams.recvfrom(65536)
            self.heard += 1


def with_kdc(function):
    ear = Ear()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(CONF.format(port=ear.listener.getsockname()[1]))
        conf.flush()
        subprocess.run(["mount", "--bind", conf.name, SYSTEM], check=True)
        try:
            function(ear)
        finally:
            subprocess.run(["umount", SYSTEM], check=True)


@tap.case("NTLM, and negotiate at an address: the KDC hears nothing")
def ntlm(lab):
    lab.sessions([{"client": "PC1", "user": "dora"}])

    def check(ear):
        for auth in ("ntlm", "negotiate"):
            run(*where(lab), f"--auth={auth}", "list").expect(0)
        # A name that looks like a principal's is the server's to judge.
        with tempfile.NamedTemporaryFile("w") as auth:
            auth.write("username = admin@SMBLAB.TEST\npassword = wrong\n")
            auth.flush()
            run("-S", f"wsman:{lab.host}:{lab.port}", "-A", auth.name,
                "--auth=ntlm", "list").expect(1, "SMBMGMT_E_LOGON_FAILED")
        tap.equal(ear.heard, 0)

    with_kdc(check)


@tap.case("the control: with Kerberos it is asked")
def kerberos(lab):
    def check(ear):
        run("-S", f"wsman:fs1.smblab.test:{lab.port}", "-I", lab.host, "-A",
            lab.auth_file("admin"), "--auth=kerberos", "--deadline=3",
            "list").expect(
                1, "SMBMGMT_E_")
        tap.true(ear.heard > 0, "nobody asked")

    with_kdc(check)


if __name__ == "__main__":
    main()
