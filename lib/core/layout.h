/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What goes down together.  A listing is laid out in close units (rows that
 * one close ends for certain) and reaches (units that one close may end), and
 * every unit in which something is selected gets its verdict.  All the safety
 * rules about own sessions and collateral are here.
 */
#ifndef SM_CORE_LAYOUT_H
#define SM_CORE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/request.h"
#include "core/table.h"
#include "util/fail.h"
#include "util/ref.h"

struct sm_rules {
	bool include_own;
	int32_t allow_collateral; /* SMBMGMT_COLLATERAL_ */
};

/* What one row is, bits. */
#define SM_MARK_SELECTED 1u /* the filter matched it */
#define SM_MARK_NEWCOMER 2u /* it appeared after the plan was made */
#define SM_MARK_LEFT_OUT 4u /* matched, and left out: match-all, our own */

struct sm_unit {
	size_t first; /* its rows: layout->order[first, first + count) */
	size_t count;
	size_t reach;	       /* index of its reach */
	size_t selected;       /* how many of its rows are selected */
	size_t standing;       /* its part of layout->standing begins here, */
	size_t standing_count; /* is so long, */
	size_t certain; /* and begins with so many that are not selected */
	bool own;	/* holds a row that is or may be ours */
	bool declined;	/* somebody said no */
	int32_t code;	/* 0: may be closed; SMBMGMT_E_REFUSED_*, DECLINED */
	const char *reason; /* why not, a sentence; or NULL */
	char *room;	    /* for a reason with numbers in it; in the arena */
};

struct sm_reach {
	size_t first; /* its units: layout->reach_units[first, first + count) */
	size_t count;
	size_t standing; /* its part of layout->standing */
	size_t standing_count;
};

struct sm_layout {
	struct sm_ref ref;
	struct sm_table *table; /* a reference */
	struct sm_rules rules;
	struct sm_arena arena;
	uint8_t *marks;	 /* SM_MARK_, one byte a row */
	size_t *order;	 /* rows, unit by unit, each unit in row order */
	size_t *unit_of; /* unit of a row */
	struct sm_unit *units;
	size_t unit_count;
	size_t *reach_units; /* units, reach by reach */
	struct sm_reach *reaches;
	size_t reach_count;
	/*
	 * Rows that are not to be closed, reach by reach, unit by unit: what a
	 * unit's collateral is made of, kept once for all the units of a reach.
	 */
	size_t *standing;
	/* What a look after the close showed: 1 ended, 0 not, -1 no look. */
	int8_t *ended;
};

/*
 * Lay @table out.  @marks (table->count bytes) is copied.  Verdicts are not
 * made yet.
 */
int sm_layout_new(struct sm_table *table, const struct sm_rules *rules,
		  const uint8_t *marks, struct sm_layout **layout,
		  struct sm_fail *fail);
/* The same layout to keep: what becomes of the first does not touch it. */
int sm_layout_copy(const struct sm_layout *layout, struct sm_layout **copy,
		   struct sm_fail *fail);
struct sm_layout *sm_layout_ref(struct sm_layout *layout);
void sm_layout_unref(struct sm_layout *layout);

/*
 * Make the verdict of every unit that has selected rows, from the marks and
 * the declined units.  Earlier verdicts are forgotten.
 */
int sm_layout_judge(struct sm_layout *layout, struct sm_fail *fail);

/* Is the unit to be closed? */
static inline bool sm_unit_closes(const struct sm_unit *unit)
{
	return unit->selected > 0 && unit->code == 0;
}

/*
 * The sessions that a unit's close ends or may end although they are not to
 * be closed, certain ones first; good after sm_layout_judge().
 */
size_t sm_layout_collateral_count(const struct sm_layout *layout, size_t unit);
/* The row of one of them and its SMBMGMT_GRADE_. */
size_t sm_layout_collateral(const struct sm_layout *layout, size_t unit,
			    size_t index, int32_t *grade);

/* Does the row name a client?  `\\` alone is no name. */
bool sm_row_names_client(const struct sm_row *row);

/* What to ask of the transport. */
void sm_layout_close(const struct sm_layout *layout, size_t unit,
		     struct sm_close *close);

#endif /* SM_CORE_LAYOUT_H */
