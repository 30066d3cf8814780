/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Stopping the program at a question, for its shell to let it go on. */
#ifndef TOOLS_SUSPEND_H
#define TOOLS_SUSPEND_H

#include <signal.h>
#include <stdbool.h>

struct suspend_watch {
	struct sigaction action; /* as it was before */
	sigset_t mask;		 /* the same; it lets SIGCONT in */
};

/*
 * Notice when the program goes on after it was stopped, by suspend() or by
 * Ctrl-Z, until suspend_unwatch() puts things back.  Meanwhile SIGCONT is
 * blocked, so that it comes in where the mask is used, and nowhere else.
 */
void suspend_watch(struct suspend_watch *watch);
void suspend_unwatch(const struct suspend_watch *watch);

/* Whether the program went on, and has not been told to forget it. */
bool suspend_is_over(void);
void suspend_forget(void);

/*
 * Stop until a shell says `fg` (or somebody sends SIGCONT).  Returns false at
 * once where nothing would let the program go on: it then was not stopped.
 * Needs suspend_watch().
 *
 * It is the terminal's Ctrl-Z: all of the process group stops, as a shell
 * waits for the whole of a pipeline, or for the script that runs this.
 */
bool suspend(void);

#endif /* TOOLS_SUSPEND_H */
