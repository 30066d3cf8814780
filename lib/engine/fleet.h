/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Many servers in one call: one step for each handle, at most so many at
 * once, every failure kept to its own server.
 */
#ifndef SM_ENGINE_FLEET_H
#define SM_ENGINE_FLEET_H

#include <stdint.h>

#include "core/match.h"
#include "core/plan.h"
#include "core/report.h"
#include "engine/engine.h"
#include "engine/exec.h"
#include "engine/handle.h"

/* Servers in flight where the caller leaves it to us. */
#define SM_THROTTLE_DEFAULT 16

/* What came of one server's listing. */
struct sm_look {
	struct sm_table *table; /* a reference, or NULL */
	struct sm_fail fail;	/* if it is NULL */
};

/*
 * Blocking, from a host's thread: list each handle.  @looks has @n entries.
 */
void sm_fleet_look(struct sm_engine *engine, smbmgmt_handle *const *handles,
		   size_t n, uint32_t instances, uint32_t milliseconds,
		   int32_t throttle, struct sm_look *looks);

/*
 * Blocking: execute @plan, whose server i is handles[i].  @results has one
 * entry an item.  A server that failed before anything was sent has its error
 * in fails[i] (code 0: none).  @listings is added to.
 */
void sm_fleet_execute(struct sm_engine *engine, smbmgmt_handle *const *handles,
		      size_t n, const smbmgmt_plan *plan,
		      const struct sm_exec_options *options, int32_t throttle,
		      struct sm_result *results, struct sm_fail *fails,
		      size_t *listings);

/* Blocking: connect one handle. */
int sm_fleet_connect(struct sm_engine *engine, smbmgmt_handle *handle,
		     struct sm_fail *fail);

/* Blocking: end the connections of a handle that was removed. */
void sm_fleet_shutdown(struct sm_engine *engine, smbmgmt_handle *handle);

#endif /* SM_ENGINE_FLEET_H */
