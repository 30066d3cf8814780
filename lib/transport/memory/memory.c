/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/memory/memory.h"

#include <stdlib.h>
#include <string.h>

#include "core/client.h"
#include "core/table.h"
#include "core/text.h"
#include "transport/memory/rows.h"
#include "util/clock.h"
#include "util/vec.h"

struct sm_transport_conn {
	smbmgmt_memory *memory; /* borrowed: the engine holds it */
};

int sm_memory_new(smbmgmt_memory **memory, struct sm_fail *fail)
{
	smbmgmt_memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&m->ref);
	pthread_mutex_init(&m->lock, NULL);
	m->fields = SM_FIELDS_ALL;
	*memory = m;
	return 0;
}

smbmgmt_memory *sm_memory_ref(smbmgmt_memory *memory)
{
	sm_ref_get(&memory->ref);
	return memory;
}

void sm_memory_unref(smbmgmt_memory *memory)
{
	if (memory == NULL || !sm_ref_put(&memory->ref))
		return;
	while (memory->count > 0)
		sm_mem_drop(memory, memory->count - 1);
	free(memory->rows);
	free(memory->faults);
	pthread_mutex_destroy(&memory->lock);
	free(memory);
}

int sm_memory_add(smbmgmt_memory *memory, const struct sm_row *row,
		  const struct sm_lists *lists, const char *process,
		  struct sm_fail *fail)
{
	struct sm_row with = *row;
	size_t offset = 0;
	int ret = 0;

	if (process != NULL &&
	    !sm_text_valid(process, strlen(process), &offset))
		return sm_fail_at(fail, SMBMGMT_E_INVALID, offset,
				  "The process is not UTF-8 at byte %zu.",
				  offset);
	if (process != NULL) {
		with.process = process;
		with.have |= SM_FIELD_PROCESS;
	}
	pthread_mutex_lock(&memory->lock);
	ret = sm_mem_add(memory, &with, lists, fail);
	pthread_mutex_unlock(&memory->lock);
	return ret;
}

int sm_memory_remove(smbmgmt_memory *memory, uint64_t id, struct sm_fail *fail)
{
	bool found = false;

	pthread_mutex_lock(&memory->lock);
	for (size_t i = memory->count; i > 0; i--) {
		if (memory->rows[i - 1].row.id != id)
			continue;
		sm_mem_drop(memory, i - 1);
		found = true;
	}
	pthread_mutex_unlock(&memory->lock);
	if (!found)
		return sm_fail(fail, SMBMGMT_E_NOT_FOUND,
			       "The table has no session with id %llu.",
			       (unsigned long long)id);
	return 0;
}

uint32_t sm_memory_count(smbmgmt_memory *memory)
{
	uint32_t count = 0;

	pthread_mutex_lock(&memory->lock);
	sm_mem_sweep(memory, sm_clock_now());
	count = (uint32_t)memory->count;
	pthread_mutex_unlock(&memory->lock);
	return count;
}

static bool is_op(int32_t op)
{
	return op >= 0 && op < SM_MEM_OPS;
}

static int bad_op(int32_t op, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "%d is no operation; use an SMBMGMT_OP_ value.", op);
}

uint64_t sm_memory_calls(smbmgmt_memory *memory, int32_t op)
{
	uint64_t calls = 0;

	pthread_mutex_lock(&memory->lock);
	if (is_op(op))
		calls = memory->calls[op];
	pthread_mutex_unlock(&memory->lock);
	return calls;
}

int sm_memory_set_own(smbmgmt_memory *memory, uint64_t id, int32_t own,
		      struct sm_fail *fail)
{
	bool found = false;

	if (own < SMBMGMT_OWN_NO || own > SMBMGMT_OWN_YES)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "%d is no SMBMGMT_OWN_ value.", own);
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->rows[i].row.id != id)
			continue;
		memory->rows[i].row.own = (uint8_t)own;
		found = true;
	}
	pthread_mutex_unlock(&memory->lock);
	if (!found)
		return sm_fail(fail, SMBMGMT_E_NOT_FOUND,
			       "The table has no session with id %llu.",
			       (unsigned long long)id);
	return 0;
}

int sm_memory_add_fault(smbmgmt_memory *memory, int32_t op, uint32_t nth,
			int32_t kind, int32_t code, struct sm_fail *fail)
{
	struct sm_mem_fault fault = {
		.op = op, .kind = kind, .code = code, .left = nth};
	void *faults = NULL;
	int ret = 0;

	if (!is_op(op))
		return bad_op(op, fail);
	if (kind < SMBMGMT_FAULT_ERROR || kind > SMBMGMT_FAULT_IGNORED)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "%d is no SMBMGMT_FAULT_ value.", kind);
	if (kind == SMBMGMT_FAULT_ERROR && code >= 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A fault needs an SMBMGMT_E_ code; %d is none.",
			       code);
	if ((kind == SMBMGMT_FAULT_INCOMPLETE && op != SMBMGMT_OP_LIST) ||
	    (kind == SMBMGMT_FAULT_IGNORED && op != SMBMGMT_OP_CLOSE))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Fault %d does not happen to operation %d.",
			       kind, op);
	pthread_mutex_lock(&memory->lock);
	faults = memory->faults;
	if (sm_vec_room(&faults, &memory->fault_size, memory->fault_count,
			sizeof(fault))) {
		memory->faults = faults;
		memory->faults[memory->fault_count++] = fault;
	} else {
		ret = sm_fail_nomem(fail);
	}
	pthread_mutex_unlock(&memory->lock);
	return ret;
}

int sm_memory_set_delay(smbmgmt_memory *memory, int32_t op,
			uint32_t milliseconds, struct sm_fail *fail)
{
	if (!is_op(op))
		return bad_op(op, fail);
	pthread_mutex_lock(&memory->lock);
	memory->delay[op] = milliseconds;
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

int64_t sm_memory_delay(smbmgmt_memory *memory, int32_t op)
{
	int64_t delay = 0;

	pthread_mutex_lock(&memory->lock);
	delay = (int64_t)memory->delay[op] * SM_MS;
	pthread_mutex_unlock(&memory->lock);
	return delay;
}

int sm_memory_set_unit(smbmgmt_memory *memory, int32_t unit,
		       struct sm_fail *fail)
{
	if (unit < SMBMGMT_UNIT_SESSION || unit > SMBMGMT_UNIT_PROCESS)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "%d is no SMBMGMT_UNIT_ value.", unit);
	pthread_mutex_lock(&memory->lock);
	memory->unit = (uint32_t)unit;
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

void sm_memory_set_possible(smbmgmt_memory *memory, int32_t possible)
{
	pthread_mutex_lock(&memory->lock);
	memory->possible = possible != 0;
	pthread_mutex_unlock(&memory->lock);
}

void sm_memory_set_fields(smbmgmt_memory *memory, uint64_t fields)
{
	pthread_mutex_lock(&memory->lock);
	memory->fields = fields | SM_FIELD_PROCESS;
	pthread_mutex_unlock(&memory->lock);
}

void sm_memory_set_linger(smbmgmt_memory *memory, uint32_t milliseconds)
{
	pthread_mutex_lock(&memory->lock);
	memory->linger = milliseconds;
	pthread_mutex_unlock(&memory->lock);
}

void sm_memory_set_reconnects(smbmgmt_memory *memory, uint32_t times)
{
	pthread_mutex_lock(&memory->lock);
	memory->reconnects = times;
	pthread_mutex_unlock(&memory->lock);
}

static int fault_error(const struct sm_mem_fault *fault, struct sm_fail *fail)
{
	return sm_fail(fail, fault->code,
		       "The memory table was told to fail here (%s).",
		       smbmgmt_error_name(fault->code));
}

static int lost(struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_CONNECTION_LOST,
		       "The connection broke before the answer came; what was "
		       "asked for may have happened.");
}

int sm_memory_connect(smbmgmt_memory *memory, struct sm_transport_conn **conn,
		      struct sm_fail *fail)
{
	const struct sm_mem_fault *fault = NULL;
	struct sm_transport_conn *c = NULL;
	int ret = 0;

	pthread_mutex_lock(&memory->lock);
	fault = sm_mem_call(memory, SMBMGMT_OP_CONNECT);
	if (fault != NULL)
		ret = fault->kind == SMBMGMT_FAULT_ERROR
			      ? fault_error(fault, fail)
			      : lost(fail);
	pthread_mutex_unlock(&memory->lock);
	if (ret != 0)
		return ret;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return sm_fail_nomem(fail);
	c->memory = memory;
	*conn = c;
	return 0;
}

static void disconnect(struct sm_transport_conn *conn)
{
	free(conn);
}

static uint32_t older(uint32_t seconds, const struct sm_mem_row *row,
		      int64_t now)
{
	return seconds + (uint32_t)((now - row->since_ns) / SM_SECOND);
}

/* Without an instance asked for a server answers for its default one. */
static bool in_instance(const struct sm_row *row, const struct sm_query *query)
{
	uint32_t instance = sm_row_has(row, SMBMGMT_FIELD_INSTANCE)
				    ? row->instance
				    : SMBMGMT_INSTANCE_DEFAULT;

	return instance == (query->ask_instance ? query->instance
						: SMBMGMT_INSTANCE_DEFAULT);
}

static int list_lists(const struct sm_lists *lists, uint64_t have,
		      const struct sm_sink *sink, struct sm_fail *fail)
{
	bool shares = (have & SMBMGMT_FIELD_SHARES) != 0;
	bool files = (have & SMBMGMT_FIELD_OPEN_FILES) != 0;
	int ret = 0;

	for (size_t i = 0; shares && ret == 0 && i < lists->share_count; i++)
		ret = sink->share(sink->userdata, lists->shares[i], fail);
	for (size_t i = 0; files && ret == 0 && i < lists->file_count; i++)
		ret = sink->file(sink->userdata, &lists->files[i], fail);
	return ret;
}

static int list_rows(smbmgmt_memory *m, const struct sm_query *query,
		     const struct sm_sink *sink, size_t skip,
		     struct sm_fail *fail)
{
	int64_t now = sm_clock_now();
	int ret = 0;

	sm_mem_sweep(m, now);
	for (size_t i = 0; ret == 0 && i + skip < m->count; i++) {
		struct sm_row row = m->rows[i].row;

		if (!in_instance(&row, query))
			continue;
		row.exists = older(row.exists, &m->rows[i], now);
		row.idle = older(row.idle, &m->rows[i], now);
		row.have &= m->fields;
		ret = sink->row(sink->userdata, &row, fail);
		if (ret == 0)
			ret = list_lists(&m->rows[i].lists, row.have, sink,
					 fail);
	}
	return ret;
}

static int enumerate(struct sm_transport_conn *conn,
		     const struct sm_query *query, const struct sm_sink *sink,
		     struct sm_listing *listing, struct sm_fail *fail)
{
	static const char why[] = "the table was told to leave a row out.";
	smbmgmt_memory *m = conn->memory;
	const struct sm_mem_fault *fault = NULL;
	int ret = 0;

	pthread_mutex_lock(&m->lock);
	memset(listing, 0, sizeof(*listing));
	listing->fields = m->fields;
	listing->caps = SM_CAP_DOMAINS | SM_CAP_INSTANCES |
			(m->possible ? SM_CAP_POSSIBLE_COLLATERAL : 0);
	listing->unit = m->unit;
	fault = sm_mem_call(m, SMBMGMT_OP_LIST);
	if (fault != NULL && fault->kind == SMBMGMT_FAULT_ERROR) {
		ret = fault_error(fault, fail);
	} else if (fault != NULL && fault->kind == SMBMGMT_FAULT_LOST) {
		ret = lost(fail);
	} else {
		listing->incomplete = fault != NULL;
		if (listing->incomplete)
			memcpy(listing->why, why, sizeof(why));
		ret = list_rows(m, query, sink, fault != NULL ? 1 : 0, fail);
	}
	pthread_mutex_unlock(&m->lock);
	return ret;
}

static bool in_unit(const struct sm_row *row, const struct sm_close *close)
{
	switch (close->unit) {
	case SM_UNIT_CLIENT_USER:
		return sm_row_has(row,
				  SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER) &&
		       strcmp(row->client, close->client) == 0 &&
		       sm_text_cmp(row->user, close->user) == 0;
	case SM_UNIT_PROCESS:
		return sm_row_has(row, SM_FIELD_PROCESS) &&
		       strcmp(row->process, close->process) == 0;
	case SM_UNIT_SESSION:
	default:
		return sm_row_has(row, SMBMGMT_FIELD_ID) &&
		       row->id == close->id &&
		       (!close->has_instance ||
			row->instance == close->instance);
	}
}

/* With possible collateral on, everything of the client goes too. */
static bool is_hit(const smbmgmt_memory *m, const struct sm_row *row,
		   const struct sm_close *close)
{
	struct sm_client a;
	struct sm_client b;

	if (in_unit(row, close))
		return true;
	if (!m->possible || close->client == NULL ||
	    !sm_row_has(row, SMBMGMT_FIELD_CLIENT))
		return false;
	sm_client_parse(row->client, &a);
	sm_client_parse(close->client, &b);
	return sm_client_cmp(&a, &b) == 0;
}

static int end_unit(smbmgmt_memory *m, const struct sm_close *close, bool *own,
		    struct sm_fail *fail)
{
	int64_t now = sm_clock_now();
	size_t count = m->count;
	bool any = false;
	int ret = 0;

	for (size_t i = 0; i < count; i++)
		any = any || (m->rows[i].gone_ns == 0 &&
			      in_unit(&m->rows[i].row, close));
	if (!any)
		return sm_fail(fail, SMBMGMT_E_GONE,
			       "The table has no such session any more.");
	for (size_t i = 0; ret == 0 && i < count; i++) {
		const struct sm_row *row = &m->rows[i].row;

		if (!is_hit(m, row, close))
			continue;
		*own = *own || row->own == SMBMGMT_OWN_YES;
		ret = sm_mem_end(m, i, now, fail);
	}
	return ret;
}

static int close_unit(struct sm_transport_conn *conn,
		      const struct sm_close *close, struct sm_fail *fail)
{
	smbmgmt_memory *m = conn->memory;
	const struct sm_mem_fault *fault = NULL;
	bool own = false;
	int ret = 0;

	pthread_mutex_lock(&m->lock);
	sm_mem_sweep(m, sm_clock_now());
	fault = sm_mem_call(m, SMBMGMT_OP_CLOSE);
	if (fault != NULL && fault->kind == SMBMGMT_FAULT_ERROR)
		ret = fault_error(fault, fail);
	else if (fault == NULL || fault->kind != SMBMGMT_FAULT_IGNORED)
		ret = end_unit(m, close, &own, fail);
	if (ret == 0 &&
	    (own || (fault != NULL && fault->kind == SMBMGMT_FAULT_LOST)))
		ret = lost(fail);
	pthread_mutex_unlock(&m->lock);
	return ret;
}

const struct sm_transport sm_memory = {
	.size = sizeof(struct sm_transport),
	.name = "memory",
	.fields = SM_FIELDS_ALL,
	.caps = SM_CAP_DOMAINS | SM_CAP_INSTANCES | SM_CAP_POSSIBLE_COLLATERAL,
	.enumerate = enumerate,
	.close_unit = close_unit,
	.disconnect = disconnect,
};
