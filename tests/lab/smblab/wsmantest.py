# SPDX-License-Identifier: LGPL-3.0-or-later
"""A WS-Management client for lab 4's own tests: http.client and envelopes.

It is made from DSP0226, DSP0227 and MS-WSMV and takes nothing from the server
or from the library's client: its envelopes are texts, its answers are read by
ElementTree.
"""

import base64
import contextlib
import http.client
import ssl
import uuid
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from . import tap
from .wsman import WsmanLab

S = "{http://www.w3.org/2003/05/soap-envelope}"
A = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
N = "{http://schemas.xmlsoap.org/ws/2004/09/enumeration}"
W = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
F = "{http://schemas.microsoft.com/wbem/wsman/1/wsmanfault}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ENUM = N[1:-1]
DMTF = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_SmbSession"
DMTF_ALL = "http://schemas.dmtf.org/wbem/wscim/1/*"
WMI = ("http://schemas.microsoft.com/wbem/wsman/1/wmi/"
       "root/Microsoft/Windows/SMB/")
SPACE = "root/Microsoft/Windows/SMB"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
SOAP_TYPE = "application/soap+xml;charset=UTF-8"
CLIENT_SECONDS = 60

# DSP0226 5.4, 6.1 to 6.4 and 5.1.2: the headers of a request.
ENVELOPE = """\
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
 xmlns:m="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">
<s:Header>
<a:To>http://server/wsman</a:To>
<a:ReplyTo><a:Address s:mustUnderstand="true">{anonymous}</a:Address>
</a:ReplyTo>
<a:Action s:mustUnderstand="true">{action}</a:Action>
<a:MessageID>{message}</a:MessageID>
<w:ResourceURI s:mustUnderstand="true">{uri}</w:ResourceURI>
<w:MaxEnvelopeSize s:mustUnderstand="true">{size}</w:MaxEnvelopeSize>
<w:Locale xml:lang="en-US" s:mustUnderstand="false"/>
<m:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>
<w:OperationTimeout>{timeout}</w:OperationTimeout>
{sets}</s:Header>
<s:Body>{body}</s:Body>
</s:Envelope>"""
ANONYMOUS = ("http://schemas.xmlsoap.org/ws/2004/08/addressing"
             "/role/anonymous")
IDENTIFY = (  # DSP0226 11: no header at all
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/'
    'wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body>'
    '</s:Envelope>')


def envelope(action, body, uri=DMTF, selectors=None, options=None,
             size=153600, timeout="PT60S", message=None, more=""):
    if selectors is None:
        selectors = {"__cimnamespace": SPACE} if "dmtf" in uri else {}
    sets = more
    for name, member, values in (("SelectorSet", "Selector", selectors),
                                 ("OptionSet", "Option", options)):
        inside = "".join(f'<w:{member} Name="{key}">{escape(str(value))}'
                         f"</w:{member}>"
                         for key, value in (values or {}).items())
        sets += f"<w:{name}>{inside}</w:{name}>" if inside else ""
    return ENVELOPE.format(
        anonymous=ANONYMOUS, action=action, uri=uri, size=size, sets=sets,
        timeout=timeout, body=body, message=message or f"uuid:{uuid.uuid4()}")


class Fault(Exception):
    """What a fault said; detail maps local names to texts, Code included."""

    def __init__(self, status, envelope):
        found = envelope.find(f"{S}Body/{S}Fault")
        self.status = status
        self.value = found.findtext(f"{S}Code/{S}Value").rpartition(":")[2]
        self.subcode = (found.findtext(f"{S}Code/{S}Subcode/{S}Value")
                        or "").rpartition(":")[2]
        self.text = found.findtext(f"{S}Reason/{S}Text")
        self.action = envelope.findtext(f"{S}Header/{A}Action")
        self.header = envelope.find(f"{S}Header")
        self.detail = {}
        for node in found.findall(f"{S}Detail//*"):
            self.detail[local(node)] = node.text
            if node.tag == f"{F}WSManFault":
                self.detail["Code"] = int(node.get("Code"))
        super().__init__(f"{status} {self.value} {self.subcode} "
                         f"{self.detail}")

    @property
    def cim(self):
        return int(self.detail.get("CIMStatusCode", 0))


class HttpError(Exception):
    def __init__(self, response, body):
        super().__init__(f"HTTP {response.status}")
        self.status, self.body = response.status, body
        self.headers = response.headers


def local(node):
    return node.tag.rpartition("}")[2]


def properties(node):
    """An instance's properties as texts, None where nil."""
    return {local(child): None if child.get(f"{XSI}nil") == "true"
            else child.text or "" for child in node}


class Page:
    """An EnumerateResponse or PullResponse."""

    def __init__(self, envelope, size):
        self.body = envelope.find(f"{S}Body")[0]
        self.size = size
        self.context = self.body.findtext(f"{N}EnumerationContext")
        self.items = [properties(node) for space in (N, W)
                      for node in self.body.findall(f"{space}Items/*")]
        self.has_items = any(self.body.find(f"{space}Items") is not None
                             for space in (N, W))
        self.end = any(self.body.find(f"{space}EndOfSequence") is not None
                       for space in (N, W))
        self.estimate = envelope.findtext(
            f"{S}Header/{W}TotalItemsCountEstimate")


class Client:
    def __init__(self, lab, user="admin", host=None, tls=False, port=None):
        host = host or lab.host
        if tls:
            context = ssl.create_default_context(cafile=lab.ca_file)
            self.http = http.client.HTTPSConnection(
                "localhost", port or lab.tls_port, timeout=CLIENT_SECONDS,
                context=context)
        else:
            self.http = http.client.HTTPConnection(
                host, port or lab.port, timeout=CLIENT_SECONDS)
        pair = f"{user}:{lab.passwords.get(user, 'nothing')}"
        self.authorization = "Basic " + base64.b64encode(
            pair.encode()).decode()
        self.uri = DMTF
        self.more = {}      # arguments of every envelope

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def post(self, data, path="/wsman", **headers):
        """The response and its whole body."""
        fields = {"Authorization": self.authorization,
                  "Content-Type": SOAP_TYPE}
        fields.update({name.replace("_", "-"): value
                       for name, value in headers.items()})
        if isinstance(data, str):
            data = data.encode()
        self.http.request("POST", path, data, {
            name: value for name, value in fields.items()
            if value is not None})
        response = self.http.getresponse()
        return response, response.read()

    def send(self, text):
        """The answer's envelope; raises its Fault."""
        response, body = self.post(text)
        if not body or response.status not in (200, 500):
            raise HttpError(response, body)
        root = ElementTree.fromstring(body)
        self.last = body
        if root.find(f"{S}Body/{S}Fault") is not None:
            raise Fault(response.status, root)
        tap.equal(response.status, 200)
        return root

    def call(self, action, body, **arguments):
        arguments = {"uri": self.uri, **self.more, **arguments}
        return self.send(envelope(action, body, **arguments))

    # DSP0226 8.2 to 8.5.

    def enumerate(self, query=None, most=None, dialect=WQL, inside="",
                  **arguments):
        """most: an optimized one (8.2.3); query: a filter (8.3)."""
        if most is not None:
            inside += ("<w:OptimizeEnumeration/>"
                       f"<w:MaxElements>{most}</w:MaxElements>")
        if query is not None:
            inside += f'<w:Filter Dialect="{dialect}">{escape(query)}' \
                      "</w:Filter>"
        root = self.call(f"{ENUM}/Enumerate",
                         f"<n:Enumerate>{inside}</n:Enumerate>", **arguments)
        return Page(root, len(self.last))

    def pull(self, context, most=100, inside="", **arguments):
        if most is not None:
            inside += f"<n:MaxElements>{most}</n:MaxElements>"
        root = self.call(
            f"{ENUM}/Pull", "<n:Pull><n:EnumerationContext>"
            f"{context}</n:EnumerationContext>{inside}</n:Pull>", **arguments)
        return Page(root, len(self.last))

    def release(self, context, **arguments):
        return self.call(
            f"{ENUM}/Release", "<n:Release><n:EnumerationContext>"
            f"{context}</n:EnumerationContext></n:Release>", **arguments)

    def all(self, query=None, most=100, pull=100, pages=None, limit=10000,
            **arguments):
        """All instances; pages gets every Page on the way."""
        pages = [] if pages is None else pages
        pages.append(self.enumerate(query, most, **arguments))
        arguments.pop("options", None)
        context = pages[0].context
        while not pages[-1].end:
            tap.true(len(pages) < limit, "an end")
            pages.append(self.pull(context, pull, **arguments))
            # WS-Enumeration 3.2: a context that is left out is the old one.
            context = pages[-1].context or context
        return [item for page in pages for item in page.items]

    def ids(self, *arguments, **named):
        return [int(item["SessionId"])
                for item in self.all(*arguments, **named)]

    def close(self, ident, body=None, action=None, selectors=None,
              **arguments):
        """ForceClose: the output's local name and ReturnValue."""
        uri = arguments.get("uri", self.uri)
        selectors = dict({"SessionId": ident}, **(selectors or {}))
        if "dmtf" in uri:
            selectors["__cimnamespace"] = SPACE
        root = self.call(action or f"{uri}/ForceClose", body if body is not
                         None else f'<p:ForceClose_INPUT xmlns:p="{uri}"/>',
                         selectors=selectors, **arguments)
        body = root.find(f"{S}Body")
        if not len(body):
            return None, None
        values = properties(body[0])
        return local(body[0]), values.get("ReturnValue")


def faulted(function, subcode=None, cim=None, code=None):
    """The fault a call must end with."""
    try:
        got = function()
    except Fault as fault:
        for wanted, found in ((subcode, fault.subcode), (cim, fault.cim),
                              (code, fault.detail.get("Code"))):
            tap.true(wanted in (None, found), f"{fault}, wanted {wanted}")
        return fault
    raise AssertionError(f"no fault but {got!r}")


def refused(function, status):
    """The bare HTTP status a call must end with."""
    try:
        got = function()
    except HttpError as error:
        tap.equal(error.status, status)
        return error
    raise AssertionError(f"no error but {got!r}")


def main(**settings):
    """Run the cases over one lab; each starts without rows or settings."""
    settings = dict({"schemes": ["Negotiate", "Basic"],
                     "allow_unencrypted": True}, **settings)
    with WsmanLab(**settings) as lab:
        @contextlib.contextmanager
        def cleared():
            lab.reset()
            yield lab
            tap.equal(lab.counts()["errors"], 0, lab.log())
        tap.main(cleared)
