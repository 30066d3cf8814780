/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/table.h"

#include <stdlib.h>
#include <string.h>

#include "core/own.h"
#include "core/text.h"
#include "util/vec.h"

static const char *copy(struct sm_arena *arena, const char *text)
{
	return sm_arena_strndup(arena, text, strlen(text));
}

int sm_table_new(const struct sm_origin *origin, struct sm_table **table,
		 struct sm_fail *fail)
{
	struct sm_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&t->ref);
	t->origin = *origin;
	t->origin.computer = copy(&t->arena, origin->computer);
	t->origin.server = copy(&t->arena, origin->server);
	t->origin.transport = copy(&t->arena, origin->transport);
	if (t->origin.computer == NULL || t->origin.server == NULL ||
	    t->origin.transport == NULL) {
		sm_table_unref(t);
		return sm_fail_nomem(fail);
	}
	*table = t;
	return 0;
}

/* Many rows share a client, a user, a dialect: use the last row's copy. */
static const char *share(struct sm_table *table, uint64_t field,
			 const char *text)
{
	if (table->count > 0) {
		struct sm_row *last = &table->sessions[table->count - 1].row;
		const char *had = *sm_row_text(last, field);

		if (had != NULL && strcmp(had, text) == 0)
			return had;
	}
	return copy(&table->arena, text);
}

/* A number that is not known is 0, so that rows compare without asking. */
static void clear_unknown(struct sm_row *row)
{
	if (!sm_row_has(row, SMBMGMT_FIELD_ID)) {
		row->id = 0;
		row->id_derived = 0;
	}
	if (!sm_row_has(row, SMBMGMT_FIELD_NUM_OPENS))
		row->num_opens = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS))
		row->exists = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_SECONDS_IDLE))
		row->idle = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_INSTANCE))
		row->instance = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_GUEST))
		row->guest = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_ENCRYPTED))
		row->encrypted = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_UID))
		row->uid = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_GID))
		row->gid = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_CIPHER))
		row->cipher_degree = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_SIGNING))
		row->signing_degree = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_NODE_NUMBER))
		row->node_number = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_AUTH_TIME))
		row->auth_time = 0;
	if (!sm_row_has(row, SMBMGMT_FIELD_IN_PROGRESS))
		row->in_progress = 0;
	if (!sm_row_has(row, SM_FIELD_UNIQUE))
		row->unique = 0;
}

int sm_table_add(struct sm_table *table, const struct sm_row *row,
		 struct sm_fail *fail)
{
	struct smbmgmt_session s = {
		.table = table,
		.row = *row,
		.share_first = table->lists.share_count,
		.file_first = table->lists.file_count,
	};
	void *sessions = table->sessions;

	s.row.have &= SM_FIELDS_ALL;
	clear_unknown(&s.row);
	for (uint64_t rest = SM_FIELDS_TEXT; rest != 0; rest &= rest - 1) {
		uint64_t field = rest & ~(rest - 1);
		const char **text = sm_row_text(&s.row, field);

		if ((row->have & field) == 0) {
			*text = "";
			continue;
		}
		*text = share(table, field, *text);
		if (*text == NULL)
			return sm_fail_nomem(fail);
	}
	if (!sm_vec_room(&sessions, &table->size, table->count, sizeof(s)))
		return sm_fail_nomem(fail);
	table->sessions = sessions;
	table->sessions[table->count++] = s;
	return 0;
}

int sm_table_add_share(struct sm_table *table, const char *share,
		       struct sm_fail *fail)
{
	int ret = sm_lists_add_share(&table->lists, share, fail);

	if (ret == 0)
		table->sessions[table->count - 1].share_count++;
	return ret;
}

int sm_table_add_file(struct sm_table *table, const struct sm_file *file,
		      struct sm_fail *fail)
{
	int ret = sm_lists_add_file(&table->lists, file, fail);

	if (ret == 0)
		table->sessions[table->count - 1].file_count++;
	return ret;
}

int sm_row_cmp_unit(const struct sm_row *a, const struct sm_row *b)
{
	int cmp = strcmp(a->client, b->client);

	return cmp != 0 ? cmp : sm_text_cmp(a->user, b->user);
}

static int cmp_id(const void *a, const void *b)
{
	const struct sm_row *x = &(*(struct smbmgmt_session *const *)a)->row;
	const struct sm_row *y = &(*(struct smbmgmt_session *const *)b)->row;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	if (x->instance != y->instance)
		return x->instance < y->instance ? -1 : 1;
	return 0;
}

/* May two rows with one id stand in one listing? */
static bool may_share_id(const struct sm_row *a, const struct sm_row *b)
{
	if (!a->id_derived || !b->id_derived)
		return false;
	return sm_row_cmp_unit(a, b) == 0;
}

static int check_ids(struct sm_table *table, struct sm_fail *fail)
{
	struct smbmgmt_session **order = NULL;
	size_t n = 0;
	int ret = 0;

	if (table->count == 0)
		return 0;
	order = calloc(table->count, sizeof(*order));
	if (order == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < table->count; i++) {
		if (sm_row_has(&table->sessions[i].row, SMBMGMT_FIELD_ID))
			order[n++] = &table->sessions[i];
	}
	qsort(order, n, sizeof(*order), cmp_id);
	for (size_t i = 1; i < n && ret == 0; i++) {
		if (cmp_id(&order[i - 1], &order[i]) == 0 &&
		    !may_share_id(&order[i - 1]->row, &order[i]->row))
			ret = sm_fail(fail, SMBMGMT_E_AMBIGUOUS,
				      "The server lists session id %llu for "
				      "two different sessions; list again, and "
				      "select by client and user.",
				      (unsigned long long)order[i]->row.id);
	}
	free(order);
	return ret;
}

int sm_table_seal(struct sm_table *table, const struct sm_listing *listing,
		  const struct sm_listed *listed, struct sm_fail *fail)
{
	size_t bytes = table->count * sizeof(*table->sessions);
	struct smbmgmt_session *fixed = sm_arena_alloc(&table->arena, bytes);

	if (fixed == NULL)
		return sm_fail_nomem(fail);
	if (bytes > 0)
		memcpy(fixed, table->sessions, bytes);
	free(table->sessions);
	table->sessions = fixed;
	table->size = 0;
	table->sealed = true;
	table->listing = *listing;
	table->listed = *listed;
	sm_own_mark(table);
	return check_ids(table, fail);
}

struct sm_table *sm_table_ref(struct sm_table *table)
{
	sm_ref_get(&table->ref);
	return table;
}

void sm_table_unref(struct sm_table *table)
{
	if (table == NULL || !sm_ref_put(&table->ref))
		return;
	if (!table->sealed)
		free(table->sessions);
	sm_lists_free(&table->lists);
	sm_arena_free(&table->arena);
	free(table);
}

int sm_session_copy(const smbmgmt_session *session, smbmgmt_session **copy,
		    struct sm_fail *fail)
{
	const struct sm_table *from = session->table;
	struct sm_table *table = NULL;
	int ret = sm_table_new(&from->origin, &table, fail);

	if (ret != 0)
		return ret;
	ret = sm_table_add(table, &session->row, fail);
	for (size_t i = 0; ret == 0 && i < session->share_count; i++)
		ret = sm_table_add_share(
			table, from->lists.shares[session->share_first + i],
			fail);
	for (size_t i = 0; ret == 0 && i < session->file_count; i++)
		ret = sm_table_add_file(
			table, &from->lists.files[session->file_first + i],
			fail);
	if (ret == 0)
		ret = sm_table_seal(table, &from->listing, &from->listed, fail);
	if (ret != 0) {
		sm_table_unref(table);
		return ret;
	}
	/* Among the others it was told whose it is; alone it cannot be. */
	table->sessions[0].row.own = session->row.own;
	table->own_unknown = from->own_unknown;
	*copy = &table->sessions[0];
	return 0;
}
