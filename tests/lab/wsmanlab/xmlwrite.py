# SPDX-License-Identifier: LGPL-3.0-or-later
"""Elements, and how their names and prefixes are written.

The same tree can be written with Windows' prefixes, with others, with default
namespaces at each element, or with prefixes that mean something else than
they do at Windows.
"""

from . import names

WINDOWS = {
    names.SOAP: "s", names.ADDRESSING: "a", names.TRANSFER: "x",
    names.EVENTING: "e", names.ENUMERATION: "n", names.WSMAN: "w",
    names.MICROSOFT: "p", names.FAULT: "f", names.CIMBINDING: "b",
    names.XSI: "xsi", names.CIM: "cim", names.IDENTITY: "wsmid",
    names.VENDOR: "v",
}
OTHER = dict(zip(WINDOWS, (
    "SOAP-ENV", "wsa", "wxf", "wse", "wsen", "wsman", "ms", "ns1", "wsmb",
    "XMLSchema-instance", "_c", "i.d", "ext")))
SWAPPED = dict(WINDOWS, **{
    names.SOAP: "a", names.ADDRESSING: "s", names.ENUMERATION: "w",
    names.WSMAN: "n", names.MICROSOFT: "f", names.FAULT: "p"})
STYLES = {"windows": (WINDOWS, "p"), "other": (OTHER, "cls"),
          "swapped": (SWAPPED, "s"), "default": (OTHER, "q")}
# What Windows declares at the envelope, used or not.
AT_ROOT = (names.SOAP, names.ADDRESSING, names.TRANSFER, names.EVENTING,
           names.ENUMERATION, names.WSMAN, names.MICROSOFT)


class Node:
    """attributes: (namespace or "", name): text, or a Name as a QName."""

    __slots__ = ("space", "name", "attributes", "children", "declare")

    def __init__(self, space, name, *children, attributes=None, declare=()):
        self.space, self.name, self.children = space, name, list(children)
        self.attributes = attributes or {}
        self.declare = declare

    def add(self, *children):
        self.children.extend(children)
        return self


class Raw(str):
    """What is written as it is."""


class Name:
    """A QName in content."""

    def __init__(self, space, name):
        self.space, self.name = space, name


def escape(text):
    return (str(text).replace("&", "&amp;").replace("<", "&lt;")
            .replace(">", "&gt;").replace("\r", "&#13;"))


def quoted(text):
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;")


class Writer:
    def __init__(self, style="windows"):
        self.known, self.others = STYLES[style]
        self.default = style == "default"

    def prefix(self, space):
        return self.known.get(space, self.others)

    def document(self, root, language="en-US"):
        if not self.default:
            root.declare = AT_ROOT
        root.attributes.setdefault((names.XML, "lang"), language)
        return self.write(root)

    def write(self, node, scope=None):
        made = []
        self._element(node, scope or {}, made)
        return "".join(made)

    def root_scope(self):
        """What is declared where an item stands."""
        return {} if self.default else {
            space: self.prefix(space) for space in AT_ROOT}

    def _bind(self, space, scope, declared):
        """The prefix of a namespace, declared here where it is not yet."""
        if space == names.XML:
            return "xml"
        prefix = scope.get(space)
        if prefix is None:
            prefix = self.prefix(space)
            for other in [key for key, value in scope.items()
                          if value == prefix]:
                del scope[other]
            scope[space] = prefix
            declared[f"xmlns:{prefix}"] = space
        return prefix

    def _element(self, node, scope, made):
        scope, declared = dict(scope), {}
        if self.default:
            name = node.name
            if scope.get(None) != node.space:
                declared["xmlns"] = scope[None] = node.space
        else:
            for space in node.declare:
                self._bind(space, scope, declared)
            name = f"{self._bind(node.space, scope, declared)}:{node.name}"
        if self.default:
            for space in node.declare:
                if space != node.space:
                    self._bind(space, scope, declared)
        attributes = []
        for (space, key), value in node.attributes.items():
            if isinstance(value, Name):
                bound = self._bind(value.space, scope, declared)
                value = f"{bound}:{value.name}"
            if space:
                key = f"{self._bind(space, scope, declared)}:{key}"
            attributes.append(f' {key}="{quoted(value)}"')
        inside = []
        for child in node.children:
            if isinstance(child, Name):
                bound = self._bind(child.space, scope, declared)
                inside.append(f"{bound}:{child.name}")
        head = "".join(f' {key}="{quoted(value)}"'
                       for key, value in declared.items())
        made.append(f"<{name}{head}{''.join(attributes)}")
        if not node.children:
            made.append("/>")
            return
        made.append(">")
        for child in node.children:
            if isinstance(child, Node):
                self._element(child, scope, made)
            elif isinstance(child, Name):
                made.append(inside.pop(0))
            elif isinstance(child, Raw):
                made.append(child)
            else:
                made.append(escape(child))
        made.append(f"</{name}>")
