# SPDX-License-Identifier: LGPL-3.0-or-later
"""One operation or fault is a case; a case gives its result in words.

    @case("samba", "a wrong password")
    def wrong_password(lab):
        return listed(lab, ...)

The words are those of the expected-*.txt files: "OK, 2 sessions, level 1",
"LOGON_FAILED", "CLOSED, ended: alice".
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "live"))

from livetest import document, run, where  # noqa: E402

PREFIX = "SMBMGMT_E_"
HEADER = os.path.join(HERE, "..", "..", "include", "smbmgmt", "error.h")
with open(HEADER, encoding="utf-8") as header:
    CODES = {int(number): name for name, number in re.findall(
        r"#define (SMBMGMT_E_\w+)[\s\\]+\((-\d+)\)", header.read())}
# Of each step: long enough for a busy machine, and every stall waits for it.
DEADLINE = 3
CASES = []


def case(lab, name):
    def add(function):
        CASES.append((lab, name, function))
        return function
    return add


def short(name):
    return name.removeprefix(PREFIX)


def level_of(session):
    """The level of NetrSessionEnum that supplies just these members."""
    if "transport_name" in session:
        return 502
    if "num_opens" in session:
        # Level 1 has no idle time that means anything, and no client type.
        return 2 if "seconds_idle" in session else 1
    return 10 if "seconds_exists" in session else 0


def named(error):
    """An error in words; NOT_SUPPORTED has to say what else there is."""
    words = short(error["name"])
    if words == "NOT_SUPPORTED" and "dcerpc" in error["message"]:
        words += ", names dcerpc"
    return words


def listing(output):
    """What `list --json` printed, in words; our own row is not counted."""
    parsed = document(output)
    rows = [row for row in parsed["sessions"] if row["own"] == "no"]
    levels = {level_of(row) for row in parsed["sessions"]}
    if not parsed["errors"]:
        kinds = ", ".join(f"level {level}" for level in sorted(levels))
        return f"OK, {len(rows)} sessions, {kinds}"
    words = " ".join(sorted({named(error) for error in parsed["errors"]}))
    return f"{words}, {len(rows)} sessions" if rows else words


def outcome(output):
    """What `close --json` printed, in words."""
    parsed = document(output)
    words = []
    for row in parsed["outcomes"]:
        word = row["outcome"]
        # These two have a reason of their own.
        if word in ("FAILED", "SENT") and row["code"]:
            word += ", " + short(CODES[row["code"]])
        words.append(word)
    words += [named(error) for error in parsed["errors"]
              if short(error["name"]) not in " ".join(words)]
    return ", ".join(dict.fromkeys(words))


def listed(lab, *argv, user="admin", port=None, host=None,
           deadline=DEADLINE):
    result = run(*where(lab, user, port, host), "--deadline", str(deadline),
                 "list", "--json", *argv)
    return listing(result.out)


def closed(lab, *argv, user="admin", clients=(), port=None):
    """Close, and name the clients' sessions that ended by it."""
    result = run(*where(lab, user, port), "--deadline", str(DEADLINE),
                 "close", "--force", "--json", *argv)
    return f"{outcome(result.out)}, {ended(clients)}"


def ended(sessions):
    """Whose sessions no longer answer, asked through their old handles."""
    gone = sorted(session.user for session in sessions
                  if session.state() == "ended")
    return "ended: " + " ".join(gone) if gone else "nothing ended"


def two_clients(lab):
    return [lab.client("alice", "127.0.0.5").session,
            lab.client("bob", "127.0.0.6").session]


def one_connection(lab):
    alice = lab.client("alice", "127.0.0.5")
    return [alice.session, alice.user_on_same_connection("bob")]


def password(lab, user, text):
    return listing(run("-S", f"{lab.host}:{lab.port}", "-U", user,
                       "--password-fd", "0", "list", "--json",
                       text=text + "\n").out)
