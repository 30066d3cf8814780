/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The steps of a job that closes, on the engine thread, and its report. */
#include <stdlib.h>

#include "api/api.h"
#include "engine/audit.h"
#include "engine/planned.h"
#include "util/clock.h"

/* Aborted at the prompt: what would have been closed is cancelled. */
static void cancel_all(const smbmgmt_plan *plan, struct sm_result *results)
{
	struct sm_fail why;

	sm_fail(&why, SMBMGMT_E_CANCELLED,
		"The prompt was aborted; nothing was sent.");
	for (size_t i = 0; i < plan->items.count; i++) {
		const struct sm_item *item = &plan->items.items[i];

		if (item->in_layout && sm_plan_code(plan, item) == 0)
			sm_result_fail(&results[i], SMBMGMT_OUTCOME_CANCELLED,
				       &why, NULL);
	}
}

/* Servers that could not be read again, or were broken off. */
static int take_failures(smbmgmt_job *job, struct sm_fail *fail)
{
	for (size_t i = 0; i < job->base.servers; i++) {
		const char *server = job->handles[i]->server;

		if (job->fails[i].code == 0)
			continue;
		if (!sm_errors_add(&job->report->errors,
				   sm_error_new(&job->fails[i], server)))
			return sm_fail_nomem(fail);
		sm_results_fail(job->results, job->closes, i, &job->fails[i],
				server);
	}
	return 0;
}

void sm_api_job_conclude(smbmgmt_job *job, int ret, struct sm_fail *fail)
{
	smbmgmt_report *report = job->report;

	if (report != NULL) {
		sm_report_finish(report);
		if (ret != 0)
			report->code = ret;
		else if (report->code != 0)
			ret = sm_fail(fail, report->code,
				      "Not everything that was asked for was "
				      "done; the report says what came of each "
				      "session.");
	}
	sm_api_job_finish(job, ret, fail);
}

static void executed(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_plan *plan = job->closes;
	int ret = 0;

	job->report->listings += job->fleet.listings;
	if (job->aborted)
		cancel_all(plan, job->results);
	else
		ret = take_failures(job, &fail);
	if (ret == 0)
		ret = sm_report_fill(job->report, plan, job->results, &fail);
	if (ret == 0)
		ret = sm_audit_report(plan, job->report, job->forced, &fail);
	sm_api_job_conclude(job, ret, &fail);
}

int sm_api_report_what_if(smbmgmt_job *job, struct sm_fail *fail)
{
	int ret = 0;

	ret = sm_report_new(&job->report, fail);
	if (ret != 0)
		return ret;
	job->report->listings = job->closes->listings;
	return sm_report_fill(job->report, job->closes, NULL, fail);
}

/* What both ways of closing begin with; an error has concluded the job. */
static int begin(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	const smbmgmt_plan *plan = job->closes;
	int ret = sm_report_new(&job->report, &fail);

	job->options.instances = sm_planned_of(plan)->instances;
	if (ret != 0)
		sm_api_job_conclude(job, ret, &fail);
	else
		job->report->listings = plan->listings;
	return ret;
}

/* What-if, of a plan that was just made; a caller's was told on its thread. */
static void tell_what_if(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	int ret = 0;

	if (job->report == NULL) {
		ret = sm_plan_settle(job->closes, &fail);
		if (ret == 0)
			ret = sm_api_report_what_if(job, &fail);
	}
	sm_api_job_conclude(job, ret, &fail);
}

/* All rounds are over: what the report says in all. */
static void rounds_done(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_report *report = job->report;
	int ret = sm_rounds_report(job->rounds, report, &fail);

	for (size_t i = 0; i < report->server_count; i++)
		atomic_fetch_add(&job->base.failed,
				 report->servers[i].still_there);
	sm_api_job_conclude(job, ret, &fail);
}

void sm_api_job_close(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	struct sm_rounds_how how = {
		.engine = job->base.engine,
		.match = job->match,
		.plan = job->closes,
		.forced = job->forced,
		.evicts = job->evicts,
		.duration = job->duration * SM_MS,
		.interval = job->interval * SM_MS,
		.job = &job->base,
	};
	struct sm_fleet *fleet = sm_api_job_fleet(job, rounds_done);

	if (begin(job) != 0)
		return;
	how.options = job->options;
	if (sm_rounds_new(&how, job->handles, job->base.servers, &job->rounds,
			  &fail) != 0) {
		sm_api_job_conclude(job, fail.code, &fail);
		return;
	}
	fleet->rounds = job->rounds;
	sm_fleet_close(fleet);
}

void sm_api_job_execute(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	struct sm_fleet *fleet = NULL;

	if (job->what_if) {
		tell_what_if(job);
		return;
	}
	if (job->evicts) {
		sm_api_job_close(job);
		return;
	}
	if (begin(job) != 0)
		return;
	job->results =
		calloc(job->closes->items.count + 1, sizeof(*job->results));
	if (job->results == NULL) {
		sm_api_job_conclude(job, sm_fail_nomem(&fail), &fail);
		return;
	}
	if (job->aborted) {
		executed(job);
		return;
	}
	fleet = sm_api_job_fleet(job, executed);
	fleet->plan = job->closes;
	fleet->options = &job->options;
	fleet->results = job->results;
	sm_fleet_execute(fleet);
}
