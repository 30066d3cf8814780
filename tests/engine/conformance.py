#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Run the conformance cases against a real smbd:

    conformance.py PROGRAM CARRIER      or `samba`, for that transport

Brings lab 1 up, and answers the program's questions on a socket: `restore`
makes the sessions as each case expects them, `alive` says how many of
alice's, bob's and carol's still answer, by their own old connections.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from smblab import SambaLab  # noqa: E402

WANTED = (("alice", "127.0.0.5", 1), ("bob", "127.0.0.6", 1),
          ("carol", "127.0.0.7", 3))
# Without ids younger sessions cannot be told from ones that logged on again.
AGED = 0 if sys.argv[2] == "samba" else 3.2
LIMIT = 280


class Sessions:
    def __init__(self, lab):
        self.lab, self.clients = lab, {}

    def alive(self, user):
        client = self.clients.get(user)
        return client.states().count("alive") if client else 0

    def restore(self):
        for user, address, count in WANTED:
            if self.alive(user) == count:
                continue
            if user in self.clients:
                self.clients.pop(user).close()
            self.clients[user] = self.lab.client(user, address,
                                                 sessions=count)
            self.made = time.monotonic()
        self.lab.wait_sessions(
            lambda rows: len(rows) == sum(count for _, _, count in WANTED))
        time.sleep(max(0, self.made + AGED - time.monotonic()))
        return "ok"

    def answer(self, question):
        try:
            if question == "restore":
                return self.restore()
            return " ".join(str(self.alive(user)) for user, _, _ in WANTED)
        except Exception as error:  # the program prints it, and fails
            return f"{type(error).__name__}: {error}".replace("\n", " ")


def serve(listener, sessions):
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as stream:
            for line in stream:
                stream.write(sessions.answer(line.strip()) + "\n")
                stream.flush()


def main():
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        return 0
    with tempfile.TemporaryDirectory() as folder, SambaLab() as lab:
        path = os.path.join(folder, "hook")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        threading.Thread(target=serve, args=(listener, Sessions(lab)),
                         daemon=True).start()
        if sys.argv[2] == "samba":
            where = ["samba", lab.conf, lab.tools(), path, "-"]
        else:
            where = ["srvsvc", f"{lab.host}:{lab.port}",
                     lab.auth_file("admin"), path, sys.argv[2]]
        return subprocess.run([sys.argv[1], *where],
                              timeout=LIMIT).returncode


if __name__ == "__main__":
    sys.exit(main())
