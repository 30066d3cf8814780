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

/**
 * @name Close units of a table
 * What the table ends at once.  Since 0.1.
 * @{
 */
#define SMBMGMT_UNIT_SESSION 0	   /**< One session. */
#define SMBMGMT_UNIT_CLIENT_USER 1 /**< All of a (client, user). */
#define SMBMGMT_UNIT_PROCESS 2	   /**< All with one process text. */
/** @} */

/**
 * @name Operations on a table
 * Faults and delays are scripted for these.  Since 0.1.
 * @{
 */
#define SMBMGMT_OP_CONNECT 0 /**< Connecting. */
#define SMBMGMT_OP_LIST 1    /**< A listing. */
#define SMBMGMT_OP_CLOSE 2   /**< A close. */
/** @} */

/**
 * @name Kinds of faults
 * What can go wrong with an operation on a table.  Since 0.1.
 * @{
 */
/** The operation fails, nothing is done. */
#define SMBMGMT_FAULT_ERROR 0
/** It is done, then the connection breaks. */
#define SMBMGMT_FAULT_LOST 1
/** A listing that lacks its last row. */
#define SMBMGMT_FAULT_INCOMPLETE 2
/** A close that says yes and does nothing. */
#define SMBMGMT_FAULT_IGNORED 3
/** @} */

/**
 * Make an empty table whose close unit is the session.  @p memory is the
 * caller's to drop with smbmgmt_memory_unref().  Errors: INVALID, NOMEM.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_new(smbmgmt_memory **memory,
				       smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_memory *smbmgmt_memory_ref(smbmgmt_memory *memory);
/**
 * Drop a reference; NULL is accepted.  Handles that use the table hold their
 * own.  Since 0.1.
 */
SMBMGMT_API void smbmgmt_memory_unref(smbmgmt_memory *memory);
/**
 * Add the session that @p builder describes; @p process is the process that
 * carries it, or NULL.  Age and idle time start at the builder's values.  Rows
 * need not have an id (a table like srvsvc's).  Errors: INVALID (@p process is
 * not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_add_session(
	smbmgmt_memory *memory, const smbmgmt_session_builder *builder,
	const char *process, smbmgmt_error **err);
/**
 * Drop the sessions with the id @p id, as if their clients had left.  Errors:
 * INVALID, NOT_FOUND.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_remove_session(smbmgmt_memory *memory,
						  uint64_t id,
						  smbmgmt_error **err);
/** How many sessions there are; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_memory_count(smbmgmt_memory *memory);
/**
 * How many times @p op, an SMBMGMT_OP_ value, was carried out; 0 for no such
 * one.  Since 0.1.
 */
SMBMGMT_API uint64_t smbmgmt_memory_calls(smbmgmt_memory *memory, int32_t op);
/**
 * What a close ends at once: @p unit is an SMBMGMT_UNIT_ value.  Errors:
 * INVALID (no such value).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_unit(smbmgmt_memory *memory,
					    int32_t unit, smbmgmt_error **err);
/**
 * @p possible 1: closing may also end the client's other sessions, and does; 0
 * is the default.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_possible_collateral(
	smbmgmt_memory *memory, int32_t possible, smbmgmt_error **err);
/**
 * Whether the session with the id @p id is the handle's own: @p own is an
 * SMBMGMT_OWN_ value.  Errors: INVALID (no such value), NOT_FOUND (no such
 * session).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_own(smbmgmt_memory *memory, uint64_t id,
					   int32_t own, smbmgmt_error **err);
/**
 * Script a fault: the @p nth @p op (an SMBMGMT_OP_ value; from 1, counted from
 * now; 0: every one) meets the fault @p kind, an SMBMGMT_FAULT_ value; with
 * FAULT_ERROR it fails with the error @p code.  Errors: INVALID (no such value,
 * a fault that does not fit the operation), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_add_fault(smbmgmt_memory *memory, int32_t op,
					     uint32_t nth, int32_t kind,
					     int32_t code, smbmgmt_error **err);
/**
 * Let every @p op, an SMBMGMT_OP_ value, take so many @p milliseconds; 0 is the
 * default.  Errors: INVALID (no such operation).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_delay(smbmgmt_memory *memory, int32_t op,
					     uint32_t milliseconds,
					     smbmgmt_error **err);
/**
 * The @p fields that the table tells, SMBMGMT_FIELD_ bits; all by default.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_fields(smbmgmt_memory *memory,
					      uint64_t fields,
					      smbmgmt_error **err);
/**
 * A session that is closed stays listed for so many @p milliseconds; 0 is the
 * default.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_linger(smbmgmt_memory *memory,
					      uint32_t milliseconds,
					      smbmgmt_error **err);
/**
 * Clients whose session is closed log on again at once, up to so many @p times
 * in all; 0 is the default.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_memory_set_reconnects(smbmgmt_memory *memory,
						  uint32_t times,
						  smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_MEMORY_H */
