/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/filter.h"
#include "api/api.h"

int32_t smbmgmt_filter_new(smbmgmt_filter **filter, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	return sm_api_done(sm_filter_new(filter, &fail), &fail, err);
}

smbmgmt_filter *smbmgmt_filter_ref(smbmgmt_filter *filter)
{
	if (filter != NULL)
		sm_ref_get(&filter->ref);
	return filter;
}

void smbmgmt_filter_unref(smbmgmt_filter *filter)
{
	sm_filter_unref(filter);
}

int32_t smbmgmt_filter_add_session_id(smbmgmt_filter *filter, uint64_t id,
				      smbmgmt_error **err)
{
	return smbmgmt_filter_add_id_range(filter, id, id, err);
}

int32_t smbmgmt_filter_add_id_range(smbmgmt_filter *filter, uint64_t first,
				    uint64_t last, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	return sm_api_done(sm_filter_add_ids(filter, first, last, &fail), &fail,
			   err);
}

int32_t smbmgmt_filter_add_id_text(smbmgmt_filter *filter, const char *text,
				   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	SM_NEED(text);
	return sm_api_done(sm_filter_add_id_text(filter, text, &fail), &fail,
			   err);
}

static int32_t add_text(smbmgmt_filter *filter, enum sm_property property,
			const char *value, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	SM_NEED(value);
	return sm_api_done(sm_filter_add_text(filter, property, value, &fail),
			   &fail, err);
}

int32_t smbmgmt_filter_add_client(smbmgmt_filter *filter, const char *client,
				  smbmgmt_error **err)
{
	return add_text(filter, SM_PROPERTY_CLIENT, client, err);
}

int32_t smbmgmt_filter_add_user(smbmgmt_filter *filter, const char *user,
				smbmgmt_error **err)
{
	return add_text(filter, SM_PROPERTY_USER, user, err);
}

int32_t smbmgmt_filter_add_scope(smbmgmt_filter *filter, const char *scope,
				 smbmgmt_error **err)
{
	return add_text(filter, SM_PROPERTY_SCOPE, scope, err);
}

int32_t smbmgmt_filter_add_node(smbmgmt_filter *filter, const char *node,
				smbmgmt_error **err)
{
	return add_text(filter, SM_PROPERTY_NODE, node, err);
}

int32_t smbmgmt_filter_add_dialect(smbmgmt_filter *filter, const char *dialect,
				   smbmgmt_error **err)
{
	return add_text(filter, SM_PROPERTY_DIALECT, dialect, err);
}

int32_t smbmgmt_filter_add_instance(smbmgmt_filter *filter, int32_t instance,
				    smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	return sm_api_done(sm_filter_add_instance(filter, instance, &fail),
			   &fail, err);
}

int32_t smbmgmt_filter_add_session(smbmgmt_filter *filter,
				   smbmgmt_session *session,
				   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	SM_NEED(session);
	return sm_api_done(sm_filter_add_session(filter, session, &fail), &fail,
			   err);
}

/* 0 if a predicate may be set; the error is written otherwise. */
static int32_t may_set(const smbmgmt_filter *filter, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(filter);
	return sm_api_done(sm_filter_may_add(filter, &fail), &fail, err);
}

int32_t smbmgmt_filter_set_min_idle(smbmgmt_filter *filter, uint32_t seconds,
				    smbmgmt_error **err)
{
	int32_t ret = may_set(filter, err);

	if (ret != 0)
		return ret;
	filter->has_min_idle = true;
	filter->min_idle = seconds;
	return 0;
}

int32_t smbmgmt_filter_set_min_age(smbmgmt_filter *filter, uint32_t seconds,
				   smbmgmt_error **err)
{
	int32_t ret = may_set(filter, err);

	if (ret != 0)
		return ret;
	filter->has_min_age = true;
	filter->min_age = seconds;
	return 0;
}

int32_t smbmgmt_filter_set_max_opens(smbmgmt_filter *filter, uint64_t opens,
				     smbmgmt_error **err)
{
	int32_t ret = may_set(filter, err);

	if (ret != 0)
		return ret;
	filter->has_max_opens = true;
	filter->max_opens = opens;
	return 0;
}

static int32_t set_switch(smbmgmt_filter *filter, int32_t value, bool *has,
			  bool *to, smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = sm_filter_may_add(filter, &fail);

	if (ret == 0)
		ret = sm_api_bool(value, to, &fail);
	if (ret == 0)
		*has = true;
	return sm_api_done(ret, &fail, err);
}

int32_t smbmgmt_filter_set_guest(smbmgmt_filter *filter, int32_t guest,
				 smbmgmt_error **err)
{
	SM_NEED(filter);
	return set_switch(filter, guest, &filter->has_guest, &filter->guest,
			  err);
}

int32_t smbmgmt_filter_set_unencrypted(smbmgmt_filter *filter,
				       int32_t unencrypted, smbmgmt_error **err)
{
	SM_NEED(filter);
	return set_switch(filter, unencrypted, &filter->has_unencrypted,
			  &filter->unencrypted, err);
}

int32_t smbmgmt_filter_set_match_all(smbmgmt_filter *filter, int32_t match_all,
				     smbmgmt_error **err)
{
	bool unused = false;

	SM_NEED(filter);
	return set_switch(filter, match_all, &unused, &filter->match_all, err);
}
