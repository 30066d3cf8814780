/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file session.h
 * @brief Sessions: list them (Get-SmbSession), read them, make one from data.
 *
 * A field that the server or the transport does not tell is unknown, never
 * zero or empty: ask smbmgmt_session_has() first.  A getter of an unknown
 * field answers 0 or "".
 */
#ifndef SMBMGMT_SESSION_H
#define SMBMGMT_SESSION_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/* Fields of a session, bits of a mask. */
#define SMBMGMT_FIELD_ID (UINT64_C(1) << 0)
#define SMBMGMT_FIELD_CLIENT (UINT64_C(1) << 1)
#define SMBMGMT_FIELD_USER (UINT64_C(1) << 2)
#define SMBMGMT_FIELD_NUM_OPENS (UINT64_C(1) << 3)
#define SMBMGMT_FIELD_SECONDS_EXISTS (UINT64_C(1) << 4)
#define SMBMGMT_FIELD_SECONDS_IDLE (UINT64_C(1) << 5)
#define SMBMGMT_FIELD_SCOPE (UINT64_C(1) << 6)
#define SMBMGMT_FIELD_NODE (UINT64_C(1) << 7)
#define SMBMGMT_FIELD_INSTANCE (UINT64_C(1) << 8)
#define SMBMGMT_FIELD_DIALECT (UINT64_C(1) << 9)
#define SMBMGMT_FIELD_TRANSPORT_NAME (UINT64_C(1) << 10)
#define SMBMGMT_FIELD_GUEST (UINT64_C(1) << 11)
#define SMBMGMT_FIELD_ENCRYPTED (UINT64_C(1) << 12)
#define SMBMGMT_FIELD_CLIENT_TYPE (UINT64_C(1) << 13)

/* SMB instances (MSFT_SmbSession.SmbInstance). */
#define SMBMGMT_INSTANCE_DEFAULT 0
#define SMBMGMT_INSTANCE_CSV 1
#define SMBMGMT_INSTANCE_SBL 2
#define SMBMGMT_INSTANCE_SR 3

/* Is a session the one that carries the handle it was listed with? */
#define SMBMGMT_OWN_NO 0
#define SMBMGMT_OWN_POSSIBLE 1
#define SMBMGMT_OWN_YES 2

/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_session *smbmgmt_session_ref(smbmgmt_session *session);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_session_unref(smbmgmt_session *session);
/** 1 if every field of the mask is known.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_has(const smbmgmt_session *session,
					uint64_t fields);
/** The session id.  Since 0.1. */
SMBMGMT_API uint64_t smbmgmt_session_id(const smbmgmt_session *session);
/** 1 if the id was derived from client and user, not given by the server; equal
 * for sessions that a close ends together.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_session_id_is_derived(const smbmgmt_session *session);
/** The client as the server names it (ClientComputerName).  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_client(const smbmgmt_session *session);
/** The user as the server names it (ClientUserName).  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_user(const smbmgmt_session *session);
/** How many files, devices and pipes are open.  Since 0.1. */
SMBMGMT_API uint64_t smbmgmt_session_num_opens(const smbmgmt_session *session);
/** Age in seconds when it was listed.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_seconds_exists(const smbmgmt_session *session);
/** Idle time in seconds when it was listed.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_seconds_idle(const smbmgmt_session *session);
/** ScopeName.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_scope(const smbmgmt_session *session);
/** ClusterNodeName.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_node(const smbmgmt_session *session);
/** An SMBMGMT_INSTANCE_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_instance(const smbmgmt_session *session);
/** Dialect, "3.1.1".  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_dialect(const smbmgmt_session *session);
/** The server's name of the network transport.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_session_transport_name(const smbmgmt_session *session);
/** The client's own description of itself (cltype_name).  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_session_client_type(const smbmgmt_session *session);
/** 1 for a guest.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_guest(const smbmgmt_session *session);
/** 1 if the traffic is encrypted.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_encrypted(const smbmgmt_session *session);
/** An SMBMGMT_OWN_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_own(const smbmgmt_session *session);
/** The id of the handle it was listed with.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_session_handle_id(const smbmgmt_session *session);
/** The handle's computer name.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_session_computer(const smbmgmt_session *session);
/** The server as it was given to open.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_server(const smbmgmt_session *session);
/** The handle's transport.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_session_transport(const smbmgmt_session *session);
/** When it was listed: UTC, milliseconds since 1970.  Since 0.1. */
SMBMGMT_API int64_t smbmgmt_session_listed_at(const smbmgmt_session *session);

/** Default options.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_list_options_new(smbmgmt_list_options **options,
					     smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_list_options *
smbmgmt_list_options_ref(smbmgmt_list_options *options);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_list_options_unref(smbmgmt_list_options *options);
/** Milliseconds per server step; 0 is the handle's own.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_list_options_set_deadline(smbmgmt_list_options *options,
				  uint32_t milliseconds, smbmgmt_error **err);
/** Servers in flight; 0 chooses, negative is INVALID.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_list_options_set_throttle(
	smbmgmt_list_options *options, int32_t throttle, smbmgmt_error **err);

/**
 * List sessions (Get-SmbSession) of @p n handles; n = 0 is this machine.
 * @p filter and @p options may be NULL.  The list is set on failure too: one
 * server's failure never hides another's sessions, and each failure, each
 * value not found and each incomplete listing is one of its errors.
 * Returns 0; PARTIAL if some servers failed; the common code if all did;
 * INCOMPLETE; NOT_FOUND; INVALID, REMOVED, FORKED, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_list_sessions(
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_list_options *options,
	smbmgmt_session_list **list, smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_session_list *
smbmgmt_session_list_ref(smbmgmt_session_list *list);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_session_list_unref(smbmgmt_session_list *list);
/** How many sessions; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_list_count(const smbmgmt_session_list *list);
/** The session at an index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *
smbmgmt_session_list_get(const smbmgmt_session_list *list, uint32_t index);
/** How many errors.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_list_error_count(const smbmgmt_session_list *list);
/** One of them, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *
smbmgmt_session_list_error(const smbmgmt_session_list *list, uint32_t index);

/** An empty builder: every field unknown.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_builder_new(
	smbmgmt_session_builder **builder, smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_session_builder *
smbmgmt_session_builder_ref(smbmgmt_session_builder *builder);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void
smbmgmt_session_builder_unref(smbmgmt_session_builder *builder);
/** Set the session id; @p derived as smbmgmt_session_id_is_derived().  Since
 * 0.1. */
SMBMGMT_API int32_t
smbmgmt_session_builder_set_id(smbmgmt_session_builder *builder, uint64_t id,
			       int32_t derived, smbmgmt_error **err);
/** Set a text field, named by its SMBMGMT_FIELD_ bit.  INVALID: not a text
 * field, not UTF-8.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_builder_set_text(
	smbmgmt_session_builder *builder, uint64_t field, const char *value,
	smbmgmt_error **err);
/** Set a number or yes/no field, named by its SMBMGMT_FIELD_ bit.  INVALID:
 * not such a field, out of its range.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_builder_set_number(
	smbmgmt_session_builder *builder, uint64_t field, uint64_t value,
	smbmgmt_error **err);
/** When the session was listed: UTC, milliseconds since 1970.  Its age counts
 * from then.  Required.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_builder_set_listed_at(
	smbmgmt_session_builder *builder, int64_t milliseconds,
	smbmgmt_error **err);
/**
 * Make the session of @p handle, for smbmgmt_filter_add_session() or
 * smbmgmt_close_session() (-InputObject).  INVALID: no listing time, or one
 * in the future; neither an id nor client and user.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_build(
	smbmgmt_session_builder *builder, smbmgmt_handle *handle,
	smbmgmt_session **session, smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_SESSION_H */
