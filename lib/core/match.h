/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A filter made ready: sorted, so that a session costs one look-up a
 * property however many values there are.  It is filled in with what each
 * value matched, over all the servers of one call.
 */
#ifndef SM_CORE_MATCH_H
#define SM_CORE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/filter.h"
#include "core/table.h"
#include "util/fail.h"

struct sm_match;

/* @filter may be NULL: everything.  It is copied. */
int sm_match_new(const smbmgmt_filter *filter, struct sm_match **match,
		 struct sm_fail *fail);
void sm_match_free(struct sm_match *match);

/* The copy. */
const smbmgmt_filter *sm_match_filter(const struct sm_match *match);
/* Nothing but match-all (or a NULL filter): every session is meant. */
bool sm_match_is_all(const struct sm_match *match);
/* A filter that closes nothing: it is empty and match-all is not set. */
bool sm_match_is_empty(const struct sm_match *match);
/* SMB instances asked for, bit n for instance n; 0: ask nothing. */
uint32_t sm_match_instances(const struct sm_match *match);

/*
 * Mark in @selected (table->count bytes) what matches.  NOT_SUPPORTED: the
 * filter asks what this server cannot tell.  AMBIGUOUS: an address without a
 * zone fits several zones.  For session objects @stale (one byte for each of
 * them, may be NULL) is set as sm_diff_select() does.
 */
int sm_match_select(struct sm_match *match, const struct sm_table *table,
		    uint8_t *selected, uint8_t *stale, struct sm_fail *fail);

/* The session objects, in the order in which they were added. */
size_t sm_match_session_count(const struct sm_match *match);
smbmgmt_session *sm_match_session(const struct sm_match *match, size_t index);

/*
 * Name every value that nothing matched, in PowerShell's words, once all
 * servers have answered completely: @missing is called with a
 * SMBMGMT_E_NOT_FOUND for each and may return nonzero to stop (which is
 * returned).
 */
int sm_match_missing(const struct sm_match *match,
		     int (*missing)(void *userdata, const struct sm_fail *fail),
		     void *userdata);

#endif /* SM_CORE_MATCH_H */
