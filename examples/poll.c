/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Jobs in an event loop of one's own: open two servers and list them, both at
 * once, in a loop of poll().
 *
 *   poll SERVER SERVER
 */
#include <poll.h>
#include <stdio.h>

#include <smbmgmt/smbmgmt.h>

#define COUNT 2

static int report_error(const smbmgmt_error *err)
{
	fprintf(stderr, "%s (%s)\n", smbmgmt_error_message(err),
		smbmgmt_error_name(smbmgmt_error_code(err)));
	return 1;
}

/* The handle is open: list it next.  NULL: that could not be started. */
static smbmgmt_job *list_next(smbmgmt_context *context, const smbmgmt_job *job)
{
	smbmgmt_handle *handle = smbmgmt_job_handle(job);
	smbmgmt_job *next = NULL;
	smbmgmt_error *err = NULL;

	if (smbmgmt_start_list(context, &handle, 1, NULL, NULL, &next, &err) !=
	    0)
		report_error(err);
	smbmgmt_error_unref(err);
	/* The job has a reference of its own. */
	smbmgmt_handle_unref(handle);
	return next;
}

static void show(const smbmgmt_job *job)
{
	smbmgmt_session_list *list = smbmgmt_job_list(job);

	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++) {
		const smbmgmt_session *s = smbmgmt_session_list_get(list, i);

		printf("%s\t%s\t%s\n", smbmgmt_session_server(s),
		       smbmgmt_session_user(s), smbmgmt_session_client(s));
	}
	smbmgmt_session_list_unref(list);
}

/* A job is complete: show it, or go on.  Gives the one that follows, or NULL.
 */
static smbmgmt_job *completed(smbmgmt_context *context, smbmgmt_job *job,
			      int *failed)
{
	smbmgmt_session_list *list = smbmgmt_job_list(job);
	smbmgmt_job *next = NULL;

	if (smbmgmt_job_code(job) != 0)
		*failed |= report_error(smbmgmt_job_error(job));
	if (list != NULL) {
		show(job);
	} else if (smbmgmt_job_code(job) == 0) {
		next = list_next(context, job);
		*failed |= next == NULL;
	}
	smbmgmt_session_list_unref(list);
	smbmgmt_job_unref(job);
	return next;
}

static int loop(smbmgmt_context *context, smbmgmt_job *jobs[COUNT])
{
	int failed = 0;
	int left = COUNT;

	while (left > 0) {
		struct pollfd fds[COUNT];

		/* -1, for a job that is no more, is passed over by poll(). */
		left = 0;
		for (int i = 0; i < COUNT; i++) {
			fds[i].fd = smbmgmt_job_fd(jobs[i]);
			fds[i].events = POLLIN;
			fds[i].revents = 0;
			left += jobs[i] != NULL;
		}
		/* A host's other descriptors would be in here, too. */
		if (left == 0 || poll(fds, COUNT, -1) < 0)
			continue;
		for (int i = 0; i < COUNT; i++) {
			if (fds[i].revents != 0)
				jobs[i] = completed(context, jobs[i], &failed);
		}
	}
	return failed;
}

int main(int argc, char **argv)
{
	smbmgmt_context *context = NULL;
	smbmgmt_job *jobs[COUNT] = {NULL};
	smbmgmt_error *err = NULL;
	int failed = 0;

	if (argc != COUNT + 1) {
		fprintf(stderr, "usage: poll SERVER SERVER\n");
		return 2;
	}
	if (smbmgmt_context_new(&context, &err) != 0) {
		failed = report_error(err);
		smbmgmt_error_unref(err);
		return failed;
	}
	for (int i = 0; i < COUNT; i++) {
		if (smbmgmt_start_open(context, argv[i + 1], NULL, &jobs[i],
				       &err) != 0)
			failed |= report_error(err);
		smbmgmt_error_unref(err);
		err = NULL;
	}
	failed |= loop(context, jobs);
	smbmgmt_context_unref(context);
	return failed;
}
