#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""--servers-file, --throttle and --per-server: many servers at once."""
import contextlib
import os
import re
import sys
import tempfile
import time

from tooltest import (Result, Terminal, contains, demo, equal, lacks, main,
                      run)
import tooltest

MANY = sys.argv[3]


def many(*args, **more):
    kept, tooltest.TOOL = tooltest.TOOL, MANY
    try:
        return run(*args, **more)
    finally:
        tooltest.TOOL = kept


@contextlib.contextmanager
def servers(data):
    """A file with these bytes."""
    with tempfile.NamedTemporaryFile(suffix=".servers") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
        file.flush()
        yield file.name


def listed(result):
    """The servers of the rows, each once, in order."""
    names = [row["server"] for row in result.json()["sessions"]]
    return list(dict.fromkeys(names))


def refused(result: Result, *parts):
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, *parts)


def test_a_server_a_line():
    with servers("memory:a\n# all of ours\n\n  memory:b  # the old one\n"
                 "\tmemory:c\t\nmemory:d#d") as name:
        result = many("--servers-file", name, "list", "--json")
    equal((result.status, result.err), (0, ""), result)
    equal(listed(result), ["memory:a", "memory:b", "memory:c", "memory:d#d"])


def test_a_file_of_windows():
    with servers(b"\xef\xbb\xbfmemory:a\r\nmemory:b\r\n") as name:
        result = many(f"--servers-file={name}", "list", "--json")
    equal((result.status, result.err), (0, ""), result)
    equal(listed(result), ["memory:a", "memory:b"])


def test_behind_those_of_the_command_line():
    with servers("memory:a\nmemory:b\n") as name:
        result = many("--servers-file", name, "-S", "memory:x", "list",
                      "--json", "-S", "memory:y")
    equal(listed(result), ["memory:x", "memory:y", "memory:a", "memory:b"])


def test_standard_input():
    result = many("--servers-file=-", "list", "--json",
                  text="memory:a\nmemory:b\n")
    equal(listed(result), ["memory:a", "memory:b"])
    # What follows a password there is ours.
    result = many("--servers-file=-", "-U", "alice", "--password-fd=0",
                  "list", "--json", text="s3cret\nmemory:a\n")
    equal(listed(result), ["memory:a"])
    refused(many("--servers-file=-", "close", "--from=-", "--force"),
            "--servers-file", "--from", "standard input")


def test_every_bad_line_is_named():
    with servers("memory:a\nmemory:b memory:c\n\nx y\n") as name:
        result = many("--servers-file", name, "close", "--all", "--force")
    refused(result, f"{name}:2: ", f"{name}:4: ")
    lacks(result.err, f"{name}:1:", f"{name}:3:")
    with servers(b"memory:a\nmem\0ory:b\n") as name:
        refused(many("--servers-file", name, "list"), f"{name}:2: ", "NUL")


def test_a_name_that_the_library_does_not_understand():
    with servers("memory:a\n\n[::1\nhost:99999\nmemory:z\n") as name:
        result = many("--servers-file", name, "-N", "close", "--all",
                      "--force")
    refused(result, f"{name}:3: ", f"{name}:4: ")
    lacks(result.err, f"{name}:1:", f"{name}:5:")


def test_no_file_and_no_server():
    refused(many("--servers-file=/nonexistent/x", "list"), "/nonexistent/x",
            "No such file")
    with tempfile.TemporaryDirectory() as folder:
        refused(many("--servers-file", folder, "list"), folder)
    for text in ("", "\n# nobody\n"):
        with servers(text) as name:
            refused(many("--servers-file", name, "list"), "no server")


def test_a_server_is_asked_once():
    with servers("memory:a\nmemory:b\nMEMORY:A\nmemory:x\n") as name:
        args = ["--servers-file", name, "-S", "memory:x", "list", "--json"]
        result = many(*args)
        quiet = many("-q", *args)
    equal(result.status, 0, result)
    equal(listed(result), ["memory:x", "memory:a", "memory:b"])
    equal(result.err.count("\n"), 1, result)
    contains(result.err, "note: ", name, "2 lines", "once")
    equal((quiet.status, quiet.err), (0, ""), quiet)


def test_one_address_is_not_for_many():
    with servers("a\n") as name:
        refused(run("--servers-file", name, "-I", "127.0.0.1", "list"), "-I")


def test_not_for_the_shell():
    refused(demo("shell", "--servers-file=x"), "--servers-file", "shell")


def test_thousands_of_servers():
    names = [f"memory:s{i}" for i in range(2000)]
    with servers("\n".join(names)) as name:
        result = many("--servers-file", name, "list", "--json",
                      "--client-user=bob")
    equal((result.status, result.err), (0, ""), result.err)
    equal([row["server"] for row in result.json()["sessions"]], names)


def test_errors_are_lines_in_the_order_given():
    names = [f"memory:{'dead-' if i % 3 == 1 else ''}s{i}" for i in range(60)]
    dead = [name for name in names if "dead" in name]
    with servers("\n".join(names)) as name:
        listing = many("--servers-file", name, "list", "--json")
        closing = many("--servers-file", name, "close", "--client-user=bob",
                       "--force", "--json")
    for result in (listing, closing):
        equal(result.status, 1, result)
        equal([error["server"] for error in result.json()["errors"]], dead)
        equal([re.match(r"smbmgmt: (\S+): .*\(SMBMGMT_E_CONNECTION_REFUSED\)$",
                        line).group(1) for line in result.err.splitlines()],
              dead)
    equal([row["session"]["server"]
           for row in closing.json()["outcomes"]],
          [name for name in names if "dead" not in name])


def test_credentials_are_asked_for_once():
    with servers("127.0.0.1\n127.0.0.2\n127.0.0.3\n") as name:
        with Terminal("--servers-file", name, "-p", "1", "-U", "alice",
                      "list") as terminal:
            terminal.expect("Password for ")
            terminal.send("s3cret\n")
            result = terminal.wait()
            lacks(terminal.screen, "Password for ")
    equal(result.status, 1, result)
    equal([line.split(": ")[1] for line in result.err.splitlines()],
          ["127.0.0.1", "127.0.0.2", "127.0.0.3"])


def test_throttle():
    slow = [word for i in range(4) for word in ("-S", f"memory:slow250-{i}")]
    for command in (["list"], ["close", "--all", "--what-if"]):
        began = time.monotonic()
        result = many(*slow, *command, "--throttle=1")
        equal(result.status, 0, result)
        # One after the other cannot be faster.
        assert time.monotonic() - began >= 1.0, command
        equal(many(*slow, *command, "--throttle=0").status, 0)


def test_throttle_holds_while_planning():
    slow = [word for i in range(4) for word in ("-S", f"memory:slow250-{i}")]
    with Terminal(*slow, "close", "--all", "--throttle=1", "-q",
                  command=[MANY]) as terminal:
        began = time.monotonic()
        terminal.expect('(default is "Y"): ')
        assert time.monotonic() - began >= 0.9
        terminal.send("l\n")
        equal(terminal.wait().status, 4)


def test_bad_numbers():
    for option in ("--throttle", "--per-server"):
        for value in ("-1", "x", "", "2147483648"):
            refused(demo("close", "1", "--force", f"{option}={value}"),
                    option, "number")
    refused(demo("list", "--per-server=1"), "--per-server", "list")
    for value in ("0", "3"):
        equal(demo("close", "1", "--force", f"--per-server={value}").status,
              0)


os.environ.pop("COLUMNS", None)
main(globals())
