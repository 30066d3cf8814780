/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Comma-separated values (RFC 4180), on standard output. */
#ifndef TOOLS_CSV_H
#define TOOLS_CSV_H

#include <stddef.h>

/*
 * Records of as many fields as the first one, the header, has.
 *
 * - A record ends with a line feed alone.  RFC 4180 writes CR LF, and every
 *   reader of CSV takes both; but awk, cut and the shell's read would find the
 *   CR in the last field.
 * - A field that is not known is empty; a text that is known to be empty is
 *   "".  Readers that make no such difference lose nothing else by it.
 * - A record is one line of UTF-8 that steers no terminal: control characters,
 *   line separators and bytes that are not UTF-8 are written as escapes, as in
 *   \x0a.  No account and no computer is called so, but a client may say it
 *   is.
 * - All other text is as the server gave it, also where a spreadsheet would
 *   take it for a formula (= + - @): a quote or blank put before it would be
 *   data to every other reader.  Import such columns as text.
 */
struct csv {
	size_t fields; /* of a record */
	size_t at;
};

/* The next field, NULL if it is not known; the last one ends the record. */
void csv_put(struct csv *csv, const char *text);

#endif /* TOOLS_CSV_H */
