/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/words.h"
#include "suite.h"

static smbmgmt_filter *filter;

static void up(void)
{
	struct sm_fail fail;

	ck_assert_int_eq(sm_filter_new(&filter, &fail), 0);
}

static void down(void)
{
	sm_filter_unref(filter);
}

static void add(enum sm_property property, const char *text)
{
	struct sm_fail fail;

	ck_assert_int_eq(sm_filter_add_text(filter, property, text, &fail), 0);
}

static void expect(const char *expected)
{
	char text[300] = "";
	struct sm_words words = {.text = text, .size = sizeof(text)};

	sm_words_filter(&words, filter);
	ck_assert_str_eq(text, expected);
}

START_TEST(test_filter)
{
	struct sm_fail fail;

	expect("every session");
	filter->match_all = true;
	expect("every session");
	add(SM_PROPERTY_USER, "alice");
	expect("client user 'alice'");
	add(SM_PROPERTY_USER, "bob");
	add(SM_PROPERTY_CLIENT, "10.0.0.1");
	expect("client '10.0.0.1' and client user 'alice' or 'bob'");
	ck_assert_int_eq(sm_filter_add_ids(filter, 7, 9, &fail), 0);
	filter->has_min_idle = true;
	filter->min_idle = 60;
	filter->has_max_opens = true;
	filter->has_guest = true;
	filter->has_unencrypted = true;
	filter->unencrypted = true;
	filter->instances = 6;
	expect("session id 7..9 and client '10.0.0.1' and client user 'alice' "
	       "or 'bob' and SMB instance csv or sbl and idle for 60 s or "
	       "longer and with 0 open files or fewer and no guest and not "
	       "encrypted");
}
END_TEST

/* It says how many it does not name. */
START_TEST(test_many)
{
	struct sm_fail fail;
	char user[8] = "u0";

	for (unsigned int i = 0; i < 7; i++) {
		user[1] = (char)('0' + i);
		add(SM_PROPERTY_USER, user);
		ck_assert_int_eq(sm_filter_add_ids(filter, i * 2, i * 2, &fail),
				 0);
	}
	expect("session id 0 or 2 or 4 or 6 or 8 or 2 more and client user "
	       "'u0' or 'u1' or 'u2' or 'u3' or 'u4' or 2 more");
}
END_TEST

START_TEST(test_time)
{
	static const struct {
		uint32_t milliseconds;
		const char *text;
	} cases[] = {
		{0, "0 s"},	  {1500, "1500 ms"},	 {59000, "59 s"},
		{60000, "1 min"}, {90000, "1 min 30 s"}, {7200000, "120 min"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[30] = "";
		struct sm_words words = {.text = text, .size = sizeof(text)};

		sm_words_time(&words, cases[i].milliseconds);
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

/* Cut at a character, and nothing after the cut. */
START_TEST(test_cut)
{
	for (size_t size = 1; size < 12; size++) {
		char text[12] = "";
		struct sm_words words = {.text = text, .size = size};

		sm_words_add(&words, "a\xc3\xa4\xe2\x82\xac");
		sm_words_add(&words, "%s", "z");
		ck_assert_uint_lt(strlen(text), size);
		ck_assert_str_eq(text, size <= 1   ? ""
				       : size <= 3 ? "a"
				       : size <= 6 ? "a\xc3\xa4"
				       : size == 7 ? "a\xc3\xa4\xe2\x82\xac"
						   : "a\xc3\xa4\xe2\x82\xac"
						     "z");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("words");
	TCase *tc = tcase_create("words");

	tcase_add_checked_fixture(tc, up, down);
	tcase_add_test(tc, test_filter);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_time);
	tcase_add_test(tc, test_cut);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
