# SPDX-License-Identifier: LGPL-3.0-or-later
"""Loopback addresses, for the servers of a fleet and of the labs."""

import socket


def address(number):
    """Of server `number`, from 0: 127.0.2.1 and on; 127.0.0 is for clients."""
    return f"127.0.{2 + number // 250}.{1 + number % 250}"


def loopback():
    """127.0.0.1, and ::1 where this machine has it."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return ("127.0.0.1",)
    return ("127.0.0.1", "::1")
