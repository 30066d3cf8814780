# SPDX-License-Identifier: LGPL-3.0-or-later
"""A request's XML as a tree; no DTD, and only so deep (DSP0226 13)."""

from xml.parsers import expat

DEEPEST = 100


class XmlError(Exception):
    """Not the XML that a message may be."""


class Element:
    def __init__(self, space, name, attributes):
        self.space, self.name, self.attributes = space, name, attributes
        self.children, self.parts = [], []

    @property
    def text(self):
        return "".join(self.parts).strip()

    def all(self, space, name):
        return [child for child in self.children
                if (child.space, child.name) == (space, name)]

    def find(self, space, *names):
        """The first of a path of elements in one namespace, or None."""
        here = self
        for name in names:
            found = here.all(space, name)
            if not found:
                return None
            here = found[0]
        return here

    def text_of(self, space, *names):
        found = self.find(space, *names)
        return None if found is None else found.text

    def attribute(self, name, space=""):
        return self.attributes.get((space, name))


def split(name):
    space, _, local = name.rpartition("\n")
    return space, local


def parse(data):
    parser = expat.ParserCreate(namespace_separator="\n")
    root, stack = [], []

    def start(name, attributes):
        if len(stack) >= DEEPEST:
            raise XmlError("too deep")
        element = Element(*split(name), {split(key): value for key, value
                                         in attributes.items()})
        (stack[-1].children if stack else root).append(element)
        stack.append(element)

    def text(part):
        if stack:
            stack[-1].parts.append(part)

    def refuse(*_):
        raise XmlError("a document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlError(str(error)) from error
    return root[0]
