/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/job.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "core/error.h"
#include "util/lowfd.h"

static void make_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	/* Nobody sets this clock. */
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

int sm_job_init(struct sm_job *job, const struct sm_job_ops *ops,
		smbmgmt_context *context, struct sm_engine *engine,
		size_t servers, bool fd, struct sm_fail *fail)
{
	sm_ref_init(&job->ref);
	pthread_mutex_init(&job->lock, NULL);
	make_cond(&job->finished);
	job->ops = ops;
	sm_context_hold(context);
	job->context = context;
	job->engine = engine;
	job->pid = getpid();
	job->fd = -1;
	job->servers = servers;
	job->states = calloc(servers + 1, sizeof(*job->states));
	if (job->states == NULL)
		return sm_fail_nomem(fail);
	if (!fd)
		return 0;
	job->fd = sm_lowfd_leave(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (job->fd < 0)
		return sm_fail_errno(fail, errno,
				     "The job's eventfd cannot be made");
	return 0;
}

void sm_job_unref(struct sm_job *job)
{
	smbmgmt_context *context = NULL;

	if (!sm_ref_put(&job->ref))
		return;
	context = job->context;
	job->ops->free_rest(job);
	if (job->fd >= 0)
		close(job->fd);
	free(job->states);
	smbmgmt_error_unref(job->error);
	/* In a forked child another thread's hold may be on them for good. */
	if (job->pid == getpid()) {
		pthread_mutex_destroy(&job->lock);
		pthread_cond_destroy(&job->finished);
	}
	free(job);
	sm_context_release(context);
}

static void begin(struct sm_engine *engine, struct sm_task *task)
{
	struct sm_job *job = (struct sm_job *)(void *)task;

	job->next = engine->jobs;
	job->at = &engine->jobs;
	if (job->next != NULL)
		job->next->at = &job->next;
	engine->jobs = job;
	job->ops->begin(job);
}

void sm_job_start(struct sm_job *job)
{
	/* The engine's reference: until it is complete. */
	sm_job_ref(job);
	job->start_task.start = begin;
	sm_engine_post(job->engine, &job->start_task);
}

bool sm_job_wait(struct sm_job *job, uint32_t milliseconds)
{
	struct timespec until;
	int ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&job->lock);
	while (job->engine != NULL && ret == 0) {
		if (milliseconds == UINT32_MAX)
			ret = pthread_cond_wait(&job->finished, &job->lock);
		else
			ret = pthread_cond_timedwait(&job->finished, &job->lock,
						     &until);
	}
	ret = job->engine == NULL ? 0 : ret;
	pthread_mutex_unlock(&job->lock);
	return ret == 0;
}

static void cancel_now(struct sm_engine *engine, struct sm_task *task)
{
	struct sm_job_cancel *cancel = (struct sm_job_cancel *)(void *)task;
	struct sm_job *job = cancel->job;

	(void)engine;
	if (!atomic_load(&job->complete))
		job->ops->cancel(job);
	sm_job_unref(job);
}

void sm_job_cancel(struct sm_job *job)
{
	/* Until it is complete its engine cannot end. */
	pthread_mutex_lock(&job->lock);
	if (job->engine != NULL && !atomic_exchange(&job->cancelled, true)) {
		job->cancel_task.job = sm_job_ref(job);
		job->cancel_task.task.start = cancel_now;
		sm_engine_post(job->engine, &job->cancel_task.task);
	}
	pthread_mutex_unlock(&job->lock);
}

void sm_job_mark(struct sm_job *job, size_t server, int32_t state)
{
	if (atomic_load(&job->states[server]) > SMBMGMT_JOB_SERVER_RUNNING)
		return;
	atomic_store(&job->states[server], state);
	if (state > SMBMGMT_JOB_SERVER_RUNNING)
		atomic_fetch_add(&job->servers_done, 1);
}

void sm_job_finish(struct sm_job *job, int ret, const struct sm_fail *fail,
		   const char *server)
{
	uint64_t one = 1;
	ssize_t ignored = 0;

	if (job->next != NULL)
		job->next->at = job->at;
	*job->at = job->next;
	/* Those that it did not come to. */
	for (size_t i = 0; i < job->servers; i++)
		sm_job_mark(job, i,
			    ret == 0 ? SMBMGMT_JOB_SERVER_DONE
				     : SMBMGMT_JOB_SERVER_FAILED);
	pthread_mutex_lock(&job->lock);
	job->code = ret;
	if (ret != 0)
		job->error = sm_error_new(fail, server);
	atomic_store(&job->complete, true);
	/*
	 * Not before it is complete, and not after somebody who waited goes
	 * on.  The first write cannot fail, and is the only one.
	 */
	if (job->fd >= 0)
		ignored = write(job->fd, &one, sizeof(one));
	(void)ignored;
	job->engine = NULL;
	pthread_cond_broadcast(&job->finished);
	pthread_mutex_unlock(&job->lock);
	sm_job_unref(job);
}

static void end_all(struct sm_engine *engine, struct sm_task *task)
{
	while (engine->jobs != NULL) {
		struct sm_job *job = engine->jobs;

		atomic_store(&job->cancelled, true);
		job->ops->cancel(job);
	}
	sm_task_done(task);
}

void sm_job_end_all(struct sm_engine *engine)
{
	struct sm_task task = {.start = end_all};

	sm_engine_run(engine, &task);
}
