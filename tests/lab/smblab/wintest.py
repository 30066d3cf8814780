# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the tests of the Windows-shaped lab share."""

import contextlib

from . import tap
from .peers import SUCCESS, RawPipe
from .windows import WindowsLab

# A bind to srvsvc 3.0 and a NetrSessionEnum at level 10, written by hand.
BIND = bytes.fromhex(
    "05000b03100000004800000001000000b810b8100000000001000000"
    "00000100c84f324b7016d30112785a47bf6ee18803000000"
    "045d888aeb1cc9119fe808002b10486002000000")
CALL = bytes.fromhex(
    "050000031000000044000000020000002c00000000000c00"
    "000000000000000000000000" "0a0000000a000000" "00000200"
    "0000000000000000" "ffffffff" "0400020000000000")


def client(lab, user="admin", **options):
    """A connection that holds no files."""
    return lab.client(user, files=0, **options)


def bound(lab, **options):
    """A raw pipe with the service bound to it."""
    pipe = RawPipe(client(lab, **options))
    code, answer = pipe.transceive(BIND, 4280)
    tap.equal((code, answer[2]), (SUCCESS, 12), "bind_ack")
    return pipe


def refused(function, *parts):
    """The error that a call must end with, which names these."""
    try:
        got = function()
    except Exception as error:  # impacket raises many unrelated kinds
        text = f"{type(error).__name__}: {error}"
        tap.true(all(part in text for part in parts), f"{text}: {parts}")
        return text
    raise AssertionError(f"no error but {got!r}")


def silent(function):
    refused(function, "Timeout")


def hung_up(function):
    text = refused(function)
    tap.true("Timeout" not in text and "USER_SESSION" not in text, text)


def main():
    """Run the cases over one lab; each starts without sessions or settings."""
    with WindowsLab() as lab:
        @contextlib.contextmanager
        def cleared():
            lab.close_clients()
            lab.reset()
            lab.wait_sessions(0)
            yield lab
            tap.equal(lab.counts()["errors"], 0, lab.log())
        tap.main(cleared)
