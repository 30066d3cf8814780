#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A relay for SMB over TCP that binds, delays, counts, caps, stalls and cuts.

    relay.py --to HOST:PORT [--listen PORT] [--source 127.0.0.5] [--delay MS]
             [--record]

listens on 127.0.0.1 (PORT 0: any) and connects on from the source address,
which so becomes the client's address on the server. Its first line of output
is {"ok": true, "port": N}; then it answers requests, one JSON line each (see
smblab/line.py), and ends with its stdin.  With --record it is for any
protocol: it knows no messages, counts bytes and connections only, and keeps
all that passes.

    counts [reset]      messages by command, DCE/RPC requests by opnum and
                        fragments of their answers, bytes
    delay ms [direction]    hold every frame that long
    rate bytes [direction]  so many bytes a second pass, all connections
                        together; 0: as fast as can be
    limit bytes direction   so many more bytes pass, if need be a part of a
                        frame, then nothing until resume
    pause [direction]   forward nothing until resume
    resume
    cut                 end all connections
    reset               the same, with a TCP reset to both sides
    refuse on           hang up on new connections (false: serve them)
    trap on action when [direction] [nth]   once, at the nth request with this
                        opnum or of this SMB2 command (direction down: its
                        answer, which has no opnum): action cut, reset, pause
                        or note, before or after it is forwarded
    wait_trap seconds   until the trap has sprung
    recorded [reset]    of each connection [up, down], in base64

A direction is up (to the server), down, or both, the default.
"""

import argparse
import asyncio
import base64
import contextlib
import socket
import struct

from smblab import asyncline, count

QUIET = (ConnectionError, EOFError, OSError)


def directions(direction):
    if direction not in ("up", "down", "both"):
        raise ValueError("direction: up, down, both")
    return ("up", "down") if direction == "both" else (direction,)


class Trap:
    """Springs once; pausing or cutting is left to the relay."""

    def __init__(self, on, action, when, direction, nth):
        if action not in ("cut", "reset", "pause", "note") or when not in (
                "before", "after") or direction not in ("up", "down"):
            raise ValueError("action: cut, reset, pause, note; when: before, "
                             "after; direction: up, down")
        self.on, self.action, self.when = on, action, when
        self.direction, self.nth = direction, nth

    def due(self, seen, when, direction):
        """Is it now? Each message is asked about once, at its `when`."""
        if (when, direction) != (self.when, self.direction):
            return False
        hits = seen.count(self.on)
        self.nth -= hits
        return hits > 0 and self.nth <= 0


class Relay:
    def __init__(self, target, source, delay_ms, record=False):
        self.target, self.source = target, source
        # Of each connection what went up and down, or None.
        self.tape = [] if record else None
        self.seconds = dict.fromkeys(("up", "down"), delay_ms / 1000)
        self.rates = dict.fromkeys(("up", "down"), 0)
        self.busy = dict.fromkeys(("up", "down"), 0)    # until when
        self.left = dict.fromkeys(("up", "down"))       # None: no limit
        self.counts = count.empty()
        self.open = {"up": asyncio.Event(), "down": asyncio.Event()}
        self.resume()
        self.refused = False
        self.trapped = None
        self.sprung = asyncio.Event()
        self.near, self.far = set(), set()

    def pause(self, direction="both"):
        for name in directions(direction):
            self.open[name].clear()

    def resume(self):
        for name, event in self.open.items():
            self.left[name] = None
            event.set()

    def cut(self):
        for writer in self.near:
            writer.transport.abort()
        # In order: what was forwarded before the cut must arrive.
        for writer in self.far:
            writer.close()

    def reset(self):
        for writer in (*self.near, *self.far):
            # Closed without waiting for what is unsent: a reset.
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def refuse(self, on=True):
        self.refused = on

    def delay(self, ms, direction="both"):
        for name in directions(direction):
            self.seconds[name] = ms / 1000

    def rate(self, bytes, direction="both"):
        for name in directions(direction):
            self.rates[name] = bytes

    def limit(self, bytes, direction):
        for name in directions(direction):
            self.left[name] = bytes

    def report(self, reset=False):
        counts = self.counts
        if reset:
            self.counts = count.empty()
        return {"counts": counts}

    def recorded(self, reset=False):
        tape = self.tape
        if reset:
            self.tape = []
        return {"recorded": [[base64.b64encode(pair[name]).decode()
                              for name in ("up", "down")] for pair in tape]}

    def trap(self, on, action, when="before", direction="up", nth=1):
        self.trapped = Trap(on, action, when, direction, nth)
        self.sprung.clear()

    async def wait_trap(self, seconds):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.sprung.wait(), seconds)
        return {"sprung": self.sprung.is_set()}

    def spring(self, seen, when, direction):
        """Do what the trap says if it is due at these messages."""
        trap = self.trapped
        if trap is None or not trap.due(seen, when, direction):
            return
        self.trapped = None
        if trap.action == "cut":
            self.cut()
        elif trap.action == "reset":
            self.reset()
        elif trap.action == "pause":
            self.pause()
        self.sprung.set()

    def new_tape(self):
        """Of one connection; of none if nothing is recorded."""
        if self.tape is None:
            return {"up": None, "down": None}
        self.tape.append({"up": bytearray(), "down": bytearray()})
        return self.tape[-1]

    async def read_frame(self, reader, direction):
        """A frame, and what was in it."""
        head = await reader.readexactly(4)
        body = await reader.readexactly(int.from_bytes(head[1:], "big"))
        note = count.note_up if direction == "up" else count.note_down
        return head + body, note(self.counts, body)

    async def read_bytes(self, reader, tape):
        """Whatever comes next."""
        data = await reader.read(65536)
        if not data:
            raise EOFError
        tape += data
        return data, []

    async def read_frames(self, reader, direction, queue, tape):
        """Frames into the queue, each with the time it may go on."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                frame, seen = await (
                    self.read_frame(reader, direction) if tape is None
                    else self.read_bytes(reader, tape))
                due = loop.time() + self.seconds[direction]
                queue.put_nowait((due, frame, seen))
        except QUIET:
            pass
        finally:
            queue.put_nowait(None)

    async def write_frames(self, writer, direction, queue):
        loop = asyncio.get_running_loop()
        while (item := await queue.get()) is not None:
            due, frame, seen = item
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            self.spring(seen, "before", direction)
            await self.open[direction].wait()
            await self.pace(direction, len(frame))
            await self.write(writer, direction, frame)
            self.spring(seen, "after", direction)

    async def pace(self, direction, size):
        """Wait while what is before these bytes, and they, take their time."""
        if not self.rates[direction]:
            return
        now = asyncio.get_running_loop().time()
        until = max(now, self.busy[direction]) + size / self.rates[direction]
        self.busy[direction] = until
        await asyncio.sleep(until - now)

    async def write(self, writer, direction, frame):
        left = self.left[direction]
        if left is not None and left > len(frame):
            self.left[direction] -= len(frame)
        elif left is not None:
            writer.write(frame[:left])
            self.pause(direction)
            await writer.drain()
            await self.open[direction].wait()
            frame = frame[left:]
        writer.write(frame)
        await writer.drain()

    async def serve(self, reader, writer):
        """One connection: it ends on both sides when it ends on one."""
        if self.refused:
            writer.transport.abort()
            return
        self.counts["connections"] += 1
        self.near.add(writer)
        far_writer = None
        try:
            far_reader, far_writer = await asyncio.open_connection(
                *self.target,
                local_addr=(self.source, 0) if self.source else None)
            self.far.add(far_writer)
            up, down = asyncio.Queue(), asyncio.Queue()
            tape = self.new_tape()
            tasks = [asyncio.create_task(part) for part in (
                self.read_frames(reader, "up", up, tape["up"]),
                self.read_frames(far_reader, "down", down, tape["down"]),
                self.write_frames(far_writer, "up", up),
                self.write_frames(writer, "down", down))]
            # A reader's end lets its writer send what is still queued.
            await asyncio.wait(tasks[2:], return_when="FIRST_COMPLETED")
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        except QUIET:
            pass  # the server refused: so does the relay
        finally:
            self.near.discard(writer)
            writer.close()
            if far_writer is not None:
                self.far.discard(far_writer)
                far_writer.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT")
    parser.add_argument("--source", metavar="ADDRESS")
    parser.add_argument("--delay", type=float, default=0, metavar="MS")
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    host, _, port = args.to.rpartition(":")
    relay = Relay((host, int(port)), args.source, args.delay, args.record)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", args.listen)
    asyncline.say(port=server.sockets[0].getsockname()[1])
    await asyncline.serve({
        "counts": relay.report, "delay": relay.delay, "rate": relay.rate,
        "limit": relay.limit, "pause": relay.pause, "resume": relay.resume,
        "cut": relay.cut, "reset": relay.reset, "refuse": relay.refuse,
        "trap": relay.trap, "wait_trap": relay.wait_trap,
        "recorded": relay.recorded})
    server.close()
    relay.cut()


if __name__ == "__main__":
    asyncio.run(main())
