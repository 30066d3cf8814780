/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Planning and executing apart, decisions, and servers that change between. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

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

static smbmgmt_plan *plan(const char *filter, int32_t allow, int32_t expected)
{
	smbmgmt_filter *f = fix_filter(filter);
	smbmgmt_policy *policy = NULL;
	smbmgmt_plan *p = NULL;
	int32_t code;

	ck_assert_int_eq(smbmgmt_policy_new(&policy, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_policy_set_allow_collateral(policy, allow, NULL), 0);
	code = smbmgmt_plan_close(fix.context, &fix.handle, 1, f, policy, &p,
				  NULL);
	ck_assert_int_eq(code, expected);
	smbmgmt_policy_unref(policy);
	smbmgmt_filter_unref(f);
	return p;
}

static void execute(smbmgmt_plan *p, unsigned int flags, const char *answers,
		    const char *expected)
{
	smbmgmt_action *action = fix_action(&fix, flags, answers);
	smbmgmt_report *report = NULL;
	int32_t code = smbmgmt_execute_plan(p, action, &report, NULL);

	ck_assert_ptr_nonnull(report);
	fix_expect(fix_describe(code, report), expected);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
}

START_TEST(reads_again)
{
	smbmgmt_plan *p = NULL;

	fix_rows(fix.memory, 3);
	p = plan("1..2", SMBMGMT_COLLATERAL_NONE, 0);
	ck_assert_uint_eq(smbmgmt_plan_count(p), 2);
	fix_calls(&fix, 1, 0);
	execute(p, FIX_FORCE, NULL, "0: CLOSED 1, CLOSED 2");
	fix_calls(&fix, 3, 2);
	/* A plan is carried out once. */
	execute(p, FIX_FORCE, NULL, "INVALID:");
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(p, 0, SMBMGMT_DECISION_NO, NULL),
		SMBMGMT_E_INVALID);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(left_meanwhile)
{
	smbmgmt_plan *p = NULL;

	fix_rows(fix.memory, 3);
	p = plan("1..3", SMBMGMT_COLLATERAL_NONE, 0);
	ck_assert_int_eq(smbmgmt_memory_remove_session(fix.memory, 2, NULL), 0);
	execute(p, FIX_FORCE, NULL, "0: CLOSED 1, ALREADY_GONE 2, CLOSED 3");
	fix_calls(&fix, 3, 2);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(replaced_meanwhile)
{
	smbmgmt_plan *p = NULL;

	/* The same id, and younger than it could be: another session. */
	fix_rows(fix.memory, 2);
	p = plan("1..2", SMBMGMT_COLLATERAL_NONE, 0);
	smbmgmt_memory_remove_session(fix.memory, 1, NULL);
	fix_row(fix.memory, 1, "c1", "u1", 5, NULL);
	execute(p, FIX_FORCE, NULL, "0: ALREADY_GONE 1, CLOSED 2");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(newcomer)
{
	smbmgmt_plan *p = NULL;

	/* Allowed was what the plan showed, not what came later. */
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_PROCESS, NULL);
	fix_row(fix.memory, 1, "c", "alice", 100, "p");
	fix_row(fix.memory, 2, "c", "bob", 100, "p");
	p = plan("u=alice", SMBMGMT_COLLATERAL_ALL, 0);
	fix_row(fix.memory, 3, "c", "carol", 0, "p");
	execute(p, FIX_FORCE, NULL, "REFUSED_COLLATERAL: REFUSED_COLLATERAL 1");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 3);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(decisions)
{
	smbmgmt_plan *p = NULL;

	fix_rows(fix.memory, 3);
	p = plan("1..3", SMBMGMT_COLLATERAL_NONE, 0);
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(p, 0, SMBMGMT_DECISION_YES, NULL), 0);
	/* One is open still, and nobody consents. */
	execute(p, 0, NULL, "CONFIRM_REQUIRED:");
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(p, 1, SMBMGMT_DECISION_NO, NULL), 0);
	execute(p, 0, NULL, "CONFIRM_REQUIRED:");
	fix_calls(&fix, 1, 0);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(all_decided)
{
	smbmgmt_plan *p = NULL;

	fix_rows(fix.memory, 2);
	p = plan("1..2", SMBMGMT_COLLATERAL_NONE, 0);
	smbmgmt_plan_set_decision(p, 0, SMBMGMT_DECISION_YES, NULL);
	smbmgmt_plan_set_decision(p, 1, SMBMGMT_DECISION_NO, NULL);
	/* What-if changes nothing, and can be made again. */
	execute(p, FIX_WHAT_IF, NULL, "PARTIAL: WOULD_CLOSE 1, DECLINED 2");
	execute(p, FIX_WHAT_IF, NULL, "PARTIAL: WOULD_CLOSE 1, DECLINED 2");
	execute(p, 0, NULL, "PARTIAL: CLOSED 1, DECLINED 2");
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(no_is_for_the_unit)
{
	smbmgmt_plan *p = NULL;

	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	fix_row(fix.memory, -5, "c", "u", 100, NULL);
	fix_row(fix.memory, -5, "c", "u", 50, NULL);
	p = plan("u=u", SMBMGMT_COLLATERAL_NONE, 0);
	ck_assert_uint_eq(smbmgmt_plan_unit(p, 0), smbmgmt_plan_unit(p, 1));
	smbmgmt_plan_set_decision(p, 1, SMBMGMT_DECISION_NO, NULL);
	execute(p, FIX_FORCE, NULL, "DECLINED: DECLINED 5, DECLINED 5");
	fix_calls(&fix, 1, 0);
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(refused_cannot_be_decided)
{
	smbmgmt_plan *p = NULL;

	fix_rows(fix.memory, 1);
	smbmgmt_memory_set_own(fix.memory, 1, SMBMGMT_OWN_YES, NULL);
	p = plan("1,9", SMBMGMT_COLLATERAL_NONE, SMBMGMT_E_NOT_FOUND);
	ck_assert_int_eq(smbmgmt_plan_decision(p, 0), SMBMGMT_DECISION_REFUSED);
	ck_assert_int_eq(smbmgmt_plan_code(p, 0), SMBMGMT_E_REFUSED_OWN);
	ck_assert_str_ne(smbmgmt_plan_reason(p, 0), "");
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(p, 0, SMBMGMT_DECISION_YES, NULL),
		SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_plan_decision(p, 1),
			 SMBMGMT_DECISION_NOT_FOUND);
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(p, 1, SMBMGMT_DECISION_YES, NULL),
		SMBMGMT_E_INVALID);
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(p, 2, SMBMGMT_DECISION_YES, NULL),
		SMBMGMT_E_INVALID);
	execute(p, FIX_FORCE, NULL, "PARTIAL: REFUSED_OWN 1, NOT_FOUND");
	smbmgmt_plan_unref(p);
}
END_TEST

START_TEST(by_session)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 2);
	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       NULL, NULL, &list, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_close_session(
				 fix.handle, smbmgmt_session_list_get(list, 1),
				 action, &report, NULL),
			 0);
	fix_expect(fix_describe(0, report), "0: CLOSED 2");
	smbmgmt_report_unref(report);
	/* It is gone, which is what was wanted. */
	ck_assert_int_eq(smbmgmt_close_session(
				 fix.handle, smbmgmt_session_list_get(list, 1),
				 action, &report, NULL),
			 0);
	fix_expect(fix_describe(0, report), "0: ALREADY_GONE 2");
	smbmgmt_report_unref(report);
	smbmgmt_session_list_unref(list);
	smbmgmt_action_unref(action);
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory), 1);
}
END_TEST

START_TEST(anothers_session)
{
	smbmgmt_handle *other = fix_open(&fix, fix.memory);
	smbmgmt_session_list *list = NULL;
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_report *report = NULL;

	fix_rows(fix.memory, 1);
	smbmgmt_list_sessions(fix.context, &other, 1, NULL, NULL, &list, NULL);
	ck_assert_int_eq(smbmgmt_close_session(
				 fix.handle, smbmgmt_session_list_get(list, 0),
				 action, &report, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_report_unref(report);
	smbmgmt_session_list_unref(list);
	smbmgmt_action_unref(action);
	smbmgmt_handle_unref(other);
	fix_calls(&fix, 1, 0);
}
END_TEST

START_TEST(instances)
{
	smbmgmt_session_builder *b = NULL;

	/* Instance 0 by default; a csv session is not seen, nor closed. */
	fix_rows(fix.memory, 1);
	smbmgmt_session_builder_new(&b, NULL);
	smbmgmt_session_builder_set_id(b, 2, 0, NULL);
	smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_CLIENT, "c", NULL);
	smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_USER, "u", NULL);
	smbmgmt_session_builder_set_number(b, SMBMGMT_FIELD_INSTANCE,
					   SMBMGMT_INSTANCE_CSV, NULL);
	smbmgmt_memory_add_session(fix.memory, b, NULL, NULL);
	smbmgmt_session_builder_unref(b);
	fix_expect(fix_close(&fix, "all", FIX_FORCE | FIX_WHAT_IF, NULL, NULL),
		   "0: WOULD_CLOSE 1");
	fix_expect(fix_close(&fix, "all i=1", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 2");
	fix_expect(fix_close(&fix, "all i=0 i=1", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1");
}
END_TEST

START_TEST(many_servers)
{
	smbmgmt_memory *memories[40];
	smbmgmt_handle *handles[40];
	smbmgmt_filter *filter = fix_filter("1");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_report *report = NULL;

	for (int i = 0; i < 40; i++) {
		smbmgmt_memory_new(&memories[i], NULL);
		fix_rows(memories[i], 2);
		handles[i] = fix_open(&fix, memories[i]);
		if (i % 8 == 0)
			smbmgmt_memory_add_fault(memories[i], SMBMGMT_OP_LIST,
						 1, SMBMGMT_FAULT_ERROR,
						 SMBMGMT_E_LIST_DENIED, NULL);
	}
	ck_assert_int_eq(smbmgmt_close_sessions(fix.context, handles, 40,
						filter, action, &report, NULL),
			 SMBMGMT_E_PARTIAL);
	ck_assert_uint_eq(smbmgmt_report_count(report), 35);
	ck_assert_uint_eq(smbmgmt_report_error_count(report), 5);
	for (int i = 0; i < 40; i++) {
		ck_assert_uint_eq(smbmgmt_memory_count(memories[i]),
				  i % 8 == 0 ? 2 : 1);
		smbmgmt_handle_unref(handles[i]);
		smbmgmt_memory_unref(memories[i]);
	}
	smbmgmt_report_unref(report);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, reads_again);
	tcase_add_test(t, left_meanwhile);
	tcase_add_test(t, replaced_meanwhile);
	tcase_add_test(t, newcomer);
	tcase_add_test(t, decisions);
	tcase_add_test(t, all_decided);
	tcase_add_test(t, no_is_for_the_unit);
	tcase_add_test(t, refused_cannot_be_decided);
	tcase_add_test(t, by_session);
	tcase_add_test(t, anothers_session);
	tcase_add_test(t, instances);
	tcase_add_test(t, many_servers);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
