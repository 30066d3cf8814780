/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Many threads on one context, and what callbacks may and may not do. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "suite.h"

#define THREADS 8
#define ROUNDS 40
#define TABLES 3

static struct fix fix;
static smbmgmt_memory *tables[TABLES];
static atomic_uint turns;

static void up(void)
{
	fix_up(&fix);
	for (int i = 0; i < TABLES; i++) {
		ck_assert_int_eq(smbmgmt_memory_new(&tables[i], NULL), 0);
		fix_rows(tables[i], 4);
		/* There is always something left to close. */
		smbmgmt_memory_set_reconnects(tables[i], 1000000, NULL);
		smbmgmt_memory_set_delay(tables[i], SMBMGMT_OP_LIST, 1, NULL);
		smbmgmt_memory_set_delay(tables[i], SMBMGMT_OP_CLOSE, 1, NULL);
	}
}

static void down(void)
{
	for (int i = 0; i < TABLES; i++)
		smbmgmt_memory_unref(tables[i]);
	fix_down(&fix);
}

/* What may come of a call whose handle another thread removes, or not. */
static void expect_sane(int32_t code, const char *what)
{
	switch (code) {
	case SMBMGMT_OK:
	case SMBMGMT_E_REMOVED:
	case SMBMGMT_E_CANCELLED:
	case SMBMGMT_E_NOT_FOUND:
	case SMBMGMT_E_PARTIAL:
	case SMBMGMT_E_STILL_PRESENT:
		return;
	default:
		ck_abort_msg("%s: %s", what, smbmgmt_error_name(code));
	}
}

static smbmgmt_action *forcing(void)
{
	smbmgmt_action *action = NULL;

	ck_assert_int_eq(smbmgmt_action_new(&action, NULL), 0);
	ck_assert_int_eq(smbmgmt_action_set_force(action, 1, NULL), 0);
	ck_assert_int_eq(smbmgmt_action_set_deadline(action, 2000, NULL), 0);
	return action;
}

/* The handles that there are now, whoever opened them. */
static smbmgmt_handle_list *everyones(smbmgmt_handle *handles[], uint32_t max,
				      uint32_t *count)
{
	smbmgmt_handle_list *all = NULL;

	ck_assert_int_eq(smbmgmt_find_handles(fix.context, NULL, &all, NULL),
			 0);
	*count = smbmgmt_handle_list_count(all);
	if (*count > max)
		*count = max;
	for (uint32_t i = 0; i < *count; i++)
		handles[i] = smbmgmt_handle_list_get(all, i);
	return all;
}

static void list_all(smbmgmt_handle *const *handles, uint32_t n)
{
	smbmgmt_session_list *list = NULL;

	expect_sane(smbmgmt_list_sessions(fix.context, handles, n, NULL, NULL,
					  &list, NULL),
		    "list");
	ck_assert_ptr_nonnull(list);
	smbmgmt_session_list_unref(list);
}

static void close_some(smbmgmt_handle *const *handles, uint32_t n)
{
	smbmgmt_filter *filter = fix_filter("u=u1 u=u3");
	smbmgmt_action *action = forcing();
	smbmgmt_plan *plan = NULL;
	smbmgmt_report *report = NULL;

	expect_sane(smbmgmt_plan_close(fix.context, handles, n, filter, NULL,
				       &plan, NULL),
		    "plan");
	if (plan != NULL)
		expect_sane(smbmgmt_execute_plan(plan, action, &report, NULL),
			    "execute");
	smbmgmt_report_unref(report);
	smbmgmt_plan_unref(plan);
	report = NULL;
	expect_sane(smbmgmt_close_sessions(fix.context, handles, n, filter,
					   action, &report, NULL),
		    "close");
	ck_assert_ptr_nonnull(report);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
}

static void *churn(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		unsigned int turn = atomic_fetch_add(&turns, 1);
		smbmgmt_handle *mine = fix_open(&fix, tables[turn % TABLES]);
		smbmgmt_handle *handles[4];
		uint32_t n = 0;
		smbmgmt_handle_list *all = everyones(handles, 4, &n);
		int32_t code = 0;

		if (n > 0) {
			list_all(handles, n);
			close_some(handles, n);
			/* Anybody's: its owner meets that in mid-call. */
			code = smbmgmt_remove_handle(handles[turn % n], NULL);
			ck_assert(code == 0 || code == SMBMGMT_E_REMOVED);
		}
		code = smbmgmt_remove_handle(mine, NULL);
		ck_assert(code == 0 || code == SMBMGMT_E_REMOVED);
		ck_assert_int_eq(smbmgmt_handle_state(mine),
				 SMBMGMT_STATE_REMOVED);
		smbmgmt_handle_list_unref(all);
		smbmgmt_handle_unref(mine);
	}
	return unused;
}

static void run_threads(void *(*work)(void *), void *userdata)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, work, userdata), 0);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}

START_TEST(churned)
{
	smbmgmt_handle_list *all = NULL;

	run_threads(churn, NULL);
	ck_assert_int_eq(smbmgmt_find_handles(fix.context, NULL, &all, NULL),
			 0);
	ck_assert_uint_le(smbmgmt_handle_list_count(all), 1);
	smbmgmt_handle_list_unref(all);
}
END_TEST

/* One handle: the calls of all threads take turns on it. */
static void *share(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		list_all(&fix.handle, 1);
		close_some(&fix.handle, 1);
	}
	return unused;
}

START_TEST(shared)
{
	fix_rows(fix.memory, 4);
	smbmgmt_memory_set_reconnects(fix.memory, 1000000, NULL);
	run_threads(share, NULL);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CONNECT),
			  1);
}
END_TEST

/* Everything that a callback must not do, and what it may. */
static int32_t reenter(const smbmgmt_question *question, void *userdata)
{
	smbmgmt_plan *plan = smbmgmt_question_plan(question);
	uint32_t item = smbmgmt_question_item(question);
	smbmgmt_filter *filter = fix_filter("all");
	smbmgmt_session_list *list = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_plan *another = NULL;

	(void)userdata;
	ck_assert_uint_eq(smbmgmt_question_session_count(question), 1);
	ck_assert_ptr_null(smbmgmt_question_handle(question));
	ck_assert_uint_eq(smbmgmt_session_id(smbmgmt_plan_session(plan, item)),
			  1);
	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       NULL, NULL, &list, NULL),
			 SMBMGMT_E_REENTRANT);
	ck_assert_int_eq(smbmgmt_open_handle(fix.context, "memory:demo", NULL,
					     &handle, NULL),
			 SMBMGMT_E_REENTRANT);
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL),
			 SMBMGMT_E_REENTRANT);
	ck_assert_int_eq(smbmgmt_plan_close(fix.context, &fix.handle, 1, filter,
					    NULL, &another, NULL),
			 SMBMGMT_E_REENTRANT);
	ck_assert_int_eq(smbmgmt_execute_plan(plan, NULL, &report, NULL),
			 SMBMGMT_E_REENTRANT);
	ck_assert_int_eq(
		smbmgmt_context_set_log(fix.context, 0, NULL, NULL, NULL, NULL),
		SMBMGMT_E_REENTRANT);
	smbmgmt_report_unref(report);
	smbmgmt_session_list_unref(list);
	smbmgmt_plan_unref(another);
	smbmgmt_filter_unref(filter);
	return SMBMGMT_ANSWER_YES;
}

START_TEST(reentrant)
{
	smbmgmt_filter *filter = fix_filter("1");
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	ck_assert_int_eq(smbmgmt_action_new(&action, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_action_set_confirm(action, reenter, NULL, NULL, NULL),
		0);
	ck_assert_int_eq(smbmgmt_close_sessions(fix.context, &fix.handle, 1,
						filter, action, &report, NULL),
			 0);
	fix_expect(fix_describe(0, report), "0: CLOSED 1");
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
}
END_TEST

/* A receiver of log lines that is told when it is of no more use. */
struct receiver {
	atomic_bool freed;
	atomic_uint lines;
};

static _Thread_local bool in_a_call;

static void receive(int32_t level, const char *line, void *userdata)
{
	struct receiver *receiver = userdata;
	smbmgmt_handle_list *list = NULL;

	ck_assert(in_a_call);
	ck_assert(!atomic_load(&receiver->freed));
	ck_assert_int_le(level, SMBMGMT_LOG_DEBUG);
	ck_assert_str_ne(line, "");
	atomic_fetch_add(&receiver->lines, 1);
	ck_assert_int_eq(smbmgmt_find_handles(fix.context, NULL, &list, NULL),
			 SMBMGMT_E_REENTRANT);
}

static void forget(void *userdata)
{
	struct receiver *receiver = userdata;

	ck_assert(!atomic_exchange(&receiver->freed, true));
}

/* A program that is no helper is worth a line of log each time. */
static void *fail_and_log(void *unused)
{
	for (int i = 0; i < 10; i++) {
		smbmgmt_handle *handle = NULL;

		in_a_call = true;
		ck_assert_int_eq(smbmgmt_open_handle(fix.context, "127.0.0.1:1",
						     NULL, &handle, NULL),
				 SMBMGMT_E_HELPER_MISSING);
		in_a_call = false;
	}
	return unused;
}

#define RECEIVERS 50

static struct receiver receivers[RECEIVERS];
static atomic_bool over;

static void *replace(void *unused)
{
	for (int i = 0; i < RECEIVERS; i++) {
		in_a_call = true;
		ck_assert_int_eq(smbmgmt_context_set_log(
					 fix.context, SMBMGMT_LOG_DEBUG,
					 receive, &receivers[i], forget, NULL),
				 0);
		in_a_call = false;
		if (atomic_load(&over))
			break;
	}
	return unused;
}

START_TEST(log_lines)
{
	struct receiver first = {0};
	struct receiver last = {0};
	unsigned int lines = 0;
	pthread_t thread;

	smbmgmt_context_unref(fix.context);
	smbmgmt_handle_unref(fix.handle);
	fix.handle = NULL;
	ck_assert_int_eq(smbmgmt_context_new(&fix.context, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_context_set_helper_path(fix.context, "/bin/true", NULL),
		0);
	ck_assert_int_eq(smbmgmt_context_set_log(fix.context, SMBMGMT_LOG_DEBUG,
						 receive, &first, forget, NULL),
			 0);
	run_threads(fail_and_log, NULL);
	ck_assert_uint_gt(atomic_load(&first.lines), 0);
	/* And while the receiver changes all the time. */
	ck_assert_int_eq(pthread_create(&thread, NULL, replace, NULL), 0);
	run_threads(fail_and_log, NULL);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	in_a_call = true;
	ck_assert_int_eq(smbmgmt_context_set_log(fix.context, SMBMGMT_LOG_DEBUG,
						 receive, &last, forget, NULL),
			 0);
	fail_and_log(NULL);
	in_a_call = true;
	smbmgmt_context_unref(fix.context);
	in_a_call = false;
	fix.context = NULL;
	ck_assert(atomic_load(&first.freed));
	ck_assert(atomic_load(&last.freed));
	for (int i = 0; i < RECEIVERS; i++)
		lines += atomic_load(&receivers[i].lines);
	ck_assert_uint_gt(lines + atomic_load(&last.lines), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("threads");
	TCase *t = tcase_create("threads");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, churned);
	tcase_add_test(t, shared);
	tcase_add_test(t, reentrant);
	tcase_add_test(t, log_lines);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
