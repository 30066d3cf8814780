/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/handle.h"

#include <stdlib.h>

#include <talloc.h>

#include "engine/context.h"
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
	free(handle->smb_conf);
	free(handle->address);
	free(handle->krb5_conf);
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

/* Nobody has used it for long enough: it is made again when it is needed. */
static void too_idle(void *userdata)
{
	struct smbmgmt_handle *handle = userdata;
	int connected = SMBMGMT_STATE_CONNECTED;

	/* Never from REMOVED to anything else. */
	atomic_compare_exchange_strong(&handle->state, &connected,
				       SMBMGMT_STATE_DISCONNECTED);
	/* Its id may not be given yet, while it is being opened. */
	sm_log(handle->conn->engine->log, SMBMGMT_LOG_DEBUG,
	       "The idle connection to %s is dropped.", handle->server);
	TALLOC_FREE(handle->conn);
}

static void rest(struct smbmgmt_handle *handle)
{
	struct sm_conn *conn = handle->conn;
	int64_t ms = atomic_load(&handle->context->idle_timeout);

	if (conn == NULL || conn->dead || ms == 0)
		return;
	TALLOC_FREE(conn->idle);
	/* Without memory for it, it stays until the next turn has ended. */
	conn->idle =
		sm_timer_add(conn, conn->engine, sm_clock_now() + ms * SM_MS,
			     too_idle, handle);
}

static void begin(struct sm_turn *turn)
{
	void (*ready)(void *, int) = turn->ready;
	struct smbmgmt_handle *handle = turn->handle;

	turn->ready = NULL;
	handle->fresh = false;
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
		rest(handle);
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
	if (handle->connecting != NULL)
		sm_handle_connect_cancel(handle, &why);
	else if (handle->conn != NULL)
		handle->conn->ops->kill(handle->conn, &why);
	/* During a turn its owner still looks at it, and it is dead. */
	if (handle->turns == NULL)
		TALLOC_FREE(handle->conn);
}
