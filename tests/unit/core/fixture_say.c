/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Plans and reports as text. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <smbmgmt/close.h>
#include <smbmgmt/error.h>
#include <smbmgmt/plan.h>

#include "fixture.h"

const char *fixture_code(int32_t code)
{
	const char *name = smbmgmt_error_name(code);

	name += strlen("SMBMGMT_");
	return strncmp(name, "E_", 2) == 0 ? name + 2 : name;
}

/* The value that a not-found sentence names: '5' in "... equal to '5'. ..." */
static void say_missing(char *text, const char *sentence)
{
	const char *equal = strstr(sentence, "equal to '");
	const char *end = NULL;

	if (equal == NULL) {
		fixture_add(text, "none");
		return;
	}
	equal += strlen("equal to '");
	end = strstr(equal, "'.");
	ck_assert_ptr_nonnull(end);
	fixture_add(text, "none:%.*s", (int)(end - equal), equal);
}

static const char *verdict(const smbmgmt_plan *plan, const struct sm_item *item)
{
	int32_t code = sm_plan_code(plan, item);
	int32_t decision = sm_plan_decision(plan, item);

	/* What is refused has a reason, and a decision that says so. */
	if (code != 0 && code != SMBMGMT_E_DECLINED) {
		ck_assert_int_eq(decision, SMBMGMT_DECISION_REFUSED);
		ck_assert_str_ne(sm_plan_reason(plan, item), "");
	}
	switch (code) {
	case 0:
		ck_assert_str_eq(sm_plan_reason(plan, item), "");
		ck_assert(sm_unit_closes(sm_plan_unit(plan, item)));
		return decision == SMBMGMT_DECISION_YES ? "yes" : "close";
	case SMBMGMT_E_DECLINED:
		ck_assert_int_eq(decision, SMBMGMT_DECISION_NO);
		return "no";
	case SMBMGMT_E_REFUSED_OWN:
		return "own";
	case SMBMGMT_E_REFUSED_COLLATERAL:
		return "collateral";
	default:
		ck_assert_int_eq(code, SMBMGMT_E_REFUSED_UNSAFE);
		return "unsafe";
	}
}

static void say_absent(char *text, const smbmgmt_plan *plan,
		       const struct sm_item *item)
{
	switch (item->code) {
	case SMBMGMT_E_NOT_FOUND:
		ck_assert_ptr_null(item->session);
		say_missing(text, sm_plan_reason(plan, item));
		break;
	case SMBMGMT_E_GONE:
		fixture_add(text, "gone");
		break;
	case SMBMGMT_E_INCOMPLETE:
		fixture_add(text, "incomplete");
		break;
	default:
		ck_assert_int_eq(item->code, SMBMGMT_E_REFUSED_UNSAFE);
		ck_assert_int_eq(sm_plan_decision(plan, item),
				 SMBMGMT_DECISION_REFUSED);
		fixture_add(text, "unsafe");
	}
}

static void say_item(char *text, const smbmgmt_plan *plan,
		     const struct sm_item *item)
{
	const struct sm_layout *layout = NULL;
	char also[200] = "";
	char where[24] = "";
	size_t n = 0;

	if (!item->in_layout) {
		say_absent(text, plan, item);
		return;
	}
	layout = plan->servers[item->server].layout;
	n = sm_layout_collateral_count(layout, item->unit);
	for (size_t i = 0; i < n; i++) {
		int32_t grade = -1;
		size_t row =
			sm_layout_collateral(layout, item->unit, i, &grade);

		snprintf(also + strlen(also), sizeof(also) - strlen(also),
			 "%s%zu%s", i == 0 ? "(" : ",", row,
			 grade == SMBMGMT_GRADE_CERTAIN ? "c" : "p");
	}
	if (plan->server_count > 1)
		snprintf(where, sizeof(where), "%u/", item->server);
	fixture_add(text, "%s%zu:%s%s%s", where, item->row, verdict(plan, item),
		    also, n > 0 ? ")" : "");
}

const char *fixture_plan_say(const smbmgmt_plan *plan)
{
	static char text[FIXTURE_TEXT];

	text[0] = '\0';
	for (size_t i = 0; i < plan->items.count; i++)
		say_item(text, plan, &plan->items.items[i]);
	for (size_t i = 0; i < plan->left_out_count; i++)
		fixture_add(text, "left:%td",
			    plan->left_out[i] -
				    plan->left_out[i]->table->sessions);
	for (size_t i = 0; i < plan->errors.count; i++)
		fixture_add(text, "err:%s",
			    fixture_code(
				    smbmgmt_error_code(plan->errors.items[i])));
	return text;
}

const char *fixture_report_say(const smbmgmt_report *report)
{
	static char text[FIXTURE_TEXT];

	text[0] = '\0';
	for (size_t i = 0; i < report->count; i++) {
		const struct sm_outcome *o = &report->outcomes[i];

		fixture_add(text, "%s%s%s", smbmgmt_outcome_name(o->outcome),
			    o->code == 0 ? "" : ":",
			    o->code == 0 ? "" : fixture_code(o->code));
	}
	return text;
}
