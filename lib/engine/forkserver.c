/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/forkserver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <talloc.h>

#include "engine/launch.h"
#include "engine/logpipe.h"
#include "engine/req.h"
#include "engine/stream.h"
#include "util/clock.h"
#include "util/lowfd.h"
#include "wire/frames/message.h"

struct spawn_state {
	struct spawn_state *next; /* of those that wait for an answer */
	struct tevent_req *req;
	struct sm_forkserver *fs; /* whose answer it waits for, or NULL */
	struct sm_fail fail;
	uint32_t request;
	int sock;
	int pidfd;
};

/*
 * One that ends before it has made a connection is not started again at once:
 * a fleet of handles would start it as often as it has servers.
 */
#define BACKOFF_FIRST (100 * SM_MS)
#define BACKOFF_MAX (5 * SM_SECOND)

struct sm_backoff {
	int64_t pause;
	int64_t until;	    /* no start before */
	struct sm_fail why; /* what each that asks meanwhile is told */
};

struct sm_forkserver {
	struct sm_engine *engine;
	struct sm_stream *stream;
	struct spawn_state *waiting;
	uint32_t last_request;
	bool hello;
	bool served; /* it has made a connection */
	bool ending; /* give_up() is at it */
	int pidfd;   /* of the fork server, once it has said hello */
};

static void signal_to(int pidfd, int number)
{
	syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

static int forkserver_destructor(struct sm_forkserver *fs)
{
	if (fs->engine->forkserver == fs)
		fs->engine->forkserver = NULL;
	if (fs->pidfd < 0)
		return 0;
	/* It ends with its socket; stopped, it would never see that. */
	signal_to(fs->pidfd, SIGCONT);
	close(fs->pidfd);
	return 0;
}

static void unlink_state(struct spawn_state *state)
{
	struct spawn_state **at = NULL;

	if (state->fs == NULL)
		return;
	at = &state->fs->waiting;
	state->fs = NULL;
	while (*at != state)
		at = &(*at)->next;
	*at = state->next;
}

static void back_off(struct sm_engine *engine, const struct sm_fail *why)
{
	struct sm_backoff *b = engine->backoff;

	if (b == NULL)
		b = engine->backoff =
			talloc_zero(engine->ev, struct sm_backoff);
	/* Without memory there are other bounds. */
	if (b == NULL)
		return;
	b->pause = b->pause == 0		? BACKOFF_FIRST
		   : b->pause * 2 > BACKOFF_MAX ? BACKOFF_MAX
						: b->pause * 2;
	b->until = sm_clock_now() + b->pause;
	b->why = *why;
}

/* May it be started now?  If not, what was wrong with it the last time. */
static int check_backoff(const struct sm_engine *engine, struct sm_fail *fail)
{
	const struct sm_backoff *b = engine->backoff;
	int64_t left = b == NULL ? 0 : b->until - sm_clock_now();

	if (left <= 0)
		return 0;
	sm_log(engine->log, SMBMGMT_LOG_DEBUG,
	       "smbmgmt-helper is not started again for %d ms.",
	       (int)(left / SM_MS));
	*fail = b->why;
	return fail->code;
}

/* The fork server is of no more use: everyone who waits is told. */
static void give_up(struct sm_forkserver *fs, const struct sm_fail *why)
{
	/* One that was retired says nothing about those after it. */
	if (fs->engine->forkserver == fs && !fs->served &&
	    why->code != SMBMGMT_E_NOMEM)
		back_off(fs->engine, why);
	/* Another may be started by what is told. */
	if (fs->engine->forkserver == fs)
		fs->engine->forkserver = NULL;
	fs->ending = true;
	while (fs->waiting != NULL) {
		struct spawn_state *state = fs->waiting;

		unlink_state(state);
		state->fail = *why;
		sm_req_fail(state->req, &state->fail);
	}
	talloc_free(fs);
}

/* It is asked nothing more; what it still owes to others it may answer. */
static void retire(struct sm_forkserver *fs)
{
	if (fs->engine->forkserver == fs)
		fs->engine->forkserver = NULL;
	if (fs->waiting != NULL)
		return;
	/* Killed, it cannot take the connections along that it made. */
	if (fs->pidfd >= 0)
		signal_to(fs->pidfd, SIGKILL);
	talloc_free(fs);
}

static bool is_retired(const struct sm_forkserver *fs)
{
	return fs->engine->forkserver != fs;
}

static int state_destructor(struct spawn_state *state)
{
	struct sm_forkserver *fs = state->fs;

	unlink_state(state);
	/* Nobody else may be left to give up on it. */
	if (fs != NULL && is_retired(fs) && !fs->ending)
		retire(fs);
	if (state->sock >= 0) {
		/* As a stream does: the host may have forked. */
		shutdown(state->sock, SHUT_RDWR);
		close(state->sock);
	}
	if (state->pidfd >= 0) {
		signal_to(state->pidfd, SIGKILL);
		close(state->pidfd);
	}
	return 0;
}

static void ended(void *userdata, const struct sm_fail *why)
{
	struct sm_forkserver *fs = userdata;
	struct sm_fail died;

	if (why->code == SMBMGMT_E_NOMEM)
		died = *why; /* it is us who could not listen any more */
	else if (fs->hello)
		sm_fail(&died, SMBMGMT_E_HELPER_DIED,
			"smbmgmt-helper ended unexpectedly. (%s) Try again: "
			"it is started anew.",
			why->text);
	else
		sm_fail(&died, SMBMGMT_E_HELPER_MISSING,
			"The program %.300s ended before it said that it is "
			"the smbmgmt-helper of this library; install the one "
			"that belongs to it.",
			fs->engine->helper_path);
	sm_log(fs->engine->log, SMBMGMT_LOG_WARNING, "%s", died.text);
	give_up(fs, &died);
}

static void exec_failed(struct sm_forkserver *fs, uint32_t error)
{
	char path[300];
	struct sm_fail why;

	/* give_up() drops what the path may hang on. */
	snprintf(path, sizeof(path), "%s", fs->engine->helper_path);
	sm_fail_errno(&why, (int)error,
		      "smbmgmt-helper cannot be run from %s; install it, or "
		      "name it with smbmgmt_context_set_helper_path()",
		      path);
	why.code = SMBMGMT_E_HELPER_MISSING;
	give_up(fs, &why);
}

static void log_exit(struct sm_forkserver *fs, uint32_t pid, uint32_t status)
{
	int s = (int)status;

	if (WIFSIGNALED(s) && WTERMSIG(s) != SIGKILL)
		sm_log(fs->engine->log, SMBMGMT_LOG_ERROR,
		       "The process %u of a connection ended by signal %d.",
		       pid, WTERMSIG(s));
	else
		sm_log(fs->engine->log, SMBMGMT_LOG_DEBUG,
		       "The process %u of a connection ended, status 0x%x.",
		       pid, status);
}

static struct spawn_state *find(struct sm_forkserver *fs, uint32_t request)
{
	struct spawn_state *state = fs->waiting;

	while (state != NULL && state->request != request)
		state = state->next;
	return state;
}

static void broke_rules(struct sm_forkserver *fs, const char *what)
{
	struct sm_fail why;

	sm_fail(&why, SMBMGMT_E_HELPER_MISSING,
		"The program %s is not the smbmgmt-helper of this library "
		"(%s); install the one that belongs to it.",
		fs->engine->helper_path, what);
	give_up(fs, &why);
}

static void spawned(struct sm_forkserver *fs, uint32_t request, int *fd)
{
	struct spawn_state *state = find(fs, request);

	fs->served = true;
	if (!is_retired(fs))
		TALLOC_FREE(fs->engine->backoff);
	/* Nobody waits any more. */
	if (state == NULL) {
		if (*fd >= 0)
			signal_to(*fd, SIGKILL);
		return;
	}
	unlink_state(state);
	if (is_retired(fs))
		retire(fs);
	/* The kernel drops a descriptor that this process has no room for. */
	if (*fd < 0) {
		sm_fail_errno(&state->fail, EMFILE,
			      "The process of a connection cannot be watched");
		sm_req_fail(state->req, &state->fail);
		return;
	}
	state->pidfd = *fd;
	*fd = -1;
	tevent_req_done(state->req);
}

static void spawn_failed(struct sm_forkserver *fs, uint32_t request,
			 uint8_t *payload, size_t len)
{
	struct spawn_state *state = find(fs, request);

	if (state == NULL)
		return;
	unlink_state(state);
	if (is_retired(fs))
		retire(fs);
	/* A malformed failure is a failure, too. */
	sm_msg_get_fail(payload, len, &state->fail, &state->fail);
	sm_req_fail(state->req, &state->fail);
}

static void got_frame(void *userdata, const struct sm_frame *frame,
		      uint8_t *payload, int fd)
{
	struct sm_forkserver *fs = userdata;
	uint32_t values[2] = {0, 0};

	if (frame->type == SM_FRAME_FAIL && fs->hello) {
		spawn_failed(fs, frame->request, payload, frame->length);
	} else if (sm_msg_get_u32s(payload, frame->length, values, 2, NULL) !=
		   0) {
		broke_rules(fs, "a malformed message");
	} else if (frame->type == SM_FRAME_HELLO && !fs->hello) {
		if (values[0] == SM_FRAME_VERSION) {
			fs->hello = true;
			fs->pidfd = fd;
			fd = -1;
		} else {
			broke_rules(fs, "another version");
		}
	} else if (frame->type == SM_FRAME_EXITED && !fs->hello) {
		exec_failed(fs, values[0]);
	} else if (frame->type == SM_FRAME_EXITED) {
		log_exit(fs, values[0], values[1]);
	} else if (frame->type == SM_FRAME_SPAWNED && fs->hello) {
		spawned(fs, frame->request, &fd);
	} else {
		broke_rules(fs, "an unexpected message");
	}
	if (fd >= 0)
		close(fd);
}

static int make_pair(int pair[2], struct sm_fail *fail)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    sm_lowfd_leave_pair(pair) != 0)
		return sm_fail_errno(fail, errno,
				     "A socket to the helper cannot be made");
	return 0;
}

static int start_forkserver(struct sm_engine *engine, struct sm_fail *fail)
{
	struct sm_forkserver *fs =
		talloc_zero(engine->ev, struct sm_forkserver);
	struct sm_stream_events events = {
		.frame = got_frame, .end = ended, .userdata = fs};
	int pair[2] = {-1, -1};
	int log = -1;
	int ret = 0;

	if (fs == NULL)
		return sm_fail_nomem(fail);
	fs->engine = engine;
	fs->pidfd = -1;
	talloc_set_destructor(fs, forkserver_destructor);
	ret = make_pair(pair, fail);
	if (ret == 0)
		ret = sm_logpipe_open(engine, &log, fail);
	if (ret == 0)
		ret = sm_launch(engine->helper_path, pair[1], log, fail);
	if (log >= 0)
		close(log);
	if (pair[1] >= 0)
		close(pair[1]);
	if (ret != 0) {
		if (pair[0] >= 0)
			close(pair[0]);
		talloc_free(fs);
		return ret;
	}
	fs->stream = sm_stream_new(fs, engine->ev, pair[0], &events);
	if (fs->stream == NULL) {
		talloc_free(fs);
		return sm_fail_nomem(fail);
	}
	engine->forkserver = fs;
	return 0;
}

static int ask(struct spawn_state *state, struct sm_forkserver *fs,
	       const char *module)
{
	struct sm_out out = {0};
	int pair[2] = {-1, -1};
	size_t begin = 0;
	bool sent = false;
	int error = 0;
	int ret = make_pair(pair, &state->fail);

	if (ret != 0)
		return ret;
	state->request = ++fs->last_request;
	state->sock = pair[0];
	begin = sm_frame_begin(&out, SM_FRAME_SPAWN, state->request);
	sm_msg_put_text(&out, module);
	sm_frame_end(&out, begin);
	sent = sm_stream_send(fs->stream, &out, pair[1]);
	error = errno;
	close(pair[1]);
	if (!sent && (error == EMFILE || error == ENFILE))
		return sm_fail_errno(&state->fail, error,
				     "A socket to the helper cannot be passed "
				     "on");
	if (!sent)
		return sm_fail_nomem(&state->fail);
	state->next = fs->waiting;
	fs->waiting = state;
	state->fs = fs;
	return 0;
}

/*
 * A fork server that does not answer is stuck, or it is slow and this deadline
 * short: the next connection is made by another, and those that have more time
 * go on waiting.
 */
static void too_late(void *userdata)
{
	struct spawn_state *state = userdata;
	struct sm_forkserver *fs = state->fs;

	unlink_state(state);
	retire(fs);
	sm_fail(&state->fail, SMBMGMT_E_TIMED_OUT,
		"smbmgmt-helper did not start a connection before the "
		"deadline; try again, or allow more time.");
	sm_req_fail(state->req, &state->fail);
}

struct tevent_req *sm_spawn_send(TALLOC_CTX *mem, struct sm_engine *engine,
				 const char *module, int64_t deadline)
{
	struct spawn_state *state = NULL;
	struct tevent_req *req =
		tevent_req_create(mem, &state, struct spawn_state);
	int ret = 0;

	if (req == NULL)
		return NULL;
	state->req = req;
	state->sock = -1;
	state->pidfd = -1;
	talloc_set_destructor(state, state_destructor);
	if (engine->forkserver == NULL)
		ret = check_backoff(engine, &state->fail);
	if (ret == 0 && engine->forkserver == NULL)
		ret = start_forkserver(engine, &state->fail);
	if (ret == 0)
		ret = ask(state, engine->forkserver, module);
	if (ret == 0 &&
	    sm_timer_add(state, engine, deadline, too_late, state) == NULL)
		ret = sm_fail_nomem(&state->fail);
	if (ret != 0) {
		sm_req_fail(req, &state->fail);
		return tevent_req_post(req, engine->ev);
	}
	return req;
}

int sm_spawn_recv(struct tevent_req *req, int *sock, int *pidfd,
		  struct sm_fail *fail)
{
	struct spawn_state *state = tevent_req_data(req, struct spawn_state);
	struct sm_fail why = state->fail;

	if (!tevent_req_is_in_progress(req) && state->pidfd >= 0) {
		*sock = state->sock;
		*pidfd = state->pidfd;
		state->sock = -1;
		state->pidfd = -1;
	}
	return sm_req_recv(req, &why, fail);
}
