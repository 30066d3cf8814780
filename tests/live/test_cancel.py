#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Cancel, deadlines and removed handles, wherever a server stalls.

What ends a job ends it at once, its report says of each close whether it was
sent, and nothing is left but a handle that works as soon as the server does.
"""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from livetest import DEL, ENUM, ON_WINDOWS, helpers, main, samba_case, tap
from smblab.layout import LabError
from stalls import (AtFragment, AtRequest, BetweenLooks, BlackHole, Canceller,
                    InClose, InVerify, NameService, StoppedChild,
                    StoppedServer, alive, frozen)

# What job.h promises, for the best of the tries: the machine may be busy.
PROMISE = 0.1
TRIES = 3
# Seconds.  Far longer than a case takes, and the shortest that is useful.
LONG, SHORT, SHORT_CLOSE = 120, 1, 2
SLACK = 20
FAILED, CANCELLED = 3, 4
NOT_SENT = ("CANCELLED", "SMBMGMT_E_CANCELLED", 0)
WAS_SENT = ("CANCELLED", "SMBMGMT_E_CANCELLED", 1)


def expect_promise(what, took):
    """Of one way to end it: each try, the best of which counts."""
    print(f"# {what}: " + ", ".join(f"{one / 1000:.1f} ms" for one in took),
          flush=True)
    tap.true(min(took) < PROMISE * 1e6, f"{what}: {took}")


def expect_end(answer, code, server):
    tap.equal((answer.complete, answer.code, answer.server),
              (1, code, server), f"{answer}\n")


@contextlib.contextmanager
def stalled(lab, make, seconds):
    """A place to stall and a handle that leads there."""
    with contextlib.ExitStack() as stack:
        stall = make(lab)
        stack.callback(stall.close)
        canceller = stack.enter_context(
            Canceller(lab, stall.address, seconds * 1000,
                      getattr(stall, "prefix", ())))
        canceller.open()
        yield stall, canceller
        stall.release()
        tap.wait_until(lambda: lists(canceller), "it works again", 60)
        canceller.expect_processes(1)


def in_stall(stall, canceller, what, command):
    stall.arm()
    canceller.start(what)
    stall.reached(canceller)
    return canceller.job(command)


def cancel_lists(lab, make):
    with stalled(lab, make, LONG) as (stall, canceller):
        took, fds = [], []
        for _ in range(TRIES):
            answer = in_stall(stall, canceller, "list", "cancel")
            expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
            canceller.expect_processes(0)
            took.append(answer.took)
            stall.release()
            fds.append(canceller.list().fds)
            tap.equal(canceller.code("remove"), "SMBMGMT_OK")
            canceller.open()
        tap.equal(fds, fds[:1] * TRIES, "descriptors")
    return "cancel", took


def remove_during_list(lab, make):
    with stalled(lab, make, LONG) as (stall, canceller):
        took = []
        for _ in range(TRIES):
            answer = in_stall(stall, canceller, "list", "remove-during")
            expect_end(answer, "SMBMGMT_E_REMOVED", FAILED)
            canceller.expect_processes(0)
            took.append(answer.took)
            stall.release()
            canceller.open()
    return "remove", took


def list_in_time(lab, make):
    with stalled(lab, make, SHORT) as (stall, canceller):
        stall.arm()
        canceller.start("list")
        try:
            stall.reached(canceller)
        except (AssertionError, ValueError, LabError) as late:
            # On a busy machine it may be over before; so it was in time.
            print(f"# {late}", flush=True)
        answer = canceller.job("wait 60000")
        expect_end(answer, "SMBMGMT_E_TIMED_OUT", FAILED)
        tap.true(answer.took < (SHORT + SLACK) * 1e6, f"deadline: {answer}")
        canceller.expect_processes(0)
    return "deadline", [answer.took]


def lists(canceller):
    """A busy machine may miss one short deadline, not all."""
    canceller.start("list")
    return canceller.job("wait 60000").code == "SMBMGMT_OK"


def side_by_side(lab, *pairs):
    """Each (place to stall, way to end it)."""
    with ThreadPoolExecutor(len(pairs)) as pool:
        results = [(make, pool.submit(way, lab, make)) for make, way in pairs]
    for make, result in results:
        what, took = result.result()
        name = f"{getattr(make, 'name', make.__name__)}, {what}"
        if what == "deadline":
            print(f"# {name}: {took[0] / 1e6:.2f} s", flush=True)
        else:
            expect_promise(name, took)


def all_ways(lab, *makes):
    side_by_side(lab, *((make, way) for make in makes for way in (
        cancel_lists, remove_during_list, list_in_time)))


def at(on, name):
    """A place to stall, for what is to be reported by that name."""
    def make(lab):
        return AtRequest(lab, on)
    make.name = name
    return make


@samba_case("a name server that does not answer")
def name_service(lab):
    all_ways(lab, NameService)


@samba_case("a host that does not answer to a SYN")
def black_hole(lab):
    all_ways(lab, BlackHole)


@samba_case("a server that stalls while a connection is made")
def connecting(lab):
    """Up to the pipe both labs are the same to a client that waits."""
    all_ways(lab, *(at(on, on) for on in (
        "NEGOTIATE", "SESSION_SETUP", "TREE_CONNECT", "CREATE")))


@tap.case("a server that stalls at the bind, and in a listing")
def calling(lab):
    all_ways(lab, at("BIND", "BIND"), at(ENUM, "NetrSessionEnum"))


@samba_case("an open that is cancelled in the log-on")
def cancelled_open(lab):
    took = []
    with stalled(lab, lambda lab: AtRequest(lab, "SESSION_SETUP"),
                 LONG) as (stall, canceller):
        for _ in range(TRIES):
            answer = in_stall(stall, canceller, "open", "cancel")
            expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
            tap.true("handle 0" in answer.text, repr(answer))
            canceller.expect_processes(0)
            took.append(answer.took)
            stall.release()
    expect_promise("cancel", took)


def two_clients(lab, number):
    """Of two users, at two addresses: neither is in the other's reach."""
    return [lab.client(user, f"127.0.{number}.{last}")
            for last, user in ((5, "alice"), (6, "bob"))]


def targets(clients):
    return " ".join(client.address for client in clients)


def expect_truth(canceller, clients, answer, sent, not_sent):
    """What was sent has ended, what was not has not, and each is named."""
    by_address = {item[3]: item[:3] for item in answer.items}
    tap.equal(sorted(by_address), sorted(one.address for one in clients))
    tap.equal(sorted(by_address.values()),
              sorted(sent + not_sent), repr(answer))
    for client in clients:
        wanted = "ended" if by_address[client.address][2] else "alive"
        tap.wait_until(lambda: client.session.state() == wanted,
                       f"{client.address} is {wanted}\n{answer}")
        client.close()


def end_closes(lab, make, command, number, sent, not_sent):
    """Close two clients, again and again, and end that at the stall."""
    with stalled(lab, make, LONG) as (stall, canceller):
        took = []
        for index in range(TRIES):
            clients = two_clients(lab, number + index)
            answer = in_stall(stall, canceller, f"close {targets(clients)}",
                              command)
            tap.equal(answer.complete, 1)
            canceller.expect_processes(0)
            stall.release()
            expect_truth(canceller, clients, answer, sent, not_sent)
            took.append(answer.took)
            if command == "remove-during":
                canceller.open()
            canceller.list()
    return command, took


def close_in_time(lab, make, number, sent, not_sent):
    with stalled(lab, make, SHORT_CLOSE) as (stall, canceller):
        tap.wait_until(lambda: lists(canceller), "it is connected", 60)
        clients = two_clients(lab, number)
        answer = in_stall(stall, canceller, f"close {targets(clients)}",
                          "wait 60000")
        # Of this step, of a connection that is made again, of the last look.
        tap.true(answer.took < (3 * SHORT_CLOSE + SLACK) * 1e6,
                 f"deadline: {answer}")
        stall.release()
        expect_truth(canceller, clients, answer, sent, not_sent)
    return "deadline", [answer.took]


# A server that does not answer is not asked for more.
LATE = [("SENT", "SMBMGMT_E_UNVERIFIED", 1)]
NOT_IN_TIME = [("FAILED", "SMBMGMT_E_TIMED_OUT", 0)]


@tap.case("a server that stalls in a close, and in the look after it")
def closing(lab):
    """InVerify is at the look after both closes."""
    def closes(command, *rest):
        return lambda lab, make: end_closes(lab, make, command, *rest)

    def in_time(*rest):
        return lambda lab, make: close_in_time(lab, make, *rest)

    side_by_side(
        lab,
        (InClose, closes("cancel", 10, [WAS_SENT], [NOT_SENT])),
        (InClose, closes("remove-during", 20, [WAS_SENT], [NOT_SENT])),
        (InClose, in_time(30, LATE, NOT_IN_TIME)),
        (InVerify, closes("cancel", 40, [WAS_SENT] * 2, [])),
        (InVerify, closes("remove-during", 50, [WAS_SENT] * 2, [])),
        (InVerify, in_time(60, LATE * 2, [])))


def windows_case(name):
    return tap.case(name) if ON_WINDOWS else lambda function: function


@windows_case("a server that stalls within an answer")
def fragment(lab):
    for way in (cancel_lists, remove_during_list, list_in_time):
        side_by_side(lab, (AtFragment, way))


@windows_case("what is still there is waited for")
def still_there(lab):
    """Nothing is in flight, and the end comes as quickly."""
    with stalled(lab, BetweenLooks, LONG) as (stall, canceller):
        for command in ("cancel", "remove-during"):
            took = []
            for index in range(TRIES):
                client = lab.client("alice", f"127.0.{80 + index}.5")
                answer = in_stall(stall, canceller, f"close {client.address}",
                                  command)
                tap.equal([item[:3] for item in answer.items], [WAS_SENT],
                          repr(answer))
                tap.equal(client.session.state(), "alive")
                took.append(answer.took)
                stall.release()
                client.close()
                if command == "remove-during":
                    canceller.open()
            expect_promise(command, took)


def stopped_in_list(lab):
    return StoppedServer(lab, ENUM)


@samba_case("an smbd that is stopped while it lists")
def stopped_list(lab):
    for way in (cancel_lists, remove_during_list, list_in_time):
        side_by_side(lab, (stopped_in_list, way))


@samba_case("an smbd that is stopped in a close")
def stopped_close(lab):
    """What it was sent it does when it goes on, or not; the rest never."""
    with stalled(lab, lambda lab: StoppedServer(lab, DEL),
                 LONG) as (stall, canceller):
        took = []
        for index in range(TRIES):
            clients = two_clients(lab, 70 + index)
            answer = in_stall(stall, canceller, f"close {targets(clients)}",
                              "cancel")
            tap.equal(sorted(item[:3] for item in answer.items),
                      [NOT_SENT, WAS_SENT])
            canceller.expect_processes(0)
            stall.release()
            for client in clients:
                if (*NOT_SENT, client.address) in answer.items:
                    tap.equal(client.session.state(), "alive")
                client.close()
            took.append(answer.took)
            canceller.list()
    expect_promise("cancel", took)


@samba_case("a connection's process that is stopped")
def stuck_child(lab):
    all_ways(lab, StoppedChild)


@samba_case("a fork server that is stopped, and for good")
def stuck_fork_server(lab):
    with Canceller(lab, f"{lab.host}:{lab.port}", LONG * 1000) as canceller:
        canceller.open()
        canceller.list()
        forker, = helpers(canceller.pid, "smbmgmt-helper")
        frozen(forker)
        tap.equal(canceller.code("remove"), "SMBMGMT_OK")
        canceller.open()
        took = []
        for _ in range(TRIES):
            canceller.start("list")
            answer = canceller.job("cancel")
            expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
            took.append(answer.took)
        expect_promise("cancel", took)
    tap.wait_until(lambda: not alive(forker), "it does not outlive its host")


@samba_case("a fork server that one gave up on, and the last who waits for it")
def retired_fork_server(lab):
    with Canceller(lab, f"{lab.host}:{lab.port}", LONG * 1000) as canceller:
        canceller.open()
        canceller.list()
        forker, = helpers(canceller.pid, "smbmgmt-helper")
        frozen(forker)
        tap.equal(canceller.code("remove"), "SMBMGMT_OK")
        canceller.open()
        canceller.start("list")
        canceller.code("swap")
        canceller.code(f"deadline {SHORT * 1000}")
        canceller.open()
        canceller.start("list")
        tap.equal(canceller.job("wait 60000").code, "SMBMGMT_E_TIMED_OUT")
        canceller.code("swap")
        answer = canceller.job("cancel")
        expect_end(answer, "SMBMGMT_E_CANCELLED", CANCELLED)
        tap.wait_until(lambda: not alive(forker), "it is killed")
        canceller.list()
        canceller.expect_processes(1)


if __name__ == "__main__":
    main()
