/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All of a context's deadlines: a heap behind one timerfd. */
#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <talloc.h>

#include "engine/engine.h"
#include "util/clock.h"
#include "util/lowfd.h"

struct sm_timer {
	struct sm_timers *timers; /* NULL: it has run */
	size_t index;		  /* in the heap */
	int64_t when;
	void (*fn)(void *userdata);
	void *userdata;
};

struct sm_timers {
	int fd;
	struct sm_timer **heap; /* the earliest first */
	size_t size;
	size_t count;
};

static void place(struct sm_timers *t, size_t index, struct sm_timer *timer)
{
	t->heap[index] = timer;
	timer->index = index;
}

static void up(struct sm_timers *t, size_t i)
{
	struct sm_timer *timer = t->heap[i];

	while (i > 0 && t->heap[(i - 1) / 2]->when > timer->when) {
		place(t, i, t->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(t, i, timer);
}

static void down(struct sm_timers *t, size_t i)
{
	struct sm_timer *timer = t->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < t->count &&
		    t->heap[child + 1]->when < t->heap[child]->when)
			child++;
		if (child >= t->count || t->heap[child]->when >= timer->when)
			break;
		place(t, i, t->heap[child]);
		i = child;
	}
	place(t, i, timer);
}

static void arm(struct sm_timers *t)
{
	struct itimerspec spec = {0};

	if (t->count > 0) {
		int64_t when = t->heap[0]->when;

		/* 0 would disarm it. */
		if (when < 1)
			when = 1;
		spec.it_value.tv_sec = when / SM_SECOND;
		spec.it_value.tv_nsec = when % SM_SECOND;
	}
	timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static void take_out(struct sm_timers *t, struct sm_timer *timer)
{
	size_t i = timer->index;
	struct sm_timer *last = t->heap[--t->count];

	timer->timers = NULL;
	if (last == timer)
		return;
	place(t, i, last);
	up(t, i);
	down(t, last->index);
}

static int timer_destructor(struct sm_timer *timer)
{
	struct sm_timers *t = timer->timers;

	if (t != NULL) {
		take_out(t, timer);
		arm(t);
	}
	return 0;
}

static void expired(struct tevent_context *ev, struct tevent_fd *fde,
		    uint16_t flags, void *userdata)
{
	struct sm_timers *t = userdata;
	int64_t now = sm_clock_now();
	uint64_t count = 0;

	(void)ev;
	(void)fde;
	(void)flags;
	if (read(t->fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return;
	while (t->count > 0 && t->heap[0]->when <= now) {
		struct sm_timer *timer = t->heap[0];
		void (*fn)(void *) = timer->fn;
		void *data = timer->userdata;

		take_out(t, timer);
		talloc_free(timer);
		fn(data);
	}
	arm(t);
}

static int timers_destructor(struct sm_timers *t)
{
	for (size_t i = 0; i < t->count; i++)
		t->heap[i]->timers = NULL;
	close(t->fd);
	return 0;
}

int sm_timers_start(struct sm_engine *engine, struct sm_fail *fail)
{
	struct sm_timers *t = talloc_zero(engine->ev, struct sm_timers);

	if (t == NULL)
		return sm_fail_nomem(fail);
	t->fd = sm_lowfd_leave(
		timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
	if (t->fd < 0) {
		talloc_free(t);
		return sm_fail_errno(fail, errno,
				     "The engine's timer cannot be made");
	}
	talloc_set_destructor(t, timers_destructor);
	if (tevent_add_fd(engine->ev, t, t->fd, TEVENT_FD_READ, expired, t) ==
	    NULL) {
		talloc_free(t);
		return sm_fail_nomem(fail);
	}
	engine->timers = t;
	return 0;
}

void sm_timer_hurry(struct sm_timer *timer)
{
	timer->when = 0;
	up(timer->timers, timer->index);
	arm(timer->timers);
}

struct sm_timer *sm_timer_add(void *mem, struct sm_engine *engine, int64_t when,
			      void (*fn)(void *userdata), void *userdata)
{
	struct sm_timers *t = engine->timers;
	struct sm_timer *timer = talloc_zero(mem, struct sm_timer);
	struct sm_timer **heap = NULL;

	if (timer == NULL)
		return NULL;
	if (t->size == t->count) {
		size_t size = t->size == 0 ? 16 : t->size * 2;

		heap = talloc_realloc_size(t, t->heap, size * sizeof(*heap));
		if (heap == NULL) {
			talloc_free(timer);
			return NULL;
		}
		t->heap = heap;
		t->size = size;
	}
	timer->timers = t;
	timer->when = when;
	timer->fn = fn;
	timer->userdata = userdata;
	place(t, t->count++, timer);
	up(t, timer->index);
	talloc_set_destructor(timer, timer_destructor);
	arm(t);
	return timer;
}
