# SPDX-License-Identifier: LGPL-3.0-or-later
"""Processes of one lab, known by a random mark in their environment.

smbd hands its environment to every child, to samba-dcerpcd and to that one's
workers, so the mark finds them all, also when their parents have crashed, and
never a process of the machine's own Samba or of another lab.
"""

import os
import signal
import time

MARK = "SMBLAB_ID"


def read(path):
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def running(pid):
    """True unless the process is gone or only waits to be reaped."""
    stat = read(f"/proc/{pid}/stat")
    return bool(stat) and stat[stat.rindex(b")") + 2:][:1] not in b"ZX"


def belongs(pid, lab_id):
    mark = f"{MARK}={lab_id}".encode()
    return mark in read(f"/proc/{pid}/environ").split(b"\0")


def marked(lab_id):
    """Every living process of this lab, our own excepted."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if pid != os.getpid()
            and belongs(pid, lab_id) and running(pid)]


def send(pid, signum, lab_id):
    """Signal a process of the lab, and no other that has got its pid."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if not belongs(pid, lab_id):
            return False
        signal.pidfd_send_signal(pidfd, signum)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(pidfd)


def wait_gone(lab_id, seconds):
    deadline = time.monotonic() + seconds
    while True:
        left = marked(lab_id)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def end_all(lab_id, first=()):
    """End the lab's processes, `first` before the rest; give who is left.

    A stopped process acts on no signal but SIGKILL until it is continued.
    """
    for pid in first:
        send(pid, signal.SIGTERM, lab_id)
        send(pid, signal.SIGCONT, lab_id)
    wait_gone(lab_id, 1.5 if first else 0)
    for signum, seconds in ((signal.SIGTERM, 2), (signal.SIGKILL, 3),
                            (signal.SIGKILL, 3)):
        for pid in marked(lab_id):
            send(pid, signum, lab_id)
            send(pid, signal.SIGCONT, lab_id)
        if not wait_gone(lab_id, seconds):
            return []
    return marked(lab_id)


def listens(pids, port):
    """Does one of these processes own a listening TCP socket on the port?"""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in read(table).decode().splitlines()[1:]:
            field = line.split()
            if field[3] == "0A" and int(field[1].split(":")[1], 16) == port:
                inodes.add(f"socket:[{field[9]}]")
    for pid in pids:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for name in names:
            try:
                if os.readlink(f"/proc/{pid}/fd/{name}") in inodes:
                    return True
            except OSError:
                continue
    return False
