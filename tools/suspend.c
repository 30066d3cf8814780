/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "suspend.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t continued;

static void go_on(int number)
{
	(void)number;
	continued = 1;
}

void suspend_watch(struct suspend_watch *watch)
{
	struct sigaction action = {.sa_handler = go_on};
	sigset_t blocked;

	sigemptyset(&action.sa_mask);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCONT);
	continued = 0;
	pthread_sigmask(SIG_BLOCK, &blocked, &watch->mask);
	sigdelset(&watch->mask, SIGCONT);
	sigaction(SIGCONT, &action, &watch->action);
}

void suspend_unwatch(const struct suspend_watch *watch)
{
	pthread_sigmask(SIG_SETMASK, &watch->mask, NULL);
	sigaction(SIGCONT, &watch->action, NULL);
}

bool suspend_is_over(void)
{
	sigset_t pending;

	/* It stays pending where what was waited for came in as well. */
	return continued != 0 || (sigpending(&pending) == 0 &&
				  sigismember(&pending, SIGCONT) == 1);
}

void suspend_forget(void)
{
	const struct timespec now = {0};
	sigset_t pending;

	sigemptyset(&pending);
	sigaddset(&pending, SIGCONT);
	while (sigtimedwait(&pending, NULL, &now) > 0) {
		/* Another one that nobody has noticed yet. */
	}
	continued = 0;
}

/* Who runs us without job control may say so by ignoring it. */
static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

/*
 * The kernel stops no process of an orphaned group, one that has no shell
 * above it: then kill() comes back and nobody has sent SIGCONT.  Otherwise the
 * signal takes effect before it comes back, as no other thread of the program
 * takes signals.
 */
bool suspend(void)
{
	sigset_t needed;
	sigset_t mask;

	if (is_ignored(SIGTSTP)) {
		return false;
	}
	sigemptyset(&needed);
	sigaddset(&needed, SIGTSTP);
	sigaddset(&needed, SIGCONT);
	continued = 0;
	pthread_sigmask(SIG_UNBLOCK, &needed, &mask);
	kill(0, SIGTSTP);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return suspend_is_over();
}
