/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* close --from: the rows that list --json printed. */
#ifndef TOOLS_JSON_IN_H
#define TOOLS_JSON_IN_H

#include "servers.h"

#include <jansson.h>

/* The sessions of a document that was checked, and where it came from. */
struct rows {
	json_t *document;
	json_t *sessions; /* borrowed from it */
	const char *origin;
};

/* Read and check a file, "-" for stdin; 0, or a fact after a message. */
unsigned rows_read(const char *path, struct rows *rows);
void rows_clear(struct rows *rows);

/* A row that is not what list --json prints: a usage error. */
unsigned rows_bad(const struct rows *rows, size_t index, const char *why);

/* The server of a row that was checked; borrowed. */
const char *row_server(const json_t *row);

/* Add each server that a row names, once. */
void rows_servers(const struct rows *rows, struct words *names);

/* A usage error if a row is of a server that is not among these. */
unsigned rows_check_servers(const struct rows *rows, const struct words *names);

/*
 * Put every row into the filter, as a session of its server's handle.  Rows
 * of servers that could not be opened are left out.
 */
unsigned rows_fill_filter(const struct rows *rows,
			  const struct servers *servers,
			  smbmgmt_filter *filter);

#endif /* TOOLS_JSON_IN_H */
