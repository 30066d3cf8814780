/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>

#include "api/api.h"
#include "engine/fleet.h"
#include "engine/planned.h"

int sm_api_consent(const smbmgmt_action *action, struct sm_fail *fail)
{
	if (action != NULL &&
	    (action->force || action->what_if || action->confirm != NULL))
		return 0;
	return sm_fail(fail, SMBMGMT_E_CONFIRM_REQUIRED,
		       "Nothing is closed without consent: set force, what-if "
		       "or a confirm callback.");
}

/* How many items of a unit are to be closed. */
static uint32_t unit_size(const smbmgmt_plan *plan, size_t item)
{
	const struct sm_unit *unit =
		sm_plan_unit(plan, &plan->items.items[item]);

	return (uint32_t)unit->selected;
}

static int32_t ask_about(const smbmgmt_action *action, smbmgmt_plan *plan,
			 size_t item)
{
	smbmgmt_question question = {
		.plan = plan,
		.item = (uint32_t)item,
		.sessions = unit_size(plan, item),
	};

	sm_plan_question(&plan->items.items[item], question.text,
			 sizeof(question.text));
	return sm_api_ask(action, &question);
}

/* The unit's answer is its first item's: yes or no, for all of them. */
static void spread(smbmgmt_plan *plan, size_t first)
{
	const struct sm_item *from = &plan->items.items[first];
	size_t left = sm_plan_unit(plan, from)->selected;

	/* Most units are one item, and there may be very many of them. */
	for (size_t i = first; left > 0 && i < plan->items.count; i++) {
		struct sm_item *item = &plan->items.items[i];

		if (!item->in_layout || item->server != from->server ||
		    item->unit != from->unit)
			continue;
		left--;
		if (item->decision == SMBMGMT_DECISION_OPEN)
			item->decision = from->decision;
	}
}

/*
 * Ask once for each close unit that is not decided yet.  Everything is asked
 * before anything is sent: a later no may protect what an earlier yes would
 * have ended.  False: the answer was abort.
 */
static bool ask_all(smbmgmt_plan *plan, const smbmgmt_action *action)
{
	int32_t answer = SMBMGMT_ANSWER_YES;

	for (size_t i = 0; i < plan->items.count; i++) {
		struct sm_item *item = &plan->items.items[i];

		if (sm_plan_decision(plan, item) != SMBMGMT_DECISION_OPEN)
			continue;
		if (answer != SMBMGMT_ANSWER_YES_TO_ALL &&
		    answer != SMBMGMT_ANSWER_NO_TO_ALL)
			answer = ask_about(action, plan, i);
		if (answer == SMBMGMT_ANSWER_YES ||
		    answer == SMBMGMT_ANSWER_YES_TO_ALL)
			item->decision = SMBMGMT_DECISION_YES;
		else if (answer == SMBMGMT_ANSWER_NO ||
			 answer == SMBMGMT_ANSWER_NO_TO_ALL)
			item->decision = SMBMGMT_DECISION_NO;
		else
			return false;
		spread(plan, i);
	}
	return true;
}

static void free_results(struct sm_result *results, size_t count)
{
	for (size_t i = 0; results != NULL && i < count; i++) {
		smbmgmt_session_unref(results[i].new_session);
		smbmgmt_error_unref(results[i].cause);
		sm_layout_unref(results[i].layout);
	}
	free(results);
}

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

/* A server that could not be read again: nothing was sent to it. */
static int take_failures(smbmgmt_plan *plan, const struct sm_planned *planned,
			 const struct sm_fail *fails, struct sm_result *results,
			 smbmgmt_report *report, struct sm_fail *fail)
{
	for (size_t i = 0; i < planned->n; i++) {
		const char *server = planned->handles[i]->server;

		if (fails[i].code == 0)
			continue;
		if (!sm_errors_add(&report->errors,
				   sm_error_new(&fails[i], server)))
			return sm_fail_nomem(fail);
		for (size_t j = 0; j < plan->items.count; j++) {
			const struct sm_item *item = &plan->items.items[j];

			if (item->in_layout && item->server == i &&
			    sm_plan_code(plan, item) == 0)
				sm_result_fail(&results[j],
					       SMBMGMT_OUTCOME_FAILED,
					       &fails[i], server);
		}
	}
	return 0;
}

static int carry_out(smbmgmt_context *context, smbmgmt_plan *plan,
		     const smbmgmt_action *action, bool fresh,
		     struct sm_result *results, smbmgmt_report *report,
		     struct sm_fail *fail)
{
	const struct sm_planned *planned = plan->owner;
	struct sm_exec_options options = {
		.reread = !fresh,
		.verify = action->verify,
		.milliseconds = action->deadline,
		.instances = planned->instances,
	};
	struct sm_fail *fails = calloc(planned->n + 1, sizeof(*fails));
	struct sm_engine *engine = NULL;
	int ret = fails == NULL ? sm_fail_nomem(fail)
				: sm_context_engine(context, &engine, fail);

	if (ret == 0) {
		sm_fleet_execute(engine, planned->handles, planned->n, plan,
				 &options, action->throttle, results, fails,
				 &report->listings);
		ret = take_failures(plan, planned, fails, results, report,
				    fail);
	}
	free(fails);
	return ret;
}

static int consent(smbmgmt_plan *plan, const smbmgmt_action *action,
		   bool *aborted, bool *asked, struct sm_fail *fail)
{
	/* A decision that was taken back may leave a unit open again. */
	int ret = sm_plan_settle(plan, fail);

	if (ret != 0)
		return ret;
	if (action != NULL && action->confirm != NULL &&
	    sm_plan_needs_consent(plan)) {
		*asked = true;
		*aborted = !ask_all(plan, action);
	} else if ((action == NULL || !action->force) &&
		   sm_plan_needs_consent(plan)) {
		return sm_api_consent(NULL, fail);
	}
	return sm_plan_settle(plan, fail);
}

static int execute(smbmgmt_context *context, smbmgmt_plan *plan,
		   const smbmgmt_action *action, bool fresh,
		   smbmgmt_report *report, struct sm_fail *fail)
{
	static const smbmgmt_action plain = {.verify = true};
	struct sm_result *results = NULL;
	bool aborted = false;
	bool asked = false;
	int ret = 0;

	report->listings = plan->listings;
	if (action != NULL && action->what_if) {
		ret = sm_plan_settle(plan, fail);
		return ret != 0 ? ret
				: sm_report_fill(report, plan, NULL, fail);
	}
	ret = consent(plan, action, &aborted, &asked, fail);
	if (ret != 0)
		return ret;
	if (plan->executed)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The plan was executed already; make a new "
			       "one.");
	plan->executed = true;
	results = calloc(plan->items.count + 1, sizeof(*results));
	if (results == NULL)
		return sm_fail_nomem(fail);
	/* Answering takes as long as it takes: look again afterwards. */
	if (aborted)
		cancel_all(plan, results);
	else
		ret = carry_out(context, plan, action == NULL ? &plain : action,
				fresh && !asked, results, report, fail);
	if (ret == 0)
		ret = sm_report_fill(report, plan, results, fail);
	free_results(results, plan->items.count);
	return ret;
}

int sm_api_execute(smbmgmt_context *context, smbmgmt_plan *plan,
		   const smbmgmt_action *action, bool fresh,
		   smbmgmt_report **report, struct sm_fail *fail)
{
	smbmgmt_report *r = NULL;
	int ret = sm_report_new(&r, fail);

	if (ret != 0)
		return ret;
	ret = execute(context, plan, action, fresh, r, fail);
	sm_report_finish(r);
	if (ret != 0)
		r->code = ret;
	else if (r->code != 0)
		ret = sm_fail(fail, r->code,
			      "Not everything that was asked for was done; "
			      "the report says what came of each session.");
	*report = r;
	return ret;
}

int32_t smbmgmt_execute_plan(smbmgmt_plan *plan, const smbmgmt_action *action,
			     smbmgmt_report **report, smbmgmt_error **err)
{
	smbmgmt_context *context = NULL;
	struct sm_fail fail = {.offset = -1};
	int ret = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(plan);
	context = sm_api_plan_context(plan);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_api_execute(context, plan, action, false, report, &fail);
	sm_context_leave(context);
	return sm_api_done(ret, &fail, err);
}

/* What an empty report says of a call that did not get far. */
static void report_only_code(smbmgmt_report **report, int32_t code)
{
	if (sm_report_new(report, NULL) == 0)
		(*report)->code = code;
}

static int close_sessions(smbmgmt_context *context,
			  smbmgmt_handle *const *handles, uint32_t n,
			  const smbmgmt_filter *filter,
			  const smbmgmt_action *action, smbmgmt_report **report,
			  struct sm_fail *fail)
{
	const struct sm_rules *rules = &sm_api_strict;
	smbmgmt_plan *plan = NULL;
	int ret = sm_api_consent(action, fail);

	if (ret == 0) {
		if (action->policy != NULL)
			rules = &action->policy->rules;
		ret = sm_api_plan(context, handles, n, filter, rules,
				  action->deadline, action->throttle, &plan,
				  fail);
	}
	/* A plan with failed servers is carried out on the others. */
	if (plan != NULL)
		ret = sm_api_execute(context, plan, action, true, report, fail);
	else
		report_only_code(report, ret);
	sm_plan_unref(plan);
	return ret;
}

int32_t smbmgmt_close_sessions(smbmgmt_context *context,
			       smbmgmt_handle *const *handles, uint32_t n,
			       const smbmgmt_filter *filter,
			       const smbmgmt_action *action,
			       smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	int ret = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = close_sessions(context, handles, n, filter, action, report,
			     &fail);
	sm_context_leave(context);
	return sm_api_done(ret, &fail, err);
}

int32_t smbmgmt_close_session(smbmgmt_handle *handle, smbmgmt_session *session,
			      const smbmgmt_action *action,
			      smbmgmt_report **report, smbmgmt_error **err)
{
	smbmgmt_filter *filter = NULL;
	struct sm_fail fail;
	int32_t ret = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(handle);
	SM_NEED(session);
	ret = sm_filter_new(&filter, &fail);
	if (ret == 0)
		ret = sm_filter_add_session(filter, session, &fail);
	if (ret != 0) {
		sm_filter_unref(filter);
		return sm_error_set(err, &fail, NULL);
	}
	ret = smbmgmt_close_sessions(handle->context, &handle, 1, filter,
				     action, report, err);
	sm_filter_unref(filter);
	return ret;
}
