/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "api/api.h"

int32_t smbmgmt_context_new(smbmgmt_context **context, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(context);
	return sm_api_done(sm_context_new(context, &fail), &fail, err);
}

smbmgmt_context *smbmgmt_context_ref(smbmgmt_context *context)
{
	return context == NULL ? NULL : sm_context_ref(context);
}

void smbmgmt_context_unref(smbmgmt_context *context)
{
	sm_context_unref(context);
}

int32_t smbmgmt_context_set_log(smbmgmt_context *context, int32_t level,
				smbmgmt_log_fn fn, void *userdata,
				smbmgmt_free_fn free_fn, smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(context);
	if (level < SMBMGMT_LOG_ERROR || level > SMBMGMT_LOG_DEBUG)
		return sm_error_set(
			err,
			(sm_fail(&fail, SMBMGMT_E_INVALID,
				 "%d is no log level; use 0 (errors) to 3 "
				 "(debug).",
				 level),
			 &fail),
			NULL);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	sm_log_set(context->log, level, fn, userdata, free_fn);
	sm_context_leave(context);
	return 0;
}

int32_t smbmgmt_context_set_audit_fd(smbmgmt_context *context, int32_t fd,
				     smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_audit_set_fd(context->audit, fd, &fail);
	sm_context_leave(context);
	return sm_api_done(ret, &fail, err);
}

int32_t smbmgmt_context_set_audit(smbmgmt_context *context, smbmgmt_audit_fn fn,
				  void *userdata, smbmgmt_free_fn free_fn,
				  smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	sm_audit_set(context->audit, fn, userdata, free_fn);
	sm_context_leave(context);
	return 0;
}

int32_t smbmgmt_context_set_helper_path(smbmgmt_context *context,
					const char *path, smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(context);
	SM_NEED(path);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_context_set_helper_path(context, path, &fail);
	sm_context_leave(context);
	return sm_api_done(ret, &fail, err);
}

int32_t smbmgmt_context_set_idle_limit(smbmgmt_context *context, uint32_t limit,
				       smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	atomic_store(&context->idle_limit, limit);
	sm_context_leave(context);
	return 0;
}

int32_t smbmgmt_context_set_idle_timeout(smbmgmt_context *context,
					 uint32_t milliseconds,
					 smbmgmt_error **err)
{
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	atomic_store(&context->idle_timeout, milliseconds);
	sm_context_leave(context);
	return 0;
}
