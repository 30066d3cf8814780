/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file job.h
 * @brief Jobs: the same operations, started and not waited for (-AsJob).
 *
 * A job goes on by itself, on the engine thread of its context; nobody needs to
 * pump it, and it calls nothing of the host's.  It completes exactly once: when
 * all is done, when it is cancelled, or when its context ends.  What it was
 * given may be changed or dropped as soon as it is started.
 */
#ifndef SMBMGMT_JOB_H
#define SMBMGMT_JOB_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name States of a server of a job
 * Those after RUNNING are final.  Since 0.1.
 * @{
 */
/** Nothing has been asked of it yet. */
#define SMBMGMT_JOB_SERVER_WAITING 0
/** It is being worked on, or waits for a handle that is in use. */
#define SMBMGMT_JOB_SERVER_RUNNING 1
/** It answered all that was asked of it. */
#define SMBMGMT_JOB_SERVER_DONE 2
/** It could not be asked, or not all of it. */
#define SMBMGMT_JOB_SERVER_FAILED 3
/** The job was cancelled before it was done with it. */
#define SMBMGMT_JOB_SERVER_CANCELLED 4
/** @} */

/**
 * Start smbmgmt_open_handle() for @p computer with @p options, which may be
 * NULL.  @p job is the caller's to drop with smbmgmt_job_unref(); the handle is
 * its result, and is open for everyone as soon as the job is complete, whether
 * or not somebody takes it.  Errors: those that need no server, among them
 * INVALID, NOT_SUPPORTED, NOMEM, SYSTEM, REMOVED, FORKED, REENTRANT; all others
 * are the job's.  Mirrors New-CimSession.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_start_open(smbmgmt_context *context,
				       const char *computer,
				       const smbmgmt_open_options *options,
				       smbmgmt_job **job, smbmgmt_error **err);
/**
 * Start smbmgmt_list_sessions() on @p n @p handles for what @p filter, which
 * may be NULL, matches, as @p options, which may be NULL, say; NULL and 0 are
 * this machine, here and in what follows.  @p job is the caller's to drop with
 * smbmgmt_job_unref().  Errors: those that need no server: INVALID, NOMEM,
 * SYSTEM, REMOVED, FORKED, REENTRANT; all others are the job's.  Mirrors
 * Get-SmbSession -AsJob.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_start_list(smbmgmt_context *context,
				       smbmgmt_handle *const *handles,
				       uint32_t n, const smbmgmt_filter *filter,
				       const smbmgmt_list_options *options,
				       smbmgmt_job **job, smbmgmt_error **err);
/**
 * Start smbmgmt_plan_close() on @p n @p handles for what @p filter matches, by
 * @p policy, which may be NULL.  @p job is the caller's to drop with
 * smbmgmt_job_unref().  Errors: as smbmgmt_start_list(); EMPTY_FILTER.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_start_plan(smbmgmt_context *context,
				       smbmgmt_handle *const *handles,
				       uint32_t n, const smbmgmt_filter *filter,
				       const smbmgmt_policy *policy,
				       smbmgmt_job **job, smbmgmt_error **err);
/**
 * Start smbmgmt_execute_plan() of @p plan as @p action says, which may be NULL
 * for a plan whose items all have a decision.  From here on the plan counts as
 * executed, unless it is for what-if.  A job cannot ask: decide with
 * smbmgmt_plan_set_decision() first.  @p job is the caller's to drop with
 * smbmgmt_job_unref().  Errors: INVALID (a confirm callback in @p action, a
 * plan that was executed), CONFIRM_REQUIRED, NOMEM, SYSTEM, REMOVED, FORKED,
 * REENTRANT; all others are the job's.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_start_execute(smbmgmt_plan *plan,
					  const smbmgmt_action *action,
					  smbmgmt_job **job,
					  smbmgmt_error **err);
/**
 * Start smbmgmt_close_sessions() on @p n @p handles for what @p filter matches,
 * as @p action and its policy say; it must have force or what-if.  @p job is
 * the caller's to drop with smbmgmt_job_unref().  Errors: INVALID (a confirm
 * callback in @p action among them), CONFIRM_REQUIRED, EMPTY_FILTER,
 * NOMEM, SYSTEM, REMOVED, FORKED, REENTRANT; all others are the job's.  Mirrors
 * Close-SmbSession -AsJob.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_start_close(smbmgmt_context *context,
					smbmgmt_handle *const *handles,
					uint32_t n,
					const smbmgmt_filter *filter,
					const smbmgmt_action *action,
					smbmgmt_job **job, smbmgmt_error **err);

/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_job *smbmgmt_job_ref(smbmgmt_job *job);
/**
 * Drop a reference, at any time; NULL is accepted.  A job whose last reference
 * goes is not cancelled: it goes on to its end, and its result is dropped.
 * Since 0.1.
 */
SMBMGMT_API void smbmgmt_job_unref(smbmgmt_job *job);
/**
 * A descriptor that poll() calls readable as soon as the job is complete, and
 * from then on; -1 for NULL.  It is the job's: it must not be read or closed,
 * and lives as long as the job's last reference.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_job_fd(const smbmgmt_job *job);
/** 1 once the job is complete; 0 for NULL.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_job_is_complete(const smbmgmt_job *job);
/**
 * Wait until the job is complete, at most for so many @p milliseconds;
 * UINT32_MAX waits as long as it takes.  0 says that it is complete, not that
 * it succeeded.  Errors: TIMED_OUT (it is not complete yet, and goes on),
 * INVALID, FORKED, REENTRANT.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_job_wait(smbmgmt_job *job, uint32_t milliseconds,
				     smbmgmt_error **err);
/**
 * Ask the job to end now; returns at once, and NULL is accepted.  It completes
 * within 100 ms: what waits for a server is broken off.  Each server that was
 * not done counts as SMBMGMT_E_CANCELLED; what is there already is kept, and a
 * report says of each session whether its close was sent.  A job that is
 * complete stays as it is.  Since 0.1.
 */
SMBMGMT_API void smbmgmt_job_cancel(smbmgmt_job *job);
/**
 * The overall code of a job that is complete, as the call that waits would have
 * given it: 0, or an SMBMGMT_E_ code.  A job that was cancelled is
 * SMBMGMT_E_CANCELLED if nothing was done before, else SMBMGMT_E_PARTIAL or
 * what came of it.  0 before it is complete; SMBMGMT_E_INVALID for NULL.  In a
 * forked child a job that was not complete is, with SMBMGMT_E_FORKED.
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_job_code(const smbmgmt_job *job);
/** What went wrong, NULL if nothing did or before; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_job_error(const smbmgmt_job *job);

/** How many servers the job is about; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_job_servers_total(const smbmgmt_job *job);
/**
 * How many of them are done, have failed or were cancelled so far.  As all
 * counts of a job it may be asked for at any time and only grows.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_job_servers_done(const smbmgmt_job *job);
/** How many sessions were found so far that match the filter.  Since 0.1. */
SMBMGMT_API uint64_t smbmgmt_job_sessions(const smbmgmt_job *job);
/**
 * How many sessions were closed so far: their outcome's code is 0.  Those of a
 * server are counted when it is done.  Since 0.1.
 */
SMBMGMT_API uint64_t smbmgmt_job_closed(const smbmgmt_job *job);
/**
 * How many sessions were to be closed and were not, those refused included.
 * Since 0.1.
 */
SMBMGMT_API uint64_t smbmgmt_job_failed(const smbmgmt_job *job);
/**
 * Where the server at @p index, from 0 in the order of the handles, is: an
 * SMBMGMT_JOB_SERVER_ value, or SMBMGMT_E_INVALID for a bad index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_job_server_state(const smbmgmt_job *job,
					     uint32_t index);

/**
 * The handle that was opened, a reference of the caller's; NULL before the job
 * is complete, if it failed, and for other jobs.  Since 0.1.
 */
SMBMGMT_API smbmgmt_handle *smbmgmt_job_handle(const smbmgmt_job *job);
/**
 * The list that was made, a reference of the caller's; NULL before the job is
 * complete and for other jobs.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session_list *smbmgmt_job_list(const smbmgmt_job *job);
/**
 * The plan of smbmgmt_start_plan(), a reference of the caller's; NULL before
 * the job is complete and for other jobs.  Since 0.1.
 */
SMBMGMT_API smbmgmt_plan *smbmgmt_job_plan(const smbmgmt_job *job);
/**
 * The report of what was closed, a reference of the caller's; NULL before the
 * job is complete and for other jobs.  Since 0.1.
 */
SMBMGMT_API smbmgmt_report *smbmgmt_job_report(const smbmgmt_job *job);

SMBMGMT_END

#endif /* SMBMGMT_JOB_H */
