#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The relay alone: frames from a socket to one that answers each of them."""

import contextlib
import socket
import struct
import threading
import time

from smblab import Relay, count, tap

SECONDS = 15
CREATE, READ = (count.COMMANDS.index(name) for name in ("CREATE", "READ"))


def message(command, size=0):
    """An SMB2 message of that command and `size` bytes, in its frame."""
    body = struct.pack("<4s8xH50x", b"\xfeSMB", command) + bytes(size)
    return len(body).to_bytes(4, "big") + body


def take(sock, size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise EOFError(f"{len(data)} of {size} bytes")
        data += part
    return data


def frame(sock):
    head = take(sock, 4)
    return head + take(sock, int.from_bytes(head, "big"))


class Answerer:
    """Sends every frame back, and knows when each came, and how it ended."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.came, self.ends = [], []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,),
                             daemon=True).start()

    def _serve(self, sock):
        with sock:
            try:
                while True:
                    data = frame(sock)
                    self.came.append((time.monotonic(), len(data)))
                    sock.sendall(data)
            except (OSError, EOFError) as error:
                self.ends.append(type(error).__name__)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(SECONDS)


class World:
    """A relay before an answerer, and connections through it."""

    def __init__(self):
        self.server = Answerer()
        self.relay = Relay("127.0.0.1", self.server.port)
        self.socks = []

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.relay.port),
                                        SECONDS)
        self.socks.append(sock)
        return sock

    def close(self):
        for sock in self.socks:
            sock.close()
        self.relay.close()
        self.server.close()


@contextlib.contextmanager
def world():
    made = World()
    try:
        yield made
    finally:
        made.close()


def round_trip(sock, server, data):
    """Seconds there and back."""
    began = time.monotonic()
    sock.sendall(data)
    tap.equal(frame(sock), data)
    came = server.came[-1][0]
    return came - began, time.monotonic() - came


def ends_by_reset(sock):
    try:
        data = sock.recv(1)
    except ConnectionResetError:
        return
    raise AssertionError(f"no reset but {data!r}")


@tap.case("each direction has its own delay")
def delays(w):
    sock = w.connect()
    data = message(READ)
    for direction, least in (("up", (0.2, 0)), ("down", (0, 0.2)),
                             ("both", (0.2, 0.2))):
        w.relay.delay(0)
        w.relay.delay(200, direction)
        # What is not delayed is quick, on a busy machine at least once.
        trips = [round_trip(sock, w.server, data) for _ in range(3)]
        for way, floor in enumerate(least):
            quickest = min(trip[way] for trip in trips)
            tap.true(quickest >= floor, f"{direction} {way}: {trips}")
            tap.true(floor or quickest < 0.2, f"{direction} {way}: {trips}")


@tap.case("messages are counted by command and direction")
def counts(w):
    sock = w.connect()
    for command in (CREATE, READ, READ):
        round_trip(sock, w.server, message(command, 10))
    w.relay.pause("down")
    sock.sendall(message(CREATE))
    tap.wait_until(lambda: len(w.server.came) == 4, "it came to the server")
    got = w.relay.counts(reset=True)
    tap.equal((got["requests"], got["bytes_up"], got["connections"]),
              ({"CREATE": 2, "READ": 2}, 4 * 68 + 30, 1))
    # Counted as it comes in, not as it goes on.
    w.relay.resume()
    frame(sock)
    down = {name: got["responses"].get(name, 0)
            + w.relay.counts()["responses"].get(name, 0)
            for name in ("CREATE", "READ")}
    tap.equal(down, {"CREATE": 2, "READ": 2})
    tap.equal(w.relay.counts()["requests"], {})


@tap.case("a rate is that of all connections together")
def rates(w):
    w.relay.rate(100000, "down")
    socks = [w.connect(), w.connect()]
    began = time.monotonic()
    for sock in socks:
        sock.sendall(message(READ, 20000))
    for sock in socks:
        frame(sock)
    tap.true(time.monotonic() - began >= 0.4, "40 kB at 100 kB/s")
    w.relay.rate(0)
    quickest = min(sum(round_trip(socks[0], w.server, message(READ, 20000)))
                   for _ in range(3))
    tap.true(quickest < 0.2, f"without a rate: {quickest}")


@tap.case("after so many bytes there is nothing, until resume")
def limits(w):
    sock = w.connect()
    data = message(READ, 500)
    w.relay.limit(100, "down")
    sock.sendall(data)
    tap.equal(take(sock, 100), data[:100])
    sock.settimeout(0.3)
    try:
        raise AssertionError(f"more than the limit: {sock.recv(1)!r}")
    except TimeoutError:
        pass
    sock.settimeout(SECONDS)
    w.relay.resume()
    tap.equal(take(sock, len(data) - 100), data[100:])
    w.relay.limit(len(data) + 10, "up")
    sock.sendall(data + data)
    tap.equal(frame(sock), data)
    tap.equal(len(w.server.came), 2, "the second is not whole")
    w.relay.resume()
    tap.equal(frame(sock), data)


@tap.case("connections are reset on command, new ones are served")
def resets(w):
    socks = [w.connect(), w.connect()]
    for sock in socks:
        round_trip(sock, w.server, message(READ))
    w.relay.reset_connections()
    for sock in socks:
        ends_by_reset(sock)
    tap.wait_until(lambda: len(w.server.ends) == 2, "both ended")
    tap.equal(w.server.ends, ["ConnectionResetError"] * 2)
    round_trip(w.connect(), w.server, message(READ))


@tap.case("a reset at the third request of a command, which is not sent")
def reset_at_request(w):
    sock = w.connect()
    w.relay.trap("CREATE", "reset", nth=3)
    for command in (CREATE, READ, CREATE, READ):
        round_trip(sock, w.server, message(command))
    sock.sendall(message(CREATE))
    ends_by_reset(sock)
    tap.true(w.relay.wait_trap(), "sprung")
    tap.equal(len(w.server.came), 4)
    # Once.
    round_trip(w.connect(), w.server, message(CREATE))


@tap.case("a reset at an answer, whose request was carried out")
def reset_at_answer(w):
    sock = w.connect()
    w.relay.trap("READ", "reset", direction="down", nth=2)
    round_trip(sock, w.server, message(READ))
    sock.sendall(message(READ))
    ends_by_reset(sock)
    tap.equal(len(w.server.came), 2)


@tap.case("a record is all bytes of each connection, of any protocol")
def record(w):
    def speak(data):
        with socket.create_connection(("127.0.0.1", relay.port),
                                      SECONDS) as sock:
            for part in data:
                sock.sendall(part)
            tap.equal(take(sock, len(b"".join(data))), b"".join(data))

    # The answerer's frames, cut where a relay of messages would hang.
    first = [message(READ, 3000)[:2], message(READ, 3000)[2:]]
    second = [message(CREATE)] * 3
    with Relay("127.0.0.1", w.server.port, record=True) as relay:
        speak(first)
        speak(second)
        tap.equal(relay.recorded(), [(b"".join(data),) * 2
                                     for data in (first, second)])
        relay.recorded(reset=True)
        tap.equal(relay.recorded(), [])
        tap.equal(relay.counts()["connections"], 2)


@tap.case("what makes no sense is refused, and changes nothing")
def refused(w):
    sock = w.connect()
    for bad in (lambda: w.relay.delay(5, "left"),
                lambda: w.relay.limit(5, "back"),
                lambda: w.relay.trap("READ", "explode"),
                lambda: w.relay.trap("READ", "cut", "during"),
                lambda: w.relay.trap("READ", "cut", direction="both")):
        try:
            bad()
        except RuntimeError as error:
            tap.true("ValueError" in str(error), str(error))
        else:
            raise AssertionError("it was taken")
    round_trip(sock, w.server, message(READ))


if __name__ == "__main__":
    tap.main(world)
