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

/** An empty filter.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_new(smbmgmt_filter **filter,
				       smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_filter *smbmgmt_filter_ref(smbmgmt_filter *filter);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_filter_unref(smbmgmt_filter *filter);

/** -SessionId.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_session_id(smbmgmt_filter *filter,
						  uint64_t id,
						  smbmgmt_error **err);
/** A range of ids, both ends included; INVALID if last < first.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_id_range(smbmgmt_filter *filter,
						uint64_t first, uint64_t last,
						smbmgmt_error **err);
/** Ids as text: `5`, `1..5`, `1,3..7`.  INVALID names the place.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_id_text(smbmgmt_filter *filter,
					       const char *text,
					       smbmgmt_error **err);
/** -ClientComputerName: a name or address; a leading `\\` and IPv6 brackets
 * do not count.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_client(smbmgmt_filter *filter,
					      const char *client,
					      smbmgmt_error **err);
/** -ClientUserName.  `DOMAIN\user` needs a transport that knows domains.
 * Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_user(smbmgmt_filter *filter,
					    const char *user,
					    smbmgmt_error **err);
/** -ScopeName.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_scope(smbmgmt_filter *filter,
					     const char *scope,
					     smbmgmt_error **err);
/** -ClusterNodeName.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_node(smbmgmt_filter *filter,
					    const char *node,
					    smbmgmt_error **err);
/** -SmbInstance, an SMBMGMT_INSTANCE_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_instance(smbmgmt_filter *filter,
						int32_t instance,
						smbmgmt_error **err);
/** Dialect, "3.1.1".  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_dialect(smbmgmt_filter *filter,
					       const char *dialect,
					       smbmgmt_error **err);
/** -InputObject: this session.  Not together with anything else (INVALID).
 * A reference is taken.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_add_session(smbmgmt_filter *filter,
					       smbmgmt_session *session,
					       smbmgmt_error **err);
/** Idle for this many seconds or more.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_set_min_idle(smbmgmt_filter *filter,
						uint32_t seconds,
						smbmgmt_error **err);
/** This many seconds old or more.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_set_min_age(smbmgmt_filter *filter,
					       uint32_t seconds,
					       smbmgmt_error **err);
/** This many opens or fewer.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_set_max_opens(smbmgmt_filter *filter,
						 uint64_t opens,
						 smbmgmt_error **err);
/** 1: guests only; 0: no guests.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_set_guest(smbmgmt_filter *filter,
					     int32_t guest,
					     smbmgmt_error **err);
/** 1: unencrypted sessions only; 0: encrypted only.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_set_unencrypted(smbmgmt_filter *filter,
						   int32_t unencrypted,
						   smbmgmt_error **err);
/** 1: an empty filter means every session, for close too.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_filter_set_match_all(smbmgmt_filter *filter,
						 int32_t match_all,
						 smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_FILTER_H */
