/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/fleet.h"

#include <talloc.h>

#include "engine/req.h"

struct sm_fleet_ops {
	/* Start the step of server i; NULL: it could not even be started. */
	struct tevent_req *(*send)(struct sm_fleet *fleet, size_t i);
	/* Break off a step that is in progress; its _recv says so. */
	void (*cancel)(struct tevent_req *req);
	int32_t (*recv)(struct sm_fleet *fleet, size_t i,
			struct tevent_req *req);
	/* Never sent, or not begun: why. */
	int32_t (*fail)(struct sm_fleet *fleet, size_t i,
			const struct sm_fail *why);
};

/* A request in flight, and which server it is for. */
struct sm_flight {
	struct sm_flight *next;
	struct sm_flight **at;
	struct sm_fleet *fleet;
	struct tevent_req *req;
	size_t i;
};

static void landed(struct tevent_req *req);

static void set_cancelled(struct sm_fail *why)
{
	sm_fail(why, SMBMGMT_E_CANCELLED,
		"The job was cancelled before this server was done.");
}

static void failed(struct sm_fleet *fleet, size_t i, const struct sm_fail *why)
{
	int32_t code = fleet->ops->fail(fleet, i, why);

	fleet->moved(fleet, i, &code);
}

static void launch(struct sm_fleet *fleet, size_t i)
{
	struct sm_flight *flight = NULL;
	struct sm_fail why;

	/* It had failed when the plan was made. */
	if (fleet->plan != NULL && fleet->plan->servers[i].layout == NULL) {
		int32_t code =
			smbmgmt_error_code(fleet->plan->servers[i].error);

		fleet->moved(fleet, i, &code);
		return;
	}
	if (fleet->cancelled) {
		set_cancelled(&why);
		failed(fleet, i, &why);
		return;
	}
	fleet->moved(fleet, i, NULL);
	flight = talloc_zero(fleet->engine->ev, struct sm_flight);
	if (flight != NULL)
		flight->req = fleet->ops->send(fleet, i);
	if (flight == NULL || flight->req == NULL) {
		talloc_free(flight);
		sm_fail_nomem(&why);
		failed(fleet, i, &why);
		return;
	}
	flight->fleet = fleet;
	flight->i = i;
	flight->next = fleet->flights;
	flight->at = &fleet->flights;
	if (flight->next != NULL)
		flight->next->at = &flight->next;
	fleet->flights = flight;
	fleet->flying++;
	tevent_req_set_callback(flight->req, landed, flight);
}

static void fill(struct sm_fleet *fleet)
{
	size_t throttle = fleet->throttle > 0 ? (size_t)fleet->throttle
					      : SM_THROTTLE_DEFAULT;

	while (fleet->next < fleet->n && fleet->flying < throttle)
		launch(fleet, fleet->next++);
	if (fleet->flying == 0)
		fleet->done(fleet);
}

/* Take what came of it, and free it. */
static void land(struct sm_flight *flight)
{
	struct sm_fleet *fleet = flight->fleet;
	size_t i = flight->i;
	int32_t code = fleet->ops->recv(fleet, i, flight->req);

	if (flight->next != NULL)
		flight->next->at = flight->at;
	*flight->at = flight->next;
	fleet->flying--;
	talloc_free(flight->req);
	talloc_free(flight);
	fleet->moved(fleet, i, &code);
}

static void landed(struct tevent_req *req)
{
	struct sm_flight *flight =
		tevent_req_callback_data(req, struct sm_flight);
	struct sm_fleet *fleet = flight->fleet;

	land(flight);
	fill(fleet);
}

static void start(struct sm_fleet *fleet, const struct sm_fleet_ops *fleet_ops)
{
	fleet->ops = fleet_ops;
	fleet->flights = NULL;
	fleet->next = 0;
	fleet->flying = 0;
	fill(fleet);
}

void sm_fleet_cancel(struct sm_fleet *fleet)
{
	fleet->cancelled = true;
	while (fleet->flights != NULL) {
		struct sm_flight *flight = fleet->flights;

		/* Its end may be on its way already. */
		if (tevent_req_is_in_progress(flight->req))
			fleet->ops->cancel(flight->req);
		land(flight);
	}
	fill(fleet);
}

/* A listing that waits for its handle's turn. */
struct visit_state {
	struct sm_engine *engine;
	struct smbmgmt_handle *handle;
	struct sm_turn *turn;
	struct tevent_req *subreq; /* in flight */
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
	TALLOC_FREE(state->subreq);
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
	state->subreq = subreq;
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
	state->subreq = NULL;
	if (ret != 0)
		sm_req_fail(req, &state->fail);
	else
		tevent_req_done(req);
}

static void visit_cancel(struct tevent_req *req)
{
	struct visit_state *state = tevent_req_data(req, struct visit_state);

	/* The connection goes with what was asked of it. */
	TALLOC_FREE(state->subreq);
	set_cancelled(&state->fail);
	sm_req_fail(req, &state->fail);
}

static int visit_recv(struct tevent_req *req, struct sm_table **table,
		      struct sm_fail *fail)
{
	struct visit_state *state = tevent_req_data(req, struct visit_state);

	*table = state->table;
	state->table = NULL;
	return sm_req_recv(req, &state->fail, fail);
}

static struct tevent_req *look_send(struct sm_fleet *fleet, size_t i)
{
	return visit_send(fleet->engine, fleet->handles[i], true,
			  fleet->instances, fleet->milliseconds);
}

static int32_t look_recv(struct sm_fleet *fleet, size_t i,
			 struct tevent_req *req)
{
	struct sm_look *look = &fleet->looks[i];

	return visit_recv(req, &look->table, &look->fail);
}

static int32_t look_fail(struct sm_fleet *fleet, size_t i,
			 const struct sm_fail *why)
{
	fleet->looks[i].table = NULL;
	fleet->looks[i].fail = *why;
	return why->code;
}

void sm_fleet_look(struct sm_fleet *fleet)
{
	static const struct sm_fleet_ops ops = {
		.send = look_send,
		.cancel = visit_cancel,
		.recv = look_recv,
		.fail = look_fail,
	};

	start(fleet, &ops);
}

static int32_t fails_fail(struct sm_fleet *fleet, size_t i,
			  const struct sm_fail *why)
{
	fleet->fails[i] = *why;
	return why->code;
}

static struct tevent_req *connect_send(struct sm_fleet *fleet, size_t i)
{
	return visit_send(fleet->engine, fleet->handles[i], false, 0, 0);
}

static int32_t connect_recv(struct sm_fleet *fleet, size_t i,
			    struct tevent_req *req)
{
	struct sm_table *none = NULL;

	fleet->fails[i].code = 0;
	return visit_recv(req, &none, &fleet->fails[i]);
}

void sm_fleet_connect(struct sm_fleet *fleet)
{
	static const struct sm_fleet_ops ops = {
		.send = connect_send,
		.cancel = visit_cancel,
		.recv = connect_recv,
		.fail = fails_fail,
	};

	start(fleet, &ops);
}

static struct tevent_req *execute_send(struct sm_fleet *fleet, size_t i)
{
	return sm_exec_send(fleet->engine->ev, fleet->engine, fleet->handles[i],
			    fleet->plan, i, fleet->options, fleet->results);
}

static int32_t execute_recv(struct sm_fleet *fleet, size_t i,
			    struct tevent_req *req)
{
	size_t listings = 0;
	int32_t code = 0;

	fleet->fails[i].code = 0;
	code = sm_exec_recv(req, &listings, &fleet->fails[i]);
	fleet->listings += listings;
	return code;
}

void sm_fleet_execute(struct sm_fleet *fleet)
{
	static const struct sm_fleet_ops ops = {
		.send = execute_send,
		.cancel = sm_exec_cancel,
		.recv = execute_recv,
		.fail = fails_fail,
	};

	start(fleet, &ops);
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
