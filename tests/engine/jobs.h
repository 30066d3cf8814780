/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the tests of jobs share: starting them, and what must hold at the end.
 */
#ifndef TESTS_ENGINE_JOBS_H
#define TESTS_ENGINE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "fixture.h"

/* Only a hang reaches it, milliseconds. */
#define LIMIT_MS 30000
/* A delay that nobody waits for. */
#define STALL_MS 20000
/* Cancel is to take 100 ms; a machine may be busy. */
#define CANCEL_MS 1000

/* A table of four rows, and a handle on it. */
extern struct fix fix;
void jobs_up(void);
void jobs_down(void);

int64_t now_ms(void);
void pause_ms(long ms);
/* The job's descriptor, within so many milliseconds. */
bool readable(const smbmgmt_job *job, int ms);
/* Every SMBMGMT_OP_ of the table takes so long. */
void delay(int32_t op, uint32_t ms);
/* How many servers are being worked on. */
uint32_t running(const smbmgmt_job *job);

smbmgmt_job *start_list(smbmgmt_handle *const *handles, uint32_t n,
			int32_t throttle);
/* The filter and the action change as soon as it is started. */
smbmgmt_job *start_close(smbmgmt_handle *const *handles, uint32_t n,
			 const char *which, unsigned int flags);
/* It completes within CANCEL_MS. */
void cancel(smbmgmt_job *job);

/* It completes, with this code, and all that says so agrees. */
void expect(smbmgmt_job *job, int32_t code);
/* Which results there are: h, l, p, r; "" before completion. */
void expect_results(smbmgmt_job *job, const char *letters);
void expect_report(smbmgmt_job *job, const char *expected);

#endif /* TESTS_ENGINE_JOBS_H */
