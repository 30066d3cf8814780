/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Connections that nobody has a turn on: dropped after a time, and the one
 * that was used least recently as soon as there are too many of them.
 */
#include <sys/resource.h>

#include <talloc.h>

#include "engine/context.h"
#include "util/clock.h"

struct sm_idle {
	struct sm_idle *next; /* used more recently */
	struct sm_idle **at;
	struct smbmgmt_handle *handle;
	struct sm_conn *conn; /* it hangs off this one */
};

/*
 * A child has about half a megabyte of its own, and takes two descriptors of
 * the host: a quarter of what it may open is enough.
 */
#define LIMIT_MOST 256
#define LIMIT_PART 8

uint32_t sm_idle_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur / LIMIT_PART > LIMIT_MOST)
		return LIMIT_MOST;
	return (uint32_t)(files.rlim_cur / LIMIT_PART);
}

static int idle_destructor(struct sm_idle *idle)
{
	smbmgmt_context *context = idle->handle->context;

	if (idle->next != NULL)
		idle->next->at = idle->at;
	else
		context->idle_last = idle->at;
	*idle->at = idle->next;
	context->idle_count--;
	idle->conn->idle = NULL;
	return 0;
}

/* It is made again when it is needed. */
static void drop(struct smbmgmt_handle *handle, const char *why)
{
	int connected = SMBMGMT_STATE_CONNECTED;

	/* Never from REMOVED to anything else. */
	atomic_compare_exchange_strong(&handle->state, &connected,
				       SMBMGMT_STATE_DISCONNECTED);
	/* Its id may not be given yet, while it is being opened. */
	sm_log(handle->conn->engine->log, SMBMGMT_LOG_DEBUG,
	       "The idle connection to %s is dropped%s.", handle->server, why);
	TALLOC_FREE(handle->conn);
}

static void too_idle(void *userdata)
{
	drop(userdata, "");
}

void sm_handle_rest(struct smbmgmt_handle *handle)
{
	smbmgmt_context *context = handle->context;
	struct sm_conn *conn = handle->conn;
	int64_t ms = atomic_load(&context->idle_timeout);
	struct sm_idle *idle = NULL;

	if (conn == NULL || conn->dead)
		return;
	TALLOC_FREE(conn->idle);
	idle = talloc_zero(conn, struct sm_idle);
	/* Without memory for it, it stays until the next turn has ended. */
	if (idle == NULL)
		return;
	idle->handle = handle;
	idle->conn = conn;
	if (context->idle_last == NULL)
		context->idle_last = &context->idle_first;
	idle->at = context->idle_last;
	*idle->at = idle;
	context->idle_last = &idle->next;
	context->idle_count++;
	talloc_set_destructor(idle, idle_destructor);
	conn->idle = idle;
	if (ms != 0)
		sm_timer_add(idle, conn->engine, sm_clock_now() + ms * SM_MS,
			     too_idle, handle);
	while (context->idle_count > atomic_load(&context->idle_limit))
		drop(context->idle_first->handle, ": there are too many");
}
