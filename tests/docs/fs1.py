# SPDX-License-Identifier: LGPL-3.0-or-later
"""The server that the documents speak of: lab 1, called fs1.

`admin.auth` lies in the folder where commands run.  What the documents make
of a server that is set up for nothing (groups, rights) is made here, on the
lab's own accounts; so are the sessions that they show.
"""
import contextlib
import os
import shlex
import shutil

from replay import BOTH, LIMIT, Sandbox
from smblab import SambaLab, layout, tap

# client, user, open files: what README.md shows.
SESSIONS = (("127.0.0.5", "alice", 3), ("127.0.0.6", "bob", 1),
            ("127.0.0.7", "alice", 1), ("127.0.0.7", "bob", 1))


def stand_ins(sandbox, lab):
    """fs1 is the lab; accounts and `net` are the lab's, not the machine's."""
    sandbox.stand_in("smbmgmt", f"""
for word; do
	shift
	if [ "$word" = fs1 ]; then word={lab.host}:{lab.port}; fi
	set -- "$@" "$word"
done
exec {sandbox.build.tool} "$@" """)
    wrapper = " ".join(f"{key}={shlex.quote(value)}" for key, value in
                       layout.wrapper_env(lab.directory).items())
    sandbox.stand_in("net", f'exec env {wrapper} net -s {lab.conf} "$@"')
    os.mkdir(sandbox.file("etc"))
    for program in ("groupadd", "usermod"):
        sandbox.stand_in(program, f"""set -e
cp {lab.file("passwd")} {lab.file("group")} {sandbox.file("etc")}
/usr/sbin/{program} --prefix {sandbox.place} "$@"
cp {sandbox.file("etc", "group")} {lab.file("group")}""")


def sessions(lab):
    for address, user, files in SESSIONS:
        lab.client(user, address, files=files)


def strip_rights(lab, sandbox):
    """A server on which nobody has been given anything yet."""
    for group, _ in layout.GROUPMAPS:
        lab.tool("net", "-s", lab.conf, "groupmap", "delete",
                 f"ntgroup={group}")
    with open(lab.file("group"), encoding="utf-8") as file:
        lines = [line for line in file
                 if line.split(":")[0] not in dict(layout.GROUPMAPS)]
    layout.write(lab.file("group"), "".join(lines))
    denied = tool(sandbox, "list")
    tap.true("SMBMGMT_E_LIST_DENIED" in denied.stderr,
             f"a server without rights lists: {denied}")


def tool(sandbox, *argv):
    return sandbox.run(["smbmgmt", "-S", "fs1", "-A", "admin.auth", *argv],
                       sandbox.cwd, **BOTH)


def check_rights(lab, sandbox):
    """After srvsvc.md's commands admin can list, and close."""
    done = tool(sandbox, "list")
    tap.equal((done.returncode, done.stderr), (0, ""), f"{done}: status")
    lab.client("alice", "127.0.0.5")
    done = tool(sandbox, "close", "--client-user", "alice", "--force")
    tap.equal((done.returncode, done.stderr), (0, ""), f"{done}: status")


@contextlib.contextmanager
def prepared(document, build):
    """A sandbox with fs1, and what waits until it is at rest."""
    with SambaLab() as lab, Sandbox(build) as sandbox:
        stand_ins(sandbox, lab)
        shutil.copy(lab.auth_file("admin"),
                    os.path.join(sandbox.cwd, "admin.auth"))

        def settle():
            lab.wait_sessions(lambda rows: all(
                row.user != "admin" for row in rows), LIMIT)

        if os.path.basename(document) == "srvsvc.md":
            strip_rights(lab, sandbox)
            yield sandbox, settle
            check_rights(lab, sandbox)
        else:
            sessions(lab)
            yield sandbox, settle
