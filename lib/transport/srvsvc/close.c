/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * NetrSessionDel.  It ends every session of a (client, user); without one of
 * the two a Samba server would end far more, so that is never sent.
 */
#include <stdlib.h>
#include <string.h>

#include "transport/srvsvc/conn.h"

/* The client with the two backslashes that the protocol asks for. */
static char *with_backslashes(const char *client)
{
	size_t len = strlen(client);
	char *result = NULL;

	if (strncmp(client, "\\\\", 2) == 0)
		return strdup(client);
	result = malloc(len + 3);
	if (result == NULL)
		return NULL;
	result[0] = '\\';
	result[1] = '\\';
	memcpy(result + 2, client, len + 1);
	return result;
}

static bool is_name(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static int answered(uint32_t status, struct sm_fail *fail)
{
	switch (status) {
	case 0:
		return 0;
	case SM_WERR_CLIENT_NOT_FOUND:
	case SM_WERR_USER_NOT_FOUND:
		return sm_fail_native(fail, SMBMGMT_E_GONE,
				      SMBMGMT_NATIVE_WERROR, status,
				      "The server has no such session.");
	case SM_WERR_ACCESS_DENIED:
		return sm_fail_native(
			fail, SMBMGMT_E_CLOSE_DENIED, SMBMGMT_NATIVE_WERROR,
			status,
			"The server denied the close. This user may lack the "
			"right: Windows asks for Administrators or Server "
			"Operators, Samba for root or Domain Admins (a user "
			"who may list may still not close). Samba answers the "
			"same for a session that is gone: list again.");
	default:
		return sm_fail_native(fail, SMBMGMT_E_SERVER,
				      SMBMGMT_NATIVE_WERROR, status,
				      "The server failed to close the session "
				      "with error %u; its own log may say why.",
				      status);
	}
}

int sm_srvsvc_close(struct sm_transport_conn *conn, const struct sm_close *unit,
		    struct sm_fail *fail)
{
	const char *bare = unit->client;
	uint32_t status = 0;
	char *client = NULL;
	int ret = 0;

	if (unit->unit != SM_UNIT_CLIENT_USER)
		return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
			       "srvsvc closes the sessions of a client and "
			       "user, and nothing else.");
	if (bare != NULL)
		bare += strspn(bare, "\\");
	if (!is_name(bare) || !is_name(unit->user))
		return sm_fail(fail, SMBMGMT_E_REFUSED_UNSAFE,
			       "A session without a client's or a user's name "
			       "cannot be closed over srvsvc: the server would "
			       "end others with it.");
	client = with_backslashes(unit->client);
	if (client == NULL)
		return sm_fail_nomem(fail);
	ret = sm_srvsvc_call_del(conn, client, unit->user, &status, fail);
	free(client);
	if (ret == SMBMGMT_E_CONNECTION_LOST)
		return sm_fail_native(
			fail, ret, fail != NULL ? fail->kind : 0,
			fail != NULL ? fail->native : 0,
			"The connection broke while the server was closing "
			"the session: it may have happened, list again.");
	return ret != 0 ? ret : answered(status, fail);
}
