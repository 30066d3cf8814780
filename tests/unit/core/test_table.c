/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include <smbmgmt/error.h>

#include "core/table.h"
#include "fixture.h"
#include "suite.h"

static const struct sm_listed listed = {
	.at = 12, .began_ns = 33, .ended_ns = 34};

/* Two close units with one id in a snapshot are an error. */
static const struct {
	const char *rows;
	int code;
} ids[] = {
	{"", 0},
	{"a u;a u;b v", 0},
	{"a u did=1;a u did=1;a U did=1", 0},
	{"a u did=1;b u did=2", 0},
	{"a u did=1;b u did=1", SMBMGMT_E_AMBIGUOUS},
	{"a u did=1;a v did=1", SMBMGMT_E_AMBIGUOUS},
	/* The raw client: what is sent to close it. */
	{"a u did=1;A u did=1", SMBMGMT_E_AMBIGUOUS},
	{"a u did=1;b u did=1;a u did=1", SMBMGMT_E_AMBIGUOUS},
	{"a u id=1;a v id=2", 0},
	{"a u id=1;a u id=1", SMBMGMT_E_AMBIGUOUS},
	{"a u id=1;b v id=3;a u did=1", SMBMGMT_E_AMBIGUOUS},
	{"a u id=1 inst=0;a u id=1 inst=1", 0},
	{"a u id=1 inst=1;a v id=1 inst=1", SMBMGMT_E_AMBIGUOUS},
};

START_TEST(test_ids)
{
	int code = 0;
	struct sm_table *table = fixture_table("", ids[_i].rows, &code);

	ck_assert_int_eq(code, ids[_i].code);
	sm_table_unref(table);
}
END_TEST

static struct sm_table *new_table(void)
{
	char name[] = "fs1";
	struct sm_origin origin = {.handle_id = 7,
				   .computer = name,
				   .server = name,
				   .transport = name};
	struct sm_table *table = NULL;

	ck_assert_int_eq(sm_table_new(&origin, &table, NULL), 0);
	/* The table has copies. */
	memset(name, 'x', sizeof(name) - 1);
	return table;
}

START_TEST(test_copies)
{
	struct sm_table *table = new_table();
	struct sm_listing listing = {.fields = SMBMGMT_FIELD_CLIENT};
	char client[] = "a";
	struct sm_row row = {
		.have = SMBMGMT_FIELD_CLIENT,
		.client = client,
	};
	smbmgmt_session *session = NULL;

	ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	client[0] = 'b';
	ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	ck_assert_int_eq(sm_table_seal(table, &listing, &listed, NULL), 0);
	ck_assert_str_eq(table->origin.computer, "fs1");
	ck_assert_int_eq(table->listed.at, 12);
	ck_assert_int_eq(table->listed.began_ns, 33);
	ck_assert_int_eq(table->listed.ended_ns, 34);
	ck_assert_str_eq(table->sessions[0].row.client, "a");
	ck_assert_str_eq(table->sessions[1].row.client, "b");
	ck_assert_str_eq(table->sessions[1].row.user, "");
	/* A reference to a session is one to its table. */
	session = &table->sessions[1];
	sm_table_ref(session->table);
	sm_table_unref(table);
	ck_assert_str_eq(session->row.client, "b");
	sm_table_unref(session->table);
}
END_TEST

/* A copy of a session lives on without its listing, with all that it had. */
START_TEST(test_session_copy)
{
	struct sm_table *table = new_table();
	struct sm_listing listing = {.fields = SMBMGMT_FIELD_CLIENT};
	struct sm_row row = {.have = SMBMGMT_FIELD_CLIENT, .client = "a"};
	smbmgmt_session *copy = NULL;
	char name[16];

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
		for (int j = 0; j < 20; j++) {
			struct sm_file file = {.path = name, .writes = j == 3};

			snprintf(name, sizeof(name), "%d-%d", i, j);
			ck_assert_int_eq(sm_table_add_share(table, name, NULL),
					 0);
			ck_assert_int_eq(sm_table_add_file(table, &file, NULL),
					 0);
		}
	}
	ck_assert_int_eq(sm_table_seal(table, &listing, &listed, NULL), 0);
	table->sessions[1].row.own = SMBMGMT_OWN_POSSIBLE;
	ck_assert_int_eq(sm_session_copy(&table->sessions[1], &copy, NULL), 0);
	sm_table_unref(table);
	table = copy->table;
	ck_assert_uint_eq(table->count, 1);
	ck_assert_int_eq(table->listed.began_ns, 33);
	ck_assert_int_eq(table->listed.ended_ns, 34);
	ck_assert_str_eq(table->origin.server, "fs1");
	ck_assert_str_eq(copy->row.client, "a");
	ck_assert_int_eq(copy->row.own, SMBMGMT_OWN_POSSIBLE);
	ck_assert_uint_eq(copy->share_count, 20);
	ck_assert_uint_eq(copy->file_count, 20);
	ck_assert_str_eq(table->lists.shares[copy->share_first], "1-0");
	ck_assert_str_eq(table->lists.files[copy->file_first + 3].path, "1-3");
	ck_assert(table->lists.files[copy->file_first + 3].writes);
	sm_session_unref(copy);
}
END_TEST

/* What stands in a field that is not known is never looked at. */
START_TEST(test_unknown_is_nothing)
{
	struct sm_table *table = new_table();
	struct sm_listing listing = {0};
	struct sm_row row;

	memset(&row, 0xff, sizeof(row));
	row.have = ~SM_FIELDS_ALL;
	row.own = SMBMGMT_OWN_NO;
	ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	ck_assert_int_eq(sm_table_seal(table, &listing, &listed, NULL), 0);
	row = table->sessions[1].row;
	ck_assert_uint_eq(row.have, 0);
	ck_assert_uint_eq(row.id, 0);
	ck_assert_uint_eq(row.num_opens, 0);
	ck_assert_uint_eq(row.unique, 0);
	ck_assert_uint_eq(row.exists, 0);
	ck_assert_uint_eq(row.idle, 0);
	ck_assert_uint_eq(row.instance, 0);
	ck_assert_uint_eq(row.guest, 0);
	ck_assert_uint_eq(row.encrypted, 0);
	ck_assert_uint_eq(row.id_derived, 0);
	ck_assert_str_eq(row.client, "");
	ck_assert_str_eq(row.process, "");
	sm_table_unref(table);
}
END_TEST

/* Rows stay rows: nothing is joined, however alike. */
START_TEST(test_rows_stay_rows)
{
	struct sm_table *table = new_table();
	struct sm_listing listing = {0};
	struct sm_row row = {
		.have = SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |
			SMBMGMT_FIELD_ID,
		.client = "a",
		.user = "u",
		.id = 5,
		.id_derived = 1,
	};

	for (int i = 0; i < 301; i++)
		ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	ck_assert_int_eq(sm_table_seal(table, &listing, &listed, NULL), 0);
	ck_assert_uint_eq(table->count, 301);
	/* One arena, texts shared: a compact table. */
	ck_assert_uint_lt(table->arena.total,
			  2 * 301 * sizeof(struct smbmgmt_session));
	sm_table_unref(table);
}
END_TEST

START_TEST(test_unsealed_is_freed)
{
	struct sm_table *table = new_table();
	struct sm_row row = {.have = SMBMGMT_FIELD_USER, .user = "u"};

	ck_assert_int_eq(sm_table_add(table, &row, NULL), 0);
	sm_table_unref(table);
	sm_table_unref(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-table");
	TCase *tc = tcase_create("table");

	tcase_add_loop_test(tc, test_ids, 0,
			    (int)(sizeof(ids) / sizeof(ids[0])));
	tcase_add_test(tc, test_copies);
	tcase_add_test(tc, test_session_copy);
	tcase_add_test(tc, test_unknown_is_nothing);
	tcase_add_test(tc, test_rows_stay_rows);
	tcase_add_test(tc, test_unsealed_is_freed);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
