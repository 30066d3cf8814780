/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_UTIL_CLOCK_H
#define SM_UTIL_CLOCK_H

#include <stdint.h>

#define SM_MS INT64_C(1000000) /* nanoseconds */
#define SM_SECOND INT64_C(1000000000)

/*
 * Nanoseconds of a clock that no one sets and that goes on while the machine
 * sleeps: deadlines and ages count by it.
 */
int64_t sm_clock_now(void);
/* UTC, milliseconds since 1970: for people and files, never for waiting. */
int64_t sm_clock_utc(void);

#endif /* SM_UTIL_CLOCK_H */
