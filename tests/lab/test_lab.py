#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The lab proves itself: what other tests take for granted."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

from smblab import Deadend, LabError, SambaLab, closed_port, procs, tap

HERE = os.path.dirname(os.path.abspath(__file__))
ENUM = 'netsessenum "" "" 1'
ENUM_OPNUM, DEL_OPNUM = 12, 13


def delete(client, user):
    return f"netsessdel {client} {user}"


def users(rows):
    return sorted((row.user, row.address, row.opens) for row in rows)


def script(*arguments, check=True):
    """samba.sh without a terminal, as a service or a CI job runs it."""
    done = subprocess.run(
        [os.path.join(HERE, "samba.sh"), *arguments], text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
        start_new_session=True)
    if check and done.returncode:
        raise AssertionError(done.stderr)
    return done


@tap.case("sessions, addresses and opens show in smbstatus")
def shows(_):
    with SambaLab() as lab:
        alice = lab.client("alice", "127.0.0.5", files=2)
        lab.client("bob", "127.0.0.6", files=3)
        tap.equal(users(lab.sessions()), [("alice", "127.0.0.5", 2),
                                          ("bob", "127.0.0.6", 3)])
        row = lab.row(alice.session)
        tap.equal((row.user, row.port), ("alice", alice.source_port))
        tap.true(alice.alive(), "alice's handles read")


@tap.case("who may list, and why the others may not even log on")
def rights(lab):
    for user, answer in (
            ("admin", "Received 1 entries"), ("root", "Received 1 entries"),
            ("lister", "Received 1 entries"),
            ("nobodyrights", "WERR_ACCESS_DENIED"),
            ("disabled", "NT_STATUS_ACCOUNT_DISABLED"),
            ("locked", "NT_STATUS_ACCOUNT_LOCKED_OUT")):
        done = lab.rpcclient(user, ENUM)
        tap.true(answer in done.stdout + done.stderr,
                 f"{user}: {done.stdout + done.stderr}")
        lab.wait_sessions(0)


@tap.case("a close ends alice's handle and leaves bob's")
def closes(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.5")
    before = lab.row(bob.session)
    done = lab.rpcclient("lister", delete("127.0.0.5", "alice"))
    tap.true("WERR_ACCESS_DENIED" in done.stdout + done.stderr,
             "lister may not close")
    tap.true(alice.alive(), "alice lives after lister's try")
    for user in ("admin", "root"):
        done = lab.rpcclient(user, delete("127.0.0.5", "alice"))
        tap.equal(done.returncode, 0, done.stdout + done.stderr)
        rows = lab.wait_sessions(lambda rows: not any(
            row.user == "alice" for row in rows))
        tap.equal([row.id for row in rows if row.user == "bob"],
                  [before.id])
        tap.equal(alice.session.state(), "ended")
        tap.true(bob.alive(), "bob's handle reads")
        tap.equal(lab.row(bob.session), before)
        alice = lab.client("alice", "127.0.0.5")


@tap.case("two users share one connection, and one close ends both")
def shared_connection(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    bob = alice.user_on_same_connection("bob")
    carol = lab.client("carol", "127.0.0.6")
    rows = lab.sessions(address="127.0.0.5")
    tap.equal(users(rows), [("alice", "127.0.0.5", 2),
                            ("bob", "127.0.0.5", 1)])
    tap.equal(len({row.pid for row in rows}), 1, "smbds")
    tap.equal((alice.states(), carol.alive()), (["alive"] * 2, True))
    lab.rpcclient("admin", delete("127.0.0.5", "alice"))
    lab.wait_sessions(lambda rows: len(rows) == 1)
    tap.equal((alice.states(), bob.alive()), (["ended"] * 2, False))
    tap.true(carol.alive(), "carol's handle reads")


@tap.case("a logged off session goes alone")
def logs_off(lab):
    alice = lab.client("alice")
    bob = alice.user_on_same_connection("bob")
    bob.close()
    lab.wait_sessions(1)
    tap.true(alice.alive(), "alice's handle reads")
    tap.equal(bob.state(), "ended")


@tap.case("every dialect, signed and encrypted, with two users")
def dialects(_):
    with SambaLab(["server signing = mandatory"]) as lab:
        for dialect in ("2.0.2", "2.1", "3.0", "3.1.1"):
            client = lab.client("alice", dialect=dialect)
            client.user_on_same_connection("bob")
            tap.equal(client.states(), ["alive"] * 2, dialect)
    with SambaLab(["server smb encrypt = required"]) as lab:
        for dialect in ("3.0", "3.1.1"):
            client = lab.client("alice", dialect=dialect, encrypt=True)
            client.user_on_same_connection("bob")
            tap.equal(client.states(), ["alive"] * 2, dialect)
        tap.equal({row.encryption for row in lab.sessions()}, {"full"})


@tap.case("301 sessions of one user and client")
def many(lab):
    client = lab.client("carol", "127.0.0.9", sessions=301, files=0)
    rows = lab.sessions()
    tap.equal(len(rows), 301)
    tap.equal({(row.user, row.address) for row in rows},
              {("carol", "127.0.0.9")})
    done = lab.rpcclient("admin", ENUM)
    tap.true("Received 302 entries" in done.stdout, done.stdout)
    tap.true(client.alive(), "all sessions answer")


@tap.case("a client that logs on again by itself")
def reconnects(lab):
    alice = lab.client("alice", "127.0.0.5", reconnect=True)
    old = alice.session
    for count in (1, 2):
        lab.rpcclient("admin", delete("127.0.0.5", "alice"))
        tap.wait_until(lambda: alice.reconnects == count, "back again")
        tap.true(alice.alive(), "the new handle reads")
    tap.equal(old.state(), "ended")
    tap.true(lab.row(old) is None, "the old session is gone")


@tap.case("a relay gives an address and counts calls by opnum")
def relay_counts(lab):
    relay = lab.relay("127.0.0.7")
    alice = lab.client("alice", port=relay.port)
    tap.equal(lab.row(alice.session).address, "127.0.0.7")
    counts = relay.counts(reset=True)
    tap.equal((counts["connections"], counts["requests"]["SESSION_SETUP"],
               counts["requests"]["CREATE"], counts["opnums"]),
              (1, 2, 1, {}))
    tap.true(alice.alive(), "alice reads through the relay")
    tap.equal(relay.counts(reset=True)["requests"], {"READ": 1})
    done = subprocess.run(
        lab.rpcclient_argv("admin", ";".join(
            (ENUM, ENUM, delete("127.0.0.7", "bob"))), relay.port),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    tap.equal(relay.opnums(), {ENUM_OPNUM: 2, DEL_OPNUM: 1}, done.stdout)


@tap.case("a relay delays, pauses, cuts and refuses")
def relay_modes(lab):
    relay = lab.relay("127.0.0.7")
    alice = lab.client("alice", port=relay.port)
    bob = lab.client("bob")
    relay.delay(100)
    began = time.monotonic()
    tap.true(alice.alive(), "alice reads slowly")
    tap.true(time.monotonic() - began >= 0.2, "100 ms each way")
    relay.delay(0)
    relay.pause()
    alice.smb.setTimeout(0.5)
    tap.equal(alice.session.state(), "silent")
    relay.resume()
    tap.true(alice.alive(), "alice reads after the pause")
    relay.cut()
    tap.equal(alice.session.state(), "ended")
    relay.refuse()
    try:
        lab.client("alice", port=relay.port)
    except Exception as error:  # impacket's kinds of "hung up" are many
        tap.note(f"refused: {error}")
    else:
        raise AssertionError("a refusing relay let alice in")
    relay.refuse(False)
    lab.client("alice", port=relay.port)
    tap.true(bob.alive(), "bob was not on the relay")


@tap.case("a trap springs at the close that was asked for")
def relay_trap(lab):
    relay = lab.relay("127.0.0.7")
    for action, when, stays in (("cut", "before", True),
                                ("pause", "after", False)):
        alice = lab.client("alice", "127.0.0.5")
        relay.trap(DEL_OPNUM, action, when)
        process = subprocess.Popen(
            lab.rpcclient_argv("admin", delete("127.0.0.5", "alice"),
                               relay.port), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with process:
            tap.true(relay.wait_trap(), f"{action} {when} was sprung")
            if not stays:
                tap.wait_until(lambda: lab.row(alice.session) is None,
                               "the close arrived")
            process.kill()
        relay.resume()
        tap.equal(alice.alive(), stays, f"{action} {when}: alice")


@tap.case("an smbd killed, stopped and continued; a server restarted")
def server_ends(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    pid = lab.row(alice.session).pid
    lab.stop_smbd(pid)
    alice.smb.setTimeout(0.5)
    tap.equal(alice.session.state(), "silent")
    lab.cont_smbd(pid)
    tap.true(alice.alive(), "alice reads after the stop")
    lab.kill_smbd(pid)
    tap.equal(alice.session.state(), "ended")
    tap.true(bob.alive(), "bob's smbd is another")
    with contextlib.suppress(LabError):
        lab.kill_smbd(os.getppid())
        raise AssertionError("a foreign process was signalled")
    lab.restart()
    tap.equal(bob.session.state(), "ended")
    tap.true(lab.client("bob").alive(), "bob is back")


@tap.case("dead ends: silent, partial, garbage, hung up, closed")
def dead_ends(lab):
    for mode, expected in (("silent", b""), ("partial", b"\xfeSMB"),
                           ("garbage", b"\x00\x01\x02\x03"),
                           ("hangup", None)):
        with Deadend(mode) as dead, socket.create_connection(
                (dead.host, dead.port), 5) as client:
            client.settimeout(0.3)
            client.sendall(b"\0\0\0\4ping")
            try:
                got = client.recv(4096)[4:8] or None
            except TimeoutError:
                got = b""
            tap.equal((got, dead.accepted()), (expected, 1), mode)
    with closed_port() as port:
        tap.true(socket.socket().connect_ex((lab.host, port)), "refused")


@tap.case("samba.sh: up, clients in the background, down, twice")
def shell(_):
    with tempfile.TemporaryDirectory(prefix="smblab.") as parent:
        os.chmod(parent, 0o711)
        place = os.path.join(parent, "a lab")
        tap.equal(script("down", place).returncode, 0)
        for _ in range(2):
            first = script("up", place).stdout
            tap.equal(script("up", place).stdout, first, "up when up")
            lab_id = re.search("^LAB_ID=(.*)$", first, re.M).group(1)
            script("client", place, "alice", "bob", "--address",
                   "127.0.0.5")
            script("client", place, "carol", "--files", "2")
            tap.true(script("client", place, "carol",
                            check=False).returncode, "one name, one client")
            rows = json.loads(script("status", place).stdout)["sessions"]
            tap.equal(sorted(row["username"] for row in rows.values()),
                      ["alice", "bob", "carol"])
            tap.equal(script("ask", place, "alice").stdout,
                      "alice alive\nbob alive\n")
            tap.true(procs.marked(lab_id), "processes are found")
            script("down", place)
            tap.equal(procs.marked(lab_id), [])
            script("down", place)
        tap.equal(os.listdir(parent), ["a lab"])
        script("down", place, "--purge")
        tap.equal(os.listdir(parent), [])


@tap.case("down after a crash of the listening smbd")
def crash(_):
    with SambaLab() as lab:
        alice = lab.client("alice")
        lab.rpcclient("admin", ENUM)
        lab.kill_smbd(lab.smbd_pid)
        tap.true(lab.pids(), "children outlive it")
        script("down", lab.directory)
        tap.equal(lab.pids(), [])
        tap.equal(alice.session.state(), "ended")
        tap.equal([name for name in os.listdir(lab.file("run"))
                   if name.endswith(".pid")], [])


@tap.case("down when the test is killed")
def killed(_):
    with subprocess.Popen(
            [sys.executable, "-B", "-c", "import smblab, time\n"
             "with smblab.SambaLab() as lab:\n"
             "    alice = lab.client('alice')\n"
             "    print(lab.id, lab.directory, flush=True)\n"
             "    time.sleep(60)\n"], cwd=HERE, text=True,
            stdout=subprocess.PIPE) as process:
        lab_id, directory = process.stdout.readline().split()
        tap.true(procs.marked(lab_id), "up")
        process.kill()
    tap.wait_until(lambda: not procs.marked(lab_id)
                   and not os.path.exists(directory), "down")


@tap.case("nothing but a lab is ever cleared, bad settings are refused")
def refuses(_):
    with tempfile.TemporaryDirectory(prefix="smblab.") as place:
        precious = os.path.join(place, "log")
        os.mkdir(precious)
        tap.true(script("up", place, check=False).returncode, "not empty")
        script("down", place, "--purge")
        tap.true(os.path.isdir(precious), "what was there stays")
    with contextlib.suppress(LabError):
        with SambaLab(["server min protocol = NOPE"]):
            raise AssertionError("a bad setting was taken")


def foreign_files(lab):
    """What the lab's processes hold open of the machine's own Samba."""
    names = set()
    for pid in lab.pids():
        # Workers come and go, and so do their files.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for entry in os.scandir(f"/proc/{pid}/fd"):
                names.add(os.readlink(entry.path))
    tap.true(any(name.startswith(lab.directory) for name in names),
             "the lab's own files are seen")
    return {name for name in names if name.startswith((
        "/etc/samba", "/var/lib/samba", "/var/cache/samba", "/run/samba"))}


@tap.case("labs beside each other, and nothing outside their folders")
def beside(_):
    with SambaLab() as one, SambaLab() as two:
        tap.true(one.port != two.port, "ports differ")
        alice = one.client("alice")
        bob = two.client("bob")
        one.rpcclient("admin", ENUM)
        tap.equal(foreign_files(one), set())
        one.stop_server()
        tap.equal((alice.alive(), bob.alive()), (False, True))
        folders = (one.directory, two.directory)
    tap.equal([os.path.exists(folder) for folder in folders], [False] * 2)


@contextlib.contextmanager
def cleared():
    """One lab for all cases; each starts without sessions."""
    LAB.close_clients()
    LAB.wait_sessions(0)
    yield LAB


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    with SambaLab() as LAB:
        tap.main(cleared)
