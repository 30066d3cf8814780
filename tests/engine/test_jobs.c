/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Jobs on memory tables: each kind, its results, its progress. */
#include <check.h>

#include "jobs.h"
#include "suite.h"

#define SERVERS 200

START_TEST(lists)
{
	smbmgmt_handle *handle = fix.handle;
	smbmgmt_session_list *list = NULL;
	smbmgmt_job *job = NULL;

	delay(SMBMGMT_OP_LIST, 100);
	job = start_list(&handle, 1, 0);
	handle = NULL;
	ck_assert_int_eq(smbmgmt_job_is_complete(job), 0);
	ck_assert_int_eq(smbmgmt_job_code(job), 0);
	ck_assert_ptr_null(smbmgmt_job_error(job));
	ck_assert(!readable(job, 0));
	expect_results(job, "");
	ck_assert_int_eq(smbmgmt_job_wait(job, 0, NULL), SMBMGMT_E_TIMED_OUT);
	ck_assert_int_eq(smbmgmt_job_wait(job, 10, NULL), SMBMGMT_E_TIMED_OUT);
	expect(job, 0);
	expect_results(job, "l");
	ck_assert_uint_eq(smbmgmt_job_sessions(job), 4);
	ck_assert_int_eq(smbmgmt_job_server_state(job, 0),
			 SMBMGMT_JOB_SERVER_DONE);
	list = smbmgmt_job_list(job);
	smbmgmt_job_unref(job);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 4);
	smbmgmt_session_list_unref(list);
}
END_TEST

START_TEST(opens)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle_list *all = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_open_options_set_memory(options, fix.memory, NULL), 0);
	ck_assert_int_eq(smbmgmt_start_open(fix.context, "memory:x", options,
					    &job, NULL),
			 0);
	smbmgmt_open_options_unref(options);
	expect(job, 0);
	expect_results(job, "h");
	handle = smbmgmt_job_handle(job);
	ck_assert_int_eq(smbmgmt_handle_state(handle), SMBMGMT_STATE_CONNECTED);
	smbmgmt_handle_unref(handle);
	smbmgmt_job_unref(job);
	/* What needs no server is refused at once. */
	ck_assert_int_eq(smbmgmt_start_open(fix.context, "memory:none", NULL,
					    &job, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_null(job);
	ck_assert_int_eq(smbmgmt_find_handles(fix.context, NULL, &all, NULL),
			 0);
	ck_assert_uint_eq(smbmgmt_handle_list_count(all), 2);
	smbmgmt_handle_list_unref(all);
}
END_TEST

START_TEST(open_fails)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle_list *all = NULL;
	smbmgmt_job *job = NULL;

	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 1,
				 SMBMGMT_FAULT_ERROR, SMBMGMT_E_LOGON_FAILED,
				 NULL);
	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
	smbmgmt_open_options_set_memory(options, fix.memory, NULL);
	ck_assert_int_eq(smbmgmt_start_open(fix.context, "memory:x", options,
					    &job, NULL),
			 0);
	smbmgmt_open_options_unref(options);
	expect(job, SMBMGMT_E_LOGON_FAILED);
	ck_assert_str_eq(smbmgmt_error_computer(smbmgmt_job_error(job)),
			 "memory:x");
	expect_results(job, "");
	smbmgmt_job_unref(job);
	ck_assert_int_eq(smbmgmt_find_handles(fix.context, NULL, &all, NULL),
			 0);
	ck_assert_uint_eq(smbmgmt_handle_list_count(all), 1);
	smbmgmt_handle_list_unref(all);
}
END_TEST

static smbmgmt_plan *plan_by_job(const char *which)
{
	smbmgmt_filter *filter = fix_filter(which);
	smbmgmt_plan *plan = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_start_plan(fix.context, &fix.handle, 1, filter,
					    NULL, &job, NULL),
			 0);
	smbmgmt_filter_unref(filter);
	expect(job, 0);
	expect_results(job, "p");
	plan = smbmgmt_job_plan(job);
	smbmgmt_job_unref(job);
	return plan;
}

START_TEST(plans_and_executes)
{
	smbmgmt_plan *plan = plan_by_job("u=u1 u=u2");
	smbmgmt_job *job = NULL;

	ck_assert_uint_eq(smbmgmt_plan_count(plan), 2);
	ck_assert_int_eq(smbmgmt_start_execute(plan, NULL, &job, NULL),
			 SMBMGMT_E_CONFIRM_REQUIRED);
	ck_assert_ptr_null(job);
	smbmgmt_plan_set_decision(plan, 0, SMBMGMT_DECISION_YES, NULL);
	smbmgmt_plan_set_decision(plan, 1, SMBMGMT_DECISION_NO, NULL);
	ck_assert_int_eq(smbmgmt_start_execute(plan, NULL, &job, NULL), 0);
	/* Executed, as of now. */
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(plan, 1, SMBMGMT_DECISION_YES, NULL),
		SMBMGMT_E_INVALID);
	expect(job, SMBMGMT_E_PARTIAL);
	expect_results(job, "r");
	expect_report(job, "PARTIAL: CLOSED 1, DECLINED 2");
	ck_assert_uint_eq(smbmgmt_job_closed(job), 1);
	ck_assert_uint_eq(smbmgmt_job_failed(job), 1);
	smbmgmt_job_unref(job);
	ck_assert_int_eq(smbmgmt_start_execute(plan, NULL, &job, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_plan_unref(plan);
}
END_TEST

START_TEST(what_if)
{
	smbmgmt_action *action = fix_action(&fix, FIX_WHAT_IF, NULL);
	smbmgmt_plan *plan = plan_by_job("1");
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_start_execute(plan, action, &job, NULL), 0);
	smbmgmt_plan_unref(plan);
	smbmgmt_action_unref(action);
	expect(job, 0);
	expect_report(job, "0: WOULD_CLOSE 1");
	smbmgmt_job_unref(job);
	job = start_close(&fix.handle, 1, "2", FIX_WHAT_IF);
	expect(job, 0);
	expect_report(job, "0: WOULD_CLOSE 2");
	smbmgmt_job_unref(job);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
}
END_TEST

START_TEST(closes)
{
	smbmgmt_job *job = start_close(&fix.handle, 1, "u=u1 u=u2", FIX_FORCE);

	expect(job, 0);
	expect_results(job, "r");
	expect_report(job, "0: CLOSED 1, CLOSED 2");
	ck_assert_uint_eq(smbmgmt_job_sessions(job), 2);
	ck_assert_uint_eq(smbmgmt_job_closed(job), 2);
	ck_assert_uint_eq(smbmgmt_job_failed(job), 0);
	smbmgmt_job_unref(job);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
}
END_TEST

START_TEST(refused_at_once)
{
	smbmgmt_action *asking = fix_action(&fix, FIX_FORCE, "y");
	smbmgmt_action *mute = fix_action(&fix, 0, NULL);
	smbmgmt_filter *filter = fix_filter("1");
	smbmgmt_filter *empty = fix_filter("");
	smbmgmt_plan *plan = plan_by_job("1");
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_start_close(fix.context, &fix.handle, 1,
					     filter, asking, &job, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_start_close(fix.context, &fix.handle, 1,
					     filter, mute, &job, NULL),
			 SMBMGMT_E_CONFIRM_REQUIRED);
	ck_assert_int_eq(smbmgmt_start_execute(plan, asking, &job, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_start_plan(fix.context, &fix.handle, 1, empty,
					    NULL, &job, NULL),
			 SMBMGMT_E_EMPTY_FILTER);
	ck_assert_int_eq(smbmgmt_start_list(fix.context, NULL, 1, NULL, NULL,
					    &job, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_null(job);
	ck_assert_uint_eq(fix_asked(), 0);
	ck_assert_int_eq(smbmgmt_start_list(fix.context, &fix.handle, 1, NULL,
					    NULL, NULL, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_job_wait(NULL, 0, NULL), SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_job_fd(NULL), -1);
	ck_assert_int_eq(smbmgmt_job_code(NULL), SMBMGMT_E_INVALID);
	smbmgmt_job_cancel(NULL);
	smbmgmt_job_unref(NULL);
	smbmgmt_plan_unref(plan);
	smbmgmt_filter_unref(empty);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(mute);
	smbmgmt_action_unref(asking);
}
END_TEST

/* Each on its own table, ten of them failing; counters only grow. */
START_TEST(many)
{
	static smbmgmt_memory *tables[SERVERS];
	static smbmgmt_handle *handles[SERVERS];
	uint32_t done = 0;
	uint64_t sessions = 0;
	uint64_t closed = 0;
	smbmgmt_job *job = NULL;

	for (int i = 0; i < SERVERS; i++) {
		ck_assert_int_eq(smbmgmt_memory_new(&tables[i], NULL), 0);
		fix_rows(tables[i], 2);
		smbmgmt_memory_set_delay(tables[i], SMBMGMT_OP_LIST, 2, NULL);
		if (i % 20 == 0)
			smbmgmt_memory_add_fault(tables[i], SMBMGMT_OP_CONNECT,
						 0, SMBMGMT_FAULT_ERROR,
						 SMBMGMT_E_UNREACHABLE, NULL);
		handles[i] = fix_open(&fix, tables[i]);
	}
	job = start_close(handles, SERVERS, "u=u1", FIX_FORCE);
	while (!smbmgmt_job_is_complete(job)) {
		ck_assert_uint_ge(smbmgmt_job_servers_done(job), done);
		ck_assert_uint_ge(smbmgmt_job_sessions(job), sessions);
		ck_assert_uint_ge(smbmgmt_job_closed(job), closed);
		done = smbmgmt_job_servers_done(job);
		sessions = smbmgmt_job_sessions(job);
		closed = smbmgmt_job_closed(job);
		pause_ms(1);
	}
	expect(job, SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), SERVERS - SERVERS / 20);
	ck_assert_uint_eq(smbmgmt_job_closed(job), SERVERS - SERVERS / 20);
	for (uint32_t i = 0; i < SERVERS; i++)
		ck_assert_int_eq(smbmgmt_job_server_state(job, i),
				 i % 20 == 0 ? SMBMGMT_JOB_SERVER_FAILED
					     : SMBMGMT_JOB_SERVER_DONE);
	smbmgmt_job_unref(job);
	for (int i = 0; i < SERVERS; i++) {
		smbmgmt_handle_unref(handles[i]);
		smbmgmt_memory_unref(tables[i]);
	}
}
END_TEST

/* None of these answers: those that run are exactly the throttle's. */
START_TEST(throttled)
{
	smbmgmt_handle *handles[20];
	smbmgmt_job *job = NULL;

	delay(SMBMGMT_OP_CONNECT, STALL_MS);
	for (int i = 0; i < 20; i++)
		handles[i] = fix_open(&fix, fix.memory);
	job = start_list(handles, 20, 5);
	for (int i = 0; i < LIMIT_MS && running(job) < 5; i++)
		pause_ms(1);
	pause_ms(20);
	ck_assert_uint_eq(running(job), 5);
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	smbmgmt_job_unref(job);
	for (int i = 0; i < 20; i++)
		smbmgmt_handle_unref(handles[i]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("jobs");
	TCase *t = tcase_create("jobs");

	tcase_add_checked_fixture(t, jobs_up, jobs_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, lists);
	tcase_add_test(t, opens);
	tcase_add_test(t, open_fails);
	tcase_add_test(t, plans_and_executes);
	tcase_add_test(t, what_if);
	tcase_add_test(t, closes);
	tcase_add_test(t, refused_at_once);
	tcase_add_test(t, many);
	tcase_add_test(t, throttled);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
