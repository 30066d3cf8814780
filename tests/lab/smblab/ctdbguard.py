# SPDX-License-Identifier: LGPL-3.0-or-later
"""Take a lab 3 down when whoever holds the other end of stdin is gone."""

import sys

from . import ctdbnodes

if __name__ == "__main__":
    sys.stdin.buffer.read()
    ctdbnodes.down(sys.argv[1])
