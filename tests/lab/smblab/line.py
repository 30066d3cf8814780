# SPDX-License-Identifier: LGPL-3.0-or-later
"""Helpers in processes of their own, spoken to in lines of JSON.

A request is one line {"cmd": NAME, ...} on the helper's stdin, the answer one
line {"ok": true, ...} or {"ok": false, "error": TEXT} on its stdout; its first
line says where it listens. It ends with its stdin, so none outlives the test
that started it, however that ends.
"""

import base64
import json
import os
import select
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ANSWER_SECONDS = 15


class LineProcess:
    """A helper process and its lines; a context manager."""

    def __init__(self, script, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(HERE, script), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.buffer = b""
        self.lock = threading.Lock()  # one question at a time
        try:
            self.hello = self._answer(ANSWER_SECONDS)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self):
        return self.process.pid

    def _answer(self, seconds):
        stdout = self.process.stdout.fileno()
        while b"\n" not in self.buffer:
            if not select.select([stdout], [], [], seconds)[0]:
                raise TimeoutError("the helper does not answer")
            part = os.read(stdout, 65536)
            if not part:
                raise ConnectionError("the helper has ended")
            self.buffer += part
        line, _, self.buffer = self.buffer.partition(b"\n")
        answer = json.loads(line)
        if not answer["ok"]:
            raise RuntimeError(answer["error"])
        return answer

    def ask(self, cmd, patience=ANSWER_SECONDS, **arguments):
        line = json.dumps(dict(arguments, cmd=cmd)) + "\n"
        with self.lock:
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()
            return self._answer(patience)

    def close(self):
        """Close its stdin, which ends it; kill it if it does not."""
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:  # it was gone with a request still unsent
                pass
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Relay(LineProcess):
    """relay.py: see there for what counts, traps and modes mean."""

    def __init__(self, host, port, source=None, listen=0, delay_ms=0,
                 record=False):
        arguments = ["--to", f"{host}:{port}", "--listen", str(listen),
                     "--delay", str(delay_ms)]
        if source:
            arguments += ["--source", source]
        if record:
            arguments.append("--record")
        super().__init__("relay.py", *arguments)
        self.host, self.port = "127.0.0.1", self.hello["port"]

    def counts(self, reset=False):
        return self.ask("counts", reset=reset)["counts"]

    def reset(self):
        self.counts(reset=True)

    def opnums(self):
        """{opnum: how many requests}, as integers."""
        return {int(opnum): count for opnum, count
                in self.counts()["opnums"].items()}

    def delay(self, ms, direction="both"):
        self.ask("delay", ms=ms, direction=direction)

    def rate(self, bytes, direction="both"):
        """So many bytes a second; 0: as fast as can be."""
        self.ask("rate", bytes=bytes, direction=direction)

    def limit(self, bytes, direction):
        """So many more bytes, then nothing until resume()."""
        self.ask("limit", bytes=bytes, direction=direction)

    def pause(self, direction="both"):
        self.ask("pause", direction=direction)

    def resume(self):
        self.ask("resume")

    def cut(self):
        """End the connections there are; new ones are served."""
        self.ask("cut")

    def reset_connections(self):
        """End them with a TCP reset to both sides."""
        self.ask("reset")

    def refuse(self, on=True):
        """Hang up on every new connection."""
        self.ask("refuse", on=on)

    def trap(self, on, action, when="before", direction="up", nth=1):
        """Once, at the nth message `on`: an opnum or an SMB2 command's name.
        """
        self.ask("trap", on=on, action=action, when=when,
                 direction=direction, nth=nth)

    def recorded(self, reset=False):
        """(up, down) of each connection, with record=True: all bytes."""
        return [tuple(base64.b64decode(part) for part in pair) for pair
                in self.ask("recorded", reset=reset)["recorded"]]

    def wait_trap(self, seconds=ANSWER_SECONDS):
        """Wait until the trap has sprung; True if it has."""
        return self.ask("wait_trap", seconds + 5, seconds=seconds)["sprung"]


class Deadend(LineProcess):
    """deadend.py: a server that accepts and never serves."""

    def __init__(self, mode="silent", listen=0):
        super().__init__("deadend.py", "--mode", mode, "--listen",
                         str(listen))
        self.host, self.port = "127.0.0.1", self.hello["port"]

    def accepted(self):
        return self.ask("accepted")["accepted"]


class closed_port:
    """A port that refuses: bound, so nobody else gets it, not listening."""

    def __enter__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        return self.socket.getsockname()[1]

    def __exit__(self, *_):
        self.socket.close()
