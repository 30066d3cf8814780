/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "csv.h"

#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blanks at an end are quoted for the readers that cut them off. */
static bool needs_quotes(const char *text)
{
	size_t length = strlen(text);

	return length == 0 || text[0] == ' ' || text[length - 1] == ' ' ||
	       strpbrk(text, ",\"") != NULL;
}

static void put_text(const char *text)
{
	char *line = text_one_line(text);
	const char *from;

	if (!needs_quotes(line)) {
		fputs(line, stdout);
	} else {
		putchar('"');
		for (from = line; *from != '\0'; from++) {
			if (*from == '"') {
				putchar('"');
			}
			putchar(*from);
		}
		putchar('"');
	}
	free(line);
}

void csv_put(struct csv *csv, const char *text)
{
	if (csv->at > 0) {
		putchar(',');
	}
	if (text != NULL) {
		put_text(text);
	} else if (csv->fields == 1) {
		/* Many readers skip a line with nothing on it. */
		fputs("\"\"", stdout);
	}
	csv->at++;
	if (csv->at == csv->fields) {
		putchar('\n');
		csv->at = 0;
	}
}
