#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What lab 2 was told to show is what is listed: by level, page and carrier."""

import os

from livetest import CARRIER, HELPER, main, run, tap, where

GUEST = 1
# By level: which of a scripted row's members a listing has under which name.
COMMON = {"client": "client_computer_name", "user": "client_user_name",
          "age": "seconds_exists", "idle": "seconds_idle"}
MEMBERS = {
    502: dict(COMMON, opens="num_opens", transport="transport_name"),
    2: dict(COMMON, opens="num_opens"),
    # An idle time of level 1 is Samba's, which has none.
    1: {"client": "client_computer_name", "user": "client_user_name",
        "age": "seconds_exists", "opens": "num_opens"},
    10: COMMON,
    0: {"client": "client_computer_name"},
}
ALL = {"client_computer_name", "client_user_name", "seconds_exists",
       "seconds_idle", "num_opens", "transport_name"}
ROWS = [
    {"client": "\\\\WS-7", "user": "dora", "opens": 0, "age": 0, "idle": 0,
     "flags": 0, "type": "", "transport": "\\Device\\NetbiosSmb",
     "frozen": True},
    {"client": "10.1.2.3", "user": "érik", "opens": 4294967295,
     "age": 4294967294, "idle": 86400, "flags": GUEST, "type": "Windows",
     "transport": "", "frozen": True},
    {"client": "\\\\[fe80::1%3]", "user": "two words", "opens": 17,
     "age": 3600, "idle": 59, "flags": GUEST | 2, "type": "DOS LM 2.1",
     "transport": "\\Device\\x", "frozen": True},
]
THREE_THOUSAND = [
    {"client": f"\\\\10.2.{n // 250}.{n % 250}", "user": f"user{n}",
     "opens": n % 7, "age": 1000 + n, "idle": n % 100, "frozen": True}
    for n in range(3000)]


def listed(lab, *argv):
    """The scripted rows of a listing, in its order."""
    result = run(*where(lab), "list", "--json", *argv).expect(0)
    return [row for row in result.json()["sessions"] if row["own"] == "no"]


def check_level(lab, level):
    lab.set(refuse_levels={str(other): 124 for other in MEMBERS
                           if list(MEMBERS).index(other)
                           < list(MEMBERS).index(level)})
    lab.scripted(ROWS)
    members = MEMBERS[level]
    got = listed(lab)
    # At level 0 any row may be ours, if its client is: these are not.
    tap.equal(len(got), len(ROWS), f"rows of {got}")
    for row, wanted in zip(got, ROWS):
        tap.equal({name: row.get(name) for name in ALL},
                  dict.fromkeys(ALL) | {name: wanted[key] for key, name
                                        in members.items()}, f"level {level}")
        # Only the levels with flags tell.
        guest = (bool(wanted["flags"] & GUEST) if level in (502, 2, 1)
                 else None)
        tap.equal(row.get("guest"), guest, f"level {level}")
        tap.true("encrypted" not in row, "the flag tells of passwords only")


for LEVEL in MEMBERS:
    tap.case(f"level {LEVEL} is decoded")(
        lambda lab, level=LEVEL: check_level(lab, level))


def plain(rows):
    return [(row["client_computer_name"], row["client_user_name"],
             row["num_opens"], row["seconds_exists"], row["seconds_idle"],
             row["session_id"]) for row in rows]


@tap.case("3,000 sessions: in fragments, in pages, by either carrier, the same")
def big(lab):
    lab.scripted(THREE_THOUSAND)
    # Which others there are is for the build to say.
    folder = os.path.dirname(HELPER)
    carriers = [name for name in ("dcerpc", "smbclient") if os.path.exists(
        os.path.join(folder, f"carrier-{name}.so"))]
    tap.true(CARRIER in carriers, f"{CARRIER} of {carriers}")
    lists = {}
    for carrier in carriers:
        # libsmbclient loses what a message-mode pipe has over its read.
        mode = "byte" if carrier == "smbclient" else "message"
        for kind, settings in (("fragments", {}),
                               ("small fragments", {"fragment": 1500}),
                               ("pages of 100", {"page_rows": 100}),
                               ("pages of 20 kB", {"page_bytes": 20000})):
            lab.set(fragment=4280, page_rows=0, page_bytes=0)
            lab.set(pipe_mode=mode, **settings)
            lab.opnums(reset=True)
            lists[carrier, kind] = plain(
                listed(lab, f"--carrier={carrier}"))
            calls = lab.opnums().get(12, 0)
            tap.note(f"{carrier}, {kind}: {calls} calls")
            tap.true((calls > 1) == kind.startswith("pages"), f"{calls}")
    wanted = lists[carriers[0], "fragments"]
    tap.equal([row[:5] for row in wanted],
              [(row["client"], row["user"], row["opens"], row["age"],
                row["idle"]) for row in THREE_THOUSAND])
    for key, rows in lists.items():
        tap.true(rows == wanted, f"{key} lists something else")


if __name__ == "__main__":
    main()
