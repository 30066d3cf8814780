#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the carrier smbclient alone does: what it refuses, and how it starts.

All else is in the other files, which are run with this carrier too.
"""

import os
import shutil
import socket
import tempfile

from livetest import HELPER, Shell, Driver, main, run, tap, where
from smblab import SambaLab, WindowsLab

ENUM = 12
HOME = "smbclient-home"
# Whatever a configuration says: it signs, and speaks no SMB1.
WEAK = """\
[global]
	client signing = disabled
	client ipc signing = disabled
	client min protocol = NT1
	client max protocol = NT1
	client use kerberos = required
	workgroup = ELSEWHERE
"""


def signed_by(lab, *options):
    """Our sessions while a shell with these options is connected."""
    lab.wait_sessions(0)
    with Shell(*where(lab), *options) as shell:
        shell.say("list").expect(0)
        return lab.sessions(user="admin")


@tap.case("what it cannot promise is refused, unasked, and dcerpc is named")
def refusals(lab):
    relay = lab.relay()
    for options in (["--client-protection=encrypt"],
                    ["--use-kerberos=required"], ["--use-kerberos=desired"],
                    ["-I", lab.host]):
        host = "localhost" if "-I" in options else lab.host
        run("-S", f"{host}:{relay.port}", "-A", lab.auth_file("admin"),
            *options, "list").expect(
            1, "SMBMGMT_E_NOT_SUPPORTED", "The carrier dcerpc can")
    for host in ("[::1]", "[fe80::1%lo]"):
        run("-S", f"{host}:{relay.port}", "-A", lab.auth_file("admin"),
            "list").expect(1, "SMBMGMT_E_NOT_SUPPORTED", "IPv6", "dcerpc")
    tap.equal(relay.counts()["requests"], {}, "nothing was sent")
    run(*where(lab, port=relay.port), "list").expect(0)
    tap.true(relay.counts()["requests"], "the relay counts")


@tap.case("a configuration file can neither stop signing nor bring SMB1")
def weak_configuration(lab):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(WEAK)
        conf.flush()
        for options in ([], ["-s", conf.name]):
            rows = signed_by(lab, *options)
            tap.equal([(row.signing, row.dialect) for row in rows],
                      [("full", "SMB3_11")], f"{options}")


@tap.case("a guest cannot be signed: refused, or let in unprotected as asked")
def guest(_):
    options = ["map to guest = bad user", "guest account = alice"]
    with SambaLab(options) as lab, \
            tempfile.NamedTemporaryFile("w") as auth:
        auth.write("username = nosuchuser\npassword = x\n")
        auth.flush()
        server = ["-S", f"{lab.host}:{lab.port}", "-A", auth.name]
        run(*server, "list").expect(1, "SMBMGMT_E_ACCESS_DENIED", "guest")
        run(*server, "--client-protection=off", "list").expect(
            1, "SMBMGMT_E_LIST_DENIED")


@tap.case("a message-mode pipe is an error that names dcerpc, at once")
def message_mode(_):
    with WindowsLab() as lab:
        result = run(*where(lab), "list", "--json").expect(
            1, "SMBMGMT_E_NOT_SUPPORTED", "carrier dcerpc")
        error, = result.json()["errors"]
        tap.equal((error["native_kind"], error["native_code"]),
                  ("ntstatus", 0x80000005))
        tap.equal(lab.opnums(), {}, "the bind showed it")
        lab.set(pipe_mode="byte")
        listed = run(*where(lab), "list", "--json").expect(0).json()
        tap.equal([row["client_user_name"] for row in listed["sessions"]],
                  ["admin"])


@tap.case("after an answer out of step another connection is made")
def out_of_step(_):
    with WindowsLab(pipe_mode="byte") as lab:
        relay = lab.relay()

        def connects():
            return relay.counts()["requests"]["TREE_CONNECT"]

        with Shell(*where(lab, port=relay.port)) as shell:
            for _ in range(2):
                shell.say("list").expect(0)
            tap.equal(connects(), 1, "a good one is kept")
            lab.rules({"at": "call", "opnum": ENUM, "times": 1,
                       "action": "header", "add_call_id": 7})
            shell.say("list").expect(0, "SMBMGMT_E_PROTOCOL")
            tap.wait_until(lambda: shell.say("list").err == "",
                           f"the handle works again: {shell!r}")
            tap.equal(connects(), 2, "and the other is not used")


@tap.case("without its home beside it, it does not start; with it, it does")
def home(lab):
    module = "carrier-smbclient.so"
    folder = os.path.dirname(HELPER)
    with tempfile.TemporaryDirectory() as place:
        for name in (os.path.basename(HELPER), module):
            shutil.copy(os.path.join(folder, name), place)
        path = os.path.join(place, os.path.basename(HELPER))
        with Driver(f"{lab.host}:{lab.port}", lab.auth_file("admin"), "20000",
                    path) as driver:
            tap.equal(driver.code("open"), "SMBMGMT_OK")
            answer = " ".join(driver.ask("list")[-1])
            tap.true("SMBMGMT_E_SYSTEM" in answer
                     and f"{place}/{HOME}/.smb/smb.conf" in answer, answer)
            tap.equal(lab.sessions(user="admin"), [], "it did not connect")
            shutil.copytree(os.path.join(folder, HOME),
                            os.path.join(place, HOME))
            tap.equal(driver.code("list"), "SMBMGMT_OK", repr(driver))


@tap.case("a referral to another server is not followed")
def referral(_):
    # Where the referral leads: libsmbclient would go to the port of SMB.
    other = socket.socket()
    try:
        other.bind(("127.0.0.77", 445))
    except OSError as error:
        raise tap.Skip(f"127.0.0.77, port 445: {error}") from error
    other.listen()
    other.setblocking(False)
    with other, WindowsLab(pipe_mode="byte", refer_to="127.0.0.77") as lab:
        alice = lab.client("alice", "127.0.0.5").session
        run(*where(lab), "list").expect(1, "SMBMGMT_E_NO_SERVICE")
        run(*where(lab), "close", "--all", "--force").expect(
            1, "SMBMGMT_E_NO_SERVICE")
        tap.equal((lab.dels(), alice.state()), ([], "alive"))
        try:
            other.accept()
        except BlockingIOError:
            return
    raise AssertionError("it went to the other server")


@tap.case("names that libsmbclient would take apart, and an empty password")
def names(_):
    with WindowsLab(pipe_mode="byte") as lab:
        for user in ("a/b", "DOM\\sub\\admin"):
            run("-S", f"{lab.host}:{lab.port}", "-U", user, "--password-fd",
                "0", "list", text="secret\n").expect(
                1, "SMBMGMT_E_NOT_SUPPORTED", "slash")
        run("-S", f"{lab.host}:{lab.port}", "-U", "admin", "-N",
            "list").expect(1, "SMBMGMT_E_NOT_SUPPORTED", "password")
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
            conf.write("[global]\n\twinbind separator = +\n")
            conf.flush()
            lab.add_user("a+b", groups=("administrators",))
            lab.scripted([{"client": "PC", "user": "dora"}])
            listed = run(*where(lab, user="a+b"), "-s", conf.name, "list",
                         "--json").expect(0)
            tap.equal([row["client_user_name"] for row in
                       listed.json()["sessions"] if row["own"] == "yes"],
                      ["a+b"])


@tap.case("a configuration that leads to the registry is refused")
def registry(lab):
    with tempfile.TemporaryDirectory() as place:
        conf = os.path.join(place, "smb.conf")
        with open(conf, "w", encoding="utf-8") as stream:
            stream.write("[global]\n\tconfig backend = registry\n"
                         f"\tstate directory = {place}\n"
                         f"\tlock directory = {place}\n"
                         f"\tprivate dir = {place}\n")
        relay = lab.relay()
        run(*where(lab, port=relay.port), "-s", conf, "list").expect(
            1, "SMBMGMT_E_INVALID", "registry")
        tap.equal(relay.counts()["connections"], 0)


if __name__ == "__main__":
    main()
