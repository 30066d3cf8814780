/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The bind and its answers: C706 12.6.4.3 to 12.6.4.5, MS-RPCE 2.2.2.4. */
#include <string.h>

#include "wire/dcerpc/fault.h"
#include "wire/dcerpc/internal.h"

#define BIND_LENGTH 72

#define AT_TYPE 2
#define AT_FLAGS 3
#define AT_MAX_RECV 18

/* A UUID as it lies on the wire, and a version. */
struct syntax {
	uint8_t uuid[16];
	uint16_t major;
	uint16_t minor;
};

/* 4b324fc8-1670-01d3-1278-5a47bf6ee188 3.0 (MS-SRVS 1.9) */
static const struct syntax srvsvc = {
	{0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47,
	 0xbf, 0x6e, 0xe1, 0x88},
	3,
	0,
};

/* 8a885d04-1ceb-11c9-9fe8-08002b104860 2.0 (C706 appendix I) */
static const struct syntax ndr32 = {
	{0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00,
	 0x2b, 0x10, 0x48, 0x60},
	2,
	0,
};

/* p_cont_def_result_t, p_provider_reason_t and p_reject_reason_t */
enum {
	ACCEPTANCE = 0,
	USER_REJECTION = 1,
	PROVIDER_REJECTION = 2,
};

enum {
	ABSTRACT_SYNTAX_NOT_SUPPORTED = 1,
	TRANSFER_SYNTAXES_NOT_SUPPORTED = 2,
	REJECT_LOCAL_LIMIT_EXCEEDED = 3,
};

enum {
	NAK_TEMPORARY_CONGESTION = 1,
	NAK_LOCAL_LIMIT_EXCEEDED = 2,
	NAK_PROTOCOL_VERSION_NOT_SUPPORTED = 4,
};

static const char busy[] =
	"The server's srvsvc service takes no more callers now: try again "
	"later.";

static void put_syntax(struct sm_out *out, const struct syntax *syntax)
{
	sm_out_bytes(out, syntax->uuid, sizeof(syntax->uuid));
	sm_out_u16(out, syntax->major);
	sm_out_u16(out, syntax->minor);
}

void sm_rpc_put_bind(struct sm_out *out, uint32_t call_id)
{
	sm_rpc_put_header(out, SM_RPC_BIND, SM_RPC_FIRST | SM_RPC_LAST,
			  BIND_LENGTH, call_id);
	sm_out_u16(out, SM_RPC_FRAGMENT); /* we send at most */
	sm_out_u16(out, SM_RPC_FRAGMENT); /* we take at most */
	sm_out_u32(out, 0);		  /* a new association group */
	sm_out_u8(out, 1);		  /* presentation contexts */
	sm_out_zero(out, 3);
	sm_out_u16(out, SM_RPC_CONTEXT);
	sm_out_u8(out, 1); /* transfer syntaxes */
	sm_out_zero(out, 1);
	put_syntax(out, &srvsvc);
	put_syntax(out, &ndr32);
}

static int cut(const struct sm_in *in, struct sm_fail *fail)
{
	return sm_rpc_bad(fail, in->pos, "the answer to the bind is cut off");
}

static int get_nak(struct sm_in *in, struct sm_fail *fail)
{
	size_t at = in->pos;
	uint16_t reason = sm_in_u16(in);

	if (in->failed)
		return cut(in, fail);
	switch (reason) {
	case NAK_TEMPORARY_CONGESTION:
	case NAK_LOCAL_LIMIT_EXCEEDED:
		return sm_fail_at(fail, SMBMGMT_E_SERVER, at, "%s", busy);
	case NAK_PROTOCOL_VERSION_NOT_SUPPORTED:
		return sm_fail_at(fail, SMBMGMT_E_NEGOTIATION, at,
				  "The server's srvsvc service does not speak "
				  "DCE/RPC 5.0.");
	default:
		return sm_fail_at(fail, SMBMGMT_E_NEGOTIATION, at,
				  "The server's srvsvc service refuses a bind: "
				  "reason %u.",
				  reason);
	}
}

/*
 * A reason belongs to a provider's rejection, but impacket gives one with a
 * user's too.
 */
static int rejected(uint16_t result, uint16_t reason, size_t at,
		    struct sm_fail *fail)
{
	if (result != USER_REJECTION && result != PROVIDER_REJECTION)
		return sm_rpc_bad(fail, at, "%u is no result of a bind",
				  result);
	switch (reason) {
	case ABSTRACT_SYNTAX_NOT_SUPPORTED:
		return sm_fail_at(fail, SMBMGMT_E_NO_SERVICE, at,
				  "What serves the server's pipe srvsvc does "
				  "not know the interface srvsvc 3.0.");
	case TRANSFER_SYNTAXES_NOT_SUPPORTED:
		return sm_fail_at(fail, SMBMGMT_E_NEGOTIATION, at,
				  "The server's srvsvc service does not speak "
				  "NDR32, the only encoding that this carrier "
				  "has.");
	case REJECT_LOCAL_LIMIT_EXCEEDED:
		return sm_fail_at(fail, SMBMGMT_E_SERVER, at, "%s", busy);
	default:
		return sm_fail_at(fail, SMBMGMT_E_NEGOTIATION, at,
				  "The server's srvsvc service rejects the "
				  "interface: result %u, reason %u.",
				  result, reason);
	}
}

/* The only result of a list that must have one. */
static int get_result(struct sm_in *in, struct sm_fail *fail)
{
	size_t at = in->pos;
	uint8_t count = sm_in_u8(in);
	uint16_t result = 0;
	uint16_t reason = 0;
	const uint8_t *uuid = NULL;
	uint16_t major = 0;
	uint16_t minor = 0;

	sm_in_bytes(in, 3);
	if (!in->failed && count != 1)
		return sm_rpc_bad(fail, at,
				  "%u results for one presentation context",
				  count);
	at = in->pos;
	result = sm_in_u16(in);
	reason = sm_in_u16(in);
	uuid = sm_in_bytes(in, sizeof(ndr32.uuid));
	major = sm_in_u16(in);
	minor = sm_in_u16(in);
	if (in->failed)
		return cut(in, fail);
	if (result != ACCEPTANCE)
		return rejected(result, reason, at, fail);
	if (memcmp(uuid, ndr32.uuid, sizeof(ndr32.uuid)) != 0 ||
	    major != ndr32.major || minor != ndr32.minor)
		return sm_rpc_bad(fail, at + 4,
				  "it accepts a transfer syntax that was not "
				  "offered");
	return 0;
}

/* What follows the results is padding: nothing there concerns us. */
static int get_ack(struct sm_in *in, uint16_t *fragment, struct sm_fail *fail)
{
	uint16_t max_recv = 0;
	uint16_t address = 0;
	int ret = 0;

	sm_in_u16(in); /* it sends at most; no more than we take */
	max_recv = sm_in_u16(in);
	sm_in_u32(in); /* the association group, for further connections */
	address = sm_in_u16(in);
	sm_in_bytes(in, address); /* the secondary address: the pipe's name */
	if (!in->failed)
		sm_in_bytes(in, -in->pos & 3);
	if (in->failed)
		return cut(in, fail);
	ret = get_result(in, fail);
	if (ret != 0)
		return ret;
	if (max_recv < SM_RPC_FRAGMENT_MIN)
		return sm_rpc_bad(fail, AT_MAX_RECV,
				  "the server takes fragments of %u bytes, "
				  "where %d is the least",
				  max_recv, SM_RPC_FRAGMENT_MIN);
	*fragment = max_recv < SM_RPC_FRAGMENT ? max_recv : SM_RPC_FRAGMENT;
	return 0;
}

int sm_rpc_get_bind_answer(const uint8_t *pdu, size_t len, uint32_t call_id,
			   uint16_t *fragment, struct sm_fail *fail)
{
	const uint8_t whole = SM_RPC_FIRST | SM_RPC_LAST;
	struct sm_rpc_header header;
	struct sm_in in;
	int ret = sm_rpc_open(pdu, len, call_id, &header, &in, fail);

	if (ret != 0)
		return ret;
	if (header.type == SM_RPC_FAULT)
		return sm_rpc_get_fault(&in, fail);
	if (header.type != SM_RPC_BIND_ACK && header.type != SM_RPC_BIND_NAK)
		return sm_rpc_bad(fail, AT_TYPE, "type %u answers no bind",
				  header.type);
	if ((header.flags & whole) != whole)
		return sm_rpc_bad(fail, AT_FLAGS,
				  "the answer to the bind is in fragments");
	if (header.type == SM_RPC_BIND_NAK)
		return get_nak(&in, fail);
	return get_ack(&in, fragment, fail);
}
