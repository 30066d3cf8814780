# SPDX-License-Identifier: LGPL-3.0-or-later
"""The code blocks of the documents, and what is wrong with their form.

A block is a fence with a language, and nothing else is a block:

    ```c who.c       a program, kept as who.c, compiled, and run if it is whole
    ```sh            commands, run as one script
    ```console       `$ command` and what it prints, compared
    ```json          a document that the command's schema must accept
    ```text          a figure; paths that it names exist

A word behind the language says where: `lab` with a server (which is called
fs1) behind it, `source` in a copy of this tree.  A comment on the line before
a block says that no test runs it here, and why:

    <!-- not run: it would run this test -->
    <!-- run by tests/install/test_quickstart.py -->
"""
import glob
import os
import re

LANGUAGES = ("c", "sh", "console", "json", "text")
MARK = re.compile(
    r"<!-- (?:not run: (?P<why>\S.*\S)|run by (?P<file>\S+)) -->$")


class Block:
    def __init__(self, document, line, info, mark):
        words = info.split()
        self.document, self.line = document, line
        self.language = words[0] if words else ""
        self.words = words[1:]
        self.mark = mark
        self.text = ""

    def is_in(self, place):
        return place in self.words

    def file_name(self):
        return next((word for word in self.words if "." in word), None)

    def __repr__(self):
        return f"{self.document}:{self.line}"


def documents(root):
    """Name and text of each."""
    names = ["README.md"] + sorted(
        os.path.relpath(path, root)
        for path in glob.glob(os.path.join(root, "docs", "*.md")))
    found = {}
    for name in names:
        with open(os.path.join(root, name), encoding="utf-8") as file:
            found[name] = file.read()
    return found


def indented(line, before):
    """A code block without a fence: four columns in, after an empty line."""
    return before == "" and re.match(r"(?: {4}|\t)\s*\S", line) is not None


def parse(document, text):
    """Blocks, and complaints about the form."""
    blocks, bad = [], []
    block, before = None, ""
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{document}:{number}"
        if block is not None:
            if line == "```":
                block = None
            else:
                block.text += line + "\n"
        elif line.lstrip().startswith(("```", "~~~")):
            mark = MARK.match(before)
            block = Block(document, number, line.strip("`~ "), mark)
            blocks.append(block)
            if not line.startswith("```"):
                bad.append(f"{where}: a fence begins its line with ```")
            if block.language not in LANGUAGES:
                bad.append(f"{where}: no such language: {line!r}")
            if mark is None and re.match(r"<!--.*\brun\b", before):
                bad.append(f"{where}: not understood: {before!r}")
        elif indented(line, before):
            bad.append(f"{where}: a block without a fence: {line!r}")
        before = line
    if block is not None:
        bad.append(f"{block}: it never ends")
    return blocks, bad


def commands(block):
    """(command, output) of each command of a console block.

    Empty lines at the end of an output only part it from the next command.
    """
    found = []
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line[2:].rstrip("\n"), ""])
        elif not found:
            raise AssertionError(f"{block}: output before the first command")
        elif line.startswith("> ") and found[-1][1] == "":
            found[-1][0] += "\n" + line[2:].rstrip("\n")
        else:
            found[-1][1] += line
    if not found:
        raise AssertionError(f"{block}: no command in it")
    return [(command, output.rstrip("\n")) for command, output in found]
