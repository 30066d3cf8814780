# SPDX-License-Identifier: LGPL-3.0-or-later
"""A request's envelope: DSP0226 5 and 6, DSP0227, MS-WSMV 3.1.4.1.

What is there is read, and what is missing or must be understood and is not
is a fault.
"""

import re

from . import names, wql, xmlread
from .faults import Fault
from .names import ADDRESSING, ENUMERATION, MICROSOFT, SOAP, WSMAN

UNDERSTOOD = {
    (ADDRESSING, name) for name in
    ("To", "Action", "MessageID", "ReplyTo", "FaultTo", "RelatesTo", "From")
} | {
    (WSMAN, name) for name in
    ("ResourceURI", "SelectorSet", "OptionSet", "OperationTimeout",
     "MaxEnvelopeSize", "Locale", "RequestTotalItemsCountEstimate",
     "FragmentTransfer")
} | {
    (MICROSOFT, name) for name in
    ("DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId")
}
DURATION = re.compile(
    r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
UINT = re.compile(r"\d{1,20}")


def seconds(text):
    """xs:duration in seconds; None without one."""
    if text is None:
        return None
    match = DURATION.fullmatch(text)
    if not match or text in ("P", "PT"):
        raise Fault("schema", f"{text} is no duration")
    parts = [float(part or 0) for part in match.groups()]
    return sum(part * size for part, size
               in zip(parts, (86400, 3600, 60, 1)))


def number(text, least=1):
    """A count; None without one."""
    if text is None:
        return None
    if not UINT.fullmatch(text) or int(text) < least:
        raise Fault("schema", f"{text} is no such number")
    return int(text)


class Request:
    def __init__(self, soap):
        try:
            root = xmlread.parse(soap)
        except xmlread.XmlError as error:
            raise Fault("schema", f"The XML is not valid: {error}") from error
        if (root.space, root.name) != (SOAP, "Envelope"):
            raise Fault("schema", "no SOAP 1.2 envelope")
        body = root.find(SOAP, "Body")
        if body is None:
            raise Fault("schema", "no body")
        self.body = body.children[0] if body.children else None
        self.header = root.find(SOAP, "Header") or xmlread.Element(
            SOAP, "Header", {})
        find = self.header.text_of
        self.action = find(ADDRESSING, "Action") or ""
        self.message_id = find(ADDRESSING, "MessageID") or ""
        self.uri = find(WSMAN, "ResourceURI") or ""
        self.selectors = self._named("SelectorSet", "Selector")
        self.options = self._named("OptionSet", "Option")
        self.query_text = self.context = None
        self.max_envelope = self.timeout = None
        self.operation = self._operation()

    def _named(self, group, member):
        found = self.header.find(WSMAN, group)
        members = [] if found is None else found.all(WSMAN, member)
        return {member.attribute("Name") or "": member.text
                for member in members}

    def _operation(self):
        if self.body is not None and (self.body.space, self.body.name) == (
                names.IDENTITY, "Identify"):
            return "identify"
        return {names.ENUMERATE: "enumerate", names.PULL: "pull",
                names.RELEASE: "release"}.get(
                    self.action, "invoke" if self.action and not
                    self.action.startswith((ENUMERATION, names.TRANSFER))
                    else "other")

    # Checks.

    def check(self, settings):
        """The headers that every request but Identify needs."""
        if settings["must_understand"] == "check":
            self._must_understand(settings)
        for space, name in ((ADDRESSING, "Action"), (ADDRESSING, "MessageID"),
                            (ADDRESSING, "To"), (ADDRESSING, "ReplyTo")):
            if self.header.find(space, name) is None:
                raise Fault("header_required", f"no {name}")
        reply = self.header.text_of(ADDRESSING, "ReplyTo", "Address")
        if reply != names.ANONYMOUS:
            raise Fault("unsupported", f"ReplyTo {reply}")
        if not self.uri:
            raise Fault("resource_uri", "no ResourceURI")
        self.timeout = seconds(self.header.text_of(WSMAN, "OperationTimeout"))
        self.max_envelope = number(
            self.header.text_of(WSMAN, "MaxEnvelopeSize"))
        if self.max_envelope and self.max_envelope < settings["min_envelope"]:
            raise Fault("envelope_too_small")
        if self.operation == "other":
            raise Fault("action", f"no action {self.action}")

    def _must_understand(self, settings):
        for block in self.header.children:
            must = block.attribute("mustUnderstand", SOAP) or "false"
            if must.lower() not in ("1", "true"):
                continue
            if (block.space, block.name) not in UNDERSTOOD:
                raise Fault("must_understand",
                            not_understood=(block.space, block.name))
            language = block.attribute("lang", names.XML) or "en"
            if block.name in ("Locale", "DataLocale") and not \
                    language.lower().startswith("en"):
                raise Fault("unsupported", f"no language {language}")
        options = self.header.find(WSMAN, "OptionSet")
        for option in [] if options is None else options.children:
            if option.attribute("MustComply") in ("true", "1") and \
                    option.attribute("Name") != "SmbInstance":
                raise Fault("options",
                            f"no option {option.attribute('Name')}")

    def resource(self, settings):
        """(namespace, class) of the resource URI, either form; no check of
        their names.  A class of * is a query's.
        """
        given = {name.lower(): value for name, value
                 in self.selectors.items()}
        space = given.get("__cimnamespace")
        if self.uri.startswith(names.WMI) and settings["uris"] != "dmtf":
            path, _, name = self.uri[len(names.WMI):].rpartition("/")
            if settings["wmi_selector"] and space is None:
                raise Fault("selectors", "no __cimnamespace")
            return path, name
        if self.uri.startswith(names.DMTF_ALL) and settings["uris"] != "wmi":
            name = self.uri.rpartition("/")[2]
            if name != "*" and not self.uri.startswith(names.DMTF_CLASS):
                raise Fault("resource_uri")
            return space or "root/cimv2", name
        raise Fault("resource_uri", f"no resource {self.uri}")

    def instance(self, settings):
        """The SmbInstance that the options select."""
        chosen = 0
        for name, value in self.options.items():
            if name.lower() == "smbinstance":
                if value not in ("0", "1", "2", "3"):
                    raise Fault("options", f"SmbInstance {value}")
                chosen = int(value)
            elif settings["unknown_option"] == "fault":
                raise Fault("options", f"no option {name}")
        return chosen

    def filter(self):
        """(dialect, text) of an Enumerate's filter, or None.

        DSP0226 8.3 has it in w:Filter; WS-Enumeration's own is taken too.
        """
        for space in (WSMAN, ENUMERATION):
            found = self.body.find(space, "Filter")
            if found is not None:
                return found.attribute("Dialect") or "", found.text
        return None

    def query(self, text, settings, properties):
        self.query_text = text
        try:
            return wql.Query(text, properties, settings["u64_max"])
        except wql.QueryError as error:
            raise Fault("invalid_query", f"{error}") from error
