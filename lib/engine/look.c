/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Listings. */
#include <stdio.h>
#include <string.h>

#include <talloc.h>

#include "engine/handle.h"
#include "engine/req.h"
#include "util/clock.h"

struct look_state {
	struct smbmgmt_handle *handle;
	struct sm_engine *engine;
	struct sm_fail fail;
	struct sm_ask ask;
	uint32_t left; /* instances still to be asked for */
	struct sm_table *table;
	size_t from; /* rows before the enumeration at hand */
	uint32_t instance;
	struct sm_listing listing;
	struct sm_listed listed;
	bool first;
};

static void begin_look(struct tevent_req *req);
static void look_connected(struct tevent_req *subreq);
static void look_listed(struct tevent_req *subreq);

static int look_destructor(struct look_state *state)
{
	sm_table_unref(state->table);
	return 0;
}

struct tevent_req *sm_look_send(TALLOC_CTX *mem, struct sm_engine *engine,
				struct smbmgmt_handle *handle,
				const struct sm_ask *ask)
{
	struct look_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct look_state);

	if (req == NULL)
		return NULL;
	state->handle = handle;
	state->engine = engine;
	state->ask = *ask;
	talloc_set_destructor(state, look_destructor);
	begin_look(req);
	if (!tevent_req_is_in_progress(req))
		return tevent_req_post(req, engine->ev);
	return req;
}

/* From the start, without a row: the first time, or once more. */
static void begin_look(struct tevent_req *req)
{
	struct look_state *state = tevent_req_data(req, struct look_state);
	struct tevent_req *subreq = NULL;
	struct sm_origin origin;

	state->left = state->ask.instances;
	state->first = true;
	sm_table_unref(state->table);
	state->table = NULL;
	sm_handle_origin(state->handle, &origin);
	if (sm_table_new(&origin, &state->table, &state->fail) != 0) {
		sm_req_fail(req, &state->fail);
		return;
	}
	subreq = sm_handle_connect_send(state, state->engine, state->handle,
					state->ask.milliseconds);
	if (tevent_req_nomem(subreq, req))
		return;
	tevent_req_set_callback(subreq, look_connected, req);
}

static void next_listing(struct tevent_req *req)
{
	struct look_state *state = tevent_req_data(req, struct look_state);
	struct sm_conn *conn = state->handle->conn;
	struct sm_query query = {.ask_instance = state->ask.instances != 0};
	struct tevent_req *subreq = NULL;

	if (state->ask.select != NULL)
		query.select = *state->ask.select;
	if (query.ask_instance) {
		state->instance = (uint32_t)__builtin_ctz(state->left);
		state->left &= state->left - 1;
		query.instance = state->instance;
	}
	state->from = state->table->count;
	if (state->first) {
		state->listed.at = sm_clock_utc();
		state->listed.began_ns = sm_clock_now();
	}
	subreq = conn->ops->list_send(
		state, conn, &query, state->table,
		sm_handle_deadline(state->handle, state->ask.milliseconds));
	if (tevent_req_nomem(subreq, req))
		return;
	tevent_req_set_callback(subreq, look_listed, req);
}

static void look_connected(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct look_state *state = tevent_req_data(req, struct look_state);
	int ret = sm_handle_connect_recv(subreq, &state->fail);

	TALLOC_FREE(subreq);
	if (ret != 0) {
		sm_req_fail(req, &state->fail);
		return;
	}
	next_listing(req);
}

/* What all the listings of one look have in common. */
static void join(struct look_state *state, const struct sm_listing *listing)
{
	struct sm_listing *all = &state->listing;

	if (state->first) {
		*all = *listing;
		state->first = false;
		return;
	}
	all->fields &= listing->fields;
	all->caps |= listing->caps & SM_CAP_POSSIBLE_COLLATERAL;
	if (listing->incomplete && !all->incomplete) {
		all->incomplete = true;
		memcpy(all->why, listing->why, sizeof(all->why));
	}
}

/* Rows are closed with the instance that they were found with. */
static void tag(struct look_state *state)
{
	for (size_t i = state->from;
	     state->ask.instances != 0 && i < state->table->count; i++) {
		struct sm_row *row = &state->table->sessions[i].row;

		row->have |= SMBMGMT_FIELD_INSTANCE;
		row->instance = state->instance;
	}
}

/*
 * A server without instances answers all the same; the filter's own check
 * then says that it cannot tell them apart.
 */
static bool goes_on(const struct look_state *state)
{
	return state->ask.instances != 0 && state->left != 0 &&
	       (state->listing.caps & SM_CAP_INSTANCES) != 0;
}

/*
 * A connection that stood before this operation may have broken long ago, and
 * asking for a listing twice does no harm.  One that was made for it is not
 * made a second time: that bounds it.
 */
static bool may_repeat(const struct smbmgmt_handle *handle, int ret)
{
	return !handle->fresh && handle->conn->dead &&
	       (ret == SMBMGMT_E_CONNECTION_LOST ||
		ret == SMBMGMT_E_CHILD_DIED);
}

/* A transport may have had to connect anew, by itself. */
static bool is_missed(int ret)
{
	return ret == SMBMGMT_E_HOST_UNKNOWN || ret == SMBMGMT_E_UNREACHABLE ||
	       ret == SMBMGMT_E_CONNECTION_REFUSED ||
	       ret == SMBMGMT_E_TIMED_OUT;
}

static void look_listed(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct look_state *state = tevent_req_data(req, struct look_state);
	struct smbmgmt_handle *handle = state->handle;
	struct sm_listing listing;
	int ret = handle->conn->ops->list_recv(subreq, &listing, &state->fail);

	TALLOC_FREE(subreq);
	if (ret != 0 && may_repeat(handle, ret)) {
		begin_look(req);
		return;
	}
	if (ret == 0 && !state->first)
		ret = sm_dial_check(handle, &state->listing, &listing,
				    &state->fail);
	if (ret != 0) {
		handle->missed = handle->conn->dead && is_missed(ret);
		sm_req_fail(req, &state->fail);
		return;
	}
	memcpy(handle->peer, listing.peer, sizeof(handle->peer));
	state->listed.ended_ns = sm_clock_now();
	handle->has_level_hint = listing.has_level;
	handle->level_hint = listing.level;
	join(state, &listing);
	tag(state);
	if (goes_on(state)) {
		next_listing(req);
		return;
	}
	ret = sm_table_seal(state->table, &state->listing, &state->listed,
			    &state->fail);
	if (ret != 0)
		sm_req_fail(req, &state->fail);
	else
		tevent_req_done(req);
}

int sm_look_recv(struct tevent_req *req, struct sm_table **table,
		 struct sm_fail *fail)
{
	struct look_state *state = tevent_req_data(req, struct look_state);
	enum tevent_req_state how = TEVENT_REQ_INIT;
	uint64_t error = 0;

	if (!tevent_req_is_error(req, &how, &error)) {
		*table = state->table;
		state->table = NULL;
	}
	return sm_req_recv(req, &state->fail, fail);
}
