/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/selector.h"
#include "api/api.h"

int32_t smbmgmt_selector_new(smbmgmt_selector **selector, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(selector);
	return sm_api_done(sm_selector_new(selector, &fail), &fail, err);
}

smbmgmt_selector *smbmgmt_selector_ref(smbmgmt_selector *selector)
{
	if (selector != NULL)
		sm_ref_get(&selector->ref);
	return selector;
}

void smbmgmt_selector_unref(smbmgmt_selector *selector)
{
	sm_selector_unref(selector);
}

/* An instance id is a handle for good; nothing has to be held. */
int32_t smbmgmt_selector_add_handle(smbmgmt_selector *selector,
				    smbmgmt_handle *handle, smbmgmt_error **err)
{
	SM_NEED(handle);
	return smbmgmt_selector_add_instance_id(selector, handle->instance_text,
						err);
}

int32_t smbmgmt_selector_add_id(smbmgmt_selector *selector, uint32_t id,
				smbmgmt_error **err)
{
	return smbmgmt_selector_add_id_range(selector, id, id, err);
}

int32_t smbmgmt_selector_add_id_range(smbmgmt_selector *selector,
				      uint32_t first, uint32_t last,
				      smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(selector);
	return sm_api_done(sm_selector_add_ids(selector, first, last, &fail),
			   &fail, err);
}

int32_t smbmgmt_selector_add_instance_id(smbmgmt_selector *selector,
					 const char *guid, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(selector);
	SM_NEED(guid);
	return sm_api_done(sm_selector_add_guid(selector, guid, &fail), &fail,
			   err);
}

static int32_t add_pattern(smbmgmt_selector *selector,
			   enum sm_selector_kind kind, const char *pattern,
			   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(selector);
	SM_NEED(pattern);
	return sm_api_done(
		sm_selector_add_pattern(selector, kind, pattern, &fail), &fail,
		err);
}

int32_t smbmgmt_selector_add_name(smbmgmt_selector *selector,
				  const char *pattern, smbmgmt_error **err)
{
	return add_pattern(selector, SM_SELECT_NAME, pattern, err);
}

int32_t smbmgmt_selector_add_computer_name(smbmgmt_selector *selector,
					   const char *pattern,
					   smbmgmt_error **err)
{
	return add_pattern(selector, SM_SELECT_COMPUTER, pattern, err);
}

int32_t smbmgmt_selector_set_match_all(smbmgmt_selector *selector,
				       int32_t match_all, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(selector);
	return sm_api_done(sm_api_bool(match_all, &selector->match_all, &fail),
			   &fail, err);
}
