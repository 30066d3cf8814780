/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/close.h>
#include <smbmgmt/plan.h>

#include "util/vec.h"

int32_t sm_outcome_code(int32_t outcome, int32_t cause)
{
	switch (outcome) {
	case SMBMGMT_OUTCOME_CLOSED:
	case SMBMGMT_OUTCOME_WOULD_CLOSE:
	case SMBMGMT_OUTCOME_ALREADY_GONE:
	case SMBMGMT_OUTCOME_RECONNECTED:
	case SMBMGMT_OUTCOME_REMOVED:
	case SMBMGMT_OUTCOME_WOULD_REMOVE:
		return SMBMGMT_OK;
	case SMBMGMT_OUTCOME_SENT:
		/* 0 where nobody wanted to look, else why nobody could. */
		return cause;
	case SMBMGMT_OUTCOME_DECLINED:
		return SMBMGMT_E_DECLINED;
	case SMBMGMT_OUTCOME_STILL_PRESENT:
		return SMBMGMT_E_STILL_PRESENT;
	case SMBMGMT_OUTCOME_REFUSED_OWN:
		return SMBMGMT_E_REFUSED_OWN;
	case SMBMGMT_OUTCOME_REFUSED_COLLATERAL:
		return SMBMGMT_E_REFUSED_COLLATERAL;
	case SMBMGMT_OUTCOME_REFUSED_UNSAFE:
		return SMBMGMT_E_REFUSED_UNSAFE;
	case SMBMGMT_OUTCOME_CANCELLED:
		return SMBMGMT_E_CANCELLED;
	case SMBMGMT_OUTCOME_NOT_FOUND:
		return SMBMGMT_E_NOT_FOUND;
	case SMBMGMT_OUTCOME_FAILED:
	default:
		return cause != 0 ? cause : SMBMGMT_E_SERVER;
	}
}

void sm_results_free(struct sm_result *results, size_t count)
{
	for (size_t i = 0; results != NULL && i < count; i++) {
		sm_session_unref(results[i].new_session);
		smbmgmt_error_unref(results[i].cause);
		sm_layout_unref(results[i].layout);
	}
	free(results);
}

int sm_report_new(smbmgmt_report **report, struct sm_fail *fail)
{
	smbmgmt_report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&r->ref);
	*report = r;
	return 0;
}

void sm_report_unref(smbmgmt_report *report)
{
	if (report == NULL || !sm_ref_put(&report->ref))
		return;
	for (size_t i = 0; i < report->count; i++) {
		struct sm_outcome *o = &report->outcomes[i];

		sm_session_unref(o->session);
		sm_session_unref(o->new_session);
		free(o->message);
		smbmgmt_error_unref(o->cause);
		sm_layout_unref(o->layout);
		if (o->handle != NULL)
			report->handle_unref(o->handle);
	}
	free(report->outcomes);
	sm_errors_free(&report->errors);
	for (size_t i = 0; i < report->left_out_count; i++)
		sm_session_unref(report->left_out[i]);
	free(report->left_out);
	for (size_t i = 0; i < report->server_count; i++) {
		free(report->servers[i].server);
		smbmgmt_error_unref(report->servers[i].error);
	}
	free(report->servers);
	free(report);
}

int sm_report_add(smbmgmt_report *report, const struct sm_outcome *outcome,
		  const char *message, struct sm_fail *fail)
{
	struct sm_outcome o = *outcome;
	void *outcomes = report->outcomes;

	o.message = strdup(message);
	if (o.message == NULL)
		return sm_fail_nomem(fail);
	if (!sm_vec_room(&outcomes, &report->size, report->count, sizeof(o))) {
		free(o.message);
		return sm_fail_nomem(fail);
	}
	sm_session_ref(o.session);
	sm_session_ref(o.new_session);
	smbmgmt_error_ref(o.cause);
	if (o.layout != NULL)
		sm_layout_ref(o.layout);
	report->outcomes = outcomes;
	report->outcomes[report->count++] = o;
	return 0;
}

static int32_t refused_outcome(int32_t code)
{
	switch (code) {
	case SMBMGMT_E_REFUSED_OWN:
		return SMBMGMT_OUTCOME_REFUSED_OWN;
	case SMBMGMT_E_REFUSED_COLLATERAL:
		return SMBMGMT_OUTCOME_REFUSED_COLLATERAL;
	case SMBMGMT_E_REFUSED_UNSAFE:
		return SMBMGMT_OUTCOME_REFUSED_UNSAFE;
	case SMBMGMT_E_DECLINED:
		return SMBMGMT_OUTCOME_DECLINED;
	case SMBMGMT_E_NOT_FOUND:
		return SMBMGMT_OUTCOME_NOT_FOUND;
	case SMBMGMT_E_GONE:
		return SMBMGMT_OUTCOME_ALREADY_GONE;
	default:
		return SMBMGMT_OUTCOME_FAILED;
	}
}

/*
 * An item that nothing was done to, by the plan's word.  A plan that was
 * carried out would close nothing any more.
 */
static int add_planned(smbmgmt_report *report, const smbmgmt_plan *plan,
		       const struct sm_item *item, struct sm_layout *layout,
		       bool executed, struct sm_fail *fail)
{
	struct sm_outcome o = {.session = item->session, .unit = item->unit};
	int32_t code = sm_plan_code(plan, item);
	char text[SM_FAIL_TEXT];

	if (item->in_layout)
		o.layout = layout;
	if (code != 0) {
		o.outcome = refused_outcome(code);
		o.code = sm_outcome_code(o.outcome, code);
		return sm_report_add(report, &o, sm_plan_reason(plan, item),
				     fail);
	}
	if (executed) {
		o.outcome = SMBMGMT_OUTCOME_CANCELLED;
		o.code = sm_outcome_code(o.outcome, 0);
		return sm_report_add(report, &o, "Nothing was sent.", fail);
	}
	o.outcome = SMBMGMT_OUTCOME_WOULD_CLOSE;
	sm_plan_question(item, text, sizeof(text));
	return sm_report_add(report, &o, text, fail);
}

static int add_done(smbmgmt_report *report, const struct sm_item *item,
		    const struct sm_result *result, struct sm_fail *fail)
{
	struct sm_outcome o = {
		.outcome = result->outcome,
		.code = result->code,
		.sent = result->sent,
		.session = item->session,
		.new_session = result->new_session,
		.cause = result->cause,
		.layout = result->layout,
		.unit = result->unit,
	};

	return sm_report_add(report, &o,
			     result->message[0] == '\0' && o.cause != NULL
				     ? smbmgmt_error_message(o.cause)
				     : result->message,
			     fail);
}

static int add_items(smbmgmt_report *report, const smbmgmt_plan *plan,
		     const struct sm_result *results,
		     struct sm_layout *const *layouts, struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < plan->items.count; i++) {
		const struct sm_item *item = &plan->items.items[i];

		if (results != NULL && results[i].tried)
			ret = add_done(report, item, &results[i], fail);
		else
			ret = add_planned(report, plan, item,
					  layouts[item->server],
					  results != NULL, fail);
	}
	return ret;
}

/*
 * Decisions go on changing a plan's layouts, and a report is for good: it
 * gets copies.
 */
static int add_items_apart(smbmgmt_report *report, const smbmgmt_plan *plan,
			   const struct sm_result *results,
			   struct sm_fail *fail)
{
	struct sm_layout **layouts =
		calloc(plan->server_count + 1, sizeof(struct sm_layout *));
	int ret = layouts == NULL ? sm_fail_nomem(fail) : 0;

	for (size_t i = 0; ret == 0 && i < plan->server_count; i++) {
		if (plan->servers[i].layout != NULL)
			ret = sm_layout_copy(plan->servers[i].layout,
					     &layouts[i], fail);
	}
	if (ret == 0)
		ret = add_items(report, plan, results, layouts, fail);
	for (size_t i = 0; layouts != NULL && i < plan->server_count; i++)
		sm_layout_unref(layouts[i]);
	free(layouts);
	return ret;
}

int sm_report_fill(smbmgmt_report *report, const smbmgmt_plan *plan,
		   const struct sm_result *results, struct sm_fail *fail)
{
	int ret = add_items_apart(report, plan, results, fail);

	for (size_t i = 0; ret == 0 && i < plan->errors.count; i++) {
		if (!sm_errors_add(&report->errors,
				   smbmgmt_error_ref(plan->errors.items[i])))
			ret = sm_fail_nomem(fail);
	}
	return ret != 0 ? ret : sm_report_add_left_out(report, plan, fail);
}

static int add_left_out(smbmgmt_report *report,
			smbmgmt_session *const *sessions, size_t count,
			struct sm_fail *fail)
{
	size_t known = report->left_out_count;
	smbmgmt_session **left_out = NULL;

	if (count == 0)
		return 0;
	left_out = reallocarray(report->left_out, known + count,
				sizeof(*left_out));
	if (left_out == NULL)
		return sm_fail_nomem(fail);
	report->left_out = left_out;
	for (size_t i = 0; i < count; i++) {
		left_out[known + i] = sessions[i];
		sm_session_ref(sessions[i]);
	}
	report->left_out_count = known + count;
	return 0;
}

int sm_report_add_left_out(smbmgmt_report *report, const smbmgmt_plan *plan,
			   struct sm_fail *fail)
{
	return add_left_out(report, plan->left_out, plan->left_out_count, fail);
}

int sm_report_append(smbmgmt_report *report, const smbmgmt_report *part,
		     struct sm_fail *fail)
{
	int ret = add_left_out(report, part->left_out, part->left_out_count,
			       fail);

	for (size_t i = 0; ret == 0 && i < part->count; i++)
		ret = sm_report_add(report, &part->outcomes[i],
				    part->outcomes[i].message, fail);
	for (size_t i = 0; ret == 0 && i < part->errors.count; i++) {
		if (!sm_errors_add(&report->errors,
				   smbmgmt_error_ref(part->errors.items[i])))
			ret = sm_fail_nomem(fail);
	}
	report->listings += part->listings;
	return ret;
}

/*
 * What counts of an evict is how it ended on each server, not what it took to
 * come there.
 */
static bool counts(const smbmgmt_report *report, const struct sm_outcome *o)
{
	return report->server_count == 0 ||
	       o->outcome == SMBMGMT_OUTCOME_NOT_FOUND;
}

void sm_report_finish(smbmgmt_report *report)
{
	struct sm_overall overall = {0};

	for (size_t i = 0; i < report->count; i++) {
		if (counts(report, &report->outcomes[i]))
			sm_overall_add(&overall, report->outcomes[i].code);
	}
	/* A server where nothing had to be done is no success of anything. */
	for (size_t i = 0; i < report->server_count; i++) {
		const struct sm_evicted *server = &report->servers[i];

		if (server->code != 0 || server->closed > 0)
			sm_overall_add(&overall, server->code);
	}
	for (size_t i = 0; i < report->errors.count; i++)
		sm_overall_add(&overall,
			       smbmgmt_error_code(report->errors.items[i]));
	report->code = sm_overall_code(&overall);
}
