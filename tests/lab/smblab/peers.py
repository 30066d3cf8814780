# SPDX-License-Identifier: LGPL-3.0-or-later
"""Other people's clients of srvsvc, over the connections of smblab.client.

They stand for nothing of this project: impacket decodes what a server says,
and so shows whether the server is right.
"""

from contextlib import contextmanager

from impacket.dcerpc.v5 import srvs
from impacket.dcerpc.v5.dtypes import NULL
from impacket.dcerpc.v5.transport import SMBTransport
from impacket.smb3structs import (FILE_NON_DIRECTORY_FILE, FILE_OPEN,
                                  FILE_READ_DATA, FILE_SHARE_READ,
                                  FILE_SHARE_WRITE, FILE_WRITE_DATA,
                                  FSCTL_PIPE_TRANSCEIVE, SMB2_CANCEL,
                                  SMB2_IOCTL, SMB2_READ, SMB2Cancel,
                                  SMB2Ioctl, SMB2Ioctl_Response, SMB2Read,
                                  SMB2Read_Response)
from impacket.smbconnection import SMBConnection

FOREVER = 0xFFFFFFFF
SUCCESS, BUFFER_OVERFLOW, PENDING = 0, 0x80000005, 0x103
# impacket's members, as this project calls them.
MEMBERS = (("cname", "client"), ("username", "user"), ("num_opens", "opens"),
           ("time", "time"), ("idle_time", "idle"), ("user_flags", "flags"),
           ("cltype_name", "type"), ("transport", "transport"))


def text_or_null(text):
    return NULL if text is None else text + "\0"


def plain(value):
    return value.rstrip("\0") if isinstance(value, str) else value


class Answer:
    """What NetrSessionEnum said: code, rows (dicts), total, resume."""

    def __init__(self, response, level):
        self.code = response["ErrorCode"]
        self.total = response["TotalEntries"]
        self.resume = response["ResumeHandle"]
        self.rows = []
        container = response["InfoStruct"]["SessionInfo"][f"Level{level}"]
        self.entries = container["EntriesRead"]
        for entry in container["Buffer"] if self.entries else ():
            names = {field[0].partition("_")[2]: field[0]
                     for field in entry.structure}
            self.rows.append({
                ours: plain(entry[names[theirs]]) for theirs, ours in MEMBERS
                if theirs in names})


class Srvsvc:
    """impacket's DCE/RPC bound to srvsvc on one session."""

    def __init__(self, client, session=None, bind=srvs.MSRPC_UUID_SRVS):
        self.client, self.session = client, session or client.session
        with self._turn() as smb:
            connection = SMBConnection(existingConnection=smb)
            transport = SMBTransport(client.host, filename=r"\srvsvc",
                                     smb_connection=connection)
            self.dce = transport.get_dce_rpc()
            self.dce.connect()
            if bind is not None:
                self.dce.bind(bind)

    @contextmanager
    def _turn(self):
        with self.client.turn(self.session) as smb:
            yield smb

    def enum(self, level=502, client=None, user=None, preferred=FOREVER,
             resume=0):
        request = srvs.NetrSessionEnum()
        request["ServerName"] = NULL
        request["ClientName"] = text_or_null(client)
        request["UserName"] = text_or_null(user)
        request["InfoStruct"]["Level"] = level
        request["InfoStruct"]["SessionInfo"]["tag"] = level
        request["InfoStruct"]["SessionInfo"][f"Level{level}"]["Buffer"] = NULL
        request["PreferedMaximumLength"] = preferred
        request["ResumeHandle"] = resume
        with self._turn():
            return Answer(self.dce.request(request, checkError=False), level)

    def delete(self, client, user):
        request = srvs.NetrSessionDel()
        request["ServerName"] = NULL
        request["ClientName"] = text_or_null(client)
        request["UserName"] = text_or_null(user)
        with self._turn():
            return self.dce.request(request, checkError=False)["ErrorCode"]

    def call(self, opnum, stub):
        """Any call; gives the answer's stub."""
        with self._turn():
            self.dce.call(opnum, stub)
            return self.dce.recv()


class RawPipe:
    """The pipe itself: what READ, WRITE and TRANSCEIVE answer."""

    def __init__(self, client, name="srvsvc", session=None):
        self.client, self.session = client, session or client.session
        with client.turn(self.session) as smb:
            self.tree = smb.connectTree("IPC$")
            self.handle = smb.create(
                self.tree, name, FILE_READ_DATA | FILE_WRITE_DATA,
                FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_NON_DIRECTORY_FILE,
                FILE_OPEN, 0)

    def _send(self, smb, command, data):
        packet = smb.SMB_PACKET()
        packet["Command"], packet["TreeID"] = command, self.tree
        packet["Data"] = data
        return smb.sendSMB(packet)

    def send_read(self, size):
        """Send a READ; gives its message id."""
        with self.client.turn(self.session) as smb:
            request = SMB2Read()
            request["Padding"], request["Length"] = 0x50, size
            request["FileID"] = self.handle
            return self._send(smb, SMB2_READ, request)

    def read_answer(self, message_id):
        with self.client.turn(self.session) as smb:
            answer = smb.recvSMB(message_id)
        code = answer["Status"]
        if code not in (SUCCESS, BUFFER_OVERFLOW):
            return code, b""
        return code, SMB2Read_Response(answer["Data"])["Buffer"]

    def read(self, size):
        """(status, data)."""
        return self.read_answer(self.send_read(size))

    def write(self, data):
        with self.client.turn(self.session) as smb:
            smb.write(self.tree, self.handle, data, 0, len(data))

    def transceive(self, data, room):
        """(status, data)."""
        with self.client.turn(self.session) as smb:
            request = SMB2Ioctl()
            request["FileID"] = self.handle
            request["CtlCode"] = FSCTL_PIPE_TRANSCEIVE
            request["InputCount"], request["Buffer"] = len(data), data
            request["OutputOffset"] = request["MaxInputResponse"] = 0
            request["MaxOutputResponse"], request["Flags"] = room, 1
            answer = smb.recvSMB(self._send(smb, SMB2_IOCTL, request))
        code = answer["Status"]
        if code not in (SUCCESS, BUFFER_OVERFLOW):
            return code, b""
        return code, SMB2Ioctl_Response(answer["Data"])["Buffer"]

    def cancel(self, message_id):
        with self.client.turn(self.session) as smb:
            packet = smb.SMB_PACKET()
            packet["Command"], packet["MessageID"] = SMB2_CANCEL, message_id
            packet["Data"] = SMB2Cancel()
            smb.sendSMB(packet)
