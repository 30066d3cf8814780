/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What close and evict have in common. */
#ifndef TOOLS_CLOSING_H
#define TOOLS_CLOSING_H

#include "tool.h"

/* Without --force somebody must be there to answer: the terminal, or -1. */
unsigned closing_find_asker(const struct request *request, int *tty);

/* What may be touched, and how; no question: the tool asks by itself. */
int32_t closing_policy(smbmgmt_policy **policy, const struct request *request,
		       smbmgmt_error **error);
int32_t closing_action(smbmgmt_action **action, const struct request *request,
		       bool force, smbmgmt_error **error);

/* Put --all into the filter. */
int32_t closing_filter(const struct request *request, smbmgmt_error **error);

/* Look at the servers; no plan without a call that came as far as one. */
int32_t closing_plan(struct tool *tool, const struct request *request,
		     const struct servers *servers, smbmgmt_plan **plan,
		     smbmgmt_error **error);

/* The report of a plan that nobody wants to be carried out: nothing is sent. */
int32_t closing_abandon(smbmgmt_plan *plan, smbmgmt_report **report,
			smbmgmt_error **error);

#endif /* TOOLS_CLOSING_H */
