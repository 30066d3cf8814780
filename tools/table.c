/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "table.h"

#include "say.h"
#include "table_fit.h"

#include <stdio.h>
#include <stdlib.h>

/* What stands for a field that the server does not tell. */
#define UNKNOWN "-"

void table_add_row(struct table *table, enum colour colour)
{
	table->colour = must_grow(table->colour, table->rows + 1,
				  sizeof(*table->colour));
	table->colour[table->rows++] = colour;
}

void table_add(struct table *table, const char *text)
{
	char *safe = text_safe(text == NULL ? UNKNOWN : text);

	words_add(&table->cells, safe);
	free(safe);
}

/* The columns that are printed. */
struct layout {
	struct fit *fit;
	size_t columns;
};

static void put_blanks(size_t count)
{
	printf("%*s", (int)count, "");
}

/* Nothing follows the last text of a line, not even blanks. */
static void put(const struct table *table, const struct layout *layout,
		size_t column, const char *text)
{
	char *fitting = text_cut(text, layout->fit[column].width);
	size_t blanks = layout->fit[column].width - text_width(fitting);
	bool last = column + 1 == layout->columns;

	if (column > 0) {
		put_blanks(TABLE_GAP);
	}
	if (table->heading[column].number) {
		put_blanks(blanks);
		fputs(fitting, stdout);
	} else {
		fputs(fitting, stdout);
		put_blanks(last ? 0 : blanks);
	}
	free(fitting);
}

static void put_heading(const struct table *table, const struct layout *layout)
{
	size_t i;
	size_t j;

	for (i = 0; i < layout->columns; i++) {
		put(table, layout, i, table->heading[i].title);
	}
	putchar('\n');
	for (i = 0; i < layout->columns; i++) {
		put_blanks(i == 0 ? 0 : TABLE_GAP);
		for (j = 0; j < layout->fit[i].width; j++) {
			putchar('-');
		}
	}
	putchar('\n');
}

static void put_row(const struct table *table, const struct layout *layout,
		    size_t row)
{
	char **cell = table->cells.word + row * table->columns;
	enum colour colour = table->colour[row];
	size_t i;

	fputs(colour_on(stdout, colour), stdout);
	for (i = 0; i < layout->columns; i++) {
		put(table, layout, i, cell[i]);
	}
	fputs(colour_off(stdout, colour), stdout);
	putchar('\n');
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void measure(const struct table *table, struct fit *fit)
{
	size_t i;

	for (i = 0; i < table->cells.count; i++) {
		size_t *whole = &fit[i % table->columns].whole;

		*whole = larger(*whole, text_width(table->cells.word[i]));
	}
	for (i = 0; i < table->columns; i++) {
		size_t heading = text_width(table->heading[i].title);

		fit[i].width = larger(fit[i].whole, heading);
		fit[i].whole = larger(fit[i].whole,
				      smaller(heading, TABLE_LEAST_HEADING));
		fit[i].least = table->heading[i].number
				       ? fit[i].whole
				       : smaller(fit[i].whole, TABLE_LEAST);
	}
}

static void say_left_out(const struct table *table, size_t kept)
{
	char *names = NULL;
	size_t i;

	if (kept == table->columns) {
		return;
	}
	names = must_copy(table->heading[kept].title);
	for (i = kept + 1; i < table->columns; i++) {
		char *more =
			must_format("%s, %s", names, table->heading[i].title);

		free(names);
		names = more;
	}
	say_note("note: this terminal is too narrow to show %s", names);
	free(names);
}

void table_print(const struct table *table)
{
	size_t limit = screen_width(stdout);
	struct layout layout = {.columns = table->columns};
	size_t i;

	if (table->rows == 0) {
		return;
	}
	layout.fit = must_alloc(table->columns, sizeof(*layout.fit));
	measure(table, layout.fit);
	if (limit > 0) {
		layout.columns = table_fit(layout.fit, table->columns, limit);
	}
	put_heading(table, &layout);
	for (i = 0; i < table->rows; i++) {
		put_row(table, &layout, i);
		if (table->below != NULL) {
			table->below(i, table->userdata);
		}
	}
	say_left_out(table, layout.columns);
	free(layout.fit);
}

void table_clear(struct table *table)
{
	words_clear(&table->cells);
	free(table->colour);
	*table = (struct table){0};
}
