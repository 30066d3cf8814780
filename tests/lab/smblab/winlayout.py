# SPDX-License-Identifier: LGPL-3.0-or-later
"""What lies below the directory of a Windows-shaped lab."""

import hashlib
import json
import os
import secrets
import urllib.parse

from . import layout
from .layout import path

HOST6 = "::1"

# name: groups, state.  alice, bob and carol are nobody in particular, lister
# was given the right to enumerate, admin may do everything.
USERS = {
    "alice": (("users",), "ok"),
    "bob": (("users",), "ok"),
    "carol": (("users",), "ok"),
    "admin": (("administrators",), "ok"),
    "operator": (("server operators",), "ok"),
    "lister": (("users", "listers"), "ok"),
    "nobodyrights": (("users",), "ok"),
    "guestuser": (("guests",), "ok"),
    "disabled": (("users",), "disabled"),
    "locked": (("users",), "locked"),
    "expired": (("users",), "expired"),
    "mustchange": (("users",), "mustchange"),
    "nologon": (("users",), "nologon"),
    "hours": (("users",), "hours"),
}


def control_path(directory):
    return path(directory, "run", "control.sock")


def log_path(directory):
    return path(directory, "log", "winlab.log")


def config_path(directory):
    return path(directory, "private", "winlab.json")


def auth_path(directory, user):
    """A user's file; names that are no file names get another."""
    name = urllib.parse.quote(user, safe="")
    if len(name) > 100 or name.startswith("."):
        name = hashlib.sha256(user.encode()).hexdigest()
    return path(directory, "auth", name)


def write_auth(directory, user, password):
    layout.write(auth_path(directory, user), f"username = {user}\n"
                 f"password = {password}\n", 0o600)


def read_config(directory):
    with open(config_path(directory)) as stream:
        return json.load(stream)


def new_user(name, groups, state, password=None):
    return {"name": name, "password": password or secrets.token_urlsafe(12),
            "groups": list(groups), "state": state}


def started(env, hello):
    """What the server's first line adds to the environment."""
    env["LAB_PORT"] = hello["port"]


def prepare(directory, port, settings, passwords=None):
    """Lay everything out; gives the environment, without port and pid.

    Whose password is not among the given ones gets a new one.
    """
    lab_id = secrets.token_hex(16)
    env = {
        "LAB_DIR": directory, "LAB_ID": lab_id, "LAB_HOST": layout.HOST,
        "LAB_HOST6": HOST6, "LAB_PORT": port, "LAB_PID": 0,
        "LAB_AUTH": path(directory, "auth"),
        "LAB_PASSWORDS": path(directory, "passwords"),
        "LAB_CLIENT_CONF": path(directory, "client.conf"),
        "LAB_CONTROL": control_path(directory),
        "LAB_LOG": log_path(directory),
    }
    layout.write_env(directory, env)
    layout.make_folders(directory)
    os.chmod(directory, 0o700)
    users = [new_user(name, *what, (passwords or {}).get(name))
             for name, what in USERS.items()]
    for user in users:
        write_auth(directory, user["name"], user["password"])
    layout.write(path(directory, "passwords"), "".join(
        f"{user['name']}:{user['password']}\n" for user in users), 0o600)
    layout.write(path(directory, "client.conf"),
                 layout.CLIENT_CONF.format(dir=directory))
    layout.write(config_path(directory), json.dumps(
        {"port": port, "settings": settings, "users": users}), 0o600)
    return env
