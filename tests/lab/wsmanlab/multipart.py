# SPDX-License-Identifier: LGPL-3.0-or-later
"""multipart/encrypted bodies of WS-Management (MS-WSMV 2.2.9.1).

Each message is two parts: one that says what the plain text is and how long,
and one of octets: the length of the security header in four bytes, little
end first, that header, and the sealed text.  No empty line comes before the
octets and no line end after them, so only the length tells where they end.
"""

import re
import struct

TYPES = ("multipart/encrypted", "multipart/x-multi-encrypted")
SPNEGO = "application/HTTP-SPNEGO-session-encrypted"
KERBEROS = "application/HTTP-Kerberos-session-encrypted"
OCTETS = "application/octet-stream"
SOAP = "application/soap+xml;charset=UTF-8"
BOUNDARY = "Encrypted Boundary"
# What the encoder can do wrong; the rest of "broken" is about the sealing.
BROKEN = ("length_more", "length_less", "length_huge", "length_negative",
          "length_missing", "truncated_header", "header_larger",
          "header_huge", "header_zero", "boundary", "no_boundary",
          "no_description", "no_data", "no_close", "empty", "protocol")
LENGTHS = {"length_more": lambda size: size + 1,
           "length_less": lambda size: size - 1,
           "length_huge": lambda size: (1 << 64) + size,
           "length_negative": lambda size: -size}


class Malformed(Exception):
    """A body that is not what its Content-Type says."""


def parameters(content_type):
    """(type, parameters) of a Content-Type, names in lower case."""
    kind, _, rest = content_type.partition(";")
    found = {}
    for name, quoted, plain in re.findall(
            r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))', rest):
        found[name.lower()] = quoted or plain
    return kind.strip().lower(), found


def is_encrypted(content_type):
    return parameters(content_type)[0] in TYPES


class _Reader:
    def __init__(self, body, boundary):
        self.body, self.at = body, 0
        self.mark = b"--" + boundary.encode("ascii")

    def take(self, literal):
        if not self.body.startswith(literal, self.at):
            raise Malformed(f"no {literal!r} at {self.at}")
        self.at += len(literal)

    def lines(self, until_mark):
        """The part's header lines; octets follow their one at once."""
        found = {}
        while not self.body.startswith(self.mark, self.at):
            end = self.body.find(b"\r\n", self.at)
            if end < 0:
                raise Malformed("no end of a line")
            line = self.body[self.at:end].decode("ascii", "strict")
            name, colon, value = line.partition(":")
            if not colon:
                raise Malformed(f"no header: {line!r}")
            self.at = end + 2
            found[name.strip().lower()] = value.strip()
            if not until_mark:
                break
        return found

    def octets(self, least):
        end = self.body.find(self.mark, self.at + least)
        if end < 0:
            raise Malformed("less than the Length, or no boundary after it")
        data = self.body[self.at:end]
        self.at = end
        return data


def decode(content_type, body):
    """(protocol, [(plain length, header, sealed)...]) of a request."""
    kind, given = parameters(content_type)
    boundary = given.get("boundary", "")
    if kind not in TYPES or not boundary or not boundary.isascii():
        raise Malformed(content_type)
    reader, found = _Reader(body, boundary), []
    while not body.startswith(reader.mark + b"--", reader.at):
        try:
            found.append(_message(reader, given.get("protocol")))
        except UnicodeDecodeError as error:
            raise Malformed("a header with other than ASCII") from error
    if not found or body[reader.at + len(reader.mark) + 2:].strip(b"\r\n"):
        raise Malformed("nothing before or something after the last boundary")
    return given.get("protocol"), found


def _message(reader, protocol):
    reader.take(reader.mark + b"\r\n")
    lines = reader.lines(True)
    if lines.get("content-type") != protocol:
        raise Malformed("another protocol in the part")
    original = re.fullmatch(
        r"type=application/soap\+xml;charset=(?:UTF-8|UTF-16);"
        r"Length=([0-9]{1,9})", lines.get("originalcontent", ""), re.I)
    if not original:
        raise Malformed("OriginalContent")
    size = int(original[1])
    reader.take(reader.mark + b"\r\n")
    if reader.lines(False).get("content-type") != OCTETS:
        raise Malformed("no octets")
    data = reader.octets(4 + size)
    header, = struct.unpack_from("<I", data)
    if header > len(data) - 4:
        raise Malformed("the security header is longer than its part")
    return size, data[4:4 + header], data[4 + header:]


def encode(protocol, messages, kind=TYPES[0], tab=True, end="",
           broken="none"):
    """(content type, body) of [(plain length, header, sealed)...]."""
    boundary = BOUNDARY
    inner = {SPNEGO: KERBEROS, KERBEROS: SPNEGO}[protocol] \
        if broken == "protocol" else protocol
    body = b"".join(_two_parts(inner, message, b"\t" if tab else b"", broken)
                    for message in messages)
    if broken != "no_close":
        body += f"--{BOUNDARY}--".encode() + end.encode()
    if broken == "empty":
        body = b""
    if broken == "boundary":
        boundary = "Another Boundary"
    content_type = f'{kind};protocol="{protocol}"'
    if broken != "no_boundary":
        content_type += f';boundary="{boundary}"'
    return content_type, body


def _two_parts(protocol, message, tab, broken):
    size, header, sealed = message
    mark = f"--{BOUNDARY}\r\n".encode()
    said = f";Length={LENGTHS.get(broken, int)(size)}"
    if broken == "length_missing":
        said = ""
    description = (mark + tab + f"Content-Type: {protocol}\r\n".encode()
                   + tab + f"OriginalContent: type={SOAP}{said}\r\n".encode())
    number = struct.pack("<I", {
        "header_larger": 4 + len(header) + len(sealed),
        "header_huge": 0xFFFFFFFF, "header_zero": 0,
    }.get(broken, len(header)))
    data = number + header + sealed
    if broken == "truncated_header":
        data = number[:2]
    octets = mark + tab + f"Content-Type: {OCTETS}\r\n".encode() + data
    return (b"" if broken == "no_description" else description) + (
        b"" if broken == "no_data" else octets)
