#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Chaos: a busy host, and everything around it falls down.

    chaos.py TOOL SCHEMA HOST [--seed N] [--seconds N] [CASE...]

HOST (chaos.c) lists, plans, closes, opens, removes, cancels and forks in
several threads while its helper's processes, the servers' and the network
between them are killed, stopped and cut, all as the seed says, which is
printed. What came of it is judged by others: clients that read through the
files they hold open, the servers' own tables, the audit. Ten minutes of it:

    sudo meson compile -C BUILD soak
"""

import argparse
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

from livetest import AGED, DRIVER, Process, SambaLab, helpers, lab2, tap  # noqa: E402,E501
from smblab import Deadend, closed_port  # noqa: E402

from havoc import Havoc  # noqa: E402
from people import Bystander, Victim  # noqa: E402

VICTIM = "alice"
# Only a hang reaches it.
PATIENCE = 200


class Run:
    """One run, and all that is known of it afterwards."""

    def __init__(self, stack, seed, seconds):
        self.stack, self.seed, self.seconds = stack, seed, seconds
        self.labs = [stack.enter_context(lab) for lab in (
            SambaLab(), SambaLab(), lab2(client_prefix=""))]
        self.victims = {address: Victim(lab, VICTIM, address)
                        for lab, address in self._places(2, 3)}
        # The second lab has none: it may end as a whole.
        peopled = (self.labs[0], self.labs[2])
        self.bystanders = [
            Bystander(lab, user, address)
            for lab, address in self._places(21, 22) if lab in peopled
            for user in ("bob", "carol")]
        # On Samba, closing this victim would end another user's session.
        self.shared = Bystander(self.labs[0], "carol", "127.1.0.9", [VICTIM])
        self.bystanders.append(self.shared)
        self.relays = [lab.relay() for lab in self.labs]
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        self.audit = os.path.join(directory, "audit.jsonl")

    def _places(self, *hosts):
        return [(lab, f"127.1.{number}.{host}")
                for number, lab in enumerate(self.labs) for host in hosts]

    def _argv(self):
        silent = self.stack.enter_context(Deadend())
        refusing = self.stack.enter_context(closed_port())
        servers = []
        for lab, relay in zip(self.labs, self.relays):
            servers += [f"{relay.host}:{relay.port}", lab.auth_file("admin")]
        for port in (silent.port, refusing):
            servers += [f"~127.0.0.1:{port}", self.labs[0].auth_file("admin")]
        return [DRIVER, str(self.seed), str(self.seconds), VICTIM, self.audit,
                ",".join(self.victims), *servers]

    def go(self):
        people = [*self.victims.values(), *self.bystanders]
        for person in people:
            person.start()
            self.stack.callback(person.finish)
        self.host = Process(self._argv())
        self.stack.callback(self._end_host)
        havoc = Havoc(random.Random(self.seed), self.host.pid, self.labs[:2],
                      self.labs[1], self.relays, VICTIM,
                      set().union(*(one.ids for one in self.bystanders)))
        havoc.start()
        try:
            self._wait_for("quiet")
        finally:
            havoc.finish()
        self.havoc = havoc
        for victim in self.victims.values():
            for ids, until in havoc.held:
                victim.held(ids, until)
        self._gather()
        self.host.send("the end")
        self._wait_for("end")

    def _end_host(self):
        """Its status: 0 only if neither it nor a sanitizer found anything."""
        self.host.process.stdin.close()
        try:
            return self.host.process.wait(PATIENCE)
        finally:
            self.host.process.kill()

    def _wait_for(self, line):
        while f"\n{line}\n" not in f"\n{self.host.out}":
            if not self.host.read_some(PATIENCE):
                raise AssertionError(f"an early end of {self.tail()}")

    def _gather(self):
        """Everyone is back, for long enough to be told from who comes back."""
        def settled():
            now = time.monotonic()
            return all(victim.lives and victim.lives[-1].began < now - AGED
                       and victim.lives[-1].seen > now - 1
                       for victim in self.victims.values())
        tap.wait_until(settled, "the victims are back", 60)
        for victim in self.victims.values():
            victim.stay_out.set()

    def lines(self, kind):
        """What the host said of a kind, without that word."""
        return [words[1:] for words in map(str.split,
                                           self.host.out.splitlines())
                if words and words[0] == kind]

    def tail(self):
        said = "\n".join(self.host.out.splitlines()[-30:])
        return f"the host:\n{said}\n{self.host.err}"

    def tallies(self):
        return {name: int(number) for name, number in self.lines("tally")}


run = None


def lies(claims):
    """Claims that a session is gone, of one that was read from later on."""
    for outcome, server, client, user, begin, end in claims:
        victim = run.victims.get(client)
        if victim is None or user != victim.user:
            yield f"{outcome} of {user} from {client} on {server}"
            continue
        life = victim.had(int(begin) / 1000, int(end) / 1000)
        if life:
            yield f"{outcome} of {victim} at {begin} to {end}: {life}"


def complaints():
    return [text for one in run.bystanders for text in one.complaints()]


@tap.case("the host lives, and its jobs complete once each")
def lives():
    tallies = run.tallies()
    tap.note(tallies)
    tap.note({name: int(number) for name, number in run.lines("code")})
    tap.note(dict(run.havoc.done))
    tap.equal([" ".join(words) for words in run.lines("wrong")], [])
    tap.equal(tallies["jobs-complete"] + tallies["jobs-dropped"],
              tallies["jobs-started"])
    # A run in which nothing happens shows nothing.
    for name in ("jobs-complete", "handles-opened", "handles-removed",
                 "contexts-ended", "forks", "closed", "sent"):
        tap.true(tallies[name] > 0, name)
    tap.true(len(run.havoc.done) > 4, run.havoc.done)


@tap.case("no session ends that nobody selected")
def spared():
    tap.note(f"{sum(one.reads for one in run.bystanders)} reads")
    tap.equal(complaints(), [])


@tap.case("what is said to be gone is gone")
def gone():
    claims = run.lines("claim")
    tap.note(f"{len(claims)} claims, of "
             f"{sum(len(one.lives) for one in run.victims.values())} sessions, "
             f"{len(run.havoc.held)} held")
    tap.true(claims, "no claims")
    tap.equal(list(lies(claims)), [])


@tap.case("in the end each that is to end ends, and no other")
def final():
    outcomes = {client: outcome for outcome, _, client, _
                in run.lines("final")}
    tap.equal(run.lines("final-error"), [])
    tap.equal(outcomes, {
        **{client: "CLOSED" for client in run.victims},
        run.shared.address: "REFUSED_COLLATERAL"})
    for victim in run.victims.values():
        victim.join(30)
        tap.true(not victim.is_alive(), f"{victim} still reads")
        tap.equal(victim.lab.sessions(address=victim.address), [])


@tap.case("the audit has the victim's sessions, and an outcome to each")
def audited():
    sent, told = set(), Counter()
    with open(run.audit, encoding="utf-8") as stream:
        records = [json.loads(line) for line in stream]
    for record in records:
        if record["record"] == "outcome":
            told[record["operation"], record.get("handle_id"),
                 record["item"]] += 1
        for item in record.get("items", ()):
            tap.equal(item["session"]["client_user_name"], VICTIM)
            tap.true(item["session"]["client_computer_name"] in run.victims,
                     f"{item}")
            sent.add((record["operation"], record["handle_id"],
                          item["item"]))
    tap.note(f"{len(records)} records, {len(sent)} sent")
    tap.true(sent, "nothing was sent")
    tap.equal([key for key in sent if told[key] != 1], [])


@tap.case("nothing of it is left")
def left():
    for name in ("smbmgmt-conn", "smbmgmt-helper"):
        tap.wait_until(lambda name=name: not helpers(run.host.pid, name),
                       f"{name} is gone")
    status = run._end_host()
    run.host.drain()
    tap.equal((status, run.host.err), (0, ""))


@tap.case("control: a report that lies is found out")
def false_report():
    one = run.bystanders[0]
    now = int(time.monotonic() * 1000)
    tap.equal(len(list(lies([("CLOSED", "s", one.address, one.user, now,
                              now)]))), 1)
    victim = next(iter(run.victims.values()))
    life = max(victim.lives, key=lambda life: life.seen - life.began)
    claim = ("CLOSED", "s", victim.address, victim.user,
             int(life.began * 1000) + 1, int(life.seen * 1000) - 1)
    tap.equal(len(list(lies([claim]))), 1)


@tap.case("control: a bystander's session that ends is told of")
def control():
    for one in (run.bystanders[0], run.bystanders[-1]):
        tap.equal(list(one.complaints()), [])
        one.lab.rpcclient("admin", f"netsessdel {one.address} {one.user}")
        tap.wait_until(lambda one=one: one.failure, "the witness fails")
        found = list(one.complaints())
        tap.true(any("lost a session" in text for text in found), found)
        tap.true(any("has no session" in text for text in found), found)


def main():
    global run
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int,
                        default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    sys.argv[1:] = options.cases
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        return
    tap.note(f"--seed {options.seed} --seconds {options.seconds}")
    with contextlib.ExitStack() as stack:
        run = Run(stack, options.seed, options.seconds)
        run.go()
        tap.main()


if __name__ == "__main__":
    main()
