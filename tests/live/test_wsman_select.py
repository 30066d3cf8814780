#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Every filter lists and closes just the right sessions, and no other.

Through the command and through the library.  A list may be selected by the
server, with WQL; a close never is.
"""

from wsmantest import Library, closed, invoked, main, run, tap, where

TOP = 1 << 64
BIG53, BIG63 = 1 << 53, 1 << 63
DEFAULT, CSV, SBL, SR = range(4)
# name: (id, client, user, more)
ROWS = {
    "dora": (5, "192.0.2.1", "LAB\\dora", {}),
    "dora again": (6, "192.0.2.1", "LAB\\dora", {}),
    "dora elsewhere": (7, "192.0.2.2", "LAB\\dora", {}),
    "other dora": (8, "192.0.2.1", "OTHER\\dora", {}),
    "53": (BIG53, "PC53", "LAB\\numbers", {}),
    "53 and 1": (BIG53 + 1, "PC53", "LAB\\numbers", {}),
    "63 less 1": (BIG63 - 1, "PC63", "LAB\\numbers", {}),
    "63": (BIG63, "PC63", "LAB\\numbers", {}),
    "64 less 2": (TOP - 2, "PC64", "LAB\\numbers", {}),
    "64 less 1": (TOP - 1, "PC64", "LAB\\numbers", {}),
    "v6": (20, "[2001:db8::1]", "LAB\\six", {}),
    "v6 bare": (21, "2001:db8::2", "LAB\\six", {}),
    "v6 zone": (22, "[fe80::1%7]", "LAB\\six", {}),
    "mapped": (23, "[::ffff:192.0.2.77]", "LAB\\six", {}),
    "unmapped": (24, "192.0.2.77", "LAB\\seven", {}),
    "named": (25, "FILER", "LAB\\names", {}),
    "named, slashes": (26, "\\\\FILER", "LAB\\names", {}),
    "longer name": (27, "FILER2", "LAB\\names", {}),
    "quote": (30, "PCQ", "LAB\\o'neil", {}),
    "signs": (31, "PCQ", "LAB\\a&b<c>", {}),
    "double": (32, "PCQ", 'LAB\\say"so"', {}),
    "wild": (33, "PCQ", "LAB\\per%cent_*", {}),
    "wilder": (34, "PCQ", "LAB\\per-cent_x", {}),
    "slashes": (35, "PCQ", "LAB\\back\\slash", {}),
    "injected": (36, "PCQ", "x' OR ClientUserName LIKE '%", {}),
    "letters": (37, "PCQ", "LAB\\Zo\u00eb", {}),
    "sharp": (38, "PCQ", "LAB\\stra\u00dfe", {}),
    "scope": (40, "PCS", "LAB\\scopes", {"scope": "FS1"}),
    "scope, node": (41, "PCS", "LAB\\scopes", {"scope": "FS1",
                                               "node": "NODE2"}),
    "node": (42, "PCS", "LAB\\scopes", {"node": "NODE2"}),
    "csv": (50, "PCC", "LAB\\shared", {"instance": CSV}),
    "csv, id of dora": (5, "PCC", "LAB\\shared", {"instance": CSV}),
    "sbl": (5, "PCC", "LAB\\shared", {"instance": SBL}),
    "sr": (51, "PCC", "LAB\\shared", {"instance": SR}),
}
NUMBERS = {"63 less 1", "63", "64 less 2", "64 less 1"}
SIX = {"v6", "v6 bare", "v6 zone", "mapped"}
USUAL = {name for name, row in ROWS.items() if "instance" not in row[3]}
INSTANCES = {"default": DEFAULT, "csv": CSV, "sbl": SBL, "sr": SR}
ANY_WQL = object()

# filters (option, value), what they select, the WQL's condition (None: none).
CASES = [
    ([("session-id", "5")], {"dora"}, "((SessionId = 5))"),
    ([("session-id", "5..7")], {"dora", "dora again", "dora elsewhere"},
     "((SessionId >= 5 AND SessionId <= 7))"),
    ([("session-id", "5,7..8")], {"dora", "dora elsewhere", "other dora"},
     ANY_WQL),
    ([("session-id", str(BIG53 + 1))], {"53 and 1"}, ANY_WQL),
    ([("session-id", str(BIG53))], {"53"}, ANY_WQL),
    ([("session-id", str(BIG63 - 1))], {"63 less 1"},
     f"((SessionId = {BIG63 - 1}))"),
    ([("session-id", str(BIG63))], {"63"}, None),
    ([("session-id", str(TOP - 1))], {"64 less 1"}, None),
    ([("session-id", str(TOP - 2))], {"64 less 2"}, None),
    ([("session-id", f"{BIG63 - 1}..{TOP - 1}")], NUMBERS, None),
    ([("session-id", f"{BIG63 + 1}..{TOP - 1}")],
     {"64 less 2", "64 less 1"}, None),
    ([("client-user", "LAB\\dora")],
     {"dora", "dora again", "dora elsewhere"},
     "((ClientUserName = 'LAB\\\\dora'))"),
    ([("client-user", "lab\\DORA")],
     {"dora", "dora again", "dora elsewhere"}, ANY_WQL),
    ([("client-user", "OTHER\\dora")], {"other dora"}, ANY_WQL),
    ([("client-user", "LAB\\o'neil")], {"quote"},
     "((ClientUserName = 'LAB\\\\o\\'neil'))"),
    ([("client-user", "LAB\\a&b<c>")], {"signs"},
     "((ClientUserName = 'LAB\\\\a&b<c>'))"),
    ([("client-user", 'LAB\\say"so"')], {"double"}, ANY_WQL),
    ([("client-user", "LAB\\per%cent_*")], {"wild"}, ANY_WQL),
    ([("client-user", "LAB\\back\\slash")], {"slashes"}, ANY_WQL),
    ([("client-user", "x' OR ClientUserName LIKE '%")], {"injected"},
     ANY_WQL),
    ([("client-user", "lab\\ZO\u00cb")], {"letters"}, None),
    ([("client-user", "LAB\\STRA\u00dfE")], {"sharp"}, None),
    ([("client-user", "LAB\\o'neil"), ("client-user", "LAB\\zo\u00eb")],
     {"quote", "letters"}, None),
    ([("client", "FILER")], {"named", "named, slashes"}, ANY_WQL),
    ([("client", "\\\\filer")], {"named", "named, slashes"}, ANY_WQL),
    ([("client", "192.0.2.2")], {"dora elsewhere"}, None),
    ([("client", "2001:db8::1")], {"v6"}, None),
    ([("client", "[2001:DB8:0::1]")], {"v6"}, None),
    ([("client", "[2001:db8::2]")], {"v6 bare"}, None),
    ([("client", "fe80::1%7")], {"v6 zone"}, None),
    ([("client", "[fe80::1]")], {"v6 zone"}, None),
    ([("client", "192.0.2.77")], {"mapped", "unmapped"}, None),
    ([("client", "::ffff:192.0.2.77")], {"mapped", "unmapped"}, None),
    ([("client", "PC53"), ("client", "[2001:db8::1]")],
     {"53", "53 and 1", "v6"}, None),
    ([("scope", "FS1")], {"scope", "scope, node"}, "((ScopeName = 'FS1'))"),
    ([("scope", "fs1"), ("node", "node2")], {"scope, node"}, ANY_WQL),
    ([("node", "NODE2")], {"scope, node", "node"},
     "((ClusterNodeName = 'NODE2'))"),
    ([("scope", "*"), ("client", "PCS")], {"node"}, ANY_WQL),
    ([("client-user", "LAB\\dora"), ("client", "192.0.2.1")],
     {"dora", "dora again"}, "((ClientUserName = 'LAB\\\\dora'))"),
    ([("client-user", "LAB\\dora"), ("session-id", "6..8")],
     {"dora again", "dora elsewhere"}, ANY_WQL),
    ([("client-user", "LAB\\six"), ("client", "2001:db8::2"),
      ("scope", "*"), ("node", "WSMANLAB"), ("session-id", "1..100")],
     {"v6 bare"}, ANY_WQL),
    ([("instance", "csv"), ("session-id", "5")], {"csv, id of dora"},
     ANY_WQL),
    ([("instance", "sbl"), ("session-id", "5")], {"sbl"}, ANY_WQL),
    ([("instance", "csv"), ("client", "PCC")], {"csv", "csv, id of dora"},
     ANY_WQL),
    ([("instance", "csv"), ("instance", "sbl"), ("instance", "sr"),
      ("client-user", "LAB\\shared")],
     {"csv", "csv, id of dora", "sbl", "sr"}, ANY_WQL),
    ([("instance", "default"), ("instance", "csv"), ("session-id", "5")],
     {"dora", "csv, id of dora"}, ANY_WQL),
]
WORDS = {"session-id": "ids", "client-user": "user"}


def row_of(name):
    number, client, user, more = ROWS[name]
    return {"id": number, "client": client, "user": user, **more}


def key_of(name):
    """The id and the instance, which are unique together."""
    return ROWS[name][0], ROWS[name][3].get("instance", DEFAULT)


def keys(names):
    return sorted(key_of(name) for name in names)


def fill(lab):
    lab.sessions([row_of(name) for name in ROWS])
    lab.requests(reset=True)
    lab.invokes(reset=True)


def left(lab):
    return sorted((row["id"], row["instance"]) for row in lab.rows())


def instances_of(filters):
    return [INSTANCES[value] for name, value in filters
            if name == "instance"] or [DEFAULT]


def argv_of(filters):
    return [f"--{name}={value}" for name, value in filters]


def words_of(filters):
    return [f"instance={INSTANCES[value]}" if name == "instance"
            else f"{WORDS.get(name, name)}={value}"
            for name, value in filters]


def has_gaps(filters, names):
    """Are there ids in a range that no session has?  That is an error."""
    if {name for name, _ in filters} != {"session-id"}:
        return False
    wanted = 0
    for part in filters[0][1].split(","):
        first, _, last = part.partition("..")
        wanted += int(last or first) - int(first) + 1
    return wanted > len(names)


def check_status(done, filters, names):
    if has_gaps(filters, names):
        return done.expect(3, "property 'SessionId' equal to",
                           "SMBMGMT_E_NOT_FOUND")
    return done.expect(0)


def check_wql(lab, condition, filters):
    """What the server was asked to select, in each instance."""
    wanted = 0 if condition is None else len(instances_of(filters))
    queries = lab.queries()
    tap.equal(len(queries), wanted, f"{filters}: {queries}\nqueries")
    if condition not in (None, ANY_WQL):
        tap.equal(queries[0],
                  f"SELECT * FROM MSFT_SmbSession WHERE {condition}")


def check_options(lab, filters):
    """The instance is asked for where the filter has one."""
    asked = [one["options"].get("SmbInstance") for one in lab.requests()
             if one["operation"] == "enumerate"]
    named = [str(number) for number in instances_of(filters)]
    if all(name != "instance" for name, _ in filters):
        named = [None]
    tap.equal(sorted(set(map(str, asked))), sorted(map(str, named)),
              f"{filters}: SmbInstance")


def check_closed(lab, names, about):
    tap.equal(left(lab), keys(set(ROWS) - names), f"{about}: left")
    tap.equal(sorted((one["id"], one["instance"], one["outcome"])
                     for one in lab.invokes()),
              sorted((*key, "ended") for key in keys(names)), about)
    tap.equal(lab.queries(), [], f"{about}: a close asked with WQL")


@tap.case("each filter lists what fits, through the command")
def list_by_command(lab):
    fill(lab)
    for filters, names, condition in CASES:
        lab.requests(reset=True)
        done = check_status(run(*where(lab), "list", "--json",
                                *argv_of(filters)), filters, names)
        found = sorted((int(entry["session_id"]),
                        INSTANCES[entry["smb_instance"]])
                       for entry in done.json()["sessions"])
        tap.equal(found, keys(names), f"{done!r}\nlisted")
        check_wql(lab, condition, filters)
        check_options(lab, filters)


@tap.case("each filter closes what fits and nothing else, by the command")
def close_by_command(lab):
    for filters, names, _ in CASES:
        fill(lab)
        done = check_status(run(*where(lab), "close", "--force", "--json",
                                *argv_of(filters)), filters, names)
        tap.equal(closed(done), sorted({key[0] for key in keys(names)}))
        check_closed(lab, names, f"{filters}")


@tap.case("the same through the library, on one handle")
def by_library(lab):
    with Library(lab) as handle:
        tap.equal(handle.code("connect"), "SMBMGMT_OK")
        for filters, names, condition in CASES:
            fill(lab)
            words = words_of(filters)
            rows = [line for line in handle.ask("list", *words)
                    if line[0] == "row"]
            tap.equal(sorted((int(row[1]), int(row[6])) for row in rows),
                      keys(names), f"{words}")
            check_wql(lab, condition, filters)
            lab.requests(reset=True)
            code, outcomes = handle.close(*words)
            gaps = has_gaps(filters, names)
            tap.equal(code, "SMBMGMT_E_PARTIAL" if gaps else "SMBMGMT_OK",
                      f"{words}")
            # What is not found has no session, and so the id 0.
            tap.equal(outcomes.pop(0, ("NOT_FOUND",))[0], "NOT_FOUND")
            tap.equal(set(outcomes.values()), {("CLOSED", "SMBMGMT_OK")},
                      f"{words}")
            check_closed(lab, names, f"{words}")
        tap.equal(lab.counts()["challenges"] <= 1, True, "one log-on")


@tap.case("id by id and as a range of numbers, through the library")
def numbers(lab):
    fill(lab)
    with Library(lab) as handle:
        tap.equal(handle.code("open"), "SMBMGMT_OK")
        for name in sorted(USUAL):
            tap.equal(handle.list(f"id={ROWS[name][0]}"),
                      ("SMBMGMT_OK", [ROWS[name][0]]), name)
        tap.equal(handle.list(f"range={BIG63}..{TOP - 1}")[1],
                  [BIG63, TOP - 2, TOP - 1])
        lab.requests(reset=True)
        tap.equal(handle.close(f"range={TOP - 1}..{TOP - 1}"), (
            "SMBMGMT_OK", {TOP - 1: ("CLOSED", "SMBMGMT_OK")}))
    check_closed(lab, {"64 less 1"}, "the last id")


@tap.case("what nothing fits is an error, and closes nothing")
def not_found(lab):
    fill(lab)
    for argv in (["--session-id=99"], [f"--session-id={TOP - 3}"],
                 ["--client-user=dora"], ["--client-user=LAB\\nobody"],
                 ["--client-user=%"], ["--client-user=LAB\\d*"],
                 ["--client-user=LAB\\' OR '1'='1"], ["--client=FILE"],
                 ["--client=*"], ["--scope=FS"], ["--node=NODE"],
                 ["--instance=csv", "--session-id=7"],
                 ["--instance=sr", "--session-id=5"],
                 ["--client-user=LAB\\strasse"],
                 ["--client-user=OTHER\\dora", "--client=192.0.2.2"]):
        for command in (["list"], ["close", "--force"]):
            done = run(*where(lab), *command, *argv, "--json")
            done.expect(3, "SMBMGMT_E_NOT_FOUND")
    tap.equal((left(lab), invoked(lab)), (keys(ROWS), []))


@tap.case("no filter lists the default instance; --all closes only that")
def everything(lab):
    fill(lab)
    done = run(*where(lab), "list", "--json").expect(0)
    tap.equal(sorted(int(entry["session_id"])
                     for entry in done.json()["sessions"]),
              sorted(ROWS[name][0] for name in USUAL))
    run(*where(lab), "close", "--force", "--json").expect(
        2, "SMBMGMT_E_EMPTY_FILTER")
    run(*where(lab), "close", "--force", "--json", "--instance=csv").expect(
        2, "SMBMGMT_E_EMPTY_FILTER")
    tap.equal(left(lab), keys(ROWS))
    run(*where(lab), "close", "--all", "--force", "--json").expect(0)
    check_closed(lab, USUAL, "--all")


if __name__ == "__main__":
    main()
