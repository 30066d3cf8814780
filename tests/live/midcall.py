# SPDX-License-Identifier: LGPL-3.0-or-later
"""Being in mid-call for sure.

The relay holds the call until the smbd of our connection is frozen, and tells
when the call was passed on.
"""

import contextlib
import signal

from livetest import Shell, tap, where
from smblab import procs

# Of each step of the shells here; a whole command may take several.
DEADLINE = 3
SLACK = 10


@contextlib.contextmanager
def connected(lab):
    """A relay and a shell whose handle is connected through it."""
    relay = lab.relay()
    with Shell(*where(lab, port=relay.port), "--deadline",
               str(DEADLINE)) as shell:
        shell.say("list").expect(0)
        yield relay, shell


def own_smbd(lab):
    rows = lab.sessions(user="admin")
    tap.equal(len(rows), 1, repr(rows))
    return rows[0].pid


@contextlib.contextmanager
def in_call(lab, relay, shell, opnum, line):
    """Within it the call is at a server that is frozen; gives its pid."""
    pid = own_smbd(lab)
    relay.trap(opnum, "pause", "before")
    shell.start(line)
    tap.true(relay.wait_trap(), f"the call came to the relay\n{shell!r}")
    lab.stop_smbd(pid)
    try:
        relay.trap(opnum, "note", "after")
        relay.resume()
        tap.true(relay.wait_trap(), f"the call was passed on\n{shell!r}")
        yield pid
    finally:
        # Unless it was killed.
        procs.send(pid, signal.SIGCONT, lab.id)


def works(shell, *users):
    """The handle lists again, and so many clients are still there."""
    result = shell.say("list --json").expect(0)
    tap.equal([row[1] for row in result.rows()], sorted(users), repr(result))
