/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What evict prints as JSON: what close prints, and each server's result. */
#ifndef TOOLS_JSON_EVICT_H
#define TOOLS_JSON_EVICT_H

#include "servers.h"

/* code is what the call returned, error its error. */
void json_print_evict(const smbmgmt_report *report,
		      const struct servers *servers, int32_t code,
		      const smbmgmt_error *error);

/* The document of an evict that was given up before anything was sent. */
void json_print_nothing(const struct servers *servers, int32_t code,
			const char *why);

/* What --before reads, as close --what-if --json: a new string. */
char *json_plan_text(const smbmgmt_report *report,
		     const struct servers *servers, int32_t code,
		     const smbmgmt_error *error);

#endif /* TOOLS_JSON_EVICT_H */
