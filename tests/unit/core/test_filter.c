/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which values a filter takes; what it selects is in test_match.c. */
#include <string.h>

#include <smbmgmt/error.h>
#include <smbmgmt/session.h>

#include "core/filter.h"
#include "suite.h"

static const struct {
	const char *text;
	int64_t offset;
} bad_texts[] = {
	{"", -1},
	{"\xff", 0},
	{"ab\xc3", 2},
	{"ab\xed\xa0\x80", 2},
};

START_TEST(test_bad_text)
{
	smbmgmt_filter *filter = NULL;
	struct sm_fail fail;

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	for (int p = 0; p < SM_PROPERTY_COUNT; p++) {
		ck_assert_int_eq(sm_filter_add_text(filter, (enum sm_property)p,
						    bad_texts[_i].text, &fail),
				 SMBMGMT_E_INVALID);
		ck_assert_int_eq(fail.offset, bad_texts[_i].offset);
	}
	/* What was refused does not make it non-empty. */
	ck_assert(sm_filter_is_empty(filter));
	sm_filter_unref(filter);
}
END_TEST

START_TEST(test_bad_ids)
{
	static const char *const texts[] = {"", "x", "5..1", "1,,2", "-1"};
	smbmgmt_filter *filter = NULL;

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	ck_assert_int_eq(sm_filter_add_ids(filter, 5, 4, NULL),
			 SMBMGMT_E_INVALID);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_int_eq(sm_filter_add_id_text(filter, texts[i], NULL),
				 SMBMGMT_E_INVALID);
	ck_assert(sm_filter_is_empty(filter));
	ck_assert_int_eq(sm_filter_add_ids(filter, 0, UINT64_MAX, NULL), 0);
	ck_assert(!sm_filter_is_empty(filter));
	sm_filter_unref(filter);
}
END_TEST

START_TEST(test_instances)
{
	smbmgmt_filter *filter = NULL;

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	ck_assert_int_eq(sm_filter_add_instance(filter, -1, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(sm_filter_add_instance(filter, 4, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(sm_filter_add_instance(filter, INT32_MAX, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_uint_eq(filter->instances, 0);
	for (int32_t i = SMBMGMT_INSTANCE_DEFAULT; i <= SMBMGMT_INSTANCE_SR;
	     i++)
		ck_assert_int_eq(sm_filter_add_instance(filter, i, NULL), 0);
	ck_assert_uint_eq(filter->instances, 15);
	ck_assert(sm_filter_is_empty(filter));
	sm_filter_unref(filter);
	sm_filter_unref(NULL);
}
END_TEST

/* The filter keeps copies. */
START_TEST(test_copies)
{
	smbmgmt_filter *filter = NULL;
	char text[] = "alice";

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(sm_filter_add_text(filter, SM_PROPERTY_USER,
						    text, NULL),
				 0);
	memset(text, 'x', 5);
	ck_assert_uint_eq(filter->texts[SM_PROPERTY_USER].count, 100);
	ck_assert_str_eq(filter->texts[SM_PROPERTY_USER].items[99], "alice");
	sm_filter_unref(filter);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-filter");
	TCase *tc = tcase_create("filter");

	tcase_add_loop_test(tc, test_bad_text, 0, COUNT(bad_texts));
	tcase_add_test(tc, test_bad_ids);
	tcase_add_test(tc, test_instances);
	tcase_add_test(tc, test_copies);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
