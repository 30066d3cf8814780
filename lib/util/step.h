/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The time that a step of ours has. */
#ifndef SM_UTIL_STEP_H
#define SM_UTIL_STEP_H

#include <stdint.h>

/*
 * When a step is to be over, by sm_clock_now(), that begins at @now and has
 * @milliseconds left (0: unknown).  A little ahead of the library, which kills
 * this process then and knows less.
 */
int64_t sm_step_deadline(int64_t now, uint32_t milliseconds);

/* Whole milliseconds until then, 0 if it has passed. */
uint32_t sm_step_left(int64_t now, int64_t deadline);

/*
 * What the server is given for an operation, a little less, so that it is the
 * server who says that it takes too long.
 */
uint32_t sm_step_operation(uint32_t left);

#endif /* SM_UTIL_STEP_H */
