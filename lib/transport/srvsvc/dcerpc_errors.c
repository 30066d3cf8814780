/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the NTSTATUS of Samba's libraries to one code for each cause. */
#include "transport/srvsvc/dcerpc_carrier.h"
#include "transport/srvsvc/dcerpc_samba.h"
#include "util/ntstatus.h"

#include <smbmgmt/handle.h>

#include <string.h>

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

/* What a failed connect means, besides a refusal of the server's. */
static const struct meaning connect_meanings[] = {
	{SM_NT_RPC_UNSUPPORTED_NAME_SYNTAX, SMBMGMT_E_NO_SERVICE, false,
	 "What serves the server's pipe srvsvc does not know the interface "
	 "srvsvc 3.0."},
	{SM_NT_RPC_UNSUPPORTED_TRANS_SYN, SMBMGMT_E_NEGOTIATION, false,
	 "What serves the server's pipe srvsvc does not speak 32-bit NDR."},
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
	{SM_NT_BAD_NETWORK_PATH, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_HOST_UNREACHABLE, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_NETWORK_UNREACHABLE, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_PORT_UNREACHABLE, SMBMGMT_E_UNREACHABLE, true, unreachable},
	{SM_NT_NO_MEMORY, SMBMGMT_E_UNREACHABLE, true, unreachable},
	/* Of a bind_nak as well. */
	{SM_NT_UNSUCCESSFUL, SMBMGMT_E_SERVER, true,
	 "The server can be reached, and its srvsvc service refuses to be "
	 "used without saying why: try again later, and see its log."},
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

static const struct meaning *find_meaning(uint32_t ntstatus)
{
	size_t n = sizeof(connect_meanings) / sizeof(connect_meanings[0]);
	size_t i = 0;

	for (i = 0; i < n; i++)
		if (connect_meanings[i].status == ntstatus)
			return &connect_meanings[i];
	return NULL;
}

static const struct sm_carrier_meaning *find_refusal(uint32_t ntstatus)
{
	const struct sm_carrier_meaning *found =
		sm_carrier_logon_meaning(ntstatus);

	return found != NULL ? found : sm_carrier_pipe_meaning(ntstatus);
}

/* Said of a server's pipe, and of a host that is not there. */
static bool is_unclear(uint32_t ntstatus)
{
	return ntstatus == SM_NT_OBJECT_NAME_NOT_FOUND ||
	       ntstatus == SM_NT_BAD_NETWORK_NAME ||
	       ntstatus == SM_NT_CONNECTION_REFUSED;
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

/* libdcerpc drops the zone, and then there is no way to the address. */
static bool has_zone(const struct sm_target *target)
{
	const char *where =
		target->address != NULL ? target->address : target->host;

	return strchr(where, '%') != NULL;
}

int sm_dcerpc_connect_failed(const struct sm_target *target, uint32_t ntstatus,
			     struct sm_fail *fail)
{
	const struct meaning *meaning = find_meaning(ntstatus);
	const struct sm_carrier_meaning *refusal = find_refusal(ntstatus);
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
	if (ntstatus == SM_NT_NO_MEMORY && has_zone(target))
		return sm_fail_native(
			fail, SMBMGMT_E_NOT_SUPPORTED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"Samba's libdcerpc connects to no IPv6 address with a "
			"zone: name the server, or give an address without "
			"one.");
	if (is_unclear(ntstatus) || (meaning != NULL && meaning->look)) {
		ret = sm_carrier_probe(target, fail);
		if (ret != 0)
			return ret;
	}
	if (refusal != NULL)
		return sm_fail_native(fail, refusal->code,
				      SMBMGMT_NATIVE_NTSTATUS, ntstatus, "%s",
				      refusal->text);
	if (meaning == NULL)
		return sm_fail_native(fail, SMBMGMT_E_SERVER,
				      SMBMGMT_NATIVE_NTSTATUS, ntstatus,
				      "The server's srvsvc service cannot be "
				      "used: %s.",
				      nt_errstr(NT_STATUS(ntstatus)));
	return sm_fail_native(fail, meaning->code, SMBMGMT_NATIVE_NTSTATUS,
			      ntstatus, "%s", meaning->text);
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
	if (!alive || sm_carrier_is_lost(ntstatus))
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
