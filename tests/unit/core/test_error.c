/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include <smbmgmt/error.h>

#include "core/error.h"
#include "suite.h"

START_TEST(test_carries_all)
{
	struct sm_fail fail;
	smbmgmt_error *error = NULL;
	char computer[] = "fs1";

	sm_fail_native(&fail, SMBMGMT_E_LOGON_FAILED, SMBMGMT_NATIVE_NTSTATUS,
		       0xc000006d, "Wrong user or password for %s.", "alice");
	fail.offset = 12;
	ck_assert_int_eq(sm_error_set(&error, &fail, computer),
			 SMBMGMT_E_LOGON_FAILED);
	memset(&fail, 0, sizeof(fail));
	memset(computer, 'x', 3);
	ck_assert_int_eq(smbmgmt_error_code(error), SMBMGMT_E_LOGON_FAILED);
	ck_assert_int_eq(smbmgmt_error_native_kind(error),
			 SMBMGMT_NATIVE_NTSTATUS);
	ck_assert_uint_eq(smbmgmt_error_native_code(error), 0xc000006d);
	ck_assert_int_eq(smbmgmt_error_offset(error), 12);
	ck_assert_str_eq(smbmgmt_error_computer(error), "fs1");
	ck_assert_str_eq(smbmgmt_error_message(error),
			 "Wrong user or password for alice.");
	ck_assert_ptr_eq(smbmgmt_error_ref(error), error);
	smbmgmt_error_unref(error);
	ck_assert_int_eq(smbmgmt_error_code(error), SMBMGMT_E_LOGON_FAILED);
	smbmgmt_error_unref(error);
}
END_TEST

START_TEST(test_nobody_asks)
{
	struct sm_fail fail;

	sm_fail(&fail, SMBMGMT_E_INVALID, "No.");
	ck_assert_int_eq(sm_error_set(NULL, &fail, NULL), SMBMGMT_E_INVALID);
}
END_TEST

/* Out of memory is static: any number of drops does nothing. */
START_TEST(test_out_of_memory)
{
	struct sm_fail fail;
	smbmgmt_error *error = NULL;

	sm_fail_nomem(&fail);
	error = sm_error_new(&fail, "fs1");
	ck_assert_ptr_eq(error, sm_error_new(&fail, "fs2"));
	for (int i = 0; i < 3; i++)
		smbmgmt_error_unref(error);
	ck_assert_ptr_eq(smbmgmt_error_ref(error), error);
	ck_assert_int_eq(smbmgmt_error_code(error), SMBMGMT_E_NOMEM);
	ck_assert_str_eq(smbmgmt_error_message(error), "Out of memory.");
	ck_assert_str_eq(smbmgmt_error_computer(error), "");
	ck_assert_int_eq(smbmgmt_error_offset(error), -1);
	ck_assert_int_eq(smbmgmt_error_native_kind(error), SMBMGMT_NATIVE_NONE);
}
END_TEST

START_TEST(test_null)
{
	ck_assert_int_eq(smbmgmt_error_code(NULL), SMBMGMT_OK);
	ck_assert_int_eq(smbmgmt_error_native_kind(NULL), SMBMGMT_NATIVE_NONE);
	ck_assert_uint_eq(smbmgmt_error_native_code(NULL), 0);
	ck_assert_int_eq(smbmgmt_error_offset(NULL), -1);
	ck_assert_str_eq(smbmgmt_error_computer(NULL), "");
	ck_assert_str_eq(smbmgmt_error_message(NULL), "");
	ck_assert_ptr_null(smbmgmt_error_ref(NULL));
	smbmgmt_error_unref(NULL);
}
END_TEST

/* A message is UTF-8, whatever the input was that it quotes. */
START_TEST(test_message_is_utf8)
{
	static const struct {
		const char *given;
		const char *expected;
	} texts[] = {
		{"caf\xc3\xa9", "caf\xc3\xa9"},
		{"a\xff\xc3\xa9z", "a???z"},
		{"\xc3", "?"},
	};
	struct sm_fail fail;

	for (size_t i = 0; i < 3; i++) {
		smbmgmt_error *error = NULL;

		sm_fail(&fail, SMBMGMT_E_INVALID, "%s", texts[i].given);
		error = sm_error_new(&fail, NULL);
		ck_assert_str_eq(smbmgmt_error_message(error),
				 texts[i].expected);
		ck_assert_str_eq(smbmgmt_error_computer(error), "");
		smbmgmt_error_unref(error);
	}
}
END_TEST

START_TEST(test_list)
{
	struct sm_errors errors = {0};
	struct sm_fail fail;

	for (int32_t i = 1; i <= 40; i++) {
		sm_fail(&fail, -i - 1, "Error %d.", i);
		ck_assert(sm_errors_add(&errors, sm_error_new(&fail, "fs1")));
	}
	ck_assert_uint_eq(errors.count, 40);
	for (int32_t i = 1; i <= 40; i++)
		ck_assert_int_eq(smbmgmt_error_code(errors.items[i - 1]),
				 -i - 1);
	sm_errors_free(&errors);
	ck_assert_uint_eq(errors.count, 0);
	sm_errors_free(&errors);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-error");
	TCase *tc = tcase_create("error");

	tcase_add_test(tc, test_carries_all);
	tcase_add_test(tc, test_nobody_asks);
	tcase_add_test(tc, test_out_of_memory);
	tcase_add_test(tc, test_null);
	tcase_add_test(tc, test_message_is_utf8);
	tcase_add_test(tc, test_list);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
