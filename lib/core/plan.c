/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/plan.h>
#include <smbmgmt/session.h>

#include "core/diff.h"
#include "util/vec.h"

int sm_plan_new(const struct sm_rules *rules, size_t servers,
		smbmgmt_plan **plan, struct sm_fail *fail)
{
	smbmgmt_plan *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&p->ref);
	p->rules = *rules;
	p->servers = calloc(servers + 1, sizeof(*p->servers));
	if (p->servers == NULL) {
		free(p);
		return sm_fail_nomem(fail);
	}
	p->server_count = servers;
	*plan = p;
	return 0;
}

void sm_plan_unref(smbmgmt_plan *plan)
{
	if (plan == NULL || !sm_ref_put(&plan->ref))
		return;
	for (size_t i = 0; i < plan->items.count; i++) {
		sm_session_unref(plan->items.items[i].session);
		free(plan->items.items[i].reason);
	}
	free(plan->items.items);
	for (size_t i = 0; i < plan->server_count; i++) {
		sm_layout_unref(plan->servers[i].layout);
		smbmgmt_error_unref(plan->servers[i].error);
	}
	free(plan->servers);
	sm_errors_free(&plan->errors);
	for (size_t i = 0; i < plan->left_out_count; i++)
		sm_session_unref(plan->left_out[i]);
	free(plan->left_out);
	if (plan->owner_free != NULL)
		plan->owner_free(plan->owner);
	free(plan);
}

static int add_item(smbmgmt_plan *plan, const struct sm_item *item,
		    struct sm_fail *fail)
{
	void *items = plan->items.items;

	if (!sm_vec_room(&items, &plan->items.size, plan->items.count,
			 sizeof(*item)))
		return sm_fail_nomem(fail);
	plan->items.items = items;
	plan->items.items[plan->items.count++] = *item;
	sm_session_ref(item->session);
	return 0;
}

static int add_absent(smbmgmt_plan *plan, size_t server,
		      smbmgmt_session *session, const struct sm_fail *why,
		      struct sm_fail *fail)
{
	struct sm_item item = {
		.session = session,
		.server = (uint32_t)server,
		.code = why->code,
		.decision = SMBMGMT_DECISION_NOT_FOUND,
		.reason = strdup(why->text),
	};
	int ret = 0;

	if (item.reason == NULL)
		return sm_fail_nomem(fail);
	ret = add_item(plan, &item, fail);
	if (ret != 0)
		free(item.reason);
	return ret;
}

static int add_left_out(smbmgmt_plan *plan, smbmgmt_session *session,
			struct sm_fail *fail)
{
	void *items = plan->left_out;

	if (!sm_vec_room(&items, &plan->left_out_size, plan->left_out_count,
			 sizeof(*plan->left_out)))
		return sm_fail_nomem(fail);
	plan->left_out = items;
	plan->left_out[plan->left_out_count++] = session;
	sm_session_ref(session);
	return 0;
}

/* Match-all means the others: our own row is left out, with a note. */
static int make_marks(smbmgmt_plan *plan, struct sm_table *table,
		      const struct sm_match *match, uint8_t *marks,
		      struct sm_fail *fail)
{
	bool leave = sm_match_is_all(match) && !plan->rules.include_own;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < table->count; i++) {
		if (marks[i] == 0)
			continue;
		marks[i] = SM_MARK_SELECTED;
		if (leave && table->sessions[i].row.own != SMBMGMT_OWN_NO) {
			marks[i] = SM_MARK_LEFT_OUT;
			ret = add_left_out(plan, &table->sessions[i], fail);
		}
	}
	return ret;
}

/* Session objects that no row of the listing is. */
static int add_gone(smbmgmt_plan *plan, size_t server,
		    const struct sm_match *match, const uint8_t *stale,
		    bool incomplete, struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sm_match_session_count(match); i++) {
		smbmgmt_session *session = sm_match_session(match, i);
		struct sm_fail why;

		if (stale[i] == SM_STALE_NO)
			continue;
		if (stale[i] == SM_STALE_GONE)
			sm_fail(&why, SMBMGMT_E_GONE,
				"The session is not there any more: it ended, "
				"or another has taken its place, since it was "
				"listed.");
		else if (incomplete)
			sm_fail(&why, SMBMGMT_E_INCOMPLETE,
				"The session is not in the listing, which may "
				"lack live sessions; list again.");
		else
			sm_fail(&why, SMBMGMT_E_REFUSED_UNSAFE,
				"What the server lists does not tell whether "
				"this is still the same session; list again.");
		ret = add_absent(plan, server, session, &why, fail);
	}
	return ret;
}

static int add_selected(smbmgmt_plan *plan, size_t server, struct sm_fail *fail)
{
	struct sm_layout *layout = plan->servers[server].layout;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < layout->table->count; i++) {
		struct sm_item item = {
			.session = &layout->table->sessions[i],
			.server = (uint32_t)server,
			.row = i,
			.unit = layout->unit_of[i],
			.in_layout = true,
			.decision = SMBMGMT_DECISION_OPEN,
		};

		if (layout->marks[i] & SM_MARK_SELECTED)
			ret = add_item(plan, &item, fail);
	}
	return ret;
}

static int add_incomplete(smbmgmt_plan *plan, size_t server,
			  const struct sm_table *table, struct sm_fail *fail)
{
	struct sm_fail why;

	sm_fail(&why, SMBMGMT_E_INCOMPLETE,
		"The listing may lack live sessions: %s", table->listing.why);
	return sm_plan_add_failure(plan, server, &why, table->origin.server,
				   fail);
}

int sm_plan_add_listing(smbmgmt_plan *plan, size_t server,
			struct sm_table *table, struct sm_match *match,
			struct sm_fail *fail)
{
	uint8_t *marks = calloc(table->count + 1, 1);
	uint8_t *stale = calloc(sm_match_session_count(match) + 1, 1);
	struct sm_layout *layout = NULL;
	struct sm_fail why;
	int ret = 0;

	if (marks == NULL || stale == NULL) {
		ret = sm_fail_nomem(fail);
		goto out;
	}
	if (sm_match_is_empty(match)) {
		ret = sm_fail(fail, SMBMGMT_E_EMPTY_FILTER,
			      "The filter is empty, so it closes nothing; "
			      "match-all closes every session.");
		goto out;
	}
	ret = sm_match_select(match, table, marks, stale, &why);
	if (ret != 0) {
		/* The server's problem, not the plan's. */
		ret = sm_plan_add_failure(plan, server, &why,
					  table->origin.server, fail);
		goto out;
	}
	ret = make_marks(plan, table, match, marks, fail);
	if (ret == 0)
		ret = sm_layout_new(table, &plan->rules, marks, &layout, fail);
	if (ret != 0)
		goto out;
	plan->servers[server].layout = layout;
	ret = sm_layout_judge(layout, fail);
	if (ret == 0)
		ret = add_selected(plan, server, fail);
	if (ret == 0)
		ret = add_gone(plan, server, match, stale,
			       table->listing.incomplete, fail);
	if (ret == 0 && table->listing.incomplete)
		ret = add_incomplete(plan, server, table, fail);
out:
	free(marks);
	free(stale);
	return ret;
}

int sm_plan_add_failure(smbmgmt_plan *plan, size_t server,
			const struct sm_fail *why, const char *computer,
			struct sm_fail *fail)
{
	smbmgmt_error *error = sm_error_new(why, computer);

	smbmgmt_error_unref(plan->servers[server].error);
	plan->servers[server].error = smbmgmt_error_ref(error);
	if (!sm_errors_add(&plan->errors, error))
		return sm_fail_nomem(fail);
	return 0;
}

struct missing {
	smbmgmt_plan *plan;
	struct sm_fail *fail;
};

static int add_missing(void *userdata, const struct sm_fail *why)
{
	struct missing *m = userdata;

	return add_absent(m->plan, 0, NULL, why, m->fail);
}

int sm_plan_finish(smbmgmt_plan *plan, const struct sm_match *match,
		   struct sm_fail *fail)
{
	struct missing missing = {.plan = plan, .fail = fail};
	uint32_t base = 0;

	for (size_t i = 0; i < plan->server_count; i++) {
		plan->servers[i].unit_base = base;
		if (plan->servers[i].layout != NULL)
			base += (uint32_t)plan->servers[i].layout->unit_count;
	}
	/* A server that failed may have what the others have not. */
	if (plan->errors.count > 0)
		return 0;
	return sm_match_missing(match, add_missing, &missing);
}

struct sm_unit *sm_plan_unit(const smbmgmt_plan *plan,
			     const struct sm_item *item)
{
	if (!item->in_layout)
		return NULL;
	return &plan->servers[item->server].layout->units[item->unit];
}

int32_t sm_plan_code(const smbmgmt_plan *plan, const struct sm_item *item)
{
	const struct sm_unit *unit = sm_plan_unit(plan, item);

	return unit == NULL ? item->code : unit->code;
}

int32_t sm_plan_decision(const smbmgmt_plan *plan, const struct sm_item *item)
{
	const struct sm_unit *unit = sm_plan_unit(plan, item);

	if (unit == NULL)
		return item->code == SMBMGMT_E_REFUSED_UNSAFE
			       ? SMBMGMT_DECISION_REFUSED
			       : SMBMGMT_DECISION_NOT_FOUND;
	/* A no is for the whole unit. */
	if (unit->code == SMBMGMT_E_DECLINED)
		return SMBMGMT_DECISION_NO;
	return unit->code != 0 ? SMBMGMT_DECISION_REFUSED : item->decision;
}

const char *sm_plan_reason(const smbmgmt_plan *plan, const struct sm_item *item)
{
	const struct sm_unit *unit = sm_plan_unit(plan, item);
	const char *reason = unit == NULL ? item->reason : unit->reason;

	return reason == NULL ? "" : reason;
}

bool sm_plan_needs_consent(const smbmgmt_plan *plan)
{
	for (size_t i = 0; i < plan->items.count; i++) {
		if (sm_plan_decision(plan, &plan->items.items[i]) ==
		    SMBMGMT_DECISION_OPEN)
			return true;
	}
	return false;
}

int sm_plan_settle(smbmgmt_plan *plan, struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; i < plan->items.count; i++) {
		struct sm_unit *unit =
			sm_plan_unit(plan, &plan->items.items[i]);

		if (unit != NULL)
			unit->declined = false;
	}
	for (size_t i = 0; i < plan->items.count; i++) {
		const struct sm_item *item = &plan->items.items[i];
		struct sm_unit *unit = sm_plan_unit(plan, item);

		if (unit != NULL && item->decision == SMBMGMT_DECISION_NO)
			unit->declined = true;
	}
	for (size_t i = 0; ret == 0 && i < plan->server_count; i++) {
		if (plan->servers[i].layout != NULL)
			ret = sm_layout_judge(plan->servers[i].layout, fail);
	}
	return ret;
}

void sm_plan_decide(smbmgmt_plan *plan, int32_t decision)
{
	for (size_t i = 0; i < plan->items.count; i++) {
		struct sm_item *item = &plan->items.items[i];

		if (sm_plan_decision(plan, item) == SMBMGMT_DECISION_OPEN)
			item->decision = decision;
	}
}

size_t sm_plan_first_item(const smbmgmt_plan *plan, size_t item)
{
	const struct sm_item *items = plan->items.items;
	const struct sm_layout *layout = NULL;
	const struct sm_unit *unit = sm_plan_unit(plan, &items[item]);
	size_t row = 0;
	size_t low = 0;
	size_t high = item;

	if (unit == NULL)
		return item;
	/* The unit's rows are in row order, and so are a server's items. */
	layout = plan->servers[items[item].server].layout;
	for (size_t i = unit->first; i < unit->first + unit->count; i++) {
		row = layout->order[i];
		if (layout->marks[row] & SM_MARK_SELECTED)
			break;
	}
	/* From one item to the next the row grows by one or more. */
	low = item -
	      (items[item].row - row < item ? items[item].row - row : item);
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (items[mid].server != items[item].server ||
		    items[mid].row < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void sm_plan_question(const struct sm_item *item, char *text, size_t size)
{
	const struct sm_row *row = &item->session->row;

	if (sm_row_has(row, SMBMGMT_FIELD_ID))
		snprintf(text, size,
			 "Performing operation 'Close-Session' on Target "
			 "'%llu'.",
			 (unsigned long long)row->id);
	else
		snprintf(text, size,
			 "Performing operation 'Close-Session' on Target "
			 "'%s %s'.",
			 row->client, row->user);
}
