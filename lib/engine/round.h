/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A round on one server: list it, plan what matches by all the rules of a plan,
 * and carry that out.
 */
#ifndef SM_ENGINE_ROUND_H
#define SM_ENGINE_ROUND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/match.h"
#include "core/plan.h"
#include "core/report.h"
#include "engine/exec.h"
#include "engine/handle.h"

/* What to do; lives until it is received. */
struct sm_round {
	struct sm_engine *engine;
	smbmgmt_handle *handle;
	struct sm_match *match;
	const smbmgmt_plan *plan; /* the whole call's: its rules, its audit */
	struct sm_exec_options options;
	struct sm_table *table; /* list no more, it is this; or NULL */
	bool confirmed;		/* somebody said yes to all of it */
	bool evicts;		/* one of many rounds */
	bool look_only;		/* nothing is closed any more */
};

/* What came of it. */
struct sm_rounded {
	smbmgmt_plan *plan;	   /* a reference; of this server alone */
	struct sm_result *results; /* one an item, from malloc */
	size_t listings;
	struct sm_fail fail; /* code 0: the server was looked at */
};

/* The request itself never fails but for want of memory. */
struct tevent_req *sm_round_send(TALLOC_CTX *mem, const struct sm_round *round);
int sm_round_recv(struct tevent_req *req, struct sm_rounded *rounded,
		  struct sm_fail *fail);
/* Break it off: the results say what was sent. */
void sm_round_cancel(struct tevent_req *req);

void sm_rounded_clear(struct sm_rounded *rounded);

#endif /* SM_ENGINE_ROUND_H */
