/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/memory/memory.h"
#include "api/api.h"

int32_t smbmgmt_memory_new(smbmgmt_memory **memory, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	return sm_api_done(sm_memory_new(memory, &fail), &fail, err);
}

smbmgmt_memory *smbmgmt_memory_ref(smbmgmt_memory *memory)
{
	return memory == NULL ? NULL : sm_memory_ref(memory);
}

void smbmgmt_memory_unref(smbmgmt_memory *memory)
{
	sm_memory_unref(memory);
}

int32_t smbmgmt_memory_add_session(smbmgmt_memory *memory,
				   const smbmgmt_session_builder *builder,
				   const char *process, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	SM_NEED(builder);
	return sm_api_done(sm_memory_add(memory, sm_builder_row(builder),
					 sm_builder_lists(builder), process,
					 &fail),
			   &fail, err);
}

int32_t smbmgmt_memory_remove_session(smbmgmt_memory *memory, uint64_t id,
				      smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	return sm_api_done(sm_memory_remove(memory, id, &fail), &fail, err);
}

uint32_t smbmgmt_memory_count(smbmgmt_memory *memory)
{
	return memory == NULL ? 0 : sm_memory_count(memory);
}

uint64_t smbmgmt_memory_calls(smbmgmt_memory *memory, int32_t op)
{
	return memory == NULL ? 0 : sm_memory_calls(memory, op);
}

int32_t smbmgmt_memory_set_unit(smbmgmt_memory *memory, int32_t unit,
				smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	return sm_api_done(sm_memory_set_unit(memory, unit, &fail), &fail, err);
}

int32_t smbmgmt_memory_set_possible_collateral(smbmgmt_memory *memory,
					       int32_t possible,
					       smbmgmt_error **err)
{
	SM_NEED(memory);
	sm_memory_set_possible(memory, possible);
	return 0;
}

int32_t smbmgmt_memory_set_fields(smbmgmt_memory *memory, uint64_t fields,
				  smbmgmt_error **err)
{
	SM_NEED(memory);
	sm_memory_set_fields(memory, fields);
	return 0;
}

int32_t smbmgmt_memory_set_own(smbmgmt_memory *memory, uint64_t id, int32_t own,
			       smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	return sm_api_done(sm_memory_set_own(memory, id, own, &fail), &fail,
			   err);
}

int32_t smbmgmt_memory_add_fault(smbmgmt_memory *memory, int32_t op,
				 uint32_t nth, int32_t kind, int32_t code,
				 smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	return sm_api_done(
		sm_memory_add_fault(memory, op, nth, kind, code, &fail), &fail,
		err);
}

int32_t smbmgmt_memory_set_delay(smbmgmt_memory *memory, int32_t op,
				 uint32_t milliseconds, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(memory);
	return sm_api_done(sm_memory_set_delay(memory, op, milliseconds, &fail),
			   &fail, err);
}

int32_t smbmgmt_memory_set_linger(smbmgmt_memory *memory, uint32_t milliseconds,
				  smbmgmt_error **err)
{
	SM_NEED(memory);
	sm_memory_set_linger(memory, milliseconds);
	return 0;
}

int32_t smbmgmt_memory_set_reconnects(smbmgmt_memory *memory, uint32_t times,
				      smbmgmt_error **err)
{
	SM_NEED(memory);
	sm_memory_set_reconnects(memory, times);
	return 0;
}
