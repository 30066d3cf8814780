/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A job: what a public function asks for, done on the engine thread.  A call
 * that waits starts one and waits for it; there is no other way.  It is known
 * to its engine from start to completion, and completes exactly once.
 */
#ifndef SM_ENGINE_JOB_H
#define SM_ENGINE_JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <smbmgmt/job.h>

#include "engine/context.h"
#include "engine/engine.h"
#include "util/fail.h"
#include "util/ref.h"

struct sm_job;

/* What the layer above does; begin and cancel on the engine thread. */
struct sm_job_ops {
	/* See to it that sm_job_finish() is called, once, now or later. */
	void (*begin)(struct sm_job *job);
	/* See to it now. */
	void (*cancel)(struct sm_job *job);
	/* The last reference has gone: free it all but what is in here. */
	void (*free_rest)(struct sm_job *job);
};

struct sm_job_cancel {
	struct sm_task task;
	struct sm_job *job;
};

struct sm_job {
	struct sm_task start_task; /* first: the engine knows it by that */
	struct sm_job_cancel cancel_task;
	struct sm_ref ref;
	const struct sm_job_ops *ops;
	smbmgmt_context *context; /* held: memory only */
	pid_t pid;		  /* whose it is */
	int fd;			  /* eventfd, or -1: a call waits for it */
	atomic_bool cancelled;
	/* Progress, for any thread. */
	size_t servers;
	atomic_int *states; /* one a server, SMBMGMT_JOB_SERVER_ */
	atomic_uint servers_done;
	atomic_ullong sessions;
	atomic_ullong closed;
	atomic_ullong failed;
	/* The engine thread's: its place among the engine's jobs. */
	struct sm_job *next;
	struct sm_job **at;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t finished;
	struct sm_engine *engine; /* NULL: complete */
	atomic_bool complete;	  /* read without the lock, too */
	/* Not changed any more once it is complete: */
	int32_t code;
	smbmgmt_error *error;
};

/*
 * @job is all zero, and allocated by malloc; @fd: make the descriptor.  On
 * failure sm_job_unref() is still due.
 */
int sm_job_init(struct sm_job *job, const struct sm_job_ops *ops,
		smbmgmt_context *context, struct sm_engine *engine,
		size_t servers, bool fd, struct sm_fail *fail);
static inline struct sm_job *sm_job_ref(struct sm_job *job)
{
	sm_ref_get(&job->ref);
	return job;
}
void sm_job_unref(struct sm_job *job);

/* Hand it to its engine. */
void sm_job_start(struct sm_job *job);
/* False: the time is up.  UINT32_MAX: as long as it takes. */
bool sm_job_wait(struct sm_job *job, uint32_t milliseconds);
/* From any thread; returns at once. */
void sm_job_cancel(struct sm_job *job);

/* On the engine thread: a server's new state.  A final one stays. */
void sm_job_mark(struct sm_job *job, size_t server, int32_t state);
/*
 * On the engine thread: it is complete, with the code @ret (0, or that of
 * @fail, about @server, which may be NULL).  Its results are in place; it may
 * be gone after this.
 */
void sm_job_finish(struct sm_job *job, int ret, const struct sm_fail *fail,
		   const char *server);

/* Blocking: the context ends, and so do all of its jobs. */
void sm_job_end_all(struct sm_engine *engine);

#endif /* SM_ENGINE_JOB_H */
