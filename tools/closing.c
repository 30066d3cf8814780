/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "closing.h"

#include "say.h"
#include "tty.h"
#include "watch.h"

#include <stddef.h>

unsigned closing_find_asker(const struct request *request, int *tty)
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

int32_t closing_policy(smbmgmt_policy **policy, const struct request *request,
		       smbmgmt_error **error)
{
	int32_t code = smbmgmt_policy_new(policy, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_policy_set_include_own(
			*policy, request->include_own, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_policy_set_allow_collateral(
			*policy, request->allow_collateral, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_policy_set_throttle(*policy, request->throttle,
						   error);
	}
	return code;
}

static int32_t fill_action(smbmgmt_action *action,
			   const struct request *request, bool force,
			   smbmgmt_error **error)
{
	int32_t code = smbmgmt_action_set_force(action, force, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_what_if(action, request->what_if,
						  error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_verify(action, !request->no_verify,
						 error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_throttle(action, request->throttle,
						   error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_per_server(
			action, request->per_server, error);
	}
	return code;
}

int32_t closing_action(smbmgmt_action **action, const struct request *request,
		       bool force, smbmgmt_error **error)
{
	smbmgmt_policy *policy = NULL;
	int32_t code = smbmgmt_action_new(action, error);

	if (code == SMBMGMT_OK) {
		code = closing_policy(&policy, request, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_policy(*action, policy, error);
	}
	if (code == SMBMGMT_OK) {
		code = fill_action(*action, request, force, error);
	}
	smbmgmt_policy_unref(policy);
	return code;
}

int32_t closing_filter(const struct request *request, smbmgmt_error **error)
{
	if (!request->all) {
		return SMBMGMT_OK;
	}
	return smbmgmt_filter_set_match_all(request->filter, 1, error);
}

int32_t closing_plan(struct tool *tool, const struct request *request,
		     const struct servers *servers, smbmgmt_plan **plan,
		     smbmgmt_error **error)
{
	smbmgmt_policy *policy = NULL;
	smbmgmt_job *job = NULL;
	int32_t code = closing_policy(&policy, request, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_start_plan(tool->context, servers->handle,
					  (uint32_t)servers->count,
					  request->filter, policy, &job, error);
	}
	if (code == SMBMGMT_OK) {
		code = watch_job(tool, job, "Looking", 0, error);
		*plan = smbmgmt_job_plan(job);
	}
	smbmgmt_job_unref(job);
	smbmgmt_policy_unref(policy);
	return code;
}

static int32_t answer_abort(const smbmgmt_question *question, void *userdata)
{
	(void)question;
	(void)userdata;
	return SMBMGMT_ANSWER_ABORT;
}

/* No item may be left with a yes; says whether one waits for an answer. */
static int32_t take_back(smbmgmt_plan *plan, bool *open, smbmgmt_error **error)
{
	int32_t code = SMBMGMT_OK;
	uint32_t i;

	for (i = 0; code == SMBMGMT_OK && i < smbmgmt_plan_count(plan); i++) {
		int32_t decision = smbmgmt_plan_decision(plan, i);

		if (decision == SMBMGMT_DECISION_YES ||
		    decision == SMBMGMT_DECISION_NO) {
			code = smbmgmt_plan_set_decision(
				plan, i, SMBMGMT_DECISION_OPEN, error);
		}
		*open = *open ||
			smbmgmt_plan_decision(plan, i) == SMBMGMT_DECISION_OPEN;
	}
	return code;
}

/*
 * The library makes the report: of an answer that stops it all, or, where
 * nothing could be asked about, of what-if.
 */
int32_t closing_abandon(smbmgmt_plan *plan, smbmgmt_report **report,
			smbmgmt_error **error)
{
	smbmgmt_action *action = NULL;
	bool open = false;
	int32_t code = take_back(plan, &open, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_action_new(&action, error);
	}
	if (code == SMBMGMT_OK && open) {
		code = smbmgmt_action_set_confirm(action, answer_abort, NULL,
						  NULL, error);
	} else if (code == SMBMGMT_OK) {
		code = smbmgmt_action_set_what_if(action, 1, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_execute_plan(plan, action, report, error);
	}
	smbmgmt_action_unref(action);
	return code;
}
