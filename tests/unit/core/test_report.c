/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/close.h>
#include <smbmgmt/error.h>
#include <smbmgmt/plan.h>

#include "core/report.h"
#include "fixture.h"
#include "suite.h"

static const struct {
	int32_t outcome;
	int32_t cause;
	int32_t code;
	const char *name;
} outcomes[] = {
	{SMBMGMT_OUTCOME_CLOSED, 0, 0, "CLOSED"},
	{SMBMGMT_OUTCOME_CLOSED, SMBMGMT_E_CONNECTION_LOST, 0, "CLOSED"},
	{SMBMGMT_OUTCOME_SENT, 0, 0, "SENT"},
	{SMBMGMT_OUTCOME_SENT, SMBMGMT_E_CONNECTION_LOST,
	 SMBMGMT_E_CONNECTION_LOST, "SENT"},
	{SMBMGMT_OUTCOME_WOULD_CLOSE, 0, 0, "WOULD_CLOSE"},
	{SMBMGMT_OUTCOME_DECLINED, 0, SMBMGMT_E_DECLINED, "DECLINED"},
	{SMBMGMT_OUTCOME_ALREADY_GONE, SMBMGMT_E_GONE, 0, "ALREADY_GONE"},
	{SMBMGMT_OUTCOME_STILL_PRESENT, 0, SMBMGMT_E_STILL_PRESENT,
	 "STILL_PRESENT"},
	{SMBMGMT_OUTCOME_RECONNECTED, 0, 0, "RECONNECTED"},
	{SMBMGMT_OUTCOME_REFUSED_OWN, 0, SMBMGMT_E_REFUSED_OWN, "REFUSED_OWN"},
	{SMBMGMT_OUTCOME_REFUSED_COLLATERAL, 0, SMBMGMT_E_REFUSED_COLLATERAL,
	 "REFUSED_COLLATERAL"},
	{SMBMGMT_OUTCOME_REFUSED_UNSAFE, 0, SMBMGMT_E_REFUSED_UNSAFE,
	 "REFUSED_UNSAFE"},
	{SMBMGMT_OUTCOME_FAILED, SMBMGMT_E_CLOSE_DENIED, SMBMGMT_E_CLOSE_DENIED,
	 "FAILED"},
	/* A failure is never a success, whatever its cause. */
	{SMBMGMT_OUTCOME_FAILED, 0, SMBMGMT_E_SERVER, "FAILED"},
	{SMBMGMT_OUTCOME_CANCELLED, SMBMGMT_E_TIMED_OUT, SMBMGMT_E_CANCELLED,
	 "CANCELLED"},
	{SMBMGMT_OUTCOME_NOT_FOUND, 0, SMBMGMT_E_NOT_FOUND, "NOT_FOUND"},
	{SMBMGMT_OUTCOME_REMOVED, 0, 0, "REMOVED"},
	{SMBMGMT_OUTCOME_WOULD_REMOVE, 0, 0, "WOULD_REMOVE"},
	{99, 0, SMBMGMT_E_SERVER, "UNKNOWN"},
};

START_TEST(test_outcome_code)
{
	ck_assert_int_eq(
		sm_outcome_code(outcomes[_i].outcome, outcomes[_i].cause),
		outcomes[_i].code);
	ck_assert_str_eq(smbmgmt_outcome_name(outcomes[_i].outcome),
			 outcomes[_i].name);
}
END_TEST

#define E_A SMBMGMT_E_REFUSED_OWN
#define E_B SMBMGMT_E_TIMED_OUT
#define PARTIAL SMBMGMT_E_PARTIAL
#define END 1

static const struct {
	int32_t outcomes[4]; /* codes, to END */
	int32_t errors[3];
	int32_t overall;
} overalls[] = {
	{{END}, {END}, 0},
	{{0, END}, {END}, 0},
	{{0, 0, END}, {END}, 0},
	{{E_A, END}, {END}, E_A},
	{{E_A, E_A, END}, {END}, E_A},
	{{E_A, E_B, END}, {END}, PARTIAL},
	{{0, E_A, END}, {END}, PARTIAL},
	{{E_A, 0, END}, {END}, PARTIAL},
	{{E_A, 0, E_B, END}, {END}, PARTIAL},
	{{END}, {E_B, END}, E_B},
	{{END}, {E_B, E_B, END}, E_B},
	{{0, END}, {E_B, END}, PARTIAL},
	{{E_A, END}, {E_B, END}, PARTIAL},
	{{E_B, END}, {E_B, END}, E_B},
	{{0, END}, {SMBMGMT_E_INCOMPLETE, END}, PARTIAL},
	{{SMBMGMT_E_NOT_FOUND, END}, {END}, SMBMGMT_E_NOT_FOUND},
};

START_TEST(test_overall)
{
	smbmgmt_report *report = NULL;

	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	for (const int32_t *c = overalls[_i].outcomes; *c != END; c++) {
		struct sm_outcome o = {.code = *c};

		ck_assert_int_eq(sm_report_add(report, &o, "", NULL), 0);
	}
	for (const int32_t *c = overalls[_i].errors; *c != END; c++) {
		struct sm_fail fail;

		sm_fail(&fail, *c, "No.");
		ck_assert(sm_errors_add(&report->errors,
					sm_error_new(&fail, "fs1")));
	}
	sm_report_finish(report);
	ck_assert_int_eq(report->code, overalls[_i].overall);
	sm_report_unref(report);
}
END_TEST

/* What-if: the plan's word. */
static const struct {
	const char *server;
	const char *rows;
	const char *filter;
	const char *rules;
	const char *expected;
	int32_t code;
} what_ifs[] = {
	{"", "a u id=1;a u id=2", "all", "", "WOULD_CLOSE WOULD_CLOSE", 0},
	{"", "a u id=1", "ids=1,2", "", "WOULD_CLOSE NOT_FOUND:NOT_FOUND",
	 PARTIAL},
	{"", "a u id=1", "user=x", "", "NOT_FOUND:NOT_FOUND",
	 SMBMGMT_E_NOT_FOUND},
	{"", "a u id=1 own=yes", "ids=1", "", "REFUSED_OWN:REFUSED_OWN",
	 SMBMGMT_E_REFUSED_OWN},
	{"unit=user possible", "a u age=1;a v age=1", "user=u", "",
	 "REFUSED_COLLATERAL:REFUSED_COLLATERAL", SMBMGMT_E_REFUSED_COLLATERAL},
	{"unit=user", "a '' age=1;b u age=1", "all", "",
	 "REFUSED_UNSAFE:REFUSED_UNSAFE WOULD_CLOSE", PARTIAL},
	{"knows=client", "a -", "user=u", "", "", SMBMGMT_E_NOT_SUPPORTED},
	{"incomplete", "a u id=1", "all", "", "WOULD_CLOSE", PARTIAL},
	{"incomplete", "", "all", "", "", SMBMGMT_E_INCOMPLETE},
	{"", "", "all", "", "", 0},
};

START_TEST(test_what_if)
{
	smbmgmt_plan *plan =
		fixture_plan_text(what_ifs[_i].server, what_ifs[_i].rows,
				  what_ifs[_i].filter, what_ifs[_i].rules);
	smbmgmt_report *report = NULL;

	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	ck_assert_int_eq(sm_report_fill(report, plan, NULL, NULL), 0);
	sm_plan_unref(plan);
	sm_report_finish(report);
	ck_assert_str_eq(fixture_report_say(report), what_ifs[_i].expected);
	ck_assert_int_eq(report->code, what_ifs[_i].code);
	for (size_t i = 0; i < report->count; i++) {
		ck_assert(!report->outcomes[i].sent);
		ck_assert_str_ne(report->outcomes[i].message, "");
	}
	sm_report_unref(report);
}
END_TEST

START_TEST(test_left_out)
{
	smbmgmt_plan *plan = fixture_plan_text(
		"", "a u id=1 own=yes;b v id=2;c w id=3 own=possible", "all",
		"");
	smbmgmt_report *report = NULL;

	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	ck_assert_int_eq(sm_report_fill(report, plan, NULL, NULL), 0);
	sm_plan_unref(plan);
	ck_assert_uint_eq(report->left_out_count, 2);
	ck_assert_uint_eq(report->left_out[0]->row.id, 1);
	ck_assert_uint_eq(report->left_out[1]->row.id, 3);
	ck_assert_uint_eq(report->count, 1);
	sm_report_unref(report);
}
END_TEST

/* Results stand before the plan; nothing that was not tried is a success. */
START_TEST(test_executed)
{
	smbmgmt_plan *plan = fixture_plan_text(
		"", "a u id=1;a u id=2;a u id=3;a u;a u id=5", "user=u", "");
	struct sm_result results[5] = {0};
	struct sm_fail lost;
	smbmgmt_report *report = NULL;

	results[0].tried = true;
	results[0].sent = true;
	results[0].outcome = SMBMGMT_OUTCOME_CLOSED;
	sm_fail(&lost, SMBMGMT_E_CONNECTION_LOST, "It broke.");
	results[1].tried = true;
	results[1].sent = true;
	results[1].outcome = SMBMGMT_OUTCOME_SENT;
	results[1].code = SMBMGMT_E_CONNECTION_LOST;
	results[1].cause = sm_error_new(&lost, "fs1");
	results[2].tried = true;
	results[2].outcome = SMBMGMT_OUTCOME_RECONNECTED;
	results[2].new_session = plan->items.items[0].session;
	strcpy(results[2].message, "It is back.");
	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	ck_assert_int_eq(sm_report_fill(report, plan, results, NULL), 0);
	smbmgmt_error_unref(results[1].cause);
	sm_plan_unref(plan);
	sm_report_finish(report);
	ck_assert_str_eq(fixture_report_say(report),
			 "CLOSED SENT:CONNECTION_LOST RECONNECTED "
			 "REFUSED_UNSAFE:REFUSED_UNSAFE CANCELLED:CANCELLED");
	ck_assert_int_eq(report->code, SMBMGMT_E_PARTIAL);
	ck_assert(report->outcomes[0].sent);
	ck_assert(!report->outcomes[4].sent);
	ck_assert_str_eq(report->outcomes[0].message, "");
	ck_assert_str_eq(report->outcomes[1].message, "It broke.");
	ck_assert_str_eq(report->outcomes[2].message, "It is back.");
	ck_assert_uint_eq(report->outcomes[2].new_session->row.id, 1);
	sm_report_unref(report);
}
END_TEST

/* A report is for good: what is decided later does not reach into it. */
START_TEST(test_report_stays)
{
	smbmgmt_plan *plan = fixture_plan_text("unit=user possible",
					       "a u age=1;a v age=1;a w age=1",
					       "user=u,v", "possible");
	smbmgmt_report *report = NULL;
	const struct sm_outcome *o = NULL;
	int32_t grade = -1;

	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	ck_assert_int_eq(sm_report_fill(report, plan, NULL, NULL), 0);
	plan->items.items[1].decision = SMBMGMT_DECISION_NO;
	ck_assert_int_eq(sm_plan_settle(plan, NULL), 0);
	ck_assert_str_eq(fixture_plan_say(plan),
			 "0:collateral(1p,2p) 1:no(0p,2p)");
	sm_plan_unref(plan);
	ck_assert_str_eq(fixture_report_say(report), "WOULD_CLOSE WOULD_CLOSE");
	o = &report->outcomes[0];
	ck_assert_uint_eq(sm_layout_collateral_count(o->layout, o->unit), 1);
	ck_assert_uint_eq(sm_layout_collateral(o->layout, o->unit, 0, &grade),
			  2);
	ck_assert_int_eq(grade, SMBMGMT_GRADE_POSSIBLE);
	ck_assert_int_eq(o->layout->ended[2], -1);
	sm_report_unref(report);
}
END_TEST

static void count_unref(void *handle)
{
	++*(int *)handle;
}

START_TEST(test_handles)
{
	smbmgmt_report *report = NULL;
	int unrefs = 0;
	struct sm_outcome o = {.outcome = SMBMGMT_OUTCOME_REMOVED,
			       .handle = &unrefs};

	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	report->handle_unref = count_unref;
	ck_assert_int_eq(sm_report_add(report, &o, "", NULL), 0);
	sm_report_unref(report);
	ck_assert_int_eq(unrefs, 1);
	sm_report_unref(NULL);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Parts make one report; of an evict what counts is how it ended. */
START_TEST(test_append)
{
	struct sm_outcome failed = {.outcome = SMBMGMT_OUTCOME_FAILED,
				    .code = SMBMGMT_E_CONNECTION_LOST};
	struct sm_fail why = {.offset = -1};
	smbmgmt_report *report = NULL;
	smbmgmt_report *part = NULL;

	sm_fail(&why, SMBMGMT_E_TIMED_OUT, "It took too long.");
	ck_assert_int_eq(sm_report_new(&report, NULL), 0);
	ck_assert_int_eq(sm_report_new(&part, NULL), 0);
	ck_assert_int_eq(sm_report_add(part, &failed, "lost", NULL), 0);
	ck_assert(sm_errors_add(&part->errors, sm_error_new(&why, "fs1")));
	part->listings = 2;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(sm_report_append(report, part, NULL), 0);
	sm_report_unref(part);
	ck_assert_uint_eq(report->count, 2);
	ck_assert_uint_eq(report->errors.count, 2);
	ck_assert_uint_eq(report->listings, 4);
	ck_assert_str_eq(report->outcomes[1].message, "lost");
	sm_errors_free(&report->errors);
	memset(&report->errors, 0, sizeof(report->errors));
	report->servers = calloc(2, sizeof(*report->servers));
	ck_assert_ptr_nonnull(report->servers);
	report->server_count = 2;
	report->servers[0].closed = 1;
	sm_report_finish(report);
	ck_assert_int_eq(report->code, 0);
	report->servers[1].code = SMBMGMT_E_STILL_PRESENT;
	sm_report_finish(report);
	ck_assert_int_eq(report->code, SMBMGMT_E_PARTIAL);
	sm_report_unref(report);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-report");
	TCase *tc = tcase_create("report");

	tcase_add_loop_test(tc, test_outcome_code, 0, COUNT(outcomes));
	tcase_add_loop_test(tc, test_overall, 0, COUNT(overalls));
	tcase_add_loop_test(tc, test_what_if, 0, COUNT(what_ifs));
	tcase_add_test(tc, test_left_out);
	tcase_add_test(tc, test_append);
	tcase_add_test(tc, test_executed);
	tcase_add_test(tc, test_report_stays);
	tcase_add_test(tc, test_handles);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
