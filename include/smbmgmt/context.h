/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file context.h
 * @brief The context: handles, an engine thread, a helper process.
 *
 * Nothing is started before the first operation that needs it.  After fork()
 * every call on the parent's context answers SMBMGMT_E_FORKED in the child,
 * where only `_unref` does anything.
 */
#ifndef SMBMGMT_CONTEXT_H
#define SMBMGMT_CONTEXT_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name Levels of the log
 * Each includes those before it.  Since 0.1.
 * @{
 */
#define SMBMGMT_LOG_ERROR 0   /**< What failed. */
#define SMBMGMT_LOG_WARNING 1 /**< What went on all the same. */
#define SMBMGMT_LOG_INFO 2    /**< What happens; nothing in 0.1. */
#define SMBMGMT_LOG_DEBUG 3   /**< What the helper says, too. */
/** @} */

/**
 * Receives one log line, without a line feed, of @p level (an SMBMGMT_LOG_
 * value); @p line is borrowed for the call, @p userdata is what was given with
 * the callback.  Runs on the thread of a caller of the library, inside that
 * call; the library must not be called from it (SMBMGMT_E_REENTRANT).  Lines
 * never hold a password.  Since 0.1.
 */
typedef void (*smbmgmt_log_fn)(int32_t level, const char *line, void *userdata);

/**
 * Make a context; nothing is started yet.  @p context is the caller's to drop
 * with smbmgmt_context_unref().  Errors: INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_new(smbmgmt_context **context,
					smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_context *smbmgmt_context_ref(smbmgmt_context *context);
/**
 * Drop a reference; NULL is accepted.  The last one removes every handle, ends
 * the helper and joins the engine thread.  Handles, sessions, plans and reports
 * that are still held stay readable; what needs the context answers
 * SMBMGMT_E_REMOVED.  Since 0.1.
 */
SMBMGMT_API void smbmgmt_context_unref(smbmgmt_context *context);

/**
 * Receive log lines up to @p level (an SMBMGMT_LOG_ value) by @p fn with
 * @p userdata; @p fn NULL turns the log off.  @p free_fn, which may be NULL, is
 * called once with the userdata: when the callback is replaced or the context
 * ends.  Errors: INVALID, FORKED, REENTRANT, REMOVED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_log(smbmgmt_context *context,
					    int32_t level, smbmgmt_log_fn fn,
					    void *userdata,
					    smbmgmt_free_fn free_fn,
					    smbmgmt_error **err);

/**
 * Receives one record of the audit, JSON without a line feed; @p record is
 * borrowed for the call, @p userdata is what was given with the callback.  Runs
 * on the thread of a caller of the library, inside that call; the library must
 * not be called from it (SMBMGMT_E_REENTRANT).  It only observes: what it is
 * told has happened already.  Records never hold a password.  Since 0.1.
 */
typedef void (*smbmgmt_audit_fn)(const char *record, void *userdata);

/**
 * Write the audit to @p fd, open for writing; -1 ends it.  One JSON record a
 * line, one write(2) each: before anything is sent to a server, what is about
 * to be sent, and afterwards what came of each session.  What is about to be
 * sent is on disk before it is sent; if that fails, it is not sent, and the
 * outcomes are FAILED with SMBMGMT_E_SYSTEM.  A pipe that nobody reads holds a
 * close up for one deadline at most.  docs/audit.md describes the records.
 * @p fd stays the caller's; the library duplicates it and leaves its flags
 * alone.  Errors: INVALID, SYSTEM, FORKED, REENTRANT, REMOVED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_audit_fd(smbmgmt_context *context,
						 int32_t fd,
						 smbmgmt_error **err);

/**
 * Receive the audit's records by @p fn with @p userdata, with or without a
 * descriptor; @p fn NULL ends that.  None is dropped: without memory to keep
 * one until it can be told, nothing is sent.  @p free_fn, which may be NULL, is
 * called once with the userdata: when the callback is replaced or the context
 * ends.  Errors: INVALID, FORKED, REENTRANT, REMOVED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_audit(smbmgmt_context *context,
					      smbmgmt_audit_fn fn,
					      void *userdata,
					      smbmgmt_free_fn free_fn,
					      smbmgmt_error **err);

/**
 * Use the smbmgmt-helper at this absolute @p path instead of the one that
 * belongs to the library.  Only before the first handle that needs it.  Errors:
 * INVALID, NOMEM, FORKED, REENTRANT, REMOVED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_helper_path(smbmgmt_context *context,
						    const char *path,
						    smbmgmt_error **err);

/**
 * Drop a handle's connection once nothing has used it for so many
 * @p milliseconds; 0: never; 60,000 is the default.  Its next operation
 * connects again by itself, and the handle's state is DISCONNECTED until then.
 * Holds for each handle from the end of its next operation on.  An idle
 * connection sends nothing, kept or not.  Errors: INVALID, FORKED, REENTRANT,
 * REMOVED. Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_idle_timeout(smbmgmt_context *context,
						     uint32_t milliseconds,
						     smbmgmt_error **err);

/**
 * Keep at most @p limit idle connections, 0: none; by default 256, or an eighth
 * of the descriptors that the process may open if that is less.  Of more, the
 * one that was used least recently is dropped first, as after the idle time.
 * Each takes a process, its memory (docs/performance.md) and two descriptors.
 * A close of many servers lists those anew whose connection was dropped
 * meanwhile: a limit of as many as there are saves that.  Holds from the end of
 * the next operation on.  Errors: INVALID, FORKED, REENTRANT, REMOVED.  Since
 * 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_idle_limit(smbmgmt_context *context,
						   uint32_t limit,
						   smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_CONTEXT_H */
