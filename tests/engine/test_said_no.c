/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A server that says no to a close that was sent may have carried it out all
 * the same: one look tells.
 */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "fixture.h"
#include "suite.h"

/* So long the close is on its way; time enough for what happens meanwhile. */
#define CLOSE_MS 1000
#define TURNS 1000 /* of 5 ms */

static struct fix fix;

static void up(void)
{
	fix_up(&fix);
}

static void down(void)
{
	fix_down(&fix);
}

static void say_no(int32_t code)
{
	ck_assert_int_eq(smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE,
						  1, SMBMGMT_FAULT_ERROR, code,
						  NULL),
			 0);
}

/* Once the server is listed, while the close is on its way. */
static bool wait_listed(void)
{
	const struct timespec pause = {.tv_nsec = 5000000};

	for (int i = 0; i < TURNS; i++) {
		if (smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_LIST) > 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void *end_it(void *unused)
{
	(void)unused;
	if (wait_listed())
		smbmgmt_memory_remove_session(fix.memory, 1, NULL);
	return NULL;
}

static void *replace_it(void *unused)
{
	(void)unused;
	if (!wait_listed())
		return NULL;
	smbmgmt_memory_remove_session(fix.memory, 1, NULL);
	fix_row(fix.memory, 9, "c1", "u1", 0, NULL);
	return NULL;
}

/* A row of which nobody can tell whether it is the old one. */
static void *confuse(void *unused)
{
	(void)unused;
	if (!wait_listed())
		return NULL;
	smbmgmt_memory_remove_session(fix.memory, 1, NULL);
	fix_row(fix.memory, -1, "c", "u", 30, NULL);
	return NULL;
}

static smbmgmt_report *close_and(void *(*meanwhile)(void *), const char *filter,
				 const char *expected)
{
	smbmgmt_report *report = NULL;
	pthread_t thread;

	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_CLOSE, CLOSE_MS, NULL);
	ck_assert_int_eq(pthread_create(&thread, NULL, meanwhile, NULL), 0);
	fix_expect(fix_close(&fix, filter, FIX_FORCE, NULL, &report), expected);
	pthread_join(thread, NULL);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 1);
	ck_assert_uint_eq(smbmgmt_report_listings(report), 2);
	return report;
}

/* What was said of it: of the outcome, or of its cause. */
static void expect_text(const smbmgmt_report *report, const char *part)
{
	const smbmgmt_error *cause = smbmgmt_report_cause(report, 0);
	const char *text = cause == NULL ? smbmgmt_report_message(report, 0)
					 : smbmgmt_error_message(cause);

	ck_assert_msg(strstr(text, part) != NULL, "'%s' in '%s'", part, text);
}

#define ALL_THE_SAME "the session has ended all the same: The memory table"
#define NOT_SEEN                                                               \
	"whether the close was carried out all the same; list again: The "     \
	"memory table"

START_TEST(still_there)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	say_no(SMBMGMT_E_SERVER);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, &report),
		   "SERVER: FAILED 1");
	/* One look, and nobody waits for it to go. */
	fix_calls(&fix, 2, 1);
	expect_text(report, "The memory table was told to fail here");
	ck_assert_ptr_null(
		strstr(smbmgmt_error_message(smbmgmt_report_cause(report, 0)),
		       "all the same"));
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(ended)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	say_no(SMBMGMT_E_SERVER);
	report = close_and(end_it, "1", "0: CLOSED 1");
	expect_text(report, ALL_THE_SAME);
	smbmgmt_report_unref(report);
}
END_TEST

/* It had no right to, so it was not that close. */
START_TEST(denied)
{
	fix_rows(fix.memory, 2);
	say_no(SMBMGMT_E_CLOSE_DENIED);
	smbmgmt_report_unref(close_and(end_it, "1", "0: ALREADY_GONE 1"));
}
END_TEST

START_TEST(came_back)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	say_no(SMBMGMT_E_SERVER);
	report = close_and(replace_it, "1", "0: RECONNECTED 1");
	ck_assert_uint_eq(
		smbmgmt_session_id(smbmgmt_report_new_session(report, 0)), 9);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(doubtful)
{
	smbmgmt_report *report = NULL;

	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	fix_row(fix.memory, -1, "c", "u", 100, NULL);
	say_no(SMBMGMT_E_SERVER);
	report = close_and(confuse, "u=u", "SERVER: FAILED 1");
	expect_text(report, NOT_SEEN);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(no_look)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 1);
	say_no(SMBMGMT_E_SERVER);
	fix_expect(
		fix_close(&fix, "1", FIX_FORCE | FIX_NO_VERIFY, NULL, &report),
		"SERVER: FAILED 1");
	fix_calls(&fix, 1, 1);
	expect_text(report, NOT_SEEN);
	smbmgmt_report_unref(report);
}
END_TEST

/* A look that fails, or shows nobody's absence, is not made again. */
static const int32_t bad_looks[] = {SMBMGMT_FAULT_ERROR,
				    SMBMGMT_FAULT_INCOMPLETE};

START_TEST(bad_look)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 3);
	say_no(SMBMGMT_E_SERVER);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 2, bad_looks[_i],
				 SMBMGMT_E_LIST_DENIED, NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, &report),
		   "SERVER: FAILED 1");
	fix_calls(&fix, 2, 1);
	expect_text(report, NOT_SEEN);
	smbmgmt_report_unref(report);
}
END_TEST

/* What is expected to go is waited for; what was refused is not. */
START_TEST(beside_others)
{
	fix_rows(fix.memory, 2);
	say_no(SMBMGMT_E_SERVER);
	smbmgmt_memory_set_linger(fix.memory, 60, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, NULL),
		   "PARTIAL: FAILED 1, CLOSED 2");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("said-no");
	TCase *t = tcase_create("said-no");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, still_there);
	tcase_add_test(t, ended);
	tcase_add_test(t, denied);
	tcase_add_test(t, came_back);
	tcase_add_test(t, doubtful);
	tcase_add_test(t, no_look);
	tcase_add_loop_test(t, bad_look, 0,
			    sizeof(bad_looks) / sizeof(bad_looks[0]));
	tcase_add_test(t, beside_others);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
