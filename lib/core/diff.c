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
	int64_t age_ms;	 /* then: expected by now; now: as listed; -1 unknown */
	bool used;	 /* now: it is somebody's SAME, REPLACED or UNSURE */
};

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
	if (x->age_ms != y->age_ms)
		return x->age_ms > y->age_ms ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int64_t listed_age(const struct sm_row *row)
{
	if (!sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS))
		return -1;
	return (int64_t)row->exists * 1000;
}

static int64_t expected_age(const struct sm_then *then,
			    const struct sm_table *now)
{
	int64_t age = listed_age(then->row);

	if (age < 0)
		return -1;
	return age + (now->listed_ns - then->listed_ns) / SM_MS;
}

/* How long ago the close was, plus the slack that a new row's age has. */
static int64_t newest_age(const struct diff *d, const struct sm_then *then)
{
	return (d->now->listed_ns - then->closed_ns) / SM_MS +
	       SM_DIFF_NEW_SLACK;
}

/* An old age against a listed one. */
static bool age_fits(const struct diff *d, int64_t expected, int64_t listed)
{
	if (listed + SM_DIFF_SLACK < expected)
		return false;
	return d->mode == SM_DIFF_VERIFY || listed <= expected + SM_DIFF_SLACK;
}

static void settle(struct diff *d, struct entry *b, struct entry *a,
		   enum sm_fate fate)
{
	d->then[b->index].fate = fate;
	d->then[b->index].with = a->index;
	a->used = true;
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
	else if (same && b->age_ms >= 0 && a->age_ms >= 0)
		same = age_fits(d, b->age_ms, a->age_ms);
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
		fresh = a[i].age_ms >= 0 && b[j].age_ms >= 0 &&
			a[i].age_ms <= newest_age(d, &d->then[b[j].index]) &&
			a[i].age_ms < listed_age(b[j].row);
		/* Our own reconnect took nobody's place. */
		if (fresh && a[i].row->own != SMBMGMT_OWN_NO)
			continue;
		settle(d, &b[j], &a[i],
		       fresh ? SM_FATE_REPLACED : SM_FATE_UNSURE);
		j++;
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
		if (a[i].age_ms < 0)
			continue;
		while (j < bn && (b[j].age_ms < 0 ||
				  b[j].age_ms > a[i].age_ms + SM_DIFF_SLACK))
			j++;
		if (j == bn)
			break;
		if (!age_fits(d, b[j].age_ms, a[i].age_ms))
			continue;
		settle(d, &b[j], &a[i], SM_FATE_SAME);
		j++;
	}
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
 * is no older than the close (an unknown age sorts, and counts, as 0).
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
		b.age_ms = newest_age(d, &d->then[b.index]);
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

static int load(struct diff *d, const int64_t *listings, size_t count,
		struct sm_fail *fail)
{
	const struct sm_table *now = d->now;

	d->before = calloc(count, sizeof(*d->before));
	d->after = calloc(now->count, sizeof(*d->after));
	if (d->before == NULL || d->after == NULL)
		return sm_fail_nomem(fail);
	d->before_count = count;
	d->after_count = now->count;
	for (size_t i = 0; i < count; i++) {
		d->before[i].row = d->then[i].row;
		d->before[i].index = i;
		d->before[i].age_ms = expected_age(&d->then[i], now);
		d->before[i].listing = listings == NULL ? 0 : listings[i];
	}
	for (size_t i = 0; i < now->count; i++) {
		d->after[i].row = &now->sessions[i].row;
		d->after[i].index = i;
		d->after[i].age_ms = listed_age(&now->sessions[i].row);
	}
	qsort(d->before, count, sizeof(*d->before), cmp_entry);
	qsort(d->after, now->count, sizeof(*d->after), cmp_entry);
	return 0;
}

static int diff(struct sm_then *then, const int64_t *listings, size_t count,
		const struct sm_table *now, enum sm_diff_mode mode,
		struct sm_fail *fail)
{
	struct diff d = {.then = then, .now = now, .mode = mode};
	int ret = 0;

	for (size_t i = 0; i < count; i++)
		then[i].fate = SM_FATE_GONE;
	if (count > 0 && now->count > 0) {
		ret = load(&d, listings, count, fail);
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

int sm_diff(struct sm_then *then, size_t count, const struct sm_table *now,
	    enum sm_diff_mode mode, struct sm_fail *fail)
{
	return diff(then, NULL, count, now, mode, fail);
}

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

/* Has a session that was not found surely ended?  Else its fate is UNSURE. */
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
				  (listed_age(then[i].row) >= 0 && !no_ages);

		if (then[i].fate != SM_FATE_GONE ||
		    (comparable && !table->listing.incomplete))
			continue;
		doubt[n] = then[i];
		doubt[n].closed_ns = then[i].listed_ns;
		from[n++] = i;
	}
	if (ret == 0)
		ret = diff(doubt, NULL, n, table, SM_DIFF_VERIFY, fail);
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
 * is a table by itself, so a listing is known by its time.
 */
static size_t gather(struct object *objects, size_t count, struct sm_then *then,
		     int64_t *listings)
{
	size_t n = 0;

	qsort(objects, count, sizeof(*objects), cmp_object);
	for (size_t i = 0; i < count; i++) {
		const smbmgmt_session *s = objects[i].session;

		if (i == 0 || s != objects[i - 1].session) {
			then[n].row = &s->row;
			then[n].listed_ns = s->table->listed_ns;
			listings[n++] = s->table->listed_at;
		}
		objects[i].then = n - 1;
	}
	return n;
}

int sm_diff_select(smbmgmt_session *const *sessions, size_t count,
		   const struct sm_table *table, uint8_t *selected,
		   uint8_t *stale, struct sm_fail *fail)
{
	struct sm_then *then = calloc(count + 1, sizeof(*then));
	int64_t *listings = calloc(count + 1, sizeof(*listings));
	struct object *objects = calloc(count + 1, sizeof(*objects));
	size_t found = 0;
	size_t n = 0;
	int ret = 0;

	if (then == NULL || listings == NULL || objects == NULL)
		ret = sm_fail_nomem(fail);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		const struct sm_table *t = sessions[i]->table;

		if (stale != NULL)
			stale[i] = SM_STALE_NO;
		if (memcmp(&t->origin.instance_id, &table->origin.instance_id,
			   sizeof(t->origin.instance_id)) != 0)
			continue;
		objects[found].session = sessions[i];
		objects[found++].index = i;
	}
	if (ret == 0) {
		n = gather(objects, found, then, listings);
		ret = diff(then, listings, n, table, SM_DIFF_SELECT, fail);
	}
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
	free(listings);
	free(objects);
	return ret;
}
