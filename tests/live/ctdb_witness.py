#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Does a listing that is called complete ever lack a live session?

    ctdb_witness.py [LISTINGS]        the check of docs/ctdb.md, on its own

Clients on all nodes read a file that they hold open, before and after each
listing: whoever could both times was there all along, and must be in it. In
between, the leader's ctdbd is killed in mid-listing, and comes back.

Tests of a lister of their own call judge() with it.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lab"))

from smblab import tap  # noqa: E402
from smblab.ctdb import CtdbLab, rows_of  # noqa: E402

# smbstatus gives up waiting for a node that hangs after so long, in silence.
TRAVERSE_SECONDS = 20
TOOL_SECONDS = "5"
AWAY = ("Disconnected", "Unknown", "Banned", "Stopped", "Inactive")


class Unsure(Exception):
    """Why a listing cannot be believed now."""


@dataclass(frozen=True)
class View:
    """What has to be the same before and after a listing."""

    nodes: tuple      # (number, what it is) of each node
    recovery: tuple   # when the last one ended, and how long it took
    vnnmap: tuple     # only looked at when a node is away


def ask(lab, node, *argv):
    try:
        done = lab.ctdb(node, "-T", TOOL_SECONDS, *argv, check=False,
                        timeout=15)
    except subprocess.TimeoutExpired as error:
        raise Unsure(f"ctdb {' '.join(argv)} hangs") from error
    # nodestatus exits with the flags it prints, so 1 may mean either.
    if done.stderr or not done.stdout:
        raise Unsure(done.stderr or "ctdb says nothing")
    return done.stdout.strip().splitlines()


def table(lines):
    """The output of ctdb -X: rows as dicts of the header's names."""
    header, *rows = [line.strip("|").split("|") for line in lines]
    if any(len(row) != len(header) for row in rows):
        raise Unsure(f"not a table: {lines}")
    return [dict(zip(header, row)) for row in rows]


def last_recovery(lab, node):
    """Ended when, and after how long; the latter is negative in one."""
    # What is in brackets is its age.
    found = [line.partition(":")[2].rpartition(")")[2].strip()
             for line in ask(lab, node, "uptime")
             if "last recovery/failover" in line]
    if len(found) != 2 or found[1].startswith("-"):
        raise Unsure(f"recovering: {found}")
    return tuple(found)


def vnnmap(lab, node):
    """The generation and who is master of records; takes up to a second."""
    lines = ask(lab, node, "status")
    if "Recovery mode:NORMAL (0)" not in lines:
        raise Unsure("recovering")
    return tuple(line for line in lines
                 if line.startswith(("Generation:", "hash:")))


def view(lab, node):
    """How node `node` sees the cluster; raises when it is not at rest."""
    nodes = table(ask(lab, node, "-X", "nodestatus", "all"))
    away = {row["Node"]: [name for name in AWAY if row[name] != "0"]
            for row in nodes}
    statistics, = table(ask(lab, node, "-X", "statistics")[:2])
    if statistics["recovering"] != "0" or statistics["frozen"] != "0":
        raise Unsure("recovering")
    recovery, masters = last_recovery(lab, node), ()
    if any(away.values()):
        masters = vnnmap(lab, node)
        for number, names in away.items():
            # Its smbds may live and serve clients that nobody lists.
            if names and not {"Disconnected", "Unknown"} & set(names):
                raise Unsure(f"node {number} is {names}")
            if names and any(line.endswith(f" lmaster:{number}")
                             for line in masters):
                raise Unsure(f"node {number} is {names}, not yet out")
    return View(tuple((number, tuple(names))
                      for number, names in away.items()), recovery, masters)


def listing(lab, node):
    """smbstatus on a node: its rows, and why they may be incomplete."""
    why, before = None, None
    try:
        before = view(lab, node)
    except Unsure as error:
        why = str(error)
    began = time.monotonic()
    try:
        done = lab.tool(node, "smbstatus", "--json", check=False,
                        timeout=TRAVERSE_SECONDS - 2)
        rows = rows_of(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError) as error:
        return [], why or f"smbstatus: {error!r}"
    if time.monotonic() - began >= TRAVERSE_SECONDS:
        why = why or "smbstatus waited for a node"
    try:
        if not why and view(lab, node) != before:
            why = "the cluster changed"
    except Unsure as error:
        why = str(error)
    return rows, why


class Witnesses:
    """Clients on all nodes, which come back when their node does."""

    def __init__(self, lab, each):
        self.lab = lab
        self.places = [(node.number, f"127.0.{node.number + 1}.{index + 1}")
                       for node in lab.nodes for index in range(each)]
        self.clients = {}

    def come(self, without=None):
        for place in self.places:
            if place not in self.clients and place[0] != without:
                client = self.lab.client("alice", place[1], place[0])
                client.smb.setTimeout(3)
                self.clients[place] = client

    def reading(self):
        """The ids of the sessions whose files read."""
        ids = set()
        for place, client in list(self.clients.items()):
            if client.alive():
                ids.add(client.session.id)
            else:
                # After one silence impacket's connection is of no use.
                client.close()
                self.lab.clients.remove(client)
                del self.clients[place]
        return ids


class Trouble:
    """Kill the leader's ctdbd at a random moment, and bring it back."""

    def __init__(self, lab):
        self.lab, self.killed, self.thread = lab, None, None

    def kill(self):
        """Gives the nodes that can still be asked."""
        self.killed = self.lab.leader()
        self.thread = threading.Thread(target=self._kill)
        self.thread.start()
        return [node.number for node in self.lab.nodes
                if node.number != self.killed]

    def _kill(self):
        time.sleep(random.uniform(0, 0.3))
        self.lab.kill_ctdbd(self.killed)

    def heal(self):
        self.thread.join()
        self.lab.start_node(self.killed)
        self.lab.wait_healthy()
        self.killed = None
        return [node.number for node in self.lab.nodes]


def judge(lab, lister, times=200, each=3, deaths=2):
    """Run the loop; lister(node) gives ids and why some may be lacking.

    The leader dies twice in it, or once.

    Gives how many listings were complete, how many of the others lacked a
    witness, and what the others said.
    """
    witnesses, trouble = Witnesses(lab, each), Trouble(lab)
    complete, short, reasons = 0, 0, {}
    asked = [node.number for node in lab.nodes]
    for turn in range(times):
        if turn in (times // 10, times * 6 // 10)[:deaths]:
            asked = trouble.kill()
        # Not for long: with a node away each listing takes two seconds.
        if turn in (times * 3 // 20, times * 13 // 20)[:deaths]:
            asked = trouble.heal()
        if turn % 10 == 0:
            witnesses.come(trouble.killed)
        before = witnesses.reading()
        # What a dead node hides differs by who is asked.
        ids, why = lister(asked[turn % len(asked)])
        missing = (before & witnesses.reading()) - set(ids)
        if why is None:
            complete += 1
            tap.equal(missing, set(), f"listing {turn} is complete, without")
        else:
            short += bool(missing)
            reasons[why] = reasons.get(why, 0) + 1
    return complete, short, reasons


def lister_of(lab):
    def lister(node):
        rows, why = listing(lab, node)
        return {row.id for row in rows}, why
    return lister


TIMES = 200


def believed(lab):
    complete, short, reasons = judge(lab, lister_of(lab), TIMES)
    tap.note(f"{complete} of {TIMES} complete; of the others {short} lacked "
             "a live session")
    for why, count in sorted(reasons.items()):
        tap.note(f"{count} times: {why}")
    tap.true(complete * 2 >= TIMES, f"only {complete} complete")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        TIMES = int(sys.argv.pop(1))
    tap.case("a complete listing has every session that was there all along")(
        believed)
    tap.main(CtdbLab)
