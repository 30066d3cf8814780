/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/row.h"
#include "suite.h"

/* Every text field has a place of its own, and nothing else has one. */
START_TEST(test_text_fields)
{
	struct sm_row row = {0};
	const char **seen[64];
	int count = 0;
	int bit = 0;
	int i = 0;

	for (bit = 0; bit < 64; bit++) {
		uint64_t field = UINT64_C(1) << bit;
		const char **text = sm_row_text(&row, field);

		ck_assert_int_eq(text != NULL, (SM_FIELDS_TEXT & field) != 0);
		for (i = 0; text != NULL && i < count; i++)
			ck_assert_ptr_ne(seen[i], text);
		if (text != NULL)
			seen[count++] = text;
	}
	ck_assert_ptr_eq(sm_row_text(&row, SMBMGMT_FIELD_USER), &row.user);
	ck_assert_ptr_null(sm_row_text(&row, SM_FIELDS_TEXT));
	ck_assert_ptr_null(sm_row_text(&row, 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("row");
	TCase *tcase = tcase_create("row");

	tcase_add_test(tcase, test_text_fields);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
