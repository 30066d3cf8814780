/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The library on one handle, asked in lines, for what the command cannot do:
 *
 *	driver SERVER AUTH-FILE [MILLISECONDS [HELPER]]
 *
 * LIVE_CARRIER in the environment chooses what carries srvsvc.
 *
 *	open				without connecting
 *	idle MILLISECONDS		after which a connection is dropped
 *	state				of the handle
 *	remove				the handle
 *	list
 *	plan USER...			collateral that is possible is allowed
 *	execute				the plan
 *	execute-no-verify
 *	close USER...			force
 *	close-no-verify USER...
 *	ask USER...			a confirm callback that says yes
 *
 * The answer is lines `code NAME MESSAGE`, `sessions N`, `item DECISION CODE
 * CLIENT USER`, `outcome OUTCOME CODE CLIENT USER`, `listings N`, `state NAME`,
 * and a dot.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

#include "lines.h"

struct driver {
	const char *server;
	const char *auth_file;
	uint32_t milliseconds;
	smbmgmt_context *context;
	smbmgmt_handle *handle;
	smbmgmt_plan *plan;
};

static const char *client_of(const smbmgmt_session *session)
{
	return session == NULL ? "-" : smbmgmt_session_client(session);
}

static const char *user_of(const smbmgmt_session *session)
{
	return session == NULL ? "-" : smbmgmt_session_user(session);
}

static smbmgmt_open_options *make_options(const struct driver *d)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_error *error = NULL;

	need(smbmgmt_credentials_new(&credentials, &error), error);
	need(smbmgmt_credentials_load_file(credentials, d->auth_file, &error),
	     error);
	need(smbmgmt_open_options_new(&options, &error), error);
	need(smbmgmt_open_options_set_credentials(options, credentials, &error),
	     error);
	need(smbmgmt_open_options_set_skip_test(options, 1, &error), error);
	need(smbmgmt_open_options_set_deadline(options, d->milliseconds,
					       &error),
	     error);
	if (getenv("LIVE_CARRIER") != NULL)
		need(smbmgmt_open_options_set_carrier(
			     options, getenv("LIVE_CARRIER"), &error),
		     error);
	smbmgmt_credentials_unref(credentials);
	return options;
}

static void open_handle(struct driver *d)
{
	smbmgmt_open_options *options = make_options(d);
	smbmgmt_error *error = NULL;
	int32_t code;

	smbmgmt_handle_unref(d->handle);
	d->handle = NULL;
	code = smbmgmt_open_handle(d->context, d->server, options, &d->handle,
				   &error);
	smbmgmt_open_options_unref(options);
	print_code(code, error);
}

static void set_idle(const struct driver *d, const char *milliseconds)
{
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_context_set_idle_timeout(
		d->context, (uint32_t)strtoul(milliseconds, NULL, 10), &error);

	print_code(code, error);
}

static void print_state(const struct driver *d)
{
	int32_t state = smbmgmt_handle_state(d->handle);

	printf("state %s\n", state == SMBMGMT_STATE_CONNECTED ? "connected"
			     : state == SMBMGMT_STATE_DISCONNECTED
				     ? "disconnected"
				     : "removed");
}

static void remove_it(struct driver *d)
{
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_remove_handle(d->handle, &error);

	print_code(code, error);
}

static void list(const struct driver *d)
{
	smbmgmt_session_list *sessions = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_list_sessions(d->context, &d->handle, 1, NULL,
					     NULL, &sessions, &error);

	printf("sessions %u\n", smbmgmt_session_list_count(sessions));
	smbmgmt_session_list_unref(sessions);
	print_code(code, error);
}

static smbmgmt_filter *make_filter(char *users)
{
	smbmgmt_filter *filter = NULL;
	smbmgmt_error *error = NULL;
	char *rest = NULL;
	char *user = NULL;

	need(smbmgmt_filter_new(&filter, &error), error);
	for (user = strtok_r(users, " ", &rest); user != NULL;
	     user = strtok_r(NULL, " ", &rest))
		need(smbmgmt_filter_add_user(filter, user, &error), error);
	return filter;
}

static void make_plan(struct driver *d, char *users)
{
	smbmgmt_filter *filter = make_filter(users);
	smbmgmt_policy *policy = NULL;
	smbmgmt_error *error = NULL;
	int32_t code;
	uint32_t i;

	need(smbmgmt_policy_new(&policy, &error), error);
	need(smbmgmt_policy_set_allow_collateral(
		     policy, SMBMGMT_COLLATERAL_POSSIBLE, &error),
	     error);
	smbmgmt_plan_unref(d->plan);
	d->plan = NULL;
	code = smbmgmt_plan_close(d->context, &d->handle, 1, filter, policy,
				  &d->plan, &error);
	for (i = 0; i < smbmgmt_plan_count(d->plan); i++) {
		const smbmgmt_session *session =
			smbmgmt_plan_session(d->plan, i);

		printf("item %d %s %s %s\n", smbmgmt_plan_decision(d->plan, i),
		       smbmgmt_error_name(smbmgmt_plan_code(d->plan, i)),
		       client_of(session), user_of(session));
	}
	smbmgmt_policy_unref(policy);
	smbmgmt_filter_unref(filter);
	print_code(code, error);
}

static void print_report(smbmgmt_report *report, int32_t code,
			 smbmgmt_error *error)
{
	uint32_t i;

	for (i = 0; i < smbmgmt_report_count(report); i++) {
		const smbmgmt_session *session =
			smbmgmt_report_session(report, i);

		printf("outcome %s %s %s %s\n",
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       smbmgmt_error_name(
			       smbmgmt_report_outcome_code(report, i)),
		       client_of(session), user_of(session));
	}
	printf("listings %u\n", smbmgmt_report_listings(report));
	smbmgmt_report_unref(report);
	print_code(code, error);
}

static int32_t say_yes(const smbmgmt_question *question, void *userdata)
{
	(void)userdata;
	return smbmgmt_question_plan(question) == NULL ? SMBMGMT_ANSWER_ABORT
						       : SMBMGMT_ANSWER_YES;
}

static smbmgmt_action *make_action(int32_t verify, int32_t ask)
{
	smbmgmt_action *action = NULL;
	smbmgmt_error *error = NULL;

	need(smbmgmt_action_new(&action, &error), error);
	need(smbmgmt_action_set_verify(action, verify, &error), error);
	if (ask)
		need(smbmgmt_action_set_confirm(action, say_yes, NULL, NULL,
						&error),
		     error);
	else
		need(smbmgmt_action_set_force(action, 1, &error), error);
	return action;
}

static void execute(struct driver *d, int32_t verify)
{
	smbmgmt_action *action = make_action(verify, 0);
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_execute_plan(d->plan, action, &report, &error);

	smbmgmt_action_unref(action);
	print_report(report, code, error);
}

static void close_users(struct driver *d, char *users, int32_t verify,
			int32_t ask)
{
	smbmgmt_action *action = make_action(verify, ask);
	smbmgmt_filter *filter = make_filter(users);
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_close_sessions(d->context, &d->handle, 1, filter,
					      action, &report, &error);

	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
	print_report(report, code, error);
}

static int serve(struct driver *d, const char *command, char *rest)
{
	if (strcmp(command, "open") == 0)
		open_handle(d);
	else if (strcmp(command, "idle") == 0)
		set_idle(d, rest);
	else if (strcmp(command, "state") == 0)
		print_state(d);
	else if (strcmp(command, "remove") == 0)
		remove_it(d);
	else if (strcmp(command, "list") == 0)
		list(d);
	else if (strcmp(command, "plan") == 0)
		make_plan(d, rest);
	else if (strcmp(command, "execute") == 0)
		execute(d, 1);
	else if (strcmp(command, "execute-no-verify") == 0)
		execute(d, 0);
	else if (strcmp(command, "close") == 0)
		close_users(d, rest, 1, 0);
	else if (strcmp(command, "close-no-verify") == 0)
		close_users(d, rest, 0, 0);
	else if (strcmp(command, "ask") == 0)
		close_users(d, rest, 1, 1);
	else
		return 2;
	puts(".");
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct driver d = {0};
	smbmgmt_error *error = NULL;
	char line[4096];
	int status = 0;

	if (argc < 3)
		return 2;
	/* As hosts do: the library must not mind. */
	setlocale(LC_ALL, "");
	d.server = argv[1];
	d.auth_file = argv[2];
	d.milliseconds = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
	need(smbmgmt_context_new(&d.context, &error), error);
	if (argc > 4)
		need(smbmgmt_context_set_helper_path(d.context, argv[4],
						     &error),
		     error);
	while (status == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = line;
		char *command = NULL;

		line[strcspn(line, "\n")] = '\0';
		command = strsep(&rest, " ");
		status = serve(&d, command, rest);
	}
	smbmgmt_plan_unref(d.plan);
	smbmgmt_handle_unref(d.handle);
	smbmgmt_context_unref(d.context);
	return status;
}
