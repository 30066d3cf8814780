/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server means by the NTSTATUS with which it refuses. */
#include "transport/srvsvc/carrier_common.h"
#include "util/ntstatus.h"

static const char wrong_logon[] =
	"The server does not know this user with this password: check user, "
	"domain and password.";
static const char restricted[] =
	"The account may not log on now, from here or in this way: see its "
	"hours, workstations and other restrictions on the server.";
static const char old_password[] =
	"The account's password has expired or must be changed first.";
static const char no_dc[] =
	"The server cannot ask a domain controller about this user: check its "
	"trust and its network, or use a local account.";
static const char busy[] =
	"The server takes no more connections now: try again later.";
static const char no_pipe[] =
	"The server has no srvsvc service: its pipe \\PIPE\\srvsvc cannot be "
	"opened.";

/* Why a log-on is refused. */
static const struct sm_carrier_meaning logon_meanings[] = {
	{SM_NT_LOGON_FAILURE, SMBMGMT_E_LOGON_FAILED, wrong_logon},
	{SM_NT_WRONG_PASSWORD, SMBMGMT_E_LOGON_FAILED, wrong_logon},
	{SM_NT_NO_SUCH_USER, SMBMGMT_E_LOGON_FAILED, wrong_logon},
	{SM_NT_NO_SUCH_DOMAIN, SMBMGMT_E_LOGON_FAILED, wrong_logon},
	{SM_NT_INVALID_ACCOUNT_NAME, SMBMGMT_E_LOGON_FAILED, wrong_logon},
	{SM_NT_ACCOUNT_LOCKED_OUT, SMBMGMT_E_ACCOUNT_LOCKED,
	 "The account is locked out: wait, or have it unlocked."},
	{SM_NT_ACCOUNT_DISABLED, SMBMGMT_E_ACCOUNT_DISABLED,
	 "The account is disabled."},
	{SM_NT_ACCOUNT_EXPIRED, SMBMGMT_E_ACCOUNT_DISABLED,
	 "The account has expired."},
	{SM_NT_PASSWORD_EXPIRED, SMBMGMT_E_ACCOUNT_RESTRICTED, old_password},
	{SM_NT_PASSWORD_MUST_CHANGE, SMBMGMT_E_ACCOUNT_RESTRICTED,
	 old_password},
	{SM_NT_ACCOUNT_RESTRICTION, SMBMGMT_E_ACCOUNT_RESTRICTED, restricted},
	{SM_NT_INVALID_LOGON_HOURS, SMBMGMT_E_ACCOUNT_RESTRICTED, restricted},
	{SM_NT_INVALID_WORKSTATION, SMBMGMT_E_ACCOUNT_RESTRICTED, restricted},
	{SM_NT_LOGON_TYPE_NOT_GRANTED, SMBMGMT_E_ACCOUNT_RESTRICTED,
	 restricted},
	{SM_NT_LOGON_NOT_GRANTED, SMBMGMT_E_ACCOUNT_RESTRICTED, restricted},
	{SM_NT_AUTHENTICATION_FIREWALL_FAILED, SMBMGMT_E_ACCESS_DENIED,
	 restricted},
	{SM_NT_NTLM_BLOCKED, SMBMGMT_E_ACCESS_DENIED,
	 "The server or its domain takes no NTLM log-on: use Kerberos, which "
	 "the carrier dcerpc can."},
	{SM_NT_NO_LOGON_SERVERS, SMBMGMT_E_SERVER, no_dc},
	{SM_NT_TRUSTED_DOMAIN_FAILURE, SMBMGMT_E_SERVER, no_dc},
	{SM_NT_TRUSTED_RELATIONSHIP_FAILURE, SMBMGMT_E_SERVER, no_dc},
	{SM_NT_TOO_MANY_SESSIONS, SMBMGMT_E_SERVER, busy},
	{SM_NT_REQUEST_NOT_ACCEPTED, SMBMGMT_E_SERVER, busy},
	{SM_NT_INSUFF_SERVER_RESOURCES, SMBMGMT_E_SERVER, busy},
	{SM_NT_INSUFFICIENT_RESOURCES, SMBMGMT_E_SERVER, busy},
};

/* Why the pipe cannot be opened. */
static const struct sm_carrier_meaning pipe_meanings[] = {
	{SM_NT_PATH_NOT_COVERED, SMBMGMT_E_NO_SERVICE,
	 "The server sends us to another one for its pipe srvsvc (a DFS "
	 "referral), and that was not asked for: name the other server."},
	{SM_NT_OBJECT_NAME_NOT_FOUND, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_OBJECT_PATH_NOT_FOUND, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_PIPE_NOT_AVAILABLE, SMBMGMT_E_NO_SERVICE, no_pipe},
	/* Samba's smbd says so when what serves its pipes does not run. */
	{SM_NT_CONNECTION_REFUSED, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_BAD_NETWORK_NAME, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_ACCESS_DENIED, SMBMGMT_E_ACCESS_DENIED,
	 "The server does not let this user open the pipe srvsvc."},
	{SM_NT_NETWORK_ACCESS_DENIED, SMBMGMT_E_ACCESS_DENIED,
	 "The server does not let this user or this host in."},
	{SM_NT_RPC_UNKNOWN_IF, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_RPC_INTERFACE_NOT_FOUND, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_RPC_SERVER_UNAVAILABLE, SMBMGMT_E_NO_SERVICE, no_pipe},
	{SM_NT_PIPE_BUSY, SMBMGMT_E_SERVER, busy},
	{SM_NT_CONNECTION_COUNT_LIMIT, SMBMGMT_E_SERVER, busy},
	{SM_NT_INSUFF_SERVER_RESOURCES, SMBMGMT_E_SERVER, busy},
	{SM_NT_INSUFFICIENT_RESOURCES, SMBMGMT_E_SERVER, busy},
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

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct sm_carrier_meaning *
find(const struct sm_carrier_meaning *table, size_t count, uint32_t status)
{
	size_t i = 0;

	for (i = 0; i < count; i++)
		if (table[i].status == status)
			return &table[i];
	return NULL;
}

const struct sm_carrier_meaning *sm_carrier_logon_meanings(size_t *count)
{
	*count = COUNT(logon_meanings);
	return logon_meanings;
}

const struct sm_carrier_meaning *sm_carrier_logon_meaning(uint32_t status)
{
	return find(logon_meanings, COUNT(logon_meanings), status);
}

const struct sm_carrier_meaning *sm_carrier_pipe_meaning(uint32_t status)
{
	return find(pipe_meanings, COUNT(pipe_meanings), status);
}

bool sm_carrier_is_lost(uint32_t status)
{
	size_t i = 0;

	for (i = 0; i < COUNT(lost); i++)
		if (lost[i] == status)
			return true;
	return false;
}
