# SPDX-License-Identifier: LGPL-3.0-or-later
"""HTTP/1.1 messages, read and written (RFC 9112)."""

import asyncio
import http
from dataclasses import dataclass, field

LARGEST_HEAD = 1 << 16
LARGEST_BODY = 1 << 23


class BadRequest(Exception):
    """With the status that says so."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


@dataclass
class Message:
    method: str
    target: str
    version: str
    pairs: list
    headers: dict           # lower-case names; the last value counts
    body: bytes = b""

    def closes(self):
        word = self.headers.get("connection", "").lower()
        return "close" in word or self.version == "HTTP/1.0"


@dataclass
class Answer:
    status: int
    headers: list = field(default_factory=list)
    body: bytes = b""


async def read(reader, on_expect):
    """The next request, None at the end of the connection.

    on_expect is called before a body that waits for 100 Continue; what it
    gives is False where the body will not come.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise BadRequest(431, "a head too large") from None
    message = parse(head)
    expects = message.headers.get("expect", "").lower() == "100-continue"
    if expects and not await on_expect():
        return message
    message.body = await read_body(reader, message.headers)
    return message


def parse(head):
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(400, "no request line")
    pairs = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise BadRequest(400, "no header field")
        pairs.append((name, value.strip()))
    return Message(*parts, pairs,
                   {name.lower(): value for name, value in pairs})


async def read_body(reader, headers):
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await read_chunks(reader)
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise BadRequest(400, "no length")
    if int(length) > LARGEST_BODY:
        raise BadRequest(413, "too large")
    return await reader.readexactly(int(length))


async def read_chunks(reader):
    parts, total = [], 0
    while True:
        line = await reader.readuntil(b"\r\n")
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            raise BadRequest(400, "no chunk") from None
        total += size
        if total > LARGEST_BODY:
            raise BadRequest(413, "too large")
        if not size:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return b"".join(parts)
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)


def reason(status):
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Strange"


def head_of(answer, fields):
    lines = [f"HTTP/1.1 {answer.status} {reason(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunked(body, size=1000):
    parts = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part)
                    for part in parts) + b"0\r\n\r\n"
