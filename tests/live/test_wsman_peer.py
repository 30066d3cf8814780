#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A name that leads to two machines, of sessions with the same ids.

What was listed on one of them is closed there, or not at all.
"""

import contextlib

from doors import HERE, HOST, THERE, inside, lead, two

# Before the next import takes its part of the arguments.
inside()

from wsmantest import (  # noqa: E402
    Library, closed, main, outcomes, run, tap)

from smblab import WsmanLab  # noqa: E402

COUNT = 8
DORA = "LAB\\dora"
CLOSE = ("close", f"--client-user={DORA}", "--force", "--json")
# So that there is something left for a further connection.
SLOW = {"at": "invoke", "action": "delay", "seconds": 0.1}


def rows(user, **more):
    return [{"id": 100 + i, "client": f"PC{i}", "user": user, "exists": 600,
             **more} for i in range(COUNT)]


@contextlib.contextmanager
def machines(lab):
    """Two doors at one port; the other lab has the same ids and password."""
    with WsmanLab() as other:
        other.add_user("admin", lab.passwords["admin"])
        lab.sessions(rows(DORA))
        other.sessions(rows("LAB\\innocent"))
        with two(lab, other) as (here, there):
            yield here, there, other


def cluster(lab, here):
    return ["-S", f"wsman:{HOST}:{here.port}", "-A", lab.auth_file("admin")]


@contextlib.contextmanager
def opened(lab, here):
    with Library(lab, host=HOST, port=here.port, deadline=10000) as library:
        tap.equal(library.code("open"), "SMBMGMT_OK")
        yield library


def untouched(other):
    tap.equal((other.invokes(), len(other.ids())), ([], COUNT))


@tap.case("further connections go where the first one went")
def lanes(lab):
    lead(HERE, THERE)
    with machines(lab) as (here, there, other):
        here.then = lambda: lead(THERE, HERE)
        lab.rules(SLOW)
        result = run(*cluster(lab, here), *CLOSE, "--per-server=4")
        tap.equal((len(closed(result)), lab.ids()), (COUNT, []))
        tap.equal((here.passed, there.passed), (4, 0))
        untouched(other)


@tap.case("they are not made elsewhere where that one takes no more")
def full(lab):
    lead(HERE, THERE)
    with machines(lab) as (here, there, other):
        here.shut_after = 1
        lab.rules(SLOW)
        result = run(*cluster(lab, here), *CLOSE, "--per-server=4")
        tap.equal((len(closed(result)), lab.ids()), (COUNT, []))
        tap.equal((here.passed, there.passed), (1, 0))
        untouched(other)


@tap.case("a connection that broke is made again there, though the name moved")
def again(lab):
    lead(HERE)
    with machines(lab) as (here, there, other), opened(lab, here) as library:
        tap.equal(library.list()[0], "SMBMGMT_OK")
        lead(THERE)
        here.cut()
        code, done = library.close(f"user={DORA}")
        tap.equal((code, {one[0] for one in done.values()}, lab.ids()),
                  ("SMBMGMT_OK", {"CLOSED"}, []))
        tap.equal(there.passed, 0)
        untouched(other)


@tap.case("a plan of one machine is not carried out on another")
def moved(lab):
    lead(HERE)
    with machines(lab) as (here, there, other), opened(lab, here) as library:
        # So that only the machine tells them apart.
        other.sessions(rows(DORA))
        library.ask("plan", f"user={DORA}")
        lead(THERE)
        here.close()
        # The first finds nobody, the second asks for the name.
        first, second = library.list(), library.list()
        tap.true(first[0] != "SMBMGMT_OK", repr(first))
        tap.equal(second, ("SMBMGMT_OK", sorted(other.ids())))
        answer = library.ask("execute")
        said = {tuple(line[2:]) for line in answer if line[0] == "outcome"}
        tap.equal(said, {("FAILED", "SMBMGMT_E_REFUSED_UNSAFE",
                          f"wsman:{HOST}:{here.port} was {HERE} when it was "
                          f"listed and is {THERE} now; list again.")})
        untouched(other)
        tap.equal(len(lab.ids()), COUNT)


def looks(lab, here, **rule):
    """Close one that stays, with a rule for its close; the outcome."""
    lab.sessions([{"id": 100, "client": "PC", "user": DORA, "exists": 600,
                   "on_close": "stays"}])
    lab.rules({"at": "invoke", "nth": 1, **rule})
    result = run(*cluster(lab, here), *CLOSE, "--deadline=2")
    tap.equal(lab.ids(), [100])
    return outcomes(result)[100]


@tap.case("the look after a close is at the machine that was asked")
def looked(lab):
    with machines(lab) as (here, there, other):
        lead(HERE, THERE)
        here.then = lambda: lead(THERE, HERE)
        outcome = looks(lab, here, action="cut", when="after")
        tap.equal((outcome[0], there.passed), ("STILL_PRESENT", 0))
        untouched(other)


@tap.case("nor at another one when it has gone")
def gone(lab):
    with machines(lab) as (here, there, other):
        # The connection ends with the answer, or without one.
        for rule in ({"action": "close"}, {"action": "cut", "when": "after"}):
            lead(HERE, THERE)
            here.shut_after = here.passed + 1
            outcome = looks(lab, here, **rule)
            tap.equal((outcome, there.passed),
                      (("SENT", "SMBMGMT_E_UNVERIFIED"), 0), repr(rule))
            here.listen()
        untouched(other)


if __name__ == "__main__":
    main()
