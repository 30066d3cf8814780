/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_ENGINE_PLANNED_H
#define SM_ENGINE_PLANNED_H

#include "engine/audit.h"
#include "engine/context.h"

/* Which handles a plan was made with: what the library hangs on it. */
struct sm_planned {
	smbmgmt_context *context; /* held: memory only */
	smbmgmt_handle **handles; /* a reference each; server i is handle i */
	size_t n;
	uint32_t instances; /* SMB instances that were asked for */
	struct sm_audit_plan audit;
};

#endif /* SM_ENGINE_PLANNED_H */
