/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Is it still the same session?  One listing against an earlier one.
 *
 * With native ids: the id, and the server's unique id and the ages where both
 * are known.  Without: sessions of one (client, user) are compared as
 * multisets of ages, and an age is of some moment while its listing was made.
 * Two questions, two strictnesses:
 *
 * - SM_DIFF_SELECT, before something is closed: only what is surely the same
 *   is SAME; all else is GONE.  SM_DIFF_ALONE is the same for sessions whose
 *   neighbours in their listing are not given.  SM_DIFF_MAYBE takes for SAME
 *   what may be: the others are surely not there.
 * - SM_DIFF_VERIFY, after: only what is surely not there any more is GONE or
 *   REPLACED; what cannot be told is UNSURE, and a row older than expected is
 *   taken for the same.  A listing that is incomplete, or tells no ids or
 *   names any more, shows nobody's absence: all that is not SAME is UNSURE.
 *   Give it every session of the earlier
 *   listing, not only those that were closed: a row that is nobody's is taken
 *   for a new one.
 */
#ifndef SM_CORE_DIFF_H
#define SM_CORE_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include "core/table.h"

/* How far an age may be from what it should be, milliseconds. */
#define SM_DIFF_SLACK 2000
/* How much older than the close a new session may look, milliseconds. */
#define SM_DIFF_NEW_SLACK 1000

enum sm_diff_mode {
	SM_DIFF_SELECT,
	SM_DIFF_ALONE,
	SM_DIFF_MAYBE,
	SM_DIFF_VERIFY,
};

enum sm_fate {
	SM_FATE_GONE,
	SM_FATE_SAME,	  /* @with is it */
	SM_FATE_REPLACED, /* gone, and @with took its place */
	SM_FATE_UNSURE,	  /* @with may be it, if it is an index at all */
};

/* A session as it was. */
struct sm_then {
	const struct sm_row *row;
	struct sm_listed listed; /* one @at: one listing */
	int64_t closed_ns;	 /* when its close was asked for; VERIFY only */
	/* Out: */
	enum sm_fate fate;
	size_t with; /* index in the table, if not GONE; or its count */
};

/*
 * Tell the fate of @count sessions in @now; each listing's are judged by
 * themselves.  NOMEM is the only error.
 */
int sm_diff(struct sm_then *then, size_t count, const struct sm_table *now,
	    enum sm_diff_mode mode, struct sm_fail *fail);

/* What became of a session object that is not selected. */
#define SM_STALE_NO 0
#define SM_STALE_GONE 1	  /* it is not there any more */
#define SM_STALE_UNSURE 2 /* it may be, but that cannot be told */

/*
 * Mark in @selected the sessions of @table that @sessions are; objects of
 * another handle are passed over.  @stale (may be NULL, one byte an object):
 * SM_STALE_ where the object is of this handle.
 */
int sm_diff_select(smbmgmt_session *const *sessions, size_t count,
		   const struct sm_table *table, uint8_t *selected,
		   uint8_t *stale, struct sm_fail *fail);

#endif /* SM_CORE_DIFF_H */
