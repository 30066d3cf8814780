# SPDX-License-Identifier: LGPL-3.0-or-later
"""The documents say what is so.

    test_docs.py ROOT TABLE TOOL|- [PART OF A NAME...]

TABLE is outcome_table; without the command its cases are skipped.
"""
import hashlib
import os
import re
import subprocess
import sys

ROOT, TABLE, TOOL = sys.argv[1:4]
sys.argv[1:4] = []
sys.path.insert(0, os.path.join(ROOT, "tests", "lab", "smblab"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import markdown  # noqa: E402 (its place is known only now)
import tap  # noqa: E402

NEVER = "../" + "shared"


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def documents():
    found = markdown.documents(ROOT)
    tap.true(len(found) >= 6, f"documents are missing: {found.keys()}")
    return found


def blocks(name, language):
    """test_blocks.py runs them; here they are read."""
    found = [block.text for block in markdown.parse(
        name, documents()[name])[0] if block.language == language]
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


@tap.case("the README's C example has fifteen lines")
def example():
    source, = blocks("README.md", "c")
    body = source[source.index("{\n") + 2:source.rindex("}")]
    tap.equal(len(body.splitlines()), 15, "lines in main()")


@tap.case("every option that is named is in the command's help")
def options():
    if TOOL == "-":
        raise tap.Skip("the command is not built")
    text = subprocess.run([TOOL, "--help"], capture_output=True, text=True,
                          check=True).stdout
    named = set()
    for block in blocks("README.md", "console"):
        for line in re.findall(r"^\$ smbmgmt .*", block, re.M):
            named |= set(re.findall(r"--[a-z][a-z-]+", line))
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


@tap.case("each transport has a page, and each page is installed")
def pages():
    folder = os.path.join(ROOT, "lib", "transport")
    transports = [name for name in sorted(os.listdir(folder))
                  if os.path.isdir(os.path.join(folder, name))]
    tap.true({"memory", "srvsvc"} <= set(transports), transports)
    for name in transports:
        heading = documents()[f"docs/{name}.md"].splitlines()[0]
        tap.true(f"`{name}`" in heading, f"docs/{name}.md: {heading}")
    installed = re.findall(r"^  '(\S+\.md)',$", read("docs", "meson.build"),
                           re.M)
    tap.equal(sorted(installed), sorted(
        name.removeprefix("docs/") for name in documents()
        if name.startswith("docs/")))
    linked = re.findall(r"\]\((docs/[^)]+\.md)\)", read("README.md"))
    tap.equal(sorted({*documents()} - {*linked}), ["README.md"])


@tap.case("no document needs what is not in the repository")
def alone():
    for name, text in documents().items():
        tap.true(NEVER not in text, f"{name} refers to {NEVER}")
        tap.true(not re.search(r"/(?:work|home)/|/tmp/(?!krb5cc_)", text),
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
