/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the library hangs on a plan: the handles that it was made with. */
#ifndef SM_ENGINE_PLANNED_H
#define SM_ENGINE_PLANNED_H

#include <stddef.h>
#include <stdint.h>

#include "core/plan.h"
#include "engine/audit.h"
#include "engine/context.h"

struct sm_planned {
	smbmgmt_context *context; /* held: memory only */
	smbmgmt_handle **handles; /* a reference each; server i is handle i */
	size_t n;
	uint32_t instances; /* SMB instances that were asked for */
	struct sm_audit_plan audit;
};

/* Make @plan own one; its audit is all zero, and the caller's to fill in. */
int sm_planned_new(smbmgmt_context *context, smbmgmt_handle *const *handles,
		   size_t n, uint32_t instances, smbmgmt_plan *plan,
		   struct sm_fail *fail);
static inline struct sm_planned *sm_planned_of(const smbmgmt_plan *plan)
{
	return plan->owner;
}

#endif /* SM_ENGINE_PLANNED_H */
