/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Jobs in a libuv loop: open servers and list them, all at once.
 *
 *   uv SERVER...
 */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

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

/* One server: its job, and the handle that watches it. */
struct server {
	uv_poll_t poll; /* first */
	smbmgmt_context *context;
	smbmgmt_job *job;
	int *failed;
};

static void watch(uv_loop_t *loop, smbmgmt_context *context, smbmgmt_job *job,
		  int *failed);

static void closed(uv_handle_t *handle)
{
	free(handle);
}

static void readable(uv_poll_t *poll, int status, int events)
{
	struct server *server = (struct server *)(void *)poll;
	smbmgmt_job *job = server->job;

	(void)status;
	(void)events;
	/* Out of the loop before its descriptor is gone. */
	uv_poll_stop(poll);
	watch(poll->loop, server->context,
	      go_on(server->context, job, server->failed), server->failed);
	uv_close((uv_handle_t *)(void *)poll, closed);
}

/* NULL is no job, and not watched. */
static void watch(uv_loop_t *loop, smbmgmt_context *context, smbmgmt_job *job,
		  int *failed)
{
	struct server *server = NULL;

	if (job == NULL)
		return;
	server = calloc(1, sizeof(*server));
	if (server == NULL ||
	    uv_poll_init(loop, &server->poll, smbmgmt_job_fd(job)) != 0) {
		fprintf(stderr, "a job cannot be watched\n");
		smbmgmt_job_cancel(job);
		smbmgmt_job_unref(job);
		free(server);
		*failed = 1;
		return;
	}
	server->context = context;
	server->job = job;
	server->failed = failed;
	uv_poll_start(&server->poll, UV_READABLE, readable);
}

int main(int argc, char **argv)
{
	uv_loop_t *loop = uv_default_loop();
	smbmgmt_context *context = NULL;
	smbmgmt_error *err = NULL;
	int failed = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: uv SERVER...\n");
		return 2;
	}
	if (smbmgmt_context_new(&context, &err) != 0) {
		failed = report_error(err);
		smbmgmt_error_unref(err);
		return failed;
	}
	for (int i = 1; i < argc; i++)
		watch(loop, context, start(context, argv[i], &failed), &failed);
	/* Until nothing is watched any more. */
	uv_run(loop, UV_RUN_DEFAULT);
	uv_loop_close(loop);
	smbmgmt_context_unref(context);
	return failed;
}
