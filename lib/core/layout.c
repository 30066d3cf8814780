/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/layout.h"

#include <stdlib.h>
#include <string.h>

#include <smbmgmt/plan.h>

#include "core/client.h"

/* One row or unit with what it is sorted by. */
struct key {
	size_t index;
	const struct sm_row *row;
	enum sm_unit_kind kind;
};

static bool text_known(const struct sm_row *row, uint64_t field)
{
	return sm_row_has(row, field) &&
	       (*sm_row_text((struct sm_row *)row, field))[0] != '\0';
}

/* Can a close unit be named for this row at all? */
static bool has_unit(const struct sm_row *row, enum sm_unit_kind kind)
{
	switch (kind) {
	case SM_UNIT_CLIENT_USER:
		return text_known(row, SMBMGMT_FIELD_CLIENT) &&
		       text_known(row, SMBMGMT_FIELD_USER);
	case SM_UNIT_PROCESS:
		return text_known(row, SM_FIELD_PROCESS);
	case SM_UNIT_SESSION:
	default:
		return sm_row_native(row);
	}
}

/* 0 if two rows are one close unit. */
static int cmp_same_unit(const struct key *a, const struct key *b)
{
	bool a_has = has_unit(a->row, a->kind);
	bool b_has = has_unit(b->row, b->kind);
	int cmp = 0;

	if (a_has != b_has)
		return a_has ? -1 : 1;
	if (a_has && a->kind == SM_UNIT_CLIENT_USER)
		return sm_row_cmp_unit(a->row, b->row);
	if (a_has && a->kind == SM_UNIT_PROCESS)
		cmp = strcmp(a->row->process, b->row->process);
	else
		cmp = a->index < b->index ? -1 : a->index > b->index;
	return cmp;
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

/* A client that is not known may be any: it stands first, by itself. */
static int cmp_same_client(const struct key *a, const struct key *b)
{
	bool a_has = text_known(a->row, SMBMGMT_FIELD_CLIENT);
	bool b_has = text_known(b->row, SMBMGMT_FIELD_CLIENT);
	struct sm_client x;
	struct sm_client y;

	if (a_has != b_has)
		return a_has ? 1 : -1;
	if (!a_has)
		return 0;
	sm_client_parse(a->row->client, &x);
	sm_client_parse(b->row->client, &y);
	return sm_client_cmp(&x, &y);
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
	for (size_t i = 0; i < n; i++) {
		keys[i].index = i;
		keys[i].row = &table->sessions[i].row;
		keys[i].kind = (enum sm_unit_kind)table->listing.unit;
	}
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

/* Without possible collateral a unit reaches itself alone. */
static int make_reaches(struct sm_layout *layout, struct key *keys,
			struct sm_fail *fail)
{
	bool wide =
		(layout->table->listing.caps & SM_CAP_POSSIBLE_COLLATERAL) != 0;
	size_t n = layout->unit_count;

	layout->reach_units = array(layout, n, sizeof(*layout->reach_units));
	layout->reaches = array(layout, n, sizeof(*layout->reaches));
	if (layout->reach_units == NULL || layout->reaches == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < n; i++) {
		size_t row = layout->order[layout->units[i].first];

		keys[i].index = i;
		keys[i].row = &layout->table->sessions[row].row;
	}
	if (wide)
		qsort(keys, n, sizeof(*keys), cmp_client);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !wide ||
		    cmp_same_client(&keys[i - 1], &keys[i]) != 0) {
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
