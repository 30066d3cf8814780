/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The fields of a session as text: the columns of tables and of CSV. */
#ifndef TOOLS_COLUMNS_H
#define TOOLS_COLUMNS_H

#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>
#include <stddef.h>

#define COLUMN_COUNT 31

struct column {
	const char *name;  /* as --json calls it */
	const char *brief; /* as the filter for it is called, or NULL */
	const char *title; /* as PowerShell calls it */
	bool number;
	/* A new string, or NULL where the server does not tell. */
	char *(*text)(const smbmgmt_session *session);
};

extern const struct column session_columns[COLUMN_COUNT];

/* Some of them, in an order. */
struct choice {
	const struct column *column[COLUMN_COUNT];
	size_t count;
};

/* What a table shows, and what CSV has, when nobody chooses. */
struct choice choice_usual(bool with_computer);
struct choice choice_all(void);

/* "user,id": 0, or FACT_USAGE after a message that begins with --option. */
unsigned choice_parse(const char *option, const char *text,
		      struct choice *choice);

/* yes, possible or no. */
const char *own_name(int32_t own);
/* none, partial, full or anonymous; NULL of a later library's. */
const char *degree_name(int32_t degree);

#endif /* TOOLS_COLUMNS_H */
