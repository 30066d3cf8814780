# SPDX-License-Identifier: LGPL-3.0-or-later
"""Misbehaviour: which request gets it, and how often.

A rule is a dict; all that is not given matches everything:

    at       negotiate, session_setup, tree_connect, create, read, write,
             ioctl, close, logoff, echo: an SMB2 request; bind, call: a
             DCE/RPC one
    user     only sessions of this user (at session_setup: unknown yet)
    opnum, level    at call; leg: 1 or 2 at session_setup; name: a share at
             tree_connect, a file at create
    nth      only the nth that matches so far (1 is the next)
    times    only so many of them
    action   what happens:

At SMB2 requests: {"action": "status", "code": NTSTATUS}, "stall" (no answer),
"cut" (hang up), "delay" ("seconds").  At bind and call also:

    fault       "code": a DCE/RPC status, instead of carrying it out
    error       "code": a Windows error from the method, nothing carried out
    nak         at bind: bind_nak; reject: provider rejection
    stall       no answer is ever written to the pipe; at call with "after":
                true it is carried out first
    cut         "when": before it is carried out, after, or between (after
                "count" fragments of the answer, 1 unless given)
    truncate    the stub is cut at byte "at_byte" (negative: from its end);
                the PDU is sound
    short       the PDU is cut at "at_byte", its frag_length as before
    lie         any of "entries", "max_count", "total": added to the truth
    header      "set": {call_id, pdu_type, flags, version, drep, frag_length,
                alloc_hint: number}: overwritten in each answer PDU;
                "add_call_id": a number
    garbage     "bytes" random bytes for an answer
    endless     fragments without a last one
    stub        "hex": this stub instead of the true one
"""

SMB_ACTIONS = {"status", "stall", "cut", "delay"}
RPC_ACTIONS = {"fault", "error", "nak", "reject", "stall", "cut", "truncate",
               "short", "lie", "header", "garbage", "endless", "stub",
               "delay"}
SMB_PLACES = {"negotiate", "session_setup", "tree_connect", "create", "read",
              "write", "ioctl", "close", "logoff", "echo"}
RPC_PLACES = {"bind", "call"}
SELECTORS = ("user", "opnum", "level", "leg", "name")


def checked(rule):
    place, action = rule.get("at"), rule.get("action")
    if place in SMB_PLACES and action in SMB_ACTIONS:
        return dict(rule)
    if place in RPC_PLACES and action in RPC_ACTIONS:
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
            if rule["at"] != at or any(
                    name in rule and rule[name] != what.get(name)
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
