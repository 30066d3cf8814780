#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""close without a terminal: consent, what-if, outcomes, exit status."""
from tooltest import UNASKED, contains, demo, equal, lacks, main, run

OUTCOME_KEYS = {"outcome", "code", "session", "collateral", "message", "sent"}


def outcomes(result):
    return {row["session"]["session_id"]: row["outcome"]
            for row in result.json()["outcomes"] if "session" in row}


def test_success_prints_nothing():
    result = demo("close", "1", "--force")
    equal((result.status, result.out, result.err), (0, "", ""))


def test_no_consent():
    result = demo("close", "1")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "--force", "--what-if")


def test_confirm_outranks_force():
    result = demo("close", "1", "--force", "--confirm")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "--force", "--what-if")


def test_nothing_selected():
    for more in (["--force"], ["--what-if"], []):
        result = demo("close", *more)
        equal((result.status, result.out), (2, ""), result)
        contains(result.err, "SMBMGMT_E_EMPTY_FILTER", "--all")


def test_selections_exclude_each_other():
    for args, word in ((["--all", "1"], "ids"),
                       (["--all", "--client=a"], "--client"),
                       (["--from=-", "1"], "ids"),
                       (["--from=-", "--all"], "--all"),
                       (["--from=-", "--guest"], "--guest"),
                       (["--from=-", "--instance=csv"], "--instance")):
        result = demo("close", "--force", *args)
        equal((result.status, result.out), (2, ""), result)
        contains(result.err, word)


def test_json_names_each_outcome():
    result = demo("close", "1", "3", "--force", "--json")
    equal((result.status, result.err), (0, ""), result)
    document = result.json()
    equal(set(document), {"schema", "outcomes", "errors", "left_out", "code"})
    equal(document["code"], 0)
    equal(outcomes(result), {"1": "CLOSED", "3": "CLOSED"})
    for row in document["outcomes"]:
        equal(set(row), OUTCOME_KEYS)
        equal((row["code"], row["collateral"], row["sent"]), (0, [], True))


def test_pass_thru_prints_the_sessions():
    result = demo("close", "1..2", "--force", "--pass-thru")
    equal((result.status, result.err), (0, ""), result)
    lines = result.out.splitlines()
    equal(lines[0].split()[0], "SessionId")
    equal([line.split()[0] for line in lines[2:]], ["1", "2"])


def test_no_verify_is_sent():
    result = demo("close", "1", "--force", "--no-verify", "--json")
    equal((result.status, result.err), (0, ""), result)
    equal(outcomes(result), {"1": "SENT"})
    table = demo("close", "1", "--force", "--no-verify", "--pass-thru")
    contains(table.out, r"ALPHA\alice")


def test_what_if():
    result = demo("close", "1", "3", "--what-if")
    equal((result.status, result.err), (0, ""), result)
    equal(result.out.splitlines(), [
        "What if: Performing operation 'Close-Session' on Target '1'.",
        "What if: Performing operation 'Close-Session' on Target '3'."])


def test_what_if_outranks_confirm_and_force():
    result = demo("close", "1", "--what-if", "--confirm", "--force", "--json")
    equal(result.status, 0, result)
    equal(outcomes(result), {"1": "WOULD_CLOSE"})
    row = result.json()["outcomes"][0]
    equal(row["message"],
          "Performing operation 'Close-Session' on Target '1'.")
    equal(row["sent"], False)


def test_own_session_is_refused():
    result = demo("close", "6", "--force")
    equal((result.status, result.out), (4, ""), result)
    contains(result.err, "session 6", r"ALPHA\admin",
             "SMBMGMT_E_REFUSED_OWN")


def test_own_session_is_refused_under_what_if():
    result = demo("close", "1", "6", "--what-if")
    equal(result.status, 4, result)
    lines = result.out.splitlines()
    equal(len(lines), 2, result)
    contains(result.out, "on Target '1'.", "Refused: session 6",
             "SMBMGMT_E_REFUSED_OWN")


def test_include_own():
    result = demo("close", "6", "--force", "--include-own", "--json")
    equal(result.status, 0, result)
    equal(outcomes(result), {"6": "CLOSED"})


def test_all_leaves_the_own_session_out_with_a_note():
    result = demo("close", "--all", "--force", "--json")
    equal(result.status, 0, result)
    equal(sorted(outcomes(result)), ["1", "2", "3", "4", "5"])
    equal([row["session_id"] for row in result.json()["left_out"]], ["6"])
    contains(result.err, "note: session 6", "--include-own")


def test_not_found():
    result = demo("close", "1", "99", "--force", "--json")
    equal(result.status, 3, result)
    missing = [row for row in result.json()["outcomes"]
               if row["outcome"] == "NOT_FOUND"]
    equal(len(missing), 1)
    assert "session" not in missing[0], missing
    contains(missing[0]["message"], "'SessionId' equal to '99'")
    contains(result.err, "'SessionId' equal to '99'", "SMBMGMT_E_NOT_FOUND")


def test_refused_comes_before_not_found():
    result = demo("close", "6", "99", "--force")
    equal(result.status, 4, result)


def test_a_failed_server_comes_before_refused():
    result = run("-S", UNASKED, "-S", "memory:demo", "-N",
                 "close", "1", "6", "99", "--force", "--json")
    equal(result.status, 1, result)
    document = result.json()
    equal(outcomes(result), {"1": "CLOSED", "6": "REFUSED_OWN"})
    equal([error["name"] for error in document["errors"]],
          ["SMBMGMT_E_NOT_SUPPORTED"])
    # Session 99 may be on the server that nobody could ask.
    lacks(result.out + result.err, "NOT_FOUND")


def test_no_server_closes_nothing():
    result = run("-N", "-S", UNASKED, "close", "1", "--force", "--json")
    equal(result.status, 1, result)
    document = result.json()
    equal(document["outcomes"], [])
    equal(document["code"], document["errors"][0]["code"])
    contains(result.err, "SMBMGMT_E_NOT_SUPPORTED", "127.0.0.1")


def test_filters_select():
    result = demo("close", "--client-user", r"ALPHA\alice", "--force",
                  "--json")
    equal(result.status, 0, result)
    equal(sorted(outcomes(result)), ["1", "3"])


main(globals())
