# SPDX-License-Identifier: LGPL-3.0-or-later
"""What can be set, before and while the server runs, and its defaults.

Those of security.py are set in the same way.
"""

import copy

from . import security

# The value that follows a name is the default; a tuple's first is, and the
# rest is what else it may be.
OWN = {
    # The listeners; read when the server starts.  "both": one port each.
    "tls": ("off", "on", "both"),
    # Ask for, and verify, a client's certificate; read at the start.
    "client_certificates": False,
    "path": "/wsman",
    "computer": "WSMANLAB",
    "vendor": "WsmanLab",
    # Identify without authentication, if asked for by its header.
    "anonymous_identify": False,
    # Who may do what, by name without domain: all else is denied.
    "closers": ["admin", "operator"],
    "listers": ["admin", "operator", "lister"],
    "members": ["admin", "operator", "lister", "alice", "bob",
                "nobodyrights"],

    # HTTP.
    "transfer": ("length", "chunked", "close"),
    "content_type": "",         # of plain answers; "": as the encoding wants
    "keep_alive": 0,            # requests on a connection, 0: any number
    "expect": ("continue", "ignore", "refuse"),
    "extra_continue": False,    # a 100 that nobody asked for
    "plain_answers": False,     # unencrypted ones to encrypted requests
    "fault_status": 500,
    # bytes / milliseconds in which an answer trickles out; 0: at once
    "drip_bytes": 0,
    "drip_ms": 10,

    # What is there and what is understood.
    "smb": ("there", "no_class", "no_namespace"),
    "uris": ("both", "dmtf", "wmi"),
    "wmi_selector": False,      # WMI URIs want __cimnamespace as well
    "invoke_action": ("both", "dmtf"),
    "must_understand": ("check", "ignore"),
    "unknown_option": ("ignore", "fault"),
    "bad_dialect": ("fault", "empty_500"),
    "u64_max": ("exact", "nothing"),    # WQL's comparisons with 2^64-1

    # Enumerations.
    "optimize": ("honour", "ignore", "empty"),
    "empty_items": False,       # an empty Items where nothing was asked for
    "default_max_elements": 1,
    "page_items": 0,            # at most so many in an answer, 0: any number
    "one_per_pull": False,
    "end": ("with_last", "extra_pull"),
    "context": ("new", "same", "absent"),
    "context_seconds": 600.0,
    "max_envelope": 512000,     # the server's own limit
    "min_envelope": 8192,       # the least that a client may ask for
    "pull_ms": 0,
    "endless": ("no", "empty", "items"),

    # How an answer is written.
    "prefixes": ("windows", "other", "default", "swapped"),
    "item_namespace": ("request", "dmtf", "wmi"),
    "namespace_case": ("as_is", "lower", "upper"),
    "smb_instance": ("present", "absent"),
    "nil": ("xsi", "empty", "absent"),
    "order": ("class", "reversed"),
    "types": False,             # xsi:type at each property
    # Property to "absent", "nil", "empty" or "=text": in every row.
    "properties": {},
    "extras": False,            # elements, attributes, comments of a vendor
    "indent": False,
    "declaration": False,
    "encoding": ("utf-8", "utf-8-bom", "utf-16", "utf-16-be"),
    "relates": ("right", "wrong", "absent", "lower"),
    "output": ("output", "method", "own_namespace", "no_value", "nil_value",
               "empty_body", "text_value"),
    "fault_detail": ("windows", "vendor", "empty", "absent"),
}

SECURITY = security.DEFAULTS
DEFAULTS = {**SECURITY, **OWN}


def defaults():
    return {name: copy.deepcopy(value[0] if isinstance(value, tuple)
                                else value)
            for name, value in DEFAULTS.items()}


def check_one(name, value):
    if name not in DEFAULTS:
        raise ValueError(f"no setting {name}")
    known = DEFAULTS[name]
    if isinstance(known, tuple):
        if value not in known:
            raise ValueError(f"{name}: one of {', '.join(map(str, known))}")
    elif known is None:
        return
    elif isinstance(known, float) and type(value) is int:
        return
    elif type(value) is not type(known):
        raise ValueError(f"{name}: {type(known).__name__}")


def checked(changes):
    """The changes if each is a setting's name and possible value."""
    for name, value in changes.items():
        check_one(name, value)
    return copy.deepcopy(changes)
