/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What every PDU begins with: C706 12.6.3.1, MS-RPCE 2.2.2.1. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "wire/dcerpc/internal.h"

#define VERSION 5
#define VERSION_MINOR 0
/* Integers little-endian, characters ASCII; floats are none of ours. */
#define LITTLE_ENDIAN_ASCII 0x10

#define AT_VERSION 0
#define AT_FLAGS 3
#define AT_REPRESENTATION 4
#define AT_LENGTH 8
#define AT_AUTH_LENGTH 10
#define AT_CALL_ID 12

/*
 * An object UUID would move the stub, MAYBE is for calls without an answer,
 * and 0x08 is reserved.  The others that servers set change nothing for us.
 */
#define ANSWER_FLAGS                                                           \
	(SM_RPC_FIRST | SM_RPC_LAST | SM_RPC_PENDING_CANCEL |                  \
	 SM_RPC_CONC_MPX | SM_RPC_DID_NOT_EXECUTE)

int sm_rpc_bad(struct sm_fail *fail, size_t offset, const char *format, ...)
{
	char text[SM_FAIL_TEXT / 2];
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(text, sizeof(text), format, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, offset,
			  "Not a valid DCE/RPC message: %s.", text);
}

void sm_rpc_put_header(struct sm_out *out, enum sm_rpc_type type, uint8_t flags,
		       size_t length, uint32_t call_id)
{
	sm_out_u8(out, VERSION);
	sm_out_u8(out, VERSION_MINOR);
	sm_out_u8(out, (uint8_t)type);
	sm_out_u8(out, flags);
	sm_out_u8(out, LITTLE_ENDIAN_ASCII);
	sm_out_zero(out, 3);
	sm_out_u16(out, (uint16_t)length);
	sm_out_u16(out, 0); /* no authentication */
	sm_out_u32(out, call_id);
}

int sm_rpc_get_header(const uint8_t bytes[SM_RPC_HEADER],
		      struct sm_rpc_header *header, struct sm_fail *fail)
{
	struct sm_in in = sm_in_make(bytes, SM_RPC_HEADER);
	uint8_t version = sm_in_u8(&in);
	uint8_t minor = sm_in_u8(&in);
	uint8_t representation = 0;
	uint16_t auth_length = 0;

	if (version != VERSION || minor != VERSION_MINOR)
		return sm_rpc_bad(fail, AT_VERSION, "version %u.%u is not 5.0",
				  version, minor);
	header->type = sm_in_u8(&in);
	header->flags = sm_in_u8(&in);
	representation = sm_in_u8(&in);
	sm_in_bytes(&in, 3);
	header->length = sm_in_u16(&in);
	auth_length = sm_in_u16(&in);
	header->call_id = sm_in_u32(&in);
	if (representation != LITTLE_ENDIAN_ASCII)
		return sm_rpc_bad(fail, AT_REPRESENTATION,
				  "its data representation 0x%02x is not "
				  "little-endian ASCII",
				  representation);
	if (header->length < SM_RPC_HEADER || header->length > SM_RPC_FRAGMENT)
		return sm_rpc_bad(fail, AT_LENGTH,
				  "a fragment of %u bytes, not of %d to %d",
				  header->length, SM_RPC_HEADER,
				  SM_RPC_FRAGMENT);
	if (auth_length != 0)
		return sm_rpc_bad(fail, AT_AUTH_LENGTH,
				  "it is authenticated, which was not asked "
				  "for");
	return 0;
}

int sm_rpc_open(const uint8_t *pdu, size_t len, uint32_t call_id,
		struct sm_rpc_header *header, struct sm_in *in,
		struct sm_fail *fail)
{
	int ret = 0;

	if (len < SM_RPC_HEADER)
		return sm_rpc_bad(fail, len, "it ends inside its header");
	ret = sm_rpc_get_header(pdu, header, fail);
	if (ret != 0)
		return ret;
	if (header->length != len)
		return sm_rpc_bad(fail, AT_LENGTH,
				  "a fragment of %u bytes came as %zu",
				  header->length, len);
	if (header->call_id != call_id)
		return sm_rpc_bad(fail, AT_CALL_ID,
				  "it answers call %" PRIu32
				  " instead of %" PRIu32,
				  header->call_id, call_id);
	if ((header->flags & ~ANSWER_FLAGS) != 0)
		return sm_rpc_bad(fail, AT_FLAGS,
				  "flags 0x%02x are not an answer's",
				  header->flags);
	*in = sm_in_make(pdu, len);
	sm_in_bytes(in, SM_RPC_HEADER);
	return 0;
}
