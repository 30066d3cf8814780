#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""How long a listing over WS-Management takes, with 300 and 3,000 sessions.

    meson compile -C BUILD bench-wsman          (or, by hand:)
    tests/bench/wsman_bench.py TOOL BENCH_KEPT BENCH_WSMAN_PARSE \\
        [ROUNDS [SESSIONS SESSIONS...]]

Against lab 4, one server for each number of sessions: NTLM with encryption over
HTTP, and NTLM over HTTPS; a kept handle and the whole command.  In the same
rounds two other clients post the very envelopes that ours has posted, and look
for nothing in the answers but where to go on: http.client with Basic over
HTTPS, and pywinrm, which encrypts as well, with NTLM over HTTP.  Lab 4 is
written in Python and slow, so another server has nothing to do but to send what
lab 4 once answered.  What reading and matching alone take is measured on these
answers in one process.  A benchmark, not a test: it fails for wrong answers
only, never for a slow machine.
"""

import contextlib
import os
import re
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lab"))
from samba_bench import parts, peak  # noqa: E402
from smblab import WsmanLab  # noqa: E402
from smblab.wsmantest import Client  # noqa: E402

try:
    # With what pywinrm needs on a system of today.
    from wsmanframe import Transport
except ImportError:
    Transport = None

SECONDS = 300
ROUNDS = 11
SIZES = (300, 3000)
USER = "LAB\\user7"
CONTEXT = re.compile(
    rb"(<(?:\w+:)?EnumerationContext[^>]*>)([^<]*)(</(?:\w+:)?Enumer)")
END = b"EndOfSequence"
UNAUTHORIZED = (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                b'WWW-Authenticate: Basic realm="bench"\r\n\r\n')


def fail(what):
    raise SystemExit(f"bench: {what}")


def processor(pid):
    """Nanoseconds of a processor that a process has used, by all threads."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/task/{thread}/schedstat",
                      encoding="ascii") as stream:
                total += int(stream.read().split()[0])
    return total


class Kept:
    """bench_kept: a listing for each line that it is sent."""

    def __init__(self, program, sessions, *argv):
        self.sessions = sessions
        self.process = subprocess.Popen(
            [program, *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.parts, self.spent = {}, {}

    def watch(self):
        """Its processes, and what memory they have had so far."""
        self.parts = parts(self.process.pid)
        if not {"host", "child"} <= set(self.parts):
            fail(f"there are only {self.parts}")
        self.first = {name: peak(pid) for name, pid in self.parts.items()}

    def __call__(self):
        before = {name: processor(pid) for name, pid in self.parts.items()}
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        if [int(word) for word in words[1:]] != [self.sessions]:
            fail(f"{words} of {self.sessions} sessions")
        for name, pid in self.parts.items():
            self.spent.setdefault(name, []).append(
                processor(pid) - before[name])
        return int(words[0])

    def memory(self):
        return {name: (self.first[name], peak(pid))
                for name, pid in self.parts.items() if name != "helper"}

    def close(self):
        self.process.stdin.close()
        self.process.wait(SECONDS)


class Whole:
    def __init__(self, *argv):
        self.argv = argv

    def __call__(self):
        start = time.perf_counter_ns()
        # Without a timeout, with which Python looks for the end now and then.
        status = subprocess.Popen(
            self.argv, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL).wait()
        taken = time.perf_counter_ns() - start
        if status != 0:
            fail(f"exit status {status}: {' '.join(self.argv)}")
        return taken


class Posting:
    """Another client: what was asked is asked again, and not read."""

    def __init__(self, post, asked, sessions):
        self.post, self.asked, self.sessions = post, asked, sessions
        self.answers = []

    def __call__(self):
        start = time.perf_counter_ns()
        context, answers = b"", []
        for text in self.asked:
            answers.append(self.post(CONTEXT.sub(
                lambda found: found[1] + context + found[3], text)))
            found = CONTEXT.search(answers[-1])
            context = found[2] if found else context
        taken = time.perf_counter_ns() - start
        count = sum(answer.count(b"SessionId>") // 2 for answer in answers)
        if count != self.sessions or END not in answers[-1]:
            fail(f"another client got {count} of {self.sessions} sessions")
        self.answers = answers
        return taken


def basic_over_https(lab):
    client = Client(lab, tls=True)

    def post(text):
        response, body = client.post(text)
        if response.status != 200:
            fail(f"HTTP status {response.status}")
        return body
    return post


def pywinrm_over_http(lab):
    transport = Transport(
        f"http://{lab.host}:{lab.port}/wsman", username="admin",
        password=lab.passwords["admin"], auth_method="ntlm",
        message_encryption="always")

    def post(text):
        return transport.send_message(text)
    return post


class Stored:
    """A server over HTTPS that has its answers ready."""

    def __init__(self, lab, identify, answers):
        self.identify, self.answers = identify, answers
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*lab.certificate("good"))
        self.listener = socket.create_server((lab.host, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self.listener.accept()
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with contextlib.suppress(OSError), self.context.wrap_socket(
                        plain, server_side=True) as connection:
                    self.talk(connection, connection.makefile("rb"))

    def talk(self, connection, stream):
        pulled = 0
        while line := stream.readline():
            fields = {}
            while (field := stream.readline()) not in (b"\r\n", b""):
                name, _, value = field.partition(b":")
                fields[name.lower()] = value.strip()
            body = stream.read(int(fields.get(b"content-length", 0)))
            if not line.startswith(b"POST ") or (
                    b"authorization" not in fields):
                connection.sendall(UNAUTHORIZED)
                continue
            if b"enumeration/Enumerate<" in body:
                pulled = 0
            elif b"enumeration/Pull<" in body:
                pulled += 1
            answer = (self.identify if b"Identify" in body
                      else self.answers[pulled])
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;"
                b"charset=UTF-8\r\nContent-Length: %d\r\n\r\n" % len(answer)
                + answer)

    def close(self):
        self.listener.close()


class Bench:
    """All clients of one server with so many sessions."""

    def __init__(self, programs, sessions, stack):
        tool, kept, self.parse = programs
        self.sessions, self.taken = sessions, {}
        self.lab = lab = stack.enter_context(WsmanLab(
            tls="both", schemes=["Negotiate", "Basic"]))
        lab.sessions([{"client": "10.1.2.{n}", "user": "LAB\\user{n}",
                       "opens": 3, "times": sessions}])
        self.folder = stack.enter_context(tempfile.TemporaryDirectory())
        http = f"wsman:{lab.host}:{lab.port}"
        https = f"wsmans:{lab.host}:{lab.tls_port}"
        auth = lab.auth_file("admin")
        deadline = ["--deadline", str(SECONDS)]
        self.kept = {
            "kept handle, HTTP and NTLM": Kept(kept, sessions, http, auth),
            "kept handle, HTTPS": Kept(kept, sessions, https, auth,
                                       lab.ca_file),
        }
        asked = self.what_is_asked()
        raw = Posting(basic_over_https(lab), asked, sessions)
        stored = self.stored(raw, stack)
        self.kept["kept handle, stored answers"] = Kept(
            kept, sessions, f"wsmans:{lab.host}:{stored.port}", auth,
            lab.ca_file, "basic")
        self.runs = {
            **self.kept,
            "whole command, HTTP and NTLM": Whole(
                tool, "-S", http, "-A", auth, *deadline, "list"),
            "whole command, HTTPS": Whole(
                tool, "-S", https, "-A", auth, "--ca-file", lab.ca_file,
                *deadline, "list"),
            "http.client, HTTPS and Basic": raw,
        }
        if Transport is not None:
            self.runs["pywinrm, HTTP and NTLM"] = Posting(
                pywinrm_over_http(lab), asked, sessions)
        for client in self.kept.values():
            stack.callback(client.close)
            if not client.parts:
                self.connected(client)

    def connected(self, client):
        """Wait for the connection, which comes before the first line."""
        end = time.monotonic() + SECONDS
        while "child" not in parts(client.process.pid):
            if time.monotonic() > end:
                fail("no connection")
            time.sleep(0.05)
        time.sleep(0.3)
        client.watch()

    def what_is_asked(self):
        first = next(iter(self.kept.values()))
        self.connected(first)
        self.lab.requests(reset=True)
        first()
        return [request["soap"].encode() for request in self.lab.requests()]

    def stored(self, raw, stack):
        """Its answers name no message, as they answer many."""
        self.lab.set(relates="absent")
        raw()
        client = Client(self.lab, tls=True)
        _, identify = client.post(
            '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/'
            'wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body>'
            "</s:Envelope>")
        self.lab.set(relates="right")
        self.files = []
        for number, answer in enumerate(raw.answers):
            self.files.append(os.path.join(self.folder, str(number)))
            with open(self.files[-1], "wb") as stream:
                stream.write(answer)
        server = Stored(self.lab, identify, raw.answers)
        stack.callback(server.close)
        return server

    def round(self):
        for name, client in self.runs.items():
            self.taken.setdefault(name, []).append(client())

    def parsed(self, rounds):
        """Medians in ns: messages, table, match; libxml2 in the first."""
        out = subprocess.run(
            [self.parse, str(rounds + 1), USER, *self.files], check=True,
            capture_output=True, text=True, timeout=SECONDS).stdout
        rows = [[int(word) for word in line.split()]
                for line in out.splitlines()][1:]
        if {(row[4], row[5]) for row in rows} != {(self.sessions, 1)}:
            fail(f"parsed {rows}")
        return [statistics.median(column) for column in zip(*rows)][:4]


def median(bench, name):
    return statistics.median(bench.taken[name])


def show(bench, rounds):
    size = sum(map(os.path.getsize, bench.files))
    print(f"\n{bench.sessions} sessions, {size} bytes of XML in "
          f"{len(bench.files)} answers; ms: minimum, median, maximum")
    for name, taken in bench.taken.items():
        print(f"  {name:<32} {min(taken) / 1e6:>9.1f} "
              f"{statistics.median(taken) / 1e6:>9.1f} "
              f"{max(taken) / 1e6:>9.1f}")
    for name, client in bench.kept.items():
        spent = ", ".join(
            f"{part} {statistics.median(client.spent[part]) / 1e6:.1f}"
            for part in ("host", "child"))
        memory = ", ".join(
            f"{part} {last:.2f} ({first:.2f})"
            for part, (first, last) in client.memory().items())
        print(f"  {name:<32} processor, ms: {spent}; peak memory, MiB "
              f"(connected): {memory}")
    read, table, match, libxml2 = bench.parsed(rounds)
    whole = read + table + match
    print(f"  in one process, ms: messages {read / 1e6:.2f} (libxml2's reader "
          f"alone {libxml2 / 1e6:.2f}), table {table / 1e6:.2f}, match "
          f"{match / 1e6:.3f}; together {whole / bench.sessions:.0f} ns a "
          "session")
    # Of the quickest: what else the machine does makes our part no smaller.
    for name, taken in bench.taken.items():
        print(f"  {name:<32} that as a part of its minimum: "
              f"{whole / min(taken):.3f}, without libxml2 "
              f"{(whole - libxml2) / min(taken):.3f}")


def compare(small, large):
    times = large.sessions / small.sessions
    print(f"\nof a session, {large.sessions} / {small.sessions} of them "
          "(1: linear):")
    for name in small.runs:
        print(f"  {name:<32} time   "
              f"{median(large, name) / median(small, name) / times:>6.2f}")
    for name in small.kept:
        for part in ("host", "child"):
            spent = [statistics.median(bench.kept[name].spent[part])
                     for bench in (small, large)]
            print(f"  {name:<32} {part}'s processor "
                  f"{spent[1] / spent[0] / times:>6.2f}")
    for name in small.kept:
        grown = [last - first for bench in (small, large)
                 for first, last in [bench.kept[name].memory()["host"]]]
        print(f"  {name:<32} host's memory, KiB a session: "
              f"{grown[0] * 1024 / small.sessions:.2f}, "
              f"{grown[1] * 1024 / large.sessions:.2f}")
    read = [sum(bench.parsed(len(bench.taken[name]))[:3])
            for bench in (small, large)]
    print(f"  {'read and match':<32} time   {read[1] / read[0] / times:>6.2f}")


def main():
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    signal.alarm(4 * SECONDS)
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else ROUNDS
    sizes = [int(word) for word in sys.argv[5:]] or SIZES
    if Transport is None:
        print("without pywinrm: python3-winrm, or what it needs, is missing")
    with contextlib.ExitStack() as stack:
        benches = [Bench(sys.argv[1:4], size, stack) for size in sizes]
        for bench in benches:
            bench.round()           # warm up, not counted
            bench.taken.clear()
            for client in bench.kept.values():
                client.spent.clear()
        for _ in range(rounds):
            for bench in benches:
                bench.round()
        print(f"{rounds} rounds, {os.cpu_count()} processors, load average "
              f"{os.getloadavg()[0]:.1f}")
        for bench in benches:
            show(bench, rounds)
        compare(benches[0], benches[-1])


if __name__ == "__main__":
    main()
