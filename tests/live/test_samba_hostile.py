#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Transport samba with something else for smbstatus, or without it."""

import os
import subprocess
import time

from livetest import DRIVER, HELPER, kill_helper, main, tap
from sambatest import Here, instead

DEADLINE = 3000
# The library's bound on what it waits for, with room for a loaded machine.
SECONDS = 20
GOOD = '{"sessions":{},"tcons":{},"open_files":{}}'


def failing(lab, script, **more):
    """How a list fails with this script; what the error says."""
    with instead(lab, script) as folder, \
            Here(lab, folder, **more) as here:
        began = time.monotonic()
        sessions = here.list()
        tap.true(time.monotonic() - began < SECONDS, "far over the deadline")
        tap.equal(sessions, {}, "sessions")
        return here.code, here.message


def expect(lab, script, code, *parts, **more):
    got, message = failing(lab, script, **more)
    tap.equal(got, f"SMBMGMT_E_{code}", message)
    for part in parts:
        tap.true(part in message, f"no {part!r} in {message!r}")


@tap.case("an empty answer of the right form is an empty list")
def good(lab):
    with instead(lab, f"echo '{GOOD}'") as folder, \
            Here(lab, folder) as here:
        tap.equal((here.list(), here.code), ({}, "SMBMGMT_OK"))


@tap.case("100 MB of nothing, of blanks, of one text, and no end of them")
def long(lab):
    million = "head -c 100000000 /dev/zero"
    expect(lab, million, "PROTOCOL", "byte 0")
    expect(lab, f"{million} | tr '\\0' ' '", "PROTOCOL", "byte 100000000",
           "too early", milliseconds=30000)
    expect(lab, f"echo -n '{{\"a\":\"'; {million} | tr '\\0' x", "TOO_LARGE",
           "longer than any name")
    expect(lab, "yes ''", "TOO_LARGE", "256 MB", milliseconds=60000)


@tap.case("nested without end")
def deep(lab):
    expect(lab, "yes '[' | tr -d '\\n' | head -c 1000000", "PROTOCOL",
           "an object was to stand here")
    expect(lab, "echo -n '{\"a\":'; yes '[' | tr -d '\\n' |"
           " head -c 1000000", "TOO_LARGE", "byte 36", "too deep")


@tap.case("a hang, before and in the middle, and all that it has started")
def hang(lab):
    marker = f"{os.getpid()}.5"
    expect(lab, f"sleep {marker} & sleep {marker}", "TIMED_OUT", "smbstatus",
           milliseconds=DEADLINE)
    expect(lab, f"echo -n '{{\"sessions\":'; exec sleep {marker}",
           "TIMED_OUT", milliseconds=DEADLINE)

    def left():
        return subprocess.run(["pgrep", "-f", f"^sleep {marker}"],
                              stdout=subprocess.PIPE).stdout
    tap.wait_until(lambda: not left(), "what hung is gone")


@tap.case("the child is killed: what it was waiting for goes too")
def orphan(lab):
    marker = f"{os.getpid()}.7"

    def left():
        return subprocess.run(["pgrep", "-f", f"^sleep {marker}"],
                              stdout=subprocess.PIPE).stdout
    with instead(lab, f"exec sleep {marker}") as folder, \
            Here(lab, folder) as here:
        here.out = ""
        here.send("list")
        first = tap.wait_until(left, "smbstatus runs")
        kill_helper(here.pid, "smbmgmt-conn")
        # A connection from before the listing is made again, once.
        tap.wait_until(lambda: left() not in (b"", first), "another one")
        kill_helper(here.pid, "smbmgmt-conn")
        here.wait_for(lambda: here.out.endswith(".\n"))
        tap.true("SMBMGMT_E_CHILD_DIED" in here.out, here.out)
        tap.wait_until(lambda: not left(), "and is gone")


@tap.case("another user than root is told so")
def not_root(lab):
    argv = ["setpriv", "--reuid", "65534", "--regid", "65534",
            "--clear-groups"]
    if subprocess.run([*argv, "test", "-x", HELPER, "-a", "-x",
                       DRIVER]).returncode:
        raise tap.Skip("nobody may not read the build")
    done = subprocess.run([*argv, DRIVER, lab.conf, "/usr/bin"], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL,
                          timeout=60)
    tap.true("SMBMGMT_E_ACCESS_DENIED" in done.stdout, repr(done))


@tap.case("failure outranks what was printed before, and is quoted")
def fails(lab):
    expect(lab, f"echo '{GOOD}'; echo not today >&2; exit 3", "SERVER",
           "status 3", "not today")
    expect(lab, "echo '{\"sessions\":{\"1\":{'; echo broke >&2; exit 1",
           "SERVER", "status 1", "broke")
    expect(lab, "kill -9 $$", "SERVER", "signal 9")
    expect(lab, "echo -n '{\"sessions\":{\"1\":{'", "PROTOCOL",
           "byte 18", "too early")


@tap.case("not of use: too old, without JSON, not as root, no program")
def unusable(lab):
    expect(lab, "echo 'Invalid option --json: unknown option' >&2; exit 1",
           "NOT_SUPPORTED", "too old", "4.17")
    expect(lab, "echo 'JSON support not available' >&2; exit 1",
           "NOT_SUPPORTED", "without JSON")
    expect(lab, "echo 'smbstatus only works as root!' >&2; exit 1",
           "ACCESS_DENIED", "root")
    expect(lab, "echo 'no list at all' >&2; echo '{}'", "SERVER",
           "no list at all")
    expect(lab, "echo \"Can't load /x - run testparm\" >&2; "
           f"echo '{GOOD}'", "SERVER", "Can't load /x")
    expect(lab, "yes 'Unknown parameter' | head -c 100000 >&2; "
           f"echo \"Can't load /x - run testparm\" >&2; echo '{GOOD}'",
           "SERVER", "could not load its configuration")


@tap.case("stderr alone, much of it, is no failure and does not block")
def noisy(lab):
    script = ("yes noise | head -c 3000000 >&2; "
              f"echo '{GOOD}'")
    with instead(lab, script) as folder, Here(lab, folder) as here:
        tap.equal((here.list(), here.code), ({}, "SMBMGMT_OK"))


@tap.case("no Samba here, and a configuration that is not there")
def absent(lab):
    with Here(lab, lab.file("auth")) as here:
        tap.equal(dict(here.opened)["code"], "SMBMGMT_E_NO_SERVICE")
    with Here(lab, conf="/nowhere/smb.conf") as here:
        tap.equal(dict(here.opened)["code"], "SMBMGMT_E_SYSTEM")


@tap.case("the tools see a clean environment, no descriptors, a group")
def clean(lab):
    path = lab.file("log", "seen")
    script = (f"{{ env; ls /proc/self/fd; ps -o pid= -o pgid= -p $$; }} "
              f">{path} 2>&1; echo '{GOOD}'")
    with instead(lab, script) as folder, Here(lab, folder) as here:
        tap.equal((here.list(), here.code), ({}, "SMBMGMT_OK"))
    with open(path, encoding="ascii") as stream:
        seen = stream.read().split()
    names = {word.partition("=")[0] for word in seen if "=" in word}
    tap.equal(names - {"PWD", "SHLVL", "_", "OLDPWD"}, {"PATH", "LC_ALL"})
    # 3 is the listing's own.
    tap.equal([word for word in seen if word.isdigit()][:4],
              ["0", "1", "2", "3"])
    pid, group = seen[-2:]
    tap.equal(pid, group)


if __name__ == "__main__":
    main()
