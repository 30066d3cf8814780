# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a manual page in mdoc says, and what is missing in it.

Everything here works on texts, so that a test can show what it finds when a
text is wrong.
"""
import re

# What a macro line sets in type; all of it is dropped from a plain text.
MACROS = {"Fl", "Ar", "Cm", "Ns", "Op", "Oo", "Oc", "Ev", "Pa", "Vt", "Fn",
          "Ic", "Ql", "Dv"}


def plain(text):
    """Without the escapes that these pages use."""
    for escape, character in (("\\e", "\\"), ("\\&", ""), ("\\(dq", '"')):
        text = text.replace(escape, character)
    return text


def section(text, name):
    found = re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", text,
                      re.M | re.S)
    if found is None:
        raise AssertionError(f"no section {name}")
    return found.group(1)


def items(text):
    """The words of each .It line, macros and quotes dropped."""
    return [[plain(word) for word in line.split() if word not in MACROS]
            for line in re.findall(r"^\.It (.*)$", text, re.M)]


def displays(text):
    """The literal displays, as they are printed."""
    return [plain(body) for body in re.findall(
        r"^\.Bd -literal.*?\n(.*?)^\.Ed$", text, re.M | re.S)]


def option_items(page):
    """{long option: (short or None, takes a value)} of the entries."""
    found = {}
    for line in re.findall(r"^\.It ((?:Fl|Ar) .*)$", page, re.M):
        short = re.search(r"\bFl ([A-Za-z?])(?:\\&)? ,", line)
        for name, value in re.findall(r"\bFl -([a-z][a-z-]+)( Ns = )?", line):
            taken = found.get(name, (None, False))
            found[name] = (taken[0] or (short.group(1) if short else None),
                           bool(value) or taken[1])
    return found


def option_help(text):
    """The same of `smbmgmt --help`."""
    found = {}
    for short, name, value in re.findall(
            r"(?:(?<![\w-])-([A-Za-z?]), )?--([a-z][a-z-]+)(=?)", text):
        taken = found.get(name, (None, False))
        found[name] = (taken[0] or short or None, bool(value) or taken[1])
    return found


def option_table(source):
    """The same of the command's own table, tools/option_table.c."""
    found = {}
    for name, short, rest in re.findall(
            r'^\t\{"([a-z-]+)", (0|\'.\'), (.*?)\},?\n(?=\t[{/]|\};)', source,
            re.M | re.S):
        found[name] = (None if short == "0" else short[1],
                       re.search(r'^(?:true, |false, )?(?:\.value = )?"',
                                 rest) is not None)
    return found


def option_complaints(page, text, source):
    """Page, help and table have the same options, letters and values."""
    ours, helps = option_items(page), option_help(text)
    table = option_table(source) | {"help": ("?", False),
                                    "version": ("V", False)}
    bad = []
    for name in sorted(set(ours) | set(helps) | set(table)):
        entries = {"page": ours.get(name), "help": helps.get(name),
                   "table": table.get(name)}
        if len(set(entries.values())) > 1:
            bad.append(f"--{name}: {entries}")
    named = set(re.findall(r"\bFl -([a-z][a-z-]+)", page))
    bad += [f"--{name} is named, and has no entry"
            for name in sorted(named - set(ours))]
    return bad


def statuses(page):
    """Exit statuses in the order of the page."""
    return [int(words[0]) for words in items(section(page, "EXIT STATUS"))]


def help_statuses(text):
    """Exit statuses in the order of the help."""
    part = text[text.index("EXIT STATUS"):]
    return [int(digit) for digit in re.findall(r"\b(\d) [a-z]", part)]
