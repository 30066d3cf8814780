/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Requests.  What an independent reader finds in them is test_wsman_oracle's;
 * here are the queries, and texts that no XML can carry.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wire/wsman/wsman.h"

#define ALL "SELECT * FROM MSFT_SmbSession"

static const struct {
	struct sm_selected items[4];
	size_t count;
	const char *query;
} queries[] = {
	{{{0}}, 0, ALL},
	{{{SM_SELECTED_ID, 5, 5, NULL}}, 1, ALL " WHERE ((SessionId = 5))"},
	{{{SM_SELECTED_ID, 0, 0, NULL}, {SM_SELECTED_ID, 7, 9, NULL}},
	 2,
	 ALL " WHERE ((SessionId = 0) OR (SessionId >= 7 AND SessionId <= 9))"},
	{{{SM_SELECTED_ID, 1, INT64_MAX, NULL}},
	 1,
	 ALL " WHERE ((SessionId >= 1 AND SessionId <= "
	     "9223372036854775807))"},
	/* More than some servers compare: all of them, rather. */
	{{{SM_SELECTED_ID, 1, UINT64_C(1) << 63, NULL}}, 1, ALL},
	{{{SM_SELECTED_ID, UINT64_MAX, UINT64_MAX, NULL}}, 1, ALL},
	{{{SM_SELECTED_ID, 5, 5, NULL},
	  {SM_SELECTED_ID, UINT64_MAX, UINT64_MAX, NULL},
	  {SM_SELECTED_USER, 0, 0, "u"}},
	 3,
	 ALL " WHERE ((ClientUserName = 'u'))"},
	{{{SM_SELECTED_CLIENT, 0, 0, "PC1"}},
	 1,
	 ALL " WHERE ((ClientComputerName = 'PC1') OR "
	     "(ClientComputerName = '\\\\\\\\PC1'))"},
	{{{SM_SELECTED_USER, 0, 0, "LAB\\o'neil"}},
	 1,
	 ALL " WHERE ((ClientUserName = 'LAB\\\\o\\'neil'))"},
	{{{SM_SELECTED_USER, 0, 0, "' OR 1=1 --"}},
	 1,
	 ALL " WHERE ((ClientUserName = '\\' OR 1=1 --'))"},
	{{{SM_SELECTED_USER, 0, 0, "\\'"}},
	 1,
	 ALL " WHERE ((ClientUserName = '\\\\\\''))"},
	{{{SM_SELECTED_ID, 5, 5, NULL},
	  {SM_SELECTED_SCOPE, 0, 0, "*"},
	  {SM_SELECTED_SCOPE, 0, 0, "s"},
	  {SM_SELECTED_NODE, 0, 0, "n"}},
	 4,
	 ALL " WHERE ((SessionId = 5)) AND ((ScopeName = '*') OR "
	     "(ScopeName = 's')) AND ((ClusterNodeName = 'n'))"},
	/* In any order, and of no property that is known. */
	{{{SM_SELECTED_NODE, 0, 0, "n"},
	  {SM_SELECTED_ID, 5, 5, NULL},
	  {99, 5, 5, "x"},
	  {SM_SELECTED_NODE, 0, 0, "m"}},
	 4,
	 ALL " WHERE ((SessionId = 5)) AND ((ClusterNodeName = 'n') OR "
	     "(ClusterNodeName = 'm'))"},
	/* Texts that cannot be said take their property away. */
	{{{SM_SELECTED_USER, 0, 0, "a\nb"}}, 1, ALL},
	{{{SM_SELECTED_USER, 0, 0, "j\xc3\xb6rg"}}, 1, ALL},
	{{{SM_SELECTED_USER, 0, 0, NULL}}, 1, ALL},
	{{{SM_SELECTED_USER, 0, 0, "a"}, {SM_SELECTED_USER, 0, 0, "\x7f"}},
	 2,
	 ALL},
};

START_TEST(wql)
{
	struct sm_select select = {.count = queries[_i].count};
	struct sm_out out = {0};

	memcpy(select.items, queries[_i].items, sizeof(queries[_i].items));
	sm_wsman_put_wql(&out, &select);
	sm_out_u8(&out, 0);
	ck_assert(!out.failed);
	ck_assert_str_eq((const char *)out.data, queries[_i].query);
	sm_out_free(&out);
}
END_TEST

static struct sm_wsman_request request_to(const char *to)
{
	struct sm_wsman_request request = {
		.to = to,
		.id = "uuid:1",
		.max_envelope = SM_WSMAN_ENVELOPE,
	};

	return request;
}

START_TEST(texts_refused)
{
	static const char *const bad[] = {
		"\x01",		"a\x1f",	"\x7f\xff",	"\xc3",
		"\xed\xa0\x80", "\xef\xbf\xbe", "\xef\xbf\xbf",
	};
	static const struct sm_select all = {.count = 0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sm_wsman_request request = request_to(bad[i]);
		struct sm_out out = {0};

		sm_wsman_put_close(&out, &request, 1);
		ck_assert(out.failed);
		sm_out_free(&out);
		request.to = "http://h";
		sm_wsman_put_pull(&out, &request, &all, bad[i], 1);
		ck_assert(out.failed);
		sm_out_free(&out);
		sm_wsman_put_release(&out, &request, &all, bad[i]);
		ck_assert(out.failed);
		sm_out_free(&out);
	}
}
END_TEST

START_TEST(escaped)
{
	struct sm_wsman_request request =
		request_to("a&b<c>d\"e'f\tg\nh\ri\xc3\xb6\x7f");
	struct sm_out out = {0};

	sm_wsman_put_close(&out, &request, 1);
	sm_out_u8(&out, 0);
	ck_assert(!out.failed);
	ck_assert_ptr_nonnull(
		strstr((const char *)out.data,
		       "<a:To>a&amp;b&lt;c&gt;d&quot;e&#39;f&#9;g&#10;h&#13;"
		       "i\xc3\xb6\x7f</a:To>"));
	sm_out_free(&out);
}
END_TEST

START_TEST(bounded)
{
	static const struct sm_select one = {
		.count = 1, .items = {{SM_SELECTED_ID, 5, 5, NULL}}};
	struct sm_wsman_request request = request_to("http://h");
	struct sm_out out = {.limit = 0};
	size_t whole = 0;

	sm_wsman_put_enumerate(&out, &request, &one, 1);
	ck_assert(!out.failed);
	whole = out.len;
	sm_out_free(&out);
	for (size_t limit = 1; limit < whole; limit += 7) {
		struct sm_out less = {.limit = limit};

		sm_wsman_put_enumerate(&less, &request, &one, 1);
		ck_assert(less.failed);
		sm_out_free(&less);
	}
}
END_TEST

START_TEST(ids)
{
	uint8_t random[16];
	char id[SM_WSMAN_ID];

	memset(random, 0xff, sizeof(random));
	sm_wsman_make_id(random, id);
	ck_assert_str_eq(id, "uuid:ffffffff-ffff-4fff-bfff-ffffffffffff");
	ck_assert_uint_lt(strlen(id), sizeof(id));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wsman-write");
	TCase *tc = tcase_create("requests");

	tcase_add_loop_test(tc, wql, 0,
			    (int)(sizeof(queries) / sizeof(queries[0])));
	tcase_add_test(tc, texts_refused);
	tcase_add_test(tc, escaped);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, ids);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
