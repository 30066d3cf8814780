#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Listings that take long: the ages in them are of their beginning.

Lab 4 takes its rows when it is asked for them, and then lets a page wait for
longer than ages may differ by.
"""

import json

from wsmantest import invoked, main, outcomes, run, tap, where

# More than the 2 s of slack and a second of rounding; and a deadline that a
# busy machine keeps.
SECONDS, DEADLINE = 3.5, 20
# For the looks after a close: the slow one, and some more.
LOOKS = 5
TARGET, OTHER = 2**53 + 1, 7
ROWS = [{"id": TARGET, "client": "PC1", "user": "LAB\\dora", "exists": 500},
        {"id": OTHER, "client": "PC7", "user": "LAB\\bob", "exists": 700}]


def begin(lab, **target):
    """The rows, a page each; and how many pulls a listing is."""
    lab.set(page_items=1)
    lab.sessions([{**ROWS[0], **target}, ROWS[1]])
    lab.requests(reset=True)
    run(*where(lab), "list").expect(0)
    pulls = sum(request["operation"] == "pull" for request in lab.requests())
    tap.true(pulls > 0, "a listing has pages")
    return pulls


def slow(lab, nth):
    lab.rules({"at": "pull", "nth": nth, "times": 1, "action": "delay",
               "seconds": SECONDS})


def took(result):
    tap.true(result.seconds >= SECONDS, f"a slow one: {result!r}")
    return result


@tap.case("a slow look does not make an end of what is still there")
def look(lab):
    pulls = begin(lab, on_close="stays")
    slow(lab, pulls + 1)
    result = took(run(*where(lab), "close", "--client-user=LAB\\dora",
                      "--force", "--json", f"--deadline={LOOKS}"))
    result.expect(1, f"session {TARGET} ")
    outcome, = (outcome for outcome, _ in outcomes(result).values())
    # The last look may run out of time on a busy machine.
    tap.true(outcome in ("STILL_PRESENT", "SENT"), repr(result))
    tap.equal(invoked(lab), [(TARGET, "stays")])
    tap.equal(sorted(lab.ids()), sorted([TARGET, OTHER]))


def listing(lab):
    """The target's row of a whole listing, as a document."""
    result = run(*where(lab), "list", "--json",
                 f"--deadline={DEADLINE}").expect(0)
    document = result.json()
    document["sessions"] = [row for row in document["sessions"]
                            if row["session_id"] == str(TARGET)]
    return result, json.dumps(document)


def closed_from(lab, text):
    result = run(*where(lab), "close", "--from", "-", "--force", "--json",
                 f"--deadline={DEADLINE}", text=text).expect(0)
    tap.equal(outcomes(result), {TARGET: ("CLOSED", None)}, repr(result))
    tap.equal(invoked(lab), [(TARGET, "ended")])
    tap.equal(lab.ids(), [OTHER])
    return result


@tap.case("--from knows them again in a slow listing")
def again(lab):
    begin(lab)
    _, text = listing(lab)
    slow(lab, 1)
    took(closed_from(lab, text))


@tap.case("--from knows them again from a slow listing")
def first(lab):
    begin(lab)
    slow(lab, 1)
    result, text = listing(lab)
    took(result)
    closed_from(lab, text)


if __name__ == "__main__":
    main()
