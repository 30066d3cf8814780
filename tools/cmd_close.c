/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* close: Close-SmbSession. */
#include "close_out.h"
#include "closing.h"
#include "confirm.h"
#include "counts.h"
#include "csv_out.h"
#include "exitcode.h"
#include "json_in.h"
#include "json_out.h"
#include "say.h"
#include "tool.h"
#include "watch.h"

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

/* Without a question all of it is one job, and its plan is not read twice. */
static int32_t close_unasked(struct tool *tool, const struct request *request,
			     const struct servers *servers,
			     const smbmgmt_action *action,
			     smbmgmt_report **report, smbmgmt_error **error)
{
	smbmgmt_job *job = NULL;
	int32_t code = smbmgmt_start_close(
		tool->context, servers->handle, (uint32_t)servers->count,
		request->filter, action, &job, error);

	if (code != SMBMGMT_OK) {
		return code;
	}
	code = watch_job(tool, job, request->what_if ? "Looking" : "Closing", 0,
			 error);
	*report = smbmgmt_job_report(job);
	smbmgmt_job_unref(job);
	return code;
}

static int32_t execute(struct tool *tool, smbmgmt_plan *plan,
		       const smbmgmt_action *action, smbmgmt_report **report,
		       smbmgmt_error **error)
{
	smbmgmt_job *job = NULL;
	int32_t code = smbmgmt_start_execute(plan, action, &job, error);

	if (code != SMBMGMT_OK) {
		return code;
	}
	code = watch_job(tool, job, "Closing", 0, error);
	*report = smbmgmt_job_report(job);
	smbmgmt_job_unref(job);
	return code;
}

/* A job cannot ask: plan, ask here, and carry out what was said yes to. */
static int32_t close_asking(struct tool *tool, const struct request *request,
			    const struct servers *servers,
			    const smbmgmt_action *action, int tty,
			    smbmgmt_report **report, smbmgmt_error **error)
{
	smbmgmt_error *planning = NULL;
	smbmgmt_plan *plan = NULL;
	bool aborted = false;
	int32_t code = closing_plan(tool, request, servers, &plan, &planning);

	if (plan == NULL) {
		*error = planning;
		return code;
	}
	/* The report has the plan's errors, too. */
	smbmgmt_error_unref(planning);
	code = SMBMGMT_OK;
	aborted = tool->interrupted != 0;
	if (!aborted) {
		code = confirm_plan(plan, tty, &aborted, error);
	}
	if (code == SMBMGMT_OK) {
		code = aborted ? closing_abandon(plan, report, error)
			       : execute(tool, plan, action, report, error);
	}
	smbmgmt_plan_unref(plan);
	return code;
}

static unsigned close_filtered(struct tool *tool, const struct request *request,
			       const struct servers *servers, int tty)
{
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	int32_t code = closing_action(&action, request, tty < 0, &error);

	if (code == SMBMGMT_OK) {
		code = closing_filter(request, &error);
	}
	/* No handle would mean this machine, which nobody asked for. */
	if (code == SMBMGMT_OK && servers->count > 0) {
		code = tty < 0 ? close_unasked(tool, request, servers, action,
					       &report, &error)
			       : close_asking(tool, request, servers, action,
					      tty, &report, &error);
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
			   int tty)
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
			facts = servers_open(tool, &request->where,
					     &request->where.servers, servers);
		}
	} else {
		rows_servers(rows, &names);
		/* Without a name it would open this machine. */
		if (names.count > 0) {
			facts = servers_open(tool, &request->where, &names,
					     servers);
		}
	}
	words_clear(&names);
	return facts;
}

static unsigned close_asked(struct tool *tool, const struct request *request,
			    struct servers *servers, int tty)
{
	struct rows rows = {0};
	unsigned facts = 0;

	if (request->from == NULL) {
		if (!servers->borrowed) {
			facts = servers_open(tool, &request->where,
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
		facts = closing_find_asker(request, &tty);
	}
	if (facts == 0) {
		facts = close_asked(tool, request, servers, tty);
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
