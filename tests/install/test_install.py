# SPDX-License-Identifier: LGPL-3.0-or-later
"""`meson install` into a folder: what is there works from there.

    test_install.py BUILD-DIR SOURCE-DIR PREFIX COMPILER [NAME-PART...]
"""

import contextlib
import glob
import json
import os
import shlex
import subprocess
import sys
import tempfile

BUILD, SOURCE, PREFIX, COMPILER = sys.argv[1:5]
del sys.argv[1:5]
sys.path.insert(0, os.path.join(SOURCE, "tests", "lab"))
from smblab import SambaLab, tap  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO_USERS = ["ALPHA\\alice", "ALPHA\\bob", "ALPHA\\alice", "ALPHA\\carol",
              "ALPHA\\svc-backup", "ALPHA\\admin"]


def run(*argv, status=0, **env):
    """Run with next to no environment, from a folder that says nothing."""
    base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, cwd="/", env=dict(base, **env), text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{' '.join(argv)}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done


class Installed:
    """The tree that `meson install` has made below a folder of its own."""

    def __init__(self, root):
        self.root = root
        run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet",
            "--destdir", root)
        self.prefix = root + PREFIX
        self.libdir = os.path.dirname(self.one("lib*/**/libsmbmgmt.so.0"))
        self.tool = self.one("bin/smbmgmt")

    def some(self, pattern):
        return sorted(glob.glob(os.path.join(self.prefix, pattern),
                                recursive=True))

    def one(self, pattern):
        found = self.some(pattern)
        tap.equal(len(found), 1, f"files like {pattern}")
        return found[0]

    def objects(self):
        return [self.tool, self.one("lib*/**/smbmgmt/smbmgmt-helper"),
                *self.some("lib*/**/smbmgmt/carrier-*.so"),
                os.path.join(self.libdir, "libsmbmgmt.so.0")]

    def pkg_config(self, *arguments, package="smbmgmt", **env):
        done = run("pkg-config", *arguments, package,
                   PKG_CONFIG_SYSROOT_DIR=self.root, **(env or {
                       "PKG_CONFIG_LIBDIR": self.pkg_configs()}))
        return shlex.split(done.stdout)

    def pkg_configs(self):
        return os.path.join(self.libdir, "pkgconfig")

    def run(self, *argv, **more):
        return run(*argv, LD_LIBRARY_PATH=self.libdir, **more)


@contextlib.contextmanager
def installed():
    with tempfile.TemporaryDirectory(prefix="smbmgmt-install.") as root:
        yield Installed(root)


def need_root():
    if os.geteuid() != 0:
        raise tap.Skip("the lab needs root")


def users(tool, lab, *more, **env):
    done = run(tool, "-S", f"{lab.host}:{lab.port}", "-A",
               lab.auth_file("admin"), "list", "--json", *more, **env)
    return sorted(session["client_user_name"]
                  for session in json.loads(done.stdout)["sessions"])


@tap.case("the library, its names and its modules are where they belong")
def files(tree):
    for name in ("libsmbmgmt.so", "libsmbmgmt.so.0"):
        tap.true(os.path.exists(os.path.join(tree.libdir, name)), name)
    dynamic = run("readelf", "-d", tree.objects()[-1]).stdout
    tap.true("[libsmbmgmt.so.0]" in dynamic, dynamic)
    helper = tree.one("lib*/**/smbmgmt/smbmgmt-helper")
    tap.equal(os.path.dirname(helper), os.path.join(tree.libdir, "smbmgmt"))
    tap.true(os.access(helper, os.X_OK), "the helper can be run")


@tap.case("nothing that is installed looks for the build tree")
def no_build_paths(tree):
    for name in tree.objects():
        dynamic = run("readelf", "-d", name).stdout
        tap.true("NEEDED" in dynamic, name)
        tap.true("RPATH" not in dynamic and "RUNPATH" not in dynamic,
                 f"{name}: {dynamic}")


@tap.case("pkg-config knows the version, and points into the tree")
def pkg_config(tree):
    tap.equal(tree.pkg_config("--modversion"), ["0.1.0"])
    tap.equal(tree.pkg_config("--cflags"), [f"-I{tree.prefix}/include"])
    tap.equal(tree.pkg_config("--libs"), [f"-L{tree.libdir}", "-lsmbmgmt"])


@tap.case("each installed header compiles on its own, as plain C11")
def headers(tree):
    names = os.listdir(os.path.join(tree.prefix, "include", "smbmgmt"))
    source_names = os.listdir(os.path.join(SOURCE, "include", "smbmgmt"))
    tap.equal(sorted(names),
              sorted(name for name in source_names if name.endswith(".h")))
    for name in names:
        run(*shlex.split(COMPILER), "-std=c11", "-Wall", "-Wextra",
            "-Wpedantic", "-Wstrict-prototypes", "-Werror", "-fsyntax-only",
            *tree.pkg_config("--cflags"), "-include", f"smbmgmt/{name}",
            "-x", "c", "/dev/null")


@tap.case("a C program built against it lists memory:demo")
def program(tree):
    binary = os.path.join(tree.root, "list_demo")
    run(*shlex.split(COMPILER), "-std=c11", "-Wall", "-Wextra", "-Werror",
        "-o", binary, os.path.join(HERE, "list_demo.c"),
        *tree.pkg_config("--cflags", "--libs"))
    tap.equal(tree.run(binary).stdout.splitlines(), DEMO_USERS)
    done = run(binary, status=127)
    tap.true("libsmbmgmt.so.0" in done.stderr,
             "it has no other libsmbmgmt to run with")


@tap.case("a program on tevent, built with smbmgmt-tevent, lists memory:demo")
def tevent_program(tree):
    binary = os.path.join(tree.root, "tevent")
    # talloc and tevent are the system's.
    flags = tree.pkg_config("--cflags", "--libs", package="smbmgmt-tevent",
                            PKG_CONFIG_PATH=tree.pkg_configs())
    tap.true({"-lsmbmgmt", "-ltevent", "-ltalloc"} <= {*flags}, flags)
    run(*shlex.split(COMPILER), "-std=c11", "-Wall", "-Wextra", "-Werror",
        "-o", binary, os.path.join(SOURCE, "examples", "tevent.c"), *flags)
    lines = tree.run(binary, "memory:demo").stdout.splitlines()
    tap.equal([line.split("\t")[1] for line in lines], DEMO_USERS)


@tap.case("the installed tool lists memory:demo")
def demo(tree):
    done = tree.run(tree.tool, "-S", "memory:demo", "list", "--json")
    tap.equal([session["client_user_name"]
               for session in json.loads(done.stdout)["sessions"]],
              DEMO_USERS)


@tap.case("the installed tool lists a server, with the installed modules")
def installed_lists(tree):
    need_root()
    modules = tree.some("lib*/**/smbmgmt/carrier-*.so")
    env = {"LD_LIBRARY_PATH": tree.libdir}
    with SambaLab() as lab:
        lab.client("alice", "127.0.0.5")
        # Without the better ones the last one serves, and then none does.
        for module in modules:
            lab.wait_sessions(1)
            tap.equal(users(tree.tool, lab, **env), ["admin", "alice"])
            os.rename(module, module + ".away")
        failed = run(tree.tool, "-S", f"{lab.host}:{lab.port}", "-A",
                     lab.auth_file("admin"), "list", status=1, **env)
        for word in ("dcerpc", "smbclient", "install"):
            tap.true(word in failed.stderr, failed.stderr)
        for module in modules:
            os.rename(module + ".away", module)
        lab.wait_sessions(1)
        tap.equal(users(tree.tool, lab, **env), ["admin", "alice"])


@tap.case("what is not installed runs from its build tree")
def uninstalled(_):
    need_root()
    with SambaLab() as lab:
        lab.client("bob", "127.0.0.6")
        tap.equal(users(os.path.join(BUILD, "tools", "smbmgmt"), lab),
                  ["admin", "bob"])


if __name__ == "__main__":
    with installed() as TREE:
        tap.main(lambda: contextlib.nullcontext(TREE))
