/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Close all sessions of a user: plan, show, decide, carry out, report.
 *
 *	close_user SERVER USER [CREDENTIALS-FILE]
 *
 * The file is one that smbclient -A reads.  Nothing is closed before the
 * answer; what the plan refuses (our own connection, sessions that would end
 * with the user's) is shown and left alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

static int complain(smbmgmt_error *err)
{
	fprintf(stderr, "close_user: %s\n", smbmgmt_error_message(err));
	smbmgmt_error_unref(err);
	return 1;
}

static int32_t open_server(smbmgmt_context *context, const char *server,
			   const char *file, smbmgmt_handle **handle,
			   smbmgmt_error **err)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_credentials *credentials = NULL;
	int32_t code = smbmgmt_open_options_new(&options, err);

	if (code == 0 && file != NULL) {
		code = smbmgmt_credentials_new(&credentials, err);
		if (code == 0)
			code = smbmgmt_credentials_load_file(credentials, file,
							     err);
		if (code == 0)
			code = smbmgmt_open_options_set_credentials(
				options, credentials, err);
	}
	if (code == 0)
		code = smbmgmt_open_handle(context, server, options, handle,
					   err);
	smbmgmt_credentials_unref(credentials);
	smbmgmt_open_options_unref(options);
	return code;
}

/* Show what would be done; how much of it may be done? */
static uint32_t show(const smbmgmt_plan *plan)
{
	uint32_t open = 0;

	for (uint32_t i = 0; i < smbmgmt_plan_count(plan); i++) {
		const smbmgmt_session *s = smbmgmt_plan_session(plan, i);

		if (smbmgmt_plan_decision(plan, i) == SMBMGMT_DECISION_OPEN) {
			printf("close  %" PRIu64 " from %s\n",
			       smbmgmt_session_id(s),
			       smbmgmt_session_client(s));
			open++;
		} else {
			printf("keep   %" PRIu64 ": %s\n",
			       smbmgmt_session_id(s),
			       smbmgmt_plan_reason(plan, i));
		}
		for (uint32_t j = 0; j < smbmgmt_plan_collateral_count(plan, i);
		     j++)
			printf("       may end too: %s\n",
			       smbmgmt_session_user(
				       smbmgmt_plan_collateral(plan, i, j)));
	}
	return open;
}

static int agreed(void)
{
	char answer[8] = "";

	printf("Go on? [y/N] ");
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	       strcmp(answer, "y\n") == 0;
}

static int32_t carry_out(smbmgmt_plan *plan, smbmgmt_error **err)
{
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	int32_t code = smbmgmt_action_new(&action, err);

	if (code == 0)
		code = smbmgmt_action_set_force(action, 1, err);
	if (code == 0)
		code = smbmgmt_execute_plan(plan, action, &report, err);
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++)
		printf("%" PRIu64 ": %s %s\n",
		       smbmgmt_session_id(smbmgmt_report_session(report, i)),
		       smbmgmt_outcome_name(smbmgmt_report_outcome(report, i)),
		       smbmgmt_report_message(report, i));
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	return code;
}

int main(int argc, char **argv)
{
	smbmgmt_context *context = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_filter *filter = NULL;
	smbmgmt_plan *plan = NULL;
	smbmgmt_error *err = NULL;
	int32_t code;

	if (argc < 3) {
		fprintf(stderr,
			"usage: close_user SERVER USER "
			"[CREDENTIALS-FILE]\n");
		return 2;
	}
	code = smbmgmt_context_new(&context, &err);
	if (code == 0)
		code = open_server(context, argv[1], argc > 3 ? argv[3] : NULL,
				   &handle, &err);
	if (code == 0)
		code = smbmgmt_filter_new(&filter, &err);
	if (code == 0)
		code = smbmgmt_filter_add_user(filter, argv[2], &err);
	if (code == 0)
		code = smbmgmt_plan_close(context, &handle, 1, filter, NULL,
					  &plan, &err);
	if (code == 0 && show(plan) > 0 && agreed())
		code = carry_out(plan, &err);
	smbmgmt_plan_unref(plan);
	smbmgmt_filter_unref(filter);
	smbmgmt_handle_unref(handle);
	smbmgmt_context_unref(context);
	return code == 0 ? 0 : complain(err);
}
