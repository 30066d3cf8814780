/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/lanes.h"

#include <talloc.h>

#include "util/clock.h"

/*
 * How many there are where it is left to us, the handle's own among them
 * (docs/performance.md has what was measured).  A server that answers sooner
 * than NEAR_NS is busy rather than far.
 */
#define CHOSEN_NEAR 4
#define CHOSEN_FAR 16
#define NEAR_NS (3 * SM_MS)
#define FAR_NS (10 * SM_MS)
/* How many beside the handles' own a context makes at once of itself. */
#define CONTEXT_MAX 64
/* Answers to judge it by. */
#define ANSWERS 2
/* Closing on must take so many times as long as making a connection. */
#define PAYS 4
/* A log-on is good for those that follow it within this time. */
#define JUST_NOW (2 * SM_SECOND)
/* What a connection must have to do to be worth making. */
#define UNITS_EACH 4

static void dialled(struct tevent_req *subreq);

static void drop(struct sm_lane *lane)
{
	struct sm_lanes *lanes = lane->lanes;

	if (lane->conn == NULL && lane->connecting == NULL)
		return;
	TALLOC_FREE(lane->connecting);
	TALLOC_FREE(lane->conn);
	lanes->engine->lanes--;
}

static int lanes_destructor(struct sm_lanes *lanes)
{
	lanes->handle->lanes = NULL;
	/* A request before the connection that it is on. */
	for (size_t i = 0; i < lanes->count; i++) {
		TALLOC_FREE(lanes->lane[i]->closing);
		drop(lanes->lane[i]);
	}
	return 0;
}

static struct sm_lane *add_lane(struct sm_lanes *lanes)
{
	struct sm_lane *lane = talloc_zero(lanes, struct sm_lane);

	if (lane == NULL)
		return NULL;
	lane->lanes = lanes;
	lanes->lane[lanes->count++] = lane;
	return lane;
}

struct sm_lanes *sm_lanes_new(TALLOC_CTX *mem, struct sm_engine *engine,
			      struct smbmgmt_handle *handle, int32_t per_server,
			      uint32_t milliseconds,
			      void (*ready)(void *userdata), void *userdata)
{
	struct sm_lanes *lanes = talloc_zero(mem, struct sm_lanes);

	if (lanes == NULL)
		return NULL;
	lanes->engine = engine;
	lanes->handle = handle;
	lanes->step_ns = milliseconds * SM_MS;
	lanes->allowed = (size_t)per_server;
	if (lanes->allowed > SM_LANES_MAX)
		lanes->allowed = SM_LANES_MAX;
	lanes->ready = ready;
	lanes->userdata = userdata;
	if (add_lane(lanes) == NULL) {
		talloc_free(lanes);
		return NULL;
	}
	handle->lanes = lanes;
	talloc_set_destructor(lanes, lanes_destructor);
	return lanes;
}

bool sm_lanes_suit(const struct sm_layout *layout)
{
	/* Where ours is may not be known at all. */
	if (layout->table->own_unknown || layout->table->listing.incomplete)
		return false;
	for (size_t i = 0; i < layout->reach_count; i++) {
		const struct sm_reach *reach = &layout->reaches[i];
		bool closes = false;
		bool own = false;

		for (size_t j = 0; j < reach->count; j++) {
			size_t index = layout->reach_units[reach->first + j];
			const struct sm_unit *unit = &layout->units[index];

			closes = closes || sm_unit_closes(unit);
			own = own || unit->own;
		}
		if (closes && own)
			return false;
	}
	return true;
}

/* How many lanes there should be in all. */
static size_t choose(const struct sm_lanes *lanes, size_t left)
{
	const struct sm_conn *conn = lanes->handle->conn;
	int64_t serial = (int64_t)left * lanes->quickest_ns;
	size_t most = lanes->quickest_ns < FAR_NS ? CHOSEN_NEAR : CHOSEN_FAR;
	size_t worth = 0;

	if (lanes->allowed != 0)
		return left + lanes->busy < lanes->allowed ? left + lanes->busy
							   : lanes->allowed;
	if (lanes->answers < ANSWERS || lanes->quickest_ns < NEAR_NS ||
	    conn == NULL || serial < PAYS * conn->took_ns)
		return 1;
	/* By the time that they are there, the first has closed on. */
	worth = (size_t)((serial - 2 * conn->took_ns) / lanes->quickest_ns /
			 UNITS_EACH);
	return worth + 1 < most ? worth + 1 : most;
}

static bool make_one(struct sm_lanes *lanes)
{
	struct sm_lane *lane = add_lane(lanes);

	if (lane == NULL)
		return false;
	lane->connecting = sm_dial_send(lane, lanes->engine, lanes->handle,
					sm_clock_now() + lanes->step_ns);
	if (lane->connecting == NULL)
		return false;
	lanes->engine->lanes++;
	tevent_req_set_callback(lane->connecting, dialled, lane);
	return true;
}

/*
 * The password may have been changed since the handle's own connection was
 * made, and a server may lock an account after a few wrong ones: unless we were
 * let in just now, the second connection is made alone, and the others only
 * once it is there.
 */
static bool is_proved(const struct sm_lanes *lanes)
{
	const struct sm_conn *conn = lanes->handle->conn;

	return lanes->proved ||
	       (conn != NULL && sm_clock_now() - conn->made_ns < JUST_NOW);
}

void sm_lanes_grow(struct sm_lanes *lanes, size_t left)
{
	const struct sm_conn *conn = lanes->handle->conn;
	size_t want = 0;

	if (lanes->no_more || conn == NULL || conn->alone ||
	    !sm_dial_leads_there(lanes->handle))
		return;
	want = choose(lanes, left);
	if (want > 1 && lanes->count == 1)
		lanes->proved = is_proved(lanes);
	if (!lanes->proved && want > 2)
		want = 2;
	while (!lanes->no_more && lanes->count < want) {
		if (lanes->allowed == 0 && lanes->engine->lanes >= CONTEXT_MAX)
			return;
		lanes->no_more = !make_one(lanes);
	}
}

/* Whatever the reason, a log-on that failed is not tried once more. */
static void give_up(struct sm_lanes *lanes)
{
	lanes->no_more = true;
	for (size_t i = 1; i < lanes->count; i++) {
		if (lanes->lane[i]->connecting != NULL)
			drop(lanes->lane[i]);
	}
}

/* Nor by the next close, while the handle's own connection lasts. */
static void remember(struct sm_lanes *lanes)
{
	if (lanes->handle->conn != NULL)
		lanes->handle->conn->alone = true;
}

/* Did the way to the server fail, rather than the server say no? */
static bool is_transient(int code)
{
	return code == SMBMGMT_E_TIMED_OUT ||
	       code == SMBMGMT_E_CONNECTION_LOST ||
	       code == SMBMGMT_E_CONNECTION_REFUSED ||
	       code == SMBMGMT_E_UNREACHABLE || code == SMBMGMT_E_CHILD_DIED;
}

static void dialled(struct tevent_req *subreq)
{
	struct sm_lane *lane = tevent_req_callback_data(subreq, struct sm_lane);
	struct sm_lanes *lanes = lane->lanes;
	struct sm_fail fail;
	int ret = sm_dial_recv(subreq, lane, &lane->conn, &fail);

	TALLOC_FREE(lane->connecting);
	if (ret == 0) {
		lanes->proved = true;
	} else {
		lanes->engine->lanes--;
		sm_log(lanes->engine->log, SMBMGMT_LOG_WARNING,
		       "No further connection to %s to close over: %s",
		       lanes->handle->server, fail.text);
		if (!is_transient(ret))
			remember(lanes);
		if (!lanes->proved || !is_transient(ret))
			give_up(lanes);
	}
	lanes->ready(lanes->userdata);
}

struct sm_conn *sm_lane_conn(const struct sm_lane *lane)
{
	return lane == lane->lanes->lane[0] ? lane->lanes->handle->conn
					    : lane->conn;
}

struct sm_lane *sm_lanes_idle(struct sm_lanes *lanes)
{
	for (size_t i = 0; i < lanes->count; i++) {
		struct sm_lane *lane = lanes->lane[i];

		if (lane->closing == NULL && sm_lane_conn(lane) != NULL)
			return lane;
	}
	return NULL;
}

void sm_lane_sent(struct sm_lane *lane, struct tevent_req *closing, size_t unit)
{
	lane->closing = closing;
	lane->unit = unit;
	lane->sent_ns = sm_clock_now();
	lane->lanes->busy++;
}

void sm_lane_answered(struct sm_lane *lane)
{
	struct sm_lanes *lanes = lane->lanes;
	int64_t took = sm_clock_now() - lane->sent_ns;

	TALLOC_FREE(lane->closing);
	lanes->busy--;
	if (lanes->answers == 0 || took < lanes->quickest_ns)
		lanes->quickest_ns = took;
	lanes->answers++;
}

bool sm_lanes_broke(struct sm_lanes *lanes)
{
	bool broke = false;

	for (size_t i = 1; i < lanes->count; i++) {
		struct sm_lane *lane = lanes->lane[i];

		if (lane->conn == NULL || !lane->conn->dead ||
		    lane->closing != NULL)
			continue;
		drop(lane);
		broke = true;
	}
	return broke;
}

void sm_lanes_end(struct sm_lanes *lanes)
{
	lanes->no_more = true;
	for (size_t i = 1; i < lanes->count; i++) {
		if (lanes->lane[i]->closing == NULL)
			drop(lanes->lane[i]);
	}
}

void sm_lanes_kill(struct sm_lanes *lanes, const struct sm_fail *why)
{
	give_up(lanes);
	for (size_t i = 1; i < lanes->count; i++) {
		struct sm_conn *conn = lanes->lane[i]->conn;

		if (conn != NULL)
			conn->ops->kill(conn, why);
	}
}
