/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* NetrSessionEnum, opnum 12: MS-SRVS 3.1.4.5. */
#include <inttypes.h>
#include <string.h>

#include "wire/srvsvc/enum_struct.h"
#include "wire/srvsvc/ndr.h"
#include "wire/srvsvc/srvsvc_ndr.h"

static void put_resume(struct sm_ndr_out *ndr, bool has, uint32_t value)
{
	sm_ndr_put_pointer(ndr, has ? ndr : NULL);
	if (has)
		sm_ndr_put_u32(ndr, value);
}

static void get_resume(struct sm_ndr_in *ndr, bool *has, uint32_t *value)
{
	*has = sm_ndr_get_pointer(ndr, "the resume handle");
	if (*has)
		*value = sm_ndr_get_u32(ndr, "the resume handle");
}

int sm_srvsvc_put_enum_request(const struct sm_srvsvc_enum_request *request,
			       struct sm_out *out, struct sm_fail *fail)
{
	struct sm_ndr_out ndr = sm_ndr_out_make(out, fail);
	struct sm_enum_struct info = {
		.level = request->level,
		.has_container = true,
	};

	sm_ndr_put_string_parameter(&ndr, request->server, "the server name");
	sm_ndr_put_string_parameter(&ndr, request->client, "the client name");
	sm_ndr_put_string_parameter(&ndr, request->user, "the user name");
	sm_enum_struct_put(&ndr, &info);
	sm_ndr_put_u32(&ndr, request->max_length);
	put_resume(&ndr, request->has_resume, request->resume);
	return sm_ndr_put_end(&ndr);
}

/* Sessions in a request mean nothing, but they must be what they claim. */
int sm_srvsvc_get_enum_request(const uint8_t *stub, size_t len,
			       struct sm_arena *arena,
			       struct sm_srvsvc_enum_request *request,
			       struct sm_fail *fail)
{
	struct sm_ndr_in ndr = {
		.in = sm_in_make(stub, len),
		.arena = arena,
		.fail = fail,
	};
	struct sm_enum_struct info = {0};

	memset(request, 0, sizeof(*request));
	request->server = sm_ndr_get_string_parameter(&ndr, "the server name");
	request->client = sm_ndr_get_string_parameter(&ndr, "the client name");
	request->user = sm_ndr_get_string_parameter(&ndr, "the user name");
	sm_enum_struct_get(&ndr, NULL, &info);
	request->level = info.level;
	request->max_length = sm_ndr_get_u32(&ndr, "the preferred length");
	get_resume(&ndr, &request->has_resume, &request->resume);
	sm_ndr_get_end(&ndr);
	if (ndr.error != 0)
		memset(request, 0, sizeof(*request));
	return ndr.error;
}

int sm_srvsvc_put_enum_answer(const struct sm_srvsvc_enum_answer *answer,
			      struct sm_out *out, struct sm_fail *fail)
{
	struct sm_ndr_out ndr = sm_ndr_out_make(out, fail);
	struct sm_enum_struct info = {
		.level = answer->level,
		.has_container = answer->has_container,
		.has_array = answer->has_array,
		.count = answer->count,
		.sessions = answer->sessions,
	};

	sm_enum_struct_put(&ndr, &info);
	sm_ndr_put_u32(&ndr, answer->total);
	put_resume(&ndr, answer->has_resume, answer->resume);
	sm_ndr_put_u32(&ndr, answer->status);
	return sm_ndr_put_end(&ndr);
}

int sm_srvsvc_get_enum_answer(const uint8_t *stub, size_t len,
			      uint32_t expected_level, struct sm_arena *arena,
			      struct sm_srvsvc_enum_answer *answer,
			      struct sm_fail *fail)
{
	struct sm_ndr_in ndr = {
		.in = sm_in_make(stub, len),
		.arena = arena,
		.fail = fail,
	};
	struct sm_enum_struct info = {0};

	memset(answer, 0, sizeof(*answer));
	if (!sm_enum_struct_level_known(expected_level))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "NetrSessionEnum has no level %" PRIu32 ".",
			       expected_level);
	sm_enum_struct_get(&ndr, &expected_level, &info);
	answer->level = info.level;
	answer->has_container = info.has_container;
	answer->has_array = info.has_array;
	answer->count = info.count;
	answer->sessions = info.sessions;
	answer->total = sm_ndr_get_u32(&ndr, "the total");
	get_resume(&ndr, &answer->has_resume, &answer->resume);
	answer->status = sm_ndr_get_u32(&ndr, "the status");
	sm_ndr_get_end(&ndr);
	if (ndr.error != 0)
		memset(answer, 0, sizeof(*answer));
	return ndr.error;
}
