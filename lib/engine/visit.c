/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/visit.h"

#include <talloc.h>

#include "engine/req.h"

/* A listing that waits for its handle's turn. */
struct visit_state {
	struct sm_engine *engine;
	struct smbmgmt_handle *handle;
	struct sm_turn *turn;
	struct tevent_req *subreq; /* in flight */
	struct sm_ask ask;
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

struct tevent_req *sm_visit_send(TALLOC_CTX *mem, struct sm_engine *engine,
				 struct smbmgmt_handle *handle, bool list,
				 const struct sm_ask *ask)
{
	struct visit_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct visit_state);

	if (req == NULL)
		return NULL;
	state->engine = engine;
	state->handle = sm_handle_ref(handle);
	state->ask = *ask;
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
				      &state->ask);
	else
		subreq = sm_handle_connect_send(state, state->engine,
						state->handle,
						state->ask.milliseconds);
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

void sm_visit_cancelled(struct sm_fail *why)
{
	sm_fail(why, SMBMGMT_E_CANCELLED,
		"The job was cancelled before this server was done.");
}

void sm_visit_cancel(struct tevent_req *req)
{
	struct visit_state *state = tevent_req_data(req, struct visit_state);

	/* The connection goes with what was asked of it. */
	TALLOC_FREE(state->subreq);
	sm_visit_cancelled(&state->fail);
	sm_req_fail(req, &state->fail);
}

int sm_visit_recv(struct tevent_req *req, struct sm_table **table,
		  struct sm_fail *fail)
{
	struct visit_state *state = tevent_req_data(req, struct visit_state);

	*table = state->table;
	state->table = NULL;
	return sm_req_recv(req, &state->fail, fail);
}
