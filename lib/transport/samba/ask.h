/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A tool that prints little: run to its end, and all that it printed. */
#ifndef SM_SAMBA_ASK_H
#define SM_SAMBA_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

/* More of it than this is a failure. */
#define SM_ASK_OUTPUT 65536

struct sm_answer {
	int status;	/* that it exited with */
	char said[300]; /* on stderr; "": nothing */
	size_t len;
	char text[SM_ASK_OUTPUT + 1];
};

/*
 * Run it; any exit status but those of no program is an answer.  TIMED_OUT,
 * TOO_LARGE, SYSTEM, SERVER (it was killed, or cannot be executed).
 */
int sm_ask(const char *name, char *const argv[], int64_t deadline,
	   struct sm_answer *answer, struct sm_fail *fail);

#endif /* SM_SAMBA_ASK_H */
