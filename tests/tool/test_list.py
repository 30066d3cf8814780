#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""list: the table, JSON, filters, several servers, exit status."""
import json

from tooltest import UNASKED, contains, demo, equal, lacks, main, run

KEYS = {"server", "transport", "listed_at", "computer", "handle_id",
        "session_id", "session_id_derived", "client_computer_name",
        "client_user_name", "num_opens", "seconds_exists", "seconds_idle",
        "scope_name", "cluster_node_name", "smb_instance", "dialect",
        "transport_name", "guest", "encrypted", "own"}


def ids(*args):
    result = demo("list", "--json", *args)
    equal(result.status, 0, result)
    return [row["session_id"] for row in result.json()["sessions"]]


def test_columns():
    result = demo("list")
    equal((result.status, result.err), (0, ""), result)
    lines = result.out.splitlines()
    equal(lines[0].split(), ["SessionId", "ClientComputerName",
                             "ClientUserName", "NumOpens"])
    equal(len(lines), 2 + 6)
    equal(lines[2].split()[:3], ["1", r"\\10.0.0.5", r"ALPHA\alice"])
    equal(len({len(line) for line in lines}), 1, result)


def test_computer_comes_first_when_there_are_several():
    result = run("-S", "memory:demo", "-S", "memory:demo", "list")
    equal(result.status, 0, result)
    lines = result.out.splitlines()
    equal(lines[0].split()[:2], ["Computer", "SessionId"])
    equal(len(lines), 2 + 12)


def test_nothing_listed_prints_nothing():
    result = demo("list", "--min-age=4294967295")
    equal((result.status, result.out, result.err), (0, "", ""))


def test_json_has_every_field():
    result = demo("list", "--json")
    equal((result.status, result.err), (0, ""), result)
    document = result.json()
    equal(set(document), {"schema", "sessions", "errors"})
    equal(document["errors"], [])
    for row in document["sessions"]:
        equal(set(row), KEYS)
        equal(row["server"], "memory:demo")
        equal(row["transport"], "memory")
        equal(row["session_id_derived"], False)
    equal([row["session_id"] for row in document["sessions"]],
          ["1", "2", "3", "4", "5", "6"])
    equal([row["own"] for row in document["sessions"]],
          ["no"] * 5 + ["yes"])
    equal(document["sessions"][3]["client_computer_name"], "[fe80::1%3]")


def test_json_of_nothing():
    document = demo("list", "--json", "--min-age=4294967295").json()
    equal(document, {"schema": 1, "sessions": [], "errors": []})


def test_ids():
    equal(ids("2"), ["2"])
    equal(ids("1..3"), ["1", "2", "3"])
    equal(ids("1,3..4"), ["1", "3", "4"])
    equal(ids("5", "1"), ["1", "5"])
    equal(ids("--session-id=2", "4"), ["2", "4"])


def test_filters():
    equal(ids("--client=10.0.0.5"), ["1", "2"])
    equal(ids("--client=10.0.0.5", "--client", r"\\10.0.0.6"),
          ["1", "2", "3"])
    equal(ids("--client-user", r"alpha\ALICE"), ["1", "3"])
    equal(ids("--client-user", r"ALPHA\alice", "--client=10.0.0.6"), ["3"])
    equal(ids("--node=NODE-2"), ["3", "4", "5"])
    equal(ids("--node=node-2", "--unencrypted"), ["3", "5"])
    equal(ids("--guest"), [])
    equal(ids("--min-idle=12h"), ["3"])
    equal(ids("--instance=default", "1"), ["1"])


def test_max_opens_and_durations_agree_with_the_rows():
    rows = demo("list", "--json").json()["sessions"]
    few = [row["session_id"] for row in rows if row["num_opens"] <= 2]
    equal(ids("--max-opens=2"), few)
    assert 0 < len(few) < len(rows), rows
    old = max(row["seconds_exists"] for row in rows)
    assert ids(f"--min-age={old}s"), rows


def test_not_found():
    result = demo("list", "1", "99")
    equal(result.status, 3, result)
    contains(result.out, r"ALPHA\alice")
    contains(result.err, "'SessionId' equal to '99'",
             "SMBMGMT_E_NOT_FOUND")


def test_not_found_range_is_one_entry():
    result = demo("list", "5..9", "--json")
    equal(result.status, 3, result)
    document = result.json()
    equal([row["session_id"] for row in document["sessions"]], ["5", "6"])
    equal(len(document["errors"]), 1)
    contains(document["errors"][0]["message"], "7..9")


def test_ids_above_two_to_the_53_stay_whole():
    result = demo("list", "18446744073709551615")
    equal(result.status, 3, result)
    contains(result.err, "18446744073709551615")


def test_one_server_fails_and_the_others_go_on():
    result = run("-S", "127.0.0.1", "-p", "1", "-N", "-S", "memory:demo",
                 "list", "1", "99")
    equal(result.status, 1, result)
    contains(result.out, r"ALPHA\alice")
    contains(result.err, "smbmgmt: 127.0.0.1: ", "SMBMGMT_E_")
    # It may hold session 99.
    lacks(result.err, "NOT_FOUND")


def test_a_server_that_makes_no_sense_stops_all():
    result = run("-S", "memory:nowhere", "-S", "memory:demo", "list", "1")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "memory:nowhere")


def test_a_failed_server_makes_nothing_not_found():
    result = run("-S", UNASKED, "-S", "memory:demo", "list",
                 "--json", "-N", "99")
    equal(result.status, 1, result)
    names = [error["name"] for error in result.json()["errors"]]
    equal(names, ["SMBMGMT_E_NOT_SUPPORTED"], result)
    lacks(result.err, "NOT_FOUND")


def test_json_is_ascii():
    json.loads(demo("list", "--json").out.encode().decode("ascii"))


main(globals())
