# SPDX-License-Identifier: LGPL-3.0-or-later
"""Kerberos for HTTP, raw or in SPNEGO, with python3-gssapi (RFC 4121)."""

import os
import struct

import gssapi
from gssapi.raw import (IOV, ChannelBindings, IOVBufferType, unwrap_iov,
                        wrap_iov)

from winlab import status

from .ntlm import Refused, Unsealable

KRB5 = bytes.fromhex("2a864886f712010202")
# The object identifier that Windows says first, one bit short.
MS_KRB5 = bytes.fromhex("2a864882f712010202")
# GSS_C_CHANNEL_BOUND_FLAG, which MIT has since 1.19.
CHANNEL_BOUND = 2048
# What a server says whose token is one whole: AES with HMAC-SHA1's 16 bytes
# of header, 16 of confounder, 16 of header again and 12 of checksum.
WHOLE_TOKEN = 60


def credentials(keytab, directory):
    """What to accept with; the replay cache is the server's own file."""
    return gssapi.Credentials(usage="accept", store={
        "keytab": keytab,
        "rcache": "file2:" + os.path.join(directory, "rcache")})


class Acceptor:
    """One context; binding as ntlm.Exchange has it."""

    how = "kerberos"

    def __init__(self, creds, domain, binding, must_bind, form):
        bindings = binding and ChannelBindings(application_data=binding)
        self.context = gssapi.SecurityContext(
            usage="accept", creds=creds, channel_bindings=bindings or None)
        self.domain, self.form = domain, form
        self.must_bind = must_bind and binding is not None

    def step(self, token):
        try:
            answer = self.context.step(token) or b""
            done = self.context.complete
        except gssapi.exceptions.GSSError as error:
            raise Refused(status.LOGON_FAILURE) from error
        if done and self.must_bind and not (
                int(self.context.actual_flags) & CHANNEL_BOUND):
            raise Refused(status.LOGON_FAILURE)
        return done, answer

    def principal(self):
        return f"{self.domain}\\{self.account()}"

    def account(self):
        return str(self.context.initiator_name).rpartition("@")[0]

    def seals(self):
        return gssapi.RequirementFlag.confidentiality in \
            self.context.actual_flags

    def skip(self):
        """Use up a sequence number."""
        self.context.wrap(b"", True)

    def seal(self, plain):
        """Header and sealed text; in one piece, cut anywhere, by setting."""
        if self.form == "token":
            whole = self.context.wrap(plain, True).message
            return whole[:WHOLE_TOKEN], whole[WHOLE_TOKEN:]
        iov = IOV(IOVBufferType.header, plain, std_layout=False)
        wrap_iov(self.context, iov, confidential=True)
        return iov[0].value, iov[1].value

    def unseal(self, header, sealed):
        if len(header) < 16 or not self.seals():
            raise Unsealable("no header, or no sealing agreed on")
        flags, rotated = header[2], struct.unpack_from(">H", header, 6)[0]
        if header[:2] != b"\x05\x04" or not flags & 2:
            raise Unsealable("not a sealed token (RFC 4121 4.2.6.2)")
        try:
            # Rotated, the checksum stands in the header and not behind.
            if not rotated:
                return self.context.unwrap(header + sealed).message
            iov = IOV((IOVBufferType.header, False, header), sealed,
                      std_layout=False)
            done = unwrap_iov(self.context, iov)
            if not done.encrypted:
                raise Unsealable("signed, not sealed")
            return iov[1].value
        except gssapi.exceptions.GSSError as error:
            raise Unsealable(str(error)) from error
