#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""One user is evicted from 50 real servers, and nobody else is.

His clients log on again by themselves.  The hook blocks his account on every
other server; on some, another user is on the same connection, which forbids a
close.  The witnesses are smbstatus and the clients' own open files; the audit
file alone must tell what happened on each server.
"""

import collections
import contextlib
import datetime
import json
import os
import sys

import jsonschema

from livetest import HERE, run, tap
from smblab import Fleet

SERVERS = 50
ALICE, BOB = "127.0.0.5", "127.0.0.6"
FOR = 3         # seconds
ENDED = ("CLOSED", "RECONNECTED")

# What a hook is: a program without arguments, the plan on its stdin.
HOOK = '''#!/usr/bin/python3 -B
import json, os, sys
plan = json.load(sys.stdin)
with open({told!r}, "a") as told:
    told.write(json.dumps([sys.argv[1:], plan]) + "\\n")
for name in {files!r}:
    with open(name) as file:
        lines = file.readlines()
    with open(name + ".new", "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.writelines(line.replace("[U ", "[DU") if
                        line.startswith("alice:") else line for line in lines)
    os.rename(name + ".new", name)
'''


class People:
    """Who is logged on to one server, as the tests made them."""

    def __init__(self, number, server):
        self.server = server
        self.blocked = number % 2 == 0
        self.shared = number % 10 == 9
        self.alice = server.client("alice", ALICE, reconnect=True,
                                   retry_seconds=1)
        self.bob = server.client("bob", BOB, files=2)
        if self.shared:
            self.alice.user_on_same_connection("carol")
        self.ids = self.rows()

    def rows(self):
        """{(user, address): id}, by smbstatus, without whoever only tries."""
        return {(row.user, row.address): row.id
                for row in self.server.sessions()
                if row.user in ("alice", "bob", "carol")}


def make_hook(fleet, people):
    told = fleet.path("hook.told")
    path = fleet.path("hook")
    files = [one.server.file("private", "smbpasswd")
             for one in people if one.blocked]
    with open(path, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o700)
        file.write(HOOK.format(told=told, files=files))
    return path, told


def read_audit(path):
    with open(os.path.join(HERE, "..", "..", "docs", "audit.schema.json"),
              encoding="utf-8") as file:
        schema = json.load(file)
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    for record in records:
        jsonschema.validate(record, schema)
    return records


def who(session):
    return session["client_user_name"], session["client_computer_name"]


class Story:
    """What happened on one server, by the audit's records alone."""

    def __init__(self):
        self.sent = []      # (when, who) of each close
        self.ended = []     # those that were seen to end
        self.refused = set()
        self.left = set()   # by the last look
        self.pending = {}

    def take(self, record):
        if record["record"] == "intent":
            for item in record["items"]:
                self.pending[record["operation"], item["item"]] = (
                    record["time"], who(item["session"]))
            return
        tap.equal(record["record"], "outcome", repr(record))
        what = who(record["session"])
        intent = self.pending.pop((record["operation"], record["item"]),
                                  None)
        tap.equal(record["sent"], intent is not None, repr(record))
        if intent is not None:
            tap.equal(intent[1], what, repr(record))
            tap.true(intent[0] <= record["time"], repr(record))
            self.sent.append(intent)
            self.left.discard(what)
            if record["outcome"] in ENDED:
                self.ended.append(intent)
            return
        if record["outcome"].startswith("REFUSED_"):
            self.refused.add(what)
        # Not sent, and said of who is there: the last look.
        self.left.add(what)


def reconstruct(records):
    """{server: Story}; and that all of it is one person's one evict."""
    stories = collections.defaultdict(Story)
    for record in records:
        stories[record["server"]].take(record)
    for what, count in (("evict", 1), ("pid", 1), ("uid", 1), ("user", 1)):
        tap.equal(len({record[what] for record in records}), count, what)
    tap.equal({(record["uid"], record["user"]) for record in records},
              {(os.getuid(), "admin")})
    for server, story in stories.items():
        tap.equal(story.pending, {}, f"{server}: intents without an outcome")
    return stories


def check_audit(records, began, ended):
    """Only alice was closed, by admin, meanwhile."""
    stories = reconstruct(records)
    for server, story in stories.items():
        for when, what in story.sent:
            tap.equal(what, ("alice", ALICE), server)
            when = datetime.datetime.fromisoformat(when.replace("Z", "+00:00"))
            tap.true(began <= when <= ended, f"{server}: {when}")
    return stories


def check_server(one, story, told):
    """One server's end, by its witnesses; then what the two files say."""
    name = told["server"]
    alice, bob = ("alice", ALICE), ("bob", BOB)
    if not one.blocked:
        tap.wait_until(lambda: alice in one.rows(), f"{name}: alice is back")
    now = one.rows()
    tap.equal(now[bob], one.ids[bob], f"{name}: bob's session")
    tap.true(one.bob.alive(), f"{name}: bob's files")
    tap.equal(alice in now, not one.blocked, f"{name}: {now}")
    tap.equal(set(now) - {alice}, set(one.ids) - {alice}, name)
    again = one.alice.reconnects
    if one.shared:
        tap.equal(now, one.ids, name)
        tap.equal((one.alice.states(), again), (["alive"] * 2, 0), name)
    elif one.blocked:
        tap.equal((again, len(story.sent), story.left), (0, 1, set()), name)
    else:
        tap.true(again >= 1 and one.alice.alive(), f"{name}: {again}")
        # Each time she was seen to have ended she came back.
        tap.true(len(story.ended) - 1 <= told["came_back"] <= again,
                 f"{name}: {told}, {story.ended}, {again}")
        # Never said to have ended but what did, and nothing unsaid.
        tap.true(len(story.ended) <= again <= len(story.sent),
                 f"{name}: {story.ended}, {again} times, {story.sent}")
    tap.equal(story.refused, {alice} if one.shared else set(), name)
    tap.true(story.refused <= story.left <= {alice}, f"{name}: {story.left}")
    tap.equal((told["closed"], told["still_there"]),
              (len(story.ended), len(story.left)), name)


def expect_hook(path, records):
    """It ran once, with the plan, before the first close."""
    with open(path, encoding="utf-8") as file:
        (arguments, plan), = map(json.loads, file)
    tap.equal(arguments, [])
    text = json.dumps(plan)
    tap.equal(text.count('"alice"') >= SERVERS, True, text[:2000])
    first = min(record["time"] for record in records
                if record["record"] == "intent")
    first = datetime.datetime.fromisoformat(first.replace("Z", "+00:00"))
    tap.true(os.stat(path).st_mtime <= first.timestamp() + 0.001, "before")


@contextlib.contextmanager
def fleet_of_people():
    with Fleet(real=SERVERS) as fleet:
        fleet.warm()
        people = fleet.each(lambda item: People(*item),
                            list(enumerate(fleet.servers)))
        yield fleet, people


@tap.case("alice is evicted from 50 servers, and the audit tells how")
def evicts(given):
    fleet, people = given
    hook, told = make_hook(fleet, people)
    audit = fleet.path("audit.jsonl")
    began = datetime.datetime.now(datetime.timezone.utc)
    done = run("--servers-file", fleet.servers_file(), "-A",
               fleet.auth_file("admin"), "evict", "--client-user=alice",
               "--force", f"--for={FOR}s", "--every=1s", "--before", hook,
               "--audit", audit, "--json")
    ended = datetime.datetime.now(datetime.timezone.utc)
    # Whoever is back at once holds no round up for long.
    done.quick(FOR + 20)
    tap.note(f"{done.seconds:.1f} s")
    # Some of hers are there: not blocked, or refused.
    tap.equal(done.status, 1, repr(done)[:3000])
    report = done.json()
    records = read_audit(audit)
    stories = check_audit(records, began, ended)
    expect_hook(told, records)
    tap.equal([entry["server"] for entry in report["servers"]],
              fleet.names())
    tap.equal(set(stories), set(fleet.names()), "servers in the audit")
    for one, entry in zip(people, report["servers"]):
        check_server(one, stories[entry["server"]], entry)
    tap.note(f"closes: {sum(len(one.sent) for one in stories.values())}, "
             "logons again: "
             f"{sum(one.alice.reconnects for one in people)}")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("1..0 # SKIP the lab needs root")
        sys.exit(0)
    tap.main(fleet_of_people)
