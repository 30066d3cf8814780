# SPDX-License-Identifier: LGPL-3.0-or-later
"""NDR32 little-endian, as far as NetrSessionEnum and Del need it (C706)."""

import struct


class BadStub(Exception):
    """A request that does not unmarshal."""


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def u32(self):
        self.at = (self.at + 3) & ~3
        if self.at + 4 > len(self.data):
            raise BadStub("short")
        value, = struct.unpack_from("<I", self.data, self.at)
        self.at += 4
        return value

    def string(self):
        """A conformant varying string, which must end with a zero."""
        room, offset, count = self.u32(), self.u32(), self.u32()
        if offset or count > room or not count:
            raise BadStub("a string's counts")
        raw = self.data[self.at:self.at + 2 * count]
        if len(raw) != 2 * count or raw[-2:] != b"\0\0":
            raise BadStub("a string's end")
        self.at += len(raw)
        return raw[:-2].decode("utf-16le", "surrogatepass")

    def unique_string(self):
        return self.string() if self.u32() else None

    def unique_u32(self):
        return self.u32() if self.u32() else None


class Writer:
    """Writes; pointers are numbered in the order in which they appear."""

    def __init__(self):
        self.parts, self.size, self.referent = [], 0, 0x00020000

    def raw(self, data):
        self.parts.append(data)
        self.size += len(data)

    def align(self):
        self.raw(bytes(-self.size % 4))

    def u32(self, *values):
        self.align()
        self.raw(struct.pack(f"<{len(values)}I", *values))

    def pointer(self, present=True):
        if present:
            self.u32(self.referent)
            self.referent += 4
        else:
            self.u32(0)

    def string(self, text):
        raw = text.encode("utf-16le", "surrogatepass") + b"\0\0"
        count = len(raw) // 2
        self.u32(count, 0, count)
        self.raw(raw)

    def data(self):
        return b"".join(self.parts)
