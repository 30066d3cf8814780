/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Every outcome, on scripted memory tables through the public API. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "suite.h"

static struct fix fix;

static void up(void)
{
	fix_up(&fix);
}

static void down(void)
{
	fix_down(&fix);
}

START_TEST(closed)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 4);
	fix_expect(fix_close(&fix, "2..3", FIX_FORCE, NULL, &report),
		   "0: CLOSED 2, CLOSED 3");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 1);
	/* k units: one listing, k closes, one listing. */
	fix_calls(&fix, 2, 2);
	ck_assert_uint_eq(smbmgmt_report_listings(report), 2);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(asked_first)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 3);
	fix_expect(fix_close(&fix, "1..3", 0, "yny", &report),
		   "PARTIAL: CLOSED 1, DECLINED 2, CLOSED 3");
	ck_assert_uint_eq(fix_asked(), 3);
	/* Answering takes time: one listing more. */
	fix_calls(&fix, 3, 2);
	ck_assert_uint_eq(smbmgmt_report_listings(report), 3);
	smbmgmt_report_unref(report);
}
END_TEST

static const struct {
	const char *answers;
	const char *expected;
	unsigned int asked;
	uint32_t left;
} prompts[] = {
	{"Y", "0: CLOSED 1, CLOSED 2, CLOSED 3", 1, 0},
	{"N", "DECLINED: DECLINED 1, DECLINED 2, DECLINED 3", 1, 3},
	{"nY", "PARTIAL: DECLINED 1, CLOSED 2, CLOSED 3", 2, 1},
	{"yN", "PARTIAL: CLOSED 1, DECLINED 2, DECLINED 3", 2, 2},
	/* Nothing is sent before all is asked, so abort closes nothing. */
	{"yq", "CANCELLED: CANCELLED 1, CANCELLED 2, CANCELLED 3", 2, 3},
	{"q", "CANCELLED: CANCELLED 1, CANCELLED 2, CANCELLED 3", 1, 3},
};

START_TEST(prompt)
{
	fix_rows(fix.memory, 3);
	/* Confirm outranks force. */
	fix_expect(
		fix_close(&fix, "1..3", FIX_FORCE, prompts[_i].answers, NULL),
		prompts[_i].expected);
	ck_assert_uint_eq(fix_asked(), prompts[_i].asked);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), prompts[_i].left);
}
END_TEST

START_TEST(what_if_outranks)
{
	fix_rows(fix.memory, 2);
	fix_expect(fix_close(&fix, "all", FIX_FORCE | FIX_WHAT_IF, "y", NULL),
		   "0: WOULD_CLOSE 1, WOULD_CLOSE 2");
	ck_assert_uint_eq(fix_asked(), 0);
	fix_calls(&fix, 1, 0);
}
END_TEST

START_TEST(no_consent)
{
	fix_rows(fix.memory, 2);
	fix_expect(fix_close(&fix, "all", 0, NULL, NULL), "CONFIRM_REQUIRED:");
	fix_expect(fix_close(&fix, "", FIX_FORCE, NULL, NULL), "EMPTY_FILTER:");
	fix_calls(&fix, 0, 0);
}
END_TEST

START_TEST(not_found)
{
	fix_rows(fix.memory, 2);
	fix_expect(fix_close(&fix, "2,7..9", FIX_FORCE, NULL, NULL),
		   "PARTIAL: CLOSED 2, NOT_FOUND");
	fix_expect(fix_close(&fix, "u=nobody", FIX_FORCE, NULL, NULL),
		   "NOT_FOUND: NOT_FOUND");
}
END_TEST

START_TEST(not_verified)
{
	fix_rows(fix.memory, 2);
	fix_expect(fix_close(&fix, "1", FIX_FORCE | FIX_NO_VERIFY, NULL, NULL),
		   "0: SENT 1");
	fix_calls(&fix, 1, 1);
}
END_TEST

START_TEST(lingers)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 1);
	smbmgmt_memory_set_linger(fix.memory, 60, NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, &report),
		   "0: CLOSED 1");
	/* Further looks are counted, and the close is not sent again. */
	ck_assert_uint_gt(smbmgmt_report_listings(report), 2);
	ck_assert_uint_eq(smbmgmt_report_listings(report),
			  smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_LIST));
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  1);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(still_present)
{
	fix_rows(fix.memory, 2);
	fix.deadline = 150;
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 1,
				 SMBMGMT_FAULT_IGNORED, 0, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, NULL),
		   "PARTIAL: STILL_PRESENT 1, CLOSED 2");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
}
END_TEST

START_TEST(reconnected)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	smbmgmt_memory_set_reconnects(fix.memory, 1, NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, &report),
		   "0: RECONNECTED 1");
	ck_assert_uint_eq(
		smbmgmt_session_id(smbmgmt_report_new_session(report, 0)), 3);
	ck_assert_str_eq(
		smbmgmt_session_user(smbmgmt_report_new_session(report, 0)),
		"u1");
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(reconnected_by_age)
{
	/* As over srvsvc: derived ids, told apart by age alone. */
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	smbmgmt_memory_set_reconnects(fix.memory, 1, NULL);
	fix_row(fix.memory, -7, "c", "u", 100, NULL);
	fix_row(fix.memory, -7, "c", "u", 50, NULL);
	fix_expect(fix_close(&fix, "u=u", FIX_FORCE, NULL, NULL),
		   "0: RECONNECTED 7, CLOSED 7");
}
END_TEST

START_TEST(own)
{
	fix_rows(fix.memory, 3);
	smbmgmt_memory_set_own(fix.memory, 2, SMBMGMT_OWN_YES, NULL);
	fix_expect(fix_close(&fix, "1..2", FIX_FORCE, NULL, NULL),
		   "PARTIAL: CLOSED 1, REFUSED_OWN 2");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
}
END_TEST

START_TEST(own_is_left_out)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 3);
	smbmgmt_memory_set_own(fix.memory, 2, SMBMGMT_OWN_POSSIBLE, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, &report),
		   "0: CLOSED 1, CLOSED 3");
	ck_assert_uint_eq(smbmgmt_report_left_out_count(report), 1);
	ck_assert_uint_eq(
		smbmgmt_session_id(smbmgmt_report_left_out(report, 0)), 2);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(own_goes_last)
{
	smbmgmt_report *report = NULL;

	/* Its close breaks the connection: were it first, the others would
	 * need another listing. */
	fix_rows(fix.memory, 3);
	smbmgmt_memory_set_own(fix.memory, 1, SMBMGMT_OWN_YES, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE | FIX_OWN, NULL, &report),
		   "0: CLOSED 1, CLOSED 2, CLOSED 3");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 0);
	fix_calls(&fix, 2, 3);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(certain_collateral)
{
	smbmgmt_report *report = NULL;

	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_PROCESS, NULL);
	fix_row(fix.memory, 1, "c", "alice", 10, "p1");
	fix_row(fix.memory, 2, "c", "bob", 10, "p1");
	fix_row(fix.memory, 3, "c", "alice", 10, "p2");
	fix_expect(fix_close(&fix, "u=alice", FIX_FORCE | FIX_POSSIBLE, NULL,
			     NULL),
		   "PARTIAL: REFUSED_COLLATERAL 1, CLOSED 3");
	fix_expect(
		fix_close(&fix, "u=alice", FIX_FORCE | FIX_ALL, NULL, &report),
		"0: CLOSED 1");
	ck_assert_uint_eq(smbmgmt_report_collateral_count(report, 0), 1);
	ck_assert_str_eq(
		smbmgmt_session_user(smbmgmt_report_collateral(report, 0, 0)),
		"bob");
	ck_assert_int_eq(smbmgmt_report_collateral_grade(report, 0, 0),
			 SMBMGMT_GRADE_CERTAIN);
	ck_assert_int_eq(smbmgmt_report_collateral_ended(report, 0, 0), 1);
	smbmgmt_report_unref(report);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 0);
}
END_TEST

static void shared_client(void)
{
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	smbmgmt_memory_set_possible_collateral(fix.memory, 1, NULL);
	fix_row(fix.memory, -1, "c", "alice", 10, NULL);
	fix_row(fix.memory, -2, "c", "bob", 10, NULL);
	fix_row(fix.memory, -3, "d", "carol", 10, NULL);
}

START_TEST(possible_collateral)
{
	smbmgmt_report *report = NULL;

	shared_client();
	fix_expect(fix_close(&fix, "u=alice", FIX_FORCE, NULL, &report),
		   "REFUSED_COLLATERAL: REFUSED_COLLATERAL 1");
	ck_assert_str_eq(
		smbmgmt_session_user(smbmgmt_report_collateral(report, 0, 0)),
		"bob");
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 0), 0);
	smbmgmt_report_unref(report);
	fix_calls(&fix, 1, 0);
	fix_expect(fix_close(&fix, "u=alice", FIX_FORCE | FIX_POSSIBLE, NULL,
			     &report),
		   "0: CLOSED 1");
	ck_assert_int_eq(smbmgmt_report_collateral_ended(report, 0, 0), 1);
	smbmgmt_report_unref(report);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
}
END_TEST

START_TEST(declined_is_protected)
{
	/* Whatever the policy: yes to alice must not end bob, a no. */
	shared_client();
	fix_expect(fix_close(&fix, "u=alice u=bob", FIX_ALL, "yn", NULL),
		   "PARTIAL: REFUSED_COLLATERAL 1, DECLINED 2");
	fix_calls(&fix, 1, 0);
}
END_TEST

START_TEST(both_selected)
{
	/* Each may end the other, and both are to end: no collateral. */
	shared_client();
	fix_expect(fix_close(&fix, "c=c", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1, ALREADY_GONE 2");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
}
END_TEST

START_TEST(unsafe)
{
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	fix_row(fix.memory, -1, "c", "", 10, NULL);
	fix_row(fix.memory, -2, "d", "dave", -1, NULL);
	fix_expect(fix_close(&fix, "c=c", FIX_FORCE | FIX_ALL, NULL, NULL),
		   "REFUSED_UNSAFE: REFUSED_UNSAFE 1");
	fix_expect(fix_close(&fix, "c=d", FIX_FORCE | FIX_ALL, NULL, NULL),
		   "REFUSED_UNSAFE: REFUSED_UNSAFE 2");
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  0);
}
END_TEST

START_TEST(failed)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 3);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 2,
				 SMBMGMT_FAULT_ERROR, SMBMGMT_E_SERVER, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, &report),
		   "PARTIAL: CLOSED 1, FAILED 2, CLOSED 3");
	ck_assert_int_eq(smbmgmt_report_outcome_code(report, 1),
			 SMBMGMT_E_SERVER);
	ck_assert_ptr_nonnull(smbmgmt_report_cause(report, 1));
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 1), 1);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(denied_or_gone)
{
	/* Samba says the same for both; a look tells them apart. */
	fix_rows(fix.memory, 1);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 0,
				 SMBMGMT_FAULT_ERROR, SMBMGMT_E_CLOSE_DENIED,
				 NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL),
		   "CLOSE_DENIED: FAILED 1");
	fix_expect(fix_close(&fix, "1", FIX_FORCE | FIX_NO_VERIFY, NULL, NULL),
		   "CLOSE_DENIED: FAILED 1");
}
END_TEST

START_TEST(lost_and_seen)
{
	/* The answer was lost, the look over a new connection sees it. */
	fix_rows(fix.memory, 3);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1, CLOSED 2, CLOSED 3");
	/* Looked before going on, and nothing was asked for twice. */
	fix_calls(&fix, 3, 3);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CONNECT),
			  2);
}
END_TEST

START_TEST(lost_and_not_seen)
{
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 3);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 1,
				 SMBMGMT_FAULT_LOST, 0, NULL);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 2,
				 SMBMGMT_FAULT_ERROR,
				 SMBMGMT_E_CONNECTION_REFUSED, NULL);
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CONNECT, 3,
				 SMBMGMT_FAULT_ERROR,
				 SMBMGMT_E_CONNECTION_REFUSED, NULL);
	fix_expect(fix_close(&fix, "all", FIX_FORCE, NULL, &report),
		   "PARTIAL: SENT 1, FAILED 2, FAILED 3");
	ck_assert_int_eq(smbmgmt_report_outcome_code(report, 0),
			 SMBMGMT_E_UNVERIFIED);
	ck_assert_int_eq(smbmgmt_report_was_sent(report, 1), 0);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix.memory, SMBMGMT_OP_CLOSE),
			  1);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(close_times_out)
{
	/* No answer in time: it may have happened, and a look decides. */
	fix_rows(fix.memory, 2);
	fix.deadline = 100;
	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_CLOSE, 5000, NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL),
		   "STILL_PRESENT: STILL_PRESENT 1");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 2);
}
END_TEST

START_TEST(list_times_out)
{
	fix_rows(fix.memory, 1);
	fix.deadline = 50;
	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_LIST, 5000, NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "TIMED_OUT:");
	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_LIST, 0, NULL);
	fix.deadline = 0;
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
}
END_TEST

START_TEST(incomplete)
{
	fix_rows(fix.memory, 3);
	/* The listing to plan from lacks session 3: not found is not said. */
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 1,
				 SMBMGMT_FAULT_INCOMPLETE, 0, NULL);
	fix_expect(fix_close(&fix, "3", FIX_FORCE, NULL, NULL), "INCOMPLETE:");
	/* The look after the close lacks what it should show: not closed. */
	fix.deadline = 100;
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, 2,
				 SMBMGMT_FAULT_INCOMPLETE, 0, NULL);
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
	smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_CLOSE, 0,
				 SMBMGMT_FAULT_IGNORED, 0, NULL);
	for (uint32_t n = 2; n < 40; n++)
		smbmgmt_memory_add_fault(fix.memory, SMBMGMT_OP_LIST, n,
					 SMBMGMT_FAULT_INCOMPLETE, 0, NULL);
	fix_expect(fix_close(&fix, "3", FIX_FORCE, NULL, NULL),
		   "INCOMPLETE: SENT 3");
}
END_TEST

/* Clients that share a process reach all that any of them may end. */
START_TEST(shared_processes)
{
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_PROCESS, NULL);
	smbmgmt_memory_set_possible_collateral(fix.memory, 1, NULL);
	fix_row(fix.memory, 1, "c1", "u1", 3600, "p1");
	fix_row(fix.memory, 2, "c2", "u1", 3600, "p1");
	fix_row(fix.memory, 3, "c2", "admin", 3600, "p2");
	smbmgmt_memory_set_own(fix.memory, 3, SMBMGMT_OWN_YES, NULL);
	fix_expect(fix_close(&fix, "u=u1", FIX_FORCE | FIX_ALL, NULL, NULL),
		   "REFUSED_OWN: REFUSED_OWN 1, REFUSED_OWN 2");
	fix_calls(&fix, 1, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("outcomes");
	TCase *t = tcase_create("outcomes");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, closed);
	tcase_add_test(t, shared_processes);
	tcase_add_test(t, asked_first);
	tcase_add_loop_test(t, prompt, 0, sizeof(prompts) / sizeof(prompts[0]));
	tcase_add_test(t, what_if_outranks);
	tcase_add_test(t, no_consent);
	tcase_add_test(t, not_found);
	tcase_add_test(t, not_verified);
	tcase_add_test(t, lingers);
	tcase_add_test(t, still_present);
	tcase_add_test(t, reconnected);
	tcase_add_test(t, reconnected_by_age);
	tcase_add_test(t, own);
	tcase_add_test(t, own_is_left_out);
	tcase_add_test(t, own_goes_last);
	tcase_add_test(t, certain_collateral);
	tcase_add_test(t, possible_collateral);
	tcase_add_test(t, declined_is_protected);
	tcase_add_test(t, both_selected);
	tcase_add_test(t, unsafe);
	tcase_add_test(t, failed);
	tcase_add_test(t, denied_or_gone);
	tcase_add_test(t, lost_and_seen);
	tcase_add_test(t, lost_and_not_seen);
	tcase_add_test(t, close_times_out);
	tcase_add_test(t, list_times_out);
	tcase_add_test(t, incomplete);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
