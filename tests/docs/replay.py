# SPDX-License-Identifier: LGPL-3.0-or-later
"""Runs the blocks of one document, in order, in a folder of their own.

What the commands would do to the machine is done to that folder: programs of
the same name stand before the real ones in PATH.
"""
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile

import jsonschema

import markdown
from smblab import tap

STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
LIMIT = 240
BOTH = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


class Build:
    """What the blocks are run with."""

    def __init__(self, root, folder, tool, compiler):
        # Commands run elsewhere, and stand-ins have the same names.
        self.root, self.folder, self.tool = (
            os.path.abspath(name) for name in (root, folder, tool))
        self.compiler = [shutil.which(compiler[0]), *compiler[1:]]
        with open(os.path.join(root, "docs", "smbmgmt.schema.json"),
                  encoding="utf-8") as file:
            self.schema = json.load(file)


class Sandbox:
    """A folder, stand-ins, an environment."""

    def __init__(self, build):
        self.build = build

    def __enter__(self):
        self.place = tempfile.mkdtemp(prefix="smbmgmt-docs.")
        self.cwd = self.file("cwd")
        self.bin = self.file("bin")
        for name in (self.cwd, self.bin, self.file("root")):
            os.mkdir(name)
        library = os.path.join(self.build.folder, "lib")
        self.env = {
            "PATH": self.bin + ":/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": self.cwd, "LC_ALL": "C.UTF-8", "CFLAGS": "-O0",
            "DESTDIR": self.file("root"), "LD_LIBRARY_PATH": library,
            "PKG_CONFIG_PATH": os.path.join(self.build.folder,
                                            "meson-uninstalled"),
            "PYTHONDONTWRITEBYTECODE": "1",
            # For meson: it adds a sanitizer itself, or it is not wanted.
            "CC": shlex.join(word for word in self.build.compiler
                             if not word.startswith("-fsanitize")),
        }
        self.stand_in("smbmgmt", f'exec {self.build.tool} "$@"')
        self.stand_in("cc", f'exec {shlex.join(self.build.compiler)} "$@"')
        self.stand_in("sudo", 'exec "$@"')
        self.stand_in("apt-get", 'exec /usr/bin/apt-get --simulate "$@"')
        # The tests' own programs are built by the test run already.
        self.stand_in("meson", """
if [ "$1" = setup ]; then set -- "$@" -Dtests=disabled; fi
exec /usr/bin/meson "$@" """)
        self.stand_in("ldconfig", r"""
folder=$(find "$DESTDIR" -name libsmbmgmt.so -printf '%h') &&
	test -n "$folder" && exec /sbin/ldconfig -n "$folder" """)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.place)

    def file(self, *names):
        return os.path.join(self.place, *names)

    def stand_in(self, name, script):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o755)

    def source(self):
        """A copy of the tree, without what was built in it."""
        path = self.file("source")
        if not os.path.exists(path):
            shutil.copytree(
                self.build.root, path, symlinks=True,
                ignore=shutil.ignore_patterns("build*", ".git", "__pycache__"))
        return path

    def run(self, argv, cwd, **more):
        """A command that hangs ends with all that it has started."""
        with subprocess.Popen(argv, cwd=cwd, env=self.env, text=True,
                              stdin=subprocess.DEVNULL, start_new_session=True,
                              **more) as process:
            try:
                out, err = process.communicate(timeout=LIMIT)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(argv, process.returncode, out, err)


def cwd_of(block, sandbox):
    return sandbox.source() if block.is_in("source") else sandbox.cwd


def run_c(block, sandbox):
    """Compiled strictly; a whole program also runs, and has no complaint."""
    path = os.path.join(sandbox.cwd, block.file_name() or "block.c")
    with open(path, "w", encoding="utf-8") as file:
        file.write(block.text)
    whole = re.search(r"^int main\(", block.text, re.M) is not None
    package = ("smbmgmt-tevent" if "<smbmgmt/tevent.h>" in block.text
               else "smbmgmt")
    binary = sandbox.file("block")
    how = (f"cc {shlex.join(STRICT)} $(pkg-config --cflags {package}) "
           + (f"-o {binary} {path} $(pkg-config --libs {package})" if whole
              else f"-fsyntax-only {path}"))
    done = sandbox.run(["sh", "-c", how], sandbox.cwd, **BOTH)
    tap.equal((done.returncode, done.stderr), (0, ""), f"{block} compiled")
    if whole:
        done = sandbox.run([binary], sandbox.cwd, **BOTH)
        tap.equal((done.returncode, done.stderr), (0, ""), f"{block} run")


def run_sh(block, sandbox):
    done = sandbox.run(["sh", "-e", "-u", "-c", block.text],
                       cwd_of(block, sandbox), stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    tap.equal(done.returncode, 0, f"{block}: {done.stdout[-3000:]}\nstatus")


def run_console(block, sandbox, settle=None):
    """Standard output and error, as a terminal shows them.

    A server lists in an order of its own, so with one lines are compared as
    a set; settle() waits until it is at rest.
    """
    for command, output in markdown.commands(block):
        if settle is not None:
            settle()
        done = sandbox.run(["sh", "-c", command], cwd_of(block, sandbox),
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        got, wanted = done.stdout.rstrip("\n"), output
        if settle is not None:
            got, wanted = (sorted(text.splitlines())
                           for text in (got, wanted))
        tap.equal(got, wanted, f"{block}: $ {command}\nprinted")
        if not output:
            tap.equal(done.returncode, 0, f"{block}: $ {command}\nstatus")


def run_json(block, sandbox):
    try:
        jsonschema.validate(json.loads(block.text), sandbox.build.schema)
    except (ValueError, jsonschema.ValidationError) as error:
        raise AssertionError(f"{block}: {error}") from error


def check_text(block, sandbox):
    """A figure: no commands in it, and the paths at its left exist."""
    for line in block.text.splitlines():
        tap.true(not re.match(r"\s*(\$|#|sudo|smbmgmt|cc|meson|apt-get) ",
                              line), f"{block}: a command: {line!r}")
        path = re.match(r"((?:include|lib|tools|tests|docs)/\S*)", line)
        tap.true(path is None or os.path.exists(
            os.path.join(sandbox.build.root, path.group(1))),
            f"{block}: no such path: {line!r}")


RUNNERS = {"c": run_c, "sh": run_sh, "console": run_console,
           "json": run_json, "text": check_text}


def check_mark(block, root):
    """Who is said to run it does."""
    name = block.mark.group("file")
    if name is None:
        return
    path = os.path.join(root, name)
    tap.true(os.path.isfile(path), f"{block}: there is no {name}")
    with open(os.path.join(os.path.dirname(path), "meson.build"),
              encoding="utf-8") as file:
        tap.true(os.path.basename(path) in file.read(),
                 f"{block}: {name} is no test")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for line in block.text.splitlines():
        program = os.path.basename(line.split()[-1])
        tap.true(program in text, f"{block}: {name} knows no {program}")


def replay(block, sandbox, settle=None):
    if block.mark is not None:
        check_mark(block, sandbox.build.root)
    elif block.language == "console":
        run_console(block, sandbox, settle)
    else:
        RUNNERS[block.language](block, sandbox)
