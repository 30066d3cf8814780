/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file close.h
 * @brief Close sessions (Close-SmbSession) and read what came of it.
 *
 * No consent, no close: without force, what-if or a confirm callback a close
 * is SMBMGMT_E_CONFIRM_REQUIRED.  What-if outranks confirm, confirm outranks
 * force.
 */
#ifndef SMBMGMT_CLOSE_H
#define SMBMGMT_CLOSE_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * @name Answers of a confirm callback
 * Those of PowerShell's prompt but Suspend, which a program cannot do for its
 * host.  Since 0.1.
 * @{
 */
/** Do it. */
#define SMBMGMT_ANSWER_YES 0
/** Do it, and all the rest unasked. */
#define SMBMGMT_ANSWER_YES_TO_ALL 1
/** Leave the whole close unit alone. */
#define SMBMGMT_ANSWER_NO 2
/** Leave it and all the rest alone. */
#define SMBMGMT_ANSWER_NO_TO_ALL 3
/** Stop asking and send nothing at all. */
#define SMBMGMT_ANSWER_ABORT 4
/** @} */

/**
 * @name Outcomes
 * What came of a session or a handle; docs/semantics.md has the table of codes.
 * Since 0.1.
 * @{
 */
/** Gone, seen by a look. */
#define SMBMGMT_OUTCOME_CLOSED 0
/** Asked for; nobody looked, or could. */
#define SMBMGMT_OUTCOME_SENT 1
/** What-if. */
#define SMBMGMT_OUTCOME_WOULD_CLOSE 2
/** Somebody said no. */
#define SMBMGMT_OUTCOME_DECLINED 3
/** It ended before the close reached it. */
#define SMBMGMT_OUTCOME_ALREADY_GONE 4
/** Asked for, and still listed. */
#define SMBMGMT_OUTCOME_STILL_PRESENT 5
/** Ended; its client logged on again. */
#define SMBMGMT_OUTCOME_RECONNECTED 6
/** It may end our own connection. */
#define SMBMGMT_OUTCOME_REFUSED_OWN 7
/** It may end sessions nobody selected. */
#define SMBMGMT_OUTCOME_REFUSED_COLLATERAL 8
/** It cannot be told apart for sure. */
#define SMBMGMT_OUTCOME_REFUSED_UNSAFE 9
/** The server, or the way to it, said no. */
#define SMBMGMT_OUTCOME_FAILED 10
/** Aborted, or the handle was removed. */
#define SMBMGMT_OUTCOME_CANCELLED 11
/** A value matched nothing. */
#define SMBMGMT_OUTCOME_NOT_FOUND 12
/** A handle was removed. */
#define SMBMGMT_OUTCOME_REMOVED 13
/** What-if, for a handle. */
#define SMBMGMT_OUTCOME_WOULD_REMOVE 14
/** @} */

/**
 * Asked once per close unit (or handle) about @p question, on the thread that
 * called the library, inside that call, and before anything is sent.
 * @p userdata is what was given with it.  Returns an SMBMGMT_ANSWER_ value; any
 * other value is ABORT.  The library must not be called from it except to read
 * the question and what hangs off it (SMBMGMT_E_REENTRANT).  Mirrors -Confirm.
 * Since 0.1.
 */
typedef int32_t (*smbmgmt_confirm_fn)(const smbmgmt_question *question,
				      void *userdata);

/**
 * The question, "Performing operation 'Close-Session' on Target '5'.";
 * borrowed, "" for NULL.  Mirrors the cmdlets' words.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_question_text(const smbmgmt_question *question);
/** The plan asked about, NULL when a handle is; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_plan *
smbmgmt_question_plan(const smbmgmt_question *question);
/**
 * The index in the plan of the close unit's first item; UINT32_MAX when an
 * evict is asked about, which is for all of it.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_question_item(const smbmgmt_question *question);
/**
 * How many selected sessions the close unit ends; 0 when a handle is asked
 * about.  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_question_session_count(const smbmgmt_question *question);
/** The handle asked about, NULL when a session is; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *
smbmgmt_question_handle(const smbmgmt_question *question);

/**
 * Make an action without consent, which verifies.  @p action is the caller's to
 * drop with smbmgmt_action_unref().  Errors: INVALID, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_new(smbmgmt_action **action,
				       smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_action *smbmgmt_action_ref(smbmgmt_action *action);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_action_unref(smbmgmt_action *action);
/**
 * 1: consent without a question; 0 is the default.  Errors: INVALID.  Mirrors
 * -Force.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_force(smbmgmt_action *action,
					     int32_t force,
					     smbmgmt_error **err);
/**
 * 1: report what would be done, and do nothing; 0 is the default.  Errors:
 * INVALID.  Mirrors -WhatIf.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_what_if(smbmgmt_action *action,
					       int32_t what_if,
					       smbmgmt_error **err);
/**
 * Ask @p fn with @p userdata; NULL takes the callback away.  @p free_fn, which
 * may be NULL, is called once with the userdata: when the callback is replaced
 * or the action ends.  Errors: INVALID.  Mirrors -Confirm.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_confirm(smbmgmt_action *action,
					       smbmgmt_confirm_fn fn,
					       void *userdata,
					       smbmgmt_free_fn free_fn,
					       smbmgmt_error **err);
/**
 * 1, the default: look until what was closed is gone.  0: the outcome is SENT.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_verify(smbmgmt_action *action,
					      int32_t verify,
					      smbmgmt_error **err);
/**
 * Let one step on a server take @p milliseconds; 0, the default, is the
 * handle's own deadline.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_deadline(smbmgmt_action *action,
						uint32_t milliseconds,
						smbmgmt_error **err);
/**
 * How many servers are worked on at once; 0, the default, lets the library
 * choose by the number of handles, and the processors, descriptors and memory
 * of the machine.  Errors: INVALID (negative).  Mirrors -ThrottleLimit.  Since
 * 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_throttle(smbmgmt_action *action,
						int32_t throttle,
						smbmgmt_error **err);
/**
 * At most how many connections to close over on one server, never more than
 * 64; 0, the default, lets the library choose: more than one only where it
 * measures that they pay, docs/performance.md.  They are made beside the
 * handle's own, each is a log-on of its own, and they end with the closing;
 * there are none where they could be hit themselves.  Errors: INVALID
 * (negative).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_per_server(smbmgmt_action *action,
						  int32_t per_server,
						  smbmgmt_error **err);
/**
 * What smbmgmt_close_session() and smbmgmt_close_sessions() may touch; a
 * reference to @p policy is taken.  A plan has its own policy.  Errors:
 * INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_action_set_policy(smbmgmt_action *action,
					      smbmgmt_policy *policy,
					      smbmgmt_error **err);

/**
 * Carry out @p plan as @p action says.  Every server is read again first: only
 * what is still the same is closed, and what newly would end with it is
 * refused.  @p action may be NULL for a plan whose items all have a decision.
 * @p report is the caller's and is set on failure too.  A plan can be executed
 * once, with what-if any number of times.  Blocks until all is done; each step
 * on a server has its deadline.  Errors: the report's overall code;
 * CONFIRM_REQUIRED; INVALID (executed before); REMOVED (the context has ended),
 * FORKED, REENTRANT, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_execute_plan(smbmgmt_plan *plan,
					 const smbmgmt_action *action,
					 smbmgmt_report **report,
					 smbmgmt_error **err);
/**
 * Close @p session, which was listed with or built for @p handle, and no other,
 * as @p action says; @p report is the caller's.  Otherwise as
 * smbmgmt_close_sessions().  Errors: as there; INVALID (a session of another
 * handle).  Mirrors Close-SmbSession -InputObject.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_close_session(smbmgmt_handle *handle,
					  smbmgmt_session *session,
					  const smbmgmt_action *action,
					  smbmgmt_report **report,
					  smbmgmt_error **err);
/**
 * Plan, ask, and carry out: close what @p filter matches on @p n @p handles, as
 * @p action and its policy say; NULL and 0 are this machine.  Without a prompt
 * this takes one listing to plan, one call per close unit and one listing to
 * verify; each further look is one more.  @p report is the caller's and is set
 * on failure too.  Blocks until all is done; each step on a server has its
 * deadline.  Errors: the report's overall code; EMPTY_FILTER and
 * CONFIRM_REQUIRED before anything is asked of a server; INVALID, REMOVED,
 * FORKED, REENTRANT, NOMEM.  Mirrors Close-SmbSession, NetrSessionDel (MS-SRVS
 * 3.1.4.6).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_close_sessions(
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_action *action,
	smbmgmt_report **report, smbmgmt_error **err);

/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_report *smbmgmt_report_ref(smbmgmt_report *report);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_report_unref(smbmgmt_report *report);
/**
 * The overall code: 0, the code that all outcomes share, or PARTIAL; INVALID
 * for NULL.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_report_code(const smbmgmt_report *report);
/** How many outcomes; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_count(const smbmgmt_report *report);
/**
 * The SMBMGMT_OUTCOME_ value at @p index from 0, or SMBMGMT_E_INVALID for a bad
 * one.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_report_outcome(const smbmgmt_report *report,
					   uint32_t index);
/**
 * The name of @p outcome, "CLOSED" for SMBMGMT_OUTCOME_CLOSED; "UNKNOWN" for
 * what is none.  Static.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_outcome_name(int32_t outcome);
/**
 * The code of the outcome at @p index, 0 for what succeeded, or
 * SMBMGMT_E_INVALID for a bad index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_report_outcome_code(const smbmgmt_report *report,
						uint32_t index);
/**
 * The session of the outcome at @p index, NULL for a value not found, a handle
 * or a bad index; borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_session(const smbmgmt_report *report, uint32_t index);
/**
 * The session that took the place of the one at @p index (RECONNECTED), else
 * NULL; borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_new_session(const smbmgmt_report *report, uint32_t index);
/**
 * The handle of the outcome at @p index where smbmgmt_remove_handles() made the
 * report, else NULL; borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_handle *smbmgmt_report_handle(const smbmgmt_report *report,
						  uint32_t index);
/**
 * The outcome at @p index in words, "" if there is nothing to say; borrowed.
 * Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_report_message(const smbmgmt_report *report,
					       uint32_t index);
/**
 * The cause of the outcome at @p index where there is one, else NULL; borrowed.
 * Since 0.1.
 */
SMBMGMT_API smbmgmt_error *smbmgmt_report_cause(const smbmgmt_report *report,
						uint32_t index);
/**
 * 1 if the close of the outcome at @p index was sent to the server.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_report_was_sent(const smbmgmt_report *report,
					    uint32_t index);
/**
 * How many sessions that nobody selected ended or may have ended with the one
 * at @p index.  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_report_collateral_count(const smbmgmt_report *report, uint32_t index);
/**
 * The session @p collateral, from 0, of those of the outcome at @p index; NULL
 * for a bad index; borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_collateral(const smbmgmt_report *report, uint32_t index,
			  uint32_t collateral);
/**
 * How sure it was planned to be that the session @p collateral of the outcome
 * at @p index ends: an SMBMGMT_GRADE_ value, or SMBMGMT_E_INVALID for a bad
 * index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_report_collateral_grade(
	const smbmgmt_report *report, uint32_t index, uint32_t collateral);
/**
 * What became of the session @p collateral of the outcome at @p index.  1: it
 * ended; 0: it is still listed; -1: nobody looked, or a bad index.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_report_collateral_ended(
	const smbmgmt_report *report, uint32_t index, uint32_t collateral);
/** How many server errors; 0 for NULL.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_error_count(const smbmgmt_report *report);
/** The server error at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_report_error(const smbmgmt_report *report,
						uint32_t index);
/**
 * How many sessions match-all left out because they are, or may be, our own.
 * Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_report_left_out_count(const smbmgmt_report *report);
/** The one of them at @p index from 0, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_left_out(const smbmgmt_report *report, uint32_t index);
/** How many listings were asked of servers in all.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_listings(const smbmgmt_report *report);

SMBMGMT_END

#endif /* SMBMGMT_CLOSE_H */
