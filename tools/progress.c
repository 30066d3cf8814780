/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "progress.h"

#include "progress_text.h"
#include "say.h"
#include "screen.h"
#include "text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds.  What is over sooner shows no bar, which would only flicker. */
#define BAR_OF_ONE 500
#define BAR_OF_MANY 100
#define BAR_AGAIN 200
#define LINES_EVERY 5000

#define CLEAR_LINE "\r\033[K"

static volatile sig_atomic_t drawn;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void put(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(STDERR_FILENO, text, length);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return;
		}
		text += n;
		length -= (size_t)n;
	}
}

void progress_erase(void)
{
	if (drawn != 0) {
		drawn = 0;
		put(CLEAR_LINE, sizeof(CLEAR_LINE) - 1);
	}
}

void progress_begin(struct progress *progress, const smbmgmt_job *job,
		    const char *doing, uint32_t lasts)
{
	bool several = smbmgmt_job_servers_total(job) > 1;

	*progress = (struct progress){
		.doing = doing, .lasts = lasts, .began = now()};
	if (say_is_quiet()) {
		return;
	}
	progress->form =
		screen_can_erase(stderr) ? PROGRESS_BAR : PROGRESS_LINES;
	progress->next = progress->began;
	if (progress->form == PROGRESS_LINES) {
		progress->next += LINES_EVERY;
	} else {
		progress->next += several ? BAR_OF_MANY : BAR_OF_ONE;
	}
}

int progress_wait(const struct progress *progress)
{
	int64_t left = progress->next - now();

	if (progress->form == PROGRESS_NONE) {
		return -1;
	}
	return left < 0 ? 0 : (int)left;
}

static int64_t seconds_left(const struct progress *progress,
			    const struct progress_facts *facts)
{
	int64_t past = now() - progress->began;

	if (past < (int64_t)progress->lasts) {
		return ((int64_t)progress->lasts - past) / 1000;
	}
	/* The first answers say little about the rest. */
	if (facts->done == 0 || past < 1000) {
		return -1;
	}
	return past * (facts->total - facts->done) / facts->done / 1000;
}

static void read_job(const struct progress *progress, const smbmgmt_job *job,
		     struct progress_facts *facts)
{
	uint32_t i;

	*facts = (struct progress_facts){
		.doing = progress->doing,
		.done = smbmgmt_job_servers_done(job),
		.total = smbmgmt_job_servers_total(job),
		.sessions = smbmgmt_job_sessions(job),
		.closed = smbmgmt_job_closed(job),
		.unclosed = smbmgmt_job_failed(job),
	};
	for (i = 0; i < facts->total; i++) {
		facts->failed += smbmgmt_job_server_state(job, i) ==
				 SMBMGMT_JOB_SERVER_FAILED;
	}
	facts->left = seconds_left(progress, facts);
}

/* Who sent us into the background has the terminal for something else. */
static bool in_background(void)
{
	pid_t foreground = tcgetpgrp(STDERR_FILENO);

	return foreground > 0 && foreground != getpgrp();
}

static void draw(const struct progress_facts *facts)
{
	/* In the last column some terminals go on to the next line. */
	size_t width = screen_width(stderr);
	char *bar = progress_bar(facts, width > 1 ? width - 1 : 1);
	char *text = must_format("%s%s", CLEAR_LINE, bar);

	/* Before it is there: a signal must not find it and leave it. */
	drawn = 1;
	put(text, strlen(text));
	free(text);
	free(bar);
}

void progress_step(struct progress *progress, const smbmgmt_job *job)
{
	struct progress_facts facts;
	char *line = NULL;

	if (progress->form == PROGRESS_NONE || now() < progress->next ||
	    smbmgmt_job_is_complete(job)) {
		return;
	}
	read_job(progress, job, &facts);
	if (progress->form == PROGRESS_LINES) {
		line = progress_line(&facts);
		say("%s", line);
		free(line);
		progress->next = now() + LINES_EVERY;
		return;
	}
	if (!in_background()) {
		draw(&facts);
	}
	progress->next = now() + BAR_AGAIN;
}
