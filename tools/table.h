/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Tables for people: a heading, a rule, and cells made safe. */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include "text.h"

#include <smbmgmt/smbmgmt.h>

/*
 * Print cells, row after row, under their headings.  A heading that begins
 * with `>` is of a column of numbers, at its right edge.  Without a row
 * nothing is printed.
 */
void table_print(const char *const *headings, size_t columns,
		 const struct words *cells);

/* The cells of a session, and of a handle. */
void table_add_session(struct words *cells, const smbmgmt_session *session,
		       bool with_computer);
void table_print_sessions(const struct words *cells, bool with_computer);
void table_add_handle(struct words *cells, const smbmgmt_handle *handle);
void table_print_handles(const struct words *cells);

#endif /* TOOLS_TABLE_H */
