#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A server that accepts connections and serves none.

    deadend.py [--listen PORT] [--mode MODE]

listens on 127.0.0.1 (PORT 0: any); the first line of output is
{"ok": true, "port": N}. It ends with its stdin; the request {"cmd":
"accepted"} counts connections. MODE, what a client gets:

    silent     nothing at all (the default)
    partial    after its first frame, the first half of an SMB2 negotiate
               response, and nothing more
    garbage    after its first frame, a frame that is no SMB
    hangup     after its first frame, the end of the connection

For a server that negotiates properly and then stalls, put a relay with a
trap on SESSION_SETUP in front of a lab.
"""

import argparse
import asyncio
import struct

from smblab import asyncline

# MS-SMB2 2.2.1.2: an answer (flag 1) to NEGOTIATE, one credit granted.
NEGOTIATE = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, 0, 0, 1, 1, 0,
                        0, 0, 0, 0, bytes(16))
ANSWERS = {
    "partial": struct.pack(">I", len(NEGOTIATE) + 65) + NEGOTIATE,
    "garbage": struct.pack(">I", 64) + bytes(range(64)),
}


class Deadend:
    def __init__(self, mode):
        self.mode = mode
        self.count = 0
        self.writers = []

    async def serve(self, reader, writer):
        self.count += 1
        self.writers.append(writer)
        if self.mode == "silent":
            return
        try:
            head = await reader.readexactly(4)
            await reader.readexactly(int.from_bytes(head[1:], "big"))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        if self.mode == "hangup":
            writer.close()
        else:
            writer.write(ANSWERS[self.mode])


async def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--listen", type=int, default=0, metavar="PORT")
    parser.add_argument("--mode", default="silent",
                        choices=("silent", "hangup", *ANSWERS))
    args = parser.parse_args()
    deadend = Deadend(args.mode)
    server = await asyncio.start_server(deadend.serve, "127.0.0.1",
                                        args.listen)
    asyncline.say(port=server.sockets[0].getsockname()[1])
    await asyncline.serve({"accepted": lambda: {"accepted": deadend.count}})
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
