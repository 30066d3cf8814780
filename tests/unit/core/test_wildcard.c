/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/wildcard.h"
#include "suite.h"

static const struct {
	const char *pattern;
	const char *text;
	bool match;
} cases[] = {
	{"", "", true},
	{"", "a", false},
	{"server1", "SERVER1", true},
	{"server1", "server12", false},
	{"*", "", true},
	{"*", "anything", true},
	{"**", "x", true},
	{"a*", "a", true},
	{"a*", "Alpha", true},
	{"a*", "beta", false},
	{"*a", "alpha", true},
	{"*.org", "fs.example.org", true},
	{"*.org", "fs.example.com", false},
	{"a*b*c", "aXbXbXc", true},
	{"a*b*c", "aXbXbX", false},
	{"*aab", "aaaab", true},
	{"?", "", false},
	{"?", "x", true},
	{"?", "\xc3\xa4", true},
	{"?", "xy", false},
	{"a?c", "abc", true},
	{"a*?", "a", false},
	{"a*?", "ab", true},
	{"[ab]", "b", true},
	{"[ab]", "B", true},
	{"[ab]", "c", false},
	{"[a-c]x", "Bx", true},
	{"[a-c]x", "dx", false},
	{"[A-C]x", "bx", true},
	{"fs[0-9][0-9]", "FS42", true},
	{"fs[0-9][0-9]", "fs4", false},
	{"[^a]", "b", false}, /* no negation: a set of two */
	{"[^a]", "^", true},
	{"[!a]", "b", false},
	{"[!a]", "!", true},
	{"[]]", "]", true},
	{"[]a]", "a", true},
	{"[]a]", "]", true},
	{"[a-]", "-", true},
	{"[a-]", "b", false},
	{"[-a]", "-", true},
	{"[*]", "*", true},
	{"[*]", "x", false},
	{"[?]", "x", false},
	{"[[]", "[", true},
	{"[a`]]", "]", true},
	{"[a`-c]", "b", false},
	{"[a`-c]", "-", true},
	{"[\xc3\xa4-\xc3\xbc]", "\xc3\x96", true}, /* ä to ü, Ö */
	{"]", "]", true},
	{"a]", "a]", true},
	{"`*", "*", true},
	{"`*", "x", false},
	{"`?x", "?x", true},
	{"`[a]", "[a]", true},
	{"`[a`]", "[a]", true},
	{"``", "`", true},
	{"a`", "a`", true},
	{"`a", "a", true},
	{"[fe80::1]", "fe80::1", false}, /* a pattern of one character */
	{"[fe80::1]", "8", true},
	{"`[fe80::1`]", "[fe80::1]", true},
	{"\xc3\xa4*", "\xc3\x84rger", true},
	{"stra\xc3\x9f"
	 "e",
	 "STRASSE", false},
	{"a\\*", "a\\b", true}, /* a backslash is itself */
	{"i", "\xc4\xb1", false},
	{"[h-j]", "\xc4\xb0", false},
};

START_TEST(test_match)
{
	struct sm_wildcard *wildcard = NULL;
	struct sm_fail fail;

	ck_assert_int_eq(sm_wildcard_new(cases[_i].pattern, &wildcard, &fail),
			 0);
	ck_assert_int_eq(sm_wildcard_match(wildcard, cases[_i].text),
			 cases[_i].match);
	sm_wildcard_free(wildcard);
}
END_TEST

static const struct {
	const char *pattern;
	bool literal;
} literals[] = {
	{"", true},	 {"server1", true}, {"a`*b", true},
	{"`[x`]", true}, {"]", true},	    {"a*", false},
	{"?", false},	 {"[a]", false},    {"``*", false},
};

START_TEST(test_literal)
{
	struct sm_wildcard *wildcard = NULL;

	ck_assert_int_eq(sm_wildcard_new(literals[_i].pattern, &wildcard, NULL),
			 0);
	ck_assert_int_eq(sm_wildcard_is_literal(wildcard),
			 literals[_i].literal);
	sm_wildcard_free(wildcard);
}
END_TEST

static const struct {
	const char *pattern;
	int64_t offset;
} bad[] = {
	{"[", 0},      {"a[", 1},     {"ab[c", 2},    {"[]", 0},
	{"[a`]", 0},   {"x[z-a]", 2}, {"[ab9-0]", 3}, {"a\xff", 1},
	{"[\xc3]", 1}, {"[a-z][", 5},
};

START_TEST(test_refuse)
{
	struct sm_wildcard *wildcard = NULL;
	struct sm_fail fail;

	ck_assert_int_eq(sm_wildcard_new(bad[_i].pattern, &wildcard, &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_null(wildcard);
	ck_assert_int_eq(fail.offset, bad[_i].offset);
	ck_assert_int_gt((int)strlen(fail.text), 0);
}
END_TEST

/* What naive backtracking would take for ever over. */
START_TEST(test_many_stars)
{
	struct sm_wildcard *wildcard = NULL;
	char text[4096];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(
		sm_wildcard_new("*a*a*a*a*a*a*a*a*a*a*a*a*b", &wildcard, NULL),
		0);
	ck_assert(!sm_wildcard_match(wildcard, text));
	text[sizeof(text) - 2] = 'B';
	ck_assert(sm_wildcard_match(wildcard, text));
	sm_wildcard_free(wildcard);
	sm_wildcard_free(NULL);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("wildcard");
	TCase *tcase = tcase_create("wildcard");

	tcase_add_loop_test(tcase, test_match, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_literal, 0, COUNT(literals));
	tcase_add_loop_test(tcase, test_refuse, 0, COUNT(bad));
	tcase_add_test(tcase, test_many_stars);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
