# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 2: an SMB server in the shape of Windows, for srvsvc's sessions.

It is written from MS-SMB2, MS-NLMP, MS-SPNG, C706 with MS-RPCE, and MS-SRVS,
not from any client's idea of them; what this project decodes, this package
encodes by itself.  impacket lends NTLM's key functions, Cryptodome the
ciphers.  rpcclient, python3-samba, smbclient and impacket's client are the
peers that test_winlab.py proves it with.

As the specifications and Windows have it:

- SMB 2.0.2 to 3.1.1; signatures with HMAC-SHA256, AES-CMAC and AES-GMAC;
  AES-128 and -256 in CCM and GCM; preauthentication integrity; validation of
  the negotiation; multi-protocol NEGOTIATE
- several sessions on a connection, each with its keys; one that is ended is
  answered USER_SESSION_DELETED and leaves the others alone
- NTLMv2 in SPNEGO with both MICs; logon failures by their own NTSTATUS;
  guests and anonymous users
- pipes in message mode: a fragment is a message, a short read overflows,
  a read of an empty pipe is pending and can be cancelled
- DCE/RPC: presentation contexts and their rejection, bind time features,
  fragments both ways, faults
- NetrSessionEnum at 502, 2, 1, 10 and 0, NetrSessionDel: filters, rights by
  level, pages with 234 and resume handles, error codes (see srvsvc.py)
- rows count opens, age and idle seconds of real sessions, the caller's too

Not so: no Kerberos, no oplocks, leases, durable handles or multichannel, no
DCE/RPC authentication, no NDR64; credits are granted but not enforced; an
encrypted request for an ended session is answered rather than cut off, unless
set so; the file share is a dictionary in memory.  Where Windows' own choice
is not documented, the setting's comment or the module's header says what was
chosen.

Beyond any server, the misbehaviour of rules.py and some of settings.py.

Modules: settings, rules, table (sessions), status (codes); crypto, ntlmauth,
spnego, negotiate, auth, message, connection, session, commands (SMB);
pipe, rpc, ndr, srvsvc (the service); server, control (the process).
"""
