# SPDX-License-Identifier: LGPL-3.0-or-later
"""A folder of Samba's tools that know the lab's accounts.

The library runs them by path, without an environment of ours, so that each
is a script that makes one.
"""

import os
import shlex
import shutil

from . import layout

NAMES = ("smbstatus", "smbcontrol")


def script(folder, name, text):
    """An executable sh script in the folder."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(f"#!/bin/sh\n{text}\n")
    os.chmod(path, 0o755)
    return path


def wrap(directory, folder, names=NAMES):
    """Make the folder, with the tools of the lab in the directory."""
    os.makedirs(folder, exist_ok=True)
    env = " ".join(shlex.quote(f"{key}={value}") for key, value
                   in layout.wrapper_env(directory).items())
    for name in names:
        tool = shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin")
        script(folder, name, f'exec env {env} {tool} "$@"')
    return folder
