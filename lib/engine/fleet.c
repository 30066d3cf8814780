/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/fleet.h"

#include <talloc.h>

#include "engine/round.h"
#include "engine/visit.h"

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
	/* There is nothing to do for it: its code.  NULL: there always is. */
	bool (*skip)(struct sm_fleet *fleet, size_t i, int32_t *code);
	/* After recv: one more step, from then on.  NULL: never. */
	bool (*again)(struct sm_fleet *fleet, size_t i, int64_t *when);
};

/* A server that rests until its next step, or waits for its turn after it. */
struct sm_rest {
	struct sm_rest *next;
	struct sm_rest **at;
	struct sm_fleet *fleet;
	size_t i;
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

static void failed(struct sm_fleet *fleet, size_t i, const struct sm_fail *why)
{
	int32_t code = fleet->ops->fail(fleet, i, why);

	fleet->moved(fleet, i, &code);
}

static void launch(struct sm_fleet *fleet, size_t i)
{
	struct sm_flight *flight = NULL;
	struct sm_fail why;
	int32_t code = 0;

	if (fleet->ops->skip != NULL && fleet->ops->skip(fleet, i, &code)) {
		fleet->moved(fleet, i, &code);
		return;
	}
	if (fleet->cancelled) {
		sm_visit_cancelled(&why);
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

static void unlink_rest(struct sm_rest *rest)
{
	if (rest->next != NULL)
		rest->next->at = rest->at;
	*rest->at = rest->next;
}

/* The next server that is due, those that have not begun first. */
static bool take_next(struct sm_fleet *fleet, size_t *i)
{
	struct sm_rest *due = fleet->due;

	if (fleet->next < fleet->n) {
		*i = fleet->next++;
		return true;
	}
	if (due == NULL)
		return false;
	if (due->next == NULL)
		fleet->due_last = &fleet->due;
	unlink_rest(due);
	*i = due->i;
	talloc_free(due);
	return true;
}

static void fill(struct sm_fleet *fleet)
{
	size_t i = 0;

	while (fleet->flying < (size_t)fleet->throttle && take_next(fleet, &i))
		launch(fleet, i);
	if (fleet->flying == 0 && fleet->resting == NULL)
		fleet->done(fleet);
}

/* It has rested; others may be before it. */
static void rested(void *userdata)
{
	struct sm_rest *rest = userdata;
	struct sm_fleet *fleet = rest->fleet;

	unlink_rest(rest);
	rest->next = NULL;
	rest->at = fleet->due_last;
	*fleet->due_last = rest;
	fleet->due_last = &rest->next;
	fill(fleet);
}

static void lay_down(struct sm_fleet *fleet, size_t i, int64_t when)
{
	struct sm_rest *rest = talloc_zero(fleet->engine->ev, struct sm_rest);
	struct sm_fail why;

	if (rest == NULL || sm_nap_start(rest, fleet->engine, fleet->handles[i],
					 when, rested, rest) == NULL) {
		talloc_free(rest);
		sm_fail_nomem(&why);
		failed(fleet, i, &why);
		return;
	}
	rest->fleet = fleet;
	rest->i = i;
	rest->next = fleet->resting;
	rest->at = &fleet->resting;
	if (rest->next != NULL)
		rest->next->at = &rest->next;
	fleet->resting = rest;
}

/* Take what came of it, and free it. */
static void land(struct sm_flight *flight)
{
	struct sm_fleet *fleet = flight->fleet;
	size_t i = flight->i;
	int32_t code = fleet->ops->recv(fleet, i, flight->req);
	int64_t when = 0;

	if (flight->next != NULL)
		flight->next->at = flight->at;
	*flight->at = flight->next;
	fleet->flying--;
	talloc_free(flight->req);
	talloc_free(flight);
	if (fleet->ops->again != NULL && fleet->ops->again(fleet, i, &when))
		lay_down(fleet, i, when);
	else
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
	fleet->resting = NULL;
	fleet->due = NULL;
	fleet->due_last = &fleet->due;
	if (fleet->throttle == 0)
		fleet->throttle = (int32_t)sm_fleet_throttle(fleet->n);
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
	while (fleet->resting != NULL) {
		struct sm_rest *rest = fleet->resting;
		size_t i = rest->i;
		struct sm_fail why;

		unlink_rest(rest);
		talloc_free(rest);
		sm_visit_cancelled(&why);
		failed(fleet, i, &why);
	}
	fill(fleet);
}

static struct tevent_req *look_send(struct sm_fleet *fleet, size_t i)
{
	return sm_visit_send(fleet->engine->ev, fleet->engine,
			     fleet->handles[i], true, &fleet->ask);
}

static int32_t look_recv(struct sm_fleet *fleet, size_t i,
			 struct tevent_req *req)
{
	struct sm_look *look = &fleet->looks[i];

	return sm_visit_recv(req, &look->table, &look->fail);
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
		.cancel = sm_visit_cancel,
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
	return sm_visit_send(fleet->engine->ev, fleet->engine,
			     fleet->handles[i], false, &fleet->ask);
}

static int32_t connect_recv(struct sm_fleet *fleet, size_t i,
			    struct tevent_req *req)
{
	struct sm_table *none = NULL;

	fleet->fails[i].code = 0;
	return sm_visit_recv(req, &none, &fleet->fails[i]);
}

void sm_fleet_connect(struct sm_fleet *fleet)
{
	static const struct sm_fleet_ops ops = {
		.send = connect_send,
		.cancel = sm_visit_cancel,
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

/* It had failed when the plan was made. */
static bool execute_skip(struct sm_fleet *fleet, size_t i, int32_t *code)
{
	const struct sm_plan_server *server = &fleet->plan->servers[i];

	*code = smbmgmt_error_code(server->error);
	return server->layout == NULL;
}

void sm_fleet_execute(struct sm_fleet *fleet)
{
	static const struct sm_fleet_ops ops = {
		.send = execute_send,
		.cancel = sm_exec_cancel,
		.recv = execute_recv,
		.fail = fails_fail,
		.skip = execute_skip,
	};

	start(fleet, &ops);
}

static struct tevent_req *rounds_send(struct sm_fleet *fleet, size_t i)
{
	return sm_rounds_send(fleet->rounds, i);
}

static int32_t rounds_recv(struct sm_fleet *fleet, size_t i,
			   struct tevent_req *req)
{
	sm_rounds_recv(fleet->rounds, i, req);
	return sm_rounds_code(fleet->rounds, i);
}

static int32_t rounds_fail(struct sm_fleet *fleet, size_t i,
			   const struct sm_fail *why)
{
	sm_rounds_fail(fleet->rounds, i, why);
	return why->code;
}

static bool rounds_skip(struct sm_fleet *fleet, size_t i, int32_t *code)
{
	return sm_rounds_gave_up(fleet->rounds, i, code);
}

static bool rounds_again(struct sm_fleet *fleet, size_t i, int64_t *when)
{
	return sm_rounds_again(fleet->rounds, i, when);
}

void sm_fleet_close(struct sm_fleet *fleet)
{
	static const struct sm_fleet_ops ops = {
		.send = rounds_send,
		.cancel = sm_round_cancel,
		.recv = rounds_recv,
		.fail = rounds_fail,
		.skip = rounds_skip,
		.again = rounds_again,
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
