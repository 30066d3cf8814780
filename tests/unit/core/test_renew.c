/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A plan against a newer listing: it may only shrink. */
#include <string.h>

#include <smbmgmt/plan.h>

#include "core/renew.h"
#include "fixture.h"
#include "suite.h"

/*
 * Listed at 0 s and planned, item @no declined (-1: none), listed again at
 * 10 s.  Expected: each new row that is to be closed, with its verdict; then
 * where the old rows are now: - gone, ? it cannot be told.
 */
static const struct {
	const char *server;
	const char *before;
	const char *filter;
	const char *rules;
	int no;
	const char *after;
	const char *verdicts;
	const char *rows;
	int began; /* ms: the new listing, if it took long */
} cases[] = {
	{"", "a u id=1;b v id=2", "ids=1", "", -1, "a u id=1;b v id=2", "0:OK",
	 "0 1"},
	{"", "a u id=1;b v id=2", "all", "", -1, "b v id=2", "0:OK", "- 0"},
	{"", "a u id=1", "all", "", -1, "a u id=2", "", "-"},
	/* Stale: replaced since. */
	{"", "a u id=1 age=50", "all", "", -1, "a u id=1 age=5", "", "-"},
	{"unit=user", "a u age=50", "all", "", -1, "a u age=5", "", "-"},
	/* What has newly appeared was not asked for. */
	{"", "a u id=1", "all", "", -1, "a u id=2;a u id=1", "1:OK", "1"},
	{"unit=user", "a u age=50", "user=u", "all", -1, "a u age=60;a u age=3",
	 "0:REFUSED_COLLATERAL", "0"},
	{"unit=user", "a u age=50;a u age=9", "age=50", "all", -1,
	 "a u age=60;a u age=19", "0:OK", "0 1"},
	{"unit=user possible", "a u age=50", "user=u", "own all", -1,
	 "a u age=60;a w age=3", "0:REFUSED_COLLATERAL", "0"},
	{"unit=user possible", "a u age=50", "user=u", "", -1,
	 "a u age=60;b w age=3", "0:OK", "0"},
	/* What was collateral is still judged by the policy. */
	{"unit=user possible", "a u age=50;a w age=9", "user=u", "possible", -1,
	 "a u age=60;a w age=19", "0:OK", "0 1"},
	{"unit=user possible", "a u age=50;a w age=9", "user=u", "possible", -1,
	 "a u age=60", "0:OK", "0 -"},
	/* What was refused stays refused when its reason goes away. */
	{"unit=user possible", "a u age=50;a w age=9", "user=u", "", -1,
	 "a u age=60", "", "0 -"},
	{"", "a u id=1 own=yes", "ids=1", "", -1, "a u id=1", "", "0"},
	/* What was declined stays declined, and is nobody's collateral. */
	{"unit=user possible", "a u age=50;a w age=9", "client=a", "own all", 1,
	 "a u age=60;a w age=19", "1:DECLINED", "0 1"},
	{"", "a u id=1;b v id=2", "all", "", 1, "a u id=1;b v id=2",
	 "0:OK 1:DECLINED", "0 1"},
	/* Read again slowly: the same, gone, and what nobody can tell. */
	{"", "a u id=1 age=50", "all", "", -1, "a u id=1 age=53", "0:OK", "0",
	 4000},
	{"", "a u id=1 age=50", "all", "", -1, "a u id=1 age=51", "", "-",
	 4000},
	{"", "a u id=1 age=5", "all", "", -1, "a u id=1 age=8", "", "?", 4000},
	{"unit=user", "a u age=5", "all", "", -1, "a u age=8", "", "?", 4000},
	/* Our own connection may be another by now. */
	{"", "a u id=1", "all", "", -1, "a u id=1 own=yes", "0:REFUSED_OWN",
	 "0"},
};

START_TEST(test_renew)
{
	smbmgmt_plan *plan =
		fixture_plan_text(cases[_i].server, cases[_i].before,
				  cases[_i].filter, cases[_i].rules);
	const struct sm_layout *old = plan->servers[0].layout;
	char server[100] = "at=10000";
	struct sm_layout *layout = NULL;
	struct sm_table *now = NULL;
	char verdicts[FIXTURE_TEXT] = "";
	char rows[FIXTURE_TEXT] = "";
	size_t row[8];

	if (cases[_i].no >= 0) {
		plan->items.items[cases[_i].no].decision = SMBMGMT_DECISION_NO;
		ck_assert_int_eq(sm_plan_settle(plan, NULL), 0);
	}
	fixture_add(server, "%s", cases[_i].server);
	if (cases[_i].began != 0)
		fixture_add(server, "began=%d", cases[_i].began);
	now = fixture_table(server, cases[_i].after, NULL);
	ck_assert_int_eq(sm_layout_renew(old, now, row, &layout, NULL), 0);
	for (size_t i = 0; i < now->count; i++) {
		const struct sm_unit *unit = &layout->units[layout->unit_of[i]];

		if (layout->marks[i] & SM_MARK_SELECTED)
			fixture_add(verdicts, "%zu:%s", i,
				    fixture_code(unit->code));
	}
	for (size_t i = 0; i < old->table->count; i++) {
		if (row[i] == SM_NO_ROW || row[i] == SM_UNSURE_ROW)
			fixture_add(rows, row[i] == SM_NO_ROW ? "-" : "?");
		else
			fixture_add(rows, "%zu", row[i]);
	}
	ck_assert_str_eq(verdicts, cases[_i].verdicts);
	ck_assert_str_eq(rows, cases[_i].rows);
	sm_layout_unref(layout);
	sm_plan_unref(plan);
	sm_table_unref(now);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-renew");
	TCase *tc = tcase_create("renew");

	tcase_add_loop_test(tc, test_renew, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
