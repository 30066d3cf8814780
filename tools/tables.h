/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sessions and handles in tables. */
#ifndef TOOLS_TABLES_H
#define TOOLS_TABLES_H

#include "table.h"

/* A table of sessions with the columns of a choice. */
struct session_table {
	struct choice choice;
	struct heading heading[COLUMN_COUNT];
	struct table table;
};

void session_table_begin(struct session_table *sessions,
			 const struct choice *choice);
void session_table_add(struct session_table *sessions,
		       const smbmgmt_session *session);
/* Print it and drop what it holds. */
void session_table_end(struct session_table *sessions);

void handles_print(const smbmgmt_handle_list *list);

/* Connected, Disconnected or Removed. */
const char *state_name(int32_t state);

#endif /* TOOLS_TABLES_H */
