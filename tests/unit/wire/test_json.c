/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The JSON reader: what is JSON and what is not, by table and against
 * jansson, and where it says that an error is.
 */
#include <stdio.h>

#include <jansson.h>

#include "core/text.h"
#include "smbstatus_fix.h"
#include "srvsvc_gen.h"

static int tokens(const char *text)
{
	struct sm_fail fail = {.offset = -1};

	return fix_tokens(text, strlen(text), 1u << 20, &fail);
}

static const char *const good[] = {
	"{}",
	" [ ] ",
	"0",
	"-0",
	"1.5e+10",
	"[1E-2,3]",
	"\"\"",
	"true",
	"{\"a\":{\"b\":[null,false]}}",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"\"\\u00e9\\uD83D\\ude00\"",
	"\"\xc3\xa9\"",
	"\r\n\t {}",
	"{\"a\":1,\"a\":2}",
};

static const char *const bad[] = {
	"",
	" ",
	"{",
	"[",
	"}",
	"]",
	"{]",
	"[}",
	"{,}",
	"[,]",
	"[1,]",
	"{\"a\":1,}",
	"{\"a\"}",
	"{\"a\" 1}",
	"{1:2}",
	"{a:1}",
	"[1 2]",
	"01",
	"-",
	"+1",
	"1.",
	".5",
	"1e",
	"0x1",
	"nul",
	"tru",
	"truee",
	"NaN",
	"\"",
	"\"\\\"",
	"\"\\x\"",
	"\"\\u12\"",
	"\"\\u12g4\"",
	"\"\\ud83d\"",
	"\"\\ud83d\\n\"",
	"\"\\ud83dx\"",
	"\"\\ud83d\\u0041\"",
	"\"\\ude00\"",
	"\"\\u0000\"",
	"\"\n\"",
	"\"\xff\"",
	"\"\xc3\"",
	"\"\xed\xa0\x80\"",
	"{} {}",
	"[] x",
	"1 2",
	"'a'",
	"/**/1",
};

START_TEST(is_json)
{
	ck_assert_msg(tokens(good[_i]) == 0, "%s", good[_i]);
}
END_TEST

START_TEST(is_not)
{
	ck_assert_msg(tokens(bad[_i]) == SMBMGMT_E_PROTOCOL, "%s", bad[_i]);
}
END_TEST

START_TEST(says_where)
{
	static const struct {
		const char *text;
		int64_t offset;
		const char *line;
		const char *why;
	} cases[] = {
		{"", 0, "(line 1)", "too early"},
		{"{\n \"a\": 1,\n x}", 12, "(line 3)", "name"},
		{"{\n\n", 3, "(line 3)", "too early"},
		{"[1,\n2\n;]", 6, "(line 3)", "comma"},
		{"\"abc\x01\"", 4, "(line 1)", "control"},
		{"{}\n\nx", 4, "(line 3)", "follows"},
	};
	struct sm_fail fail;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = cases[i].text;

		for (size_t step = 1; step < 20; step++) {
			ck_assert_int_eq(
				fix_tokens(text, strlen(text), step, &fail),
				SMBMGMT_E_PROTOCOL);
			ck_assert_int_eq(fail.offset, cases[i].offset);
			ck_assert_ptr_nonnull(strstr(fail.text, cases[i].line));
			ck_assert_ptr_nonnull(strstr(fail.text, cases[i].why));
		}
	}
}
END_TEST

START_TEST(bounds)
{
	char deep[2 * SM_JSON_DEPTH + 3];
	char *text = malloc(SM_JSON_TEXT + 4);
	struct sm_fail fail;

	memset(deep, '[', SM_JSON_DEPTH);
	memset(deep + SM_JSON_DEPTH, ']', SM_JSON_DEPTH);
	ck_assert_int_eq(fix_tokens(deep, 2 * SM_JSON_DEPTH, 7, &fail), 0);
	memset(deep, '[', SM_JSON_DEPTH + 1);
	ck_assert_int_eq(fix_tokens(deep, 2 * SM_JSON_DEPTH, 7, &fail),
			 SMBMGMT_E_TOO_LARGE);
	ck_assert_int_eq(fail.offset, SM_JSON_DEPTH);
	memset(text, 'x', SM_JSON_TEXT + 3);
	text[0] = text[SM_JSON_TEXT + 1] = '"';
	ck_assert_int_eq(fix_tokens(text, SM_JSON_TEXT + 2, 1u << 20, &fail),
			 0);
	text[SM_JSON_TEXT + 1] = 'x';
	text[SM_JSON_TEXT + 2] = '"';
	ck_assert_int_eq(fix_tokens(text, SM_JSON_TEXT + 3, 1u << 20, &fail),
			 SMBMGMT_E_TOO_LARGE);
	free(text);
}
END_TEST

/* What goes past a value comes out behind it, however it came. */
START_TEST(skips)
{
	static const char text[] =
		"{\"a\":{\"x\":[1,{\"y\":\"}]\"}],\"z\":\"\\\"\"},\"b\":7}";

	for (size_t step = 1; step <= sizeof(text); step++) {
		struct fix_input in = {
			.text = text, .len = sizeof(text) - 1, .step = step};
		struct sm_json *json = malloc(sizeof(*json));
		enum sm_json_token token;

		sm_json_start(json, fix_read, &in);
		for (int i = 0; i < 3; i++)
			ck_assert_int_eq(sm_json_next(json, &token, NULL), 0);
		ck_assert_int_eq(token, SM_JSON_OBJECT);
		ck_assert_int_eq(sm_json_skip(json, token, NULL), 0);
		ck_assert_int_eq(sm_json_next(json, &token, NULL), 0);
		ck_assert_int_eq(token, SM_JSON_KEY);
		ck_assert_str_eq(json->text, "b");
		ck_assert_int_eq(sm_json_next(json, &token, NULL), 0);
		ck_assert_str_eq(json->text, "7");
		free(json);
	}
}
END_TEST

/* It stops at numbers that it has no room for, and tells no more then. */
static bool as_jansson_says(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_DECODE_ANY, &error);
	bool good_json = json != NULL;

	json_decref(json);
	if (!good_json &&
	    json_error_code(&error) == json_error_numeric_overflow)
		return true;
	return good_json == (tokens(text) == 0);
}

START_TEST(as_jansson)
{
	static const char bytes[] = "{}[]:,\"\\u0dDe8-+.1tfn \x01\xc3\xa9";
	uint64_t seed = gen_seed();
	struct gen gen = {.state = seed};
	char text[128];

	for (int i = 0; i < 20000; i++) {
		size_t n = sizeof(good) / sizeof(good[0]);

		snprintf(text, sizeof(text), "{\"k\":%s, \"l\":[%s]}",
			 good[gen_below(&gen, (uint32_t)n)],
			 good[gen_below(&gen, (uint32_t)n)]);
		for (uint32_t k = gen_below(&gen, 4); k > 0; k--)
			text[gen_below(&gen, (uint32_t)strlen(text))] =
				bytes[gen_below(&gen, sizeof(bytes) - 1)];
		if (!as_jansson_says(text))
			ck_abort_msg("%s", text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");

	tcase_add_loop_test(tcase, is_json, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tcase, is_not, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, says_where);
	tcase_add_test(tcase, bounds);
	tcase_add_test(tcase, skips);
	tcase_add_test(tcase, as_jansson);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
