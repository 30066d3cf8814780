/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Evict on memory tables: rounds, what they may close, consent, the hook, and
 * what the report says of each server.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "jobs.h"
#include "suite.h"

/* What the evicts of this file are given; set before each. */
static struct {
	const char *filter;
	unsigned int flags;
	uint32_t duration;
	uint32_t interval;
	smbmgmt_confirm_fn confirm;
	smbmgmt_before_fn before;
} given;

static char asked_text[500];
static unsigned int asked;
static unsigned int hooked;
static int32_t answer_with;
static int32_t hook_with;

static void up(void)
{
	jobs_up();
	memset(&given, 0, sizeof(given));
	given.filter = "u=u1";
	given.flags = FIX_FORCE;
	given.interval = 100;
	asked = 0;
	hooked = 0;
	answer_with = SMBMGMT_ANSWER_YES;
	hook_with = 0;
}

static int32_t answer(const smbmgmt_question *question, void *userdata)
{
	ck_assert_ptr_null(userdata);
	ck_assert_ptr_nonnull(smbmgmt_question_plan(question));
	ck_assert_uint_eq(hooked, 0);
	snprintf(asked_text, sizeof(asked_text), "%s",
		 smbmgmt_question_text(question));
	asked++;
	return answer_with;
}

static int32_t before(smbmgmt_plan *plan, void *userdata)
{
	smbmgmt_session_list *list = NULL;

	ck_assert_ptr_null(userdata);
	ck_assert_ptr_nonnull(plan);
	/* Nothing is closed by then, and the library is not to be called. */
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  0);
	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       NULL, NULL, &list, NULL),
			 SMBMGMT_E_REENTRANT);
	hooked++;
	return hook_with;
}

static smbmgmt_evict_options *make_options(void)
{
	smbmgmt_evict_options *options = NULL;

	ck_assert_int_eq(smbmgmt_evict_options_new(&options, NULL), 0);
	ck_assert_int_eq(smbmgmt_evict_options_set_duration(
				 options, given.duration, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_evict_options_set_interval(
				 options, given.interval, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_evict_options_set_before(options, given.before,
							  NULL, NULL, NULL),
			 0);
	return options;
}

static smbmgmt_action *make_action(void)
{
	smbmgmt_action *action = fix_action(&fix, given.flags, NULL);

	ck_assert_int_eq(smbmgmt_action_set_confirm(action, given.confirm, NULL,
						    NULL, NULL),
			 0);
	return action;
}

static int32_t evict(smbmgmt_handle *const *handles, uint32_t n,
		     smbmgmt_report **report, smbmgmt_error **err)
{
	smbmgmt_filter *filter = fix_filter(given.filter);
	smbmgmt_evict_options *options = make_options();
	smbmgmt_action *action = make_action();
	int32_t code = smbmgmt_evict(fix.context, handles, n, filter, action,
				     options, report, err);

	smbmgmt_action_unref(action);
	smbmgmt_evict_options_unref(options);
	smbmgmt_filter_unref(filter);
	return code;
}

static smbmgmt_job *start(smbmgmt_handle *const *handles, uint32_t n)
{
	smbmgmt_filter *filter = fix_filter(given.filter);
	smbmgmt_evict_options *options = make_options();
	smbmgmt_action *action = make_action();
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_start_evict(fix.context, handles, n, filter,
					     action, options, &job, NULL),
			 0);
	smbmgmt_action_unref(action);
	smbmgmt_evict_options_unref(options);
	smbmgmt_filter_unref(filter);
	return job;
}

/* "CODE: OUTCOME id, ... | closed came_back still_there" of one server. */
static void expect_evict(const char *outcomes, const char *counts)
{
	smbmgmt_report *report = NULL;
	int32_t code = evict(&fix.handle, 1, &report, NULL);
	char got[80];

	ck_assert_int_eq(smbmgmt_report_code(report), code);
	ck_assert_uint_eq(smbmgmt_report_server_count(report), 1);
	ck_assert_str_eq(smbmgmt_report_server(report, 0), "memory:table");
	snprintf(got, sizeof(got), "%u %u %u",
		 smbmgmt_report_server_closed(report, 0),
		 smbmgmt_report_server_came_back(report, 0),
		 smbmgmt_report_server_still_there(report, 0));
	fix_expect(fix_describe(code, report), outcomes);
	ck_assert_str_eq(got, counts);
	smbmgmt_report_unref(report);
}

static uint64_t closes(void)
{
	return smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE);
}

START_TEST(closes_once)
{
	expect_evict("0: CLOSED 1", "1 0 0");
	fix_calls(&fix, 3, 1);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 3);
}
END_TEST

START_TEST(closes_what_comes_back)
{
	smbmgmt_report *report = NULL;

	given.duration = 1000;
	ck_assert_int_eq(smbmgmt_memory_set_reconnects(fix.memory, 3, NULL), 0);
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL), 0);
	ck_assert_uint_eq(closes(), 4);
	ck_assert_uint_eq(smbmgmt_report_count(report), 4);
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_int_eq(smbmgmt_report_outcome(report, i),
				 i < 3 ? SMBMGMT_OUTCOME_RECONNECTED
				       : SMBMGMT_OUTCOME_CLOSED);
		ck_assert_str_eq(
			smbmgmt_session_user(smbmgmt_report_session(report, i)),
			"u1");
	}
	ck_assert_uint_eq(smbmgmt_report_server_closed(report, 0), 4);
	ck_assert_uint_eq(smbmgmt_report_server_came_back(report, 0), 3);
	ck_assert_uint_eq(smbmgmt_report_server_still_there(report, 0), 0);
	ck_assert_uint_ge(smbmgmt_report_server_rounds(report, 0), 5);
	ck_assert_ptr_null(smbmgmt_report_server_error(report, 0));
	smbmgmt_report_unref(report);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 3);
}
END_TEST

START_TEST(stops_when_the_time_is_over)
{
	smbmgmt_report *report = NULL;
	uint64_t sent = 0;
	uint32_t last = 0;

	given.duration = 350;
	smbmgmt_memory_set_reconnects(fix.memory, 1000, NULL);
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL),
			 SMBMGMT_E_STILL_PRESENT);
	sent = closes();
	ck_assert_uint_ge(sent, 2);
	last = smbmgmt_report_count(report) - 1;
	ck_assert_uint_eq(sent, last);
	ck_assert_int_eq(smbmgmt_report_outcome(report, last),
			 SMBMGMT_OUTCOME_STILL_PRESENT);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, last), 0);
	ck_assert_uint_eq(smbmgmt_report_server_still_there(report, 0), 1);
	ck_assert_uint_eq(smbmgmt_report_server_closed(report, 0), sent);
	smbmgmt_report_unref(report);
	pause_ms(300);
	ck_assert_uint_eq(closes(), sent);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
}
END_TEST

/* What newly would end with it is not ended, in no round. */
START_TEST(every_round_keeps_the_rules)
{
	smbmgmt_job *job = NULL;
	smbmgmt_report *report = NULL;

	given.duration = 2500;
	given.filter = "u=x";
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_PROCESS, NULL);
	fix_row(fix.memory, 10, "c8", "x", 3600, "o");
	job = start(&fix.handle, 1);
	while (smbmgmt_job_closed(job) == 0)
		pause_ms(5);
	fix_row(fix.memory, 11, "c8", "x", 0, "p");
	fix_row(fix.memory, 12, "c9", "u9", 3600, "p");
	expect(job, SMBMGMT_E_REFUSED_COLLATERAL);
	report = smbmgmt_job_report(job);
	/* Refused round after round, and told once. */
	fix_expect(fix_describe(smbmgmt_job_code(job), report),
		   "REFUSED_COLLATERAL: CLOSED 10, "
		   "REFUSED_COLLATERAL 11");
	ck_assert_uint_eq(smbmgmt_report_server_came_back(report, 0), 1);
	ck_assert_uint_eq(smbmgmt_report_server_still_there(report, 0), 1);
	ck_assert_uint_gt(smbmgmt_report_server_rounds(report, 0), 3);
	ck_assert_uint_eq(closes(), 1);
	ck_assert_uint_eq(smbmgmt_job_failed(job), 1);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(leaves_the_own_session)
{
	given.filter = "u=u1 u=u2";
	smbmgmt_memory_set_own(fix.memory, 2, SMBMGMT_OWN_YES, NULL);
	expect_evict("REFUSED_OWN: CLOSED 1, REFUSED_OWN 2", "1 0 1");
	given.filter = "all";
	expect_evict("0: CLOSED 3, CLOSED 4", "2 0 0");
}
END_TEST

START_TEST(asks_once)
{
	given.flags = 0;
	given.confirm = answer;
	given.before = before;
	given.duration = 90000;
	answer_with = SMBMGMT_ANSWER_NO;
	for (int i = 0; i < 2; i++) {
		smbmgmt_report *report = NULL;
		smbmgmt_error *error = NULL;
		int32_t wanted =
			i == 0 ? SMBMGMT_E_DECLINED : SMBMGMT_E_CANCELLED;

		ck_assert_int_eq(evict(&fix.handle, 1, &report, &error),
				 wanted);
		ck_assert_int_eq(smbmgmt_error_code(error), wanted);
		smbmgmt_error_unref(error);
		fix_expect(fix_describe(wanted, report),
			   i == 0 ? "DECLINED: DECLINED 1"
				  : "CANCELLED: CANCELLED 1");
		ck_assert_int_eq(smbmgmt_report_code(report), wanted);
		smbmgmt_report_unref(report);
		answer_with = SMBMGMT_ANSWER_ABORT;
	}
	ck_assert_str_eq(asked_text,
			 "Evict client user 'u1' from 1 server (memory:table): "
			 "close what matches now, and what comes back within "
			 "1 min 30 s?");
	ck_assert_uint_eq(asked, 2);
	ck_assert_uint_eq(hooked, 0);
	ck_assert_uint_eq(closes(), 0);
	/* Yes is for all rounds, and asked for once. */
	given.duration = 500;
	answer_with = SMBMGMT_ANSWER_YES;
	asked = 0;
	smbmgmt_memory_set_reconnects(fix.memory, 2, NULL);
	expect_evict("0: RECONNECTED 1, RECONNECTED 5, CLOSED 6", "3 2 0");
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(hooked, 1);
}
END_TEST

/* What the one who thinks about it, or another thread, does meanwhile. */
static struct {
	smbmgmt_filter *filter;
	smbmgmt_evict_options *options;
} meanwhile;

static int32_t change_all(smbmgmt_plan *plan, void *userdata)
{
	(void)userdata;
	/* Consent is for all of it: one that says no returns it. */
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(plan, 0, SMBMGMT_DECISION_NO, NULL),
		SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_filter_add_user(meanwhile.filter, "u2", NULL),
			 0);
	ck_assert_int_eq(smbmgmt_evict_options_set_duration(meanwhile.options,
							    UINT32_MAX, NULL),
			 0);
	return 0;
}

START_TEST(does_what_was_asked)
{
	smbmgmt_report *report = NULL;
	smbmgmt_action *action = NULL;
	int32_t code = 0;

	given.flags = 0;
	given.confirm = answer;
	given.before = change_all;
	action = make_action();
	meanwhile.filter = fix_filter("u=u1");
	meanwhile.options = make_options();
	code = smbmgmt_evict(fix.context, &fix.handle, 1, meanwhile.filter,
			     action, meanwhile.options, &report, NULL);
	fix_expect(fix_describe(code, report), "0: CLOSED 1");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 3);
	smbmgmt_report_unref(report);
	smbmgmt_evict_options_unref(meanwhile.options);
	smbmgmt_filter_unref(meanwhile.filter);
	smbmgmt_action_unref(action);
}
END_TEST

START_TEST(needs_consent)
{
	smbmgmt_evict_options *options = NULL;
	smbmgmt_filter *filter = NULL;
	smbmgmt_report *report = NULL;

	given.flags = 0;
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL),
			 SMBMGMT_E_CONFIRM_REQUIRED);
	ck_assert_uint_eq(smbmgmt_report_server_count(report), 0);
	smbmgmt_report_unref(report);
	/* What-if asks nobody, calls nobody, sends nothing. */
	given.flags = FIX_WHAT_IF;
	given.confirm = answer;
	given.before = before;
	given.duration = 60000;
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL), 0);
	fix_expect(fix_describe(0, report), "0: WOULD_CLOSE 1");
	ck_assert_uint_eq(smbmgmt_report_server_count(report), 0);
	smbmgmt_report_unref(report);
	ck_assert_uint_eq(asked + hooked, 0);
	ck_assert_uint_eq(closes(), 0);
	/* The words, for who asks by himself. */
	filter = fix_filter("u=u1");
	options = make_options();
	ck_assert_str_eq(
		smbmgmt_evict_options_question(options, &fix.handle, 1, filter),
		"Evict client user 'u1' from 1 server (memory:table): "
		"close what matches now, and what comes back within "
		"1 min?");
	ck_assert_str_eq(
		smbmgmt_evict_options_question(options, &fix.handle, 1, NULL),
		"");
	ck_assert_str_eq(
		smbmgmt_evict_options_question(options, NULL, 1, filter), "");
	ck_assert_str_eq(
		smbmgmt_evict_options_question(options, NULL, 0, filter),
		"Evict client user 'u1' from 1 server (samba:localhost): "
		"close what matches now, and what comes back within "
		"1 min?");
	smbmgmt_evict_options_unref(options);
	smbmgmt_filter_unref(filter);
}
END_TEST

START_TEST(the_hook_comes_first)
{
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;

	given.before = before;
	hook_with = 7;
	ck_assert_int_eq(evict(&fix.handle, 1, &report, &error),
			 SMBMGMT_E_HOOK_FAILED);
	ck_assert_ptr_nonnull(strstr(smbmgmt_error_message(error), "7"));
	smbmgmt_error_unref(error);
	fix_expect(fix_describe(SMBMGMT_E_HOOK_FAILED, report),
		   "HOOK_FAILED: CANCELLED 1");
	smbmgmt_report_unref(report);
	ck_assert_uint_eq(closes(), 0);
	ck_assert_uint_eq(hooked, 1);
	/* Whether or not there is somebody to evict by then. */
	hook_with = 0;
	given.filter = "u=nobody";
	expect_evict("NOT_FOUND: NOT_FOUND", "0 0 0");
	ck_assert_uint_eq(hooked, 2);
	given.filter = "u=u1";
	expect_evict("0: CLOSED 1", "1 0 0");
	ck_assert_uint_eq(hooked, 3);
}
END_TEST

START_TEST(a_late_comer_is_found)
{
	smbmgmt_job *job = NULL;

	given.filter = "u=late";
	given.duration = 1500;
	job = start(&fix.handle, 1);
	pause_ms(300);
	fix_row(fix.memory, 20, "c1", "late", 0, NULL);
	expect(job, 0);
	expect_report(job, "0: CLOSED 20");
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_filter *filter = NULL;
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_evict_options *options = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       NULL, NULL, &list, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_filter_new(&filter, NULL), 0);
	smbmgmt_filter_add_session(filter, smbmgmt_session_list_get(list, 0),
				   NULL);
	smbmgmt_session_list_unref(list);
	ck_assert_int_eq(smbmgmt_evict(fix.context, &fix.handle, 1, filter,
				       action, NULL, &report, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_report_unref(report);
	smbmgmt_filter_unref(filter);
	filter = fix_filter("");
	ck_assert_int_eq(smbmgmt_evict(fix.context, &fix.handle, 1, filter,
				       action, NULL, &report, NULL),
			 SMBMGMT_E_EMPTY_FILTER);
	smbmgmt_report_unref(report);
	smbmgmt_filter_unref(filter);
	filter = fix_filter("u=u1");
	ck_assert_int_eq(smbmgmt_evict(fix.context, NULL, 1, filter, action,
				       NULL, &report, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_report_unref(report);
	/* A list that turned out empty is not this machine. */
	ck_assert_int_eq(smbmgmt_evict(fix.context, &fix.handle, 0, filter,
				       action, NULL, &report, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_report_unref(report);
	smbmgmt_action_set_verify(action, 0, NULL);
	ck_assert_int_eq(smbmgmt_evict(fix.context, &fix.handle, 1, filter,
				       action, NULL, &report, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_report_unref(report);
	smbmgmt_action_set_verify(action, 1, NULL);
	given.flags = FIX_FORCE | FIX_OWN;
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_report_unref(report);
	ck_assert_int_eq(smbmgmt_evict_options_new(&options, NULL), 0);
	ck_assert_int_eq(smbmgmt_evict_options_set_interval(options, 99, NULL),
			 SMBMGMT_E_INVALID);
	/* A job calls nobody. */
	smbmgmt_evict_options_set_before(options, before, NULL, NULL, NULL);
	ck_assert_int_eq(smbmgmt_start_evict(fix.context, &fix.handle, 1,
					     filter, action, options, &job,
					     NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_evict_options_unref(options);
	smbmgmt_action_set_confirm(action, answer, NULL, NULL, NULL);
	ck_assert_int_eq(smbmgmt_start_evict(fix.context, &fix.handle, 1,
					     filter, action, NULL, &job, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	ck_assert_uint_eq(closes(), 0);
}
END_TEST

START_TEST(a_server_that_comes_back_is_cleared)
{
	given.duration = 1000;
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 1,
				 SMBMGMT_FAULT_ERROR, SMBMGMT_E_UNREACHABLE,
				 NULL);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 2,
				 SMBMGMT_FAULT_ERROR,
				 SMBMGMT_E_CONNECTION_REFUSED, NULL);
	expect_evict("0: CLOSED 1", "1 0 0");
}
END_TEST

START_TEST(a_server_that_says_no_is_asked_once)
{
	smbmgmt_report *report = NULL;

	given.duration = 600;
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 0,
				 SMBMGMT_FAULT_ERROR, SMBMGMT_E_LOGON_FAILED,
				 NULL);
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL),
			 SMBMGMT_E_LOGON_FAILED);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CONNECT),
			  1);
	ck_assert_int_eq(
		smbmgmt_error_code(smbmgmt_report_server_error(report, 0)),
		SMBMGMT_E_LOGON_FAILED);
	ck_assert_uint_eq(smbmgmt_report_error_count(report), 1);
	smbmgmt_report_unref(report);
}
END_TEST

/* The password was changed meanwhile, and then the connection broke. */
START_TEST(a_changed_password_is_not_tried_again)
{
	bool closing = _i == 0; /* else while it looks whether they have gone */
	int32_t op = closing ? SMBMGMT_OP_CLOSE : SMBMGMT_OP_LIST;
	smbmgmt_report *report = NULL;

	given.filter = closing ? "u=u1 u=u2 u=u3" : "u=u4";
	given.duration = 600;
	fix.per_server = 1;
	smbmgmt_memory_add_fault(fix.memory, op, closing ? 1 : 2,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	for (uint32_t nth = 2; nth < 9; nth++)
		smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, nth, 0,
					 SMBMGMT_E_LOGON_FAILED, NULL);
	ck_assert_int_ne(evict(&fix.handle, 1, &report, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_error_code(smbmgmt_report_server_error(report, 0)),
		SMBMGMT_E_LOGON_FAILED);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CONNECT),
			  2);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(a_close_that_is_denied_is_not_repeated)
{
	given.duration = 60000;
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 0,
				 SMBMGMT_FAULT_ERROR, SMBMGMT_E_CLOSE_DENIED,
				 NULL);
	expect_evict("CLOSE_DENIED: FAILED 1, STILL_PRESENT 1", "0 0 1");
	ck_assert_uint_eq(closes(), 1);
}
END_TEST

START_TEST(an_incomplete_end_is_no_success)
{
	smbmgmt_report *report = NULL;

	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 3,
				 SMBMGMT_FAULT_INCOMPLETE, 0, NULL);
	ck_assert_int_eq(evict(&fix.handle, 1, &report, NULL),
			 SMBMGMT_E_INCOMPLETE);
	ck_assert_int_eq(
		smbmgmt_error_code(smbmgmt_report_server_error(report, 0)),
		SMBMGMT_E_INCOMPLETE);
	smbmgmt_report_unref(report);
}
END_TEST

/* One that hangs holds up nobody, neither in the first round nor later. */
START_TEST(a_slow_server_holds_up_nobody)
{
	smbmgmt_memory *slow = NULL;
	smbmgmt_handle *handles[2] = {NULL, fix.handle};
	smbmgmt_filter *filter = fix_filter("u=u1");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_memory_new(&slow, NULL), 0);
	fix_rows(slow, 1);
	smbmgmt_memory_set_delay(slow, SMBMGMT_OP_LIST, STALL_MS, NULL);
	handles[0] = fix_open(&fix, slow);
	for (int i = 0; i < 2; i++) {
		int64_t began = now_ms();

		if (i == 0)
			ck_assert_int_eq(
				smbmgmt_start_close(fix.context, handles, 2,
						    filter, action, &job, NULL),
				0);
		else
			job = start(handles, 2);
		while (smbmgmt_job_closed(job) == 0 &&
		       now_ms() - began < STALL_MS)
			pause_ms(5);
		ck_assert_int_lt(now_ms() - began, STALL_MS / 2);
		cancel(job);
		expect(job, SMBMGMT_E_PARTIAL);
		smbmgmt_job_unref(job);
		fix_row(fix.memory, 1, "c1", "u1", 3600, NULL);
	}
	ck_assert_uint_eq(smbmgmt_memory_count(slow), 1);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	smbmgmt_handle_unref(handles[0]);
	smbmgmt_memory_unref(slow);
}
END_TEST

/* Servers that rest take no place: one at a time is enough for all. */
START_TEST(rests_beside_others)
{
	enum { SERVERS = 8 };
	smbmgmt_handle *handles[SERVERS];
	smbmgmt_memory *memories[SERVERS];
	smbmgmt_filter *filter = fix_filter("u=u1");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_evict_options *options = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;
	int64_t began = 0;

	for (int i = 0; i < SERVERS; i++) {
		ck_assert_int_eq(smbmgmt_memory_new(&memories[i], NULL), 0);
		fix_rows(memories[i], 2);
		smbmgmt_memory_set_reconnects(memories[i], 2, NULL);
		handles[i] = fix_open(&fix, memories[i]);
	}
	given.duration = 2000;
	options = make_options();
	ck_assert_int_eq(smbmgmt_action_set_throttle(action, 1, NULL), 0);
	began = now_ms();
	ck_assert_int_eq(smbmgmt_start_evict(fix.context, handles, SERVERS,
					     filter, action, options, &job,
					     NULL),
			 0);
	expect(job, 0);
	/* One after the other it would have taken eight times two seconds. */
	ck_assert_int_lt(now_ms() - began, 12000);
	ck_assert_uint_eq(smbmgmt_job_closed(job), 3 * SERVERS);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), 3 * SERVERS);
	report = smbmgmt_job_report(job);
	for (uint32_t i = 0; i < SERVERS; i++) {
		ck_assert_uint_eq(smbmgmt_report_server_closed(report, i), 3);
		ck_assert_uint_eq(smbmgmt_memory_count(memories[i]), 1);
		smbmgmt_handle_unref(handles[i]);
		smbmgmt_memory_unref(memories[i]);
	}
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
	smbmgmt_action_unref(action);
	smbmgmt_evict_options_unref(options);
	smbmgmt_filter_unref(filter);
}
END_TEST

START_TEST(cancelled_while_it_rests)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;

	given.duration = 60000;
	given.interval = 30000;
	job = start(&fix.handle, 1);
	while (smbmgmt_job_closed(job) == 0)
		pause_ms(5);
	pause_ms(50);
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	report = smbmgmt_job_report(job);
	fix_expect(fix_describe(smbmgmt_job_code(job), report),
		   "CANCELLED: CLOSED 1");
	ck_assert_int_eq(
		smbmgmt_error_code(smbmgmt_report_server_error(report, 0)),
		SMBMGMT_E_CANCELLED);
	ck_assert_int_eq(smbmgmt_job_server_state(job, 0),
			 SMBMGMT_JOB_SERVER_CANCELLED);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(cancelled_while_it_closes)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;

	given.duration = 60000;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	job = start(&fix.handle, 1);
	while (smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_LIST) == 0)
		pause_ms(5);
	pause_ms(100);
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	report = smbmgmt_job_report(job);
	fix_expect(fix_describe(smbmgmt_job_code(job), report),
		   "CANCELLED: CANCELLED 1");
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 1);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
}
END_TEST

/* It is not to sleep on, be it for a minute. */
START_TEST(removed_while_it_rests)
{
	smbmgmt_job *job = NULL;
	int64_t began = 0;

	given.duration = 60000;
	given.interval = 30000;
	job = start(&fix.handle, 1);
	while (smbmgmt_job_closed(job) == 0)
		pause_ms(5);
	pause_ms(50);
	began = now_ms();
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	expect(job, SMBMGMT_E_REMOVED);
	ck_assert_int_lt(now_ms() - began, STALL_MS / 2);
	expect_report(job, "REMOVED: CLOSED 1");
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(ends_with_its_handle_or_context)
{
	smbmgmt_handle *second = fix_open(&fix, fix.memory);
	smbmgmt_job *first_job = NULL;
	smbmgmt_job *second_job = NULL;

	given.duration = 60000;
	given.interval = 100;
	first_job = start(&second, 1);
	second_job = start(&fix.handle, 1);
	while (smbmgmt_job_closed(first_job) + smbmgmt_job_closed(second_job) ==
	       0)
		pause_ms(5);
	ck_assert_int_eq(smbmgmt_remove_handle(second, NULL), 0);
	expect(first_job, SMBMGMT_E_REMOVED);
	smbmgmt_context_unref(fix.context);
	expect(second_job, SMBMGMT_E_CANCELLED);
	smbmgmt_job_unref(first_job);
	smbmgmt_job_unref(second_job);
	smbmgmt_handle_unref(second);
	ck_assert_int_eq(smbmgmt_context_new(&fix.context, NULL), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("evict");
	TCase *tc = tcase_create("evict");

	tcase_add_checked_fixture(tc, up, jobs_down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, closes_once);
	tcase_add_test(tc, closes_what_comes_back);
	tcase_add_test(tc, stops_when_the_time_is_over);
	tcase_add_test(tc, every_round_keeps_the_rules);
	tcase_add_test(tc, leaves_the_own_session);
	tcase_add_test(tc, asks_once);
	tcase_add_test(tc, does_what_was_asked);
	tcase_add_test(tc, needs_consent);
	tcase_add_test(tc, the_hook_comes_first);
	tcase_add_test(tc, a_late_comer_is_found);
	tcase_add_test(tc, refuses_what_makes_no_sense);
	tcase_add_test(tc, a_server_that_comes_back_is_cleared);
	tcase_add_test(tc, a_server_that_says_no_is_asked_once);
	tcase_add_loop_test(tc, a_changed_password_is_not_tried_again, 0, 2);
	tcase_add_test(tc, a_close_that_is_denied_is_not_repeated);
	tcase_add_test(tc, an_incomplete_end_is_no_success);
	tcase_add_test(tc, a_slow_server_holds_up_nobody);
	tcase_add_test(tc, rests_beside_others);
	tcase_add_test(tc, cancelled_while_it_rests);
	tcase_add_test(tc, cancelled_while_it_closes);
	tcase_add_test(tc, removed_while_it_rests);
	tcase_add_test(tc, ends_with_its_handle_or_context);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
