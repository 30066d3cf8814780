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

/**
 * @name Fields of a session
 * Bits of a mask; a field that is not in a session's mask is unknown.  Since
 * 0.1.
 * @{
 */
/** SessionId. */
#define SMBMGMT_FIELD_ID (UINT64_C(1) << 0)
/** ClientComputerName. */
#define SMBMGMT_FIELD_CLIENT (UINT64_C(1) << 1)
/** ClientUserName. */
#define SMBMGMT_FIELD_USER (UINT64_C(1) << 2)
/** NumOpens. */
#define SMBMGMT_FIELD_NUM_OPENS (UINT64_C(1) << 3)
/** SecondsExists. */
#define SMBMGMT_FIELD_SECONDS_EXISTS (UINT64_C(1) << 4)
/** SecondsIdle. */
#define SMBMGMT_FIELD_SECONDS_IDLE (UINT64_C(1) << 5)
/** ScopeName. */
#define SMBMGMT_FIELD_SCOPE (UINT64_C(1) << 6)
/** ClusterNodeName. */
#define SMBMGMT_FIELD_NODE (UINT64_C(1) << 7)
/** SmbInstance. */
#define SMBMGMT_FIELD_INSTANCE (UINT64_C(1) << 8)
/** Dialect. */
#define SMBMGMT_FIELD_DIALECT (UINT64_C(1) << 9)
/** TransportName. */
#define SMBMGMT_FIELD_TRANSPORT_NAME (UINT64_C(1) << 10)
/** Is it a guest's? */
#define SMBMGMT_FIELD_GUEST (UINT64_C(1) << 11)
/** Is its traffic encrypted? */
#define SMBMGMT_FIELD_ENCRYPTED (UINT64_C(1) << 12)
/** The client's description of itself. */
#define SMBMGMT_FIELD_CLIENT_TYPE (UINT64_C(1) << 13)
/** The user's group on the server. */
#define SMBMGMT_FIELD_GROUP (UINT64_C(1) << 14)
/** The user's Unix id on the server. */
#define SMBMGMT_FIELD_UID (UINT64_C(1) << 15)
/** The group's Unix id on the server. */
#define SMBMGMT_FIELD_GID (UINT64_C(1) << 16)
/** The address that the client comes from. */
#define SMBMGMT_FIELD_ADDRESS (UINT64_C(1) << 17)
/** What it is encrypted with, and how much of it. */
#define SMBMGMT_FIELD_CIPHER (UINT64_C(1) << 18)
/** What it is signed with, and how much of it. */
#define SMBMGMT_FIELD_SIGNING (UINT64_C(1) << 19)
/** The number of the cluster node. */
#define SMBMGMT_FIELD_NODE_NUMBER (UINT64_C(1) << 20)
/** When its user was last authenticated. */
#define SMBMGMT_FIELD_AUTH_TIME (UINT64_C(1) << 21)
/** Is its user still being authenticated? */
#define SMBMGMT_FIELD_IN_PROGRESS (UINT64_C(1) << 22)
/** The shares that it is connected to. */
#define SMBMGMT_FIELD_SHARES (UINT64_C(1) << 23)
/** The files that it has open. */
#define SMBMGMT_FIELD_OPEN_FILES (UINT64_C(1) << 24)
/** @} */

/**
 * @name Degrees
 * How much of a session's traffic is encrypted, or signed.  Since 0.1.
 * @{
 */
#define SMBMGMT_DEGREE_NONE 0	   /**< Nothing. */
#define SMBMGMT_DEGREE_PARTIAL 1   /**< Some of it, as of some shares. */
#define SMBMGMT_DEGREE_FULL 2	   /**< All of it. */
#define SMBMGMT_DEGREE_ANONYMOUS 3 /**< With a key that is no user's. */
/** @} */

/**
 * @name SMB instances
 * The values of MSFT_SmbSession.SmbInstance.  Since 0.1.
 * @{
 */
#define SMBMGMT_INSTANCE_DEFAULT 0 /**< The file server. */
#define SMBMGMT_INSTANCE_CSV 1	   /**< Cluster shared volumes. */
#define SMBMGMT_INSTANCE_SBL 2	   /**< The storage bus layer. */
#define SMBMGMT_INSTANCE_SR 3	   /**< Storage replica. */
/** @} */

/**
 * @name Own sessions
 * Is a session the one that carries the handle it was listed with?  Since 0.1.
 * @{
 */
#define SMBMGMT_OWN_NO 0       /**< Another's. */
#define SMBMGMT_OWN_POSSIBLE 1 /**< It may be ours. */
#define SMBMGMT_OWN_YES 2      /**< Ours. */
/** @} */

/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_session *smbmgmt_session_ref(smbmgmt_session *session);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_session_unref(smbmgmt_session *session);
/** 1 if every one of @p fields, SMBMGMT_FIELD_ bits, is known.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_has(const smbmgmt_session *session,
					uint64_t fields);
/**
 * The session id.  Mirrors SessionId; derived over srvsvc, which has none.
 * Since 0.1.
 */
SMBMGMT_API uint64_t smbmgmt_session_id(const smbmgmt_session *session);
/**
 * 1 if the id was derived from client and user, not given by the server; equal
 * for sessions that a close ends together.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_session_id_is_derived(const smbmgmt_session *session);
/**
 * The client as the server names it; borrowed.  Mirrors ClientComputerName,
 * sesi502_cname (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_session_client(const smbmgmt_session *session);
/**
 * The user as the server names it; borrowed.  Mirrors ClientUserName,
 * sesi502_username (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_session_user(const smbmgmt_session *session);
/**
 * How many files, devices and pipes are open.  Mirrors NumOpens,
 * sesi502_num_opens (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API uint64_t smbmgmt_session_num_opens(const smbmgmt_session *session);
/**
 * Age in seconds when it was listed.  Mirrors SecondsExists, sesi502_time
 * (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_session_seconds_exists(const smbmgmt_session *session);
/**
 * Idle time in seconds when it was listed.  Mirrors SecondsIdle,
 * sesi502_idle_time (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_session_seconds_idle(const smbmgmt_session *session);
/** The scope; borrowed.  Mirrors ScopeName.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_scope(const smbmgmt_session *session);
/** The cluster node; borrowed.  Mirrors ClusterNodeName.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_node(const smbmgmt_session *session);
/** An SMBMGMT_INSTANCE_ value.  Mirrors SmbInstance.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_instance(const smbmgmt_session *session);
/** The dialect, such as "3.1.1"; borrowed.  Mirrors Dialect.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_dialect(const smbmgmt_session *session);
/**
 * The server's name of the network transport; borrowed.  Mirrors TransportName,
 * sesi502_transport (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API const char *
smbmgmt_session_transport_name(const smbmgmt_session *session);
/**
 * The client's own description of itself; borrowed.  Mirrors
 * sesi502_cltype_name (MS-SRVS 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API const char *
smbmgmt_session_client_type(const smbmgmt_session *session);
/**
 * 1 for a guest or an anonymous session.  Mirrors SESS_GUEST (MS-SRVS
 * 2.2.4.15).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_guest(const smbmgmt_session *session);
/** 1 if the traffic is encrypted.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_session_encrypted(const smbmgmt_session *session);
/** The user's group on the server; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_group(const smbmgmt_session *session);
/** The user's Unix id on the server.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_session_uid(const smbmgmt_session *session);
/** The Unix id of the user's group on the server.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_session_gid(const smbmgmt_session *session);
/**
 * The numeric address that the client comes from, without a port; borrowed.
 * Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_session_address(const smbmgmt_session *session);
/**
 * What the traffic is encrypted with, such as "AES-128-GCM", or "" for
 * nothing; borrowed.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_session_cipher(const smbmgmt_session *session);
/**
 * How much is encrypted, an SMBMGMT_DEGREE_ value; known with
 * SMBMGMT_FIELD_CIPHER.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_session_cipher_degree(const smbmgmt_session *session);
/**
 * What the traffic is signed with, such as "AES-128-CMAC", or "" for nothing;
 * borrowed.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_session_signing(const smbmgmt_session *session);
/**
 * How much is signed, an SMBMGMT_DEGREE_ value; known with
 * SMBMGMT_FIELD_SIGNING.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_session_signing_degree(const smbmgmt_session *session);
/** The number of the cluster node, from 0.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_node_number(const smbmgmt_session *session);
/**
 * When its user was last authenticated, by the server's clock: UTC,
 * milliseconds since 1970.  Since 0.1.
 */
SMBMGMT_API int64_t smbmgmt_session_auth_time(const smbmgmt_session *session);
/**
 * 1 while its user is being authenticated: it has no user yet, and no filter
 * on users matches it.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_in_progress(const smbmgmt_session *session);
/**
 * How many shares it is connected to, each counted once; known with
 * SMBMGMT_FIELD_SHARES.  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_session_share_count(const smbmgmt_session *session);
/** The name of the share at @p index from 0, or ""; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_share(const smbmgmt_session *session,
					      uint32_t index);
/**
 * How many open files are told of, known with SMBMGMT_FIELD_OPEN_FILES: at
 * most smbmgmt_session_num_opens(), and fewer where there are very many.
 * Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_session_open_file_count(const smbmgmt_session *session);
/**
 * The path on the server of the open file at @p index from 0, or "";
 * borrowed.  Since 0.1.
 */
SMBMGMT_API const char *
smbmgmt_session_open_file(const smbmgmt_session *session, uint32_t index);
/**
 * 1 if the file at @p index was opened for writing: its client may hold data
 * that an end of the session loses.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_open_file_writes(
	const smbmgmt_session *session, uint32_t index);
/**
 * When the file at @p index was opened, by the server's clock: UTC,
 * milliseconds since 1970; 0 if that is unknown.  Since 0.1.
 */
SMBMGMT_API int64_t smbmgmt_session_open_file_opened_at(
	const smbmgmt_session *session, uint32_t index);
/**
 * Whether it carries the handle it was listed with, an SMBMGMT_OWN_ value.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_own(const smbmgmt_session *session);
/**
 * The id of the handle it was listed with; 0 if that was without one, and for
 * NULL.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_session_handle_id(const smbmgmt_session *session);
/** The handle's computer name; borrowed.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_session_computer(const smbmgmt_session *session);
/** The server as it was given to open; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_session_server(const smbmgmt_session *session);
/** The handle's transport; static.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_session_transport(const smbmgmt_session *session);
/**
 * When the listing that it is of began: UTC, milliseconds since 1970; 0 for
 * NULL.  Since 0.1.
 */
SMBMGMT_API int64_t smbmgmt_session_listed_at(const smbmgmt_session *session);

/**
 * Make default options.  @p options is the caller's to drop with
 * smbmgmt_list_options_unref().  Errors: INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_list_options_new(smbmgmt_list_options **options,
					     smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_list_options *
smbmgmt_list_options_ref(smbmgmt_list_options *options);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_list_options_unref(smbmgmt_list_options *options);
/**
 * Let one step on a server take @p milliseconds; 0, the default, is the
 * handle's own deadline.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_list_options_set_deadline(smbmgmt_list_options *options,
				  uint32_t milliseconds, smbmgmt_error **err);
/**
 * How many servers are listed at once; 0, the default, lets the library choose.
 * Errors: INVALID (negative).  Mirrors -ThrottleLimit.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_list_options_set_throttle(
	smbmgmt_list_options *options, int32_t throttle, smbmgmt_error **err);

/**
 * List the sessions of @p n @p handles that @p filter matches; NULL and 0
 * are this machine.  @p filter and @p options may be NULL.  @p list is the
 * caller's and is set on failure too: one server's failure never hides
 * another's sessions, and each failure, each value not found and each
 * incomplete listing is one of its errors.  Blocks until every server has
 * answered, or the deadlines of its steps have passed.  Errors: PARTIAL if some
 * servers failed, the common code if all did, INCOMPLETE, NOT_FOUND; INVALID (a
 * handle of another context, or twice), NOT_SUPPORTED (a filter on what a
 * server cannot tell), REMOVED, FORKED, REENTRANT, NOMEM.  Mirrors
 * Get-SmbSession, NetrSessionEnum (MS-SRVS 3.1.4.5).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_list_sessions(
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_list_options *options,
	smbmgmt_session_list **list, smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_session_list *
smbmgmt_session_list_ref(smbmgmt_session_list *list);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_session_list_unref(smbmgmt_session_list *list);
/** How many sessions; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_list_count(const smbmgmt_session_list *list);
/** The session at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *
smbmgmt_session_list_get(const smbmgmt_session_list *list, uint32_t index);
/** How many errors; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_session_list_error_count(const smbmgmt_session_list *list);
/** The error at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *
smbmgmt_session_list_error(const smbmgmt_session_list *list, uint32_t index);

/**
 * Make an empty builder: every field unknown.  @p builder is the caller's to
 * drop with smbmgmt_session_builder_unref().  Errors: INVALID, NOMEM.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_new(
	smbmgmt_session_builder **builder, smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_session_builder *
smbmgmt_session_builder_ref(smbmgmt_session_builder *builder);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void
smbmgmt_session_builder_unref(smbmgmt_session_builder *builder);
/**
 * Set the session's @p id; @p derived 1 as smbmgmt_session_id_is_derived(),
 * else 0.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_session_builder_set_id(smbmgmt_session_builder *builder, uint64_t id,
			       int32_t derived, smbmgmt_error **err);
/**
 * Set the text field @p field, an SMBMGMT_FIELD_ bit, to @p value.  Errors:
 * INVALID (not a text field, not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_set_text(
	smbmgmt_session_builder *builder, uint64_t field, const char *value,
	smbmgmt_error **err);
/**
 * Set the number or yes/no field @p field, an SMBMGMT_FIELD_ bit, to @p value.
 * Errors: INVALID (not such a field, out of its range).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_set_number(
	smbmgmt_session_builder *builder, uint64_t field, uint64_t value,
	smbmgmt_error **err);
/**
 * Add @p share to the shares that it is connected to.  Errors: INVALID (not
 * UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_session_builder_add_share(smbmgmt_session_builder *builder,
				  const char *share, smbmgmt_error **err);
/**
 * Add the open file with @p path on the server: @p writes 1 if it was opened
 * for writing, else 0; @p opened_at is UTC, milliseconds since 1970, or 0.
 * Errors: INVALID (not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_add_open_file(
	smbmgmt_session_builder *builder, const char *path, int32_t writes,
	int64_t opened_at, smbmgmt_error **err);
/**
 * When the session's listing began: UTC, @p milliseconds since 1970.  Its age
 * counts from then, or from while the listing was made.  Required.  Errors:
 * INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_set_listed_at(
	smbmgmt_session_builder *builder, int64_t milliseconds,
	smbmgmt_error **err);
/**
 * Make the @p session of @p handle, for smbmgmt_filter_add_session() or
 * smbmgmt_close_session(); it is the caller's.  Errors: INVALID (no listing
 * time, or one in the future; neither an id nor client and user; a derived id
 * without them), NOMEM.  Mirrors what -InputObject takes from a pipe.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_session_builder_build(
	smbmgmt_session_builder *builder, smbmgmt_handle *handle,
	smbmgmt_session **session, smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_SESSION_H */
