/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The library on one handle over WS-Management, asked in lines of words with
 * tabs between them, since names may have blanks:
 *
 *	live-wsman SERVER AUTH-FILE|- [NAME=VALUE...]
 *
 * Names are address, auth (a number), ca_file, client_cert, client_key,
 * deadline (milliseconds), helper, kerberos (a number), krb5_conf, path and
 * plaintext (1).
 *
 *	open				without connecting
 *	connect				open, connecting
 *	idle MILLISECONDS		after which a connection is dropped
 *	state				of the handle
 *	remove				the handle
 *	list [FILTER...]
 *	close [FILTER...]		force
 *	close-no-verify [FILTER...]
 *	plan [FILTER...]		kept for
 *	execute
 *
 * A FILTER is id=N, range=N..M, ids=TEXT, client=, user=, scope=, node=, or
 * instance=N.  The answer is lines `code NAME MESSAGE`, `row ID CLIENT USER
 * SCOPE NODE INSTANCE`, `item ID DECISION`, `outcome ID OUTCOME CODE
 * MESSAGE`, `state NAME`, and a dot.
 */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

#include "lines.h"

struct driver {
	const char *server;
	smbmgmt_context *context;
	smbmgmt_credentials *credentials;
	smbmgmt_open_options *options;
	smbmgmt_handle *handle;
	smbmgmt_plan *plan;
	const char *client_cert;
	const char *client_key;
};

static void say_code(int32_t code, smbmgmt_error *error)
{
	printf("code\t%s\t%s\n", smbmgmt_error_name(code),
	       error == NULL ? "" : smbmgmt_error_message(error));
	smbmgmt_error_unref(error);
}

static void set_option(struct driver *d, const char *name, const char *value)
{
	smbmgmt_open_options *o = d->options;
	smbmgmt_error *error = NULL;
	int number = atoi(value);
	int32_t code = SMBMGMT_E_INVALID;

	if (strcmp(name, "address") == 0)
		code = smbmgmt_open_options_set_address(o, value, &error);
	else if (strcmp(name, "auth") == 0)
		code = smbmgmt_open_options_set_auth(o, number, &error);
	else if (strcmp(name, "ca_file") == 0)
		code = smbmgmt_open_options_set_ca_file(o, value, &error);
	else if (strcmp(name, "deadline") == 0)
		code = smbmgmt_open_options_set_deadline(o, (uint32_t)number,
							 &error);
	else if (strcmp(name, "helper") == 0)
		code = smbmgmt_context_set_helper_path(d->context, value,
						       &error);
	else if (strcmp(name, "kerberos") == 0)
		code = smbmgmt_credentials_set_kerberos(d->credentials, number,
							&error);
	else if (strcmp(name, "krb5_conf") == 0)
		code = smbmgmt_open_options_set_krb5_conf(o, value, &error);
	else if (strcmp(name, "path") == 0)
		code = smbmgmt_open_options_set_wsman_path(o, value, &error);
	else if (strcmp(name, "plaintext") == 0)
		code = smbmgmt_open_options_set_allow_plaintext(o, number,
								&error);
	else if (strcmp(name, "client_cert") == 0)
		d->client_cert = value;
	else if (strcmp(name, "client_key") == 0)
		d->client_key = value;
	if (strncmp(name, "client_", 7) == 0)
		code = SMBMGMT_OK;
	need(code, error);
}

static void make_options(struct driver *d, const char *auth_file, char **more)
{
	smbmgmt_error *error = NULL;

	need(smbmgmt_credentials_new(&d->credentials, &error), error);
	if (strcmp(auth_file, "-") != 0)
		need(smbmgmt_credentials_load_file(d->credentials, auth_file,
						   &error),
		     error);
	need(smbmgmt_open_options_new(&d->options, &error), error);
	for (; *more != NULL; more++) {
		char *value = strchr(*more, '=');

		if (value == NULL)
			exit(2);
		*value = '\0';
		set_option(d, *more, value + 1);
	}
	if (d->client_cert != NULL)
		need(smbmgmt_open_options_set_client_cert(
			     d->options, d->client_cert, d->client_key, &error),
		     error);
	need(smbmgmt_open_options_set_credentials(d->options, d->credentials,
						  &error),
	     error);
}

static void open_handle(struct driver *d, int32_t skip_test)
{
	smbmgmt_error *error = NULL;
	int32_t code;

	smbmgmt_handle_unref(d->handle);
	d->handle = NULL;
	need(smbmgmt_open_options_set_skip_test(d->options, skip_test, &error),
	     error);
	code = smbmgmt_open_handle(d->context, d->server, d->options,
				   &d->handle, &error);
	say_code(code, error);
}

static void add_to(smbmgmt_filter *filter, const char *name, char *value)
{
	smbmgmt_error *error = NULL;
	int32_t code = SMBMGMT_E_INVALID;
	char *end = NULL;
	uint64_t first = strtoull(value, &end, 10);

	if (strcmp(name, "id") == 0)
		code = smbmgmt_filter_add_session_id(filter, first, &error);
	else if (strcmp(name, "range") == 0 && strncmp(end, "..", 2) == 0)
		code = smbmgmt_filter_add_id_range(
			filter, first, strtoull(end + 2, NULL, 10), &error);
	else if (strcmp(name, "ids") == 0)
		code = smbmgmt_filter_add_id_text(filter, value, &error);
	else if (strcmp(name, "client") == 0)
		code = smbmgmt_filter_add_client(filter, value, &error);
	else if (strcmp(name, "user") == 0)
		code = smbmgmt_filter_add_user(filter, value, &error);
	else if (strcmp(name, "scope") == 0)
		code = smbmgmt_filter_add_scope(filter, value, &error);
	else if (strcmp(name, "node") == 0)
		code = smbmgmt_filter_add_node(filter, value, &error);
	else if (strcmp(name, "instance") == 0)
		code = smbmgmt_filter_add_instance(filter, (int32_t)first,
						   &error);
	need(code, error);
}

static smbmgmt_filter *make_filter(char *words)
{
	smbmgmt_filter *filter = NULL;
	smbmgmt_error *error = NULL;
	char *word = NULL;

	need(smbmgmt_filter_new(&filter, &error), error);
	while ((word = strsep(&words, "\t")) != NULL) {
		char *value = strchr(word, '=');

		if (value == NULL)
			exit(2);
		*value = '\0';
		add_to(filter, word, value + 1);
	}
	return filter;
}

static void list(const struct driver *d, char *words)
{
	smbmgmt_filter *filter = make_filter(words);
	smbmgmt_session_list *sessions = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_list_sessions(d->context, &d->handle, 1, filter,
					     NULL, &sessions, &error);
	uint32_t i;

	smbmgmt_filter_unref(filter);
	for (i = 0; i < smbmgmt_session_list_count(sessions); i++) {
		const smbmgmt_session *s =
			smbmgmt_session_list_get(sessions, i);

		printf("row\t%" PRIu64 "\t%s\t%s\t%s\t%s\t%d\n",
		       smbmgmt_session_id(s), smbmgmt_session_client(s),
		       smbmgmt_session_user(s), smbmgmt_session_scope(s),
		       smbmgmt_session_node(s), smbmgmt_session_instance(s));
	}
	smbmgmt_session_list_unref(sessions);
	say_code(code, error);
}

static uint64_t id_of(const smbmgmt_session *session)
{
	return session == NULL ? 0 : smbmgmt_session_id(session);
}

static void make_plan(struct driver *d, char *words)
{
	smbmgmt_filter *filter = make_filter(words);
	smbmgmt_error *error = NULL;
	int32_t code;
	uint32_t i;

	smbmgmt_plan_unref(d->plan);
	d->plan = NULL;
	code = smbmgmt_plan_close(d->context, &d->handle, 1, filter, NULL,
				  &d->plan, &error);
	smbmgmt_filter_unref(filter);
	for (i = 0; i < smbmgmt_plan_count(d->plan); i++)
		printf("item\t%" PRIu64 "\t%d\n",
		       id_of(smbmgmt_plan_session(d->plan, i)),
		       smbmgmt_plan_decision(d->plan, i));
	say_code(code, error);
}

static void say_report(smbmgmt_report *report, int32_t code,
		       smbmgmt_error *error)
{
	uint32_t i;

	for (i = 0; i < smbmgmt_report_count(report); i++)
		printf("outcome\t%" PRIu64 "\t%s\t%s\t%s\n",
		       id_of(smbmgmt_report_session(report, i)),
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       smbmgmt_error_name(
			       smbmgmt_report_outcome_code(report, i)),
		       smbmgmt_report_message(report, i));
	smbmgmt_report_unref(report);
	say_code(code, error);
}

static smbmgmt_action *make_action(int32_t verify)
{
	smbmgmt_action *action = NULL;
	smbmgmt_error *error = NULL;

	need(smbmgmt_action_new(&action, &error), error);
	need(smbmgmt_action_set_verify(action, verify, &error), error);
	need(smbmgmt_action_set_force(action, 1, &error), error);
	return action;
}

static void execute(struct driver *d)
{
	smbmgmt_action *action = make_action(1);
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_execute_plan(d->plan, action, &report, &error);

	smbmgmt_action_unref(action);
	say_report(report, code, error);
}

static void close_them(struct driver *d, char *words, int32_t verify)
{
	smbmgmt_action *action = make_action(verify);
	smbmgmt_filter *filter = make_filter(words);
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_close_sessions(d->context, &d->handle, 1, filter,
					      action, &report, &error);

	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
	say_report(report, code, error);
}

static void say_state(const struct driver *d)
{
	int32_t state = smbmgmt_handle_state(d->handle);

	printf("state\t%s\n", state == SMBMGMT_STATE_CONNECTED ? "connected"
			      : state == SMBMGMT_STATE_DISCONNECTED
				      ? "disconnected"
				      : "removed");
}

static void remove_it(struct driver *d)
{
	smbmgmt_error *error = NULL;

	say_code(smbmgmt_remove_handle(d->handle, &error), error);
}

static void set_idle(struct driver *d, const char *milliseconds)
{
	smbmgmt_error *error = NULL;

	say_code(smbmgmt_context_set_idle_timeout(
			 d->context, (uint32_t)atoi(milliseconds), &error),
		 error);
}

static int serve(struct driver *d, const char *command, char *rest)
{
	if (strcmp(command, "open") == 0)
		open_handle(d, 1);
	else if (strcmp(command, "connect") == 0)
		open_handle(d, 0);
	else if (strcmp(command, "idle") == 0 && rest != NULL)
		set_idle(d, rest);
	else if (strcmp(command, "state") == 0)
		say_state(d);
	else if (strcmp(command, "remove") == 0)
		remove_it(d);
	else if (strcmp(command, "list") == 0)
		list(d, rest);
	else if (strcmp(command, "close") == 0)
		close_them(d, rest, 1);
	else if (strcmp(command, "close-no-verify") == 0)
		close_them(d, rest, 0);
	else if (strcmp(command, "plan") == 0)
		make_plan(d, rest);
	else if (strcmp(command, "execute") == 0)
		execute(d);
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
	char line[16384];
	int status = 0;

	if (argc < 3)
		return 2;
	/* As hosts do: the library must not mind. */
	setlocale(LC_ALL, "");
	d.server = argv[1];
	need(smbmgmt_context_new(&d.context, &error), error);
	make_options(&d, argv[2], argv + 3);
	while (status == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = line;
		char *command = NULL;

		line[strcspn(line, "\n")] = '\0';
		command = strsep(&rest, "\t");
		status = serve(&d, command, rest);
	}
	smbmgmt_plan_unref(d.plan);
	smbmgmt_handle_unref(d.handle);
	smbmgmt_open_options_unref(d.options);
	smbmgmt_credentials_unref(d.credentials);
	smbmgmt_context_unref(d.context);
	return status;
}
