/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/renew.h"

#include <stdlib.h>
#include <string.h>

#include "core/diff.h"

/* Of what is not surely there: has it surely ended? */
static int find_gone(const struct sm_layout *old, const struct sm_table *now,
		     struct sm_then *then, size_t *row, struct sm_fail *fail)
{
	size_t n = old->table->count;
	int ret = 0;

	/*
	 * Whatever began since the listing is another session, and since its
	 * end it is surely that.
	 */
	for (size_t i = 0; i < n; i++)
		then[i].closed_ns = then[i].listed.ended_ns;
	ret = sm_diff(then, n, now, SM_DIFF_VERIFY, fail);
	for (size_t i = 0; ret == 0 && i < n; i++) {
		if (row[i] == SM_UNSURE_ROW &&
		    (then[i].fate == SM_FATE_GONE ||
		     then[i].fate == SM_FATE_REPLACED))
			row[i] = SM_NO_ROW;
	}
	return ret;
}

static int find_rows(const struct sm_layout *old, const struct sm_table *now,
		     size_t *row, uint8_t *marks, struct sm_fail *fail)
{
	size_t n = old->table->count;
	struct sm_then *then = calloc(n + 1, sizeof(*then));
	int ret = 0;

	if (then == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < n; i++) {
		then[i].row = &old->table->sessions[i].row;
		then[i].listed = old->table->listed;
	}
	ret = sm_diff(then, n, now, SM_DIFF_SELECT, fail);
	memset(marks, SM_MARK_NEWCOMER, now->count);
	for (size_t i = 0; ret == 0 && i < n; i++) {
		const struct sm_unit *unit = &old->units[old->unit_of[i]];
		bool wanted = (old->marks[i] & SM_MARK_SELECTED) != 0 &&
			      (unit->code == 0 || unit->declined);

		row[i] = SM_UNSURE_ROW;
		if (then[i].fate != SM_FATE_SAME)
			continue;
		row[i] = then[i].with;
		/* Who was a newcomer once has not been planned for since. */
		marks[row[i]] = (uint8_t)((wanted ? SM_MARK_SELECTED : 0) |
					  (old->marks[i] & SM_MARK_NEWCOMER));
	}
	if (ret == 0)
		ret = find_gone(old, now, then, row, fail);
	free(then);
	return ret;
}

int sm_layout_renew(const struct sm_layout *old, struct sm_table *now,
		    size_t *row, struct sm_layout **layout,
		    struct sm_fail *fail)
{
	uint8_t *marks = calloc(now->count + 1, 1);
	struct sm_layout *l = NULL;
	int ret = 0;

	if (marks == NULL)
		return sm_fail_nomem(fail);
	ret = find_rows(old, now, row, marks, fail);
	if (ret == 0)
		ret = sm_layout_new(now, &old->rules, marks, &l, fail);
	free(marks);
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < old->table->count; i++) {
		if (sm_is_row(row[i]) && old->units[old->unit_of[i]].declined &&
		    (old->marks[i] & SM_MARK_SELECTED) != 0)
			l->units[l->unit_of[row[i]]].declined = true;
	}
	ret = sm_layout_judge(l, fail);
	if (ret != 0) {
		sm_layout_unref(l);
		return ret;
	}
	*layout = l;
	return 0;
}
