# SPDX-License-Identifier: LGPL-3.0-or-later
"""Misbehaviour: which request gets it, and how often.

A rule is a dict; all that is not given matches everything:

    at       identify, enumerate, pull, release, invoke; request: any of
             these; http: each HTTP request, before it is authenticated
    user     only this principal's (without domain; not at http)
    id       only this session's (at invoke)
    connection   only on this connection (1 is the first)
    leg      at http: the nth request of its connection
    nth      only the nth that matches so far (1 is the next)
    times    only so many of them
    action   what happens:

At each of them:

    status      "code", "body" (""), "headers" ([[name, value]]): a bare HTTP
                answer; nothing is carried out
    empty_500   forbidden (403)   missing (404)   unavailable (503)
    unauthorized    401: the connection's authentication is dropped
    redirect    302 ("code") to "location"
    cut         "when": before (nothing is carried out), after (carried out,
                no answer), head (in the middle of the answer's header), body
                (of its body).  "reset": true for a TCP reset
    stall       the same, but nothing more comes and nothing is closed
    delay       "seconds", then as usual

At all but http:

    shape       "set": settings that hold for this one answer
    fault       "fault": a name of faults.py; "after": carried out first;
                "code", "cim", "text", "status", "subcode": not as it has them
    wrong_relates       RelatesTo names another message
    plain_answer        unencrypted, in an encrypted session
    chunked     close       continue        see the settings
    fault_200   as "fault" (access_denied unless given), with HTTP 200
    content_type        "value"
    utf16               bad_utf8            not_xml
    malformed           the answer is broken off in an element
    dtd         entity_bomb     external_entity ("url")     parameter_entity
    depth_bomb  "depth" nested elements; huge_text "bytes" in one property;
    many        "count" elements; many_attributes "count"; long_body: blanks,
                "bytes" of them, after the answer; long_name "bytes"
    short_length        "by": Content-Length says less than there is
    long_length         the same, more, and then it hangs up
    bad_length          "value" as Content-Length
    long_header         "bytes" of a header field
    bad_status_line
    raw         "body" (or "hex") as the SOAP answer, "status"
    drop_context        at pull: the context is forgotten before
    replay      the last answer of this connection again
    trickle     "bytes" every "ms"
"""

from . import settings
from .faults import FAULTS

ANYWHERE = {"status", "empty_500", "forbidden", "missing", "unavailable",
            "unauthorized", "redirect", "cut", "stall", "delay"}
AT_OPERATIONS = {
    "shape", "fault", "fault_200", "wrong_relates", "plain_answer", "chunked",
    "close", "continue", "content_type", "utf16", "bad_utf8", "not_xml",
    "malformed", "dtd", "entity_bomb", "external_entity", "parameter_entity",
    "depth_bomb", "huge_text", "many", "many_attributes", "long_body",
    "long_name", "short_length", "long_length", "bad_length", "long_header",
    "bad_status_line", "raw", "drop_context", "replay", "trickle"}
OPERATIONS = {"identify", "enumerate", "pull", "release", "invoke"}
WHEN = {"before", "after", "head", "body"}
SELECTORS = ("user", "id", "connection", "leg")


def checked(rule):
    place, action = rule.get("at"), rule.get("action")
    if rule.get("when", "before") not in WHEN:
        raise ValueError(f"no such when: {rule}")
    if rule.get("fault", "failed") not in FAULTS:
        raise ValueError(f"no such fault: {rule}")
    if action == "shape":
        settings.checked(rule["set"])
    if place in OPERATIONS | {"request", "http"} and action in ANYWHERE:
        return dict(rule)
    if place in OPERATIONS | {"request"} and action in AT_OPERATIONS:
        return dict(rule)
    raise ValueError(f"no rule: {rule}")


class Rules:
    def __init__(self):
        self.rules = []

    def set(self, rules):
        self.rules = [dict(checked(rule), seen=0, done=0) for rule in rules]

    def match(self, at, **what):
        """The first rule for this request, or None.

        Every rule that matches counts the request, also where an earlier
        one takes it.
        """
        chosen = None
        for rule in self.rules:
            if rule["at"] != at and (rule["at"] != "request" or at == "http"):
                continue
            if any(name in rule and rule[name] != what.get(name)
                   for name in SELECTORS):
                continue
            rule["seen"] += 1
            if rule.get("nth") not in (None, rule["seen"]):
                continue
            if rule["done"] >= rule.get("times", rule["done"] + 1):
                continue
            if chosen is None:
                rule["done"] += 1
                chosen = rule
        return chosen

    def report(self):
        return [dict(rule) for rule in self.rules]
