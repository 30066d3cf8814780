# SPDX-License-Identifier: LGPL-3.0-or-later
"""A shell in tmux, a terminal that keeps what its screen shows."""
import os
import shlex
import shutil
import subprocess
import tempfile
import time

from tooltest import LIMIT


def wait_until(test, what):
    limit = time.monotonic() + LIMIT
    while not test():
        assert time.monotonic() < limit, what
        time.sleep(0.02)


class Screen:
    """A shell in a terminal of its own, so many columns wide."""

    def __init__(self, columns):
        self.shown = 0
        self.folder = tempfile.mkdtemp()
        self.socket = os.path.join(self.folder, "tmux")
        self.env = {name: value for name, value in os.environ.items()
                    if name not in ("TMUX", "NO_COLOR", "COLUMNS")}
        self.env |= {"LC_ALL": "C.UTF-8", "PS1": "$ ", "HISTFILE": ""}
        # Our own child rather than a daemon.
        self.server = subprocess.Popen(
            ["tmux", "-D", "-u", "-S", self.socket, "-f", "/dev/null"],
            env=self.env)
        try:
            wait_until(lambda: os.path.exists(self.socket), "no server")
            self.tmux("new-session", "-d", "-x", str(columns), "-y", "40",
                      "bash --norc --noprofile -i")
        except Exception:
            self.__exit__()
            raise

    def tmux(self, *args):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *args],
                              capture_output=True, timeout=LIMIT, check=True,
                              env=self.env)
        return done.stdout.decode()

    def lines(self, *args):
        """The screen, without what is empty below."""
        shown = self.tmux("capture-pane", "-p", *args).rstrip("\n")
        return [line.rstrip() for line in shown.split("\n")]

    def expect(self, text):
        wait_until(lambda: text in "\n".join(self.lines()), text)

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def show(self, *command):
        """What a command leaves on a screen that was empty."""
        self.shown += 1
        last = f"all-of-{self.shown}"
        self.type(f"clear; {shlex.join(command)}; "
                  f"echo all-of-$(({self.shown}))")
        wait_until(lambda: last in self.lines(), last)
        lines = self.lines()
        return lines[:lines.index(last)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(LIMIT)
        shutil.rmtree(self.folder)
