#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2 proves itself with clients that are not ours: the service.

rpcclient, smbclient, python3-samba and impacket log on, list and close; what
they understand is what MS-SRVS says.  test_winlab_*.py have the rest.
"""

import contextlib
import socket
import subprocess
import time

from smblab import tap, wintest
from smblab.peers import RawPipe, Srvsvc

ENUM = 12
PC = {"client": "\\\\PC1", "user": "dora", "opens": 3, "age": 500, "idle": 40,
      "flags": 3, "type": "Windows", "transport": "wire", "frozen": True}


def keys(rows):
    return sorted((row["client"], row["user"]) for row in rows)


def admin(lab, **options):
    return Srvsvc(lab.client("admin", files=0, **options))


@tap.case("rpcclient lists and closes, at every dialect, signed and encrypted")
def rpcclient(lab):
    protocols = ("SMB2_02", "SMB2_10", "SMB3_00", "SMB3_02", "SMB3_11")
    for protocol in protocols:
        for protection in ("sign", "encrypt")[:1 + ("SMB3" in protocol)]:
            lab.scripted([PC])
            lab.counts(reset=True)
            options = (f"--option=client max protocol={protocol}",
                       f"--client-protection={protection}")
            done = lab.rpcclient("admin", "netsessenum", *options)
            tap.true("Received 2 entries" in done.stdout,
                     f"{options}: {done.stdout}{done.stderr}")
            done = lab.rpcclient(
                "admin", r"netsessdel \\\\PC1 dora", *options)
            tap.equal((done.returncode, lab.scripted_rows()), (0, []),
                      f"{done.stdout}{lab.dels()}")
            counts = lab.counts()
            tap.equal(counts["encrypted"] > 0, protection == "encrypt")
            tap.equal(counts["errors"], 0)


@tap.case("signatures by each algorithm of 3.1.1, ciphers by each name")
def algorithms(lab):
    for number in (0, 1, 2):
        lab.set(signing_algorithms=[number], signing="required")
        done = lab.rpcclient("admin", "netsessenum")
        tap.true("Received 1 entries" in done.stdout, done.stdout)
    for number in (1, 2, 3, 4):
        lab.set(ciphers=[number], encrypt="required")
        done = lab.rpcclient("admin", "netsessenum", "--option="
                             "client smb3 encryption algorithms=aes-128-ccm,"
                             "aes-128-gcm,aes-256-ccm,aes-256-gcm")
        tap.true("Received 1 entries" in done.stdout, done.stdout)
    tap.true(lab.counts()["encrypted"], "encrypted")


@tap.case("what is required is required")
def required(lab):
    lab.set(signing="required")
    done = lab.rpcclient("admin", "netsessenum", "--client-protection=off")
    tap.true("Received 1 entries" in done.stdout, done.stdout)
    lab.set(encrypt="required", max_dialect="2.1")
    done = lab.rpcclient("admin", "netsessenum")
    tap.true("NT_STATUS_ACCESS_DENIED" in done.stdout + done.stderr,
             "2.1 cannot encrypt")
    lab.set(encrypt="off", max_dialect="3.1.1")
    done = lab.rpcclient("admin", "netsessenum",
                         "--client-protection=encrypt")
    tap.true(done.returncode, "nothing encrypts with a server that does not")
    lab.set(encrypt="desired", encrypt_ipc=True)
    lab.counts(reset=True)
    done = lab.rpcclient("admin", "netsessenum")
    tap.true("Received 1 entries" in done.stdout, done.stdout)
    tap.true(lab.counts()["encrypted"], "the share asks for it")


@tap.case("impacket decodes each level, at each of its dialects")
def levels(lab):
    lab.scripted([PC])
    told = {"client": "\\\\PC1", "user": "dora", "opens": 3, "time": 500,
            "idle": 40, "flags": 3, "type": "Windows", "transport": "wire"}
    members = {0: 1, 1: 6, 2: 7, 502: 8}
    for dialect in ("2.0.2", "2.1", "3.0", "3.1.1"):
        peer = admin(lab, dialect=dialect)
        for level in (502, 2, 1, 10, 0):
            answer = peer.enum(level)
            names = (list(told)[:members[level]] if level != 10
                     else ["client", "user", "time", "idle"])
            tap.equal((answer.code, answer.total, len(answer.rows)),
                      (0, 2, 2))
            tap.equal(answer.rows[1], {name: told[name] for name in names},
                      f"{dialect}, level {level}")
        lab.close_clients()
        lab.wait_sessions(0)


@tap.case("opens, age, idle time and address of real sessions; our own too")
def live_rows(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    time.sleep(2.1)
    bob = alice.user_on_same_connection("bob", files=1)
    tap.true(bob.alive(), "bob reads")
    rows = {row["user"]: row for row in admin(lab).enum().rows}
    tap.equal(sorted(rows), ["admin", "alice", "bob"])
    tap.equal([rows[user]["opens"] for user in ("alice", "bob", "admin")],
              [2, 1, 1])
    tap.equal(rows["alice"]["client"], "\\\\127.0.0.5")
    tap.true(rows["alice"]["time"] >= 2 and rows["alice"]["idle"] >= 2,
             f"alice waits: {rows['alice']}")
    tap.true(rows["alice"]["time"] - rows["bob"]["time"] >= 2,
             f"bob is newer: {rows}")
    lab.set(list_own=False)
    tap.equal(len(admin(lab).enum().rows), 3)


@tap.case("client names: bare, brackets, zone, IPv4 and IPv6")
def names(lab):
    lab.client("alice", "127.0.0.5", files=0)
    if lab.host6 is None:
        raise tap.Skip("no IPv6 here")
    lab.client("bob", "::1", host="::1", files=0)
    peer = admin(lab)
    for settings, wanted in (
            ({}, ["\\\\127.0.0.5", "\\\\[::1]"]),
            ({"client_prefix": ""}, ["127.0.0.5", "[::1]"]),
            ({"ipv6_form": "plain"}, ["127.0.0.5", "::1"]),
            ({"ipv6_zone": "%12"}, ["127.0.0.5", "::1%12"])):
        lab.set(**settings)
        tap.equal([row["client"] for row in peer.enum(10).rows
                   if row["user"] != "admin"], wanted)
    tap.equal(peer.delete("::1%12", "bob"), 2312)
    tap.equal(peer.delete("\\\\::1%12", "bob"), 0)
    tap.equal(lab.sessions(user="bob"), [])


@tap.case("Del ends one session and keeps the connection's others")
def close_one(lab):
    for dialect, encrypt in (("2.1", False), ("3.0", True), ("3.1.1", True)):
        alice = lab.client("alice", "127.0.0.5", dialect=dialect,
                           encrypt=encrypt)
        bob = alice.user_on_same_connection("bob")
        peer = admin(lab)
        tap.equal(peer.delete("\\\\127.0.0.5", "ALICE"), 0)
        tap.equal((alice.session.state(), bob.state()), ("ended", "alive"))
        tap.true("USER_SESSION_DELETED" in str(alice.session.error),
                 alice.session.error)
        again = alice.user_on_same_connection("alice")
        tap.true(again.alive(), "alice is back on the same connection")
        tap.equal(peer.delete("\\\\127.0.0.5", None), 0)
        tap.equal((again.state(), bob.state()), ("ended", "ended"))
        lab.close_clients()
        lab.wait_sessions(0)
    tap.equal([(entry["client"], entry["user"], entry["ended"])
               for entry in lab.dels()],
              [("\\\\127.0.0.5", "ALICE", 1),
               ("\\\\127.0.0.5", None, 2)] * 3)


@tap.case("Del of our own session: the answer is that it is gone")
def close_own(lab):
    peer = admin(lab)
    bystander = lab.client("alice", "127.0.0.5")
    try:
        peer.delete("\\\\127.0.0.1", "admin")
    except Exception as error:  # whichever class impacket takes for it
        tap.true("USER_SESSION_DELETED" in str(error), error)
    else:
        raise AssertionError("an answer for an ended session")
    tap.true(bystander.alive(), "others stay")
    tap.equal([entry["ended"] for entry in lab.dels()], [1])


@tap.case("rights: who may ask for which level, who may close")
def rights(lab):
    lab.scripted([PC])
    peers = {user: Srvsvc(lab.client(user, files=0)) for user in
             ("admin", "operator", "lister", "alice", "guestuser")}
    for user, wanted in (("admin", [0] * 5), ("operator", [0] * 5),
                         ("lister", [0] * 5), ("alice", [5, 5, 5, 0, 0]),
                         ("guestuser", [5, 5, 5, 0, 0])):
        tap.equal([peers[user].enum(level).code
                   for level in (502, 2, 1, 10, 0)], wanted, user)
    lab.set(open_levels=[])
    tap.equal([peers["alice"].enum(level).code for level in (10, 0)], [5, 5])
    tap.equal([peers[user].delete("\\\\PC1", "dora") for user in
               ("alice", "lister", "guestuser", "operator")], [5, 5, 5, 0])


@tap.case("filters and their codes")
def codes(lab):
    lab.scripted([PC, dict(PC, user="emil"), dict(PC, client="PC2")])
    peer = admin(lab)
    for arguments, code, count in (
            (("\\\\pc1", None), 0, 2), (("\\\\PC1", "Dora"), 0, 1),
            ((None, "dora"), 0, 2), (("", ""), 0, 4), (("\\\\PC2", ""), 0, 1),
            (("PC1", None), 2351, 0), (("\\\\PC9", None), 2312, 0),
            (("\\\\PC1", "admin"), 2221, 0), ((None, "nobody"), 2221, 0),
            (("\\\\" + "x" * 1023, None), 87, 0)):
        answer = peer.enum(502, *arguments)
        tap.equal((answer.code, len(answer.rows)), (code, count), arguments)
    for arguments, code in (
            (("PC1", "dora"), 2312), (("\\\\PC9", "dora"), 2312),
            (("\\\\PC1", "nobody"), 2312), ((None, None), 87),
            (("", ""), 87), ((None, "x" * 1025), 87),
            (("\\\\PC1", "dora"), 0), (("\\\\PC1", "dora"), 2312),
            ((None, "dora"), 0), (("\\\\PC1", None), 0)):
        tap.equal(peer.delete(*arguments), code, arguments)
    tap.equal(lab.scripted_rows(), [])


@tap.case("a level that is none: 124, or a fault")
def bad_level(lab):
    peer = admin(lab)
    stub = bytes.fromhex("000000000000000000000000 0300000003000000 00000200"
                         "0000000000000000 ffffffff 00000000")
    tap.equal(peer.call(ENUM, stub)[-4:], (124).to_bytes(4, "little"))
    lab.set(bad_level="fault")
    try:
        peer.call(ENUM, stub)
    except Exception as error:  # DCERPCException, by way of a table
        tap.true("bad_stub" in str(error).lower(), error)
    else:
        raise AssertionError("no fault")


@tap.case("pages: 234 and resume handles, the preferred length")
def pages(lab):
    lab.scripted([dict(PC, times=301)])
    peer = admin(lab)
    lab.set(page_rows=100)
    seen, handles, codes_seen, resume = 0, [], [], 0
    for _ in range(10):
        answer = peer.enum(502, resume=resume)
        seen += len(answer.rows)
        resume = answer.resume
        handles.append(resume)
        codes_seen.append(answer.code)
        if answer.code != 234:
            break
    tap.equal((seen, handles, codes_seen),
              (302, [100, 200, 300, 0], [234, 234, 234, 0]))
    lab.set(page_rows=0, page_bytes=4000)
    tap.true(0 < len(peer.enum(502).rows) < 100, "bytes limit a page")
    lab.set(page_bytes=0)
    answer = peer.enum(10, preferred=1000)
    tap.equal(answer.code, 234)
    tap.true(0 < len(answer.rows) < 60, len(answer.rows))
    tap.equal(len(peer.enum(10, preferred=1).rows), 1)
    lab.set(honour_preferred=False)
    tap.equal(len(peer.enum(10, preferred=1).rows), 302)


@tap.case("pages that repeat or miss rows, handles that say nothing")
def odd_pages(lab):
    lab.set(list_own=False, page_rows=10)
    lab.scripted([dict(PC, user=f"u{number:02}") for number in range(30)])
    peer = admin(lab)

    def listed(limit=5):
        found, resume = [], 0
        for _ in range(limit):
            answer = peer.enum(1, resume=resume)
            found += [int(row["user"][1:]) for row in answer.rows]
            resume = answer.resume
            if answer.code != 234:
                return found, resume
        return found, None

    tap.equal(listed(), (list(range(30)), 0))
    lab.set(page_repeat=2)
    tap.equal(listed()[0], [*range(10), *range(8, 18), *range(16, 26),
                            *range(24, 30)])
    lab.set(page_repeat=0, page_skip=1)
    tap.equal(listed()[0], [*range(10), *range(11, 21), *range(22, 30)])
    lab.set(page_skip=0, resume="total", resume_final="total")
    tap.equal(listed(), (list(range(30)), 30))
    lab.set(resume="zero")
    tap.equal(listed(), (list(range(10)) * 5, None))
    tap.equal([peer.enum(1).total, peer.enum(1, resume=20).total], [30, 10])
    lab.set(total="all")
    tap.equal(peer.enum(1, resume=20).total, 30)


@tap.case("3,000 sessions in fragments of any size; scripted rows age and go")
def many(lab):
    lab.scripted([dict(PC, user="ömer @ home " + "x" * 244, times=3000)])
    peer = admin(lab)
    answer = peer.enum(1)
    tap.equal((len(answer.rows), answer.rows[-1]["user"][:11]),
              (3001, "ömer @ home"))
    lab.scripted([dict(PC, times=5)])
    for size in (64, 1000, 5840):
        lab.set(fragment=size)
        tap.equal(len(Srvsvc(peer.client).enum().rows), 6, size)
    lab.scripted([dict(PC, frozen=False), dict(PC, after_del="stays"),
                  dict(PC, after_del="again", age=0xFFFFFFFF)])
    tap.equal([row["time"] for row in peer.enum(502, "\\\\PC1").rows],
              [500, 500, 0xFFFFFFFF])
    tap.equal(peer.delete("\\\\PC1", "dora"), 0)
    tap.equal([row["time"] for row in peer.enum(502, "\\\\PC1").rows],
              [500, 0])
    tap.equal(lab.dels()[-1]["ended"], 2)
    lab.scripted([PC], add=True)
    lab.set(del_lies=True)
    tap.equal((peer.delete("\\\\PC1", None), len(lab.scripted_rows())),
              (0, 3))


@tap.case("logons that are refused say why")
def logons(lab):
    lab.add_user("strict", state="workstation")
    for user, name in (
            ("disabled", "ACCOUNT_DISABLED"), ("locked", "ACCOUNT_LOCKED_OUT"),
            ("expired", "PASSWORD_EXPIRED"),
            ("mustchange", "PASSWORD_MUST_CHANGE"),
            ("nologon", "LOGON_TYPE_NOT_GRANTED"),
            ("hours", "INVALID_LOGON_HOURS"),
            ("strict", "INVALID_WORKSTATION")):
        done = lab.rpcclient(user, "netsessenum")
        tap.true("NT_STATUS_" + name in done.stdout + done.stderr,
                 f"{user}: {done.stdout}{done.stderr}")
    for user in ("alice", "disabled", "unknown"):
        done = subprocess.run(
            ["smbclient", f"//{lab.host}/IPC$", "wrong", "-s",
             lab.env["LAB_CLIENT_CONF"], "-U", user, "-p", str(lab.port),
             "-c", "q"], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=60)
        tap.true("NT_STATUS_LOGON_FAILURE" in done.stdout + done.stderr,
                 f"{user}: {done.stdout}")


@tap.case("users with any name")
def any_name(lab):
    for name in ("jo@example.org", "Ann Lee", "Ωmega", "n" * 256):
        lab.add_user(name)
        lab.client(name, "127.0.0.8", files=0)
        tap.equal([row["user"] for row in
                   admin(lab).enum(10, "\\\\127.0.0.8", name).rows], [name])


@tap.case("guests and nobody at all")
def guests(lab):
    lab.client("guestuser", "127.0.0.5", files=0)
    lab.passwords["stranger"] = "any"
    try:
        lab.client("stranger", files=0)
        raise AssertionError("a stranger was let in")
    except Exception as error:  # impacket's SessionError
        tap.true("LOGON_FAILURE" in str(error), error)
    lab.set(guest="unknown", noencryption="guest")
    lab.client("stranger", "127.0.0.6", files=0)
    rows = {row["client"]: row for row in admin(lab).enum().rows}
    tap.equal([(rows[name]["user"], rows[name]["flags"]) for name in
               ("\\\\127.0.0.5", "\\\\127.0.0.6", "\\\\127.0.0.1")],
              [("guestuser", 3), ("Guest", 3), ("admin", 0)])
    lab.passwords[""] = ""
    nobody = lab.client("", share="IPC$", files=0)
    tap.true(lab.sessions(user="")[0].null, "nobody")
    try:
        RawPipe(nobody)
        raise AssertionError("nobody opened srvsvc")
    except Exception as error:
        tap.true("ACCESS_DENIED" in str(error), error)


@tap.case("thirty clients at once, and their going")
def crowd(lab):
    with contextlib.ExitStack() as stack:
        for number in range(30):
            stack.enter_context(lab.client(
                ("alice", "bob", "carol")[number % 3], files=1))
        tap.equal(len(admin(lab).enum(2).rows), 31)
    lab.wait_sessions(1)
    idle = socket.create_connection((lab.host, lab.port), 5)
    tap.equal(admin(lab).enum(2).code, 0)
    idle.close()


if __name__ == "__main__":
    wintest.main()
