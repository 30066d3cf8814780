# SPDX-License-Identifier: LGPL-3.0-or-later
"""Loopback addresses for the servers of a fleet."""


def address(number):
    """Of server `number`, from 0: 127.0.2.1 and on; 127.0.0 is for clients."""
    return f"127.0.{2 + number // 250}.{1 + number % 250}"
