/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/error.h>

#include "core/selector.h"
#include "fixture.h"
#include "suite.h"

#define GUID_1 "00000000-0000-4000-8000-000000000001"
#define GUID_2 "ABCDEF00-0000-4000-8000-000000000002"
#define GUID_9 "00000000-0000-4000-8000-000000000009"

/* Handles 1, 2, 3 and 7. */
static struct sm_guid guids[4];
static struct sm_handle_view views[4] = {
	{1, &guids[0], "Handle1", "fs1.example"},
	{2, &guids[1], "backup", "FS2"},
	{3, &guids[2], "backup", "fe80::1"},
	{7, &guids[3], "\xc3\xbcnit[1]", "localhost"},
};

static void make_guids(void)
{
	ck_assert(sm_guid_parse(GUID_1, &guids[0]));
	ck_assert(sm_guid_parse(GUID_2, &guids[1]));
}

/* Values: `KIND=TEXT`, apart by `;`.  The last code that adding gave. */
static int add_values(smbmgmt_selector *selector, const char *text,
		      struct sm_fail *fail)
{
	char *copy = strdup(text);
	char *save = NULL;
	int ret = 0;

	for (char *word = strtok_r(copy, ";", &save); word != NULL;
	     word = strtok_r(NULL, ";", &save)) {
		char *value = strchr(word, '=') + 1;
		char *dots = strstr(value, "..");
		uint32_t first = (uint32_t)strtoul(value, NULL, 10);

		if (word[0] == 'i')
			ret = sm_selector_add_ids(
				selector, first,
				dots == NULL
					? first
					: (uint32_t)strtoul(dots + 2, NULL, 10),
				fail);
		else if (word[0] == 'g')
			ret = sm_selector_add_guid(selector, value, fail);
		else
			ret = sm_selector_add_pattern(
				selector,
				word[0] == 'n' ? SM_SELECT_NAME
					       : SM_SELECT_COMPUTER,
				value, fail);
	}
	free(copy);
	return ret;
}

static int add_missing(void *userdata, const struct sm_fail *fail)
{
	const char *given = strstr(fail->text, "with the given ");

	ck_assert_int_eq(fail->code, SMBMGMT_E_NOT_FOUND);
	ck_assert_ptr_nonnull(given);
	given += strlen("with the given ");
	/* "Name = foo." without its full stop. */
	fixture_add(userdata, "[%.*s]", (int)strlen(given) - 1, given);
	return 0;
}

static const struct {
	const char *values;
	const char *expected; /* ids found, then what is missing */
} cases[] = {
	/* Empty: all handles. */
	{"", "1 2 3 7"},
	{"i=2", "2"},
	{"i=2;i=7", "2 7"},
	{"i=1..2", "1 2"},
	{"i=2..9", "2 3 7 [Id = 4..6] [Id = 8..9]"},
	{"i=4;i=5", "[Id = 4] [Id = 5]"},
	{"i=4..5", "[Id = 4..5]"},
	{"i=3..5;i=4..7", "3 7 [Id = 4..6]"},
	{"i=0..4294967295",
	 "1 2 3 7 [Id = 0] [Id = 4..6] "
	 "[Id = 8..4294967295]"},
	{"g=" GUID_1, "1"},
	{"g={abcdef00-0000-4000-8000-000000000002}", "2"},
	{"g=" GUID_9 ";g=" GUID_2, "2 [InstanceId = " GUID_9 "]"},
	/* Names need not be unique, and have no case. */
	{"n=BACKUP", "2 3"},
	{"n=foo", "[Name = foo]"},
	{"n=foo;n=handle1;n=bar", "1 [Name = foo] [Name = bar]"},
	{"n=\xc3\x9cNIT`[1`]", "7"},
	{"n=Handle`[1`]", "[Name = Handle`[1`]]"},
	/* A wildcard that matches nothing is silent. */
	{"n=b*", "2 3"},
	{"n=x*", ""},
	{"n=x*;n=handle?", "1"},
	{"n=handle[2-9]", ""},
	{"n=[hb]*", "1 2 3"},
	{"c=fs2", "2"},
	{"c=fs*", "1 2"},
	{"c=fs9", "[ComputerName = fs9]"},
	/* Brackets are a set: an IPv6 address needs none. */
	{"c=fe80::1", "3"},
	{"c=[fe80::1]", ""},
	{"c=*", "1 2 3 7"},
};

START_TEST(test_select)
{
	smbmgmt_selector *selector = NULL;
	char text[FIXTURE_TEXT] = "";

	make_guids();
	ck_assert_int_eq(sm_selector_new(&selector, NULL), 0);
	ck_assert_int_eq(add_values(selector, cases[_i].values, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		if (sm_selector_match(selector, &views[i]))
			fixture_add(text, "%u", views[i].id);
	}
	ck_assert_int_eq(
		sm_selector_missing(selector, views, 4, add_missing, text), 0);
	ck_assert_str_eq(text, cases[_i].expected);
	sm_selector_unref(selector);
}
END_TEST

/* Values that make no sense, and two kinds in one selector. */
static const char *const invalid[] = {
	"i=5..1",  "g=no",    "g=00000000-0000-4000-8000-00000000000",
	"n=[a",	   "n=[z-a]", "c=\xff",
	"i=1;n=a", "n=a;c=a", "g=" GUID_1 ";i=1",
	"c=a;n=b",
};

START_TEST(test_invalid)
{
	smbmgmt_selector *selector = NULL;
	struct sm_fail fail;
	size_t valid = strchr(invalid[_i], ';') != NULL ? 1 : 0;

	ck_assert_int_eq(sm_selector_new(&selector, NULL), 0);
	ck_assert_int_eq(add_values(selector, invalid[_i], &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_str_ne(fail.text, "");
	/* What was there stays. */
	ck_assert_uint_eq(selector->count, valid);
	sm_selector_unref(selector);
}
END_TEST

START_TEST(test_none)
{
	char text[FIXTURE_TEXT] = "";
	smbmgmt_selector *selector = NULL;

	ck_assert(sm_selector_is_empty(NULL));
	ck_assert(sm_selector_match(NULL, &views[0]));
	ck_assert_int_eq(sm_selector_missing(NULL, views, 4, add_missing, text),
			 0);
	/* Without any handle everything literal is missing. */
	ck_assert_int_eq(sm_selector_new(&selector, NULL), 0);
	ck_assert(sm_selector_is_empty(selector));
	ck_assert_int_eq(add_values(selector, "i=1..3", NULL), 0);
	ck_assert(!sm_selector_is_empty(selector));
	ck_assert_int_eq(
		sm_selector_missing(selector, NULL, 0, add_missing, text), 0);
	ck_assert_str_eq(text, "[Id = 1..3]");
	sm_selector_unref(selector);
	sm_selector_unref(NULL);
}
END_TEST

static int stop(void *userdata, const struct sm_fail *fail)
{
	(void)fail;
	++*(int *)userdata;
	return SMBMGMT_E_NOMEM;
}

START_TEST(test_missing_stops)
{
	static const char *const values[] = {"i=8;i=9", "n=x;n=y"};
	smbmgmt_selector *selector = NULL;
	int calls = 0;

	ck_assert_int_eq(sm_selector_new(&selector, NULL), 0);
	ck_assert_int_eq(add_values(selector, values[_i], NULL), 0);
	ck_assert_int_eq(sm_selector_missing(selector, views, 4, stop, &calls),
			 SMBMGMT_E_NOMEM);
	ck_assert_int_eq(calls, 1);
	sm_selector_unref(selector);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-selector");
	TCase *tc = tcase_create("selector");

	tcase_add_loop_test(tc, test_select, 0, COUNT(cases));
	tcase_add_loop_test(tc, test_invalid, 0, COUNT(invalid));
	tcase_add_test(tc, test_none);
	tcase_add_loop_test(tc, test_missing_stops, 0, 2);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
