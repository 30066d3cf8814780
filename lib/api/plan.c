/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>

#include "api/api.h"
#include "core/match.h"
#include "engine/fleet.h"
#include "engine/planned.h"

static void free_owner(void *data)
{
	struct sm_planned *owner = data;

	for (size_t i = 0; i < owner->n; i++)
		sm_handle_unref(owner->handles[i]);
	free(owner->handles);
	sm_context_release(owner->context);
	free(owner);
}

static int make_owner(smbmgmt_context *context, smbmgmt_handle *const *handles,
		      uint32_t n, const struct sm_match *match,
		      smbmgmt_plan *plan, struct sm_fail *fail)
{
	struct sm_planned *owner = calloc(1, sizeof(*owner));

	if (owner == NULL)
		return sm_fail_nomem(fail);
	owner->handles = calloc(n, sizeof(*owner->handles));
	if (owner->handles == NULL) {
		free(owner);
		return sm_fail_nomem(fail);
	}
	for (uint32_t i = 0; i < n; i++)
		owner->handles[i] = sm_handle_ref(handles[i]);
	owner->n = n;
	owner->instances = sm_match_instances(match);
	sm_context_hold(context);
	owner->context = context;
	plan->owner = owner;
	plan->owner_free = free_owner;
	return 0;
}

smbmgmt_context *sm_api_plan_context(const smbmgmt_plan *plan)
{
	return ((struct sm_planned *)plan->owner)->context;
}

static int take_looks(smbmgmt_plan *plan, smbmgmt_handle *const *handles,
		      struct sm_look *looks, struct sm_match *match,
		      struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; i < plan->server_count; i++) {
		if (looks[i].table != NULL)
			plan->listings++;
		if (ret == 0 && looks[i].table != NULL)
			ret = sm_plan_add_listing(plan, i, looks[i].table,
						  match, fail);
		else if (ret == 0)
			ret = sm_plan_add_failure(plan, i, &looks[i].fail,
						  handles[i]->server, fail);
		sm_table_unref(looks[i].table);
	}
	return ret != 0 ? ret : sm_plan_finish(plan, match, fail);
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

int sm_api_plan(smbmgmt_context *context, smbmgmt_handle *const *handles,
		uint32_t n, const smbmgmt_filter *filter,
		const struct sm_rules *rules, uint32_t deadline,
		int32_t throttle, smbmgmt_plan **plan, struct sm_fail *fail)
{
	struct sm_match *match = NULL;
	struct sm_look *looks = NULL;
	struct sm_engine *engine = NULL;
	smbmgmt_plan *p = NULL;
	int ret = 0;

	if (filter == NULL ||
	    (sm_filter_is_empty(filter) && !filter->match_all))
		return sm_fail(fail, SMBMGMT_E_EMPTY_FILTER,
			       "An empty filter closes nothing; select "
			       "sessions, or set match-all to mean every "
			       "one.");
	ret = sm_api_handles(context, handles, n, fail);
	if (ret == 0)
		ret = sm_api_sessions(filter, handles, n, fail);
	if (ret == 0)
		ret = sm_context_engine(context, &engine, fail);
	if (ret == 0)
		ret = sm_match_new(filter, &match, fail);
	if (ret == 0)
		ret = sm_plan_new(rules, n, &p, fail);
	if (ret == 0)
		ret = make_owner(context, handles, n, match, p, fail);
	if (ret == 0) {
		looks = calloc(n, sizeof(*looks));
		ret = looks == NULL ? sm_fail_nomem(fail) : 0;
	}
	if (ret == 0) {
		sm_fleet_look(engine, handles, n, sm_match_instances(match),
			      deadline, throttle, looks);
		ret = take_looks(p, handles, looks, match, fail);
	}
	sm_match_free(match);
	free(looks);
	if (ret != 0) {
		sm_plan_unref(p);
		return ret;
	}
	*plan = p;
	return conclude(p, fail);
}

int32_t smbmgmt_plan_close(smbmgmt_context *context,
			   smbmgmt_handle *const *handles, uint32_t n,
			   const smbmgmt_filter *filter,
			   const smbmgmt_policy *policy, smbmgmt_plan **plan,
			   smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	int ret = 0;

	SM_NEED(plan);
	*plan = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_api_plan(context, handles, n, filter,
			  policy == NULL ? &sm_api_strict : &policy->rules,
			  policy == NULL ? 0 : policy->deadline, 0, plan,
			  &fail);
	sm_context_leave(context);
	return ret == 0 ? 0
			: sm_error_set(err, &fail,
				       n == 1 && handles != NULL &&
						       handles[0] != NULL
					       ? handles[0]->server
					       : NULL);
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
