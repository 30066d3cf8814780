#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Transport samba on lab 1: what smbstatus says, and closes as planned."""

import datetime
import json
import os
import subprocess
import time

from impacket import ntlm, smb3structs, spnego

from livetest import TOOL, as_admin, main, tap, where
from sambatest import Here

DIALECTS = {"SMB2_02": "2.0.2", "SMB2_10": "2.1", "SMB3_00": "3.0",
            "SMB3_11": "3.1.1"}
DEGREES = ["none", "partial", "full", "anonymous"]
NTLM = "NTLMSSP - Microsoft NTLM Security Support Provider"
EPOCH = datetime.datetime.fromtimestamp(0, datetime.timezone.utc)


def milliseconds(text):
    """A time as smbstatus writes it, the way the library tells it."""
    return ((datetime.datetime.fromisoformat(text) - EPOCH)
            // datetime.timedelta(milliseconds=1))


def is_aged(status):
    """Samba 4.20 is the first to tell when a session was made."""
    return "creation_time" in next(iter(status["sessions"].values()))


def expected(status):
    """What the library is to say of smbstatus's own document."""
    sessions = {}
    for key, session in status["sessions"].items():
        server = session["server_id"]
        files = [(path, opened) for path, entry in status["open_files"].items()
                 for opened in entry["opens"].values()
                 if opened["server_id"] == server
                 and opened["uid"] == session["uid"]]
        sessions[key] = {
            "client": session["remote_machine"],
            "user": session["username"], "group": session["groupname"],
            "uid": str(session["uid"]), "gid": str(session["gid"]),
            "address": session["hostname"][5:].rpartition(":")[0],
            "dialect": DIALECTS[session["session_dialect"]],
            "cipher": session["encryption"]["cipher"].replace("-", "", 1)
            if session["encryption"]["degree"] == "none"
            else session["encryption"]["cipher"],
            "cipher_degree": str(DEGREES.index(
                session["encryption"]["degree"])),
            "signing_degree": str(DEGREES.index(session["signing"]["degree"])),
            "opens": str(len(files)), "in_progress": "0",
            "share": sorted({tree["service"]
                             for tree in status["tcons"].values()
                             if tree["session_id"] == key}),
            "file": sorted(path for path, _ in files),
        }
    return sessions


def told(sessions):
    """The same of what the library said."""
    for session in sessions.values():
        for name in ("handle", "signing", "guest", "encrypted"):
            session.pop(name, None)
        session["share"].sort()
        session["file"] = sorted(line.rsplit(" ", 2)[0]
                                 for line in session["file"])
    return sessions


@tap.case("the list is smbstatus's own: users, opens, shares, files")
def same_as_smbstatus(lab):
    alice = lab.client("alice", "127.0.0.5", files=3)
    alice.user_on_same_connection("bob", files=2)
    lab.client("carol", "127.0.0.6", sessions=2)
    lab.client("jürgen", "127.0.0.7", files=0)
    lab.client("bob", "127.0.0.8", dialect="3.0", encrypt=True)
    lab.client("carol", "127.0.0.9", dialect="3.1.1")
    with Here(lab) as here:
        sessions = here.list()
        tap.equal(here.code, "SMBMGMT_OK")
        status = lab.status()
        tap.equal(len(sessions), 7)
        for ident, session in sessions.items():
            aged = is_aged(status)
            tap.equal("age" in session, aged, "has an age")
            tap.true("idle" not in session, "idle is unknown")
            session.pop("age", None)
            tap.equal(session.pop("auth_time", None), str(milliseconds(
                status["sessions"][ident]["auth_time"])) if aged else None)
            for line in session["file"]:
                path, writes, opened = line.rsplit(" ", 2)
                tap.equal(writes, "1", path)
                tap.true(abs(int(opened) / 1000 - time.time()) < 300, line)
        tap.equal(told(sessions), expected(status))


@tap.case("encrypted, signed or neither: with what, and how much")
def protected(lab):
    lab.client("alice", "127.0.0.5")
    lab.client("bob", "127.0.0.6", dialect="3.0", encrypt=True)
    with Here(lab) as here:
        by_user = {s["user"]: s for s in here.list().values()}
        tap.equal((by_user["alice"]["encrypted"], by_user["alice"]["cipher"]),
                  ("0", ""))
        bob = by_user["bob"]
        tap.true(bob["cipher"].startswith("AES-128-"), repr(bob))
        # impacket encrypts all but the first of its requests.
        tap.equal(bob["encrypted"] == "1", bob["cipher_degree"] == "2")
        tap.true(bob["cipher_degree"] in "12", repr(bob))
        tap.equal(bob["guest"], "0")


@tap.case("a guest's session is listed under the guest account")
def guest(lab):
    lab.passwords["stranger"] = "whatever"
    lab.client("stranger", "127.0.0.5", share="IPC$", files=0)
    with Here(lab) as here:
        (session,) = here.list().values()
        (truth,) = lab.status()["sessions"].values()
        tap.equal(session["user"], truth["username"])
        anonymous = "anonymous" in (truth["signing"]["degree"],
                                    truth["encryption"]["degree"])
        # Without a key there is nothing that tells whose it is.
        tap.equal(session.get("guest"), "1" if anonymous else None)


def begin_logon(client):
    """The first half of one more logon, on the client's connection."""
    smb = client.smb
    client.state_of(None)
    blob = spnego.SPNEGO_NegTokenInit()
    blob["MechTypes"] = [spnego.TypesMech[NTLM]]
    blob["MechToken"] = ntlm.getNTLMSSPType1("LABCLIENT", "", True).getData()
    setup = smb3structs.SMB2SessionSetup()
    setup["SecurityMode"] = smb3structs.SMB2_NEGOTIATE_SIGNING_ENABLED
    setup["Flags"] = 0
    setup["SecurityBufferLength"] = len(blob.getData())
    setup["Buffer"] = blob.getData()
    packet = smb.SMB_PACKET()
    packet["Command"] = smb3structs.SMB2_SESSION_SETUP
    packet["Data"] = setup
    answer = smb.recvSMB(smb.sendSMB(packet))
    tap.equal(answer["Status"] & 0xFFFFFFFF, 0xC0000016, "more processing")


@tap.case("a logon in progress is marked, has no user, and is collateral")
def in_progress(lab):
    alice = lab.client("alice", "127.0.0.5")
    begin_logon(alice)
    with Here(lab) as here:
        sessions = sorted(here.list().values(),
                          key=lambda s: s["in_progress"])
        tap.equal([(s["in_progress"], s.get("user"), s.get("uid"))
                   for s in sessions],
                  [("0", "alice", "21001"), ("1", None, None)])
        tap.equal(here.close("close f (auth in progress)")[0],
                  "SMBMGMT_E_NOT_FOUND")
        tap.equal(here.close("close f alice")[1],
                  ["REFUSED_COLLATERAL 127.0.0.5 alice"])
        tap.equal(alice.states(), ["alive"])


@tap.case("one of several on a connection is refused, then closed with all")
def collateral(lab):
    alice = lab.client("alice", "127.0.0.5")
    alice.user_on_same_connection("bob")
    elsewhere = lab.client("alice", "127.0.0.6")
    with Here(lab) as here:
        tap.equal(here.close("close f bob"),
                  ("SMBMGMT_E_REFUSED_COLLATERAL",
                   ["REFUSED_COLLATERAL 127.0.0.5 bob"], ["alice -1"]))
        tap.equal(alice.states(), ["alive"] * 2)
        tap.equal(here.close("close wc bob"),
                  ("SMBMGMT_OK", ["WOULD_CLOSE 127.0.0.5 bob"], ["alice -1"]))
        tap.equal(alice.states(), ["alive"] * 2)
        tap.equal(here.close("close fc bob"),
                  ("SMBMGMT_OK", ["CLOSED 127.0.0.5 bob"], ["alice 1"]))
        tap.equal(alice.states(), ["ended"] * 2)
        tap.true(elsewhere.alive(), "another smbd's session of alice")
        tap.equal(len(here.list()), 1)


@tap.case("all of one user, each on a connection of its own")
def several(lab):
    mine = [lab.client("alice", f"127.0.0.{i}") for i in (5, 6, 7)]
    bob = lab.client("bob", "127.0.0.5")
    with Here(lab) as here:
        tap.equal(here.close("close f alice")[:2],
                  ("SMBMGMT_OK",
                   [f"CLOSED 127.0.0.{i} alice" for i in (5, 6, 7)]))
    tap.equal([client.states() for client in mine], [["ended"]] * 3)
    tap.true(bob.alive(), "bob on the address that alice had too")


@tap.case("a session that has gone since it was listed: nothing is sent")
def gone_since(lab):
    alice = lab.client("alice", "127.0.0.5")
    with Here(lab) as here:
        tap.equal(len(here.list()), 1)
        alice.close()
        lab.wait_sessions(0)
        newer = lab.client("alice", "127.0.0.5")
        tap.equal(here.close("again 0"),
                  ("SMBMGMT_OK", ["ALREADY_GONE 127.0.0.5 alice"], []))
        tap.true(newer.alive(), "alice's next session")
        tap.equal(len(here.list()), 1)
        tap.equal(here.close("again 0"),
                  ("SMBMGMT_OK", ["CLOSED 127.0.0.5 alice"], []))
        tap.true(not newer.alive(), "ended")


def left_over(lab):
    """What smbstatus finds without looking whether processes live."""
    done = lab.tool("smbstatus", "-s", lab.conf, "-f", "--json")
    status = json.loads(done.stdout)
    return (len(status["sessions"]), len(status["tcons"]),
            len(status.get("open_files", {})))


def end_by(lab, how):
    """End alice's smbd: what is left, and whether her last file is."""
    alice = lab.client("alice", "127.0.0.5", files=2)
    smb, session = alice.smb, alice.session
    handle = smb.create(
        session.tree, "goes.txt",
        smb3structs.FILE_READ_DATA | smb3structs.DELETE, 7,
        smb3structs.FILE_DELETE_ON_CLOSE, smb3structs.FILE_OPEN_IF, 0)
    tap.true(handle, "a handle")
    pid = lab.row(session).pid
    tap.equal(left_over(lab), (1, 1, 3), "there before")
    how(pid)
    tap.wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "its end")
    alice.close()
    return left_over(lab), os.path.exists(lab.file("share", "goes.txt"))


@tap.case("a close leaves no record and no file behind, as smbcontrol's does")
def clean(lab):
    def with_smbcontrol(pid):
        lab.tool("smbcontrol", "-s", lab.conf, str(pid), "shutdown")

    def with_close(_):
        with Here(lab) as here:
            tap.equal(here.close("close f alice")[0], "SMBMGMT_OK")

    wanted = ((0, 0, 0), False)
    tap.equal(end_by(lab, with_smbcontrol), wanted, "smbcontrol")
    tap.equal(end_by(lab, with_close), wanted, "close")


@tap.case("seen through srvsvc too: the same client, user, opens and age")
def both_ways(lab):
    lab.client("alice", "127.0.0.5", files=2)
    aged = is_aged(lab.status())
    if aged:
        # For ages that differ.
        time.sleep(3)
    lab.client("carol", "127.0.0.6").user_on_same_connection("bob")
    with Here(lab) as here:
        before = here.list()
        over_srvsvc = as_admin(lab, "list", "--json").expect(0)
        lab.wait_sessions(3)
        after = here.list()
    rows = sorted((s["client"], s["user"], int(s["opens"]))
                  for s in after.values())
    tap.equal(rows, over_srvsvc.rows())
    tap.equal(before.keys(), after.keys())
    ages = {entry["client_user_name"]: entry["seconds_exists"]
            for entry in over_srvsvc.json()["sessions"]}
    for ident, session in after.items():
        tap.equal("age" in session, aged, "has an age")
        if aged:
            age = ages[session["user"]]
            told = (before[ident]["age"], age, session["age"])
            print(f"# {session['user']}: seconds, srvsvc's in the middle:",
                  *told)
            tap.true(int(told[0]) - 2 <= age <= int(told[2]) + 2, repr(told))


def command(lab, *argv):
    """The command, told where the lab's Samba is."""
    return subprocess.run(
        [TOOL, "-s", lab.conf, "--samba-path", lab.tools(), *argv],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        start_new_session=True)


@tap.case("one command asks this machine and, over srvsvc, another")
def both_at_once(lab):
    lab.client("alice", "127.0.0.5", files=2)
    done = command(lab, "-S", "samba:", *where(lab), "--carrier=auto", "list",
                   "--client-user=alice", "--json")
    tap.equal((done.returncode, done.stderr), (0, ""))
    sessions = json.loads(done.stdout)["sessions"]
    tap.equal([(s["transport"], s["client_user_name"], s["num_opens"],
                s["session_id_derived"], len(s.get("open_files", [])))
               for s in sessions],
              [("samba", "alice", 2, False, 2), ("srvsvc", "alice", 2, True, 0)])
    # A port is no other server's, and here nobody has a use for it.
    done = command(lab, "--port=445", "list")
    tap.equal((done.returncode, done.stdout), (2, ""))
    tap.true("SMBMGMT_E_INVALID" in done.stderr, done.stderr)


@tap.case("rows of a file are of this machine however it is named")
def from_rows(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    kept = lab.file("log", "kept.json")
    with open(kept, "w", encoding="utf-8") as stream:
        stream.write(command(lab, "-S", "SAMBA:", "list", "--client-user=alice",
                             "--json").stdout)
    done = command(lab, "-S", "samba:", "close", "--from", kept, "--force")
    tap.equal((done.returncode, done.stderr), (0, ""))
    tap.equal((alice.states(), bob.states()), (["ended"], ["alive"]))


@tap.case("a filter on nodes, where there is no cluster, is refused")
def no_node(lab):
    alice = lab.client("alice", "127.0.0.5")
    done = command(lab, "close", "--node=0", "--force")
    tap.true(done.returncode == 1, repr(done))
    tap.true(alice.alive(), "alice")
    tap.true("SMBMGMT_E_NOT_SUPPORTED" in done.stderr, repr(done))


if __name__ == "__main__":
    main("map to guest = bad user")
