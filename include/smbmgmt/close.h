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

/* Answers of a confirm callback. */
#define SMBMGMT_ANSWER_YES 0
#define SMBMGMT_ANSWER_YES_TO_ALL 1
#define SMBMGMT_ANSWER_NO 2
#define SMBMGMT_ANSWER_NO_TO_ALL 3
#define SMBMGMT_ANSWER_ABORT 4

/* What came of a session (or a handle); docs/semantics.md has the table. */
#define SMBMGMT_OUTCOME_CLOSED 0
#define SMBMGMT_OUTCOME_SENT 1
#define SMBMGMT_OUTCOME_WOULD_CLOSE 2
#define SMBMGMT_OUTCOME_DECLINED 3
#define SMBMGMT_OUTCOME_ALREADY_GONE 4
#define SMBMGMT_OUTCOME_STILL_PRESENT 5
#define SMBMGMT_OUTCOME_RECONNECTED 6
#define SMBMGMT_OUTCOME_REFUSED_OWN 7
#define SMBMGMT_OUTCOME_REFUSED_COLLATERAL 8
#define SMBMGMT_OUTCOME_REFUSED_UNSAFE 9
#define SMBMGMT_OUTCOME_FAILED 10
#define SMBMGMT_OUTCOME_CANCELLED 11
#define SMBMGMT_OUTCOME_NOT_FOUND 12
#define SMBMGMT_OUTCOME_REMOVED 13
#define SMBMGMT_OUTCOME_WOULD_REMOVE 14

/**
 * Asked once per close unit (or handle), on the thread that called the
 * library, inside that call, and before anything is sent.  Returns an
 * SMBMGMT_ANSWER_ value; any other value is ABORT.  The library must not be
 * called from it except to read the question (SMBMGMT_E_REENTRANT).
 */
typedef int32_t (*smbmgmt_confirm_fn)(const smbmgmt_question *question,
				      void *userdata);

/** "Performing operation 'Close-Session' on Target '5'."; borrowed.  Since 0.1.
 */
SMBMGMT_API const char *smbmgmt_question_text(const smbmgmt_question *question);
/** The plan asked about, NULL when a handle is; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_plan *
smbmgmt_question_plan(const smbmgmt_question *question);
/** The first item of the close unit in that plan.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_question_item(const smbmgmt_question *question);
/** How many selected sessions the close unit ends.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_question_session_count(const smbmgmt_question *question);
/** The handle asked about, NULL when a session is; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *
smbmgmt_question_handle(const smbmgmt_question *question);

/** An action without consent.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_new(smbmgmt_action **action,
				       smbmgmt_error **err);
/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_action *smbmgmt_action_ref(smbmgmt_action *action);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_action_unref(smbmgmt_action *action);
/** -Force: consent without a question.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_force(smbmgmt_action *action,
					     int32_t force,
					     smbmgmt_error **err);
/** -WhatIf: report what would be done.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_what_if(smbmgmt_action *action,
					       int32_t what_if,
					       smbmgmt_error **err);
/** -Confirm: ask.  NULL takes the callback away.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_confirm(smbmgmt_action *action,
					       smbmgmt_confirm_fn fn,
					       void *userdata,
					       smbmgmt_free_fn free_fn,
					       smbmgmt_error **err);
/** 1 (default): look until what was closed is gone.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_verify(smbmgmt_action *action,
					      int32_t verify,
					      smbmgmt_error **err);
/** Milliseconds per server step; 0 is the handle's own.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_deadline(smbmgmt_action *action,
						uint32_t milliseconds,
						smbmgmt_error **err);
/** -ThrottleLimit: servers in flight; 0 chooses, negative is INVALID.  Since
 * 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_throttle(smbmgmt_action *action,
						int32_t throttle,
						smbmgmt_error **err);
/** Connections to one server; 0 chooses, negative is INVALID.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_per_server(smbmgmt_action *action,
						  int32_t per_server,
						  smbmgmt_error **err);
/** What smbmgmt_close_session() and smbmgmt_close_sessions() may touch; a
 * reference is taken.  A plan has its own.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_action_set_policy(smbmgmt_action *action,
					      smbmgmt_policy *policy,
					      smbmgmt_error **err);

/**
 * Carry out a plan.  Every server is read again first: only what is still the
 * same is closed, and what newly would end with it is refused.  The report is
 * set on failure too.  A plan can be executed once (then INVALID), what-if
 * any number of times.  Returns 0 or the report's overall code.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_execute_plan(smbmgmt_plan *plan,
					 const smbmgmt_action *action,
					 smbmgmt_report **report,
					 smbmgmt_error **err);
/**
 * Close this session and no other (Close-SmbSession -InputObject).  A session
 * of another handle is INVALID.  Otherwise as smbmgmt_close_sessions().
 * Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_close_session(smbmgmt_handle *handle,
					  smbmgmt_session *session,
					  const smbmgmt_action *action,
					  smbmgmt_report **report,
					  smbmgmt_error **err);
/**
 * Plan, ask, and carry out.  Without a prompt this takes one listing to plan,
 * one call per close unit and one listing to verify.  Returns 0 or the
 * report's overall code; EMPTY_FILTER and CONFIRM_REQUIRED before anything is
 * asked of a server.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_close_sessions(
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_action *action,
	smbmgmt_report **report, smbmgmt_error **err);

/** Take a reference.  Since 0.1. */
SMBMGMT_API smbmgmt_report *smbmgmt_report_ref(smbmgmt_report *report);
/** Drop a reference.  Since 0.1. */
SMBMGMT_API void smbmgmt_report_unref(smbmgmt_report *report);
/** The overall code: 0, the common code, or PARTIAL.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_report_code(const smbmgmt_report *report);
/** How many outcomes.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_count(const smbmgmt_report *report);
/** The SMBMGMT_OUTCOME_ value, or -2 for a bad index.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_report_outcome(const smbmgmt_report *report,
					   uint32_t index);
/** "CLOSED" for SMBMGMT_OUTCOME_CLOSED, and so on; static.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_outcome_name(int32_t outcome);
/** The code of one outcome; 0 for what succeeded.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_report_outcome_code(const smbmgmt_report *report,
						uint32_t index);
/** The session, NULL for a value not found or a handle; borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_session(const smbmgmt_report *report, uint32_t index);
/** The session that took its place (RECONNECTED), else NULL.  Since 0.1. */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_new_session(const smbmgmt_report *report, uint32_t index);
/** The handle (REMOVED, WOULD_REMOVE, DECLINED), else NULL.  Since 0.1. */
SMBMGMT_API smbmgmt_handle *smbmgmt_report_handle(const smbmgmt_report *report,
						  uint32_t index);
/** In words, "" if there is nothing to say; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_report_message(const smbmgmt_report *report,
					       uint32_t index);
/** The cause where there is one, else NULL; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_report_cause(const smbmgmt_report *report,
						uint32_t index);
/** 1 if the close was sent to the server.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_report_was_sent(const smbmgmt_report *report,
					    uint32_t index);
/** How many sessions nobody selected ended or may have ended.  Since 0.1. */
SMBMGMT_API uint32_t
smbmgmt_report_collateral_count(const smbmgmt_report *report, uint32_t index);
/** One of them; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_collateral(const smbmgmt_report *report, uint32_t index,
			  uint32_t collateral);
/** Its SMBMGMT_GRADE_ value, or -2 for a bad index.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_report_collateral_grade(
	const smbmgmt_report *report, uint32_t index, uint32_t collateral);
/** 1: it ended; 0: it is still listed; -1: nobody looked.  Since 0.1. */
SMBMGMT_API int32_t smbmgmt_report_collateral_ended(
	const smbmgmt_report *report, uint32_t index, uint32_t collateral);
/** How many server errors.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_error_count(const smbmgmt_report *report);
/** One of them; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_error *smbmgmt_report_error(const smbmgmt_report *report,
						uint32_t index);
/** How many sessions match-all left out because they are our own.  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_report_left_out_count(const smbmgmt_report *report);
/** One of them; borrowed.  Since 0.1. */
SMBMGMT_API smbmgmt_session *
smbmgmt_report_left_out(const smbmgmt_report *report, uint32_t index);
/** How many listings were asked of servers in all.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_listings(const smbmgmt_report *report);

SMBMGMT_END

#endif /* SMBMGMT_CLOSE_H */
