/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Schema 1 of docs/smbmgmt.schema.json, on standard output. */
#ifndef TOOLS_JSON_OUT_H
#define TOOLS_JSON_OUT_H

#include "servers.h"

#include <jansson.h>

/* What list prints; error is the call's own. */
void json_print_list(const smbmgmt_session_list *list,
		     const struct servers *servers, const smbmgmt_error *error);
/* What close prints; code is what the call returned, error its error. */
void json_print_close(const smbmgmt_report *report,
		      const struct servers *servers, int32_t code,
		      const smbmgmt_error *error);

/* The same as a document of the caller's, and what other documents need. */
json_t *json_close(const smbmgmt_report *report, const struct servers *servers,
		   int32_t code, const smbmgmt_error *error);
json_t *json_error(const smbmgmt_error *error);
/* Print a document, a line of ASCII, and drop it. */
void json_print(json_t *document);

#endif /* TOOLS_JSON_OUT_H */
