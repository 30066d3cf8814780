/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Carrying out a plan on one server: read again if need be, close unit after
 * unit (our own last), look until what was closed is gone, and say what came
 * of each item.
 */
#ifndef SM_ENGINE_EXEC_H
#define SM_ENGINE_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"
#include "core/report.h"
#include "engine/handle.h"

struct sm_exec_options {
	bool reread; /* the plan was not made just now */
	bool verify;
	uint32_t milliseconds; /* per step; 0: the handle's own */
	uint32_t look_for;     /* whether they have gone; 0: for a step */
	uint32_t instances;    /* SMB instances to look in */
	int32_t per_server;    /* connections at most; 0: ours to choose */
};

/*
 * Execute server @server of @plan.  @results has one entry for each item of
 * the plan; those of this server are filled in.  The request itself fails
 * only where nothing was sent and nothing can be said of the items (the
 * server could not be read again); the caller makes them FAILED then.
 */
struct tevent_req *sm_exec_send(TALLOC_CTX *mem, struct sm_engine *engine,
				struct smbmgmt_handle *handle,
				const smbmgmt_plan *plan, size_t server,
				const struct sm_exec_options *options,
				struct sm_result *results);
/* @listings: how many were asked for. */
int sm_exec_recv(struct tevent_req *req, size_t *listings,
		 struct sm_fail *fail);
/*
 * Before it is received: had the server no longer let us in, which is not to
 * be tried again?  @why says how.
 */
bool sm_exec_shut_out(struct tevent_req *req, struct sm_fail *why);

/*
 * Break off a request in progress: it fails with SMBMGMT_E_CANCELLED, and the
 * results of its items say what was sent.
 */
void sm_exec_cancel(struct tevent_req *req);

/* Make an outcome out of a failure. */
void sm_result_fail(struct sm_result *result, int32_t outcome,
		    const struct sm_fail *why, const char *computer);
/*
 * Server @server of @plan could not be read again, or was broken off: so much
 * for its items that were to be closed and were not tried.
 */
void sm_results_fail(struct sm_result *results, const smbmgmt_plan *plan,
		     size_t server, const struct sm_fail *why,
		     const char *computer);

#endif /* SM_ENGINE_EXEC_H */
