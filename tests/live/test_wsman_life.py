#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How long things live over WS-Management: a connection, a log-on, a listing.

What is kept is used again, what was dropped is made again, and nothing that
was carried out is asked for twice.
"""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from livetest import helpers, kill_helper
from wsmantest import (Library, closed, invoked, main, outcomes, run, shell,
                       tap, where)

# Milliseconds of a step where none is to be too late.
LONG = 30000
# What a listing of a few hundred sessions must not take.
QUICK = 20
ALICE = "user=LAB\\alice"
BASIC = 4   # SMBMGMT_AUTH_BASIC


def some(count, **more):
    return [{"client": "PC{n}", "user": "LAB\\alice", "exists": 600,
             "times": count, **more}]


def lists(library, lab):
    tap.equal(library.list(), ("SMBMGMT_OK", sorted(lab.ids())))


@contextlib.contextmanager
def opened(lab, **options):
    with Library(lab, **{"deadline": LONG, **options}) as library:
        tap.equal(library.code("open"), "SMBMGMT_OK")
        yield library


def logons(lab):
    """Requests that carry a log-on's token."""
    return len([1 for request in lab.heard()
                for name, value in request["headers"]
                if name == "Authorization" and "Negotiate" in value])


@tap.case("one connection and one log-on for all that a handle does")
def kept(lab):
    lab.sessions(some(5))
    with opened(lab) as library:
        for _ in range(5):
            lists(library, lab)
        code, done = library.close(ALICE)
        tap.equal((code, {one[0] for one in done.values()}),
                  ("SMBMGMT_OK", {"CLOSED"}))
        lists(library, lab)
    counts = lab.counts()
    # Lists: five, the plan's, the look's, the last; and Identify.
    tap.equal((counts["connections"], logons(lab)), (1, 2), repr(counts))
    tap.equal((counts["invoke"], counts["encrypted"]), (5, 14), repr(counts))
    tap.equal({request["connection"] for request in lab.heard()},
              {lab.heard()[0]["connection"]})


@tap.case("the server forgets the log-on, at every turn")
def dropped(lab):
    """A close is never sent again, so it may take several calls."""
    for after in (1, 2):
        lab.reset()
        lab.set(drop_after=after)
        lab.sessions(some(4))
        rows = lab.ids()
        said = []
        with opened(lab, deadline=2000) as library:
            lists(library, lab)
            for _ in range(2):
                _, done = library.close(ALICE)
                said += [one for one in done if done[one][0] == "CLOSED"]
                lists(library, lab)
        ended = [one for one, outcome in invoked(lab) if outcome == "ended"]
        tap.equal((sorted(said), sorted(set(rows) - set(ended))),
                  (sorted(ended), sorted(lab.ids())), f"after {after}")


@tap.case("connections that end between two operations, and after a few")
def ended(lab):
    lab.sessions(some(6))
    rows = lab.ids()
    with opened(lab) as library:
        lists(library, lab)
        for number in range(3):
            lab.cut()
            lists(library, lab)
            lab.cut()
            code, done = library.close(f"id={rows[number]}")
            tap.equal((code, done), ("SMBMGMT_OK", {
                rows[number]: ("CLOSED", "SMBMGMT_OK")}))
        # Two legs of the log-on, and one request.
        lab.set(keep_alive=3)
        for _ in range(3):
            lists(library, lab)
        lab.set(keep_alive=0)
        code, done = library.close(ALICE)
        tap.equal((code, sorted(done)), ("SMBMGMT_OK", sorted(rows[3:])))
    tap.equal(sorted(invoked(lab)), sorted((one, "ended") for one in rows))


@tap.case("the server ends, and comes again")
def restarted(lab):
    lab.sessions(some(3))
    with opened(lab) as library:
        lists(library, lab)
        lab.restart()
        lab.sessions(some(2, client="new{n}"))
        lists(library, lab)
        lab.stop_server()
        tap.equal(library.list(), ("SMBMGMT_E_CONNECTION_REFUSED", []))
        lab.restart()
        lab.sessions(some(4))
        lists(library, lab)
        code, done = library.close(f"id={lab.ids()[0]}")
        tap.equal(code, "SMBMGMT_OK", repr(done))
    tap.equal([outcome for _, outcome in invoked(lab)], ["ended"])


def sizes(lab):
    """MaxEnvelopeSize of each request, in order."""
    return [int(request["soap"].partition("MaxEnvelopeSize")[2]
                .partition(">")[2].partition("<")[0])
            for request in lab.requests() if "MaxEnvelopeSize" in
            request["soap"]]


@tap.case("MaxEnvelopeSize: small answers, and a server that wants it larger")
def envelopes(lab):
    lab.sessions(some(300))
    with opened(lab) as library:
        lab.set(max_envelope=20000)
        lists(library, lab)
        tap.true(lab.counts()["pull"] >= 10, repr(lab.counts()))
        tap.equal(set(sizes(lab)), {512000})
        lab.set(max_envelope=512000, min_envelope=600000)
        lab.requests(reset=True)
        lists(library, lab)
        tap.equal(sizes(lab)[:2], [512000, 4194304])
        # An item that no answer of the server's has room for.
        lab.reset()
        lab.sessions(some(2) + some(1, client="x" * 20000))
        lab.set(max_envelope=16000)
        code, _ = library.list()
        tap.equal(code, "SMBMGMT_E_TOO_LARGE")
        lab.reset()
        lists(library, lab)


@tap.case("3,000 sessions in many pulls, and pulls of one each")
def many(lab):
    rows = lab.sessions(some(1500) + some(1500, user="LAB\\u{n}",
                                          instance=0))
    with opened(lab) as library:
        lists(library, lab)
        tap.equal(len(rows), 3000)
        tap.true(lab.counts()["pull"] >= 2, repr(lab.counts()))
        lab.set(max_envelope=40000, end="extra_pull")
        lists(library, lab)
        lab.set(optimize="empty", context="same", page_items=100)
        lists(library, lab)
        for context in ("new", "absent"):
            lab.reset()
            lab.sessions(some(300))
            lab.set(page_items=1, context=context)
            lists(library, lab)
            tap.true(lab.counts()["pull"] >= 299, repr(lab.counts()))
        tap.equal(lab.contexts(), 0, "nothing is left at the server")
    tap.equal(lab.counts()["release"], 0)


@tap.case("a listing that is stopped is released, and one without end ends")
def stopped(lab):
    with opened(lab) as library:
        lab.sessions(some(1))
        lab.set(endless="empty")
        tap.equal(library.list(), ("SMBMGMT_E_PROTOCOL", []))
        tap.true(lab.counts()["pull"] <= 1100, repr(lab.counts()))
        tap.equal((lab.counts()["release"], lab.contexts()), (1, 0))
        # What comes of that is nobody's, and takes nobody's time.
        for rule in ({"action": "stall"}, {"action": "cut"},
                     {"action": "unauthorized"}):
            lab.rules({"at": "release", **rule})
            began = time.monotonic()
            tap.equal(library.list(), ("SMBMGMT_E_PROTOCOL", []))
            took = time.monotonic() - began
            tap.true(took < LONG / 2000, f"{rule}: {took} s")
        lab.reset()
        lab.sessions(some(3))
        lists(library, lab)
    with opened(lab, deadline=1500) as library:
        lab.set(endless="items")
        code, _ = library.list()
        tap.true(code in ("SMBMGMT_E_TIMED_OUT", "SMBMGMT_E_TOO_LARGE"), code)
    lab.reset()
    lab.sessions(some(3))
    with opened(lab) as library:
        lists(library, lab)


@tap.case("slow pulls, within the deadline and over it")
def slow(lab):
    lab.sessions(some(5))
    with opened(lab) as library:
        lab.set(page_items=1, pull_ms=200)
        lists(library, lab)
    with opened(lab, deadline=2000) as library:
        lab.set(pull_ms=0)
        lists(library, lab)
        # Each alone is in time, all of them are not; then one alone is not.
        for slow_ms in (700, 2500):
            lab.set(pull_ms=slow_ms)
            tap.equal(library.list()[0], "SMBMGMT_E_TIMED_OUT")
            lab.set(pull_ms=0)
            lists(library, lab)


def peak(pid):
    """The most memory that a process has had, in MB; None: of a sanitizer."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as stream:
        if "asan" in stream.read():
            return None
    with open(f"/proc/{pid}/status", encoding="ascii") as stream:
        return next(int(line.split()[1]) for line in stream
                    if line.startswith("VmHWM")) / 1024


@contextlib.contextmanager
def watched(library):
    """The most that any of its connections has had, as a list of one."""
    seen, over = [0], threading.Event()

    def watch():
        while not over.wait(0.002):
            for pid in helpers(library.pid, "smbmgmt-conn"):
                with contextlib.suppress(OSError, StopIteration, TypeError):
                    seen[0] = max(seen[0], peak(pid) or 0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


@tap.case("answers without measure take no memory without measure")
def memory(lab):
    """An answer of 5 MB at most is held, sealed and open, and read."""
    lab.set(schemes=["Negotiate", "Basic"])
    lab.sessions(some(3))
    plain = {"auth": BASIC}
    for tls, options, rule in (
            (True, plain, {"action": "long_body", "bytes": 100000000}),
            (True, plain, {"action": "huge_text", "bytes": 8000000}),
            (False, {}, {"action": "many", "count": 3000000}),
            (False, {}, {"action": "huge_text", "bytes": 8000000})):
        with opened(lab, tls=tls, **options) as library:
            lab.rules()
            lists(library, lab)
            lab.rules({"at": "enumerate", **rule})
            with watched(library) as seen:
                code, _ = library.list()
            tap.note(f"{rule}: {code}, {seen[0]:.0f} MB")
            tap.true(seen[0] < 150, f"{rule}: {seen[0]} MB")
            lab.rules()
            lists(library, lab)
    with opened(lab) as library:
        lab.rules({"at": "enumerate", "action": "many", "count": 400000})
        lists(library, lab)
        pid, = helpers(library.pid, "smbmgmt-conn")
        most = peak(pid)
        tap.note(f"an answer of 1.6 MB that is read: {most} MB")
        tap.true(most is None or most < 100, f"{most} MB")


@tap.case("a session that ends between the listing and its close")
def vanished(lab):
    lab.sessions(some(2))
    target = lab.ids()[0]
    with shell(*where(lab)) as live:
        lab.rules({"at": "invoke", "action": "delay", "seconds": 1})
        live.start(f"close --session-id {target} --force --json")
        tap.wait_until(lambda: lab.counts()["invoke"], "the close is there")
        lab.end(target)
        result = live.finish().expect(0, "gone before the close")
        tap.equal([one[0] for one in outcomes(result).values()],
                  ["ALREADY_GONE"], repr(result))
    tap.equal(invoked(lab), [(target, "not_found")])


@tap.case("an id that is somebody else's by the time of the close")
def reused(lab):
    for change in ({"user": "LAB\\bob"}, {"client": "PC9"}, {"exists": 3}):
        lab.reset()
        row = {"id": 2**60 + 5, "client": "PC1", "user": "LAB\\alice",
               "exists": 600}
        lab.sessions([row])
        with opened(lab) as library:
            library.ask("plan", f"id={row['id']}")
            lab.sessions([{**row, **change}])
            answer = library.ask("execute")
            outcome, = [line for line in answer if line[0] == "outcome"]
            tap.true(outcome[2] in ("ALREADY_GONE", "REFUSED_UNSAFE"),
                     repr(answer))
        tap.equal((lab.ids(), lab.invokes()), ([row["id"]], []))


@tap.case("the process of the connection killed in a close: a look tells")
def killed(lab):
    for when, wanted in (("before", "STILL_PRESENT"), ("after", "CLOSED")):
        lab.reset()
        lab.sessions(some(2))
        target = lab.ids()[0]
        with shell(*where(lab), "--deadline", "3") as live:
            live.say("list").expect(0)
            lab.rules({"at": "invoke", "action": "stall", "when": when})
            live.start(f"close --session-id {target} --force --json")
            tap.wait_until(lambda: lab.counts()["invoke"], "it is there")
            kill_helper(live.pid, "smbmgmt-conn")
            result = live.finish()
            tap.equal([one[0] for one in outcomes(result).values()],
                      [wanted], repr(result))
            tap.equal(len(lab.invokes()), 1)
            lab.rules()
            live.say("list").expect(0)


@tap.case("a server that hangs in each close is not waited for in each")
def hangs(lab):
    lab.sessions(some(40))
    lab.rules({"at": "invoke", "action": "stall"})
    with opened(lab, deadline=2000) as library:
        _, done = library.close(ALICE)
        # As often as connections may be lost; the rest was never sent.
        invokes = [one for one, _ in invoked(lab)]
        tap.true(1 <= len(invokes) <= 20, repr(invokes))
        tap.equal(len(set(invokes)), len(invokes))
        for one, (outcome, _) in done.items():
            tap.true(outcome in ("STILL_PRESENT", "SENT")
                     if one in invokes else outcome == "FAILED", repr(done))
        lab.rules()
        lists(library, lab)
    tap.equal(len(lab.ids()), 40)


@tap.case("without a look: sent, and whether it worked is not made up")
def unseen(lab):
    """What stays is never CLOSED, whoever is believed."""
    lab.set(schemes=["Negotiate", "Basic"])
    sent = ("SENT", "SMBMGMT_OK")
    unknown = ("SENT", "SMBMGMT_E_UNVERIFIED")
    for tls, options in ((False, {}), (True, {"auth": BASIC})):
        with opened(lab, tls=tls, **options) as library:
            for rule, wanted in (
                    (None, sent),
                    ({"action": "cut", "when": "head"}, unknown),
                    ({"action": "cut", "when": "body"}, unknown),
                    ({"action": "raw", "body": ""}, unknown),
                    ({"action": "raw", "body": "", "status": 500}, unknown),
                    ({"action": "not_xml"}, unknown),
                    ({"action": "wrong_relates"}, unknown),
                    ({"action": "replay", "nth": 2}, unknown),
                    ({"action": "short_length"}, unknown),
                    ({"action": "fault", "fault": "timed_out"}, unknown)):
                lab.sessions(some(2, on_close="stays"))
                first, second = lab.ids()
                lab.rules(*([{"at": "invoke", **rule}] if rule else []))
                _, done = library.close(ALICE, command="close-no-verify")
                tap.equal(done[second], wanted, f"{rule}, {done}")
                # An older answer is the other's.
                if rule and "nth" in rule:
                    tap.equal(done[first], sent, f"{rule}")
                lab.rules()
                lists(library, lab)


@tap.case("evict: who comes back is closed again, and nobody else")
def evicted(lab):
    lab.sessions(some(3, on_close="again")
                 + [{"client": "PC1", "user": "LAB\\bob"}])
    bob = lab.ids()[-1]
    done = run(*where(lab), "evict", "--client-user=LAB\\alice", "--force",
               "--for=3s", "--every=1s", "--json").quick(3 + QUICK)
    invokes = invoked(lab)
    tap.equal(sorted(outcome for _, outcome in invokes),
              ["again"] * 3 + ["ended"] * 3, repr(done)[:3000])
    tap.equal(len({one for one, _ in invokes}), 6, "each once")
    tap.equal((done.status, lab.ids()), (0, [bob]), repr(done)[:3000])


@tap.case("several connections to one server: each session is closed once")
def lanes(lab):
    lab.sessions(some(24) + [{"client": "PC1", "user": "LAB\\bob"}])
    rows = lab.ids()
    lab.rules({"at": "invoke", "action": "delay", "seconds": 0.1})
    result = run(*where(lab), "close", "--client-user=LAB\\alice", "--force",
                 "--per-server=4", "--json").expect(0)
    tap.equal(closed(result), sorted(rows[:-1]))
    tap.equal(sorted(invoked(lab)),
              sorted((one, "ended") for one in rows[:-1]))
    tap.equal({request["connection"] for request in lab.requests()
               if request["operation"] == "invoke"}.__len__(), 4,
              "connections that closed")
    tap.equal(lab.ids(), rows[-1:])
    # And one of them breaks: what it had sent is looked at, not sent again.
    lab.reset()
    lab.sessions(some(24))
    rows = lab.ids()
    lab.rules({"at": "invoke", "action": "cut", "when": "after", "nth": 7})
    result = run(*where(lab), "close", "--client-user=LAB\\alice", "--force",
                 "--per-server=4", "--json")
    tap.equal({one[0] for one in outcomes(result).values()}, {"CLOSED"},
              repr(result)[:3000])
    tap.equal(sorted(invoked(lab)), sorted((one, "ended") for one in rows))


@tap.case("many handles at one server, at once")
def side_by_side(lab):
    lab.sessions(some(50))
    rows = sorted(lab.ids())

    def one(number):
        """Each lists, and closes one that is no other's."""
        with opened(lab, tls=number % 2 == 0) as library:
            code, seen = library.list()
            tap.equal((code, set(seen) <= set(rows)), ("SMBMGMT_OK", True))
            return library.close(f"id={rows[number]}")

    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(one, range(12)))
    tap.equal(done, [("SMBMGMT_OK", {row: ("CLOSED", "SMBMGMT_OK")})
                     for row in rows[:12]])
    tap.equal((sorted(lab.ids()), len(lab.invokes())), (rows[12:], 12))


if __name__ == "__main__":
    main()
