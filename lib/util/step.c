/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/step.h"

#include "util/clock.h"

/* Without a deadline of the caller's. */
#define DEADLINE_DEFAULT 30000
/* What an answer needs to come, at most. */
#define AHEAD_MOST 1000
/* libcurl counts in a long, which may have 32 bits. */
#define LEFT_MOST INT32_MAX

static uint32_t shorten(uint32_t ms)
{
	uint32_t ahead = ms / 8;

	return ms - (ahead > AHEAD_MOST ? AHEAD_MOST : ahead);
}

int64_t sm_step_deadline(int64_t now, uint32_t milliseconds)
{
	uint32_t ms = milliseconds == 0 ? DEADLINE_DEFAULT : milliseconds;

	return now + shorten(ms) * SM_MS;
}

uint32_t sm_step_left(int64_t now, int64_t deadline)
{
	int64_t ms = deadline > now ? (deadline - now) / SM_MS : 0;

	return ms > LEFT_MOST ? LEFT_MOST : (uint32_t)ms;
}

uint32_t sm_step_operation(uint32_t left)
{
	uint32_t ms = shorten(left);

	return ms > 0 ? ms : 1;
}
