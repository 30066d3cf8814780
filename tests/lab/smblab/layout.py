# SPDX-License-Identifier: LGPL-3.0-or-later
"""What lies below a lab's directory: configuration, accounts, passwords.

The accounts exist for the lab's processes only: nss_wrapper reads them from
DIR/passwd and DIR/group, the machine's own files stay as they are.
"""

import os
import secrets
import shlex
import shutil
import socket
import time
from contextlib import suppress

SHARE = "files"
HOST = "127.0.0.1"
FOLDERS = ("private", "lock", "state", "cache", "run", "ncalrpc", "log",
           "auth", "share", "client", "tools")
FILES = ("env", "passwd", "group", "hosts", "passwords", "smb.conf",
         "client.conf", ".lock")

# Account flags as in an smbpasswd file: U user, D disabled, L locked out.
USERS = {
    "root": (0, "U"),
    "alice": (21001, "U"),
    "bob": (21002, "U"),
    "carol": (21003, "U"),
    "admin": (21004, "U"),
    "lister": (21005, "U"),
    "nobodyrights": (21006, "U"),
    "disabled": (21007, "DU"),
    "locked": (21008, "UL"),
    # Names that are hard to read, for a shell or for whoever compares them.
    "anna@lab.example": (21009, "U"),
    "two words": (21010, "U"),
    "jürgen": (21011, "U"),
    "漢字": (21012, "U"),
    # A line of smbpasswd has 255 bytes, which leaves it not many more.
    "l" + 147 * "o" + "ng": (21013, "U"),
}
USERS_GID, LISTERS_GID, CLOSERS_GID = 21000, 21100, 21200

# unix group, net groupmap's arguments: NetrSessionEnum asks for
# BUILTIN\Administrators, NetrSessionDel for uid 0 or the Domain Admins.
GROUPMAPS = (
    ("lablisters", ("sid=S-1-5-32-544", "type=builtin")),
    ("labclosers", ("rid=512", "type=domain")),
)

CONF = """\
[global]
	netbios name = SMBLAB
	workgroup = LAB
	server role = standalone server
	passdb backend = smbpasswd:{dir}/private/smbpasswd
	interfaces = 127.0.0.1/8
	bind interfaces only = yes
	smb ports = {port}
	server min protocol = SMB2_02
	disable netbios = yes
	load printers = no
	printcap name = /dev/null
	disable spoolss = yes
	usershare max shares = 0
	dns proxy = no
	private dir = {dir}/private
	lock directory = {dir}/lock
	state directory = {dir}/state
	cache directory = {dir}/cache
	pid directory = {dir}/run
	ncalrpc dir = {dir}/ncalrpc
	log file = {dir}/log/log.%m
	log level = 1
{options}
[{share}]
	path = {dir}/share
	read only = no
{share_options}
"""

# For rpcclient and its like: as root they leave traces in the machine's own
# directories otherwise.
CLIENT_CONF = """\
[global]
	name resolve order = host
	private dir = {dir}/client
	lock directory = {dir}/client
	state directory = {dir}/client
	cache directory = {dir}/client
"""


class LabError(Exception):
    """The lab could not be brought up, down or asked."""


def path(directory, *names):
    return os.path.join(directory, *names)


def write(name, text, mode=0o644):
    """Replace a file in one step, never readable by more than `mode`."""
    part = f"{name}.new"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as stream:
        os.fchmod(handle, mode)
        stream.write(text)
    os.rename(part, name)


def read_env(directory):
    """DIR/env as a dict; empty when there is none."""
    try:
        with open(path(directory, "env")) as stream:
            lines = stream.read().splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key: shlex.split(value)[0] for key, _, value in pairs}


def write_env(directory, env):
    text = "".join(f"{key}={shlex.quote(str(value))}\n"
                   for key, value in env.items())
    write(path(directory, "env"), text)


def passwords(directory):
    with open(path(directory, "passwords")) as stream:
        return dict(line.rstrip("\n").split(":", 1) for line in stream)


def wrapper_env(directory):
    """The environment in which the lab's accounts exist."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "LD_PRELOAD": "libnss_wrapper.so",
        "NSS_WRAPPER_PASSWD": path(directory, "passwd"),
        "NSS_WRAPPER_GROUP": path(directory, "group"),
        "NSS_WRAPPER_HOSTS": path(directory, "hosts"),
    }


def check_reachable(directory):
    """smbd opens a user's files as that user, who must get there."""
    parent = os.path.dirname(directory)
    while True:
        if not os.stat(parent).st_mode & 0o001:
            raise LabError(f"{parent}: the lab's users cannot pass it; "
                           "put the lab somewhere below /tmp")
        if parent == "/":
            return
        parent = os.path.dirname(parent)


def check_ours(directory):
    """A lab clears its directory: never one that holds other things."""
    others = set(os.listdir(directory)) - {".lock"}
    if others and read_env(directory).get("LAB_DIR") != directory:
        raise LabError(f"{directory}: neither empty nor a lab")


def remove(directory):
    for name in FOLDERS:
        shutil.rmtree(path(directory, name), ignore_errors=True)
    for name in FILES:
        with suppress(FileNotFoundError):
            os.unlink(path(directory, name))
    os.rmdir(directory)


def make_folders(directory):
    os.chmod(directory, 0o711)
    for name in FOLDERS:
        shutil.rmtree(path(directory, name), ignore_errors=True)
        os.mkdir(path(directory, name))
    os.chmod(path(directory, "private"), 0o700)
    os.chmod(path(directory, "auth"), 0o700)
    os.chmod(path(directory, "share"), 0o1777)


def make_accounts(directory):
    # impacket takes a third of a second to load; only `up` needs it here.
    from impacket.ntlm import compute_nthash

    passwd, hashes, plain = [], [], []
    for user, (uid, flags) in USERS.items():
        password = secrets.token_urlsafe(12)
        gid = USERS_GID if uid else 0
        passwd.append(f"{user}:x:{uid}:{gid}::/nonexistent:/bin/false\n")
        nthash = compute_nthash(password).hex().upper()
        hashes.append(f"{user}:{uid}:{'X' * 32}:{nthash}:[{flags:<11}]:"
                      f"LCT-{int(time.time()):08X}:\n")
        plain.append(f"{user}:{password}\n")
        if len(user.encode()) < 200:  # as far as it is a file's name, too
            write(path(directory, "auth", user), f"username = {user}\n"
                  f"password = {password}\n", 0o600)
    passwd.append("nobody:x:65534:65534::/nonexistent:/bin/false\n")
    write(path(directory, "passwd"), "".join(passwd))
    write(path(directory, "group"),
          f"root:x:0:\nnogroup:x:65534:\nlabusers:x:{USERS_GID}:\n"
          f"lablisters:x:{LISTERS_GID}:root,admin,lister\n"
          f"labclosers:x:{CLOSERS_GID}:admin\n")
    # At every logon smbd asks for this machine's own full name.  DNS may be
    # slow to say that it has none.
    write(path(directory, "hosts"),
          f"127.0.0.1 localhost\n127.0.1.1 {socket.gethostname()}\n")
    write(path(directory, "private", "smbpasswd"), "".join(hashes), 0o600)
    write(path(directory, "passwords"), "".join(plain), 0o600)


def make_conf(directory, port, options, share_options):
    def lines(settings):
        return "".join(f"\t{setting}\n" for setting in settings)

    write(path(directory, "smb.conf"), CONF.format(
        dir=directory, port=port, share=SHARE, options=lines(options),
        share_options=lines(share_options)))
    write(path(directory, "client.conf"), CLIENT_CONF.format(dir=directory))
