/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What came of an evict, for people. */
#ifndef TOOLS_EVICT_OUT_H
#define TOOLS_EVICT_OUT_H

#include "servers.h"

/* A line for each server, in the order in which they were given. */
void evict_out_table(const smbmgmt_report *report);

/*
 * On standard error: what was not done, once for each session and reason, as
 * the rounds meet them again; then the servers that did not answer.
 */
void evict_out_explain(const smbmgmt_report *report,
		       const struct servers *servers);

#endif /* TOOLS_EVICT_OUT_H */
