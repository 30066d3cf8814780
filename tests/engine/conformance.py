#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Run the conformance cases against a server:

    conformance.py PROGRAM CARRIER      or `samba` or `wsman`, for these

Brings lab 1 up, a real smbd, or for wsman lab 4, and answers the program's
questions on a socket: `restore` makes the sessions as each case expects them,
`alive` says how many of alice's, bob's and carol's there are: on smbd by
their own old connections, which still answer.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from smblab import SambaLab, WsmanLab  # noqa: E402

WANTED = (("alice", "127.0.0.5", 1), ("bob", "127.0.0.6", 1),
          ("carol", "127.0.0.7", 3))
# Without ids younger sessions cannot be told from ones that logged on again.
AGED = 0 if sys.argv[2] == "samba" else 3.2
LIMIT = 280


class Answers:
    """To the program's questions."""

    def answer(self, question):
        try:
            if question == "restore":
                return self.restore()
            return " ".join(str(self.alive(user)) for user, _, _ in WANTED)
        except Exception as error:  # the program prints it, and fails
            return f"{type(error).__name__}: {error}".replace("\n", " ")


class Rows(Answers):
    """What the server over WS-Management has, by its own word."""

    def __init__(self, lab):
        self.lab = lab

    def alive(self, user):
        return sum(row["user"] == user for row in self.lab.rows())

    def restore(self):
        self.lab.sessions([{"client": address, "user": user, "times": times}
                           for user, address, times in WANTED])
        return "ok"


class Sessions(Answers):
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


def serve(listener, sessions):
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as stream:
            for line in stream:
                stream.write(sessions.answer(line.strip()) + "\n")
                stream.flush()


def main():
    wsman = sys.argv[2] == "wsman"
    if os.geteuid() != 0 and not wsman:
        print("1..0 # SKIP the lab needs root")
        return 0
    with tempfile.TemporaryDirectory() as folder, \
            (WsmanLab() if wsman else SambaLab()) as lab:
        path = os.path.join(folder, "hook")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        sessions = Rows(lab) if wsman else Sessions(lab)
        threading.Thread(target=serve, args=(listener, sessions),
                         daemon=True).start()
        if sys.argv[2] == "samba":
            where = ["samba", lab.conf, lab.tools(), path, "-"]
        elif wsman:
            where = ["wsman", f"wsman:{lab.host}:{lab.port}",
                     lab.auth_file("admin"), path, "-"]
        else:
            where = ["srvsvc", f"{lab.host}:{lab.port}",
                     lab.auth_file("admin"), path, sys.argv[2]]
        return subprocess.run([sys.argv[1], *where],
                              timeout=LIMIT).returncode


if __name__ == "__main__":
    sys.exit(main())
