#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Questions at a terminal: PowerShell's words, passwords, signals."""
import os
import signal
import time

from tooltest import DEMO, Terminal, contains, equal, lacks, main

QUESTION = '[?] Help (default is "Y"): '
# A server that nobody listens at: what matters comes before connecting.
NOWHERE = ["-S", "127.0.0.1", "-p", "1"]


def close(*args):
    return Terminal(*DEMO, "close", "--json", *args)


def outcomes(result):
    return {row["session"]["session_id"]: row["outcome"]
            for row in result.json()["outcomes"]}


def ask(answers, *args):
    """Give one answer to each question, and get the outcomes."""
    with close(*args) as terminal:
        for answer in answers:
            terminal.expect(QUESTION)
            terminal.send(answer)
        result = terminal.wait()
        lacks(terminal.screen, QUESTION)
        return result


def test_question_in_powershells_words():
    with close("1") as terminal:
        text = terminal.expect(QUESTION).replace("\r\n", "\n")
        terminal.send("y\n")
        result = terminal.wait()
    contains(text, "Confirm\nAre you sure you want to perform this action?\n"
             "Performing operation 'Close-Session' on Target '1'.\n",
             "1 session on memory:demo", r"1 (\\10.0.0.5, ALPHA\alice)",
             "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  "
             "[S] Suspend  [?] Help (default is \"Y\"): ")
    equal(result.status, 0, result)
    equal(outcomes(result), {"1": "CLOSED"})
    equal(result.err, "")


def test_every_spelling_of_yes():
    for answer in ("\n", "y\n", "Y\n", "yes\n", "YES\n"):
        result = ask([answer], "1")
        equal(outcomes(result), {"1": "CLOSED"})


def test_no_is_declined():
    for answer in ("n\n", "No\n"):
        result = ask([answer], "1")
        equal(result.status, 4, result)
        equal(outcomes(result), {"1": "DECLINED"})


def test_yes_then_no():
    result = ask(["y\n", "n\n", "y\n"], "1..3")
    equal(result.status, 4, result)
    equal(outcomes(result), {"1": "CLOSED", "2": "DECLINED", "3": "CLOSED"})


def test_yes_to_all_asks_once():
    result = ask(["a\n"], "1..3")
    equal(result.status, 0, result)
    equal(set(outcomes(result).values()), {"CLOSED"})


def test_no_to_all_asks_once():
    result = ask(["y\n", "no to all\n"], "1..3")
    equal(result.status, 4, result)
    equal(outcomes(result), {"1": "CLOSED", "2": "DECLINED",
                             "3": "DECLINED"})


def test_help_and_nonsense_ask_again():
    with close("1") as terminal:
        terminal.expect(QUESTION)
        terminal.send("?\n")
        contains(terminal.expect(QUESTION), "Ctrl-D")
        for answer in ("x\n", "yy\n", "z" * 200 + "\n"):
            terminal.send(answer)
            terminal.expect(QUESTION)
        terminal.send("n\n")
        result = terminal.wait()
    equal(outcomes(result), {"1": "DECLINED"})


def test_end_of_file_aborts_and_closes_nothing():
    with close("1..3") as terminal:
        terminal.expect(QUESTION)
        terminal.send("y\n")
        terminal.expect(QUESTION)
        terminal.send("\x04")
        result = terminal.wait()
    assert result.status in (1, 4), result
    lacks(result.out, '"CLOSED"')


def test_confirm_with_force_asks():
    result = ask(["n\n"], "1", "--force", "--confirm")
    equal(outcomes(result), {"1": "DECLINED"})


def test_force_does_not_ask():
    result = ask([], "1", "--force")
    equal(outcomes(result), {"1": "CLOSED"})


def test_what_if_does_not_ask():
    result = ask([], "1", "--what-if", "--confirm")
    equal(outcomes(result), {"1": "WOULD_CLOSE"})


def test_stdin_is_not_an_answer():
    with close("1") as terminal:
        terminal.expect(QUESTION)
        terminal.process.stdin.write(b"y\n")
        terminal.process.stdin.flush()
        terminal.send("n\n")
        result = terminal.wait()
    equal(outcomes(result), {"1": "DECLINED"})


def test_interrupt_at_the_question_closes_nothing():
    with close("1") as terminal:
        terminal.expect(QUESTION)
        terminal.send("\x03")
        result = terminal.wait()
    equal((result.status, result.out), (-signal.SIGINT, ""), result)


def test_password_is_asked_for_and_not_shown():
    with Terminal(*NOWHERE, "-U", r"ALPHA\alice", "list") as terminal:
        contains(terminal.expect("]: "), "Password for [")
        equal(terminal.echoes(), False)
        terminal.send("s3cret\n")
        result = terminal.wait()
        lacks(terminal.screen, "s3cret")
        equal(terminal.echoes(), True)
    equal(result.status, 1, result)
    lacks(result.out + result.err, "s3cret")


def test_default_user_runs_the_command():
    with Terminal(*NOWHERE, "list", env={"USER": "carol"}) as terminal:
        contains(terminal.expect("]: "), "Password for [carol]: ")
    with Terminal(*NOWHERE, "list",
                  env={"USER": "", "LOGNAME": "dave"}) as terminal:
        contains(terminal.expect("]: "), "Password for [dave]: ")


def test_one_password_for_all_servers():
    with Terminal(*NOWHERE, "-S", "127.0.0.2", "-U", "alice",
                  "list") as terminal:
        terminal.expect("Password for ")
        terminal.send("s3cret\n")
        result = terminal.wait()
        lacks(terminal.screen, "Password for ")
    equal(result.status, 1, result)
    contains(result.err, "127.0.0.1", "127.0.0.2")


def test_end_of_file_at_the_password_aborts():
    with Terminal(*NOWHERE, "-U", "alice", "list") as terminal:
        terminal.expect("]: ")
        terminal.send("\x04")
        result = terminal.wait()
        equal(terminal.echoes(), True)
    equal(result.status, 1, result)
    contains(result.err, "no password was given")


def test_password_too_long():
    with Terminal(*NOWHERE, "-U", "alice", "list") as terminal:
        terminal.expect("]: ")
        terminal.send("x" * 2000 + "\n")
        result = terminal.wait()
        lacks(terminal.screen, "xx")
    equal(result.status, 1, result)
    contains(result.err, "too long")


def test_no_password_does_not_ask():
    with Terminal(*NOWHERE, "-N", "list") as terminal:
        terminal.wait()
        equal(terminal.screen, "")


def test_memory_does_not_ask():
    with Terminal(*DEMO, "list") as terminal:
        result = terminal.wait()
        equal(terminal.screen, "")
    equal(result.status, 0, result)


def test_signals_at_the_password_restore_the_terminal():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                   signal.SIGQUIT):
        with Terminal(*NOWHERE, "-U", "alice", "list") as terminal:
            terminal.expect("]: ")
            equal(terminal.echoes(), False)
            terminal.signal(number)
            result = terminal.wait()
            equal(terminal.echoes(), True, number)
        equal(result.status, -number, result)


def wait_for_state(pid, wanted):
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            state = stat.read().rpartition(")")[2].split()[0]
        if (state == "T") == wanted:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} did not stop or go on")


def test_stop_at_the_password_restores_and_asks_again():
    with Terminal(*NOWHERE, "-U", "alice", "list",
                  parent=True) as terminal:
        terminal.expect("]: ")
        pid = terminal.child()
        os.kill(pid, signal.SIGTSTP)
        wait_for_state(pid, True)
        equal(terminal.echoes(), True)
        os.kill(pid, signal.SIGCONT)
        terminal.expect("]: ")
        equal(terminal.echoes(), False)
        terminal.send("s3cret\n")
        result = terminal.wait()
        lacks(terminal.screen, "s3cret")
    equal(result.status, 1, result)


def test_password_is_in_no_command_line_and_no_environment():
    secret, control = "s3cr3t-of-the-test", "c0ntr0l-of-the-test"
    with Terminal(*NOWHERE, "-U", "alice", "shell",
                  env={"CONTROL": control}) as terminal:
        terminal.expect("]: ")
        terminal.send(secret + "\n")
        # It was used by now, and the shell waits for commands.
        contains(terminal.process.stderr.readline().decode(), "127.0.0.1")
        contains(str(look_for(control)), str(terminal.process.pid))
        equal(look_for(secret), [])
        result = terminal.wait()
    equal(result.status, 1, result)


def look_for(secret):
    found = []
    for name in os.listdir("/proc"):
        for part in ("cmdline", "environ") if name.isdigit() else ():
            try:
                with open(f"/proc/{name}/{part}", "rb") as file:
                    if secret.encode() in file.read():
                        found.append(int(name))
            except OSError:
                pass  # it ended, or is another user's
    return found


main(globals())
