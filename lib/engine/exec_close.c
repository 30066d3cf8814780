/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Closing: which unit next, over which connection, and whether the listing
 * still holds for it.  Whoever wants it to go on asks for it to be done later
 * (sm_exec_close()), so that nothing here is entered twice.
 */
#include <errno.h>

#include <talloc.h>

#include "engine/exec_state.h"
#include "engine/lanes.h"
#include "util/clock.h"

/* Connections of the handle's own that may be lost. */
#define LOSSES_MAX 2
/*
 * A listing that is older is read again before anything is closed.  It counts
 * from its end: one that took long would be no fresher if it were made anew.
 */
#define FRESH SM_SECOND

static void close_done(struct tevent_req *subreq);

/* Is it to be closed, in this pass, and not on its way? */
static bool is_open(const struct exec_state *state, size_t index)
{
	const struct epoch *epoch = exec_epoch(state);
	const struct sm_unit *unit = &epoch->layout->units[index];

	return sm_unit_closes(unit) && unit->own == state->own_pass &&
	       epoch->units[index].answer == UNIT_NOT_TRIED &&
	       epoch->units[index].sent_ns == 0;
}

/*
 * From state->unit on: a unit that no close has reached since the listing, in
 * the order of the listing.  What is passed over is for the next listing.
 */
static bool find_unit(struct exec_state *state)
{
	const struct epoch *epoch = exec_epoch(state);
	const struct sm_layout *layout = epoch->layout;

	for (; state->unit < layout->unit_count; state->unit++) {
		if (!is_open(state, state->unit))
			continue;
		if (!epoch->reached[layout->units[state->unit].reach])
			return true;
		state->passed_over = true;
	}
	return false;
}

static bool is_cut_off(const struct exec_state *state)
{
	const struct sm_conn *conn = state->handle->conn;

	return conn == NULL || conn->dead;
}

/*
 * Is the listing too old to close anything by it?  Closing others, or other
 * servers, may have taken long, and a connection that broke may have missed
 * anything.
 */
static bool is_stale(struct exec_state *state)
{
	if (sm_lanes_broke(state->lanes))
		state->broke = true;
	if (state->broke || is_cut_off(state))
		return true;
	/* What was just read is good for one close, however long it took. */
	return !state->just_read &&
	       sm_clock_now() - exec_epoch(state)
					->layout->table->listed.ended_ns >
		       FRESH;
}

/* Send the unit at hand; false: nothing more is to be sent. */
static bool send_unit(struct tevent_req *req, struct sm_lane *lane)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct epoch *epoch = exec_epoch(state);
	struct sm_conn *conn = sm_lane_conn(lane);
	struct tevent_req *subreq = NULL;
	struct sm_close close;
	int64_t step = sm_exec_step(state);
	int64_t now = 0;

	if (sm_exec_audit(state, state->unit, step) != 0)
		return false;
	sm_layout_close(epoch->layout, state->unit, &close);
	now = sm_clock_now();
	subreq = conn->ops->close_send(lane, conn, &close, now + step * SM_MS);
	if (subreq == NULL) {
		sm_fail_nomem(&state->fail);
		return false;
	}
	state->just_read = false;
	epoch->units[state->unit].sent_ns = now;
	epoch->reached[epoch->layout->units[state->unit].reach] = true;
	state->any_sent = true;
	if (!state->own_pass)
		state->left--;
	sm_lane_sent(lane, subreq, state->unit);
	tevent_req_set_callback(subreq, close_done, lane);
	return true;
}

/* The connection was gone before: nothing of the close was sent over it. */
static bool never_left(int ret, const struct sm_fail *why)
{
	return ret == SMBMGMT_E_CONNECTION_LOST &&
	       why->kind == SMBMGMT_NATIVE_ERRNO && why->native == ENOTCONN;
}

/* As if it had not been tried: a new listing tells whether it still may be. */
static void take_back(struct exec_state *state, struct unit_state *unit)
{
	unit->answer = UNIT_NOT_TRIED;
	unit->sent_ns = 0;
	unit->fail = NULL;
	if (!state->own_pass)
		state->left++;
}

static void close_done(struct tevent_req *subreq)
{
	struct sm_lane *lane = tevent_req_callback_data(subreq, struct sm_lane);
	struct tevent_req *req = lane->lanes->userdata;
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct unit_state *unit = &exec_epoch(state)->units[lane->unit];
	struct sm_conn *conn = sm_lane_conn(lane);
	struct sm_fail why;
	int ret = conn->ops->close_recv(subreq, &why);

	sm_lane_answered(lane);
	if (ret != 0)
		unit->fail = sm_exec_keep(state, &why);
	if (ret == 0)
		unit->answer = UNIT_YES;
	else if (ret == SMBMGMT_E_GONE)
		unit->answer = UNIT_GONE;
	else if (conn->dead || ret == SMBMGMT_E_PROTOCOL ||
		 ret == SMBMGMT_E_TIMED_OUT)
		unit->answer = UNIT_UNKNOWN;
	else
		unit->answer = UNIT_NO;
	/* What makes no sense, or is not safe, is found out before it is sent.
	 */
	if (ret == SMBMGMT_E_INVALID || ret == SMBMGMT_E_REFUSED_UNSAFE)
		unit->sent_ns = 0;
	if (never_left(ret, &why))
		take_back(state, unit);
	sm_exec_close(req);
}

/* Send what can be sent now; false: what is left needs a listing. */
static bool send_more(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	while (!state->stopped && find_unit(state)) {
		struct sm_lane *lane = NULL;

		if (is_stale(state))
			return false;
		lane = sm_lanes_idle(state->lanes);
		if (lane == NULL)
			break;
		if (!send_unit(req, lane))
			state->stopped = true;
	}
	return true;
}

/*
 * A listing tells nothing of a close that is on its way: it is made, and our
 * own units are begun, once all lanes are idle.
 */
static void go_on(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	bool holds = send_more(req);
	bool more = !state->stopped && find_unit(state);

	if (more && holds)
		sm_lanes_grow(state->lanes, state->left);
	else if (!more && (state->stopped || !state->passed_over))
		sm_lanes_end(state->lanes);
	if ((more && holds) || state->lanes->busy > 0)
		return;
	if (state->stopped) {
		sm_exec_stop_closing(req);
		return;
	}
	if (!more && !state->passed_over) {
		if (state->own_pass) {
			sm_exec_verify(req);
			return;
		}
		state->own_pass = true;
		state->unit = 0;
		sm_exec_close(req);
		return;
	}
	if (is_cut_off(state) && state->losses++ == LOSSES_MAX) {
		sm_fail(&state->fail, SMBMGMT_E_CONNECTION_LOST,
			"The connection broke again and again; what is left "
			"was not closed.");
		sm_exec_stop_closing(req);
		return;
	}
	state->closing = false;
	sm_exec_reread(req);
}

static void scheduled(struct tevent_context *ev, struct tevent_immediate *im,
		      void *userdata)
{
	struct tevent_req *req = userdata;
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	(void)ev;
	(void)im;
	if (state->closing)
		go_on(req);
}

void sm_exec_close(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	tevent_schedule_immediate(state->go_on, state->engine->ev, scheduled,
				  req);
}

static void lane_ready(void *userdata)
{
	sm_exec_close(userdata);
}

void sm_exec_begin_closing(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	const struct sm_layout *layout = exec_epoch(state)->layout;

	if (state->lanes == NULL)
		state->lanes = sm_lanes_new(
			state->step, state->engine, state->handle,
			state->options.per_server,
			(uint32_t)sm_exec_step(state), lane_ready, req);
	if (state->lanes == NULL) {
		sm_exec_nomem(req);
		return;
	}
	if (!sm_lanes_suit(layout))
		sm_lanes_end(state->lanes);
	state->unit = 0;
	state->own_pass = false;
	state->passed_over = false;
	state->broke = false;
	state->closing = true;
	state->left = 0;
	for (size_t i = 0; i < layout->unit_count; i++)
		state->left += is_open(state, i) ? 1 : 0;
	sm_exec_close(req);
}
