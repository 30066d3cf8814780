#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2: a Windows-shaped SMB server on loopback, below one directory.

    windows.py up DIR [--port N] [--set NAME=JSON]...
    windows.py down DIR [--purge]
    windows.py ask DIR JSON           one request to its control line, such as
                                      '{"cmd": "set", "page_rows": 100}'
    windows.py serve DIR [--stdin]    the server itself, for up and WindowsLab

DIR/env holds shell assignments: LAB_HOST, LAB_HOST6, LAB_PORT, LAB_PID,
LAB_PASSWORDS (user:password lines, mode 600), LAB_AUTH, a directory with one
file per user in the format of smbclient -A, LAB_CLIENT_CONF, an smb.conf for
rpcclient and its like, LAB_CONTROL, the control line's socket, and LAB_LOG.

Users: see smblab/winlayout.py.  What can be set and asked: winlab/settings.py,
winlab/rules.py and winlab/server.py.  No root is needed.
"""

from smblab import winlayout
from smblab.labscript import Script


async def make(directory, config):
    # impacket takes a while to load; only the server needs it.
    from winlab.server import Server

    winserver = Server()
    winserver.do_set(**config["settings"])
    for user in config["users"]:
        winserver.add_user(**user)
    port = await winserver.listen(config["port"])
    return winserver, {"port": port, "ipv6": len(winserver.listeners) > 1}


if __name__ == "__main__":
    Script(__file__, winlayout, make, __doc__.split("\n")[0]).main()
