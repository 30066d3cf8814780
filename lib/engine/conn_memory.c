/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A connection to a memory table: the same requests, answered in the process
 * after the delay that was scripted.
 */
#include "engine/conn.h"

#include <talloc.h>

#include <smbmgmt/memory.h>

#include "engine/req.h"
#include "transport/memory/memory.h"
#include "util/clock.h"

struct backend {
	smbmgmt_memory *memory;
	struct sm_transport_conn *conn;
	struct tevent_req *req; /* in flight */
};

struct call_state {
	struct sm_engine *engine;
	struct sm_conn *conn; /* NULL while connecting: made here */
	struct sm_fail fail;
	int32_t op;
	smbmgmt_memory *memory;
	struct sm_query query;
	struct sm_table *table;
	struct sm_listing listing;
	struct sm_close close;
	bool late;
};

static int backend_destructor(struct backend *b)
{
	if (b->conn != NULL)
		sm_memory.disconnect(b->conn);
	sm_memory_unref(b->memory);
	return 0;
}

static void leave(struct call_state *state)
{
	struct backend *b = state->conn == NULL ? NULL : state->conn->backend;

	if (b != NULL)
		b->req = NULL;
}

static int call_destructor(struct call_state *state)
{
	struct backend *b = state->conn == NULL || state->memory == NULL ||
					    state->op == SMBMGMT_OP_CONNECT
				    ? NULL
				    : state->conn->backend;

	/* Given up by its owner: as a child's, the connection ends. */
	if (b != NULL && b->req != NULL &&
	    tevent_req_data(b->req, struct call_state) == state) {
		b->req = NULL;
		sm_conn_die(state->conn);
	}
	if (state->op == SMBMGMT_OP_CONNECT && state->memory != NULL)
		sm_memory_unref(state->memory);
	return 0;
}

static int add_row(void *userdata, const struct sm_row *row,
		   struct sm_fail *fail)
{
	return sm_table_add(userdata, row, fail);
}

static int add_share(void *userdata, const char *share, struct sm_fail *fail)
{
	return sm_table_add_share(userdata, share, fail);
}

static int add_file(void *userdata, const struct sm_file *file,
		    struct sm_fail *fail)
{
	return sm_table_add_file(userdata, file, fail);
}

static const struct sm_conn_ops ops;

static int do_connect(struct call_state *state)
{
	struct sm_conn *conn = talloc_zero(state, struct sm_conn);
	struct backend *b =
		conn == NULL ? NULL : talloc_zero(conn, struct backend);

	if (b == NULL)
		return sm_fail_nomem(&state->fail);
	b->memory = sm_memory_ref(state->memory);
	talloc_set_destructor(b, backend_destructor);
	conn->ops = &ops;
	conn->engine = state->engine;
	conn->backend = b;
	state->conn = conn;
	return sm_memory_connect(b->memory, &b->conn, &state->fail);
}

static int do_call(struct call_state *state)
{
	struct sm_sink sink = {
		.row = add_row,
		.userdata = state->table,
		.share = add_share,
		.file = add_file,
	};
	struct backend *b = NULL;

	if (state->op == SMBMGMT_OP_CONNECT)
		return do_connect(state);
	b = state->conn->backend;
	if (state->op == SMBMGMT_OP_LIST)
		return sm_memory.enumerate(b->conn, &state->query, &sink,
					   &state->listing, &state->fail);
	return sm_memory.close_unit(b->conn, &state->close, &state->fail);
}

static void run(void *userdata)
{
	struct tevent_req *req = userdata;
	struct call_state *state = tevent_req_data(req, struct call_state);
	int ret = 0;

	leave(state);
	if (state->late)
		ret = sm_fail(&state->fail, SMBMGMT_E_TIMED_OUT,
			      "The server did not answer before the deadline; "
			      "try again, or allow more time.");
	else
		ret = do_call(state);
	if (state->conn != NULL &&
	    (ret == SMBMGMT_E_CONNECTION_LOST || ret == SMBMGMT_E_TIMED_OUT))
		sm_conn_die(state->conn);
	if (ret != 0)
		sm_req_fail(req, &state->fail);
	else
		tevent_req_done(req);
}

static struct tevent_req *call_send(TALLOC_CTX *mem, struct sm_engine *engine,
				    struct sm_conn *conn,
				    smbmgmt_memory *memory,
				    const struct call_state *what,
				    int64_t deadline)
{
	struct call_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct call_state);
	int64_t when = 0;

	if (req == NULL)
		return NULL;
	*state = *what;
	state->engine = engine;
	state->conn = conn;
	state->memory = memory;
	if (state->op == SMBMGMT_OP_CONNECT)
		sm_memory_ref(memory);
	talloc_set_destructor(state, call_destructor);
	when = sm_clock_now() + sm_memory_delay(memory, state->op);
	state->late = when > deadline;
	if (conn != NULL)
		((struct backend *)conn->backend)->req = req;
	if (tevent_req_nomem(sm_timer_add(state, engine,
					  state->late ? deadline : when, run,
					  req),
			     req))
		return tevent_req_post(req, engine->ev);
	return req;
}

struct tevent_req *sm_conn_memory_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       smbmgmt_memory *memory, int64_t deadline)
{
	struct call_state what = {.op = SMBMGMT_OP_CONNECT};

	return call_send(mem, engine, NULL, memory, &what, deadline);
}

int sm_conn_memory_recv(struct tevent_req *req, TALLOC_CTX *mem,
			struct sm_conn **conn, struct sm_fail *fail)
{
	struct call_state *state = tevent_req_data(req, struct call_state);
	enum tevent_req_state how = TEVENT_REQ_INIT;
	uint64_t error = 0;

	if (!tevent_req_is_error(req, &how, &error))
		*conn = talloc_move(mem, &state->conn);
	return sm_req_recv(req, &state->fail, fail);
}

static struct tevent_req *list_send(TALLOC_CTX *mem, struct sm_conn *conn,
				    const struct sm_query *query,
				    struct sm_table *table, int64_t deadline)
{
	struct call_state what = {
		.op = SMBMGMT_OP_LIST, .query = *query, .table = table};
	struct backend *b = conn->backend;

	return call_send(mem, conn->engine, conn, b->memory, &what, deadline);
}

static int list_recv(struct tevent_req *req, struct sm_listing *listing,
		     struct sm_fail *fail)
{
	struct call_state *state = tevent_req_data(req, struct call_state);

	*listing = state->listing;
	return sm_req_recv(req, &state->fail, fail);
}

/* The texts of @close live in the table that the caller holds. */
static struct tevent_req *close_send(TALLOC_CTX *mem, struct sm_conn *conn,
				     const struct sm_close *close,
				     int64_t deadline)
{
	struct call_state what = {.op = SMBMGMT_OP_CLOSE, .close = *close};
	struct backend *b = conn->backend;

	return call_send(mem, conn->engine, conn, b->memory, &what, deadline);
}

static int close_recv(struct tevent_req *req, struct sm_fail *fail)
{
	struct call_state *state = tevent_req_data(req, struct call_state);

	return sm_req_recv(req, &state->fail, fail);
}

static void kill_conn(struct sm_conn *conn, const struct sm_fail *why)
{
	struct backend *b = conn->backend;
	struct tevent_req *req = b->req;
	struct call_state *state = NULL;

	b->req = NULL;
	sm_conn_die(conn);
	if (req == NULL)
		return;
	state = tevent_req_data(req, struct call_state);
	state->fail = *why;
	sm_req_fail(req, &state->fail);
}

static const struct sm_conn_ops ops = {
	.list_send = list_send,
	.list_recv = list_recv,
	.close_send = close_send,
	.close_recv = close_recv,
	.kill = kill_conn,
};
