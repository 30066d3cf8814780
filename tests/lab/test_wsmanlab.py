#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4 proves itself: the operations, as the specifications have them.

Numbers in brackets are sections of DSP0226 1.1; MS-WSMV's are named so.
"""

import time

from smblab import tap, wsmantest
from smblab.wsmantest import (DMTF, DMTF_ALL, ENUM, IDENTIFY, SPACE, WMI,
                              Client, envelope, faulted, refused)

CLASS = "MSFT_SmbSession"
NAMES = ["ClientComputerName", "ClientUserName", "ClusterNodeName", "Dialect",
         "NumOpens", "ScopeName", "SecondsExists", "SecondsIdle", "SessionId",
         "SmbInstance", "TransportName"]


@tap.case("Identify (11), with credentials, with wrong ones, without any")
def identify(lab):
    with Client(lab) as client:
        body = client.send(IDENTIFY).find(f"{wsmantest.S}Body")[0]
        tap.equal(wsmantest.local(body), "IdentifyResponse")
        tap.equal([wsmantest.local(node) for node in body],
                  ["ProtocolVersion", "ProductVendor", "ProductVersion"])
        tap.equal(body[0].text, wsmantest.W[1:-1])
        lab.set(vendor="<&>")
        body = client.send(IDENTIFY).find(f"{wsmantest.S}Body")[0]
        tap.equal(body[1].text, "<&>")
        client.authorization = None
        tap.equal(client.post(IDENTIFY)[0].status, 401)
        lab.set(anonymous_identify=True)
        tap.equal(client.post(
            IDENTIFY, WSMANIDENTIFY="unauthenticated")[0].status, 200)
        tap.equal(client.post(
            envelope(f"{ENUM}/Enumerate", "<n:Enumerate/>"),
            WSMANIDENTIFY="unauthenticated")[0].status, 401)
    with Client(lab, "nobody") as client:
        tap.equal(client.post(IDENTIFY)[0].status, 401)
    tap.equal(lab.counts()["identify"], 3)


@tap.case("Enumerate and Pull (8.2, 8.4): page by page, to the end")
def plain(lab):
    ids = [row["id"] for row in lab.sessions([{"times": 7}])]
    with Client(lab) as client:
        first = client.enumerate()
        tap.equal((first.items, first.has_items, first.end),
                  ([], False, False))
        tap.true(first.context, "a context")
        pages, context = [], first.context
        while not pages or not pages[-1].end:
            pages.append(client.pull(context, 3))
            context = pages[-1].context
        tap.equal([len(page.items) for page in pages], [3, 3, 1])
        tap.equal([page.context is None for page in pages],
                  [False, False, True])
        tap.equal([int(item["SessionId"]) for page in pages
                   for item in page.items], ids)
        # WS-Enumeration 3.2: without MaxElements it is one.
        tap.equal(len(client.pull(client.enumerate().context, None).items), 1)
        # 8.2.2: the estimate that may be asked for.
        page = client.enumerate(
            more="<w:RequestTotalItemsCountEstimate/>")
        tap.equal(page.estimate, "7")
    tap.equal({name: count for name, count in lab.counts().items()
               if name in ("enumerate", "pull", "release")},
              {"enumerate": 3, "pull": 4, "release": 0})


@tap.case("optimized (8.2.3): all at once, some, none; the end with each")
def optimized(lab):
    lab.sessions([{"times": 5}])
    with Client(lab) as client:
        page = client.enumerate(most=100)
        tap.equal((len(page.items), page.end, page.context), (5, True, ""))
        page = client.enumerate(most=2)
        tap.equal((len(page.items), page.end), (2, False))
        tap.equal(len(client.pull(page.context).items), 3)
        lab.sessions([])
        page = client.enumerate(most=2)
        tap.equal((page.items, page.has_items, page.end), ([], True, True))
        tap.equal(client.all(most=None), [])
    tap.equal(lab.contexts(), 0)


@tap.case("an instance: all properties in order, NULL as nil, large ids, ages")
def instance(lab):
    large = (1 << 63) + 12345
    lab.sessions([
        {"id": large, "client": "[fe80::1%4]", "user": "LAB\\anna",
         "scope": "*", "node": "N1", "opens": 1 << 40, "exists": 100,
         "idle": 7, "dialect": "3.0.2", "transport": "RDMA <&>"},
        {"id": (1 << 53) + 1, "transport": None, "node": None,
         "frozen": True}])
    with Client(lab) as client:
        first, second = client.all()
        tap.equal(list(first), NAMES)
        tap.equal(int(first["SessionId"]), large)
        tap.equal(int(second["SessionId"]), (1 << 53) + 1)
        tap.equal((first["ClientComputerName"], first["ClientUserName"],
                   first["TransportName"], first["NumOpens"]),
                  ("[fe80::1%4]", "LAB\\anna", "RDMA <&>", str(1 << 40)))
        tap.equal((second["TransportName"], second["ClusterNodeName"],
                   second["ScopeName"]), (None, None, "*"))
        time.sleep(1.1)
        later = client.all()[0]
        grown = int(later["SecondsExists"]) - int(first["SecondsExists"])
        tap.true(1 <= grown < 60, f"a second older, not {grown}")
        tap.equal(int(later["SecondsIdle"]) - int(first["SecondsIdle"]),
                  grown)
        tap.equal(client.all()[1]["SecondsExists"], "60", "frozen")


@tap.case("resource URIs (DSP0227 and WMI's own): both forms, any case")
def uris(lab):
    lab.sessions([{}])
    with Client(lab) as client:
        for uri, selectors in (
                (DMTF, {"__cimnamespace": SPACE.lower()}),
                (DMTF, {"__CIMNamespace": SPACE.upper()}),
                (WMI + CLASS, {}), (WMI.lower() + CLASS.lower(), {}),
                (WMI + CLASS, {"__cimnamespace": SPACE})):
            tap.equal(len(client.all(uri=uri, selectors=selectors)), 1, uri)
        tags = {}
        for uri in (DMTF, WMI + CLASS):
            page = client.enumerate(most=1, uri=uri)
            tags[uri] = page.body.find(f"{wsmantest.W}Items")[0].tag
        tap.equal(tags, {uri: f"{{{uri}}}{CLASS}" for uri in tags})
        for uri in (WMI + "*", DMTF_ALL):
            tap.equal(len(client.all(f"SELECT * FROM {CLASS}", uri=uri)), 1)
            faulted(lambda uri=uri: client.enumerate(uri=uri),
                    "CannotProcessFilter")
        faulted(lambda: client.all(uri=DMTF, selectors={}), cim=3)
        faulted(lambda: client.all(uri=DMTF + "x"), cim=5)
        faulted(lambda: client.all(uri=WMI.replace("SMB", "SNB") + CLASS),
                cim=3)
        faulted(lambda: client.all(uri=WMI + "MSFT_SmbShare"), cim=5)
        faulted(lambda: client.all("SELECT * FROM MSFT_SmbShare",
                                   uri=WMI + "*"), cim=5)
        faulted(lambda: client.all(uri="http://other.example/x"),
                "DestinationUnreachable")
        lab.set(uris="dmtf")
        faulted(lambda: client.all(uri=WMI + CLASS))
        lab.set(uris="both", wmi_selector=True)
        faulted(lambda: client.all(uri=WMI + CLASS), "InvalidSelectors")
        for smb, status in (("no_class", 5), ("no_namespace", 3)):
            lab.set(smb=smb)
            faulted(client.all, cim=status)


ROWS = [
    {"id": 1, "client": "PC1", "user": "LAB\\anna", "opens": 0},
    {"id": 2, "client": "pc1", "user": "LAB\\o'brien", "node": None},
    {"id": 3, "client": "[fe80::1]", "user": "ANNA", "opens": 5},
    {"id": (1 << 63) + 1, "client": "", "user": "Lab\\J\u00dcRGEN",
     "scope": "FS1"},
    {"id": (1 << 64) - 1, "client": "x]%_", "user": "LAB\\dora"},
]
BIG, MAX = (1 << 63) + 1, (1 << 64) - 1
QUERIES = [
    ("", [1, 2, 3, BIG, MAX]),
    ("WHERE SessionId = 2", [2]),
    ("where sessionid='2'", [2]),
    ("WHERE (SessionId = 1) OR (SessionId = 3)", [1, 3]),
    ("WHERE ((SessionId = 1) OR (SessionId = 2)) AND "
     "((ClientUserName = 'LAB\\\\ANNA'))", [1]),
    ("WHERE SessionId=1 OR SessionId=2 AND ClientComputerName='no'", [1]),
    ("WHERE ClientUserName = 'lab\\\\o\\'brien'", [2]),
    ('WHERE ClientUserName = "lab\\\\o\'brien"', [2]),
    ("WHERE ClientUserName = 'LAB\\\\j\u00fcrgen'", [BIG]),
    ("WHERE ClientComputerName = 'pC1'", [1, 2]),
    ("WHERE ClientComputerName = ''", [BIG]),
    ("WHERE NOT ClientComputerName = 'pc1'", [3, BIG, MAX]),
    ("WHERE NOT (NumOpens > 0 OR SessionId > 100)", [1, 2]),
    ("WHERE SessionId <> 1 AND SessionId <= 3", [2, 3]),
    ("WHERE SessionId != 1 AND SessionId < 3", [2]),
    (f"WHERE SessionId >= {BIG}", [BIG, MAX]),
    (f"WHERE SessionId = {MAX}", [MAX]),
    ("WHERE 3 < SessionId", [BIG, MAX]),
    ("WHERE SessionId = 0x3", [3]),
    ("WHERE ScopeName <> '*'", [BIG]),
    ("WHERE ClusterNodeName IS NULL", [2]),
    ("WHERE ClusterNodeName = NULL", [2]),
    ("WHERE ClusterNodeName <> 'x' AND SessionId < 4", [1, 3]),
    ("WHERE NOT ClusterNodeName = 'x' AND SessionId < 4", [1, 3]),
    ("WHERE NOT (ClusterNodeName = 'x' OR SessionId > 3)", [1, 3]),
    ("WHERE ClusterNodeName = 'x' OR SessionId = 2", [2]),
    ("WHERE ClientUserName LIKE '%ANN%'", [1, 3]),
    ("WHERE SessionId = 1" + " OR SessionId = 3" * 500, [1, 3]),
    ("WHERE SessionId < 0", []),
]
BROKEN = [
    "SELECT", "SELECT * FROM", f"SELECT * FROM {CLASS} WHERE",
    f"SELECT SessionId FROM {CLASS}", "* FROM x",
    *(f"SELECT * FROM {CLASS} {rest}" for rest in (
        "WHERE SessionId", "WHERE SessionId =", "WHERE (SessionId = 1",
        "WHERE SessionId = 1)", "WHERE Nothing = 1", "WHERE SessionId = 'x'",
        "WHERE ClientUserName = 1", "WHERE SessionId == 1",
        "WHERE ClientUserName = 'a", "WHERE ClientUserName = 'a\\'",
        "WHERE SessionId = 1 AND", "WHERE OR", "HAVING 1", "WHERE a.b = 1",
        "WHERE SessionId = 1; DROP", "WHERE " + "(" * 1000))]


@tap.case("WQL (8.3, MS-WSMV 3.1.4.8): what is selected, what is no query")
def queries(lab):
    lab.sessions(ROWS)
    with Client(lab) as client:
        for rest, wanted in QUERIES:
            text = f"SELECT * FROM {CLASS} {rest}".strip()
            tap.equal(client.ids(text), wanted, text[:100])
        tap.equal(lab.queries()[1],
                  f"SELECT * FROM {CLASS} WHERE SessionId = 2")
        tap.equal(len(lab.queries()), len(QUERIES))
        for text in BROKEN:
            faulted(lambda text=text: client.enumerate(text),
                    "CannotProcessFilter", 15)
        lab.set(u64_max="nothing")
        text = f"SELECT * FROM {CLASS} WHERE SessionId = {MAX}"
        tap.equal(client.ids(text), [])
        faulted(lambda: client.enumerate(text, dialect="http://x/xpath"),
                "FilterDialectRequestedUnavailable")
        lab.set(bad_dialect="empty_500")
        refused(lambda: client.enumerate(text, dialect="CQL"), 500)


@tap.case("options (6.4): SmbInstance chooses; what is unknown")
def options(lab):
    lab.sessions([{"id": 5, "user": "default"},
                  {"id": 5, "user": "csv", "instance": 1},
                  {"id": 6, "user": "sr", "instance": 3}])
    with Client(lab) as client:
        def users(**arguments):
            return [item["ClientUserName"]
                    for item in client.all(**arguments)]

        tap.equal(users(), ["default"])
        for number, wanted in enumerate((["default"], ["csv"], [], ["sr"])):
            tap.equal(users(options={"SmbInstance": number}), wanted)
        tap.equal(users(options={"SmbInstance": 1, "Other": "x"}), ["csv"])
        faulted(lambda: users(options={"SmbInstance": 4}), "InvalidOptions")
        lab.set(unknown_option="fault")
        faulted(lambda: users(options={"Other": 4}), "InvalidOptions")
        tap.equal(client.close(5, options={"SmbInstance": 1})[1], "0")
        faulted(lambda: client.close(5, options={"SmbInstance": 1}), cim=6)
        tap.equal([(row["id"], row["instance"]) for row in lab.rows()],
                  [(5, 0), (6, 3)])
    tap.equal([invoke["instance"] for invoke in lab.invokes()], [1, 1])
    tap.equal(lab.requests()[1]["options"], {"SmbInstance": "0"})


@tap.case("MaxEnvelopeSize (6.2): no answer is larger; an item that is")
def envelopes(lab):
    ids = [row["id"] for row in lab.sessions([{"times": 200}])]
    with Client(lab) as client:
        for encoding in ("utf-8", "utf-16"):
            lab.set(encoding=encoding)
            for size in (8192, 20000, 65536):
                pages = []
                tap.equal(client.ids(most=1000, pull=1000, size=size,
                                     pages=pages), ids, size)
                largest = max(page.size for page in pages)
                tap.true(size * 3 // 4 < largest <= size,
                         f"{largest} of {size}")
        lab.set(encoding="utf-8", max_envelope=10000)
        pages = []
        tap.equal(client.ids(most=1000, pages=pages), ids)
        tap.true(max(page.size for page in pages) <= 10000, "its own limit")
        faulted(lambda: client.all(size=8191), "EncodingLimit")
        faulted(lambda: client.all(more="<x/>" * 4000), "EncodingLimit")
        lab.sessions([{"user": "u" * 9000}])
        faulted(lambda: client.enumerate(most=5, size=9000), "EncodingLimit")
        context = client.enumerate().context
        faulted(lambda: client.pull(context, size=9000), "EncodingLimit")
        lab.set(max_envelope=500000)
        tap.equal(len(client.pull(context).items), 1, "it is still valid")


@tap.case("Release (8.5); contexts that are wrong, used up, expired")
def contexts(lab):
    lab.sessions([{"times": 5}])
    with Client(lab) as client:
        context = client.enumerate(most=2).context
        tap.equal(lab.contexts(), 1)
        body = client.release(context).find(f"{wsmantest.S}Body")
        tap.equal((len(body), lab.contexts()), (0, 0))
        for again in (client.release, client.pull):
            fault = faulted(lambda again=again: again(context),
                            "InvalidEnumerationContext", code=0x8033801B)
            tap.equal(fault.action, f"{ENUM}/fault")
        first = client.enumerate(most=2).context
        client.pull(first, 1)
        faulted(lambda: client.pull(first), "InvalidEnumerationContext")
        lab.set(context="same")
        first = client.enumerate(most=2).context
        tap.equal(client.pull(first, 1).context, first)
        lab.set(context="absent")
        tap.equal(client.pull(first, 1).context, None)
        tap.equal(len(client.pull(first).items), 1)
        lab.set(context="new", context_seconds=0.05)
        context = client.enumerate(most=2).context
        time.sleep(0.1)
        faulted(lambda: client.pull(context), "InvalidEnumerationContext")


@tap.case("ForceClose (9): ends, comes again, stays, refuses, vanishes")
def close(lab):
    lab.sessions([
        {"id": 11}, {"id": 12, "on_close": "again", "client": "PC2"},
        {"id": 13, "on_close": "stays"},
        {"id": 14, "on_close": "refuses", "code": 1314},
        {"id": 15, "on_close": "vanishes"}, {"id": 16}])
    with Client(lab) as client:
        tap.equal(client.close(11), ("ForceClose_OUTPUT", "0"))
        tap.equal(client.close(12)[1], "0")
        tap.equal(client.close(13)[1], "0")
        tap.equal(client.close(14)[1], "1314")
        fault = faulted(lambda: client.close(15), cim=6)
        tap.equal(fault.detail["MessageID"], "HRESULT 0x80041002")
        faulted(lambda: client.close(11), cim=6)
        # By the other form, and with its own action.
        tap.equal(client.close(16, uri=WMI + CLASS)[1], "0")
    rows = lab.rows()
    tap.equal([row["id"] for row in rows][1:], [13, 14])
    tap.equal((rows[0]["client"], rows[0]["exists"]), ("PC2", 0))
    tap.true(rows[0]["id"] not in range(11, 17), "a new id")
    tap.equal([(invoke["id"], invoke["outcome"], invoke["principal"])
               for invoke in lab.invokes()],
              [(number, outcome, "admin") for number, outcome in (
                  (11, "ended"), (12, "again"), (13, "stays"),
                  (14, "refused"), (15, "vanished"), (11, "not_found"),
                  (16, "ended"))])
    lab.end(13)
    tap.equal(len(lab.rows()), 2)


@tap.case("an Invoke that is not one, and whose rights do not reach")
def not_closed(lab):
    lab.sessions([{"id": 1}])
    with Client(lab) as client:
        faulted(lambda: client.close("x"), "InvalidSelectors")
        faulted(lambda: client.close(1 << 64), "InvalidSelectors")
        faulted(lambda: client.close(1, selectors={"Other": "1"}),
                "InvalidSelectors")
        faulted(lambda: client.close(1, action=f"{DMTF}/Close"), cim=17)
        faulted(lambda: client.close(1, action="http://x/ForceClose"),
                "ActionNotSupported")
        faulted(lambda: client.close(1, body="<p:x xmlns:p='urn:x'/>"),
                "SchemaValidationError")
        faulted(lambda: client.close(1, uri=DMTF + "x"), cim=5)
        lab.set(invoke_action="dmtf")
        faulted(lambda: client.close(1, uri=WMI + CLASS),
                "ActionNotSupported")
        tap.equal(lab.invokes(), [])
    for user, lists, closes in (("lister", True, False),
                                ("nobodyrights", False, False),
                                ("operator", True, True)):
        with Client(lab, user) as client:
            if lists:
                tap.equal(client.ids(), [1])
            else:
                faulted(client.ids, "AccessDenied", 2)
            if closes:
                tap.equal(client.close(1)[1], "0")
            else:
                faulted(lambda client=client: client.close(1), cim=2)
    with Client(lab, "stranger") as client:
        faulted(client.ids, "AccessDenied", 0, 5)
    lab.add_user("eve", rights=("member", "close"))
    with Client(lab, "eve") as client:
        faulted(client.ids, cim=2)
        faulted(lambda: client.close(1), cim=6)
    tap.equal([invoke["outcome"] for invoke in lab.invokes()],
              ["denied", "denied", "ended", "not_found"])


@tap.case("headers: what is missing, not understood (5.4), no XML, a DTD")
def headers(lab):
    with Client(lab) as client:
        good = envelope(f"{ENUM}/Enumerate", "<n:Enumerate/>",
                        message="uuid:1-2")
        root = client.send(good)
        tap.equal(root.findtext(f"{wsmantest.S}Header/"
                                f"{wsmantest.A}RelatesTo"), "uuid:1-2")
        tap.equal(root.findtext(f"{wsmantest.S}Header/{wsmantest.A}Action"),
                  f"{ENUM}/EnumerateResponse")
        for element in ("a:To", "a:ReplyTo", "a:MessageID"):
            start = good.index(f"<{element}")
            end = good.index(f"</{element}>") + len(element) + 3
            faulted(lambda text=good[:start] + good[end:]: client.send(text),
                    "MessageInformationHeaderRequired")
        faulted(lambda: client.enumerate(uri=""), "DestinationUnreachable")
        faulted(lambda: client.call(f"{ENUM}/Renew", "<n:Renew/>"),
                "ActionNotSupported")
        strange = '<x:Y xmlns:x="urn:x" s:mustUnderstand="{}"/>'
        fault = faulted(lambda: client.all(more=strange.format("true")), "")
        tap.equal(fault.value, "MustUnderstand")
        tap.true(fault.header.find(f"{wsmantest.S}NotUnderstood")
                 .get("qname").endswith(":Y"), "which one")
        tap.equal(client.all(more=strange.format("false")), [])
        lab.set(must_understand="ignore")
        tap.equal(client.all(more=strange.format("1")), [])
        for text in ("", "<", "x", "<a/>", good[:-1], good + "<a/>",
                     "<!DOCTYPE a>" + good,
                     '<!DOCTYPE a [<!ENTITY b "c">]>' + good,
                     "<a>" * 1000 + "</a>" * 1000,
                     good.replace("</s:Header>", "<a>" * 200
                                  + "</a>" * 200 + "</s:Header>")):
            faulted(lambda text=text: client.send(text or " "),
                    "SchemaValidationError")
        tap.equal(client.send(good.encode("utf-16")).tag,
                  f"{wsmantest.S}Envelope")
        for body in ("", "<n:Pull/>", "<n:enumerates/>"):
            faulted(lambda body=body: client.call(f"{ENUM}/Enumerate", body),
                    "SchemaValidationError")
        faulted(lambda: client.enumerate(timeout="soon"),
                "SchemaValidationError")
        faulted(lambda: client.enumerate(most=0), "SchemaValidationError")
        faulted(lambda: client.enumerate(
            inside="<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>"),
            "UnsupportedFeature")


@tap.case("time-outs (6.1, 8.4): a Pull slower than it may be")
def timeouts(lab):
    lab.sessions([{}])
    lab.set(pull_ms=150)
    with Client(lab) as client:
        fault = faulted(lambda: client.all(timeout="PT0.05S"), "TimedOut",
                        code=0x80338029)
        tap.equal(fault.value, "Receiver")
        context = client.enumerate().context
        faulted(lambda: client.pull(
            context, inside="<n:MaxTime>PT0.050S</n:MaxTime>"), "TimedOut")
        began = time.monotonic()
        tap.equal(len(client.pull(context).items), 1)
        tap.true(time.monotonic() - began >= 0.14, "it took its time")


if __name__ == "__main__":
    wsmantest.main()
