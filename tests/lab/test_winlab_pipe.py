#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2 proves itself: pipes in message mode, and Samba's two libraries."""

import ctypes.util
import os
import struct
import subprocess
import sys

from smblab import tap, wintest
from smblab.peers import BUFFER_OVERFLOW, SUCCESS
from smblab.wintest import BIND, CALL, bound

PC = {"client": "\\\\PC1", "user": "dora"}
CANCELLED, SESSION_DELETED = 0xC0000120, 0xC0000203
PIPE_BUSY = 0xC00000AE


@tap.case("a message-mode pipe: short reads overflow, the rest stays")
def message_mode(lab):
    for dialect, encrypt in (("2.1", False), ("3.1.1", False),
                             ("3.1.1", True)):
        pipe = bound(lab, dialect=dialect, encrypt=encrypt)
        pipe.write(CALL)
        code, head = pipe.read(16)
        tap.equal((code, len(head), head[2]), (BUFFER_OVERFLOW, 16, 2))
        length, = struct.unpack_from("<H", head, 8)
        tap.equal(pipe.read(10)[0], BUFFER_OVERFLOW)
        code, rest = pipe.read(65536)
        tap.equal((code, len(rest)), (SUCCESS, length - 26))
        code, head = pipe.transceive(CALL, 20)
        tap.equal((code, len(head)), (BUFFER_OVERFLOW, 20))
        tap.equal(pipe.transceive(CALL, 20)[0], PIPE_BUSY)
        tap.equal(pipe.read(4096)[0], SUCCESS)


@tap.case("a byte-mode pipe: short reads are just short")
def byte_mode(lab):
    lab.set(pipe_mode="byte", fragment=64)
    pipe = bound(lab)
    pipe.write(CALL)
    tap.equal([len(part) for code, part in (pipe.read(16), pipe.read(80))
               if code == SUCCESS], [16, 80])
    tap.equal(pipe.read(4096)[0], SUCCESS)


@tap.case("a read of an empty pipe waits, for what comes or for its end")
def waiting(lab):
    pipe = bound(lab)
    waiting_read = pipe.send_read(1000)
    pipe.write(CALL)
    code, data = pipe.read_answer(waiting_read)
    tap.equal((code, data[2]), (SUCCESS, 2))
    waiting_read = pipe.send_read(1000)
    pipe.cancel(waiting_read)
    tap.equal(pipe.read_answer(waiting_read)[0], CANCELLED)
    waiting_read = pipe.send_read(1000)
    lab.end_session(pipe.session)
    tap.equal(pipe.read_answer(waiting_read)[0], SESSION_DELETED)


LIBSMBCLIENT = r"""
import ctypes, sys
port, user, password, name = sys.argv[1:5]
smb = ctypes.CDLL(name, use_errno=True)
texts = [ctypes.c_char_p] * 2 + [ctypes.c_void_p, ctypes.c_int] * 3
@ctypes.CFUNCTYPE(None, *texts)
def ask(server, share, group, _, name, name_size, secret, secret_size):
    ctypes.memmove(name, user.encode() + b"\0", len(user) + 1)
    ctypes.memmove(secret, password.encode() + b"\0", len(password) + 1)
assert smb.smbc_init(ask, 0) == 0
fd = smb.smbc_open(f"smb://127.0.0.1:{port}/IPC$/srvsvc".encode(), 2, 0)
assert fd >= 0, ctypes.get_errno()
bind = bytes.fromhex(sys.argv[5])
smb.smbc_write.restype = smb.smbc_read.restype = ctypes.c_ssize_t
assert smb.smbc_write(fd, bind, ctypes.c_size_t(len(bind))) == len(bind)
room = ctypes.create_string_buffer(4096)
got = smb.smbc_read(fd, room, ctypes.c_size_t(16))
if got < 0:
    print("errno", ctypes.get_errno())
else:
    rest = int.from_bytes(room.raw[8:10], "little") - 16
    print("read", got, smb.smbc_read(fd, room, ctypes.c_size_t(rest)) == rest)
"""


@tap.case("libsmbclient logs on, and stumbles over message mode only")
def libsmbclient(lab):
    name = ctypes.util.find_library("smbclient")
    if name is None:
        raise tap.Skip("no libsmbclient")
    home = lab.file("client")
    os.makedirs(os.path.join(home, ".smb"), exist_ok=True)
    with open(os.path.join(home, ".smb", "smb.conf"), "w"):
        pass
    for mode, wanted in (("message", "errno 22"), ("byte", "read 16 True")):
        lab.set(pipe_mode=mode)
        done = subprocess.run(
            [sys.executable, "-c", LIBSMBCLIENT, str(lab.port), "admin",
             lab.passwords["admin"], name, BIND.hex()],
            env=dict(os.environ, HOME=home), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60)
        tap.equal(done.stdout.strip(), wanted, f"{mode}: {done.stderr}")


PYTHON_SAMBA = r"""
import sys
from samba import credentials, param
from samba.dcerpc import srvsvc
port, path, protection = sys.argv[1:4]
lp = param.LoadParm()
lp.set("smb ports", port)
if protection == "encrypt":
    lp.set("client smb encrypt", "required")
creds = credentials.Credentials()
creds.guess(lp)
creds.parse_file(path)
creds.set_kerberos_state(credentials.DONT_USE_KERBEROS)
pipe = srvsvc.srvsvc(r"ncacn_np:127.0.0.1[\pipe\srvsvc]", lp, creds)
info = srvsvc.NetSessInfoCtr()
info.level, info.ctr = 502, srvsvc.NetSessCtr502()
found, total, _ = pipe.NetSessEnum(None, None, None, info, 0xFFFFFFFF, 0)
print(total, sorted({(one.client, one.user, one.num_open)
                     for one in found.ctr.array}))
pipe.NetSessDel(None, r"\\PC1", "dora")
"""


@tap.case("python3-samba decodes level 502 and closes")
def python_samba(lab):
    try:
        import samba.dcerpc.srvsvc  # noqa: F401
    except ImportError as error:
        raise tap.Skip("no python3-samba") from error
    for protection in ("sign", "encrypt"):
        lab.scripted([dict(PC, opens=4, times=301)])
        done = subprocess.run(
            [sys.executable, "-c", PYTHON_SAMBA, str(lab.port),
             lab.auth_file("admin"), protection], stdin=subprocess.DEVNULL,
            env=dict(os.environ, SMB_CONF_PATH=lab.env["LAB_CLIENT_CONF"]),
            capture_output=True, text=True, timeout=60)
        tap.equal(done.stdout.strip(), "302" + " " + str(sorted(
            {("\\\\127.0.0.1", "admin", 1), ("\\\\PC1", "dora", 4)})),
            done.stderr)
        tap.equal(lab.scripted_rows(), [])


if __name__ == "__main__":
    wintest.main()
