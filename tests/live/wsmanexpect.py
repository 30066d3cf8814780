# SPDX-License-Identifier: LGPL-3.0-or-later
"""What is to come of each fault and each misbehaviour of lab 4.

Written from docs/errors.md, docs/semantics.md and docs/wsman.md.  A listing
ends in an error: (code, native kind, native number, part of the sentence), or
None where it is right all the same.  A close ends in (outcome, code), and its
native number and sentence are the listing's.
"""

from dataclasses import dataclass

from wsmanlab.faults import FAULTS

CLOSE = 2   # after the codes of connecting and of a listing
OPERATIONS = ("enumerate", "pull", "invoke")
STILL = ("STILL_PRESENT", "STILL_PRESENT")
CLOSED = ("CLOSED", "OK")
GONE = ("ALREADY_GONE", "OK")


def failed(code):
    return ("FAILED", code)


DENIED = ("ACCESS_DENIED", "LIST_DENIED", failed("CLOSE_DENIED"))
NO_CLASS = ("NO_SERVICE", "NO_SERVICE", failed("NO_SERVICE"))
SERVER = ("SERVER", "SERVER", failed("SERVER"))
QUOTA = ("QUOTA", "QUOTA", failed("QUOTA"))
UNSUPPORTED = ("NOT_SUPPORTED", "NOT_SUPPORTED", failed("NOT_SUPPORTED"))
# After these nobody knows, so a look tells; and nothing was carried out.
SLOW = ("TIMED_OUT", "TIMED_OUT", STILL)
TOO_SMALL = ("TOO_LARGE", "TOO_LARGE", STILL)

# By the fault's name: the three codes, the native kind and number.
BY_FAULT = {
    "access_denied": (DENIED, "wsman", 5),
    "access_denied_wsman": (DENIED, "wsman", 5),
    "access_denied_cim": (DENIED, "cim", 2),
    # Only to a close it is about a session; and that one is still listed.
    "not_found": (("NO_SERVICE", "NO_SERVICE", STILL), "cim", 6),
    "invalid_class": (NO_CLASS, "cim", 5),
    "invalid_namespace": (NO_CLASS, "cim", 3),
    "invalid_query": (UNSUPPORTED, "cim", 15),
    "method_missing": (SERVER, "cim", 17),
    "failed": (SERVER, "cim", 1),
    "timed_out": (SLOW, "wsman", 0x80338029),
    "timed_out_cim": (SLOW, "cim", 1),
    "pull_timed_out": (SLOW, "wsman", 0x8033801C),
    "quota": (QUOTA, "wsman", 0x8033803F),
    "quota_shells": (QUOTA, "wsman", 0x803381A5),
    "quota_operations": (QUOTA, "wsman", 0x803381A6),
    "quota_user": (QUOTA, "wsman", 0x803381A7),
    "quota_system": (QUOTA, "wsman", 0x803381A8),
    "quota_shell_users": (QUOTA, "wsman", 0x803381AB),
    "quota_plugin_operations": (QUOTA, "wsman", 0x803381E7),
    "quota_cim": (QUOTA, "cim", 27),
    "invalid_context": (SERVER, "wsman", 0x8033801B),
    "encoding_limit": (TOO_SMALL, "wsman", 0x80338048),
    "envelope_too_small": (TOO_SMALL, "wsman", 0x80338035),
    "request_too_large": (QUOTA, "wsman", 0x80338035),
    "dialect": (UNSUPPORTED, "wsman", 0x80338019),
    "action": (SERVER, "wsman", 0x80338013),
    "header_required": (SERVER, "wsman", 0x80338011),
    "resource_uri": (NO_CLASS, "wsman", 0x8033803B),
    "selectors": (SERVER, "wsman", 0x8033803D),
    "options": (UNSUPPORTED, "wsman", 0x80338039),
    "schema": (SERVER, "wsman", 0x80338041),
    "unsupported": (SERVER, "wsman", 0x80338042),
    "internal": (SERVER, "wsman", 1359),
    "concurrency": (SERVER, "wsman", 0x80338032),
    "must_understand": (SERVER, None, None),
}
# The close is sent in the other forms of the class's URI as well: it was not
# found in the one before, so that nothing was carried out.
FORMS = 3
OTHER_FORM = ("invalid_class", "invalid_namespace", "resource_uri",
              "selectors")


@dataclass
class Row:
    """One misbehaviour."""
    rule: dict
    connect: tuple      # what comes of it at identify
    list: tuple         # at enumerate and pull
    close: tuple        # at invoke
    places: tuple = ("identify", "enumerate", "pull", "invoke")
    invokes: int = 1    # so often a ForceClose may come

    def at(self, place):
        if place == "pull" and self.list and self.list[1] == "http" and (
                self.list[0] != "PROTOCOL"):
            # What another server says in the middle is no end of a listing.
            return ("CONNECTION_LOST", "http", self.list[2],
                    "breaks the listing off")
        return self.connect if place in ("identify", "http") else self.list


def by_faults():
    for name, (codes, kind, number) in BY_FAULT.items():
        said = FAULTS[name][6].strip()
        made = [(code, kind, number, said) for code in codes[:CLOSE]]
        yield Row({"action": "fault", "fault": name}, *made, codes[CLOSE],
                  invokes=FORMS if name in OTHER_FORM else 1)


def same(code, kind, number, part, close, **more):
    """The same of a connection that is made and of a listing."""
    made = (code, kind, number, part)
    return lambda **rule: Row(rule, made, made, close, **more)


def fine(**rule):
    return Row(rule, None, None, CLOSED)


def fine_at_identify(code, kind, number, part, close):
    """Identify's answer has no header to be wrong."""
    return lambda **rule: Row(rule, None, (code, kind, number, part), close)


def protocol(part, close=CLOSED, **more):
    return same("PROTOCOL", None, None, part, close, **more)


def http(code, number, part, close):
    return same(code, "http", number, part, close)


LOST = same("CONNECTION_LOST", None, None, "broke before it had answered",
            CLOSED)
LATE = same("TIMED_OUT", None, None, "before the deadline", CLOSED)
DOCTYPE = "it has a document type"
XML = protocol("")
FORBIDDEN = "does not let this user manage it"


def by_rules():
    """Of rules.py's actions but faults.

    A status of HTTP's own may be a gateway's: a look tells of the close.
    """
    yield http("SERVER", 418, "HTTP status 418", STILL)(
        action="status", code=418, body="tea")
    yield http("SERVER", 502, "HTTP status 502", STILL)(
        action="status", code=502)
    yield http("QUOTA", 429, "takes no more requests now", STILL)(
        action="status", code=429)
    yield http("NO_SERVICE", 405, "no WS-Management at that path",
               STILL)(action="status", code=405)
    yield http("SERVER", 500, "HTTP status 500", STILL)(action="empty_500")
    yield http("ACCESS_DENIED", 403, FORBIDDEN, STILL)(
        action="forbidden")
    yield http("NO_SERVICE", 404, "no WS-Management at that path",
               STILL)(action="missing")
    yield http("QUOTA", 503, "takes no more requests now", STILL)(
        action="unavailable")
    refused = ("LOGON_FAILED", "http", 401, "refuses this user")
    yield Row({"action": "unauthorized"}, refused, refused, STILL)
    # Logged on anew, all is asked again but a close.
    yield Row({"action": "unauthorized", "times": 1}, refused, None, STILL,
              places=OPERATIONS)
    yield http("SERVER", 302, "redirects are never followed",
               STILL)(
        action="redirect", location="http://127.0.0.1:1/wsman")
    yield from broken()
    yield from shapes()
    yield from hostile()


def broken():
    """Connections that break, and answers that do not come."""
    for reset in (False, True):
        for when in ("before", "after", "head", "body"):
            row = LOST(action="cut", when=when, reset=reset)
            row.close = STILL if when == "before" else CLOSED
            yield row
    for when in ("before", "after", "head", "body"):
        row = LATE(action="stall", when=when)
        row.close = STILL if when == "before" else CLOSED
        yield row
    yield LATE(action="trickle", bytes=1, ms=100)
    yield fine(action="trickle", bytes=400, ms=1)
    yield fine(action="delay", seconds=0.2)
    # The engine makes the connection anew, once, and lists again.
    yield Row({"action": "cut", "when": "before", "times": 1}, None, None,
              STILL, places=("enumerate", "pull"))
    yield same("CONNECTION_LOST", None, None, "broke before it had answered",
               CLOSED)(action="long_length")


def shapes():
    """Answers that are unusual, and right or not."""
    yield fine(action="shape", set={"prefixes": "swapped", "indent": True,
                                    "extras": True, "declaration": True})
    yield fine(action="chunked")
    # A listing is of one connection; an answer alone may be its last.
    yield Row({"action": "close"}, None,
              ("CONNECTION_LOST", None, None, "broke before"), CLOSED)
    yield fine(action="continue")
    yield fine(action="utf16")
    # What is within the sealed answer says its own type.
    yield fine(action="content_type", value="text/html")
    wrong = "for another request"
    yield fine_at_identify("PROTOCOL", None, None, wrong, CLOSED)(
        action="wrong_relates")
    yield fine_at_identify("PROTOCOL", None, None, "", CLOSED)(
        action="replay")
    yield http("PROTOCOL", 200, "answers in the clear", CLOSED)(
        action="plain_answer")
    denied = ("wsman", 5, "Access is denied")
    yield Row({"action": "fault_200"}, ("ACCESS_DENIED", *denied),
              ("LIST_DENIED", *denied), failed("CLOSE_DENIED"))
    yield Row({"action": "drop_context"}, None,
              ("SERVER", "wsman", 0x8033801B, "has forgotten this listing"),
              CLOSED, places=("pull",))


def hostile():
    yield XML(action="bad_utf8")
    yield XML(action="not_xml")
    yield XML(action="malformed")
    for action in ("dtd", "entity_bomb", "external_entity",
                   "parameter_entity"):
        yield protocol(DOCTYPE)(action=action)
    # Identify's answer has no other place for it than the body.
    yield protocol("too deep", places=OPERATIONS)(action="depth_bomb")
    yield protocol("", places=("identify",))(action="depth_bomb")
    yield XML(action="many_attributes")
    yield protocol("a tag is too long")(action="long_name", bytes=100000)
    too_large = same("TOO_LARGE", None, None, "", CLOSED)
    # Over 5 MB; no more, as the lab has to seal it in time.
    yield too_large(action="huge_text", bytes=6000000)
    yield too_large(action="long_body", bytes=6000000)
    yield too_large(action="long_header")
    # Elements that nobody knows are passed over, as long as it is in bounds.
    yield Row({"action": "many", "count": 200000}, None, None, CLOSED,
              places=OPERATIONS)
    yield XML(action="short_length")
    not_http = protocol("does not speak HTTP as it should")
    yield not_http(action="bad_length")
    yield not_http(action="bad_status_line")
    yield XML(action="raw", body="It is late.")
    yield XML(action="raw", body="")


# The same of answers that TLS protects and nothing else does.
PLAIN_ONLY = ("status", "empty_500", "forbidden", "unavailable", "redirect",
              "cut", "stall", "fault_200", "wrong_relates", "replay",
              "chunked", "utf16", "malformed", "not_xml", "entity_bomb",
              "short_length", "long_length", "bad_length", "raw",
              "bad_status_line", "long_header")


def by_plain_rules():
    for row in by_rules():
        if row.rule["action"] in PLAIN_ONLY:
            yield row
    refused = ("LOGON_FAILED", "http", 401, "refuses this user")
    yield Row({"action": "unauthorized"}, refused, refused, STILL)


def by_log_on():
    """At each exchange of the log-on, before there is any message."""
    yield http("SERVER", 418, "HTTP status 418", None)(
        action="status", code=418)
    yield http("ACCESS_DENIED", 403, FORBIDDEN, None)(action="forbidden")
    yield http("NO_SERVICE", 404, "no WS-Management at that path", None)(
        action="missing")
    yield http("QUOTA", 503, "takes no more requests now", None)(
        action="unavailable")
    yield http("SERVER", 302, "redirects are never followed", None)(
        action="redirect", location="http://127.0.0.1:1/wsman")
    yield http("SERVER", 500, "HTTP status 500", None)(action="empty_500")
    for when in ("before", "head"):
        yield same("CONNECTION_LOST", None, None,
                   "broke before it had answered", None)(
            action="cut", when=when, reset=True)
        yield LATE(action="stall", when=when)
