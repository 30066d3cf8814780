/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Several connections to one server: how many, when, and what must hold all
 * the same.  On memory tables: what is in flight is counted by the audit's
 * intents while the closes hang, connections by the table.
 */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs.h"
#include "suite.h"

static atomic_uint intents;

static void take(const char *record, void *userdata)
{
	(void)userdata;
	if (strstr(record, "\"record\":\"intent\"") != NULL)
		atomic_fetch_add(&intents, 1);
}

static void up(void)
{
	fix_up(&fix);
	fix_rows(fix.memory, 40);
	atomic_store(&intents, 0);
	ck_assert_int_eq(
		smbmgmt_context_set_audit(fix.context, take, NULL, NULL, NULL),
		0);
}

static void down(void)
{
	fix_down(&fix);
}

static uint64_t calls(int32_t op)
{
	return smbmgmt_memory_calls(fix.memory, op);
}

static uint64_t connects(void)
{
	return calls(SMBMGMT_OP_CONNECT);
}

static void fault(int32_t op, uint32_t nth, int32_t kind, int32_t code)
{
	ck_assert_int_eq(
		smbmgmt_memory_add_fault(fix.memory, op, nth, kind, code, NULL),
		0);
}

/* The callback is called in calls of the library: this is one. */
static void deliver(void)
{
	ck_assert_int_eq(
		smbmgmt_context_set_idle_timeout(fix.context, 60000, NULL), 0);
}

/* So many closes are on their way, and stay the only ones. */
static void in_flight(unsigned int expected)
{
	int64_t limit = now_ms() + LIMIT_MS;

	while (atomic_load(&intents) < expected) {
		ck_assert_msg(now_ms() < limit, "%u closes in flight, not %u",
			      atomic_load(&intents), expected);
		pause_ms(5);
		deliver();
	}
	pause_ms(100);
	deliver();
	ck_assert_uint_eq(atomic_load(&intents), expected);
}

static smbmgmt_job *start(const char *which, unsigned int flags)
{
	return start_close(&fix.handle, 1, which, FIX_FORCE | flags);
}

static unsigned int outcomes(smbmgmt_job *job, int32_t outcome)
{
	smbmgmt_report *report = smbmgmt_job_report(job);
	unsigned int n = 0;

	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++)
		n += smbmgmt_report_outcome(report, i) == outcome;
	smbmgmt_report_unref(report);
	return n;
}

static unsigned int sent(smbmgmt_job *job)
{
	smbmgmt_report *report = smbmgmt_job_report(job);
	unsigned int n = 0;

	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++)
		n += smbmgmt_report_was_sent(report, i) == 1;
	smbmgmt_report_unref(report);
	return n;
}

/* All of them are closed, each was asked for once. */
static void all_closed(const char *which, unsigned int flags, unsigned int n)
{
	smbmgmt_job *job = start(which, flags);

	expect(job, 0);
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_CLOSED), n);
	ck_assert_uint_eq(calls(SMBMGMT_OP_CLOSE), n);
	smbmgmt_job_unref(job);
}

/* Allowed, and how many there are with 40 to close. */
static const struct {
	int32_t allowed;
	unsigned int lanes;
} limits[] = {{1, 1}, {2, 2}, {5, 5}, {39, 39}, {64, 40}, {INT32_MAX, 40}};

START_TEST(so_many_at_once)
{
	smbmgmt_job *job = NULL;

	fix.per_server = limits[_i].allowed;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	job = start("1..40", 0);
	in_flight(limits[_i].lanes);
	ck_assert_uint_eq(connects(), limits[_i].lanes);
	/* Each was perhaps done; nothing else was sent. */
	cancel(job);
	expect(job, SMBMGMT_E_CANCELLED);
	ck_assert_uint_eq(sent(job), limits[_i].lanes);
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_CANCELLED), 40);
	smbmgmt_job_unref(job);
	/* The connections are gone, the handle makes a new one. */
	delay(SMBMGMT_OP_CLOSE, 0);
	fix.per_server = 1;
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
	ck_assert_uint_eq(connects(), limits[_i].lanes + 1);
}
END_TEST

START_TEST(all_in_all)
{
	fix.per_server = 8;
	delay(SMBMGMT_OP_CLOSE, 20);
	all_closed("1..40", 0, 40);
	ck_assert_uint_eq(connects(), 8);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 0);
}
END_TEST

START_TEST(never_more_than_units)
{
	fix.per_server = 8;
	delay(SMBMGMT_OP_CLOSE, 50);
	all_closed("7", 0, 1);
	ck_assert_uint_eq(connects(), 1);
	fix_calls(&fix, 2, 1);
}
END_TEST

/* What a connection and a close take, and whether more of them pay. */
static const struct {
	uint32_t connect;
	uint32_t close;
	const char *which;
	unsigned int rows;
	bool pays;
} servers[] = {
	{0, 0, "1..40", 40, false}, /* near: it is busy, if anything */
	{100, 50, "1..40", 40, true},
	{100, 50, "1..6", 6, false},	/* far, and little to do */
	{1500, 25, "1..40", 40, false}, /* letting us in takes long */
};

START_TEST(chosen)
{
	delay(SMBMGMT_OP_CONNECT, servers[_i].connect);
	delay(SMBMGMT_OP_CLOSE, servers[_i].close);
	all_closed(servers[_i].which, 0, servers[_i].rows);
	if (servers[_i].pays)
		ck_assert_uint_gt(connects(), 1);
	else
		ck_assert_uint_eq(connects(), 1);
	ck_assert_uint_le(connects(), 16);
}
END_TEST

START_TEST(not_let_in_again)
{
	/* The handle's own has been in for a while; the next log-on fails, and
	 * is the last. */
	fix.per_server = 16;
	fix_expect(fix_close(&fix, "u=nobody", FIX_FORCE, NULL, NULL),
		   "NOT_FOUND: NOT_FOUND");
	pause_ms(2100);
	fault(SMBMGMT_OP_CONNECT, 1, SMBMGMT_FAULT_ERROR,
	      SMBMGMT_E_LOGON_FAILED);
	delay(SMBMGMT_OP_CLOSE, 20);
	all_closed("1..30", 0, 30);
	ck_assert_uint_eq(connects(), 2);
	/* Nor by another close, while the first connection lasts. */
	fix_expect(fix_close(&fix, "31..34", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 31, CLOSED 32, CLOSED 33, CLOSED 34");
	ck_assert_uint_eq(connects(), 2);
}
END_TEST

/* Why one of the later ones could not be made, and how many are tried. */
static const struct {
	int32_t code;
	unsigned int least;
} later[] = {{SMBMGMT_E_LOGON_FAILED, 3}, {SMBMGMT_E_CONNECTION_REFUSED, 8}};

START_TEST(later_not_let_in)
{
	fix.per_server = 8;
	fault(SMBMGMT_OP_CONNECT, 3, SMBMGMT_FAULT_ERROR, later[_i].code);
	delay(SMBMGMT_OP_CLOSE, 20);
	all_closed("1..40", 0, 40);
	/* The others of that batch may have been let in before; no other is. */
	ck_assert_uint_ge(connects(), later[_i].least);
	ck_assert_uint_le(connects(), 8);
}
END_TEST

START_TEST(one_breaks)
{
	uint64_t lists = 0;

	fix.per_server = 4;
	delay(SMBMGMT_OP_CLOSE, 20);
	/* Done, and no answer: known by a look, and not asked for again. */
	fault(SMBMGMT_OP_CLOSE, 7, SMBMGMT_FAULT_LOST, 0);
	all_closed("1..40", 0, 40);
	/* To plan, after the break, to verify. */
	lists = calls(SMBMGMT_OP_LIST);
	ck_assert_uint_ge(lists, 3);
	/* Only the handle's own is made again. */
	ck_assert_uint_ge(connects(), 4);
	ck_assert_uint_le(connects(), 5);
}
END_TEST

START_TEST(each_breaks)
{
	smbmgmt_job *job = NULL;

	fix.per_server = 4;
	delay(SMBMGMT_OP_CLOSE, 20);
	fault(SMBMGMT_OP_CLOSE, 0, SMBMGMT_FAULT_LOST, 0);
	job = start("1..40", 0);
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	/* The first four at most and one more with each new one: then the end,
	 * and what was sent is known all the same. */
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_CLOSED), sent(job));
	ck_assert_uint_eq(calls(SMBMGMT_OP_CLOSE), sent(job));
	ck_assert_uint_le(sent(job), 12);
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_FAILED),
			  40 - sent(job));
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(one_is_late)
{
	smbmgmt_job *job = NULL;

	fix.per_server = 4;
	fix.deadline = 300;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	job = start("1..40", 0);
	in_flight(4);
	delay(SMBMGMT_OP_CLOSE, 0);
	/* Four were too late and did nothing; the rest is read, and closed. */
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_STILL_PRESENT), 4);
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_CLOSED), 36);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 4);
	smbmgmt_job_unref(job);
}
END_TEST

/* Three users on each of three clients, ids from 101. */
static void add_clients(void)
{
	char client[16];
	char user[16];

	for (int i = 0; i < 9; i++) {
		snprintf(client, sizeof(client), "host%d", i / 3);
		snprintf(user, sizeof(user), "user%d", i % 3);
		fix_row(fix.memory, 101 + i, client, user, 3600, NULL);
	}
	ck_assert_int_eq(
		smbmgmt_memory_set_possible_collateral(fix.memory, 1, NULL), 0);
}

START_TEST(one_a_reach)
{
	smbmgmt_job *job = NULL;

	add_clients();
	fix.per_server = 8;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	/* A close may end all of its client: one for each at a time. */
	job = start("101..109", FIX_POSSIBLE);
	in_flight(3);
	cancel(job);
	ck_assert_uint_eq(sent(job), 3);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(few_listings)
{
	smbmgmt_job *job = NULL;

	add_clients();
	fix.per_server = 1;
	job = start("101..109", FIX_POSSIBLE);
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	/* One of each client, one listing for all that is left, one look. */
	fix_calls(&fix, 3, 3);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 40);
	smbmgmt_job_unref(job);
}
END_TEST

/* A row of ours, and whether connections beside the handle's are made. */
static const struct {
	uint64_t own;
	int32_t how;
	const char *which;
	unsigned int flags;
	bool more;
} owns[] = {
	/* Elsewhere, and not to be closed. */
	{40, SMBMGMT_OWN_YES, "1..30", 0, true},
	/* Refused: it is not closed. */
	{40, SMBMGMT_OWN_YES, "1..40", 0, true},
	{40, SMBMGMT_OWN_POSSIBLE, "1..40", 0, true},
	/* It is one of those to be closed. */
	{40, SMBMGMT_OWN_YES, "1..40", FIX_OWN, false},
	{1, SMBMGMT_OWN_POSSIBLE, "1..40", FIX_OWN, false},
	/* It may end with one of them. */
	{101, SMBMGMT_OWN_YES, "1..40,102", FIX_OWN | FIX_POSSIBLE, false},
	{101, SMBMGMT_OWN_YES, "1..40,102", FIX_POSSIBLE, true},
	{101, SMBMGMT_OWN_YES, "1..40,104", FIX_OWN | FIX_POSSIBLE, true},
};

START_TEST(beside_our_own)
{
	smbmgmt_job *job = NULL;

	add_clients();
	ck_assert_int_eq(smbmgmt_memory_set_own(fix.memory, owns[_i].own,
						owns[_i].how, NULL),
			 0);
	fix.per_server = 4;
	delay(SMBMGMT_OP_CLOSE, 10);
	job = start(owns[_i].which, owns[_i].flags);
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	/* It is still there where that was not allowed. */
	if ((owns[_i].flags & FIX_OWN) == 0)
		ck_assert_int_eq(smbmgmt_memory_remove_session(
					 fix.memory, owns[_i].own, NULL),
				 0);
	/* (To look after our own has ended takes a new one.) */
	if (owns[_i].more)
		ck_assert_uint_ge(connects(), 4);
	else
		ck_assert_uint_le(connects(), 2);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(ours_comes_up)
{
	smbmgmt_job *job = NULL;

	/* A listing while it goes on shows that one may be ours: it alone is
	 * left, on the handle's own connection. */
	fix.per_server = 4;
	delay(SMBMGMT_OP_CLOSE, 1200);
	job = start("1..6", FIX_OWN);
	in_flight(4);
	ck_assert_int_eq(smbmgmt_memory_set_own(fix.memory, 5,
						SMBMGMT_OWN_POSSIBLE, NULL),
			 0);
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	/* Row 6 alone is on its way; row 5 is not, nor on another. */
	in_flight(5);
	cancel(job);
	ck_assert_uint_eq(sent(job), 5);
	smbmgmt_job_unref(job);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 36);
}
END_TEST

START_TEST(waits_for_all_to_list)
{
	smbmgmt_job *job = NULL;

	/* The listing is too old after a second: nothing is sent by it. */
	fix.per_server = 4;
	delay(SMBMGMT_OP_CLOSE, 1500);
	job = start("1..8", 0);
	in_flight(4);
	ck_assert_uint_eq(calls(SMBMGMT_OP_LIST), 1);
	in_flight(8);
	ck_assert_uint_eq(calls(SMBMGMT_OP_LIST), 2);
	ck_assert_uint_eq(calls(SMBMGMT_OP_CLOSE), 4);
	delay(SMBMGMT_OP_CLOSE, 0);
	expect(job, 0);
	fix_calls(&fix, 3, 8);
	smbmgmt_job_unref(job);
}
END_TEST

static void *remove_it(void *unused)
{
	(void)unused;
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	return NULL;
}

START_TEST(removed)
{
	smbmgmt_job *job = NULL;
	pthread_t thread;
	int64_t began = 0;

	fix.per_server = 5;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	job = start("1..40", 0);
	in_flight(5);
	began = now_ms();
	pthread_create(&thread, NULL, remove_it, NULL);
	ck_assert(readable(job, LIMIT_MS));
	pthread_join(thread, NULL);
	ck_assert_int_lt(now_ms() - began, STALL_MS / 2);
	ck_assert_uint_eq(sent(job), 5);
	ck_assert_uint_eq(outcomes(job, SMBMGMT_OUTCOME_CANCELLED), 40);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(removed_while_connecting)
{
	smbmgmt_job *job = NULL;
	int64_t began = 0;

	fix.per_server = 5;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	/* The handle's own is there already; the next one hangs. */
	fix_expect(fix_close(&fix, "u=nobody", FIX_FORCE, NULL, NULL),
		   "NOT_FOUND: NOT_FOUND");
	delay(SMBMGMT_OP_CONNECT, STALL_MS);
	job = start("1..40", 0);
	in_flight(1);
	began = now_ms();
	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	ck_assert(readable(job, LIMIT_MS));
	ck_assert_int_lt(now_ms() - began, STALL_MS / 2);
	ck_assert_uint_eq(sent(job), 1);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(context_ends)
{
	smbmgmt_job *job = NULL;

	fix.per_server = 5;
	delay(SMBMGMT_OP_CLOSE, STALL_MS);
	job = start("1..40", 0);
	in_flight(5);
	smbmgmt_handle_unref(fix.handle);
	fix.handle = NULL;
	smbmgmt_context_unref(fix.context);
	fix.context = NULL;
	ck_assert_int_eq(smbmgmt_job_is_complete(job), 1);
	ck_assert_uint_eq(sent(job), 5);
	smbmgmt_job_unref(job);
}
END_TEST

START_TEST(audit_fails)
{
	int fds[2];
	smbmgmt_job *job = NULL;

	/* Nobody reads: what cannot be written down is not sent. */
	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	fix.per_server = 4;
	ck_assert_int_eq(
		smbmgmt_context_set_audit_fd(fix.context, fds[1], NULL), 0);
	job = start("1..40", 0);
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	ck_assert_uint_eq(sent(job), 0);
	ck_assert_uint_eq(calls(SMBMGMT_OP_CLOSE), 0);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 40);
	smbmgmt_job_unref(job);
	close(fds[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine/lanes");
	TCase *tc = tcase_create("lanes");

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))
	tcase_add_checked_fixture(tc, up, down);
	tcase_set_timeout(tc, 4.0 * LIMIT_MS / 1000);
	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, so_many_at_once, 0, COUNT(limits));
	tcase_add_test(tc, all_in_all);
	tcase_add_test(tc, never_more_than_units);
	tcase_add_loop_test(tc, chosen, 0, COUNT(servers));
	tcase_add_test(tc, not_let_in_again);
	tcase_add_loop_test(tc, later_not_let_in, 0, COUNT(later));
	tcase_add_test(tc, one_breaks);
	tcase_add_test(tc, each_breaks);
	tcase_add_test(tc, one_is_late);
	tcase_add_test(tc, one_a_reach);
	tcase_add_test(tc, few_listings);
	tcase_add_loop_test(tc, beside_our_own, 0, COUNT(owns));
	tcase_add_test(tc, ours_comes_up);
	tcase_add_test(tc, waits_for_all_to_list);
	tcase_add_test(tc, removed);
	tcase_add_test(tc, removed_while_connecting);
	tcase_add_test(tc, context_ends);
	tcase_add_test(tc, audit_fails);
	return run_suite(suite);
}
