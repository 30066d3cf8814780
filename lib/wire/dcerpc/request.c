/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The request: C706 12.6.4.9, and 12.6.3 on fragments. */
#include "wire/dcerpc/internal.h"

/* The stub of every fragment but the last is a multiple of this. */
#define STUB_UNIT 8u

/* At least a unit, so that any number of calls ends. */
static size_t stub_room(uint16_t fragment)
{
	if (fragment < SM_RPC_STUB_HEADER + STUB_UNIT)
		return STUB_UNIT;
	if (fragment > SM_RPC_FRAGMENT)
		fragment = SM_RPC_FRAGMENT;
	return (size_t)(fragment - SM_RPC_STUB_HEADER) & ~(STUB_UNIT - 1);
}

bool sm_rpc_put_request(struct sm_out *out, struct sm_rpc_request *request)
{
	size_t left = request->len - request->sent;
	size_t room = stub_room(request->fragment);
	bool last = left <= room;
	size_t n = last ? left : room;
	uint8_t flags = 0;

	if (request->sent == 0)
		flags |= SM_RPC_FIRST;
	if (last)
		flags |= SM_RPC_LAST;
	sm_rpc_put_header(out, SM_RPC_REQUEST, flags, SM_RPC_STUB_HEADER + n,
			  request->call_id);
	/* A hint of what is to come; 0 says nothing. */
	sm_out_u32(out, left <= UINT32_MAX ? (uint32_t)left : 0);
	sm_out_u16(out, SM_RPC_CONTEXT);
	sm_out_u16(out, request->opnum);
	if (n > 0)
		sm_out_bytes(out, request->stub + request->sent, n);
	request->sent += n;
	return last;
}
