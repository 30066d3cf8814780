# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the Kerberos tests share: one realm and one smbd that trusts it."""

import contextlib
import os
import re
import sys

from livetest import DRIVER, LIMIT, Process, Shell, main, run, tap

from smblab.kdc import Kdc

SERVER = "files.smblab.test"
# Its tickets are short, so that sessions end while they are looked at.
SHORT, SHORT_SECONDS = "short.smblab.test", 6
# The realm has another key for it than the server.
REKEYED = "rekeyed.smblab.test"
# Names that the server has no key for, and the realm no principal.
UNKNOWN, ELSEWHERE = "unknown.smblab.test", "unknown.elsewhere.test"
OFF, DESIRED, REQUIRED = 0, 1, 2

KDC = Kdc(servers=(SERVER, SHORT, REKEYED))


def environment(cache=None, kdc=None):
    """What the command reads; the rest is as it was."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("KRB5")}
    kept["KRB5_CONFIG"] = (kdc or KDC).krb5_conf
    if cache:
        kept["KRB5CCNAME"] = cache
    return kept


def server(lab, name=SERVER, address=None, port=None):
    return ["-S", f"{name}:{port or lab.port}", "-I", address or lab.host]


def kerberos(lab, cache, *argv, how="required", name=SERVER, kdc=None,
             address=None, port=None, **more):
    """Run the command with the tickets of this cache."""
    return run(*server(lab, name, address, port), f"--use-kerberos={how}",
               *argv, env=environment(cache, kdc), **more)


def with_password(lab, user, password, *argv, cache=None, how="required",
                  **more):
    return kerberos(lab, cache, "-U", user, "--password-fd", "0", *argv,
                    how=how, text=password + "\n", **more)


def own_rows(result):
    return [entry["client_user_name"] for entry in result.json()["sessions"]
            if entry["own"] == "yes"]


def ticket_shell(lab, cache, *argv, name=SERVER):
    return Shell(*server(lab, name), "--use-kerberos=required", *argv,
                 env=environment(cache))


def contents(cache):
    with open(cache.removeprefix("FILE:"), "rb") as stream:
        return stream.read()


class Handles(Process):
    """Handles with tickets of their own; kerberos.c says what it can do."""

    def __init__(self, lab, seconds=LIMIT, name=SERVER, **more):
        super().__init__([DRIVER, f"{name}:{lab.port}", lab.host,
                          KDC.krb5_conf, str(int(seconds * 1000))], **more)

    def ask(self, line):
        """(code, [(user, own)...])."""
        self.out = ""
        self.send(line)
        self.wait_for(lambda: self.out.endswith("\n.\n"))
        rows = re.findall(r"^row \S+ \S+ (\S*) (\S+)$", self.out, re.M)
        return (re.search(r"^code (\S+)", self.out, re.M).group(1),
                sorted(rows))

    def open(self, number, cache, how=REQUIRED):
        tap.equal(self.ask(f"open {number} {how} {cache or '-'}")[0],
                  "SMBMGMT_OK")


class Logons:
    """How the server's new logons were made, as its own log has it."""

    def __init__(self, lab):
        self.folder = lab.file("log")
        self.before = self._read()

    def _read(self):
        texts = {}
        for name in os.listdir(self.folder):
            with contextlib.suppress(OSError), \
                    open(os.path.join(self.folder, name), encoding="utf-8",
                         errors="replace") as stream:
                texts[name] = stream.read()
        return texts

    def kinds(self):
        """{"krb5"} or {"NTLMSSP"}, or both."""
        new = "".join(text[len(self.before.get(name, "")):]
                      for name, text in self._read().items())
        return set(re.findall(r"Successful AuthZ: \[SMB2?,(\w+)\]", new))


def realm_main():
    """Run the file's cases on a lab whose smbd trusts the realm."""
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    with KDC:
        KDC.admin(f'modprinc -maxlife "{SHORT_SECONDS} seconds" cifs/{SHORT}',
                  f"cpw -randkey cifs/{REKEYED}")
        main(*KDC.options(), "log level = 1 auth_audit:5")
