# SPDX-License-Identifier: LGPL-3.0-or-later
"""A name that leads to two machines: two addresses, and a lab behind each.

Which of them the name has is the test's to say, in a mount namespace with an
/etc/hosts of its own.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading

HOST = "cluster.smblab.test"
HERE, THERE = "127.0.0.2", "127.0.0.3"
INSIDE = "SMBMGMT_TEST_HOSTS"


def inside():
    """Go on in a process for which /etc/hosts is a file of ours.

    That takes root, and so do the labs: their tests say so without it.
    """
    if INSIDE in os.environ or os.geteuid() != 0:
        return
    folder = tempfile.mkdtemp(prefix="peer.", dir="/tmp")
    hosts, conf = (os.path.join(folder, name) for name in ("hosts", "nss"))
    with open(hosts, "w", encoding="ascii") as stream:
        stream.write("127.0.0.1 localhost\n")
    with open(conf, "w", encoding="ascii") as stream:
        stream.write("passwd: files\ngroup: files\nhosts: files\n")
    there = ["unshare", "--mount", "sh", "-c",
             'mount --bind "$1" /etc/hosts && '
             'mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"',
             "sh", hosts, conf]
    status = 0
    try:
        if subprocess.run([*there, "true"], check=False).returncode:
            print("1..0 # SKIP no mount namespace can be made")
        else:
            status = subprocess.run(
                [*there, sys.executable, "-B", os.path.abspath(sys.argv[0]),
                 *sys.argv[1:]],
                env=dict(os.environ, **{INSIDE: hosts}),
                check=False).returncode
    finally:
        for path in (hosts, conf):
            os.unlink(path)
        os.rmdir(folder)
    sys.exit(status)


def lead(*addresses):
    """From now on the name has these addresses."""
    with open(os.environ[INSIDE], "w", encoding="ascii") as stream:
        stream.write("127.0.0.1 localhost\n" + "".join(
            f"{address} {HOST}\n" for address in addresses))


class Door:
    """An address of a machine: passes bytes to a lab, and can be shut."""

    def __init__(self, lab, address, port=0):
        self.lab, self.address, self.port = lab, address, port
        self.passed = 0
        self.shut_after = None      # so many
        self.then = None            # what to do after the next one
        self.open = []
        self.listen()

    def listen(self):
        self.listener = socket.create_server((self.address, self.port),
                                             backlog=16)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.listener,),
                         daemon=True).start()

    def _serve(self, listener):
        with contextlib.suppress(OSError):
            while True:
                taken, _ = listener.accept()
                self.passed += 1
                if self.passed == self.shut_after:
                    listener.close()
                if self.then:
                    self.then()
                onward = socket.create_connection((self.lab.host,
                                                   self.lab.port))
                self.open += [taken, onward]
                for pair in ((taken, onward), (onward, taken)):
                    threading.Thread(target=self._pass, args=pair,
                                     daemon=True).start()

    @staticmethod
    def _pass(source, sink):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self):
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Nobody is let in any more, and who is there is thrown out."""
        with contextlib.suppress(OSError):
            # What is blocked in accept() keeps the port else.
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()


@contextlib.contextmanager
def two(lab, other):
    """A door to each lab, at one port of the two addresses."""
    here = Door(lab, HERE)
    there = Door(other, THERE, here.port)
    try:
        yield here, there
    finally:
        here.close()
        there.close()
