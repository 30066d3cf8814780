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
 * Use the smbmgmt-helper at this absolute @p path instead of the one that
 * belongs to the library.  Only before the first handle that needs it.  Errors:
 * INVALID, NOMEM, FORKED, REENTRANT, REMOVED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_helper_path(smbmgmt_context *context,
						    const char *path,
						    smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_CONTEXT_H */
