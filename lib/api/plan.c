/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>

#include "api/api.h"
#include "core/match.h"
#include "engine/planned.h"

static int make_owner(smbmgmt_context *context, smbmgmt_handle *const *handles,
		      uint32_t n, const smbmgmt_filter *filter,
		      const struct sm_match *match, smbmgmt_plan *plan,
		      struct sm_fail *fail)
{
	int ret = sm_planned_new(context, handles, n, sm_match_instances(match),
				 plan, fail);

	if (ret != 0)
		return ret;
	return sm_audit_plan_init(&sm_planned_of(plan)->audit, filter, fail);
}

smbmgmt_context *sm_api_plan_context(const smbmgmt_plan *plan)
{
	return sm_planned_of(plan)->context;
}

static int take_looks(smbmgmt_job *job, struct sm_fail *fail)
{
	smbmgmt_plan *plan = job->plan;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < plan->server_count; i++) {
		const struct sm_look *look = &job->looks[i];

		if (look->table != NULL) {
			plan->listings++;
			ret = sm_plan_add_listing(plan, i, look->table,
						  job->match, fail);
		} else {
			ret = sm_plan_add_failure(plan, i, &look->fail,
						  job->handles[i]->server,
						  fail);
		}
	}
	return ret != 0 ? ret : sm_plan_finish(plan, job->match, fail);
}

/* A plan is as good as its listings: the code of a list of them. */
static int conclude(const smbmgmt_plan *plan, struct sm_fail *fail)
{
	struct sm_overall overall = {0};
	smbmgmt_error *first = NULL;
	int code = 0;

	for (size_t i = 0; i < plan->server_count; i++) {
		sm_overall_add(&overall,
			       smbmgmt_error_code(plan->servers[i].error));
		if (first == NULL)
			first = plan->servers[i].error;
	}
	code = sm_overall_code(&overall);
	for (size_t i = 0; code == 0 && i < plan->items.count; i++) {
		if (sm_plan_code(plan, &plan->items.items[i]) ==
		    SMBMGMT_E_NOT_FOUND)
			return sm_fail(
				fail, SMBMGMT_E_NOT_FOUND, "%s",
				sm_plan_reason(plan, &plan->items.items[i]));
	}
	if (code == SMBMGMT_E_PARTIAL)
		return sm_fail(fail, code,
			       "Some servers failed; the plan's errors say "
			       "how.");
	if (code != 0)
		return sm_fail_native(fail, code,
				      smbmgmt_error_native_kind(first),
				      smbmgmt_error_native_code(first), "%s",
				      smbmgmt_error_message(first));
	return 0;
}

static void make_plan(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	int ret = take_looks(job, &fail);

	if (ret != 0) {
		sm_plan_unref(job->plan);
		job->plan = NULL;
	} else if (job->executes) {
		job->closes = job->plan;
		job->plan = NULL;
		sm_api_job_execute(job);
		return;
	} else {
		ret = conclude(job->plan, &fail);
	}
	sm_api_job_finish(job, ret, &fail);
}

static void plan_it(smbmgmt_job *job)
{
	if (!job->executes || job->what_if) {
		sm_api_job_look(job, make_plan);
		return;
	}
	/* Nobody is to see the plan: no server waits for another's. */
	job->closes = job->plan;
	job->plan = NULL;
	sm_api_job_close(job);
}

int sm_api_plan_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		    uint32_t n, const smbmgmt_filter *filter,
		    const struct sm_rules *rules, uint32_t deadline,
		    int32_t throttle, bool fd, smbmgmt_job **job,
		    struct sm_fail *fail)
{
	smbmgmt_job *j = NULL;
	int ret = 0;

	if (filter == NULL ||
	    (sm_filter_is_empty(filter) && !filter->match_all))
		return sm_fail(fail, SMBMGMT_E_EMPTY_FILTER,
			       "An empty filter closes nothing; select "
			       "sessions, or set match-all to mean every "
			       "one.");
	ret = sm_api_match_job(context, handles, n, filter, fd, &j, fail);
	if (ret != 0)
		return ret;
	ret = sm_plan_new(rules, j->base.servers, &j->plan, fail);
	if (ret == 0)
		ret = make_owner(context, j->handles, (uint32_t)j->base.servers,
				 filter, j->match, j->plan, fail);
	if (ret != 0) {
		sm_api_job_unref(j);
		return ret;
	}
	j->step = plan_it;
	j->fleet.ask.milliseconds = deadline;
	j->fleet.throttle = throttle;
	*job = j;
	return 0;
}

int32_t smbmgmt_plan_close(smbmgmt_context *context,
			   smbmgmt_handle *const *handles, uint32_t n,
			   const smbmgmt_filter *filter,
			   const smbmgmt_policy *policy, smbmgmt_plan **plan,
			   smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;
	int32_t code = 0;
	int ret = 0;

	SM_NEED(plan);
	*plan = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_api_plan_job(context, handles, n, filter, sm_api_rules(policy),
			      policy == NULL ? 0 : policy->deadline,
			      policy == NULL ? 0 : policy->throttle, false,
			      &job, &fail);
	if (ret != 0) {
		code = sm_error_set(err, &fail, NULL);
	} else {
		code = sm_api_job_run(job, err);
		*plan = smbmgmt_job_plan(job);
	}
	sm_api_job_unref(job);
	sm_context_leave(context);
	return code;
}

smbmgmt_plan *smbmgmt_plan_ref(smbmgmt_plan *plan)
{
	if (plan != NULL)
		sm_ref_get(&plan->ref);
	return plan;
}

void smbmgmt_plan_unref(smbmgmt_plan *plan)
{
	sm_plan_unref(plan);
}

uint32_t smbmgmt_plan_count(const smbmgmt_plan *plan)
{
	return plan == NULL ? 0 : (uint32_t)plan->items.count;
}

static const struct sm_item *item_at(const smbmgmt_plan *plan, uint32_t item)
{
	if (plan == NULL || item >= plan->items.count)
		return NULL;
	return &plan->items.items[item];
}

smbmgmt_session *smbmgmt_plan_session(const smbmgmt_plan *plan, uint32_t item)
{
	const struct sm_item *i = item_at(plan, item);

	return i == NULL ? NULL : i->session;
}

uint32_t smbmgmt_plan_unit(const smbmgmt_plan *plan, uint32_t item)
{
	const struct sm_item *i = item_at(plan, item);

	if (i == NULL || !i->in_layout)
		return UINT32_MAX;
	return plan->servers[i->server].unit_base + (uint32_t)i->unit;
}

int32_t smbmgmt_plan_decision(const smbmgmt_plan *plan, uint32_t item)
{
	const struct sm_item *i = item_at(plan, item);

	return i == NULL ? SMBMGMT_DECISION_NOT_FOUND
			 : sm_plan_decision(plan, i);
}

int32_t smbmgmt_plan_code(const smbmgmt_plan *plan, uint32_t item)
{
	const struct sm_item *i = item_at(plan, item);

	return i == NULL ? SMBMGMT_E_INVALID : sm_plan_code(plan, i);
}

const char *smbmgmt_plan_reason(const smbmgmt_plan *plan, uint32_t item)
{
	const struct sm_item *i = item_at(plan, item);

	return i == NULL ? "" : sm_plan_reason(plan, i);
}

uint32_t smbmgmt_plan_collateral_count(const smbmgmt_plan *plan, uint32_t item)
{
	const struct sm_item *i = item_at(plan, item);

	if (i == NULL || !i->in_layout)
		return 0;
	return (uint32_t)sm_layout_collateral_count(
		plan->servers[i->server].layout, i->unit);
}

/* Its row and grade; NULL for a bad index. */
static smbmgmt_session *collateral_at(const smbmgmt_plan *plan, uint32_t item,
				      uint32_t index, int32_t *grade)
{
	const struct sm_item *i = item_at(plan, item);
	struct sm_layout *layout = NULL;

	if (index >= smbmgmt_plan_collateral_count(plan, item))
		return NULL;
	layout = plan->servers[i->server].layout;
	return &layout->table->sessions[sm_layout_collateral(layout, i->unit,
							     index, grade)];
}

smbmgmt_session *smbmgmt_plan_collateral(const smbmgmt_plan *plan,
					 uint32_t item, uint32_t index)
{
	int32_t grade = 0;

	return collateral_at(plan, item, index, &grade);
}

int32_t smbmgmt_plan_collateral_grade(const smbmgmt_plan *plan, uint32_t item,
				      uint32_t index)
{
	int32_t grade = 0;

	if (collateral_at(plan, item, index, &grade) == NULL)
		return SMBMGMT_E_INVALID;
	return grade;
}

uint32_t smbmgmt_plan_error_count(const smbmgmt_plan *plan)
{
	return plan == NULL ? 0 : (uint32_t)plan->errors.count;
}

smbmgmt_error *smbmgmt_plan_error(const smbmgmt_plan *plan, uint32_t index)
{
	return plan == NULL ? NULL : sm_errors_at(&plan->errors, index);
}

uint32_t smbmgmt_plan_left_out_count(const smbmgmt_plan *plan)
{
	return plan == NULL ? 0 : (uint32_t)plan->left_out_count;
}

smbmgmt_session *smbmgmt_plan_left_out(const smbmgmt_plan *plan, uint32_t index)
{
	if (plan == NULL || index >= plan->left_out_count)
		return NULL;
	return plan->left_out[index];
}

int32_t smbmgmt_plan_set_decision(smbmgmt_plan *plan, uint32_t item,
				  int32_t decision, smbmgmt_error **err)
{
	const struct sm_item *i = NULL;
	struct sm_fail fail;
	int32_t now = 0;

	SM_NEED(plan);
	i = item_at(plan, item);
	if (i == NULL)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "The plan has no item %u.", item),
				   &fail, err);
	if (decision < SMBMGMT_DECISION_OPEN || decision > SMBMGMT_DECISION_NO)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%d cannot be decided; use "
					   "SMBMGMT_DECISION_YES, _NO or "
					   "_OPEN.",
					   decision),
				   &fail, err);
	if (plan->executed)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "The plan was executed already; "
					   "make a new one."),
				   &fail, err);
	now = sm_plan_decision(plan, i);
	if (now == SMBMGMT_DECISION_REFUSED ||
	    now == SMBMGMT_DECISION_NOT_FOUND)
		return sm_api_done(
			sm_fail(&fail, SMBMGMT_E_INVALID,
				"The item %u cannot be decided about: %s", item,
				sm_plan_reason(plan, i)),
			&fail, err);
	plan->items.items[item].decision = decision;
	return 0;
}
