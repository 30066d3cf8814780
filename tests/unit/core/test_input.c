/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Session objects as a filter: -InputObject. */
#include <string.h>

#include <smbmgmt/error.h>

#include "core/diff.h"
#include "fixture.h"
#include "suite.h"

/* Objects of a listing at 0 s, by their rows; the server is listed at 10 s. */
static const struct {
	const char *before;
	const char *rows;
	const char *objects; /* digits; one may be given twice */
	const char *server;
	const char *after;
	const char *rules;
	const char *expected;
} cases[] = {
	/* Native ids. */
	{"", "a u id=1;b v id=2", "0", "", "a u id=1;b v id=2", "", "0:close"},
	{"", "a u id=1;b v id=2", "10", "", "b v id=2;a u id=1", "",
	 "0:close 1:close"},
	{"", "a u id=1;b v id=2", "01", "", "b v id=2", "", "0:close gone"},
	{"", "a u id=1", "0", "", "a u id=9", "", "gone"},
	{"", "a u id=1 age=50", "0", "", "a u id=1 age=60", "", "0:close"},
	/* Replaced since it was listed: not closed. */
	{"", "a u id=1 age=50", "0", "", "a u id=1 age=4", "", "gone"},
	{"", "a u id=1 uniq=4", "0", "", "a u id=1 uniq=5", "", "gone"},
	{"", "a u id=1", "0", "", "b v id=1", "", "gone"},
	{"unit=user", "a u age=50", "0", "unit=user", "a u age=4", "all",
	 "gone"},
	/* Ages: just that row, and the rest of its unit is collateral. */
	{"unit=user", "a u age=50;a u age=7", "0", "unit=user",
	 "a u age=17;a u age=60", "", "1:collateral(0c)"},
	{"unit=user", "a u age=50;a u age=7", "0", "unit=user",
	 "a u age=17;a u age=60", "all", "1:close(0c)"},
	{"unit=user", "a u age=50;a u age=7", "01", "unit=user",
	 "a u age=17;a u age=60", "", "0:close 1:close"},
	{"unit=user", "a u age=50;a u age=7", "01", "unit=user", "a u age=60",
	 "", "0:close gone"},
	{"unit=user", "a u age=50;a u age=50", "01", "unit=user",
	 "a u age=60;a u age=60", "", "0:close 1:close"},
	{"unit=user", "a u age=50;a u age=50", "01", "unit=user", "a u age=60",
	 "", "0:close gone"},
	/* One object given twice is one session. */
	{"unit=user", "a u age=50;a u age=50", "00", "unit=user",
	 "a u age=60;a u age=60", "", "0:collateral(1c)"},
	{"unit=user", "a u age=50", "000", "unit=user", "a u age=60", "",
	 "0:close"},
	/* Of another handle: passed over. */
	{"name=x", "a u id=1", "0", "name=y", "a u id=1", "own all", ""},
	{"name=x", "a u id=1", "0", "name=y", "", "", ""},
	/* The name leads to another machine now; or nobody knows. */
	{"peer=::1", "a u id=1 age=9", "0", "peer=::2", "a u id=1 age=19",
	 "own all", "unsafe"},
	{"peer=::1", "a u id=1 age=9", "0", "peer=::2", "", "", "unsafe"},
	{"peer=::1", "a u id=1 age=9", "0", "peer=::1", "a u id=1 age=19", "",
	 "0:close"},
	{"peer=::1", "a u id=1 age=9", "0", "", "a u id=1 age=19", "",
	 "0:close"},
	/* Listed again in 6 s: what an age may be, and what it tells. */
	{"", "a u id=1 age=50", "0", "began=4000", "a u id=1 age=55", "",
	 "0:close"},
	{"", "a u id=1 age=5", "0", "began=4000", "a u id=1 age=8", "own all",
	 "unsafe"},
	{"", "a u id=1 age=50", "0", "began=4000", "a u id=1 age=51", "",
	 "gone"},
	{"unit=user", "a u age=50", "0", "unit=user began=4000", "a u age=55",
	 "own all", "unsafe"},
	{"unit=user", "a u age=50", "0", "unit=user began=4000", "a u age=40",
	 "all", "gone"},
	/* What cannot be told is neither closed nor called gone. */
	{"unit=user", "a u", "0", "unit=user", "a u", "own all", "unsafe"},
	{"unit=user", "a u", "0", "unit=user", "a u age=10", "own all",
	 "unsafe"},
	{"unit=user", "a u", "0", "unit=user", "b u age=10", "", "gone"},
	{"unit=user", "a u age=1", "0", "unit=user knows=client,user", "a u",
	 "own all", "unsafe"},
	{"unit=user", "a u age=1", "0", "unit=user knows=client,user", "a v",
	 "", "gone"},
	{"unit=user", "a u;a u", "01", "unit=user", "a u", "own all",
	 "unsafe gone"},
	{"", "a u id=1;b v id=2", "01", "incomplete", "b v id=2", "",
	 "0:close incomplete err:INCOMPLETE"},
	/* The safety rules hold for objects too. */
	{"", "a u id=1", "0", "", "a u id=1 own=yes", "", "0:own"},
	{"", "a u id=1", "0", "", "a u id=1 own=yes", "own", "0:close"},
	{"unit=user possible", "a u age=1", "0", "unit=user possible",
	 "a u age=11;a v age=3", "", "0:collateral(1p)"},
	{"unit=user", "a '' age=1", "0", "unit=user", "a '' age=11", "own all",
	 "0:unsafe"},
};

START_TEST(test_objects)
{
	struct sm_table *before =
		fixture_table(cases[_i].before, cases[_i].rows, NULL);
	char server[100] = "at=10000";
	struct sm_table *after = NULL;
	smbmgmt_filter *filter = fixture_filter("");
	smbmgmt_plan *plan = NULL;

	fixture_add(server, "%s", cases[_i].server);
	after = fixture_table(server, cases[_i].after, NULL);
	for (const char *o = cases[_i].objects; *o != '\0'; o++)
		ck_assert_int_eq(
			sm_filter_add_session(
				filter, &before->sessions[*o - '0'], NULL),
			0);
	/* The filter holds its objects. */
	sm_table_unref(before);
	plan = fixture_plan(after, filter, cases[_i].rules);
	sm_filter_unref(filter);
	sm_table_unref(after);
	ck_assert_str_eq(fixture_plan_say(plan), cases[_i].expected);
	sm_plan_unref(plan);
}
END_TEST

/*
 * Objects of several listings: at 0 s, 3 s and 10 s (now).  Rows of a file are
 * each a listing by themselves, with the time of the one they came from.
 */
static const struct {
	const char *listings[3][2]; /* server, its one row; NULL: none */
	const char *after;
	const char *expected;
} listings[] = {
	/* One session listed twice must not take a second row along. */
	{{{"unit=user", "a u age=50"}, {"unit=user at=3000", "a u age=53"}},
	 "a u age=60;a u age=60",
	 "0:collateral(1c)"},
	/* Two rows of one listing are two sessions, however alike. */
	{{{"unit=user at=3000", "a u age=53"},
	  {"unit=user at=3000", "a u age=53"}},
	 "a u age=60;a u age=60",
	 "0:close 1:close"},
	{{{"unit=user", "a u age=50"},
	  {"unit=user at=3000", "a u age=53"},
	  {"unit=user at=3000", "a u age=53"}},
	 "a u age=60;a u age=60",
	 "0:close 1:close"},
	{{{"unit=user", "a u age=50"}, {"unit=user at=3000", "a u age=13"}},
	 "a u age=60;a u age=20",
	 "0:close 1:close"},
};

START_TEST(test_listings)
{
	smbmgmt_filter *filter = fixture_filter("");
	struct sm_table *after =
		fixture_table("unit=user at=10000", listings[_i].after, NULL);
	smbmgmt_plan *plan = NULL;

	for (size_t i = 0; i < 3; i++) {
		const char *const *l = listings[_i].listings[i];
		struct sm_table *t = NULL;

		if (l[0] == NULL)
			continue;
		t = fixture_table(l[0], l[1], NULL);
		ck_assert_int_eq(
			sm_filter_add_session(filter, &t->sessions[0], NULL),
			0);
		sm_table_unref(t);
	}
	plan = fixture_plan(after, filter, "");
	ck_assert_str_eq(fixture_plan_say(plan), listings[_i].expected);
	sm_plan_unref(plan);
	sm_filter_unref(filter);
	sm_table_unref(after);
}
END_TEST

START_TEST(test_alone)
{
	struct sm_table *table = fixture_table("", "a u id=1", NULL);
	smbmgmt_session *session = &table->sessions[0];
	static const char *const others[] = {
		"ids=1",     "user=u",	"client=a", "scope=s", "node=n",
		"dialect=3", "inst=1",	"idle=0",   "age=0",   "opens=0",
		"guest=1",   "unenc=0", "all"};
	smbmgmt_filter *filter = NULL;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		filter = fixture_filter(others[i]);
		ck_assert_int_eq(sm_filter_add_session(filter, session, NULL),
				 SMBMGMT_E_INVALID);
		ck_assert_uint_eq(filter->session_count, 0);
		sm_filter_unref(filter);
	}
	filter = fixture_filter("");
	ck_assert_int_eq(sm_filter_add_session(filter, session, NULL), 0);
	ck_assert(!sm_filter_is_empty(filter));
	ck_assert_int_eq(sm_filter_may_add(filter, NULL), SMBMGMT_E_INVALID);
	ck_assert_int_eq(sm_filter_add_ids(filter, 1, 1, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(sm_filter_add_id_text(filter, "1", NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(
		sm_filter_add_text(filter, SM_PROPERTY_USER, "u", NULL),
		SMBMGMT_E_INVALID);
	ck_assert_int_eq(sm_filter_add_instance(filter, 1, NULL),
			 SMBMGMT_E_INVALID);
	sm_filter_unref(filter);
	sm_table_unref(table);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-input");
	TCase *tc = tcase_create("input");

	tcase_add_loop_test(tc, test_objects, 0, COUNT(cases));
	tcase_add_loop_test(tc, test_listings, 0, COUNT(listings));
	tcase_add_test(tc, test_alone);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
