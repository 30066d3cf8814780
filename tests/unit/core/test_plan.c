/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decisions, several servers, questions. */
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/error.h>
#include <smbmgmt/plan.h>

#include "core/plan.h"
#include "fixture.h"
#include "suite.h"

/* `2n` declines item 2, `2y` consents, `2o` takes it back, each settled. */
static void decide(smbmgmt_plan *plan, const char *text)
{
	while (*text != '\0') {
		char *end = NULL;
		unsigned long item = strtoul(text, &end, 10);

		ck_assert_uint_lt(item, plan->items.count);
		plan->items.items[item].decision =
			*end == 'n'   ? SMBMGMT_DECISION_NO
			: *end == 'y' ? SMBMGMT_DECISION_YES
				      : SMBMGMT_DECISION_OPEN;
		ck_assert_int_eq(sm_plan_settle(plan, NULL), 0);
		text = end + 1 + strspn(end + 1, " ");
	}
}

#define SAME_CLIENT "unit=user possible", "a alice age=9;a bob age=9"

static const struct {
	const char *server;
	const char *rows;
	const char *filter;
	const char *rules;
	const char *decisions;
	const char *expected;
	bool needs_consent;
} decisions[] = {
	{"", "a u id=1;a u id=2", "all", "", "", "0:close 1:close", true},
	{"", "a u id=1;a u id=2", "all", "", "0y", "0:yes 1:close", true},
	{"", "a u id=1;a u id=2", "all", "", "0y 1y", "0:yes 1:yes", false},
	{"", "a u id=1;a u id=2", "all", "", "0y 1n", "0:yes 1:no", false},
	{"", "a u id=1;a u id=2", "all", "", "0n 1n", "0:no 1:no", false},
	{"", "a u id=1;a u id=2", "all", "", "0n 0o", "0:close 1:close", true},
	/* Consent to all that is left is enough: a refused one needs none. */
	{"", "a u id=1;a u", "user=u", "", "0y", "0:yes 1:unsafe", false},
	{"", "a u", "user=u", "", "", "0:unsafe", false},
	{"", "", "user=u", "", "", "none:u", false},
	/* A no is for the whole unit. */
	{"unit=user", "a u age=9;b v age=9;a u age=1", "all", "", "2n",
	 "0:no 1:close 2:no", true},
	{"unit=user", "a u age=9;b v age=9;a u age=1", "all", "", "2n 1y",
	 "0:no 1:yes 2:no", false},
	{"unit=user", "a u age=9;b v age=9;a u age=1", "all", "", "2n 2o",
	 "0:close 1:close 2:close", true},
	/* What was declined never ends with another, whatever the policy. */
	{SAME_CLIENT, "client=a", "", "1n", "0:collateral(1p) 1:no(0p)", false},
	{SAME_CLIENT, "client=a", "own all", "1n", "0:collateral(1p) 1:no(0p)",
	 false},
	{SAME_CLIENT, "client=a", "own all", "0y 1n",
	 "0:collateral(1p) 1:no(0p)", false},
	{SAME_CLIENT, "client=a", "own all", "1n 1o", "0:close 1:close", true},
	{SAME_CLIENT, "client=a", "own all", "0y 1n 1o", "0:yes 1:close", true},
	{"unit=user possible", "a alice age=9;b bob age=9", "all", "", "1n",
	 "0:close 1:no", true},
	{"unit=process", "a u id=1 proc=7;a v id=2 proc=7", "all", "all", "0n",
	 "0:no 1:no", false},
	{"unit=user", "\\\\a u age=9;a u age=1", "client=a", "own all", "0n",
	 "0:no(1p) 1:collateral(0p)", false},
	/* Twice the same. */
	{SAME_CLIENT, "client=a", "possible", "1n 1n 0n", "0:no(1p) 1:no(0p)",
	 false},
};

START_TEST(test_decisions)
{
	smbmgmt_plan *plan =
		fixture_plan_text(decisions[_i].server, decisions[_i].rows,
				  decisions[_i].filter, decisions[_i].rules);

	decide(plan, decisions[_i].decisions);
	ck_assert_str_eq(fixture_plan_say(plan), decisions[_i].expected);
	ck_assert_int_eq(sm_plan_needs_consent(plan),
			 decisions[_i].needs_consent);
	sm_plan_unref(plan);
}
END_TEST

/* A plan that is decided about for long does not grow. */
START_TEST(test_settle_keeps_size)
{
	smbmgmt_plan *plan = fixture_plan_text(
		"unit=user possible", "a u age=1;a v age=2;a w age=3;a x age=4",
		"user=u,v,w", "");
	struct sm_arena *arena = &plan->servers[0].layout->arena;
	size_t total = arena->total;
	size_t used = 0;

	decide(plan, "0n 0o 1n 1o");
	used = arena->used;
	for (int i = 0; i < 100; i++)
		decide(plan, "0n 1n 2n 0o 1o 2o");
	ck_assert_uint_eq(arena->total, total);
	ck_assert_uint_eq(arena->used, used);
	ck_assert_str_eq(fixture_plan_say(plan),
			 "0:collateral(1p,2p,3p) 1:collateral(0p,2p,3p) "
			 "2:collateral(0p,1p,3p)");
	sm_plan_unref(plan);
}
END_TEST

/* Two servers, and what a value is not found on. */
static const struct {
	const char *first;
	const char *first_rows;
	const char *second;
	const char *second_rows;
	const char *filter;
	const char *expected;
} servers[] = {
	{"", "a u id=1", "", "b v id=1", "ids=1", "0/0:close 1/0:close"},
	{"", "a u id=1", "", "b v id=3", "ids=1..4",
	 "0/0:close 1/0:close none:2 none:4"},
	{"", "a u id=1", "", "b v id=3", "user=x", "none:x"},
	{"", "a u id=1", "", "b v id=3", "user=u client=b", "none"},
	{"", "a u id=1", "knows=client", "b -", "user=v,u",
	 "0/0:close err:NOT_SUPPORTED"},
	{"", "a u id=1", "incomplete", "b v id=3", "user=x", "err:INCOMPLETE"},
	{"", "a u id=1", "incomplete", "b v id=3", "all",
	 "0/0:close 1/0:close err:INCOMPLETE"},
	{"", "fe80::1%1 u id=1;fe80::1%2 u id=2", "", "fe80::1%1 u id=1",
	 "client=fe80::1", "1/0:close err:AMBIGUOUS"},
	{"", "a u id=1 own=yes", "", "b v id=3", "all", "1/0:close left:0"},
};

START_TEST(test_servers)
{
	struct sm_table *tables[2] = {
		fixture_table(servers[_i].first, servers[_i].first_rows, NULL),
		fixture_table(servers[_i].second, servers[_i].second_rows,
			      NULL),
	};
	smbmgmt_filter *filter = fixture_filter(servers[_i].filter);
	struct sm_rules rules = fixture_rules("");
	struct sm_match *match = NULL;
	smbmgmt_plan *plan = NULL;

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_plan_new(&rules, 2, &plan, NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(
			sm_plan_add_listing(plan, i, tables[i], match, NULL),
			0);
		sm_table_unref(tables[i]);
	}
	ck_assert_int_eq(sm_plan_finish(plan, match, NULL), 0);
	ck_assert_str_eq(fixture_plan_say(plan), servers[_i].expected);
	sm_plan_unref(plan);
	sm_match_free(match);
	sm_filter_unref(filter);
}
END_TEST

/* A server that failed may have what the others have not. */
START_TEST(test_failure)
{
	struct sm_table *table = fixture_table("", "a u id=1", NULL);
	smbmgmt_filter *filter = fixture_filter("ids=1,2");
	struct sm_rules rules = fixture_rules("");
	struct sm_match *match = NULL;
	smbmgmt_plan *plan = NULL;
	struct sm_fail why;

	sm_fail(&why, SMBMGMT_E_TIMED_OUT, "No answer.");
	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_plan_new(&rules, 2, &plan, NULL), 0);
	ck_assert_int_eq(sm_plan_add_failure(plan, 0, &why, "fs0", NULL), 0);
	ck_assert_int_eq(sm_plan_add_listing(plan, 1, table, match, NULL), 0);
	ck_assert_int_eq(sm_plan_finish(plan, match, NULL), 0);
	ck_assert_str_eq(fixture_plan_say(plan), "1/0:close err:TIMED_OUT");
	ck_assert_ptr_null(plan->servers[0].layout);
	ck_assert_str_eq(smbmgmt_error_computer(plan->servers[0].error), "fs0");
	sm_plan_unref(plan);
	sm_match_free(match);
	sm_filter_unref(filter);
	sm_table_unref(table);
}
END_TEST

/* An empty filter closes nothing, and does not get as far as a plan. */
START_TEST(test_empty_filter)
{
	static const char *const filters[] = {"", "inst=0", "inst=1"};
	struct sm_table *table =
		fixture_table("instances", "a u id=1 inst=1", NULL);
	struct sm_rules rules = fixture_rules("own all");
	smbmgmt_filter *filter = fixture_filter(filters[_i]);
	struct sm_match *match = NULL;
	smbmgmt_plan *plan = NULL;

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_plan_new(&rules, 1, &plan, NULL), 0);
	ck_assert_int_eq(sm_plan_add_listing(plan, 0, table, match, NULL),
			 SMBMGMT_E_EMPTY_FILTER);
	ck_assert_uint_eq(plan->items.count, 0);
	sm_plan_unref(plan);
	sm_match_free(match);
	sm_filter_unref(filter);
	sm_table_unref(table);
}
END_TEST

/* The first item of each item's unit, where units lie mixed. */
START_TEST(test_first_item)
{
	static const size_t expected[] = {0, 1, 0, 1, 4, 0, 6};
	smbmgmt_plan *plan = fixture_plan_text(
		"unit=user",
		/* Rows 0 and 3 are not selected; 8 has no unit. */
		"a u age=1;a u age=9;b v age=9;a w age=1;a u age=9;b v age=9;"
		"c x age=9;a u age=9;'' y age=9",
		"age=9", "all");

	ck_assert_uint_eq(plan->items.count, 7);
	for (size_t i = 0; i < 7; i++)
		ck_assert_uint_eq(sm_plan_first_item(plan, i), expected[i]);
	sm_plan_unref(plan);
}
END_TEST

START_TEST(test_first_item_servers)
{
	static const size_t expected[] = {0, 1, 0, 3, 4, 3, 6};
	smbmgmt_filter *filter = fixture_filter("user=u,v,x");
	struct sm_rules rules = fixture_rules("");
	struct sm_match *match = NULL;
	smbmgmt_plan *plan = NULL;

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	ck_assert_int_eq(sm_plan_new(&rules, 2, &plan, NULL), 0);
	for (size_t i = 2; i-- > 0;) {
		struct sm_table *table = fixture_table(
			"unit=user", "a u age=1;b v age=1;a u age=2", NULL);

		ck_assert_int_eq(
			sm_plan_add_listing(plan, i, table, match, NULL), 0);
		sm_table_unref(table);
	}
	ck_assert_int_eq(sm_plan_finish(plan, match, NULL), 0);
	ck_assert_str_eq(fixture_plan_say(plan),
			 "1/0:close 1/1:close 1/2:close 0/0:close 0/1:close "
			 "0/2:close none:x");
	for (size_t i = 0; i < 7; i++)
		ck_assert_uint_eq(sm_plan_first_item(plan, i), expected[i]);
	ck_assert_uint_eq(plan->servers[0].unit_base, 0);
	ck_assert_uint_eq(plan->servers[1].unit_base, 2);
	sm_plan_unref(plan);
	sm_match_free(match);
	sm_filter_unref(filter);
}
END_TEST

START_TEST(test_question)
{
	smbmgmt_plan *plan = fixture_plan_text(
		"", "a u id=18446744073709551615;b v age=1", "all", "");
	char text[SM_FAIL_TEXT];

	sm_plan_question(&plan->items.items[0], text, sizeof(text));
	ck_assert_str_eq(text,
			 "Performing operation 'Close-Session' on "
			 "Target '18446744073709551615'.");
	sm_plan_question(&plan->items.items[1], text, sizeof(text));
	ck_assert_str_eq(text,
			 "Performing operation 'Close-Session' on "
			 "Target 'b v'.");
	sm_plan_unref(plan);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-plan");
	TCase *tc = tcase_create("plan");

	tcase_add_loop_test(tc, test_decisions, 0, COUNT(decisions));
	tcase_add_test(tc, test_settle_keeps_size);
	tcase_add_loop_test(tc, test_servers, 0, COUNT(servers));
	tcase_add_test(tc, test_failure);
	tcase_add_loop_test(tc, test_empty_filter, 0, 3);
	tcase_add_test(tc, test_first_item);
	tcase_add_test(tc, test_first_item_servers);
	tcase_add_test(tc, test_question);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
