/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Atomic reference counts of public objects. */
#ifndef SM_UTIL_REF_H
#define SM_UTIL_REF_H

#include <stdatomic.h>
#include <stdbool.h>

struct sm_ref {
	atomic_uint count;
};

static inline void sm_ref_init(struct sm_ref *ref)
{
	atomic_init(&ref->count, 1);
}

static inline void sm_ref_get(struct sm_ref *ref)
{
	atomic_fetch_add_explicit(&ref->count, 1, memory_order_relaxed);
}

/* True if that was the last one: free the object. */
static inline bool sm_ref_put(struct sm_ref *ref)
{
	return atomic_fetch_sub_explicit(&ref->count, 1,
					 memory_order_acq_rel) == 1;
}

#endif /* SM_UTIL_REF_H */
