#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Each fault and each misbehaviour of lab 4, at each operation.

It ends in its own error, in time; what is said of a close is what the server
did, and no session is asked for twice; the same handle works afterwards.
"""

import contextlib
import functools
import os
import queue
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, NamedTuple

from livetest import kill_helper
from wsmantest import run, shell, tap, where
from smblab import WsmanLab
from wsmanlab import rules, settings
from wsmanlab.faults import FAULTS
from wsmanexpect import (BY_FAULT, CLOSED, GONE, STILL, by_faults, by_log_on,
                         by_plain_rules, by_rules, failed)

# Of each step; a command may take several, and the machine may be busy.
DEADLINE, SLACK = 3, 20
COUNT = 12
# The one that is closed, and whom nobody asked for.
TARGET, OTHERS = 2**53 + 1, [7, 11]
ROWS = [{"id": OTHERS[0], "client": "PC7", "user": "LAB\\dora"},
        {"id": TARGET, "client": "PC1", "user": "LAB\\alice",
         "exists": 600},
        {"id": OTHERS[1], "client": "PC1", "user": "LAB\\alice"}]


class Worker:
    """A lab of its own, and handles that stay."""

    def __init__(self, stack):
        self.stack, self.made = stack, {}
        self.lab = stack.enter_context(WsmanLab(
            tls="both", page_items=1, schemes=["Negotiate", "Basic"]))
        self.use(False)

    def use(self, plain):
        """The handle over HTTP, sealed; or plain messages over TLS."""
        self.where = where(self.lab, tls=plain)
        if plain:
            self.where.append("--auth=basic")
        if plain not in self.made:
            self.made[plain] = self.stack.enter_context(shell(
                *self.where, "--deadline", str(DEADLINE)))
        self.shell = self.made[plain]

    def begin(self, row, place):
        """A listing that works, and then the rule."""
        self.lab.rules()
        self.lab.sessions(ROWS)
        self.works()
        self.lab.invokes(reset=True)
        if place in ("identify", "http"):
            # A connection alone is made again without it.
            kill_helper(self.shell.pid, "smbmgmt-conn")
        self.lab.rules({"at": place, **row.rule})

    def works(self):
        result = self.shell.say("list --json").expect(0)
        tap.equal(sorted(int(entry["session_id"]) for entry
                         in result.json()["sessions"]),
                  sorted(self.lab.ids()), repr(result))

    def check(self, row, place):
        self.begin(row, place)
        if place == "invoke":
            self.check_close(row)
        else:
            self.check_list(row, place)
        tap.true(self.lab.rules_done()[0] >= 1, "the rule was applied")
        self.lab.rules()
        self.works()

    def check_list(self, row, place):
        result = self.shell.say("list --json").quick(2 * DEADLINE + SLACK)
        wanted = row.at(place)
        errors = result.json()["errors"]
        if wanted is None:
            tap.equal((errors, len(result.json()["sessions"])), ([], 3),
                      repr(result))
            return
        code, kind, number, part = wanted
        tap.equal([(error["name"], error.get("native_kind"),
                    error.get("native_code")) for error in errors],
                  [(f"SMBMGMT_E_{code}", kind, number)], repr(result))
        tap.true(part in errors[0]["message"], f"{part!r} in {result!r}")

    def check_close(self, row):
        result = self.shell.say(
            f"close --session-id {TARGET} --force --json").quick(
                3 * DEADLINE + SLACK)
        self.truth(result)
        outcome, code = row.close
        seen, = result.json()["outcomes"]
        tap.equal((seen["outcome"], seen["code"] == 0), (outcome,
                                                         code == "OK"),
                  repr(result))
        tap.true(seen["sent"], repr(result))
        if code != "OK":
            result.expect(0, f"(SMBMGMT_E_{code})")
        if outcome == "FAILED":
            tap.true(row.list[3] in seen["message"], repr(result))
        invokes = self.lab.invokes()
        tap.true(1 <= len(invokes) <= row.invokes, f"{invokes}{result!r}")

    def truth(self, result, lies=False):
        """Whatever it says, it is what happened; and nobody else ended."""
        seen, = result.json()["outcomes"]
        invokes = self.lab.invokes()
        tap.equal({invoke["id"] for invoke in invokes} - {TARGET}, set())
        done = [invoke for invoke in invokes
                if invoke["outcome"] in ("ended", "again", "stays",
                                         "refused", "vanished")]
        tap.true(len(done) <= 1, f"{invokes}{result!r}")
        there = TARGET in self.lab.ids()
        tap.true(set(OTHERS) <= set(self.lab.ids()), repr(result))
        if seen["outcome"] in ("CLOSED", "ALREADY_GONE", "RECONNECTED"):
            tap.true(not there, f"it is there{result!r}")
        elif seen["outcome"] == "STILL_PRESENT" or (
                seen["outcome"] == "FAILED" and not lies):
            tap.true(there, f"it is not there{result!r}")
        if not seen["sent"]:
            tap.equal(invokes, [], repr(result))


class Job(NamedTuple):
    """A function of a worker; what takes long is begun first."""
    what: str
    function: Callable
    plain: bool = False
    slow: bool = False


WORK = []


def work(name):
    """A case that is many jobs; those of all cases are done side by side."""
    def add(function):
        WORK.append((name, function))
        tap.case(name)(lambda done: done.report(name))
        return function
    return add


class Done:
    """What came of the jobs of the cases that are chosen."""

    def __init__(self):
        parts = sys.argv[1:]
        self.wrong = {name: [] for name, _ in WORK
                      if not parts or any(part in name for part in parts)}
        jobs = [(name, one) for name, make in WORK if name in self.wrong
                for one in make()]
        self.count = {name: len([1 for case, _ in jobs if case == name])
                      for name in self.wrong}
        jobs.sort(key=lambda job: not job[1].slow)
        self.left = queue.Queue()
        for one in jobs:
            self.left.put(one)
        with ThreadPoolExecutor(COUNT) as pool:
            # Also raises what ended a worker.
            list(pool.map(self._serve, range(min(COUNT, len(jobs)))))

    def _serve(self, _):
        with contextlib.ExitStack() as stack, \
                contextlib.suppress(queue.Empty):
            worker = Worker(stack)
            while True:
                name, job = self.left.get_nowait()
                try:
                    worker.use(job.plain)
                    job.function(worker)
                except Exception as error:
                    self.wrong[name].append(f"{job.what}: {error}")

    def report(self, name):
        tap.note(f"{self.count[name]} of them")
        tap.true(self.count[name] and not self.wrong[name],
                 f"{len(self.wrong[name])} of {self.count[name]} differ:\n"
                 + "\n".join(sorted(self.wrong[name])))


def at(rows, *places, plain=False):
    return [Job(f"{row.rule} at {place}",
                functools.partial(Worker.check, row=row, place=place),
                # The lab takes long to seal these.
                plain or "bytes" in row.rule,
                row.rule["action"] in ("stall", "trickle")
                or (place == "invoke" and row.close == STILL))
            for row in rows for place in places
            if place in row.places or place == "http"]


@tap.case("nothing that the lab can do is left out")
def complete(_):
    tap.equal(sorted(BY_FAULT), sorted(FAULTS))
    tap.equal({row.rule["action"] for row in [*by_rules(), *by_faults()]},
              rules.ANYWHERE | rules.AT_OPERATIONS)


@work("each fault while connecting and listing")
def faults_listing():
    return at(by_faults(), "identify", "enumerate", "pull")


@work("each fault at a close")
def faults_closing():
    return at(by_faults(), "invoke")


@work("each misbehaviour while connecting and listing")
def rules_listing():
    return at(by_rules(), "identify", "enumerate", "pull")


@work("each misbehaviour at a close")
def rules_closing():
    return at(by_rules(), "invoke")


@work("each misbehaviour at a close over TLS, where nothing is sealed")
def plain_closing():
    return at(by_plain_rules(), "invoke", plain=True)


@work("each misbehaviour in the log-on, at each of its exchanges")
def logging_on():
    rows = []
    for leg in (1, 2):
        for row in by_log_on():
            row.rule["leg"] = leg
            rows.append(row)
    return at(rows, "http")


# What ForceClose itself does: on_close, code, outcome, error, native number.
ENDS = [
    ({"on_close": "ends"}, CLOSED, None),
    ({"on_close": "stays"}, STILL, None),
    ({"on_close": "vanishes"}, GONE, None),
    ({"on_close": "again"}, ("RECONNECTED", "OK"), None),
    ({"on_close": "again", "then": "stays"}, ("RECONNECTED", "OK"), None),
    ({"on_close": "refuses", "code": 5}, failed("CLOSE_DENIED"), 5),
    ({"on_close": "refuses", "code": 1450}, failed("SERVER"), 1450),
    ({"on_close": "refuses", "code": 0xFFFFFFFF}, failed("SERVER"),
     0xFFFFFFFF),
]


def close_one(worker, session, rule=None, **changes):
    """Close TARGET as these rows have it; the one outcome and the result."""
    worker.lab.rules()
    worker.lab.reset()
    worker.lab.set(**changes)
    worker.lab.sessions([dict(ROWS[1], **session)])
    worker.lab.sessions([ROWS[0], ROWS[2]], add=True)
    if rule:
        worker.lab.rules({"at": "invoke", **rule})
    result = worker.shell.say(
        f"close --session-id {TARGET} --force --json").quick(
            3 * DEADLINE + SLACK)
    worker.truth(result, "after" in (rule or {}))
    worker.lab.reset()
    worker.works()
    return result.json()["outcomes"][0], result


@work("what the server did, and says in its return value")
def outcomes():
    def one(session, wanted, number):
        def function(worker):
            seen, result = close_one(worker, session)
            outcome, code = wanted
            tap.equal(seen["outcome"], outcome, repr(result))
            if code == "OK":
                tap.equal(seen["code"], 0, repr(result))
            else:
                result.expect(0, f"(SMBMGMT_E_{code})")
            if number is not None:
                tap.true(str(number) in seen["message"], repr(result))
        return function

    def shaped(output, on_close):
        def function(worker):
            seen, result = close_one(worker, {"on_close": on_close},
                                     output=output)
            # Whatever it answered, a look tells.
            wanted = CLOSED if on_close == "ends" else STILL
            tap.equal((seen["outcome"], seen["sent"]), (wanted[0], True),
                      repr(result))
        return function

    return [Job(repr(row), one(*row), slow=row[1] == STILL)
            for row in ENDS] + [
        Job(f"{form}, {on_close}", shaped(form, on_close),
            slow=on_close == "stays")
        for form in settings.OWN["output"] for on_close in ("ends", "stays")]


@work("a fault after it was carried out is never one before it was sent")
def fault_after():
    def one(name):
        def function(worker):
            seen, result = close_one(worker, {}, {
                "action": "fault", "fault": name, "after": True})
            tap.true(seen["sent"], repr(result))
            if BY_FAULT[name][0][2] in (STILL, failed("CLOSE_DENIED")):
                tap.true(seen["outcome"] in ("CLOSED", "ALREADY_GONE"),
                         repr(result))
        return function

    return [Job(name, one(name)) for name in FAULTS]


@work("a fault that says that it was carried out: a look tells")
def unreportable():
    def one(worker):
        """UnreportableSuccess (DSP0226 14.6): all but the answer is fine."""
        seen, result = close_one(worker, {}, {
            "action": "fault", "fault": "encoding_limit", "after": True,
            "code": 0x8033804D})
        tap.equal(seen["outcome"], "CLOSED", repr(result))

    return [Job("UnreportableSuccess", one)]


@work("that a session is gone is believed of nothing vague")
def gone():
    """It is still there, and each form of not_found's detail says less."""
    def one(form, on_close, wanted):
        def function(worker):
            rule = {"action": "fault", "fault": "not_found"}
            seen, result = close_one(
                worker, {"on_close": on_close},
                rule if on_close == "stays" else None, fault_detail=form)
            tap.equal(seen["outcome"], wanted, repr(result))
        return function

    return [
        Job(f"{form} {on_close}", one(form, on_close, wanted),
            slow=wanted == "STILL_PRESENT")
        for form, on_close, wanted in (
            ("windows", "stays", "STILL_PRESENT"),
            ("vendor", "stays", "STILL_PRESENT"),
            ("empty", "stays", "FAILED"), ("absent", "stays", "FAILED"),
            ("windows", "vanishes", "ALREADY_GONE"),
            ("vendor", "vanishes", "ALREADY_GONE"))]


@work("a sealed answer that is broken: never FAILED, a look tells")
def broken_seal():
    def one(how):
        def function(worker):
            worker.works()
            kill_helper(worker.shell.pid, "smbmgmt-conn")
            # After Identify's and the listing's, the answer to ForceClose.
            seen, result = close_one(worker, {}, broken=how, broken_at=3,
                                     page_items=0)
            tap.equal((seen["outcome"], seen["sent"]), ("CLOSED", True),
                      repr(result))
        return function

    return [Job(how, one(how)) for how in settings.DEFAULTS["broken"]]


# One of each kind: (what at which operation, exit status of list, of close).
STATUSES = [
    ({"at": "identify", "action": "fault"}, 1, 1),
    ({"at": "enumerate", "action": "fault"}, 1, 1),
    ({"at": "pull", "action": "drop_context"}, 1, 1),
    ({"at": "invoke", "action": "fault"}, 0, 1),
    ({"at": "invoke", "action": "fault", "fault": "not_found"}, 0, 1),
    ({"at": "invoke", "action": "cut", "when": "before"}, 0, 1),
    ({"at": "invoke", "action": "cut", "when": "head"}, 0, 0),
    ({"at": "invoke", "action": "stall", "when": "body"}, 0, 0),
    ({"at": "http", "action": "redirect", "location": "/"}, 1, 1),
    ({"at": "http", "action": "stall"}, 1, 1),
]


@work("the command's exit status, and that it ends")
def statuses():
    def one(rule, listed, closed):
        def function(worker):
            worker.lab.sessions(ROWS)
            worker.lab.rules(rule)
            for argv, wanted in (
                    (["list"], listed),
                    (["close", "--session-id", str(TARGET), "--force"],
                     closed)):
                done = run(*worker.where, "--deadline", str(DEADLINE),
                           *argv).quick(3 * DEADLINE + SLACK)
                tap.equal(done.status, wanted, repr(done))
            worker.lab.rules()
        return function

    return [Job(repr(row), one(*row), slow=True) for row in STATUSES]


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    done = Done()
    tap.main(lambda: contextlib.nullcontext(done))
