/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A connection through a child of smbmgmt-helper: requests and answers are
 * frames, a deadline kills the child.
 */
#include "engine/conn.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <talloc.h>

#include "engine/forkserver.h"
#include "engine/req.h"
#include "engine/stream.h"
#include "util/clock.h"
#include "wire/frames/message.h"

struct backend {
	struct sm_conn *conn;
	struct sm_stream *stream; /* NULL: it has ended */
	int pidfd;
	uint32_t last_request;
	struct tevent_req *req; /* in flight, an exchange */
	struct sm_fail removed; /* code 0: its handle was not */
};

/* The number of the first request, which is CONNECT. */
#define CONNECT_REQUEST 1

/* One request and its answer. */
struct exchange_state {
	struct backend *backend;
	struct sm_fail fail;
	uint32_t request;
	enum sm_frame_type want;   /* what ends it well */
	struct sm_table *table;	   /* LIST: where rows go */
	struct sm_listing listing; /* LIST */
	size_t bytes;
	bool rows; /* one came */
};

static void kill_child(struct backend *b)
{
	if (b->pidfd >= 0) {
		syscall(SYS_pidfd_send_signal, b->pidfd, SIGKILL, NULL, 0);
		close(b->pidfd);
	}
	b->pidfd = -1;
	TALLOC_FREE(b->stream);
	sm_conn_die(b->conn);
}

static int backend_destructor(struct backend *b)
{
	kill_child(b);
	return 0;
}

/* No answer will come: the child goes, and whoever waits is told. */
static void break_off(struct backend *b, const struct sm_fail *why)
{
	struct tevent_req *req = b->req;
	struct exchange_state *state = NULL;

	b->req = NULL;
	kill_child(b);
	/* Between two exchanges: the next one is to say so. */
	if (why->code == SMBMGMT_E_REMOVED)
		b->removed = *why;
	if (req == NULL)
		return;
	state = tevent_req_data(req, struct exchange_state);
	state->fail = *why;
	sm_req_fail(req, &state->fail);
}

static void ended(void *userdata, const struct sm_fail *why)
{
	struct backend *b = userdata;
	struct sm_fail died;

	if (why->code == SMBMGMT_E_PROTOCOL || why->code == SMBMGMT_E_NOMEM)
		died = *why;
	else
		sm_fail(&died, SMBMGMT_E_CHILD_DIED,
			"The process of this connection was killed or "
			"crashed; the connection is made again when it is "
			"next used.");
	break_off(b, &died);
}

static int exchange_destructor(struct exchange_state *state)
{
	/* Given up by its owner: the answer has no place to go any more. */
	if (state->backend != NULL && state->backend->req != NULL &&
	    tevent_req_data(state->backend->req, struct exchange_state) ==
		    state) {
		state->backend->req = NULL;
		kill_child(state->backend);
	}
	return 0;
}

static void too_late(void *userdata)
{
	struct exchange_state *state = userdata;
	struct sm_fail why;

	sm_fail(&why, SMBMGMT_E_TIMED_OUT,
		state->request == CONNECT_REQUEST
			? "The server did not let us in before the deadline: "
			  "the connection or the log-on hangs. Try again, or "
			  "allow more time."
			: "The server did not answer before the deadline; try "
			  "again, or allow more time.");
	break_off(state->backend, &why);
}

static int take_record(struct exchange_state *state,
		       const struct sm_record *record)
{
	struct sm_table *table = state->table;

	if (record->kind == SM_RECORD_ROW) {
		state->rows = true;
		return sm_table_add(table, &record->row, &state->fail);
	}
	if (!state->rows)
		return sm_fail(&state->fail, SMBMGMT_E_PROTOCOL,
			       "The connection's process sends lists of no "
			       "session.");
	if (record->kind == SM_RECORD_SHARE)
		return sm_table_add_share(table, record->share, &state->fail);
	return sm_table_add_file(table, &record->file, &state->fail);
}

static int take_rows(struct exchange_state *state, uint8_t *payload, size_t len)
{
	size_t pos = 0;
	int ret = 0;

	state->bytes += len;
	if (state->bytes > SM_FRAME_ANSWER)
		return sm_fail(&state->fail, SMBMGMT_E_TOO_LARGE,
			       "The server lists more than %u MB of sessions; "
			       "that is over the library's bound.",
			       SM_FRAME_ANSWER >> 20);
	while (ret == 0 && pos < len) {
		struct sm_record record;

		ret = sm_msg_get_record(payload, len, &pos, &record,
					&state->fail);
		if (ret == 0)
			ret = take_record(state, &record);
	}
	return ret;
}

static void finish(struct backend *b)
{
	struct tevent_req *req = b->req;

	b->req = NULL;
	tevent_req_done(req);
}

/*
 * The child found the server silent before we did.  That is the end of the
 * connection as well, or a server that hangs in each close would be waited for
 * as often as there are sessions.
 */
static bool gave_up(const struct sm_fail *fail)
{
	return fail->code == SMBMGMT_E_TIMED_OUT &&
	       fail->kind == SMBMGMT_NATIVE_NONE;
}

/*
 * The child found it broken, and could not make another one.  It would try the
 * same address for ever; a new child is told where to go.
 */
static bool lost_its_way(const struct sm_fail *fail)
{
	return fail->code == SMBMGMT_E_CONNECTION_REFUSED ||
	       fail->code == SMBMGMT_E_UNREACHABLE ||
	       fail->code == SMBMGMT_E_HOST_UNKNOWN;
}

/* The server's (or the child's) own no: the connection may go on. */
static void failed(struct backend *b, struct exchange_state *state,
		   uint8_t *payload, size_t len)
{
	struct tevent_req *req = b->req;
	struct sm_fail bad;

	if (sm_msg_get_fail(payload, len, &state->fail, &bad) != 0) {
		break_off(b, &bad);
		return;
	}
	b->req = NULL;
	if (state->fail.code == SMBMGMT_E_CONNECTION_LOST ||
	    state->fail.code == SMBMGMT_E_PROTOCOL ||
	    state->fail.code == SMBMGMT_E_TOO_LARGE ||
	    state->fail.code == SMBMGMT_E_NOMEM || gave_up(&state->fail) ||
	    lost_its_way(&state->fail))
		kill_child(b);
	sm_req_fail(req, &state->fail);
}

static void got_frame(void *userdata, const struct sm_frame *frame,
		      uint8_t *payload, int fd)
{
	struct backend *b = userdata;
	struct exchange_state *state = NULL;
	struct sm_fail why;
	int ret = 0;

	if (fd >= 0)
		close(fd);
	if (b->req != NULL)
		state = tevent_req_data(b->req, struct exchange_state);
	if (state == NULL || frame->request != state->request) {
		sm_fail(&why, SMBMGMT_E_PROTOCOL,
			"The connection's process answered what was not "
			"asked.");
		break_off(b, &why);
		return;
	}
	if (frame->type == SM_FRAME_FAIL) {
		failed(b, state, payload, frame->length);
		return;
	}
	if (frame->type == SM_FRAME_ROWS && state->table != NULL) {
		ret = take_rows(state, payload, frame->length);
		if (ret != 0) {
			why = state->fail;
			break_off(b, &why);
		}
		return;
	}
	if (frame->type != state->want)
		ret = sm_fail(&why, SMBMGMT_E_PROTOCOL,
			      "The connection's process sent an unexpected "
			      "message of type %u.",
			      frame->type);
	else if (frame->type == SM_FRAME_LISTED)
		ret = sm_msg_get_listing(payload, frame->length,
					 &state->listing, &why);
	if (ret != 0)
		break_off(b, &why);
	else
		finish(b);
}

/* Takes @out over, in which the frame of @request stands. */
static struct tevent_req *exchange_send(TALLOC_CTX *mem, struct backend *b,
					struct sm_out *out, uint32_t request,
					enum sm_frame_type want,
					struct sm_table *table,
					int64_t deadline)
{
	struct exchange_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct exchange_state);
	struct sm_engine *engine = b->conn->engine;

	if (req == NULL) {
		sm_out_wipe(out);
		return NULL;
	}
	state->backend = b;
	state->request = request;
	state->want = want;
	state->table = table;
	if (b->stream == NULL) {
		sm_out_wipe(out);
		if (b->removed.code != 0)
			state->fail = b->removed;
		else
			sm_fail(&state->fail, SMBMGMT_E_CONNECTION_LOST,
				"The connection has ended.");
		sm_req_fail(req, &state->fail);
		return tevent_req_post(req, engine->ev);
	}
	if (sm_timer_add(state, engine, deadline, too_late, state) == NULL ||
	    !sm_stream_send(b->stream, out, -1)) {
		sm_out_wipe(out);
		sm_fail_nomem(&state->fail);
		sm_req_fail(req, &state->fail);
		return tevent_req_post(req, engine->ev);
	}
	b->req = req;
	talloc_set_destructor(state, exchange_destructor);
	return req;
}

static int exchange_recv(struct tevent_req *req, struct sm_listing *listing,
			 struct sm_fail *fail)
{
	struct exchange_state *state =
		tevent_req_data(req, struct exchange_state);

	if (listing != NULL)
		*listing = state->listing;
	return sm_req_recv(req, &state->fail, fail);
}

/* Milliseconds, at least one: 0 is for unknown. */
static uint32_t left(int64_t deadline)
{
	int64_t ms = (deadline - sm_clock_now()) / SM_MS;

	return ms < 1 ? 1 : ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

static struct tevent_req *list_send(TALLOC_CTX *mem, struct sm_conn *conn,
				    const struct sm_query *query,
				    struct sm_table *table, int64_t deadline)
{
	struct backend *b = conn->backend;
	struct sm_out out = {0};
	uint32_t request = ++b->last_request;
	struct sm_query timed = *query;
	size_t begin = sm_frame_begin(&out, SM_FRAME_LIST, request);

	timed.deadline = left(deadline);
	sm_msg_put_query(&out, &timed);
	if (!sm_frame_end(&out, begin))
		out.failed = true;
	return exchange_send(mem, b, &out, request, SM_FRAME_LISTED, table,
			     deadline);
}

static struct tevent_req *close_send(TALLOC_CTX *mem, struct sm_conn *conn,
				     const struct sm_close *close,
				     int64_t deadline)
{
	struct backend *b = conn->backend;
	struct sm_out out = {0};
	uint32_t request = ++b->last_request;
	struct sm_close timed = *close;
	size_t begin = sm_frame_begin(&out, SM_FRAME_CLOSE, request);

	timed.deadline = left(deadline);
	sm_msg_put_close(&out, &timed);
	if (!sm_frame_end(&out, begin))
		out.failed = true;
	return exchange_send(mem, b, &out, request, SM_FRAME_DONE, NULL,
			     deadline);
}

static int close_recv(struct tevent_req *req, struct sm_fail *fail)
{
	return exchange_recv(req, NULL, fail);
}

static void kill_conn(struct sm_conn *conn, const struct sm_fail *why)
{
	break_off(conn->backend, why);
}

static const struct sm_conn_ops ops = {
	.list_send = list_send,
	.list_recv = exchange_recv,
	.close_send = close_send,
	.close_recv = close_recv,
	.kill = kill_conn,
};

struct open_state {
	struct sm_engine *engine;
	struct sm_fail fail;
	struct sm_out target; /* the CONNECT frame: it holds the password */
	int64_t deadline;
	struct sm_conn *conn;
};

static void open_spawned(struct tevent_req *subreq);
static void open_connected(struct tevent_req *subreq);

static int open_destructor(struct open_state *state)
{
	sm_out_wipe(&state->target);
	return 0;
}

struct tevent_req *sm_conn_helper_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       const char *module,
				       const struct sm_target *target,
				       int64_t deadline)
{
	struct open_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct open_state);
	struct tevent_req *subreq = NULL;
	size_t begin = 0;

	if (req == NULL)
		return NULL;
	state->engine = engine;
	state->deadline = deadline;
	talloc_set_destructor(state, open_destructor);
	begin = sm_frame_begin(&state->target, SM_FRAME_CONNECT,
			       CONNECT_REQUEST);
	sm_msg_put_target(&state->target, target);
	if (!sm_frame_end(&state->target, begin)) {
		if (state->target.failed)
			sm_fail_nomem(&state->fail);
		else
			sm_fail(&state->fail, SMBMGMT_E_INVALID,
				"Host, user, password and configuration are "
				"too long together.");
		sm_req_fail(req, &state->fail);
		return tevent_req_post(req, engine->ev);
	}
	subreq = sm_spawn_send(state, engine, module, deadline);
	if (tevent_req_nomem(subreq, req))
		return tevent_req_post(req, engine->ev);
	tevent_req_set_callback(subreq, open_spawned, req);
	return req;
}

static struct sm_conn *make_conn(struct open_state *state, int sock, int pidfd)
{
	struct sm_conn *conn = talloc_zero(state, struct sm_conn);
	struct backend *b =
		conn == NULL ? NULL : talloc_zero(conn, struct backend);
	struct sm_stream_events events = {
		.frame = got_frame, .end = ended, .userdata = b};

	if (b == NULL) {
		close(sock);
		close(pidfd);
		return NULL;
	}
	b->conn = conn;
	b->pidfd = pidfd;
	b->last_request = CONNECT_REQUEST;
	conn->ops = &ops;
	conn->engine = state->engine;
	conn->backend = b;
	talloc_set_destructor(b, backend_destructor);
	b->stream = sm_stream_new(b, state->engine->ev, sock, &events);
	return b->stream == NULL ? NULL : conn;
}

static void open_spawned(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct open_state *state = tevent_req_data(req, struct open_state);
	int sock = -1;
	int pidfd = -1;
	int ret = sm_spawn_recv(subreq, &sock, &pidfd, &state->fail);

	TALLOC_FREE(subreq);
	if (ret != 0) {
		sm_req_fail(req, &state->fail);
		return;
	}
	state->conn = make_conn(state, sock, pidfd);
	if (tevent_req_nomem(state->conn, req))
		return;
	subreq = exchange_send(state, state->conn->backend, &state->target,
			       CONNECT_REQUEST, SM_FRAME_DONE, NULL,
			       state->deadline);
	if (tevent_req_nomem(subreq, req))
		return;
	tevent_req_set_callback(subreq, open_connected, req);
}

static void open_connected(struct tevent_req *subreq)
{
	struct tevent_req *req =
		tevent_req_callback_data(subreq, struct tevent_req);
	struct open_state *state = tevent_req_data(req, struct open_state);
	int ret = exchange_recv(subreq, NULL, &state->fail);

	TALLOC_FREE(subreq);
	if (ret == 0) {
		tevent_req_done(req);
		return;
	}
	sm_req_fail(req, &state->fail);
}

int sm_conn_helper_recv(struct tevent_req *req, TALLOC_CTX *mem,
			struct sm_conn **conn, struct sm_fail *fail)
{
	struct open_state *state = tevent_req_data(req, struct open_state);
	enum tevent_req_state how = TEVENT_REQ_INIT;
	uint64_t error = 0;

	if (!tevent_req_is_error(req, &how, &error))
		*conn = talloc_move(mem, &state->conn);
	return sm_req_recv(req, &state->fail, fail);
}
