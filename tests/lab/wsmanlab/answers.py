# SPDX-License-Identifier: LGPL-3.0-or-later
"""What is answered, as trees: envelopes, instances, the methods' output."""

import re
import uuid

from . import names
from .names import ADDRESSING, CIM, MICROSOFT, SOAP, WSMAN, XSI
from .table import PROPERTIES
from .xmlwrite import Name, Node, Raw, Writer

ENCODINGS = {"utf-8": ("utf-8", b""), "utf-8-bom": ("utf-8", b"\xef\xbb\xbf"),
             "utf-16": ("utf-16-le", b"\xff\xfe"),
             "utf-16-be": ("utf-16-be", b"\xfe\xff")}


def new_id():
    return f"uuid:{str(uuid.uuid4()).upper()}"


def relates_to(message_id, form):
    if not message_id or form == "absent":
        return []
    text = {"wrong": new_id(), "lower": message_id.lower()}.get(
        form, message_id)
    return [Node(ADDRESSING, "RelatesTo", text)]


def envelope(action, message_id, body, settings, more=()):
    """An answer's envelope; body may be None."""
    header = Node(
        SOAP, "Header", Node(ADDRESSING, "Action", action),
        Node(ADDRESSING, "MessageID", new_id()),
        Node(MICROSOFT, "OperationID", new_id(),
             attributes={(SOAP, "mustUnderstand"): "false"}),
        Node(MICROSOFT, "SequenceId", "1"),
        Node(ADDRESSING, "To", names.ANONYMOUS),
        *relates_to(message_id, settings["relates"]), *more)
    made = Node(SOAP, "Envelope", header,
                Node(SOAP, "Body", *([] if body is None else [body])))
    if settings["extras"]:
        header.add(Node(names.VENDOR, "Trace", Node(
            names.VENDOR, "Action", "nothing"),
            attributes={(SOAP, "mustUnderstand"): "false"}))
        header.add(Raw("<!-- a comment -->"))
        made.attributes[(names.VENDOR, "hint")] = "1"
    return made


# Where elements meet, and no text, comment or CDATA section is near.
BETWEEN = re.compile(r"(?<![\]\-])><(?!!)")


class Style:
    """How one answer is written."""

    def __init__(self, settings):
        self.settings = settings
        self.writer = Writer(settings["prefixes"])

    def indented(self, text):
        if not self.settings["indent"]:
            return text
        return BETWEEN.sub(">\n  <", text)

    def encode(self, root):
        text = self.indented(self.writer.document(root))
        codec, mark = ENCODINGS[self.settings["encoding"]]
        if self.settings["declaration"]:
            name = "utf-8" if codec == "utf-8" else "utf-16"
            text = f'<?xml version="1.0" encoding="{name}"?>\n{text}'
        return mark + text.encode(codec)

    def content_type(self):
        charset = "UTF-16" if "16" in self.settings["encoding"] else "UTF-8"
        return (self.settings["content_type"]
                or f"application/soap+xml;charset={charset}")

    # Instances.

    def class_space(self, request):
        """The namespace of what belongs to the class."""
        form = self.settings["item_namespace"]
        wmi = form == "wmi" or (form == "request"
                                and request.uri.startswith(names.WMI))
        path = names.NAMESPACE if not request.space else request.space
        space = (f"{names.WMI}{path}/{names.CLASS}" if wmi
                 else names.DMTF_CLASS + names.CLASS)
        case = self.settings["namespace_case"]
        if case == "as_is":
            return space
        # The host's name stays, and so does what no server varies.
        head, sep, tail = space.partition("wbem/")
        return head + sep + (tail.lower() if case == "lower"
                             else tail.upper())

    def item(self, session, space):
        """One instance, rendered for where an item stands."""
        settings = self.settings
        made = Node(space, names.CLASS, attributes={
            (XSI, "type"): Name(space, names.CLASS + "_Type")},
            declare=(XSI, space, CIM))
        values = session.values()
        order = list(PROPERTIES)
        if settings["order"] == "reversed":
            order.reverse()
        if settings["smb_instance"] == "absent":
            order.remove("SmbInstance")
        for name in order:
            node = self._property(session, space, name, values[name])
            if node is not None:
                made.add(node)
        if settings["extras"]:
            made.attributes[(names.VENDOR, "etag")] = "W/\"1\""
            made.add(Node(space, "PSComputerName", "nobody"),
                     Node(names.VENDOR, "SessionId", "1"),
                     Node(space, "Nested", Node(space, "SessionId", "2"),
                          Node(space, names.CLASS, Node(
                              space, "ClientUserName", "nested"))),
                     Raw("<!-- <p:SessionId>3</p:SessionId> -->"),
                     Raw("<?vendor SessionId=4?>"))
        return self.indented(self.writer.write(
            made, self.writer.root_scope()))

    def _property(self, session, space, name, value):
        settings = self.settings
        how = settings["properties"].get(name)
        if name in session.absent or how == "absent":
            return None
        attributes = {}
        if settings["types"]:
            kind = PROPERTIES[name]
            attributes[(XSI, "type")] = Name(
                CIM, "cim" + kind[0].upper() + kind[1:])
        nil = value is None or name in session.nil or how == "nil"
        text = "" if value is None else str(value)
        if name in session.empty or how == "empty":
            nil, text = False, ""
        if name in session.raw:
            nil, text = False, session.raw[name]
        if how and how.startswith("="):
            nil, text = False, how[1:]
        if nil and settings["nil"] == "absent":
            return None
        if nil:
            if settings["nil"] == "xsi":
                attributes[(XSI, "nil")] = "true"
            return Node(space, name, attributes=attributes)
        if settings["extras"] and text and "]" not in text:
            # The same text, in pieces.
            return Node(space, name, text[:1], Raw("<!-- . -->"),
                        Raw(f"<![CDATA[{text[1:]}]]>"),
                        attributes=attributes)
        return Node(space, name, *([text] if text else []),
                    attributes=attributes)


def output(value, space, form):
    """ForceClose's answer; None for an empty body."""
    name = names.METHOD if form in ("method", "own_namespace") else (
        names.METHOD + "_OUTPUT")
    if form == "empty_body":
        return None
    if form == "own_namespace":
        space = f"{space}/{names.METHOD}"
    made = Node(space, name)
    if form == "nil_value":
        made.add(Node(space, "ReturnValue",
                      attributes={(XSI, "nil"): "true"}))
    elif form == "text_value":
        made.add(Node(space, "ReturnValue", "none"))
    elif form != "no_value":
        made.add(Node(space, "ReturnValue", str(value), declare=(CIM,)))
    return made


def identity(vendor):
    space = names.IDENTITY
    return Node(space, "IdentifyResponse",
                Node(space, "ProtocolVersion", WSMAN),
                Node(space, "ProductVendor", vendor),
                Node(space, "ProductVersion",
                     "OS: 10.0.20348 SP: 0.0 Stack: 3.0"))
