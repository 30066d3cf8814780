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

#define SMBMGMT_LOG_ERROR 0
#define SMBMGMT_LOG_WARNING 1
#define SMBMGMT_LOG_INFO 2
#define SMBMGMT_LOG_DEBUG 3

/**
 * Receives one log line, without a line feed.  Runs on the thread of a caller
 * of the library, inside that call.  Lines never hold a password.
 */
typedef void (*smbmgmt_log_fn)(int32_t level, const char *line, void *userdata);

/**
 * Make a context.  Errors: NOMEM, SYSTEM.  Drop it with
 * smbmgmt_context_unref().  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_new(smbmgmt_context **context,
					smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_context *smbmgmt_context_ref(smbmgmt_context *context);
/**
 * Drop a reference; NULL is accepted.  The last one removes every handle,
 * ends the helper and joins the engine thread.  Handles, sessions and reports
 * that are still held stay readable.  Since 0.1.
 */
SMBMGMT_API void smbmgmt_context_unref(smbmgmt_context *context);

/**
 * Receive log lines up to @p level (an SMBMGMT_LOG_ value).  @p fn NULL turns
 * the log off.  @p free_fn is called once, when the callback is replaced or
 * the context ends.  Errors: INVALID, FORKED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_log(smbmgmt_context *context,
					    int32_t level, smbmgmt_log_fn fn,
					    void *userdata,
					    smbmgmt_free_fn free_fn,
					    smbmgmt_error **err);

/**
 * Use the smbmgmt-helper at this absolute path instead of the one that
 * belongs to the library.  Only before the first handle that needs it.
 * Errors: INVALID, NOMEM, FORKED.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_context_set_helper_path(smbmgmt_context *context,
						    const char *path,
						    smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_CONTEXT_H */
