/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* NetrSessionDel, opnum 13: MS-SRVS 3.1.4.6. */
#include <string.h>

#include "wire/srvsvc/ndr.h"
#include "wire/srvsvc/srvsvc_ndr.h"

/* Servers drop leading backslashes, so a client of these alone is empty. */
static bool names_a_client(const char *client)
{
	return client != NULL && client[strspn(client, "\\")] != '\0';
}

static bool names_a_user(const char *user)
{
	return user != NULL && user[0] != '\0';
}

int sm_srvsvc_put_del_request(const struct sm_srvsvc_del_request *request,
			      struct sm_out *out, struct sm_fail *fail)
{
	struct sm_ndr_out ndr = sm_ndr_out_make(out, fail);

	if (!names_a_client(request->client) || !names_a_user(request->user))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Without a client name and a user name a close "
			       "would end other sessions too: give both.");
	sm_ndr_put_string_parameter(&ndr, request->server, "the server name");
	sm_ndr_put_string_parameter(&ndr, request->client, "the client name");
	sm_ndr_put_string_parameter(&ndr, request->user, "the user name");
	return sm_ndr_put_end(&ndr);
}

int sm_srvsvc_get_del_request(const uint8_t *stub, size_t len,
			      struct sm_arena *arena,
			      struct sm_srvsvc_del_request *request,
			      struct sm_fail *fail)
{
	struct sm_ndr_in ndr = {
		.in = sm_in_make(stub, len),
		.arena = arena,
		.fail = fail,
	};

	memset(request, 0, sizeof(*request));
	request->server = sm_ndr_get_string_parameter(&ndr, "the server name");
	request->client = sm_ndr_get_string_parameter(&ndr, "the client name");
	request->user = sm_ndr_get_string_parameter(&ndr, "the user name");
	sm_ndr_get_end(&ndr);
	if (ndr.error != 0)
		memset(request, 0, sizeof(*request));
	return ndr.error;
}

int sm_srvsvc_put_del_answer(uint32_t status, struct sm_out *out,
			     struct sm_fail *fail)
{
	struct sm_ndr_out ndr = sm_ndr_out_make(out, fail);

	sm_ndr_put_u32(&ndr, status);
	return sm_ndr_put_end(&ndr);
}

int sm_srvsvc_get_del_answer(const uint8_t *stub, size_t len, uint32_t *status,
			     struct sm_fail *fail)
{
	struct sm_ndr_in ndr = {
		.in = sm_in_make(stub, len),
		.fail = fail,
	};
	uint32_t value = 0;

	value = sm_ndr_get_u32(&ndr, "the status");
	sm_ndr_get_end(&ndr);
	/* Not on failure: 0 would say that the sessions were closed. */
	if (ndr.error == 0)
		*status = value;
	return ndr.error;
}
