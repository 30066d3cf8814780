/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file handle.h
 * @brief Handles: open, find, remove (New-, Get-, Remove-CimSession).
 */
#ifndef SMBMGMT_HANDLE_H
#define SMBMGMT_HANDLE_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/* How traffic to a server is protected. */
#define SMBMGMT_PROTECTION_SIGN 0    /* signed, the default */
#define SMBMGMT_PROTECTION_ENCRYPT 1 /* encrypted, or refused */
#define SMBMGMT_PROTECTION_OFF 2     /* whatever the server wants */

/* What a handle is doing. */
#define SMBMGMT_STATE_DISCONNECTED 0 /* connects at its next use */
#define SMBMGMT_STATE_CONNECTED 1
#define SMBMGMT_STATE_REMOVED 2 /* answers SMBMGMT_E_REMOVED from now on */

/** Default options.  Errors: NOMEM.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_open_options_new(smbmgmt_open_options **options,
					     smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_open_options *
smbmgmt_open_options_ref(smbmgmt_open_options *options);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_open_options_unref(smbmgmt_open_options *options);
/**
 * The handle's name; the default is `Handle<Id>`.  Names need not be unique.
 * Errors: INVALID (empty, not UTF-8), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_name(smbmgmt_open_options *options,
						  const char *name,
						  smbmgmt_error **err);
/**
 * The transport: "srvsvc" or "memory".  It must not contradict a prefix of
 * the computer name.  Errors: INVALID (unknown name), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_transport(smbmgmt_open_options *options,
				   const char *transport, smbmgmt_error **err);
/** TCP port, 1 to 65535; the default is the transport's.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_open_options_set_port(smbmgmt_open_options *options,
						  uint32_t port,
						  smbmgmt_error **err);
/**
 * What carries srvsvc: "auto", "dcerpc" (Samba's libdcerpc) or "smbclient"
 * (libsmbclient, which can promise less: docs/smbclient.md).  "auto", the
 * default, takes dcerpc where it is installed.  Errors: INVALID (another
 * name); opening refuses a carrier for another transport.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_carrier(smbmgmt_open_options *options,
				 const char *carrier, smbmgmt_error **err);
/**
 * Connect to this IPv4 or IPv6 address, without brackets, and take the server
 * for the computer that was named: its name is what Kerberos asks a ticket
 * for.  Errors: INVALID (no numeric address), NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_address(smbmgmt_open_options *options,
				 const char *address, smbmgmt_error **err);
/** Who asks; a reference is taken.  Default: anonymous.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_open_options_set_credentials(
	smbmgmt_open_options *options, smbmgmt_credentials *credentials,
	smbmgmt_error **err);
/** An SMBMGMT_PROTECTION_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_open_options_set_protection(
	smbmgmt_open_options *options, int32_t protection, smbmgmt_error **err);
/**
 * Absolute path of an smb.conf for Samba's client libraries; without one
 * they see an empty configuration.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_smb_conf(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * Absolute path of a krb5.conf in place of the system's.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_options_set_krb5_conf(
	smbmgmt_open_options *options, const char *path, smbmgmt_error **err);
/**
 * Milliseconds that one step on the server (connect, list, close) may take;
 * 0 is the default of 30,000.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_open_options_set_deadline(smbmgmt_open_options *options,
				  uint32_t milliseconds, smbmgmt_error **err);
/** 1: do not connect now but at the first use.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_open_options_set_skip_test(
	smbmgmt_open_options *options, int32_t skip_test, smbmgmt_error **err);
/** How much Samba's client libraries log, 0 to 4.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_open_options_set_debug_level(
	smbmgmt_open_options *options, int32_t level, smbmgmt_error **err);
/** The table behind a `memory:` handle; a reference is taken.  Since 0.1. */
SMBMGMT_API int32_t
smbmgmt_open_options_set_memory(smbmgmt_open_options *options,
				smbmgmt_memory *memory, smbmgmt_error **err);

/**
 * Open a handle (New-CimSession).  @p computer is `[TRANSPORT:]HOST[:PORT]`
 * with an IPv6 address in brackets where a port follows; NULL or "" is this
 * machine.  The connection is made and tested unless skip_test is set.  The
 * context keeps the handle until it is removed; @p handle is a reference of
 * the caller's.  Errors: INVALID, NOT_SUPPORTED, and those of connecting.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_handle(smbmgmt_context *context,
					const char *computer,
					const smbmgmt_open_options *options,
					smbmgmt_handle **handle,
					smbmgmt_error **err);

/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *smbmgmt_handle_ref(smbmgmt_handle *handle);
/** Drop a reference; the handle stays open until removed.  Since 0.1. */
SMBMGMT_API void smbmgmt_handle_unref(smbmgmt_handle *handle);
/** From 1, never reused within a context.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_handle_id(const smbmgmt_handle *handle);
/** A random GUID, lower case with hyphens; borrowed.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_handle_instance_id(const smbmgmt_handle *handle);
/** The name; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_handle_name(const smbmgmt_handle *handle);
/** The computer without transport and port; borrowed.  Since 0.1. */
SMBMGMT_API const char *
smbmgmt_handle_computer_name(const smbmgmt_handle *handle);
/** The server just as it was given to open; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_handle_server(const smbmgmt_handle *handle);
/** "srvsvc", "memory", ...; static.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_handle_transport(const smbmgmt_handle *handle);
/** An SMBMGMT_STATE_ value.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_handle_state(const smbmgmt_handle *handle);

/** A selector that finds all handles and removes none.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_new(smbmgmt_selector **selector,
					 smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_selector *smbmgmt_selector_ref(smbmgmt_selector *selector);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_selector_unref(smbmgmt_selector *selector);
/*
 * A selector holds values of one kind, as the cmdlets' parameter sets do: the
 * first call fixes it, a value of another kind is SMBMGMT_E_INVALID.
 */
/** Select this handle.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_add_handle(smbmgmt_selector *selector,
						smbmgmt_handle *handle,
						smbmgmt_error **err);
/** Select by id.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_add_id(smbmgmt_selector *selector,
					    uint32_t id, smbmgmt_error **err);
/** Select by id, both ends included.  INVALID if last < first.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_add_id_range(smbmgmt_selector *selector,
						  uint32_t first, uint32_t last,
						  smbmgmt_error **err);
/** Select by GUID, with or without braces.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_add_instance_id(smbmgmt_selector *selector,
						     const char *guid,
						     smbmgmt_error **err);
/**
 * Select by name, without case, with PowerShell wildcards: `*`, `?`,
 * `[set]`, `[a-z]`; a backtick escapes.  INVALID: an unclosed `[`, a reversed
 * range.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_selector_add_name(smbmgmt_selector *selector,
					      const char *pattern,
					      smbmgmt_error **err);
/** Select by computer name, as by name.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_add_computer_name(
	smbmgmt_selector *selector, const char *pattern, smbmgmt_error **err);
/** 1: an empty selector means every handle, for remove too.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_selector_set_match_all(smbmgmt_selector *selector,
						   int32_t match_all,
						   smbmgmt_error **err);

/**
 * Find open handles (Get-CimSession), in the order of their ids.  NULL or an
 * empty selector finds all.  The list is set on SMBMGMT_E_NOT_FOUND as well
 * (a literal that matched nothing): it holds what was found, and each missing
 * value is one of its errors.  Errors: NOT_FOUND, NOMEM, FORKED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_find_handles(smbmgmt_context *context,
					 const smbmgmt_selector *selector,
					 smbmgmt_handle_list **list,
					 smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_handle_list *
smbmgmt_handle_list_ref(smbmgmt_handle_list *list);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_handle_list_unref(smbmgmt_handle_list *list);
/** How many; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_handle_list_count(const smbmgmt_handle_list *list);
/** The handle at an index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *
smbmgmt_handle_list_get(const smbmgmt_handle_list *list, uint32_t index);
/** How many values matched nothing.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_handle_list_error_count(const smbmgmt_handle_list *list);
/** One of them, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *
smbmgmt_handle_list_error(const smbmgmt_handle_list *list, uint32_t index);

/**
 * Remove one handle (Remove-CimSession): its connection is closed, what is in
 * flight on it is cancelled, and every later use is SMBMGMT_E_REMOVED.  The
 * caller's reference stays the caller's.  Errors: REMOVED (it was already),
 * FORKED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_remove_handle(smbmgmt_handle *handle,
					  smbmgmt_error **err);
/**
 * Remove many.  Asks only when @p action has a confirm callback; honours
 * what-if.  An empty selector without match-all is SMBMGMT_E_EMPTY_FILTER.
 * The report is set on failure too and names what was removed and what was
 * not found; those found are removed all the same.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_remove_handles(smbmgmt_context *context,
					   const smbmgmt_selector *selector,
					   const smbmgmt_action *action,
					   smbmgmt_report **report,
					   smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_HANDLE_H */
