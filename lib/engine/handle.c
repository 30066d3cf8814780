/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/handle.h"

#include <stdlib.h>

#include <talloc.h>

#include "engine/context.h"
#include "engine/lanes.h"
#include "transport/memory/memory.h"
#include "util/clock.h"

struct sm_turn {
	struct sm_turn *next;
	struct smbmgmt_handle *handle; /* NULL: it is over */
	void (*ready)(void *userdata, int ret);
	void *userdata;
};

void sm_handle_free(struct smbmgmt_handle *handle)
{
	free(handle->name);
	free(handle->computer);
	free(handle->server);
	free(handle->host);
	sm_way_clear(&handle->way);
	sm_credentials_unref(handle->credentials);
	sm_memory_unref(handle->memory);
	free(handle);
}

void sm_handle_origin(const struct smbmgmt_handle *handle,
		      struct sm_origin *origin)
{
	origin->handle_id = handle->id;
	origin->instance_id = handle->instance_id;
	origin->computer = handle->computer;
	origin->server = handle->server;
	origin->transport = handle->transport;
}

int64_t sm_handle_deadline(const struct smbmgmt_handle *handle,
			   uint32_t milliseconds)
{
	if (milliseconds == 0)
		milliseconds = handle->deadline;
	return sm_clock_now() + (int64_t)milliseconds * SM_MS;
}

static void begin(struct sm_turn *turn)
{
	void (*ready)(void *, int) = turn->ready;
	struct smbmgmt_handle *handle = turn->handle;

	turn->ready = NULL;
	handle->fresh = false;
	/* Never within one: its listings are to be of one machine. */
	if (handle->missed)
		handle->peer[0] = '\0';
	handle->missed = false;
	if (handle->conn != NULL)
		TALLOC_FREE(handle->conn->idle);
	ready(turn->userdata, 0);
}

static int turn_destructor(struct sm_turn *turn)
{
	struct smbmgmt_handle *handle = turn->handle;
	struct sm_turn **at = NULL;
	bool first = false;

	if (handle == NULL)
		return 0;
	at = &handle->turns;
	first = *at == turn;
	while (*at != NULL && *at != turn)
		at = &(*at)->next;
	if (*at == turn)
		*at = turn->next;
	if (first && turn->next != NULL)
		begin(turn->next);
	if (handle->turns != NULL)
		return 0;
	if (atomic_load(&handle->state) == SMBMGMT_STATE_REMOVED)
		TALLOC_FREE(handle->conn);
	else
		sm_handle_rest(handle);
	return 0;
}

struct sm_turn *sm_turn_wait(TALLOC_CTX *mem, struct smbmgmt_handle *handle,
			     void (*ready)(void *userdata, int ret),
			     void *userdata)
{
	struct sm_turn *turn = talloc_zero(mem, struct sm_turn);
	struct sm_turn **at = &handle->turns;

	if (turn == NULL)
		return NULL;
	turn->ready = ready;
	turn->userdata = userdata;
	if (atomic_load(&handle->state) == SMBMGMT_STATE_REMOVED) {
		ready(userdata, SMBMGMT_E_REMOVED);
		return turn;
	}
	turn->handle = handle;
	talloc_set_destructor(turn, turn_destructor);
	while (*at != NULL)
		at = &(*at)->next;
	*at = turn;
	if (handle->turns == turn)
		begin(turn);
	return turn;
}

struct sm_nap {
	struct sm_nap *next;
	struct sm_nap **at;
	struct sm_timer *timer;
	void (*fn)(void *userdata);
	void *userdata;
};

static int nap_destructor(struct sm_nap *nap)
{
	if (nap->next != NULL)
		nap->next->at = nap->at;
	*nap->at = nap->next;
	return 0;
}

static void nap_over(void *userdata)
{
	struct sm_nap *nap = userdata;
	void (*fn)(void *) = nap->fn;

	userdata = nap->userdata;
	talloc_free(nap);
	fn(userdata);
}

struct sm_nap *sm_nap_start(TALLOC_CTX *mem, struct sm_engine *engine,
			    struct smbmgmt_handle *handle, int64_t when,
			    void (*fn)(void *userdata), void *userdata)
{
	struct sm_nap *nap = talloc_zero(mem, struct sm_nap);

	if (nap == NULL)
		return NULL;
	nap->fn = fn;
	nap->userdata = userdata;
	nap->timer = sm_timer_add(nap, engine, when, nap_over, nap);
	if (nap->timer == NULL) {
		talloc_free(nap);
		return NULL;
	}
	nap->next = handle->naps;
	nap->at = &handle->naps;
	if (nap->next != NULL)
		nap->next->at = &nap->next;
	handle->naps = nap;
	talloc_set_destructor(nap, nap_destructor);
	return nap;
}

static int removed(const struct smbmgmt_handle *handle, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_REMOVED,
		       "The handle %u was removed; open a new one.",
		       handle->id);
}

void sm_handle_shutdown(struct smbmgmt_handle *handle)
{
	struct sm_turn *waiting = handle->turns;
	struct sm_fail why;

	removed(handle, &why);
	if (handle->lanes != NULL)
		sm_lanes_kill(handle->lanes, &why);
	/* Whoever has the turn meets it at the next step, the others now. */
	if (waiting != NULL) {
		struct sm_turn *next = waiting->next;

		waiting->next = NULL;
		while (next != NULL) {
			struct sm_turn *turn = next;

			next = turn->next;
			turn->handle = NULL;
			turn->ready(turn->userdata, SMBMGMT_E_REMOVED);
		}
	}
	for (struct sm_nap *nap = handle->naps; nap != NULL; nap = nap->next)
		sm_timer_hurry(nap->timer);
	if (handle->connecting != NULL)
		sm_handle_connect_cancel(handle, &why);
	else if (handle->conn != NULL)
		handle->conn->ops->kill(handle->conn, &why);
	/* During a turn its owner still looks at it, and it is dead. */
	if (handle->turns == NULL)
		TALLOC_FREE(handle->conn);
}
