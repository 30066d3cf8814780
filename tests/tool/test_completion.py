#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The completion for bash: in bash, against the command's own options."""
import os
import re
import shlex
import subprocess
import sys
import tempfile

from tooltest import LIMIT, TOOL, Terminal, contains, equal, main

LIST_OPTIONS, COMPLETION = map(os.path.abspath, sys.argv[3:5])

# Words as readline cuts them, and where the cursor is.
DRIVER = r"""
source "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=("${@:3}") COMP_CWORD=$(($# - 3))
_smbmgmt
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
"""


def offered(line, breaks="=:", folder=None):
    """What bash offers at the end of a line, without quotes in it."""
    words = re.findall(rf"[{breaks}]+|[^ {breaks}]+" if breaks else "[^ ]+",
                       line)
    if line.endswith(" ") or (breaks and line[-1] in breaks):
        words.append("")
    prepare = f"COMP_WORDBREAKS=' {breaks}'\n"
    done = subprocess.run(
        ["bash", "--norc", "-c", prepare + DRIVER, "bash", COMPLETION, line,
         *words],
        capture_output=True, text=True, timeout=LIMIT, check=True, cwd=folder)
    equal(done.stderr, "")
    return done.stdout.splitlines()


def table(kind):
    lines = subprocess.run([LIST_OPTIONS], capture_output=True, text=True,
                           timeout=LIMIT, check=True).stdout.splitlines()
    return [line.split("\t")[1:] for line in lines
            if line.split("\t")[0] == kind]


def spelled(options):
    """The words that stand for options of the table."""
    words = {"--help", "-?", "--version", "-V"}
    for name, letter, _, value in options:
        words.add(f"--{name}=" if value else f"--{name}")
        words |= {f"-{letter}"} - {"--"}
    return words


def test_every_option_of_every_command():
    for command in ("list", "close", "evict", "shell"):
        options = [option for option in table("option")
                   if command in option[2].split(",")]
        assert len(options) > 10, options
        equal(sorted(offered(f"smbmgmt {command} -")),
              sorted(spelled(options)), command)


def test_options_before_the_command_go_with_all():
    options = [option for option in table("option")
               if {"list", "close", "evict", "shell"} <= set(option[2].split(","))]
    equal(sorted(offered("smbmgmt -")), sorted(spelled(options)))


def test_commands():
    text = subprocess.run([TOOL, "--help"], capture_output=True, text=True,
                          timeout=LIMIT, check=True).stdout
    commands = re.findall(r"^  smbmgmt \[WHERE\] (\w+)", text, re.M)
    equal(offered("smbmgmt "), commands + ["help"])
    equal(offered("smbmgmt l"), ["list"])
    # Values are no commands, whether they are joined or not.
    for where in ("-S memory:demo", "-Smemory:demo", "--server=memory:demo",
                  "--server memory:demo", "-N -p 445 -d 3", "-U list"):
        equal(offered(f"smbmgmt {where} cl"), ["close"])
        contains(offered(f"smbmgmt {where} close --fr"), "--from=")
    equal(offered("smbmgmt list "), [])
    equal(offered("smbmgmt list cl"), [])


def choices():
    """Options whose values are named in the table."""
    return [(name, commands.split(",")[0], value.split("|"))
            for name, _, commands, value in table("option")
            if re.fullmatch(r"[a-z]+(\|[a-z]+)+", value)]


def test_every_choice():
    assert len(choices()) >= 4, choices()
    for name, command, values in choices():
        line = f"smbmgmt {command} --{name}"
        equal(offered(f"{line}="), values)
        equal(offered(f"{line} "), values)
        equal(offered(f"{line}={values[0][:2]}"),
              [value for value in values if value.startswith(values[0][:2])])
        # Who takes = out of the word breaks gets the whole word.
        equal(offered(f"{line}={values[0]}", breaks=""),
              [f"--{name}={values[0]}"])


def test_columns():
    names = [name for pair in table("column") for name in pair if name]
    equal(sorted(offered("smbmgmt list --columns ")), sorted(names))
    equal(offered("smbmgmt list --columns=clu"), ["cluster_node_name"])
    equal(offered("smbmgmt list --columns=id,client,clu"),
          ["id,client,cluster_node_name"])
    # None twice, by either name.
    equal(offered("smbmgmt list --columns=id,se"),
          ["id,server", "id,session_id_derived", "id,seconds_exists",
           "id,seconds_idle"])
    equal(offered("smbmgmt list --columns=client_user_name,us"), [])


def test_files():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rows.json", "rows of today"):
            with open(os.path.join(folder, name), "w", encoding="ascii"):
                pass
        for option in ("close --from=", "close --from ", "-A ", "list -s ",
                       "--authentication-file=", "--configfile ",
                       "--servers-file=", "evict --before=", "--audit "):
            equal(sorted(offered(f"smbmgmt {option}ro", folder=folder)),
                  ["rows of today", "rows.json"], option)


def test_servers():
    equal(offered("smbmgmt -S mem"), ["memory:demo"])
    # Readline has cut at the colon, and replaces what follows it.
    equal(offered("smbmgmt -S memory:d"), ["demo"])
    equal(offered("smbmgmt --server=memory:d"), ["demo"])
    equal(offered("smbmgmt --server=mem"), ["memory:demo"])
    equal(offered("smbmgmt --server=memory:d", breaks="="), ["memory:demo"])


def test_values_that_nobody_knows():
    for option in ("-U ", "--client=", "--port ", "--min-idle=", "-c "):
        equal(offered(f"smbmgmt list {option}"), [])


def test_at_a_terminal():
    prompt = "ready-for-more "
    with Terminal("--norc", "--noprofile", "-i", command=["bash"],
                  all_of_it=True, columns=100,
                  env={"PS1": prompt, "TERM": "dumb", "HISTFILE": "",
                       "INPUTRC": "/dev/null"}) as terminal:
        terminal.expect(prompt)
        terminal.send("bind 'set enable-bracketed-paste off'\n")
        terminal.expect(prompt)
        terminal.send(f"source {shlex.quote(COMPLETION)}\n")
        terminal.expect(prompt)
        terminal.send("smbmgmt() { printf '<%s>' \"$@\"; echo ' done'; }\n")
        terminal.expect(prompt)
        terminal.send("smbmgmt -S memory:d\tlis\t--min-i\t1h "
                      "--colu\tclient_u\t,cluster\t\n")
        contains(terminal.expect(" done").replace("\r", ""),
                 "<-S><memory:demo><list><--min-idle=1h>"
                 "<--columns=client_user_name,cluster_node_name>")
        terminal.expect(prompt)
        # One of several: two tabs show them all.
        terminal.send("smbmgmt --carrier=\t\t")
        contains(terminal.expect("smbclient"), "auto", "dcerpc")
        terminal.send("sm\t\n")
        contains(terminal.expect(" done"), "<--carrier=smbclient>")


main(globals())
