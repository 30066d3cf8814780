/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/exec.h"

#include <talloc.h>

#include "core/renew.h"
#include "engine/exec_state.h"
#include "engine/req.h"
#include "util/clock.h"

static void turn_ready(void *userdata, int ret);
static void reread_done(struct tevent_req *subreq);

static int exec_destructor(struct exec_state *state)
{
	TALLOC_FREE(state->step);
	/* The next one's turn may begin right here, on the handle. */
	TALLOC_FREE(state->turn);
	sm_table_unref(state->seen);
	for (size_t i = 0; i < state->epoch_count; i++)
		sm_layout_unref(state->epochs[i]->layout);
	sm_handle_unref(state->handle);
	return 0;
}

static int add_epoch(struct exec_state *state, struct sm_layout *layout)
{
	struct epoch *epoch = talloc_zero(state, struct epoch);
	struct epoch **epochs =
		talloc_realloc_size(state, state->epochs,
				    (state->epoch_count + 1) * sizeof(*epochs));
	size_t rows = layout->table->count;

	if (epochs != NULL)
		state->epochs = epochs;
	if (epoch == NULL || epochs == NULL)
		return sm_fail_nomem(&state->fail);
	epoch->units = talloc_zero_size(epoch, (layout->unit_count + 1) *
						       sizeof(*epoch->units));
	epoch->reached = talloc_zero_size(
		epoch, (layout->reach_count + 1) * sizeof(*epoch->reached));
	epoch->then =
		talloc_zero_size(epoch, (rows + 1) * sizeof(*epoch->then));
	if (epoch->units == NULL || epoch->reached == NULL ||
	    epoch->then == NULL)
		return sm_fail_nomem(&state->fail);
	for (size_t i = 0; i < rows; i++) {
		epoch->then[i].row = &layout->table->sessions[i].row;
		epoch->then[i].listed = layout->table->listed;
	}
	epoch->layout = sm_layout_ref(layout);
	state->epochs[state->epoch_count++] = epoch;
	return 0;
}

static int find_items(struct exec_state *state)
{
	const struct sm_items *items = &state->plan->items;

	state->items = talloc_zero_size(state, (items->count + 1) *
						       sizeof(*state->items));
	if (state->items == NULL)
		return sm_fail_nomem(&state->fail);
	for (size_t i = 0; i < items->count; i++) {
		const struct sm_item *item = &items->items[i];

		if (!item->in_layout || item->server != state->server)
			continue;
		state->items[state->item_count].item = i;
		state->items[state->item_count].row = item->row;
		state->item_count++;
	}
	return 0;
}

struct tevent_req *sm_exec_send(TALLOC_CTX *mem, struct sm_engine *engine,
				struct smbmgmt_handle *handle,
				const smbmgmt_plan *plan, size_t server,
				const struct sm_exec_options *options,
				struct sm_result *results)
{
	struct exec_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct exec_state);
	int ret = 0;

	if (req == NULL)
		return NULL;
	state->engine = engine;
	state->handle = sm_handle_ref(handle);
	state->plan = plan;
	state->server = server;
	state->options = *options;
	state->results = results;
	talloc_set_destructor(state, exec_destructor);
	state->step = talloc_new(state);
	state->go_on = tevent_create_immediate(state);
	ret = state->step == NULL || state->go_on == NULL
		      ? sm_fail_nomem(&state->fail)
		      : find_items(state);
	if (ret == 0)
		ret = add_epoch(state, plan->servers[server].layout);
	if (ret != 0) {
		sm_req_fail(req, &state->fail);
		return tevent_req_post(req, engine->ev);
	}
	if (state->item_count == 0) {
		tevent_req_done(req);
		return tevent_req_post(req, engine->ev);
	}
	tevent_req_defer_callback(req, engine->ev);
	state->turn = sm_turn_wait(state, handle, turn_ready, req);
	if (state->turn == NULL)
		tevent_req_oom(req);
	return req;
}

/* Is anything to be closed at all? */
static bool has_work(const struct sm_layout *layout)
{
	for (size_t i = 0; i < layout->unit_count; i++) {
		if (sm_unit_closes(&layout->units[i]))
			return true;
	}
	return false;
}

void sm_exec_finish(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	sm_exec_write_results(state);
	tevent_req_done(req);
}

void sm_exec_reread(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct tevent_req *subreq = NULL;
	struct sm_ask ask = {
		.instances = state->options.instances,
		.milliseconds = state->options.milliseconds,
	};

	state->listings++;
	subreq = sm_look_send(state->step, state->engine, state->handle, &ask);
	if (subreq == NULL)
		sm_exec_nomem(req);
	else
		tevent_req_set_callback(subreq, reread_done, req);
}

/*
 * The plan's listing is of the connection before this one, which may have led
 * elsewhere.
 */
static bool is_newer(const struct exec_state *state)
{
	const struct sm_conn *conn = state->handle->conn;

	return conn != NULL &&
	       conn->made_ns >
		       exec_epoch(state)->layout->table->listed.ended_ns;
}

static void turn_ready(void *userdata, int ret)
{
	struct tevent_req *req = userdata;
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	if (ret != 0) {
		sm_fail(&state->fail, ret,
			"The handle %u was removed; nothing was closed on it.",
			state->handle->id);
		sm_req_fail(req, &state->fail);
		return;
	}
	if (!has_work(exec_epoch(state)->layout))
		sm_exec_finish(req);
	else if (state->options.reread || is_newer(state))
		sm_exec_reread(req);
	else
		sm_exec_begin_closing(req);
}

/*
 * The units that were tried are in the epoch that they were tried in; what is
 * left moves on to the new one, as far as it is still the same.
 */
static int move_items(struct exec_state *state, struct sm_table *now)
{
	struct epoch *old = exec_epoch(state);
	struct sm_layout *layout = NULL;
	size_t *row = talloc_zero_size(state, (old->layout->table->count + 1) *
						      sizeof(*row));
	int ret = 0;

	if (row == NULL)
		return sm_fail_nomem(&state->fail);
	ret = sm_layout_renew(old->layout, now, row, &layout, &state->fail);
	if (ret == 0)
		ret = add_epoch(state, layout);
	for (size_t i = 0; ret == 0 && i < state->item_count; i++) {
		struct item_state *item = &state->items[i];
		size_t unit = 0;

		if (state->epochs[item->epoch] != old || !sm_is_row(item->row))
			continue;
		unit = old->layout->unit_of[item->row];
		/* Refused, declined or tried: it stays where that was. */
		if (old->layout->units[unit].code != 0 ||
		    old->units[unit].answer != UNIT_NOT_TRIED)
			continue;
		item->row = row[item->row];
		item->epoch = state->epoch_count - 1;
	}
	/* What was tried and lingers is not to be asked for twice. */
	for (size_t i = 0; ret == 0 && i < old->layout->table->count; i++) {
		if (sm_is_row(row[i]) &&
		    old->units[old->layout->unit_of[i]].answer !=
			    UNIT_NOT_TRIED)
			exec_epoch(state)
				->units[layout->unit_of[row[i]]]
				.answer = UNIT_UNKNOWN;
	}
	sm_layout_unref(layout);
	talloc_free(row);
	return ret;
}

const struct sm_fail *sm_exec_keep(struct exec_state *state,
				   const struct sm_fail *why)
{
	static const struct sm_fail nomem = {
		.code = SMBMGMT_E_NOMEM,
		.offset = -1,
		.text = "There is not enough memory.",
	};
	const struct sm_fail *kept = talloc_memdup(state, why, sizeof(*why));

	return kept == NULL ? &nomem : kept;
}

/* What was not sent is not sent any more. */
static void give_up(struct exec_state *state)
{
	struct epoch *epoch = exec_epoch(state);
	const struct sm_fail *why = sm_exec_keep(state, &state->fail);

	for (size_t i = 0; i < epoch->layout->unit_count; i++) {
		struct unit_state *unit = &epoch->units[i];

		if (unit->answer != UNIT_NOT_TRIED ||
		    !sm_unit_closes(&epoch->layout->units[i]))
			continue;
		/* Not sent: that is what a zero sent_ns says. */
		unit->answer = UNIT_NO;
		unit->fail = why;
	}
}

/* Nothing more can be closed, and no look be made: fail says why. */
static void end_unseen(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	give_up(state);
	state->look_failed = true;
	state->look_fail = state->fail;
	sm_exec_finish(req);
}

void sm_exec_nomem(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	sm_fail_nomem(&state->fail);
	/* The items say what was sent, whatever fails after it. */
	if (state->any_sent)
		end_unseen(req);
	else
		sm_req_fail(req, &state->fail);
}

/* Nothing more can be closed; what was sent is still looked after. */
void sm_exec_stop_closing(struct tevent_req *req)
{
	give_up(tevent_req_data(req, struct exec_state));
	sm_exec_verify(req);
}

/* A log-on that was refused, and that a few more of could lock the account. */
static bool is_refused(int32_t code)
{
	return code == SMBMGMT_E_LOGON_FAILED ||
	       code == SMBMGMT_E_ACCOUNT_LOCKED ||
	       code == SMBMGMT_E_ACCOUNT_DISABLED ||
	       code == SMBMGMT_E_ACCOUNT_RESTRICTED ||
	       code == SMBMGMT_E_TICKET_REFUSED;
}

bool sm_exec_shut_out(struct tevent_req *req, struct sm_fail *why)
{
	const struct exec_state *state =
		tevent_req_data(req, struct exec_state);

	if (!state->look_failed || !is_refused(state->look_fail.code))
		return false;
	*why = state->look_fail;
	return true;
}

int sm_exec_check_peer(const struct exec_state *state,
		       const struct sm_table *now, struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < state->epoch_count; i++)
		ret = sm_dial_check(state->handle,
				    &state->epochs[i]->layout->table->listing,
				    &now->listing, fail);
	return ret;
}

static void reread_done(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct sm_table *now = NULL;
	int ret = sm_look_recv(subreq, &now, &state->fail);

	TALLOC_FREE(subreq);
	if (ret != 0 && state->any_sent && is_refused(ret)) {
		/* A look would take one more log-on. */
		end_unseen(req);
		return;
	}
	if (ret == 0)
		ret = sm_exec_check_peer(state, now, &state->fail);
	if (ret == 0)
		ret = move_items(state, now);
	sm_table_unref(now);
	state->just_read = true;
	if (ret == 0)
		sm_exec_begin_closing(req);
	else if (state->any_sent)
		sm_exec_stop_closing(req);
	else
		sm_req_fail(req, &state->fail);
}

int sm_exec_recv(struct tevent_req *req, size_t *listings, struct sm_fail *fail)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	*listings = state->listings;
	return sm_req_recv(req, &state->fail, fail);
}

void sm_exec_cancel(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct epoch *epoch = exec_epoch(state);
	const struct sm_fail *why = NULL;

	TALLOC_FREE(state->step);
	state->lanes = NULL;
	state->closing = false;
	sm_fail(&state->fail, SMBMGMT_E_CANCELLED,
		"The job was cancelled before this was done.");
	why = sm_exec_keep(state, &state->fail);
	/* What was in flight, on any connection, may have reached the server.
	 */
	for (size_t i = 0; i < epoch->layout->unit_count; i++) {
		struct unit_state *unit = &epoch->units[i];

		if (unit->sent_ns == 0 || unit->answer != UNIT_NOT_TRIED)
			continue;
		unit->answer = UNIT_UNKNOWN;
		unit->fail = why;
	}
	give_up(state);
	if (sm_exec_needs_look(state)) {
		state->look_failed = true;
		state->look_fail = state->fail;
	}
	sm_exec_write_results(state);
	sm_req_fail(req, &state->fail);
}
