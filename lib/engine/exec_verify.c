/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Looking, again and again, until what was closed is gone. */
#include <talloc.h>

#include "engine/exec_state.h"
#include "util/clock.h"

/*
 * A server needs a moment to end a session (a few milliseconds at most on a
 * quiet Samba); looking too early only costs another look.
 */
#define FIRST_PAUSE (5 * SM_MS)
#define PAUSE_MAX (500 * SM_MS)
/*
 * The last look begins just before its time is up; with no more time than that
 * it would fail, and hide what the look before it saw.  Milliseconds.
 */
#define LOOK_MS 2000
#define REMAKES_MAX 2

static void look_again(void *userdata);
static void look_done(struct tevent_req *subreq);

/* How long one step on the server may take, milliseconds. */
int64_t sm_exec_step(const struct exec_state *state)
{
	return state->options.milliseconds != 0 ? state->options.milliseconds
						: state->handle->deadline;
}

/* How long to look whether they have gone. */
static int64_t look_for(const struct exec_state *state)
{
	int64_t step = sm_exec_step(state);
	int64_t asked = state->options.look_for;

	return asked != 0 && asked < step ? asked : step;
}

static void start_pause(struct tevent_req *req, int64_t until)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	if (sm_nap_start(state->step, state->engine, state->handle, until,
			 look_again, req) == NULL)
		sm_exec_nomem(req);
}

void sm_exec_verify(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);

	/* Connections that are ours are no sessions to be looked at. */
	TALLOC_FREE(state->lanes);
	state->closing = false;
	if (!sm_exec_needs_look(state)) {
		sm_exec_finish(req);
		return;
	}
	state->pause = FIRST_PAUSE;
	state->look_until = sm_clock_now() + look_for(state) * SM_MS;
	start_pause(req, sm_clock_now() + state->pause);
}

static void look_again(void *userdata)
{
	struct tevent_req *req = userdata;
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct tevent_req *subreq = NULL;
	int64_t left = (state->look_until - sm_clock_now()) / SM_MS;
	int64_t least =
		sm_exec_step(state) < LOOK_MS ? sm_exec_step(state) : LOOK_MS;
	struct sm_ask ask = {.instances = state->options.instances};

	state->listings++;
	ask.milliseconds = (uint32_t)(left < least ? least : left);
	subreq = sm_look_send(state->step, state->engine, state->handle, &ask);
	if (subreq == NULL)
		sm_exec_nomem(req);
	else
		tevent_req_set_callback(subreq, look_done, req);
}

/* Try again after a pause, if there is time; false if there is none. */
static bool pause_and_look(struct tevent_req *req)
{
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	int64_t when = sm_clock_now() + state->pause;

	if (when >= state->look_until)
		return false;
	state->pause =
		state->pause * 2 > PAUSE_MAX ? PAUSE_MAX : state->pause * 2;
	start_pause(req, when);
	return true;
}

static void look_done(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct exec_state *state = tevent_req_data(req, struct exec_state);
	struct sm_table *now = NULL;
	bool pending = sm_exec_waits(state);
	int ret = sm_look_recv(subreq, &now, &state->look_fail);

	TALLOC_FREE(subreq);
	state->look_failed = ret != 0;
	if (ret != 0) {
		/* Our own close, or another's, may have cut the connection. */
		if (state->remakes++ < REMAKES_MAX &&
		    (ret == SMBMGMT_E_CONNECTION_LOST ||
		     ret == SMBMGMT_E_CHILD_DIED) &&
		    pause_and_look(req))
			return;
		sm_exec_finish(req);
		return;
	}
	if (sm_exec_check_peer(state, now, &state->look_fail) != 0) {
		/* It tells nothing of what was closed. */
		state->look_failed = true;
		sm_table_unref(now);
		sm_exec_finish(req);
		return;
	}
	if (now->listing.incomplete)
		ret = sm_fail(&state->look_fail, SMBMGMT_E_INCOMPLETE,
			      "The listing after the close may lack live "
			      "sessions: %s",
			      now->listing.why);
	else
		ret = sm_exec_take_look(state, now, &pending,
					&state->look_fail);
	state->look_failed = ret != 0;
	sm_table_unref(now);
	if (!pending || !pause_and_look(req))
		sm_exec_finish(req);
}
