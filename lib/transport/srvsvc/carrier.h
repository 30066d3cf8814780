/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What carries srvsvc calls to a server: a module of smbmgmt-helper, so that
 * the transport's own logic needs no Samba library and can be tested without
 * a server.  Blocking; one call at a time.
 */
#ifndef SM_SRVSVC_CARRIER_H
#define SM_SRVSVC_CARRIER_H

#include <stddef.h>
#include <stdint.h>

#include "transport/transport.h"
#include "util/fail.h"

struct sm_carrier_conn;

struct sm_carrier {
	uint32_t size;	  /* sizeof this struct: members beyond it are NULL */
	const char *name; /* "dcerpc" */
	/*
	 * Connect to the srvsvc pipe and bind.  Each cause has its own code:
	 * HOST_UNKNOWN, CONNECTION_REFUSED, UNREACHABLE, TIMED_OUT,
	 * LOGON_FAILED, ACCOUNT_*, ACCESS_DENIED, NO_SERVICE,
	 * ENCRYPTION_REFUSED, NEGOTIATION, CONNECTION_LOST, SERVER.
	 */
	int (*connect)(const struct sm_target *target,
		       struct sm_carrier_conn **conn, struct sm_fail *fail);
	/*
	 * One request stub out, one answer stub back (from malloc, the
	 * caller frees it).  A DCE/RPC fault is SERVER with the NTSTATUS; a
	 * broken connection is CONNECTION_LOST; an answer over @max bytes is
	 * TOO_LARGE.
	 */
	int (*call)(struct sm_carrier_conn *conn, uint16_t opnum,
		    const uint8_t *stub, size_t stub_len, size_t max,
		    uint8_t **answer, size_t *answer_len, struct sm_fail *fail);
	/* Our side's addresses, numeric, into identity->addresses. */
	void (*addresses)(struct sm_carrier_conn *conn,
			  struct sm_identity *identity);
	void (*disconnect)(struct sm_carrier_conn *conn);
	/* Whose session it is, without domain or realm, where a ticket and
	 * not the target's user decides; or NULL. */
	const char *(*user)(struct sm_carrier_conn *conn);
	/* The server's address, numeric; "": unknown.  Or NULL. */
	void (*peer)(struct sm_carrier_conn *conn, char peer[64]);
};

/* The symbol that a carrier module exports: struct sm_carrier. */
#define SM_CARRIER_SYMBOL "smbmgmt_carrier"

#endif /* SM_SRVSVC_CARRIER_H */
