/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the carriers over Samba's libraries share: what a server's NTSTATUS
 * means, and looks at the host and at this process' own sockets, which no
 * library of Samba's gives.
 */
#ifndef SM_CARRIER_COMMON_H
#define SM_CARRIER_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport/srvsvc/carrier.h"

/* The SMB port where none is given. */
#define SM_SMB_PORT 445

/* An NTSTATUS, one code for its cause, and what to do about it. */
struct sm_carrier_meaning {
	uint32_t status;
	int32_t code;
	const char *text;
};

/* The reasons to refuse a log-on, @count of them. */
const struct sm_carrier_meaning *sm_carrier_logon_meanings(size_t *count);
/* Why a log-on, or IPC$ or the pipe behind it, is refused; or NULL. */
const struct sm_carrier_meaning *sm_carrier_logon_meaning(uint32_t status);
const struct sm_carrier_meaning *sm_carrier_pipe_meaning(uint32_t status);
/* A call that fails so leaves no connection behind. */
bool sm_carrier_is_lost(uint32_t status);

/*
 * Can a TCP connection to the host be made?  Returns 0, or fails with
 * HOST_UNKNOWN, CONNECTION_REFUSED, UNREACHABLE or TIMED_OUT.
 */
int sm_carrier_probe(const struct sm_target *target, struct sm_fail *fail);

/* This process' own addresses of its TCP connections to @port. */
void sm_carrier_addresses(uint32_t port, struct sm_identity *identity);
/* The other side of them; "" where there are several, or none to connect to. */
void sm_carrier_peer(uint32_t port, char peer[64]);
/* Has this process a TCP connection to @port whose other side is there? */
bool sm_carrier_connected(uint32_t port);
/* From now on this process can make no further connection. */
bool sm_carrier_seal(void);
/* Break them off, so that nothing waits for an answer any more. */
void sm_carrier_cut(uint32_t port);

#endif /* SM_CARRIER_COMMON_H */
