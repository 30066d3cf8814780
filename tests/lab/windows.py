#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2: a Windows-shaped SMB server on loopback, below one directory.

    windows.py up DIR [--port N] [--set NAME=JSON]...
    windows.py down DIR [--purge]
    windows.py ask DIR JSON           one request to its control line, such as
                                      '{"cmd": "set", "page_rows": 100}'
    windows.py serve DIR [--stdin]    the server itself, for up and WindowsLab

DIR/env holds shell assignments: LAB_HOST, LAB_HOST6, LAB_PORT, LAB_PID,
LAB_PASSWORDS (user:password lines, mode 600), LAB_AUTH, a directory with one
file per user in the format of smbclient -A, LAB_CLIENT_CONF, an smb.conf for
rpcclient and its like, LAB_CONTROL, the control line's socket, and LAB_LOG.

Users: see smblab/winlayout.py.  What can be set and asked: winlab/settings.py,
winlab/rules.py and winlab/server.py.  No root is needed.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys

from smblab import layout, procs, server, winlayout
from smblab.layout import LabError, path

START_SECONDS = 15
ANSWER_SECONDS = 15


async def run(args):
    # impacket takes a while to load; only the server needs it.
    from winlab import control
    from winlab.server import Server

    directory = os.path.realpath(args.dir)
    config = winlayout.read_config(directory)
    winserver = Server()
    winserver.do_set(**config["settings"])
    for user in config["users"]:
        winserver.add_user(**user)
    port = await winserver.listen(config["port"])
    commands = winserver.control()
    line = await control.serve_socket(
        winlayout.control_path(directory), commands)
    print(json.dumps({"ok": True, "port": port,
                      "ipv6": len(winserver.listeners) > 1}), flush=True)
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    waiting = [asyncio.ensure_future(stop.wait())]
    if args.stdin:
        waiting.append(asyncio.ensure_future(control.serve_stdin(commands)))
    else:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    line.close()
    winserver.do_cut()


def do_serve(args):
    directory = os.path.realpath(args.dir)
    logging.basicConfig(filename=winlayout.log_path(directory),
                        format="%(asctime)s %(message)s", level=logging.INFO)
    # Written to by a server that may have been given none.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        asyncio.run(run(args))
    finally:
        if args.purge:
            layout.remove(directory)


def start(directory, env):
    """Start the server; gives its pid and port."""
    with open(path(directory, "log", "winlab.err"), "wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-B", os.path.abspath(__file__), "serve",
             directory],
            env=dict(os.environ, **{procs.MARK: env["LAB_ID"]}), cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            start_new_session=True)
    with process.stdout:
        if select.select([process.stdout], [], [], START_SECONDS)[0]:
            line = process.stdout.readline()
            if line:
                return process.pid, json.loads(line)["port"]
    process.kill()
    process.wait(5)
    said = procs.read(path(directory, "log", "winlab.err")).decode()
    raise LabError(f"the server did not start: {said.strip()}")


def is_up(env):
    pid = int(env.get("LAB_PID", 0))
    return bool(pid) and procs.running(pid) and procs.belongs(
        pid, env["LAB_ID"])


def do_up(args):
    directory = os.path.realpath(args.dir)
    os.makedirs(directory, exist_ok=True)
    layout.check_ours(directory)
    settings = {}
    for setting in args.set:
        name, _, value = setting.partition("=")
        with contextlib.suppress(ValueError):
            value = json.loads(value)
        settings[name] = value
    with server.locked(directory):
        env = layout.read_env(directory)
        if not is_up(env):
            env = winlayout.prepare(directory, args.port or 0, settings)
            env["LAB_PID"], env["LAB_PORT"] = start(directory, env)
            layout.write_env(directory, env)
    sys.stdout.write(procs.read(path(directory, "env")).decode())


def do_down(args):
    directory = os.path.realpath(args.dir)
    if not os.path.isdir(directory):
        return
    with server.locked(directory):
        env = layout.read_env(directory)
        if env and procs.end_all(env["LAB_ID"]):
            raise LabError("the server does not end")
        if args.purge and env:
            layout.remove(directory)


def do_ask(args):
    env = server.need_env(args.dir)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_SECONDS)
        line.connect(env["LAB_CONTROL"])
        line.sendall(args.request.encode() + b"\n")
        answer = line.makefile().readline()
    sys.stdout.write(answer)
    if not json.loads(answer)["ok"]:
        sys.exit(1)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command_name", required=True)

    def command(name, function):
        sub = commands.add_parser(name)
        sub.set_defaults(function=function)
        sub.add_argument("dir", metavar="DIR")
        return sub

    up = command("up", do_up)
    up.add_argument("--port", type=int)
    up.add_argument("--set", action="append", default=[],
                    metavar="NAME=JSON")
    command("down", do_down).add_argument("--purge", action="store_true")
    command("ask", do_ask).add_argument("request", metavar="JSON")
    serve = command("serve", do_serve)
    serve.add_argument("--stdin", action="store_true")
    serve.add_argument("--purge", action="store_true")
    return parser.parse_args()


def main():
    args = parse()
    try:
        args.function(args)
    except (LabError, OSError, ValueError) as error:
        sys.exit(f"windows.py {args.command_name}: {error}")


if __name__ == "__main__":
    main()
