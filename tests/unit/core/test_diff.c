/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "core/diff.h"
#include "fixture.h"
#include "suite.h"
#include "util/clock.h"

#define MAX 16

/* What became of each row: same:INDEX, replaced:INDEX, unsure:INDEX, gone. */
static void say(const struct sm_then *then, size_t count, char *text)
{
	static const char *const names[] = {"gone", "same", "replaced",
					    "unsure"};

	for (size_t i = 0; i < count; i++) {
		if (then[i].fate == SM_FATE_GONE)
			fixture_add(text, "gone");
		else
			fixture_add(text, "%s:%zu", names[then[i].fate],
				    then[i].with);
	}
}

static void check_from(const char *first, const char *before,
		       const char *server, const char *after,
		       enum sm_diff_mode mode, const int64_t *closed_ms,
		       const char *expected)
{
	struct sm_table *old = fixture_table(first, before, NULL);
	struct sm_table *now = fixture_table(server, after, NULL);
	struct sm_then then[MAX] = {0};
	char text[FIXTURE_TEXT] = "";

	ck_assert_uint_le(old->count, MAX);
	for (size_t i = 0; i < old->count; i++) {
		then[i].row = &old->sessions[i].row;
		then[i].listed = old->listed;
		then[i].closed_ns = closed_ms[i] * SM_MS;
	}
	ck_assert_int_eq(sm_diff(then, old->count, now, mode, NULL), 0);
	say(then, old->count, text);
	ck_assert_str_eq(text, expected);
	sm_table_unref(old);
	sm_table_unref(now);
}

static void check(const char *before, const char *server, const char *after,
		  enum sm_diff_mode mode, const int64_t *closed_ms,
		  const char *expected)
{
	check_from("", before, server, after, mode, closed_ms, expected);
}

struct diff_case {
	const char *before; /* listed at 0 s */
	const char *after;
	const char *expected;
};

/* Before a close: listed again 10 s later; only what is surely the same. */
static const struct diff_case select_cases[] = {
	{"", "a u age=1", ""},
	{"a u age=100", "", "gone"},
	/* 2 s to either side. */
	{"a u age=100", "a u age=110", "same:0"},
	{"a u age=100", "a u age=108", "same:0"},
	{"a u age=100", "a u age=107", "gone"},
	{"a u age=100", "a u age=112", "same:0"},
	{"a u age=100", "a u age=113", "gone"},
	{"a u age=100", "a u age=3", "gone"},
	{"a u age=4294967295", "a u age=4294967295", "gone"},
	/* Of the same client and user. */
	{"a u age=100", "b u age=110", "gone"},
	{"a u age=100", "a v age=110", "gone"},
	{"a u age=100", "a U age=110", "same:0"},
	/* Multisets of ages. */
	{"a u age=100;a u age=50", "a u age=60;a u age=110", "same:1 same:0"},
	{"a u age=100;a u age=100", "a u age=110", "same:0 gone"},
	{"a u age=100;a u age=100", "a u age=110;a u age=110", "same:0 same:1"},
	{"a u age=100;a u age=100", "a u age=110;a u age=9", "same:0 gone"},
	{"a u age=100", "a u age=110;a u age=110", "same:0"},
	{"a u age=50;a u age=100;b u age=1", "b u age=11;a u age=60",
	 "same:1 gone same:0"},
	/* Neither age nor id: nothing can be said, nothing is closed. */
	{"a u", "a u", "gone"},
	{"a u age=1", "a u", "gone"},
	{"a u", "a u age=10", "gone"},
	{"a -", "a -", "gone"},
	{"a u did=5", "a u did=5", "gone"},
	{"a u did=5 age=1", "a u did=5 age=11", "same:0"},
	/* Native ids. */
	{"a u id=5", "a u id=5", "same:0"},
	{"a u id=5", "a u id=6", "gone"},
	{"a u id=5", "a u did=5", "gone"},
	{"a u id=5 inst=1", "a u id=5 inst=2", "gone"},
	{"a u id=5 inst=1", "a u id=5 inst=1", "same:0"},
	{"a u id=5 age=100", "a u id=5 age=110", "same:0"},
	{"a u id=5 age=100", "a u id=5 age=5", "gone"},
	{"a u id=5 age=100", "a u id=5", "same:0"},
	{"a u id=7;a u id=5", "a u id=5;a u id=6;a u id=7", "same:2 same:0"},
	/* The server's own unique id decides. */
	{"a u id=5 uniq=1 age=9", "a u id=5 uniq=1 age=9", "same:0"},
	{"a u id=5 uniq=1 age=9", "a u id=5 uniq=2 age=19", "gone"},
	{"a u id=5 uniq=1", "a u id=5", "same:0"},
	/* An id that is used again for somebody else. */
	{"a u id=5", "a v id=5", "gone"},
	{"a u id=5", "b u id=5", "gone"},
	{"a u id=5", "\\\\A U id=5", "same:0"},
	{"a - id=5", "a u id=5", "same:0"},
	{"a u id=5 age=1", "b v id=5 age=11", "gone"},
};

START_TEST(test_select)
{
	static const int64_t never[MAX];
	const struct diff_case *c = &select_cases[_i];

	check(c->before, "at=10000", c->after, SM_DIFF_SELECT, never,
	      c->expected);
}
END_TEST

/* After a close at 10 s: listed again at 12 s. */
static const struct diff_case verify_cases[] = {
	{"a u age=100", "", "gone"},
	{"a u age=100", "b u age=1", "gone"},
	/* The same: as old as it must be, or older. */
	{"a u age=100", "a u age=112", "same:0"},
	{"a u age=100", "a u age=110", "same:0"},
	{"a u age=100", "a u age=500", "same:0"},
	/* New: no older than the close and 1 s. */
	{"a u age=100", "a u age=0", "replaced:0"},
	{"a u age=100", "a u age=3", "replaced:0"},
	{"a u age=100", "a U age=3", "replaced:0"},
	/* In between, or as young as the old one was: it cannot be told. */
	{"a u age=100", "a u age=4", "unsure:0"},
	{"a u age=100", "a u age=109", "unsure:0"},
	{"a u age=2", "a u age=2", "unsure:0"},
	{"a u age=3", "a u age=2", "replaced:0"},
	{"a u age=100", "a u", "unsure:0"},
	{"a u", "a u age=1", "unsure:0"},
	{"a -", "a -", "unsure:0"},
	/* Multisets. */
	{"a u age=100;a u age=50", "a u age=112", "same:0 gone"},
	{"a u age=100;a u age=50", "a u age=62", "gone same:0"},
	{"a u age=100;a u age=50", "a u age=62;a u age=1", "replaced:1 same:0"},
	{"a u age=100;a u age=100", "a u age=112;a u age=112", "same:0 same:1"},
	{"a u age=100;a u age=100", "a u age=1;a u age=112",
	 "same:1 replaced:0"},
	{"a u age=100;a u age=100", "a u age=1;a u age=1",
	 "replaced:0 replaced:1"},
	{"a u age=100;a u age=100", "a u age=1", "replaced:0 gone"},
	{"a u age=100", "a u age=1;a u age=1;a u age=112", "same:2"},
	/* Our own reconnect took nobody's place. */
	{"a u age=100", "a u age=1 own=possible", "gone"},
	{"a u age=100", "a u age=1 own=yes;a u age=1", "replaced:1"},
	/* Native ids. */
	{"a u id=5", "a u id=5", "same:0"},
	{"a u id=5 age=100", "a u id=5 age=112", "same:0"},
	{"a u id=5 age=100", "a u id=5 age=400", "same:0"},
	{"a u id=5 uniq=1", "a u id=5 uniq=1", "same:0"},
	{"a u id=5 age=100", "a v id=5 age=112", "same:0"},
	/* The id is used again: by the same client, by another, by us. */
	{"a u id=5 uniq=1", "a u id=5 uniq=2", "replaced:0"},
	{"a u id=5 age=100", "a u id=5 age=1", "replaced:0"},
	{"a u id=5 uniq=1", "b v id=5 uniq=2", "gone"},
	{"a u id=5 uniq=1", "a u id=5 uniq=2 own=possible", "gone"},
	{"a u id=5 uniq=1", "b v id=5 uniq=2;a u id=6 age=1", "replaced:1"},
	/* Back with a new id. */
	{"a u id=5 age=100", "a u id=6 age=3", "replaced:0"},
	{"a u id=5 age=100", "a u id=6 age=4", "gone"},
	{"a u id=5 age=100", "a v id=6 age=1", "gone"},
	{"a u id=5 age=100", "b u id=6 age=1", "gone"},
	{"a u id=5 age=100", "a u id=6 age=1 own=yes", "gone"},
	{"a u id=5 age=100", "a u id=6 age=1 own=possible", "gone"},
	{"a u id=5", "a u id=6", "replaced:0"},
	{"a u id=5;a u id=6", "a u id=6", "gone same:0"},
	{"a u id=5;a u id=6", "a u id=7", "replaced:0 gone"},
	{"a u id=5;a u id=6", "a u id=8;a u id=7", "replaced:0 replaced:1"},
	{"a u id=5;b v id=6;c w id=7", "c w id=9;a u id=8",
	 "replaced:1 gone replaced:0"},
	{"a u id=5 inst=1 age=9", "a u id=5 inst=2 age=21", "gone"},
};

START_TEST(test_verify)
{
	const struct diff_case *c = &verify_cases[_i];
	int64_t closed[MAX];

	for (size_t i = 0; i < MAX; i++)
		closed[i] = 10000;
	check(c->before, "at=12000", c->after, SM_DIFF_VERIFY, closed,
	      c->expected);
}
END_TEST

/* A listing that may lack sessions shows nobody's absence. */
static const struct diff_case incomplete_cases[] = {
	{"a u age=100", "", "unsure:0"},
	{"a u age=100", "b u age=1", "unsure:1"},
	{"a u age=100", "a u age=112", "same:0"},
	{"a u age=100", "a u age=1", "unsure:0"},
	{"a u id=5", "a u id=6", "unsure:0"},
	{"a u id=5", "b u id=6", "unsure:1"},
};

START_TEST(test_incomplete)
{
	const struct diff_case *c = &incomplete_cases[_i];
	static const int64_t closed[MAX] = {10000, 10000};

	check(c->before, "at=12000 incomplete", c->after, SM_DIFF_VERIFY,
	      closed, c->expected);
}
END_TEST

/* Each one's own close counts: 5 at 11 s, 6 at 2 s, looked at 12 s. */
START_TEST(test_closed_apart)
{
	static const int64_t closed[MAX] = {11000, 2000};

	check("a u id=5;a u id=6", "at=12000", "a u id=7 age=9", SM_DIFF_VERIFY,
	      closed, "gone replaced:0");
	check("a u id=5;a u id=6", "at=12000", "a u id=7 age=9;a u id=8 age=1",
	      SM_DIFF_VERIFY, closed, "replaced:1 replaced:0");
	check("a u id=5;a u id=6", "at=12000", "a u id=7 age=12;a u id=8 age=1",
	      SM_DIFF_VERIFY, closed, "replaced:1 gone");
}
END_TEST

/* Listings that took long. */
struct slow_case {
	enum sm_diff_mode mode;
	const char *first;
	const char *before;
	const char *second;
	const char *after;
	const char *expected;
};

/*
 * FIRST is quick or took 4 s, and SECOND 5 s: so the two are 6 to 15 s apart,
 * or 10 to 15, or 6 to 10 if the second was quick.
 */
#define QUICK_1 "at=4000"
#define SLOW_1 "began=0 at=4000"
#define QUICK_2 "at=10000"
#define SLOW_2 "began=10000 at=15000"

static const struct slow_case slow_cases[] = {
	/* What it may be, whenever the rows were told. */
	{SM_DIFF_SELECT, SLOW_1, "a u age=100", SLOW_2, "a u age=103", "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=100", SLOW_2, "a u age=104",
	 "same:0"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=100", SLOW_2, "a u age=117",
	 "same:0"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=100", SLOW_2, "a u age=118", "gone"},
	{SM_DIFF_SELECT, QUICK_1, "a u age=100", SLOW_2, "a u age=104",
	 "same:0"},
	{SM_DIFF_SELECT, QUICK_1, "a u age=100", SLOW_2, "a u age=113",
	 "same:0"},
	{SM_DIFF_SELECT, QUICK_1, "a u age=100", SLOW_2, "a u age=114", "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=100", QUICK_2, "a u age=112",
	 "same:0"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=100", QUICK_2, "a u age=103", "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=5 age=104",
	 "same:0"},
	{SM_DIFF_SELECT, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=5 age=117",
	 "same:0"},
	{SM_DIFF_SELECT, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=5 age=103",
	 "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=5 age=118",
	 "gone"},
	/* One that began since the first row was told is up to 16 s old. */
	{SM_DIFF_SELECT, SLOW_1, "a u id=5 age=9", SLOW_2, "a u id=5 age=16",
	 "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u id=5 age=9", SLOW_2, "a u id=5 age=17",
	 "same:0"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=9", SLOW_2, "a u age=16", "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=9", SLOW_2, "a u age=17", "same:0"},
	/* So young that 2 s tell nothing: as of the latest, as ever. */
	{SM_DIFF_SELECT, SLOW_1, "a u age=1", SLOW_2, "a u age=13", "gone"},
	{SM_DIFF_SELECT, SLOW_1, "a u age=1", SLOW_2, "a u age=14", "same:0"},
	/* Neighbours that are not known. */
	{SM_DIFF_ALONE, SLOW_1, "a u age=100", SLOW_2, "a u age=110", "gone"},
	{SM_DIFF_ALONE, QUICK_1, "a u age=100", "began=9000 at=10000",
	 "a u age=103", "gone"},
	{SM_DIFF_ALONE, QUICK_1, "a u age=100", "began=9000 at=10000",
	 "a u age=104", "same:0"},
	{SM_DIFF_ALONE, QUICK_1, "a u age=100", "began=9000 at=10000",
	 "a u age=107", "same:0"},
	{SM_DIFF_ALONE, QUICK_1, "a u age=100", "began=9000 at=10000",
	 "a u age=108", "gone"},
	{SM_DIFF_ALONE, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=5 age=104",
	 "same:0"},
	{SM_DIFF_ALONE, SLOW_1, "a u id=5 age=9", SLOW_2, "a u id=5 age=16",
	 "gone"},
	/* May it be? */
	{SM_DIFF_MAYBE, SLOW_1, "a u age=100", SLOW_2, "a u age=103", "gone"},
	{SM_DIFF_MAYBE, SLOW_1, "a u age=100", SLOW_2, "a u age=104", "same:0"},
	{SM_DIFF_MAYBE, SLOW_1, "a u age=100", SLOW_2, "a u age=117", "same:0"},
	{SM_DIFF_MAYBE, SLOW_1, "a u age=100", SLOW_2, "a u age=118", "gone"},
	{SM_DIFF_MAYBE, SLOW_1, "a u age=1", SLOW_2, "a u age=5", "same:0"},
	{SM_DIFF_MAYBE, SLOW_1, "a u id=5 age=9", SLOW_2, "a u id=5 age=16",
	 "same:0"},
	{SM_DIFF_MAYBE, SLOW_1, "a u age=100;a u age=104", SLOW_2,
	 "a u age=112", "unsure:0 same:0"},
	/* After a close at 8 s: as old as it may be, or older. */
	{SM_DIFF_VERIFY, QUICK_1, "a u id=5 age=100", SLOW_2,
	 "a u id=5 age=104", "same:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=5 age=103",
	 "replaced:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=100", SLOW_2, "a u age=104",
	 "same:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=100", SLOW_2, "a u age=103",
	 "unsure:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=100", SLOW_2, "a u age=200",
	 "same:0"},
	/* Surely new: no older than the look's beginning allows, and 1 s. */
	{SM_DIFF_VERIFY, SLOW_1, "a u age=100", SLOW_2, "a u age=3",
	 "replaced:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=100", SLOW_2, "a u age=4",
	 "unsure:0"},
	/* That it is gone does not rest on whose the new one is. */
	{SM_DIFF_VERIFY, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=6 age=8",
	 "replaced:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u id=5 age=100", SLOW_2, "a u id=6 age=9",
	 "gone"},
	/* One is there, and only quick listings would tell which. */
	{SM_DIFF_VERIFY, SLOW_1, "a u age=108;a u age=100", SLOW_2,
	 "a u age=114", "same:0 unsure:0"},
	{SM_DIFF_VERIFY, QUICK_1, "a u age=108;a u age=100", QUICK_2,
	 "a u age=114", "same:0 gone"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=108;a u age=100", SLOW_2,
	 "a u age=111", "gone same:0"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=108;a u age=100", SLOW_2,
	 "a u age=118", "same:0 gone"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=108;a u age=100", SLOW_2,
	 "a u age=114;a u age=2", "same:0 unsure:0"},
	/* Of one age as many are gone as rows are missing. */
	{SM_DIFF_VERIFY, SLOW_1, "a u age=102;a u age=100", SLOW_2,
	 "a u age=112", "same:0 gone"},
	{SM_DIFF_VERIFY, SLOW_1, "a u age=300;a u age=200;a u age=100", SLOW_2,
	 "a u age=310;a u age=110", "same:0 gone same:1"},
};

START_TEST(test_slow)
{
	const struct slow_case *c = &slow_cases[_i];
	int64_t closed[MAX];

	for (size_t i = 0; i < MAX; i++)
		closed[i] = 8000;
	check_from(c->first, c->before, c->second, c->after, c->mode, closed,
		   c->expected);
}
END_TEST

/* Without slow listings a session's neighbours make no difference. */
START_TEST(test_select_alone)
{
	static const int64_t never[MAX];
	const struct diff_case *c = &select_cases[_i];

	check(c->before, "at=10000", c->after, SM_DIFF_ALONE, never,
	      c->expected);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-diff");
	TCase *tc = tcase_create("diff");

	tcase_add_loop_test(tc, test_select, 0, COUNT(select_cases));
	tcase_add_loop_test(tc, test_select_alone, 0, COUNT(select_cases));
	tcase_add_loop_test(tc, test_slow, 0, COUNT(slow_cases));
	tcase_add_loop_test(tc, test_verify, 0, COUNT(verify_cases));
	tcase_add_loop_test(tc, test_incomplete, 0, COUNT(incomplete_cases));
	tcase_add_test(tc, test_closed_apart);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
