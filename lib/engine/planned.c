/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/planned.h"

#include <stdlib.h>

static void free_planned(void *data)
{
	struct sm_planned *planned = data;

	for (size_t i = 0; i < planned->n; i++)
		sm_handle_unref(planned->handles[i]);
	free(planned->handles);
	sm_audit_plan_clear(&planned->audit);
	sm_context_release(planned->context);
	free(planned);
}

int sm_planned_new(smbmgmt_context *context, smbmgmt_handle *const *handles,
		   size_t n, uint32_t instances, smbmgmt_plan *plan,
		   struct sm_fail *fail)
{
	struct sm_planned *planned = calloc(1, sizeof(*planned));

	if (planned != NULL)
		planned->handles = calloc(n + 1, sizeof(*planned->handles));
	if (planned == NULL || planned->handles == NULL) {
		free(planned);
		return sm_fail_nomem(fail);
	}
	for (size_t i = 0; i < n; i++)
		planned->handles[i] = sm_handle_ref(handles[i]);
	planned->n = n;
	planned->instances = instances;
	sm_context_hold(context);
	planned->context = context;
	plan->owner = planned;
	plan->owner_free = free_planned;
	return 0;
}
