/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/clock.h"

#include <time.h>

int64_t sm_clock_now(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * SM_SECOND + ts.tv_nsec;
}

int64_t sm_clock_utc(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / SM_MS;
}
