# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the live tests of wsman share: lab 4, the command, the library.

Each file is run as `test_wsman_x.py TOOL SCHEMA LIVE-WSMAN [PART...]`.  A case
gets the lab as it starts: no rows, rules or requests, settings as at first.
"""

import contextlib
import os
import re
import subprocess
import sys
import time

from livetest import LIMIT, TOOL, DRIVER, Process, Result, Shell, tap

from smblab import WsmanLab

# A name that the lab's certificate has, and a realm can have.
NAME = "wsman.smblab.test"


def where(lab, user="admin", tls=False, host=None, port=None):
    """How the command is told a server and a user; None: no user."""
    kind = "wsmans" if tls else "wsman"
    port = port or (lab.tls_port if tls else lab.port)
    argv = ["-S", f"{kind}:{host or lab.host}:{port}"]
    if host is not None and host.strip("[]") not in (lab.host, lab.host6,
                                                     "localhost"):
        argv += ["-I", lab.host]
    if user is not None:
        argv += ["-A", lab.auth_file(user)]
    return argv + ([f"--ca-file={lab.ca_file}"] if tls else [])


def run(*argv, text="", **more):
    """The command, without a controlling terminal."""
    began = time.monotonic()
    done = subprocess.run([TOOL, *argv], input=text, capture_output=True,
                          text=True, timeout=LIMIT, start_new_session=True,
                          **more)
    tap.true("Sanitizer" not in done.stderr, done.stderr)
    return Result(["smbmgmt", *argv], done.returncode, done.stdout,
                  done.stderr, time.monotonic() - began)


def ids(result):
    """The session ids of a listing in JSON, sorted."""
    return sorted(int(entry["session_id"])
                  for entry in result.json()["sessions"])


def outcomes(result):
    """{session id: (outcome, error's name or None)} of a close in JSON."""
    said = dict(re.findall(r"session (\d+) .*\((SMBMGMT_\w+)\)$",
                           result.err, re.M))
    return {int(entry["session"]["session_id"]):
            (entry["outcome"], said.get(entry["session"]["session_id"]))
            for entry in result.json()["outcomes"] if "session" in entry}


def closed(result):
    """The ids that it says are closed, sorted; any other outcome fails."""
    found = outcomes(result)
    tap.equal({outcome for outcome, _ in found.values()} - {"CLOSED"}, set(),
              f"{result!r}\noutcomes")
    return sorted(found)


def fails(result, code, *parts):
    """The one error's name in JSON, and what it says; gives the error."""
    result.expect(1, f"SMBMGMT_E_{code})", *parts)
    error, = result.json()["errors"]
    tap.equal(error["name"], f"SMBMGMT_E_{code}", repr(result))
    return error


def invoked(lab):
    """(id, outcome) of each ForceClose, in order."""
    return [(invoke["id"], invoke["outcome"]) for invoke in lab.invokes()]


class Library(Process):
    """The library on one handle; wsman.c says what it can be asked."""

    def __init__(self, lab, user="admin", tls=False, host=None, port=None,
                 login=None, **options):
        """login: a file with user and password in place of the user's."""
        kind = "wsmans" if tls else "wsman"
        port = port or (lab.tls_port if tls else lab.port)
        if tls:
            options.setdefault("ca_file", lab.ca_file)
        super().__init__(
            [DRIVER, f"{kind}:{host or lab.host}:{port}",
             login or (lab.auth_file(user) if user else "-"),
             *(f"{name}={value}" for name, value in options.items())])

    def ask(self, *words):
        """The answer's lines but the last, as lists of words."""
        self.out = ""
        self.send("\t".join(str(word) for word in words))
        self.wait_for(lambda: self.out.endswith("\n.\n"))
        return [line.split("\t") for line in self.out.splitlines()[:-1]]

    def code(self, *words):
        """SMBMGMT_OK, or the name of the error."""
        return next(line[1] for line in self.ask(*words)
                    if line[0] == "code")

    def list(self, *filters):
        """(code, ids)."""
        answer = self.ask("list", *filters)
        return (next(line[1] for line in answer if line[0] == "code"),
                sorted(int(line[1]) for line in answer if line[0] == "row"))

    def close(self, *filters, command="close"):
        """(code, {id: (outcome, code)})."""
        answer = self.ask(command, *filters)
        return (next(line[1] for line in answer if line[0] == "code"),
                {int(line[1]): (line[2], line[3]) for line in answer
                 if line[0] == "outcome"})


def shell(*argv, **more):
    """A shell that lives on, without a carrier."""
    return Shell("--carrier=auto", *argv, **more)


def main(realm=None, **settings):
    """Run the file's cases on one lab; realm: a smblab.kdc.Kdc to trust."""
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    with realm or contextlib.nullcontext(), \
            WsmanLab(tls="both", kdc=realm, **settings) as lab:
        @contextlib.contextmanager
        def cleared():
            lab.cut()
            lab.reset()
            yield lab
            tap.equal(lab.counts()["errors"], 0, lab.log())
        tap.main(cleared)
