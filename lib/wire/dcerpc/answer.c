/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The response and its fragments: C706 12.6.4.10. */
#include "util/checked.h"
#include "wire/dcerpc/fault.h"
#include "wire/dcerpc/internal.h"

#define AT_TYPE 2
#define AT_FLAGS 3
#define AT_CONTEXT 20

/* The order of fragments is all that holds them together. */
static int check_order(const struct sm_rpc_answer *answer, uint8_t flags,
		       struct sm_fail *fail)
{
	bool first = (flags & SM_RPC_FIRST) != 0;

	if (answer->complete)
		return sm_rpc_bad(fail, AT_FLAGS,
				  "a fragment comes after the last one");
	if (first && answer->begun)
		return sm_rpc_bad(fail, AT_FLAGS,
				  "a first fragment comes inside an answer");
	if (!first && !answer->begun)
		return sm_rpc_bad(fail, AT_FLAGS,
				  "the answer does not begin with its first "
				  "fragment");
	return 0;
}

/*
 * The part of the stub that @in holds.  Its allocation hint is skipped: only
 * bytes that came are believed.
 */
static int take_stub(struct sm_rpc_answer *answer, struct sm_in *in, bool last,
		     struct sm_fail *fail)
{
	uint16_t context = 0;
	size_t n = 0;
	size_t total = 0;

	sm_in_u32(in); /* the hint */
	context = sm_in_u16(in);
	sm_in_u16(in); /* cancel count, reserved */
	if (in->failed)
		return sm_rpc_bad(fail, in->pos, "it ends before its stub");
	if (context != SM_RPC_CONTEXT)
		return sm_rpc_bad(fail, AT_CONTEXT,
				  "presentation context %u was never bound",
				  context);
	n = sm_in_left(in);
	/* At least a byte each: @max bounds the number of fragments too. */
	if (n == 0 && !last)
		return sm_rpc_bad(fail, in->pos,
				  "an empty fragment that is not the last");
	if (!sm_add(answer->stub.len, n, &total) || total > answer->max)
		return sm_fail_at(fail, SMBMGMT_E_TOO_LARGE, in->pos,
				  "The server's answer is longer than %zu "
				  "bytes.",
				  answer->max);
	if (n > 0)
		sm_out_bytes(&answer->stub, sm_in_bytes(in, n), n);
	if (answer->stub.failed)
		return sm_fail_nomem(fail);
	return 0;
}

int sm_rpc_answer_take(struct sm_rpc_answer *answer, const uint8_t *pdu,
		       size_t len, struct sm_fail *fail)
{
	struct sm_rpc_header header;
	struct sm_in in;
	bool last = false;
	int ret = sm_rpc_open(pdu, len, answer->call_id, &header, &in, fail);

	if (ret != 0)
		return ret;
	/* A fault may take the place of any fragment and ends the call. */
	if (header.type == SM_RPC_FAULT && !answer->complete)
		return sm_rpc_get_fault(&in, fail);
	if (header.type != SM_RPC_RESPONSE)
		return sm_rpc_bad(fail, AT_TYPE,
				  "type %u is neither a response nor a fault",
				  header.type);
	ret = check_order(answer, header.flags, fail);
	if (ret != 0)
		return ret;
	last = (header.flags & SM_RPC_LAST) != 0;
	ret = take_stub(answer, &in, last, fail);
	if (ret != 0)
		return ret;
	answer->begun = true;
	answer->complete = last;
	return 0;
}
