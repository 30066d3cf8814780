/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Session objects against a listing: which of its rows are they? */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff.h"

/* A session object on its way through sm_diff_select(). */
struct object {
	const smbmgmt_session *session;
	size_t index; /* as given */
	size_t then;  /* its entry: an object given twice has one */
};

static int cmp_object(const void *a, const void *b)
{
	const struct object *x = a;
	const struct object *y = b;

	if (x->session != y->session)
		return (uintptr_t)x->session < (uintptr_t)y->session ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/*
 * What is not surely there, and might be by its age: the listings took too
 * long to tell.
 */
static int doubt_ages(struct sm_then *then, size_t count,
		      const struct sm_table *table, struct sm_fail *fail)
{
	struct sm_then *maybe = calloc(count + 1, sizeof(*maybe));
	int ret = maybe == NULL ? sm_fail_nomem(fail) : 0;

	if (ret == 0 && count > 0)
		memcpy(maybe, then, count * sizeof(*maybe));
	if (ret == 0)
		ret = sm_diff(maybe, count, table, SM_DIFF_MAYBE, fail);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		if (then[i].fate == SM_FATE_GONE &&
		    maybe[i].fate != SM_FATE_GONE)
			then[i].fate = SM_FATE_UNSURE;
	}
	free(maybe);
	return ret;
}

/*
 * Of what cannot be compared, or may be missing in the listing: has it surely
 * ended?  Else its fate is UNSURE.
 */
static int doubt_stale(struct sm_then *then, size_t count,
		       const struct sm_table *table, struct sm_fail *fail)
{
	bool no_ages =
		(table->listing.fields & SMBMGMT_FIELD_SECONDS_EXISTS) == 0;
	struct sm_then *doubt = calloc(count + 1, sizeof(*doubt));
	size_t *from = calloc(count + 1, sizeof(*from));
	size_t n = 0;
	int ret = 0;

	if (doubt == NULL || from == NULL)
		ret = sm_fail_nomem(fail);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		bool comparable = sm_row_native(then[i].row) ||
				  (sm_row_has(then[i].row,
					      SMBMGMT_FIELD_SECONDS_EXISTS) &&
				   !no_ages);

		if (then[i].fate != SM_FATE_GONE ||
		    (comparable && !table->listing.incomplete))
			continue;
		doubt[n] = then[i];
		doubt[n].closed_ns = then[i].listed.ended_ns;
		from[n++] = i;
	}
	if (ret == 0)
		ret = sm_diff(doubt, n, table, SM_DIFF_VERIFY, fail);
	for (size_t i = 0; ret == 0 && i < n; i++) {
		if (doubt[i].fate != SM_FATE_GONE)
			then[from[i]].fate = SM_FATE_UNSURE;
	}
	free(doubt);
	free(from);
	return ret;
}

/*
 * Objects of one listing are different sessions; those of two listings may be
 * one session, and must not take two rows between them.  A session from data
 * is a table by itself, so a listing is known by its time.  When that one
 * ended is not known: by ages alone it is taken for a short one.
 */
static size_t gather(struct object *objects, size_t count, struct sm_then *then)
{
	size_t n = 0;

	qsort(objects, count, sizeof(*objects), cmp_object);
	for (size_t i = 0; i < count; i++) {
		const smbmgmt_session *s = objects[i].session;

		if (i == 0 || s != objects[i - 1].session) {
			then[n].row = &s->row;
			then[n].listed = s->table->listed;
			if (s->table->listed.end_unknown &&
			    !sm_row_native(&s->row))
				then[n].listed.ended_ns =
					s->table->listed.began_ns;
			n++;
		}
		objects[i].then = n - 1;
	}
	return n;
}

/* How late a listing may have ended after all. */
static void stretch(const struct object *objects, size_t count,
		    struct sm_then *then)
{
	for (size_t i = 0; i < count; i++)
		then[objects[i].then].listed =
			objects[i].session->table->listed;
}

int sm_diff_select(smbmgmt_session *const *sessions, size_t count,
		   const struct sm_table *table, uint8_t *selected,
		   uint8_t *stale, struct sm_fail *fail)
{
	struct sm_then *then = calloc(count + 1, sizeof(*then));
	struct object *objects = calloc(count + 1, sizeof(*objects));
	size_t found = 0;
	size_t n = 0;
	int ret = 0;

	if (then == NULL || objects == NULL)
		ret = sm_fail_nomem(fail);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		const struct sm_table *t = sessions[i]->table;

		if (stale != NULL)
			stale[i] = SM_STALE_NO;
		if (memcmp(&t->origin.instance_id, &table->origin.instance_id,
			   sizeof(t->origin.instance_id)) != 0)
			continue;
		/* On another machine nothing tells whether it is the same. */
		if (sm_listing_moved(&t->listing, &table->listing)) {
			if (stale != NULL)
				stale[i] = SM_STALE_UNSURE;
			continue;
		}
		objects[found].session = sessions[i];
		objects[found++].index = i;
	}
	if (ret == 0) {
		n = gather(objects, found, then);
		ret = sm_diff(then, n, table, SM_DIFF_ALONE, fail);
	}
	stretch(objects, found, then);
	if (ret == 0 && stale != NULL)
		ret = doubt_ages(then, n, table, fail);
	if (ret == 0 && stale != NULL)
		ret = doubt_stale(then, n, table, fail);
	for (size_t i = 0; ret == 0 && i < found; i++) {
		const struct sm_then *t = &then[objects[i].then];

		if (t->fate == SM_FATE_SAME)
			selected[t->with] = 1;
		else if (stale != NULL)
			stale[objects[i].index] = t->fate == SM_FATE_UNSURE
							  ? SM_STALE_UNSURE
							  : SM_STALE_GONE;
	}
	free(then);
	free(objects);
	return ret;
}
