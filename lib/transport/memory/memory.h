/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The memory transport, from inside the library. */
#ifndef SM_TRANSPORT_MEMORY_H
#define SM_TRANSPORT_MEMORY_H

#include <stdint.h>

#include <smbmgmt/memory.h>

#include "core/lists.h"
#include "transport/transport.h"

/* Its connect is NULL: a table is no address, see sm_memory_connect(). */
extern const struct sm_transport sm_memory;

int sm_memory_connect(smbmgmt_memory *memory, struct sm_transport_conn **conn,
		      struct sm_fail *fail);
/* How long an SMBMGMT_OP_ takes, nanoseconds; a connection may wait so long
 * before it calls the transport, which never waits itself. */
int64_t sm_memory_delay(smbmgmt_memory *memory, int32_t op);

int sm_memory_new(smbmgmt_memory **memory, struct sm_fail *fail);
/* The table behind memory:demo, made anew. */
int sm_memory_demo(smbmgmt_memory **memory, struct sm_fail *fail);
smbmgmt_memory *sm_memory_ref(smbmgmt_memory *memory);
void sm_memory_unref(smbmgmt_memory *memory);

/* The setters behind the public ones; each checks its arguments. */
int sm_memory_add(smbmgmt_memory *memory, const struct sm_row *row,
		  const struct sm_lists *lists, const char *process,
		  struct sm_fail *fail);
int sm_memory_remove(smbmgmt_memory *memory, uint64_t id, struct sm_fail *fail);
uint32_t sm_memory_count(smbmgmt_memory *memory);
uint64_t sm_memory_calls(smbmgmt_memory *memory, int32_t op);
int sm_memory_set_own(smbmgmt_memory *memory, uint64_t id, int32_t own,
		      struct sm_fail *fail);
int sm_memory_add_fault(smbmgmt_memory *memory, int32_t op, uint32_t nth,
			int32_t kind, int32_t code, struct sm_fail *fail);
int sm_memory_set_delay(smbmgmt_memory *memory, int32_t op,
			uint32_t milliseconds, struct sm_fail *fail);
int sm_memory_set_unit(smbmgmt_memory *memory, int32_t unit,
		       struct sm_fail *fail);
void sm_memory_set_possible(smbmgmt_memory *memory, int32_t possible);
void sm_memory_set_fields(smbmgmt_memory *memory, uint64_t fields);
void sm_memory_set_linger(smbmgmt_memory *memory, uint32_t milliseconds);
void sm_memory_set_reconnects(smbmgmt_memory *memory, uint32_t times);

#endif /* SM_TRANSPORT_MEMORY_H */
