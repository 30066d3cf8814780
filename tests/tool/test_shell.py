#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""shell: live handles, selectors, quoting, exit status."""
import json
import re

from tooltest import UNASKED, Terminal, contains, equal, lacks, main, run


def shell(*commands, where=()):
    return run(*where, "shell", "-c", "; ".join(commands))


def handle_rows(text):
    return [line.split() for line in text.splitlines()
            if re.match(r" *[0-9]+ .* [0-9a-f]{8}-[0-9a-f-]{27} ", line)]


def names(text):
    return [row[1] for row in handle_rows(text)]


THREE = ["open --name alpha memory:demo", "open --name beta memory:demo",
         "open --name 'alpine two' memory:demo"]


def test_open_and_list():
    result = shell("open memory:demo", "list")
    equal((result.status, result.err), (0, ""), result)
    contains(result.out, "SessionId", r"ALPHA\alice")


def test_handles_columns():
    result = shell("open memory:demo", "open --name x memory:demo", "handles")
    equal((result.status, result.err), (0, ""), result)
    lines = result.out.splitlines()
    equal(lines[0].split(), ["Id", "Name", "InstanceId", "ComputerName",
                             "Transport", "State"])
    rows = handle_rows(result.out)
    equal([row[:2] for row in rows], [["1", "Handle1"], ["2", "x"]])
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                            row[2]), row
        equal(row[3:], ["demo", "memory", "Connected"])


def test_commands_on_stdin():
    result = run("shell", text="open memory:demo\n\n# nothing\nlist 1\n"
                 "handles; exit\nnever reached\n")
    equal((result.status, result.err), (0, ""), result)
    contains(result.out, r"ALPHA\alice", "Handle1")


def test_a_table_lives_as_long_as_its_handle():
    result = shell("open memory:demo", "close 1 2 --force", "list 1..3")
    equal(result.status, 3, result)
    lacks(result.out, r"ALPHA\bob")
    contains(result.out, r"\\10.0.0.6")
    contains(result.err, "equal to '1..2'")


def test_use_by_id_and_by_name():
    result = shell(*THREE, "close 1 --force", "use 1", "list 1",
                   "use 'ALPINE two'", "list 1")
    equal(result.status, 3, result)
    equal(result.out.count(r"ALPHA\alice"), 1)


def test_use_of_what_is_not_there():
    result = shell("open memory:demo", "use 7", "use nobody", "use", "list 1")
    equal(result.status, 2, result)
    equal(result.err.count("SMBMGMT_E_NOT_FOUND"), 2)
    contains(result.out, r"ALPHA\alice")


def test_use_takes_a_name_not_a_pattern():
    result = shell(*THREE, "use a*")
    equal(result.status, 3, result)


def test_two_handles_of_one_name():
    result = shell("open --name n memory:demo", "open --name n memory:demo",
                   "use n", "use 2")
    equal(result.status, 2, result)
    contains(result.err, "2 handles are named 'n'")


def test_select_handles():
    for select, wanted in (("1", ["alpha"]), ("2..3", ["beta", "alpine"]),
                           ("1 3", ["alpha", "alpine"]),
                           ("--name 'a*'", ["alpha", "alpine"]),
                           ("--name ALPHA --name beta", ["alpha", "beta"]),
                           ("--name '[b-c]*'", ["beta"]),
                           ("--computer-name 'DE*'",
                            ["alpha", "beta", "alpine"]),
                           ("--name 'z*'", [])):
        result = shell(*THREE, f"handles {select}")
        equal((result.status, result.err), (0, ""), result)
        equal(names(result.out), wanted, select)


def test_select_by_instance_id():
    with_two = run("shell", "-c", "open memory:demo; handles")
    equal(len(handle_rows(with_two.out)), 1)
    result = shell("open memory:demo", "handles --instance-id "
                   "00000000-0000-4000-8000-000000000000")
    equal(result.status, 3, result)
    contains(result.err, "SMBMGMT_E_NOT_FOUND")


def test_literal_that_selects_nothing_is_an_error():
    result = shell(*THREE, "handles --name nobody --name beta")
    equal(result.status, 3, result)
    equal(names(result.out), ["beta"])
    contains(result.err, "nobody")


def test_bad_selections():
    for select in ("x", "3..1", "1 --name a", "--name a --computer-name b",
                   "--name '[a'", "--instance-id x", "1..", "4294967296"):
        result = shell(*THREE, f"handles {select}")
        equal((result.status, result.out), (2, ""), select)


def test_remove_by_wildcard():
    result = shell(*THREE, "remove --name 'a*'", "handles")
    equal((result.status, result.err), (0, ""), result)
    equal(names(result.out), ["beta"])


def test_remove_range_and_missing_ids():
    result = shell(*THREE, "remove 2..4", "handles")
    equal(result.status, 3, result)
    equal(names(result.out), ["alpha"])
    contains(result.err, "SMBMGMT_E_NOT_FOUND", "4")


def test_remove_what_if():
    result = shell(*THREE, "remove --name 'a*' --what-if", "handles")
    equal((result.status, result.err), (0, ""), result)
    lines = [line for line in result.out.splitlines() if "What if" in line]
    equal(len(lines), 2)
    contains(lines[0], "What if: Performing the operation", "name = alpha")
    equal(len(handle_rows(result.out)), 3)


def test_remove_all_needs_to_be_said():
    result = shell(*THREE, "remove", "handles", "remove --all", "handles")
    equal(result.status, 2, result)
    contains(result.err, "SMBMGMT_E_EMPTY_FILTER")
    equal(len(handle_rows(result.out)), 3)


def test_remove_all_excludes_a_selection():
    result = shell(*THREE, "remove --all 1", "handles")
    equal(result.status, 2, result)
    equal(len(handle_rows(result.out)), 3)


def test_remove_confirm_without_a_terminal():
    result = shell(*THREE, "remove 1 --confirm", "handles")
    equal(result.status, 2, result)
    contains(result.err, "--what-if")
    equal(len(handle_rows(result.out)), 3)


def test_remove_confirm_asks():
    with Terminal("shell", "-c", "; ".join(
            THREE + ["remove --all --confirm", "handles"])) as terminal:
        for answer in ("y\n", "n\n", "y\n"):
            terminal.expect("[?] Help")
            terminal.send(answer)
        result = terminal.wait()
    equal(result.status, 4, result)
    equal(names(result.out), ["beta"])
    contains(result.err, "handle 2", "SMBMGMT_E_DECLINED")


def test_nothing_in_use():
    for commands in (["list"], ["close --all --force"],
                     ["open memory:demo", "remove --all", "list"]):
        result = shell(*commands)
        equal((result.status, result.out), (2, ""), result)
        contains(result.err, "no handle is in use")


def test_ids_are_not_used_again():
    result = shell("open memory:demo", "remove 1", "open memory:demo",
                   "handles")
    equal([row[0] for row in handle_rows(result.out)], ["2"])


def test_a_failed_command_and_the_rest_goes_on():
    result = shell("open memory:demo", "frobnicate", "list --what-if",
                   "close 6 --force", "list 99", "list 1")
    equal(result.status, 2, result)
    contains(result.err, "frobnicate", "--what-if", "REFUSED_OWN",
             "NOT_FOUND")
    contains(result.out, r"ALPHA\alice")


def test_the_exit_status_is_the_worst():
    equal(shell("open memory:demo", "list 99", "list 1").status, 3)
    equal(shell("open memory:demo", "list 99", "close 6 --force").status, 4)
    equal(shell("open memory:demo", "close 6 --force",
                f"open -N {UNASKED}").status, 1)
    equal(shell("open memory:demo", f"open -N {UNASKED}", "list x",
                "list 99").status, 2)


def test_open_without_a_host():
    # What this machine's Samba has no use for, so that none is asked here.
    result = shell("open --port 445")
    equal(result.status, 2, result)
    contains(result.err, "--port", "samba:", "SMBMGMT_E_INVALID")


def test_server_options_open_at_once_and_the_last_is_in_use():
    result = shell("close 1 --force", "handles", "use 1", "list 1",
                   where=["-S", "memory:demo", "-S", "memory:demo"])
    equal((result.status, result.err), (0, ""), result)
    equal(len(handle_rows(result.out)), 2)
    contains(result.out, r"ALPHA\alice")


def test_quotes_and_backslashes():
    result = shell("open --name \"it's; 'quoted' #1\" memory:demo", "handles",
                   r"list --client-user ALPHA\bob # a comment")
    equal((result.status, result.err), (0, ""), result)
    contains(result.out, "it's; 'quoted' #1", r"ALPHA\bob")
    lacks(result.out, r"ALPHA\alice")


def test_unclosed_quote_drops_the_line():
    result = run("shell", text="open memory:demo\nopen --name 'x memory:demo"
                 "; open memory:demo\nhandles\n")
    equal(result.status, 2, result)
    contains(result.err, "quote")
    equal(len(handle_rows(result.out)), 1)


def test_escapes_in_names_do_not_reach_the_terminal():
    result = shell("open --name '\x1b[31mred\x07\u202e\u009b' memory:demo",
                   "handles")
    equal(result.status, 0, result)
    contains(result.out, r"\x1b[31mred\x07\u{202e}\u{9b}")
    lacks(result.out, "\x1b", "\x07", "\u202e", "\u009b")


def test_wide_names_keep_the_columns():
    result = shell("open --name 日本 memory:demo",
                   "open --name abcd memory:demo", "handles")
    lines = result.out.splitlines()
    equal(lines[2].index("demo") + 2, lines[3].index("demo"))


def test_json_in_the_shell():
    result = shell("open memory:demo", "list 1 --json")
    equal(len(json.loads(result.out)["sessions"]), 1)


def test_from_in_the_shell():
    rows = run("-S", "memory:demo", "list", "1", "--json").json()
    # Without an age, which does not go on in the next memory:demo.
    del rows["sessions"][0]["seconds_exists"]
    result = run("shell", "-c", "open memory:demo; close --from - --force; "
                 "list 1", text=json.dumps(rows))
    equal(result.status, 3, result)
    equal(result.out, "")


def test_from_stdin_that_holds_the_commands():
    result = run("shell", text="open memory:demo\nclose --from - --force\n"
                 "list 1\n")
    equal(result.status, 2, result)
    contains(result.err, "--from -")
    contains(result.out, r"ALPHA\alice")


def test_password_in_open_is_refused():
    result = shell("open -U 'bob%s3cret' memory:demo", "handles")
    equal(result.status, 2, result)
    lacks(result.err, "s3cret")
    equal(result.out, "")


def test_words_after_shell():
    result = run("shell", "list")
    equal((result.status, result.out), (2, ""), result)
    contains(result.err, "-c")


def test_at_a_terminal():
    with Terminal("shell", all_of_it=True) as terminal:
        terminal.expect("smbmgmt> ")
        terminal.send("open memory:demo\n")
        terminal.expect("handle 1 (Handle1) is open")
        terminal.expect("smbmgmt> ")
        terminal.send("close 1 2\n")
        terminal.expect("on Target '1'.")
        terminal.expect('(default is "Y"): ')
        terminal.send("y\n")
        terminal.expect("on Target '2'.")
        terminal.expect('(default is "Y"): ')
        terminal.send("n\n")
        terminal.expect("SMBMGMT_E_DECLINED")
        terminal.expect("smbmgmt> ")
        terminal.send("\x04")
        result = terminal.wait()
    equal(result.status, 4, terminal.screen)


main(globals())
