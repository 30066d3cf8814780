# SPDX-License-Identifier: LGPL-3.0-or-later
"""Faults by name, as DSP0226 14 and Windows have them.

Each: role, subcode's namespace and name, WSManFault's Code or 0, CIM status
or 0, the WMI error's HRESULT or 0, the text, fault detail or "".  One with a
CIM status is told in an MSFT_WmiError, as WMI's provider for WS-Management
does; with both, both are there.
"""

from . import names
from .names import ADDRESSING, ENUMERATION, SOAP, WSMAN
from .xmlwrite import Name, Node

SENDER, RECEIVER = "Sender", "Receiver"
CANNOT = "The WS-Management service cannot process the request. "

FAULTS = {
    "access_denied": (SENDER, WSMAN, "AccessDenied", 5, 2, 0x80070005,
                      "Access is denied. ", ""),
    "access_denied_wsman": (SENDER, WSMAN, "AccessDenied", 5, 0, 0,
                            "Access is denied. ", ""),
    "access_denied_cim": (SENDER, WSMAN, "AccessDenied", 0, 2, 0x80041003,
                          "Access is denied. ", ""),
    "not_found": (SENDER, ADDRESSING, "DestinationUnreachable", 0, 6,
                  0x80041002, CANNOT + "No instance has these keys. ", ""),
    "invalid_class": (SENDER, ADDRESSING, "DestinationUnreachable", 0, 5,
                      0x80041010, CANNOT + "The namespace has no such class. ",
                      "InvalidResourceURI"),
    "invalid_namespace": (SENDER, ADDRESSING, "DestinationUnreachable", 0, 3,
                          0x8004100E, CANNOT + "There is no such namespace. ",
                          "InvalidResourceURI"),
    "invalid_query": (SENDER, ENUMERATION, "CannotProcessFilter", 0, 15,
                      0x80041017, CANNOT + "The query is not valid. ", ""),
    "method_missing": (SENDER, ADDRESSING, "ActionNotSupported", 0, 17,
                       0x80041055, CANNOT + "The class has no such method. ",
                       ""),
    "failed": (RECEIVER, WSMAN, "InternalError", 0, 1, 0x80041001,
               CANNOT + "The provider failed. ", ""),
    "timed_out": (RECEIVER, WSMAN, "TimedOut", 0x80338029, 0, 0,
                  "The operation took longer than OperationTimeout allows. ",
                  ""),
    "timed_out_cim": (RECEIVER, WSMAN, "TimedOut", 0, 1, 0x80338029,
                      "The operation took longer than OperationTimeout "
                      "allows. ", ""),
    "pull_timed_out": (RECEIVER, ENUMERATION, "TimedOut", 0x8033801C, 0, 0,
                       "There was nothing to pull within MaxTime. ", ""),
    "quota": (SENDER, WSMAN, "QuotaLimit", 0x8033803F, 0, 0,
              "The service is busy with other requests. ", ""),
    "quota_shells": (SENDER, WSMAN, "QuotaLimit", 0x803381A5, 0, 0,
                     "This user has as many shells as one may have. ", ""),
    "quota_operations": (SENDER, WSMAN, "QuotaLimit", 0x803381A6, 0, 0,
                         "This user has as many operations at a time as one "
                         "may have. ", ""),
    "quota_user": (SENDER, WSMAN, "QuotaLimit", 0x803381A7, 0, 0,
                   "This user's load quota is used up. ", ""),
    "quota_system": (SENDER, WSMAN, "QuotaLimit", 0x803381A8, 0, 0,
                     "The system's load quota is used up. ", ""),
    "quota_shell_users": (SENDER, WSMAN, "QuotaLimit", 0x803381AB, 0, 0,
                          "As many users as may have shells at a time. ", ""),
    "quota_plugin_operations": (SENDER, WSMAN, "QuotaLimit", 0x803381E7, 0, 0,
                                "The plug-in has as many operations as it "
                                "may have. ", ""),
    "quota_cim": (RECEIVER, WSMAN, "InternalError", 0, 27, 0x803381A6,
                  "This user has as many operations at a time as one may "
                  "have. ", ""),
    "invalid_context": (RECEIVER, ENUMERATION, "InvalidEnumerationContext",
                        0x8033801B, 0, 0, "The enumeration context is not "
                        "valid; it may have ended. ", ""),
    "encoding_limit": (SENDER, WSMAN, "EncodingLimit", 0x80338048, 0, 0,
                       "An item is larger than MaxEnvelopeSize. ",
                       "MaxEnvelopeSize"),
    "envelope_too_small": (SENDER, WSMAN, "EncodingLimit", 0x80338035, 0, 0,
                           "MaxEnvelopeSize is too small. ",
                           "MinimumEnvelopeLimit"),
    "request_too_large": (SENDER, WSMAN, "EncodingLimit", 0x80338035, 0, 0,
                          "The request is larger than the service takes. ",
                          "ServiceEnvelopeLimit"),
    "dialect": (SENDER, ENUMERATION, "FilterDialectRequestedUnavailable",
                0x80338019, 0, 0, "The filter's dialect is not supported. ",
                ""),
    "action": (SENDER, ADDRESSING, "ActionNotSupported", 0x80338013,
               0, 0, "The action is not supported by the service. ", ""),
    "header_required": (SENDER, ADDRESSING,
                        "MessageInformationHeaderRequired", 0x80338011,
                        0, 0, "A header that is required is missing. ", ""),
    "resource_uri": (SENDER, WSMAN, "DestinationUnreachable", 0x8033803B, 0,
                     0, CANNOT + "The resource URI has no form it knows. ",
                     "InvalidResourceURI"),
    "selectors": (SENDER, WSMAN, "InvalidSelectors", 0x8033803D, 0, 0,
                  "The selectors are not those of the resource. ",
                  "UnexpectedSelectors"),
    "options": (SENDER, WSMAN, "InvalidOptions", 0x80338039, 0, 0,
                "An option is not valid. ", "InvalidValue"),
    "schema": (SENDER, WSMAN, "SchemaValidationError", 0x80338041, 0, 0,
               "The message does not match its schema. ", ""),
    "unsupported": (SENDER, WSMAN, "UnsupportedFeature", 0x80338042, 0, 0,
                    "The feature is not supported. ", ""),
    "internal": (RECEIVER, WSMAN, "InternalError", 1359, 0, 0,
                 "The service failed. ", ""),
    "concurrency": (SENDER, WSMAN, "Concurrency", 0x80338032, 0, 0,
                    "The resource is in use. ", ""),
    "must_understand": ("MustUnderstand", "", "", 0, 0, 0,
                        "A header must be understood and is not. ", ""),
}


class Fault(Exception):
    """A fault to answer with; the rest is as in a rule of rules.py."""

    def __init__(self, name, text=None, code=None, cim=None, status=None,
                 subcode=None, not_understood=None):
        super().__init__(name)
        (self.role, self.space, self.subcode, self.code, self.cim,
         self.hresult, self.text, self.detail) = FAULTS[name]
        self.name, self.status = name, status
        self.not_understood = not_understood
        if text is not None:
            self.text = text
        if code is not None:
            self.code = self.hresult = code
        if cim is not None:
            self.cim = cim
        if subcode is not None:
            self.subcode = subcode

    @property
    def action(self):
        return names.FAULT_ACTIONS.get(self.space,
                                       names.FAULT_ACTIONS[ADDRESSING])

    def body(self, form, computer):
        code = Node(SOAP, "Code", Node(SOAP, "Value", Name(SOAP, self.role)))
        if self.subcode:
            code.add(Node(SOAP, "Subcode", Node(
                SOAP, "Value", Name(self.space, self.subcode))))
        made = Node(SOAP, "Fault", code, Node(SOAP, "Reason", Node(
            SOAP, "Text", self.text,
            attributes={(names.XML, "lang"): "en-US"})))
        if form != "absent":
            made.add(Node(SOAP, "Detail",
                          *self._detail(form, computer)))
        return made

    def _detail(self, form, computer):
        if form == "empty":
            return []
        made = []
        if self.detail:
            made.append(Node(WSMAN, "FaultDetail",
                             names.FAULT_DETAIL + self.detail))
        if form == "vendor":
            if self.cim:
                made.append(self._vendor())
            return made
        if self.code:
            made.append(Node(
                names.FAULT, "WSManFault",
                Node(names.FAULT, "Message", self.text),
                attributes={("", "Code"): str(self.code),
                            ("", "Machine"): computer}))
        if self.cim:
            made.append(self._wmi())
        return made

    def _vendor(self):
        """As servers do that are not Windows: an element of their own."""
        space = names.VENDOR
        return Node(space, "OMI_Error",
                    Node(space, "CIMStatusCode", str(self.cim)),
                    Node(space, "Message", self.text))

    def _wmi(self):
        """The instance that describes a CIM error."""
        space = names.WMI_ERROR

        def value(name, kind, text):
            attributes = {(names.XSI, "type"): Name(names.CIM, "cim" + kind)}
            if text is None:
                attributes[(names.XSI, "nil")] = "true"
                return Node(space, name, attributes=attributes)
            return Node(space, name, str(text), attributes=attributes)

        return Node(
            space, "MSFT_WmiError",
            value("CIMStatusCode", "UnsignedInt", self.cim),
            value("CIMStatusCodeDescription", "String", None),
            value("ErrorSource", "String", None),
            value("ErrorSourceFormat", "UnsignedShort", 0),
            value("ErrorType", "UnsignedShort", 0),
            value("Message", "String", self.text),
            value("MessageID", "String", f"HRESULT 0x{self.hresult:08x}"),
            value("OtherErrorSourceFormat", "String", None),
            value("OtherErrorType", "String", None),
            value("OwningEntity", "String", None),
            value("PerceivedSeverity", "UnsignedShort", 0),
            value("ProbableCause", "UnsignedShort", 0),
            value("ProbableCauseDescription", "String", None),
            value("error_Category", "UnsignedInt", 16),
            value("error_Code", "UnsignedInt", self.hresult),
            value("error_Type", "String", "HRESULT"),
            value("error_WindowsErrorMessage", "String", self.text),
            attributes={
                (names.CIMBINDING, "IsCIM_Error"): "true",
                (names.XSI, "type"): Name(space, "MSFT_WmiError_Type")})


def understood(qname):
    """The header that says which header was not understood."""
    space, name = qname
    return Node(SOAP, "NotUnderstood", attributes={
        ("", "qname"): Name(space or names.VENDOR, name)})
