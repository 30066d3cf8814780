#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""--csv and --columns: read back with Python's reader, beside the JSON."""
import csv
import io
import json
import os
import subprocess
import sys

from tooltest import (LIMIT, contains, demo, equal, lacks, main, run)

ODD_NAMES = sys.argv[3]
# In the order of the JSON; a column that is added comes last.
COLUMNS = ["server", "transport", "listed_at", "computer", "handle_id",
           "session_id", "session_id_derived", "client_computer_name",
           "client_user_name", "num_opens", "seconds_exists", "seconds_idle",
           "scope_name", "cluster_node_name", "dialect", "transport_name",
           "smb_instance", "guest", "encrypted", "own", "group", "uid",
           "gid", "client_address", "cipher", "cipher_degree", "signing",
           "signing_degree", "node_number", "auth_time", "in_progress"]
# What no table in this process tells.
UNTOLD = set(COLUMNS[COLUMNS.index("group"):])
OUTCOME_COLUMNS = ["outcome", "code", "name", "message", "sent",
                   "collateral_certain", "collateral_possible",
                   "collateral_ended", "new_session_id"]


def read(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for row in rows:
        equal(len(row), len(rows[0]), text)
    return rows


def odd(*args):
    done = subprocess.run([ODD_NAMES, "-S", "memory:odd", *args],
                          capture_output=True, timeout=LIMIT, check=False,
                          stdin=subprocess.DEVNULL, start_new_session=True)
    equal((done.returncode, done.stderr), (0, b""), done)
    return done.stdout.decode()


def as_text(value):
    """A value of JSON as CSV has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_every_field_of_the_json_is_a_column():
    rows = read(demo("list", "--csv").out)
    equal(rows[0], COLUMNS)
    sessions = demo("list", "--json").json()["sessions"]
    equal(len(rows), 1 + len(sessions))
    for row, session in zip(rows[1:], sessions):
        equal(set(session), set(COLUMNS) - UNTOLD)
        for name, value in zip(COLUMNS, row):
            if name == "listed_at":  # another listing
                equal(len(value), len(session[name]))
                equal(value[-1], "Z")
            elif name not in ("seconds_exists", "seconds_idle"):
                equal(value, as_text(session.get(name)), name)


def test_odd_names_come_back():
    # Both of one listing each, of the same table.
    rows = read(odd("list", "--csv", "--columns",
                    "id,client,user,num_opens"))
    sessions = json.loads(odd("list", "--json"))["sessions"]
    equal(rows[0], ["session_id", "client_computer_name", "client_user_name",
                    "num_opens"])
    equal(len(rows), 1 + len(sessions))
    for row, session in zip(rows[1:], sessions):
        if "\x1b" not in session.get("client_computer_name", ""):
            equal(row, [as_text(session.get(name)) for name in rows[0]])
    contains(str(rows), "=cmd|' /C calc'!A0", "@SUM(1+1)*-2", 'a,b "c"',
             "' blank '", "18446744073709551615", "\u6771\u4eac")


def test_a_record_is_a_line_and_steers_nothing():
    text = odd("list", "--csv")
    lines = text.split("\n")
    equal(len(lines), 1 + 10 + 1)
    equal(lines[-1], "")
    assert all(letter == "\n" or letter.isprintable() or letter in
               "\u202e\u200b" for letter in text), repr(text)
    contains(text, r'"\\ws\x1b[2J\x0d\x0a6,admin"')


def test_unknown_is_empty_and_empty_is_quoted():
    lines = odd("list", "--csv", "--columns", "id,user,num_opens,client")
    contains(lines, '\n7,"",49,\\\\10.0.0.8\n', "\n8,,,\n")
    # A line with nothing on it is no record to many readers.
    equal(read(odd("list", "--csv", "--columns", "user"))[9], [""])
    lacks(odd("list", "--csv", "--columns", "user"), "\n\n")


def test_the_header_is_always_there():
    result = demo("list", "--csv", "--min-age=4294967295")
    equal((result.status, result.err), (0, ""))
    equal(result.out, ",".join(COLUMNS) + "\n")
    result = run("-S", "127.0.0.1", "-p", "1", "-N", "list", "--csv",
                 "--columns=user,id")
    equal((result.status, result.out), (1, "client_user_name,session_id\n"),
          result)
    contains(result.err, "127.0.0.1")


def test_lines_end_with_a_line_feed_alone():
    lacks(demo("list", "--csv").out, "\r")


def test_values_that_were_not_found_are_on_stderr():
    result = demo("list", "1", "99", "--csv")
    equal(result.status, 3, result)
    equal(len(read(result.out)), 2)
    contains(result.err, "equal to '99'")


def outcomes(result):
    rows = read(result.out)
    equal(rows[0], OUTCOME_COLUMNS + COLUMNS)
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def test_close():
    result = demo("close", "1", "6", "99", "--force", "--csv")
    equal(result.status, 4, result)
    closed, own, missing = outcomes(result)
    equal((closed["outcome"], closed["code"], closed["name"], closed["sent"],
           closed["session_id"], closed["client_user_name"]),
          ("CLOSED", "0", "", "true", "1", r"ALPHA\alice"))
    equal((own["outcome"], own["name"], own["sent"], own["own"]),
          ("REFUSED_OWN", "SMBMGMT_E_REFUSED_OWN", "false", "yes"))
    equal((missing["outcome"], missing["session_id"], missing["server"]),
          ("NOT_FOUND", "", ""))
    contains(missing["message"], "'SessionId' equal to '99'")
    # As with --json, all that people are told is still on stderr.
    equal(result.err, demo("close", "1", "6", "99", "--force", "--json").err)


def test_close_and_json_agree():
    args = ("close", "2", "6", "99", "--force")
    rows = outcomes(demo(*args, "--csv"))
    wanted = demo(*args, "--json").json()["outcomes"]
    equal(len(rows), len(wanted))
    for row, outcome in zip(rows, wanted):
        for name in ("outcome", "code", "message", "sent"):
            equal(row[name], as_text(outcome[name]))


def test_what_if():
    result = demo("close", "1", "3", "--what-if", "--csv")
    equal((result.status, result.err), (0, ""))
    equal([row["outcome"] for row in outcomes(result)], ["WOULD_CLOSE"] * 2)


def test_nothing_to_close():
    rows = demo("list", "--json", "--min-age=4294967295").out
    result = demo("close", "--from=-", "--force", "--csv", text=rows)
    equal((result.status, result.err), (0, ""), result)
    equal(outcomes(result), [])


def test_handles_and_list_in_the_shell():
    result = run("shell", "-c", "open --name 'a,b' memory:demo; "
                 "handles --csv; list 1 --csv --columns id,user")
    equal((result.status, result.err), (0, ""), result)
    lines = result.out.splitlines()
    equal(lines[0], "handle_id,name,instance_id,computer_name,transport,"
          "state,server")
    equal(read("\n".join(lines[:2]))[1][1], "a,b")
    equal(read("\n".join(lines[:2]))[1][3:],
          ["demo", "memory", "Connected", "memory:demo"])
    equal(lines[2:], ["session_id,client_user_name", r"1,ALPHA\alice"])


def refused(result, *parts):
    equal((result.status, result.out), (2, ""), result)
    equal(result.err.count("\n"), 1, result)
    contains(result.err, *parts)


def test_forms_exclude_each_other():
    refused(demo("list", "--csv", "--json"), "--csv", "--json")
    refused(demo("close", "1", "--force", "--csv", "--json"), "--json")
    refused(demo("list", "--columns=id", "--json"), "--columns", "--json")
    refused(demo("close", "1", "--columns=id"), "--columns", "close")
    refused(run("shell", "--csv"), "--csv", "shell")


def test_columns_that_there_are_not():
    for text in ("", "id,", ",id", "usr", "ID", "id, user"):
        refused(demo("list", f"--columns={text}"), "is no column",
                *COLUMNS, "(user)")


def test_columns_named_twice():
    for text in ("id,user,id", "session_id,id", "own,own"):
        refused(demo("list", "--csv", f"--columns={text}"), "twice")
    refused(demo("list", "--columns=id", "--columns=user"), "twice")


def test_every_column_and_every_short_name():
    for name in COLUMNS:
        equal(read(demo("list", "--csv", "--columns", name).out)[0], [name])
    shorts = "id,derived,client,user,opens,age,idle,scope,node,instance"
    equal(read(demo("list", "--csv", "--columns", shorts).out)[0],
          ["session_id", "session_id_derived", "client_computer_name",
           "client_user_name", "num_opens", "seconds_exists", "seconds_idle",
           "scope_name", "cluster_node_name", "smb_instance"])
    everything = ",".join(reversed(COLUMNS))
    equal(read(demo("list", "--csv", "--columns", everything).out)[0],
          COLUMNS[::-1])


def test_output_that_cannot_be_written():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [ODD_NAMES, "-S", "memory:odd", "list", "--csv"], stdout=full,
            stderr=subprocess.PIPE, timeout=LIMIT, check=False,
            env={**os.environ})
    equal(done.returncode, 1, done)


main(globals())
