/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What --csv prints.  Errors have no records: they are on standard error and
 * in the exit status, and --json has them with their parts.
 */
#ifndef TOOLS_CSV_OUT_H
#define TOOLS_CSV_OUT_H

#include "columns.h"
#include "servers.h"

/* A header, and a record for each session. */
void csv_print_list(const smbmgmt_session_list *list,
		    const struct choice *choice);
/* A header, and a record for each outcome; report may be NULL. */
void csv_print_close(const smbmgmt_report *report,
		     const struct servers *servers);
/* A header, and a record for each handle. */
void csv_print_handles(const smbmgmt_handle_list *list);

#endif /* TOOLS_CSV_OUT_H */
