/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/layout.h"

#include <stdlib.h>
#include <string.h>

#include <smbmgmt/plan.h>

#include "core/client.h"
#include "core/text.h"

/* One row or unit with what it is sorted by; parsed once, compared often. */
struct key {
	size_t index;
	const struct sm_row *row;
	enum sm_unit_kind kind;
	bool has_unit;		 /* a close unit can be named for it */
	bool named;		 /* it has a client, */
	struct sm_client client; /* this one */
};

static bool text_known(const struct sm_row *row, uint64_t field)
{
	return sm_row_has(row, field) &&
	       (*sm_row_text((struct sm_row *)row, field))[0] != '\0';
}

bool sm_row_names_client(const struct sm_row *row)
{
	struct sm_client client;

	if (!text_known(row, SMBMGMT_FIELD_CLIENT))
		return false;
	sm_client_parse(row->client, &client);
	return client.address[0] != '\0' || client.name_len > 0;
}

/* Can a close unit be named for this row at all? */
static bool has_unit(const struct sm_row *row, enum sm_unit_kind kind)
{
	switch (kind) {
	case SM_UNIT_CLIENT_USER:
		return sm_row_names_client(row) &&
		       text_known(row, SMBMGMT_FIELD_USER);
	case SM_UNIT_PROCESS:
		return text_known(row, SM_FIELD_PROCESS);
	case SM_UNIT_SESSION:
	default:
		return sm_row_native(row);
	}
}

static void make_key(struct key *key, size_t index, const struct sm_row *row,
		     uint32_t kind)
{
	key->index = index;
	key->row = row;
	key->kind = (enum sm_unit_kind)kind;
	key->has_unit = has_unit(row, key->kind);
	key->named = sm_row_names_client(row);
	sm_client_parse(row->client, &key->client);
}

/* 0 if two rows are one close unit. */
static int cmp_same_unit(const struct key *a, const struct key *b)
{
	if (a->has_unit != b->has_unit)
		return a->has_unit ? -1 : 1;
	if (a->has_unit && a->kind == SM_UNIT_CLIENT_USER)
		return sm_row_cmp_unit(a->row, b->row);
	if (a->has_unit && a->kind == SM_UNIT_PROCESS)
		return strcmp(a->row->process, b->row->process);
	return a->index < b->index ? -1 : a->index > b->index;
}

static int cmp_row(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int cmp = cmp_same_unit(x, y);

	if (cmp != 0)
		return cmp;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Units without a client stand first and together. */
static int cmp_same_client(const struct key *a, const struct key *b)
{
	if (a->named != b->named)
		return a->named ? 1 : -1;
	return a->named ? sm_client_cmp(&a->client, &b->client) : 0;
}

static int cmp_client(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int cmp = cmp_same_client(x, y);

	if (cmp != 0)
		return cmp;
	return x->index < y->index ? -1 : x->index > y->index;
}

/*
 * A server may write one client in two ways in one listing, and take either
 * for both when it closes.
 */
static int cmp_same_name(const struct key *a, const struct key *b)
{
	int cmp = 0;

	if (a->has_unit != b->has_unit)
		return a->has_unit ? -1 : 1;
	if (!a->has_unit || a->kind != SM_UNIT_CLIENT_USER)
		return a->index < b->index ? -1 : a->index > b->index;
	cmp = sm_client_cmp_zone(&a->client, &b->client);
	return cmp != 0 ? cmp : sm_text_cmp(a->row->user, b->row->user);
}

static int cmp_name(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int cmp = cmp_same_name(x, y);

	if (cmp != 0)
		return cmp;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void *array(struct sm_layout *layout, size_t count, size_t size)
{
	return sm_arena_alloc(&layout->arena, (count + 1) * size);
}

static int make_units(struct sm_layout *layout, struct key *keys,
		      struct sm_fail *fail)
{
	struct sm_table *table = layout->table;
	size_t n = table->count;

	layout->order = array(layout, n, sizeof(*layout->order));
	layout->unit_of = array(layout, n, sizeof(*layout->unit_of));
	layout->units = array(layout, n, sizeof(*layout->units));
	if (layout->order == NULL || layout->unit_of == NULL ||
	    layout->units == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < n; i++)
		make_key(&keys[i], i, &table->sessions[i].row,
			 table->listing.unit);
	qsort(keys, n, sizeof(*keys), cmp_row);
	for (size_t i = 0; i < n; i++) {
		size_t row = keys[i].index;
		struct sm_unit *unit = NULL;

		if (i == 0 || cmp_same_unit(&keys[i - 1], &keys[i]) != 0) {
			layout->units[layout->unit_count].first = i;
			layout->unit_count++;
		}
		unit = &layout->units[layout->unit_count - 1];
		unit->count++;
		if (layout->marks[row] & SM_MARK_SELECTED)
			unit->selected++;
		if (keys[i].row->own != SMBMGMT_OWN_NO)
			unit->own = true;
		layout->order[i] = row;
		layout->unit_of[row] = layout->unit_count - 1;
	}
	return 0;
}

/*
 * With possible collateral a unit reaches all of its client; otherwise itself
 * and what is the same but for its spelling.
 */
static int cmp_nothing(const struct key *a, const struct key *b)
{
	(void)a;
	(void)b;
	return 0;
}

static int make_reaches(struct sm_layout *layout, struct key *keys,
			struct sm_fail *fail)
{
	bool wide =
		(layout->table->listing.caps & SM_CAP_POSSIBLE_COLLATERAL) != 0;
	int (*cmp_same)(const struct key *, const struct key *) =
		wide ? cmp_same_client : cmp_same_name;
	size_t n = layout->unit_count;

	/* Clients that share a process reach each other's others, too. */
	if (wide && layout->table->listing.unit == SM_UNIT_PROCESS)
		cmp_same = cmp_nothing;
	layout->reach_units = array(layout, n, sizeof(*layout->reach_units));
	layout->reaches = array(layout, n, sizeof(*layout->reaches));
	if (layout->reach_units == NULL || layout->reaches == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < n; i++) {
		size_t row = layout->order[layout->units[i].first];

		make_key(&keys[i], i, &layout->table->sessions[row].row,
			 layout->table->listing.unit);
	}
	qsort(keys, n, sizeof(*keys), wide ? cmp_client : cmp_name);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || cmp_same(&keys[i - 1], &keys[i]) != 0) {
			layout->reaches[layout->reach_count].first = i;
			layout->reach_count++;
		}
		layout->reaches[layout->reach_count - 1].count++;
		layout->reach_units[i] = keys[i].index;
		layout->units[keys[i].index].reach = layout->reach_count - 1;
	}
	return 0;
}

int sm_layout_new(struct sm_table *table, const struct sm_rules *rules,
		  const uint8_t *marks, struct sm_layout **layout,
		  struct sm_fail *fail)
{
	struct sm_layout *l = calloc(1, sizeof(*l));
	struct key *keys = calloc(table->count + 1, sizeof(*keys));
	int ret = 0;

	if (l == NULL || keys == NULL) {
		free(l);
		free(keys);
		return sm_fail_nomem(fail);
	}
	sm_ref_init(&l->ref);
	l->table = sm_table_ref(table);
	l->rules = *rules;
	l->marks = array(l, table->count, sizeof(*l->marks));
	l->standing = array(l, table->count, sizeof(*l->standing));
	l->ended = array(l, table->count, sizeof(*l->ended));
	if (l->marks == NULL || l->standing == NULL || l->ended == NULL) {
		ret = sm_fail_nomem(fail);
	} else {
		memcpy(l->marks, marks, table->count);
		memset(l->ended, -1, table->count);
		ret = make_units(l, keys, fail);
	}
	if (ret == 0)
		ret = make_reaches(l, keys, fail);
	free(keys);
	if (ret != 0) {
		sm_layout_unref(l);
		return ret;
	}
	*layout = l;
	return 0;
}

/* One table and the same marks give the same units and reaches. */
int sm_layout_copy(const struct sm_layout *layout, struct sm_layout **copy,
		   struct sm_fail *fail)
{
	struct sm_layout *l = NULL;
	int ret = sm_layout_new(layout->table, &layout->rules, layout->marks,
				&l, fail);

	if (ret != 0)
		return ret;
	memcpy(l->ended, layout->ended, layout->table->count);
	for (size_t i = 0; i < l->unit_count; i++)
		l->units[i].declined = layout->units[i].declined;
	ret = sm_layout_judge(l, fail);
	if (ret != 0) {
		sm_layout_unref(l);
		return ret;
	}
	*copy = l;
	return 0;
}

struct sm_layout *sm_layout_ref(struct sm_layout *layout)
{
	sm_ref_get(&layout->ref);
	return layout;
}

void sm_layout_unref(struct sm_layout *layout)
{
	if (layout == NULL || !sm_ref_put(&layout->ref))
		return;
	sm_table_unref(layout->table);
	sm_arena_free(&layout->arena);
	free(layout);
}

size_t sm_layout_collateral_count(const struct sm_layout *layout, size_t unit)
{
	const struct sm_unit *u = &layout->units[unit];

	return u->certain + layout->reaches[u->reach].standing_count -
	       u->standing_count;
}

size_t sm_layout_collateral(const struct sm_layout *layout, size_t unit,
			    size_t index, int32_t *grade)
{
	const struct sm_unit *u = &layout->units[unit];
	size_t at = 0;

	if (index < u->certain) {
		*grade = SMBMGMT_GRADE_CERTAIN;
		return layout->standing[u->standing + index];
	}
	*grade = SMBMGMT_GRADE_POSSIBLE;
	at = layout->reaches[u->reach].standing + (index - u->certain);
	/* The unit's own part of its reach is not its possible collateral. */
	if (at >= u->standing)
		at += u->standing_count;
	return layout->standing[at];
}

void sm_layout_close(const struct sm_layout *layout, size_t unit,
		     struct sm_close *close)
{
	size_t first = layout->order[layout->units[unit].first];
	const struct sm_row *row = &layout->table->sessions[first].row;

	memset(close, 0, sizeof(*close));
	close->unit = layout->table->listing.unit;
	close->id = row->id;
	close->has_instance = sm_row_has(row, SMBMGMT_FIELD_INSTANCE);
	close->instance = row->instance;
	close->client = row->client;
	close->user = row->user;
	close->process = row->process;
}
