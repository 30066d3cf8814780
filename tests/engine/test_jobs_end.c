/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The ways in which a job ends early: cancel, unref, context end, removal. */
#include <check.h>

#include "jobs.h"
#include "suite.h"

/* What stalls, how long before the cancel, and what is reported. */
static const struct {
	int32_t op;
	long after;
	unsigned int flags;
	const char *report;
	int sent;
} stalls[] = {
	{SMBMGMT_OP_CONNECT, 0, FIX_FORCE, "CANCELLED:", 0},
	{SMBMGMT_OP_CONNECT, 50, FIX_FORCE, "CANCELLED:", 0},
	{SMBMGMT_OP_LIST, 50, FIX_FORCE, "CANCELLED:", 0},
	{SMBMGMT_OP_CLOSE, 200, FIX_FORCE,
	 "CANCELLED: CANCELLED 1, CANCELLED 2", 1},
	{SMBMGMT_OP_CLOSE, 200, FIX_FORCE | FIX_NO_VERIFY,
	 "CANCELLED: CANCELLED 1, CANCELLED 2", 1},
};

START_TEST(cancelled)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;
	int sent = 0;

	delay(stalls[_i].op, STALL_MS);
	job = start_close(&fix.handle, 1, "1 2", stalls[_i].flags);
	if (stalls[_i].after > 0)
		pause_ms(stalls[_i].after);
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	expect_report(job, stalls[_i].report);
	ck_assert_int_eq(smbmgmt_job_server_state(job, 0),
			 SMBMGMT_JOB_SERVER_CANCELLED);
	report = smbmgmt_job_report(job);
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		sent += smbmgmt_report_was_sent(report, i);
		ck_assert_int_eq(
			smbmgmt_error_code(smbmgmt_report_cause(report, i)),
			SMBMGMT_E_CANCELLED);
	}
	ck_assert_int_eq(sent, stalls[_i].sent);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
	/* The handle is as good as before. */
	delay(stalls[_i].op, 0);
	job = start_close(&fix.handle, 1, "3", FIX_FORCE);
	expect(job, 0);
	expect_report(job, "0: CLOSED 3");
	smbmgmt_job_unref(job);
}
END_TEST

/* It was closed, and is listed for long: cancelled while it is looked for. */
START_TEST(cancelled_while_verifying)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;

	smbmgmt_memory_set_linger(fix.memory, STALL_MS, NULL);
	job = start_close(&fix.handle, 1, "1", FIX_FORCE);
	pause_ms(200);
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	expect_report(job, "CANCELLED: CANCELLED 1");
	report = smbmgmt_job_report(job);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 1);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(cancelled_in_the_queue)
{
	smbmgmt_job *first = NULL;
	smbmgmt_job *second = NULL;
	smbmgmt_job *third = NULL;

	delay(SMBMGMT_OP_LIST, STALL_MS);
	first = start_list(&fix.handle, 1, 0);
	second = start_close(&fix.handle, 1, "1", FIX_FORCE);
	third = start_list(&fix.handle, 1, 0);
	pause_ms(50);
	cancel(second);
	expect(second, SMBMGMT_E_CANCELLED);
	ck_assert_int_eq(smbmgmt_job_is_complete(first), 0);
	/* Whose turn comes next makes a connection of its own. */
	delay(SMBMGMT_OP_LIST, 0);
	cancel(first);
	expect(first, SMBMGMT_E_CANCELLED);
	expect(third, 0);
	smbmgmt_job_unref(first);
	smbmgmt_job_unref(second);
	smbmgmt_job_unref(third);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
}
END_TEST

START_TEST(cancelled_too_late)
{
	smbmgmt_job *job = start_list(&fix.handle, 1, 0);

	expect(job, 0);
	smbmgmt_job_cancel(job);
	expect(job, 0);
	expect_results(job, "l");
	smbmgmt_job_unref(job);
}
END_TEST

/* Ten servers, of which the last stall. */
START_TEST(keeps_what_it_has)
{
	smbmgmt_memory *slow = NULL;
	smbmgmt_handle *handles[10];
	smbmgmt_session_list *list = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_memory_new(&slow, NULL), 0);
	smbmgmt_memory_set_delay(slow, SMBMGMT_OP_LIST, STALL_MS, NULL);
	for (int i = 0; i < 10; i++)
		handles[i] = fix_open(&fix, i < 7 ? fix.memory : slow);
	job = start_list(handles, 10, 2);
	for (int i = 0; i < LIMIT_MS && smbmgmt_job_servers_done(job) < 7; i++)
		pause_ms(1);
	pause_ms(20);
	/* Two at once, and the tenth waits for them. */
	ck_assert_int_eq(smbmgmt_job_server_state(job, 8),
			 SMBMGMT_JOB_SERVER_RUNNING);
	ck_assert_int_eq(smbmgmt_job_server_state(job, 9),
			 SMBMGMT_JOB_SERVER_WAITING);
	cancel(job);
	expect(job, SMBMGMT_E_PARTIAL);
	list = smbmgmt_job_list(job);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 28);
	ck_assert_uint_eq(smbmgmt_session_list_error_count(list), 3);
	for (uint32_t i = 0; i < 10; i++)
		ck_assert_int_eq(smbmgmt_job_server_state(job, i),
				 i < 7 ? SMBMGMT_JOB_SERVER_DONE
				       : SMBMGMT_JOB_SERVER_CANCELLED);
	smbmgmt_session_list_unref(list);
	smbmgmt_job_unref(job);
	for (int i = 0; i < 10; i++)
		smbmgmt_handle_unref(handles[i]);
	smbmgmt_memory_unref(slow);
}
END_TEST

/* Nobody holds it any more, and it goes on. */
START_TEST(let_go)
{
	smbmgmt_job *job = NULL;

	delay(SMBMGMT_OP_CLOSE, 50);
	job = start_close(&fix.handle, 1, "1", FIX_FORCE);
	ck_assert_ptr_eq(smbmgmt_job_ref(job), job);
	smbmgmt_job_unref(job);
	smbmgmt_job_unref(job);
	for (int i = 0; i < LIMIT_MS && smbmgmt_memory_count(fix.memory) == 4;
	     i++)
		pause_ms(1);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 3);
	/* Cancelled and let go in one breath; let go before anything began. */
	delay(SMBMGMT_OP_LIST, STALL_MS);
	job = start_list(&fix.handle, 1, 0);
	smbmgmt_job_cancel(job);
	smbmgmt_job_unref(job);
	smbmgmt_job_unref(start_list(&fix.handle, 1, 0));
}
END_TEST

/* The context's end is that of its jobs, whoever holds them. */
START_TEST(ends_with_its_context)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *jobs[3] = {NULL};
	int64_t began = 0;

	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	jobs[0] = start_close(&fix.handle, 1, "1", FIX_FORCE);
	pause_ms(100);
	jobs[1] = start_list(&fix.handle, 1, 0);
	jobs[2] = start_close(&fix.handle, 1, "2", FIX_FORCE);
	smbmgmt_job_unref(jobs[2]);
	began = now_ms();
	smbmgmt_context_unref(fix.context);
	fix.context = NULL;
	ck_assert_int_lt(now_ms() - began, CANCEL_MS);
	expect(jobs[0], SMBMGMT_E_CANCELLED);
	expect(jobs[1], SMBMGMT_E_CANCELLED);
	report = smbmgmt_job_report(jobs[0]);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 1);
	smbmgmt_report_unref(report);
	smbmgmt_job_cancel(jobs[0]);
	smbmgmt_job_unref(jobs[0]);
	smbmgmt_job_unref(jobs[1]);
}
END_TEST

/* What a removed handle was doing for a job is cancelled, and no more. */
START_TEST(handle_removed)
{
	smbmgmt_memory *slow = NULL;
	smbmgmt_handle *handles[2] = {fix.handle, NULL};
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_memory_new(&slow, NULL), 0);
	smbmgmt_memory_set_delay(slow, SMBMGMT_OP_LIST, STALL_MS, NULL);
	handles[1] = fix_open(&fix, slow);
	job = start_list(handles, 2, 0);
	pause_ms(50);
	ck_assert_int_eq(smbmgmt_remove_handle(handles[1], NULL), 0);
	expect(job, SMBMGMT_E_PARTIAL);
	ck_assert_int_eq(smbmgmt_job_server_state(job, 1),
			 SMBMGMT_JOB_SERVER_FAILED);
	smbmgmt_job_unref(job);
	smbmgmt_handle_unref(handles[1]);
	smbmgmt_memory_unref(slow);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("jobs-end");
	TCase *t = tcase_create("jobs-end");

	tcase_add_checked_fixture(t, jobs_up, jobs_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, cancelled, 0,
			    sizeof(stalls) / sizeof(stalls[0]));
	tcase_add_test(t, cancelled_while_verifying);
	tcase_add_test(t, cancelled_in_the_queue);
	tcase_add_test(t, cancelled_too_late);
	tcase_add_test(t, keeps_what_it_has);
	tcase_add_test(t, let_go);
	tcase_add_test(t, ends_with_its_context);
	tcase_add_test(t, handle_removed);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
