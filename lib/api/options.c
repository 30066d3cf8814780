/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Option objects: how to list, what to touch, how to act. */
#include <stdlib.h>

#include "api/api.h"

int32_t smbmgmt_list_options_new(smbmgmt_list_options **options,
				 smbmgmt_error **err)
{
	struct sm_fail fail;
	smbmgmt_list_options *o = NULL;

	SM_NEED(options);
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	sm_ref_init(&o->ref);
	*options = o;
	return 0;
}

smbmgmt_list_options *smbmgmt_list_options_ref(smbmgmt_list_options *options)
{
	if (options != NULL)
		sm_ref_get(&options->ref);
	return options;
}

void smbmgmt_list_options_unref(smbmgmt_list_options *options)
{
	if (options != NULL && sm_ref_put(&options->ref))
		free(options);
}

int32_t smbmgmt_list_options_set_deadline(smbmgmt_list_options *options,
					  uint32_t milliseconds,
					  smbmgmt_error **err)
{
	SM_NEED(options);
	options->deadline = milliseconds;
	return 0;
}

int32_t smbmgmt_list_options_set_throttle(smbmgmt_list_options *options,
					  int32_t throttle, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	return sm_api_done(sm_api_throttle(throttle, &options->throttle, &fail),
			   &fail, err);
}

int32_t smbmgmt_policy_new(smbmgmt_policy **policy, smbmgmt_error **err)
{
	struct sm_fail fail;
	smbmgmt_policy *p = NULL;

	SM_NEED(policy);
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	sm_ref_init(&p->ref);
	*policy = p;
	return 0;
}

smbmgmt_policy *smbmgmt_policy_ref(smbmgmt_policy *policy)
{
	if (policy != NULL)
		sm_ref_get(&policy->ref);
	return policy;
}

void smbmgmt_policy_unref(smbmgmt_policy *policy)
{
	if (policy != NULL && sm_ref_put(&policy->ref))
		free(policy);
}

int32_t smbmgmt_policy_set_include_own(smbmgmt_policy *policy,
				       int32_t include_own, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(policy);
	return sm_api_done(
		sm_api_bool(include_own, &policy->rules.include_own, &fail),
		&fail, err);
}

int32_t smbmgmt_policy_set_allow_collateral(smbmgmt_policy *policy,
					    int32_t allow, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(policy);
	if (allow < SMBMGMT_COLLATERAL_NONE || allow > SMBMGMT_COLLATERAL_ALL)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%d is no SMBMGMT_COLLATERAL_ "
					   "value.",
					   allow),
				   &fail, err);
	policy->rules.allow_collateral = allow;
	return 0;
}

int32_t smbmgmt_policy_set_deadline(smbmgmt_policy *policy,
				    uint32_t milliseconds, smbmgmt_error **err)
{
	SM_NEED(policy);
	policy->deadline = milliseconds;
	return 0;
}

int32_t smbmgmt_policy_set_throttle(smbmgmt_policy *policy, int32_t throttle,
				    smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(policy);
	return sm_api_done(sm_api_throttle(throttle, &policy->throttle, &fail),
			   &fail, err);
}

int32_t smbmgmt_action_new(smbmgmt_action **action, smbmgmt_error **err)
{
	struct sm_fail fail;
	smbmgmt_action *a = NULL;

	SM_NEED(action);
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	sm_ref_init(&a->ref);
	a->verify = true;
	*action = a;
	return 0;
}

smbmgmt_action *smbmgmt_action_ref(smbmgmt_action *action)
{
	if (action != NULL)
		sm_ref_get(&action->ref);
	return action;
}

void smbmgmt_action_unref(smbmgmt_action *action)
{
	if (action == NULL || !sm_ref_put(&action->ref))
		return;
	if (action->free_fn != NULL)
		action->free_fn(action->userdata);
	smbmgmt_policy_unref(action->policy);
	free(action);
}

int32_t smbmgmt_action_set_force(smbmgmt_action *action, int32_t force,
				 smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(action);
	return sm_api_done(sm_api_bool(force, &action->force, &fail), &fail,
			   err);
}

int32_t smbmgmt_action_set_what_if(smbmgmt_action *action, int32_t what_if,
				   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(action);
	return sm_api_done(sm_api_bool(what_if, &action->what_if, &fail), &fail,
			   err);
}

int32_t smbmgmt_action_set_confirm(smbmgmt_action *action,
				   smbmgmt_confirm_fn fn, void *userdata,
				   smbmgmt_free_fn free_fn, smbmgmt_error **err)
{
	SM_NEED(action);
	if (action->free_fn != NULL)
		action->free_fn(action->userdata);
	action->confirm = fn;
	action->userdata = userdata;
	action->free_fn = free_fn;
	return 0;
}

int32_t smbmgmt_action_set_verify(smbmgmt_action *action, int32_t verify,
				  smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(action);
	return sm_api_done(sm_api_bool(verify, &action->verify, &fail), &fail,
			   err);
}

int32_t smbmgmt_action_set_deadline(smbmgmt_action *action,
				    uint32_t milliseconds, smbmgmt_error **err)
{
	SM_NEED(action);
	action->deadline = milliseconds;
	return 0;
}

int32_t smbmgmt_action_set_throttle(smbmgmt_action *action, int32_t throttle,
				    smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(action);
	return sm_api_done(sm_api_throttle(throttle, &action->throttle, &fail),
			   &fail, err);
}

int32_t smbmgmt_action_set_per_server(smbmgmt_action *action,
				      int32_t per_server, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(action);
	return sm_api_done(
		sm_api_throttle(per_server, &action->per_server, &fail), &fail,
		err);
}

int32_t smbmgmt_action_set_policy(smbmgmt_action *action,
				  smbmgmt_policy *policy, smbmgmt_error **err)
{
	SM_NEED(action);
	SM_NEED(policy);
	smbmgmt_policy_ref(policy);
	smbmgmt_policy_unref(action->policy);
	action->policy = policy;
	return 0;
}
