#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4 proves itself: its misbehaviour does what its rules and settings say.

What a well-behaved client's library would hide is read from a socket.
"""

import base64
import http.client
import re
import socket
import xml.etree.ElementTree as ElementTree

import wsmanlab
from smblab import tap, wsmantest
from smblab.wsmantest import (DMTF, ENUM, IDENTIFY, SOAP_TYPE, A, Client, S,
                              W, envelope, faulted, refused)
from wsmanlab import rules, settings
from wsmanlab.faults import FAULTS

SOON = 0.4
TEN = [{"id": 1, "times": 10, "client": "PC{n}", "user": "LAB\\u{n}",
        "transport": None, "opens": 3, "frozen": True}]
ENUMERATE = envelope(f"{ENUM}/Enumerate", "<n:Enumerate>"
                     "<w:OptimizeEnumeration/><w:MaxElements>5"
                     "</w:MaxElements></n:Enumerate>", message="uuid:7")


def raw(lab, text=ENUMERATE, seconds=60, extra="", password=True):
    """(what came, "ended", "reset" or "silent") on a socket of its own."""
    pair = f"admin:{lab.passwords['admin'] if password else ''}".encode()
    name = "Authorization" if password else "Nothing"
    with socket.create_connection((lab.host, lab.port), 60) as sock:
        sock.sendall((
            f"POST /wsman HTTP/1.1\r\nHost: x\r\n{name}: Basic "
            f"{base64.b64encode(pair).decode()}\r\n{extra}"
            f"Content-Type: {SOAP_TYPE}\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}").encode())
        got = b""
        try:
            while True:
                sock.settimeout(seconds)
                part = sock.recv(1 << 20)
                if not part:
                    return got, "ended"
                got += part
        except TimeoutError:
            return got, "silent"
        except ConnectionResetError:
            return got, "reset"


def silent(lab):
    """What came of a request that may get no answer at all."""
    client = Client(lab)
    client.http.timeout = SOON
    try:
        client.all()
    except TimeoutError:
        return True
    finally:
        client.http.close()
    return False


@tap.case("each fault by its name, in each form of Detail")
def faults(lab):
    with Client(lab) as client:
        for name, wanted in FAULTS.items():
            role, space, subcode, code, cim, hresult, text, detail = wanted
            lab.rules({"at": "enumerate", "action": "fault", "fault": name})
            fault = faulted(client.all, subcode)
            tap.equal((fault.status, fault.value, fault.text.strip()),
                      (500, role, text.strip()), name)
            tap.equal(fault.detail.get("Code", 0), code, name)
            tap.equal(fault.cim, cim, name)
            tap.equal(bool(fault.detail.get("FaultDetail")), bool(detail))
            for form in ("vendor", "empty", "absent"):
                lab.set(fault_detail=form)
                fault = faulted(client.all, subcode)
                tap.equal(fault.cim, cim if form == "vendor" else 0)
                tap.true("Code" not in fault.detail, "no WSManFault")
            lab.set(fault_detail="windows")
        lab.rules({"at": "request", "action": "fault_200",
                   "fault": "quota_operations"})
        fault = faulted(client.all, "QuotaLimit", code=0x803381A6)
        tap.equal(fault.status, 200)
        lab.rules({"at": "enumerate", "action": "fault", "fault": "failed",
                   "code": 0x80338169, "cim": 27, "text": "<so>",
                   "status": 503, "subcode": "Other", "times": 1})
        response, body = client.post(ENUMERATE)
        tap.equal(response.status, 503)
        root = ElementTree.fromstring(body)
        fault = wsmantest.Fault(503, root)
        tap.equal((fault.subcode, fault.cim, fault.text,
                   fault.detail["MessageID"]),
                  ("Other", 27, "<so>", "HRESULT 0x80338169"))
        tap.equal(client.all(), [], "once only")


@tap.case("bare answers: 500, 403, 404, 503, any other; 302")
def bare(lab):
    with Client(lab) as client:
        for action, status in (("empty_500", 500), ("forbidden", 403),
                               ("missing", 404), ("unavailable", 503)):
            for place in ("http", "request", "enumerate"):
                lab.rules({"at": place, "action": action})
                tap.equal(refused(client.all, status).body, b"")
                tap.equal(lab.rules_done(), [1])
        lab.rules({"at": "pull", "action": "status", "code": 418,
                   "body": "tea", "headers": [["X-Tea", "y"]]})
        lab.sessions(TEN)
        error = refused(lambda: client.all(most=1), 418)
        tap.equal((error.body, error.headers["X-Tea"]), (b"tea", "y"))
        lab.rules({"at": "request", "action": "redirect",
                   "location": "http://127.0.0.1:1/wsman"})
        error = refused(client.all, 302)
        tap.equal(error.headers["Location"], "http://127.0.0.1:1/wsman")
    tap.equal(lab.counts()["redirects"], 1)


@tap.case("which request: place, user, nth, times, id, connection, leg")
def matching(lab):
    lab.sessions(TEN)
    lab.rules({"at": "pull", "nth": 2, "action": "missing"},
              {"at": "enumerate", "user": "lister", "times": 2,
               "action": "forbidden"},
              {"at": "invoke", "id": 3, "action": "unavailable"})
    with Client(lab) as client, Client(lab, "lister") as lister:
        refused(lambda: client.all(most=2, pull=2), 404)
        tap.equal(len(client.all(most=2, pull=2)), 10)
        for _ in range(2):
            refused(lister.all, 403)
        tap.equal(len(lister.all()), 10)
        tap.equal(client.close(2)[1], "0")
        refused(lambda: client.close(3), 503)
        tap.equal(lab.rules_done(), [1, 2, 1])
        tap.equal(lab.invokes()[1]["outcome"], "not_done")
        tap.equal(len(lab.rows()), 9)
        first = max(request["connection"] for request in lab.heard())
        lab.rules({"at": "http", "connection": first + 1, "leg": 2,
                   "action": "missing"})
        tap.equal(len(client.all()), 9)
        with Client(lab) as third:
            tap.equal(len(third.all()), 9)
            refused(third.all, 404)
    for wrong in ({"at": "pull"}, {"at": "nowhere", "action": "cut"},
                  {"at": "pull", "action": "dance"},
                  {"at": "http", "action": "fault"},
                  {"at": "pull", "action": "fault", "fault": "mine"},
                  {"at": "pull", "action": "shape", "set": {"nil": "no"}},
                  {"at": "pull", "action": "cut", "when": "never"}):
        try:
            lab.rules(wrong)
        except RuntimeError as error:
            tap.true("ValueError" in str(error), error)
        else:
            raise AssertionError(f"{wrong} is a rule")


@tap.case("cut and stall: before, after, in the head, in the body; delay")
def cuts(lab):
    for place in ("enumerate", "http"):
        for when, least, most in (("before", 0, 0), ("after", 0, 0),
                                  ("head", 10, 150), ("body", 20, 1 << 20)):
            lab.rules({"at": place, "action": "cut", "when": when})
            got, end = raw(lab)
            tap.equal((end, lab.rules_done()), ("ended", [1]), when)
            tap.true(least <= len(got) <= most, f"{when}: {got}")
            tap.equal(b"\r\n\r\n" in got, when == "body", got)
            if when in ("head", "body"):
                lab.rules({"at": place, "action": "stall", "when": when})
                got, end = raw(lab, seconds=SOON)
                tap.equal((end, b"\r\n\r\n" in got),
                          ("silent", when == "body"))
    lab.rules({"at": "enumerate", "action": "cut", "reset": True})
    tap.equal(raw(lab), (b"", "reset"))
    for when in ("before", "after"):
        lab.rules({"at": "enumerate", "action": "stall", "when": when})
        tap.true(silent(lab), when)
    # What was carried out and what was not, whatever the client heard.
    for when, left in (("before", 10), ("after", 9), ("head", 9),
                       ("body", 9)):
        lab.sessions(TEN)
        lab.rules({"at": "invoke", "action": "cut", "when": when})
        with Client(lab) as client:
            try:
                client.close(1)
            except (http.client.HTTPException, ConnectionError):
                pass
            except wsmantest.HttpError as error:
                # http.client takes a head that breaks off for a whole one.
                tap.equal((when, error.body), ("head", b""))
            else:
                raise AssertionError(f"{when}: an answer")
        tap.equal(len(lab.rows()), left, when)
        tap.equal(lab.invokes(reset=True)[0]["outcome"],
                  "not_done" if left == 10 else "ended")
    lab.sessions(TEN)
    lab.rules({"at": "invoke", "action": "fault", "fault": "timed_out",
               "after": True})
    with Client(lab) as client:
        faulted(lambda: client.close(1), "TimedOut")
        tap.equal(len(lab.rows()), 9, "it was carried out")
        lab.rules({"at": "enumerate", "action": "delay", "seconds": 0.05})
        tap.equal(len(client.all()), 9)


@tap.case("authentication dropped in the middle: 401, then as before")
def unauthorized(lab):
    lab.sessions(TEN)
    lab.rules({"at": "pull", "nth": 2, "action": "unauthorized"})
    with Client(lab) as client:
        error = refused(lambda: client.all(most=1, pull=2), 401)
        tap.true("Basic" in str(error.headers), error.headers)
        tap.equal(len(client.all(most=1, pull=2)), 10)
    tap.equal(lab.counts()["challenges"], 1)
    lab.set(accounts={"lister": "forbidden"})
    with Client(lab, "lister") as client:
        refused(client.all, 403)
    tap.equal(lab.counts()["refused"], 1)
    lab.set(keep_alive=1)
    tap.true(raw(lab, password=False)[0].startswith(b"HTTP/1.1 401"), "401")
    lab.set(hang_without_authorization=True)
    tap.equal(raw(lab, seconds=SOON, password=False), (b"", "silent"))


@tap.case("how lists come: empty, one by one, the end, contexts, no end")
def lists(lab):
    lab.sessions(TEN)

    def counts(most=4, pull=4, **changes):
        lab.reset()
        lab.sessions(TEN)
        lab.set(**changes)
        with Client(lab) as client:
            pages = []
            tap.equal(len(client.all(most=most, pull=pull, pages=pages)), 10,
                      changes)
            return [len(page.items) for page in pages], pages

    tap.equal(counts()[0], [4, 4, 2])
    found, pages = counts(optimize="empty")
    tap.equal((found, pages[0].has_items), ([0, 4, 4, 2], True))
    found, pages = counts(optimize="ignore")
    tap.equal((found, pages[0].has_items), ([0, 4, 4, 2], False))
    found, pages = counts(most=None, empty_items=True)
    tap.equal((found, pages[0].has_items), ([0, 4, 4, 2], True))
    tap.equal(counts(page_items=3)[0], [3, 3, 3, 1])
    tap.equal(counts(one_per_pull=True)[0], [1] * 10)
    tap.equal(counts(end="extra_pull")[0], [4, 4, 2, 0])
    tap.equal(counts(most=20, end="extra_pull")[0], [10, 0])
    tap.equal(counts(most=20)[0], [10])
    tap.equal(counts(pull=None, default_max_elements=5)[0], [4, 5, 1])
    for form in ("same", "absent"):
        tap.equal(counts(context=form)[0], [4, 4, 2])
    for form, items in (("empty", 0), ("items", 10)):
        lab.set(endless=form)
        with Client(lab) as client:
            pages = [client.enumerate(most=4)]
            for _ in range(20):
                pages.append(client.pull(pages[-1].context))
            tap.equal({(len(page.items), page.end, page.context)
                       for page in pages},
                      {(items, False, pages[0].context)})
    lab.set(endless="no")
    lab.rules({"at": "pull", "nth": 2, "action": "drop_context"})
    with Client(lab) as client:
        faulted(lambda: client.all(most=1, pull=2),
                "InvalidEnumerationContext")


SHAPES = [
    ({"prefixes": "other"}, b"<SOAP-ENV:Envelope"),
    ({"prefixes": "default"}, b"<Envelope xmlns="),
    ({"prefixes": "swapped"}, b"<a:Envelope"),
    ({"extras": True}, b"<?vendor"),
    ({"extras": True, "prefixes": "default"}, b"<![CDATA["),
    ({"indent": True}, b">\n  <"),
    ({"indent": True, "extras": True}, b"]]></p:"),
    ({"types": True}, b'xsi:type="cim:cimUnsignedLong"'),
    ({"types": True, "prefixes": "default"}, b":cimUnsignedLong"),
    ({"declaration": True}, b'<?xml version="1.0" encoding="utf-8"?>'),
    ({"encoding": "utf-8-bom"}, b"\xef\xbb\xbf<"),
    ({"encoding": "utf-16"}, b"\xff\xfe<\0"),
    ({"encoding": "utf-16-be", "declaration": True}, b"\xfe\xff\0<\0?"),
    ({"order": "reversed"}, b"</p:SmbInstance><p:SessionId>"),
    ({"item_namespace": "wmi"}, b"/wsman/1/wmi/root/Microsoft/"),
    ({"namespace_case": "lower"}, b"wbem/wscim/1/cim-schema/2/msft_"),
    ({"namespace_case": "upper"}, b"wbem/WSCIM/1/CIM-SCHEMA/2/MSFT_SMB"),
    ({"transfer": "chunked"}, b""), ({"transfer": "close"}, b""),
    ({"keep_alive": 1}, b""), ({"extra_continue": True}, b""),
    ({"drip_bytes": 2000, "drip_ms": 1}, b""), ({"relates": "wrong"}, b""),
    ({"relates": "absent"}, b""), ({"relates": "lower"}, b""),
    ({"content_type": "text/plain"}, b""),
]


@tap.case("the same rows, written in other ways, as ElementTree reads them")
def shapes(lab):
    lab.sessions(TEN)
    with Client(lab) as client:
        rows = client.all(most=3, pull=3)
        good = client.post(ENUMERATE)[1]
        for shape, mark in SHAPES:
            lab.reset()
            lab.sessions(TEN)
            lab.set(**shape)
            found = client.all(most=3, pull=3)
            if "extras" in shape:
                for row in found:
                    for name in ("PSComputerName", "Nested"):
                        tap.true(name in row, "an extra property")
                        del row[name]
                    # The vendor's of the same name came last.
                    row["SessionId"] = row["ClientUserName"][5:]
            tap.equal(found, rows, shape)
            tap.equal(client.close(1), ("ForceClose_OUTPUT", "0"), shape)
            faulted(lambda: client.close(1), cim=6)
            lab.sessions(TEN)
            tap.true(mark in client.post(ENUMERATE)[1], mark)
            tap.true(not mark or mark not in good, mark)
        lab.reset()
        lab.sessions(TEN)
        lab.rules({"at": "enumerate", "action": "shape", "nth": 1,
                   "set": {"namespace_case": "lower"}})
        tags = [client.enumerate(most=1).body.find(f"{W}Items")[0].tag
                for _ in range(2)]
        tap.equal(tags, [f"{{{space}}}MSFT_SmbSession" for space in
                         (DMTF.lower(), DMTF)], "this one answer only")
        for relates, wanted in (("right", "uuid:7"), ("absent", None)):
            lab.set(relates=relates)
            root = client.send(ENUMERATE)
            tap.equal(root.findtext(f"{S}Header/{A}RelatesTo"), wanted)
        lab.rules({"at": "request", "action": "wrong_relates"})
        lab.set(relates="right")
        tap.true(client.send(ENUMERATE).findtext(
            f"{S}Header/{A}RelatesTo") != "uuid:7", "another")


@tap.case("properties: absent, nil in three ways, empty, other texts")
def odd_properties(lab):
    with Client(lab) as client:
        def row(**changes):
            lab.set(**changes)
            found = client.all()[0]
            lab.set(properties={}, nil="xsi", smb_instance="present")
            return found

        lab.sessions([{"id": 1, "transport": None, "absent": ["ScopeName"],
                       "nil": ["Dialect"], "empty": ["SecondsIdle"],
                       "raw": {"NumOpens": " +0x1 "}}])
        found = row()
        tap.true("ScopeName" not in found, "absent")
        tap.equal([found[name] for name in
                   ("TransportName", "Dialect", "SecondsIdle", "NumOpens")],
                  [None, None, "", " +0x1 "])
        tap.equal(row(nil="empty")["TransportName"], "")
        tap.true("TransportName" not in row(nil="absent"), "left out")
        tap.true("SmbInstance" not in row(smb_instance="absent"), "left out")
        found = row(properties={
            "SessionId": "=18446744073709551616", "ClientUserName": "absent",
            "ClientComputerName": "nil", "ClusterNodeName": "empty"})
        tap.equal(found["SessionId"], "18446744073709551616")
        tap.true("ClientUserName" not in found, "absent")
        tap.equal((found["ClientComputerName"], found["ClusterNodeName"]),
                  (None, ""))


@tap.case("ForceClose's output in every form")
def outputs(lab):
    with Client(lab) as client:
        for form, wanted in (
                ("output", ("ForceClose_OUTPUT", "0")),
                ("method", ("ForceClose", "0")),
                ("own_namespace", ("ForceClose", "0")),
                ("no_value", ("ForceClose_OUTPUT", None)),
                ("nil_value", ("ForceClose_OUTPUT", None)),
                ("text_value", ("ForceClose_OUTPUT", "none")),
                ("empty_body", (None, None))):
            lab.sessions([{"id": 1}])
            lab.set(output=form)
            tap.equal(client.close(1), wanted, form)
            tap.equal(lab.rows(), [])


def parsed(body):
    """ElementTree's verdict; it knows no limits but takes no entities."""
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        return str(error)


@tap.case("hostile XML: what it says on the tin")
def hostile(lab):
    lab.sessions(TEN)
    with Client(lab) as client:
        def body(action, **more):
            lab.rules(dict(more, at="enumerate", action=action))
            response, data = client.post(ENUMERATE)
            tap.equal((response.status, lab.rules_done()), (200, [1]))
            return data

        good = client.post(ENUMERATE)[1]
        tap.equal(parsed(good).tag, f"{S}Envelope")
        tap.true(body("dtd").startswith(b"<!DOCTYPE"), "a DTD")
        bomb = body("entity_bomb")
        tap.true(len(bomb) < len(good) + 2000 and bomb.count(b"ENTITY") == 10
                 and bomb.count(b"&e9;") == 1, "small, and not small")
        text = body("external_entity", url="http://127.0.0.1:9/x")
        tap.true(b'SYSTEM "http://127.0.0.1:9/x"' in text
                 and b">&e;<" in text, "an external entity")
        tap.true(b"%e;]" in body("parameter_entity"), "a parameter entity")
        for where in ("header", "body", "item"):
            text = body("depth_bomb", depth=500, where=where)
            tap.equal(text.count(b"<z>"), 500)
            tap.equal(parsed(text).tag, f"{S}Envelope")
        tap.equal(len(body("huge_text", bytes=300000)) // 100000, 3)
        tap.equal(body("many", count=777).count(b"<z/>"), 777)
        tap.true(b' a499="1"/>' in body("many_attributes", count=500), "500")
        tap.equal(len(body("long_body", bytes=54321)) - len(good), 54321)
        tap.true(b"<" + b"z" * 5000 in body("long_name", bytes=5000), "long")
        for action in ("malformed", "not_xml", "bad_utf8"):
            tap.true(isinstance(parsed(body(action)), str), action)
        tap.equal(parsed(body("utf16")).tag, f"{S}Envelope")
        tap.equal(body("raw", hex="00ff"), b"\0\xff")
        tap.equal(body("raw", body="<a/>"), b"<a/>")
        client.post(IDENTIFY)
        tap.true(b"IdentifyResponse" in body("replay"), "the one before")
        lab.rules({"at": "enumerate", "action": "content_type",
                   "value": "text/html"})
        tap.equal(client.post(ENUMERATE)[0].headers["Content-Type"],
                  "text/html")


@tap.case("hostile HTTP: lengths, status lines, headers, a trickle")
def hostile_http(lab):
    lab.sessions(TEN)

    def got(action, **more):
        lab.rules(dict(more, at="enumerate", action=action))
        data, end = raw(lab)
        tap.equal(lab.rules_done(), [1], action)
        head, _, body = data.partition(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line
                      in head.split(b"\r\n")[1:])
        return fields, body, end

    fields, body, end = got("close")
    tap.equal((fields[b"Connection"], end), (b"close", "ended"))
    # Each of the others ends its connection too, so that nothing waits.
    lab.set(keep_alive=1)
    fields, body, end = got("short_length", by=7)
    tap.equal((int(fields[b"Content-Length"]), end), (len(body) - 7, "ended"))
    fields, body, end = got("long_length", by=9)
    tap.equal((int(fields[b"Content-Length"]), end), (len(body) + 9, "ended"))
    for value in ("-1", "x", "18446744073709551616"):
        tap.equal(got("bad_length", value=value)[0][b"Content-Length"],
                  value.encode())
    tap.equal(len(got("long_header", bytes=100000)[0][b"X-Long"]), 100000)
    lab.rules({"at": "enumerate", "action": "bad_status_line"})
    tap.true(raw(lab)[0].startswith(b"HTP/9"), "no HTTP")
    fields, body, _ = got("chunked")
    tap.equal(fields[b"Transfer-Encoding"], b"chunked")
    tap.true(body.endswith(b"\r\n0\r\n\r\n"), "the last chunk")
    lab.rules({"at": "enumerate", "action": "continue"})
    tap.true(raw(lab)[0].startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 "
                                    b"200"), "100 and 200")
    tap.equal(got("trickle", bytes=1000, ms=1)[1][-13:],
              b"</s:Envelope>")


@tap.case("HTTP: paths, methods, types, Expect, chunked requests, limits")
def http_rules(lab):
    lab.sessions(TEN)
    with Client(lab) as client:
        for arguments, status in (
                ({"path": "/other"}, 404), ({"Content_Type": "text/xml"}, 415),
                ({"Content_Type": None}, 415), ({}, 200)):
            tap.equal(client.post(ENUMERATE, **arguments)[0].status, status)
        client.http.request("GET", "/wsman")
        response = client.http.getresponse()
        response.read()
        tap.equal(response.status, 405)
        lab.set(path="/other")
        tap.equal(client.post(ENUMERATE, path="/other")[0].status, 200)
        lab.set(path="/wsman")
        data = ENUMERATE.encode()
        client.http.request("POST", "/wsman", iter((data[:100], data[100:])), {
            "Authorization": client.authorization, "Content-Type": SOAP_TYPE,
            "Transfer-Encoding": "chunked"}, encode_chunked=True)
        response = client.http.getresponse()
        response.read()
        tap.equal(response.status, 200)
        tap.equal(lab.counts()["connections"], 1, "one connection")
    expect = "Expect: 100-continue\r\n"
    lab.set(keep_alive=1)
    tap.true(raw(lab, extra=expect)[0].startswith(b"HTTP/1.1 100 Continue"),
             "continue")
    lab.set(expect="refuse")
    tap.true(raw(lab, extra=expect)[0].startswith(b"HTTP/1.1 417"), "refused")
    lab.set(expect="ignore")
    tap.true(raw(lab, extra=expect)[0].startswith(b"HTTP/1.1 200"), "ignored")
    lab.set(keep_alive=2)
    with Client(lab) as client:
        found = [client.post(ENUMERATE)[0].headers["Connection"]
                 for _ in range(4)]
        tap.equal(found, [None, "close"] * 2)
    lab.set(keep_alive=0)
    for text in ("\r\n\r\n", "POST /wsman\r\n\r\n", "x" * 100000 + "\r\n\r\n",
                 "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                 "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                 "POST / HTTP/1.1\r\nfoo\r\n\r\n"):
        with socket.create_connection((lab.host, lab.port), 60) as sock:
            sock.sendall(text.encode())
            try:
                answer = sock.recv(100)
            except ConnectionResetError:
                answer = b""  # it had no time for all of it
            tap.true(answer[:10] in (b"HTTP/1.1 4", b""), answer)
    if lab.host6:
        with Client(lab, host=lab.host6) as client:
            tap.equal(len(client.all()), 10)
    fields = dict(lab.heard()[-1]["headers"])
    tap.equal(fields["Content-Type"], SOAP_TYPE, "what was heard is kept")


@tap.case("the package names all of its settings, rules and faults")
def named(_):
    words = set(re.findall(r"\w+", wsmanlab.__doc__))
    tap.equal({*settings.DEFAULTS, *rules.ANYWHERE, *rules.AT_OPERATIONS,
               *rules.OPERATIONS, *FAULTS} - words, set())


if __name__ == "__main__":
    wsmantest.main()
