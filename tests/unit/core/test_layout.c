/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Close units, collateral, and what is refused. */
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/error.h>
#include <smbmgmt/plan.h>

#include "core/layout.h"
#include "fixture.h"
#include "suite.h"

#define ME "me=admin@10.0.0.9@30"
#define US ";10.0.0.9 admin age=30"

static const struct {
	const char *server;
	const char *rows;
	const char *filter;
	const char *rules;
	const char *expected;
} cases[] = {
	/* One session at a time. */
	{"", "a u id=1;a u id=2", "ids=1", "", "0:close"},
	{"", "a u id=1;a u id=2", "all", "", "0:close 1:close"},
	{"", "a u id=1", "user=u", "", "0:close"},
	{"", "a u age=5", "user=u", "own all", "0:unsafe"},
	{"", "a u did=5 age=5", "ids=5", "own all", "0:unsafe"},
	{"", "- - id=1", "ids=1", "", "0:close"},

	/* Own, marked by the transport. */
	{"", "a u id=1 own=yes", "ids=1", "", "0:own"},
	{"", "a u id=1 own=possible", "ids=1", "", "0:own"},
	{"", "a u id=1 own=yes", "ids=1", "own", "0:close"},
	{"", "a u id=1 own=possible", "user=u", "own", "0:close"},
	{"", "a u id=1 own=yes", "user=u", "possible", "0:own"},
	{"", "a u id=1 own=yes;b v id=2", "all", "", "1:close left:0"},
	{"", "a u id=1 own=possible;b v id=2", "all", "", "1:close left:0"},
	{"", "a u id=1 own=yes;b v id=2", "all", "own", "0:close 1:close"},
	/* A predicate names it: it is no match-all. */
	{"", "a u id=1 own=yes idle=9", "all idle=1", "", "0:own"},

	/* All of a (client, user). */
	{"unit=user", "a alice age=9;b bob age=9", "user=alice", "", "0:close"},
	{"unit=user", "a alice age=9;a bob age=9", "user=alice", "", "0:close"},
	{"unit=user", "a alice age=9;b alice age=9", "client=a", "", "0:close"},
	{"unit=user", "a alice age=9;a alice age=1", "user=alice", "",
	 "0:close 1:close"},
	{"unit=user", "a alice age=9;a ALICE age=1", "age=9", "",
	 "0:collateral(1c)"},
	{"unit=user", "a alice age=9;a alice age=1", "age=9", "possible",
	 "0:collateral(1c)"},
	{"unit=user", "a alice age=9;a alice age=1", "age=9", "all",
	 "0:close(1c)"},
	{"unit=user", "a u age=9;a u age=1;a u age=2;a u age=8", "age=8", "all",
	 "0:close(1c,2c) 3:close(1c,2c)"},
	/* One name in two spellings: a close of one may end the other. */
	{"unit=user", "\\\\a u age=9;a u age=1", "age=9", "",
	 "0:collateral(1p)"},
	{"unit=user", "A u age=9;a U age=1", "age=9", "possible",
	 "0:close(1p)"},
	{"unit=user", "\\\\a u age=9;A u age=1", "client=a", "",
	 "0:close 1:close"},
	{"unit=user", "::ffff:10.0.0.1 u age=9;10.0.0.1 u age=1", "age=9", "",
	 "0:collateral(1p)"},
	{"unit=user", "fe80::1%1 u age=9;fe80::1%2 u age=1", "age=9", "",
	 "0:close"},
	{"unit=user", "\\\\a u age=9;a v age=1", "age=9", "", "0:close"},
	/* Without client or user it would end too much. */
	{"unit=user", "a - age=9", "client=a", "own all", "0:unsafe"},
	{"unit=user", "a '' age=9", "client=a", "own all", "0:unsafe"},
	{"unit=user", "- u age=9", "user=u", "own all", "0:unsafe"},
	{"unit=user", "'' u age=9", "user=u", "own all", "0:unsafe"},
	{"unit=user", "\\\\ u age=9", "user=u", "own all", "0:unsafe"},
	{"unit=user", "'' u age=9;'' u age=9", "user=u", "own all",
	 "0:unsafe 1:unsafe"},
	/* Neither age nor id. */
	{"unit=user", "a u", "user=u", "own all", "0:unsafe"},
	{"unit=user", "a u did=4", "user=u", "own all", "0:unsafe"},
	{"unit=user", "a u id=4", "user=u", "", "0:close"},
	{"unit=user", "a u age=4;a u", "user=u", "own all",
	 "0:unsafe 1:unsafe"},

	/* All of a process. */
	{"unit=process", "a u id=1 proc=7;a v id=2 proc=8", "ids=1", "",
	 "0:close"},
	{"unit=process", "a u id=1 proc=7;b v id=2 proc=7", "ids=1", "",
	 "0:collateral(1c)"},
	{"unit=process", "a u id=1 proc=7;b v id=2 proc=7", "ids=1", "all",
	 "0:close(1c)"},
	{"unit=process", "a u id=1 proc=7;b v id=2 proc=7", "ids=1,2", "",
	 "0:close 1:close"},
	{"unit=process", "a u id=1 proc=7;b v id=2 proc=7 own=yes", "ids=1",
	 "all", "0:own(1c)"},
	{"unit=process", "a u id=1;b v id=2 proc=''", "ids=1,2", "own all",
	 "0:unsafe 1:unsafe"},
	{"unit=process", "a u proc=7 age=9", "user=u", "own all", "0:unsafe"},

	/* Possible: every other session of that client. */
	{"unit=user possible", "a alice age=9;a bob age=9", "user=alice", "",
	 "0:collateral(1p)"},
	{"unit=user possible", "a alice age=9;a bob age=9", "user=alice",
	 "possible", "0:close(1p)"},
	{"unit=user possible", "a alice age=9;a bob age=9", "user=alice", "all",
	 "0:close(1p)"},
	{"unit=user possible", "a alice age=9;b bob age=9", "user=alice", "",
	 "0:close"},
	{"unit=user possible", "a alice age=9;a bob age=9", "client=a", "",
	 "0:close 1:close"},
	{"unit=user possible",
	 "\\\\10.0.0.5 alice age=9;[::ffff:10.0.0.5] bob age=9", "user=alice",
	 "", "0:collateral(1p)"},
	{"unit=user possible", "fe80::1%1 alice age=9;fe80::1%2 bob age=9",
	 "user=alice", "", "0:collateral(1p)"},
	{"unit=user possible", "a x age=9;a x age=1;a y age=3", "age=9", "",
	 "0:collateral(1c,2p)"},
	{"unit=user possible", "a x age=9;a x age=1;a y age=3", "age=9",
	 "possible", "0:collateral(1c,2p)"},
	{"unit=user possible", "a x age=9;a x age=1;a y age=3", "age=9", "all",
	 "0:close(1c,2p)"},
	/* What is refused stays, and so is collateral of the others. */
	{"unit=user possible", "a alice age=9;a '' age=9", "client=a", "",
	 "0:collateral(1p) 1:unsafe(0p)"},
	{"unit=user possible", "a alice age=9;a '' age=9", "client=a",
	 "possible", "0:close(1p) 1:unsafe"},
	{"unit=user possible", "a x age=9;a x age=1;a y age=9", "age=9",
	 "possible", "0:collateral(1c) 2:close(1p,0p)"},
	{"unit=user possible",
	 "a x age=9;a x age=1;a y age=9;a z age=1;b z age=9", "age=9", "",
	 "0:collateral(1c,2p,3p) 2:collateral(1p,0p,3p) 4:close"},

	/* Own on a server that does not say which session is ours. */
	{"unit=user possible " ME, "a u age=9" US, "user=u", "", "0:close"},
	{"unit=user possible " ME, "a u age=9" US, "user=u,admin", "",
	 "0:close 1:own"},
	{"unit=user possible " ME, "a u age=9" US, "user=u,admin", "own",
	 "0:close 1:close"},
	{"unit=user possible " ME, "a u age=9" US, "all", "", "0:close left:1"},
	/* As collateral it needs include-own as well. */
	{"unit=user possible " ME, "10.0.0.9 u age=9" US, "user=u", "",
	 "0:own(1p)"},
	{"unit=user possible " ME, "10.0.0.9 u age=9" US, "user=u", "all",
	 "0:own(1p)"},
	{"unit=user possible " ME, "10.0.0.9 u age=9" US, "user=u", "own",
	 "0:collateral(1p)"},
	{"unit=user possible " ME, "10.0.0.9 u age=9" US, "user=u",
	 "own possible", "0:close(1p)"},
	{"unit=user possible " ME, "10.0.0.9 u age=9" US, "all", "all",
	 "0:own(1p) left:1"},
	{"unit=user " ME, "10.0.0.9 admin age=99" US, "age=99", "all",
	 "0:own(1c)"},
	/* Behind NAT: every row of our user may be ours. */
	{"unit=user " ME, "x u age=9;y admin age=99;z admin age=98",
	 "user=u,admin", "", "0:close 1:own 2:own"},
	{"unit=user " ME, "x u age=9;y admin age=99;z admin age=98", "all", "",
	 "0:close left:1 left:2"},
	/* Our user has no row: nothing is closed without include-own. */
	{"unit=user " ME, "x u age=9", "user=u", "all", "0:own"},
	{"unit=user " ME, "x u age=9", "all", "all", "0:own"},
	{"unit=user " ME, "x u age=9", "user=u", "own", "0:close"},

	/* What goes with it cannot be known from an incomplete listing. */
	{"incomplete", "a u id=1", "ids=1", "", "0:close err:INCOMPLETE"},
	{"incomplete unit=user", "a u age=1", "user=u", "",
	 "0:unsafe err:INCOMPLETE"},
	{"incomplete unit=user", "a u age=1", "user=u", "all",
	 "0:unsafe err:INCOMPLETE"},
	{"incomplete unit=user", "a u age=1", "user=u", "own possible",
	 "0:unsafe err:INCOMPLETE"},
	{"incomplete unit=user", "a u age=1", "user=u", "own all",
	 "0:close err:INCOMPLETE"},
	{"incomplete possible", "a u id=1", "ids=1", "",
	 "0:unsafe err:INCOMPLETE"},
	{"incomplete unit=process", "a u id=1 proc=7", "ids=1", "",
	 "0:unsafe err:INCOMPLETE"},
	/* Nor that a value is not there. */
	{"incomplete", "a u id=1", "ids=1,2", "", "0:close err:INCOMPLETE"},
};

START_TEST(test_verdicts)
{
	smbmgmt_plan *plan =
		fixture_plan_text(cases[_i].server, cases[_i].rows,
				  cases[_i].filter, cases[_i].rules);

	ck_assert_str_eq(fixture_plan_say(plan), cases[_i].expected);
	sm_plan_unref(plan);
}
END_TEST

/*
 * At execution: `s` selected, `n` a newcomer, `.` neither.  The verdict of
 * each selected row.
 */
static const struct {
	const char *server;
	const char *rows;
	const char *marks;
	const char *rules;
	int32_t expected;
} newcomers[] = {
	{"unit=user", "a u age=9;a u age=0", "sn", "all",
	 SMBMGMT_E_REFUSED_COLLATERAL},
	{"unit=user", "a u age=9;a u age=1", "s.", "all", 0},
	{"unit=user possible", "a u age=9;a v age=0", "sn", "own all",
	 SMBMGMT_E_REFUSED_COLLATERAL},
	{"unit=user possible", "a u age=9;b v age=0", "sn", "", 0},
	{"unit=process", "a u id=1 proc=7;a v id=2 proc=7", "sn", "all",
	 SMBMGMT_E_REFUSED_COLLATERAL},
	{"", "a u id=1;a u id=2", "sn", "", 0},
	/* Our own reconnect is our own, not a newcomer. */
	{"unit=user possible", "a u age=9;a v age=0 own=possible", "sn",
	 "possible", SMBMGMT_E_REFUSED_OWN},
	{"unit=user possible", "a u age=9;a v age=0 own=possible", "sn",
	 "own possible", 0},
};

START_TEST(test_newcomers)
{
	struct sm_table *table =
		fixture_table(newcomers[_i].server, newcomers[_i].rows, NULL);
	struct sm_rules rules = fixture_rules(newcomers[_i].rules);
	struct sm_layout *layout = NULL;
	uint8_t marks[8] = {0};

	ck_assert_uint_le(table->count, sizeof(marks));
	for (size_t i = 0; i < table->count && i < sizeof(marks); i++) {
		if (newcomers[_i].marks[i] == 's')
			marks[i] = SM_MARK_SELECTED;
		if (newcomers[_i].marks[i] == 'n')
			marks[i] = SM_MARK_NEWCOMER;
	}
	ck_assert_int_eq(sm_layout_new(table, &rules, marks, &layout, NULL), 0);
	ck_assert_int_eq(sm_layout_judge(layout, NULL), 0);
	ck_assert_int_eq(layout->units[layout->unit_of[0]].code,
			 newcomers[_i].expected);
	sm_layout_unref(layout);
	sm_table_unref(table);
}
END_TEST

/* What is asked of the transport: raw names, the instance it was found with. */
START_TEST(test_close_request)
{
	smbmgmt_plan *plan = fixture_plan_text(
		"unit=user instances",
		"\\\\[FE80::1%4] Alice age=3 inst=2;\\\\[FE80::1%4] ALICE "
		"age=4 inst=2;b bob id=7 proc=p age=1",
		"all", "");
	const struct sm_layout *layout = plan->servers[0].layout;
	struct sm_close close;

	ck_assert_uint_eq(layout->unit_count, 2);
	sm_layout_close(layout, layout->unit_of[0], &close);
	ck_assert_uint_eq(close.unit, SM_UNIT_CLIENT_USER);
	ck_assert_str_eq(close.client, "\\\\[FE80::1%4]");
	ck_assert_str_eq(close.user, "Alice");
	ck_assert(close.has_instance);
	ck_assert_uint_eq(close.instance, 2);
	sm_layout_close(layout, layout->unit_of[2], &close);
	ck_assert(!close.has_instance);
	ck_assert_uint_eq(close.id, 7);
	ck_assert_str_eq(close.process, "p");
	sm_plan_unref(plan);
}
END_TEST

START_TEST(test_own_units)
{
	smbmgmt_plan *plan = fixture_plan_text(
		"unit=user " ME, "a u age=1;a v age=2" US, "all", "own");
	const struct sm_layout *layout = plan->servers[0].layout;

	/* The unit of our own says so: it is closed last. */
	ck_assert(!layout->units[layout->unit_of[0]].own);
	ck_assert(!layout->units[layout->unit_of[1]].own);
	ck_assert(layout->units[layout->unit_of[2]].own);
	sm_plan_unref(plan);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-layout");
	TCase *tc = tcase_create("layout");

	tcase_add_loop_test(tc, test_verdicts, 0, COUNT(cases));
	tcase_add_loop_test(tc, test_newcomers, 0, COUNT(newcomers));
	tcase_add_test(tc, test_close_request);
	tcase_add_test(tc, test_own_units);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
