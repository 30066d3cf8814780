#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Hosts that are not as one would wish them, against a real smbd.

What needs no server is in tests/engine/test_hosts.c.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile

from livetest import (DRIVER, LIMIT, TOOL, Driver, Process, as_admin, document,
                      main, row_of, tap, where)

CHURN = os.path.join(os.path.dirname(TOOL), "..", "tests", "threads", "churn")
PR_SET_NO_NEW_PRIVS = 38
EIGHT_USERS = ("alice", "bob", "carol", "jürgen")


class OddDriver(Driver):
    """The driver in a process that was prepared in some way."""

    def __init__(self, lab, prepare=None, env=None):
        Process.__init__(self, [DRIVER, f"{lab.host}:{lab.port}",
                                lab.auth_file("admin")],
                         preexec_fn=prepare, env=env)


def check_works(lab, prepare=None, env=None):
    """List and close, with a user's name that a locale might spoil."""
    jürgen = lab.client("jürgen", "127.0.0.5")
    alice = lab.client("alice", "127.0.0.6")
    with OddDriver(lab, prepare, env) as driver:
        tap.equal(driver.code("open"), "SMBMGMT_OK")
        tap.equal(driver.close("close JÜRGEN")[:2],
                  ("SMBMGMT_OK", [("CLOSED", "127.0.0.5", "jürgen")]))
        tap.equal((jürgen.session.state(), alice.alive()), ("ended", True))
        # Another alphabet's capital is another letter, whatever the locale.
        tap.equal(driver.close("close ALİCE")[:2], (
            "SMBMGMT_E_NOT_FOUND", [("NOT_FOUND", "-", "-")]))
        tap.equal(driver.close("close ALICE")[:2],
                  ("SMBMGMT_OK", [("CLOSED", "127.0.0.6", "alice")]))
    tap.equal(alice.session.state(), "ended")


@tap.case("SIGCHLD ignored, all signals blocked, umask 0777")
def signals(lab):
    def prepare():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        os.umask(0o777)
    check_works(lab, prepare)


@tap.case("64 descriptors, no new privileges")
def limits(lab):
    def prepare():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        assert ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    check_works(lab, prepare)


@tap.case("4,000 open descriptors")
def many_descriptors(lab):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < 4200:
        raise tap.Skip(f"at most {hard} descriptors here")

    def prepare():
        resource.setrlimit(resource.RLIMIT_NOFILE, (4200, hard))
        null = os.open(os.devnull, os.O_RDONLY)
        for fd in range(100, 4100):
            os.dup2(null, fd, inheritable=True)
    check_lists(lab, prepare)


def check_lists(lab, prepare):
    alice = lab.client("alice", "127.0.0.6")
    done = subprocess.run([TOOL, *where(lab), "list", "--json"],
                          preexec_fn=prepare, close_fds=False,
                          capture_output=True, text=True, timeout=LIMIT)
    tap.equal(done.returncode, 0, done.stderr)
    tap.true(("127.0.0.6", "alice", 1) in
             [row_of(entry) for entry in document(done.stdout)["sessions"]],
             done.stdout)
    tap.true(alice.alive(), "alice's handle reads")


@tap.case("a directory that is no more")
def nowhere(lab):
    folder = tempfile.mkdtemp(prefix="smbmgmt-", dir="/tmp")

    def prepare():
        os.chdir(folder)
        os.rmdir(folder)
    check_works(lab, prepare)


@tap.case("standard input and error are closed, and output is as it was")
def closed_standard(lab):
    lab.client("alice", "127.0.0.5")
    with tempfile.TemporaryFile("w+") as out:
        status = subprocess.run(
            ["sh", "-c", 'exec "$0" "$@" 0<&- 2>&-', TOOL, *where(lab),
             "list", "--json"], stdout=out, timeout=LIMIT).returncode
        out.seek(0)
        tap.equal(status, 0)
        rows = [row_of(entry) for entry in document(out.read())["sessions"]
                if entry["own"] == "no"]
    tap.equal(rows, [("127.0.0.5", "alice", 1)])


def make_locale(folder, name):
    done = subprocess.run(
        ["localedef", "-i", name, "-f", "UTF-8", f"{folder}/{name}.UTF-8"],
        capture_output=True, text=True)
    # 1: it was made, with warnings.
    if done.returncode not in (0, 1) or not os.path.isdir(
            f"{folder}/{name}.UTF-8"):
        raise tap.Skip(f"no locale {name} can be made (package locales)")
    subprocess.run([sys.executable, "-c",
                    "import locale; locale.setlocale(locale.LC_ALL, '')"],
                   env=in_locale(folder, name), check=True)


def in_locale(folder, name):
    return dict(os.environ, LOCPATH=folder, LC_ALL=f"{name}.UTF-8")


def without_times(text):
    parsed = document(text)
    for entry in parsed["sessions"]:
        for key in ("listed_at", "seconds_exists"):
            entry.pop(key, None)
    return json.dumps(parsed, sort_keys=True)


@tap.case("Turkish letters and German numbers: the same rules, the same text")
def locales(lab):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("tr_TR", "de_DE"):
            make_locale(folder, name)
        for name in ("tr_TR", "de_DE"):
            check_works(lab, env=in_locale(folder, name))
        lab.close_clients()
        lab.wait_sessions(0)
        lab.client("jürgen", "127.0.0.5", files=3)
        listings = set()
        for name in ("C", "tr_TR", "de_DE"):
            found = as_admin(lab, "list", "--client-user", "JÜRGEN", "--json",
                             "--min-age", "0s", env=in_locale(folder, name))
            listings.add(without_times(found.expect(0).out))
        tap.equal(len(listings), 1, listings)


@tap.case("eight threads open, list, plan, close and remove at once")
def threads(lab):
    clients = [lab.client(user, f"127.0.0.{20 + number}", reconnect=True)
               for number, user in enumerate(EIGHT_USERS)]
    done = subprocess.run(
        [CHURN, "4", f"{lab.host}:{lab.port}", lab.auth_file("admin")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=3 * LIMIT)
    lines = done.stdout.splitlines()
    tap.equal((done.returncode, done.stderr), (0, ""), done.stdout)
    tap.equal(lines[0], f"1..{len(lines) - 1}", done.stdout)
    tap.true(len(lines) > 6 and all(line.startswith("ok ")
                                    for line in lines[1:]), done.stdout)
    # alice and bob were closed again and again, the others not once.
    tap.true(all(client.reconnects > 0 for client in clients[:2]),
             "alice and bob were closed")
    tap.equal([client.reconnects for client in clients[2:]], [0, 0],
              "carol's and jürgen's new sessions")
    tap.true(all(client.alive() for client in clients[2:]), "their handles")


if __name__ == "__main__":
    main()
