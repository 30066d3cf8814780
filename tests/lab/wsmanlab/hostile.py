# SPDX-License-Identifier: LGPL-3.0-or-later
"""Answers that no server should give: made from a good one, in UTF-8."""

import re

URL = "file:///etc/hostname"
PLACES = {"header": re.compile(r"<[\w.:-]*\bHeader\b[^<>]*(?<!/)>"),
          "body": re.compile(r"<[\w.:-]*\bBody\b[^<>]*(?<!/)>"),
          "item": re.compile(r"<[\w.:-]*\bMSFT_SmbSession\b[^<>]*(?<!/)>")}
TEXTS = [re.compile(rf"(<[\w.:-]*\b{name}\b[^<>]*(?<!/)>)[^<]*(<)")
         for name in ("ClientUserName", "ReturnValue", "Text", "To",
                      "ProductVendor")]


def insert(text, what, rule):
    """Behind a start tag: the one asked for, or the nearest there is."""
    for where in (rule.get("where", "header"), "header", "body"):
        match = PLACES[where].search(text)
        if match:
            return text[:match.end()] + what + text[match.end():]
    return text


def into_text(text, what):
    """In place of one value."""
    for pattern in TEXTS:
        changed, count = pattern.subn(
            lambda match: match.group(1) + what + match.group(2), text,
            count=1)
        if count:
            return changed
    return text


def before(text, doctype):
    return f"<!DOCTYPE z {doctype}>" + re.sub(r"^<\?xml.*?\?>\s*", "", text)


def dtd(text, rule):
    return before(text, "[<!ELEMENT z ANY>]")


def entity_bomb(text, rule):
    lines = ['<!ENTITY e0 "eeeeeeeeee">'] + [
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">'
        for number in range(1, 10)]
    return before(into_text(text, "&e9;"), f"[{''.join(lines)}]")


def external_entity(text, rule):
    return before(into_text(text, "&e;"),
                  f'[<!ENTITY e SYSTEM "{rule.get("url", URL)}">]')


def parameter_entity(text, rule):
    return before(text, f'[<!ENTITY % e SYSTEM "{rule.get("url", URL)}"> %e;]')


def depth_bomb(text, rule):
    depth = rule.get("depth", 100000)
    return insert(text, "<z>" * depth + "</z>" * depth, rule)


def huge_text(text, rule):
    return into_text(text, "u" * rule.get("bytes", 20000000))


def many(text, rule):
    return insert(text, "<z/>" * rule.get("count", 1000000), rule)


def many_attributes(text, rule):
    inside = "".join(f' a{number}="1"' for number in
                     range(rule.get("count", 100000)))
    return insert(text, f"<z{inside}/>", rule)


def long_name(text, rule):
    return insert(text, f"<{'z' * rule.get('bytes', 5000000)}/>", rule)


def long_body(text, rule):
    return text + " " * rule.get("bytes", 50000000)


def malformed(text, rule):
    return text[:rule.get("at_byte", len(text) * 2 // 3)]


def not_xml(text, rule):
    return "It works!\n"


MADE = {made.__name__: made for made in (
    dtd, entity_bomb, external_entity, parameter_entity, depth_bomb,
    huge_text, many, many_attributes, long_name, long_body, malformed,
    not_xml)}


def spoil(soap, rule):
    """The answer as the rule wants it, if it is one of these."""
    action = rule["action"]
    if action == "bad_utf8":
        return insert(soap.decode(), "\1", rule).encode().replace(
            b"\1", b"<z>\xc3\x28\xff</z>", 1)
    if action == "raw":
        return bytes.fromhex(rule["hex"]) if "hex" in rule else (
            rule.get("body", "").encode())
    if action in MADE:
        return MADE[action](soap.decode(), rule).encode()
    return soap
