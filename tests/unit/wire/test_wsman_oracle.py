#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""The WS-Management codec against Python's expat.

What we write is read by xml.etree, which knows nothing of it, and a reader of
WQL made for this; what xml.etree writes of random sessions, in any encoding,
prefix and form, is read by us.  Usage: test_wsman_oracle.py WSMAN_TOOL
"""
import os
import random
import re
import subprocess
import sys
import time
import uuid
import xml.etree.ElementTree as ET

CASES = 150
SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MICROSOFT = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
SPACE = "root/Microsoft/Windows/SMB"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/" + SPACE
CLASSES = ("http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
           "MSFT_SmbSession", WMI + "/MSFT_SmbSession")
DIALECT = "http://schemas.microsoft.com/wbem/wsman/1/WQL"

PROPERTIES = ("SessionId", "ClientComputerName", "ClientUserName",
              "ScopeName", "ClusterNodeName")
# Bits of include/smbmgmt/session.h, in the order of wsman_tool's numbers
# and texts.
NUMBERS = (("NumOpens", 3, 2**64), ("SecondsExists", 4, 2**32),
           ("SecondsIdle", 5, 2**32), ("SmbInstance", 8, 4))
TEXTS = (("ClientComputerName", 1), ("ClientUserName", 2), ("ScopeName", 6),
         ("ClusterNodeName", 7), ("Dialect", 9), ("TransportName", 10))
NO_INSTANCE = 4


class Mismatch(Exception):
    pass


def expect(what, got, wanted):
    if got != wanted:
        raise Mismatch(f"{what}: {got!r} instead of {wanted!r}")


def hexed(text):
    return text.encode().hex() or "-"


class Ours:
    """Our own codec, behind wsman_tool."""

    def __init__(self, path):
        self.tool = subprocess.Popen([path], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.tool.stdin.write(" ".join(map(str, words)) + "\n")
        self.tool.stdin.flush()
        return self.tool.stdout.readline().split()

    def message(self, *words):
        answer = self.ask(*words)
        expect("wsman_tool", answer[0], "ok")
        return ET.fromstring(bytes.fromhex(answer[1]))

    def close(self):
        self.tool.stdin.close()
        self.tool.stdout.close()
        return self.tool.wait(60)


CHARACTERS = "ab<>&'\"\\ \t\r\n;]-=%*[]/\u00e9\u00df\u20ac\U0001f600\x7f"


def some_text(rng, characters=CHARACTERS, least=0, most=20):
    return "".join(rng.choice(characters)
                   for _ in range(rng.randint(least, most)))


# --- what we send

class Request:
    """Random values of what every request says."""

    def __init__(self, rng):
        self.to = some_text(rng, least=1)
        self.id = f"uuid:{uuid.UUID(int=rng.getrandbits(128))}"
        self.envelope = rng.getrandbits(32)
        self.timeout = rng.choice((0, 1, 999, 1000, 60000,
                                   rng.getrandbits(32)))
        self.form = rng.randrange(3)
        self.instance = rng.randrange(NO_INSTANCE + 1)

    def words(self):
        return (hexed(self.to), hexed(self.id), self.envelope, self.timeout,
                self.form, self.instance)


def the(parent, space, name):
    found = parent.findall(f"{{{space}}}{name}")
    expect(f"{name}s", len(found), 1)
    return found[0]


def value(parent, space, name, must=None):
    element = the(parent, space, name)
    expect(f"children of {name}", len(element), 0)
    expect(f"mustUnderstand of {name}",
           element.get(f"{{{SOAP}}}mustUnderstand"), must)
    return element.text or ""


def check_duration(header, milliseconds):
    found = header.findall(f"{{{WSMAN}}}OperationTimeout")
    expect("time-outs", len(found), 0 if milliseconds == 0 else 1)
    for element in found:
        parts = re.fullmatch(r"PT(\d+)\.(\d{3})S", element.text)
        expect("time-out", int(parts[1]) * 1000 + int(parts[2]), milliseconds)


def check_header(header, request, uri, action, selectors):
    must = "true"
    expect("To", value(header, ADDRESSING, "To"), request.to)
    expect("URI", value(header, WSMAN, "ResourceURI", must), uri)
    expect("ReplyTo",
           value(the(header, ADDRESSING, "ReplyTo"), ADDRESSING, "Address",
                 must), ADDRESSING + "/role/anonymous")
    expect("Action", value(header, ADDRESSING, "Action", must), action)
    expect("id", value(header, ADDRESSING, "MessageID"), request.id)
    expect("envelope", value(header, WSMAN, "MaxEnvelopeSize", must),
           str(request.envelope))
    for space, name in ((WSMAN, "Locale"), (MICROSOFT, "DataLocale")):
        expect(name, value(header, space, name, "false"), "")
        expect(name, the(header, space, name).get(f"{{{XML}}}lang"), "en-US")
    check_duration(header, request.timeout)
    options = {option.get("Name"): option.text
               for option in header.findall(
                   f"{{{WSMAN}}}OptionSet/{{{WSMAN}}}Option")}
    expect("options", options, {} if request.instance == NO_INSTANCE
           else {"SmbInstance": str(request.instance)})
    for options in header.findall(f"{{{WSMAN}}}OptionSet"):
        expect("options", options.get(f"{{{SOAP}}}mustUnderstand"), must)
    expect("selectors",
           {selector.get("Name"): selector.text for selector in
            header.findall(f"{{{WSMAN}}}SelectorSet/{{{WSMAN}}}Selector")},
           selectors)


def check_envelope(envelope, *about):
    """The one element of the body."""
    expect("root", envelope.tag, f"{{{SOAP}}}Envelope")
    expect("parts", [part.tag for part in envelope],
           [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"])
    if about:
        check_header(envelope[0], *about)
    expect("bodies", len(envelope[1]), 1)
    return envelope[1][0]


class Wql:
    """A reader of what queries of ours may say."""

    TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^'\\]|\\['\\])*')|(?P<word>\w+)|"
                       r"(?P<mark>>=|<=|=|\(|\)))")

    def __init__(self, query):
        head = "SELECT * FROM MSFT_SmbSession"
        expect("query", query[:len(head)], head)
        self.rest, self.tokens = query[len(head):], []
        while self.rest:
            token = self.TOKEN.match(self.rest)
            if token is None:
                raise Mismatch(f"no WQL: {self.rest!r}")
            self.tokens.append(token)
            self.rest = self.rest[token.end():]

    def next(self):
        return self.tokens.pop(0)

    def at(self, text):
        return bool(self.tokens) and self.tokens[0][0].strip() == text

    def skip(self, text):
        if not self.at(text):
            raise Mismatch(f"no {text}: {self.tokens[:1]}")
        self.next()

    def read(self):
        """A function of a session."""
        if not self.tokens:
            return lambda session: True
        self.skip("WHERE")
        found = self.any_of("AND", lambda: self.group("OR"), all)
        expect("tokens", self.tokens, [])
        return found

    def any_of(self, word, term, join):
        terms = [term()]
        while self.at(word):
            self.next()
            terms.append(term())
        return lambda session: join(one(session) for one in terms)

    def group(self, word):
        self.skip("(")
        found = self.any_of(
            word, lambda: self.group("AND") if self.at("(") else
            self.comparison(), any if word == "OR" else all)
        self.skip(")")
        return found

    def comparison(self):
        name, mark, other = self.next()["word"], self.next()["mark"], \
            self.next()
        if other["text"] is None:
            number = int(other["word"])
            return {"=": lambda s: s[name] == number,
                    ">=": lambda s: s[name] >= number,
                    "<=": lambda s: s[name] <= number}[mark]
        expect("mark", mark, "=")
        text = re.sub(r"\\(.)", r"\1", other["text"][1:-1])
        return lambda s: s[name].lower() == text.lower()


NAMES = ("a", "A", "b", "LAB\\a", "o'n", "\\", "'", "*", "a' OR '1", "x y")


def some_select(rng):
    items = []
    for _ in range(rng.randint(1, 6)):
        kind = rng.randrange(5)
        if kind == 0:
            first = rng.choice((0, 1, 5, 2**53 + 1, 2**63 - 2))
            last = min(first + rng.choice((0, 0, 1, 3)), 2**63 - 1)
            if rng.random() < 0.1:
                last = rng.choice((2**63, 2**64 - 1))
            items.append((kind, first, last, ""))
        else:
            items.append((kind, 0, 0, rng.choice(NAMES)))
    return items


def selects(items, session):
    """Does what was asked for have this session?"""
    for kind in {item[0] for item in items}:
        mine = [item for item in items if item[0] == kind]
        if kind == 0:
            good = any(item[1] <= session["SessionId"] <= item[2]
                       for item in mine)
        else:
            seen = session[PROPERTIES[kind]].lower()
            good = any(seen in ((item[3].lower(),
                                 "\\\\" + item[3].lower())
                                if kind == 1 else (item[3].lower(),))
                       for item in mine)
        if not good:
            return False
    return True


def check_query(rng, query, items):
    """Never less than was asked; and no more, where all can be said."""
    selected = Wql(query).read()
    sayable = all(item[2] < 2**63 for item in items)
    for _ in range(40):
        session = {name: rng.choice(("", "\\\\")) + rng.choice(NAMES)
                   for name in PROPERTIES}
        session["SessionId"] = rng.choice((0, 1, 2, 5, 6, 2**53, 2**53 + 1,
                                           2**63 - 1, 2**63, 2**64 - 1))
        for item in items:
            if rng.random() < 0.7:
                session[PROPERTIES[item[0]]] = item[3] if item[0] else item[1]
        if selects(items, session):
            expect(f"{query} of {session}", selected(session), True)
        elif sayable:
            expect(f"{query} of {session}", selected(session), False)


def check_enumeration(rng, ours):
    request, items = Request(rng), rng.choice((None, some_select(rng)))
    verb = rng.choice(("enumerate", "pull", "release"))
    most, context = rng.getrandbits(32), some_text(rng)
    words = [verb, *request.words(),
             "-" if items is None else ",".join(
                 f"{kind}:{first}:{last}:{hexed(text)}"
                 for kind, first, last, text in items)]
    words += {"enumerate": [most], "pull": [hexed(context), most],
              "release": [hexed(context)]}[verb]
    uri = WMI + "/*" if items else CLASSES[min(request.form, 1)]
    body = check_envelope(
        ours.message(*words), request, uri,
        f"{ENUMERATION}/{verb.capitalize()}",
        {"__cimnamespace": SPACE}
        if uri == CLASSES[0] or request.form == 2 else {})
    expect("body", body.tag, f"{{{ENUMERATION}}}{verb.capitalize()}")
    if verb == "enumerate":
        value(body, WSMAN, "OptimizeEnumeration")
        expect("most", value(body, WSMAN, "MaxElements"), str(most))
        filters = body.findall(f"{{{WSMAN}}}Filter")
        expect("filters", len(filters), 1 if items else 0)
        for one in filters:
            expect("dialect", one.get("Dialect"), DIALECT)
            check_query(rng, one.text, items)
        return
    expect("context", value(body, ENUMERATION, "EnumerationContext"), context)
    if verb == "pull":
        expect("most", value(body, ENUMERATION, "MaxElements"), str(most))


def check_close(rng, ours):
    request = Request(rng)
    session = rng.choice((0, 2**53 + 1, 2**64 - 1, rng.getrandbits(64)))
    uri = CLASSES[min(request.form, 1)]
    selectors = {"SessionId": str(session)}
    if request.form != 1:
        selectors["__cimnamespace"] = SPACE
    body = check_envelope(ours.message("close", *request.words(), session),
                          request, uri, uri + "/ForceClose", selectors)
    expect("body", body.tag, f"{{{uri}}}ForceClose_INPUT")
    expect("arguments", len(body), 0)


def check_identify(_rng, ours):
    body = check_envelope(ours.message("identify"))
    expect("body", body.tag, f"{{{IDENTITY}}}Identify")


# --- what we are sent

def add(parent, space, name, text=None):
    element = ET.SubElement(parent, f"{{{space}}}{name}")
    element.text = text
    return element


def varied(rng, uri):
    return "".join(rng.choice((c.upper(), c.lower())) for c in uri) \
        if rng.random() < 0.3 else uri


def add_session(rng, items, space):
    """Its element, and the words that wsman_tool is to say of it."""
    item = add(items, space, "MSFT_SmbSession")
    have, numbers, texts = 1 | 1 << 8, [], []
    number = rng.choice((0, 2**53 + 1, 2**64 - 1, rng.getrandbits(64)))
    parts = [lambda: add(item, space, "SessionId", str(number))]

    def absent(name):
        how = rng.randrange(3)
        if how == 1:
            parts.append(lambda: add(item, space, name).set(f"{{{XSI}}}nil",
                                                            "true"))
        elif how == 2:
            parts.append(lambda: add(item, space, name, ""))

    for name, bit, bound in NUMBERS:
        shown = rng.choice((0, bound - 1, rng.randrange(bound)))
        if rng.random() < 0.2:
            absent(name)
            shown = 0
        else:
            parts.append(lambda name=name, shown=shown:
                         add(item, space, name, str(shown)))
            have |= 1 << bit
        numbers.append(str(shown))
    for name, bit in TEXTS:
        shown = some_text(rng, CHARACTERS.replace("\r", ""))
        if shown == "" or rng.random() < 0.2:
            absent(name)
            shown = ""
        else:
            parts.append(lambda name=name, shown=shown:
                         add(item, space, name, shown))
            have |= 1 << bit
        texts.append(hexed(shown))
    parts.append(lambda: add(item, space, "Unknown", "x"))
    rng.shuffle(parts)
    for part in parts:
        part()
    return [str(number), str(have)] + numbers + texts


def check_page(rng, ours):
    kind, name = rng.choice(((1, "EnumerateResponse"), (2, "PullResponse")))
    request_id = f"uuid:{uuid.UUID(int=rng.getrandbits(128))}"
    envelope = ET.Element(f"{{{SOAP}}}Envelope")
    header = add(envelope, SOAP, "Header")
    add(header, ADDRESSING, "Action", f"{ENUMERATION}/{name}")
    add(header, ADDRESSING, "RelatesTo", varied(rng, request_id))
    body = add(add(envelope, SOAP, "Body"), ENUMERATION, name)
    end, context = rng.random() < 0.5, some_text(rng, "abc<&>", 1)
    if not end:
        add(body, ENUMERATION, "EnumerationContext", context)
    items = add(body, rng.choice((WSMAN, ENUMERATION)), "Items")
    wanted = ["ok", "-" if end else hexed(context), str(int(end)), "-1"]
    for _ in range(rng.randrange(5)):
        wanted += add_session(rng, items, varied(rng, rng.choice(CLASSES)))
    if end:
        add(body, rng.choice((WSMAN, ENUMERATION)), "EndOfSequence")
    encoding = rng.choice(("utf-8", "utf-16", "us-ascii"))
    data = ET.tostring(envelope, encoding,
                       xml_declaration=rng.random() < 0.5)
    expect(f"{encoding} {data!r}",
           ours.ask("read", kind, hexed(request_id), data.hex()), wanted)


CHECKS = (("Identify", check_identify),
          ("Enumerate, Pull, Release", check_enumeration),
          ("Invoke", check_close), ("pages of sessions", check_page))


def run(good, *arguments):
    try:
        good(*arguments)
    except Exception as wrong:
        print("# " + repr(wrong).replace("\n", "\n# "))
        return False
    return True


def main():
    seed = int(os.environ.get("SMBMGMT_TEST_SEED", time.time_ns()))
    ours = Ours(sys.argv[1])
    results = []

    def say(good, what):
        results.append(good)
        print(f"{'ok' if good else 'not ok'} {len(results)} - {what}",
              flush=True)

    print(f"# SMBMGMT_TEST_SEED={seed}")
    print(f"1..{len(CHECKS) + 1}")
    for name, check in CHECKS:
        rng = random.Random(f"{seed} {name}")
        say(all(run(check, rng, ours) for _ in range(CASES)),
            f"expat: {name}, {CASES} cases")
    say(ours.close() == 0, "wsman_tool ends well")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
