#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2 proves itself: its misbehaviour does what its rules say.

What a rule says is seen here through impacket, byte by byte where impacket
would hide it.
"""

import struct

from smblab import tap, wintest
from smblab.peers import SUCCESS, RawPipe, Srvsvc, srvs
from smblab.wintest import BIND, CALL, bound, client, hung_up, refused, silent

ENUM, DEL = 12, 13
PC = {"client": "\\\\PC1", "user": "dora"}
ACCESS_DENIED, NOT_FOUND = 0xC0000022, 0xC0000034
# What impacket's client waits where nothing will come.
SOON = 0.5


@tap.case("SMB requests: any status, no answer, a cut, a delay")
def smb_rules(lab):
    for place, code, what in (
            ("negotiate", ACCESS_DENIED, client),
            ("session_setup", 0xC0000192, client),
            ("tree_connect", ACCESS_DENIED, client),
            ("create", NOT_FOUND, lambda lab: RawPipe(client(lab))),
            ("write", ACCESS_DENIED,
             lambda lab: Srvsvc(client(lab)).enum())):
        lab.rules({"at": place, "action": "status", "code": code})
        refused(lambda what=what: what(lab))
        tap.true(sum(lab.rules_done()), place)
        lab.rules({"at": place, "action": "cut"})
        hung_up(lambda what=what: what(lab))
        lab.rules({"at": place, "action": "delay", "seconds": 0.1})
        what(lab)
        tap.true(sum(lab.rules_done()), place)
        lab.close_clients()
    alice = client(lab, "alice")
    alice.smb.setTimeout(SOON)
    for place, what in (("create", lambda: RawPipe(alice)),
                        ("echo", alice.smb.echo)):
        lab.rules({"at": place, "action": "stall", "user": "alice"})
        silent(what)
    RawPipe(client(lab, "bob"))
    lab.rules({"at": "tree_connect", "action": "status", "name": "IPC$",
               "code": ACCESS_DENIED},
              {"at": "create", "action": "status", "name": "srvsvc",
               "code": NOT_FOUND})
    bob = client(lab, "bob")
    refused(lambda: RawPipe(bob), "ACCESS_DENIED")
    lab.rules({"at": "session_setup", "leg": 2, "action": "cut", "times": 1})
    hung_up(lambda: client(lab, "carol"))
    client(lab, "carol")


@tap.case("bind: refused, cut, faulted, bent")
def bind_rules(lab):
    for rule, parts in (
            ({"action": "nak"}, ("rejected",)),
            ({"action": "reject"}, ("abstract_syntax_not_supported",)),
            ({"action": "fault", "code": 0x1C01000B}, ()),
            ({"action": "header", "set": {"pdu_type": 15}}, None),
            ({"action": "garbage"}, ())):
        lab.rules(dict(rule, at="bind"))
        pipe = RawPipe(client(lab))
        code, answer = pipe.transceive(BIND, 4280)
        tap.equal(code, SUCCESS)
        tap.equal(lab.rules_done(), [1], rule)
        wanted = {"nak": 13, "reject": 12, "fault": 3, "header": 15}
        if rule["action"] in wanted:
            tap.equal(answer[2], wanted[rule["action"]], rule)
        if rule["action"] == "nak":
            tap.equal(answer[16:18], b"\2\0", "local limit exceeded")
        if parts:
            refused(lambda: Srvsvc(client(lab)), *parts)
    lab.rules({"at": "bind", "action": "cut"})
    hung_up(lambda: Srvsvc(client(lab)))
    lab.rules({"at": "bind", "action": "stall"})
    stalled = client(lab)
    stalled.smb.setTimeout(SOON)
    silent(lambda: Srvsvc(stalled))
    lab.rules()
    other = srvs.MSRPC_UUID_SRVS[:-4] + b"\x09\0\0\0"
    refused(lambda: Srvsvc(client(lab), bind=other), "abstract_syntax")
    lab.set(unknown_interface="nak")
    refused(lambda: Srvsvc(client(lab), bind=other))
    pipe = RawPipe(client(lab))
    tap.equal(pipe.transceive(CALL, 4280)[1][2], 3, "a call before a bind")


@tap.case("calls: faults and errors by opnum, level and turn")
def call_rules(lab):
    lab.scripted([PC])
    peer = Srvsvc(client(lab))
    lab.rules({"at": "call", "opnum": ENUM, "level": 502, "action": "error",
               "code": 124},
              {"at": "call", "opnum": ENUM, "level": 2, "action": "error",
               "code": 50},
              {"at": "call", "opnum": ENUM, "level": 1, "action": "fault",
               "code": 0x000006F7},
              {"at": "call", "opnum": DEL, "nth": 2, "action": "error",
               "code": 5})
    tap.equal([peer.enum(level).code for level in (502, 2, 10)],
              [124, 50, 0])
    refused(lambda: peer.enum(1), "bad_stub")
    tap.equal([peer.delete("\\\\PC1", "dora") for _ in range(3)],
              [0, 5, 2312])
    tap.equal(lab.opnums(), {ENUM: 4, DEL: 3})
    lab.rules()
    lab.set(refuse_levels={"502": 124, "2": 50})
    tap.equal([peer.enum(level).code for level in (502, 2, 1)],
              [124, 50, 0])
    refused(lambda: peer.call(15, b""), "nca_s_op_rng_error")
    refused(lambda: peer.call(ENUM, b"\1"), "bad_stub")


@tap.case("calls: truncated, short, lying, bent, garbage")
def bent_answers(lab):
    lab.scripted([dict(PC, times=3)])
    pipe = bound(lab)

    def answer(**rule):
        lab.rules(dict(rule, at="call"))
        code, data = pipe.transceive(CALL, 65536)
        tap.equal((code, lab.rules_done()), (SUCCESS, [1]), rule)
        return data

    def counts(data):
        """EntriesRead, the array's size, TotalEntries."""
        return (*struct.unpack_from("<I4xI", data, 36),
                *struct.unpack_from("<I", data, len(data) - 16))

    whole = answer(action="lie")
    tap.equal(counts(whole), (4, 4, 4))
    tap.equal(counts(answer(action="lie", entries=2)), (6, 6, 4))
    tap.equal(counts(answer(action="lie", entries=-1, max_count=7, total=9)),
              (3, 11, 13))
    cut = answer(action="truncate", at_byte=30)
    tap.equal((len(cut), struct.unpack_from("<H", cut, 8)[0]), (54, 54))
    cut = answer(action="short", at_byte=40)
    tap.equal((len(cut), struct.unpack_from("<H", cut, 8)[0]),
              (40, len(whole)))
    bent = answer(action="header", add_call_id=1)
    tap.equal(struct.unpack_from("<I", bent, 12)[0], 3)
    bent = answer(action="header", set={"pdu_type": 0, "flags": 1,
                                        "frag_length": 7, "version": 4})
    tap.equal((bent[:4], struct.unpack_from("<H", bent, 8)[0]),
              (b"\4\0\0\1", 7))
    tap.equal(len(answer(action="garbage", bytes=333)), 333)
    tap.equal(answer(action="stub", hex="ff00")[24:], b"\xff\0")
    refused(lambda: lab.rules({"at": "call", "action": "dance"}), "no rule")


@tap.case("calls: stalled, cut before, after and between, endless")
def broken_calls(lab):
    lab.scripted([dict(PC, times=100), dict(PC, user="emil"),
                  dict(PC, user="fritz")])

    def peer(patience=None):
        one = Srvsvc(client(lab))
        if patience is not None:
            one.client.smb.setTimeout(patience)
        return one

    lab.rules({"at": "call", "action": "stall"})
    silent(lambda: peer(SOON).enum())
    lab.rules({"at": "call", "action": "stall", "after": True})
    silent(lambda: peer(SOON).delete("\\\\PC1", "emil"))
    lab.rules({"at": "call", "action": "cut"})
    hung_up(lambda: peer().delete("\\\\PC1", "fritz"))
    tap.equal([(entry["user"], entry["ended"]) for entry in lab.dels(True)],
              [("emil", 1)])
    lab.rules({"at": "call", "action": "cut", "when": "after"})
    hung_up(lambda: peer().delete("\\\\PC1", "fritz"))
    tap.equal([(entry["user"], entry["ended"]) for entry in lab.dels()],
              [("fritz", 1)])
    lab.rules({"at": "call", "action": "delay", "seconds": 0.1})
    tap.equal(peer().enum(10, user="dora").code, 0)

    lab.rules({"at": "call", "action": "cut", "when": "between", "count": 2})
    pipe = bound(lab)
    pipe.write(CALL)
    tap.equal([pipe.read(65536)[0] for _ in range(2)], [SUCCESS] * 2)
    hung_up(lambda: pipe.read(65536))

    lab.rules({"at": "call", "action": "endless"})
    pipe = bound(lab)
    pipe.write(CALL)
    flags = [pipe.read(65536)[1][3] for _ in range(500)]
    tap.equal((flags[0], set(flags[1:])), (1, {0}))


if __name__ == "__main__":
    wintest.main()
