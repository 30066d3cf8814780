/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file filter.h
 * @brief Which sessions.
 *
 * Values of one property are ORed, properties are ANDed.  Values are literal
 * and compare without case (simple upper-casing, no folding).  An empty
 * filter lists everything and closes nothing.
 */
#ifndef SMBMGMT_FILTER_H
#define SMBMGMT_FILTER_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * Make an empty filter.  @p filter is the caller's to drop with
 * smbmgmt_filter_unref().  Errors: INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_new(smbmgmt_filter **filter,
				       smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_filter *smbmgmt_filter_ref(smbmgmt_filter *filter);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_filter_unref(smbmgmt_filter *filter);

/**
 * Sessions with the id @p id.  Errors: INVALID (a session object is in the
 * filter), NOMEM.  Mirrors -SessionId.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_session_id(smbmgmt_filter *filter,
						  uint64_t id,
						  smbmgmt_error **err);
/**
 * Sessions with an id from @p first to @p last, both ends included.  Errors:
 * INVALID (last < first, a session object is in the filter), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_id_range(smbmgmt_filter *filter,
						uint64_t first, uint64_t last,
						smbmgmt_error **err);
/**
 * Sessions with the ids of @p text: `5`, `1..5`, `1,3..7`.  Errors: INVALID
 * (the error's offset is the place; a session object is in the filter), NOMEM.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_id_text(smbmgmt_filter *filter,
					       const char *text,
					       smbmgmt_error **err);
/**
 * Sessions of the computer @p client, a name or address; a leading `\\` and
 * IPv6 brackets do not count, and a zone only if it is given.  Errors: INVALID
 * (empty, not UTF-8, a session object is in the filter), NOMEM.  Mirrors
 * -ClientComputerName.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_client(smbmgmt_filter *filter,
					      const char *client,
					      smbmgmt_error **err);
/**
 * Sessions of the user @p user.  `DOMAIN\user` needs a transport that knows
 * domains.  Errors: INVALID (empty, not UTF-8, a session object is in the
 * filter), NOMEM.  Mirrors -ClientUserName.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_user(smbmgmt_filter *filter,
					    const char *user,
					    smbmgmt_error **err);
/**
 * Sessions of the scope @p scope.  Errors: INVALID (empty, not UTF-8, a session
 * object is in the filter), NOMEM.  Mirrors -ScopeName.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_scope(smbmgmt_filter *filter,
					     const char *scope,
					     smbmgmt_error **err);
/**
 * Sessions of the cluster node @p node: its name as it is listed, or where the
 * transport tells them its address or its number.  Errors: INVALID (empty, not
 * UTF-8, a session object is in the filter), NOMEM.  Mirrors -ClusterNodeName.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_node(smbmgmt_filter *filter,
					    const char *node,
					    smbmgmt_error **err);
/**
 * Sessions of the SMB instance @p instance, an SMBMGMT_INSTANCE_ value.  None
 * asks for the server's default instance; one alone does not make a filter
 * non-empty.  Errors: INVALID (no such value, a session object is in the
 * filter), NOMEM.  Mirrors -SmbInstance.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_instance(smbmgmt_filter *filter,
						int32_t instance,
						smbmgmt_error **err);
/**
 * Sessions that speak @p dialect, such as "3.1.1".  Errors: INVALID (empty, not
 * UTF-8, a session object is in the filter), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_dialect(smbmgmt_filter *filter,
					       const char *dialect,
					       smbmgmt_error **err);
/**
 * This session and no other; a reference to @p session is taken.  Not together
 * with anything but more sessions.  Errors: INVALID (the filter has other
 * values or match-all), NOMEM.  Mirrors -InputObject.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_add_session(smbmgmt_filter *filter,
					       smbmgmt_session *session,
					       smbmgmt_error **err);
/**
 * Sessions that are idle for @p seconds or longer.  Errors: INVALID (a session
 * object is in the filter).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_set_min_idle(smbmgmt_filter *filter,
						uint32_t seconds,
						smbmgmt_error **err);
/**
 * Sessions that are @p seconds old or older.  Errors: INVALID (a session object
 * is in the filter).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_set_min_age(smbmgmt_filter *filter,
					       uint32_t seconds,
					       smbmgmt_error **err);
/**
 * Sessions with so many @p opens or fewer.  Errors: INVALID (a session object
 * is in the filter).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_set_max_opens(smbmgmt_filter *filter,
						 uint64_t opens,
						 smbmgmt_error **err);
/**
 * 1: guests only; 0: no guests.  Errors: INVALID (another value, a session
 * object is in the filter).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_set_guest(smbmgmt_filter *filter,
					     int32_t guest,
					     smbmgmt_error **err);
/**
 * 1: unencrypted sessions only; 0: encrypted ones only.  Errors: INVALID
 * (another value, a session object is in the filter).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_set_unencrypted(smbmgmt_filter *filter,
						   int32_t unencrypted,
						   smbmgmt_error **err);
/**
 * 1: an empty filter means every session, for a close too; 0 is the default.
 * Errors: INVALID (another value, a session object is in the filter).
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_filter_set_match_all(smbmgmt_filter *filter,
						 int32_t match_all,
						 smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_FILTER_H */
