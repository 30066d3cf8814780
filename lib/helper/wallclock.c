/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Samba's libraries count their time-outs by the wall clock, so that setting it
 * forward would end whatever is in flight.  Here that clock is read once, when
 * the process of a connection begins, and goes on by one that nobody sets.  The
 * program exports this function, which so stands before libc's for all modules.
 */
#include "helper/wallclock.h"

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include "util/clock.h"

static int64_t between; /* the two clocks, nanoseconds */

static int64_t wall(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SM_SECOND + now.tv_nsec;
}

void sm_wallclock_start(void)
{
	between = wall() - sm_clock_now();
}

__attribute__((visibility("default"))) int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	int64_t now = between != 0 ? between + sm_clock_now() : wall();

	(void)tz;
	tv->tv_sec = (time_t)(now / SM_SECOND);
	tv->tv_usec = (suseconds_t)(now % SM_SECOND / 1000);
	return 0;
}
