/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"

/* One side's row on its way through a merge by identity. */
struct entry {
	const struct sm_row *row;
	size_t index;	/* in then[] or now->sessions[] */
	int64_t age_ms; /* then: expected by now; now: as listed; -1 unknown */
	bool used;	/* now: it is somebody's SAME, REPLACED or UNSURE */
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

/* Within one identity the oldest first; ties keep their order. */
static int cmp_entry(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int cmp = cmp_identity(x->row, y->row);

	if (cmp != 0)
		return cmp;
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

/* One native id: the unique id decides, then the ages, then the id alone. */
static void judge_native(struct diff *d, struct entry *b, struct entry *a)
{
	bool same = true;

	if (sm_row_has(b->row, SM_FIELD_UNIQUE) &&
	    sm_row_has(a->row, SM_FIELD_UNIQUE))
		same = b->row->unique == a->row->unique;
	else if (b->age_ms >= 0 && a->age_ms >= 0)
		same = age_fits(d, b->age_ms, a->age_ms);
	if (same)
		settle(d, b, a, SM_FATE_SAME);
	else if (d->mode == SM_DIFF_VERIFY)
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

static void merge(struct diff *d)
{
	size_t i = 0;
	size_t j = 0;

	while (i < d->before_count && j < d->after_count) {
		struct entry *b = &d->before[i];
		struct entry *a = &d->after[j];
		int cmp = cmp_identity(b->row, a->row);
		size_t bn = run_length(b, d->before_count - i);
		size_t an = run_length(a, d->after_count - j);

		if (cmp < 0) {
			i += bn;
			continue;
		}
		if (cmp > 0) {
			j += an;
			continue;
		}
		if (sm_row_native(b->row)) {
			for (size_t k = 0; k < bn; k++)
				judge_native(d, &b[k], a);
		} else {
			judge_ages(d, b, bn, a, an);
		}
		i += bn;
		j += an;
	}
}

static int cmp_unit(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int cmp = sm_row_cmp_unit(x->row, y->row);

	if (cmp != 0)
		return cmp;
	return x->index < y->index ? -1 : x->index > y->index;
}

static bool is_fresh(const struct diff *d, const struct entry *a,
		     const struct sm_then *then)
{
	return a->age_ms < 0 || a->age_ms <= newest_age(d, then);
}

/*
 * Native ids: a client that logged on again has a new id, so it is known by
 * client and user among the rows that nobody had before.
 */
static void find_reconnected(struct diff *d)
{
	size_t bn = 0;
	size_t an = 0;
	size_t j = 0;

	for (size_t i = 0; i < d->before_count; i++) {
		struct entry *b = &d->before[i];

		if (sm_row_native(b->row) &&
		    d->then[b->index].fate == SM_FATE_GONE)
			d->before[bn++] = *b;
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

		while (j < an &&
		       (sm_row_cmp_unit(d->after[j].row, b->row) < 0 ||
			(sm_row_cmp_unit(d->after[j].row, b->row) == 0 &&
			 !is_fresh(d, &d->after[j], &d->then[b->index]))))
			j++;
		if (j == an)
			return;
		if (sm_row_cmp_unit(d->after[j].row, b->row) != 0)
			continue;
		settle(d, b, &d->after[j], SM_FATE_REPLACED);
		j++;
	}
}

int sm_diff(struct sm_then *then, size_t count, const struct sm_table *now,
	    enum sm_diff_mode mode, struct sm_fail *fail)
{
	struct diff d = {.then = then, .now = now, .mode = mode};

	for (size_t i = 0; i < count; i++)
		then[i].fate = SM_FATE_GONE;
	if (count == 0 || now->count == 0)
		return 0;
	d.before = calloc(count, sizeof(*d.before));
	d.after = calloc(now->count, sizeof(*d.after));
	if (d.before == NULL || d.after == NULL) {
		free(d.before);
		free(d.after);
		return sm_fail_nomem(fail);
	}
	d.before_count = count;
	d.after_count = now->count;
	for (size_t i = 0; i < count; i++) {
		d.before[i].row = then[i].row;
		d.before[i].index = i;
		d.before[i].age_ms = expected_age(&then[i], now);
	}
	for (size_t i = 0; i < now->count; i++) {
		d.after[i].row = &now->sessions[i].row;
		d.after[i].index = i;
		d.after[i].age_ms = listed_age(&now->sessions[i].row);
	}
	qsort(d.before, count, sizeof(*d.before), cmp_entry);
	qsort(d.after, now->count, sizeof(*d.after), cmp_entry);
	merge(&d);
	if (mode == SM_DIFF_VERIFY)
		find_reconnected(&d);
	free(d.before);
	free(d.after);
	return 0;
}

int sm_diff_select(smbmgmt_session *const *sessions, size_t count,
		   const struct sm_table *table, uint8_t *selected,
		   uint8_t *stale, struct sm_fail *fail)
{
	struct sm_then *then = calloc(count + 1, sizeof(*then));
	size_t *object = calloc(count + 1, sizeof(*object));
	size_t n = 0;
	int ret = 0;

	if (then == NULL || object == NULL)
		ret = sm_fail_nomem(fail);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		const struct sm_table *t = sessions[i]->table;

		if (stale != NULL)
			stale[i] = 0;
		if (memcmp(&t->origin.instance_id, &table->origin.instance_id,
			   sizeof(t->origin.instance_id)) != 0)
			continue;
		then[n].row = &sessions[i]->row;
		then[n].listed_ns = t->listed_ns;
		object[n++] = i;
	}
	if (ret == 0)
		ret = sm_diff(then, n, table, SM_DIFF_SELECT, fail);
	for (size_t i = 0; ret == 0 && i < n; i++) {
		if (then[i].fate == SM_FATE_SAME)
			selected[then[i].with] = 1;
		else if (stale != NULL)
			stale[object[i]] = 1;
	}
	free(then);
	free(object);
	return ret;
}
