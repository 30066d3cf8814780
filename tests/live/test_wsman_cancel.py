#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Cancel, deadlines and removed handles over WS-Management.

Wherever a server stalls, what ends a job ends it at once, its report says of
each close whether it was sent, and no process is left but of a handle that
works as soon as the server does.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from livetest import LIMIT, TOOL, helpers, tap
from smblab import WsmanLab
from smblab.kdc import KRB5_CONF, REALM, SERVER
from stalls import Canceller, alive

# Of srvsvc's, and no matter here.
os.environ.pop("LIVE_CARRIER")

# What job.h promises, for the best of the tries: the machine may be busy.
PROMISE = 0.1
TRIES = 3
# Seconds.  Far longer than a case takes, and the shortest that is useful.
LONG, SHORT = 120, 1
SHORT_CLOSE = 2
SLACK = 20
# As many labs as there are stalls at a time.
AT_ONCE = 8
FAILED, CANCELLED = 3, 4
NOT_SENT = ("CANCELLED", "SMBMGMT_E_CANCELLED", 0)
WAS_SENT = ("CANCELLED", "SMBMGMT_E_CANCELLED", 1)
WHENS = ("before", "after", "head", "body")


class AtRule:
    """A request of a kind is stalled, at one point of its answer."""

    def __init__(self, stack, at, when="before", leg=None):
        self.name = f"{at} {leg or ''} {when}"
        self.lab = stack.enter_context(WsmanLab(page_items=1))
        self.address = f"wsman:{self.lab.host}:{self.lab.port}"
        self.rule = {"at": at, "action": "stall", "when": when}
        if leg:
            self.rule["leg"] = leg
        # A handle that lists already would not ask for this again.
        self.connects = at in ("http", "identify")
        self.fill()

    def fill(self):
        self.lab.sessions([{"client": f"192.0.2.{n}", "exists": 600}
                           for n in (1, 2, 3)])

    def arm(self):
        self.lab.rules(self.rule)

    def reached(self):
        tap.wait_until(lambda: self.lab.rules_done()[0], self.name, 60)

    def release(self):
        self.lab.rules()


class Silent:
    """A port that takes connections, and says nothing to whoever comes."""

    def __init__(self, stack, kind):
        self.name = f"{kind}: a silent port"
        self.lab = stack.enter_context(WsmanLab())
        self.listener = stack.enter_context(
            socket.create_server(("127.0.0.1", 0)))
        self.address = f"{kind}:127.0.0.1:{self.listener.getsockname()[1]}"
        self.connects, self.taken = True, []
        stack.callback(self.release)

    def arm(self):
        pass

    def reached(self):
        """What it says first is there: a request, a hello of TLS."""
        self.listener.settimeout(60)
        taken, _ = self.listener.accept()
        self.taken.append(taken)
        taken.settimeout(60)
        tap.true(taken.recv(1), self.name)

    def release(self):
        for one in self.taken:
            one.close()
        self.taken = []


@contextlib.contextmanager
def stalled(make, milliseconds):
    """A place to stall, and a handle that leads there."""
    with contextlib.ExitStack() as stack:
        stall = make(stack)
        canceller = stack.enter_context(
            Canceller(stall.lab, stall.address, milliseconds))
        canceller.open()
        yield stall, canceller


def in_stall(stall, canceller, what, command):
    stall.arm()
    canceller.start(what)
    stall.reached()
    return canceller.job(command)


def expect_end(answer, code, server):
    tap.equal((answer.complete, answer.code, answer.server),
              (1, code, server), f"{answer}\n")


def expect_works(stall, canceller):
    """Where there is a server: the same handle, with all its processes."""
    stall.release()
    if isinstance(stall, Silent):
        canceller.expect_processes(0)
        return
    canceller.list()
    canceller.expect_processes(1)


def end_list(make, command):
    """A listing that is cancelled, or whose handle is removed."""
    with stalled(make, LONG * 1000) as (stall, canceller):
        took = []
        for _ in range(TRIES):
            answer = in_stall(stall, canceller, "list", command)
            if command == "cancel":
                expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
            else:
                expect_end(answer, "SMBMGMT_E_REMOVED", FAILED)
            canceller.expect_processes(0)
            took.append(answer.took)
            stall.release()
            if command != "cancel":
                canceller.open()
        expect_works(stall, canceller)
        return f"{stall.name}, {command}", took


def list_in_time(make):
    with stalled(make, SHORT * 1000) as (stall, canceller):
        stall.arm()
        canceller.start("list")
        answer = canceller.job("wait 60000")
        expect_end(answer, "SMBMGMT_E_TIMED_OUT", FAILED)
        tap.true(answer.took < (SHORT + SLACK) * 1e6, repr(answer))
        stall.release()
        # A busy machine may miss a deadline this short.
        if not isinstance(stall, Silent):
            tap.wait_until(lambda: lists(canceller), "it works again", 60)
        return f"{stall.name}, deadline", None


def lists(canceller):
    canceller.start("list")
    return canceller.job("wait 60000").code == "SMBMGMT_OK"


def end_open(make, command):
    with stalled(make, LONG * 1000) as (stall, canceller):
        took = []
        for _ in range(TRIES):
            answer = in_stall(stall, canceller, "open", command)
            expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
            tap.true("handle 0" in answer.text, repr(answer))
            canceller.expect_processes(0)
            took.append(answer.took)
            stall.release()
        return f"{stall.name}, open", took


def all_at_once(jobs):
    """Each a function that gives (what, microseconds of each try or None)."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = [pool.submit(*job) for job in jobs]
    wrong = []
    for future in done:
        try:
            what, took = future.result()
        except Exception as error:
            wrong.append(str(error))
            continue
        if took is not None:
            tap.note(f"{what}: " + ", ".join(f"{one / 1000:.1f} ms"
                                             for one in took))
            if min(took) >= PROMISE * 1e6:
                wrong.append(f"{what}: {took}")
    tap.true(not wrong, "\n".join(wrong))


def at(*where):
    return lambda stack: AtRule(stack, *where)


def silent(kind):
    return lambda stack: Silent(stack, kind)


PLACES = [silent("wsman"), silent("wsmans"), at("http", "before", 1),
          at("http", "head", 2), at("identify", "before"),
          at("identify", "body"),
          *(at(operation, when) for operation in ("enumerate", "pull")
            for when in WHENS)]


@tap.case("a listing is cancelled, at each place where it can stall")
def cancelled():
    all_at_once([(end_list, make, "cancel") for make in PLACES]
                + [(end_open, make, "cancel") for make in PLACES[:6]])


@tap.case("its handle is removed")
def removed():
    all_at_once([(end_list, make, "remove-during") for make in (
        silent("wsmans"), at("http", "before", 2), at("enumerate", "after"),
        at("pull", "body"))])


@tap.case("its deadline passes")
def in_time():
    all_at_once([(list_in_time, make) for make in PLACES])


def end_closes(when, command):
    """Two are to be closed; it ends while the first is being closed."""
    with stalled(at("invoke", when), LONG * 1000) as (stall, canceller):
        lab, took = stall.lab, []
        for _ in range(TRIES):
            stall.fill()
            lab.invokes(reset=True)
            rows = lab.rows()
            answer = in_stall(stall, canceller,
                              "close 192.0.2.1 192.0.2.2", command)
            tap.equal([item[:3] for item in answer.items],
                      [NOT_SENT, WAS_SENT], repr(answer))
            canceller.expect_processes(0)
            stall.release()
            # What is sent was asked for once; of it alone it is not known.
            sent = next(item[3] for item in answer.items if item[2])
            tap.equal([invoke["id"] for invoke in lab.invokes()],
                      [row["id"] for row in rows if row["client"] == sent])
            left = {row["client"] for row in lab.rows()}
            tap.equal(left, {row["client"] for row in rows}
                      - ({sent} if when != "before" else set()))
            took.append(answer.took)
            if command != "cancel":
                canceller.open()
            canceller.list()
            tap.equal(len(lab.invokes()), 1, "nothing was sent later")
        return f"close, {when}, {command}", took


def in_verify(command):
    """All is sent; it ends in the look after it."""
    with stalled(at("pull"), LONG * 1000) as (stall, canceller):
        lab = stall.lab
        canceller.list()
        # The listing before the close has two pulls.
        lab.rules({"at": "pull", "action": "stall", "nth": 3})
        canceller.start("close 192.0.2.1")
        stall.reached()
        answer = canceller.job(command)
        tap.equal([item[:3] for item in answer.items], [WAS_SENT],
                  repr(answer))
        canceller.expect_processes(0)
        tap.equal(len(lab.rows()), 2)
        return f"look, {command}", None


def close_in_time(when):
    """The first is looked at after the deadline; nothing is left open."""
    with stalled(at("invoke", when), SHORT_CLOSE * 1000) as (stall,
                                                             canceller):
        lab = stall.lab
        tap.wait_until(lambda: lists(canceller), "it is connected", 60)
        stall.arm()
        canceller.start("close 192.0.2.1")
        answer = canceller.job("wait 60000")
        tap.true(answer.took < (3 * SHORT_CLOSE + SLACK) * 1e6, repr(answer))
        (outcome, _, sent, _), = answer.items
        there = len(lab.rows()) == 3
        tap.equal((sent, len(lab.invokes())), (1, 1), repr(answer))
        # On a busy machine no look may have been in time.
        tap.true(outcome in ("SENT", "STILL_PRESENT" if there else "CLOSED"),
                 repr(answer))
        stall.release()
        tap.wait_until(lambda: lists(canceller), "it works again", 60)
        canceller.expect_processes(1)
        return f"close, {when}, deadline", None


@tap.case("a close is ended, and so is the look after it")
def closing():
    all_at_once([(end_closes, when, "cancel") for when in WHENS]
                + [(end_closes, "after", "remove-during"),
                   (in_verify, "cancel"), (in_verify, "remove-during")]
                + [(close_in_time, when) for when in WHENS])


@tap.case("a server that stands still, and goes on later")
def frozen():
    with stalled(at("enumerate"), LONG * 1000) as (stall, canceller):
        canceller.list()
        took = []
        for _ in range(TRIES):
            stall.lab.freeze()
            canceller.start("list")
            time.sleep(0.2)
            answer = canceller.job("cancel")
            expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
            canceller.expect_processes(0)
            stall.lab.thaw()
            took.append(answer.took)
            canceller.list()
        tap.true(min(took) < PROMISE * 1e6, repr(took))


@contextlib.contextmanager
def silent_kdc(lab):
    """Where it is asked; and how the command is told the realm."""
    with contextlib.ExitStack() as stack:
        udp = stack.enter_context(socket.socket(socket.AF_INET,
                                                socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        conf, auth = (os.path.join(folder, name) for name in ("conf", "auth"))
        with open(conf, "w", encoding="ascii") as stream:
            stream.write(KRB5_CONF.format(realm=REALM, port=port,
                                          cache="MEMORY:", host="127.0.0.1"))
        with open(auth, "w", encoding="ascii") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(f"username = admin@{REALM}\npassword = secret\n")
        argv = [TOOL, "-S", f"wsman:{SERVER}:{lab.port}", "-I", lab.host,
                "-A", auth, "--auth=kerberos"]
        yield udp, argv, {**os.environ, "KRB5_CONFIG": conf}


def family(pid):
    """The fork server of a process, and its connections."""
    return helpers(pid, "smbmgmt-helper") + helpers(pid, "smbmgmt-conn")


@tap.case("a KDC that does not answer: the deadline, and an interrupt")
def kdc():
    with WsmanLab() as lab, silent_kdc(lab) as (udp, argv, env):
        for seconds in (SHORT, LONG):
            udp.settimeout(60)
            child = subprocess.Popen(
                [*argv, f"--deadline={seconds}", "list"], env=env, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, start_new_session=True)
            began = time.monotonic()
            udp.recv(4096)
            others = family(child.pid)
            if seconds == LONG:
                tap.equal(len(others), 2, "it is asked for a ticket")
                child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=LIMIT)
            took = time.monotonic() - began
            tap.true(took < SHORT + SLACK, f"{took} s: {said}")
            tap.true(child.returncode != 0, said)
            if seconds == SHORT:
                tap.true("SMBMGMT_E_TIMED_OUT" in said
                         or "SMBMGMT_E_KDC_UNREACHABLE" in said, said)
            tap.wait_until(lambda: not any(map(alive, others)),
                           "no process is left")
        tap.equal(lab.counts()["http"], 0, "no log-on without a ticket")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
    else:
        tap.main()
