# SPDX-License-Identifier: LGPL-3.0-or-later
"""One authenticated message: carried out, or what a rule makes of it."""

from dataclasses import dataclass

from . import answers, hostile, httpio
from .faults import Fault, understood
from .names import SOAP
from .request import Request
from .rules import ANYWHERE
from .xmlwrite import Node

# Rules that are a setting for one answer.
SHAPES = {
    "wrong_relates": {"relates": "wrong"}, "utf16": {"encoding": "utf-16"},
    "plain_answer": {"plain_answers": True},
    "chunked": {"transfer": "chunked"},
    "continue": {"extra_continue": True},
}


@dataclass
class Caller:
    principal: str
    account: str        # its name alone, in lower case
    encrypted: bool
    how: str
    connection: int


def account(principal, how):
    if how == "certificate":
        principal = principal.rpartition("commonName=")[2].partition(",")[0]
    return principal.rpartition("\\")[2].partition("@")[0].lower()


async def operate(connection, caller, soap, headers):
    """(the HTTP answer, the settings it is made by, the rule or {})."""
    return await Operation(connection, caller).run(soap, headers)


class Operation:
    def __init__(self, connection, caller):
        self.connection, self.caller = connection, caller
        self.server = connection.server
        self.settings = self.server.settings
        self.request, self.rule, self.note = None, {}, {}

    async def run(self, soap, headers):
        fault = self._read(soap)
        if self.request and not self.caller.account and (
                self.request.operation != "identify"):
            return httpio.Answer(401), self.settings, {}
        self._match(soap)
        if self._keeps():
            self._not_done()
        blunt = await self.connection.blunt(self.rule, None)
        if blunt:
            return blunt, self.settings, self.rule
        made = None
        if fault is None:
            made, fault = await self._carry_out()
        if self.request and self.request.query_text is not None:
            self.note["wql"] = self.request.query_text
        status = 200
        if fault:
            self.server.count("faults")
            self.note["fault"] = fault.name
            if fault.name == "dialect" and (
                    self.settings["bad_dialect"] == "empty_500"):
                return httpio.Answer(500, headers), self.settings, self.rule
            made = self._fault(fault)
            status = fault.status or self.settings["fault_status"]
        return self._finish(made, status, headers), self.settings, self.rule

    def _read(self, soap):
        """Parse it; what is wrong with it, or None."""
        try:
            if len(soap) > self.settings["max_envelope"]:
                raise Fault("request_too_large")
            self.request = Request(soap)
        except Fault as wrong:
            return wrong
        return None

    def _match(self, soap):
        """Count and note it, and find its rule."""
        operation = self.request.operation if self.request else "other"
        self.server.count(operation)
        self.note = self.server.note(self.caller, soap, self.request)
        self.rule = self.server.rules.match(
            operation, user=self.caller.account,
            connection=self.caller.connection, id=self._session_id()) or {}
        self.note["rule"] = self.rule.get("action")
        self.settings = self._shaped()

    def _session_id(self):
        selectors = self.request.selectors if self.request else {}
        text = next((value for name, value in selectors.items()
                     if name.lower() == "sessionid"), "")
        return int(text) if text.isdigit() else None

    def _shaped(self):
        """The settings, as the rule has them."""
        rule, action = self.rule, self.rule.get("action")
        changes = dict(SHAPES.get(action, {}))
        if action == "shape":
            changes = rule["set"]
        elif action == "fault_200":
            changes = {"fault_status": 200}
        elif action == "content_type":
            changes = {"content_type": rule["value"]}
        elif action == "trickle":
            changes = {"drip_bytes": rule.get("bytes", 1),
                       "drip_ms": rule.get("ms", 10)}
        return {**self.settings, **changes}

    # Carrying it out.

    def _keeps(self):
        """Whether the rule keeps it from the class, by no fault."""
        action = self.rule.get("action")
        if action in ("cut", "stall"):
            return self.rule.get("when", "before") == "before"
        return action in ANYWHERE and action != "delay"

    def _not_done(self):
        """An Invoke that a rule kept from the class is noted as well."""
        if self.request is None or self.request.operation != "invoke":
            return
        self.server.service.invokes.append({
            "id": self._session_id(), "instance": None,
            "principal": self.caller.principal, "outcome": "not_done",
            "encrypted": self.caller.encrypted,
            "connection": self.caller.connection})

    def _scripted(self):
        rule = self.rule
        if rule.get("action") not in ("fault", "fault_200"):
            return None
        return Fault(rule.get("fault", "access_denied"), rule.get("text"),
                     rule.get("code"), rule.get("cim"), rule.get("status"),
                     rule.get("subcode"))

    async def _carry_out(self):
        """(the answer's envelope or None, the fault or None)."""
        scripted = self._scripted()
        if scripted and not self.rule.get("after"):
            self._not_done()
            return None, scripted
        service, request = self.server.service, self.request
        if self.rule.get("action") == "drop_context":
            service.contexts.clear()
        try:
            body, action, more = await service.carry_out(
                request, self.caller, self.settings)
        except Fault as fault:
            return None, scripted or fault
        if request.operation == "identify":
            made = Node(SOAP, "Envelope", Node(SOAP, "Header"),
                        Node(SOAP, "Body", body))
        else:
            made = answers.envelope(action, request.message_id, body,
                                    self.settings, more)
        return made, scripted

    # Its answer.

    def _fault(self, fault):
        more = []
        if fault.not_understood:
            more = [understood(fault.not_understood)]
        return answers.envelope(
            fault.action, self.request.message_id if self.request else "",
            fault.body(self.settings["fault_detail"],
                       self.settings["computer"]), self.settings, more)

    def _finish(self, made, status, headers):
        """The tree as an HTTP answer."""
        connection, action = self.connection, self.rule.get("action")
        style = answers.Style(self.settings)
        soap, kind = style.encode(made), style.content_type()
        if self.rule:
            soap = hostile.spoil(soap, self.rule)
        if action == "raw":
            status = self.rule.get("status", 200)
        if action == "replay" and connection.last:
            status, kind, soap = connection.last
        connection.last = status, kind, soap
        if self.caller.encrypted and not self.settings["plain_answers"]:
            kind, soap = connection.gate.seal(soap)
        return httpio.Answer(status, list(headers) + [
            ("Content-Type", kind)], soap)
