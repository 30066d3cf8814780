/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * How far a job is, on standard error: a bar where that is a terminal, a line
 * now and then where it is not.
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <smbmgmt/smbmgmt.h>
#include <stdint.h>

struct progress {
	const char *doing; /* "Listing" */
	int64_t began;	   /* milliseconds, as all of these */
	int64_t next;	   /* when to show it again */
	uint32_t lasts;	   /* it takes so long whatever happens */
	enum { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_LINES } form;
};

/* Nothing is shown of a job that is over soon. */
void progress_begin(struct progress *progress, const smbmgmt_job *job,
		    const char *doing, uint32_t lasts);
/* Show how far the job is, if it is time to. */
void progress_step(struct progress *progress, const smbmgmt_job *job);
/* Milliseconds until then; -1: never. */
int progress_wait(const struct progress *progress);

/*
 * Take the bar away, if one is there: before anything else is written, and at
 * the end.  Async-signal-safe.
 */
void progress_erase(void);

#endif /* TOOLS_PROGRESS_H */
