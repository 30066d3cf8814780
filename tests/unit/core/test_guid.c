/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/guid.h"
#include "suite.h"

START_TEST(test_make)
{
	static const uint8_t ones[16] = {255, 255, 255, 255, 255, 255,
					 255, 255, 255, 255, 255, 255,
					 255, 255, 255, 255};
	static const uint8_t zeros[16];
	char text[SM_GUID_TEXT];
	struct sm_guid guid;

	sm_guid_make(ones, &guid);
	sm_guid_format(&guid, text);
	ck_assert_str_eq(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
	sm_guid_make(zeros, &guid);
	sm_guid_format(&guid, text);
	ck_assert_str_eq(text, "00000000-0000-4000-8000-000000000000");
}
END_TEST

static const char *const good[] = {
	"01234567-89ab-4cde-8f01-23456789abcd",
	"01234567-89AB-4CDE-8F01-23456789ABCD",
	"{01234567-89ab-4cde-8f01-23456789abcd}",
	"{01234567-89aB-4cDe-8F01-23456789AbCd}",
};

START_TEST(test_parse)
{
	static const uint8_t bytes[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
					  0x4c, 0xde, 0x8f, 0x01, 0x23, 0x45,
					  0x67, 0x89, 0xab, 0xcd};
	char text[SM_GUID_TEXT];
	struct sm_guid guid;

	ck_assert(sm_guid_parse(good[_i], &guid));
	ck_assert_mem_eq(guid.bytes, bytes, sizeof(bytes));
	sm_guid_format(&guid, text);
	ck_assert_str_eq(text, good[0]);
}
END_TEST

static const char *const bad[] = {
	"",
	"{",
	"0",
	"01234567",
	"0123456789ab4cde8f0123456789abcd",
	"01234567-89ab-4cde-8f01-23456789abc",
	"01234567-89ab-4cde-8f01-23456789abcde",
	"01234567-89ab-4cde-8f01-23456789abcg",
	"g1234567-89ab-4cde-8f01-23456789abcd",
	"0123456-789ab-4cde-8f01-23456789abcd",
	"{01234567-89ab-4cde-8f01-23456789abcd",
	"01234567-89ab-4cde-8f01-23456789abcd}",
	"{01234567-89ab-4cde-8f01-23456789abcd}x",
	" 01234567-89ab-4cde-8f01-23456789abcd",
	"(01234567-89ab-4cde-8f01-23456789abcd)",
};

START_TEST(test_refuse)
{
	struct sm_guid guid;
	struct sm_guid before;

	memset(&guid, 0x5a, sizeof(guid));
	before = guid;
	ck_assert(!sm_guid_parse(bad[_i], &guid));
	ck_assert_mem_eq(&guid, &before, sizeof(guid));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("guid");
	TCase *tcase = tcase_create("guid");

	tcase_add_test(tcase, test_make);
	tcase_add_loop_test(tcase, test_parse, 0, COUNT(good));
	tcase_add_loop_test(tcase, test_refuse, 0, COUNT(bad));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
