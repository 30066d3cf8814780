#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Options: what is understood, what is refused, and how it is said."""
import os
import re
import subprocess
import sys

from tooltest import (DEMO, LIMIT, TOOL, contains, demo, equal, lacks, main,
                      run)


LIST_OPTIONS = sys.argv[3]


def refused(result, *parts):
    equal(result.status, 2, result)
    equal(result.out, "", result)
    equal(result.err.count("\n"), 1, result)
    contains(result.err, "smbmgmt: ", *parts)


def test_help_names_every_command():
    result = run("--help")
    equal((result.status, result.err), (0, ""))
    contains(result.out, " list [ID...]", " close [ID...]", " shell [-c",
             "--password-fd", "EXIT STATUS")
    equal(run("help").out, result.out)


def test_help_fits_two_screens():
    lines = run("--help").out.splitlines()
    assert len(lines) <= 2 * 24, len(lines)
    for line in lines:
        assert len(line) <= 80, line
        assert line.isascii() and line.isprintable(), line


def test_help_names_every_option():
    text = run("--help").out
    options = [line.split("\t") for line in subprocess.run(
        [LIST_OPTIONS], capture_output=True, text=True, timeout=LIMIT,
        check=True).stdout.splitlines() if line.startswith("option")]
    assert len(options) > 30, options
    for _, name, letter, *_ in options:
        assert re.search(rf"--{name}(?![a-z-])", text), name
        assert letter == "-" or re.search(rf"[ \[]-{letter}, --{name}(?![a-z-])",
                                          text), letter
    # And no other.
    known = {option[1] for option in options} | {"help", "version"}
    equal(set(re.findall(r"--([a-z][a-z-]*)", text)) - known, set())


def test_version():
    result = run("--version")
    equal((result.status, result.out, result.err), (0, "smbmgmt 0.1.0\n", ""))


def test_no_command():
    refused(run(), "list, close, evict or shell")


def test_unknown_command():
    refused(demo("lst"), "lst")


def test_unknown_option():
    refused(demo("list", "--frobnicate"), "--frobnicate", "unknown option")


def test_option_of_another_command():
    refused(demo("list", "--what-if"), "--what-if", "list")
    refused(demo("close", "1", "--commands=x"), "--commands", "close")
    refused(demo("shell", "--client=x"), "--client", "shell")


def test_missing_value():
    refused(run("list", "-S"), "-S", "missing")


def test_option_given_twice():
    refused(demo("list", "--max-opens=1", "--max-opens=2"), "--max-opens",
            "twice")


def test_options_after_the_command_and_before():
    after = run("list", "-S", "memory:demo", "--json")
    equal(after.status, 0, after)
    equal(len(after.json()["sessions"]), 6)


def test_password_in_user_is_refused_and_not_shown():
    result = demo("-U", "ALPHA\\alice%s3cret", "list")
    refused(result, "--user", "-A FILE", "--password-fd")
    lacks(result.err, "s3cret", "alice")


def test_bad_port():
    for port in ("0", "65536", "x", "-1", "99999999999999999999"):
        refused(demo("-p", port, "list"), "--port", "1 to 65535")


def test_bad_protection():
    refused(demo("--client-protection=seal", "list"), "--client-protection",
            "sign|encrypt|off")


def test_bad_deadline():
    for text in ("0", "-1", "1s", "4294968"):
        refused(demo(f"--deadline={text}", "list"), "--deadline", "seconds")


def test_bad_debug_level():
    refused(demo("-d", "11", "list"), "--debuglevel", "0 to 10")


def test_files_must_exist():
    for option in ("--configfile", "--samba-path", "--ca-file", "--client-cert",
                   "--client-key"):
        refused(demo(f"{option}=/nonexistent/file", "list"), option,
                "No such file")


def test_bad_auth():
    for text in ("", "Basic", "ntlm,basic", "digest"):
        refused(demo(f"--auth={text}", "list"), "--auth",
                "negotiate|kerberos|ntlm|basic")


def test_bad_wsman_path():
    for text in ("", "wsman", "http://host/wsman"):
        refused(demo(f"--wsman-path={text}", "list"), "--wsman-path",
                "give it /PATH")


def test_no_server_asks_for_no_user():
    for option in ("-Ualice", "--use-kerberos=required", "--password-fd=0"):
        for where in ([], ["-S", "samba:"], ["-S", "Samba:localhost"]):
            refused(run(option, *where, "list"), "root", "name a server")
            refused(run(option, *where, "evict", "--all", "--force"), "root")
    result = run("shell", "-c", "open -U alice")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "root", "name a server")


def test_bad_durations():
    for text in ("", "1w", "h", "1hh", "-1", "1.5h", "49711d",
                 "4294967296", "18446744073709551617"):
        refused(demo("list", f"--min-idle={text}"), "--min-idle",
                "N[s|m|h|d]")


def test_good_durations():
    for text in ("0", "4294967295", "49710d", "1h", "1m", "1s"):
        result = demo("list", f"--min-age={text}")
        equal(result.status, 0, result)


def test_bad_max_opens():
    for text in ("", "-1", "x", "18446744073709551616"):
        refused(demo("list", f"--max-opens={text}"), "--max-opens")


def test_bad_instance():
    refused(demo("list", "--instance=ssl"), "--instance",
            "default|csv|sbl|sr")


def test_bad_ids():
    refused(demo("list", "5..1"), "5..1")
    refused(demo("list", "x"), "x")
    refused(demo("list", "--session-id=1,,2"), "--session-id")
    refused(demo("list", "18446744073709551616"), "18446744073709551616")


def test_bad_collateral():
    refused(demo("close", "1", "--force", "--allow-collateral=none"),
            "--allow-collateral", "possible|all")


def test_password_fd_must_be_open():
    refused(demo("--password-fd=77", "list"), "--password-fd", "77")
    refused(demo("--password-fd=x", "list"), "--password-fd", "x")


def test_who_asks_is_said_once():
    refused(demo("-A", "/dev/null", "-U", "bob", "list"), "-A", "-U")
    refused(demo("-N", "--password-fd=0", "list"), "-N", "--password-fd")


def test_authentication_file_must_exist():
    result = demo("-A", "/nonexistent/auth", "list")
    equal(result.status, 2, result)
    equal(result.out, "", result)


def test_password_fd_is_read_up_to_the_line_feed():
    rows = demo("list", "1", "--json").out
    # The second line is left for --from.
    result = demo("-U", "alice", "--password-fd=0", "close", "--from", "-",
                  "--what-if", text="s3cret\n" + rows)
    lacks(result.out + result.err, "s3cret")
    equal(result.status, 0, result)


def test_password_fd_too_long():
    result = demo("-U", "alice", "--password-fd=0", "list", text="x" * 5000)
    equal(result.status, 2, result)
    contains(result.err, "--password-fd", "1023")
    lacks(result.err, "xxx")


def test_no_server_is_this_machine():
    # What its own Samba has no use for, so that none is asked here.
    refused(run("--port", "445", "list"), "--port", "samba:")


def test_malformed_server_is_a_usage_error():
    result = run("-S", "memory:demo:x:y", "list")
    equal(result.status, 2, result)
    equal(result.out, "", result)


def test_password_needed_without_a_terminal():
    # Asked for before anything is connected.
    result = run("-S", "127.0.0.1", "-p", "1", "-U", "alice", "list")
    equal(result.status, 2, result)
    contains(result.err, "password", "-A", "--password-fd", "-N")


def test_password_of_the_environment_is_not_shown():
    result = run("-S", "127.0.0.1", "-p", "1", "list",
                 env={"USER": "alice%s3cret", "LOGNAME": ""})
    equal(result.status, 2, result)
    lacks(result.err, "s3cret")


def test_output_that_cannot_be_written():
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([TOOL, *DEMO, "list"], stdout=full,
                              stderr=subprocess.PIPE, text=True,
                              timeout=LIMIT, check=False)
    equal(done.returncode, 1, done.stderr)
    contains(done.stderr, "cannot write to standard output")


def test_closed_standard_descriptors():
    result = run("list", "-S", "memory:demo",
                 preexec_fn=lambda: os.close(1))
    equal(result.status, 1, result)
    contains(result.err, "cannot write to standard output")


def test_log_goes_to_stderr():
    quiet = demo("list", "--json")
    loud = demo("-d", "10", "list", "--json")
    equal(loud.status, 0, loud)
    equal(len(loud.json()["sessions"]), len(quiet.json()["sessions"]))
    equal(quiet.err, "")


main(globals())
