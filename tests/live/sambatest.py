# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the tests of transport samba share: samba.c, the driver, and a lab."""

import contextlib
import os

from livetest import DRIVER, Process
from smblab import tools

LISTS = ("share", "file")


class Here(Process):
    """A handle to a lab's Samba as this machine's; `code` is the opening's."""

    def __init__(self, lab, folder=None, milliseconds=None, conf=None):
        self.lab = lab
        argv = [DRIVER, conf or lab.conf, folder or lab.tools()]
        if milliseconds is not None:
            argv.append(str(milliseconds))
        super().__init__(argv)
        self.wait_for(lambda: self.out.endswith(".\n"))
        self.opened = pairs(self.out)

    def ask(self, line):
        """(name, value) of each line of the answer."""
        self.out = ""
        self.send(line)
        self.wait_for(lambda: self.out.endswith("\n.\n")
                      or self.out == ".\n")
        return pairs(self.out)

    def list(self, line="list"):
        """Sessions by id, each a dict of texts; shares and files are lists."""
        answer = self.ask(line)
        self.code = dict(answer)["code"]
        self.message = dict(answer).get("message", "")
        sessions, at = {}, None
        for name, value in answer:
            if name == "session":
                at = sessions.setdefault(value, {"share": [], "file": []})
            elif name in LISTS:
                at[name].append(value)
            elif at is not None and name not in ("code", "message"):
                at[name] = value
        return sessions

    def close(self, line):
        """(code, outcomes, collateral) of `close` or `again`."""
        answer = self.ask(line)
        self.message = dict(answer).get("message", "")
        return (dict(answer)["code"],
                sorted(value for name, value in answer if name == "outcome"),
                sorted(value for name, value in answer
                       if name == "collateral"))


def pairs(text):
    return [tuple(line.split("\t", 1)) for line in text.splitlines()
            if "\t" in line]


@contextlib.contextmanager
def instead(lab, text, name="instead"):
    """A folder whose smbstatus is this script, and smbcontrol the lab's."""
    folder = tools.wrap(lab.directory, lab.file("tools", name))
    tools.script(folder, "smbstatus", text)
    yield folder
    for tool in os.listdir(folder):
        os.unlink(os.path.join(folder, tool))
    os.rmdir(folder)
