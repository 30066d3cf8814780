#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4 proves itself: encrypted, over TLS, as a process, as a script."""

import contextlib
import json
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import wsmanframe
from winrm.exceptions import WinRMTransportError

from smblab import WsmanLab, closed_port, procs, tap, wsmantest
from smblab.wsmantest import ENUM, IDENTIFY, S, Fault, envelope, faulted
from wsmanlab import multipart

HERE = os.path.dirname(os.path.abspath(__file__))
SOON = 0.5


class Sealed(wsmantest.Client):
    """The same client, whose messages others encrypt: whatever `ask` is."""

    def __init__(self, ask):
        self.ask, self.more, self.uri = ask, {}, wsmantest.DMTF

    def __exit__(self, *_):
        pass

    def send(self, text):
        self.last = self.ask(text.encode())
        root = ElementTree.fromstring(self.last)
        if root.find(f"{S}Body/{S}Fault") is not None:
            raise Fault(0, root)
        return root


def basic(**more):
    return dict({"schemes": ["Basic"], "allow_unencrypted": True}, **more)


def list_and_close(lab, client, principal):
    """All there is to do, and what the server says of it."""
    ids = [row["id"] for row in lab.sessions([{"times": 30}])]
    tap.equal(client.ids(most=10, pull=10), ids)
    tap.equal(client.ids(f"SELECT * FROM MSFT_SmbSession WHERE SessionId = "
                         f"{ids[7]}"), [ids[7]])
    tap.equal(client.close(ids[7])[1], "0")
    faulted(lambda: client.close(ids[7]), cim=6)
    tap.equal(lab.ids(), ids[:7] + ids[8:])
    for invoke in lab.invokes():
        tap.equal((invoke["id"], invoke["principal"], invoke["encrypted"]),
                  (ids[7], principal, True))
    requests = lab.requests()
    tap.equal({(request["encrypted"], request["connection"])
               for request in requests}, {(True, 1)}, "one connection")
    tap.true("<n:Enumerate>" in requests[0]["soap"], "as it was in plain")
    tap.equal(lab.counts()["encrypted"], len(requests))
    tap.equal(lab.counts()["errors"], 0, lab.log())


@tap.case("pywinrm's NTLM and encryption: list, select, close")
def pywinrm():
    with WsmanLab() as lab:
        transport = wsmanframe.Transport(
            endpoint=f"http://{lab.host}:{lab.port}/wsman",
            username="WSMANLAB\\admin", password=lab.passwords["admin"],
            auth_method="ntlm")

        def ask(text):
            try:
                return transport.send_message(text)
            except WinRMTransportError as error:
                return error.response_text

        list_and_close(lab, Sealed(ask), "WSMANLAB\\admin")
        transport.session.close()


@tap.case("Kerberos through MIT's GSSAPI: list, select, close")
def kerberos():
    with wsmanframe.realm() as kdc, WsmanLab(kdc=kdc) as lab, \
            wsmanframe.Client(lab, cache=kdc.cache) as line:
        def ask(text):
            _, headers, body = line.send(text)
            _, parts = multipart.decode(headers["Content-Type"], body)
            return b"".join(line.unsealed(header, data)
                            for _, header, data in parts)

        tap.equal(line.log_on(), 200)
        list_and_close(lab, Sealed(ask), "WSMANLAB\\admin")


@tap.case("encrypted sessions: dropped, answered in plain, refused in plain")
def sealed_rules():
    with WsmanLab() as lab:
        lab.sessions([{"times": 3}])
        text = envelope(f"{ENUM}/Enumerate", "<n:Enumerate/>").encode()
        with wsmanframe.Client(
                lab, password=lab.passwords["admin"]) as line:
            tap.equal(line.log_on(), 200)
            lab.rules({"at": "enumerate", "action": "plain_answer",
                       "times": 1})
            status, headers, body = line.send(text)
            tap.equal((status, headers["Content-Type"].split(";")[0],
                       body[:2]), (200, "application/soap+xml", b"<s"))
            lab.rules({"at": "enumerate", "action": "fault",
                       "fault": "quota_operations", "times": 1})
            status, headers, body = line.send(text)
            tap.equal((status, b"QuotaLimit" in body), (500, False))
            tap.true("encrypted" in headers["Content-Type"], "sealed too")
        with wsmanframe.Client(
                lab, password=lab.passwords["admin"]) as line:
            tap.equal(line.log_on(), 200)
            lab.rules({"at": "enumerate", "action": "unauthorized"})
            tap.equal(line.send(text)[0], 401)
            tap.equal(line.send(text)[0], 401, "it has to begin again")
            lab.rules()
        with wsmanframe.Client(
                lab, password=lab.passwords["admin"]) as line:
            tap.equal(line.log_on(), 200)
            status, _, body = line.post(
                text, Content_Type=wsmantest.SOAP_TYPE)
            tap.equal((status, body), (500, b""))
        tap.equal(lab.counts()["errors"], 0, lab.log())


@tap.case("TLS: beside HTTP, alone, the server's name, a client's certificate")
def tls():
    with WsmanLab(**basic(tls="both", host="localhost",
                          client_certificates=True)) as lab:
        lab.sessions([{"times": 3}])
        for over in (False, True):
            with wsmantest.Client(lab, tls=over) as client:
                tap.equal(len(client.ids()), 3)
        tap.equal([heard["tls"] for heard in lab.heard()], [False, True])
        context = ssl.create_default_context(cafile=lab.ca_file)
        context.load_cert_chain(*lab.certificate())
        with wsmantest.Client(lab, tls=True) as client:
            client.http = type(client.http)("localhost", lab.tls_port,
                                            timeout=60, context=context)
            client.authorization = ("http://schemas.dmtf.org/wbem/wsman/1/"
                                    "wsman/secprofile/https/mutual")
            tap.equal(len(client.ids()), 3)
        tap.equal((lab.requests()[-1]["how"], lab.requests()[-1]["fault"]),
                  ("certificate", None))
        # A certificate's record of its own, or none of HTTP.
        with socket.create_connection((lab.host, lab.tls_port), 60) as sock:
            sock.sendall(b"POST /wsman HTTP/1.1\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                tap.true(not sock.recv(100).startswith(b"HTTP"), "no HTTP")
        tap.equal(lab.counts()["errors"], 0, lab.log())
    with WsmanLab(**basic(tls=True, host="elsewhere")) as lab:
        tap.equal(lab.port, lab.tls_port)
        context = ssl.create_default_context(cafile=lab.ca_file)
        with socket.create_connection((lab.host, lab.port), 60) as sock:
            try:
                context.wrap_socket(sock, server_hostname="other.test")
            except ssl.SSLCertVerificationError:
                pass
            else:
                raise AssertionError("another name was taken")


@tap.case("3,000 sessions in many pulls, all the same and in order")
def many():
    with WsmanLab(**basic()) as lab, wsmantest.Client(lab) as client:
        ids = [row["id"] for row in lab.sessions([{"times": 3000}])]
        pages = []
        tap.equal(client.ids(most=1000, pull=1000, size=102400, pages=pages),
                  ids)
        tap.true(len(pages) >= 10, len(pages))


@tap.case("garbage and broken messages end a connection, not the server")
def garbage():
    chance = random.Random(20261121)
    with WsmanLab(**basic()) as lab, wsmantest.Client(lab) as client:
        lab.sessions([{"id": 1}])
        texts = [IDENTIFY, envelope(f"{ENUM}/Enumerate", "<n:Enumerate/>"),
                 envelope(f"{ENUM}/Pull", "<n:Pull/>")]
        for number in range(300):
            message = bytearray(chance.choice(texts).encode())
            for _ in range(chance.randrange(1, 6)):
                message[chance.randrange(len(message))] = chance.randrange(
                    256)
            if number % 4 == 0:
                message = message[:chance.randrange(1, len(message))]
            response, body = client.post(bytes(message))
            tap.true(response.status in (200, 500), response.status)
        for number in range(50):
            with socket.create_connection((lab.host, lab.port), 5) as sock:
                sock.sendall(chance.randbytes(chance.randrange(1, 300)))
        tap.equal(client.ids(), [1])
        tap.equal(lab.counts()["errors"], 0, lab.log())


@tap.case("a server that is frozen, cut off, stopped and started again")
def server_ends():
    with WsmanLab(**basic(page_items=7)) as lab:
        with wsmantest.Client(lab) as client:
            tap.equal(client.ids(), [])
            client.http.sock.settimeout(SOON)
            lab.freeze()
            try:
                client.ids()
            except TimeoutError:
                pass
            else:
                raise AssertionError("an answer of a frozen server")
            lab.thaw()
        with wsmantest.Client(lab) as client:
            tap.equal(client.ids(), [])
            lab.cut()
            try:
                client.ids()
            except (ConnectionError, wsmantest.http.client.HTTPException):
                pass
            else:
                raise AssertionError("a connection that was cut")
        port = lab.port
        lab.stop_server()
        tap.true(socket.socket().connect_ex((lab.host, port)), "refused")
        lab.restart()
        tap.equal(lab.port, port)
        with wsmantest.Client(lab) as client:
            tap.equal(client.ids(), [])
        tap.equal(lab.ask("settings")["settings"]["page_items"], 7)
        tap.equal(lab.connections(), 0)
        folder = lab.directory
    tap.equal(os.path.exists(folder), False)
    with closed_port() as port:
        try:
            WsmanLab(port=port).__enter__()
        except ConnectionError:
            pass
        else:
            raise AssertionError("on a port that is taken")


def script(*arguments, check=True):
    """wsman.py without a terminal, as a service or a CI job runs it."""
    done = subprocess.run(
        [sys.executable, "-B", os.path.join(HERE, "wsman.py"), *arguments],
        text=True, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=120, start_new_session=True)
    if check and done.returncode:
        raise AssertionError(done.stderr)
    return done


@tap.case("wsman.py: up, ask, down; a test that is killed")
def shell():
    with tempfile.TemporaryDirectory(prefix="wsmanlab.") as parent:
        place = os.path.join(parent, "a lab")
        script("down", place)
        first = script("up", place, "--set", "page_items=9", "--set",
                       "tls=both").stdout
        tap.equal(script("up", place).stdout, first, "up when up")
        lab_id = re.search("^LAB_ID=(.*)$", first, re.M).group(1)
        tap.true(re.search("^LAB_TLS_PORT=[1-9]", first, re.M), first)
        asked = json.loads(script("ask", place,
                                  '{"cmd": "settings"}').stdout)
        tap.equal(asked["settings"]["page_items"], 9)
        tap.true(script("ask", place, '{"cmd": "dance"}',
                        check=False).returncode, "no such request")
        tap.equal(len(procs.marked(lab_id)), 1)
        script("down", place)
        tap.equal(procs.marked(lab_id), [])
        script("down", place)
        script("down", place, "--purge")
        tap.equal(os.listdir(parent), [])
        for wrong in ("page_items=x", "nothing=1", "tls=maybe"):
            tap.true(script("up", place, "--set", wrong,
                            check=False).returncode, wrong)
        script("down", place, "--purge")
    with subprocess.Popen(
            [sys.executable, "-B", "-c", "import smblab, time\n"
             "with smblab.WsmanLab() as lab:\n"
             "    print(lab.directory, lab.server_pid, flush=True)\n"
             "    time.sleep(60)\n"], cwd=HERE, text=True,
            stdout=subprocess.PIPE) as process:
        folder, pid = process.stdout.readline().split()
        process.kill()
    tap.wait_until(lambda: not procs.running(int(pid))
                   and not os.path.exists(folder), "gone")


if __name__ == "__main__":
    tap.main()
