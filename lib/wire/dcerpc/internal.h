/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the files of the DCE/RPC codec share. */
#ifndef SM_WIRE_DCERPC_INTERNAL_H
#define SM_WIRE_DCERPC_INTERNAL_H

#include "util/buf.h"
#include "util/fail.h"
#include "wire/dcerpc/pdu.h"

/* PFC flags (C706 12.6.3.1, MS-RPCE 2.2.2.3). */
#define SM_RPC_FIRST 0x01u
#define SM_RPC_LAST 0x02u
#define SM_RPC_PENDING_CANCEL 0x04u /* in a bind_ack: header signing */
#define SM_RPC_CONC_MPX 0x10u
#define SM_RPC_DID_NOT_EXECUTE 0x20u

/* Before the stub of a request or response; a fault's status comes there. */
#define SM_RPC_STUB_HEADER 24

/* The only presentation context that we ever bind. */
#define SM_RPC_CONTEXT 0

void sm_rpc_put_header(struct sm_out *out, enum sm_rpc_type type, uint8_t flags,
		       size_t length, uint32_t call_id);

/*
 * Begin to read a whole PDU that answers @call_id: @in is behind the header.
 * PROTOCOL as of sm_rpc_get_header(), or another length, call or flags that
 * no answer has.
 */
int sm_rpc_open(const uint8_t *pdu, size_t len, uint32_t call_id,
		struct sm_rpc_header *header, struct sm_in *in,
		struct sm_fail *fail);

/* PROTOCOL at @offset of a PDU. */
int sm_rpc_bad(struct sm_fail *fail, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* SM_WIRE_DCERPC_INTERNAL_H */
