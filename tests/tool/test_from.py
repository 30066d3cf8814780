#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""close --from: what list --json printed, and everything else."""
import copy
import datetime
import json
import os
import tempfile

from tooltest import UNASKED, contains, demo, equal, main, run


def now(ago=0):
    time = datetime.datetime.now(datetime.timezone.utc)
    time -= datetime.timedelta(seconds=ago)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def listing(*args):
    """Rows that stay true.

    memory:demo begins anew with each handle: its sessions do not grow older
    from one command to the next, as they should.  Without an age the id says
    which session it is.
    """
    document = demo("list", "--json", *args).json()
    for row in document["sessions"]:
        del row["seconds_exists"]
    return document


def close(document, *args, where=()):
    return run(*where, "close", "--from", "-", "--force", "--json", *args,
               text=document if isinstance(document, str)
               else json.dumps(document))


def outcomes(result):
    return {row["session"]["session_id"]: row["outcome"]
            for row in result.json()["outcomes"]}


def refused(result, *parts):
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "--from", *parts)


def test_closes_just_those_rows():
    result = close(listing("2", "4"))
    equal((result.status, result.err), (0, ""), result)
    equal(outcomes(result), {"2": "CLOSED", "4": "CLOSED"})


def test_reads_a_file():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(listing("1"), file)
        result = run("close", "--from", path, "--force", "--json")
    equal(outcomes(result), {"1": "CLOSED"})


def test_with_the_same_server_named():
    result = close(listing("1"), where=["-S", "memory:demo"])
    equal(outcomes(result), {"1": "CLOSED"})


def test_row_of_another_server_closes_nothing():
    document = listing("1", "2")
    document["sessions"][1]["server"] = "elsewhere"
    refused(close(document, where=["-S", "memory:demo"]), "session 2",
            "elsewhere")


def test_a_replaced_session_is_not_closed():
    document = listing("1", "2")
    # Two hours old now, and an hour ago as well: it is not that session.
    document["sessions"][0]["listed_at"] = now(3600)
    document["sessions"][0]["seconds_exists"] = 7200
    result = close(document)
    seen = outcomes(result)
    equal(seen["2"], "CLOSED")
    assert seen.get("1") not in ("CLOSED", "SENT"), result


def test_a_session_that_left_is_not_found_or_gone():
    document = listing("1")
    document["sessions"][0]["session_id"] = "99"
    result = close(document)
    assert result.status in (0, 3), result
    assert '"CLOSED"' not in result.out, result


def test_no_rows_is_nothing_to_do():
    result = close({"schema": 1, "sessions": [], "errors": []})
    equal((result.status, result.err), (0, ""), result)
    equal(result.json()["outcomes"], [])


def test_unknown_members_are_ignored():
    document = listing("1")
    document["later"] = {"any": "thing"}
    document["sessions"][0]["later"] = [1]
    equal(outcomes(close(document)), {"1": "CLOSED"})


def test_what_if():
    result = run("close", "--from", "-", "--what-if",
                 text=json.dumps(listing("5")))
    equal((result.status, result.err), (0, ""), result)
    equal(result.out,
          "What if: Performing operation 'Close-Session' on Target '5'.\n")


def test_no_consent():
    result = run("close", "--from", "-", text=json.dumps(listing("5")))
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "--force")


def test_file_that_is_not_there():
    refused(run("close", "--from", "/nonexistent/rows", "--force"),
            "No such file")


def test_not_json():
    for text in ("", "{", "[]", "null", "1", "{}", "\0", '{"schema":1}',
                 '{"schema":2,"sessions":[]}',
                 '{"schema":"1","sessions":[]}',
                 '{"schema":1,"sessions":{}}',
                 '{"schema":1,"sessions":[]} x',
                 '{"schema":1,"sessions":[[]]}',
                 '{"schema":1,"sessions":[{}]}',
                 '{"schema":1,"schema":1,"sessions":[]}'):
        refused(close(text), "list --json")


def test_rows_that_list_never_prints():
    good = listing("1")
    changes = [("server", 1), ("server", None), ("transport", None),
               ("transport", "srvsvc"), ("listed_at", None),
               ("listed_at", "yesterday"), ("listed_at", 5),
               ("listed_at", "2024-02-30T00:00:00.000Z"),
               ("listed_at", "2024-02-03T00:00:00Z"),
               ("listed_at", now(-86400)),
               ("session_id", 1), ("session_id", "-1"), ("session_id", ""),
               ("session_id", "18446744073709551616"),
               ("session_id", "1 "), ("num_opens", "2"), ("num_opens", -1),
               ("seconds_exists", 4294967296), ("seconds_exists", 1.5),
               ("guest", 0), ("client_user_name", 5),
               ("smb_instance", 0), ("smb_instance", "ssl")]
    for name, value in changes:
        document = copy.deepcopy(good)
        if value is None:
            del document["sessions"][0][name]
        else:
            document["sessions"][0][name] = value
        refused(close(document), "session 1 of the list")


def test_a_bad_row_closes_none_of_the_others():
    document = listing("1", "2")
    document["sessions"][1]["session_id"] = 2
    refused(close(document), "session 2 of the list")


def test_rows_of_two_servers():
    document = listing("1")
    other = copy.deepcopy(document["sessions"][0])
    other["server"], other["transport"] = UNASKED, "srvsvc"
    document["sessions"].append(other)
    result = close(document, "-N")
    equal(result.status, 1, result)
    equal(outcomes(result), {"1": "CLOSED"})
    equal(len(result.json()["errors"]), 1)


main(globals())
