# SPDX-License-Identifier: LGPL-3.0-or-later
"""Run the smbmgmt command, at a terminal or without one, and print TAP."""
import codecs
import errno
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import traceback

import jsonschema

TOOL, SCHEMA_FILE = sys.argv[1:3]
DEMO = ["-S", "memory:demo"]
# With -N it is NOT_SUPPORTED before anybody is asked: nothing that srvsvc
# carries can be signed for nobody.
UNASKED = "127.0.0.1:1"
# Far more than anything here takes; only a hang reaches it.
LIMIT = 60

with open(SCHEMA_FILE, encoding="utf-8") as schema_file:
    SCHEMA = json.load(schema_file)


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return f"status {self.status}\nout: {self.out}\nerr: {self.err}"

    def json(self):
        """The one document on stdout, checked against the schema."""
        document = json.loads(self.out)
        jsonschema.validate(document, SCHEMA)
        return document


def run(*args, text="", env=None, **more):
    """Without a controlling terminal: in a session of its own."""
    done = subprocess.run([TOOL, *args], input=text, capture_output=True,
                          text=True, timeout=LIMIT, start_new_session=True,
                          env=None if env is None else {**os.environ, **env},
                          **more)
    return Result(done.returncode, done.stdout, done.stderr)


def demo(*args, **more):
    return run(*DEMO, *args, **more)


# A shell's part in job control: the command in a process group of its own, in
# the foreground, so that it can be stopped.
PARENT = """
import os, signal, sys
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    terminal = os.open("/dev/tty", os.O_RDWR)
    os.tcsetpgrp(terminal, os.getpid())
    os.close(terminal)
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


class Terminal:
    """The command in a session whose controlling terminal is a pty.

    stdin, stdout and stderr are pipes unless `all_of_it` is set, so that what
    is on the terminal went there on purpose; with `shown_errors` stderr is on
    the terminal, too.  The terminal is `columns` wide, and with 0 it does not
    tell how wide it is.
    """

    def __init__(self, *args, all_of_it=False, shown_errors=False,
                 parent=False, env=None, columns=0, command=None):
        self.master, slave = os.openpty()
        self.slave = slave
        self.resize(columns)
        name = os.ttyname(slave)

        def take_terminal():
            # A run in the background ignores these, and so would its children.
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP,
                           signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            # The first terminal that a session's leader opens is its own.
            os.close(os.open(name, os.O_RDWR))

        pipe = slave if all_of_it else subprocess.PIPE
        command = command or [TOOL]
        if parent:
            command = [sys.executable, "-c", PARENT, *command]
        self.process = subprocess.Popen(
            [*command, *args], stdin=pipe, stdout=pipe,
            stderr=slave if shown_errors else pipe,
            preexec_fn=take_terminal,
            env=None if env is None else {**os.environ, **env})
        self.screen = ""
        # A read may end within a character.
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def read_some(self, limit):
        ready, _, _ = select.select([self.master], [], [],
                                    max(0.0, limit - time.monotonic()))
        if not ready:
            raise AssertionError(f"nothing more on: {self.screen!r}")
        try:
            data = os.read(self.master, 4096)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            raise AssertionError(f"the terminal ended on: {self.screen!r}")
        self.screen += self.decoder.decode(data)

    def expect(self, text):
        """Wait for a text; what follows it stays for the next one."""
        limit = time.monotonic() + LIMIT
        while text not in self.screen:
            self.read_some(limit)
        before, _, self.screen = self.screen.partition(text)
        return before + text

    def resize(self, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ,
                    struct.pack("4H", 24, columns, 0, 0))

    def send(self, text):
        os.write(self.master, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def child(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children",
                  encoding="ascii") as children:
            return int(children.read().split()[0])

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait(self, text=""):
        """Let it end.  The rest of the screen is left in self.screen."""
        if self.process.stdin is None:
            self.process.wait(LIMIT)
            out = err = ""
        else:
            out, err = ((data or b"").decode() for data in
                        self.process.communicate(text.encode(), LIMIT))
        fcntl.fcntl(self.master, fcntl.F_SETFL, os.O_NONBLOCK)
        rest = b""
        try:
            while True:
                rest += os.read(self.master, 4096)
        except BlockingIOError:
            pass
        self.screen += self.decoder.decode(rest)
        return Result(self.process.returncode, out, err)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout,
                     self.process.stderr):
            if pipe is not None:
                pipe.close()
        os.close(self.slave)
        os.close(self.master)


def equal(seen, wanted, about=None):
    assert seen == wanted, f"{seen!r} is not {wanted!r}\n{about or ''}"


def contains(text, *parts):
    for part in parts:
        assert part in text, f"no {part!r} in:\n{text}"


def lacks(text, *parts):
    for part in parts:
        assert part not in text, f"{part!r} in:\n{text}"


def main(names):
    """Run every function of a module that is named test_..."""
    tests = [(name, item) for name, item in names.items()
             if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, (name, test) in enumerate(tests, 1):
        title = name[len("test_"):].replace("_", " ")
        try:
            test()
            print(f"ok {number} - {title}", flush=True)
        except Exception:  # any of them is this test's failure
            failed += 1
            print(f"not ok {number} - {title}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            sys.stdout.flush()
    sys.exit(1 if failed else 0)
