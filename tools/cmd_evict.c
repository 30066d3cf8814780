/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evict: close what matches, and what comes back for a while. */
#include "before.h"
#include "close_out.h"
#include "closing.h"
#include "confirm.h"
#include "counts.h"
#include "evict_out.h"
#include "exitcode.h"
#include "json_evict.h"
#include "say.h"
#include "watch.h"

#include <stdlib.h>
#include <unistd.h>

/* An evict, from the first look to the last. */
struct evict {
	struct tool *tool;
	const struct request *request;
	const struct servers *servers;
	smbmgmt_evict_options *options;
	smbmgmt_report *report;
	smbmgmt_error *error;
	char *why; /* why nothing was sent at all, if that is the tool's doing
		    */
	int tty;
};

static unsigned check_selection(const struct request *request)
{
	bool ids = request->operands.count > 0;

	if (request->all && (ids || request->filter_option != NULL)) {
		return say_usage(
			"--all means every session: leave it out, or "
			"the %s%s",
			ids ? "ids" : "--", ids ? "" : request->filter_option);
	}
	/* The library says so too, but only after a password was asked for. */
	if (!request->all && !ids && request->filter_option == NULL &&
	    !request->instances) {
		return say_usage(
			"nothing says which sessions: give ids, "
			"filters or --all (%s)",
			smbmgmt_error_name(SMBMGMT_E_EMPTY_FILTER));
	}
	return 0;
}

static int32_t make_options(struct evict *evict)
{
	int32_t code =
		smbmgmt_evict_options_new(&evict->options, &evict->error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_evict_options_set_duration(
			evict->options, evict->request->lasts, &evict->error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_evict_options_set_interval(
			evict->options, evict->request->every, &evict->error);
	}
	return code;
}

static int32_t ask(struct evict *evict, smbmgmt_plan *plan)
{
	const struct servers *servers = evict->servers;
	const char *text = smbmgmt_evict_options_question(
		evict->options, servers->handle, (uint32_t)servers->count,
		evict->request->filter);

	switch (confirm_all(plan, text, evict->tty)) {
	case SMBMGMT_ANSWER_YES:
	case SMBMGMT_ANSWER_YES_TO_ALL:
		return smbmgmt_evict_options_set_confirmed(evict->options, 1,
							   &evict->error);
	case SMBMGMT_ANSWER_NO:
	case SMBMGMT_ANSWER_NO_TO_ALL:
		evict->why = must_copy("the answer was no: nothing was sent");
		return SMBMGMT_E_DECLINED;
	default:
		evict->why = must_copy(
			"the question was not answered: nothing "
			"was sent");
		return SMBMGMT_E_CANCELLED;
	}
}

/* The plan as --what-if shows it. */
static int32_t describe(struct evict *evict, smbmgmt_plan *plan, char **text)
{
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_error *said = NULL;
	int32_t shown;
	int32_t code = smbmgmt_action_new(&action, &evict->error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_what_if(action, 1, &evict->error);
	}
	if (code == SMBMGMT_OK) {
		shown = smbmgmt_execute_plan(plan, action, &report, &said);
		*text = json_plan_text(report, evict->servers, shown, said);
	}
	smbmgmt_error_unref(said);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	return code;
}

static int32_t run_before(struct evict *evict, smbmgmt_plan *plan)
{
	const char *path = evict->request->before;
	char *text = NULL;
	int32_t code = describe(evict, plan, &text);

	if (code == SMBMGMT_OK) {
		code = before_run(evict->tool, path, text, &evict->why);
	}
	free(text);
	return code;
}

/* Whether it may begin: what is there now, the question, the program. */
static int32_t prepare(struct evict *evict)
{
	smbmgmt_error *looking = NULL;
	smbmgmt_plan *plan = NULL;
	int32_t code = closing_plan(evict->tool, evict->request, evict->servers,
				    &plan, &looking);

	if (plan == NULL) {
		evict->error = looking;
		return code;
	}
	/* A server that does not answer now may do so later. */
	smbmgmt_error_unref(looking);
	code = SMBMGMT_OK;
	if (evict->tool->interrupted != 0) {
		evict->why = must_copy("interrupted: nothing was sent");
		code = SMBMGMT_E_CANCELLED;
	}
	if (code == SMBMGMT_OK && evict->tty >= 0) {
		code = ask(evict, plan);
	}
	if (code == SMBMGMT_OK && evict->request->before != NULL) {
		code = run_before(evict, plan);
	}
	smbmgmt_plan_unref(plan);
	return code;
}

/* Consent is behind us: it covers what matches later as well. */
static int32_t carry_out(struct evict *evict)
{
	const struct request *request = evict->request;
	const struct servers *servers = evict->servers;
	smbmgmt_action *action = NULL;
	smbmgmt_job *job = NULL;
	int32_t code = closing_action(&action, request, true, &evict->error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_start_evict(
			evict->tool->context, servers->handle,
			(uint32_t)servers->count, request->filter, action,
			evict->options, &job, &evict->error);
	}
	if (code == SMBMGMT_OK) {
		code = watch_job(evict->tool, job,
				 request->what_if ? "Looking" : "Evicting",
				 request->what_if ? 0 : request->lasts,
				 &evict->error);
		evict->report = smbmgmt_job_report(job);
	}
	smbmgmt_job_unref(job);
	smbmgmt_action_unref(action);
	return code;
}

static void show(const struct evict *evict, int32_t code)
{
	const struct request *request = evict->request;
	const smbmgmt_report *report = evict->report;

	if (evict->why != NULL) {
		if (request->json) {
			json_print_nothing(evict->servers, code, evict->why);
		}
		say("%s (%s)", evict->why, smbmgmt_error_name(code));
		return;
	}
	if (request->json) {
		json_print_evict(report, evict->servers, code, evict->error);
	} else if (!request->what_if) {
		evict_out_table(report);
	}
	if (request->what_if) {
		close_out_explain(report, evict->servers, request);
	} else {
		evict_out_explain(report, evict->servers);
	}
	if (evict->error != NULL && outcome_count(report) == 0 &&
	    report_error_count(report) == 0) {
		say_error(evict->error);
	}
}

static unsigned facts_of(const struct evict *evict, int32_t code)
{
	if (evict->why != NULL || evict->report == NULL) {
		return exit_facts_code(code);
	}
	return evict->request->what_if ? exit_facts_report(code, evict->report)
				       : exit_facts_evict(code, evict->report);
}

static unsigned evict_servers(struct evict *evict)
{
	const struct request *request = evict->request;
	int32_t code = closing_filter(request, &evict->error);

	if (code == SMBMGMT_OK) {
		code = make_options(evict);
	}
	/* No handle would mean this machine, which nobody asked for. */
	if (code == SMBMGMT_OK && evict->servers->count > 0) {
		if (!request->what_if &&
		    (evict->tty >= 0 || request->before != NULL)) {
			code = prepare(evict);
		}
		if (code == SMBMGMT_OK) {
			code = carry_out(evict);
		}
	}
	show(evict, code);
	return evict->servers->facts | facts_of(evict, code);
}

unsigned command_evict(struct tool *tool, const struct request *request)
{
	struct servers servers = {0};
	struct evict evict = {
		.tool = tool,
		.request = request,
		.servers = &servers,
		.tty = -1,
	};
	unsigned facts = check_selection(request);

	if (facts == 0) {
		facts = closing_find_asker(request, &evict.tty);
	}
	if (facts == 0) {
		facts = servers_open(tool, &request->where,
				     &request->where.servers, &servers);
	}
	if (facts == 0) {
		facts = evict_servers(&evict);
	}
	if (evict.tty >= 0) {
		close(evict.tty);
	}
	free(evict.why);
	smbmgmt_evict_options_unref(evict.options);
	smbmgmt_report_unref(evict.report);
	smbmgmt_error_unref(evict.error);
	servers_clear(&servers);
	return facts;
}
