/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/engine.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <talloc.h>

#include "engine/forkserver.h"
#include "util/lowfd.h"

static pthread_once_t warm_once = PTHREAD_ONCE_INIT;

/*
 * tevent registers its backends at first use, in process-wide variables and
 * without a lock.
 */
static void warm_tevent(void)
{
	struct tevent_context *ev = tevent_context_init(NULL);

	TALLOC_FREE(ev);
}

static struct sm_task *next_task(struct sm_engine *engine)
{
	struct sm_task *task = NULL;

	pthread_mutex_lock(&engine->lock);
	task = engine->first;
	if (task != NULL) {
		engine->first = task->next;
		if (engine->first == NULL)
			engine->last = &engine->first;
	}
	pthread_mutex_unlock(&engine->lock);
	return task;
}

static void run_tasks(struct sm_engine *engine)
{
	struct sm_task *task = NULL;

	while ((task = next_task(engine)) != NULL)
		task->start(engine, task);
}

static void woken(struct tevent_context *ev, struct tevent_fd *fde,
		  uint16_t flags, void *userdata)
{
	struct sm_engine *engine = userdata;
	uint64_t count = 0;

	(void)ev;
	(void)fde;
	(void)flags;
	if (read(engine->wake, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return;
	run_tasks(engine);
}

static bool stopping(struct sm_engine *engine)
{
	bool stop = false;

	pthread_mutex_lock(&engine->lock);
	stop = engine->stop;
	pthread_mutex_unlock(&engine->lock);
	return stop;
}

static void *run(void *userdata)
{
	struct sm_engine *engine = userdata;

	while (!stopping(engine)) {
		if (tevent_loop_once(engine->ev) != 0 && errno != EINTR)
			sm_log(engine->log, SMBMGMT_LOG_ERROR,
			       "The event loop failed with errno %d.", errno);
	}
	/* Nobody waits for these any more; they hold references. */
	run_tasks(engine);
	/* Streams, timers, the fork server: all hang off the loop. */
	TALLOC_FREE(engine->ev);
	return NULL;
}

static int start_thread(struct sm_engine *engine, struct sm_fail *fail)
{
	sigset_t all;
	sigset_t old;
	int error = 0;

	/* The thread inherits the mask: the host's signals stay the host's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&engine->thread, NULL, run, engine);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error != 0)
		return sm_fail_errno(fail, error,
				     "The engine thread cannot be started");
	return 0;
}

static void free_parts(struct sm_engine *engine)
{
	TALLOC_FREE(engine->ev);
	if (engine->wake >= 0)
		close(engine->wake);
	pthread_mutex_destroy(&engine->lock);
	pthread_cond_destroy(&engine->finished);
	free(engine);
}

/*
 * Is the loop's own descriptor one that the host may print to?  tevent does not
 * say which it is, but only the loop that watches @watched can forget it.
 */
static bool is_low(int watched)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (epoll_ctl(fd, EPOLL_CTL_DEL, watched, NULL) == 0)
			return true;
	}
	return false;
}

/*
 * Nobody can move that descriptor.  A loop that has a low one keeps it until
 * there is a loop that has none, whatever other threads open and close.
 */
static int make_loop(struct sm_engine *e, struct sm_fail *fail)
{
	void *low = talloc_new(NULL);
	bool ok = false;

	for (int left = SM_LOWFD_COUNT; low != NULL && left >= 0; left--) {
		e->ev = tevent_context_init(low);
		ok = e->ev != NULL &&
		     tevent_add_fd(e->ev, e->ev, e->wake, TEVENT_FD_READ, woken,
				   e) != NULL;
		if (!ok || !is_low(e->wake))
			break;
	}
	e->ev = ok ? talloc_steal(NULL, e->ev) : NULL;
	talloc_free(low);
	return ok ? 0 : sm_fail_nomem(fail);
}

static int make_parts(struct sm_engine *e, struct sm_fail *fail)
{
	int ret = 0;

	e->wake = sm_lowfd_leave(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (e->wake < 0)
		return sm_fail_errno(fail, errno,
				     "The engine's eventfd cannot be made");
	ret = make_loop(e, fail);
	if (ret == 0)
		ret = sm_timers_start(e, fail);
	if (ret == 0)
		ret = start_thread(e, fail);
	return ret;
}

int sm_engine_new(struct sm_log *log, const char *helper_path,
		  struct sm_engine **engine, struct sm_fail *fail)
{
	struct sm_engine *e = calloc(1, sizeof(*e));
	int ret = 0;

	if (e == NULL)
		return sm_fail_nomem(fail);
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->finished, NULL);
	e->last = &e->first;
	e->log = log;
	e->helper_path = helper_path;
	pthread_once(&warm_once, warm_tevent);
	ret = make_parts(e, fail);
	if (ret != 0) {
		free_parts(e);
		return ret;
	}
	*engine = e;
	return 0;
}

static void wake(struct sm_engine *engine)
{
	uint64_t one = 1;

	/* It can only fail when it is set to wake already. */
	if (write(engine->wake, &one, sizeof(one)) < 0)
		return;
}

void sm_engine_free(struct sm_engine *engine)
{
	if (engine == NULL)
		return;
	pthread_mutex_lock(&engine->lock);
	engine->stop = true;
	pthread_mutex_unlock(&engine->lock);
	wake(engine);
	pthread_join(engine->thread, NULL);
	free_parts(engine);
}

void sm_engine_post(struct sm_engine *engine, struct sm_task *task)
{
	task->engine = engine;
	task->next = NULL;
	task->done = false;
	pthread_mutex_lock(&engine->lock);
	*engine->last = task;
	engine->last = &task->next;
	pthread_mutex_unlock(&engine->lock);
	wake(engine);
}

void sm_engine_run(struct sm_engine *engine, struct sm_task *task)
{
	sm_engine_post(engine, task);
	pthread_mutex_lock(&engine->lock);
	while (!task->done)
		pthread_cond_wait(&engine->finished, &engine->lock);
	pthread_mutex_unlock(&engine->lock);
}

void sm_task_done(struct sm_task *task)
{
	struct sm_engine *engine = task->engine;

	/* The caller's stack holds the task: not touched after this. */
	pthread_mutex_lock(&engine->lock);
	task->done = true;
	pthread_cond_broadcast(&engine->finished);
	pthread_mutex_unlock(&engine->lock);
}
