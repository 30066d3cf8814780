/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Closing on many servers: on each a round that lists, plans and closes, and
 * for an evict round after round until its time is over.  A round is a fleet's
 * step, so no server waits for another.
 */
#ifndef SM_ENGINE_ROUNDS_H
#define SM_ENGINE_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/match.h"
#include "core/plan.h"
#include "core/report.h"
#include "engine/exec.h"
#include "engine/handle.h"
#include "engine/job.h"

struct sm_rounds;

/* What all rounds have in common; lives as long as they do. */
struct sm_rounds_how {
	struct sm_engine *engine;
	struct sm_match *match;
	/*
	 * The rules, and the audit; for each server that has one there, the
	 * listing that consent was given on, which is the first round's.
	 */
	const smbmgmt_plan *plan;
	struct sm_exec_options options;
	bool forced;	    /* nobody was asked */
	bool evicts;	    /* false: one round is all */
	int64_t duration;   /* of an evict, ns */
	int64_t interval;   /* likewise */
	struct sm_job *job; /* whose progress it is */
};

int sm_rounds_new(const struct sm_rounds_how *how,
		  smbmgmt_handle *const *handles, size_t n,
		  struct sm_rounds **rounds, struct sm_fail *fail);
void sm_rounds_free(struct sm_rounds *rounds);

/* The planning failed for server @i, and trying again would not help. */
bool sm_rounds_gave_up(struct sm_rounds *rounds, size_t i, int32_t *code);
/* The next round of server @i. */
struct tevent_req *sm_rounds_send(struct sm_rounds *rounds, size_t i);
/* Take what came of it. */
void sm_rounds_recv(struct sm_rounds *rounds, size_t i, struct tevent_req *req);
/* Is there another round, from *@when on? */
bool sm_rounds_again(const struct sm_rounds *rounds, size_t i, int64_t *when);
/* It ends here, for this reason. */
void sm_rounds_fail(struct sm_rounds *rounds, size_t i,
		    const struct sm_fail *why);
/* 0, or what is wrong with server @i in the end. */
int32_t sm_rounds_code(const struct sm_rounds *rounds, size_t i);

/*
 * All have ended: make @report of it, in the order of the servers.  Once.
 */
int sm_rounds_report(struct sm_rounds *rounds, smbmgmt_report *report,
		     struct sm_fail *fail);

#endif /* SM_ENGINE_ROUNDS_H */
