/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file handle.h
 * @brief Handles: open, find, remove (New-, Get-, Remove-CimSession).
 */
#ifndef SMBMGMT_HANDLE_H
#define SMBMGMT_HANDLE_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name Protection
 * How traffic to a server is protected.  Since 0.1.
 * @{
 */
#define SMBMGMT_PROTECTION_SIGN 0    /**< Signed, the default. */
#define SMBMGMT_PROTECTION_ENCRYPT 1 /**< Encrypted, or refused. */
#define SMBMGMT_PROTECTION_OFF 2     /**< Whatever the server wants. */
/** @} */

/**
 * @name Authentication
 * How to log on over WS-Management.  Since 0.1.
 * @{
 */
/** As the credentials say: NTLM, or with Kerberos desired NEGOTIATE, or with
 * Kerberos required KERBEROS. */
#define SMBMGMT_AUTH_DEFAULT 0
/** Kerberos where it works, else NTLM. */
#define SMBMGMT_AUTH_NEGOTIATE 1
#define SMBMGMT_AUTH_KERBEROS 2 /**< Kerberos, or no logon. */
#define SMBMGMT_AUTH_NTLM 3	/**< NTLM, version 2. */
/** User and password as they are, so over TLS only. */
#define SMBMGMT_AUTH_BASIC 4
/** @} */

/**
 * @name States of a handle
 * What a handle is doing.  Since 0.1.
 * @{
 */
/** Connects at its next use. */
#define SMBMGMT_STATE_DISCONNECTED 0
/** It has a connection. */
#define SMBMGMT_STATE_CONNECTED 1
/** Answers SMBMGMT_E_REMOVED from now on. */
#define SMBMGMT_STATE_REMOVED 2
/** @} */

/**
 * Make default options.  @p options is the caller's to drop with
 * smbmgmt_open_options_unref().  Errors: INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_new(smbmgmt_open_options **options,
					     smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_open_options *
smbmgmt_open_options_ref(smbmgmt_open_options *options);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_open_options_unref(smbmgmt_open_options *options);
/**
 * The handle's name; the default is `Handle<Id>`.  Names need not be unique.
 * Errors: INVALID (empty, not UTF-8), NOMEM.  Mirrors New-CimSession -Name.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_name(smbmgmt_open_options *options,
						  const char *name,
						  smbmgmt_error **err);
/**
 * The @p transport, "srvsvc", "samba", "wsman" (over HTTP), "wsmans" (over
 * HTTPS) or "memory"; it must not contradict a prefix of the computer name.
 * Errors: INVALID (unknown name).  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_transport(smbmgmt_open_options *options,
				   const char *transport, smbmgmt_error **err);
/**
 * The TCP port, 1 to 65535; the default is the transport's.  It must not
 * contradict a port of the computer name.  Errors: INVALID.  Mirrors
 * New-CimSession -Port.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_port(smbmgmt_open_options *options,
						  uint32_t port,
						  smbmgmt_error **err);
/**
 * What carries srvsvc: the @p carrier "auto", "dcerpc" (Samba's libdcerpc) or
 * "smbclient" (libsmbclient, which can promise less: docs/smbclient.md).
 * "auto", the default, takes dcerpc where it is installed.  Opening refuses a
 * carrier for another transport.  Errors: INVALID (another name).  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_carrier(smbmgmt_open_options *options,
				 const char *carrier, smbmgmt_error **err);
/**
 * Connect to the IPv4 or IPv6 @p address, without brackets, and take the server
 * for the computer that was named: its name is what Kerberos asks a ticket for.
 * Errors: INVALID (no numeric address), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_address(smbmgmt_open_options *options,
				 const char *address, smbmgmt_error **err);
/**
 * Who asks; a reference to @p credentials is taken, and opening copies them.
 * The default is anonymous.  Errors: INVALID.  Mirrors New-CimSession
 * -Credential.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_credentials(
	smbmgmt_open_options *options, smbmgmt_credentials *credentials,
	smbmgmt_error **err);
/**
 * How traffic over srvsvc is protected, an SMBMGMT_PROTECTION_ value.  Over
 * wsman it is always encrypted, or with allow_plaintext and Basic never is,
 * which opening refuses together with ENCRYPT.  Errors: INVALID (no such
 * value).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_protection(
	smbmgmt_open_options *options, int32_t protection, smbmgmt_error **err);
/**
 * The absolute @p path of an smb.conf.  Over srvsvc it is for Samba's client
 * libraries, which see an empty configuration without one, and what it says of
 * dialects and protection is overruled.  Over samba it is the server's; without
 * one Samba's own default is.  Errors: INVALID (not absolute, not UTF-8),
 * NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_smb_conf(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * The absolute @p path of the folder that smbstatus and smbcontrol are in, for
 * transport samba; the default are the usual ones, and never PATH.  They are
 * run as root.  Errors: INVALID (not absolute, not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_samba_path(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * The absolute @p path of a krb5.conf in place of the system's.  Errors:
 * INVALID (not absolute, not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_krb5_conf(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * How to log on over wsman and wsmans: @p auth is an SMBMGMT_AUTH_ value.
 * Opening refuses it for another transport, BASIC over wsman unless plaintext
 * is allowed, and what contradicts credentials that require Kerberos.  Errors:
 * INVALID (no such value).  Mirrors New-CimSession -Authentication.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_auth(smbmgmt_open_options *options,
						  int32_t auth,
						  smbmgmt_error **err);
/**
 * With 1 in @p allow user, password and messages may be sent over wsman with
 * SMBMGMT_AUTH_BASIC, where everybody on the way can read them; 0 is the
 * default.  What another authentication can encrypt is encrypted all the same.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_allow_plaintext(
	smbmgmt_open_options *options, int32_t allow, smbmgmt_error **err);
/**
 * The absolute @p path of a file of CA certificates (PEM), which alone are
 * trusted to have signed that of a wsmans server; the default are the system's.
 * Errors: INVALID (not absolute, not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_ca_file(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * Log on to a wsmans server with the client certificate in the file @p cert and
 * its private key in the file @p key, or in @p cert too where that is NULL:
 * PEM, absolute paths, the key without a password.  With a user as well the
 * certificate is shown, and the user is who logs on.  Errors: INVALID (not
 * absolute, not UTF-8), NOMEM.  Mirrors New-CimSession -CertificateThumbprint.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_client_cert(
	smbmgmt_open_options *options, const char *cert, const char *key,
	smbmgmt_error **err);
/**
 * The @p path of the URL that WS-Management is at; the default is "/wsman".
 * Errors: INVALID (does not begin with a slash, not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_wsman_path(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * Let one step on the server (connect, list, close) take @p milliseconds; 0 is
 * the default of 30,000.  Errors: INVALID.  Mirrors New-CimSession
 * -OperationTimeoutSec.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_deadline(smbmgmt_open_options *options,
				  uint32_t milliseconds, smbmgmt_error **err);
/**
 * 1: do not connect now but at the first use; 0 is the default.  Errors:
 * INVALID.  Mirrors New-CimSession -SkipTestConnection.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_skip_test(
	smbmgmt_open_options *options, int32_t skip_test, smbmgmt_error **err);
/**
 * How much Samba's client libraries log, a @p level from 0 (the default) to 4.
 * Errors: INVALID (another level).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_debug_level(
	smbmgmt_open_options *options, int32_t level, smbmgmt_error **err);
/**
 * The table behind a `memory:` handle; a reference to @p memory is taken.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_memory(smbmgmt_open_options *options,
				smbmgmt_memory *memory, smbmgmt_error **err);

/**
 * Open a handle.  @p computer is `[TRANSPORT:]HOST[:PORT]`, with an IPv6
 * address in brackets where a port follows; NULL, "" or "samba:" is this
 * machine's own Samba, and the handle's computer is localhost (docs/samba.md).
 * @p options may be NULL for the defaults; they are copied.  The connection is
 * made and tested unless skip_test is set.  The context keeps the handle until
 * it is removed; @p handle is a reference of the caller's.  Blocks until the
 * connection is made, or its deadline has passed.  Errors: INVALID,
 * NOT_SUPPORTED (a transport that this version lacks), those of connecting
 * (docs/errors.md), REMOVED (the context has ended), FORKED, REENTRANT, NOMEM.
 * Mirrors New-CimSession.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_handle(smbmgmt_context *context,
					const char *computer,
					const smbmgmt_open_options *options,
					smbmgmt_handle **handle,
					smbmgmt_error **err);

/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *smbmgmt_handle_ref(smbmgmt_handle *handle);
/**
 * Drop a reference; NULL is accepted.  The handle stays open until it is
 * removed.  Since 0.1.
 */
SMBMGMT_API void smbmgmt_handle_unref(smbmgmt_handle *handle);
/**
 * The id, from 1, never used again within a context; 0 for NULL.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_handle_id(const smbmgmt_handle *handle);
/**
 * A random GUID, lower case with hyphens; borrowed.  Mirrors
 * CimSession.InstanceId.  Since 0.1.
 */
SMBMGMT_API const char *
smbmgmt_handle_instance_id(const smbmgmt_handle *handle);
/** The name; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_handle_name(const smbmgmt_handle *handle);
/** The computer without transport and port; borrowed.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_handle_computer_name(const smbmgmt_handle *handle);
/** The server just as it was given to open; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_handle_server(const smbmgmt_handle *handle);
/** "srvsvc", "samba", "wsman", "wsmans" or "memory"; static.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_handle_transport(const smbmgmt_handle *handle);
/**
 * An SMBMGMT_STATE_ value, as of now: another thread may change it.  REMOVED
 * for NULL.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_handle_state(const smbmgmt_handle *handle);

/**
 * Make a selector that finds all handles and removes none.  @p selector is the
 * caller's to drop with smbmgmt_selector_unref().  Errors: INVALID, NOMEM.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_new(smbmgmt_selector **selector,
					 smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_selector *smbmgmt_selector_ref(smbmgmt_selector *selector);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_selector_unref(smbmgmt_selector *selector);
/**
 * Select @p handle; no reference is taken.  Errors: INVALID (another kind of
 * value is selected by), NOMEM.  Mirrors Remove-CimSession -CimSession.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_handle(smbmgmt_selector *selector,
						smbmgmt_handle *handle,
						smbmgmt_error **err);
/**
 * Select by the id @p id.  Errors: INVALID (another kind of value is selected
 * by), NOMEM.  Mirrors -Id.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_id(smbmgmt_selector *selector,
					    uint32_t id, smbmgmt_error **err);
/**
 * Select by ids from @p first to @p last, both included.  Errors: INVALID (last
 * < first, another kind of value is selected by), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_id_range(smbmgmt_selector *selector,
						  uint32_t first, uint32_t last,
						  smbmgmt_error **err);
/**
 * Select by the instance id @p guid, with or without braces.  Errors: INVALID
 * (no GUID, another kind of value is selected by), NOMEM.  Mirrors -InstanceId.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_instance_id(smbmgmt_selector *selector,
						     const char *guid,
						     smbmgmt_error **err);
/**
 * Select by name, without case.  @p pattern has PowerShell's wildcards: `*`,
 * `?`, `[set]`, `[a-z]`; a backtick escapes.  Errors: INVALID (an unclosed `[`,
 * a reversed range, another kind of value is selected by), NOMEM.  Mirrors
 * -Name.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_name(smbmgmt_selector *selector,
					      const char *pattern,
					      smbmgmt_error **err);
/**
 * Select by computer name; @p pattern as for a name.  Errors: INVALID (as for a
 * name, another kind of value is selected by), NOMEM.  Mirrors -ComputerName.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_computer_name(
	smbmgmt_selector *selector, const char *pattern, smbmgmt_error **err);
/**
 * 1: an empty selector means every handle, for remove too; 0 is the default.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_set_match_all(smbmgmt_selector *selector,
						   int32_t match_all,
						   smbmgmt_error **err);

/**
 * Find open handles, in the order of their ids.  @p selector NULL or empty
 * finds all.  @p list is the caller's; it is set on NOT_FOUND as well (a
 * literal that matched nothing): it holds what was found, and each missing
 * value is one of its errors.  Errors: NOT_FOUND, INVALID, NOMEM, REMOVED (the
 * context has ended), FORKED, REENTRANT.  Mirrors Get-CimSession.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_find_handles(smbmgmt_context *context,
					 const smbmgmt_selector *selector,
					 smbmgmt_handle_list **list,
					 smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_handle_list *
smbmgmt_handle_list_ref(smbmgmt_handle_list *list);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_handle_list_unref(smbmgmt_handle_list *list);
/** How many handles; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_handle_list_count(const smbmgmt_handle_list *list);
/** The handle at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *
smbmgmt_handle_list_get(const smbmgmt_handle_list *list, uint32_t index);
/** How many values matched nothing; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_handle_list_error_count(const smbmgmt_handle_list *list);
/** The error at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *
smbmgmt_handle_list_error(const smbmgmt_handle_list *list, uint32_t index);

/**
 * Remove one handle: its connection is closed, what is in flight on it is
 * cancelled, and every later use is SMBMGMT_E_REMOVED.  The caller's reference
 * stays the caller's.  Errors: INVALID, REMOVED (it was already), FORKED,
 * REENTRANT.  Mirrors Remove-CimSession.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_remove_handle(smbmgmt_handle *handle,
					  smbmgmt_error **err);
/**
 * Remove the handles that @p selector selects.  Asks only when @p action, which
 * may be NULL, has a confirm callback; honours what-if.  @p report is the
 * caller's, is set on failure too and names what was removed and what was not
 * found; those found are removed all the same.  Errors: the report's overall
 * code; EMPTY_FILTER (an empty selector without match-all), INVALID, NOMEM,
 * REMOVED, FORKED, REENTRANT.  Mirrors Remove-CimSession.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_remove_handles(smbmgmt_context *context,
					   const smbmgmt_selector *selector,
					   const smbmgmt_action *action,
					   smbmgmt_report **report,
					   smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_HANDLE_H */
