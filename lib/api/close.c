/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "api/api.h"
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

static void take_action(smbmgmt_job *job, const smbmgmt_action *action,
			bool fresh)
{
	static const smbmgmt_action plain = {.verify = true};

	if (action == NULL)
		action = &plain;
	job->what_if = action->what_if;
	job->forced = action->force && action->confirm == NULL;
	job->options.reread = !fresh;
	job->options.verify = action->verify;
	job->options.milliseconds = action->deadline;
	job->options.per_server = action->per_server;
	job->fleet.throttle = action->throttle;
}

/* May it be carried out, and is all of it wanted?  This may ask. */
static int consent(smbmgmt_plan *plan, const smbmgmt_action *action,
		   bool *aborted, bool *asked, struct sm_fail *fail)
{
	int ret = 0;

	if (plan->executed)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The plan was executed already; make a new "
			       "one.");
	/* A decision that was taken back may leave a unit open again. */
	ret = sm_plan_settle(plan, fail);
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

int sm_api_execute_job(smbmgmt_plan *plan, const smbmgmt_action *action,
		       bool fresh, bool fd, smbmgmt_job **job,
		       struct sm_fail *fail)
{
	const struct sm_planned *planned = plan->owner;
	bool what_if = action != NULL && action->what_if;
	bool aborted = false;
	bool asked = false;
	smbmgmt_job *j = NULL;
	int ret = 0;

	if (!what_if)
		ret = consent(plan, action, &aborted, &asked, fail);
	else if (!plan->executed)
		ret = sm_plan_settle(plan, fail);
	if (ret == 0)
		ret = sm_api_job_new(planned->context, planned->handles,
				     planned->n, NULL, fd, &j, fail);
	if (ret != 0)
		return ret;
	/* Answering takes as long as it takes: look again afterwards. */
	take_action(j, action, fresh && !asked);
	j->step = sm_api_job_execute;
	j->closes = smbmgmt_plan_ref(plan);
	j->aborted = aborted;
	/* The caller may go on deciding: this is what it says now. */
	if (what_if)
		ret = sm_api_report_what_if(j, fail);
	else
		plan->executed = true;
	if (ret != 0)
		sm_api_job_unref(j);
	else
		*job = j;
	return ret;
}

int sm_api_close_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		     uint32_t n, const smbmgmt_filter *filter,
		     const smbmgmt_action *action, bool fd, smbmgmt_job **job,
		     struct sm_fail *fail)
{
	int ret = sm_api_consent(action, fail);

	/* No action is no consent. */
	if (ret != 0 || action == NULL)
		return ret;
	ret = sm_api_plan_job(context, handles, n, filter,
			      sm_api_rules(action->policy), action->deadline,
			      action->throttle, fd, job, fail);
	if (ret != 0)
		return ret;
	take_action(*job, action, true);
	(*job)->executes = true;
	return 0;
}

int32_t sm_api_refuse(smbmgmt_report **report, const struct sm_fail *fail,
		      smbmgmt_error **err)
{
	if (sm_report_new(report, NULL) == 0)
		(*report)->code = fail->code;
	return sm_error_set(err, fail, NULL);
}

int32_t sm_api_run_report(smbmgmt_job *job, smbmgmt_report **report,
			  smbmgmt_error **err)
{
	int32_t code = sm_api_job_run(job, err);

	*report = smbmgmt_job_report(job);
	if (*report == NULL && sm_report_new(report, NULL) == 0)
		(*report)->code = code;
	sm_api_job_unref(job);
	return code;
}

static int32_t execute(smbmgmt_plan *plan, const smbmgmt_action *action,
		       bool fresh, smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;

	if (sm_api_execute_job(plan, action, fresh, false, &job, &fail) != 0) {
		int32_t code = sm_api_refuse(report, &fail, err);

		if (*report != NULL)
			(*report)->listings = plan->listings;
		return code;
	}
	return sm_api_run_report(job, report, err);
}

int32_t smbmgmt_execute_plan(smbmgmt_plan *plan, const smbmgmt_action *action,
			     smbmgmt_report **report, smbmgmt_error **err)
{
	smbmgmt_context *context = NULL;
	struct sm_fail fail = {.offset = -1};
	int32_t code = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(plan);
	context = sm_api_plan_context(plan);
	if (sm_context_enter(context, &fail) != 0)
		return sm_error_set(err, &fail, NULL);
	code = execute(plan, action, false, report, err);
	sm_context_leave(context);
	return code;
}

int32_t sm_api_plan_first(smbmgmt_context *context,
			  smbmgmt_handle *const *handles, uint32_t n,
			  const smbmgmt_filter *filter,
			  const smbmgmt_action *action, smbmgmt_plan **plan,
			  smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_error *error = NULL;
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	if (sm_api_plan_job(context, handles, n, filter,
			    sm_api_rules(action->policy), action->deadline,
			    action->throttle, false, &job, &fail) != 0)
		return sm_api_refuse(report, &fail, err);
	code = sm_api_job_run(job, &error);
	*plan = smbmgmt_job_plan(job);
	sm_api_job_unref(job);
	if (*plan == NULL) {
		if (sm_report_new(report, NULL) == 0)
			(*report)->code = code;
		if (err != NULL)
			*err = smbmgmt_error_ref(error);
	}
	smbmgmt_error_unref(error);
	return code;
}

/* Plan, ask on this thread, execute. */
static int32_t close_asking(smbmgmt_context *context,
			    smbmgmt_handle *const *handles, uint32_t n,
			    const smbmgmt_filter *filter,
			    const smbmgmt_action *action,
			    smbmgmt_report **report, smbmgmt_error **err)
{
	smbmgmt_plan *plan = NULL;
	int32_t code = sm_api_plan_first(context, handles, n, filter, action,
					 &plan, report, err);

	if (plan == NULL)
		return code;
	code = execute(plan, action, true, report, err);
	sm_plan_unref(plan);
	return code;
}

int32_t smbmgmt_close_sessions(smbmgmt_context *context,
			       smbmgmt_handle *const *handles, uint32_t n,
			       const smbmgmt_filter *filter,
			       const smbmgmt_action *action,
			       smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(context);
	if (sm_context_enter(context, &fail) != 0)
		return sm_error_set(err, &fail, NULL);
	if (action != NULL && action->confirm != NULL && !action->what_if)
		code = close_asking(context, handles, n, filter, action, report,
				    err);
	else if (sm_api_close_job(context, handles, n, filter, action, false,
				  &job, &fail) != 0)
		code = sm_api_refuse(report, &fail, err);
	else
		code = sm_api_run_report(job, report, err);
	sm_context_leave(context);
	return code;
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
