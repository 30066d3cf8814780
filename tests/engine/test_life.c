/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The life of a handle's connection: dropped when idle, made again when
 * needed, remade once when it breaks, ended with its handle.  On memory
 * tables, which count the connections that are made.
 */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include <smbmgmt/smbmgmt.h>

#include "fixture.h"
#include "procs.h"
#include "suite.h"

static struct fix fix;

static void up(void)
{
	fix_up(&fix);
	fix_rows(fix.memory, 3);
}

static void down(void)
{
	fix_down(&fix);
}

static void set_idle(uint32_t milliseconds)
{
	ck_assert_int_eq(smbmgmt_context_set_idle_timeout(fix.context,
							  milliseconds, NULL),
			 0);
}

static void delay(int32_t op, uint32_t milliseconds)
{
	ck_assert_int_eq(
		smbmgmt_memory_set_delay(fix.memory, op, milliseconds, NULL),
		0);
}

/* Lists; the number of sessions is that of the table, or none. */
static int32_t list(void)
{
	smbmgmt_session_list *sessions = NULL;
	int32_t code = smbmgmt_list_sessions(fix.context, &fix.handle, 1, NULL,
					     NULL, &sessions, NULL);

	ck_assert_uint_eq(smbmgmt_session_list_count(sessions),
			  code == 0 ? smbmgmt_memory_count(fix.memory) : 0);
	smbmgmt_session_list_unref(sessions);
	return code;
}

static uint64_t connects(void)
{
	return smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CONNECT);
}

static void wait_for_state(int32_t state)
{
	int64_t limit = procs_now() + LIMIT_MS;

	while (smbmgmt_handle_state(fix.handle) != state) {
		ck_assert_msg(procs_now() < limit, "never in state %d", state);
		procs_sleep(5);
	}
}

START_TEST(idle_is_dropped)
{
	set_idle(50);
	for (uint64_t i = 1; i <= 5; i++) {
		ck_assert_int_eq(list(), 0);
		ck_assert_uint_eq(connects(), i);
		wait_for_state(SMBMGMT_STATE_DISCONNECTED);
	}
}
END_TEST

START_TEST(idle_from_open)
{
	smbmgmt_open_options *options = NULL;

	/* The connection that opening tests with, and nothing uses. */
	set_idle(50);
	smbmgmt_handle_unref(fix.handle);
	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_open_options_set_memory(options, fix.memory, NULL);
	ck_assert_int_eq(smbmgmt_open_handle(fix.context, "memory:table",
					     options, &fix.handle, NULL),
			 0);
	smbmgmt_open_options_unref(options);
	ck_assert_uint_eq(connects(), 1);
	wait_for_state(SMBMGMT_STATE_DISCONNECTED);
	ck_assert_int_eq(list(), 0);
	ck_assert_uint_eq(connects(), 2);
}
END_TEST

START_TEST(never_dropped)
{
	set_idle(50);
	set_idle(0);
	ck_assert_int_eq(list(), 0);
	procs_sleep(300);
	ck_assert_int_eq(smbmgmt_handle_state(fix.handle),
			 SMBMGMT_STATE_CONNECTED);
	ck_assert_int_eq(list(), 0);
	ck_assert_uint_eq(connects(), 1);
}
END_TEST

START_TEST(not_dropped_by_default)
{
	ck_assert_int_eq(list(), 0);
	procs_sleep(300);
	ck_assert_int_eq(list(), 0);
	ck_assert_uint_eq(connects(), 1);
}
END_TEST

START_TEST(each_use_counts_anew)
{
	/* Longer in all than the time-out, each pause far shorter. */
	set_idle(2000);
	for (int i = 0; i < 15; i++) {
		ck_assert_int_eq(list(), 0);
		procs_sleep(200);
	}
	ck_assert_uint_eq(connects(), 1);
}
END_TEST

static void *list_it(void *code)
{
	*(int32_t *)code = list();
	return NULL;
}

START_TEST(not_dropped_in_use)
{
	pthread_t thread;
	int32_t code = -1;

	/* A time-out that is over long before each operation, and no pause
	 * between two of them. */
	set_idle(1);
	delay(SMBMGMT_OP_LIST, 1000);
	pthread_create(&thread, NULL, list_it, &code);
	wait_for_state(SMBMGMT_STATE_CONNECTED);
	ck_assert_int_eq(list(), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(code, 0);
	ck_assert_uint_eq(connects(), 1);
	wait_for_state(SMBMGMT_STATE_DISCONNECTED);
}
END_TEST

START_TEST(closes_after_a_drop)
{
	set_idle(1);
	ck_assert_int_eq(list(), 0);
	wait_for_state(SMBMGMT_STATE_DISCONNECTED);
	fix_expect(fix_close(&fix, "2", FIX_FORCE, NULL, NULL), "0: CLOSED 2");
	wait_for_state(SMBMGMT_STATE_DISCONNECTED);
	ck_assert_int_eq(list(), 0);
}
END_TEST

/* What breaks a listing, and whether it is done again. */
static const struct {
	int32_t kind;
	int32_t code;
	bool again;
} breaks[] = {
	{SMBMGMT_FAULT_LOST, 0, true},
	{SMBMGMT_FAULT_ERROR, SMBMGMT_E_CONNECTION_LOST, true},
	{SMBMGMT_FAULT_ERROR, SMBMGMT_E_TIMED_OUT, false},
	{SMBMGMT_FAULT_ERROR, SMBMGMT_E_ACCESS_DENIED, false},
};

START_TEST(broken_list_once)
{
	ck_assert_int_eq(list(), 0);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 1,
				 breaks[_i].kind, breaks[_i].code, NULL);
	if (!breaks[_i].again) {
		ck_assert_int_eq(list(), breaks[_i].code);
		fix_calls(&fix, 2, 0);
		return;
	}
	ck_assert_int_eq(list(), 0);
	ck_assert_uint_eq(connects(), 2);
	fix_calls(&fix, 3, 0);
	ck_assert_int_eq(smbmgmt_handle_state(fix.handle),
			 SMBMGMT_STATE_CONNECTED);
}
END_TEST

START_TEST(broken_list_each_time)
{
	ck_assert_int_eq(list(), 0);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 0,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	/* Once again over a new connection, and no more. */
	ck_assert_int_eq(list(), SMBMGMT_E_CONNECTION_LOST);
	ck_assert_uint_eq(connects(), 2);
	fix_calls(&fix, 3, 0);
	/* No connection is left: one is made, and that is all. */
	ck_assert_int_eq(list(), SMBMGMT_E_CONNECTION_LOST);
	ck_assert_uint_eq(connects(), 3);
	fix_calls(&fix, 4, 0);
}
END_TEST

START_TEST(broken_and_no_way_back)
{
	ck_assert_int_eq(list(), 0);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 1,
				 SMBMGMT_FAULT_ERROR,
				 SMBMGMT_E_CONNECTION_REFUSED, NULL);
	/* What stands in the way now. */
	ck_assert_int_eq(list(), SMBMGMT_E_CONNECTION_REFUSED);
	ck_assert_int_eq(list(), 0);
}
END_TEST

START_TEST(new_one_is_not_remade)
{
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	ck_assert_int_eq(list(), SMBMGMT_E_CONNECTION_LOST);
	ck_assert_uint_eq(connects(), 1);
}
END_TEST

START_TEST(broken_before_a_close)
{
	ck_assert_int_eq(list(), 0);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	fix_expect(fix_close(&fix, "2", FIX_FORCE, NULL, NULL), "0: CLOSED 2");
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  1);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
}
END_TEST

START_TEST(broken_close_is_not_sent_twice)
{
	ck_assert_int_eq(list(), 0);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	fix_expect(fix_close(&fix, "2", FIX_FORCE, NULL, NULL), "0: CLOSED 2");
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  1);
}
END_TEST

/* Removing a handle in each stage of its work. */
static const struct {
	int32_t op; /* that it hangs in */
	bool close;
	bool waits; /* for another's turn, that hangs in it */
} stages[] = {
	{SMBMGMT_OP_CONNECT, false, false}, {SMBMGMT_OP_CONNECT, true, false},
	{SMBMGMT_OP_LIST, false, false},    {SMBMGMT_OP_LIST, true, false},
	{SMBMGMT_OP_CLOSE, true, false},    {SMBMGMT_OP_CONNECT, false, true},
	{SMBMGMT_OP_LIST, false, true},	    {SMBMGMT_OP_LIST, true, true},
};

static void *close_it(void *code)
{
	smbmgmt_filter *filter = fix_filter("2");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_report *report = NULL;

	*(int32_t *)code = smbmgmt_close_sessions(
		fix.context, &fix.handle, 1, filter, action, &report, NULL);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	return NULL;
}

START_TEST(removed_at_work)
{
	pthread_t threads[2];
	int32_t codes[2] = {-1, SMBMGMT_E_REMOVED};
	int64_t start = 0;

	fix.deadline = 2 * LIMIT_MS;
	delay(stages[_i].op, LIMIT_MS);
	pthread_create(&threads[0], NULL,
		       stages[_i].close && !stages[_i].waits ? close_it
							     : list_it,
		       &codes[0]);
	/* Wherever it is by then, the outcome is the same. */
	procs_sleep(200);
	if (stages[_i].waits) {
		pthread_create(&threads[1], NULL,
			       stages[_i].close ? close_it : list_it,
			       &codes[1]);
		procs_sleep(200);
	}
	start = procs_now();
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	pthread_join(threads[0], NULL);
	if (stages[_i].waits)
		pthread_join(threads[1], NULL);
	ck_assert_int_lt(procs_now() - start, LIMIT_MS / 2);
	if (stages[_i].op == SMBMGMT_OP_CLOSE)
		ck_assert_int_eq(codes[0], SMBMGMT_E_CANCELLED);
	else
		ck_assert_int_eq(codes[0], SMBMGMT_E_REMOVED);
	ck_assert_int_eq(codes[1], SMBMGMT_E_REMOVED);
	ck_assert_int_eq(smbmgmt_handle_state(fix.handle),
			 SMBMGMT_STATE_REMOVED);
	ck_assert_int_eq(list(), SMBMGMT_E_REMOVED);
}
END_TEST

START_TEST(removed_while_idle)
{
	/* The timer is set; it goes with the connection. */
	set_idle(100);
	ck_assert_int_eq(list(), 0);
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	smbmgmt_handle_unref(fix.handle);
	fix.handle = fix_open(&fix, fix.memory);
	procs_sleep(300);
	ck_assert_int_eq(smbmgmt_handle_state(fix.handle),
			 SMBMGMT_STATE_DISCONNECTED);
	ck_assert_int_eq(list(), 0);
	ck_assert_uint_eq(connects(), 2);
	/* And this one is, when the context ends. */
}
END_TEST

static void set_limit(uint32_t limit)
{
	ck_assert_int_eq(
		smbmgmt_context_set_idle_limit(fix.context, limit, NULL), 0);
}

#define MANY 5

static void list_one(smbmgmt_handle *handle)
{
	smbmgmt_session_list *sessions = NULL;

	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &handle, 1, NULL,
					       NULL, &sessions, NULL),
			 0);
	smbmgmt_session_list_unref(sessions);
}

/* Which of them are connected, as `11000`. */
static void expect_states(smbmgmt_handle *const *handles, const char *expected)
{
	char got[MANY + 1] = "";

	for (int i = 0; i < MANY; i++)
		got[i] = smbmgmt_handle_state(handles[i]) ==
					 SMBMGMT_STATE_CONNECTED
				 ? '1'
				 : '0';
	ck_assert_str_eq(got, expected);
}

START_TEST(least_recently_used_goes_first)
{
	smbmgmt_handle *handles[MANY];

	set_limit(2);
	for (int i = 0; i < MANY; i++)
		handles[i] = fix_open(&fix, fix.memory);
	for (int i = 0; i < 3; i++)
		list_one(handles[i]);
	expect_states(handles, "01100");
	/* Used again: it is the other one that goes. */
	list_one(handles[1]);
	list_one(handles[3]);
	expect_states(handles, "01010");
	ck_assert_uint_eq(connects(), 4);
	/* One that ended is not among them any more. */
	ck_assert_int_eq(smbmgmt_remove_handle(handles[1], NULL), 0);
	list_one(handles[4]);
	expect_states(handles, "00011");
	/* What is kept longest counts, not what was made first. */
	set_limit(1);
	list_one(handles[3]);
	expect_states(handles, "00010");
	ck_assert_uint_eq(connects(), 5);
	set_limit(0);
	list_one(handles[3]);
	expect_states(handles, "00000");
	set_limit(UINT32_MAX);
	for (int i = 0; i < MANY; i++) {
		if (i != 1)
			list_one(handles[i]);
	}
	expect_states(handles, "10111");
	for (int i = 0; i < MANY; i++)
		smbmgmt_handle_unref(handles[i]);
}
END_TEST

START_TEST(broken_ones_do_not_count)
{
	smbmgmt_handle *handles[MANY];

	set_limit(2);
	for (int i = 0; i < MANY; i++)
		handles[i] = fix_open(&fix, fix.memory);
	list_one(handles[0]);
	list_one(handles[1]);
	/* It was fresh and broke, so it is not made again. */
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	ck_assert_int_eq(list(), SMBMGMT_E_CONNECTION_LOST);
	expect_states(handles, "11000");
	for (int i = 0; i < MANY; i++)
		smbmgmt_handle_unref(handles[i]);
}
END_TEST

START_TEST(limited_and_closed)
{
	smbmgmt_handle *handles[MANY];
	smbmgmt_filter *filter = fix_filter("2");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_report *report = NULL;

	/* Listed to plan, dropped, and listed anew before anything is sent. */
	set_limit(0);
	for (int i = 0; i < MANY; i++)
		handles[i] = fix_open(&fix, fix.memory);
	ck_assert_int_eq(smbmgmt_close_sessions(fix.context, handles, 1, filter,
						action, &report, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_report_outcome(report, 0),
			 SMBMGMT_OUTCOME_CLOSED);
	fix_calls(&fix, 3, 1);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	for (int i = 0; i < MANY; i++)
		smbmgmt_handle_unref(handles[i]);
}
END_TEST

START_TEST(bad_arguments)
{
	ck_assert_int_eq(smbmgmt_context_set_idle_limit(NULL, 1, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_context_set_idle_timeout(NULL, 1, NULL),
			 SMBMGMT_E_INVALID);
	set_idle(UINT32_MAX);
	ck_assert_int_eq(list(), 0);
	procs_sleep(50);
	ck_assert_int_eq(smbmgmt_handle_state(fix.handle),
			 SMBMGMT_STATE_CONNECTED);
}
END_TEST

static TCase *a_case(Suite *suite, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 4.0 * LIMIT_MS / 1000);
	suite_add_tcase(suite, tc);
	return tc;
}

int main(void)
{
	Suite *suite = suite_create("engine/life");
	TCase *idle = a_case(suite, "idle");
	TCase *broken = a_case(suite, "broken");
	TCase *removed = a_case(suite, "removed");

	tcase_add_test(idle, idle_is_dropped);
	tcase_add_test(idle, idle_from_open);
	tcase_add_test(idle, never_dropped);
	tcase_add_test(idle, not_dropped_by_default);
	tcase_add_test(idle, each_use_counts_anew);
	tcase_add_test(idle, not_dropped_in_use);
	tcase_add_test(idle, closes_after_a_drop);
	tcase_add_test(idle, least_recently_used_goes_first);
	tcase_add_test(idle, broken_ones_do_not_count);
	tcase_add_test(idle, limited_and_closed);
	tcase_add_test(idle, bad_arguments);
	tcase_add_loop_test(broken, broken_list_once, 0,
			    sizeof(breaks) / sizeof(breaks[0]));
	tcase_add_test(broken, broken_list_each_time);
	tcase_add_test(broken, broken_and_no_way_back);
	tcase_add_test(broken, new_one_is_not_remade);
	tcase_add_test(broken, broken_before_a_close);
	tcase_add_test(broken, broken_close_is_not_sent_twice);
	tcase_add_loop_test(removed, removed_at_work, 0,
			    sizeof(stages) / sizeof(stages[0]));
	tcase_add_test(removed, removed_while_idle);
	return run_suite(suite);
}
