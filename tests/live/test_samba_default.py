#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""This machine's Samba without a word of where: no handle, and no -S.

Runs in a mount namespace of its own, in which the lab's smb.conf is the
system's.  The lab's users are not the system's: their names are numbers.
"""

import contextlib
import json
import os
import subprocess
import sys

INSIDE = "SMBMGMT_TEST_MOUNT_NAMESPACE"
NAMESPACE = ["unshare", "--mount", "--"]
SYSTEM = "/etc/samba/smb.conf"
if INSIDE not in os.environ:
    if os.geteuid() != 0 or not os.path.exists(SYSTEM) or subprocess.run(
            [*NAMESPACE, "true"]).returncode:
        print("1..0 # SKIP no mount namespace, or no smb.conf, is to be had")
        sys.exit(0)
    os.execvpe(NAMESPACE[0], [*NAMESPACE, sys.executable, "-B", *sys.argv],
               dict(os.environ, **{INSIDE: "1"}))

from livetest import TOOL, main, tap  # noqa: E402
from sambatest import Here  # noqa: E402


@contextlib.contextmanager
def as_system(lab):
    subprocess.run(["mount", "--bind", lab.conf, SYSTEM], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", SYSTEM], check=True)


def command(*argv):
    return subprocess.run([TOOL, *argv], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60,
                          start_new_session=True)


@tap.case("a call without a handle lists this machine, with handle id 0")
def without_handle(lab):
    lab.client("alice", "127.0.0.5")
    lab.client("bob", "127.0.0.6")
    with as_system(lab), Here(lab) as here:
        ids = sorted(row.id for row in lab.sessions())
        for line, handle in (("here list", "0"), ("list", "1"),
                             ("here list", "0")):
            sessions = here.list(line)
            tap.equal(here.code, "SMBMGMT_OK", here.message)
            tap.equal(sorted(sessions), ids)
            tap.equal({s["handle"] for s in sessions.values()}, {handle})


@tap.case("the command without -S lists and closes on this machine")
def without_server(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    bob = lab.client("bob", "127.0.0.6")
    with as_system(lab):
        done = command("list", "--json")
        tap.equal((done.returncode, done.stderr), (0, ""))
        sessions = json.loads(done.stdout)["sessions"]
        tap.equal(sorted((s["server"], s["computer"], s["transport"],
                          s["client_address"], len(s["open_files"]),
                          s["shares"]) for s in sessions),
                  [("samba:localhost", "localhost", "samba", "127.0.0.5", 2,
                    ["files"]),
                   ("samba:localhost", "localhost", "samba", "127.0.0.6", 1,
                    ["files"])])
        done = command("close", "--client", "127.0.0.5", "--force")
        tap.equal((done.returncode, done.stderr), (0, ""))
        tap.true(not alice.alive(), "alice, who was closed")
        tap.true(bob.alive(), "bob")
        # A row that was kept names the same server.
        kept = lab.file("log", "kept.json")
        with open(kept, "w", encoding="utf-8") as stream:
            stream.write(command("list", "--json").stdout)
        done = command("close", "--from", kept, "--force")
        tap.equal((done.returncode, done.stderr), (0, ""))
        tap.true(not bob.alive(), "bob, from a row")


@tap.case("a close and an evict without a handle end what they name")
def ended_without_handle(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    carol = lab.client("carol", "127.0.0.7")
    with as_system(lab), Here(lab) as here:
        uids = {s["client"]: s["user"]
                for s in here.list("here list").values()}
        names = [uids[f"127.0.0.{i}"] for i in (5, 6)]
        for line in ("here close w ", "here evict w "):
            tap.equal(here.close(line + names[0]),
                      ("SMBMGMT_OK", [f"WOULD_CLOSE 127.0.0.5 {names[0]}"],
                       []))
        tap.equal(here.close("here close - " + names[0])[0],
                  "SMBMGMT_E_CONFIRM_REQUIRED")
        tap.true(alice.alive(), "alice, of whom was only asked")
        tap.equal(here.close("here close f " + names[0]),
                  ("SMBMGMT_OK", [f"CLOSED 127.0.0.5 {names[0]}"], []))
        tap.equal(here.close("here evict f " + names[1]),
                  ("SMBMGMT_OK", [f"CLOSED 127.0.0.6 {names[1]}"], []))
    tap.equal([client.states() for client in (alice, bob, carol)],
              [["ended"], ["ended"], ["alive"]])


@tap.case("what a session has open is below its row, and in what-if")
def opens_of_the_command(lab):
    alice = lab.client("alice", "127.0.0.5", files=2)
    alice.user_on_same_connection("bob")
    with as_system(lab):
        truth = lab.status()["open_files"]
        done = command("list", "--opens", "--columns=address,opens")
        tap.equal((done.returncode, done.stderr), (0, ""))
        tap.equal(sorted(" ".join(line.split()) for line in
                         done.stdout.splitlines()[2:]),
                  sorted(["127.0.0.5 2", "127.0.0.5 1",
                          *["Share: files"] * 2,
                          *[f"Open for writing: {path}" for path in truth]]))
        (of_bob,) = [row.id for row in lab.sessions() if row.user == "bob"]
        done = command("close", of_bob, "--what-if", "--allow-collateral=all")
        tap.equal((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        tap.equal(lines[0], "What if: Performing operation 'Close-Session' "
                  f"on Target '{of_bob}'.")
        tap.equal(lines[1], "What if:   Share: files")
        tap.true(lines[3].startswith("What if: Ends with it: session "),
                 lines[3])
        tap.equal(sorted(lines[2:3] + lines[5:]),
                  sorted(f"What if:   Open for writing: {path}"
                         for path in truth))
    tap.equal(alice.states(), ["alive"] * 2)


@tap.case("evict and the shell's open without a server mean this machine")
def evict_and_shell(lab):
    alice = lab.client("alice", "127.0.0.5")
    bob = lab.client("bob", "127.0.0.6")
    with as_system(lab):
        done = command("shell", "-c", "open; list --json; handles")
        tap.equal((done.returncode, done.stderr), (0, ""))
        listed, handles = done.stdout.split("\n", 1)
        tap.equal(sorted(s["client_address"]
                         for s in json.loads(listed)["sessions"]),
                  ["127.0.0.5", "127.0.0.6"])
        tap.equal(handles.split()[-3:], ["localhost", "samba", "Disconnected"]
                  if "Disconnected" in handles
                  else ["localhost", "samba", "Connected"])
        done = command("evict", "--client", "127.0.0.5", "--for=0", "--force")
        tap.equal((done.returncode, done.stderr), (0, ""))
        tap.equal(done.stdout.splitlines()[2].split()[:2],
                  ["samba:localhost", "1"])
    tap.true(not alice.alive(), "alice, who was evicted")
    tap.true(bob.alive(), "bob")


@tap.case("a user that this machine's Samba does not ask for is refused")
def named_user(lab):
    bob = lab.client("bob", "127.0.0.6")
    with as_system(lab):
        for argv in (["-U", "bob", "close", "--all", "--force"],
                     ["-S", "samba:", "-A", lab.auth_file("admin"), "list"],
                     ["shell", "-c", "open -U bob samba:"]):
            done = command(*argv)
            tap.equal((done.returncode, done.stdout), (2, ""))
            tap.true("root" in done.stderr and "-U" in done.stderr,
                     done.stderr)
    tap.true(bob.alive(), "bob")


if __name__ == "__main__":
    main()
