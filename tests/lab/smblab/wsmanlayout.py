# SPDX-License-Identifier: LGPL-3.0-or-later
"""What lies below the directory of a WS-Management lab."""

import json
import os
import secrets

from . import layout
from .layout import path
from .winlayout import write_auth

HOST6 = "::1"

# admin and operator list and close; lister lists; nobodyrights, alice and bob
# are let in and may nothing; stranger is not let in.
USERS = ("admin", "operator", "lister", "nobodyrights", "alice", "bob",
         "stranger")


def control_path(directory):
    return path(directory, "run", "control.sock")


def log_path(directory):
    return path(directory, "log", "wsmanlab.log")


def config_path(directory):
    return path(directory, "private", "wsmanlab.json")


def security_path(directory):
    """Where the server keeps its certificates, below tls."""
    return path(directory, "private")


def ca_path(directory):
    return path(security_path(directory), "tls", "ca.pem")


def read_config(directory):
    with open(config_path(directory)) as stream:
        return json.load(stream)


def started(env, hello):
    """What the server's first line adds to the environment."""
    env["LAB_PORT"] = hello["port"]
    env["LAB_TLS_PORT"] = hello["tls_port"] or ""


def prepare(directory, port, settings):
    """Lay everything out; gives the environment, without ports and pid."""
    lab_id = secrets.token_hex(16)
    env = {
        "LAB_DIR": directory, "LAB_ID": lab_id, "LAB_HOST": layout.HOST,
        "LAB_HOST6": HOST6, "LAB_PORT": port, "LAB_TLS_PORT": "",
        "LAB_PID": 0, "LAB_AUTH": path(directory, "auth"),
        "LAB_PASSWORDS": path(directory, "passwords"),
        "LAB_CA_FILE": ca_path(directory),
        "LAB_CONTROL": control_path(directory),
        "LAB_LOG": log_path(directory),
    }
    layout.write_env(directory, env)
    layout.make_folders(directory)
    os.chmod(directory, 0o700)
    users = {name: secrets.token_urlsafe(12) for name in USERS}
    for name, password in users.items():
        write_auth(directory, name, password)
    layout.write(path(directory, "passwords"), "".join(
        f"{name}:{password}\n" for name, password in users.items()), 0o600)
    layout.write(config_path(directory), json.dumps(
        {"port": port, "tls_port": 0, "settings": settings, "users": users}),
        0o600)
    return env
