/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "transport/srvsvc/conn.h"
#include "util/ntstatus.h"

/*
 * Some servers fault where others answer with a status; 0: this one is no
 * such fault.
 */
static uint32_t fault_status(int code, const struct sm_fail *fail)
{
	if (code != SMBMGMT_E_SERVER || fail->kind != SMBMGMT_NATIVE_NTSTATUS)
		return 0;
	switch (fail->native) {
	case SM_NT_ACCESS_DENIED:
		return SM_WERR_ACCESS_DENIED;
	case SM_NT_RPC_INVALID_TAG:
	/* What Samba makes of the fault nca_s_fault_invalid_tag. */
	case SM_NT_RPC_ENUM_VALUE_OUT_OF_RANGE:
	case SM_NT_RPC_BAD_STUB_DATA:
		return SM_WERR_INVALID_LEVEL;
	default:
		return 0;
	}
}

int sm_srvsvc_call_enum(struct sm_transport_conn *conn, uint32_t level,
			uint32_t resume, struct sm_arena *arena,
			struct sm_srvsvc_enum_answer *answer,
			struct sm_fail *fail)
{
	/* No server name: the connection says which server is meant. */
	struct sm_srvsvc_enum_request request = {
		.level = level,
		.max_length = UINT32_MAX,
		.has_resume = true,
		.resume = resume,
	};
	struct sm_fail why = {.offset = -1};
	struct sm_out out = {0};
	uint8_t *stub = NULL;
	size_t len = 0;
	int ret = 0;

	memset(answer, 0, sizeof(*answer));
	ret = sm_srvsvc_put_enum_request(&request, &out, &why);
	if (ret == 0)
		ret = conn->carrier->call(
			conn->carried, SM_SRVSVC_OP_ENUM, out.data, out.len,
			SM_SRVSVC_ANSWER_MAX, &stub, &len, &why);
	sm_out_free(&out);
	if (ret == 0) {
		ret = sm_srvsvc_get_enum_answer(stub, len, level, arena, answer,
						&why);
		free(stub);
	} else if (fault_status(ret, &why) != 0) {
		answer->level = level;
		answer->status = fault_status(ret, &why);
		ret = 0;
	}
	if (ret != 0 && fail != NULL)
		*fail = why;
	return ret;
}

int sm_srvsvc_call_del(struct sm_transport_conn *conn, const char *client,
		       const char *user, uint32_t *status, struct sm_fail *fail)
{
	struct sm_srvsvc_del_request request = {
		.client = client,
		.user = user,
	};
	struct sm_fail why = {.offset = -1};
	struct sm_out out = {0};
	uint8_t *stub = NULL;
	size_t len = 0;
	int ret = 0;

	ret = sm_srvsvc_put_del_request(&request, &out, &why);
	if (ret == 0)
		ret = conn->carrier->call(
			conn->carried, SM_SRVSVC_OP_DEL, out.data, out.len,
			SM_SRVSVC_ANSWER_MAX, &stub, &len, &why);
	sm_out_free(&out);
	if (ret == 0) {
		ret = sm_srvsvc_get_del_answer(stub, len, status, &why);
		free(stub);
	} else if (fault_status(ret, &why) == SM_WERR_ACCESS_DENIED) {
		*status = SM_WERR_ACCESS_DENIED;
		ret = 0;
	}
	if (ret != 0 && fail != NULL)
		*fail = why;
	return ret;
}
