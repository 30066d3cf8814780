# SPDX-License-Identifier: LGPL-3.0-or-later
"""Clients in the background of a lab that a shell script runs.

Each is client.py in a session of its own, with the lab's mark and a pid file,
so that `down` ends it; it answers on a socket below DIR/run.
"""

import json
import os
import select
import socket
import subprocess
import sys

from . import layout, procs, server
from .layout import LabError
from .line import HERE

READY_SECONDS = 30


def socket_path(directory, name):
    return layout.path(directory, "run", f"client-{name}.sock")


def start(directory, name, request):
    """Start a client; returns when its sessions and files are open.

    `request` is client.py's open request; it names users, not passwords.
    """
    env = server.need_env(directory)
    directory = env["LAB_DIR"]
    if not server.is_up(directory, env):
        raise LabError(f"{directory}: the lab is down")
    if os.path.exists(socket_path(directory, name)):
        raise LabError(f"a client called {name} is there already")
    log_name = layout.path(directory, "log", f"client-{name}.log")
    with open(log_name, "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(HERE, "client.py"),
             directory, "--hold", name, json.dumps(request)],
            env={"PATH": os.environ.get("PATH", os.defpath),
                 procs.MARK: env["LAB_ID"]},
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=log, start_new_session=True)
    layout.write(layout.path(directory, "run", f"client-{name}.pid"),
                 f"{process.pid}\n")
    with process.stdout:
        if select.select([process.stdout], [], [], READY_SECONDS)[0]:
            line = process.stdout.readline()
            if line:
                return json.loads(line)
    procs.send(process.pid, 9, env["LAB_ID"])
    with open(log_name) as log:
        raise LabError(f"client {name}: {log.read().strip() or 'silent'}")


def ask(directory, name, request):
    """One request to a background client; gives its answer."""
    directory = server.need_env(directory)["LAB_DIR"]
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(READY_SECONDS)
        try:
            line.connect(socket_path(directory, name))
        except OSError as error:
            raise LabError(f"client {name}: {error.strerror}") from error
        line.sendall((json.dumps(request) + "\n").encode())
        return json.loads(line.makefile().readline())


def stop(directory, name):
    """End one background client and forget it."""
    env = server.need_env(directory)
    directory = env["LAB_DIR"]
    pid_file = layout.path(directory, "run", f"client-{name}.pid")
    procs.send(int(procs.read(pid_file)), 15, env["LAB_ID"])
    os.unlink(pid_file)
    os.unlink(socket_path(directory, name))
