/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A set of ids as the cmdlets write it: `5`, `1..5`, `1,3..7`.  Kept as
 * ranges; sealed once, then one look-up is one binary search.  Each range
 * remembers what was asked, so that missing ids can be named.
 */
#ifndef SM_CORE_IDSET_H
#define SM_CORE_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

struct sm_range {
	uint64_t first;
	uint64_t last; /* included */
};

struct sm_idset {
	struct sm_range *ranges;
	size_t count;
	size_t size;
	bool sealed; /* sorted, overlapping ranges joined */
};

void sm_idset_free(struct sm_idset *set);
/* INVALID: last < first; NOMEM.  The set is unsealed by it. */
int sm_idset_add(struct sm_idset *set, uint64_t first, uint64_t last,
		 struct sm_fail *fail);
/*
 * Read ids as text; blanks around numbers are accepted.  INVALID with the
 * offset: empty, not a number, over UINT64_MAX, a reversed range.  On failure
 * the set is as it was.
 */
int sm_idset_add_text(struct sm_idset *set, const char *text,
		      struct sm_fail *fail);
int sm_idset_copy(struct sm_idset *to, const struct sm_idset *from,
		  struct sm_fail *fail);
void sm_idset_seal(struct sm_idset *set);
/* The set must be sealed. */
bool sm_idset_has(const struct sm_idset *set, uint64_t id);
/* In ascending order, as sm_idset_missing() wants what was found. */
void sm_ids_sort(uint64_t *ids, size_t count);
/*
 * The runs of a sealed set that are not in @found (sorted, may repeat), in
 * order, each with the words to name it: `2`, `4..5`.  A run never crosses
 * two ranges that were asked for apart: `2,3` misses `2` and `3`.  Returns 0 or
 * NOMEM;
 * *@missing is from malloc, NULL if there are none.
 */
int sm_idset_missing(const struct sm_idset *set, const uint64_t *found,
		     size_t found_count, struct sm_range **missing,
		     size_t *missing_count);
/* `2` or `4..5`; @text has room for 43 bytes. */
void sm_range_format(const struct sm_range *range, char text[43]);

#endif /* SM_CORE_IDSET_H */
