/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The library on this machine's Samba, asked in lines:
 *
 *	live-samba SMB-CONF TOOLS [MILLISECONDS]
 *
 *	list			one `session` line a session, and its fields
 *	close WHAT USER|USER...	WHAT: letters of f (force), w (what-if), c (all
 *				collateral allowed), or -
 *	evict WHAT USER|USER...	the same, and one more look
 *	again INDEX		close that session of the last list, as an
 *				object
 *	here ...		`list`, `close` or `evict` without a handle
 *
 * Answers are lines of a name, a tab and a value, and a dot at the end.
 */
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

static smbmgmt_context *context;
static smbmgmt_handle *handle;
static smbmgmt_session_list *sessions;

static void need(int32_t code, smbmgmt_error *error)
{
	if (code == SMBMGMT_OK)
		return;
	fprintf(stderr, "%s: %s\n", smbmgmt_error_name(code),
		smbmgmt_error_message(error));
	exit(1);
}

static void print_code(int32_t code, smbmgmt_error *error)
{
	printf("code\t%s\n", smbmgmt_error_name(code));
	if (error != NULL)
		printf("message\t%s\n", smbmgmt_error_message(error));
	smbmgmt_error_unref(error);
}

static void open_it(char **argv, int argc)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = 0;

	need(smbmgmt_context_new(&context, &error), error);
	need(smbmgmt_open_options_new(&options, &error), error);
	need(smbmgmt_open_options_set_smb_conf(options, argv[1], &error),
	     error);
	need(smbmgmt_open_options_set_samba_path(options, argv[2], &error),
	     error);
	if (argc > 3)
		need(smbmgmt_open_options_set_deadline(
			     options, (uint32_t)strtoul(argv[3], NULL, 10),
			     &error),
		     error);
	code = smbmgmt_open_handle(context, "samba:", options, &handle, &error);
	print_code(code, error);
	smbmgmt_open_options_unref(options);
}

struct number {
	const char *name;
	uint64_t field;
	uint64_t value;
};

struct text {
	const char *name;
	uint64_t field;
	const char *value;
};

static void print_texts(const smbmgmt_session *s)
{
	const struct text texts[] = {
		{"client", SMBMGMT_FIELD_CLIENT, smbmgmt_session_client(s)},
		{"user", SMBMGMT_FIELD_USER, smbmgmt_session_user(s)},
		{"group", SMBMGMT_FIELD_GROUP, smbmgmt_session_group(s)},
		{"address", SMBMGMT_FIELD_ADDRESS, smbmgmt_session_address(s)},
		{"dialect", SMBMGMT_FIELD_DIALECT, smbmgmt_session_dialect(s)},
		{"cipher", SMBMGMT_FIELD_CIPHER, smbmgmt_session_cipher(s)},
		{"signing", SMBMGMT_FIELD_SIGNING, smbmgmt_session_signing(s)},
		{"node", SMBMGMT_FIELD_NODE, smbmgmt_session_node(s)},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (smbmgmt_session_has(s, texts[i].field))
			printf("%s\t%s\n", texts[i].name, texts[i].value);
	}
}

static void print_numbers(const smbmgmt_session *s)
{
	const struct number numbers[] = {
		{"opens", SMBMGMT_FIELD_NUM_OPENS,
		 smbmgmt_session_num_opens(s)},
		{"age", SMBMGMT_FIELD_SECONDS_EXISTS,
		 smbmgmt_session_seconds_exists(s)},
		{"idle", SMBMGMT_FIELD_SECONDS_IDLE,
		 smbmgmt_session_seconds_idle(s)},
		{"guest", SMBMGMT_FIELD_GUEST,
		 (uint64_t)smbmgmt_session_guest(s)},
		{"encrypted", SMBMGMT_FIELD_ENCRYPTED,
		 (uint64_t)smbmgmt_session_encrypted(s)},
		{"uid", SMBMGMT_FIELD_UID, smbmgmt_session_uid(s)},
		{"gid", SMBMGMT_FIELD_GID, smbmgmt_session_gid(s)},
		{"cipher_degree", SMBMGMT_FIELD_CIPHER,
		 (uint64_t)smbmgmt_session_cipher_degree(s)},
		{"signing_degree", SMBMGMT_FIELD_SIGNING,
		 (uint64_t)smbmgmt_session_signing_degree(s)},
		{"node_number", SMBMGMT_FIELD_NODE_NUMBER,
		 smbmgmt_session_node_number(s)},
		{"auth_time", SMBMGMT_FIELD_AUTH_TIME,
		 (uint64_t)smbmgmt_session_auth_time(s)},
		{"in_progress", SMBMGMT_FIELD_IN_PROGRESS,
		 (uint64_t)smbmgmt_session_in_progress(s)},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (smbmgmt_session_has(s, numbers[i].field))
			printf("%s\t%llu\n", numbers[i].name,
			       (unsigned long long)numbers[i].value);
	}
}

static void print_session(const smbmgmt_session *s)
{
	printf("session\t%llu\n", (unsigned long long)smbmgmt_session_id(s));
	printf("handle\t%u\n", smbmgmt_session_handle_id(s));
	print_texts(s);
	print_numbers(s);
	for (uint32_t i = 0; i < smbmgmt_session_share_count(s); i++)
		printf("share\t%s\n", smbmgmt_session_share(s, i));
	for (uint32_t i = 0; i < smbmgmt_session_open_file_count(s); i++)
		printf("file\t%s %d %lld\n", smbmgmt_session_open_file(s, i),
		       smbmgmt_session_open_file_writes(s, i),
		       (long long)smbmgmt_session_open_file_opened_at(s, i));
}

/* 0: the next call is without the handle. */
static uint32_t given = 1;

static smbmgmt_handle *const *handles(void)
{
	return given == 0 ? NULL : &handle;
}

static void list(void)
{
	smbmgmt_error *error = NULL;
	int32_t code = 0;

	smbmgmt_session_list_unref(sessions);
	sessions = NULL;
	code = smbmgmt_list_sessions(context, handles(), given, NULL, NULL,
				     &sessions, &error);
	for (uint32_t i = 0; i < smbmgmt_session_list_count(sessions); i++)
		print_session(smbmgmt_session_list_get(sessions, i));
	print_code(code, error);
}

static smbmgmt_action *make_action(const char *what)
{
	smbmgmt_action *action = NULL;
	smbmgmt_policy *policy = NULL;
	smbmgmt_error *error = NULL;

	need(smbmgmt_policy_new(&policy, &error), error);
	if (strchr(what, 'c') != NULL)
		need(smbmgmt_policy_set_allow_collateral(
			     policy, SMBMGMT_COLLATERAL_ALL, &error),
		     error);
	need(smbmgmt_action_new(&action, &error), error);
	need(smbmgmt_action_set_policy(action, policy, &error), error);
	need(smbmgmt_action_set_force(action, strchr(what, 'f') != NULL,
				      &error),
	     error);
	need(smbmgmt_action_set_what_if(action, strchr(what, 'w') != NULL,
					&error),
	     error);
	smbmgmt_policy_unref(policy);
	return action;
}

static void print_report(smbmgmt_report *report, int32_t code,
			 smbmgmt_error *error)
{
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		const smbmgmt_session *s = smbmgmt_report_session(report, i);

		printf("outcome\t%s %s %s\n",
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       s == NULL ? "-" : smbmgmt_session_client(s),
		       s == NULL ? "-" : smbmgmt_session_user(s));
		for (uint32_t j = 0;
		     j < smbmgmt_report_collateral_count(report, i); j++)
			printf("collateral\t%s %d\n",
			       smbmgmt_session_user(
				       smbmgmt_report_collateral(report, i, j)),
			       smbmgmt_report_collateral_ended(report, i, j));
	}
	smbmgmt_report_unref(report);
	print_code(code, error);
}

/* What each of these calls is about: an action, and who is to go. */
static void close_users(char *words, bool evicts)
{
	smbmgmt_evict_options *options = NULL;
	smbmgmt_filter *filter = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_action *action = NULL;
	smbmgmt_error *error = NULL;
	char *rest = NULL;
	char *word = strtok_r(words, " ", &rest);
	int32_t code = 0;

	action = make_action(word);
	need(smbmgmt_filter_new(&filter, &error), error);
	while ((word = strtok_r(NULL, "|", &rest)) != NULL)
		need(smbmgmt_filter_add_user(filter, word, &error), error);
	need(smbmgmt_evict_options_new(&options, &error), error);
	need(smbmgmt_evict_options_set_duration(options, 0, &error), error);
	if (evicts)
		code = smbmgmt_evict(context, handles(), given, filter, action,
				     options, &report, &error);
	else
		code = smbmgmt_close_sessions(context, handles(), given, filter,
					      action, &report, &error);
	print_report(report, code, error);
	smbmgmt_evict_options_unref(options);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
}

static void close_again(const char *index)
{
	smbmgmt_action *action = make_action("f");
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	int32_t code = smbmgmt_close_session(
		handle,
		smbmgmt_session_list_get(sessions,
					 (uint32_t)strtoul(index, NULL, 10)),
		action, &report, &error);

	print_report(report, code, error);
	smbmgmt_action_unref(action);
}

static void do_line(char *line)
{
	if (strcmp(line, "list") == 0)
		list();
	else if (strncmp(line, "close ", 6) == 0)
		close_users(line + 6, false);
	else if (strncmp(line, "evict ", 6) == 0)
		close_users(line + 6, true);
	else if (strncmp(line, "again ", 6) == 0)
		close_again(line + 6);
}

int main(int argc, char **argv)
{
	char line[4096];

	setlocale(LC_ALL, "");
	if (argc < 3)
		return 2;
	open_it(argv, argc);
	printf(".\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		given = strncmp(line, "here ", 5) != 0;
		do_line(given == 1 ? line : line + 5);
		printf(".\n");
		fflush(stdout);
	}
	smbmgmt_session_list_unref(sessions);
	smbmgmt_handle_unref(handle);
	smbmgmt_context_unref(context);
	return 0;
}
