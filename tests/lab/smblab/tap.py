# SPDX-License-Identifier: LGPL-3.0-or-later
"""Tests in Python that print TAP, for meson's protocol 'tap'.

    from smblab import SambaLab, tap

    @tap.case("a fresh lab has no sessions")
    def fresh(lab):
        tap.equal(lab.sessions(), [])

    tap.main(SambaLab)

A case fails with any exception; tap.Skip("why") skips it. Cases run in the
order they are written; arguments on the command line choose those whose name
contains one of them. main() takes a context manager's factory, and each case
what that yields; without one, cases take nothing.
"""

import sys
import time
import traceback

CASES = []


class Skip(Exception):
    """What a case cannot show here, and why."""


def case(name):
    def add(function):
        CASES.append((name, function))
        return function
    return add


def note(text):
    for line in str(text).splitlines():
        print(f"# {line}")
    sys.stdout.flush()


def equal(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what or 'got'}: {got!r}, wanted {wanted!r}")


def true(value, what):
    if not value:
        raise AssertionError(what)


def wait_until(test, what, seconds=10):
    """Poll until the test gives something true; give that."""
    deadline = time.monotonic() + seconds
    while not (value := test()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return value


def _call(function, shared):
    """A case fails as well when what it was given does not end cleanly."""
    if shared is None:
        function()
        return
    with shared() as value:
        function(value)


def _run(number, name, function, shared):
    began = time.monotonic()
    try:
        _call(function, shared)
    except Skip as reason:
        print(f"ok {number} - {name} # SKIP {reason}", flush=True)
    except Exception:  # the next cases still have something to say
        print(f"not ok {number} - {name}")
        note(traceback.format_exc())
        return False
    else:
        print(f"ok {number} - {name}", flush=True)
    note(f"{time.monotonic() - began:.1f} s")
    return True


def main(shared=None):
    parts = sys.argv[1:]
    chosen = [(name, function) for name, function in CASES
              if not parts or any(part in name for part in parts)]
    print(f"1..{len(chosen)}", flush=True)
    results = [_run(number, name, function, shared)
               for number, (name, function) in enumerate(chosen, 1)]
    sys.exit(0 if all(results) else 1)
