# SPDX-License-Identifier: LGPL-3.0-or-later
"""What falls down in a chaos run: processes, servers, networks.

One thing every now and then, as the seed has it; whatever was stopped goes on
a little later, and at the end at the latest.
"""

import contextlib
import heapq
import os
import signal
import threading
import time
from collections import Counter

from livetest import helpers
from smblab import LabError

FROM, TO = 0.1, 0.7    # seconds between two blows
STOPPED = 1.5           # seconds that something is stopped, at most
# A victim that cannot end outlasts the deadlines of those that look for it.
HELD = 4


def send(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class Havoc(threading.Thread):
    """`labs` has bystanders in it; `doomed`, if any, may end as a whole."""

    def __init__(self, random, host, labs, doomed, relays, victim, spared):
        super().__init__(daemon=True)
        self.random, self.host = random, host
        self.labs, self.doomed, self.relays = labs, doomed, relays
        self.victim = victim
        self.spared = spared    # session ids of bystanders
        self.over = threading.Event()
        self.later, self.done, self.errors = [], Counter(), []
        self.frozen = set()     # smbds that are stopped
        self.held = []          # (session ids, how long they were there)
        self.blows = [
            (self.kill_child, 6), (self.stop_child, 3),
            (self.kill_fork_server, 2), (self.stop_fork_server, 1),
            (self.kill_smbd, 3), (self.stop_smbd, 2), (self.hold_victim, 5),
            (self.stop_listener, 1), (self.cut, 3), (self.pause, 3),
            (self.refuse, 2), (self.delay, 2), (self.restart, 1)]

    def run(self):
        names, weights = zip(*self.blows)
        while not self.over.wait(self.random.uniform(FROM, TO)):
            self._undo(time.monotonic())
            blow, = self.random.choices(names, weights)
            try:
                if blow():
                    self.done[blow.__name__] += 1
            except (LabError, OSError, RuntimeError) as error:
                # A server that is down can be asked nothing.
                self.errors.append(f"{blow.__name__}: {error}")
        self._undo(float("inf"))

    def finish(self):
        self.over.set()
        self.join(60)

    def _undo(self, until):
        while self.later and self.later[0][0] <= until:
            heapq.heappop(self.later)[2]()

    def _soon(self, undo, longest=STOPPED):
        when = time.monotonic() + self.random.uniform(0.1, longest)
        heapq.heappush(self.later, (when, len(self.done), undo))
        return True

    def _any(self, pids):
        return self.random.choice(sorted(pids)) if pids else None

    # Ours.

    def _signal_ours(self, name, number):
        pid = self._any(helpers(self.host, name))
        if pid is not None:
            send(pid, number)
        return pid

    def kill_child(self):
        return self._signal_ours("smbmgmt-conn", signal.SIGKILL)

    def kill_fork_server(self):
        return self._signal_ours("smbmgmt-helper", signal.SIGKILL)

    def _stop_ours(self, name):
        pid = self._signal_ours(name, signal.SIGSTOP)
        return pid and self._soon(lambda: send(pid, signal.SIGCONT))

    def stop_child(self):
        return self._stop_ours("smbmgmt-conn")

    def stop_fork_server(self):
        return self._stop_ours("smbmgmt-helper")

    # The servers'.  An smbd of a bystander is left alone.

    def _smbds(self, lab, user=None):
        rows = lab.sessions()
        return ({row.pid for row in rows if user in (None, row.user)} - {
            row.pid for row in rows if row.id in self.spared})

    def kill_smbd(self):
        lab = self.random.choice(self.labs)
        pid = self._any(self._smbds(lab))
        if pid:
            lab.kill_smbd(pid)
        return pid

    def _freeze(self, lab, pid, longest=STOPPED):
        if pid in self.frozen:
            return False
        ids = {row.id for row in lab.sessions() if row.pid == pid}
        lab.stop_smbd(pid)
        self.frozen.add(pid)

        def cont():
            now = time.monotonic()
            self.frozen.discard(pid)
            with contextlib.suppress(LabError):
                lab.cont_smbd(pid)
                # It lives, and could not end any of these until now.
                self.held.append((ids, now))
        return self._soon(cont, longest)

    def stop_smbd(self):
        lab = self.random.choice(self.labs)
        pid = self._any(self._smbds(lab))
        return pid and self._freeze(lab, pid)

    def hold_victim(self):
        lab = self.random.choice(self.labs)
        pid = self._any(self._smbds(lab, self.victim))
        return pid and self._freeze(lab, pid, HELD)

    def stop_listener(self):
        """New connections wait; those that there are go on."""
        lab = self.random.choice(self.labs)
        return self._freeze(lab, lab.smbd_pid)

    def restart(self):
        """All sessions of that one end."""
        self.doomed.stop_server()
        self.over.wait(self.random.uniform(0, 1))
        self.doomed.restart()
        return True

    # The network's.

    def _relay(self):
        return self.random.choice(self.relays)

    def cut(self):
        self._relay().cut()
        return True

    def pause(self):
        relay = self._relay()
        relay.pause(self.random.choice(("up", "down", "both")))
        return self._soon(relay.resume)

    def refuse(self):
        relay = self._relay()
        relay.refuse()
        return self._soon(lambda: relay.refuse(False))

    def delay(self):
        relay = self._relay()
        relay.delay(self.random.randrange(5, 200))
        return self._soon(lambda: relay.delay(0))
