#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The srvsvc codec against two others: impacket and Samba's ndrdump.

Random messages of every kind and level; each is encoded by us and by
impacket, byte for byte the same, decoded by each from the other's bytes, and
decoded and encoded again by ndrdump.  Usage: test_oracle.py NDR_TOOL
"""
import os
import random
import re
import subprocess
import sys
import tempfile
import time

try:
    from impacket.dcerpc.v5 import ndr, srvs
    from impacket.dcerpc.v5.dtypes import NULL
except ImportError:
    print("1..0 # SKIP impacket is not installed")
    sys.exit(0)

LEVELS = (0, 1, 2, 10, 502)
KINDS = ([("enum-request", n) for n in LEVELS] +
         [("enum-answer", n) for n in LEVELS] +
         [("del-request", None), ("del-answer", None)])
IMPACKET_CASES = 60
NDRDUMP_CASES = 12

# Members of SESSION_INFO_n: impacket's name, ndrdump's name.
CLIENT, USER = ("cname", "client"), ("username", "user")
OPENS, TIME = ("num_opens", "num_open"), ("time", "time")
IDLE, FLAGS = ("idle_time", "idle_time"), ("user_flags", "user_flags")
TYPE, TRANSPORT = ("cltype_name", "client_type"), ("transport", "transport")
ORDER = (CLIENT, USER, OPENS, TIME, IDLE, FLAGS, TYPE, TRANSPORT)
MEMBERS = {0: (CLIENT,), 1: ORDER[:6], 2: ORDER[:7],
           10: (CLIENT, USER, TIME, IDLE), 502: ORDER}
TEXTS = (CLIENT, USER, TYPE, TRANSPORT)

STATUS = {0: "WERR_OK", 5: "WERR_ACCESS_DENIED", 50: "WERR_NOT_SUPPORTED",
          124: "WERR_INVALID_LEVEL", 234: "WERR_MORE_DATA"}

# impacket fills gaps with 0xaa to 0xbf, we and Samba with zeros.  No value
# made here has such a byte, so that they can be told apart.
GAP = range(0xaa, 0xc0)


class Mismatch(Exception):
    pass


def expect(what, got, wanted):
    if got != wanted:
        raise Mismatch(f"{what}: {got!r} instead of {wanted!r}")


# --- random messages: plain dictionaries, None is a null pointer

def without_gap_bytes(make, encode):
    while True:
        value = make()
        if not any(byte in GAP for byte in encode(value)):
            return value


def number(rng):
    def make():
        return rng.choice((0, 1, 0xffffffff, rng.getrandbits(8),
                           rng.getrandbits(32)))
    return without_gap_bytes(make, lambda n: n.to_bytes(4, "little"))


def character(rng):
    def make():
        low, high = rng.choice(((0x20, 0x7e), (0x20, 0x7e), (0xa0, 0x7ff),
                                (0x800, 0x1fff), (0x2100, 0xd7ff),
                                (0xe000, 0xfffd), (0x10000, 0x10fffd)))
        return chr(rng.randint(low, high))
    return without_gap_bytes(make, lambda c: c.encode("utf-16le"))


def name(rng, least=1):
    return "".join(character(rng) for _ in range(rng.randint(least, 20)))


def text(rng):
    return rng.choice((None, "", name(rng), name(rng), name(rng)))


def make_case(rng, kind, level):
    if kind == "del-answer":
        return {"status": rng.choice(list(STATUS))}
    if kind == "del-request":
        return {"server": text(rng), "client": "\\\\pc" + name(rng),
                "user": name(rng)}
    resume = rng.choice((None, number(rng)))
    if kind == "enum-request":
        return {"server": text(rng), "client": text(rng), "user": text(rng),
                "level": level, "max": number(rng), "resume": resume}
    container = rng.randrange(8) != 0
    array = container and rng.randrange(8) != 0
    rows = [{m: text(rng) if m in TEXTS else number(rng)
             for m in MEMBERS[level]}
            for _ in range(rng.randrange(6) if array else 0)]
    return {"level": level, "container": container, "array": array,
            "rows": rows, "total": number(rng), "resume": resume,
            "status": rng.choice(list(STATUS))}


# --- our own codec, behind ndr_tool

def word(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return "x" + value.encode().hex()
    return str(int(value))


def words(kind, case):
    if kind == "enum-answer":
        keys = ("level", "container", "array", "total", "resume", "status")
        out = [word(case[k]) for k in keys] + [word(len(case["rows"]))]
        for row in case["rows"]:
            out += [word(row.get(m, None if m in TEXTS else 0))
                    for m in ORDER]
        return " ".join(out)
    return " ".join(word(value) for value in case.values())


class Ours:
    def __init__(self, path):
        self.tool = subprocess.Popen([path], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.tool.stdin.write(line + "\n")
        self.tool.stdin.flush()
        answer = self.tool.stdout.readline().strip()
        if not answer.startswith("ok"):
            raise Mismatch(f"{line}: {answer}")
        return answer[3:]

    def put(self, kind, case):
        return bytes.fromhex(self.ask(f"put {kind} {words(kind, case)}"))

    def get(self, kind, level, stub):
        if kind == "enum-answer":
            kind = f"{kind} {level}"
        return self.ask(f"get {kind} {stub.hex()}")

    def close(self):
        self.tool.stdin.close()
        return self.tool.wait()


# --- impacket

def nul(value):
    return NULL if value is None else value + "\0"


def signed(value):
    return value - (1 << 32) if value >= 1 << 31 else value


def put_container(call, case, rows):
    level = case["level"]
    info = call["InfoStruct"]
    info["Level"] = level
    union = info["SessionInfo"]
    union["tag"] = level
    if not case.get("container", True):
        union[f"Level{level}"] = NULL
        return
    container = union[f"Level{level}"]
    container["EntriesRead"] = len(rows)
    if not case.get("array", False):
        container["Buffer"] = NULL
        return
    for row in rows:
        item = getattr(srvs, f"SESSION_INFO_{level}")()
        for member, value in row.items():
            item[f"sesi{level}_{member[0]}"] = \
                nul(value) if member in TEXTS else value
        container["Buffer"].append(item)


def impacket_put(kind, case, referent):
    # impacket draws its referent ids at random.
    ndr.random.randint = lambda low, high: referent
    if kind == "del-answer":
        call = srvs.NetrSessionDelResponse()
        call["ErrorCode"] = case["status"]
        return call.getData()
    if kind == "enum-answer":
        call = srvs.NetrSessionEnumResponse()
        put_container(call, case, case["rows"])
        call["TotalEntries"] = case["total"]
        call["ErrorCode"] = case["status"]
    else:
        call = (srvs.NetrSessionEnum() if kind == "enum-request"
                else srvs.NetrSessionDel())
        call["ServerName"] = nul(case["server"])
        call["ClientName"] = nul(case["client"])
        call["UserName"] = nul(case["user"])
    if kind == "enum-request":
        put_container(call, case, [])
        call["PreferedMaximumLength"] = case["max"]
    if kind != "del-request":
        call["ResumeHandle"] = (NULL if case["resume"] is None
                                else signed(case["resume"]))
    return call.getData()


def pointee(parent, field):
    """What a pointer of impacket's points to, or None."""
    if parent.fields[field].fields["ReferentID"] == 0:
        return None
    return parent[field]


def unnul(parent, field):
    value = pointee(parent, field)
    if value is not None:
        expect(f"NUL at the end of {field}", value[-1], "\0")
        value = value[:-1]
    return value


def unsigned_resume(call):
    value = pointee(call, "ResumeHandle")
    return None if value is None else value & 0xffffffff


def impacket_get_rows(union, level, case):
    container = pointee(union, f"Level{level}")
    case["container"] = container is not None
    array = container and pointee(container, "Buffer")
    case["array"] = array is not None and case["container"]
    if case["container"]:
        expect("EntriesRead", container["EntriesRead"], len(array or []))
    case["rows"] = [
        {m: unnul(item, f"sesi{level}_{m[0]}") if m in TEXTS
         else item[f"sesi{level}_{m[0]}"] for m in MEMBERS[level]}
        for item in array or []]


def impacket_get(kind, stub):
    if kind == "del-answer":
        return {"status": srvs.NetrSessionDelResponse(stub)["ErrorCode"]}
    if kind == "enum-answer":
        call = srvs.NetrSessionEnumResponse(stub)
        case = {"level": call["InfoStruct"]["Level"]}
        union = call["InfoStruct"]["SessionInfo"]
        expect("tag", union["tag"], case["level"])
        impacket_get_rows(union, case["level"], case)
        case.update(total=call["TotalEntries"], resume=unsigned_resume(call),
                    status=call["ErrorCode"])
        return case
    call = (srvs.NetrSessionEnum(stub) if kind == "enum-request"
            else srvs.NetrSessionDel(stub))
    case = {"server": unnul(call, "ServerName"),
            "client": unnul(call, "ClientName"),
            "user": unnul(call, "UserName")}
    if kind == "enum-request":
        case.update(level=call["InfoStruct"]["Level"],
                    max=call["PreferedMaximumLength"],
                    resume=unsigned_resume(call))
    return case


def with_our_referents(first, second):
    """impacket's bytes, with our referent ids and zeros in the gaps.

    The two differ in their referent ids only, in all four bytes of each.
    """
    expect("impacket's length", len(first), len(second))
    out = bytearray(0 if b in GAP else b for b in first)
    referent, at = 0x00020000, 0
    while at < len(first):
        if first[at] == second[at]:
            at += 1
            continue
        out[at:at + 4] = referent.to_bytes(4, "little")
        referent, at = referent + 4, at + 4
    return bytes(out)


def check_impacket(ours, kind, level, case):
    first = impacket_put(kind, case, 0x01010101)
    second = impacket_put(kind, case, 0x02020202)
    stub = ours.put(kind, case)
    expect("our bytes", stub.hex(), with_our_referents(first, second).hex())
    expect("impacket's reading of ours", impacket_get(kind, stub), case)
    for theirs in (first, second, stub):
        expect("our reading", ours.get(kind, level, theirs),
               words(kind, case))


# --- ndrdump

LEAF = re.compile(r"^ *(\w+) +: (?:(NULL)|'(.*)'|0x[0-9a-f]{8} \((\d+)\)|"
                  r"(WERR_\w+))$")


def leaves(dump):
    """(name, value) of each line that says a value, in order."""
    out = []
    for line in dump.split("\n"):
        found = LEAF.match(line)
        if found:
            label, null, string, decimal, status = found.groups()
            out.append((label, None if null else int(decimal) if decimal
                        else status or string))
    return out


def expected_leaves(kind, case):
    if kind == "del-answer":
        return [("result", STATUS[case["status"]])]
    out = []
    if kind != "enum-answer":
        out += [("server_unc", case["server"]), ("client", case["client"]),
                ("user", case["user"])]
    if kind == "del-request":
        return out
    out.append(("level", case["level"]))
    if not case.get("container", True):
        out.append((f"ctr{case['level']}", None))
    else:
        out.append(("count", len(case.get("rows", []))))
        if not case.get("array", False):
            out.append(("array", None))
        for row in case.get("rows", []):
            out += [(member[1], value) for member, value in row.items()]
    if kind == "enum-request":
        return out + [("max_buffer", case["max"]),
                      ("resume_handle", case["resume"])]
    return out + [("totalentries", case["total"]),
                  ("resume_handle", case["resume"]),
                  ("result", STATUS[case["status"]])]


def check_ndrdump(ours, kind, level, case):
    del level
    with tempfile.NamedTemporaryFile() as stub:
        stub.write(ours.put(kind, case))
        stub.flush()
        opnum = "12" if kind.startswith("enum") else "13"
        way = "in" if kind.endswith("request") else "out"
        run = subprocess.run(
            ["ndrdump", "--configfile=/dev/null",
             "--option=unix charset=UTF-8", "--validate", "srvsvc", opnum,
             way, stub.name], capture_output=True, check=False)
    dump = run.stdout.decode()
    if run.returncode != 0 or "dump OK" not in dump or "WARNING" in dump:
        raise Mismatch(f"ndrdump: {dump} {run.stderr.decode()}")
    expect("ndrdump's reading", leaves(dump), expected_leaves(kind, case))


def run(rng, ours, check, cases, kind, level):
    for _ in range(cases):
        case = make_case(rng, kind, level)
        try:
            check(ours, kind, level, case)
        except Exception as wrong:
            print(f"# {case!r}")
            print("# " + repr(wrong).replace("\n", "\n# "))
            return False
    return True


def main():
    seed = int(os.environ.get("SMBMGMT_TEST_SEED", time.time_ns()))
    checks = (("impacket", check_impacket, IMPACKET_CASES),
              ("ndrdump", check_ndrdump, NDRDUMP_CASES))
    ours = Ours(sys.argv[1])
    count, failed = 0, 0

    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(f"# SMBMGMT_TEST_SEED={seed}")
    print(f"1..{len(checks) * len(KINDS) + 1}")
    for oracle, check, cases in checks:
        for kind, level in KINDS:
            count += 1
            rng = random.Random(f"{seed} {oracle} {kind} {level}")
            good = run(rng, ours, check, cases, kind, level)
            failed += not good
            what = kind if level is None else f"{kind} level {level}"
            print(f"{'ok' if good else 'not ok'} {count} - {oracle}: {what},"
                  f" {cases} cases", flush=True)
    good = ours.close() == 0
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count + 1} - ndr_tool ends well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
