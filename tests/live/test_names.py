#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Names that are hard to read: listed, selected and closed to the letter.

On a real smbd as far as it lets such users log on, and on rows of a
Windows-shaped server for the rest.
"""

import contextlib

from livetest import as_admin, lab2, main, run, tap, where

LONG = "l" + 147 * "o" + "ng"
# What is listed, and how else it may be asked for.
USERS = (
    ("anna@lab.example", ("ANNA@Lab.Example",)),
    ("two words", ("TWO WORDS", "Two words")),
    ("jürgen", ("JÜRGEN", "Jürgen")),
    ("漢字", ()),
    (LONG, (LONG.upper(),)),
)
# What is somebody else's name, if anybody's.
STRANGERS = ("anna", "anna@lab", "@lab.example", "lab.example", "two",
             "two  words", " two words", "two words ", "twowords", "jurgen",
             "ju\N{COMBINING DIAERESIS}rgen", "juergen", "漢", "漢字漢",
             LONG[:-1], LONG + "g", "*", "two?words", "[a]nna@lab.example")


@contextlib.contextmanager
def all_on(lab):
    """A client for each user, each with an address of its own."""
    yield {user: lab.client(user, f"127.0.0.{10 + number}", files=2)
           for number, (user, _) in enumerate(USERS)}


def rows(clients):
    return sorted((client.address, user, 2)
                  for user, client in clients.items())


@tap.case("smbd: each is listed as it is, and found in any case")
def listed(lab):
    with all_on(lab) as clients:
        result = as_admin(lab, "list", "--json").expect(0)
        tap.equal(result.rows(), rows(clients))
        for user, others in USERS:
            for name in (user, *others):
                found = as_admin(lab, "list", "--client-user", name,
                                 "--json").expect(0)
                tap.equal(found.rows(), rows({user: clients[user]}), name)


@tap.case("smbd: no other name finds anybody")
def strangers(lab):
    with all_on(lab) as clients:
        asked = [word for name in STRANGERS
                 for word in ("--client-user", name)]
        for command in (["list"], ["close", "--force"]):
            as_admin(lab, *command, *asked, "--json").expect(
                3, *(f"'ClientUserName' equal to '{name}'."
                     for name in STRANGERS))
        tap.true(all(client.alive() for client in clients.values()),
                 "all old handles read")


@tap.case("smbd: each is closed by its name, and nobody else")
def closed(lab):
    with all_on(lab) as clients:
        left = dict(clients)
        for user, others in USERS:
            ids = {name: lab.row(client.session)
                   for name, client in left.items() if name != user}
            done = as_admin(lab, "close", "--client-user", (user, *others)[-1],
                            "--force", "--json").expect(0)
            tap.equal(done.outcomes(),
                      [("CLOSED", clients[user].address, user)])
            gone = left.pop(user)
            tap.equal(gone.session.state(), "ended")
            tap.true(all(client.alive() for client in left.values()),
                     f"the others after {user}")
            tap.equal({name: lab.row(client.session)
                       for name, client in left.items()}, ids)


@tap.case("smbd: as rows of a listing, and by id")
def by_row_and_id(lab):
    with all_on(lab) as clients:
        listing = as_admin(lab, "list", "--json", "--client-user", "jürgen",
                           "--client-user", "two words").expect(0)
        done = as_admin(lab, "close", "--from", "-", "--force", "--json",
                        text=listing.out).expect(0)
        tap.equal([row[2] for row in done.outcomes()],
                  ["two words", "jürgen"])
        found = as_admin(lab, "list", "--client-user", "漢字", "--json")
        ident = found.expect(0).json()["sessions"][0]["session_id"]
        as_admin(lab, "close", ident, "--force").expect(0)
        tap.equal([client.session.state() for client in clients.values()],
                  ["alive", "ended", "ended", "ended", "alive"])


# What a Windows server may show, one row each.  MS-SRVS bounds both names at
# 1024 characters, and a client's counts with its backslashes.
CLIENTS = ("PC7", r"\\PC8", "10.1.2.3", r"\\10.1.2.4", "[fe80::1]",
           r"\\[fe80::2]", "fe80::3%12", r"\\[fe80::4%eth0]", "2001:db8::5",
           "bü-ro", "漢字", 256 * "c", 1022 * "d", "two words", "a@b")
NAMES = ("dora", "two words", "anna@lab.example", "jürgen", "漢字", "straße",
         "strasse", 256 * "u", 1024 * "v", "İ", "i")
# Not told apart from the one before it: written another way.
SPELLED = {"PC7": (r"\\pc7", "pc7"), r"\\PC8": ("PC8", r"\\pc8"),
           "[fe80::1]": ("fe80::1", "FE80::1", r"\\[FE80::1]"),
           r"\\[fe80::2]": ("fe80::2", "[fe80::2]"),
           "fe80::3%12": ("[fe80::3%12]", r"\\fe80::3%12", "fe80::3"),
           "bü-ro": ("BÜ-RO",), "2001:db8::5": ("[2001:DB8::5]",),
           256 * "c": (256 * "C",), 1022 * "d": (r"\\" + 1022 * "D",)}


def shown(lab):
    return sorted((row["client"], row["user"])
                  for row in lab.scripted_rows())


def pairs(result):
    return [row[:2] for row in result.rows()]


def ask(lab, *argv, **more):
    return run(*where(lab), *argv, "--json", **more)


@tap.case("Windows-shaped: each client is listed, selected in any spelling")
def clients_of_lab2(_):
    with lab2() as lab:
        lab.scripted([{"client": name, "user": "dora"} for name in CLIENTS])
        want = sorted((name, "dora") for name in CLIENTS)
        tap.equal(pairs(ask(lab, "list").expect(0)), want)
        for name in CLIENTS:
            for spelling in (name, *SPELLED.get(name, ())):
                found = ask(lab, "list", "--client", spelling).expect(0)
                tap.equal(pairs(found), [(name, "dora")], spelling[:40])
        for stranger in ("PC", "fe80::", "fe80::3%13", "fe80::4%eth1", "C",
                         255 * "c", "bu-ro", "10.1.2.30"):
            ask(lab, "list", "--client", stranger).expect(
                3, f"'ClientComputerName' equal to '{stranger}'.")


@tap.case("Windows-shaped: each client is closed, and no other")
def clients_closed(_):
    with lab2() as lab:
        lab.scripted([{"client": name, "user": "dora"} for name in CLIENTS])
        left = list(CLIENTS)
        for name in CLIENTS:
            spelling = SPELLED.get(name, (name,))[0]
            done = ask(lab, "close", "--client", spelling,
                       "--force").expect(0)
            tap.equal(done.outcomes(), [("CLOSED", name, "dora")])
            left.remove(name)
            tap.equal(shown(lab), sorted((each, "dora") for each in left))


@tap.case("Windows-shaped: a client whose name is too long to close")
def too_long(_):
    with lab2() as lab:
        lab.scripted([{"client": 1024 * "d", "user": "dora"},
                      {"client": "PC1", "user": "dora"}])
        found = ask(lab, "list", "--client", 1024 * "D").expect(0)
        tap.equal(pairs(found), [(1024 * "d", "dora")])
        done = ask(lab, "close", "--client", 1024 * "d", "--force").expect(
            1, "longer than 1024 characters")
        tap.equal([row[0] for row in done.outcomes()], ["FAILED"])
        tap.equal((len(shown(lab)), lab.dels()), (2, []))


@tap.case("Windows-shaped: each user is listed, selected and closed alone")
def users_of_lab2(_):
    with lab2() as lab:
        lab.scripted([{"client": r"\\PC1", "user": name} for name in NAMES])
        tap.equal([pair[1] for pair in pairs(ask(lab, "list").expect(0))],
                  sorted(NAMES))
        left = list(NAMES)
        for name in NAMES:
            # One-to-one: ß has no capital letter of its own here, İ no small.
            spelling = name if name in ("straße", "İ") else name.upper()
            found = ask(lab, "list", "--client-user", spelling).expect(0)
            tap.equal([pair[1] for pair in pairs(found)], [name])
            done = ask(lab, "close", "--client-user", spelling,
                       "--force").expect(0)
            tap.equal([row[2] for row in done.outcomes()], [name])
            left.remove(name)
            tap.equal([pair[1] for pair in shown(lab)], sorted(left))


@tap.case("Windows-shaped: an address in two zones needs the zone")
def zones(_):
    with lab2() as lab:
        lab.scripted([{"client": "[fe80::1%3]", "user": "dora"},
                      {"client": "[fe80::1%4]", "user": "erik"}])
        for command in (["list"], ["close", "--force"]):
            result = ask(lab, *command, "--client", "fe80::1")
            tap.true(result.status not in (0, 3), repr(result))
            tap.true("zone" in result.err, repr(result))
        tap.equal(len(shown(lab)), 2)
        ask(lab, "close", "--client", "fe80::1%4", "--force").expect(0)
        tap.equal(shown(lab), [("[fe80::1%3]", "dora")])


@tap.case("Windows-shaped: a client's name that no call can carry is not sent")
def not_sent(_):
    with lab2() as lab:
        # With the backslashes that the call wants it is over 1024.
        lab.scripted([{"client": 1023 * "d", "user": "dora"}])
        result = ask(lab, "close", "--client-user", "dora", "--force")
        tap.equal(result.status, 1, repr(result))
        outcome, = result.json()["outcomes"]
        tap.equal((outcome["outcome"], outcome["sent"]), ("FAILED", False))
        tap.equal(lab.dels(), [])


if __name__ == "__main__":
    main()
