# SPDX-License-Identifier: LGPL-3.0-or-later
"""The operations: Identify, Enumerate, Pull, Release, ForceClose.

DSP0226 8 (enumeration), 9 (custom actions), 11 (Identify); DSP0227 for CIM's
resources; MS-WSMV 3.1.4 for what Windows adds.
"""

import asyncio
import re
import time

from . import answers, names
from .faults import Fault
from .names import ENUMERATION, WSMAN
from .request import number, seconds
from .table import PROPERTIES
from .xmlwrite import Node, Raw

ID = re.compile(r"\d{1,20}")


class Context:
    """An enumeration that is under way."""

    def __init__(self, text, sessions, space, expires):
        self.text, self.sessions, self.space = text, sessions, space
        self.expires, self.place = expires, 0


class Service:
    """The class and its enumerations, for all connections of a server."""

    def __init__(self, settings, table):
        self.settings, self.table = settings, table
        self.contexts = {}
        self.invokes = []

    async def carry_out(self, request, caller, settings):
        """The answer's body tree, action and further headers."""
        operation = request.operation
        if operation == "identify":
            return answers.identity(settings["vendor"]), "", []
        request.check(settings)
        if caller.account not in settings["members"]:
            raise Fault("access_denied_wsman")
        if operation == "invoke":
            return self.invoke(request, caller, settings)
        if request.body is None or (
                request.body.space, request.body.name.lower()) != (
                    ENUMERATION, operation):
            raise Fault("schema", "the body is not the action's")
        if operation == "release":
            self._context(request, take=True)
            return None, names.RELEASE + "Response", []
        if operation == "enumerate":
            return await self.enumerate(request, caller, settings)
        return await self.pull(request, settings)

    # The class.

    def _class(self, request, settings):
        """Check the resource; the class' name, which may be *."""
        space, name = request.resource(settings)
        request.space = space
        known = names.NAMESPACE.lower()
        if space.replace("\\", "/").strip("/").lower() != known or (
                settings["smb"] == "no_namespace"):
            raise Fault("invalid_namespace")
        if name != "*":
            self._class_name(name, settings)
        return name

    @staticmethod
    def _class_name(name, settings):
        if name.lower() != names.CLASS.lower() or (
                settings["smb"] == "no_class"):
            raise Fault("invalid_class")

    # Enumerations.

    def _forget_old(self):
        now = time.monotonic()
        for text in [text for text, context in self.contexts.items()
                     if context.expires < now]:
            del self.contexts[text]

    def _context(self, request, take=False):
        self._forget_old()
        text = request.body.text_of(ENUMERATION, "EnumerationContext")
        request.context = text
        if text not in self.contexts:
            raise Fault("invalid_context")
        return self.contexts.pop(text) if take else self.contexts[text]

    def _name(self, context, form):
        """Put an enumeration under its context's name, new or kept."""
        if form == "new" or not context.text:
            context.text = answers.new_id()
        self.contexts[context.text] = context

    async def enumerate(self, request, caller, settings):
        name = self._class(request, settings)
        body = request.body
        given, query = request.filter(), None
        instance = request.instance(settings)
        if given:
            dialect, text = given
            if dialect.lower() != names.WQL.lower():
                raise Fault("dialect")
            query = request.query(text, settings, PROPERTIES)
            self._class_name(query.class_name, settings)
        elif name == "*":
            raise Fault("invalid_query", "no class and no query")
        if caller.account not in settings["listers"]:
            raise Fault("access_denied_cim")
        mode = body.text_of(WSMAN, "EnumerationMode")
        if mode is not None:
            raise Fault("unsupported", f"EnumerationMode {mode}")
        await self._be_slow(request.timeout, settings)
        sessions = [session for session in self.table.of_instance(instance)
                    if query is None or query.matches(session.values())]
        context = Context("", sessions, self._space(request, settings),
                          time.monotonic() + settings["context_seconds"])
        more = []
        if request.header.find(WSMAN, "RequestTotalItemsCountEstimate"):
            more = [Node(WSMAN, "TotalItemsCountEstimate",
                         str(len(sessions)))]
        optimized = body.find(WSMAN, "OptimizeEnumeration") is not None
        most = 0
        if optimized and settings["optimize"] == "honour":
            most = number(body.text_of(WSMAN, "MaxElements")) or 1
        if optimized and settings["optimize"] == "ignore":
            optimized = False
        made = self._answer(
            "Enumerate", context, most, request, settings,
            show=optimized or settings["empty_items"])
        return made, names.ENUMERATE + "Response", more

    @staticmethod
    def _space(request, settings):
        return answers.Style(settings).class_space(request)

    async def pull(self, request, settings):
        self._class(request, settings)
        context = self._context(request, take=True)
        body = request.body
        most = number(body.text_of(ENUMERATION, "MaxElements"))
        limit = seconds(body.text_of(ENUMERATION, "MaxTime"))
        number(body.text_of(ENUMERATION, "MaxCharacters"))
        try:
            await self._be_slow(
                min(filter(None, (limit, request.timeout)), default=None),
                settings)
            made = self._answer(
                "Pull", context, most or settings["default_max_elements"],
                request, settings)
        except Fault:
            # Neither a time-out nor an item too large ends an enumeration.
            self.contexts[context.text] = context
            raise
        return made, names.PULL + "Response", []

    @staticmethod
    async def _be_slow(limit, settings):
        wait = settings["pull_ms"] / 1000
        if limit is not None and wait > limit:
            await asyncio.sleep(limit)
            raise Fault("timed_out")
        await asyncio.sleep(wait)

    def _answer(self, what, context, most, request, settings, show=True):
        """An Enumerate's or Pull's answer with the next items, if any."""
        if settings["endless"] != "no":
            return self._endless(what, context, settings, show)
        pulled = what == "Pull"
        style = answers.Style(settings)
        if settings["page_items"]:
            most = min(most, settings["page_items"])
        if settings["one_per_pull"]:
            most = min(most, 1)
        room = min(request.max_envelope or settings["max_envelope"],
                   settings["max_envelope"])
        room -= len(style.encode(self._empty(what, request, settings)))
        codec = answers.ENCODINGS[settings["encoding"]][0]
        items = []
        for session in context.sessions[context.place:][:most]:
            text = style.item(session, context.space)
            # And where items meet, the line that indent puts there.
            room -= len(text.encode(codec)) + 8
            if room < 0:
                if not items:
                    raise Fault("encoding_limit")
                break
            items.append(Raw(text))
        context.place += len(items)
        ended = context.place >= len(context.sessions) and (
            pulled or show) and (not items or settings["end"] == "with_last")
        # An empty first answer is no end where the end comes in a Pull.
        if not pulled and (settings["end"] == "extra_pull" or most == 0):
            ended = False
        return self._shape(what, context, items, ended, settings, show)

    def _shape(self, what, context, items, ended, settings, show):
        pulled = what == "Pull"
        space = ENUMERATION if pulled else WSMAN
        made = Node(ENUMERATION, what + "Response")
        text = []
        if not ended:
            self._name(context, settings["context"])
            text = [context.text]
        if not (pulled and (settings["context"] == "absent" or ended)):
            made.add(Node(ENUMERATION, "EnumerationContext", *text))
        if show:
            made.add(Node(space, "Items", *items))
        if ended:
            made.add(Node(space, "EndOfSequence"))
        return made

    def _endless(self, what, context, settings, show):
        items = []
        if settings["endless"] == "items" and context.sessions and show:
            style = answers.Style(settings)
            items = [Raw(style.item(session, context.space))
                     for session in context.sessions[:10]]
        return self._shape(what, context, items, False,
                           dict(settings, context="same"), show)

    def _empty(self, what, request, settings):
        """An answer without items, as large as the rest can become."""
        body = Node(ENUMERATION, what + "Response",
                    Node(ENUMERATION, "EnumerationContext", "x" * 48),
                    Node(WSMAN, "Items", ""), Node(WSMAN, "EndOfSequence"),
                    Node(WSMAN, "TotalItemsCountEstimate", "x" * 20))
        return answers.envelope(names.PULL + "Response" * 2,
                                request.message_id, body, settings)

    # The method.

    def _invoke_target(self, request, settings):
        """Check an Invoke's resource, action, selectors and body."""
        if self._class(request, settings) == "*":
            raise Fault("selectors", "no class")
        uri, sep, method = request.action.rpartition("/")
        forms = [request.uri]
        if settings["invoke_action"] == "dmtf":
            forms = [names.DMTF_CLASS + names.CLASS]
        if not sep or uri.lower() not in [form.lower() for form in forms]:
            raise Fault("action", f"no action {request.action}")
        if method.lower() != names.METHOD.lower():
            raise Fault("method_missing")
        selectors = {name.lower(): value for name, value
                     in request.selectors.items()}
        selectors.pop("__cimnamespace", None)
        ident = selectors.pop("sessionid", "")
        if selectors or not ID.fullmatch(ident) or int(ident) >= 1 << 64:
            raise Fault("selectors")
        body = request.body
        if body is not None and body.name.lower() != (
                names.METHOD + "_INPUT").lower():
            raise Fault("schema", f"no input {body.name}")
        return int(ident)

    def invoke(self, request, caller, settings):
        ident = self._invoke_target(request, settings)
        instance = request.instance(settings)

        def note(outcome):
            self.invokes.append({
                "id": ident, "instance": instance,
                "principal": caller.principal, "outcome": outcome,
                "encrypted": caller.encrypted,
                "connection": caller.connection})

        if caller.account not in settings["closers"]:
            note("denied")
            raise Fault("access_denied_cim")
        session = self.table.find(ident, instance)
        if session is None:
            note("not_found")
            raise Fault("not_found")
        outcome, value = self.table.close(session)
        note(outcome)
        if value is None:
            raise Fault("not_found")
        made = answers.output(value, self._space(request, settings),
                              settings["output"])
        return made, request.action + "Response", []
