/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Tables for people: a heading, a rule, and cells made safe. */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include "columns.h"
#include "screen.h"
#include "text.h"

struct heading {
	const char *title;
	bool number; /* at the right edge of its column, and never cut */
};

struct table {
	const struct heading *heading;
	size_t columns;
	struct words cells;  /* row after row */
	enum colour *colour; /* of each row */
	size_t rows;
	/* NULL, or what prints lines below each row. */
	void (*below)(size_t row, void *userdata);
	void *userdata;
};

/* Begin a row; as many cells follow as there are columns. */
void table_add_row(struct table *table, enum colour colour);
/* NULL: the server does not tell. */
void table_add(struct table *table, const char *text);

/*
 * Without a row nothing is printed.  On a terminal no line is longer than the
 * terminal is wide: cells are cut, and columns that do not fit at all are left
 * out and named on standard error.  Anywhere else everything is printed whole.
 */
void table_print(const struct table *table);
void table_clear(struct table *table);

#endif /* TOOLS_TABLE_H */
