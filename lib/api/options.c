/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Option objects: how to open, how to list, what to touch, how to act. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "core/target.h"
#include "transport/memory/memory.h"

int32_t smbmgmt_open_options_new(smbmgmt_open_options **options,
				 smbmgmt_error **err)
{
	struct sm_fail fail;
	smbmgmt_open_options *o = NULL;

	SM_NEED(options);
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return sm_api_done(sm_fail_nomem(&fail), &fail, err);
	sm_ref_init(&o->ref);
	*options = o;
	return 0;
}

smbmgmt_open_options *smbmgmt_open_options_ref(smbmgmt_open_options *options)
{
	if (options != NULL)
		sm_ref_get(&options->ref);
	return options;
}

void smbmgmt_open_options_unref(smbmgmt_open_options *options)
{
	if (options == NULL || !sm_ref_put(&options->ref))
		return;
	free(options->name);
	free(options->smb_conf);
	free(options->samba_path);
	free(options->address);
	free(options->krb5_conf);
	sm_credentials_unref(options->credentials);
	sm_memory_unref(options->memory);
	free(options);
}

int32_t smbmgmt_open_options_set_name(smbmgmt_open_options *options,
				      const char *name, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	SM_NEED(name);
	return sm_api_done(sm_api_set_text(&options->name, name, "name", &fail),
			   &fail, err);
}

int32_t smbmgmt_open_options_set_transport(smbmgmt_open_options *options,
					   const char *transport,
					   smbmgmt_error **err)
{
	struct sm_fail fail;
	const char *name = NULL;

	SM_NEED(options);
	SM_NEED(transport);
	name = sm_transport_name(transport, strlen(transport));
	if (name == NULL)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "There is no transport '%s'; use "
					   "srvsvc, samba or memory.",
					   transport),
				   &fail, err);
	options->transport = name;
	return 0;
}

int32_t smbmgmt_open_options_set_carrier(smbmgmt_open_options *options,
					 const char *carrier,
					 smbmgmt_error **err)
{
	static const char *const carriers[] = {"auto", "dcerpc", "smbclient"};
	struct sm_fail fail;

	SM_NEED(options);
	SM_NEED(carrier);
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (strcmp(carrier, carriers[i]) == 0) {
			options->carrier = carriers[i];
			return 0;
		}
	}
	return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
				   "There is no carrier '%s'; use auto, dcerpc "
				   "or smbclient.",
				   carrier),
			   &fail, err);
}

int32_t smbmgmt_open_options_set_address(smbmgmt_open_options *options,
					 const char *address,
					 smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	SM_NEED(address);
	if (!sm_address_is_numeric(address))
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "'%s' is no IPv4 or IPv6 address; "
					   "give one without brackets.",
					   address),
				   &fail, err);
	return sm_api_done(
		sm_api_set_text(&options->address, address, "address", &fail),
		&fail, err);
}

int32_t smbmgmt_open_options_set_port(smbmgmt_open_options *options,
				      uint32_t port, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	if (port == 0 || port > 65535)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%u is no TCP port; use 1 to 65535.",
					   port),
				   &fail, err);
	options->port = port;
	return 0;
}

int32_t smbmgmt_open_options_set_credentials(smbmgmt_open_options *options,
					     smbmgmt_credentials *credentials,
					     smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(credentials);
	sm_credentials_ref(credentials);
	sm_credentials_unref(options->credentials);
	options->credentials = credentials;
	return 0;
}

int32_t smbmgmt_open_options_set_protection(smbmgmt_open_options *options,
					    int32_t protection,
					    smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	if (protection < SMBMGMT_PROTECTION_SIGN ||
	    protection > SMBMGMT_PROTECTION_OFF)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%d is no protection; use an "
					   "SMBMGMT_PROTECTION_ value.",
					   protection),
				   &fail, err);
	options->protection = protection;
	return 0;
}

static int32_t set_path(char **to, const char *path, const char *what,
			smbmgmt_error **err)
{
	struct sm_fail fail;

	if (path[0] != '/')
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "The %s, '%s', is not absolute.",
					   what, path),
				   &fail, err);
	return sm_api_done(sm_api_set_text(to, path, what, &fail), &fail, err);
}

int32_t smbmgmt_open_options_set_smb_conf(smbmgmt_open_options *options,
					  const char *path, smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(&options->smb_conf, path, "path of smb.conf", err);
}

int32_t smbmgmt_open_options_set_samba_path(smbmgmt_open_options *options,
					    const char *path,
					    smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(&options->samba_path, path, "folder of Samba's tools",
			err);
}

int32_t smbmgmt_open_options_set_krb5_conf(smbmgmt_open_options *options,
					   const char *path,
					   smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(&options->krb5_conf, path, "path of krb5.conf", err);
}

int32_t smbmgmt_open_options_set_deadline(smbmgmt_open_options *options,
					  uint32_t milliseconds,
					  smbmgmt_error **err)
{
	SM_NEED(options);
	options->deadline = milliseconds;
	return 0;
}

int32_t smbmgmt_open_options_set_skip_test(smbmgmt_open_options *options,
					   int32_t skip_test,
					   smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	return sm_api_done(sm_api_bool(skip_test, &options->skip_test, &fail),
			   &fail, err);
}

int32_t smbmgmt_open_options_set_debug_level(smbmgmt_open_options *options,
					     int32_t level, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	/* Above 4 Samba's libraries dump packets, and with them secrets. */
	if (level < 0 || level > 4)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%d is no debug level; use 0 to 4.",
					   level),
				   &fail, err);
	options->debug_level = level;
	return 0;
}

int32_t smbmgmt_open_options_set_memory(smbmgmt_open_options *options,
					smbmgmt_memory *memory,
					smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(memory);
	sm_memory_ref(memory);
	sm_memory_unref(options->memory);
	options->memory = memory;
	return 0;
}

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
