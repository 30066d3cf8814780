# SPDX-License-Identifier: LGPL-3.0-or-later
"""The helper's end of line.py, for helpers that run on asyncio."""

import asyncio
import json
import sys


def say(**answer):
    sys.stdout.write(json.dumps(dict({"ok": True}, **answer)) + "\n")
    sys.stdout.flush()


async def serve(commands):
    """Answer stdin's requests until it ends.

    `commands` maps a name to a function or coroutine function that takes the
    request's arguments and gives a dict or None.
    """
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        line = await reader.readline()
        if not line:
            return
        try:
            request = json.loads(line)
            answer = commands[request.pop("cmd")](**request)
            if asyncio.iscoroutine(answer):
                answer = await answer
            say(**(answer or {}))
        except Exception as error:  # a bad request must not end the helper
            say(ok=False, error=f"{type(error).__name__}: {error}")
