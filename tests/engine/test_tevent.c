/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Requests on a tevent loop of the host's. */
#include <check.h>
#include <sys/wait.h>
#include <unistd.h>

#include <smbmgmt/tevent.h>

#include "jobs.h"
#include "suite.h"

#define MANY 200

static struct tevent_context *ev;

static void up(void)
{
	jobs_up();
	ev = tevent_context_init(NULL);
	ck_assert_ptr_nonnull(ev);
}

static void down(void)
{
	TALLOC_FREE(ev);
	jobs_down();
}

static void count(struct tevent_req *req)
{
	int *done = tevent_req_callback_data_void(req);

	(*done)++;
}

/* In the loop until it is complete; the number that tevent has of it. */
static int32_t run(struct tevent_req *req)
{
	enum tevent_req_state state = TEVENT_REQ_INIT;
	uint64_t number = 0;
	int done = 0;

	ck_assert_ptr_nonnull(req);
	tevent_req_set_callback(req, count, &done);
	for (int i = 0; i < 1000 && done == 0; i++)
		ck_assert_int_eq(tevent_loop_once(ev), 0);
	ck_assert_int_eq(done, 1);
	if (!tevent_req_is_error(req, &state, &number))
		return 0;
	return state == TEVENT_REQ_USER_ERROR ? (int32_t)number
					      : SMBMGMT_E_TIMED_OUT;
}

static struct tevent_req *list_send(void)
{
	return smbmgmt_list_sessions_send(ev, ev, fix.context, &fix.handle, 1,
					  NULL, NULL);
}

static void list_recv(struct tevent_req *req, int32_t code, uint32_t rows)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_error *err = NULL;
	int32_t got = smbmgmt_list_sessions_recv(req, &list, &err);

	ck_assert_msg(got == code, "%s, not %s: %s", smbmgmt_error_name(got),
		      smbmgmt_error_name(code), smbmgmt_error_message(err));
	ck_assert_int_eq(smbmgmt_error_code(err), code);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), rows);
	smbmgmt_session_list_unref(list);
	smbmgmt_error_unref(err);
}

START_TEST(opens)
{
	smbmgmt_handle *handle = NULL;
	struct tevent_req *req = smbmgmt_open_handle_send(ev, ev, fix.context,
							  "memory:demo", NULL);

	ck_assert_int_eq(run(req), 0);
	ck_assert_int_eq(smbmgmt_open_handle_recv(req, &handle, NULL), 0);
	ck_assert_str_eq(smbmgmt_handle_server(handle), "memory:demo");
	smbmgmt_handle_unref(handle);
	talloc_free(req);
	req = smbmgmt_open_handle_send(ev, ev, fix.context, "memory:nowhere",
				       NULL);
	ck_assert_int_ne(run(req), 0);
	ck_assert_int_ne(smbmgmt_open_handle_recv(req, &handle, NULL), 0);
	ck_assert_ptr_null(handle);
	talloc_free(req);
}
END_TEST

START_TEST(lists)
{
	struct tevent_req *req = NULL;
	smbmgmt_job *job = NULL;

	delay(SMBMGMT_OP_LIST, 200);
	req = list_send();
	job = smbmgmt_req_job(req);
	/* Too early, then once, then too late. */
	list_recv(req, SMBMGMT_E_INVALID, 0);
	ck_assert_int_eq(run(req), 0);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), 4);
	list_recv(req, 0, 4);
	list_recv(req, SMBMGMT_E_INVALID, 0);
	ck_assert_ptr_null(smbmgmt_req_job(req));
	talloc_free(req);
	smbmgmt_job_unref(job);
	/* Nobody takes it. */
	req = list_send();
	ck_assert_int_eq(run(req), 0);
	talloc_free(req);
}
END_TEST

START_TEST(plans_and_executes)
{
	smbmgmt_filter *filter = fix_filter("1");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_plan *plan = NULL;
	smbmgmt_report *report = NULL;
	struct tevent_req *req = smbmgmt_plan_close_send(
		ev, ev, fix.context, &fix.handle, 1, filter, NULL);

	ck_assert_int_eq(run(req), 0);
	/* The wrong one of the functions. */
	list_recv(req, SMBMGMT_E_INVALID, 0);
	ck_assert_int_eq(smbmgmt_plan_close_recv(req, &plan, NULL), 0);
	ck_assert_uint_eq(smbmgmt_plan_count(plan), 1);
	talloc_free(req);
	req = smbmgmt_execute_plan_send(ev, ev, plan, action);
	ck_assert_int_eq(run(req), 0);
	ck_assert_int_eq(smbmgmt_execute_plan_recv(req, &report, NULL), 0);
	fix_expect(fix_describe(0, report), "0: CLOSED 1");
	talloc_free(req);
	smbmgmt_report_unref(report);
	smbmgmt_plan_unref(plan);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
}
END_TEST

START_TEST(closes_and_evicts)
{
	smbmgmt_filter *filter = fix_filter("u=u1");
	smbmgmt_filter *other = fix_filter("u=u2");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_evict_options *options = NULL;
	smbmgmt_report *report = NULL;
	struct tevent_req *req = smbmgmt_close_sessions_send(
		ev, ev, fix.context, &fix.handle, 1, filter, action);

	ck_assert_int_eq(run(req), 0);
	ck_assert_int_eq(smbmgmt_close_sessions_recv(req, &report, NULL), 0);
	fix_expect(fix_describe(0, report), "0: CLOSED 1");
	smbmgmt_report_unref(report);
	talloc_free(req);
	ck_assert_int_eq(smbmgmt_evict_options_new(&options, NULL), 0);
	smbmgmt_evict_options_set_duration(options, 0, NULL);
	req = smbmgmt_evict_send(ev, ev, fix.context, &fix.handle, 1, other,
				 action, options);
	ck_assert_int_eq(run(req), 0);
	ck_assert_int_eq(smbmgmt_evict_recv(req, &report, NULL), 0);
	ck_assert_uint_eq(smbmgmt_report_server_closed(report, 0), 1);
	smbmgmt_report_unref(report);
	talloc_free(req);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
	smbmgmt_evict_options_unref(options);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	smbmgmt_filter_unref(other);
}
END_TEST

/* What a start refuses comes out at the end, in the loop. */
START_TEST(refused)
{
	smbmgmt_filter *filter = fix_filter("1");
	smbmgmt_report *report = NULL;
	struct tevent_req *req = smbmgmt_close_sessions_send(
		ev, ev, fix.context, &fix.handle, 1, filter, NULL);

	ck_assert_int_lt(run(req), 0);
	ck_assert_int_lt(smbmgmt_close_sessions_recv(req, &report, NULL), 0);
	ck_assert_ptr_null(report);
	talloc_free(req);
	req = smbmgmt_job_send(ev, ev, NULL);
	ck_assert_int_eq(run(req), SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_job_recv(req, NULL), SMBMGMT_E_INVALID);
	talloc_free(req);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
	smbmgmt_filter_unref(filter);
}
END_TEST

START_TEST(any_job)
{
	smbmgmt_job *job = start_list(&fix.handle, 1, 0);
	struct tevent_req *req = NULL;

	/* In progress, and complete. */
	for (int i = 0; i < 2; i++) {
		req = smbmgmt_job_send(ev, ev, job);
		tevent_req_poll(req, ev);
		ck_assert_int_eq(smbmgmt_job_recv(req, NULL), 0);
		talloc_free(req);
	}
	expect_results(job, "l");
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(cancelled)
{
	struct tevent_req *req = NULL;
	int64_t began = now_ms();

	delay(SMBMGMT_OP_LIST, STALL_MS);
	req = list_send();
	ck_assert(tevent_req_cancel(req));
	ck_assert_int_eq(run(req), SMBMGMT_E_CANCELLED);
	ck_assert(!tevent_req_cancel(req));
	list_recv(req, SMBMGMT_E_CANCELLED, 0);
	talloc_free(req);
	ck_assert_int_lt(now_ms() - began, STALL_MS);
}
END_TEST

/* By talloc_free() of the request, or of its loop. */
START_TEST(freed)
{
	struct tevent_req *req = NULL;
	smbmgmt_job *job = NULL;

	delay(SMBMGMT_OP_LIST, STALL_MS);
	req = list_send();
	job = smbmgmt_req_job(req);
	if (_i == 0)
		talloc_free(req);
	else
		TALLOC_FREE(ev);
	expect(job, SMBMGMT_E_CANCELLED);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(out_of_time)
{
	struct tevent_req *req = NULL;
	smbmgmt_job *job = NULL;

	delay(SMBMGMT_OP_LIST, STALL_MS);
	req = list_send();
	ck_assert(tevent_req_set_endtime(req, ev,
					 tevent_timeval_current_ofs(0, 50000)));
	ck_assert_int_eq(run(req), SMBMGMT_E_TIMED_OUT);
	/* What came of it is to be had. */
	job = smbmgmt_req_job(req);
	list_recv(req, SMBMGMT_E_TIMED_OUT, 0);
	talloc_free(req);
	req = smbmgmt_job_send(ev, ev, job);
	ck_assert(tevent_req_poll(req, ev));
	ck_assert_int_eq(smbmgmt_job_recv(req, NULL), SMBMGMT_E_CANCELLED);
	talloc_free(req);
	expect_results(job, "l");
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(context_ends)
{
	struct tevent_req *req = NULL;

	delay(SMBMGMT_OP_LIST, STALL_MS);
	req = list_send();
	smbmgmt_context_unref(fix.context);
	fix.context = NULL;
	ck_assert_int_eq(run(req), SMBMGMT_E_CANCELLED);
	list_recv(req, SMBMGMT_E_CANCELLED, 0);
	talloc_free(req);
}
END_TEST

/* Calls that block, from the host's callback. */
static void calls_back(struct tevent_req *req)
{
	int *done = tevent_req_callback_data_void(req);
	smbmgmt_session_list *list = NULL;
	smbmgmt_report *report = NULL;

	list_recv(req, 0, 4);
	talloc_free(req);
	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       NULL, NULL, &list, NULL),
			 0);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 4);
	smbmgmt_session_list_unref(list);
	fix_expect(fix_close(&fix, "2", FIX_FORCE, NULL, &report),
		   "0: CLOSED 2");
	smbmgmt_report_unref(report);
	(*done)++;
}

START_TEST(sync_inside)
{
	int done = 0;

	tevent_req_set_callback(list_send(), calls_back, &done);
	while (done == 0)
		ck_assert_int_eq(tevent_loop_once(ev), 0);
	ck_assert_int_eq(done, 1);
}
END_TEST

/* Inside a callback of the library's nothing is started. */
static int32_t ask(const smbmgmt_question *question, void *userdata)
{
	struct tevent_req **req = userdata;

	(void)question;
	*req = list_send();
	return SMBMGMT_ANSWER_NO;
}

START_TEST(reentrant)
{
	smbmgmt_filter *filter = fix_filter("1");
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	struct tevent_req *req = NULL;

	ck_assert_int_eq(smbmgmt_action_new(&action, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_action_set_confirm(action, ask, &req, NULL, NULL), 0);
	smbmgmt_close_sessions(fix.context, &fix.handle, 1, filter, action,
			       &report, NULL);
	ck_assert_int_eq(run(req), SMBMGMT_E_REENTRANT);
	list_recv(req, SMBMGMT_E_REENTRANT, 0);
	talloc_free(req);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
}
END_TEST

START_TEST(many)
{
	struct tevent_req *reqs[MANY];
	int done = 0;

	for (int i = 0; i < MANY; i++) {
		reqs[i] = list_send();
		tevent_req_set_callback(reqs[i], count, &done);
	}
	while (done < MANY)
		ck_assert_int_eq(tevent_loop_once(ev), 0);
	for (int i = 0; i < MANY; i++) {
		list_recv(reqs[i], 0, 4);
		talloc_free(reqs[i]);
	}
	ck_assert_int_eq(done, MANY);
}
END_TEST

/* The number of the first thing that is wrong in the child; 0: nothing. */
static int in_child(struct tevent_req *req)
{
	smbmgmt_session_list *list = NULL;
	struct tevent_req *another = NULL;

	if (!tevent_req_poll(req, ev))
		return 1;
	if (smbmgmt_list_sessions_recv(req, &list, NULL) != SMBMGMT_E_FORKED ||
	    list != NULL)
		return 2;
	talloc_free(req);
	another = list_send();
	if (!tevent_req_poll(another, ev))
		return 3;
	if (smbmgmt_list_sessions_recv(another, &list, NULL) !=
	    SMBMGMT_E_FORKED)
		return 4;
	talloc_free(another);
	return 0;
}

START_TEST(forked)
{
	struct tevent_req *req = NULL;
	int status = 0;
	pid_t pid = -1;

	delay(SMBMGMT_OP_LIST, STALL_MS);
	req = list_send();
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(in_child(req));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	/* The parent's goes on, and ends as it is told to. */
	ck_assert(tevent_req_cancel(req));
	ck_assert_int_eq(run(req), SMBMGMT_E_CANCELLED);
	talloc_free(req);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tevent");
	TCase *t = tcase_create("tevent");

	tcase_add_checked_fixture(t, up, down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, opens);
	tcase_add_test(t, lists);
	tcase_add_test(t, plans_and_executes);
	tcase_add_test(t, closes_and_evicts);
	tcase_add_test(t, refused);
	tcase_add_test(t, any_job);
	tcase_add_test(t, cancelled);
	tcase_add_loop_test(t, freed, 0, 2);
	tcase_add_test(t, out_of_time);
	tcase_add_test(t, context_ends);
	tcase_add_test(t, sync_inside);
	tcase_add_test(t, reentrant);
	tcase_add_test(t, many);
	tcase_add_test(t, forked);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
