/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the carrier over Samba's libdcerpc share. */
#ifndef SM_DCERPC_CARRIER_H
#define SM_DCERPC_CARRIER_H

#include <stdint.h>

#include "transport/srvsvc/carrier.h"

struct dcerpc_binding_handle;
struct tevent_context;

struct sm_carrier_conn {
	void *memory; /* the talloc context that all of it hangs off */
	struct tevent_context *events;
	struct dcerpc_binding_handle *handle;
	uint32_t port;
};

/* The SMB port where none is given. */
#define SM_DCERPC_PORT 445

/* Connect and bind; everything hangs off conn->memory. */
int sm_dcerpc_connect(const struct sm_target *target,
		      struct sm_carrier_conn *conn, struct sm_fail *fail);

/* What the NTSTATUS of a failed connect means; may look at the host again. */
int sm_dcerpc_connect_failed(const struct sm_target *target, uint32_t ntstatus,
			     struct sm_fail *fail);
/* What the NTSTATUS of a failed call means; @alive: still connected. */
int sm_dcerpc_call_failed(uint32_t ntstatus, bool alive, struct sm_fail *fail);

/*
 * Can a TCP connection to the host be made?  Returns 0, or fails with
 * HOST_UNKNOWN, CONNECTION_REFUSED, UNREACHABLE or TIMED_OUT.
 */
int sm_dcerpc_probe(const struct sm_target *target, struct sm_fail *fail);

/* This process' own addresses of its TCP connections to @port. */
void sm_dcerpc_addresses(uint32_t port, struct sm_identity *identity);

#endif /* SM_DCERPC_CARRIER_H */
