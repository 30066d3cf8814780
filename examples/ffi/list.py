#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-3.0-or-later
"""List a server's sessions from Python, with ctypes and nothing else.

    list.py [SERVER [PATH OF libsmbmgmt.so.0]]

Handles and lists are opaque pointers; what is handed out by `T **out` is
dropped with its _unref, what a getter returns is borrowed.
"""

import ctypes
import sys

SERVER = sys.argv[1] if len(sys.argv) > 1 else "memory:demo"
LIBRARY = sys.argv[2] if len(sys.argv) > 2 else "libsmbmgmt.so.0"

lib = ctypes.CDLL(LIBRARY)
pointer, text = ctypes.c_void_p, ctypes.c_char_p
u32, u64 = ctypes.c_uint32, ctypes.c_uint64


def function(name, result, *arguments):
    f = getattr(lib, "smbmgmt_" + name)
    f.restype, f.argtypes = result, arguments
    return f


out = ctypes.POINTER(pointer)
context_new = function("context_new", ctypes.c_int32, out, out)
open_handle = function("open_handle", ctypes.c_int32, pointer, text, pointer,
                       out, out)
list_sessions = function("list_sessions", ctypes.c_int32, pointer, out, u32,
                         pointer, pointer, out, out)
list_count = function("session_list_count", u32, pointer)
list_get = function("session_list_get", pointer, pointer, u32)
session_id = function("session_id", u64, pointer)
session_client = function("session_client", text, pointer)
session_user = function("session_user", text, pointer)
error_message = function("error_message", text, pointer)
for kind in ("context", "handle", "session_list", "error"):
    function(kind + "_unref", None, pointer)


class Error(Exception):
    pass


def call(f, *arguments):
    """Call a function whose last argument is `smbmgmt_error **`."""
    error = pointer()
    if f(*arguments, ctypes.byref(error)) != 0:
        message = error_message(error).decode()
        lib.smbmgmt_error_unref(error)
        raise Error(message)


def main():
    context, handle, sessions = pointer(), pointer(), pointer()
    try:
        call(context_new, ctypes.byref(context))
        call(open_handle, context, SERVER.encode(), None,
             ctypes.byref(handle))
        call(list_sessions, context, ctypes.byref(handle), 1, None, None,
             ctypes.byref(sessions))
        for i in range(list_count(sessions)):
            session = list_get(sessions, i)
            print(session_id(session), session_client(session).decode(),
                  session_user(session).decode(), sep="\t")
    except Error as error:
        sys.exit(f"list.py: {error}")
    finally:
        lib.smbmgmt_session_list_unref(sessions)
        lib.smbmgmt_handle_unref(handle)
        lib.smbmgmt_context_unref(context)


if __name__ == "__main__":
    main()
