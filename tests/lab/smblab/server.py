# SPDX-License-Identifier: LGPL-3.0-or-later
"""Bringing one lab's smbd up and down, and asking it what it serves."""

import fcntl
import json
import os
import random
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager

from . import layout, procs, tools
from .layout import LabError, path

START_SECONDS = 15
TOOL_SECONDS = 20


@contextmanager
def locked(directory):
    """One `up` or `down` at a time; the kernel frees a dead one's lock."""
    with open(path(directory, ".lock"), "w") as stream:
        deadline = time.monotonic() + 60
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LabError(f"{directory}: another up or down hangs")
                time.sleep(0.05)
        yield


def tool(directory, argv, check=True, timeout=TOOL_SECONDS):
    """Run a Samba tool with the lab's accounts; give what it did."""
    env = layout.wrapper_env(directory)
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout)
    if check and done.returncode:
        raise LabError(f"{' '.join(argv)}: exit {done.returncode}: "
                       f"{(done.stdout + done.stderr).strip()}")
    return done


def smbd_pid(directory, lab_id):
    """The pid of the lab's listening smbd, or None."""
    text = procs.read(path(directory, "run", "smbd.pid")).strip(b"\0\n ")
    if not text.isdigit():
        return None
    pid = int(text)
    alive = procs.running(pid) and procs.belongs(pid, lab_id)
    return pid if alive else None


def is_up(directory, env):
    return bool(env) and smbd_pid(directory, env["LAB_ID"]) is not None


def free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((layout.HOST, port))
        except OSError:
            return False
    return True


def start_smbd(directory, env):
    """Start smbd; False when the port was taken by someone quicker."""
    port, lab_id = int(env["LAB_PORT"]), env["LAB_ID"]
    child_env = dict(layout.wrapper_env(directory), **{procs.MARK: lab_id})
    with open(path(directory, "log", "smbd.out"), "ab") as log:
        subprocess.run(["smbd", "-D", "-s", env["LAB_CONF"]], cwd="/",
                       env=child_env, stdin=subprocess.DEVNULL, stdout=log,
                       stderr=log, start_new_session=True, check=True,
                       timeout=START_SECONDS)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ours = procs.marked(lab_id)
        if not ours:
            return False
        pid = smbd_pid(directory, lab_id)
        if pid and procs.listens([pid], port):
            return True
        time.sleep(0.02)
    raise LabError(f"smbd does not listen on {port}; see {directory}/log")


def start_somewhere(directory, env, port, options, share_options):
    # Below the range that the kernel hands out to outgoing connections.
    choices = [port] if port else random.sample(range(20000, 32000), 30)
    for choice in choices:
        if not free(choice):
            continue
        env["LAB_PORT"] = choice
        layout.make_conf(directory, choice, options, share_options)
        layout.write_env(directory, env)
        if start_smbd(directory, env):
            return
    raise LabError(f"smbd did not start on port {port or 'any'}: in use, or "
                   f"a bad setting; see {directory}/log")


def prepare(directory, port, options, share_options):
    """Lay out everything but smbd itself; gives the environment."""
    lab_id = secrets.token_hex(16)
    env = {
        "LAB_DIR": directory, "LAB_ID": lab_id, "LAB_HOST": layout.HOST,
        "LAB_PORT": port or 445, "LAB_CONF": path(directory, "smb.conf"),
        "LAB_SHARE": layout.SHARE, "LAB_AUTH": path(directory, "auth"),
        "LAB_CLIENT_CONF": path(directory, "client.conf"),
        "LAB_PASSWORDS": path(directory, "passwords"),
        "LAB_TOOLS": path(directory, "tools"),
    }
    # First of all, so that `down` knows the place whatever fails below.
    layout.write_env(directory, env)
    layout.make_folders(directory)
    layout.make_accounts(directory)
    tools.wrap(directory, env["LAB_TOOLS"])
    layout.make_conf(directory, env["LAB_PORT"], options, share_options)
    # Given a file it cannot load, net works on the machine's own databases.
    tool(directory, ["testparm", "-s", env["LAB_CONF"]])
    for group, arguments in layout.GROUPMAPS:
        tool(directory, ["net", "-s", env["LAB_CONF"], "groupmap", "add",
                         f"unixgroup={group}", *arguments])
    return env


def up(directory, port=None, options=(), share_options=()):
    """Bring the lab up unless it is; gives DIR/env as a dict."""
    directory = os.path.realpath(directory)
    if os.geteuid() != 0:
        raise LabError("smbd changes to its users' ids: the lab needs root")
    os.makedirs(directory, exist_ok=True)
    layout.check_reachable(directory)
    layout.check_ours(directory)
    with locked(directory):
        env = layout.read_env(directory)
        if is_up(directory, env):
            return env
        end(directory, env)
        env = prepare(directory, port, options, share_options)
        try:
            start_somewhere(directory, env, port, options, share_options)
        except BaseException:
            procs.end_all(env["LAB_ID"])
            raise
        env["LAB_PID"] = smbd_pid(directory, env["LAB_ID"])
        layout.write_env(directory, env)
        return layout.read_env(directory)


def pid_files(directory):
    """Clients first, so that smbd sees them go; then the daemons."""
    run = path(directory, "run")
    try:
        names = sorted(name for name in os.listdir(run)
                       if name.endswith(".pid"))
    except FileNotFoundError:
        return []
    texts = [procs.read(path(run, name)).strip(b"\0\n ") for name in names]
    return [int(text) for text in texts if text.isdigit()]


def end(directory, env):
    if not env:
        return
    left = procs.end_all(env["LAB_ID"], pid_files(directory))
    if left:
        raise LabError(f"processes that do not end: {left}")
    run = path(directory, "run")
    for name in os.listdir(run) if os.path.isdir(run) else ():
        if name.endswith((".pid", ".sock")):
            os.unlink(path(run, name))


def down(directory, purge=False):
    """End all processes of the lab; nothing to do is no error."""
    directory = os.path.realpath(directory)
    if not os.path.isdir(directory):
        return
    with locked(directory):
        env = layout.read_env(directory)
        end(directory, env)
        if purge and (env or not set(os.listdir(directory)) - {".lock"}):
            layout.remove(directory)


def need_env(directory):
    env = layout.read_env(os.path.realpath(directory))
    if not env:
        raise LabError(f"{directory}: no lab here; `up` makes one")
    return env


def status(directory):
    """smbstatus --json, parsed."""
    env = need_env(directory)
    done = tool(env["LAB_DIR"], ["smbstatus", "-s", env["LAB_CONF"],
                                 "--json"])
    return json.loads(done.stdout)
