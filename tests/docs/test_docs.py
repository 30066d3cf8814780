# SPDX-License-Identifier: LGPL-3.0-or-later
"""The documents say what is so.

    test_docs.py ROOT LIBRARY TABLE TOOL|- COMPILER...

TABLE is outcome_table; without the command its cases are skipped.
"""
import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile

ROOT, LIBRARY, TABLE, TOOL = sys.argv[1:5]
COMPILER = sys.argv[5:]
sys.argv[1:] = []
sys.path.insert(0, os.path.join(ROOT, "tests", "lab", "smblab"))
import tap  # noqa: E402 (its place is known only now)

NEVER = "../" + "shared"


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def documents():
    names = ["README.md"] + sorted(
        os.path.relpath(path, ROOT)
        for path in glob.glob(os.path.join(ROOT, "docs", "*.md")))
    tap.true(len(names) >= 6, f"documents are missing: {names}")
    return {name: read(name) for name in names}


def blocks(text, language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    tap.true(found, f"no block of {language}")
    return found


def rows(text, columns):
    """The cells of all table rows with so many columns."""
    found = []
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == columns:
                found.append(cells)
    return found


def what_the_code_says(kind):
    out = subprocess.run([TABLE], capture_output=True, text=True, check=True)
    return [line.split()[1:] for line in out.stdout.splitlines()
            if line.split()[0] == kind]


def headers():
    return "".join(read("include", "smbmgmt", name) for name in sorted(
        os.listdir(os.path.join(ROOT, "include", "smbmgmt")))
        if name.endswith(".h"))


@tap.case("the C example compiles without a warning and prints the users")
def example():
    source, = blocks(read("README.md"), "c")
    body = source[source.index("{\n") + 2:source.rindex("}")]
    tap.equal(len(body.splitlines()), 15, "lines in main()")
    folder = os.path.dirname(LIBRARY)
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "who.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        subprocess.run(
            [*COMPILER, "-std=c99", "-Wall", "-Wextra", "-pedantic",
             "-Werror", "-I" + os.path.join(ROOT, "include"),
             "-o", os.path.join(place, "who"), path, "-L" + folder,
             "-lsmbmgmt", "-Wl,-rpath," + folder], check=True)
        ran = subprocess.run([os.path.join(place, "who")],
                             capture_output=True, text=True, timeout=60)
    tap.equal(ran.stderr, "")
    tap.equal(ran.returncode, 0)
    tap.equal(ran.stdout.split(), [
        "ALPHA\\alice", "ALPHA\\bob", "ALPHA\\alice", "ALPHA\\carol",
        "ALPHA\\svc-backup", "ALPHA\\admin"])


def console(text):
    """(command, output) of each command of a console block."""
    commands = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:], ""])
        else:
            commands[-1][1] += line + "\n"
    return commands


@tap.case("the README's commands on memory:demo print what it shows")
def commands():
    if TOOL == "-":
        raise tap.Skip("the command is not built")
    env = {**os.environ, "PATH": os.path.dirname(TOOL) + os.pathsep +
           os.environ["PATH"]}
    count = 0
    for block in blocks(read("README.md"), "console"):
        for command, output in console(block):
            if "memory:demo" not in command:
                continue
            ran = subprocess.run(["sh", "-c", command], env=env, text=True,
                                 capture_output=True, timeout=60)
            tap.equal(ran.stderr, "", command)
            tap.equal(ran.stdout, output, command)
            count += 1
    tap.true(count >= 4, f"only {count} commands were found")


@tap.case("every option that is named is in the command's help")
def options():
    if TOOL == "-":
        raise tap.Skip("the command is not built")
    text = subprocess.run([TOOL, "--help"], capture_output=True, text=True,
                          check=True).stdout
    named = set()
    for block in blocks(read("README.md"), "console"):
        named |= set(re.findall(r"--[a-z][a-z-]+", block))
    named |= set(re.findall(r"`(--[a-z][a-z-]+)`", "".join(
        documents().values())))
    tap.true(named, "no option is named")
    missing = [name for name in sorted(named) if name not in text]
    tap.equal(missing, [])


@tap.case("errors.md has every code with its number, and no other")
def errors():
    listed = {}
    for cells in rows(read("docs", "errors.md"), 5):
        if cells[0] == "code":
            continue
        name = cells[0].strip("`")
        tap.true(name not in listed, f"{name} stands there twice")
        tap.true(cells[2], f"{name} is not explained")
        listed[name] = int(cells[1])
    known = {name: int(number)
             for name, number, _ in what_the_code_says("error")}
    tap.equal(listed, known)


@tap.case("error.h has the same codes with the same numbers")
def error_header():
    found = re.findall(r"#define (SMBMGMT_E_\w+)[\s\\]*\((-\d+)\)",
                       read("include", "smbmgmt", "error.h"))
    known = {name: int(number)
             for name, number, _ in what_the_code_says("error")}
    tap.equal({name: int(number) for name, number in found}, known)


def causes(cell):
    """What outcome_table's causes make of a code cell of the document."""
    if cell == "0":
        return {"SMBMGMT_OK"}
    return set(re.findall(r"SMBMGMT_E_\w+", cell))


@tap.case("semantics.md has every outcome with its codes and exit status")
def outcomes():
    listed = {}
    for outcome, code, status, meaning in rows(
            read("docs", "semantics.md"), 4):
        if outcome == "outcome":
            continue
        tap.true(meaning, f"{outcome} is not explained")
        listed.setdefault(outcome.strip("`"), set()).update(
            (name, int(status)) for name in causes(code))
    known = {}
    for name, cause, code, status in what_the_code_says("outcome"):
        known.setdefault(name, set()).add((code, int(status)))
    # Any cause can fail a close; the table names the one without a cause.
    known["FAILED"] = {pair for pair in known["FAILED"]
                       if pair[0] == "SMBMGMT_E_SERVER"}
    tap.equal(listed, known)


@tap.case("the exit status of usage errors is that of the code")
def exit_status():
    by_code = {name: int(status)
               for name, _, status in what_the_code_says("error")}
    cell, = [meaning for status, meaning in rows(
        read("docs", "semantics.md"), 2) if status == "2"]
    named = set(re.findall(r"SMBMGMT_E_\w+", cell))
    tap.equal(named, {name for name, status in by_code.items()
                      if status == 2})


@tap.case("functions, constants and codes that are named exist")
def names():
    declared = headers() + read("lib", "libsmbmgmt.map")
    for name, text in documents().items():
        for word in re.findall(r"\bsmbmgmt_\w+(?=\()", text):
            tap.true(re.search(rf"\b{word}\(", declared),
                     f"{name}: no function {word}")
        for word in re.findall(r"\bSMBMGMT_[A-Z0-9_]*[A-Z0-9]\b", text):
            tap.true(re.search(rf"\b{word}\b", declared),
                     f"{name}: nothing is called {word}")


@tap.case("files that are linked or named exist")
def links():
    for name, text in documents().items():
        here = os.path.join(ROOT, os.path.dirname(name))
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            tap.true(os.path.exists(os.path.join(here, target)),
                     f"{name}: no {target}")
        for target in re.findall(
                r"`((?:lib|tests|examples|docs|include)/[\w./-]+)`", text):
            tap.true(os.path.exists(os.path.join(ROOT, target)),
                     f"{name}: no {target}")


@tap.case("no document needs what is not in the repository")
def alone():
    for name, text in documents().items():
        tap.true(NEVER not in text, f"{name} refers to {NEVER}")
        tap.true(not re.search(r"/(?:work|home|tmp)/", text),
                 f"{name} names a path of a machine")


@tap.case("the id in srvsvc.md is derived as semantics.md says")
def derived_id():
    text = read("docs", "srvsvc.md")
    client, user, value = re.search(
        r"`([\d.]+)`\s+and\s+`(\w+)` are (\d+)", text).groups()
    digest = hashlib.sha256(
        client.encode() + b"\0" + user.upper().encode()).digest()
    tap.equal(int(value), int.from_bytes(digest[:8], "big"))


tap.main()
