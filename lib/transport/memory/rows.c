/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/memory/rows.h"

#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/vec.h"

/* Copy a row's texts into one block. */
static int copy_texts(struct sm_mem_row *to, const struct sm_row *row,
		      struct sm_fail *fail)
{
	size_t bytes = 1;
	char *at = NULL;

	to->row = *row;
	for (uint64_t rest = row->have & SM_FIELDS_TEXT; rest != 0;
	     rest &= rest - 1)
		bytes += strlen(*sm_row_text(&to->row, rest & ~(rest - 1))) + 1;
	to->texts = malloc(bytes);
	if (to->texts == NULL)
		return sm_fail_nomem(fail);
	at = to->texts;
	for (uint64_t rest = row->have & SM_FIELDS_TEXT; rest != 0;
	     rest &= rest - 1) {
		const char **text = sm_row_text(&to->row, rest & ~(rest - 1));
		size_t len = strlen(*text) + 1;

		memcpy(at, *text, len);
		*text = at;
		at += len;
	}
	return 0;
}

int sm_mem_add(smbmgmt_memory *m, const struct sm_row *row,
	       const struct sm_lists *lists, struct sm_fail *fail)
{
	struct sm_mem_row new = {.since_ns = sm_clock_now()};
	void *rows = m->rows;
	int ret = copy_texts(&new, row, fail);

	if (ret == 0 && lists != NULL)
		ret = sm_lists_add_all(&new.lists, lists, fail);
	if (ret == 0 && !sm_vec_room(&rows, &m->size, m->count, sizeof(new)))
		ret = sm_fail_nomem(fail);
	if (ret != 0) {
		sm_lists_free(&new.lists);
		free(new.texts);
		return ret;
	}
	m->rows = rows;
	m->rows[m->count++] = new;
	return 0;
}

void sm_mem_drop(smbmgmt_memory *m, size_t index)
{
	free(m->rows[index].texts);
	sm_lists_free(&m->rows[index].lists);
	memmove(&m->rows[index], &m->rows[index + 1],
		(m->count - index - 1) * sizeof(*m->rows));
	m->count--;
}

void sm_mem_sweep(smbmgmt_memory *m, int64_t now)
{
	for (size_t i = m->count; i > 0; i--) {
		int64_t gone = m->rows[i - 1].gone_ns;

		if (gone != 0 && gone <= now)
			sm_mem_drop(m, i - 1);
	}
}

static uint64_t next_id(const smbmgmt_memory *m)
{
	uint64_t id = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->rows[i].row.id > id)
			id = m->rows[i].row.id;
	}
	return id + 1;
}

/* A derived id is the client's and user's, so it stays; others are new. */
static int log_on_again(smbmgmt_memory *m, const struct sm_mem_row *old,
			struct sm_fail *fail)
{
	struct sm_row row = old->row;
	/* A copy: what it points to stays when the rows move. */
	struct sm_lists lists = old->lists;

	m->reconnects--;
	row.exists = 0;
	row.idle = 0;
	if (!row.id_derived)
		row.id = next_id(m);
	return sm_mem_add(m, &row, &lists, fail);
}

int sm_mem_end(smbmgmt_memory *m, size_t index, int64_t now,
	       struct sm_fail *fail)
{
	if (m->rows[index].gone_ns != 0)
		return 0;
	m->rows[index].gone_ns = now + (int64_t)m->linger * SM_MS;
	if (m->reconnects == 0 || m->rows[index].row.own != SMBMGMT_OWN_NO)
		return 0;
	return log_on_again(m, &m->rows[index], fail);
}

const struct sm_mem_fault *sm_mem_call(smbmgmt_memory *m, int32_t op)
{
	const struct sm_mem_fault *strikes = NULL;

	m->calls[op]++;
	for (size_t i = 0; i < m->fault_count; i++) {
		struct sm_mem_fault *fault = &m->faults[i];

		if (fault->op != op || fault->spent)
			continue;
		if (fault->left > 1) {
			fault->left--;
			continue;
		}
		if (fault->left == 1)
			fault->spent = true;
		if (strikes == NULL)
			strikes = fault;
	}
	return strikes;
}
