# SPDX-License-Identifier: LGPL-3.0-or-later
"""The labs, for tests written in Python.

    from smblab import SambaLab

    with SambaLab() as lab:                  # up in a temporary directory
        alice = lab.client("alice", "127.0.0.5", files=2)
        bob = alice.user_on_same_connection("bob")
        rows = lab.sessions()                # smbstatus --json, as rows
        ...
        assert not alice.alive() and not bob.alive()
                                             # down and gone, also on errors
"""

from .ctdb import CtdbLab
from .fleet import Fleet
from .lab import SambaLab
from .layout import LabError
from .line import Deadend, Relay, closed_port
from .windows import WindowsLab
from .wsman import WsmanLab

__all__ = ["SambaLab", "WindowsLab", "WsmanLab", "CtdbLab", "Fleet",
           "LabError", "Deadend", "Relay", "closed_port"]
