/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A listing in pages: what repeats, what is missing, what never ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_carrier.h"
#include "suite.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MORE 234

/*
 * Pages as text: a letter is a session of a user by that name; a capital is
 * the same session two seconds on.
 */
struct script {
	const char *pages[6]; /* NULL: no more */
	uint32_t totals[6];
	const char *rows; /* what the listing must give */
	bool incomplete;
};

static const struct script scripts[] = {
	/* One page. */
	{{""}, {0}, "", false},
	{{"abc"}, {3}, "abc", false},
	{{"aaa"}, {3}, "aaa", false},
	{{"abc"}, {5}, "abc", true},
	{{"abc"}, {2}, "abc", true},
	{{"aaa"}, {1}, "aaa", true}, /* no page boundary, nothing dropped */
	/* The total is of the whole list. */
	{{"abc", "def"}, {6, 6}, "abcdef", false},
	{{"abc", "def", "g"}, {7, 7, 7}, "abcdefg", false},
	{{"abc", "cde"}, {5, 5}, "abcde", false},
	{{"abc", "bcd"}, {4, 4}, "abcd", false},
	{{"abc", "Cde"}, {5, 5}, "abcde", false},
	{{"abc", "abc"}, {3, 3}, "abc", false},
	{{"abc", "cde", "eaf"}, {7, 7, 7}, "abcdeaf", false},
	{{"abc", "", "def"}, {6, 6, 6}, "abcdef", false},
	/* As many rows as there are sessions: a repeated row is a session. */
	{{"abc", "cde"}, {6, 6}, "abccde", false},
	{{"aaa", "aaa"}, {6, 6}, "aaaaaa", false},
	{{"aaa", "aaa"}, {5, 5}, "aaaaa", false},
	{{"aaa", "aaa", "aa"}, {6, 6, 6}, "aaaaaa", false},
	{{"aab", "baa"}, {5, 5}, "aabaa", false},
	{{"aab", "baa"}, {6, 6}, "aabbaa", false},
	/* Rows and total cannot be brought together. */
	{{"abc", "def"}, {5, 5}, "abcdef", true},
	{{"abc", "def"}, {7, 7}, "abcdef", true},
	{{"abc", "cde"}, {4, 4}, "abcde", true},
	{{"abc", "cba"}, {4, 4}, "abcba", true},
	{{"abc", "bca"}, {5, 5}, "abcbca", true}, /* not the boundary's row */
	/* Two boundaries, one row too many: which, cannot be told. */
	{{"ab", "bc", "cd"}, {5, 5, 5}, "abccd", true},
	{{"ab", "bc", "cd"}, {4, 4, 4}, "abcd", false},
	/* The total is of what is left. */
	{{"abc", "def"}, {6, 3}, "abcdef", false},
	{{"abc", "def", "g"}, {7, 4, 1}, "abcdefg", false},
	{{"abc", "cde", "f"}, {6, 4, 1}, "abcdef", false},
	{{"aaa", "aaa", "a"}, {7, 4, 1}, "aaaaaaa", false},
	{{"abc", "def", "g"}, {8, 4, 1}, "abcdefg", true},
	/* The totals change: sessions came or went. */
	{{"abc", "def"}, {6, 7}, "abcdef", true},
	{{"abc", "def"}, {7, 6}, "abcdef", true},
	{{"abc", "cde"}, {5, 6}, "abccde", true},
};

static void make_session(char letter, char name[2],
			 struct sm_srvsvc_session *session)
{
	bool later = letter >= 'A' && letter <= 'Z';

	name[0] = (char)(later ? letter + 32 : letter);
	name[1] = '\0';
	*session = (struct sm_srvsvc_session){
		.client = "10.0.0.5",
		.user = name,
		.time = later ? 102 : 100,
		.num_opens = later ? 1 : 0,
	};
}

START_TEST(test_pages)
{
	const struct script *script = &scripts[_i];
	struct sm_srvsvc_session rows[6][8];
	char names[6][8][2];
	struct step steps[6] = {0};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};
	char text[64] = "";
	uint32_t n = 0;
	uint32_t i = 0;

	for (n = 0; n < 6 && script->pages[n] != NULL; n++) {
		for (i = 0; script->pages[n][i] != '\0'; i++)
			make_session(script->pages[n][i], names[n][i],
				     &rows[n][i]);
		steps[n] = (struct step){
			.level = 502,
			.resume = n,
			.status = MORE,
			.rows = rows[n],
			.count = i,
			.total = script->totals[n],
			.next = n + 1,
		};
	}
	steps[n - 1].status = 0;
	fake_play(steps, n);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	fake_done();
	for (i = 0; i < got.count; i++)
		text[i] = got.rows[i].user[0];
	ck_assert_str_eq(text, script->rows);
	ck_assert_int_eq(got.listing.incomplete, script->incomplete);
	ck_assert_int_eq(got.listing.why[0] != '\0', script->incomplete);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

#define MANY 301

static struct sm_srvsvc_session many[MANY];

static void fill_many(void)
{
	uint32_t i = 0;

	for (i = 0; i < MANY; i++)
		many[i] = (struct sm_srvsvc_session){
			.client = "10.0.0.5", .user = "alice", .time = 5};
}

/* 301 sessions that look alike, by 100, with so many rows of overlap. */
static const uint32_t overlaps[] = {0, 1, 2, 50};

START_TEST(test_301_identical_rows)
{
	uint32_t overlap = overlaps[_i];
	struct step steps[16] = {0};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};
	uint32_t start = 0;
	uint32_t n = 0;

	fill_many();
	for (n = 0; start < MANY; n++) {
		uint32_t count = MANY - start > 100 ? 100 : MANY - start;

		ck_assert_uint_lt(n, 16);
		steps[n] = (struct step){
			.level = 502,
			.resume = n == 0 ? 0 : start,
			.status = MORE,
			.rows = many + start,
			.count = count,
			.total = MANY,
		};
		start += count;
		if (start < MANY)
			start -= overlap;
		steps[n].next = start;
	}
	steps[n - 1].status = 0;
	fake_play(steps, n);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	fake_done();
	ck_assert_uint_eq(got.count, MANY);
	ck_assert(!got.listing.incomplete);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* The resume handle means nothing: neither 0 nor the same one ends a list. */
START_TEST(test_handle_does_not_end_a_list)
{
	struct step steps[] = {
		{.level = 502,
		 .status = MORE,
		 .rows = many,
		 .count = 2,
		 .total = 6,
		 .next = 0},
		{.level = 502,
		 .status = MORE,
		 .rows = many,
		 .count = 2,
		 .total = 6,
		 .next = 0},
		{.level = 502,
		 .status = 0,
		 .rows = many,
		 .count = 2,
		 .total = 6,
		 .next = 77},
	};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	fill_many();
	fake_play(steps, COUNT(steps));
	ck_assert_int_eq(fake_list(conn, &got), 0);
	fake_done();
	ck_assert_uint_eq(got.count, 6);
	ck_assert(!got.listing.incomplete);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* What comes instead of the second page of a good listing. */
static const struct {
	struct step step;
	int code;
	bool incomplete;
	const char *why;
} seconds[] = {
	{{.status = 5}, 0, true, "error 5"},
	{{.status = 124}, 0, true, "error 124"},
	{{.status = 8}, 0, true, "error 8"},
	{{.status = 2312}, 0, false, ""},
	{{.status = 2221}, 0, false, ""},
	{{.code = SMBMGMT_E_SERVER, .ntstatus = 0xC002002E},
	 0,
	 true,
	 "Failed by the script"},
	{{.raw = "\1\2\3\4", .raw_len = 4}, 0, true, "failed"},
	{{.raw = "", .raw_len = 0}, 0, true, "failed"},
	{{.code = SMBMGMT_E_CONNECTION_LOST, .ntstatus = 0xC000020C},
	 SMBMGMT_E_CONNECTION_LOST,
	 false,
	 ""},
	{{.code = SMBMGMT_E_TIMED_OUT}, SMBMGMT_E_TIMED_OUT, false, ""},
	{{.code = SMBMGMT_E_TOO_LARGE}, SMBMGMT_E_TOO_LARGE, false, ""},
};

START_TEST(test_second_page_fails)
{
	struct step steps[2] = {
		{.level = 502,
		 .status = MORE,
		 .rows = many,
		 .count = 3,
		 .next = 3},
	};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};
	int ret = 0;

	fill_many();
	steps[0].total = seconds[_i].incomplete ? 5 : 3;
	steps[1] = seconds[_i].step;
	steps[1].level = 502;
	steps[1].resume = 3;
	fake_play(steps, COUNT(steps));
	ret = fake_list(conn, &got);
	fake_done();
	ck_assert_int_eq(ret, seconds[_i].code);
	if (ret == 0) {
		ck_assert_uint_eq(got.count, 3);
		ck_assert_int_eq(got.listing.incomplete,
				 seconds[_i].incomplete);
		ck_assert_ptr_nonnull(strstr(got.listing.why, seconds[_i].why));
	} else {
		ck_assert_uint_eq(got.count, 0);
	}
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* What is no answer at all. */
static const struct {
	const char *raw;
	size_t len;
} garbage[] = {
	{"", 0},
	{"\xf6\1\0\0", 4},
	/* Another level than was asked for. */
	{"\1\0\0\0\1\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	 32},
	/* A count of rows that are not there. */
	{"\xf6\1\0\0\xf6\1\0\0\0\0\2\0\xff\xff\xff\xff\4\0\2\0\xff\xff\xff\xff"
	 "\0\0\0\0\0\0\0\0\0\0\0\0",
	 36},
};

START_TEST(test_hostile_answers)
{
	struct step step = {
		.level = 502,
		.raw = garbage[_i].raw,
		.raw_len = garbage[_i].len,
	};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), SMBMGMT_E_PROTOCOL);
	fake_done();
	ck_assert_uint_eq(got.count, 0);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* A server that never comes to an end: what is asked of it stays bounded. */
static const struct {
	struct step step;
	uint32_t calls;
} endless[] = {
	/* The same page, and the total is that page. */
	{{.rows = many, .count = 100, .total = 100}, 3},
	{{.rows = many, .count = 100, .total = 0}, 2},
	{{.rows = many, .count = 100, .total = 301}, 7},
	/* Empty pages. */
	{{.count = 0, .total = 5}, 3},
	{{.count = 0, .total = 0}, 3},
};

START_TEST(test_endless)
{
	struct step step = endless[_i].step;
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	fill_many();
	step.level = 502;
	step.status = MORE;
	step.forever = true;
	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert(got.listing.incomplete);
	ck_assert_uint_eq(fake_calls(), endless[_i].calls);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

/* A total without bounds, and pages without end. */
START_TEST(test_too_large)
{
	struct step step = {
		.level = 502,
		.status = MORE,
		.rows = many,
		.count = 1,
		.total = UINT32_MAX,
		.forever = true,
	};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	fill_many();
	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), SMBMGMT_E_TOO_LARGE);
	ck_assert_uint_le(fake_calls(), 10001);
	ck_assert_uint_eq(got.count, 0);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

START_TEST(test_more_without_a_handle)
{
	static const struct step step = {
		.level = 502,
		.status = MORE,
		.rows = many,
		.count = 2,
		.total = 4,
		.no_resume = true,
	};
	struct sm_transport_conn *conn = fake_open();
	struct got got = {0};

	fill_many();
	fake_play(&step, 1);
	ck_assert_int_eq(fake_list(conn, &got), 0);
	ck_assert_uint_eq(got.count, 2);
	ck_assert(got.listing.incomplete);
	fake_got_free(&got);
	sm_srvsvc.disconnect(conn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("srvsvc-paging");
	TCase *tcase = tcase_create("srvsvc-paging");

	tcase_add_loop_test(tcase, test_pages, 0, COUNT(scripts));
	tcase_add_loop_test(tcase, test_301_identical_rows, 0, COUNT(overlaps));
	tcase_add_test(tcase, test_handle_does_not_end_a_list);
	tcase_add_loop_test(tcase, test_second_page_fails, 0, COUNT(seconds));
	tcase_add_loop_test(tcase, test_hostile_answers, 0, COUNT(garbage));
	tcase_add_loop_test(tcase, test_endless, 0, COUNT(endless));
	tcase_add_test(tcase, test_too_large);
	tcase_add_test(tcase, test_more_without_a_handle);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
