/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "json_in.h"

#include "exitcode.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA 1

/* A row that is not what list --json prints. */
unsigned rows_bad(const struct rows *rows, size_t index, const char *why)
{
	return say_usage(
		"--from %s: session %zu of the list: %s; give it "
		"what list --json prints",
		rows->origin, index + 1, why);
}

const char *row_server(const json_t *row)
{
	return json_string_value(json_object_get(row, "server"));
}

static unsigned load(const char *path, struct rows *rows)
{
	json_error_t problem;
	FILE *file = stdin;

	if (strcmp(path, "-") != 0) {
		file = fopen(path, "re");
	}
	if (file == NULL) {
		return say_usage("--from %s: %s", path, strerror(errno));
	}
	rows->document = json_loadf(file, JSON_REJECT_DUPLICATES, &problem);
	if (file != stdin) {
		fclose(file);
	}
	if (rows->document == NULL) {
		return say_usage(
			"--from %s: line %d, column %d: %s; give it "
			"what list --json prints",
			rows->origin, problem.line, problem.column,
			problem.text);
	}
	return 0;
}

static unsigned check_rows(const struct rows *rows)
{
	size_t index = 0;
	json_t *row = NULL;

	json_array_foreach(rows->sessions, index, row)
	{
		if (!json_is_object(row)) {
			return rows_bad(rows, index, "not an object");
		}
		if (row_server(row) == NULL) {
			return rows_bad(rows, index, "no text \"server\"");
		}
	}
	return 0;
}

unsigned rows_read(const char *path, struct rows *rows)
{
	json_t *schema = NULL;
	unsigned facts = 0;

	rows->origin = strcmp(path, "-") == 0 ? "standard input" : path;
	facts = load(path, rows);
	if (facts != 0) {
		return facts;
	}
	schema = json_object_get(rows->document, "schema");
	if (json_integer_value(schema) != SCHEMA) {
		return say_usage(
			"--from %s: no \"schema\":%d; give it what "
			"list --json prints",
			rows->origin, SCHEMA);
	}
	rows->sessions = json_object_get(rows->document, "sessions");
	if (!json_is_array(rows->sessions)) {
		return say_usage(
			"--from %s: no list \"sessions\"; give it "
			"what list --json prints",
			rows->origin);
	}
	return check_rows(rows);
}

void rows_clear(struct rows *rows)
{
	json_decref(rows->document);
	*rows = (struct rows){0};
}

static bool contains(const struct words *names, const char *server)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		if (servers_same(names->word[i], server)) {
			return true;
		}
	}
	return false;
}

void rows_servers(const struct rows *rows, struct words *names)
{
	size_t index = 0;
	json_t *row = NULL;

	json_array_foreach(rows->sessions, index, row)
	{
		if (!contains(names, row_server(row))) {
			words_add(names, row_server(row));
		}
	}
}

unsigned rows_check_servers(const struct rows *rows, const struct words *names)
{
	size_t index = 0;
	json_t *row = NULL;

	json_array_foreach(rows->sessions, index, row)
	{
		if (!contains(names, row_server(row))) {
			return say_usage(
				"--from %s: session %zu of the list "
				"is of server '%s', which is not "
				"among those named; name it too, or "
				"take the row out",
				rows->origin, index + 1, row_server(row));
		}
	}
	return 0;
}
