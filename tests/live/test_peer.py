#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A name that leads to two machines: further connections lead to one.

smbclient cannot be told where to connect; it does not go on where it finds
itself elsewhere.
"""

import contextlib
import os
import sys

from doors import HERE, HOST, THERE, inside, lead, two

# Before the next import takes its part of the arguments.
inside()

from livetest import (  # noqa: E402
    CARRIER, DEL, make_lab, run, tap)

COUNT = 8
CLOSE = ("close", "--client-user=dora", "--force", "--json")
# So that there is something left for a further connection.
SLOW = {"at": "call", "opnum": DEL, "action": "delay", "seconds": 0.1}


def rows():
    """Many clients: each is a close of its own."""
    return [{"client": f"PC{i}", "user": "dora", "age": 600}
            for i in range(COUNT)]


@contextlib.contextmanager
def machines():
    with make_lab(()) as lab, make_lab(()) as other:
        other.add_user("admin", ("administrators",),
                       password=lab.passwords["admin"])
        for one in (lab, other):
            one.scripted(rows())
        with two(lab, other) as doors:
            yield lab, other, *doors


def close(lab, here, *argv):
    return run("-S", f"{HOST}:{here.port}", "-A", lab.auth_file("admin"),
               *CLOSE, "--per-server=4", *argv)


@tap.case("further connections go where the first one went, or are not made")
def lanes(_):
    lead(HERE, THERE)
    with machines() as (lab, other, here, there):
        here.then = lambda: lead(THERE, HERE)
        lab.rules(SLOW)
        result = close(lab, here)
        tap.equal({kind for kind, *_ in result.outcomes()}, {"CLOSED"},
                  repr(result))
        tap.equal(len(lab.dels()), COUNT)
        tap.equal((other.dels(), len(other.scripted_rows())), ([], COUNT))
        if CARRIER == "dcerpc":
            tap.equal((here.passed, there.passed), (4, 0))


@tap.case("a connection that broke is not made again elsewhere")
def broke(_):
    lead(HERE, THERE)
    with machines() as (lab, other, here, there):
        here.then = lambda: lead(THERE)
        here.shut_after = 1
        lab.rules({"at": "call", "opnum": DEL, "nth": 2, "action": "cut",
                   "when": "after"})
        result = close(lab, here, "--deadline=5")
        tap.true("CLOSED" not in {kind for kind, *_ in result.outcomes()},
                 repr(result))
        tap.equal(len(lab.dels()), 2)
        tap.equal((other.dels(), len(other.scripted_rows())), ([], COUNT))
        tap.equal(there.passed, 0 if CARRIER == "dcerpc" else there.passed)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    tap.main(contextlib.nullcontext)
