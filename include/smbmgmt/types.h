/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file types.h
 * @brief Opaque types and the conventions that all of the API keeps.
 *
 * - Every object is opaque and reference counted: `_ref` takes a reference
 *   and returns its argument, `_unref` drops one and accepts NULL.
 * - `T **out` hands the caller a reference of its own; a returned pointer is
 *   borrowed from the object that it was asked of, unless its documentation
 *   calls it a reference of the caller's (the results of a job).
 * - Every function that can fail returns 0 or a negative SMBMGMT_E_ code and
 *   takes `smbmgmt_error **err` last, which may be NULL.  `*err` is written
 *   on failure only, and is then the caller's.  Its documentation names the
 *   codes without their prefix; NULL for an object or a text that must be
 *   there is always INVALID.
 * - A getter accepts NULL and indices that are too high, and answers 0, NULL,
 *   "" or what its documentation says.
 * - A list, plan or report that is "set on failure too" is there as soon as
 *   the call has begun its work; where it was refused outright (an argument
 *   that makes no sense, FORKED, REENTRANT, NOMEM) it is NULL, which every
 *   getter and `_unref` accepts.
 * - Text is UTF-8 and NUL-terminated.
 * - Any function may be called from any thread.  Contexts, handles, sessions,
 *   lists, reports, jobs and errors may be shared between threads; filters,
 *   selectors, credentials, option objects and builders must not be changed
 *   by one thread while another uses them.
 *
 * Since 0.1.
 */
#ifndef SMBMGMT_TYPES_H
#define SMBMGMT_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
#define SMBMGMT_BEGIN extern "C" {
#define SMBMGMT_END }
#else
/** Begins a header's declarations: C linkage, in C++.  Since 0.1. */
#define SMBMGMT_BEGIN
/** Ends a header's declarations.  Since 0.1. */
#define SMBMGMT_END
#endif

#if defined(__GNUC__)
/** Marks what the library exports.  Since 0.1. */
#define SMBMGMT_API __attribute__((visibility("default")))
#else
#define SMBMGMT_API
#endif

SMBMGMT_BEGIN

/**
 * What went wrong, where, and what to do about it.  Immutable.  May be shared
 * between threads.  Since 0.1.
 */
typedef struct smbmgmt_error smbmgmt_error;
/**
 * One set of handles, one engine thread, one helper process.  May be shared
 * between threads.  Since 0.1.
 */
typedef struct smbmgmt_context smbmgmt_context;
/**
 * Who asks: user, domain, password.  Not to be changed by one thread while
 * another uses it.  Since 0.1.
 */
typedef struct smbmgmt_credentials smbmgmt_credentials;
/**
 * How to open a handle.  Not to be changed by one thread while another uses it.
 * Since 0.1.
 */
typedef struct smbmgmt_open_options smbmgmt_open_options;
/**
 * A management connection to one computer (PowerShell: CimSession).  May be
 * shared between threads.  Since 0.1.
 */
typedef struct smbmgmt_handle smbmgmt_handle;
/**
 * A list of handles.  Immutable.  May be shared between threads.  Since 0.1.
 */
typedef struct smbmgmt_handle_list smbmgmt_handle_list;
/**
 * Which handles.  Holds values of one kind, as the cmdlets' parameter sets do:
 * the first one fixes it.  Not to be changed by one thread while another uses
 * it.  Since 0.1.
 */
typedef struct smbmgmt_selector smbmgmt_selector;
/**
 * One SMB session on a server (PowerShell: MSFT_SmbSession), an immutable
 * snapshot.  May be shared between threads.  Since 0.1.
 */
typedef struct smbmgmt_session smbmgmt_session;
/**
 * A list of sessions and the errors met while listing.  Immutable.  May be
 * shared between threads.  Since 0.1.
 */
typedef struct smbmgmt_session_list smbmgmt_session_list;
/**
 * Makes a session from data.  Not to be changed by one thread while another
 * uses it.  Since 0.1.
 */
typedef struct smbmgmt_session_builder smbmgmt_session_builder;
/**
 * How to list.  Not to be changed by one thread while another uses it.
 * Since 0.1.
 */
typedef struct smbmgmt_list_options smbmgmt_list_options;
/**
 * Which sessions.  Not to be changed by one thread while another uses it.
 * Since 0.1.
 */
typedef struct smbmgmt_filter smbmgmt_filter;
/**
 * What a close may touch; fixed when a plan is made.  Not to be changed by one
 * thread while another uses it.  Since 0.1.
 */
typedef struct smbmgmt_policy smbmgmt_policy;
/**
 * What a close would do.  Not to be decided about or executed by one thread
 * while another uses it.  Since 0.1.
 */
typedef struct smbmgmt_plan smbmgmt_plan;
/**
 * How to carry out a plan.  Not to be changed by one thread while another uses
 * it.  Since 0.1.
 */
typedef struct smbmgmt_action smbmgmt_action;
/**
 * How long to go on evicting, and what to do first.  Not to be changed by one
 * thread while another uses it.  Since 0.1.
 */
typedef struct smbmgmt_evict_options smbmgmt_evict_options;
/**
 * The question put to a confirm callback; valid during that call, on its thread
 * only.  Since 0.1.
 */
typedef struct smbmgmt_question smbmgmt_question;
/**
 * What a close did: one outcome per session.  Immutable.  May be shared between
 * threads.  Since 0.1.
 */
typedef struct smbmgmt_report smbmgmt_report;
/**
 * An operation that was started and goes on by itself.  May be shared between
 * threads.  Since 0.1.
 */
typedef struct smbmgmt_job smbmgmt_job;
/**
 * A server that is a table in this process.  May be changed by any thread while
 * others use it.  Since 0.1.
 */
typedef struct smbmgmt_memory smbmgmt_memory;

/** Frees what a callback was given as @p userdata; may be NULL.  Since 0.1. */
typedef void (*smbmgmt_free_fn)(void *userdata);

SMBMGMT_END

#endif /* SMBMGMT_TYPES_H */
