/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
#define WATCHED (sizeof(watched) / sizeof(watched[0]))

static struct sigaction before[WATCHED];
static volatile sig_atomic_t taken;
static int ends[2] = {-1, -1};
static void (*before_leaving)(void);

/* As if nobody had watched: whoever waits for us sees what ended us. */
static void leave(int number)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t only;

	before_leaving();
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
	sigemptyset(&only);
	sigaddset(&only, number);
	kill(getpid(), number);
	pthread_sigmask(SIG_UNBLOCK, &only, NULL);
}

static void take(int number)
{
	int kept = errno;

	if (number != SIGWINCH && taken != 0) {
		leave(number);
	}
	if (number != SIGWINCH) {
		taken = number;
	}
	if (write(ends[1], "", 1) < 0) {
		/* It is full: then there is something to read already. */
	}
	errno = kept;
}

void signals_watch(void (*leaving)(void))
{
	struct sigaction action = {.sa_handler = take};
	size_t i;

	taken = 0;
	before_leaving = leaving;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		ends[0] = ends[1] = -1;
	}
	/* One handler at a time, or both could take theirs for the first. */
	sigemptyset(&action.sa_mask);
	for (i = 0; i < WATCHED; i++) {
		sigaddset(&action.sa_mask, watched[i]);
	}
	for (i = 0; i < WATCHED; i++) {
		sigaction(watched[i], NULL, &before[i]);
		/* Without a pipe nobody could hear of it. */
		if (before[i].sa_handler != SIG_IGN && ends[0] >= 0) {
			sigaction(watched[i], &action, NULL);
		}
	}
}

void signals_unwatch(void)
{
	size_t i;

	for (i = 0; i < WATCHED; i++) {
		sigaction(watched[i], &before[i], NULL);
	}
	if (ends[0] >= 0) {
		close(ends[0]);
		close(ends[1]);
	}
	ends[0] = ends[1] = -1;
}

int signals_fd(void)
{
	return ends[0];
}

void signals_seen(void)
{
	char some[64];

	while (ends[0] >= 0 && read(ends[0], some, sizeof(some)) > 0) {
		/* How many they were does not matter. */
	}
}

int signals_taken(void)
{
	return taken;
}
