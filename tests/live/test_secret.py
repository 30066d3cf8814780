#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""A password that the command alone is given shows nowhere.

Every process's command line and environment is read over and over while the
command opens, lists and closes, slowed down by a relay.  That the look looks
is proved by a control: a process that carries a password of its own there.
"""

import os
import secrets
import tempfile

from impacket.ntlm import compute_nthash

from livetest import main, run, tap
from sampler import Control, Sampler, forms


def with_secret(lab, password):
    """Give admin a password that nobody else was told."""
    hashed = compute_nthash(password).hex().upper()
    name = lab.file("private", "smbpasswd")
    with open(name, encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    for index, line in enumerate(lines):
        fields = line.split(":")
        if fields[0] == "admin":
            fields[3] = hashed
            lines[index] = ":".join(fields)
    with open(name, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")


def texts_of(*results):
    return "".join(result.out + result.err for result in results)


def check(sampler, control, secret, control_secret, results):
    tap.equal(sampler.finds(control_secret), control.hits,
              "what the look found of the control")
    tap.equal(sampler.finds(secret), set(), "what it found of the password")
    for name in ("smbmgmt", "smbmgmt-helper", "smbmgmt-conn"):
        tap.true(name in sampler.names, f"{name} was never looked at")
    tap.true(sampler.rounds >= 10, f"{sampler.rounds} looks")
    said = texts_of(*results).encode()
    for form in forms(secret):
        tap.true(form not in said, "the password is in what was said")


def by_descriptor(lab, port, secret, *argv):
    """The password comes down a pipe that nobody else has."""
    reading, writing = os.pipe()
    try:
        os.write(writing, secret.encode() + b"\n")
        os.close(writing)
        return run("-S", f"{lab.host}:{port}", "-U", "admin",
                   f"--password-fd={reading}", *argv, pass_fds=[reading])
    finally:
        os.close(reading)


def by_file(lab, port, secret, *argv):
    with tempfile.NamedTemporaryFile("w") as auth:
        auth.write(f"username = admin\npassword = {secret}\n")
        auth.flush()
        return run("-S", f"{lab.host}:{port}", "-A", auth.name, *argv)


def by_shell(lab, port, secret, *argv):
    """Open, list and close on one handle that lives on."""
    with tempfile.NamedTemporaryFile("w") as auth:
        auth.write(f"username = admin\npassword = {secret}\n")
        auth.flush()
        return run(*argv, "shell", "-c",
                   f"open -A {auth.name} {lab.host}:{port}; list; "
                   "close --client-user alice --force; list --json")


def sampled(lab, give, *levels):
    secret, control_secret = secrets.token_hex(12), secrets.token_hex(12)
    with_secret(lab, secret)
    relay = lab.relay()
    relay.delay(30)
    results = []
    with Control(control_secret) as control:
        with Sampler(secret, control_secret) as sampler:
            for level in levels:
                alice = lab.client("alice", "127.0.0.5")
                if give is by_shell:
                    done = give(lab, relay.port, secret, "-d", level)
                    tap.equal(done.status, 0, repr(done))
                    results.append(done)
                    tap.equal(alice.session.state(), "ended", repr(done))
                    continue
                for command in (["list"], ["list", "--json"],
                                ["close", "--client-user", "alice",
                                 "--force", "--json"]):
                    done = give(lab, relay.port, secret, "-d", level,
                                *command)
                    tap.equal(done.status, 0, repr(done))
                    results.append(done)
                tap.equal(alice.session.state(), "ended", repr(done))
            # A password that is wrong is a password as well.
            with_secret(lab, "another")
            for level in levels:
                done = give(lab, relay.port, secret, "-d", level, *(
                    [] if give is by_shell else ["list", "--json"]))
                tap.true(done.status != 0, repr(done))
                tap.true("SMBMGMT_E_LOGON_FAILED" in done.err, repr(done))
                results.append(done)
    check(sampler, control, secret, control_secret, results)
    return results


@tap.case("given by a descriptor")
def descriptor(lab):
    results = sampled(lab, by_descriptor, "0", "4")
    tap.true(any(len(result.err.splitlines()) > 10 for result in results),
             "the log was on")


@tap.case("given by a file")
def auth_file(lab):
    sampled(lab, by_file, "3")


@tap.case("given in a shell, whose handle lives on")
def in_shell(lab):
    sampled(lab, by_shell, "4")


@tap.case("a file that cannot be read as one, and a descriptor that is none")
def bad_input(lab):
    secret = secrets.token_hex(12)
    with tempfile.NamedTemporaryFile("w") as auth:
        auth.write(f"username = admin\npassword {secret}\n")
        auth.flush()
        done = run("-S", f"{lab.host}:{lab.port}", "-A", auth.name, "list",
                   "-d", "4")
    tap.true(done.status != 0, repr(done))
    tap.true(secret not in texts_of(done), "the password is in the error")
    run("-S", f"{lab.host}:{lab.port}", "-U", "admin", "--password-fd=77",
        "list").expect(2, "77")


if __name__ == "__main__":
    main()
