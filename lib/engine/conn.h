/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A connection to a server, as the engine sees it: asynchronous, with a
 * deadline on every step, whatever is behind it (a child of the helper, or a
 * table in this process).  One request at a time.  A request that fails with
 * anything but an answer of the server leaves the connection dead.
 */
#ifndef SM_ENGINE_CONN_H
#define SM_ENGINE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/listing.h"
#include "core/request.h"
#include "core/table.h"
#include "engine/engine.h"

struct sm_conn;
struct sm_idle;

struct sm_conn_ops {
	struct tevent_req *(*list_send)(TALLOC_CTX *mem, struct sm_conn *conn,
					const struct sm_query *query,
					struct sm_table *table,
					int64_t deadline);
	int (*list_recv)(struct tevent_req *req, struct sm_listing *listing,
			 struct sm_fail *fail);
	struct tevent_req *(*close_send)(TALLOC_CTX *mem, struct sm_conn *conn,
					 const struct sm_close *close,
					 int64_t deadline);
	int (*close_recv)(struct tevent_req *req, struct sm_fail *fail);
	/*
	 * End it now; the request in flight fails with @why.  The connection
	 * is freed by its owner afterwards.
	 */
	void (*kill)(struct sm_conn *conn, const struct sm_fail *why);
};

struct sm_conn {
	const struct sm_conn_ops *ops;
	struct sm_engine *engine;
	int64_t made_ns;	   /* when it was, */
	int64_t took_ns;	   /* and how long that took */
	bool alone;		   /* no other is made beside it */
	bool dead;		   /* for good: sm_conn_die() */
	void (*died)(void *owner); /* told once; may be NULL */
	void *owner;
	struct sm_idle *idle; /* the owner's; NULL: it is in use */
	void *backend;
};

/* It is of no more use, and its owner is told. */
static inline void sm_conn_die(struct sm_conn *conn)
{
	if (conn->dead)
		return;
	conn->dead = true;
	if (conn->died != NULL)
		conn->died(conn->owner);
}

/* Through a child of the helper.  @target is copied into a frame at once. */
struct tevent_req *sm_conn_helper_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       const char *module,
				       const struct sm_target *target,
				       int64_t deadline);
int sm_conn_helper_recv(struct tevent_req *req, TALLOC_CTX *mem,
			struct sm_conn **conn, struct sm_fail *fail);

/* To a table in this process. */
struct tevent_req *sm_conn_memory_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       smbmgmt_memory *memory,
				       int64_t deadline);
int sm_conn_memory_recv(struct tevent_req *req, TALLOC_CTX *mem,
			struct sm_conn **conn, struct sm_fail *fail);

#endif /* SM_ENGINE_CONN_H */
