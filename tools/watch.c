/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "watch.h"

#include "progress.h"
#include "say.h"
#include "signals.h"

#include <poll.h>

/* The library delivers its log in calls only: make one so often. */
#define LOG_EVERY 250

static void wait_some(smbmgmt_job *job, const struct progress *progress)
{
	struct pollfd fds[] = {
		{.fd = smbmgmt_job_fd(job), .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
	};
	int limit = progress_wait(progress);

	if (limit < 0 || limit > LOG_EVERY) {
		limit = LOG_EVERY;
	}
	/* What ended it is looked at in any case. */
	poll(fds, sizeof(fds) / sizeof(fds[0]), limit);
	signals_seen();
	smbmgmt_job_wait(job, 0, NULL);
}

int32_t watch_job(struct tool *tool, smbmgmt_job *job, const char *doing,
		  uint32_t lasts, smbmgmt_error **error)
{
	struct progress progress;
	bool asked = false;

	progress_begin(&progress, job, doing, lasts);
	signals_watch(progress_erase);
	while (!smbmgmt_job_is_complete(job)) {
		wait_some(job, &progress);
		if (!asked && signals_taken() != 0) {
			asked = true;
			smbmgmt_job_cancel(job);
			say_note(
				"note: interrupted: what is not done yet is "
				"cancelled; a second signal ends this at "
				"once");
			continue;
		}
		progress_step(&progress, job);
	}
	progress_erase();
	signals_unwatch();
	/* One that came just as it ended counts as well. */
	if (signals_taken() != 0) {
		tool->interrupted = signals_taken();
	}
	if (smbmgmt_job_error(job) != NULL) {
		*error = smbmgmt_error_ref(smbmgmt_job_error(job));
	}
	return smbmgmt_job_code(job);
}
