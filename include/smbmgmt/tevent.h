/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file tevent.h
 * @brief The operations as requests on the host's own tevent loop.
 *
 * For hosts that have a tevent loop; smbmgmt.h does not include it, and
 * pkg-config knows it as smbmgmt-tevent.  Each `_send` makes a request, a
 * talloc child of its first argument, and starts a job behind it; the request
 * completes once, in the loop, and `_recv` then gives what came of it and
 * leaves the request to the caller to free.
 *
 * - A request, its loop and its talloc parent belong to one thread, as in all
 *   of tevent.  The library's own thread never touches them.
 * - Arguments are copied, as those of a job are.  No handles, NULL and 0, are
 *   this machine, as everywhere.
 * - `_send` gives NULL only when there is no memory, and then nothing was
 *   started.  Every other failure comes out of `_recv`.
 * - tevent_req_is_error() of a request that failed gives its SMBMGMT_E_ code
 *   as the number (cast it to int32_t).
 * - Results are references of the library's kind, not talloc memory: drop them
 *   with `_unref`.  What nobody takes is dropped with the request.
 * - tevent_req_cancel() cancels the job; the request completes soon after, with
 *   what there is by then.  talloc_free() of a request in progress cancels the
 *   job, too, and nobody hears what came of it.
 * - tevent_req_set_endtime() ends the request at that time with
 *   SMBMGMT_E_TIMED_OUT and cancels its job, without waiting for what comes of
 *   that.  smbmgmt_req_job() has it; a deadline of the options or
 *   tevent_req_cancel() keeps it with the request.
 * - In a forked child a request that was in progress completes with
 *   SMBMGMT_E_FORKED, within a second or so of its loop's time.
 *
 * Since 0.1.
 */
#ifndef SMBMGMT_TEVENT_H
#define SMBMGMT_TEVENT_H

#include <stdbool.h>
#include <sys/time.h>
#include <sys/types.h>

#include <talloc.h>

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/* It does not say by itself that it is C. */
#include <tevent.h>

/**
 * A request, child of @p mem_ctx, that completes in the loop @p ev when @p job
 * is complete; a job that is complete already does.  It takes a reference of
 * its own.  Since 0.1.
 */
SMBMGMT_API struct tevent_req *smbmgmt_job_send(TALLOC_CTX *mem_ctx,
						struct tevent_context *ev,
						smbmgmt_job *job);
/**
 * The end of any request of this header, @p req, without its results; take
 * those of the job first.  0, or what smbmgmt_job_code() says of its job.
 * Errors: the job's; TIMED_OUT, FORKED; INVALID (it is not complete, was
 * received before, or is not of this header; no job was given), NOMEM.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_job_recv(struct tevent_req *req,
				     smbmgmt_error **err);
/**
 * The job behind @p req, for its progress, or for what came of it after a time
 * out: a reference of the caller's.  NULL if it could not be started, after
 * `_recv`, and for other requests.  Since 0.1.
 */
SMBMGMT_API smbmgmt_job *smbmgmt_req_job(struct tevent_req *req);

/**
 * smbmgmt_open_handle() for @p computer with @p options, which may be NULL, as
 * a request, child of @p mem_ctx, in the loop @p ev.  Since 0.1.
 */
SMBMGMT_API struct tevent_req *
smbmgmt_open_handle_send(TALLOC_CTX *mem_ctx, struct tevent_context *ev,
			 smbmgmt_context *context, const char *computer,
			 const smbmgmt_open_options *options);
/**
 * The end of @p req; @p handle is the caller's.  Errors: as
 * smbmgmt_open_handle() and smbmgmt_job_recv().  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_open_handle_recv(struct tevent_req *req,
					     smbmgmt_handle **handle,
					     smbmgmt_error **err);
/**
 * smbmgmt_list_sessions() on @p n @p handles for what @p filter matches, as
 * @p options say, both of which may be NULL, as a request, child of @p mem_ctx,
 * in the loop @p ev.  Since 0.1.
 */
SMBMGMT_API struct tevent_req *smbmgmt_list_sessions_send(
	TALLOC_CTX *mem_ctx, struct tevent_context *ev,
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_list_options *options);
/**
 * The end of @p req; @p list is the caller's and is set on failure too, but for
 * TIMED_OUT.  Errors: as smbmgmt_list_sessions() and smbmgmt_job_recv().
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_list_sessions_recv(struct tevent_req *req,
					       smbmgmt_session_list **list,
					       smbmgmt_error **err);
/**
 * smbmgmt_plan_close() on @p n @p handles for what @p filter matches, by
 * @p policy, which may be NULL, as a request, child of @p mem_ctx, in the loop
 * @p ev.  Since 0.1.
 */
SMBMGMT_API struct tevent_req *smbmgmt_plan_close_send(
	TALLOC_CTX *mem_ctx, struct tevent_context *ev,
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_policy *policy);
/**
 * The end of @p req; @p plan is the caller's and is set on failure too, but for
 * TIMED_OUT.  Errors: as smbmgmt_plan_close() and smbmgmt_job_recv().
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_plan_close_recv(struct tevent_req *req,
					    smbmgmt_plan **plan,
					    smbmgmt_error **err);
/**
 * smbmgmt_start_execute() of @p plan as @p action says, as a request, child of
 * @p mem_ctx, in the loop @p ev.  A request cannot ask: no confirm callback.
 * Since 0.1.
 */
SMBMGMT_API struct tevent_req *
smbmgmt_execute_plan_send(TALLOC_CTX *mem_ctx, struct tevent_context *ev,
			  smbmgmt_plan *plan, const smbmgmt_action *action);
/**
 * The end of @p req; @p report is the caller's and is set on failure too, but
 * for TIMED_OUT.  Errors: as smbmgmt_start_execute() and smbmgmt_job_recv().
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_execute_plan_recv(struct tevent_req *req,
					      smbmgmt_report **report,
					      smbmgmt_error **err);
/**
 * smbmgmt_start_close() on @p n @p handles for what @p filter matches, as
 * @p action says, as a request, child of @p mem_ctx, in the loop @p ev.
 * Since 0.1.
 */
SMBMGMT_API struct tevent_req *smbmgmt_close_sessions_send(
	TALLOC_CTX *mem_ctx, struct tevent_context *ev,
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_action *action);
/**
 * The end of @p req; @p report is the caller's and is set on failure too, but
 * for TIMED_OUT.  Errors: as smbmgmt_start_close() and smbmgmt_job_recv().
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_close_sessions_recv(struct tevent_req *req,
						smbmgmt_report **report,
						smbmgmt_error **err);
/**
 * smbmgmt_start_evict() on @p n @p handles for what @p filter matches, as
 * @p action and @p options, which may be NULL, say, as a request, child of
 * @p mem_ctx, in the loop @p ev.  Since 0.1.
 */
SMBMGMT_API struct tevent_req *
smbmgmt_evict_send(TALLOC_CTX *mem_ctx, struct tevent_context *ev,
		   smbmgmt_context *context, smbmgmt_handle *const *handles,
		   uint32_t n, const smbmgmt_filter *filter,
		   const smbmgmt_action *action,
		   const smbmgmt_evict_options *options);
/**
 * The end of @p req; @p report is the caller's and is set on failure too, but
 * for TIMED_OUT.  Errors: as smbmgmt_start_evict() and smbmgmt_job_recv().
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_evict_recv(struct tevent_req *req,
				       smbmgmt_report **report,
				       smbmgmt_error **err);

SMBMGMT_END

#endif /* SMBMGMT_TEVENT_H */
