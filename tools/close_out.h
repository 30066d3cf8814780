/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What came of a close, or of removing handles, for people. */
#ifndef TOOLS_CLOSE_OUT_H
#define TOOLS_CLOSE_OUT_H

#include "request.h"
#include "servers.h"

/* What-if's lines on stdout, everything else that has to be said on stderr. */
void close_out_explain(const smbmgmt_report *report,
		       const struct servers *servers,
		       const struct request *request);

/* Parts of it: an outcome that was refused, one that failed, the servers. */
void close_out_refused(const smbmgmt_report *report, uint32_t index);
void close_out_failed(const smbmgmt_report *report, uint32_t index);
void close_out_errors(const smbmgmt_report *report);

/* --pass-thru: the sessions that were closed, reconnected or sent. */
void close_out_pass_thru(const smbmgmt_report *report, bool with_computer);

#endif /* TOOLS_CLOSE_OUT_H */
