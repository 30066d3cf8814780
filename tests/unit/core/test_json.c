/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "suite.h"

static void expect(struct sm_json *json, const char *expected)
{
	sm_out_u8(&json->out, 0);
	ck_assert(!json->out.failed);
	ck_assert_str_eq((const char *)json->out.data, expected);
	sm_out_free(&json->out);
}

START_TEST(test_nesting)
{
	struct sm_json json = {0};

	sm_json_open(&json, NULL, '{');
	sm_json_open(&json, "a", '[');
	sm_json_close(&json, ']');
	sm_json_open(&json, "b", '[');
	sm_json_text(&json, NULL, "x");
	sm_json_open(&json, NULL, '{');
	sm_json_close(&json, '}');
	sm_json_number(&json, NULL, -1);
	sm_json_close(&json, ']');
	sm_json_id(&json, "c", UINT64_MAX);
	sm_json_bool(&json, "d", true);
	sm_json_bool(&json, "e", false);
	sm_json_raw(&json, "f", "null");
	sm_json_close(&json, '}');
	expect(&json,
	       "{\"a\":[],\"b\":[\"x\",{},-1],"
	       "\"c\":\"18446744073709551615\",\"d\":true,\"e\":false,"
	       "\"f\":null}");
}
END_TEST

/* Every byte by itself, but NUL. */
START_TEST(test_bytes)
{
	char text[2] = {(char)_i, '\0'};
	struct sm_json json = {0};
	char expected[16];

	if (_i < 0x20 || _i == 0x7f)
		snprintf(expected, sizeof(expected), "\"\\u%04x\"",
			 (unsigned int)_i);
	else if (_i == '"' || _i == '\\')
		snprintf(expected, sizeof(expected), "\"\\%c\"", _i);
	else if (_i < 0x80)
		snprintf(expected, sizeof(expected), "\"%c\"", _i);
	else
		snprintf(expected, sizeof(expected), "\"\xef\xbf\xbd\"");
	sm_json_text(&json, NULL, text);
	expect(&json, expected);
}
END_TEST

START_TEST(test_characters)
{
	struct sm_json json = {0};

	/* Bytes of UTF-8, a C1 control, a line separator, a broken end. */
	sm_json_text(&json, NULL,
		     "\xc3\xbc\xf0\x9f\x98\x80\xc2\x9b\xe2\x80\xa8\xc3");
	expect(&json, "\"\xc3\xbc\xf0\x9f\x98\x80\\u009b\\u2028\xef\xbf\xbd\"");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, test_nesting);
	tcase_add_loop_test(t, test_bytes, 1, 256);
	tcase_add_test(t, test_characters);
	suite_add_tcase(s, t);
	return run_suite(s);
}
