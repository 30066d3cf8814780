# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the live tests share: the command, a live shell, the library's driver.

Each test file is run as `test_x.py TOOL SCHEMA DRIVER [PART OF A NAME...]` and
prints TAP; see smblab.tap.  A case gets a lab without sessions.
"""

import contextlib
import fcntl
import json
import os
import re
import select
import signal
import subprocess
import sys
import time

# What carries srvsvc: each file is run with every carrier that was built.
CARRIER = os.environ.setdefault("LIVE_CARRIER", "auto")
# And the files that say nothing of Samba alone, on both labs.
ON_WINDOWS = os.environ.get("LIVE_LAB") == "windows"
TOOL, SCHEMA_FILE, DRIVER = (os.path.abspath(name) for name in sys.argv[1:4])
del sys.argv[1:4]
# In the build tree, where the library looks for it.
HELPER = os.path.join(os.path.dirname(TOOL), "..", "lib", "smbmgmt",
                      "smbmgmt-helper")
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))

import jsonschema  # noqa: E402

from smblab import SambaLab, WindowsLab, tap  # noqa: E402

ENUM, DEL = 12, 13
# Far more than anything here takes; only a hang reaches it.
LIMIT = 60
# Younger sessions cannot be told from ones that logged on again.
AGED = 3.2

# What the command says of a job that takes longer than a second.
PROGRESS = re.compile(r"smbmgmt: \w+: \d+ of \d+ servers?, .*\n")

with open(SCHEMA_FILE, encoding="utf-8") as schema_file:
    SCHEMA = json.load(schema_file)


def document(text):
    """The one JSON document in the text, checked against the schema."""
    parsed = json.loads(text)
    jsonschema.validate(parsed, SCHEMA)
    return parsed


class Result:
    """What a command did; printed in full when a case fails."""

    def __init__(self, argv, status, out, err, seconds):
        self.argv, self.status, self.seconds = argv, status, seconds
        self.out, self.err = out, err

    def __repr__(self):
        return (f"\n$ {' '.join(self.argv)}\nexit {self.status} after "
                f"{self.seconds:.1f} s\nout: {self.out}\nerr: {self.err}")

    def json(self):
        try:
            return document(self.out)
        except ValueError as error:
            raise AssertionError(f"{error}{self!r}") from error

    def rows(self):
        """(client, user, opens) of the sessions but our own, sorted."""
        return sorted(row_of(entry) for entry in self.json()["sessions"]
                      if entry["own"] == "no")

    def outcomes(self):
        """(outcome, client, user), sorted."""
        return sorted((entry["outcome"],
                       entry["session"]["client_computer_name"],
                       entry["session"]["client_user_name"])
                      for entry in self.json()["outcomes"]
                      if "session" in entry)

    def expect(self, status, *parts):
        """The exit status, and what stderr says; none: it says nothing."""
        tap.equal(self.status, status, f"status{self!r}\nstatus")
        for part in parts:
            tap.true(part in self.err, f"no {part!r} in stderr{self!r}")
        if not parts:
            tap.equal(PROGRESS.sub("", self.err), "", f"{self!r}\nstderr")
        return self

    def quick(self, seconds):
        """Not a measurement: that a deadline held, with room to spare."""
        tap.true(self.seconds < seconds, f"over {seconds} s{self!r}")
        return self


def row_of(entry):
    return (entry["client_computer_name"], entry["client_user_name"],
            entry["num_opens"])


def where(lab, user="admin", port=None, host=None):
    """How the command is told a server and a user."""
    return ["-S", f"{host or lab.host}:{port or lab.port}", "-A",
            lab.auth_file(user)]


def carried(argv):
    """With the carrier, unless the arguments name one."""
    if any(word.startswith("--carrier") for word in argv):
        return argv
    return (f"--carrier={CARRIER}", *argv)


def run(*argv, text="", **more):
    """The command, without a controlling terminal."""
    began = time.monotonic()
    done = subprocess.run([TOOL, *carried(argv)], input=text, capture_output=True,
                          text=True, timeout=LIMIT, start_new_session=True,
                          **more)
    return Result(["smbmgmt", *argv], done.returncode, done.stdout,
                  done.stderr, time.monotonic() - began)


def as_admin(lab, *argv, **more):
    """Run the command once no session of an earlier one is left.

    With two of admin's sessions listed, neither is known to be our own.
    """
    lab.wait_sessions(lambda rows: all(row.user != "admin" for row in rows))
    return run(*where(lab), *argv, **more)


class Process:
    """A child that is talked to in lines while its output is read."""

    def __init__(self, argv, **more):
        self.argv = argv
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True, **more)
        self.out = self.err = ""
        for pipe in (self.process.stdout, self.process.stderr):
            fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_NONBLOCK)

    @property
    def pid(self):
        return self.process.pid

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def read_some(self, seconds):
        """Add what the child writes; False if it has ended."""
        pipes = [self.process.stdout, self.process.stderr]
        ready, _, _ = select.select(pipes, [], [], max(0, seconds))
        if not ready:
            raise AssertionError(f"no answer from {self!r}")
        data = {pipe: pipe.read() for pipe in ready}
        self.out += (data.get(pipes[0]) or b"").decode()
        self.err += (data.get(pipes[1]) or b"").decode()
        return any(data.values())

    def wait_for(self, test):
        limit = time.monotonic() + LIMIT
        while not test():
            if not self.read_some(limit - time.monotonic()):
                raise AssertionError(f"an early end of {self!r}")

    def drain(self):
        """What was written before what has been read by now."""
        with contextlib.suppress(AssertionError):
            while self.read_some(0):
                pass

    def __repr__(self):
        return f"{' '.join(self.argv)}\nout: {self.out}\nerr: {self.err}"

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.process.stdin.close()
        try:
            status = self.process.wait(LIMIT)
            self.drain()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()
            self.process.stderr.close()
        # A shell's status tells of its commands, and of its own end only if
        # that was none of the command's statuses; so does a sanitizer.
        if failure is None and (status not in range(5)
                                or "Sanitizer" in self.err):
            raise AssertionError(f"it ended with {status}: {self!r}")


class Shell(Process):
    """A `smbmgmt shell` that lives on, and with it its handles."""

    def __init__(self, *argv, **more):
        super().__init__([TOOL, *carried(argv), "shell"], **more)
        self.number = 0

    def start(self, line):
        self.number += 1
        self.out = self.err = ""
        self.line, self.began = line, time.monotonic()
        # A name that no handle has: what is said about it ends the answer.
        self.send(f"{line}\nuse end{self.number}")

    def finish(self):
        mark = f" = end{self.number}."
        self.wait_for(lambda: mark in self.err and self.err[-1] == "\n")
        self.drain()
        said = "".join(line for line in self.err.splitlines(True)
                       if mark not in line)
        return Result(["shell>", self.line], 0, self.out, said,
                      time.monotonic() - self.began)

    def say(self, line):
        self.start(line)
        return self.finish()


class Driver(Process):
    """The library itself; driver.c says what it can be asked."""

    def __init__(self, server, auth_file, *argv):
        super().__init__([DRIVER, server, auth_file, *argv])

    def ask(self, line):
        """The answer as a list of lists of words."""
        self.out = ""
        self.send(line)
        self.wait_for(lambda: self.out.endswith("\n.\n"))
        return [words.split(" ") for words in self.out.splitlines()[:-1]]

    def code(self, line):
        """SMBMGMT_OK, or the name of the error."""
        return dict(words[:2] for words in self.ask(line))["code"]

    def close(self, line):
        """(code, [(outcome, client, user)...], listings) of a close."""
        answer = self.ask(line)
        single = {words[0]: words[1] for words in answer}
        return (single["code"],
                sorted((words[1], words[3], words[4]) for words in answer
                       if words[0] == "outcome"),
                int(single["listings"]))


def host_of(pid):
    """Whose helper this process is: fd 4 is a pidfd of that one."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/fdinfo/4", encoding="ascii") as stream:
            for line in stream:
                if line.startswith("Pid:"):
                    return int(line.split()[1])
    return None


def helpers(host, name):
    """pids of a process's "smbmgmt-conn" or "smbmgmt-helper" processes."""
    found = []
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/comm", encoding="utf-8") as stream:
                if stream.read().strip() == name and host_of(pid) == host:
                    found.append(int(pid))
    return found


def kill_helper(host, name):
    """Kill the one process of that name; a wrong count fails the case."""
    pids = helpers(host, name)
    tap.equal(len(pids), 1, f"processes {name} of {host}")
    os.kill(pids[0], signal.SIGKILL)


def samba_case(name):
    """A case that speaks of Samba: its processes, accounts or collateral."""
    return (lambda function: function) if ON_WINDOWS else tap.case(name)


def make_lab(options):
    if not ON_WINDOWS:
        return SambaLab(options)
    # Names as Samba writes them, so that one test can tell of both; and
    # libsmbclient loses what a message-mode pipe has over its read.
    return WindowsLab(client_prefix="",
                      pipe_mode="byte" if CARRIER == "smbclient"
                      else "message")


def lab2(**settings):
    """The windows-shaped server; libsmbclient reads no message pipes."""
    if CARRIER == "smbclient":
        settings["pipe_mode"] = "byte"
    return WindowsLab(**settings)


def main(*options):
    """Run the file's cases on one lab with these smb.conf lines."""
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    with make_lab(options) as lab:
        # The server starts its RPC service at the first call, which may take
        # longer than the deadlines of some cases.
        run(*where(lab), "list")

        @contextlib.contextmanager
        def cleared():
            lab.close_clients()
            lab.wait_sessions(0)
            if ON_WINDOWS:
                lab.reset()
            yield lab
        tap.main(cleared)
