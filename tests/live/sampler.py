# SPDX-License-Identifier: LGPL-3.0-or-later
"""A look at every process's command line and environment, over and over.

That the look looks is proved by a control: a process that carries a password
of its own there.
"""

import os
import subprocess
import threading

from impacket.ntlm import compute_nthash

from livetest import LIMIT


class Sampler:
    """Looks for texts in all of /proc until it is told to stop."""

    def __init__(self, *texts):
        self.texts = [form for text in texts for form in forms(text)]
        self.rounds, self.found, self.names = 0, set(), set()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _look(self, pid):
        for name in ("cmdline", "environ", "comm"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as stream:
                    data = stream.read()
            except OSError:
                # It has ended.
                return
            if name == "comm":
                self.names.add(data.strip().decode(errors="replace"))
            self.found.update((pid, name, text) for text in self.texts
                              if text in data)

    def _run(self):
        while not self.stopped.is_set():
            for pid in os.listdir("/proc"):
                if pid.isdigit():
                    self._look(pid)
            self.rounds += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join(LIMIT)

    def finds(self, text):
        return {hit[:2] for hit in self.found if hit[2] in forms(text)}


def forms(text):
    """As it is, as SMB has it, and as what stands for it."""
    return [text.encode(), text.encode("utf-16-le"),
            compute_nthash(text).hex().encode(),
            compute_nthash(text).hex().upper().encode()]


class Control:
    """A process with a password in its arguments and its environment."""

    def __init__(self, text):
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", "read line", text], env={"SECRET": text},
            stdin=subprocess.PIPE)
        self.hits = {(str(self.process.pid), "cmdline"),
                     (str(self.process.pid), "environ")}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(LIMIT)
