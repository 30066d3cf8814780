#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2 proves itself: garbage, its process, its script."""

import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile

from smblab import WindowsLab, closed_port, procs, tap, wintest
from smblab.peers import SUCCESS, RawPipe
from smblab.wintest import BIND, CALL, bound, client, refused

HERE = os.path.dirname(os.path.abspath(__file__))
SOON = 0.5


@tap.case("garbage and broken messages end a connection, not the server")
def garbage(lab):
    good = bound(lab)
    chance = random.Random(20260726)
    record = []
    sock = socket.create_connection((lab.host, lab.port), 5)
    sock.close()
    # A conversation's messages, then each with a few bytes changed.
    victim = client(lab)
    sender = victim.smb._NetBIOSSession.send_packet
    victim.smb._NetBIOSSession.send_packet = lambda data: (
        record.append(data), sender(data))[1]
    pipe = RawPipe(victim)
    pipe.transceive(BIND, 4280)
    pipe.write(CALL)
    pipe.read(65536)
    tap.true(len(record) >= 5, record)
    for number in range(400):
        message = bytearray(chance.choice(record))
        for _ in range(chance.randrange(1, 6)):
            message[chance.randrange(len(message))] = chance.randrange(256)
        if number % 4 == 0:
            message = message[:chance.randrange(len(message))]
        try:
            sender(bytes(message))
            if number % 7 == 0:
                victim.smb._NetBIOSSession.recv_packet(0.02)
        except Exception:  # hung up on, as it may be
            victim.close()
            victim = client(lab)
            sender = victim.smb._NetBIOSSession.send_packet
            pipe = RawPipe(victim)
    for number in range(50):
        with socket.create_connection((lab.host, lab.port), 5) as sock:
            sock.sendall(chance.randbytes(chance.randrange(1, 300)))
    good.write(CALL)
    tap.equal(good.read(65536)[0], SUCCESS)


@tap.case("a server that is frozen, cut off, stopped and started again")
def server_ends(lab):
    alice = lab.client("alice")
    alice.smb.setTimeout(SOON)
    lab.freeze()
    tap.equal(alice.session.state(), "silent")
    lab.thaw()
    alice.smb.setTimeout(10)
    tap.true(alice.alive(), "alice reads on")
    lab.cut()
    tap.equal(alice.session.state(), "ended")
    with WindowsLab(page_rows=7) as other:
        other.stop_server()
        tap.true(socket.socket().connect_ex((other.host, other.port)),
                 "refused")
        port = other.port
        other.restart()
        tap.equal(other.port, port)
        tap.true(other.client("alice").alive(), "the same users")
        folder = other.directory
    tap.equal(os.path.exists(folder), False)
    with closed_port() as port:
        refused(WindowsLab(port=port).__enter__, "ended")


def script(*arguments, check=True):
    """windows.py without a terminal, as a service or a CI job runs it."""
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(HERE, "windows.py"), *arguments],
        text=True, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=120, start_new_session=True)
    if check and done.returncode:
        raise AssertionError(done.stderr)
    return done


@tap.case("windows.py: up, ask, down, twice; a test that is killed")
def shell(_):
    with tempfile.TemporaryDirectory(prefix="winlab.") as parent:
        place = os.path.join(parent, "a lab")
        script("down", place)
        for _ in range(2):
            first = script("up", place, "--set", "page_rows=9").stdout
            tap.equal(script("up", place).stdout, first, "up when up")
            lab_id = re.search("^LAB_ID=(.*)$", first, re.M).group(1)
            asked = json.loads(script("ask", place,
                                      '{"cmd": "settings"}').stdout)
            tap.equal(asked["settings"]["page_rows"], 9)
            tap.true(script("ask", place, '{"cmd": "dance"}',
                            check=False).returncode, "no such request")
            tap.equal(len(procs.marked(lab_id)), 1)
            script("down", place)
            tap.equal(procs.marked(lab_id), [])
            script("down", place)
        script("down", place, "--purge")
        tap.equal(os.listdir(parent), [])
        tap.true(script("up", place, "--set", "page_rows=x",
                        check=False).returncode, "a bad setting")
        script("down", place, "--purge")
    with subprocess.Popen(
            [sys.executable, "-B", "-c", "import smblab, time\n"
             "with smblab.WindowsLab() as lab:\n"
             "    print(lab.directory, lab.server_pid, flush=True)\n"
             "    time.sleep(60)\n"], cwd=HERE, text=True,
            stdout=subprocess.PIPE) as process:
        folder, pid = process.stdout.readline().split()
        process.kill()
    tap.wait_until(lambda: not procs.running(int(pid))
                   and not os.path.exists(folder), "gone")


if __name__ == "__main__":
    wintest.main()
