/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The smbmgmt command, whole, with one more server to name: memory:odd is a
 * table whose clients and users have the names that a table, CSV and JSON have
 * to get right.  The linker puts this between the command and the library.
 */
#include <smbmgmt/smbmgmt.h>
#include <stdio.h>
#include <string.h>

int32_t __wrap_smbmgmt_open_handle(smbmgmt_context *context, const char *server,
				   const smbmgmt_open_options *options,
				   smbmgmt_handle **handle,
				   smbmgmt_error **error);
int32_t __real_smbmgmt_open_handle(smbmgmt_context *context, const char *server,
				   const smbmgmt_open_options *options,
				   smbmgmt_handle **handle,
				   smbmgmt_error **error);

static const struct {
	const char *client, *user; /* NULL: the server does not tell */
} rows[] = {
	{"\\\\10.0.0.1", "ALPHA\\plain"},
	/* East Asian, two columns each */
	{"\\\\\u6771\u4eac\u672c\u793e-"
	 "\u30d5\u30a1\u30a4\u30eb\u30b5\u30fc\u30d0",
	 "\u682a\u5f0f\u4f1a\u793e\\\u5c71\u7530\u592a\u90ce"},
	/* Korean in one piece, and taken apart */
	{"\\\\\ud55c\uad6d", "ALPHA\\\u1112\u1161\u11ab\u1100\u116e\u11a8"},
	/* combining marks: no column of their own */
	{"\\\\cafe\u0301", "ALPHA\\z\u0335\u0321a\u0335\u0322l\u0335g\u0336o"},
	/* what would steer a terminal, forge a line or reorder it */
	{"\\\\ws\x1b[2J\r\n6,admin", "ALPHA\\\u202egpj.exe\u200b"},
	/* what CSV quotes, and what a spreadsheet computes */
	{"a,b \"c\"", "=cmd|' /C calc'!A0"},
	{" blank ", "@SUM(1+1)*-2"},
	/* no name, and none that is told */
	{"\\\\10.0.0.8", ""},
	{NULL, NULL},
	/* long ones */
	{"\\\\workstation-with-a-very-long-name.branch-office.example.com",
	 "A-DOMAIN-OF-SOME-LENGTH\\an.administrator.whose.name.does.not.end"},
};

/* What some of them have open; the last one very many. */
static const struct {
	size_t row;
	const char *share;
	const char *path;
	int32_t writes;
} opens[] = {
	{4, "files", "/srv/read\u202eonly.txt", 0},
	{4, "a\nWhat if: b", "/srv/x\x1b[2J\nWhat if: Refused: y", 1},
	{1, "\u5171\u6709",
	 "/srv/\u682a\u5f0f\u4f1a\u793e/\u682a\u5f0f\u4f1a\u793e/"
	 "\u682a\u5f0f\u4f1a\u793e/\u682a\u5f0f\u4f1a\u793e/"
	 "\u682a\u5f0f\u4f1a\u793e/\u6c7a\u7b97\u66f8.txt",
	 1},
};

#define ROW_OF_MANY 9
#define MANY 24
#define MANY_READ 2

static int32_t add_many(smbmgmt_session_builder *builder, smbmgmt_error **error)
{
	int32_t code = SMBMGMT_OK;
	int i;

	for (i = 0; code == SMBMGMT_OK && i < MANY; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/srv/%d", i);
		code = smbmgmt_session_builder_add_open_file(
			builder, path, i >= MANY_READ, 1000, error);
	}
	return code;
}

static int32_t add_opens(smbmgmt_session_builder *builder, size_t row,
			 smbmgmt_error **error)
{
	int32_t code = SMBMGMT_OK;
	size_t i;

	for (i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		if (code == SMBMGMT_OK && opens[i].row == row) {
			code = smbmgmt_session_builder_add_share(
				builder, opens[i].share, error);
		}
		if (code == SMBMGMT_OK && opens[i].row == row) {
			code = smbmgmt_session_builder_add_open_file(
				builder, opens[i].path, opens[i].writes, 0,
				error);
		}
	}
	if (code == SMBMGMT_OK && row == ROW_OF_MANY) {
		code = add_many(builder, error);
	}
	return code;
}

static int32_t add_row(smbmgmt_memory *memory, size_t index,
		       smbmgmt_error **error)
{
	smbmgmt_session_builder *builder = NULL;
	/* Ids from one digit to twenty. */
	uint64_t id = index == 0 ? UINT64_MAX : index;
	int32_t code = smbmgmt_session_builder_new(&builder, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_session_builder_set_id(builder, id, 0, error);
	}
	if (code == SMBMGMT_OK && rows[index].client != NULL) {
		code = smbmgmt_session_builder_set_text(
			builder, SMBMGMT_FIELD_CLIENT, rows[index].client,
			error);
	}
	if (code == SMBMGMT_OK && rows[index].user != NULL) {
		code = smbmgmt_session_builder_set_text(
			builder, SMBMGMT_FIELD_USER, rows[index].user, error);
	}
	if (code == SMBMGMT_OK && rows[index].client != NULL) {
		code = smbmgmt_session_builder_set_number(
			builder, SMBMGMT_FIELD_NUM_OPENS, index * index, error);
	}
	if (code == SMBMGMT_OK) {
		code = add_opens(builder, index, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_memory_add_session(memory, builder, NULL, error);
	}
	smbmgmt_session_builder_unref(builder);
	return code;
}

static int32_t fill(smbmgmt_memory *memory, smbmgmt_error **error)
{
	int32_t code = SMBMGMT_OK;
	size_t i;

	for (i = 0; code == SMBMGMT_OK && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		code = add_row(memory, i, error);
	}
	return code;
}

int32_t __wrap_smbmgmt_open_handle(smbmgmt_context *context, const char *server,
				   const smbmgmt_open_options *options,
				   smbmgmt_handle **handle,
				   smbmgmt_error **error)
{
	smbmgmt_open_options *with_table = NULL;
	smbmgmt_memory *memory = NULL;
	int32_t code;

	if (server == NULL || strcmp(server, "memory:odd") != 0) {
		return __real_smbmgmt_open_handle(context, server, options,
						  handle, error);
	}
	code = smbmgmt_memory_new(&memory, error);
	if (code == SMBMGMT_OK) {
		code = fill(memory, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_new(&with_table, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_set_memory(with_table, memory,
						       error);
	}
	if (code == SMBMGMT_OK) {
		code = __real_smbmgmt_open_handle(context, server, with_table,
						  handle, error);
	}
	smbmgmt_open_options_unref(with_table);
	smbmgmt_memory_unref(memory);
	return code;
}
