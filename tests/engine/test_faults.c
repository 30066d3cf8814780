/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What goes wrong on the way: handles that are removed under a call, broken
 * connections, deadlines, and servers of which only some answer.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "procs.h"
#include "suite.h"

/* Longer than any test may take. */
#define STUCK 50000

static struct fix fix;

static void up(void)
{
	fix_up(&fix);
}

static void down(void)
{
	fix_down(&fix);
}

static void fault(smbmgmt_memory *memory, int32_t op, uint32_t nth,
		  int32_t kind, int32_t code)
{
	ck_assert_int_eq(
		smbmgmt_memory_add_fault(memory, op, nth, kind, code, NULL), 0);
}

static void slow(smbmgmt_memory *memory, int32_t op, uint32_t milliseconds)
{
	ck_assert_int_eq(
		smbmgmt_memory_set_delay(memory, op, milliseconds, NULL), 0);
}

/* List the handles; their failures, how many rows, and the overall code. */
static int32_t list(smbmgmt_handle *const *handles, uint32_t n,
		    const char *filter, int32_t throttle, uint32_t *rows,
		    uint32_t *errors)
{
	smbmgmt_filter *f = fix_filter(filter);
	smbmgmt_list_options *options = NULL;
	smbmgmt_session_list *l = NULL;
	int32_t code;

	ck_assert_int_eq(smbmgmt_list_options_new(&options, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_list_options_set_throttle(options, throttle, NULL), 0);
	code = smbmgmt_list_sessions(fix.context, handles, n, f, options, &l,
				     NULL);
	ck_assert_ptr_nonnull(l);
	*rows = smbmgmt_session_list_count(l);
	*errors = smbmgmt_session_list_error_count(l);
	smbmgmt_session_list_unref(l);
	smbmgmt_list_options_unref(options);
	smbmgmt_filter_unref(f);
	return code;
}

static int32_t list_one(uint32_t *rows)
{
	uint32_t errors = 0;

	return list(&fix.handle, 1, "", 0, rows, &errors);
}

/* A call that another thread makes. */
struct caller {
	pthread_t thread;
	const char *filter; /* close it; NULL: list */
	char *closed;
	int32_t code;
	smbmgmt_report *report;
};

static void *make_call(void *userdata)
{
	struct caller *caller = userdata;
	uint32_t rows = 0;

	if (caller->filter == NULL)
		caller->code = list_one(&rows);
	else
		caller->closed = fix_close(&fix, caller->filter, FIX_FORCE,
					   NULL, &caller->report);
	return NULL;
}

/* Go on when the call has asked for @count of @op, and is in its next step. */
static void start(struct caller *caller, const char *filter, int32_t op,
		  uint64_t count)
{
	memset(caller, 0, sizeof(*caller));
	caller->filter = filter;
	ck_assert_int_eq(
		pthread_create(&caller->thread, NULL, make_call, caller), 0);
	while (smbmgmt_memory_calls(fix.memory, op) < count)
		procs_sleep(1);
	procs_sleep(100);
}

static void finish(struct caller *caller)
{
	ck_assert_int_eq(pthread_join(caller->thread, NULL), 0);
}

START_TEST(removed_in_a_close)
{
	struct caller caller;

	fix_rows(fix.memory, 2);
	slow(fix.memory, SMBMGMT_OP_CLOSE, STUCK);
	start(&caller, "1..2", SMBMGMT_OP_LIST, 1);
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	finish(&caller);
	fix_expect(caller.closed, "CANCELLED: CANCELLED 1, CANCELLED 2");
	/* One was on its way, and may have happened. */
	ck_assert_int_eq(smbmgmt_report_was_sent(caller.report, 0), 1);
	ck_assert_int_eq(smbmgmt_report_was_sent(caller.report, 1), 0);
	smbmgmt_report_unref(caller.report);
}
END_TEST

START_TEST(removed_in_a_look)
{
	struct caller caller;

	fix_rows(fix.memory, 1);
	smbmgmt_memory_set_linger(fix.memory, STUCK, NULL);
	start(&caller, "1", SMBMGMT_OP_LIST, 2);
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	finish(&caller);
	fix_expect(caller.closed, "CANCELLED: CANCELLED 1");
	ck_assert_int_eq(smbmgmt_report_was_sent(caller.report, 0), 1);
	smbmgmt_report_unref(caller.report);
}
END_TEST

START_TEST(removed_in_a_step)
{
	struct caller first;
	struct caller second;

	/* Connecting, then listing; another call waits for its turn. */
	slow(fix.memory, _i == 0 ? SMBMGMT_OP_CONNECT : SMBMGMT_OP_LIST, STUCK);
	start(&first, NULL, SMBMGMT_OP_CONNECT, (uint64_t)_i);
	start(&second, NULL, SMBMGMT_OP_CONNECT, (uint64_t)_i);
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	finish(&first);
	finish(&second);
	ck_assert_int_eq(first.code, SMBMGMT_E_REMOVED);
	ck_assert_int_eq(second.code, SMBMGMT_E_REMOVED);
	fix_calls(&fix, 0, 0);
}
END_TEST

START_TEST(context_dropped_in_a_call)
{
	struct caller caller;

	fix_rows(fix.memory, 2);
	slow(fix.memory, SMBMGMT_OP_LIST, 300);
	start(&caller, "1", SMBMGMT_OP_CONNECT, 1);
	/* The call keeps it until it is done. */
	smbmgmt_context_unref(fix.context);
	fix.context = NULL;
	finish(&caller);
	fix_expect(caller.closed, "0: CLOSED 1");
	smbmgmt_report_unref(caller.report);
	ck_assert_int_eq(smbmgmt_handle_state(fix.handle),
			 SMBMGMT_STATE_REMOVED);
}
END_TEST

/* A fault, what it is called then, and that the next call works again. */
static const struct {
	int32_t op;
	int32_t kind;
	int32_t code;
	int32_t expected;
	uint64_t connects;
} steps[] = {
	{SMBMGMT_OP_CONNECT, SMBMGMT_FAULT_ERROR, SMBMGMT_E_LOGON_FAILED,
	 SMBMGMT_E_LOGON_FAILED, 2},
	{SMBMGMT_OP_CONNECT, SMBMGMT_FAULT_LOST, 0, SMBMGMT_E_CONNECTION_LOST,
	 2},
	{SMBMGMT_OP_LIST, SMBMGMT_FAULT_ERROR, SMBMGMT_E_LIST_DENIED,
	 SMBMGMT_E_LIST_DENIED, 1},
	{SMBMGMT_OP_LIST, SMBMGMT_FAULT_LOST, 0, SMBMGMT_E_CONNECTION_LOST, 2},
};

START_TEST(step_fails)
{
	uint32_t rows = 0;

	fix_rows(fix.memory, 2);
	fault(fix.memory, steps[_i].op, 1, steps[_i].kind, steps[_i].code);
	ck_assert_int_eq(list_one(&rows), steps[_i].expected);
	ck_assert_uint_eq(rows, 0);
	ck_assert_int_eq(list_one(&rows), 0);
	ck_assert_uint_eq(rows, 2);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CONNECT),
			  steps[_i].connects);
}
END_TEST

START_TEST(lost_again_and_again)
{
	fix_rows(fix.memory, 4);
	fault(fix.memory, SMBMGMT_OP_CLOSE, 0, SMBMGMT_FAULT_LOST, 0);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, NULL),
		   "PARTIAL: CLOSED 1, CLOSED 2, CLOSED 3, FAILED 4");
	/* What was lost was looked for each time, and never sent again. */
	fix_calls(&fix, 4, 3);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
}
END_TEST

START_TEST(lost_and_lingering)
{
	fix_rows(fix.memory, 2);
	smbmgmt_memory_set_linger(fix.memory, 200, NULL);
	fault(fix.memory, SMBMGMT_OP_CLOSE, 1, SMBMGMT_FAULT_LOST, 0);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1, CLOSED 2");
	/* The new listing still shows the first one: not asked for twice. */
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  2);
}
END_TEST

START_TEST(lost_and_back)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	smbmgmt_memory_set_reconnects(fix.memory, 1, NULL);
	fault(fix.memory, SMBMGMT_OP_CLOSE, 1, SMBMGMT_FAULT_LOST, 0);
	fix_expect(fix_close(&fix, "u=u1 u=u2", FIX_FORCE, NULL, &report),
		   "0: RECONNECTED 1, CLOSED 2");
	/* Who came back in between was not in the plan. */
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  2);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(connect_times_out)
{
	uint32_t rows = 0;

	fix_rows(fix.memory, 1);
	fix.deadline = 50;
	slow(fix.memory, SMBMGMT_OP_CONNECT, STUCK);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "TIMED_OUT:");
	slow(fix.memory, SMBMGMT_OP_CONNECT, 0);
	ck_assert_int_eq(list_one(&rows), 0);
	ck_assert_uint_eq(rows, 1);
}
END_TEST

#define SERVERS 8

struct many {
	smbmgmt_memory *memories[SERVERS];
	smbmgmt_handle *handles[SERVERS];
};

static void many_up(struct many *many)
{
	for (int i = 0; i < SERVERS; i++) {
		ck_assert_int_eq(smbmgmt_memory_new(&many->memories[i], NULL),
				 0);
		fix_rows(many->memories[i], 2);
		many->handles[i] = fix_open(&fix, many->memories[i]);
	}
}

static void many_down(struct many *many)
{
	for (int i = 0; i < SERVERS; i++) {
		smbmgmt_handle_unref(many->handles[i]);
		smbmgmt_memory_unref(many->memories[i]);
	}
}

START_TEST(all_fail)
{
	struct many many;
	uint32_t rows = 0;
	uint32_t errors = 0;

	many_up(&many);
	for (int i = 0; i < SERVERS; i++)
		fault(many.memories[i], SMBMGMT_OP_LIST, 1, SMBMGMT_FAULT_ERROR,
		      SMBMGMT_E_LIST_DENIED);
	ck_assert_int_eq(list(many.handles, SERVERS, "", 0, &rows, &errors),
			 SMBMGMT_E_LIST_DENIED);
	ck_assert_uint_eq(errors, SERVERS);
	ck_assert_uint_eq(rows, 0);
	many_down(&many);
}
END_TEST

START_TEST(some_fail)
{
	struct many many;
	uint32_t rows = 0;
	uint32_t errors = 0;

	many_up(&many);
	fault(many.memories[3], SMBMGMT_OP_CONNECT, 1, SMBMGMT_FAULT_ERROR,
	      SMBMGMT_E_CONNECTION_REFUSED);
	ck_assert_int_eq(list(many.handles, SERVERS, "", 0, &rows, &errors),
			 SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(errors, 1);
	ck_assert_uint_eq(rows, 2 * (SERVERS - 1));
	/* The one that failed may have had it: not found is not said. */
	fault(many.memories[3], SMBMGMT_OP_CONNECT, 1, SMBMGMT_FAULT_ERROR,
	      SMBMGMT_E_CONNECTION_REFUSED);
	ck_assert_int_eq(list(many.handles, SERVERS, "77", 0, &rows, &errors),
			 SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(errors, 1);
	/* Nor of a listing that may lack it. */
	fault(many.memories[3], SMBMGMT_OP_LIST, 1, SMBMGMT_FAULT_INCOMPLETE,
	      0);
	ck_assert_int_eq(list(many.handles, SERVERS, "77", 0, &rows, &errors),
			 SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(errors, 1);
	ck_assert_int_eq(list(many.handles, SERVERS, "77", 0, &rows, &errors),
			 SMBMGMT_E_NOT_FOUND);
	many_down(&many);
}
END_TEST

START_TEST(one_is_removed)
{
	struct many many;
	uint32_t rows = 0;
	uint32_t errors = 0;

	many_up(&many);
	ck_assert_int_eq(smbmgmt_remove_handle(many.handles[0], NULL), 0);
	ck_assert_int_eq(list(many.handles, SERVERS, "", 0, &rows, &errors),
			 SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(errors, 1);
	ck_assert_uint_eq(rows, 2 * (SERVERS - 1));
	many_down(&many);
}
END_TEST

START_TEST(throttled)
{
	struct many many;
	uint32_t rows = 0;
	uint32_t errors = 0;
	int64_t began = 0;

	many_up(&many);
	for (int i = 0; i < SERVERS; i++)
		slow(many.memories[i], SMBMGMT_OP_LIST, 50);
	began = procs_now();
	ck_assert_int_eq(list(many.handles, SERVERS, "", 2, &rows, &errors), 0);
	ck_assert_uint_eq(rows, 2 * SERVERS);
	/* Two at once: one after the other four times. */
	ck_assert_int_ge(procs_now() - began, 50 * SERVERS / 2);
	/* All at once: a second for each, in less than that for all. */
	for (int i = 0; i < SERVERS; i++)
		slow(many.memories[i], SMBMGMT_OP_LIST, 1000);
	began = procs_now();
	ck_assert_int_eq(list(many.handles, SERVERS, "", 0, &rows, &errors), 0);
	ck_assert_int_lt(procs_now() - began, 1000 * SERVERS);
	many_down(&many);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("faults");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, removed_in_a_close);
	tcase_add_test(t, removed_in_a_look);
	tcase_add_loop_test(t, removed_in_a_step, 0, 2);
	tcase_add_test(t, context_dropped_in_a_call);
	tcase_add_loop_test(t, step_fails, 0, sizeof(steps) / sizeof(steps[0]));
	tcase_add_test(t, lost_again_and_again);
	tcase_add_test(t, lost_and_lingering);
	tcase_add_test(t, lost_and_back);
	tcase_add_test(t, connect_times_out);
	tcase_add_test(t, all_fail);
	tcase_add_test(t, some_fail);
	tcase_add_test(t, one_is_removed);
	tcase_add_test(t, throttled);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
