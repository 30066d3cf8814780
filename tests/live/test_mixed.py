#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""One command for a fleet of all kinds: a real smbd and a windows-shaped server
over srvsvc, this machine's Samba, and two servers over WS-Management, one of
them with TLS.  What is listed is compared with each server's own word.
"""

import contextlib
import csv
import io
import json
import os
import sys
import time

from livetest import AGED, lab2, run, tap
from smblab import SambaLab, WsmanLab, closed_port

ADMIN = "admin"
# Names of two users at one server, and of one at the others.
ALICE, LAB_ALICE = "alice", "LAB\\alice"
NODE = "WSMANLAB"
# Beyond what a double, and what an int64, can hold.
BIG, BIGGER = 2**53 + 1, 2**64 - 2
HTTP_ROWS = [
    {"id": BIGGER, "client": "PC1", "user": "LAB\\dora", "opens": 7},
    {"id": 4242, "client": "[2001:db8::1]", "user": ALICE, "scope": "FS1"},
    {"id": 4243, "client": "10.0.0.9", "user": LAB_ALICE},
    {"id": 4244, "client": "PC2", "user": "bob"},
]
HTTPS_ROWS = [
    {"id": BIG, "client": "PC3", "user": ALICE, "opens": 1},
    {"id": 5243, "client": "PC4", "user": LAB_ALICE, "times": 2},
    {"id": 5250, "client": "PC5", "user": "carol"},
]
SCRIPTED = [
    {"client": "\\\\PC6", "user": "dora", "opens": 3, "times": 2},
    {"client": "\\\\PC7", "user": ALICE},
]
COLUMNS = ("server", "session_id", "client_computer_name",
           "client_user_name", "num_opens")


def nobody_is_admin(rows):
    return all(row.user != ADMIN for row in rows)


class Mixed:
    """The five servers, in the order in which the command is told them."""

    def __init__(self, smbd, http, windows, here, https):
        self.smbd, self.http, self.windows = smbd, http, windows
        self.here, self.https = here, https
        self.kinds = {
            f"{smbd.host}:{smbd.port}": "srvsvc",
            f"wsman:{http.host}:{http.port}": "wsman",
            f"{windows.host}:{windows.port}": "srvsvc",
            "samba:localhost": "samba",
            f"wsmans:{https.host}:{https.tls_port}": "wsmans",
        }
        self.names = list(self.kinds)

    def populate(self):
        """The same sessions for each case, as old as a close wants them."""
        password = self.smbd.passwords[ADMIN]
        for lab in (self.smbd, self.windows, self.here):
            lab.close_clients()
        for lab in (self.windows, self.http, self.https):
            lab.reset()
        self.windows.add_user(ADMIN, ("administrators",), password=password)
        self.windows.set(pipe_mode="byte")  # libsmbclient reads no others
        self.windows.scripted(SCRIPTED)
        for lab, rows in ((self.http, HTTP_ROWS), (self.https, HTTPS_ROWS)):
            lab.add_user(ADMIN, password)
            lab.sessions(rows)
            for seen in (lab.invokes, lab.requests, lab.heard):
                seen(reset=True)
        self.windows.dels(reset=True)
        for lab in (self.smbd, self.windows, self.here):
            lab.wait_sessions(0)
        self.clients = {
            ("smbd", ALICE): self.smbd.client(ALICE, "127.0.0.5"),
            ("smbd", "bob"): self.smbd.client("bob", "127.0.0.6"),
            ("windows", "bob"): self.windows.client("bob", "127.0.0.7"),
            ("here", ALICE): self.here.client(ALICE, "127.0.0.5", files=2),
            ("here", "carol"): self.here.client("carol", "127.0.0.8"),
        }
        self.made = time.monotonic()

    def aged(self):
        time.sleep(max(0, self.made + AGED - time.monotonic()))

    def truth(self):
        """(server, id, client, user, opens), by what each server says.

        Over srvsvc there are no ids: what is compared has none either.
        """
        smbd, http, windows, here, https = self.names
        rows = [(smbd, None, row.address, row.user, row.opens)
                for row in self.smbd.sessions() if row.user != ADMIN]
        rows += [(windows, None, row.client, row.user, row.opens)
                 for row in self.windows.sessions() if row.user != ADMIN]
        rows += [(windows, None, row["client"], row["user"], row["opens"])
                 for row in self.windows.scripted_rows()]
        rows += [(here, row.id, row.address, row.user, row.opens)
                 for row in self.here.sessions()]
        for name, lab in ((http, self.http), (https, self.https)):
            if lab.process is not None:
                rows += [(name, str(row["id"]), row["client"], row["user"],
                          row["opens"]) for row in lab.rows()]
        return sorted(rows, key=repr)

    def alive(self):
        return {name for name, client in self.clients.items()
                if client.alive()}

    def where(self, *names):
        """How the command is told servers, and what each kind of them wants."""
        return ["-A", self.smbd.auth_file(ADMIN),
                "-s", self.here.conf, "--samba-path", self.here.tools(),
                "--ca-file", self.https.ca_file,
                *(word for name in names or self.names
                  for word in ("-S", name))]

    def settle(self):
        """No session of an earlier command is left, or none is known as ours.
        """
        self.smbd.wait_sessions(nobody_is_admin)
        if self.windows.process is not None:
            self.windows.wait_sessions(nobody_is_admin)

    def run(self, *argv, **more):
        self.settle()
        return run(*self.where(), *argv, **more)

    def changed(self):
        """What closes reached servers that keep a record of them."""
        return (self.windows.dels(), self.http.invokes(),
                self.https.invokes())


def listed(result):
    """The rows of a listing, as truth() has them, but our own."""
    return sorted(((entry["server"], None if entry["session_id_derived"]
                    else entry["session_id"], *(entry[name] for name in
                                                COLUMNS[2:]))
                   for entry in result.json()["sessions"]
                   if entry["own"] == "no"), key=repr)


def errors(result):
    return {error["server"]: error["name"]
            for error in result.json()["errors"]}


def outcomes(result, only=None):
    """(outcome, server, user), sorted; of all or of some servers."""
    return sorted((entry["outcome"], entry["session"]["server"],
                   entry["session"]["client_user_name"])
                  for entry in result.json()["outcomes"]
                  if only is None or entry["session"]["server"] in only)


@tap.case("list: one table, and in it what each server says itself")
def table(fleet):
    lines = fleet.run("list", f"--columns={','.join(COLUMNS)}").expect(
        0).out.splitlines()
    tap.equal(lines[0].split(), ["Server", "SessionId", "ClientComputerName",
                                 "ClientUserName", "NumOpens"])
    tap.equal(len([line for line in lines if "SessionId" in line]), 1)
    tap.true(set("".join(lines[1].split())) == {"-"}, lines[1])
    rows = [tuple(line.split()) for line in lines[2:]]
    derived = {name for name, kind in fleet.kinds.items() if kind == "srvsvc"}
    found = sorted(((server, None if server in derived else ident, client,
                     user, int(opens))
                    for server, ident, client, user, opens in rows
                    if user != ADMIN), key=repr)
    tap.equal(found, fleet.truth())
    # Our own session is there where a connection is a session.
    tap.equal({row[0] for row in rows if row[3] == ADMIN}, derived)
    # In the order in which the servers were given.
    tap.equal(list(dict.fromkeys(row[0] for row in rows)), fleet.names)
    # By default there is a computer in place of the server.
    first = fleet.run("list").expect(0).out.splitlines()[0]
    tap.equal(first.split()[:2], ["Computer", "SessionId"])


@tap.case("list --json: one document, with each row's server and transport")
def as_json(fleet):
    result = fleet.run("list", "--json").expect(0)
    tap.equal(len(result.out.splitlines()), 1)
    tap.equal(listed(result), fleet.truth())
    tap.equal(errors(result), {})
    entries = result.json()["sessions"]
    tap.equal({entry["server"]: entry["transport"] for entry in entries},
              fleet.kinds)
    for entry in entries:
        wsman = entry["transport"].startswith("wsman")
        tap.equal(entry["session_id_derived"],
                  entry["transport"] == "srvsvc", repr(entry))
        tap.equal((entry.get("cluster_node_name"), "scope_name" in entry,
                   "smb_instance" in entry),
                  (NODE if wsman else None, wsman, wsman), repr(entry))
        tap.equal("open_files" in entry, entry["transport"] == "samba")
    idents = {entry["session_id"] for entry in entries}
    tap.true({str(BIG), str(BIGGER)} <= idents, repr(idents))


@tap.case("list --csv: the same rows below one header")
def as_csv(fleet):
    rows = list(csv.DictReader(io.StringIO(fleet.run("list", "--csv").expect(
        0).out)))
    found = sorted(((row["server"], None if row["session_id_derived"] ==
                     "true" else row["session_id"],
                     row["client_computer_name"], row["client_user_name"],
                     int(row["num_opens"]))
                    for row in rows if row["own"] == "no"), key=repr)
    tap.equal(found, fleet.truth())
    tap.equal({row["server"]: row["transport"] for row in rows}, fleet.kinds)


@tap.case("list --opens: those of Samba, and of how many sessions none is told")
def opens(fleet):
    paths = fleet.here.status()["open_files"]
    result = fleet.run("list", "--opens")
    tap.equal(result.status, 0, repr(result))
    below = [line.split() for line in result.out.splitlines()
             if line.startswith(" " * 2) and ": " in line]
    tap.equal(sorted(words[-1] for words in below),
              sorted([*paths, "files", "files"]))
    ours = len(result.out.splitlines()) - 2 - len(below)
    tap.true(f"of {ours - 2} of {ours} sessions" in result.err,
             repr(result))


@tap.case("a filter for what only WS-Management tells: the others are named")
def scope(fleet):
    for filters, users in ((["--scope=FS1"], [ALICE]),
                           ([f"--node={NODE.lower()}"],
                            [row["user"] for row in fleet.http.rows()
                             + fleet.https.rows()])):
        result = fleet.run("list", *filters, "--json")
        tap.equal(result.status, 1, repr(result))
        tap.equal(errors(result), {
            name: "SMBMGMT_E_NOT_SUPPORTED" for name, kind in
            fleet.kinds.items() if not kind.startswith("wsman")})
        for error in result.json()["errors"]:
            tap.true(f"{error['server']}: {error['message']}" in result.err,
                     repr(result))
            tap.true("wsman" in error["message"], error["message"])
        tap.equal(sorted(row[3] for row in listed(result)), sorted(users))
    # And nobody is closed where nobody could be asked.
    before = fleet.truth()
    result = fleet.run("close", "--scope=FS1", "--force", "--json")
    tap.equal((result.status, outcomes(result)),
              (1, [("CLOSED", fleet.names[1], ALICE)]), repr(result))
    tap.equal(fleet.truth(), [row for row in before if row[1] != "4242"])
    tap.equal(len(errors(result)), 3)


@tap.case("--servers-file: the same table, and each server once")
def servers_file(fleet):
    path = fleet.smbd.file("log", "servers")
    with open(path, "w", encoding="ascii") as stream:
        stream.write("# the fleet\n" + "".join(
            f"{name}\n" for name in [*fleet.names, fleet.names[1]]))
    fleet.settle()
    more = fleet.where("samba:localhost")
    result = run(*more, "--servers-file", path, "list", "--json").expect(
        0, "2 lines have servers that have been named before")
    tap.equal(listed(result), fleet.truth())


def what_line(server, ident):
    return (f"What if: {server}: Performing operation 'Close-Session' on "
            f"Target '{ident}'.")


@tap.case("close --what-if: one table, one document, and nothing has changed")
def what_if(fleet):
    before, alive = fleet.truth(), fleet.alive()
    would = [("WOULD_CLOSE", name, ALICE) for name in sorted(fleet.names)]
    result = fleet.run("close", "--client-user", ALICE, "--what-if",
                       "--json").expect(0)
    tap.equal(outcomes(result), would)
    tap.equal({entry["sent"] for entry in result.json()["outcomes"]}, {False})
    targets = [(entry["session"]["server"], entry["session"]["session_id"])
               for entry in result.json()["outcomes"]]
    lines = fleet.run("close", "--client-user", ALICE,
                      "--what-if").expect(0).out.splitlines()
    tap.equal([line for line in lines if not line.startswith("What if:   ")],
              [what_line(*target) for target in targets])
    # Samba's open files are below its session.
    at = lines.index(what_line(*targets[3]))
    tap.equal(lines[at + 1], "What if:   Share: files")
    tap.equal(fleet.truth(), before)
    tap.equal(fleet.alive(), alive)
    tap.equal(fleet.changed(), ([], [], []))
    tap.true(all(request["operation"] != "invoke" for lab in
                 (fleet.http, fleet.https) for request in lab.requests()),
             "a close was asked for")


@tap.case("close: one user is closed at all five, and nothing else ends")
def close(fleet):
    before, alive = fleet.truth(), fleet.alive()
    fleet.aged()
    result = fleet.run("close", "--client-user", ALICE, "--force",
                       "--json").expect(0)
    tap.equal(outcomes(result), [("CLOSED", name, ALICE)
                                 for name in sorted(fleet.names)])
    tap.equal(fleet.truth(), [row for row in before if row[3] != ALICE])
    tap.equal(fleet.alive(), {name for name in alive if name[1] != ALICE})
    tap.equal(len(alive) - len(fleet.alive()), 2)
    dels, over_http, over_https = fleet.changed()
    tap.equal([(call["client"], call["user"], call["ended"])
               for call in dels], [("\\\\PC7", ALICE, 1)], repr(dels))
    tap.equal([(call["id"], call["outcome"], call["encrypted"])
               for call in over_http], [(4242, "ended", True)])
    tap.equal([(call["id"], call["outcome"]) for call in over_https],
              [(BIG, "ended")])


@tap.case("a user with a domain is closed where users have one")
def with_domain(fleet):
    before, alive = fleet.truth(), fleet.alive()
    result = fleet.run("close", "--client-user", LAB_ALICE.lower(), "--force",
                       "--json")
    smbd, http, windows, _, https = fleet.names
    tap.equal(result.status, 1, repr(result))
    tap.equal(outcomes(result, {http, https}),
              sorted([("CLOSED", http, LAB_ALICE)]
                     + [("CLOSED", https, LAB_ALICE)] * 2))
    named = errors(result)
    tap.equal({name: named.get(name) for name in (smbd, windows)},
              dict.fromkeys((smbd, windows), "SMBMGMT_E_NOT_SUPPORTED"))
    tap.equal(fleet.truth(), [row for row in before if row[3] != LAB_ALICE])
    tap.equal((fleet.alive(), fleet.windows.dels()), (alive, []))


@tap.case("close --from: the rows of a mixed listing, and no others")
def from_rows(fleet):
    before = fleet.truth()
    rows = fleet.run("list", "--json").expect(0).json()
    # Not one of smbd's: those would have to be older.
    wanted = {(fleet.names[1], "LAB\\dora"), (fleet.names[2], ALICE),
              (fleet.names[3], "carol"), (fleet.names[4], "carol")}
    rows["sessions"] = [entry for entry in rows["sessions"] if (
        entry["server"], entry["client_user_name"]) in wanted]
    tap.equal(len(rows["sessions"]), len(wanted))
    result = fleet.run("close", "--from", "-", "--force", "--json",
                       text=json.dumps(rows)).expect(0)
    tap.equal(outcomes(result), sorted(("CLOSED", *row) for row in wanted))
    tap.equal(fleet.truth(), [row for row in before
                              if (row[0], row[3]) not in wanted])


@tap.case("a server that is down in the middle is named, the others answer")
def down(fleet):
    _, http, windows, here, https = fleet.names
    fleet.http.stop_server()
    try:
        result = fleet.run("list", "--json")
        tap.equal((result.status, errors(result)),
                  (1, {http: "SMBMGMT_E_CONNECTION_REFUSED"}), repr(result))
        tap.true(f"smbmgmt: {http}: " in result.err, repr(result))
        tap.equal(listed(result), fleet.truth())
        before = fleet.truth()
        result = fleet.run("close", "--client-user", "carol",
                           "--client-user", "dora", "--force", "--json")
        tap.equal((result.status, errors(result)),
                  (1, {http: "SMBMGMT_E_CONNECTION_REFUSED"}), repr(result))
        tap.equal(outcomes(result), sorted(
            [("CLOSED", here, "carol"), ("CLOSED", https, "carol"),
             *[("CLOSED", windows, "dora")] * 2]))
        tap.equal(fleet.truth(), [row for row in before
                                  if row[3] not in ("carol", "dora")])
    finally:
        fleet.http.restart()


@tap.case("the same where it is another kind of server that is down")
def others_down(fleet):
    with closed_port() as port:
        for dead in (f"127.0.0.1:{port}", f"wsmans:127.0.0.1:{port}"):
            names = [*fleet.names[:2], dead, *fleet.names[2:]]
            fleet.settle()
            result = run(*fleet.where(*names), "list", "--json")
            tap.equal((result.status, errors(result)),
                      (1, {dead: "SMBMGMT_E_CONNECTION_REFUSED"}),
                      repr(result))
            tap.equal(listed(result), fleet.truth())


@tap.case("Basic, which one server must not have, is asked of none of them")
def basic(fleet):
    http = fleet.names[1]
    refused = fleet.run("--auth=basic", "list").expect(
        2, f"{http}: Basic over HTTP", "SMBMGMT_E_INVALID")
    tap.equal(refused.out, "")
    tap.equal((fleet.http.heard(), fleet.https.heard()), ([], []))
    # Each server is told what is for its kind.
    for lab in (fleet.http, fleet.https):
        lab.set(schemes=["Negotiate", "Basic"], allow_unencrypted=True)
    result = fleet.run("--auth=basic", "--allow-plaintext", "list",
                       "--json").expect(0)
    tap.equal(listed(result), fleet.truth())
    for lab in (fleet.http, fleet.https):
        tap.equal({request["how"] for request in lab.requests()}, {"basic"})


@contextlib.contextmanager
def labs():
    """All servers, for all cases."""
    with SambaLab() as smbd, WsmanLab() as http, lab2() as windows, \
            SambaLab() as here, WsmanLab(tls=True) as https:
        fleet = Mixed(smbd, http, windows, here, https)
        # smbd starts its RPC service at the first call, which takes longer.
        fleet.populate()
        fleet.run("list")

        @contextlib.contextmanager
        def populated():
            fleet.populate()
            yield fleet
        yield populated


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    with labs() as each:
        tap.main(each)
