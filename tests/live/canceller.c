/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One handle and one job at a time, asked in lines; what ends a job is timed
 * here, where no pipe and no other process is in between:
 *
 *	canceller SERVER AUTH-FILE MILLISECONDS [HELPER]
 *
 * LIVE_CARRIER in the environment chooses what carries srvsvc.
 *
 *	open			without connecting
 *	remove			the handle
 *	start open|list		a job; open: of the server, with a connection
 *	start plan|close CLIENT...
 *	start execute		the last plan that a job made
 *	cancel			the job, from this thread, and what came of it
 *	remove-during		the handle, and what came of the job
 *	wait MILLISECONDS	and what came of the job
 *	job-wait MILLISECONDS	smbmgmt_job_wait()
 *	swap			handle and job with a second one of each
 *	deadline MILLISECONDS	of what is opened from here on
 *	idle MILLISECONDS	after which a connection is dropped
 *	state			of the handle
 *	now			CLOCK_REALTIME as this process sees it
 *
 * The answer is lines and a dot: `code NAME MESSAGE`; of a job `complete 0|1`,
 * `took MICROSECONDS` until poll() said so, `server STATE`, `sessions N`, `item
 * OUTCOME CODE SENT CLIENT USER`, `fd N` descriptors of this process.
 */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <smbmgmt/smbmgmt.h>

#include "lines.h"

#define HANG_MS 60000

struct canceller {
	const char *server;
	smbmgmt_open_options *options; /* skip_test is set for "open" */
	smbmgmt_context *context;
	smbmgmt_handle *handle;
	smbmgmt_plan *plan;
	smbmgmt_job *job;
	smbmgmt_handle *other_handle;
	smbmgmt_job *other_job;
};

static void print_end(int32_t code, const smbmgmt_error *error)
{
	printf("code %s %s\n", smbmgmt_error_name(code),
	       error == NULL ? "" : smbmgmt_error_message(error));
}

/* The clock that libfaketime is told to leave alone. */
static int64_t microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static smbmgmt_open_options *make_options(const char *auth_file,
					  uint32_t milliseconds)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	const char *carrier = getenv("LIVE_CARRIER");
	smbmgmt_error *error = NULL;

	need(smbmgmt_credentials_new(&credentials, &error), error);
	need(smbmgmt_credentials_load_file(credentials, auth_file, &error),
	     error);
	need(smbmgmt_open_options_new(&options, &error), error);
	need(smbmgmt_open_options_set_credentials(options, credentials, &error),
	     error);
	need(smbmgmt_open_options_set_deadline(options, milliseconds, &error),
	     error);
	if (carrier != NULL)
		need(smbmgmt_open_options_set_carrier(options, carrier, &error),
		     error);
	smbmgmt_credentials_unref(credentials);
	return options;
}

static void skip_test(const struct canceller *c, int32_t skip)
{
	smbmgmt_error *error = NULL;

	need(smbmgmt_open_options_set_skip_test(c->options, skip, &error),
	     error);
}

static void open_handle(struct canceller *c)
{
	smbmgmt_error *error = NULL;
	int32_t code;

	smbmgmt_handle_unref(c->handle);
	c->handle = NULL;
	skip_test(c, 1);
	code = smbmgmt_open_handle(c->context, c->server, c->options,
				   &c->handle, &error);
	print_end(code, error);
	smbmgmt_error_unref(error);
}

static void remove_it(const struct canceller *c)
{
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_remove_handle(c->handle, &error);

	print_end(code, error);
	smbmgmt_error_unref(error);
}

static smbmgmt_filter *make_filter(char *clients)
{
	smbmgmt_filter *filter = NULL;
	smbmgmt_error *error = NULL;
	char *rest = NULL;
	char *client = NULL;

	need(smbmgmt_filter_new(&filter, &error), error);
	for (client = strtok_r(clients, " ", &rest); client != NULL;
	     client = strtok_r(NULL, " ", &rest))
		need(smbmgmt_filter_add_client(filter, client, &error), error);
	return filter;
}

static smbmgmt_policy *make_policy(void)
{
	smbmgmt_policy *policy = NULL;
	smbmgmt_error *error = NULL;

	need(smbmgmt_policy_new(&policy, &error), error);
	need(smbmgmt_policy_set_allow_collateral(
		     policy, SMBMGMT_COLLATERAL_POSSIBLE, &error),
	     error);
	return policy;
}

static smbmgmt_action *make_action(void)
{
	smbmgmt_policy *policy = make_policy();
	smbmgmt_action *action = NULL;
	smbmgmt_error *error = NULL;

	need(smbmgmt_action_new(&action, &error), error);
	need(smbmgmt_action_set_policy(action, policy, &error), error);
	need(smbmgmt_action_set_force(action, 1, &error), error);
	smbmgmt_policy_unref(policy);
	return action;
}

static int32_t start_plan(struct canceller *c, char *clients,
			  smbmgmt_error **error)
{
	smbmgmt_filter *filter = make_filter(clients);
	smbmgmt_policy *policy = make_policy();
	int32_t code = smbmgmt_start_plan(c->context, &c->handle, 1, filter,
					  policy, &c->job, error);

	smbmgmt_policy_unref(policy);
	smbmgmt_filter_unref(filter);
	return code;
}

static int32_t start_close(struct canceller *c, char *clients,
			   smbmgmt_error **error)
{
	smbmgmt_filter *filter = make_filter(clients);
	smbmgmt_action *action = make_action();
	int32_t code = smbmgmt_start_close(c->context, &c->handle, 1, filter,
					   action, &c->job, error);

	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	return code;
}

static int32_t start_execute(struct canceller *c, smbmgmt_error **error)
{
	smbmgmt_action *action = make_action();
	int32_t code = smbmgmt_start_execute(c->plan, action, &c->job, error);

	smbmgmt_action_unref(action);
	return code;
}

static int start(struct canceller *c, char *rest)
{
	const char *what = strsep(&rest, " ");
	smbmgmt_error *error = NULL;
	int32_t code;

	smbmgmt_job_unref(c->job);
	c->job = NULL;
	if (strcmp(what, "open") == 0) {
		skip_test(c, 0);
		code = smbmgmt_start_open(c->context, c->server, c->options,
					  &c->job, &error);
	} else if (strcmp(what, "list") == 0) {
		code = smbmgmt_start_list(c->context, &c->handle, 1, NULL, NULL,
					  &c->job, &error);
	} else if (strcmp(what, "plan") == 0) {
		code = start_plan(c, rest, &error);
	} else if (strcmp(what, "close") == 0) {
		code = start_close(c, rest, &error);
	} else if (strcmp(what, "execute") == 0) {
		code = start_execute(c, &error);
	} else {
		return 2;
	}
	print_end(code, error);
	smbmgmt_error_unref(error);
	return 0;
}

static void print_items(smbmgmt_report *report)
{
	uint32_t i;

	for (i = 0; i < smbmgmt_report_count(report); i++) {
		const smbmgmt_session *session =
			smbmgmt_report_session(report, i);

		printf("item %s %s %d %s %s\n",
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       smbmgmt_error_name(
			       smbmgmt_report_outcome_code(report, i)),
		       smbmgmt_report_was_sent(report, i),
		       session == NULL ? "-" : smbmgmt_session_client(session),
		       session == NULL ? "-" : smbmgmt_session_user(session));
	}
	smbmgmt_report_unref(report);
}

static unsigned int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		closedir(dir);
	return count;
}

/* What came of the job, which was asked to end at @began. */
static void finish(struct canceller *c, int64_t began, int milliseconds)
{
	struct pollfd wait = {.fd = smbmgmt_job_fd(c->job), .events = POLLIN};
	int ready = poll(&wait, 1, milliseconds);
	int64_t took = microseconds() - began;
	smbmgmt_session_list *list = smbmgmt_job_list(c->job);
	smbmgmt_handle *handle = smbmgmt_job_handle(c->job);
	smbmgmt_plan *plan = smbmgmt_job_plan(c->job);

	printf("complete %d\n", smbmgmt_job_is_complete(c->job));
	printf("took %lld\n", ready == 1 ? (long long)took : -1LL);
	printf("server %d\n", smbmgmt_job_server_state(c->job, 0));
	if (list != NULL)
		printf("sessions %u\n", smbmgmt_session_list_count(list));
	if (plan != NULL) {
		smbmgmt_plan_unref(c->plan);
		c->plan = plan;
	}
	printf("handle %d\n", handle != NULL);
	print_items(smbmgmt_job_report(c->job));
	printf("fd %u\n", count_fds());
	print_end(smbmgmt_job_code(c->job), smbmgmt_job_error(c->job));
	smbmgmt_session_list_unref(list);
	smbmgmt_handle_unref(handle);
}

static void cancel(struct canceller *c)
{
	int64_t began = microseconds();

	smbmgmt_job_cancel(c->job);
	finish(c, began, HANG_MS);
}

static void remove_during(struct canceller *c)
{
	int64_t began = microseconds();

	need(smbmgmt_remove_handle(c->handle, NULL), NULL);
	finish(c, began, HANG_MS);
}

static void job_wait(const struct canceller *c, uint32_t milliseconds)
{
	int64_t began = microseconds();
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_job_wait(c->job, milliseconds, &error);

	printf("took %lld\n", (long long)(microseconds() - began));
	print_end(code, error);
	smbmgmt_error_unref(error);
}

static void print_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	printf("now %lld\n", (long long)now.tv_sec);
}

static void swap(struct canceller *c)
{
	smbmgmt_handle *handle = c->handle;
	smbmgmt_job *job = c->job;

	c->handle = c->other_handle;
	c->job = c->other_job;
	c->other_handle = handle;
	c->other_job = job;
	print_end(SMBMGMT_OK, NULL);
}

static uint32_t number(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 10);
}

static int serve(struct canceller *c, const char *command, char *rest)
{
	if (strcmp(command, "open") == 0)
		open_handle(c);
	else if (strcmp(command, "remove") == 0)
		remove_it(c);
	else if (strcmp(command, "start") == 0)
		return start(c, rest);
	else if (strcmp(command, "cancel") == 0)
		cancel(c);
	else if (strcmp(command, "remove-during") == 0)
		remove_during(c);
	else if (strcmp(command, "wait") == 0)
		finish(c, microseconds(), (int)number(rest));
	else if (strcmp(command, "job-wait") == 0)
		job_wait(c, number(rest));
	else if (strcmp(command, "swap") == 0)
		swap(c);
	else if (strcmp(command, "deadline") == 0)
		print_end(smbmgmt_open_options_set_deadline(c->options,
							    number(rest), NULL),
			  NULL);
	else if (strcmp(command, "idle") == 0)
		print_end(smbmgmt_context_set_idle_timeout(c->context,
							   number(rest), NULL),
			  NULL);
	else if (strcmp(command, "state") == 0)
		printf("state %d\n", smbmgmt_handle_state(c->handle));
	else if (strcmp(command, "now") == 0)
		print_now();
	else
		return 2;
	return 0;
}

int main(int argc, char **argv)
{
	struct canceller c = {0};
	smbmgmt_error *error = NULL;
	char line[4096];
	int status = 0;

	if (argc < 4)
		return 2;
	c.server = argv[1];
	c.options = make_options(argv[2], number(argv[3]));
	need(smbmgmt_context_new(&c.context, &error), error);
	if (argc > 4)
		need(smbmgmt_context_set_helper_path(c.context, argv[4],
						     &error),
		     error);
	while (status == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = line;
		char *command = NULL;

		line[strcspn(line, "\n")] = '\0';
		command = strsep(&rest, " ");
		status = serve(&c, command, rest);
		puts(".");
		fflush(stdout);
	}
	smbmgmt_job_unref(c.job);
	smbmgmt_job_unref(c.other_job);
	smbmgmt_handle_unref(c.other_handle);
	smbmgmt_plan_unref(c.plan);
	smbmgmt_handle_unref(c.handle);
	smbmgmt_open_options_unref(c.options);
	smbmgmt_context_unref(c.context);
	return status;
}
