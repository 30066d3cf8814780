/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "core/idset.h"
#include "suite.h"

/* The ranges of a set or of what is missing, as text. */
static void format_all(const struct sm_range *ranges, size_t count, char *text,
		       size_t size)
{
	size_t used = 0;
	size_t i = 0;

	text[0] = '\0';
	for (i = 0; i < count; i++) {
		char one[43];

		sm_range_format(&ranges[i], one);
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i > 0 ? "," : "", one);
	}
}

static const struct {
	const char *text;
	const char *sealed;
} good[] = {
	{"5", "5"},
	{"0", "0"},
	{"1..5", "1..5"},
	{"1,3..7", "1,3..7"},
	{" 1 , 3 .. 7 ", "1,3..7"},
	{"\t9\t", "9"},
	{"7,5,6", "5,6,7"},
	{"3..7,1", "1,3..7"},
	{"1..5,3..9", "1..9"},
	{"1..9,3..5", "1..9"},
	{"1..5,5", "1..5"},
	{"5,5,5", "5"},
	{"1..3,4..6", "1..3,4..6"},
	{"4..4", "4"},
	{"007", "7"},
	{"18446744073709551615", "18446744073709551615"},
	{"0..18446744073709551615", "0..18446744073709551615"},
	{"0..18446744073709551615,5", "0..18446744073709551615"},
};

START_TEST(test_read)
{
	struct sm_idset set = {0};
	char text[200];

	ck_assert_int_eq(sm_idset_add_text(&set, good[_i].text, NULL), 0);
	ck_assert(!set.sealed);
	sm_idset_seal(&set);
	sm_idset_seal(&set);
	ck_assert(set.sealed);
	format_all(set.ranges, set.count, text, sizeof(text));
	ck_assert_str_eq(text, good[_i].sealed);
	sm_idset_free(&set);
}
END_TEST

static const struct {
	const char *text;
	int64_t offset;
} bad[] = {
	{"", 0},
	{" ", 1},
	{",", 0},
	{"1,", 2},
	{"1,,2", 2},
	{"x", 0},
	{"1x", 1},
	{"1 2", 2},
	{"-1", 0},
	{"+1", 0},
	{"0x10", 1},
	{"1..", 3},
	{"..5", 0},
	{"1...5", 3},
	{"1.5", 1},
	{"1..5..9", 4},
	{"7..3", 0},
	{"1, 7..3", 3},
	{"1;2", 1},
	{"18446744073709551616", 0},
	{"1,99999999999999999999", 2},
	{"1..18446744073709551620", 3},
};

START_TEST(test_refuse)
{
	struct sm_idset set = {0};
	struct sm_fail fail;
	char text[200];

	ck_assert_int_eq(sm_idset_add(&set, 8, 9, NULL), 0);
	ck_assert_int_eq(sm_idset_add(&set, 2, 2, NULL), 0);
	sm_idset_seal(&set);
	ck_assert_int_eq(sm_idset_add_text(&set, bad[_i].text, &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(fail.offset, bad[_i].offset);
	/* As it was. */
	ck_assert(set.sealed);
	format_all(set.ranges, set.count, text, sizeof(text));
	ck_assert_str_eq(text, "2,8..9");
	sm_idset_free(&set);
}
END_TEST

START_TEST(test_add)
{
	struct sm_idset set = {0};
	struct sm_fail fail;

	ck_assert_int_eq(sm_idset_add(&set, 5, 4, &fail), SMBMGMT_E_INVALID);
	ck_assert_uint_eq(set.count, 0);
	sm_idset_seal(&set);
	ck_assert(!sm_idset_has(&set, 0));
	ck_assert_int_eq(sm_idset_add(&set, 5, 5, &fail), 0);
	ck_assert(!set.sealed);
	sm_idset_free(&set);
	ck_assert_ptr_null(set.ranges);
}
END_TEST

START_TEST(test_has)
{
	struct sm_idset set = {0};
	uint64_t id = 0;

	/* The odd numbers to 19,999, and a range behind them. */
	for (id = 19999; id > 0; id -= 2) {
		ck_assert_int_eq(sm_idset_add(&set, id, id, NULL), 0);
		if (id == 1)
			break;
	}
	ck_assert_int_eq(sm_idset_add(&set, 30000, UINT64_MAX, NULL), 0);
	sm_idset_seal(&set);
	ck_assert_uint_eq(set.count, 10001);
	for (id = 0; id < 20010; id++)
		ck_assert_int_eq(sm_idset_has(&set, id),
				 id < 20000 && id % 2 == 1);
	ck_assert(!sm_idset_has(&set, 29999));
	ck_assert(sm_idset_has(&set, 30000));
	ck_assert(sm_idset_has(&set, UINT64_MAX));
	sm_idset_free(&set);
}
END_TEST

START_TEST(test_copy)
{
	struct sm_idset set = {0};
	struct sm_idset copy = {0};
	char text[200];

	ck_assert_int_eq(sm_idset_copy(&copy, &set, NULL), 0);
	ck_assert_uint_eq(copy.count, 0);
	ck_assert_int_eq(sm_idset_add_text(&set, "3..7,1", NULL), 0);
	sm_idset_seal(&set);
	ck_assert_int_eq(sm_idset_copy(&copy, &set, NULL), 0);
	sm_idset_free(&set);
	ck_assert(copy.sealed);
	format_all(copy.ranges, copy.count, text, sizeof(text));
	ck_assert_str_eq(text, "1,3..7");
	ck_assert_int_eq(sm_idset_add(&copy, 9, 9, NULL), 0);
	sm_idset_free(&copy);
}
END_TEST

static const struct {
	const char *asked;
	uint64_t found[8];
	size_t count;
	const char *missing;
} absent[] = {
	{"5", {0}, 0, "5"},
	{"5", {5}, 1, ""},
	{"5", {5, 5, 5}, 3, ""},
	{"5", {4, 6}, 2, "5"},
	{"1..5", {0}, 0, "1..5"},
	{"1..5", {1, 3}, 2, "2,4..5"},
	{"1..5", {1, 3, 3, 3}, 4, "2,4..5"},
	{"1..5", {1, 2, 3, 4, 5}, 5, ""},
	{"1..5", {5}, 1, "1..4"},
	{"1..5", {5, 5}, 2, "1..4"},
	{"1..5", {1}, 1, "2..5"},
	{"1..5", {3, 9}, 2, "1..2,4..5"},
	{"1..5,8", {2, 8}, 2, "1,3..5"},
	{"1..5,8..9", {0, 7}, 2, "1..5,8..9"},
	{"2,3", {9}, 1, "2,3"},
	{"2,3,4", {3}, 1, "2,4"},
	{"0..18446744073709551615", {0, 7}, 2, "1..6,8..18446744073709551615"},
	{"0..18446744073709551615", {UINT64_MAX}, 1, "0..18446744073709551614"},
};

START_TEST(test_missing)
{
	struct sm_idset set = {0};
	struct sm_range *missing = NULL;
	size_t count = 99;
	char text[200];

	ck_assert_int_eq(sm_idset_add_text(&set, absent[_i].asked, NULL), 0);
	sm_idset_seal(&set);
	ck_assert_int_eq(sm_idset_missing(&set, absent[_i].found,
					  absent[_i].count, &missing, &count),
			 0);
	format_all(missing, count, text, sizeof(text));
	ck_assert_str_eq(text, absent[_i].missing);
	ck_assert_int_eq(missing == NULL, count == 0);
	free(missing);
	sm_idset_free(&set);
}
END_TEST

START_TEST(test_format)
{
	struct sm_range longest = {UINT64_MAX - 1, UINT64_MAX};
	char text[43];

	sm_range_format(&longest, text);
	ck_assert_str_eq(text, "18446744073709551614..18446744073709551615");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("idset");
	TCase *tcase = tcase_create("idset");

	tcase_add_loop_test(tcase, test_read, 0, COUNT(good));
	tcase_add_loop_test(tcase, test_refuse, 0, COUNT(bad));
	tcase_add_test(tcase, test_add);
	tcase_add_test(tcase, test_has);
	tcase_add_test(tcase, test_copy);
	tcase_add_loop_test(tcase, test_missing, 0, COUNT(absent));
	tcase_add_test(tcase, test_format);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
