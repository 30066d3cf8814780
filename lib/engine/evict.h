/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Evict: round after round on every server until its time is over.  A fleet's
 * step is one round, so a server that rests between two of them holds up
 * nobody.
 */
#ifndef SM_ENGINE_EVICT_H
#define SM_ENGINE_EVICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/match.h"
#include "core/plan.h"
#include "core/report.h"
#include "engine/exec.h"
#include "engine/handle.h"
#include "engine/job.h"

struct sm_evict;
struct sm_rounded;

/* What all rounds have in common; lives as long as the evict. */
struct sm_evict_how {
	struct sm_engine *engine;
	smbmgmt_context *context;
	struct sm_match *match;
	const smbmgmt_plan *plan; /* what consent was given to */
	struct sm_exec_options options;
	uint32_t milliseconds;	/* for a listing; 0: the handle's own */
	int64_t duration;	/* ns */
	int64_t interval;	/* ns */
	bool forced;		/* nobody was asked */
	smbmgmt_report *report; /* filled in as it goes */
	struct sm_job *job;	/* whose progress it is */
};

/* Of the servers of the plan; @report gets its servers. */
int sm_evict_new(const struct sm_evict_how *how, smbmgmt_handle *const *handles,
		 struct sm_evict **evict, struct sm_fail *fail);
void sm_evict_free(struct sm_evict *evict);

/* The planning failed for server @i, and trying again would not help. */
bool sm_evict_gave_up(struct sm_evict *evict, size_t i, int32_t *code);
/* The next round of server @i. */
struct tevent_req *sm_evict_send(struct sm_evict *evict, size_t i);
void sm_evict_cancel(struct tevent_req *req);
/* Take what came of it. */
void sm_evict_recv(struct sm_evict *evict, size_t i, struct tevent_req *req);
/* Is there another round, from *@when on? */
bool sm_evict_again(const struct sm_evict *evict, size_t i, int64_t *when);
/* It ends here, for this reason. */
void sm_evict_fail(struct sm_evict *evict, size_t i, const struct sm_fail *why);
/* 0, or what is wrong with server @i in the end. */
int32_t sm_evict_code(const struct sm_evict *evict, size_t i);

#endif /* SM_ENGINE_EVICT_H */
