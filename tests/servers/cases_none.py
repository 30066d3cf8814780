# SPDX-License-Identifier: LGPL-3.0-or-later
"""Servers that are none: no lab behind them."""

from smblab import Deadend, closed_port

from results import case, listed


@case("none", "a name that has no address")
def no_address(lab):
    return listed(lab, host="nowhere.invalid")


@case("none", "a closed port")
def closed_one(lab):
    with closed_port() as port:
        return listed(lab, port=port)


def dead_end(name, mode):
    @case("none", name)
    def run_it(lab):
        with Deadend(mode) as dead:
            return listed(lab, port=dead.port)
    return run_it


dead_end("a server that accepts and says nothing", "silent")
dead_end("a server that stops in the middle of an answer", "partial")
dead_end("a server that speaks something else", "garbage")
dead_end("a server that hangs up at once", "hangup")
