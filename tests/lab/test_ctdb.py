#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 3 proves itself, and what docs/ctdb.md says of a cluster."""

import os
import subprocess
import sys
import time

from smblab import CtdbLab, procs, tap

HERE = os.path.dirname(os.path.abspath(__file__))

# A lab that its test does not live to take down.
ORPHAN = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from smblab import ctdb, ctdbnodes
def prepared(*arguments):
    nodes = prepare(*arguments)
    for node in nodes:
        node.start_ctdbd()
    print(nodes[0].lab, *(node.id for node in nodes), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
prepare, ctdbnodes.prepare = ctdbnodes.prepare, prepared
with ctdb.CtdbLab():
    pass
"""


def places(rows):
    return [(row.node, row.user, row.address, row.opens) for row in rows]


def a_client_on_each(lab):
    return [lab.client(user, f"127.0.0.{5 + node}", node, files=node + 1)
            for node, user in enumerate(("alice", "bob", "carol"))]


def gone(pid):
    return not procs.running(pid)


def closes_across_nodes(lab, clients):
    rows = lab.sessions()
    pid = next(row.pid for row in rows if row.node == 2)
    unique = next(row.unique_id for row in rows if row.node == 2)
    exists = ("-n", "2", "process-exists", str(pid))
    tap.equal(lab.ctdb(0, *exists, unique).returncode, 0)
    tap.equal(lab.ctdb(0, *exists, str(int(unique) ^ 1),
                       check=False).returncode, 1, "another unique id")
    lab.tool(0, "smbcontrol", f"2:{pid}", "shutdown")
    tap.wait_until(lambda: gone(pid), "the smbd of node 2 ends")
    tap.equal(places(lab.wait_sessions(2)), places(rows)[:2])
    tap.equal([client.alive() for client in clients], [True, True, False])
    tap.equal(lab.ctdb(0, *exists, unique, check=False).returncode, 1)


def a_node_dies(lab):
    """The leader's ctdbd takes its smbd with it; the others go on."""
    clients = a_client_on_each(lab)
    leader = lab.leader()
    asked = (leader + 1) % 3
    smbd = clients[leader].session.id
    pid = next(row.pid for row in lab.sessions() if row.id == smbd)
    lab.kill_ctdbd(leader)
    tap.wait_until(lambda: gone(pid), "its smbds end")
    tap.equal([client.alive() for client in clients],
              [node != leader for node in range(3)])
    tap.wait_until(lambda: lab.leader(asked) not in (None, leader),
                   "another leader", 60)
    lab.start_node(leader)
    lab.wait_healthy()
    clients[leader] = lab.client("alice", "127.0.0.9", leader)
    tap.equal({row.id for row in lab.sessions(asked=asked)},
              {client.session.id for client in clients})


@tap.case("one cluster: seen, closed and broken from any node")
def cluster():
    began = time.monotonic()
    with CtdbLab() as lab:
        tap.note(f"up after {time.monotonic() - began:.1f} s")
        clients = a_client_on_each(lab)
        for asked in range(3):
            tap.equal(places(lab.sessions(asked=asked)), [
                (0, "alice", "127.0.0.5", 1), (1, "bob", "127.0.0.6", 2),
                (2, "carol", "127.0.0.7", 3)])
        closes_across_nodes(lab, clients)
        lab.close_clients()
        lab.wait_sessions(0)
        a_node_dies(lab)
        directory, nodes = lab.directory, lab.nodes
    tap.true(not os.path.exists(directory), "its directory is gone")
    tap.equal([pid for node in nodes for pid in node.pids()], [])


@tap.case("a lab whose test was killed takes itself down")
def orphan():
    done = subprocess.run(
        [sys.executable, "-B", "-c", ORPHAN, HERE], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120)
    directory, *ids = done.stdout.split()
    tap.equal(len(ids), 3, "nodes that were started")
    tap.wait_until(lambda: not os.path.exists(directory),
                   "its directory goes", 60)
    tap.equal([pid for ident in ids for pid in procs.marked(ident)], [])


if __name__ == "__main__":
    tap.main()
