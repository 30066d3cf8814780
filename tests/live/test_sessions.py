#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What is listed is what smbstatus lists, and a close ends just that."""

from livetest import Shell, as_admin, main, row_of, samba_case, tap, where


def oracle(lab):
    """smbstatus, as (client, user, opens)."""
    return sorted((row.address, row.user, row.opens)
                  for row in lab.sessions() if row.user != "admin")


def identities(lab, *sessions):
    rows = [lab.row(session) for session in sessions]
    return [row and (row.id, row.pid, row.user, row.opens) for row in rows]


@samba_case("users, clients, count and opens are those of smbstatus")
def equals_smbstatus(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    alice.user_on_same_connection("bob", files=0)
    lab.client("bob", "127.0.0.6", files=3)
    lab.client("carol", "127.0.0.6", sessions=2, files=0)
    lab.client("alice", "127.0.0.7", dialect="3.1.1")
    with Shell(*where(lab)) as shell:
        result = shell.say("list --json").expect(0)
        tap.equal(result.rows(), oracle(lab), repr(result))
        tap.equal(len(result.rows()), 6, "rows of the clients")
        own = [entry for entry in result.json()["sessions"]
               if entry["own"] != "no"]
        tap.equal([(row_of(entry), entry["own"]) for entry in own],
                  [(("127.0.0.1", "admin", 0), "yes")], "our own row")
        tap.equal(len(lab.sessions(user="admin")), 1, "admin in smbstatus")
    table = as_admin(lab, "list").expect(0)
    tap.equal(table.out.splitlines()[0].split(),
              ["SessionId", "ClientComputerName", "ClientUserName",
               "NumOpens"])
    tap.equal(len(table.out.splitlines()), 2 + 7, repr(table))


@samba_case("a close ends the sessions named, and no others feel it")
def ends_just_those(lab):
    gone = [lab.client("alice", "127.0.0.5", files=2),
            lab.client("alice", "127.0.0.5", files=1)]
    stay = [lab.client("alice", "127.0.0.6", files=2),
            lab.client("bob", "127.0.0.7", files=2),
            lab.client("carol", "127.0.0.7", files=1)]
    before = identities(lab, *(client.session for client in stay))
    as_admin(lab, "close", "--client-user", "alice", "--client",
             "127.0.0.5", "--force").expect(0)
    tap.equal([client.session.state() for client in gone], ["ended"] * 2)
    tap.equal(identities(lab, *(client.session for client in gone)),
              [None] * 2, "the closed ones in smbstatus")
    tap.true(all(client.alive() for client in stay), "the old handles read")
    tap.equal(identities(lab, *(client.session for client in stay)), before,
              "ids and smbds of the others")


@tap.case("a close by id, and what --pass-thru prints")
def by_id(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    bob = lab.client("bob", "127.0.0.6")
    listed = as_admin(lab, "list", "--client-user", "alice", "--json")
    ident = listed.expect(0).json()["sessions"][0]["session_id"]
    tap.equal([entry["session_id"] for entry in as_admin(
        lab, "list", ident, "--json").expect(0).json()["sessions"]], [ident])
    closed = as_admin(lab, "close", ident, "--force", "--pass-thru").expect(0)
    tap.equal(closed.out.splitlines()[2].split(),
              [ident, "127.0.0.5", "alice", "2"])
    tap.equal((alice.session.state(), bob.alive()), ("ended", True))
    as_admin(lab, "close", ident, "--force").expect(
        3, "No MSFT_SmbSession objects found with property 'SessionId' "
        f"equal to '{ident}'.  Verify the value of the property and retry.")


@samba_case("301 sessions are 301 rows, and one close ends them all")
def many(lab):
    carol = lab.client("carol", "127.0.0.9", sessions=301, files=0)
    bob = lab.client("bob", "127.0.0.6")
    before = identities(lab, bob.session)
    listed = as_admin(lab, "list", "--json").expect(0)
    tap.equal(listed.rows(), [("127.0.0.6", "bob", 1)]
              + [("127.0.0.9", "carol", 0)] * 301)
    closed = as_admin(lab, "close", "--client-user", "carol", "--force",
                      "--json").expect(0)
    tap.equal(closed.outcomes(), [("CLOSED", "127.0.0.9", "carol")] * 301)
    tap.equal(carol.session.state(), "ended")
    tap.equal(lab.sessions(user="carol"), [], "carol in smbstatus")
    tap.true(bob.alive(), "bob's old handle reads")
    tap.equal(identities(lab, bob.session), before, "bob's row")


@tap.case("names in every spelling select the same session")
def spellings(lab):
    alice = lab.client("alice", "127.0.0.5")
    lab.client("bob", "127.0.0.6")
    for arguments in (("--client-user", "ALICE"), ("--client-user", "aLiCe"),
                      ("--client", r"\\127.0.0.5"),
                      ("--client", "::ffff:127.0.0.5"),
                      ("--client", "[::ffff:127.0.0.5]"),
                      ("--client-user", "Alice", "--client-user", "ALICE"),
                      ("--client-user", "Alice", "--client-user", "bob",
                       "--client", r"\\127.0.0.5")):
        result = as_admin(lab, "list", *arguments, "--json").expect(0)
        tap.equal(result.rows(), [("127.0.0.5", "alice", 1)], repr(result))
    as_admin(lab, "close", "--client-user", "ALICE", "--client",
             "::ffff:127.0.0.5", "--force").expect(0)
    tap.equal(alice.session.state(), "ended")


@tap.case("what was not found, in PowerShell's words")
def not_found(lab):
    lab.client("alice", "127.0.0.5")
    sentence = ("No MSFT_SmbSession objects found with property '{}' equal "
                "to '{}'.  Verify the value of the property and retry.")
    for command in (["list"], ["close", "--force"], ["close", "--what-if"]):
        as_admin(lab, *command, "--client-user", "nobody").expect(
            3, sentence.format("ClientUserName", "nobody"))
        as_admin(lab, *command, "--client", "127.0.0.99").expect(
            3, sentence.format("ClientComputerName", "127.0.0.99"))
        as_admin(lab, *command, "4..5").expect(
            3, sentence.format("SessionId", "4..5"))
    found = as_admin(lab, "list", "--client-user", "alice", "--client-user",
                     "x", "--json").expect(
        3, sentence.format("ClientUserName", "x"))
    tap.equal(found.rows(), [("127.0.0.5", "alice", 1)], repr(found))
    tap.equal([entry["name"] for entry in found.json()["errors"]],
              ["SMBMGMT_E_NOT_FOUND"])
    tap.true(lab.sessions(user="alice"), "alice is still there")


@samba_case("what srvsvc on Samba cannot tell is said, and closes nothing")
def not_supported(lab):
    alice = lab.client("alice", "127.0.0.5")
    for arguments, words in (
            (("--min-idle", "0s"), ("SecondsIdle", "transports that can")),
            (("--client-user", r"LAB\alice"), ("select 'alice' instead",)),
            (("--dialect", "2.1"), ("Dialect", "transports that can")),
            (("--scope", "*"), ("ScopeName", "transports that can"))):
        for command in (["list"], ["close", "--force"]):
            as_admin(lab, *command, *arguments).expect(
                1, "SMBMGMT_E_NOT_SUPPORTED", *words)
    tap.true(alice.alive(), "alice's handle reads")


@tap.case("age and opens select, and that nobody is selected is no error")
def predicates(lab):
    lab.client("alice", "127.0.0.5", files=2)
    lab.client("bob", "127.0.0.6")
    result = as_admin(lab, "list", "--max-opens", "1", "--client-user",
                      "alice", "--client-user", "bob", "--json").expect(0)
    tap.equal(result.rows(), [("127.0.0.6", "bob", 1)], repr(result))
    tap.equal(as_admin(lab, "list", "--min-age", "1d", "--json").expect(
        0).rows(), [])


if __name__ == "__main__":
    main()
