/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Jobs in a GLib main loop: open servers and list them, all at once.
 *
 *   glib SERVER...
 */
#include <glib-unix.h>
#include <stdio.h>

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

struct host {
	GMainLoop *loop;
	smbmgmt_context *context;
	int left; /* jobs in progress */
	int failed;
};

/* One job that is watched. */
struct watched {
	struct host *host;
	smbmgmt_job *job;
};

static void watch(struct host *host, smbmgmt_job *job);

static gboolean readable(gint fd, GIOCondition condition, gpointer userdata)
{
	struct watched *watched = userdata;
	struct host *host = watched->host;
	smbmgmt_job *job = watched->job;

	(void)fd;
	(void)condition;
	/* Until GLib has let go of the descriptor it must not be gone. */
	smbmgmt_job_ref(job);
	watch(host, go_on(host->context, job, &host->failed));
	host->left--;
	if (host->left == 0)
		g_main_loop_quit(host->loop);
	return G_SOURCE_REMOVE;
}

static void removed(gpointer userdata)
{
	struct watched *watched = userdata;

	smbmgmt_job_unref(watched->job);
	g_free(watched);
}

/* NULL is no job, and not watched. */
static void watch(struct host *host, smbmgmt_job *job)
{
	struct watched *watched = NULL;

	if (job == NULL)
		return;
	watched = g_new0(struct watched, 1);
	watched->host = host;
	watched->job = job;
	g_unix_fd_add_full(G_PRIORITY_DEFAULT, smbmgmt_job_fd(job), G_IO_IN,
			   readable, watched, removed);
	host->left++;
}

int main(int argc, char **argv)
{
	struct host host = {0};
	smbmgmt_error *err = NULL;

	if (argc < 2) {
		fprintf(stderr, "usage: glib SERVER...\n");
		return 2;
	}
	if (smbmgmt_context_new(&host.context, &err) != 0) {
		host.failed = report_error(err);
		smbmgmt_error_unref(err);
		return host.failed;
	}
	host.loop = g_main_loop_new(NULL, FALSE);
	for (int i = 1; i < argc; i++)
		watch(&host, start(host.context, argv[i], &host.failed));
	if (host.left > 0)
		g_main_loop_run(host.loop);
	g_main_loop_unref(host.loop);
	smbmgmt_context_unref(host.context);
	return host.failed;
}
