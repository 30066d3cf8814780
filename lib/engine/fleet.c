/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/fleet.h"

#include <talloc.h>

#include "engine/req.h"

/* One step for each of n servers. */
struct fleet {
	struct sm_task task;
	struct sm_engine *engine;
	smbmgmt_handle *const *handles;
	size_t n;
	size_t next;
	size_t flying;
	size_t throttle;
	uint32_t instances;
	uint32_t milliseconds;
	/* Start the step of server i; its callback is landed(). */
	struct tevent_req *(*send)(struct fleet *fleet, size_t i);
	/* Take what came of it; NULL: it could not even be started. */
	void (*recv)(struct fleet *fleet, size_t i, struct tevent_req *req);
	/* Out: */
	struct sm_look *looks;
	const smbmgmt_plan *plan;
	const struct sm_exec_options *options;
	struct sm_result *results;
	struct sm_fail *fails;
	size_t listings;
};

/* Which server a request in flight is for. */
struct flight {
	struct fleet *fleet;
	size_t i;
};

static void landed(struct tevent_req *req);

static void launch(struct fleet *fleet, size_t i)
{
	struct flight *flight = talloc(fleet->engine->ev, struct flight);
	struct tevent_req *req = NULL;

	if (flight != NULL) {
		flight->fleet = fleet;
		flight->i = i;
		req = fleet->send(fleet, i);
	}
	if (req == NULL) {
		talloc_free(flight);
		fleet->recv(fleet, i, NULL);
		return;
	}
	fleet->flying++;
	tevent_req_set_callback(req, landed, flight);
}

static void fill(struct fleet *fleet)
{
	while (fleet->next < fleet->n && fleet->flying < fleet->throttle)
		launch(fleet, fleet->next++);
	if (fleet->flying == 0)
		sm_task_done(&fleet->task);
}

static void landed(struct tevent_req *req)
{
	struct flight *flight = tevent_req_callback_data(req, struct flight);
	struct fleet *fleet = flight->fleet;
	size_t i = flight->i;

	talloc_free(flight);
	fleet->recv(fleet, i, req);
	talloc_free(req);
	fleet->flying--;
	fill(fleet);
}

static void start(struct sm_engine *engine, struct sm_task *task)
{
	/* The task is its first member. */
	struct fleet *fleet = (struct fleet *)(void *)task;

	fleet->engine = engine;
	fill(fleet);
}

static void run(struct sm_engine *engine, struct fleet *fleet, int32_t throttle)
{
	fleet->throttle = throttle > 0 ? (size_t)throttle : SM_THROTTLE_DEFAULT;
	fleet->task.start = start;
	sm_engine_run(engine, &fleet->task);
}

/* A listing that waits for its handle's turn. */
struct visit_state {
	struct sm_engine *engine;
	struct smbmgmt_handle *handle;
	struct sm_turn *turn;
	uint32_t instances;
	uint32_t milliseconds;
	bool list; /* false: only connect */
	struct sm_table *table;
	struct sm_fail fail;
};

static void visit_ready(void *userdata, int ret);
static void visit_done(struct tevent_req *subreq);

static int visit_destructor(struct visit_state *state)
{
	/* The next one's turn may begin right here, on the handle. */
	TALLOC_FREE(state->turn);
	sm_table_unref(state->table);
	sm_handle_unref(state->handle);
	return 0;
}

static struct tevent_req *visit_send(struct sm_engine *engine,
				     struct smbmgmt_handle *handle, bool list,
				     uint32_t instances, uint32_t milliseconds)
{
	struct visit_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(engine->ev, &state, struct visit_state);

	if (req == NULL)
		return NULL;
	state->engine = engine;
	state->handle = sm_handle_ref(handle);
	state->instances = instances;
	state->milliseconds = milliseconds;
	state->list = list;
	talloc_set_destructor(state, visit_destructor);
	tevent_req_defer_callback(req, engine->ev);
	state->turn = sm_turn_wait(state, handle, visit_ready, req);
	if (state->turn == NULL)
		tevent_req_oom(req);
	return req;
}

static void visit_ready(void *userdata, int ret)
{
	struct tevent_req *req = userdata;
	struct visit_state *state = tevent_req_data(req, struct visit_state);
	struct tevent_req *subreq = NULL;

	if (ret != 0) {
		sm_fail(&state->fail, ret,
			"The handle %u was removed; open a new one.",
			state->handle->id);
		sm_req_fail(req, &state->fail);
		return;
	}
	if (state->list)
		subreq = sm_look_send(state, state->engine, state->handle,
				      state->instances, state->milliseconds);
	else
		subreq = sm_handle_connect_send(state, state->engine,
						state->handle,
						state->milliseconds);
	if (tevent_req_nomem(subreq, req))
		return;
	tevent_req_set_callback(subreq, visit_done, req);
}

static void visit_done(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct visit_state *state = tevent_req_data(req, struct visit_state);
	int ret = 0;

	if (state->list)
		ret = sm_look_recv(subreq, &state->table, &state->fail);
	else
		ret = sm_handle_connect_recv(subreq, &state->fail);
	TALLOC_FREE(subreq);
	if (ret != 0)
		sm_req_fail(req, &state->fail);
	else
		tevent_req_done(req);
}

static int visit_recv(struct tevent_req *req, struct sm_table **table,
		      struct sm_fail *fail)
{
	struct visit_state *state = tevent_req_data(req, struct visit_state);

	*table = state->table;
	state->table = NULL;
	return sm_req_recv(req, &state->fail, fail);
}

static struct tevent_req *look_send(struct fleet *fleet, size_t i)
{
	return visit_send(fleet->engine, fleet->handles[i], true,
			  fleet->instances, fleet->milliseconds);
}

static void look_recv(struct fleet *fleet, size_t i, struct tevent_req *req)
{
	struct sm_look *look = &fleet->looks[i];

	look->table = NULL;
	if (req == NULL)
		sm_fail_nomem(&look->fail);
	else
		visit_recv(req, &look->table, &look->fail);
}

void sm_fleet_look(struct sm_engine *engine, smbmgmt_handle *const *handles,
		   size_t n, uint32_t instances, uint32_t milliseconds,
		   int32_t throttle, struct sm_look *looks)
{
	struct fleet fleet = {
		.handles = handles,
		.n = n,
		.instances = instances,
		.milliseconds = milliseconds,
		.send = look_send,
		.recv = look_recv,
		.looks = looks,
	};

	run(engine, &fleet, throttle);
}

/* A server without a layout had failed when the plan was made. */
static struct tevent_req *execute_send(struct fleet *fleet, size_t i)
{
	if (fleet->plan->servers[i].layout == NULL)
		return NULL;
	return sm_exec_send(fleet->engine->ev, fleet->engine, fleet->handles[i],
			    fleet->plan, i, fleet->options, fleet->results);
}

static void execute_recv(struct fleet *fleet, size_t i, struct tevent_req *req)
{
	size_t listings = 0;

	fleet->fails[i].code = 0;
	if (fleet->plan->servers[i].layout == NULL)
		return;
	if (req == NULL)
		sm_fail_nomem(&fleet->fails[i]);
	else
		sm_exec_recv(req, &listings, &fleet->fails[i]);
	fleet->listings += listings;
}

void sm_fleet_execute(struct sm_engine *engine, smbmgmt_handle *const *handles,
		      size_t n, const smbmgmt_plan *plan,
		      const struct sm_exec_options *options, int32_t throttle,
		      struct sm_result *results, struct sm_fail *fails,
		      size_t *listings)
{
	struct fleet fleet = {
		.handles = handles,
		.n = n,
		.send = execute_send,
		.recv = execute_recv,
		.plan = plan,
		.options = options,
		.results = results,
		.fails = fails,
	};

	run(engine, &fleet, throttle);
	*listings += fleet.listings;
}

static struct tevent_req *connect_send(struct fleet *fleet, size_t i)
{
	return visit_send(fleet->engine, fleet->handles[i], false, 0, 0);
}

static void connect_recv(struct fleet *fleet, size_t i, struct tevent_req *req)
{
	struct sm_table *none = NULL;

	fleet->fails[i].code = 0;
	if (req == NULL)
		sm_fail_nomem(&fleet->fails[i]);
	else
		visit_recv(req, &none, &fleet->fails[i]);
}

int sm_fleet_connect(struct sm_engine *engine, smbmgmt_handle *handle,
		     struct sm_fail *fail)
{
	struct fleet fleet = {
		.handles = &handle,
		.n = 1,
		.send = connect_send,
		.recv = connect_recv,
		.fails = fail,
	};

	run(engine, &fleet, 1);
	return fail->code;
}

struct shutdown {
	struct sm_task task;
	smbmgmt_handle *handle;
};

static void start_shutdown(struct sm_engine *engine, struct sm_task *task)
{
	struct shutdown *shutdown = (struct shutdown *)(void *)task;

	(void)engine;
	sm_handle_shutdown(shutdown->handle);
	sm_task_done(task);
}

void sm_fleet_shutdown(struct sm_engine *engine, smbmgmt_handle *handle)
{
	struct shutdown shutdown = {.task = {.start = start_shutdown},
				    .handle = handle};

	sm_engine_run(engine, &shutdown.task);
}
