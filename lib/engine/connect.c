/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The connection of a handle. */
#include <talloc.h>

#include "engine/handle.h"
#include "engine/req.h"
#include "util/clock.h"

static int check_removed(const struct smbmgmt_handle *handle,
			 struct sm_fail *fail)
{
	if (atomic_load(&handle->state) != SMBMGMT_STATE_REMOVED)
		return 0;
	return sm_fail(fail, SMBMGMT_E_REMOVED,
		       "The handle %u was removed; open a new one.",
		       handle->id);
}

/* Never from REMOVED to anything else. */
static void set_state(struct smbmgmt_handle *handle, int state)
{
	int old = atomic_load(&handle->state);

	while (old != SMBMGMT_STATE_REMOVED &&
	       !atomic_compare_exchange_weak(&handle->state, &old, state))
		;
}

/* The connection has ended by itself, or was ended. */
static void lost(void *userdata)
{
	struct smbmgmt_handle *handle = userdata;

	TALLOC_FREE(handle->conn->idle);
	set_state(handle, SMBMGMT_STATE_DISCONNECTED);
}

struct connect_state {
	struct smbmgmt_handle *handle;
	struct tevent_req *subreq;
	struct sm_engine *engine;
	struct sm_fail fail;
};

static void connected(struct tevent_req *subreq);

static int connect_destructor(struct connect_state *state)
{
	struct tevent_req *req = state->handle->connecting;

	if (req != NULL && tevent_req_data(req, struct connect_state) == state)
		state->handle->connecting = NULL;
	return 0;
}

struct tevent_req *sm_handle_connect_send(TALLOC_CTX *mem,
					  struct sm_engine *engine,
					  struct smbmgmt_handle *handle,
					  uint32_t milliseconds)
{
	struct connect_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct connect_state);
	struct tevent_req *subreq = NULL;

	if (req == NULL)
		return NULL;
	state->handle = handle;
	state->engine = engine;
	if (check_removed(handle, &state->fail) != 0) {
		sm_req_fail(req, &state->fail);
		return tevent_req_post(req, engine->ev);
	}
	if (handle->conn != NULL && !handle->conn->dead) {
		tevent_req_done(req);
		return tevent_req_post(req, engine->ev);
	}
	TALLOC_FREE(handle->conn);
	set_state(handle, SMBMGMT_STATE_DISCONNECTED);
	subreq = sm_dial_send(state, engine, handle,
			      sm_handle_deadline(handle, milliseconds));
	if (tevent_req_nomem(subreq, req))
		return tevent_req_post(req, engine->ev);
	tevent_req_set_callback(subreq, connected, req);
	state->subreq = subreq;
	handle->connecting = req;
	talloc_set_destructor(state, connect_destructor);
	return req;
}

void sm_handle_connect_cancel(struct smbmgmt_handle *handle,
			      const struct sm_fail *why)
{
	struct tevent_req *req = handle->connecting;
	struct connect_state *state =
		tevent_req_data(req, struct connect_state);

	handle->connecting = NULL;
	/* Its child goes with it. */
	TALLOC_FREE(state->subreq);
	state->fail = *why;
	sm_req_fail(req, &state->fail);
}

static void connected(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct connect_state *state =
		tevent_req_data(req, struct connect_state);
	struct smbmgmt_handle *handle = state->handle;
	struct sm_conn *conn = NULL;
	int ret = 0;

	handle->connecting = NULL;
	state->subreq = NULL;
	ret = sm_dial_recv(subreq, state->engine->ev, &conn, &state->fail);
	TALLOC_FREE(subreq);
	/* Whatever failed: the address may be another machine's by now. */
	handle->missed = ret != 0;
	if (ret == 0)
		ret = check_removed(handle, &state->fail);
	if (ret != 0) {
		talloc_free(conn);
		sm_req_fail(req, &state->fail);
		return;
	}
	handle->conn = conn;
	conn->died = lost;
	conn->owner = handle;
	handle->fresh = true;
	set_state(handle, SMBMGMT_STATE_CONNECTED);
	tevent_req_done(req);
}

int sm_handle_connect_recv(struct tevent_req *req, struct sm_fail *fail)
{
	struct connect_state *state =
		tevent_req_data(req, struct connect_state);

	return sm_req_recv(req, &state->fail, fail);
}
