# SPDX-License-Identifier: LGPL-3.0-or-later
"""The manual pages are well-formed, whole, and show what is so.

    test_man.py ROOT BUILD TOOL|- COMPILER...
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys

ROOT, BUILD, TOOL = sys.argv[1:4]
COMPILER = sys.argv[4:]
sys.argv[1:] = []
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import manpage  # noqa: E402 (its place is known only now)
import markdown  # noqa: E402
import replay  # noqa: E402
from smblab import tap  # noqa: E402

TOOL = TOOL if TOOL == "-" else os.path.abspath(TOOL)
TABLE = os.path.join(BUILD, "tests", "docs", "outcome_table")
PAGES = ("smbmgmt.1", "libsmbmgmt.3")


# A run that is ended ends as one that fails: nothing of it is left.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def page(name):
    return read("docs", "man", name)


def path_of(name):
    return os.path.join(ROOT, "docs", "man", name)


def need_tool():
    if TOOL == "-":
        raise tap.Skip("the command is not built")


def run(*argv, **more):
    return subprocess.run(argv, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, **more)


def help_text():
    done = run(TOOL, "--help")
    tap.equal((done.returncode, done.stderr), (0, ""))
    return done.stdout


@tap.case("mandoc finds nothing to warn of")
def mandoc():
    if shutil.which("mandoc") is None:
        raise tap.Skip("there is no mandoc")
    for name in PAGES:
        done = run("mandoc", "-Tlint", "-Wwarning", path_of(name))
        tap.equal((done.returncode, done.stdout + done.stderr), (0, ""), name)


@tap.case("groff finds nothing to warn of")
def groff():
    if shutil.which("groff") is None:
        raise tap.Skip("there is no groff")
    for name in PAGES:
        done = run("groff", "-mdoc", "-ww", "-Kutf8", "-Tutf8", "-z",
                   path_of(name))
        tap.equal((done.returncode, done.stderr), (0, ""), name)


@tap.case("meson installs both")
def installed():
    done = run("meson", "introspect", BUILD, "--installed")
    tap.equal(done.returncode, 0, done.stderr)
    places = list(json.loads(done.stdout).values())
    for name in PAGES if TOOL != "-" else PAGES[1:]:
        wanted = f"/man{name[-1]}/{name}"
        tap.true(any(place.endswith(wanted) for place in places),
                 f"{name} is not installed")


@tap.case("smbmgmt(1), --help and the command have the same options")
def options():
    need_tool()
    tap.true(len(manpage.option_items(page("smbmgmt.1"))) > 35, "few options")
    tap.equal(manpage.option_complaints(
        page("smbmgmt.1"), help_text(), read("tools", "option_table.c")), [])


@tap.case("an option that is missing on either side is missed")
def options_missed():
    need_tool()
    text, source = help_text(), read("tools", "option_table.c")
    right = page("smbmgmt.1")
    for line in re.findall(r"^\.It (?:Fl|Ar) .*\n", right, re.M):
        if " Fl -" not in line:
            continue
        name = re.search(r" Fl -([a-z-]+)", line).group(1)
        wrong = right.replace(line, "")
        tap.true(any(complaint.startswith(f"--{name}") for complaint in
                     manpage.option_complaints(wrong, text, source)),
                 f"--{name} is not missed")
    more = right + ".It Fl -nonesuch\nNothing.\n"
    tap.equal(len(manpage.option_complaints(more, text, source)), 1)
    tap.equal(len(manpage.option_complaints(
        right, text + "  --nonesuch\n", source)), 1)
    tap.equal(len(manpage.option_complaints(right, text, source.replace(
        '{"force", 0', "{\"force\", 'f'"))), 1)


@tap.case("every exit status is there, in the order in which it applies")
def exit_status():
    need_tool()
    tap.equal(manpage.statuses(page("smbmgmt.1")),
              manpage.help_statuses(help_text()))
    known = {int(line.split()[-1]) for line in run(TABLE).stdout.splitlines()}
    tap.equal(set(manpage.statuses(page("smbmgmt.1"))), known)
    semantics = [int(status) for status in re.findall(
        r"^\| (\d) \| [^|]+\|$", read("docs", "semantics.md"), re.M)]
    tap.equal(manpage.statuses(page("smbmgmt.1")), semantics)


@tap.case("every command of the command and of its shell is there")
def commands():
    need_tool()
    named = set(re.findall(r"\bCm (\w+)", page("smbmgmt.1")))
    text = help_text()
    top = set(re.findall(r"^  smbmgmt \[WHERE\] (\w+)", text, re.M))
    tap.equal(top, {"list", "close", "evict", "shell"})
    shell = re.search(r"^SHELL.*?\n(.*?)^  SELECT", text, re.M | re.S).group(1)
    inside = set(re.findall(r"(?:^  |; )([a-z]+)\b", shell, re.M))
    tap.true({"open", "handles", "use", "remove", "exit"} <= inside, inside)
    tap.equal(sorted((top | inside) - named), [])


@tap.case("every environment variable that is read is there, and no other")
def environment():
    folder = os.path.join(ROOT, "tools")
    used = {name for file in os.listdir(folder) if file.endswith(".c")
            for name in re.findall(r'getenv\("(\w+)"\)', read("tools", file))}
    named = {word for words in manpage.items(
        manpage.section(page("smbmgmt.1"), "ENVIRONMENT"))
        for word in words if word != ","}
    tap.equal(named, used)


@tap.case("every column is there, and no other")
def columns():
    need_tool()
    done = run(TOOL, "-S", "memory:demo", "list", "--columns=nonesuch")
    tap.equal(done.returncode, 2, done.stderr)
    text = done.stderr.split(" there are ")[1].split("\n")[0]
    known = set(re.findall(r"\w+", re.sub(r"\(SMBMGMT_\w+\)", "", text)))
    entry = re.search(r"^\.It Fl -columns.*?(?=^\.It Fl -csv)",
                      page("smbmgmt.1"), re.M | re.S).group(0)
    named = set(re.findall(r"\bQl (\w+)", entry))
    tap.equal(named, known)


@tap.case("the examples of smbmgmt(1) print what they show")
def examples():
    need_tool()
    found = manpage.displays(manpage.section(page("smbmgmt.1"), "EXAMPLES"))
    tap.true(len(found) >= 4, f"only {len(found)} examples")
    with replay.Sandbox(replay.Build(ROOT, BUILD, TOOL, COMPILER)) as sandbox:
        for text in found:
            block = markdown.Block("smbmgmt.1", 0, "console", None)
            block.text = text
            replay.replay(block, sandbox)


@tap.case("the program of libsmbmgmt(3) compiles and prints what it shows")
def program():
    source, output = manpage.displays(
        manpage.section(page("libsmbmgmt.3"), "EXAMPLES"))
    with replay.Sandbox(replay.Build(ROOT, BUILD, TOOL, COMPILER)) as sandbox:
        for info, text in (
                ("c close.c", source),
                ("console", "$ cc -o close close.c $(pkg-config --cflags "
                 "--libs smbmgmt)\n$ ./close\n" + output)):
            block = markdown.Block("libsmbmgmt.3", 0, info, None)
            block.text = text
            replay.replay(block, sandbox)


@tap.case("libsmbmgmt(3) has every type, and what it names exists")
def overview():
    text = page("libsmbmgmt.3")
    types = set(re.findall(r"^typedef struct \w+ (\w+);",
                           read("include", "smbmgmt", "types.h"), re.M))
    tap.true(len(types) > 15, f"only {len(types)} types")
    listed = {word for words in manpage.items(manpage.section(
        text, "DESCRIPTION")) for word in words if word != ","}
    tap.equal(listed, types)
    mapped = read("lib", "libsmbmgmt.map")
    for name in re.findall(r"^\.Fn (\w+)", text, re.M):
        tap.true(re.search(rf"\b{name};", mapped), f"no function {name}")
    codes = "".join(read("include", "smbmgmt", name) for name in os.listdir(
        os.path.join(ROOT, "include", "smbmgmt")) if name.endswith(".h"))
    for name in re.findall(r"\bDv (SMBMGMT_\w+)", text):
        tap.true(f"#define {name}" in codes, f"no constant {name}")


tap.main()
