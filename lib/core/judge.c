/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The verdicts of a layout.  A unit that is refused leaves its rows standing,
 * which makes them collateral of the units that may end them; so units are
 * judged until no further one falls.  Each round refuses at least one unit or
 * is the last, and what is counted once per reach keeps a round linear.
 */
#include <stdio.h>

#include <smbmgmt/plan.h>

#include "core/layout.h"

/* Rows that are not to be closed, by what they mean for who ends them. */
struct counts {
	size_t standing;
	size_t own;
	size_t newcomer; /* and not our own */
	size_t declined;
};

#define REASON_ROOM 160

/* @reason is static text. */
static void refuse(struct sm_unit *unit, int32_t code, const char *reason)
{
	unit->code = code;
	unit->reason = reason;
}

/*
 * A reason with a number in it.  A plan may be judged again with every
 * decision, so a unit's room is taken once.
 */
static int refuse_count(struct sm_layout *layout, struct sm_unit *unit,
			const char *before, size_t count, const char *behind,
			struct sm_fail *fail)
{
	unit->code = SMBMGMT_E_REFUSED_COLLATERAL;
	if (unit->room == NULL)
		unit->room = sm_arena_alloc(&layout->arena, REASON_ROOM);
	if (unit->room == NULL)
		return sm_fail_nomem(fail);
	snprintf(unit->room, REASON_ROOM, "%s %zu session%s %s", before, count,
		 count == 1 ? "" : "s", behind);
	unit->reason = unit->room;
	return 0;
}

static const struct sm_row *row_at(const struct sm_layout *layout,
				   const struct sm_unit *unit, size_t i)
{
	size_t row = layout->order[unit->first + i];

	return &layout->table->sessions[row].row;
}

/* Why a row's unit cannot be closed safely, whatever the policy, or NULL. */
static const char *unsafe(const struct sm_row *row, enum sm_unit_kind kind)
{
	bool user = sm_row_has(row, SMBMGMT_FIELD_USER) && row->user[0] != '\0';

	switch (kind) {
	case SM_UNIT_CLIENT_USER:
		if (!sm_row_names_client(row))
			return "The server names no client for this session, "
			       "and without one the close would end sessions "
			       "of every client.";
		if (!user)
			return "The server names no user for this session (it "
			       "may still be logging on), and without one the "
			       "close would end every session of the client.";
		if (!sm_row_native(row) &&
		    !sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS))
			return "The server tells neither id nor age of this "
			       "session, so it cannot be told whether it is "
			       "still the same one.";
		return NULL;
	case SM_UNIT_PROCESS:
		if (!sm_row_has(row, SM_FIELD_PROCESS) ||
		    row->process[0] == '\0')
			return "The server names no process for this session.";
		__attribute__((fallthrough));
	case SM_UNIT_SESSION:
	default:
		if (!sm_row_native(row))
			return "The server gives no id for this session, so "
			       "it cannot be closed alone.";
		return NULL;
	}
}

/*
 * Where a close ends more than one session, what it ends cannot be known from
 * a listing that may lack some; it takes a policy that allows anything.
 */
static bool is_blind(const struct sm_layout *layout)
{
	const struct sm_listing *listing = &layout->table->listing;

	if (!listing->incomplete)
		return false;
	if (listing->unit == SM_UNIT_SESSION &&
	    (listing->caps & SM_CAP_POSSIBLE_COLLATERAL) == 0)
		return false;
	return !layout->rules.include_own ||
	       layout->rules.allow_collateral < SMBMGMT_COLLATERAL_ALL;
}

static void judge_rows(const struct sm_layout *layout, struct sm_unit *unit)
{
	enum sm_unit_kind kind = (enum sm_unit_kind)layout->table->listing.unit;

	for (size_t i = 0; i < unit->count; i++) {
		const struct sm_row *row = row_at(layout, unit, i);
		const char *why = unsafe(row, kind);
		size_t index = layout->order[unit->first + i];

		if ((layout->marks[index] & SM_MARK_SELECTED) == 0)
			continue;
		if (why != NULL) {
			refuse(unit, SMBMGMT_E_REFUSED_UNSAFE, why);
			return;
		}
		if (layout->rules.include_own || row->own == SMBMGMT_OWN_NO)
			continue;
		refuse(unit, SMBMGMT_E_REFUSED_OWN,
		       row->own == SMBMGMT_OWN_YES
			       ? "This session carries our own connection; "
				 "include-own closes it."
			       : "This session may carry our own connection; "
				 "include-own closes it.");
	}
	if (unit->code != 0)
		return;
	if (layout->table->own_unknown && !layout->rules.include_own)
		refuse(unit, SMBMGMT_E_REFUSED_OWN,
		       "No session of our own user is listed, so any session "
		       "may carry our own connection; include-own closes it "
		       "all the same.");
	else if (is_blind(layout))
		refuse(unit, SMBMGMT_E_REFUSED_UNSAFE,
		       "The listing may lack sessions that the close would "
		       "end too; list again, or close with include-own and "
		       "allow-collateral=all.");
}

static void count_rows(const struct sm_layout *layout, size_t index,
		       bool closing, struct counts *counts)
{
	const struct sm_unit *unit = &layout->units[index];

	for (size_t i = 0; i < unit->count; i++) {
		size_t row = layout->order[unit->first + i];
		bool own =
			layout->table->sessions[row].row.own != SMBMGMT_OWN_NO;

		if (closing && (layout->marks[row] & SM_MARK_SELECTED) != 0)
			continue;
		counts->standing++;
		if (own)
			counts->own++;
		else if (layout->marks[row] & SM_MARK_NEWCOMER)
			counts->newcomer++;
		if (unit->declined &&
		    (layout->marks[row] & SM_MARK_SELECTED) != 0)
			counts->declined++;
	}
}

static int judge_counts(struct sm_layout *layout, struct sm_unit *unit,
			const struct counts *certain,
			const struct counts *reach, struct sm_fail *fail)
{
	size_t possible = reach->standing - certain->standing;

	if (reach->own > 0 && !layout->rules.include_own)
		refuse(unit, SMBMGMT_E_REFUSED_OWN,
		       "The close would or may end our own connection too; "
		       "include-own allows it.");
	else if (reach->declined > 0)
		refuse(unit, SMBMGMT_E_REFUSED_COLLATERAL,
		       "The close would or may end a session that was "
		       "declined.");
	else if (reach->newcomer > 0)
		refuse(unit, SMBMGMT_E_REFUSED_COLLATERAL,
		       "The close would or may end a session that appeared "
		       "after the plan was made; plan again.");
	else if (certain->standing > 0 &&
		 layout->rules.allow_collateral < SMBMGMT_COLLATERAL_ALL)
		return refuse_count(layout, unit, "The close also ends",
				    certain->standing,
				    "that nobody selected; "
				    "allow-collateral=all allows it.",
				    fail);
	else if (possible > 0 &&
		 layout->rules.allow_collateral < SMBMGMT_COLLATERAL_POSSIBLE)
		return refuse_count(layout, unit, "The close may also end",
				    possible,
				    "of that client that nobody selected; "
				    "allow-collateral=possible allows it.",
				    fail);
	return 0;
}

/* Judge a reach's units once; *@fell if one that was closing is not now. */
static int judge_reach(struct sm_layout *layout, const struct sm_reach *reach,
		       bool *fell, struct sm_fail *fail)
{
	struct counts all = {0};
	int ret = 0;

	for (size_t i = 0; i < reach->count; i++) {
		size_t index = layout->reach_units[reach->first + i];

		count_rows(layout, index, sm_unit_closes(&layout->units[index]),
			   &all);
	}
	if (all.standing == 0)
		return 0;
	for (size_t i = 0; ret == 0 && i < reach->count; i++) {
		size_t index = layout->reach_units[reach->first + i];
		struct sm_unit *unit = &layout->units[index];
		struct counts own = {0};

		if (!sm_unit_closes(unit))
			continue;
		count_rows(layout, index, true, &own);
		ret = judge_counts(layout, unit, &own, &all, fail);
		*fell = *fell || unit->code != 0;
	}
	return ret;
}

/* Rows of one unit that stay: those nobody selected, then the others. */
static void stand_unit(struct sm_layout *layout, size_t index, size_t *at)
{
	struct sm_unit *unit = &layout->units[index];

	unit->standing = *at;
	for (int selected = 0; selected < 2; selected++) {
		for (size_t i = 0; i < unit->count; i++) {
			size_t row = layout->order[unit->first + i];
			int is = (layout->marks[row] & SM_MARK_SELECTED) != 0;

			if (is != selected || (is && unit->code == 0))
				continue;
			layout->standing[(*at)++] = row;
		}
		if (selected == 0)
			unit->certain = *at - unit->standing;
	}
	unit->standing_count = *at - unit->standing;
}

static void stand(struct sm_layout *layout)
{
	size_t at = 0;

	for (size_t i = 0; i < layout->reach_count; i++) {
		struct sm_reach *reach = &layout->reaches[i];

		reach->standing = at;
		for (size_t j = 0; j < reach->count; j++)
			stand_unit(layout,
				   layout->reach_units[reach->first + j], &at);
		reach->standing_count = at - reach->standing;
	}
}

int sm_layout_judge(struct sm_layout *layout, struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; i < layout->unit_count; i++) {
		struct sm_unit *unit = &layout->units[i];

		unit->code = 0;
		unit->reason = NULL;
		if (unit->selected == 0)
			continue;
		if (unit->declined)
			refuse(unit, SMBMGMT_E_DECLINED, "Declined.");
		else
			judge_rows(layout, unit);
	}
	for (size_t i = 0; ret == 0 && i < layout->reach_count; i++) {
		bool fell = true;

		while (ret == 0 && fell) {
			fell = false;
			ret = judge_reach(layout, &layout->reaches[i], &fell,
					  fail);
		}
	}
	stand(layout);
	return ret;
}
