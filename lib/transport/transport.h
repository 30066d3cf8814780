/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a transport is.  Plain blocking code that runs in a child of
 * smbmgmt-helper (memory: in the process); the engine kills the child when a
 * deadline passes.  A function that returns 0 has succeeded; otherwise it
 * returns the code that it put into @fail.
 */
#ifndef SM_TRANSPORT_H
#define SM_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/listing.h"
#include "core/request.h"
#include "core/row.h"
#include "util/fail.h"

/* Takes one row; nonzero stops the listing with that code (set in fail). */
struct sm_sink {
	int (*row)(void *userdata, const struct sm_row *row,
		   struct sm_fail *fail);
	void *userdata;
	/* To the lists of the last row; the same. */
	int (*share)(void *userdata, const char *share, struct sm_fail *fail);
	int (*file)(void *userdata, const struct sm_file *file,
		    struct sm_fail *fail);
};

struct sm_transport_conn;

struct sm_transport {
	uint32_t size; /* sizeof this struct: members beyond it are NULL */
	const char *name;
	uint64_t fields; /* all that it may supply */
	uint32_t caps;	 /* all that it may be able to do */
	int (*connect)(const struct sm_target *target,
		       struct sm_transport_conn **conn, struct sm_fail *fail);
	int (*enumerate)(struct sm_transport_conn *conn,
			 const struct sm_query *query,
			 const struct sm_sink *sink, struct sm_listing *listing,
			 struct sm_fail *fail);
	/* 0: the server said yes.  SMBMGMT_E_GONE: it says there is none.
	 * SMBMGMT_E_CONNECTION_LOST: no answer came, it may have happened,
	 * but with errno ENOTCONN it has not: nothing was sent. */
	int (*close_unit)(struct sm_transport_conn *conn,
			  const struct sm_close *close, struct sm_fail *fail);
	void (*disconnect)(struct sm_transport_conn *conn);
};

/* What a module of the helper that is a transport exports. */
#define SM_TRANSPORT_SYMBOL "sm_transport_module"

#endif /* SM_TRANSPORT_H */
