/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/client.h"
#include "core/text.h"
#include "util/clock.h"

/* One side's row on its way through a merge by identity. */
struct entry {
	const struct sm_row *row;
	size_t index;	 /* in then[] or now->sessions[] */
	int64_t listing; /* then: rows of other listings are apart; now: 0 */
	int64_t age_ms;	 /* as listed; UNKNOWN */
	/* then: the ages that the session may have by now; now: age_ms */
	int64_t low_ms;
	int64_t high_ms; /* that make it SAME: see set_bounds() */
	int64_t far_ms;	 /* that it could have at all */
	bool used;	 /* now: it is somebody's SAME, REPLACED or UNSURE */
	const struct entry *same; /* now: whose SAME it is */
};

#define UNKNOWN INT64_MIN

struct diff {
	struct sm_then *then;
	const struct sm_table *now;
	enum sm_diff_mode mode;
	struct entry *before;
	struct entry *after;
	size_t before_count;
	size_t after_count;
};

/* Native ids first, by instance and id; the others by (client, user). */
static int cmp_identity(const struct sm_row *a, const struct sm_row *b)
{
	bool a_native = sm_row_native(a);
	bool b_native = sm_row_native(b);

	if (a_native != b_native)
		return a_native ? -1 : 1;
	if (!a_native)
		return sm_row_cmp_unit(a, b);
	if (a->instance != b->instance)
		return a->instance < b->instance ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return 0;
}

/* Within one identity and listing the oldest first; ties keep their order. */
static int cmp_entry(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int cmp = cmp_identity(x->row, y->row);

	if (cmp != 0)
		return cmp;
	if (x->listing != y->listing)
		return x->listing < y->listing ? -1 : 1;
	if (x->low_ms != y->low_ms)
		return x->low_ms > y->low_ms ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int64_t listed_age(const struct sm_row *row)
{
	if (!sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS))
		return UNKNOWN;
	return (int64_t)row->exists * 1000;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * An age was told at some moment of its listing, so between two of them there
 * is the least time, from the end of one to the beginning of the other, and
 * the most, from beginning to end.  The longer the listings took, the more
 * ages are possible, and the fewer say anything for sure.
 *
 * Before a close, one that is new since must not be taken for the old one: it
 * is no older than the most, and its rounding.  Where the session's
 * neighbours are not known, one of them must not be, either: only what fits
 * at any moment does.  After it, what may be the old one is not gone.
 */
static void set_bounds(const struct diff *d, const struct sm_then *then,
		       struct entry *e)
{
	const struct sm_listed *now = &d->now->listed;
	int64_t least = (now->began_ns - then->listed.ended_ns) / SM_MS;
	int64_t most = (now->ended_ns - then->listed.began_ns) / SM_MS;
	int64_t old = e->age_ms + most - SM_DIFF_SLACK;

	e->low_ms = e->age_ms + least - SM_DIFF_SLACK;
	e->far_ms = e->age_ms + most + SM_DIFF_SLACK;
	e->high_ms = d->mode == SM_DIFF_VERIFY ? INT64_MAX : e->far_ms;
	if (d->mode != SM_DIFF_SELECT && d->mode != SM_DIFF_ALONE)
		return;
	if (d->mode == SM_DIFF_ALONE && !sm_row_native(e->row)) {
		e->low_ms = old;
		e->high_ms = e->age_ms + least + SM_DIFF_SLACK;
		return;
	}
	e->low_ms =
		larger(e->low_ms, smaller(old, most + SM_DIFF_NEW_SLACK + 1));
}

/* An old session against a listed one; both ages are known. */
static bool age_fits(const struct entry *b, const struct entry *a)
{
	return a->age_ms >= b->low_ms && a->age_ms <= b->high_ms;
}

/*
 * No row that is older is surely new since the close: the listing may be of
 * the moment when it began.
 */
static int64_t newest_age(const struct diff *d, const struct sm_then *then)
{
	return (d->now->listed.began_ns - then->closed_ns) / SM_MS +
	       SM_DIFF_NEW_SLACK;
}

static void settle(struct diff *d, struct entry *b, struct entry *a,
		   enum sm_fate fate)
{
	d->then[b->index].fate = fate;
	d->then[b->index].with = a->index;
	a->used = true;
	if (fate == SM_FATE_SAME)
		a->same = b;
}

/* As far as both rows tell it, are they of one client and one user? */
static bool same_owner(const struct sm_row *a, const struct sm_row *b)
{
	uint64_t both = a->have & b->have;
	struct sm_client x;
	struct sm_client y;

	if ((both & SMBMGMT_FIELD_USER) != 0 &&
	    sm_text_cmp(a->user, b->user) != 0)
		return false;
	if ((both & SMBMGMT_FIELD_CLIENT) == 0)
		return true;
	sm_client_parse(a->client, &x);
	sm_client_parse(b->client, &y);
	return sm_client_cmp(&x, &y) == 0;
}

/*
 * One native id: the unique id decides, then the ages, then the id alone; but
 * an id that was used again for somebody else is not closed for it.
 */
static void judge_native(struct diff *d, struct entry *b, struct entry *a)
{
	bool owner = same_owner(b->row, a->row);
	bool same = owner || d->mode == SM_DIFF_VERIFY;

	if (sm_row_has(b->row, SM_FIELD_UNIQUE) &&
	    sm_row_has(a->row, SM_FIELD_UNIQUE))
		same = b->row->unique == a->row->unique;
	else if (same && b->age_ms != UNKNOWN && a->age_ms != UNKNOWN)
		same = age_fits(b, a);
	if (same)
		settle(d, b, a, SM_FATE_SAME);
	else if (d->mode == SM_DIFF_VERIFY && owner &&
		 a->row->own == SMBMGMT_OWN_NO)
		settle(d, b, a, SM_FATE_REPLACED);
}

/*
 * What is left of one (client, user) after the sure ones: a row that is
 * younger than the close took some old one's place; of any other it cannot be
 * told which session it is.
 */
static void judge_rest(struct diff *d, struct entry *b, size_t bn,
		       struct entry *a, size_t an)
{
	size_t j = 0;

	for (size_t i = 0; i < an; i++) {
		bool fresh = false;

		if (a[i].used)
			continue;
		while (j < bn && d->then[b[j].index].fate != SM_FATE_GONE)
			j++;
		if (j == bn)
			return;
		fresh = a[i].age_ms != UNKNOWN && b[j].age_ms != UNKNOWN &&
			a[i].age_ms <= newest_age(d, &d->then[b[j].index]) &&
			a[i].age_ms < b[j].age_ms;
		/* Our own reconnect took nobody's place. */
		if (fresh && a[i].row->own != SMBMGMT_OWN_NO)
			continue;
		settle(d, &b[j], &a[i],
		       fresh ? SM_FATE_REPLACED : SM_FATE_UNSURE);
		j++;
	}
}

/*
 * A row that is one session's may as well be another's that has none, if they
 * are so far apart that only slow listings confuse them.  What is so old as
 * the other is no matter: as many of them are there as rows.
 */
static bool may_be(const struct entry *b, const struct entry *a)
{
	int64_t apart = 0;

	if (a->same == NULL || a->same->listing != b->listing)
		return false;
	apart = a->same->age_ms - b->age_ms;
	return apart > SM_DIFF_SLACK || apart < -SM_DIFF_SLACK;
}

/*
 * Pairs are in order on both sides, so of the rows that a session might be the
 * first and the last are the farthest.
 */
static void doubt_siblings(struct diff *d, const struct entry *b, size_t bn,
			   const struct entry *a, size_t an)
{
	size_t first = 0;
	size_t end = 0;

	for (size_t j = 0; j < bn && b[j].age_ms != UNKNOWN; j++) {
		struct sm_then *then = &d->then[b[j].index];
		const struct entry *found = NULL;

		while (first < an && a[first].age_ms > b[j].far_ms)
			first++;
		while (end < an && a[end].age_ms != UNKNOWN &&
		       a[end].age_ms >= b[j].low_ms)
			end++;
		if (then->fate != SM_FATE_GONE || first >= end)
			continue;
		if (may_be(&b[j], &a[first]))
			found = &a[first];
		else if (may_be(&b[j], &a[end - 1]))
			found = &a[end - 1];
		if (found == NULL)
			continue;
		then->fate = SM_FATE_UNSURE;
		then->with = found->index;
	}
}

/*
 * Both sides are sorted, the oldest first, so one pass pairs each row of now
 * with the oldest session that it may still be.
 */
static void judge_ages(struct diff *d, struct entry *b, size_t bn,
		       struct entry *a, size_t an)
{
	size_t j = 0;

	for (size_t i = 0; i < an; i++) {
		if (a[i].age_ms == UNKNOWN)
			continue;
		while (j < bn &&
		       (b[j].age_ms == UNKNOWN || b[j].low_ms > a[i].age_ms))
			j++;
		if (j == bn)
			break;
		if (!age_fits(&b[j], &a[i]))
			continue;
		settle(d, &b[j], &a[i], SM_FATE_SAME);
		j++;
	}
	doubt_siblings(d, b, bn, a, an);
	if (d->mode == SM_DIFF_VERIFY)
		judge_rest(d, b, bn, a, an);
}

static size_t run_length(const struct entry *e, size_t count)
{
	size_t n = 1;

	while (n < count && cmp_identity(e[0].row, e[n].row) == 0)
		n++;
	return n;
}

/* One identity on both sides; each earlier listing is judged by itself. */
static void judge_run(struct diff *d, struct entry *b, size_t bn,
		      struct entry *a, size_t an)
{
	size_t first = 0;

	for (size_t i = 0; i < bn; i++) {
		if (sm_row_native(b[i].row)) {
			judge_native(d, &b[i], a);
		} else if (i + 1 == bn || b[i + 1].listing != b[i].listing) {
			judge_ages(d, &b[first], i + 1 - first, a, an);
			first = i + 1;
		}
	}
}

static void merge(struct diff *d)
{
	size_t i = 0;
	size_t j = 0;

	while (i < d->before_count && j < d->after_count) {
		struct entry *b = &d->before[i];
		struct entry *a = &d->after[j];
		int cmp = cmp_identity(b->row, a->row);
		/* A run is measured once, when it is stepped over. */
		size_t bn = cmp <= 0 ? run_length(b, d->before_count - i) : 0;
		size_t an = cmp >= 0 ? run_length(a, d->after_count - j) : 0;

		if (cmp == 0)
			judge_run(d, b, bn, a, an);
		i += bn;
		j += an;
	}
}

/* By (client, user), then the youngest first. */
static int cmp_unit(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int cmp = sm_row_cmp_unit(x->row, y->row);

	if (cmp != 0)
		return cmp;
	if (x->age_ms != y->age_ms)
		return x->age_ms < y->age_ms ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/*
 * Native ids: a client that logged on again has a new id, so it is known by
 * client and user among the rows that nobody had before.  A row is new if it
 * is no older than the close (an unknown age sorts, and counts, as 0), by the
 * end of the listing: that the old one is gone does not rest on it.
 */
static void find_reconnected(struct diff *d)
{
	size_t bn = 0;
	size_t an = 0;
	size_t j = 0;

	for (size_t i = 0; i < d->before_count; i++) {
		struct entry b = d->before[i];

		if (!sm_row_native(b.row) ||
		    d->then[b.index].fate != SM_FATE_GONE)
			continue;
		b.age_ms =
			(d->now->listed.ended_ns - d->then[b.index].closed_ns) /
				SM_MS +
			SM_DIFF_NEW_SLACK;
		d->before[bn++] = b;
	}
	for (size_t i = 0; i < d->after_count; i++) {
		struct entry *a = &d->after[i];

		if (sm_row_native(a->row) && !a->used &&
		    a->row->own == SMBMGMT_OWN_NO)
			d->after[an++] = *a;
	}
	qsort(d->before, bn, sizeof(*d->before), cmp_unit);
	qsort(d->after, an, sizeof(*d->after), cmp_unit);
	for (size_t i = 0; i < bn; i++) {
		struct entry *b = &d->before[i];

		while (j < an && sm_row_cmp_unit(d->after[j].row, b->row) < 0)
			j++;
		if (j == an)
			return;
		if (sm_row_cmp_unit(d->after[j].row, b->row) != 0 ||
		    d->after[j].age_ms > b->age_ms)
			continue;
		settle(d, b, &d->after[j], SM_FATE_REPLACED);
		j++;
	}
}

/* Does the listing tell that by which the session would be known again? */
static bool would_show(const struct sm_table *now, const struct sm_row *row)
{
	uint64_t needs = sm_row_native(row)
				 ? SMBMGMT_FIELD_ID
				 : SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER;

	/* What the row itself lacks cannot be missed. */
	needs &= row->have;
	return (now->listing.fields & needs) == needs;
}

/* What a listing does not show may be there, if the listing lacks something. */
static void doubt_absence(struct diff *d, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (d->then[i].fate == SM_FATE_SAME ||
		    (!d->now->listing.incomplete &&
		     would_show(d->now, d->then[i].row)))
			continue;
		if (d->then[i].fate == SM_FATE_GONE)
			d->then[i].with = d->now->count;
		d->then[i].fate = SM_FATE_UNSURE;
	}
}

static void load_then(const struct diff *d, size_t index)
{
	const struct sm_then *then = &d->then[index];
	struct entry *e = &d->before[index];

	e->row = then->row;
	e->index = index;
	e->listing = then->listed.at;
	e->age_ms = listed_age(then->row);
	e->low_ms = UNKNOWN;
	if (e->age_ms != UNKNOWN)
		set_bounds(d, then, e);
}

static int load(struct diff *d, size_t count, struct sm_fail *fail)
{
	const struct sm_table *now = d->now;

	d->before = calloc(count, sizeof(*d->before));
	d->after = calloc(now->count, sizeof(*d->after));
	if (d->before == NULL || d->after == NULL)
		return sm_fail_nomem(fail);
	d->before_count = count;
	d->after_count = now->count;
	for (size_t i = 0; i < count; i++)
		load_then(d, i);
	for (size_t i = 0; i < now->count; i++) {
		d->after[i].row = &now->sessions[i].row;
		d->after[i].index = i;
		d->after[i].age_ms = listed_age(&now->sessions[i].row);
		d->after[i].low_ms = d->after[i].age_ms;
	}
	qsort(d->before, count, sizeof(*d->before), cmp_entry);
	qsort(d->after, now->count, sizeof(*d->after), cmp_entry);
	return 0;
}

int sm_diff(struct sm_then *then, size_t count, const struct sm_table *now,
	    enum sm_diff_mode mode, struct sm_fail *fail)
{
	struct diff d = {.then = then, .now = now, .mode = mode};
	int ret = 0;

	for (size_t i = 0; i < count; i++)
		then[i].fate = SM_FATE_GONE;
	if (count > 0 && now->count > 0) {
		ret = load(&d, count, fail);
		if (ret == 0) {
			merge(&d);
			if (mode == SM_DIFF_VERIFY)
				find_reconnected(&d);
		}
		free(d.before);
		free(d.after);
	}
	if (ret == 0 && mode == SM_DIFF_VERIFY)
		doubt_absence(&d, count);
	return ret;
}
