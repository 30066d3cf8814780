/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * How much a filter, a listing and a comparison cost, counted in calls and
 * not timed: the linker passes every call from one file to another of the
 * functions below through here (--wrap).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/client.h"
#include "core/diff.h"
#include "core/idset.h"
#include "core/match.h"
#include "core/text.h"
#include "fixture.h"
#include "suite.h"
#include "util/clock.h"

static const struct sm_listed listed = {.at = 0};

#define VALUES 10000
#define ROWS 1000
/* One binary search among 10,000: log2 is 13.3. */
#define LOOK_UP 14

static size_t calls;

int __real_sm_text_cmp(const char *a, const char *b);
int __wrap_sm_text_cmp(const char *a, const char *b);
int __real_sm_client_cmp(const struct sm_client *a, const struct sm_client *b);
int __wrap_sm_client_cmp(const struct sm_client *a, const struct sm_client *b);
int __real_sm_client_cmp_zone(const struct sm_client *a,
			      const struct sm_client *b);
int __wrap_sm_client_cmp_zone(const struct sm_client *a,
			      const struct sm_client *b);
int __real_sm_row_cmp_unit(const struct sm_row *a, const struct sm_row *b);
int __wrap_sm_row_cmp_unit(const struct sm_row *a, const struct sm_row *b);
bool __real_sm_idset_has(const struct sm_idset *set, uint64_t id);
bool __wrap_sm_idset_has(const struct sm_idset *set, uint64_t id);

int __wrap_sm_text_cmp(const char *a, const char *b)
{
	calls++;
	return __real_sm_text_cmp(a, b);
}

int __wrap_sm_client_cmp(const struct sm_client *a, const struct sm_client *b)
{
	calls++;
	return __real_sm_client_cmp(a, b);
}

int __wrap_sm_client_cmp_zone(const struct sm_client *a,
			      const struct sm_client *b)
{
	calls++;
	return __real_sm_client_cmp_zone(a, b);
}

int __wrap_sm_row_cmp_unit(const struct sm_row *a, const struct sm_row *b)
{
	calls++;
	return __real_sm_row_cmp_unit(a, b);
}

bool __wrap_sm_idset_has(const struct sm_idset *set, uint64_t id)
{
	calls++;
	/* Sealed: sorted ranges, one binary search. */
	ck_assert(set->sealed);
	return __real_sm_idset_has(set, id);
}

/* A table of @count rows; the formats take the row's number. */
static struct sm_table *make_table(size_t count, const char *client,
				   const char *user, bool native)
{
	struct sm_origin origin = {
		.computer = "fs1", .server = "fs1", .transport = "srvsvc"};
	struct sm_listing listing = {.fields = SM_FIELDS_ALL,
				     .unit = SM_UNIT_CLIENT_USER};
	struct sm_table *table = NULL;

	ck_assert_int_eq(sm_table_new(&origin, &table, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		char names[2][64];
		struct sm_row row = {
			.have = SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |
				SMBMGMT_FIELD_SECONDS_EXISTS |
				(native ? SMBMGMT_FIELD_ID : 0),
			.client = names[0],
			.user = names[1],
			.exists = (uint32_t)i,
			.id = i,
		};

		snprintf(names[0], sizeof(names[0]), "%s%zu", client, i);
		snprintf(names[1], sizeof(names[1]), "%s%zu", user, i);
		if (client[0] == '=')
			strcpy(names[0], client + 1);
		if (user[0] == '=')
			strcpy(names[1], user + 1);
		ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	}
	ck_assert_int_eq(sm_table_seal(table, &listing, &listed, NULL), 0);
	return table;
}

static void add_texts(smbmgmt_filter *filter, enum sm_property property,
		      const char *text)
{
	for (int i = 0; i < VALUES; i++) {
		char value[64];

		snprintf(value, sizeof(value), "%s%d", text, i);
		if (text[0] == '=')
			strcpy(value, text + 1);
		ck_assert_int_eq(
			sm_filter_add_text(filter, property, value, NULL), 0);
	}
}

/* Match, and return how many calls that took. */
static size_t cost(const smbmgmt_filter *filter, const struct sm_table *table,
		   size_t expected)
{
	static uint8_t selected[VALUES];
	struct sm_match *match = NULL;
	size_t count = 0;
	size_t took = 0;

	ck_assert_int_eq(sm_match_new(filter, &match, NULL), 0);
	calls = 0;
	ck_assert_int_eq(sm_match_select(match, table, selected, NULL, NULL),
			 0);
	took = calls;
	for (size_t i = 0; i < table->count; i++)
		count += selected[i];
	ck_assert_uint_eq(count, expected);
	sm_match_free(match);
	return took;
}

START_TEST(test_ids)
{
	struct sm_table *table = make_table(ROWS, "c", "u", true);
	smbmgmt_filter *filter = NULL;

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	/* Every other id, and given backwards. */
	for (uint64_t i = VALUES; i-- > 0;)
		ck_assert_int_eq(sm_filter_add_ids(filter, 2 * i, 2 * i, NULL),
				 0);
	ck_assert_uint_eq(cost(filter, table, ROWS / 2), ROWS);
	sm_filter_unref(filter);
	sm_table_unref(table);
}
END_TEST

static const struct {
	enum sm_property property;
	const char *values;
	const char *client;
	const char *user;
	size_t expected;
	size_t most; /* calls a row */
} names[] = {
	{SM_PROPERTY_USER, "u", "c", "u", ROWS, LOOK_UP},
	{SM_PROPERTY_USER, "v", "c", "u", 0, LOOK_UP},
	{SM_PROPERTY_USER, "=u", "c", "=u", ROWS, 1},
	{SM_PROPERTY_CLIENT, "c", "c", "u", ROWS, LOOK_UP},
	{SM_PROPERTY_CLIENT, "=c", "=c", "u", ROWS, 1},
	{SM_PROPERTY_CLIENT, "10.0.0.", "10.0.0.", "u", ROWS, LOOK_UP},
	/* One address in all zones: with the zone and without. */
	{SM_PROPERTY_CLIENT, "fe80::1%", "fe80::1%", "u", ROWS, 2 * LOOK_UP},
	{SM_PROPERTY_CLIENT, "fe80::1%", "=fe80::1%5", "u", ROWS, 2 * LOOK_UP},
};

START_TEST(test_names)
{
	struct sm_table *table =
		make_table(ROWS, names[_i].client, names[_i].user, true);
	smbmgmt_filter *filter = NULL;

	ck_assert_int_eq(sm_filter_new(&filter, NULL), 0);
	add_texts(filter, names[_i].property, names[_i].values);
	ck_assert_uint_le(cost(filter, table, names[_i].expected),
			  ROWS * names[_i].most);
	sm_filter_unref(filter);
	sm_table_unref(table);
}
END_TEST

/*
 * What a server lists decides how the merge goes: no listing makes it cost
 * more than sorting does (two sides of 1,000: 2 * 1000 * 10, and the runs).
 */
static const struct {
	const char *clients[2];
} listings[] = {
	{{"a", "a"}},  {{"a", "=b"}},  {{"b", "=a"}}, {{"=b", "a"}},
	{{"=a", "b"}}, {{"=a", "=a"}}, {{"a", "b"}},
};

START_TEST(test_diff)
{
	struct sm_table *old =
		make_table(ROWS, listings[_i].clients[0], "=u", false);
	struct sm_table *now =
		make_table(ROWS, listings[_i].clients[1], "=u", false);
	struct sm_then *then = calloc(ROWS, sizeof(*then));

	for (size_t i = 0; i < ROWS; i++)
		then[i].row = &old->sessions[i].row;
	calls = 0;
	ck_assert_int_eq(sm_diff(then, ROWS, now, SM_DIFF_VERIFY, NULL), 0);
	ck_assert_uint_le(calls, 40 * ROWS);
	free(then);
	sm_table_unref(old);
	sm_table_unref(now);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *suite = suite_create("core-lookup");
	TCase *tc = tcase_create("lookup");

	tcase_add_test(tc, test_ids);
	tcase_add_loop_test(tc, test_names, 0, COUNT(names));
	tcase_add_loop_test(tc, test_diff, 0, COUNT(listings));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
