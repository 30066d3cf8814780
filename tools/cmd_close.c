/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* close: Close-SmbSession. */
#include "close_out.h"
#include "confirm.h"
#include "counts.h"
#include "csv_out.h"
#include "exitcode.h"
#include "json_in.h"
#include "json_out.h"
#include "say.h"
#include "tool.h"
#include "tty.h"

#include <string.h>
#include <unistd.h>

/* [ID...] and filters, --all, --from: one of the three. */
static unsigned check_selection(const struct tool *tool,
				const struct request *request)
{
	bool ids = request->operands.count > 0;

	if (request->from != NULL && (ids || request->all)) {
		return say_usage("--from names the sessions: leave out the %s",
				 ids ? "ids" : "--all");
	}
	if (request->from != NULL &&
	    (request->filter_option != NULL || request->instances)) {
		return say_usage("--from names the sessions: leave out --%s",
				 request->instances ? "instance"
						    : request->filter_option);
	}
	if (request->all && (ids || request->filter_option != NULL)) {
		return say_usage(
			"--all means every session: leave it out, or "
			"the %s%s",
			ids ? "ids" : "--", ids ? "" : request->filter_option);
	}
	/* The library says so too, but only after a password was asked for. */
	if (request->from == NULL && !request->all && !ids &&
	    request->filter_option == NULL && !request->instances) {
		return say_usage(
			"nothing says which sessions: give ids, "
			"filters, --all or --from (%s)",
			smbmgmt_error_name(SMBMGMT_E_EMPTY_FILTER));
	}
	if (request->from != NULL && strcmp(request->from, "-") == 0 &&
	    tool->stdin_taken) {
		return say_usage(
			"--from -: standard input holds the commands; "
			"give it a file");
	}
	return 0;
}

/* Without --force somebody must be there to answer. */
static unsigned find_asker(const struct request *request, int *tty)
{
	if (request->what_if || (request->force && !request->confirm)) {
		return 0;
	}
	*tty = tty_open();
	if (*tty < 0) {
		return say_usage(
			"closing needs an answer and there is no "
			"terminal to ask at: use --force to close "
			"without asking, or --what-if to see what "
			"would be closed");
	}
	return 0;
}

static int32_t fill_action(smbmgmt_action *action, smbmgmt_policy *policy,
			   const struct request *request, int *tty,
			   smbmgmt_error **error)
{
	int32_t code = smbmgmt_policy_set_include_own(
		policy, request->include_own, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_policy_set_allow_collateral(
			policy, request->allow_collateral, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_policy(action, policy, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_force(action, request->force, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_what_if(action, request->what_if,
						  error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_verify(action, !request->no_verify,
						 error);
	}
	if (code == SMBMGMT_OK && *tty >= 0) {
		code = smbmgmt_action_set_confirm(action, confirm_ask, tty,
						  NULL, error);
	}
	return code;
}

static int32_t make_action(smbmgmt_action **action,
			   const struct request *request, int *tty,
			   smbmgmt_error **error)
{
	smbmgmt_policy *policy = NULL;
	int32_t code = smbmgmt_action_new(action, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_policy_new(&policy, error);
	}
	if (code == SMBMGMT_OK) {
		code = fill_action(*action, policy, request, tty, error);
	}
	smbmgmt_policy_unref(policy);
	return code;
}

static unsigned show(const smbmgmt_report *report, int32_t code,
		     const smbmgmt_error *error, const struct servers *servers,
		     const struct request *request)
{
	bool silent =
		outcome_count(report) == 0 && report_error_count(report) == 0;

	if (request->json) {
		json_print_close(report, servers, code, error);
	} else if (request->csv) {
		csv_print_close(report, servers);
	} else if (request->pass_thru) {
		close_out_pass_thru(report, servers->several);
	}
	close_out_explain(report, servers, request);
	if (code == SMBMGMT_E_EMPTY_FILTER) {
		say("%s; ids, filters, --all or --from say which sessions (%s)",
		    smbmgmt_error_message(error), smbmgmt_error_name(code));
	} else if (error != NULL && silent) {
		say_error(error);
	}
	return servers->facts | exit_facts_report(code, report);
}

static unsigned close_filtered(struct tool *tool, const struct request *request,
			       const struct servers *servers, int *tty)
{
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	int32_t code = make_action(&action, request, tty, &error);

	if (code == SMBMGMT_OK && request->all) {
		code = smbmgmt_filter_set_match_all(request->filter, 1, &error);
	}
	/* No handle would mean this machine, which nobody asked for. */
	if (code == SMBMGMT_OK && servers->count > 0) {
		code = smbmgmt_close_sessions(tool->context, servers->handle,
					      (uint32_t)servers->count,
					      request->filter, action, &report,
					      &error);
	}
	facts = show(report, code, error, servers, request);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_error_unref(error);
	return facts;
}

/* Rows that list found nothing for: there is nothing to close. */
static unsigned close_nothing(const struct request *request,
			      const struct servers *servers)
{
	if (request->json) {
		json_print_close(NULL, servers, SMBMGMT_OK, NULL);
	} else if (request->csv) {
		csv_print_close(NULL, servers);
	}
	return servers->facts;
}

static unsigned close_rows(struct tool *tool, const struct request *request,
			   const struct rows *rows, struct servers *servers,
			   int *tty)
{
	unsigned facts = rows_fill_filter(rows, servers, request->filter);

	if (facts != 0) {
		return facts;
	}
	if (json_array_size(rows->sessions) == 0) {
		return close_nothing(request, servers);
	}
	return close_filtered(tool, request, servers, tty);
}

/* The rows' servers, or those that are named and must hold them all. */
static unsigned open_for_rows(struct tool *tool, const struct request *request,
			      const struct rows *rows, struct servers *servers)
{
	struct words names = {0};
	unsigned facts = 0;

	if (servers->borrowed) {
		size_t i;

		for (i = 0; i < servers->count; i++) {
			words_add(&names,
				  smbmgmt_handle_server(servers->handle[i]));
		}
		facts = rows_check_servers(rows, &names);
	} else if (request->where.servers.count > 0) {
		facts = rows_check_servers(rows, &request->where.servers);
		if (facts == 0) {
			facts = servers_open(tool->context, &request->where,
					     &request->where.servers, servers);
		}
	} else {
		rows_servers(rows, &names);
		/* Without a name it would open this machine. */
		if (names.count > 0) {
			facts = servers_open(tool->context, &request->where,
					     &names, servers);
		}
	}
	words_clear(&names);
	return facts;
}

static unsigned close_asked(struct tool *tool, const struct request *request,
			    struct servers *servers, int *tty)
{
	struct rows rows = {0};
	unsigned facts = 0;

	if (request->from == NULL) {
		if (!servers->borrowed) {
			facts = servers_open(tool->context, &request->where,
					     &request->where.servers, servers);
		}
		return facts != 0 ? facts
				  : close_filtered(tool, request, servers, tty);
	}
	facts = rows_read(request->from, &rows);
	if (facts == 0) {
		facts = open_for_rows(tool, request, &rows, servers);
	}
	if (facts == 0) {
		facts = close_rows(tool, request, &rows, servers, tty);
	}
	rows_clear(&rows);
	return facts;
}

unsigned close_servers(struct tool *tool, const struct request *request,
		       struct servers *servers)
{
	int tty = -1;
	unsigned facts = check_selection(tool, request);

	if (facts == 0) {
		facts = find_asker(request, &tty);
	}
	if (facts == 0) {
		facts = close_asked(tool, request, servers, &tty);
	}
	if (tty >= 0) {
		close(tty);
	}
	return facts;
}

unsigned command_close(struct tool *tool, const struct request *request)
{
	struct servers servers = {0};
	unsigned facts = close_servers(tool, request, &servers);

	servers_clear(&servers);
	return facts;
}
