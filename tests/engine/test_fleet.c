/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * 1,000 servers in one job, each a table of its own: how many are in flight,
 * in which order they begin, and what the dead and the slow do to the others.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "jobs.h"
#include "suite.h"

#define SERVERS 1000
/* Every hundredth server is dead, and every hundredth stalls. */
#define DEAD(i) ((i) % 200 == 100)
#define STALLED(i) ((i) % 200 == 0)
#define BAD 5
#define REST (SERVERS - 2 * BAD)
/* Of one step, where what stalls is to be given up. */
#define DEADLINE_MS 500

static smbmgmt_memory *tables[SERVERS];
static smbmgmt_handle *handles[SERVERS];

static smbmgmt_handle *open_table(int i)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	char name[32];

	snprintf(name, sizeof(name), "memory:s%d", i);
	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
	smbmgmt_open_options_set_memory(options, tables[i], NULL);
	smbmgmt_open_options_set_skip_test(options, 1, NULL);
	ck_assert_int_eq(
		smbmgmt_open_handle(fix.context, name, options, &handle, NULL),
		0);
	smbmgmt_open_options_unref(options);
	return handle;
}

static void fleet_up(void)
{
	fix_up(&fix);
	for (int i = 0; i < SERVERS; i++) {
		ck_assert_int_eq(smbmgmt_memory_new(&tables[i], NULL), 0);
		fix_rows(tables[i], 2);
		handles[i] = open_table(i);
	}
}

static void fleet_down(void)
{
	for (int i = 0; i < SERVERS; i++) {
		smbmgmt_handle_unref(handles[i]);
		smbmgmt_memory_unref(tables[i]);
	}
	fix_down(&fix);
}

static void delay_all(int32_t op, uint32_t ms)
{
	for (int i = 0; i < SERVERS; i++)
		smbmgmt_memory_set_delay(tables[i], op, ms, NULL);
}

/* Five are dead, and five never get over @op. */
static void spoil(int32_t op)
{
	for (int i = 0; i < SERVERS; i++) {
		if (DEAD(i))
			smbmgmt_memory_add_fault(tables[i], SMBMGMT_OP_CONNECT,
						 0, SMBMGMT_FAULT_ERROR,
						 SMBMGMT_E_UNREACHABLE, NULL);
		else if (STALLED(i))
			smbmgmt_memory_set_delay(tables[i], op, STALL_MS, NULL);
	}
}

static smbmgmt_job *list_all(int32_t throttle, uint32_t deadline)
{
	smbmgmt_list_options *options = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_list_options_new(&options, NULL), 0);
	smbmgmt_list_options_set_throttle(options, throttle, NULL);
	smbmgmt_list_options_set_deadline(options, deadline, NULL);
	ck_assert_int_eq(smbmgmt_start_list(fix.context, handles, SERVERS, NULL,
					    options, &job, NULL),
			 0);
	smbmgmt_list_options_unref(options);
	return job;
}

/*
 * How many servers have begun, and how many of them are in flight.  Read from
 * the last one down: whoever is in flight when it is read here was so, too,
 * when the last one that had begun was read, as all before that one had begun.
 */
static uint32_t in_flight(const smbmgmt_job *job, uint32_t *begun)
{
	uint32_t flying = 0;

	*begun = 0;
	for (uint32_t i = SERVERS; i > 0; i--) {
		int32_t state = smbmgmt_job_server_state(job, i - 1);

		if (state != SMBMGMT_JOB_SERVER_WAITING && *begun == 0)
			*begun = i;
		flying += state == SMBMGMT_JOB_SERVER_RUNNING;
		ck_assert_msg(
			*begun == 0 || state != SMBMGMT_JOB_SERVER_WAITING,
			"server %u has begun before %u", *begun - 1, i - 1);
	}
	return flying;
}

/* Until the job is complete; the most that were in flight at once. */
static uint32_t watch(smbmgmt_job *job, uint32_t throttle)
{
	uint32_t begun_before = 0;
	uint32_t most = 0;

	while (!smbmgmt_job_is_complete(job)) {
		uint32_t begun = 0;
		uint32_t flying = in_flight(job, &begun);

		ck_assert_uint_le(flying, throttle);
		ck_assert_uint_ge(begun, begun_before);
		begun_before = begun;
		most = flying > most ? flying : most;
		pause_ms(1);
	}
	return most;
}

static const uint32_t throttles[] = {1, 32, 999, 5000};

/* None of them answers: those in flight are the first, and as many as may. */
START_TEST(exactly_the_throttle)
{
	uint32_t throttle = throttles[_i];
	uint32_t most = throttle < SERVERS ? throttle : SERVERS;
	smbmgmt_job *job = NULL;
	uint32_t begun = 0;

	delay_all(SMBMGMT_OP_CONNECT, STALL_MS);
	job = list_all((int32_t)throttle, STALL_MS);
	for (int i = 0; i < LIMIT_MS && begun < most; i++) {
		ck_assert_uint_le(in_flight(job, &begun), throttle);
		pause_ms(1);
	}
	/* If more were to come, they would by now. */
	pause_ms(20);
	ck_assert_uint_eq(in_flight(job, &begun), most);
	ck_assert_uint_eq(begun, most);
	ck_assert_uint_eq(smbmgmt_job_servers_done(job), 0);
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	smbmgmt_job_unref(job);
}
END_TEST

/* One by one, or some at once: in the order of the handles, each once. */
START_TEST(in_order)
{
	uint32_t throttle = throttles[_i];
	int64_t began = 0;
	smbmgmt_job *job = NULL;

	delay_all(SMBMGMT_OP_LIST, throttle == 1 ? 1 : 10);
	began = now_ms();
	job = list_all((int32_t)throttle, STALL_MS);
	ck_assert_uint_gt(watch(job, throttle), 0);
	expect(job, 0);
	/* No sooner than the rounds take, of which the last may be short. */
	if (throttle == 32)
		ck_assert_int_ge(now_ms() - began, SERVERS / 32 * 9);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), 2 * SERVERS);
	smbmgmt_job_unref(job);
	for (int i = 0; i < SERVERS; i++) {
		ck_assert_uint_eq(
			smbmgmt_memory_calls(tables[i], SMBMGMT_OP_LIST), 1);
		ck_assert_uint_eq(
			smbmgmt_memory_calls(tables[i], SMBMGMT_OP_CONNECT), 1);
	}
}
END_TEST

static int32_t expected_state(int i, int32_t stalled)
{
	return DEAD(i)	    ? SMBMGMT_JOB_SERVER_FAILED
	       : STALLED(i) ? stalled
			    : SMBMGMT_JOB_SERVER_DONE;
}

static void expect_states(const smbmgmt_job *job, int32_t stalled)
{
	for (int i = 0; i < SERVERS; i++)
		ck_assert_msg(smbmgmt_job_server_state(job, (uint32_t)i) ==
				      expected_state(i, stalled),
			      "server %d", i);
}

/* Errors name the ten, each once, each with its code. */
static uint32_t named(smbmgmt_error *error, int32_t stalled)
{
	int i = -1;

	ck_assert_ptr_nonnull(error);
	ck_assert_int_eq(
		sscanf(smbmgmt_error_computer(error), "memory:s%d", &i), 1);
	ck_assert(i >= 0 && i < SERVERS && (DEAD(i) || STALLED(i)));
	ck_assert_int_eq(smbmgmt_error_code(error),
			 DEAD(i) ? SMBMGMT_E_UNREACHABLE : stalled);
	return (uint32_t)i;
}

#define EXPECT_NAMED(of, count, error, stalled)                                \
	do {                                                                   \
		bool seen[SERVERS] = {false};                                  \
		ck_assert_uint_eq(count(of), 2 * BAD);                         \
		for (uint32_t e = 0; e < 2 * BAD; e++) {                       \
			uint32_t i_ = named(error(of, e), stalled);            \
			ck_assert(!seen[i_]);                                  \
			seen[i_] = true;                                       \
		}                                                              \
	} while (0)

static void expect_list(smbmgmt_job *job, int32_t stalled)
{
	smbmgmt_session_list *list = smbmgmt_job_list(job);

	ck_assert_uint_eq(smbmgmt_session_list_count(list), 2 * REST);
	EXPECT_NAMED(list, smbmgmt_session_list_error_count,
		     smbmgmt_session_list_error, stalled);
	smbmgmt_session_list_unref(list);
}

/*
 * What stalls keeps its places until the end.  All the others are done
 * meanwhile, and begin as if there were so many places less.
 */
START_TEST(slow_ones_delay_nobody)
{
	uint32_t begun = 0;
	smbmgmt_job *job = NULL;

	delay_all(SMBMGMT_OP_LIST, 5);
	spoil(SMBMGMT_OP_LIST);
	job = list_all(32, STALL_MS);
	for (int i = 0;
	     i < LIMIT_MS && smbmgmt_job_servers_done(job) < SERVERS - BAD;
	     i++) {
		ck_assert_uint_le(in_flight(job, &begun), 32);
		pause_ms(1);
	}
	ck_assert_int_eq(smbmgmt_job_is_complete(job), 0);
	expect_states(job, SMBMGMT_JOB_SERVER_RUNNING);
	cancel(job);
	expect(job, SMBMGMT_E_PARTIAL);
	expect_states(job, SMBMGMT_JOB_SERVER_CANCELLED);
	expect_list(job, SMBMGMT_E_CANCELLED);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(list_names_the_ten)
{
	smbmgmt_job *job = NULL;

	spoil(SMBMGMT_OP_LIST);
	job = list_all(32, DEADLINE_MS);
	watch(job, 32);
	expect(job, SMBMGMT_E_PARTIAL);
	expect_states(job, SMBMGMT_JOB_SERVER_FAILED);
	expect_list(job, SMBMGMT_E_TIMED_OUT);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(plan_names_the_ten)
{
	smbmgmt_filter *filter = fix_filter("u=u1");
	smbmgmt_policy *policy = NULL;
	smbmgmt_plan *plan = NULL;
	smbmgmt_job *job = NULL;

	spoil(SMBMGMT_OP_CONNECT);
	ck_assert_int_eq(smbmgmt_policy_new(&policy, NULL), 0);
	smbmgmt_policy_set_deadline(policy, DEADLINE_MS, NULL);
	ck_assert_int_eq(smbmgmt_start_plan(fix.context, handles, SERVERS,
					    filter, policy, &job, NULL),
			 0);
	smbmgmt_policy_unref(policy);
	smbmgmt_filter_unref(filter);
	watch(job, SERVERS);
	expect(job, SMBMGMT_E_PARTIAL);
	plan = smbmgmt_job_plan(job);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), REST);
	smbmgmt_job_unref(job);
	ck_assert_uint_eq(smbmgmt_plan_count(plan), REST);
	EXPECT_NAMED(plan, smbmgmt_plan_error_count, smbmgmt_plan_error,
		     SMBMGMT_E_TIMED_OUT);
	smbmgmt_plan_unref(plan);
}
END_TEST

static smbmgmt_job *close_all(const char *which, int32_t throttle)
{
	smbmgmt_filter *filter = fix_filter(which);
	smbmgmt_action *action = NULL;
	smbmgmt_job *job = NULL;

	fix.deadline = DEADLINE_MS;
	action = fix_action(&fix, FIX_FORCE, NULL);
	ck_assert_int_eq(smbmgmt_action_set_throttle(action, throttle, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_start_close(fix.context, handles, SERVERS,
					     filter, action, &job, NULL),
			 0);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	return job;
}

/* Counts only grow, and no table loses another session than u1's. */
static void watch_close(smbmgmt_job *job)
{
	uint64_t sessions = 0;
	uint64_t closed = 0;
	uint64_t failed = 0;
	uint32_t done = 0;

	while (!smbmgmt_job_is_complete(job)) {
		uint32_t begun = 0;

		in_flight(job, &begun);
		ck_assert_uint_ge(smbmgmt_job_sessions(job), sessions);
		ck_assert_uint_ge(smbmgmt_job_closed(job), closed);
		ck_assert_uint_ge(smbmgmt_job_failed(job), failed);
		ck_assert_uint_ge(smbmgmt_job_servers_done(job), done);
		failed = smbmgmt_job_failed(job);
		closed = smbmgmt_job_closed(job);
		sessions = smbmgmt_job_sessions(job);
		done = smbmgmt_job_servers_done(job);
		pause_ms(1);
	}
	for (int i = 0; i < SERVERS; i++)
		ck_assert_uint_ge(smbmgmt_memory_count(tables[i]), 1);
}

START_TEST(close_names_the_ten)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;

	spoil(SMBMGMT_OP_LIST);
	job = close_all("u=u1", 32);
	watch_close(job);
	expect(job, SMBMGMT_E_PARTIAL);
	expect_states(job, SMBMGMT_JOB_SERVER_FAILED);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), REST);
	ck_assert_uint_eq(smbmgmt_job_closed(job), REST);
	ck_assert_uint_eq(smbmgmt_job_failed(job), 0);
	report = smbmgmt_job_report(job);
	ck_assert_uint_eq(smbmgmt_report_count(report), REST);
	EXPECT_NAMED(report, smbmgmt_report_error_count, smbmgmt_report_error,
		     SMBMGMT_E_TIMED_OUT);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
	for (int i = 0; i < SERVERS; i++)
		ck_assert_uint_eq(
			smbmgmt_memory_calls(tables[i], SMBMGMT_OP_CLOSE),
			!DEAD(i) && !STALLED(i));
}
END_TEST

/* It was sent to them, and they say nothing: not closed, each by its name. */
START_TEST(close_that_stalls)
{
	smbmgmt_report *report = NULL;
	smbmgmt_job *job = NULL;
	uint32_t closed = 0;

	spoil(SMBMGMT_OP_CLOSE);
	job = close_all("u=u1", 32);
	watch_close(job);
	expect(job, SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(smbmgmt_job_sessions(job), REST + BAD);
	ck_assert_uint_eq(smbmgmt_job_closed(job), REST);
	ck_assert_uint_eq(smbmgmt_job_failed(job), BAD);
	report = smbmgmt_job_report(job);
	ck_assert_uint_eq(smbmgmt_report_count(report), REST + BAD);
	for (uint32_t i = 0; i < REST + BAD; i++) {
		int server = -1;

		sscanf(smbmgmt_session_server(
			       smbmgmt_report_session(report, i)),
		       "memory:s%d", &server);
		ck_assert(server >= 0 && server < SERVERS && !DEAD(server));
		ck_assert_int_eq(smbmgmt_report_was_sent(report, i), 1);
		if (STALLED(server))
			ck_assert_int_ne(smbmgmt_report_outcome_code(report, i),
					 0);
		else
			closed += smbmgmt_report_outcome(report, i) ==
				  SMBMGMT_OUTCOME_CLOSED;
	}
	ck_assert_uint_eq(closed, REST);
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(negative_is_an_error)
{
	smbmgmt_list_options *options = NULL;
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_error *error = NULL;
	const int32_t bad[] = {-1, -32, INT32_MIN};

	ck_assert_int_eq(smbmgmt_list_options_new(&options, NULL), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(smbmgmt_list_options_set_throttle(
					 options, bad[i], &error),
				 SMBMGMT_E_INVALID);
		ck_assert_ptr_nonnull(error);
		smbmgmt_error_unref(error);
		error = NULL;
		ck_assert_int_eq(
			smbmgmt_action_set_throttle(action, bad[i], &error),
			SMBMGMT_E_INVALID);
		ck_assert_ptr_nonnull(error);
		smbmgmt_error_unref(error);
		error = NULL;
	}
	smbmgmt_action_unref(action);
	smbmgmt_list_options_unref(options);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fleet");
	TCase *t = tcase_create("fleet");
	int count = sizeof(throttles) / sizeof(throttles[0]);

	tcase_add_checked_fixture(t, fleet_up, fleet_down);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, exactly_the_throttle, 0, count);
	tcase_add_loop_test(t, in_order, 0, count);
	tcase_add_test(t, slow_ones_delay_nobody);
	tcase_add_test(t, list_names_the_ten);
	tcase_add_test(t, plan_names_the_ten);
	tcase_add_test(t, close_names_the_ten);
	tcase_add_test(t, close_that_stalls);
	tcase_add_test(t, negative_is_an_error);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
