# SPDX-License-Identifier: LGPL-3.0-or-later
"""up, down, ask and serve: the command line of a server for the tests.

windows.py and wsman.py bring a module that says what lies below the directory
(winlayout, wsmanlayout) and a coroutine that makes the server.
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

from . import control, layout, procs, server
from .layout import LabError, path

START_SECONDS = 15
ANSWER_SECONDS = 15


class Script:
    """script: the file to be run again as the server; files: its layout;
    make: a coroutine function of the directory and its configuration, which
    gives the server, listening, and the first line's contents.
    """

    def __init__(self, script, files, make, description):
        self.script, self.files = os.path.abspath(script), files
        self.name = os.path.basename(script)
        self.make, self.description = make, description

    # The server itself.

    async def _run(self, args):
        directory = os.path.realpath(args.dir)
        made, hello = await self.make(directory,
                                      self.files.read_config(directory))
        commands = made.control()
        line = await control.serve_socket(
            self.files.control_path(directory), commands)
        print(json.dumps(dict(hello, ok=True)), flush=True)
        stop = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, stop.set)
        waiting = [asyncio.ensure_future(stop.wait())]
        if args.stdin:
            waiting.append(asyncio.ensure_future(
                control.serve_stdin(commands)))
        else:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        line.close()
        made.do_cut()

    def do_serve(self, args):
        directory = os.path.realpath(args.dir)
        logging.basicConfig(filename=self.files.log_path(directory),
                            format="%(asctime)s %(message)s",
                            level=logging.INFO)
        # Written to by a server that may have been given none.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        try:
            asyncio.run(self._run(args))
        finally:
            if args.purge:
                layout.remove(directory)

    # For people and scripts.

    def _start(self, directory, env):
        """Start the server; its pid and its first line."""
        said = path(directory, "log", "server.err")
        with open(said, "wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-B", self.script, "serve", directory],
                env=dict(os.environ, **{procs.MARK: env["LAB_ID"]}), cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=errors, start_new_session=True)
        with process.stdout:
            if select.select([process.stdout], [], [], START_SECONDS)[0]:
                line = process.stdout.readline()
                if line:
                    return process.pid, json.loads(line)
        process.kill()
        process.wait(5)
        text = procs.read(said).decode()
        raise LabError(f"the server did not start: {text.strip()}")

    @staticmethod
    def _is_up(env):
        pid = int(env.get("LAB_PID", 0))
        return bool(pid) and procs.running(pid) and procs.belongs(
            pid, env["LAB_ID"])

    @staticmethod
    def _settings(pairs):
        settings = {}
        for pair in pairs:
            name, _, value = pair.partition("=")
            with contextlib.suppress(ValueError):
                value = json.loads(value)
            settings[name] = value
        return settings

    def do_up(self, args):
        directory = os.path.realpath(args.dir)
        os.makedirs(directory, exist_ok=True)
        layout.check_ours(directory)
        with server.locked(directory):
            env = layout.read_env(directory)
            if not self._is_up(env):
                env = self.files.prepare(directory, args.port or 0,
                                         self._settings(args.set))
                env["LAB_PID"], hello = self._start(directory, env)
                self.files.started(env, hello)
                layout.write_env(directory, env)
        sys.stdout.write(procs.read(path(directory, "env")).decode())

    def do_down(self, args):
        directory = os.path.realpath(args.dir)
        if not os.path.isdir(directory):
            return
        with server.locked(directory):
            env = layout.read_env(directory)
            if env and procs.end_all(env["LAB_ID"]):
                raise LabError("the server does not end")
            if args.purge and env:
                layout.remove(directory)

    def do_ask(self, args):
        env = server.need_env(args.dir)
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(ANSWER_SECONDS)
            line.connect(env["LAB_CONTROL"])
            line.sendall(args.request.encode() + b"\n")
            answer = line.makefile().readline()
        sys.stdout.write(answer)
        if not json.loads(answer)["ok"]:
            sys.exit(1)

    def _parse(self):
        parser = argparse.ArgumentParser(description=self.description)
        commands = parser.add_subparsers(dest="command_name", required=True)

        def command(name, function):
            sub = commands.add_parser(name)
            sub.set_defaults(function=function)
            sub.add_argument("dir", metavar="DIR")
            return sub

        up = command("up", self.do_up)
        up.add_argument("--port", type=int)
        up.add_argument("--set", action="append", default=[],
                        metavar="NAME=JSON")
        command("down", self.do_down).add_argument("--purge",
                                                   action="store_true")
        command("ask", self.do_ask).add_argument("request", metavar="JSON")
        serve = command("serve", self.do_serve)
        serve.add_argument("--stdin", action="store_true")
        serve.add_argument("--purge", action="store_true")
        return parser.parse_args()

    def main(self):
        args = self._parse()
        try:
            args.function(args)
        except (LabError, OSError, ValueError) as error:
            sys.exit(f"{self.name} {args.command_name}: {error}")
