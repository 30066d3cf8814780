#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4: a Windows-shaped WS-Management server on loopback.

    wsman.py up DIR [--port N] [--set NAME=JSON]...
    wsman.py down DIR [--purge]
    wsman.py ask DIR JSON           one request to its control line, such as
                                    '{"cmd": "sessions", "rows": [{}]}'
    wsman.py serve DIR [--stdin]    the server itself, for up and WsmanLab

--set tls=on is HTTPS, --set tls=both HTTPS on a port of its own beside HTTP.

DIR/env holds shell assignments: LAB_HOST, LAB_HOST6, LAB_PORT, LAB_TLS_PORT,
LAB_PID, LAB_PASSWORDS (user:password lines, mode 600), LAB_AUTH, a directory
with one file per user in the format of smbclient -A, LAB_CA_FILE, LAB_CONTROL,
the control line's socket, and LAB_LOG.

Users: see smblab/wsmanlayout.py.  What can be set and asked: wsmanlab's
__init__.py.  No root is needed.
"""

from smblab import wsmanlayout
from smblab.labscript import Script


async def make(directory, config):
    # The authentication's libraries take a while to load.
    from wsmanlab.server import Server

    made = Server(wsmanlayout.security_path(directory))
    made.do_set(**config["settings"])
    for name, password in config["users"].items():
        made.do_user(name, password)
    port, tls_port = await made.listen(config["port"], config["tls_port"])
    return made, {"port": port, "tls_port": tls_port, "ipv6": made.ipv6}


if __name__ == "__main__":
    Script(__file__, wsmanlayout, make, __doc__.split("\n")[0]).main()
