#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Every operation and every fault: what is expected, and what comes of it.

    table.py TOOL SCHEMA DRIVER [OPTION...]

runs the cases with one carrier and holds each result against the hand-written
expected-CARRIER.txt; it prints TAP and fails if one differs, or if a case or
an expectation has no partner.

    --carrier NAME      dcerpc (the default) or smbclient
    --expected FILE     another file of expectations
    --only TEXT         the cases whose name contains it
    --results FILE      also write the results there, as JSON

With --write it makes the table of docs/servers.md from the results of both
carriers and runs nothing:

    table.py TOOL SCHEMA DRIVER --write DOC RESULTS RESULTS
"""

import argparse
import contextlib
import importlib
import json
import os
import sys
import time

ARGV = sys.argv[4:]
HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- table begins -->", "<!-- table ends -->"


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--carrier", default="dcerpc",
                        choices=("dcerpc", "smbclient"))
    parser.add_argument("--expected")
    parser.add_argument("--only", default="")
    parser.add_argument("--results")
    parser.add_argument("--write", nargs=3)
    return parser.parse_args(ARGV)


def read_expected(path):
    """{(lab, case): ([result...], why)}, in the order of the file."""
    expected = {}
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if line.startswith("#") or not line.strip():
                continue
            parts = [part.strip() for part in line.split(" | ")]
            if len(parts) != 4:
                raise SystemExit(f"{path}:{number}: not LAB | CASE | "
                                 f"EXPECTED | WHY: {line}")
            lab, name, results, why = parts
            if (lab, name) in expected:
                raise SystemExit(f"{path}:{number}: a second '{name}'")
            expected[lab, name] = (results.split(" or "), why)
    return expected


def run_case(lab, function, place):
    """(result, milliseconds); a case that breaks is a result as well."""
    began = time.monotonic()
    try:
        result = function(place)
    except Exception as error:  # whatever it is: the next ones still tell
        result = f"{type(error).__name__}: {error}"
    return result, round((time.monotonic() - began) * 1000)


@contextlib.contextmanager
def labs(names):
    """{name: a lab that is up}, for the names that are needed."""
    import livetest
    import smblab

    with contextlib.ExitStack() as stack:
        up = {}
        if {"samba", "none"} & names:
            up["samba"] = up["none"] = stack.enter_context(smblab.SambaLab())
            # The server's first call may take longer than a deadline.
            livetest.run(*livetest.where(up["samba"]), "list")
        if "windows" in names:
            up["windows"] = stack.enter_context(smblab.WindowsLab())
        yield up


def clear(lab, place):
    """No session, no rule of the case before."""
    if lab == "windows":
        place.reset()
        # Of a message-mode pipe that carrier loses what does not fit its
        # read; there is a case for it.
        if os.environ["LIVE_CARRIER"] == "smbclient":
            place.set(pipe_mode="byte")
    place.close_clients()
    place.wait_sessions(0)


def run_all(args, expected):
    """The results, and how many are not as they should be."""
    from results import CASES

    for module in ("none", "samba", "windows", "both"):
        importlib.import_module(f"cases_{module}")
    functions = {(lab, name): function for lab, name, function in CASES
                 if args.only in name}
    wanted = {key: value for key, value in expected.items()
              if args.only in key[1]}
    missing = [key for key in functions if key not in wanted]
    print(f"1..{len(wanted) + len(missing)}", flush=True)
    results, bad, number = [], 0, 0
    with labs({lab for lab, _ in functions}) as up:
        for number, (key, (allowed, _)) in enumerate(wanted.items(), 1):
            lab, name = key
            got, took = "no such case", 0
            if key in functions:
                clear(lab, up[lab])
                got, took = run_case(lab, functions[key], up[lab])
            good = got in allowed
            bad += not good
            print(f"{'ok' if good else 'not ok'} {number} - {lab}: {name}")
            if not good:
                print(f"# expected {' or '.join(allowed)}")
                print(f"# got      {got}", flush=True)
            results.append({"lab": lab, "case": name, "got": got,
                            "expected": " or ".join(allowed), "ms": took})
        for lab in up:
            clear(lab, up[lab])
    for lab, name in missing:
        number += 1
        print(f"not ok {number} - {lab}: {name}\n# nothing is expected of it")
    return results, bad + len(missing)


def cell(result):
    same = result["got"] == result["expected"]
    return (f"{result['expected']} | {'the same' if same else result['got']} "
            f"| {result['ms']}")


def table(dcerpc, smbclient):
    """The documentation's table; times are of one run on one machine."""
    lines = ["| server | operation or fault | dcerpc: expected | got | ms "
             "| smbclient: expected | got | ms |",
             "|---|---|---|---|---|---|---|---|"]
    other = {(row["lab"], row["case"]): row for row in smbclient}
    for row in dcerpc:
        lines.append(f"| {row['lab']} | {row['case']} | {cell(row)} | "
                     f"{cell(other[row['lab'], row['case']])} |")
    return "\n".join(lines)


def write(path, *results):
    loaded = []
    for name in results:
        with open(name, encoding="utf-8") as stream:
            loaded.append(json.load(stream))
    with open(path, encoding="utf-8") as stream:
        before, _, rest = stream.read().partition(BEGIN)
    _, _, after = rest.partition(END)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(f"{before}{BEGIN}\n\n{table(*loaded)}\n\n{END}{after}")


def main():
    args = options()
    if args.write:
        write(*args.write)
        return
    os.environ["LIVE_CARRIER"] = args.carrier
    del sys.argv[4:]
    sys.path[:0] = [HERE, os.path.join(HERE, "..", "live")]
    import livetest  # noqa: F401  it takes its arguments from sys.argv
    expected = read_expected(args.expected or os.path.join(
        HERE, f"expected-{args.carrier}.txt"))
    results, bad = run_all(args, expected)
    if args.results:
        with open(args.results, "w", encoding="utf-8") as stream:
            json.dump(results, stream, indent=1)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
