/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file memory.h
 * @brief The `memory` transport: a server that is a table in this process.
 *
 * For tests, demonstrations and agents' dry runs.  `memory:demo` is a table
 * with sessions in it, made anew for each handle; any other `memory:NAME`
 * needs smbmgmt_open_options_set_memory().  A table may be changed by any
 * thread while handles use it.  Ages grow with the monotonic clock.
 */
#ifndef SMBMGMT_MEMORY_H
#define SMBMGMT_MEMORY_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/* What the table ends at once. */
#define SMBMGMT_UNIT_SESSION 0	   /* one session */
#define SMBMGMT_UNIT_CLIENT_USER 1 /* all of a (client, user) */
#define SMBMGMT_UNIT_PROCESS 2	   /* all with one process text */

/* Operations that faults and delays are scripted for. */
#define SMBMGMT_OP_CONNECT 0
#define SMBMGMT_OP_LIST 1
#define SMBMGMT_OP_CLOSE 2

/* Kinds of faults. */
#define SMBMGMT_FAULT_ERROR 0	   /* the operation fails, nothing is done */
#define SMBMGMT_FAULT_LOST 1	   /* it is done, then the connection breaks */
#define SMBMGMT_FAULT_INCOMPLETE 2 /* a listing that lacks its last row */
#define SMBMGMT_FAULT_IGNORED 3	   /* a close that says yes and does nothing */

/** An empty table whose close unit is the session.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_new(smbmgmt_memory **memory,
				       smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_memory *smbmgmt_memory_ref(smbmgmt_memory *memory);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_memory_unref(smbmgmt_memory *memory);
/**
 * Add the session that @p builder describes; @p process is the process that
 * carries it, or NULL.  Age and idle time start at the builder's values.
 * Rows need not have an id (a table like srvsvc's).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_add_session(
	smbmgmt_memory *memory, const smbmgmt_session_builder *builder,
	const char *process, smbmgmt_error **err);
/** Drop the sessions with this id, as if their clients had left.  NOT_FOUND.
 * Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_remove_session(smbmgmt_memory *memory,
						  uint64_t id,
						  smbmgmt_error **err);
/** How many sessions there are.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_memory_count(smbmgmt_memory *memory);
/** How many times an SMBMGMT_OP_ was carried out.  Since 0.1. */
SMBMGMT_API uint64_t smbmgmt_memory_calls(smbmgmt_memory *memory, int32_t op);
/** An SMBMGMT_UNIT_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_set_unit(smbmgmt_memory *memory,
					    int32_t unit, smbmgmt_error **err);
/** 1: closing may also end the client's other sessions, and does.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_possible_collateral(
	smbmgmt_memory *memory, int32_t possible, smbmgmt_error **err);
/** The session with this id is the handle's own (an SMBMGMT_OWN_ value).
 * Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_set_own(smbmgmt_memory *memory, uint64_t id,
					   int32_t own, smbmgmt_error **err);
/**
 * Script a fault: the @p nth (from 1, counted from now) @p op meets an
 * SMBMGMT_FAULT_; with FAULT_ERROR it fails with @p code.  nth 0: every one.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_add_fault(smbmgmt_memory *memory, int32_t op,
					     uint32_t nth, int32_t kind,
					     int32_t code, smbmgmt_error **err);
/** Let every @p op take this long.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_set_delay(smbmgmt_memory *memory, int32_t op,
					     uint32_t milliseconds,
					     smbmgmt_error **err);
/**
 * The fields that the table tells, SMBMGMT_FIELD_ bits; all by default.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_fields(smbmgmt_memory *memory,
					      uint64_t fields,
					      smbmgmt_error **err);
/** A session that is closed stays listed for so long.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_set_linger(smbmgmt_memory *memory,
					      uint32_t milliseconds,
					      smbmgmt_error **err);
/** Clients log on again at once, up to this many times in all.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_memory_set_reconnects(smbmgmt_memory *memory,
						  uint32_t times,
						  smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_MEMORY_H */
