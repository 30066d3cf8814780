/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "suite.h"

static const struct {
	const char *bytes;
	size_t len;
	long bad; /* offset of the first bad sequence, -1: valid */
} validity[] = {
	{"", 0, -1},
	{"plain", 5, -1},
	{"stra\xc3\x9f"
	 "e",
	 7, -1},
	{"\xe2\x82\xac", 3, -1},
	{"\xf0\x9f\x98\x80", 4, -1},
	{"\xf4\x8f\xbf\xbf", 4, -1},
	{"\xed\x9f\xbf", 3, -1},
	{"\xee\x80\x80", 3, -1},
	{"\x7f\xc2\x80", 3, -1},
	{"a\0b", 3, 1},
	{"\x80", 1, 0},
	{"ab\xff", 3, 2},
	{"\xc0\x80", 2, 0},	    /* overlong NUL */
	{"\xc1\xbf", 2, 0},	    /* overlong, two bytes */
	{"\xe0\x9f\xbf", 3, 0},	    /* overlong, three bytes */
	{"\xf0\x8f\xbf\xbf", 4, 0}, /* overlong, four bytes */
	{"\xed\xa0\x80", 3, 0},	    /* a surrogate */
	{"\xed\xbf\xbf", 3, 0},	    /* a surrogate */
	{"\xf4\x90\x80\x80", 4, 0}, /* over U+10FFFF */
	{"\xf5\x80\x80\x80", 4, 0},
	{"x\xc3", 2, 1}, /* cut off */
	{"x\xe2\x82", 3, 1},
	{"\xe2\x28\xa1", 3, 0},
	{"\xf0\x9f\x98", 3, 0},
};

START_TEST(test_valid)
{
	size_t offset = 999;
	bool valid =
		sm_text_valid(validity[_i].bytes, validity[_i].len, &offset);

	ck_assert_int_eq(valid, validity[_i].bad < 0);
	if (!valid)
		ck_assert_int_eq((long)offset, validity[_i].bad);
	ck_assert_int_eq(
		sm_text_valid(validity[_i].bytes, validity[_i].len, NULL),
		valid);
}
END_TEST

static const struct {
	uint32_t from;
	uint32_t to;
} uppers[] = {
	{'a', 'A'},
	{'z', 'Z'},
	{'A', 'A'},
	{'`', '`'},
	{'{', '{'},
	{'0', '0'},
	{0xe4, 0xc4},
	{0xff, 0x178},
	{0xb5, 0x39c},
	{0x3c3, 0x3a3},
	{0x3c2, 0x3a3},
	{0x434, 0x414},
	{0x10428, 0x10400},
	{0x1f600, 0x1f600},
	/* No simple upper case, so none at all. */
	{0xdf, 0xdf},
	{0x1e9e, 0x1e9e},
	{0xfb01, 0xfb01},
	{0x149, 0x149},
	/* Nothing becomes ASCII. */
	{0x131, 0x131},
	{0x17f, 0x17f},
	{0x212a, 0x212a},
	{0x110000, 0x110000},
};

START_TEST(test_upper)
{
	ck_assert_uint_eq(sm_text_upper(uppers[_i].from), uppers[_i].to);
}
END_TEST

static const struct {
	const char *a;
	const char *b;
	int order;
} orders[] = {
	{"", "", 0},
	{"", "a", -1},
	{"alice", "ALICE", 0},
	{"Alice", "aliCe", 0},
	{"alice", "bob", -1},
	{"alice", "alice2", -1},
	{"a_", "aB", 1}, /* `_` lies above the capitals */
	{"\xc3\xa4rger", "\xc3\x84RGER", 0},
	{"stra\xc3\x9f"
	 "e",
	 "STRASSE", 1},
	{"stra\xc3\x9f"
	 "e",
	 "STRA\xc3\x9f"
	 "E",
	 0},
	{"stra\xc3\x9f"
	 "e",
	 "STRA\xe1\xba\x9e"
	 "E",
	 -1},
	{"e\xcc\x81", "\xc3\xa9", -1},		  /* no normalisation */
	{"\xc4\xb1", "I", 1},			  /* dotless i */
	{"\xe2\x84\xaa", "k", 1},		  /* the Kelvin sign */
	{"\xcf\x83", "\xcf\x82", 0},		  /* two small sigmas */
	{"\xef\xbc\xa1", "\xef\xbd\x81", 0},	  /* full width */
	{"\xef\xbf\xbd", "\xf0\x90\x80\x80", -1}, /* by code point */
	{"DOMAIN\\alice", "domain\\Alice", 0},
};

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

START_TEST(test_cmp)
{
	const char *a = orders[_i].a;
	const char *b = orders[_i].b;

	ck_assert_int_eq(sign(sm_text_cmp(a, b)), orders[_i].order);
	ck_assert_int_eq(sign(sm_text_cmp(b, a)), -orders[_i].order);
	ck_assert_int_eq(sm_text_cmp(a, a), 0);
}
END_TEST

START_TEST(test_ncmp_stops_at_the_length)
{
	ck_assert_int_eq(sm_text_ncmp("alicex", 5, "ALICEY", 5), 0);
	ck_assert_int_lt(sm_text_ncmp("alice", 4, "alice", 5), 0);
	ck_assert_int_gt(sm_text_ncmp("alice", 5, "alice", 4), 0);
}
END_TEST

START_TEST(test_next_and_put_are_inverse)
{
	static const uint32_t points[] = {1,	   0x7f,    0x80,   0x7ff,
					  0x800,   0xd7ff,  0xe000, 0xffff,
					  0x10000, 0x10ffff};
	size_t i = 0;

	for (i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		char bytes[4];
		size_t len = sm_text_put(bytes, points[i]);
		const char *at = bytes;

		ck_assert(sm_text_valid(bytes, len, NULL));
		ck_assert_uint_eq(sm_text_next(&at, bytes + len), points[i]);
		ck_assert_ptr_eq(at, bytes + len);
	}
}
END_TEST

START_TEST(test_next_steps_over_one_bad_byte)
{
	const char bytes[] = "\xe2\x82x";
	const char *at = bytes;
	const char *end = bytes + 3;

	ck_assert_uint_eq(sm_text_next(&at, end), 0xfffd);
	ck_assert_uint_eq(sm_text_next(&at, end), 0xfffd);
	ck_assert_uint_eq(sm_text_next(&at, end), 'x');
	ck_assert_ptr_eq(at, end);
}
END_TEST

static const struct {
	const char *from;
	const char *to;
} copies[] = {
	{"", ""},
	{"alice", "ALICE"},
	{"J\xc3\xbcrgen", "J\xc3\x9cRGEN"},
	{"\xc3\xbf", "\xc5\xb8"},
	{"\xc9\x90", "\xe2\xb1\xaf"}, /* longer in upper case */
	{"\xff", "\xef\xbf\xbd"},
};

START_TEST(test_upper_dup)
{
	char *copy = sm_text_upper_dup(copies[_i].from);

	ck_assert_ptr_nonnull(copy);
	ck_assert_str_eq(copy, copies[_i].to);
	free(copy);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, test_valid, 0, COUNT(validity));
	tcase_add_loop_test(tcase, test_upper, 0, COUNT(uppers));
	tcase_add_loop_test(tcase, test_cmp, 0, COUNT(orders));
	tcase_add_test(tcase, test_ncmp_stops_at_the_length);
	tcase_add_test(tcase, test_next_and_put_are_inverse);
	tcase_add_test(tcase, test_next_steps_over_one_bad_byte);
	tcase_add_loop_test(tcase, test_upper_dup, 0, COUNT(copies));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
