# SPDX-License-Identifier: LGPL-3.0-or-later
"""The command line of samba.sh, which documents it."""

import argparse
import json
import os
import subprocess
import sys

from . import background, fleet, layout, server


def show_env(env):
    with open(layout.path(env["LAB_DIR"], "env")) as stream:
        sys.stdout.write(stream.read())


def do_up(args):
    show_env(server.up(args.dir, args.port, args.set, args.set_share))


def do_down(args):
    server.down(args.dir, args.purge)


def do_guard(args):
    """Take the lab down when whoever holds the other end is gone."""
    sys.stdin.buffer.read()
    if fleet.is_one(args.dir):
        fleet.down(args.dir)
    else:
        server.down(args.dir, purge=True)


def do_status(args):
    print(json.dumps(server.status(args.dir), indent=1))


def do_client(args):
    request = {"cmd": "open", "user": args.user[0], "also": args.user[1:],
               "address": args.address, "files": args.files,
               "sessions": args.sessions, "dialect": args.dialect,
               "encrypt": args.encrypt, "reconnect": args.reconnect}
    answer = background.start(args.dir, args.name or args.user[0], request)
    if not answer["ok"]:
        background.stop(args.dir, args.name or args.user[0])
        raise layout.LabError(answer["error"])


def do_ask(args):
    answer = background.ask(args.dir, args.name, {"cmd": args.command})
    if not answer["ok"]:
        raise layout.LabError(answer["error"])
    for session in answer.pop("sessions", ()):
        print(session["user"], session["state"])
    for key, value in answer.items():
        if key != "ok":
            print(value)


def do_exec(args):
    directory = server.need_env(args.dir)["LAB_DIR"]
    env = dict(os.environ, **layout.wrapper_env(directory))
    os.execvpe(args.argv[0], args.argv, env)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="samba.sh")
    commands = parser.add_subparsers(dest="command_name", required=True)

    def command(name, function):
        sub = commands.add_parser(name)
        sub.set_defaults(function=function)
        sub.add_argument("dir", metavar="DIR")
        return sub

    up = command("up", do_up)
    up.add_argument("--port", type=int)
    up.add_argument("--set", action="append", default=[])
    up.add_argument("--set-share", action="append", default=[])
    command("down", do_down).add_argument("--purge", action="store_true")
    command("guard", do_guard)
    command("status", do_status)
    client = command("client", do_client)
    client.add_argument("user", nargs="+")
    client.add_argument("--name")
    client.add_argument("--address", default="127.0.0.1")
    client.add_argument("--files", type=int, default=1)
    client.add_argument("--sessions", type=int, default=1)
    client.add_argument("--dialect", default="2.1")
    client.add_argument("--encrypt", action="store_true")
    client.add_argument("--reconnect", action="store_true")
    ask = command("ask", do_ask)
    ask.add_argument("name")
    ask.add_argument("command", nargs="?", default="state",
                     choices=("state", "read", "close", "reconnects"))
    command("exec", do_exec).add_argument("argv", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def main():
    args = parse(sys.argv[1:])
    try:
        args.function(args)
    except (layout.LabError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"samba.sh {args.command_name}: {error}")


if __name__ == "__main__":
    main()
