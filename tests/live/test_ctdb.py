#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Transport samba on lab 3: the sessions of all nodes, and when that is so.

LISTINGS in the environment is how long the loop is in which the leader dies:
with 200, which are for by hand, it dies twice.
"""

import contextlib
import os
import shutil
import subprocess
import time

from ctdb_witness import judge
from livetest import LIMIT, Result, TOOL, tap
from sambatest import Here
from smblab import CtdbLab, layout, tools

LISTINGS = int(os.environ.get("LISTINGS", "16"))
DEATHS = 2 if LISTINGS >= 100 else 1
USERS = ("alice", "bob", "carol")
UNSAFE = -67


def here(lab, node=0, folder=None):
    return Here(lab, folder or lab.tools(node), conf=lab.nodes[node].conf)


def command(lab, *argv, node=0, folder=None):
    """The command without a server: on a node."""
    began = time.monotonic()
    argv = (*argv, "-s", lab.nodes[node].conf,
            f"--samba-path={folder or lab.tools(node)}")
    done = subprocess.run([TOOL, *argv], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=LIMIT,
                          start_new_session=True)
    return Result(["smbmgmt", *argv], done.returncode, done.stdout,
                  done.stderr, time.monotonic() - began)


def one_on_each(lab):
    return [lab.client(user, f"127.0.0.{5 + node}", node, files=node + 1)
            for node, user in enumerate(USERS)]


def alive(clients):
    return [client.alive() for client in clients]


@contextlib.contextmanager
def other_ctdb(lab, text):
    """Node 0's tools with this script for ctdb, which has $REAL for it."""
    folder = lab.nodes[0].file("other")
    shutil.copytree(lab.tools(0), folder)
    tools.script(folder, "ctdb", f"REAL={lab.nodes[0].program('ctdb')}\n{text}")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@tap.case("the sessions of all nodes, from any, by name, number and address")
def lists(lab):
    clients = one_on_each(lab)
    wanted = {client.session.id: (user, f"node{node}", str(node),
                                  str(node + 1))
              for node, (client, user) in enumerate(zip(clients, USERS))}
    for asked in range(3):
        with here(lab, asked) as handle:
            sessions = handle.list()
            tap.equal(handle.code, "SMBMGMT_OK", handle.message)
            tap.equal({ident: (s["user"], s["node"], s["node_number"],
                               s["opens"]) for ident, s in sessions.items()},
                      wanted, f"asked on node {asked}")
    for name in ("node1", "NODE1", "1", lab.nodes[1].address):
        rows = command(lab, "list", f"--node={name}", "--json").json()
        tap.equal([(row["client_user_name"], row["cluster_node_name"],
                    row["node_number"]) for row in rows["sessions"]],
                  [("bob", "node1", 1)], f"--node={name}")
    for name in ("7", "node", "127.0.0.6"):
        command(lab, "list", f"--node={name}").expect(3, f"'{name}'")


@tap.case("an empty cluster has an empty list, and knows its nodes")
def empty(lab):
    command(lab, "list", "--json").expect(0)
    command(lab, "list", "--node=2").expect(3, "'ClusterNodeName'")


@tap.case("closes on each node, and nowhere else")
def closes(lab):
    clients = one_on_each(lab)
    others = [lab.client("admin", f"127.0.0.{5 + node}", node)
              for node in range(3)]
    for node, name in ((2, "2"), (1, "node1"), (0, lab.nodes[0].address)):
        result = command(lab, "close", f"--node={name}",
                         f"--client-user={USERS[node]}", "--force", "--json")
        tap.equal((result.status, result.outcomes()),
                  (0, [("CLOSED", f"127.0.0.{5 + node}", USERS[node])]),
                  repr(result))
        tap.equal(alive(clients), [other < node for other in range(3)])
        tap.equal(alive(others), [True] * 3)
    command(lab, "close", "--node=1", "--force").expect(0)
    tap.equal(alive(others), [True, False, True])


@tap.case("one that is gone since it was listed: nothing is sent")
def gone(lab):
    bob = lab.client("bob", "127.0.0.6", 1)
    with here(lab) as handle:
        tap.equal(len(handle.list()), 1)
        bob.close()
        lab.wait_sessions(0)
        newer = lab.client("bob", "127.0.0.6", 1)
        tap.equal(handle.close("again 0"),
                  ("SMBMGMT_OK", ["ALREADY_GONE 127.0.0.6 bob"], []))
        tap.true(newer.alive(), "bob's next session")


# Once asked whether the smbd lives, the node is another.
TURNED = """\
out=$("$REAL" "$@"); code=$?
[ "$2" = nodestatus ] && [ -e "$0.on" ] && {
	echo "$out" | sed '/^|1|/s/|0|0|0|0|0|0|0|0|/|0|0|0|0|0|1|1|0|/'
	exit 32
}
# The third look is not for a listing.
[ "$1" = uptime ] && { [ -e "$0.one" ] && : >"$0.on"; : >"$0.one"; }
echo "$out"
exit $code
"""
SILENT = """\
[ "$3" = process-exists ] && { echo 'Node 1 has status BANNED' >&2; exit 1; }
exec "$REAL" "$@"
"""
ANOTHER = """\
[ "$3" = process-exists ] && set -- "$1" "$2" "$3" "$4" 1
exec "$REAL" "$@"
"""


@tap.case("a node that falls out after the listing is sent nothing")
def falls_out(lab):
    clients = one_on_each(lab)
    for script, words in ((TURNED, "is stopped"), (SILENT, "status BANNED")):
        with other_ctdb(lab, script) as folder:
            result = command(lab, "close", "--client-user=bob", "--force",
                             "--json", folder=folder)
        report, = result.json()["outcomes"]
        tap.equal((report["outcome"], report["code"], report["sent"]),
                  ("FAILED", UNSAFE, False), repr(result))
        tap.true(words in report["message"], repr(result))
        tap.equal(alive(clients), [True] * 3)
    # Nor is a process with another unique id.
    with other_ctdb(lab, ANOTHER) as folder, \
            Here(lab, folder, 3000, lab.nodes[0].conf) as handle:
        tap.equal(handle.close("close f bob")[1],
                  ["STILL_PRESENT 127.0.0.6 bob"])
    tap.equal(alive(clients), [True] * 3)


@tap.case("without ctdb, or one that says nothing: incomplete, with what is")
def no_ctdb(lab):
    one_on_each(lab)
    with other_ctdb(lab, "exit 1") as folder:
        with Here(lab, folder, 3000, lab.nodes[0].conf) as handle:
            tap.equal((len(handle.list()), handle.code),
                      (3, "SMBMGMT_E_INCOMPLETE"), handle.message)
            tap.true("exit status 1" in handle.message, handle.message)
        os.unlink(os.path.join(folder, "ctdb"))
        with here(lab, folder=folder) as handle:
            tap.equal((len(handle.list()), handle.code),
                      (3, "SMBMGMT_E_INCOMPLETE"), handle.message)
            tap.true("no ctdb" in handle.message, handle.message)
        # Nor testparm: then the sessions say that they are a cluster's.
        os.unlink(os.path.join(folder, "testparm"))
        with here(lab, folder=folder) as handle:
            tap.equal((len(handle.list()), handle.code),
                      (3, "SMBMGMT_E_INCOMPLETE"), handle.message)


@tap.case("a ctdb that hangs, or prints what is none of its")
def odd_ctdb(lab):
    lab.client("alice", "127.0.0.5")
    for script in ("exec sleep 60", "echo '|Node|'"):
        with other_ctdb(lab, script) as folder, \
                Here(lab, folder, 3000, lab.nodes[0].conf) as handle:
            began = time.monotonic()
            tap.equal((len(handle.list()), handle.code),
                      (1, "SMBMGMT_E_INCOMPLETE"), handle.message)
            tap.true(time.monotonic() - began < 30, "far over the deadline")


@tap.case("the leader dies: what is called complete lacks nobody")
def witnessed(lab):
    with contextlib.ExitStack() as stack:
        handles = [stack.enter_context(here(lab, node)) for node in range(3)]

        def lister(node):
            sessions = handles[node].list()
            if handles[node].code == "SMBMGMT_OK":
                return set(sessions), None
            return set(sessions), handles[node].message
        complete, short, reasons = judge(lab, lister, LISTINGS, deaths=DEATHS)
    tap.note(f"{complete} of {LISTINGS} complete; of the others {short} "
             "lacked a live session")
    for why, count in sorted(reasons.items()):
        tap.note(f"{count} times: {why}")
    tap.true(complete * 2 >= LISTINGS, f"only {complete} complete")


@tap.case("a stopped node: an answer in time that says so, and no close there")
def stopped(lab):
    """The last one, for the node does not come back."""
    one_on_each(lab)
    pid = next(row.pid for row in lab.sessions() if row.user == "carol")
    with here(lab) as handle:
        lab.stop_node(2)
        began = time.monotonic()
        handle.list()
        tap.true(time.monotonic() - began < 30, "within the deadline")
        tap.equal(handle.code, "SMBMGMT_E_INCOMPLETE")
        tap.true(f"Node 2 ({lab.nodes[2].address}) is stopped"
                 in handle.message, handle.message)
        code, outcomes, _ = handle.close("close f carol")
        tap.true(code != "SMBMGMT_E_NOT_FOUND", "carol may be there")
        tap.true(not any(line.startswith("CLOSED") for line in outcomes),
                 f"{code} {outcomes}")
    tap.true(os.path.exists(f"/proc/{pid}"), "her smbd")
    # It has no answer for a client that leaves.
    lab.kill_smbd(2, pid)


@contextlib.contextmanager
def without_sessions(lab):
    try:
        yield lab
    finally:
        lab.close_clients()
    lab.wait_sessions(0)


def main():
    if not shutil.which("ctdbd", path=layout.wrapper_env("/")["PATH"]):
        print("1..0 # SKIP ctdbd is not installed")
        return
    # One for all cases: it takes most of their time to come up.
    with CtdbLab() as lab:
        tap.main(lambda: without_sessions(lab))


if __name__ == "__main__":
    main()
