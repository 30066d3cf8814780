#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The DCE/RPC codec against two others: impacket and Samba's libdcerpc.

Our binds and requests are read by impacket, and are byte for byte what it
writes; acknowledgements, refusals, responses in fragments and faults that it
writes are read by us, all of them random.  What a fault means is asked of
libdcerpc itself.  Usage: test_dcerpc_oracle.py RPC_TOOL
"""
import ctypes
import os
import random
import subprocess
import sys
import time

try:
    from impacket.dcerpc.v5 import rpcrt
    from impacket.uuid import uuidtup_to_bin
except ImportError:
    print("1..0 # SKIP impacket is not installed")
    sys.exit(0)

CASES = 150
FRAGMENT, FRAGMENT_MIN = 5840, 1432
FIRST, LAST = rpcrt.PFC_FIRST_FRAG, rpcrt.PFC_LAST_FRAG
# What servers may set in an answer and we must not mind.
OTHER_FLAGS = (0, rpcrt.MSRPC_PENDING_CANCEL, rpcrt.PFC_CONC_MPX,
               rpcrt.PFC_DID_NOT_EXECUTE)

SRVSVC = uuidtup_to_bin(("4b324fc8-1670-01d3-1278-5a47bf6ee188", "3.0"))
NDR32 = uuidtup_to_bin(("8a885d04-1ceb-11c9-9fe8-08002b104860", "2.0"))

# Of include/smbmgmt/error.h.
E_TOO_LARGE, E_PROTOCOL, E_NO_SERVICE = -11, -20, -34
E_NEGOTIATION, E_SERVER = -36, -37
# Of a provider's rejection, and of a refusal.
REJECTIONS = {0: E_NEGOTIATION, 1: E_NO_SERVICE, 2: E_NEGOTIATION,
              3: E_SERVER}
REFUSALS = {0: E_NEGOTIATION, 1: E_SERVER, 2: E_SERVER, 4: E_NEGOTIATION,
            8: E_NEGOTIATION, 9: E_NEGOTIATION}


class Mismatch(Exception):
    pass


def expect(what, got, wanted):
    if got != wanted:
        raise Mismatch(f"{what}: {got!r} instead of {wanted!r}")


class Ours:
    """Our own codec, behind rpc_tool."""

    def __init__(self, path):
        self.tool = subprocess.Popen([path], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def ask(self, verb, *words):
        line = " ".join([verb] + [word.hex() or "-"
                                  if isinstance(word, bytes) else str(word)
                                  for word in words])
        self.tool.stdin.write(line + "\n")
        self.tool.stdin.flush()
        return self.tool.stdout.readline().split()

    def pdus(self, *words):
        answer = self.ask(*words)
        expect("rpc_tool", answer[0], "ok")
        return [bytes.fromhex(word) for word in answer[1:]]

    def close(self):
        self.tool.stdin.close()
        self.tool.stdout.close()
        return self.tool.wait(60)


def octets(rng, length):
    return bytes(rng.getrandbits(8) for _ in range(length))


# --- what we send

def theirs(kind, **fields):
    pdu = kind()
    for name, value in fields.items():
        pdu[name] = value
    return pdu


def check_bind(rng, ours):
    call = rng.getrandbits(32)
    pdu, = ours.pdus("put-bind", call)
    header = rpcrt.MSRPCHeader(pdu)
    bind = rpcrt.MSRPCBind(header["pduData"])
    item = rpcrt.CtxItem(bind["ctx_items"])
    expect("type", header["type"], rpcrt.MSRPC_BIND)
    expect("flags", header["flags"], FIRST | LAST)
    expect("length", header["frag_len"], len(pdu))
    expect("call", header["call_id"], call)
    expect("fragments", (bind["max_tfrag"], bind["max_rfrag"]),
           (FRAGMENT, FRAGMENT))
    expect("contexts", bind["ctx_num"], 1)
    expect("context", (item["ContextID"], item["TransItems"]), (0, 1))
    expect("interface", item["AbstractSyntax"], SRVSVC)
    expect("syntax", item["TransferSyntax"], NDR32)

    item = theirs(rpcrt.CtxItem, ContextID=0, TransItems=1,
                  AbstractSyntax=SRVSVC, TransferSyntax=NDR32)
    bind = theirs(rpcrt.MSRPCBind, max_tfrag=FRAGMENT, max_rfrag=FRAGMENT)
    bind.addCtxItem(item)
    header = theirs(rpcrt.MSRPCHeader, type=rpcrt.MSRPC_BIND, call_id=call,
                    pduData=bind.getData())
    expect("our bind", pdu.hex(), header.get_packet().hex())


def check_request(rng, ours):
    call, opnum = rng.getrandbits(32), rng.getrandbits(16)
    fragment = rng.choice((FRAGMENT, 4280, FRAGMENT_MIN,
                           rng.randint(FRAGMENT_MIN, FRAGMENT)))
    stub = octets(rng, rng.choice((0, 1, 7, 44, fragment - 24,
                                   rng.randrange(3 * FRAGMENT))))
    got = b""
    pdus = ours.pdus("put-request", call, opnum, fragment, stub)
    for index, pdu in enumerate(pdus):
        flags = ((FIRST if index == 0 else 0) |
                 (LAST if index == len(pdus) - 1 else 0))
        header = rpcrt.MSRPCRequestHeader(pdu)
        expect("type", header["type"], rpcrt.MSRPC_REQUEST)
        expect("flags", header["flags"], flags)
        expect("length", header["frag_len"], len(pdu))
        expect("call", header["call_id"], call)
        expect("hint", header["alloc_hint"], len(stub) - len(got))
        expect("operation", (header["ctx_id"], header["op_num"]), (0, opnum))
        expect("fits", len(pdu) <= fragment, True)
        again = theirs(rpcrt.MSRPCRequestHeader, flags=flags, call_id=call,
                       alloc_hint=len(stub) - len(got), op_num=opnum,
                       pduData=header["pduData"])
        expect("our request", pdu.hex(), again.get_packet().hex())
        got += header["pduData"]
    expect("stub", got.hex(), stub.hex())


# --- what we are sent

def bind_ack(rng, call, max_recv, result, reason):
    address = octets(rng, rng.randrange(20)).replace(b"\0", b"x")
    pdu = theirs(
        rpcrt.MSRPCBindAck, type=rpcrt.MSRPC_BINDACK, call_id=call,
        flags=FIRST | LAST | rng.choice(OTHER_FLAGS),
        max_tfrag=rng.getrandbits(16), max_rfrag=max_recv,
        assoc_group=rng.getrandbits(32), ctx_num=1,
        SecondaryAddrLen=len(address) + 1, SecondaryAddr=address.decode(
            "latin-1"),
        ctx_items=theirs(
            rpcrt.CtxItemResult, Result=result, Reason=reason,
            TransferSyntax=NDR32 if result == 0 else bytes(20)).getData())
    pdu["Pad"] = octets(rng, -(pdu["SecondaryAddrLen"] + pdu._SIZE) % 4)
    pdu["frag_len"] = len(pdu.getData())
    return pdu.getData()


def check_bind_ack(rng, ours):
    call = rng.getrandbits(32)
    max_recv = rng.choice((FRAGMENT_MIN - 1, FRAGMENT_MIN, 4280, FRAGMENT,
                           0xffff, rng.getrandbits(16)))
    answer = ours.ask("get-bind-answer", call,
                      bind_ack(rng, call, max_recv, 0, 0))
    if max_recv < FRAGMENT_MIN:
        expect("too small", answer[:3], ["fail", str(E_PROTOCOL), "18"])
    else:
        expect("grant", answer, ["ok", str(min(max_recv, FRAGMENT))])


def check_rejection(rng, ours):
    call = rng.getrandbits(32)
    for reason, code in REJECTIONS.items():
        pdu = bind_ack(rng, call, FRAGMENT,
                       rpcrt.MSRPC_CONT_RESULT_PROV_REJECT, reason)
        expect(f"reason {reason}",
               ours.ask("get-bind-answer", call, pdu)[:3],
               ["fail", str(code), str(len(pdu) - 24)])


def check_refusal(rng, ours):
    call = rng.getrandbits(32)
    for reason, code in REFUSALS.items():
        nak = theirs(rpcrt.MSRPCBindNak, RejectedReason=reason,
                     SupportedVersions=octets(rng, rng.randrange(6)))
        pdu = theirs(rpcrt.MSRPCHeader, type=rpcrt.MSRPC_BINDNAK,
                     call_id=call, pduData=nak.getData()).get_packet()
        expect(f"refusal {reason}",
               ours.ask("get-bind-answer", call, pdu)[:3],
               ["fail", str(code), "16"])


def response(rng, kind, call, flags, body):
    return theirs(
        rpcrt.MSRPCRespHeader, type=kind, call_id=call,
        flags=flags | rng.choice(OTHER_FLAGS), alloc_hint=rng.getrandbits(32),
        cancel_count=rng.getrandbits(8), pduData=body).get_packet()


def fragments(rng, call, stub):
    """Responses that carry the stub, cut anywhere."""
    pdus, start = [], 0
    while not pdus or start < len(stub):
        length = min(rng.randint(1, rng.choice((8, 500, FRAGMENT - 24))),
                     len(stub) - start)
        flags = ((FIRST if start == 0 else 0) |
                 (LAST if start + length == len(stub) else 0))
        pdus.append(response(rng, rpcrt.MSRPC_RESPONSE, call, flags,
                             stub[start:start + length]))
        start += length
    return pdus


def check_response(rng, ours):
    call = rng.getrandbits(32)
    stub = octets(rng, rng.choice((0, 1, 100, rng.randrange(20000))))
    pdus = fragments(rng, call, stub)
    expect("stub", ours.ask("get-answer", call, len(stub), *pdus),
           ["ok", "1", stub.hex() or "-"])
    if len(pdus) > 1:
        expect("not all of it",
               ours.ask("get-answer", call, len(stub), *pdus[:-1])[:2],
               ["ok", "0"])
        expect("out of order",
               ours.ask("get-answer", call, len(stub), *pdus[1:])[:3],
               ["fail", str(E_PROTOCOL), "3"])
    if stub:
        expect("over the bound",
               ours.ask("get-answer", call, len(stub) - 1, *pdus)[:3],
               ["fail", str(E_TOO_LARGE), "24"])


def check_fault(rng, ours):
    call = rng.getrandbits(32)
    status = rng.choice(list(rpcrt.rpc_status_codes))
    stub = octets(rng, rng.randint(2, 5000))
    before = rng.choice(([], fragments(rng, call, stub)[:-1]))
    # impacket's server leaves the four reserved bytes away.
    body = status.to_bytes(4, "little") + bytes(rng.choice((0, 4)))
    fault = response(rng, rpcrt.MSRPC_FAULT, call, FIRST | LAST, body)
    ntstatus = ours.ask("fault", status)[1]
    expect("fault", ours.ask("get-answer", call, len(stub), *before,
                             fault)[:4],
           ["fail", str(E_SERVER), "-1", ntstatus])
    expect("fault for a bind", ours.ask("get-bind-answer", call, fault)[:4],
           ["fail", str(E_SERVER), "-1", ntstatus])


# --- what a fault means

class NtStatus(ctypes.Structure):
    _fields_ = [("value", ctypes.c_uint32)]


def libdcerpc():
    """dcerpc_fault_to_nt_status, or None."""
    try:
        library = ctypes.CDLL("libdcerpc-binding.so.0")
        function = library.dcerpc_fault_to_nt_status
    except (OSError, AttributeError):
        return None
    function.restype, function.argtypes = NtStatus, [ctypes.c_uint32]
    return lambda fault: function(fault).value


def check_meanings(rng, ours, meaning):
    # Win32 numbers that a server is known to send, the DCE ones, and noise
    # that is in no table.
    faults = [0, 1, 5, 8, 1722, 1725, 1726, 1752, 1753, 1783, 1825]
    faults += [*range(0x1c000000, 0x1c000030), *range(0x1c010000, 0x1c010030)]
    faults += [rng.getrandbits(32) | 0x20000000 for _ in range(CASES)]
    for fault in faults:
        expect(f"fault {fault:#x}", ours.ask("fault", fault),
               ["ok", str(meaning(fault))])


CHECKS = (("bind", check_bind), ("request", check_request),
          ("acknowledgement", check_bind_ack), ("rejection", check_rejection),
          ("refusal", check_refusal), ("response", check_response),
          ("fault", check_fault))


def run(good, *arguments):
    try:
        good(*arguments)
    except Exception as wrong:
        print("# " + repr(wrong).replace("\n", "\n# "))
        return False
    return True


def run_cases(rng, check, ours):
    return all(run(check, rng, ours) for _ in range(CASES))


def main():
    seed = int(os.environ.get("SMBMGMT_TEST_SEED", time.time_ns()))
    ours = Ours(sys.argv[1])
    results = []

    def say(good, what):
        results.append(good)
        print(f"{'ok' if good else 'not ok'} {len(results)} - {what}",
              flush=True)

    print(f"# SMBMGMT_TEST_SEED={seed}")
    print(f"1..{len(CHECKS) + 2}")
    for name, check in CHECKS:
        rng = random.Random(f"{seed} {name}")
        say(run_cases(rng, check, ours), f"impacket: {name}, {CASES} cases")
    meaning = libdcerpc()
    if meaning is None:
        say(True, "libdcerpc: faults # SKIP it is not installed")
    else:
        say(run(check_meanings, random.Random(seed), ours, meaning),
            "libdcerpc: faults")
    say(ours.close() == 0, "rpc_tool ends well")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
