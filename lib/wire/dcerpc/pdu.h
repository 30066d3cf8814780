/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Connection-oriented DCE/RPC 5.0 as a client of one interface speaks it
 * (C706 chapter 12, MS-RPCE 2.2.2): bind, request, response and fault, in
 * fragments, little-endian, without authentication (SMB signs for us).
 * Pure: libc only, no I/O; the caller moves the bytes.
 */
#ifndef SM_WIRE_DCERPC_PDU_H
#define SM_WIRE_DCERPC_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/fail.h"

/* Of every PDU; the first bytes to read, they tell how many follow. */
#define SM_RPC_HEADER 16
/* The longest fragment that we take, and send at most: what Samba grants. */
#define SM_RPC_FRAGMENT 5840
/* No server may ask for shorter ones (C706 table K-2, MustRecvFragSize). */
#define SM_RPC_FRAGMENT_MIN 1432

enum sm_rpc_type {
	SM_RPC_REQUEST = 0,
	SM_RPC_RESPONSE = 2,
	SM_RPC_FAULT = 3,
	SM_RPC_BIND = 11,
	SM_RPC_BIND_ACK = 12,
	SM_RPC_BIND_NAK = 13,
};

struct sm_rpc_header {
	uint8_t type;
	uint8_t flags;
	uint16_t length; /* of the whole fragment, header included */
	uint32_t call_id;
};

/*
 * The first SM_RPC_HEADER bytes of a PDU.  PROTOCOL: not version 5.0, not
 * little-endian, authenticated, or a length below the header's or above
 * SM_RPC_FRAGMENT.
 */
int sm_rpc_get_header(const uint8_t bytes[SM_RPC_HEADER],
		      struct sm_rpc_header *header, struct sm_fail *fail);

/* Append the bind to srvsvc 3.0 in NDR32; @out tells whether it failed. */
void sm_rpc_put_bind(struct sm_out *out, uint32_t call_id);
/*
 * The whole PDU that answers a bind; *@fragment is what the server lets us
 * send at once.  NO_SERVICE: it does not know the interface; NEGOTIATION: it
 * rejects the transfer syntax or gives another reason; SERVER: it is busy, or
 * a fault as of sm_rpc_answer_take(); PROTOCOL.
 */
int sm_rpc_get_bind_answer(const uint8_t *pdu, size_t len, uint32_t call_id,
			   uint16_t *fragment, struct sm_fail *fail);

/* A request, a fragment at a time. */
struct sm_rpc_request {
	uint32_t call_id;
	uint16_t opnum;
	uint16_t fragment; /* as the bind granted */
	const uint8_t *stub;
	size_t len;
	size_t sent; /* of the stub; 0 at first */
};

/*
 * Append the next fragment; true if it was the last one.  @out tells whether
 * it failed.
 */
bool sm_rpc_put_request(struct sm_out *out, struct sm_rpc_request *request);

/* An answer, put together from its fragments. */
struct sm_rpc_answer {
	uint32_t call_id;
	size_t max; /* bytes of stub: more is TOO_LARGE */
	bool begun;
	bool complete;
	struct sm_out stub; /* the caller's to free */
};

/*
 * Take the next whole PDU.  A fault is SERVER with the NTSTATUS that Samba's
 * own client gives for it; PROTOCOL: anything that is out of order, of
 * another call, or malformed; NOMEM.  After an error no answer is to come.
 * Fragments without end are cut off: each adds to the stub, or is an error.
 */
int sm_rpc_answer_take(struct sm_rpc_answer *answer, const uint8_t *pdu,
		       size_t len, struct sm_fail *fail);

#endif /* SM_WIRE_DCERPC_PDU_H */
