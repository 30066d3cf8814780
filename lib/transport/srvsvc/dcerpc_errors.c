/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the NTSTATUS of Samba's libraries to one code for each cause. */
#include "transport/srvsvc/dcerpc_carrier.h"
#include "transport/srvsvc/dcerpc_samba.h"
#include "util/ntstatus.h"

#include <smbmgmt/handle.h>

static const char wrong_logon[] =
	"The server does not know this user with this password: check user, "
	"domain and password.";
static const char restricted[] =
	"The account may not log on now, from here or in this way: see its "
	"hours, workstations and other restrictions on the server.";
static const char old_password[] =
	"The account's password has expired or must be changed first.";
static const char no_pipe[] =
	"The server has no srvsvc service: its pipe \\PIPE\\srvsvc cannot be "
	"opened.";
static const char no_dc[] =
	"The server cannot ask a domain controller about this user: check its "
	"trust and its network, or use a local account.";
static const char busy[] =
	"The server takes no more connections now: try again later.";
static const char broken_off[] =
	"The server broke the connection off before a session was made: it may "
	"know SMB1 only, not let this host in, or be going down.";
static const char unreachable[] =
	"The server could not be reached for a moment: try again.";
static const char no_common[] =
	"The server speaks no SMB dialect from SMB 2.0.2 to 3.1.1 in a way "
	"that "
	"both sides accept.";

struct meaning {
	uint32_t status;
	int32_t code;
	bool look; /* may be the network's doing: look at the host again */
	const char *text;
};

/* What a failed connect means. */
static const struct meaning connect_meanings[] = {
	{SM_NT_LOGON_FAILURE, SMBMGMT_E_LOGON_FAILED, false, wrong_logon},
	{SM_NT_WRONG_PASSWORD, SMBMGMT_E_LOGON_FAILED, false, wrong_logon},
	{SM_NT_NO_SUCH_USER, SMBMGMT_E_LOGON_FAILED, false, wrong_logon},
	{SM_NT_NO_SUCH_DOMAIN, SMBMGMT_E_LOGON_FAILED, false, wrong_logon},
	{SM_NT_INVALID_ACCOUNT_NAME, SMBMGMT_E_LOGON_FAILED, false,
	 wrong_logon},
	{SM_NT_ACCOUNT_LOCKED_OUT, SMBMGMT_E_ACCOUNT_LOCKED, false,
	 "The account is locked out: wait, or have it unlocked."},
	{SM_NT_ACCOUNT_DISABLED, SMBMGMT_E_ACCOUNT_DISABLED, false,
	 "The account is disabled."},
	{SM_NT_ACCOUNT_EXPIRED, SMBMGMT_E_ACCOUNT_DISABLED, false,
	 "The account has expired."},
	{SM_NT_PASSWORD_EXPIRED, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 old_password},
	{SM_NT_PASSWORD_MUST_CHANGE, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 old_password},
	{SM_NT_ACCOUNT_RESTRICTION, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 restricted},
	{SM_NT_INVALID_LOGON_HOURS, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 restricted},
	{SM_NT_INVALID_WORKSTATION, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 restricted},
	{SM_NT_LOGON_TYPE_NOT_GRANTED, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 restricted},
	{SM_NT_LOGON_NOT_GRANTED, SMBMGMT_E_ACCOUNT_RESTRICTED, false,
	 restricted},
	{SM_NT_AUTHENTICATION_FIREWALL_FAILED, SMBMGMT_E_ACCESS_DENIED, false,
	 restricted},
	{SM_NT_NTLM_BLOCKED, SMBMGMT_E_ACCESS_DENIED, false,
	 "The server or its domain takes no NTLM logon, and this library does "
	 "no other yet."},
	{SM_NT_NO_LOGON_SERVERS, SMBMGMT_E_SERVER, false, no_dc},
	{SM_NT_TRUSTED_DOMAIN_FAILURE, SMBMGMT_E_SERVER, false, no_dc},
	{SM_NT_TRUSTED_RELATIONSHIP_FAILURE, SMBMGMT_E_SERVER, false, no_dc},
	{SM_NT_NETWORK_ACCESS_DENIED, SMBMGMT_E_ACCESS_DENIED, false,
	 "The server does not let this user or this host in."},
	{SM_NT_OBJECT_NAME_NOT_FOUND, SMBMGMT_E_NO_SERVICE, true, no_pipe},
	{SM_NT_OBJECT_PATH_NOT_FOUND, SMBMGMT_E_NO_SERVICE, false, no_pipe},
	{SM_NT_PIPE_NOT_AVAILABLE, SMBMGMT_E_NO_SERVICE, false, no_pipe},
	{SM_NT_BAD_NETWORK_NAME, SMBMGMT_E_NO_SERVICE, true, no_pipe},
	{SM_NT_RPC_UNKNOWN_IF, SMBMGMT_E_NO_SERVICE, false, no_pipe},
	{SM_NT_RPC_INTERFACE_NOT_FOUND, SMBMGMT_E_NO_SERVICE, false, no_pipe},
	{SM_NT_RPC_SERVER_UNAVAILABLE, SMBMGMT_E_NO_SERVICE, false, no_pipe},
	{SM_NT_RPC_UNSUPPORTED_TRANS_SYN, SMBMGMT_E_NO_SERVICE, false, no_pipe},
	{SM_NT_TOO_MANY_SESSIONS, SMBMGMT_E_SERVER, false, busy},
	{SM_NT_REQUEST_NOT_ACCEPTED, SMBMGMT_E_SERVER, false, busy},
	{SM_NT_INSUFF_SERVER_RESOURCES, SMBMGMT_E_SERVER, false, busy},
	{SM_NT_INSUFFICIENT_RESOURCES, SMBMGMT_E_SERVER, false, busy},
	{SM_NT_CONNECTION_COUNT_LIMIT, SMBMGMT_E_SERVER, false, busy},
	{SM_NT_PIPE_BUSY, SMBMGMT_E_SERVER, false, busy},
	{SM_NT_NOT_SUPPORTED, SMBMGMT_E_NEGOTIATION, false, no_common},
	{SM_NT_PROTOCOL_NOT_SUPPORTED, SMBMGMT_E_NEGOTIATION, false, no_common},
	{SM_NT_REVISION_MISMATCH, SMBMGMT_E_NEGOTIATION, false, no_common},
	{SM_NT_DOWNGRADE_DETECTED, SMBMGMT_E_NEGOTIATION, false,
	 "What the server negotiated was changed on the way: someone may be "
	 "tampering with the connection."},
	{SM_NT_INVALID_NETWORK_RESPONSE, SMBMGMT_E_NEGOTIATION, true,
	 "What answered is no SMB2 server, or one that does not let this host "
	 "in: check the port, and the server's hosts allow and deny."},
	{SM_NT_IO_TIMEOUT, SMBMGMT_E_TIMED_OUT, false,
	 "The server does not answer: is it overloaded, or is something else "
	 "listening on that port?"},
	/* Samba's smbd says so when what serves its pipes does not run. */
	{SM_NT_CONNECTION_REFUSED, SMBMGMT_E_NO_SERVICE, true, no_pipe},
	{SM_NT_BAD_NETWORK_PATH, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_HOST_UNREACHABLE, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_NETWORK_UNREACHABLE, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_PORT_UNREACHABLE, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_NO_MEMORY, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_UNSUCCESSFUL, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_NOT_FOUND, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_CONNECTION_DISCONNECTED, SMBMGMT_E_CONNECTION_LOST, true,
	 broken_off},
	{SM_NT_CONNECTION_RESET, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_CONNECTION_ABORTED, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_CONNECTION_INVALID, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_LOCAL_DISCONNECT, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_REMOTE_DISCONNECT, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_PIPE_DISCONNECTED, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_PIPE_BROKEN, SMBMGMT_E_CONNECTION_LOST, true, broken_off},
	{SM_NT_NETWORK_NAME_DELETED, SMBMGMT_E_CONNECTION_LOST, true,
	 broken_off},
	{SM_NT_USER_SESSION_DELETED, SMBMGMT_E_CONNECTION_LOST, true,
	 broken_off},
};

/* Statuses of a call that leave no connection behind. */
static const uint32_t lost[] = {
	SM_NT_CONNECTION_DISCONNECTED,
	SM_NT_CONNECTION_RESET,
	SM_NT_CONNECTION_ABORTED,
	SM_NT_CONNECTION_INVALID,
	SM_NT_LOCAL_DISCONNECT,
	SM_NT_REMOTE_DISCONNECT,
	SM_NT_PIPE_DISCONNECTED,
	SM_NT_PIPE_BROKEN,
	SM_NT_PIPE_CLOSING,
	SM_NT_FILE_CLOSED,
	SM_NT_NETWORK_NAME_DELETED,
	SM_NT_USER_SESSION_DELETED,
	SM_NT_NETWORK_SESSION_EXPIRED,
	SM_NT_INVALID_NETWORK_RESPONSE,
};

static const struct meaning *find_meaning(uint32_t ntstatus)
{
	size_t n = sizeof(connect_meanings) / sizeof(connect_meanings[0]);
	size_t i = 0;

	for (i = 0; i < n; i++)
		if (connect_meanings[i].status == ntstatus)
			return &connect_meanings[i];
	return NULL;
}

/*
 * A guest's or an anonymous session has no key: it can neither be signed nor
 * encrypted, and a server that makes a guest of an unknown user only shows as
 * an answer whose signature is wrong.
 */
static int access_denied(const struct sm_target *target, struct sm_fail *fail)
{
	const char *hint = target->protection == SMBMGMT_PROTECTION_OFF
				   ? ""
				   : " Or it took the logon for a guest's, "
				     "whose traffic cannot be protected.";

	return sm_fail_native(fail, SMBMGMT_E_ACCESS_DENIED,
			      SMBMGMT_NATIVE_NTSTATUS, SM_NT_ACCESS_DENIED,
			      "The server does not let this user in: it denied "
			      "the session, IPC$ or the pipe srvsvc.%s",
			      hint);
}

static bool is_encryption_refusal(const struct sm_target *target,
				  uint32_t ntstatus)
{
	return target->protection == SMBMGMT_PROTECTION_ENCRYPT &&
	       (ntstatus == SM_NT_NOT_SUPPORTED ||
		ntstatus == SM_NT_PROTOCOL_NOT_SUPPORTED ||
		ntstatus == SM_NT_INVALID_PARAMETER_MIX);
}

int sm_dcerpc_connect_failed(const struct sm_target *target, uint32_t ntstatus,
			     struct sm_fail *fail)
{
	const struct meaning *meaning = find_meaning(ntstatus);
	int ret = 0;

	if (is_encryption_refusal(target, ntstatus))
		return sm_fail_native(
			fail, SMBMGMT_E_ENCRYPTION_REFUSED,
			SMBMGMT_NATIVE_NTSTATUS, ntstatus,
			"Encryption was asked for, and there is none with this "
			"server: it is turned off there, the server knows no "
			"SMB3, or the logon is anonymous or a guest's.");
	if (ntstatus == SM_NT_ACCESS_DENIED)
		return access_denied(target, fail);
	if (meaning == NULL)
		return sm_fail_native(fail, SMBMGMT_E_SERVER,
				      SMBMGMT_NATIVE_NTSTATUS, ntstatus,
				      "The server's srvsvc service cannot be "
				      "used: %s.",
				      nt_errstr(NT_STATUS(ntstatus)));
	if (meaning->look) {
		ret = sm_dcerpc_probe(target, fail);
		if (ret != 0)
			return ret;
	}
	return sm_fail_native(fail, meaning->code, SMBMGMT_NATIVE_NTSTATUS,
			      ntstatus, "%s", meaning->text);
}

static bool is_lost(uint32_t ntstatus)
{
	size_t i = 0;

	for (i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
		if (lost[i] == ntstatus)
			return true;
	return false;
}

int sm_dcerpc_call_failed(uint32_t ntstatus, bool alive, struct sm_fail *fail)
{
	if (ntstatus == SM_NT_RPC_PROTOCOL_ERROR)
		return sm_fail_native(fail, SMBMGMT_E_PROTOCOL,
				      SMBMGMT_NATIVE_NTSTATUS, ntstatus,
				      "The server's answer breaks DCE/RPC, or "
				      "is over the library's bound.");
	if (ntstatus == SM_NT_IO_TIMEOUT)
		return sm_fail_native(fail, SMBMGMT_E_TIMED_OUT,
				      SMBMGMT_NATIVE_NTSTATUS, ntstatus,
				      "The server does not answer: it hangs or "
				      "is overloaded.");
	if (!alive || is_lost(ntstatus))
		return sm_fail_native(fail, SMBMGMT_E_CONNECTION_LOST,
				      SMBMGMT_NATIVE_NTSTATUS, ntstatus,
				      "The connection to the server broke: %s.",
				      nt_errstr(NT_STATUS(ntstatus)));
	if (ntstatus == SM_NT_NO_MEMORY)
		return sm_fail_nomem(fail);
	return sm_fail_native(fail, SMBMGMT_E_SERVER, SMBMGMT_NATIVE_NTSTATUS,
			      ntstatus,
			      "The server's srvsvc service failed: %s.",
			      nt_errstr(NT_STATUS(ntstatus)));
}
