/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>

#include "api/api.h"

/* Shorter is no look at a server but a load on it. */
#define INTERVAL_MIN 100

const smbmgmt_evict_options sm_api_evict_plain = {
	.duration = 30000,
	.interval = 1000,
};

int32_t smbmgmt_evict_options_new(smbmgmt_evict_options **options,
				  smbmgmt_error **err)
{
	smbmgmt_evict_options *o = NULL;
	struct sm_fail fail;

	SM_NEED(options);
	o = malloc(sizeof(*o));
	if (o == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	*o = sm_api_evict_plain;
	sm_ref_init(&o->ref);
	*options = o;
	return 0;
}

smbmgmt_evict_options *smbmgmt_evict_options_ref(smbmgmt_evict_options *options)
{
	if (options != NULL)
		sm_ref_get(&options->ref);
	return options;
}

void smbmgmt_evict_options_unref(smbmgmt_evict_options *options)
{
	if (options == NULL || !sm_ref_put(&options->ref))
		return;
	if (options->free_fn != NULL)
		options->free_fn(options->userdata);
	free(options);
}

int32_t smbmgmt_evict_options_set_duration(smbmgmt_evict_options *options,
					   uint32_t milliseconds,
					   smbmgmt_error **err)
{
	SM_NEED(options);
	options->duration = milliseconds;
	return 0;
}

int32_t smbmgmt_evict_options_set_interval(smbmgmt_evict_options *options,
					   uint32_t milliseconds,
					   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	if (milliseconds < INTERVAL_MIN)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "Looking again every %u ms is too "
					   "often; %u ms is the least.",
					   milliseconds, INTERVAL_MIN),
				   &fail, err);
	options->interval = milliseconds;
	return 0;
}

int32_t smbmgmt_evict_options_set_confirmed(smbmgmt_evict_options *options,
					    int32_t confirmed,
					    smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	return sm_api_done(sm_api_bool(confirmed, &options->confirmed, &fail),
			   &fail, err);
}

int32_t smbmgmt_evict_options_set_before(smbmgmt_evict_options *options,
					 smbmgmt_before_fn fn, void *userdata,
					 smbmgmt_free_fn free_fn,
					 smbmgmt_error **err)
{
	SM_NEED(options);
	if (options->free_fn != NULL)
		options->free_fn(options->userdata);
	options->before = fn;
	options->userdata = userdata;
	options->free_fn = free_fn;
	return 0;
}
