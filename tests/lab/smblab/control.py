# SPDX-License-Identifier: LGPL-3.0-or-later
"""The control line: requests and answers, one JSON line each.

    {"cmd": "set", "page_rows": 100}        -> {"ok": true}
    {"cmd": "rules", "rules": [...]}        -> {"ok": true, "rules": [...]}

It is read from stdin, with whose end the server ends, or from a Unix socket
that only its owner may use.  Server.control(), of winlab and of wsmanlab,
names the commands.
"""

import asyncio
import contextlib
import json
import os
import sys

LONGEST_LINE = 1 << 24


def answer(commands, line):
    try:
        request = json.loads(line)
        done = commands[request.pop("cmd")](**request)
        return json.dumps(dict({"ok": True}, **(done or {})))
    except Exception as error:  # a bad request must not end the server
        return json.dumps({"ok": False,
                           "error": f"{type(error).__name__}: {error}"})


async def serve_stdin(commands):
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        sys.stdout.write(answer(commands, line) + "\n")
        sys.stdout.flush()


async def serve_socket(path, commands):
    async def talk(reader, writer):
        with contextlib.suppress(ConnectionError, ValueError):
            while line := await reader.readline():
                writer.write((answer(commands, line) + "\n").encode())
                await writer.drain()
        writer.close()

    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    server = await asyncio.start_unix_server(talk, path, limit=LONGEST_LINE)
    os.chmod(path, 0o600)
    return server
