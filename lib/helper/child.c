/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper/child.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "helper/io.h"
#include "helper/wallclock.h"
#include "transport/srvsvc/srvsvc.h"
#include "wire/frames/message.h"

/* Rows are sent when a frame holds so much; no row is longer: one more fits. */
#define ROWS_FULL (SM_FRAME_PAYLOAD / 2)

struct child {
	const struct sm_transport *transport;
	struct sm_transport_conn *conn;
	uint8_t payload[SM_FRAME_PAYLOAD + 1];
	struct sm_received in; /* its payload is the one above */
	struct sm_out out;
	size_t rows_begin; /* where the ROWS frame at hand begins */
	bool rows_open;
};

/*
 * Whatever the main thread is stuck in, this process ends when the library's
 * end of the socket is closed or the library's process is gone.  (A process
 * that the host forked may hold a copy of the socket, so the socket alone is
 * not enough.)
 */
static void *watch(void *unused)
{
	struct pollfd fds[] = {
		{.fd = SM_HELPER_SOCKET, .events = POLLRDHUP},
		{.fd = SM_HELPER_HOST, .events = POLLIN},
	};

	(void)unused;
	for (;;) {
		if (poll(fds, 2, -1) <= 0)
			continue;
		if (fds[0].revents != 0)
			_exit(0);
		if (fds[1].revents & POLLIN)
			_exit(0);
		/* Without a pidfd of the host the socket must do. */
		if (fds[1].revents != 0)
			fds[1].fd = -1;
	}
	return NULL;
}

static void start_watch(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	if (pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setstacksize(&attr, 65536) != 0 ||
	    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) != 0 ||
	    pthread_create(&thread, &attr, watch, NULL) != 0)
		_exit(1);
	pthread_attr_destroy(&attr);
}

static pid_t self;

static void end_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != self)
		_exit(0);
}

/*
 * libdcerpc looks a name up in a process of its own, which holds a copy of the
 * password and may wait for a name server long after this one was killed.
 */
static void take_along(void)
{
	self = getpid();
	if (pthread_atfork(NULL, NULL, end_with_parent) != 0)
		_exit(1);
}

static void flush(struct child *c)
{
	bool sent = !c->out.failed &&
		    sm_io_send(SM_HELPER_SOCKET, c->out.data, c->out.len, -1);

	if (!sent)
		_exit(1);
	c->out.len = 0;
}

static void answer_fail(struct child *c, const struct sm_fail *fail)
{
	size_t begin = 0;

	/* Rows that were not sent yet are worth nothing now. */
	c->out.len = 0;
	c->rows_open = false;
	begin = sm_frame_begin(&c->out, SM_FRAME_FAIL, c->in.frame.request);
	sm_msg_put_fail(&c->out, fail);
	if (!sm_frame_end(&c->out, begin))
		_exit(1);
	flush(c);
}

static void answer_done(struct child *c)
{
	size_t begin =
		sm_frame_begin(&c->out, SM_FRAME_DONE, c->in.frame.request);

	if (!sm_frame_end(&c->out, begin))
		_exit(1);
	flush(c);
}

static void answer(struct child *c, int ret, const struct sm_fail *fail)
{
	if (ret != 0)
		answer_fail(c, fail);
	else
		answer_done(c);
}

static int do_connect(struct child *c, struct sm_fail *fail)
{
	struct sm_target target;
	int ret = sm_msg_get_target(c->in.payload, c->in.frame.length, &target,
				    fail);

	if (ret == 0 && c->conn != NULL)
		ret = sm_fail(fail, SMBMGMT_E_PROTOCOL,
			      "The helper's child is connected already.");
	if (ret == 0)
		ret = c->transport->connect(&target, &c->conn, fail);
	explicit_bzero(c->payload, sizeof(c->payload));
	return ret;
}

static void end_rows(struct child *c)
{
	if (!c->rows_open)
		return;
	if (!sm_frame_end(&c->out, c->rows_begin))
		_exit(1);
	c->rows_open = false;
	flush(c);
}

/* Where the next record begins. */
static size_t begin_record(struct child *c)
{
	if (!c->rows_open) {
		c->rows_begin = sm_frame_begin(&c->out, SM_FRAME_ROWS,
					       c->in.frame.request);
		c->rows_open = true;
	}
	return c->out.len;
}

static int end_record(struct child *c, size_t begin, struct sm_fail *fail)
{
	/* MS-SRVS allows no name over 1024 characters. */
	if (c->out.len - begin > ROWS_FULL)
		return sm_fail(fail, SMBMGMT_E_PROTOCOL,
			       "The server lists a session whose names have "
			       "%zu bytes together; that is no session.",
			       c->out.len - begin);
	if (c->out.len - c->rows_begin > ROWS_FULL)
		end_rows(c);
	return 0;
}

static int send_row(void *userdata, const struct sm_row *row,
		    struct sm_fail *fail)
{
	struct child *c = userdata;
	size_t begin = begin_record(c);

	sm_msg_put_row(&c->out, row);
	return end_record(c, begin, fail);
}

static int send_share(void *userdata, const char *share, struct sm_fail *fail)
{
	struct child *c = userdata;
	size_t begin = begin_record(c);

	sm_msg_put_share(&c->out, share);
	return end_record(c, begin, fail);
}

static int send_file(void *userdata, const struct sm_file *file,
		     struct sm_fail *fail)
{
	struct child *c = userdata;
	size_t begin = begin_record(c);

	sm_msg_put_file(&c->out, file);
	return end_record(c, begin, fail);
}

static int do_list(struct child *c, struct sm_fail *fail)
{
	struct sm_sink sink = {
		.row = send_row,
		.userdata = c,
		.share = send_share,
		.file = send_file,
	};
	struct sm_listing listing;
	struct sm_query query;
	size_t begin = 0;
	int ret = sm_msg_get_query(c->in.payload, c->in.frame.length, &query,
				   fail);

	memset(&listing, 0, sizeof(listing));
	if (ret == 0)
		ret = c->transport->enumerate(c->conn, &query, &sink, &listing,
					      fail);
	if (ret != 0)
		return ret;
	end_rows(c);
	begin = sm_frame_begin(&c->out, SM_FRAME_LISTED, c->in.frame.request);
	sm_msg_put_listing(&c->out, &listing);
	if (!sm_frame_end(&c->out, begin))
		_exit(1);
	flush(c);
	return 0;
}

static int do_close(struct child *c, struct sm_fail *fail)
{
	struct sm_close close;
	int ret = sm_msg_get_close(c->in.payload, c->in.frame.length, &close,
				   fail);

	if (ret == 0)
		ret = c->transport->close_unit(c->conn, &close, fail);
	return ret;
}

static void serve(struct child *c)
{
	struct sm_fail fail = {.offset = -1};
	int ret = 0;

	if (c->in.frame.type != SM_FRAME_CONNECT && c->conn == NULL) {
		sm_fail(&fail, SMBMGMT_E_PROTOCOL,
			"The helper's child is not connected.");
		answer_fail(c, &fail);
		return;
	}
	switch (c->in.frame.type) {
	case SM_FRAME_CONNECT:
		answer(c, do_connect(c, &fail), &fail);
		return;
	case SM_FRAME_LIST:
		ret = do_list(c, &fail);
		if (ret != 0)
			answer_fail(c, &fail);
		return;
	case SM_FRAME_CLOSE:
		answer(c, do_close(c, &fail), &fail);
		return;
	default:
		_exit(1);
	}
}

_Noreturn void sm_child_run(const struct sm_module *module)
{
	struct child c = {.transport = module->transport};

	c.in.payload = c.payload;
	start_watch();
	take_along();
	sm_wallclock_start();
	if (module->carrier != NULL)
		sm_srvsvc_set_carrier(module->carrier);
	while (sm_io_receive(SM_HELPER_SOCKET, &c.in)) {
		if (c.in.fd >= 0)
			close(c.in.fd);
		serve(&c);
	}
	/* The kernel gives everything back; exit handlers are Samba's. */
	_exit(0);
}
