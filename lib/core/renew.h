/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A layout against a newer listing: what was to be closed and is surely still
 * the same stays selected, what has newly appeared is a newcomer (and as
 * collateral refused), and the verdicts are made anew.  A plan only shrinks.
 */
#ifndef SM_CORE_RENEW_H
#define SM_CORE_RENEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/layout.h"

#define SM_NO_ROW SIZE_MAX	     /* it is surely not there any more */
#define SM_UNSURE_ROW (SIZE_MAX - 1) /* it may be, but that cannot be told */

static inline bool sm_is_row(size_t row)
{
	return row < SM_UNSURE_ROW;
}

/*
 * Lay @now out after @old.  @row (old->table->count entries) is set to each
 * old row's index in @now if it is surely there, else to SM_NO_ROW or
 * SM_UNSURE_ROW; sm_is_row() tells the difference.
 */
int sm_layout_renew(const struct sm_layout *old, struct sm_table *now,
		    size_t *row, struct sm_layout **layout,
		    struct sm_fail *fail);

#endif /* SM_CORE_RENEW_H */
