#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A pid that became another's between the list and the close.

Runs in a pid namespace of its own, where the next pid can be chosen.  A list
that is told again stands for one that was made a moment too early; the look
right before the close is the real smbstatus's.
"""

import json
import os
import shutil
import subprocess
import sys

INSIDE = "SMBMGMT_TEST_PID_NAMESPACE"
NAMESPACE = ["unshare", "--pid", "--fork", "--mount", "--mount-proc",
             "--kill-child", "--"]
if INSIDE not in os.environ:
    if os.geteuid() != 0 or subprocess.run([*NAMESPACE, "true"]).returncode:
        print("1..0 # SKIP no pid namespace is to be had")
        sys.exit(0)
    os.execvpe(NAMESPACE[0], [*NAMESPACE, sys.executable, "-B", *sys.argv],
               dict(os.environ, **{INSIDE: "1"}))

from livetest import main, tap  # noqa: E402
from sambatest import Here, instead  # noqa: E402

LAST_PID = "/proc/sys/kernel/ns_last_pid"
TRIES = 20
EMPTY = '{"sessions":{},"tcons":{},"open_files":{}}'


def start_as(pid, argv):
    """A process with just this pid."""
    for _ in range(TRIES):
        with open(LAST_PID, "w", encoding="ascii") as stream:
            stream.write(str(pid - 1))
        process = subprocess.Popen(argv)
        if process.pid == pid:
            return process
        process.kill()
        process.wait()
    raise AssertionError(f"{pid} is not to be had")


class Told:
    """The lab's list as it is now, told two times, the close's own the last.

    Later ones are empty, and all looks at processes are smbstatus's.
    """

    def __init__(self, lab, change=lambda status: None):
        self.status = lab.status()
        change(self.status)
        self.path = lab.file("log", "told.json")
        with open(self.path, "w", encoding="utf-8") as stream:
            json.dump(self.status, stream)
        real = os.path.join(lab.tools(), "smbstatus")
        count = lab.file("log", "told.count")
        with open(count, "w", encoding="ascii"):
            pass
        self.script = (
            f'case "$*" in *--processes*) exec {real} "$@" ;; esac\n'
            f"echo >>{count}\n"
            f"[ $(wc -l <{count}) -gt 2 ] || exec cat {self.path}\n"
            f"echo '{EMPTY}'")


def end(lab, client):
    """End the client's smbd; its pid."""
    pid = lab.row(client.session).pid
    client.close()
    tap.wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "its end")
    return pid


def spared(lab, program):
    """Close a session whose pid this program has now."""
    alice = lab.client("alice", "127.0.0.5")
    told = Told(lab)
    with instead(lab, told.script) as folder, Here(lab, folder) as here:
        tap.equal(len(here.list()), 1)
        process = start_as(end(lab, alice), [program, "600"])
        try:
            code, outcomes, _ = here.close("close f alice")
            tap.equal((code, outcomes),
                      ("SMBMGMT_OK", ["ALREADY_GONE 127.0.0.5 alice"]),
                      here.message)
            tap.equal(process.poll(), None, "the other process")
        finally:
            process.kill()
            process.wait()


@tap.case("another program has it now: nothing is sent, it lives")
def other_program(lab):
    spared(lab, "/usr/bin/sleep")


@tap.case("another program that is called smbd has it: the same")
def called_smbd(lab):
    program = lab.file("tools", "smbd")
    os.makedirs(os.path.dirname(program), exist_ok=True)
    shutil.copy("/usr/bin/sleep", program)
    spared(lab, program)


@tap.case("another smbd of this server has it: the same")
def other_smbd(lab):
    alice = lab.client("alice", "127.0.0.5")
    told = Told(lab)
    with instead(lab, told.script) as folder, Here(lab, folder) as here:
        tap.equal(len(here.list()), 1)
        pid = end(lab, alice)
        bob = None
        for _ in range(TRIES):
            with open(LAST_PID, "w", encoding="ascii") as stream:
                stream.write(str(pid - 1))
            bob = lab.client("bob", "127.0.0.6")
            if lab.row(bob.session).pid == pid:
                break
            bob.close()
        tap.equal(lab.row(bob.session).pid, pid)
        tap.equal(here.close("close f alice")[1],
                  ["ALREADY_GONE 127.0.0.5 alice"])
        tap.true(bob.alive(), "bob, whose smbd has alice's pid")


@tap.case("the server's own process is refused")
def server_itself(lab):
    lab.client("alice", "127.0.0.5")

    def change(status):
        for session in status["sessions"].values():
            session["server_id"]["pid"] = str(lab.smbd_pid)

    told = Told(lab, change)
    script = (f'case "$*" in *--processes*) exec cat {told.path} ;; esac\n'
              f"{told.script}")
    with instead(lab, script) as folder, Here(lab, folder) as here:
        here.list()
        code, outcomes, _ = here.close("close f alice")
        tap.equal((code, outcomes), ("SMBMGMT_E_REFUSED_UNSAFE",
                                     ["FAILED 127.0.0.5 alice"]))
        tap.true(os.path.exists(f"/proc/{lab.smbd_pid}"), "smbd")


@tap.case("what is told again is not that process: nothing is sent")
def told_otherwise(lab):
    alice = lab.client("alice", "127.0.0.5")
    told = Told(lab)
    other = lab.file("log", "other.json")
    for session in told.status["sessions"].values():
        session["server_id"]["unique_id"] = "12345"
    with open(other, "w", encoding="utf-8") as stream:
        json.dump(told.status, stream)
    script = (f'case "$*" in *--processes*) exec cat {other} ;; esac\n'
              f"{told.script}")
    with instead(lab, script) as folder, Here(lab, folder) as here:
        here.list()
        tap.equal(here.close("close f alice")[1],
                  ["ALREADY_GONE 127.0.0.5 alice"], here.message)
        tap.true(alice.alive(), "alice")


if __name__ == "__main__":
    main()
