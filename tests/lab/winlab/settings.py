# SPDX-License-Identifier: LGPL-3.0-or-later
"""What can be set, before and while the server runs, and its defaults."""

import copy

FOREVER = 0xFFFFFFFF
DIALECTS = {"2.0.2": 0x0202, "2.1": 0x0210, "3.0": 0x0300, "3.0.2": 0x0302,
            "3.1.1": 0x0311}

# The value that follows a name is the default; a tuple's first is, and the
# rest is what else it may be.
DEFAULTS = {
    "computer": "WINLAB",
    "min_dialect": "2.0.2",
    "max_dialect": "3.1.1",
    # Windows Server signs what asks for it; a domain controller requires it.
    "signing": ("enabled", "required"),
    # HMAC-SHA256 0, AES-CMAC 1, AES-GMAC 2: what 3.1.1 may choose; without
    # any the context is ignored, as before Windows Server 2022.
    "signing_algorithms": [2, 1],
    "encrypt": ("desired", "off", "required"),
    "encrypt_ipc": False,
    # AES-128-CCM 1, AES-128-GCM 2, AES-256-CCM 3, AES-256-GCM 4.
    "ciphers": [2, 1, 4, 3],
    # A request encrypted for a session that is no more: Windows hangs up by
    # 3.3.5.2.1.1; "status" keeps the connection for its other sessions.
    "encrypted_deleted": ("status", "disconnect"),
    # "unknown": whom the server does not know becomes its guest.
    "guest": ("off", "unknown"),
    "anonymous": True,
    # IPC$ is said to be on this other server: a DFS referral.
    "refer_to": "",
    "pipe_mode": ("message", "byte"),
    "fragment": 4280,
    "unknown_interface": ("reject", "nak"),
    # How a client's address becomes a name.
    "client_prefix": "\\\\",
    "ipv6_form": ("brackets", "plain"),
    "ipv6_zone": "",
    "client_type": "",
    "transport": "\\Device\\NetbiosSmb",
    "noencryption": ("never", "guest", "always"),
    # Levels that every user may ask for: 0 and 10 as the specification has
    # it; none since Windows 10 1607 and Server 2019.
    "open_levels": [0, 10],
    "list_own": True,
    # Level number to Windows error: a level that this server refuses.
    "refuse_levels": {},
    "bad_level": ("124", "fault"),
    "page_rows": 0,
    "page_bytes": 0,
    "honour_preferred": True,
    # Rows that a page shows again, or leaves out, of those before it.
    "page_repeat": 0,
    "page_skip": 0,
    # The resume handle of a page: where the next begins; the total, with
    # the place kept for the pipe; 0, so that every page is the first.
    "resume": ("position", "total", "zero"),
    "resume_final": ("zero", "total", "position"),
    "total": ("remaining", "all"),
    # Del answers success and ends nothing.
    "del_lies": False,
}


def defaults():
    return {name: copy.deepcopy(value[0] if isinstance(value, tuple)
                                else value)
            for name, value in DEFAULTS.items()}


def checked(changes):
    """The changes if each is a setting's name and possible value."""
    for name, value in changes.items():
        if name not in DEFAULTS:
            raise ValueError(f"no setting {name}")
        known = DEFAULTS[name]
        if isinstance(known, tuple):
            if value not in known:
                raise ValueError(f"{name}: one of {', '.join(known)}")
        elif name.endswith("_dialect"):
            if value not in DIALECTS:
                raise ValueError(f"{name}: one of {', '.join(DIALECTS)}")
        elif type(value) is not type(known):
            raise ValueError(f"{name}: {type(known).__name__}")
    return copy.deepcopy(changes)
