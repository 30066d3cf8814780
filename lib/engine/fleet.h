/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Many servers in one job: one step for each handle, at most so many at once,
 * every failure kept to its own server.  All of it is the engine thread's.
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
#include "engine/rounds.h"

/* Servers in flight where the caller leaves it to us. */
size_t sm_fleet_throttle(size_t handles);

/* What came of one server's listing. */
struct sm_look {
	struct sm_table *table; /* a reference, or NULL */
	struct sm_fail fail;	/* if it is NULL */
};

struct sm_fleet_ops;
struct sm_flight;
struct sm_rest;

struct sm_fleet {
	/* What to do; lives until @done. */
	struct sm_engine *engine;
	smbmgmt_handle *const *handles;
	size_t n;
	int32_t throttle; /* 0: ours to choose */
	/* Listing, connecting: */
	struct sm_ask ask;
	/* Executing: server i of the plan is handles[i]. */
	const smbmgmt_plan *plan;
	const struct sm_exec_options *options;
	/* Closing: of these handles. */
	struct sm_rounds *rounds;
	/* Server @i begins (@code is NULL), or has ended with @code. */
	void (*moved)(struct sm_fleet *fleet, size_t i, const int32_t *code);
	/* All have; once, perhaps before the start returns. */
	void (*done)(struct sm_fleet *fleet);
	/* What came of it, the caller's arrays: */
	struct sm_look *looks;	   /* listing: one a server */
	struct sm_result *results; /* executing: one an item of the plan */
	struct sm_fail *fails;	   /* connecting, executing: code 0 is none */
	size_t listings;	   /* executing: added to */
	/* Private: */
	const struct sm_fleet_ops *ops;
	struct sm_flight *flights;
	struct sm_rest *resting; /* until it is time for their next step */
	struct sm_rest *due;	 /* it is: first come, first served */
	struct sm_rest **due_last;
	size_t next;
	size_t flying;
	bool cancelled;
};

/* List each handle. */
void sm_fleet_look(struct sm_fleet *fleet);
/* Connect each handle. */
void sm_fleet_connect(struct sm_fleet *fleet);
/*
 * Execute the plan.  A server that failed before anything was sent, or was
 * broken off, has its error in fails[i].
 */
void sm_fleet_execute(struct sm_fleet *fleet);
/*
 * Close: a round on each server; for an evict round after round, and others in
 * flight while one rests.
 */
void sm_fleet_close(struct sm_fleet *fleet);
/*
 * Break off what is in flight and begin nothing more; done() is called before
 * this returns.  One that has not begun yet ends so as soon as it does.
 */
void sm_fleet_cancel(struct sm_fleet *fleet);

/* Blocking: end the connections of a handle that was removed. */
void sm_fleet_shutdown(struct sm_engine *engine, smbmgmt_handle *handle);

#endif /* SM_ENGINE_FLEET_H */
