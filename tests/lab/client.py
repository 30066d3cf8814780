#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""SMB clients of a lab that hold sessions and open files.

    client.py DIR                   requests on stdin, one JSON line each
    client.py DIR --hold NAME REQUEST
                                    do REQUEST, then stay and answer requests
                                    on DIR/run/client-NAME.sock

DIR is the directory of `samba.sh up`; passwords are read from there. An
answer is {"ok": true, ...} or {"ok": false, "error": TEXT}. Requests:

    {"cmd": "open", "id": "a", "user": "alice", "address": "127.0.0.5",
     "files": 2, "sessions": 1, "dialect": "2.1", "encrypt": false,
     "reconnect": false, "also": ["bob"], "port": 0}
                                    connect and log on; `also`: more users on
                                    the connection; port: a relay's, 0 smbd's
    {"cmd": "also", "id": "a", "user": "carol", "files": 1}
    {"cmd": "state", "id": "a"}     each session's user, SMB id and state:
                                    alive, silent or ended, by a read through
                                    its old handle
    {"cmd": "read", "id": "a", "session": 0, "file": 0}
    {"cmd": "reconnects", "id": "a"}
    {"cmd": "close", "id": "a"}     without id: all
    {"cmd": "ids"}

`id` is "0" unless given.
"""

import argparse
import json
import os
import socket
import sys

from smblab import layout, server
from smblab.background import socket_path
from smblab.client import Client


class Clients:
    """The clients of this process by id, and what can be asked of them."""

    def __init__(self, directory):
        env = server.need_env(directory)
        self.host, self.port = env["LAB_HOST"], int(env["LAB_PORT"])
        self.passwords = layout.passwords(env["LAB_DIR"])
        self.clients = {}

    def open(self, user, id="0", also=(), port=0, files=1, **options):
        if id in self.clients:
            raise ValueError(f"id {id} is in use")
        client = Client(self.host, port or self.port, self.passwords, user,
                        files=files, **options)
        self.clients[id] = client
        for other in also:
            client.user_on_same_connection(other, files)
        return {"sessions": [session.id for session in client.sessions]}

    def also(self, user, id="0", files=1):
        session = self.clients[id].user_on_same_connection(user, files)
        return {"sessions": [session.id]}

    def state(self, id="0"):
        client = self.clients[id]
        return {"sessions": [
            {"user": session.user, "id": session.id,
             "state": session.state()} for session in list(client.sessions)]}

    def read(self, id="0", session=0, file=0):
        data = self.clients[id].sessions[session].read(file)
        return {"data": data.decode()}

    def reconnects(self, id="0"):
        return {"reconnects": self.clients[id].reconnects}

    def close(self, id=None):
        for name in [id] if id is not None else list(self.clients):
            self.clients.pop(name).close()
        return {}

    def ids(self):
        return {"ids": list(self.clients)}

    def answer(self, line):
        commands = {name: getattr(self, name) for name in (
            "open", "also", "state", "read", "reconnects", "close", "ids")}
        try:
            request = json.loads(line)
            done = commands[request.pop("cmd")](**request)
        except Exception as error:  # whatever it was, the rest stays open
            done = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        return json.dumps(dict({"ok": True}, **done)) + "\n"


def hold(clients, directory, name, request):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(socket_path(os.path.realpath(directory), name))
    listener.listen()
    sys.stdout.write(clients.answer(request))
    sys.stdout.close()
    while True:
        line, _ = listener.accept()
        # A caller that says nothing must not keep the others waiting.
        line.settimeout(5)
        with line, line.makefile("rw") as stream:
            try:
                stream.write(clients.answer(stream.readline()))
                stream.flush()
            except OSError:
                continue


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("--hold", nargs=2, metavar=("NAME", "REQUEST"))
    args = parser.parse_args()
    clients = Clients(args.directory)
    if args.hold:
        hold(clients, args.directory, *args.hold)
    for line in sys.stdin:
        sys.stdout.write(clients.answer(line))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
