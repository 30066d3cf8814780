/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Jobs in an epoll loop of one's own: open servers and list them, all at once.
 *
 *   epoll SERVER...
 */
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <smbmgmt/smbmgmt.h>

static int report_error(const smbmgmt_error *err)
{
	fprintf(stderr, "%s (%s)\n", smbmgmt_error_message(err),
		smbmgmt_error_name(smbmgmt_error_code(err)));
	return 1;
}

static void show(const smbmgmt_session_list *list)
{
	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++) {
		const smbmgmt_session *s = smbmgmt_session_list_get(list, i);

		printf("%s\t%s\t%s\n", smbmgmt_session_server(s),
		       smbmgmt_session_user(s), smbmgmt_session_client(s));
	}
}

/*
 * A job is complete, and dropped here: show its list, or give the job that
 * lists the handle it has opened.  NULL: that was all for this server.
 */
static smbmgmt_job *go_on(smbmgmt_context *context, smbmgmt_job *job,
			  int *failed)
{
	smbmgmt_handle *handle = smbmgmt_job_handle(job);
	smbmgmt_session_list *list = smbmgmt_job_list(job);
	smbmgmt_job *next = NULL;
	smbmgmt_error *err = NULL;

	if (smbmgmt_job_code(job) != 0)
		*failed |= report_error(smbmgmt_job_error(job));
	show(list);
	if (handle != NULL && smbmgmt_start_list(context, &handle, 1, NULL,
						 NULL, &next, &err) != 0)
		*failed |= report_error(err);
	smbmgmt_error_unref(err);
	smbmgmt_session_list_unref(list);
	smbmgmt_handle_unref(handle);
	smbmgmt_job_unref(job);
	return next;
}

static smbmgmt_job *start(smbmgmt_context *context, const char *server,
			  int *failed)
{
	smbmgmt_job *job = NULL;
	smbmgmt_error *err = NULL;

	if (smbmgmt_start_open(context, server, NULL, &job, &err) != 0)
		*failed |= report_error(err);
	smbmgmt_error_unref(err);
	return job;
}

/* NULL is no job, and not watched. */
static int watch(int loop, smbmgmt_job *job)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = job};

	if (job == NULL)
		return 0;
	if (epoll_ctl(loop, EPOLL_CTL_ADD, smbmgmt_job_fd(job), &event) == 0)
		return 1;
	perror("epoll_ctl");
	smbmgmt_job_cancel(job);
	smbmgmt_job_unref(job);
	return 0;
}

static int run(int loop, smbmgmt_context *context, int left)
{
	int failed = 0;

	while (left > 0) {
		struct epoll_event event;
		smbmgmt_job *job = NULL;

		/* A host's other descriptors would be in here, too. */
		if (epoll_wait(loop, &event, 1, -1) != 1) {
			if (errno == EINTR)
				continue;
			perror("epoll_wait");
			return 1;
		}
		/* Out of the loop before its descriptor is gone. */
		job = event.data.ptr;
		epoll_ctl(loop, EPOLL_CTL_DEL, smbmgmt_job_fd(job), NULL);
		left--;
		left += watch(loop, go_on(context, job, &failed));
	}
	return failed;
}

int main(int argc, char **argv)
{
	smbmgmt_context *context = NULL;
	smbmgmt_error *err = NULL;
	int loop = -1;
	int failed = 0;
	int left = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: epoll SERVER...\n");
		return 2;
	}
	loop = epoll_create1(EPOLL_CLOEXEC);
	if (loop < 0) {
		perror("epoll_create1");
		return 1;
	}
	if (smbmgmt_context_new(&context, &err) != 0) {
		failed = report_error(err);
		smbmgmt_error_unref(err);
		close(loop);
		return failed;
	}
	for (int i = 1; i < argc; i++)
		left += watch(loop, start(context, argv[i], &failed));
	failed |= run(loop, context, left);
	close(loop);
	smbmgmt_context_unref(context);
	return failed;
}
