/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The engine thread: one per context, made with the first operation.  It owns
 * a tevent loop and everything that is talloced; other threads hand it tasks
 * and wait.  It blocks all signals and calls nothing of the host's.
 */
#ifndef SM_ENGINE_H
#define SM_ENGINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <tevent.h>

#include "engine/log.h"
#include "util/fail.h"

struct sm_engine;
struct sm_timers;
struct sm_forkserver;
struct sm_job;
struct sm_backoff;

/*
 * Something to do on the engine thread.  @start runs there; where somebody
 * waits it sees to it that sm_task_done() is called, once, now or later.
 */
struct sm_task {
	void (*start)(struct sm_engine *engine, struct sm_task *task);
	/* Private to the engine: */
	struct sm_task *next;
	struct sm_engine *engine;
	bool done;
};

struct sm_engine {
	struct tevent_context *ev;
	struct sm_timers *timers;
	struct sm_forkserver *forkserver; /* NULL: none runs */
	struct sm_job *jobs;		  /* that are not complete */
	struct sm_backoff *backoff;	  /* of its starts; NULL: none failed */
	size_t lanes;			  /* connections beside the handles' */
	struct sm_log *log;		  /* the context's */
	const char *helper_path;	  /* the context's */
	/* Shared with the threads that wait: */
	pthread_mutex_t lock;
	pthread_cond_t finished;
	struct sm_task *first; /* posted, not started */
	struct sm_task **last;
	int wake; /* eventfd */
	bool stop;
	pthread_t thread;
};

/* Start the thread.  SYSTEM, NOMEM. */
int sm_engine_new(struct sm_log *log, const char *helper_path,
		  struct sm_engine **engine, struct sm_fail *fail);
/* Stop and join it; nothing may be waiting any more. */
void sm_engine_free(struct sm_engine *engine);
/*
 * Hand over a task that nobody waits for, from any thread; it stays where it
 * is until it has begun.
 */
void sm_engine_post(struct sm_engine *engine, struct sm_task *task);
/* Run a task and wait until it is done; from any other thread. */
void sm_engine_run(struct sm_engine *engine, struct sm_task *task);
/* On the engine thread: the task is done, its caller goes on. */
void sm_task_done(struct sm_task *task);

/*
 * Timers by the clock of sm_clock_now(), which nobody sets.  (tevent's own
 * follow the wall clock and are not used.)  Freeing one cancels it; @fn runs
 * once, on the engine thread, and the timer frees itself then.
 */
struct sm_timer;
int sm_timers_start(struct sm_engine *engine, struct sm_fail *fail);
struct sm_timer *sm_timer_add(void *mem, struct sm_engine *engine, int64_t when,
			      void (*fn)(void *userdata), void *userdata);
/* It is to run now. */
void sm_timer_hurry(struct sm_timer *timer);

#endif /* SM_ENGINE_H */
