/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A unit that is about to be closed, for the audit. */
#include <stdlib.h>

#include "core/renew.h"
#include "engine/audit.h"
#include "engine/exec_state.h"
#include "engine/planned.h"

/* Which items of the plan are in the unit by now. */
static size_t find_items(const struct exec_state *state, size_t unit,
			 struct sm_audit_item *items, size_t room)
{
	const struct sm_layout *layout = exec_epoch(state)->layout;
	size_t count = 0;

	for (size_t i = 0; i < state->item_count && count < room; i++) {
		const struct item_state *item = &state->items[i];

		if (item->epoch != state->epoch_count - 1 ||
		    !sm_is_row(item->row) || layout->unit_of[item->row] != unit)
			continue;
		items[count].item = item->item;
		items[count].row = item->row;
		count++;
	}
	return count;
}

int sm_exec_audit(struct exec_state *state, size_t unit, int64_t milliseconds)
{
	const struct sm_planned *planned = state->plan->owner;
	const struct sm_layout *layout = exec_epoch(state)->layout;
	size_t room = layout->units[unit].selected;
	struct sm_audit_item *items = NULL;
	size_t count = 0;
	int ret = 0;

	if (!sm_audit_on(planned->context->audit))
		return 0;
	items = calloc(room + 1, sizeof(*items));
	if (items == NULL)
		return sm_fail_nomem(&state->fail);
	count = find_items(state, unit, items, room);
	ret = sm_audit_intent(state->plan, state->server, layout, unit, items,
			      count, milliseconds, &state->fail);
	free(items);
	return ret;
}
