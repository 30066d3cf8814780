# SPDX-License-Identifier: LGPL-3.0-or-later
"""Where a server, or the way to it, can stall; and the job that meets it.

A stall has an address (host:port) that leads to a lab. arm() makes the next
request at its place stall, reached() waits until one does, and release() lets
the server answer again; the address stays.
"""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

from livetest import DEL, DRIVER, ENUM, Driver, Process, helpers, tap
from smblab import Relay, procs


class AtRequest:
    """At an SMB2 command, at the bind, or at a call, by its opnum."""

    def __init__(self, lab, on, when="after"):
        self.relay = lab.relay()
        self.on, self.when = on, when
        self.address = f"{self.relay.host}:{self.relay.port}"

    def arm(self):
        self.relay.trap(self.on, "pause", self.when)

    def reached(self, _canceller):
        tap.true(self.relay.wait_trap(), f"{self.on} came to the relay")

    def release(self):
        # One that nothing came to must not spring now.
        self.relay.trap("nothing", "note")
        self.relay.resume()

    def close(self):
        pass  # the relay is the lab's


class InClose(AtRequest):
    """The first close of several; it is passed on, its answer is not."""

    def __init__(self, lab):
        super().__init__(lab, DEL)


class InVerify(AtRequest):
    """The look after a close."""

    def __init__(self, lab):
        super().__init__(lab, DEL)

    def reached(self, canceller):
        super().reached(canceller)
        self.relay.trap(ENUM, "pause", "before")
        self.relay.resume()
        tap.true(self.relay.wait_trap(), "the look came to the relay")


class AtFragment:
    """A read in the middle of an answer of many fragments."""

    def __init__(self, lab):
        self.lab = lab
        self.address = f"{lab.host}:{lab.port}"
        lab.scripted([{"client": "\\\\PC1", "user": "dora", "times": 401}])

    def arm(self):
        self.lab.counts(reset=True)
        # The bind's answer may be the first, the call's the second.
        self.lab.rules({"at": "read", "nth": 4, "action": "stall"})

    def reached(self, _canceller):
        tap.wait_until(lambda: self.lab.rules_done() == [1], "a read stalls")
        tap.equal(self.lab.opnums(), {ENUM: 1}, "in the answer to the call")

    def release(self):
        self.lab.rules()

    def close(self):
        self.release()


class BetweenLooks:
    """After a close that the server confirms and does not carry out."""

    def __init__(self, lab):
        self.lab = lab
        self.address = f"{lab.host}:{lab.port}"

    def arm(self):
        self.lab.counts(reset=True)
        self.lab.set(del_lies=True)

    def reached(self, _canceller):
        # By now it waits for 320 ms at least until the next look.
        tap.wait_until(lambda: self.lab.opnums().get(ENUM, 0) >= 8,
                       "it looks again and again")
        time.sleep(0.05)

    def release(self):
        self.lab.set(del_lies=False)

    def close(self):
        self.release()


class StoppedServer(AtRequest):
    """The smbd of our connection is frozen, and has a call to answer."""

    def __init__(self, lab, on):
        super().__init__(lab, on)
        self.lab, self.pid = lab, None

    def arm(self):
        self.relay.trap(self.on, "pause", "before")

    def reached(self, canceller):
        super().reached(canceller)
        self.pid, = (row.pid for row in self.lab.sessions(user="admin"))
        self.lab.stop_smbd(self.pid)
        self.relay.trap(self.on, "note", "after")
        self.relay.resume()
        tap.true(self.relay.wait_trap(), "the call was passed on")

    def release(self):
        super().release()
        if self.pid is not None:
            procs.send(self.pid, signal.SIGCONT, self.lab.id)
            self.pid = None
            # What it was asked for may have been done before it is gone.
            self.lab.wait_sessions(lambda rows: all(
                row.user != "admin" for row in rows))

    def close(self):
        """However the case ends."""
        self.release()


class StoppedChild(AtRequest):
    """The process that waits for the answer acts on no signal but SIGKILL.

    Nor could it tell by itself that it is late.
    """

    def __init__(self, lab):
        super().__init__(lab, ENUM)

    def reached(self, canceller):
        super().reached(canceller)
        for pid in helpers(canceller.pid, "smbmgmt-conn"):
            frozen(pid)


class BlackHole:
    """A port whose SYNs are dropped, as a firewall does: a full backlog."""

    def __init__(self, lab):
        self.lab, self.relay = lab, None
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.fillers = []

    def arm(self):
        if self.relay is not None:
            self.relay.close()
            self.relay = None
            self.listener = socket.socket()
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR,
                                     1)
            self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(0)
        # One more than the backlog is accepted; then SYNs go unanswered.
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(("127.0.0.1", self.port))
            self.fillers.append(filler)

    def _waiting(self):
        """Local ports that wait for an answer to their SYN to our port."""
        own = {filler.getsockname()[1] for filler in self.fillers}
        with open("/proc/net/tcp", encoding="ascii") as stream:
            rows = [line.split() for line in stream.readlines()[1:]]
        return [row for row in rows if row[3] == "02"
                and int(row[2].split(":")[1], 16) == self.port
                and int(row[1].split(":")[1], 16) not in own]

    def reached(self, _canceller):
        tap.wait_until(self._waiting, "a SYN is on its way")

    def release(self):
        if self.relay is not None:
            return
        self._end()
        self.relay = Relay(self.lab.host, self.lab.port, listen=self.port)

    def _end(self):
        for one in (*self.fillers, self.listener):
            one.close()
        self.fillers = []

    def close(self):
        self._end()
        if self.relay is not None:
            self.relay.close()


def answer_to(query):
    """A DNS answer: 127.0.0.1 to type A, and none to others."""
    end = 12
    while query[end]:
        end += 1 + query[end]
    question = query[12:end + 5]
    kind, = struct.unpack_from(">H", question, len(question) - 4)
    records = b"" if kind != 1 else struct.pack(
        ">HHHIH4s", 0xC00C, 1, 1, 0, 4, socket.inet_aton("127.0.0.1"))
    return query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1 if records else 0,
                                   0, 0) + question + records


class NameService:
    """A name server that swallows questions; a host that knows no other.

    The host is in a mount namespace of its own, where resolv.conf names it.
    """

    PORT = 53

    def __init__(self, lab):
        relay = lab.relay()
        self.address = f"fs.example:{relay.port}"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        where = self._bind()
        self.folder = tempfile.mkdtemp(prefix="names.")
        conf = os.path.join(self.folder, "resolv.conf")
        with open(conf, "w", encoding="ascii") as stream:
            stream.write(f"nameserver {where}\noptions timeout:30\n")
        hosts = os.path.join(self.folder, "nsswitch.conf")
        with open(hosts, "w", encoding="ascii") as stream:
            stream.write("passwd: files\ngroup: files\nhosts: files dns\n")
        self.prefix = [
            "unshare", "--mount", "sh", "-c",
            'mount --bind "$1" /etc/resolv.conf && '
            'mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"',
            "sh", conf, hosts]
        if subprocess.run([*self.prefix, "true"], check=False).returncode:
            self._remove()
            raise tap.Skip("no mount namespace can be made")
        self.silent = threading.Event()
        self.asked = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _bind(self):
        for last in range(2, 250):
            with contextlib.suppress(OSError):
                self.socket.bind((f"127.53.{os.getpid() % 250}.{last}",
                                  self.PORT))
                return self.socket.getsockname()[0]
        raise tap.Skip("no loopback address has a free port 53")

    def _serve(self):
        while True:
            query, sender = self.socket.recvfrom(4096)
            if not query:
                return
            self.asked.set()
            if not self.silent.is_set():
                self.socket.sendto(answer_to(query), sender)

    def arm(self):
        self.asked.clear()
        self.silent.set()

    def reached(self, _canceller):
        tap.true(self.asked.wait(30), "the name was asked for")

    def release(self):
        self.silent.clear()

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.socket.getsockname())
        self.thread.join(10)
        self._remove()

    def _remove(self):
        self.socket.close()
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        os.rmdir(self.folder)


class Answer:
    """What came of a job; see canceller.c."""

    def __init__(self, lines):
        self.text = "\n".join(" ".join(words) for words in lines)
        single = {words[0]: words[1] for words in lines}
        self.code = single["code"]
        self.complete = int(single["complete"])
        self.took = int(single["took"])
        self.server = int(single["server"])
        self.fds = int(single["fd"])
        # (outcome, code, sent, client)
        self.items = sorted((words[1], words[2], int(words[3]), words[4])
                            for words in lines if words[0] == "item")

    def __repr__(self):
        return self.text


def stat_of(pid):
    """(state, parent) of a process."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return fields[0], int(fields[1])


def frozen(pid):
    os.kill(pid, signal.SIGSTOP)
    tap.wait_until(lambda: stat_of(pid)[0] == "T", f"{pid} is stopped")


def alive(pid):
    with contextlib.suppress(OSError):
        return stat_of(pid)[0] not in "ZX"
    return False


def children_of(*parents):
    """{pid: state} of their children, also of those not reaped yet."""
    found = {}
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            with contextlib.suppress(OSError):
                state, parent = stat_of(pid)
                if parent in parents:
                    found[int(pid)] = state
    return found


class Canceller(Driver):
    """The library with one handle and one job; canceller.c."""

    def __init__(self, lab, address, milliseconds, prefix=(), helper=()):
        Process.__init__(self, [*prefix, DRIVER, address,
                                lab.auth_file("admin"), str(milliseconds),
                                *helper])

    def job(self, line):
        return Answer(self.ask(line))

    def start(self, what):
        tap.equal(self.code(f"start {what}"), "SMBMGMT_OK", what)

    def open(self):
        tap.equal(self.code("open"), "SMBMGMT_OK", "open")

    def list(self):
        """It works, given a little patience with a busy machine."""
        self.start("list")
        answer = self.job("wait 60000")
        tap.equal(answer.code, "SMBMGMT_OK", f"the handle works\n{answer}")
        return answer

    def expect_processes(self, connections):
        """So many of connections, none to be reaped, and none of ours."""
        def settled():
            pids = helpers(self.pid, "smbmgmt-conn")
            forker = helpers(self.pid, "smbmgmt-helper")
            return (len(pids) == connections
                    and sorted(children_of(*forker)) == sorted(pids)
                    and not children_of(self.pid))
        tap.wait_until(settled, f"{connections} connection processes, and "
                       f"nothing else, are left of {self!r}")
