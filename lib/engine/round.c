/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/round.h"

#include <stdlib.h>

#include <talloc.h>

#include <smbmgmt/plan.h>

#include "engine/planned.h"
#include "engine/req.h"
#include "engine/visit.h"

struct round_state {
	const struct sm_round *round;
	struct tevent_req *visit; /* in flight, or NULL */
	struct tevent_req *exec;  /* likewise */
	struct sm_rounded out;
	struct sm_fail fail;
};

static void listed(struct tevent_req *subreq);
static void executed(struct tevent_req *subreq);

void sm_rounded_clear(struct sm_rounded *rounded)
{
	if (rounded->plan != NULL)
		sm_results_free(rounded->results, rounded->plan->items.count);
	rounded->results = NULL;
	sm_plan_unref(rounded->plan);
	rounded->plan = NULL;
}

static int round_destructor(struct round_state *state)
{
	TALLOC_FREE(state->visit);
	TALLOC_FREE(state->exec);
	sm_rounded_clear(&state->out);
	return 0;
}

/* The audit takes the rounds of an evict for operations of their own. */
static int make_owner(struct round_state *state, smbmgmt_plan *plan)
{
	const struct sm_round *round = state->round;
	const struct sm_planned *whole = sm_planned_of(round->plan);
	struct sm_audit_plan *audit = NULL;
	int ret = sm_planned_new(whole->context, &round->handle, 1,
				 whole->instances, plan, &state->fail);

	if (ret != 0)
		return ret;
	audit = &sm_planned_of(plan)->audit;
	return round->evicts
		       ? sm_audit_plan_next(audit, &whole->audit, &state->fail)
		       : sm_audit_plan_copy(audit, &whole->audit, &state->fail);
}

static int make_plan(struct round_state *state, struct sm_table *table)
{
	const struct sm_round *round = state->round;
	smbmgmt_plan *plan = NULL;
	int ret = sm_plan_new(&round->plan->rules, 1, &plan, &state->fail);

	if (ret != 0)
		return ret;
	state->out.plan = plan;
	ret = make_owner(state, plan);
	if (ret == 0 && table != NULL)
		ret = sm_plan_add_listing(plan, 0, table, round->match,
					  &state->fail);
	else if (ret == 0)
		ret = sm_plan_add_failure(plan, 0, &state->out.fail,
					  round->handle->server, &state->fail);
	if (ret != 0)
		return ret;
	if (round->confirmed)
		sm_plan_decide(plan, SMBMGMT_DECISION_YES);
	plan->executed = true;
	state->out.results =
		calloc(plan->items.count + 1, sizeof(*state->out.results));
	return state->out.results == NULL ? sm_fail_nomem(&state->fail) : 0;
}

/* What the listing is not good for: it may be incomplete, or not to be read. */
static void take_error(struct round_state *state)
{
	const smbmgmt_error *error = state->out.plan->servers[0].error;

	if (error != NULL)
		sm_fail_native(&state->out.fail, smbmgmt_error_code(error),
			       smbmgmt_error_native_kind(error),
			       smbmgmt_error_native_code(error), "%s",
			       smbmgmt_error_message(error));
}

static bool has_work(const struct round_state *state)
{
	const smbmgmt_plan *plan = state->out.plan;

	if (state->round->look_only)
		return false;
	for (size_t i = 0; i < plan->items.count; i++) {
		const struct sm_unit *unit =
			sm_plan_unit(plan, &plan->items.items[i]);

		if (unit != NULL && sm_unit_closes(unit))
			return true;
	}
	return false;
}

/* @table is NULL where the server could not be looked at. */
static void plan_it(struct tevent_req *req, struct sm_table *table)
{
	struct round_state *state = tevent_req_data(req, struct round_state);
	const struct sm_round *round = state->round;

	if (make_plan(state, table) != 0) {
		sm_req_fail(req, &state->fail);
		return;
	}
	take_error(state);
	if (!has_work(state)) {
		tevent_req_done(req);
		return;
	}
	state->exec = sm_exec_send(state, round->engine, round->handle,
				   state->out.plan, 0, &round->options,
				   state->out.results);
	if (tevent_req_nomem(state->exec, req))
		return;
	tevent_req_set_callback(state->exec, executed, req);
}

struct tevent_req *sm_round_send(TALLOC_CTX *mem, const struct sm_round *round)
{
	struct round_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct round_state);
	struct sm_ask ask = {
		.instances = round->options.instances,
		.milliseconds = round->options.milliseconds,
	};

	if (req == NULL)
		return NULL;
	state->round = round;
	talloc_set_destructor(state, round_destructor);
	tevent_req_defer_callback(req, round->engine->ev);
	if (round->table != NULL) {
		plan_it(req, round->table);
		return req;
	}
	state->out.listings = 1;
	state->visit =
		sm_visit_send(state, round->engine, round->handle, true, &ask);
	if (!tevent_req_nomem(state->visit, req))
		tevent_req_set_callback(state->visit, listed, req);
	return req;
}

static void listed(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct round_state *state = tevent_req_data(req, struct round_state);
	struct sm_table *table = NULL;

	sm_visit_recv(subreq, &table, &state->out.fail);
	TALLOC_FREE(state->visit);
	plan_it(req, table);
	sm_table_unref(table);
}

/* The results are in place; a server that failed as a whole has its error. */
static void take_results(struct round_state *state)
{
	size_t listings = 0;
	struct sm_fail why = {.offset = -1};

	/* Of an evict that is the end; of a close the items say it. */
	if (state->round->evicts && sm_exec_shut_out(state->exec, &why))
		state->out.fail = why;
	if (sm_exec_recv(state->exec, &listings, &why) != 0) {
		state->out.fail = why;
		sm_results_fail(state->out.results, state->out.plan, 0, &why,
				state->round->handle->server);
	}
	state->out.listings += listings;
	TALLOC_FREE(state->exec);
}

static void executed(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct round_state *state = tevent_req_data(req, struct round_state);

	take_results(state);
	tevent_req_done(req);
}

void sm_round_cancel(struct tevent_req *req)
{
	struct round_state *state = tevent_req_data(req, struct round_state);

	if (state->exec != NULL) {
		if (tevent_req_is_in_progress(state->exec))
			sm_exec_cancel(state->exec);
		take_results(state);
	}
	TALLOC_FREE(state->visit);
	sm_visit_cancelled(&state->out.fail);
	tevent_req_done(req);
}

int sm_round_recv(struct tevent_req *req, struct sm_rounded *rounded,
		  struct sm_fail *fail)
{
	struct round_state *state = tevent_req_data(req, struct round_state);

	*rounded = state->out;
	state->out = (struct sm_rounded){0};
	return sm_req_recv(req, &state->fail, fail);
}
