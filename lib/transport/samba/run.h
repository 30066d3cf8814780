/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One of Samba's tools, run: by its path and without a shell, in a process
 * group and an environment of its own, with a deadline and a bound on what it
 * prints.  It does not outlive the process that runs it.
 */
#ifndef SM_SAMBA_RUN_H
#define SM_SAMBA_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/fail.h"

/* What it may print; beyond it is a failure. */
#define SM_RUN_OUTPUT ((uint64_t)256 << 20)

struct sm_run {
	const char *name; /* for sentences */
	pid_t pid;
	int pidfd;
	int out; /* -1: it has ended */
	int err;
	int64_t deadline;
	uint64_t bytes;	   /* printed so far */
	uint64_t logged;   /* of its stderr, passed on */
	const char *watch; /* words to look for there, or NULL */
	bool watched;	   /* a line has them */
	size_t line_len;
	char line[256]; /* the beginning of the line at hand */
	bool answered;	/* it ended of its own, with this status: */
	int status;
	size_t said_len;
	char said[300]; /* the beginning of it all, on one line */
};

/* Start it; @argv[0] is its path. */
int sm_run_start(struct sm_run *run, const char *name, char *const argv[],
		 int64_t deadline, struct sm_fail *fail);

/*
 * What it prints, as it comes; *@len 0 is the end.  TIMED_OUT, TOO_LARGE,
 * SYSTEM.  A sm_json_read_fn: @run is a struct sm_run.
 */
int sm_run_read(void *run, uint8_t *to, size_t size, size_t *len,
		struct sm_fail *fail);

/*
 * Wait for its end, within the deadline.  SERVER if it fails, with what it
 * said.  It is gone afterwards in any case.
 */
int sm_run_wait(struct sm_run *run, struct sm_fail *fail);

/* Kill it, unless it has ended, with all that it has started. */
void sm_run_end(struct sm_run *run);

#endif /* SM_SAMBA_RUN_H */
