# SPDX-License-Identifier: LGPL-3.0-or-later
"""Every code block of README.md and docs/ does what it shows.

    test_blocks.py ROOT BUILD TOOL|- SERVER COMPILER... [-- PART OF A NAME...]

SERVER is `lab` where the module that reaches servers is built.  markdown.py
has the form of a block, replay.py what is done with it.
"""
import contextlib
import os
import signal
import sys

ROOT, BUILD, TOOL, SERVER = sys.argv[1:5]
COMPILER = sys.argv[5:]
PARTS = []
if "--" in COMPILER:
    PARTS = COMPILER[COMPILER.index("--") + 1:]
    del COMPILER[COMPILER.index("--"):]
sys.argv[1:] = PARTS
sys.path.insert(0, os.path.join(ROOT, "tests", "lab"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import markdown  # noqa: E402 (its place is known only now)
import replay  # noqa: E402
from smblab import tap  # noqa: E402

# A run that is ended ends as one that fails: nothing of it is left.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
WITH = replay.Build(ROOT, BUILD, TOOL, COMPILER)
DOCUMENTS = markdown.documents(ROOT)
# Lines of blocks that no test runs at all: more than these is too many.
NOT_RUN = 3


def need_tool(blocks):
    if TOOL == "-" and any(block.language in ("sh", "console")
                           for block in blocks):
        raise tap.Skip("the command is not built")


def here(name):
    return [block for block in markdown.parse(name, DOCUMENTS[name])[0]
            if not block.is_in("lab")]


def with_server(name):
    return [block for block in markdown.parse(name, DOCUMENTS[name])[0]
            if block.is_in("lab")]


@tap.case("every block is fenced, in a language that is run")
def form():
    tap.true(len(DOCUMENTS) >= 6, f"documents are missing: {DOCUMENTS.keys()}")
    bad = [complaint for name, text in DOCUMENTS.items()
           for complaint in markdown.parse(name, text)[1]]
    tap.equal(bad, [])


@tap.case("the blocks that no test runs are few, and say why")
def not_run():
    lines = 0
    for name, text in DOCUMENTS.items():
        for block in markdown.parse(name, text)[0]:
            if block.mark is None:
                continue
            tap.note(f"{block}: {block.mark.group(0)}")
            if block.mark.group("why"):
                lines += len(block.text.splitlines())
    tap.true(lines <= NOT_RUN, f"{lines} lines are not run")


def add_document(name):
    @tap.case(f"{name} does what it shows")
    def whole():
        blocks = here(name)
        need_tool(blocks)
        with replay.Sandbox(WITH) as sandbox:
            for block in blocks:
                replay.replay(block, sandbox)


def add_server(name):
    @tap.case(f"{name} does what it shows of a server")
    def whole():
        if SERVER != "lab" or TOOL == "-":
            raise tap.Skip("no module that reaches servers is built")
        if os.geteuid() != 0:
            raise tap.Skip("the lab needs root")
        import fs1
        with fs1.prepared(name, WITH) as (sandbox, settle):
            for block in with_server(name):
                replay.replay(block, sandbox, settle)


for document in DOCUMENTS:
    if here(document):
        add_document(document)
    if with_server(document):
        add_server(document)


GOOD = """\
```c
#include <smbmgmt/smbmgmt.h>
int main(void) { return smbmgmt_version_number() == 0; }
```

```sh
touch one && test -e one
```

```console
$ echo one
one
$ test -e one
```

```json
{"schema": 1, "sessions": [], "errors": []}
```

```text
lib/core/    rules
```

<!-- run by tests/install/test_quickstart.py -->
```sh
sudo examples/quickstart.sh
```

<!-- not run: it needs a court of law -->
```sh
false
```
"""

# What is made of GOOD, and who must complain: the form, or a run.
BROKEN = {
    "an unknown language": ("```json", "```yaml", "form"),
    "no language": ("```json", "```", "form"),
    "a block without a fence": ("```text\nlib", "\n    lib", "form"),
    "other quotes": ("```text", "~~~text", "form"),
    "no end": ("false\n```\n", "false\n", "form"),
    "a mark without a reason": (": it needs a court of law", "", "form"),
    "C that does not compile": ("() == 0; }", "() == 0 }", "run"),
    "C with a warning": ("== 0; }", "== 0; int x; }", "run"),
    "a program that fails": ("() == 0", "() != 0", "run"),
    "no such function": ("smbmgmt_version_number", "smbmgmt_none", "run"),
    "a command that fails": ("test -e one\n```\n\n```console",
                             "test -e two\n```\n\n```console", "run"),
    "other output": ("one\n$ test", "two\n$ test", "run"),
    "no output": ("one\n$ test", "$ test", "run"),
    "a failure without output": ("$ test -e one", "$ test -e two", "run"),
    "JSON of another kind": ('"sessions": []', '"sessions": 1', "run"),
    "no JSON": ('"errors": []}', '"errors": []', "run"),
    "a path that is not there": ("lib/core/ ", "lib/cores/ ", "run"),
    "a command in a figure": ("lib/core/    rules", "$ echo", "run"),
    "a test that is not there": ("test_quickstart.py", "test_q.py", "run"),
    "a test of something else": ("test_quickstart.py", "test_install.py",
                                 "run"),
}


def complaints(text):
    blocks, bad = markdown.parse("TEST.md", text)
    if bad:
        return "form"
    with replay.Sandbox(WITH) as sandbox:
        try:
            for block in blocks:
                replay.replay(block, sandbox)
        except AssertionError:
            return "run"
    return None


@tap.case("a document whose blocks are good passes, and each kind is run")
def good():
    blocks, _ = markdown.parse("TEST.md", GOOD)
    tap.equal({block.language for block in blocks},
              set(markdown.LANGUAGES))
    tap.equal(complaints(GOOD), None)


@tap.case("each way to break a block is noticed")
def broken():
    for name, (part, other, wanted) in BROKEN.items():
        tap.equal(GOOD.count(part), 1, f"{name}: {part!r} is there")
        with contextlib.suppress(tap.Skip):
            tap.equal(complaints(GOOD.replace(part, other)), wanted, name)


tap.main()
