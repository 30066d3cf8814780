/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The table behind the memory transport. */
#ifndef SM_MEMORY_ROWS_H
#define SM_MEMORY_ROWS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/lists.h"
#include "core/row.h"
#include "transport/memory/memory.h"
#include "util/ref.h"

struct sm_mem_row {
	struct sm_row row; /* ages as they were at since_ns */
	char *texts;	   /* owns the row's texts, one after another */
	struct sm_lists lists;
	int64_t since_ns;
	int64_t gone_ns; /* not listed any more from then on; 0: it lives */
};

struct sm_mem_fault {
	int32_t op;
	int32_t kind;
	int32_t code;
	uint32_t left; /* calls until it strikes; 0: every one */
	bool spent;
};

#define SM_MEM_OPS 3

struct smbmgmt_memory {
	struct sm_ref ref;
	pthread_mutex_t lock; /* of all that follows */
	struct sm_mem_row *rows;
	size_t count;
	size_t size;
	struct sm_mem_fault *faults;
	size_t fault_count;
	size_t fault_size;
	uint32_t unit;
	bool possible;
	uint64_t fields;
	uint32_t delay[SM_MEM_OPS];
	uint64_t calls[SM_MEM_OPS];
	uint32_t linger;
	uint32_t reconnects;
};

/* All with the lock held. */
int sm_mem_add(smbmgmt_memory *m, const struct sm_row *row,
	       const struct sm_lists *lists, struct sm_fail *fail);
void sm_mem_drop(smbmgmt_memory *m, size_t index);
/* Drop what has lingered long enough. */
void sm_mem_sweep(smbmgmt_memory *m, int64_t now);
/* The session ends; its client may log on again. */
int sm_mem_end(smbmgmt_memory *m, size_t index, int64_t now,
	       struct sm_fail *fail);
/* Count a call; the fault that strikes it, or NULL. */
const struct sm_mem_fault *sm_mem_call(smbmgmt_memory *m, int32_t op);

#endif /* SM_MEMORY_ROWS_H */
