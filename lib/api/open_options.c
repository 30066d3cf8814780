/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How to open a handle. */
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
	sm_way_clear(&options->way);
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
					   "srvsvc, samba, wsman, wsmans or "
					   "memory.",
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
	return sm_api_done(sm_api_set_text(&options->way.texts[SM_WAY_ADDRESS],
					   address, "address", &fail),
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
	options->way.port = port;
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
	options->way.protection = protection;
	return 0;
}

static int32_t set_path(smbmgmt_open_options *options, enum sm_way_text which,
			const char *path, const char *what, smbmgmt_error **err)
{
	struct sm_fail fail;

	if (path[0] != '/')
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "The %s, '%s', is not absolute.",
					   what, path),
				   &fail, err);
	return sm_api_done(
		sm_api_set_text(&options->way.texts[which], path, what, &fail),
		&fail, err);
}

int32_t smbmgmt_open_options_set_smb_conf(smbmgmt_open_options *options,
					  const char *path, smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(options, SM_WAY_SMB_CONF, path, "path of smb.conf",
			err);
}

int32_t smbmgmt_open_options_set_samba_path(smbmgmt_open_options *options,
					    const char *path,
					    smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(options, SM_WAY_SAMBA_PATH, path,
			"folder of Samba's tools", err);
}

int32_t smbmgmt_open_options_set_krb5_conf(smbmgmt_open_options *options,
					   const char *path,
					   smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(options, SM_WAY_KRB5_CONF, path, "path of krb5.conf",
			err);
}

int32_t smbmgmt_open_options_set_ca_file(smbmgmt_open_options *options,
					 const char *path, smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(options, SM_WAY_CA_FILE, path, "path of the CA file",
			err);
}

int32_t smbmgmt_open_options_set_wsman_path(smbmgmt_open_options *options,
					    const char *path,
					    smbmgmt_error **err)
{
	SM_NEED(options);
	SM_NEED(path);
	return set_path(options, SM_WAY_WSMAN_PATH, path,
			"path of WS-Management", err);
}

int32_t smbmgmt_open_options_set_client_cert(smbmgmt_open_options *options,
					     const char *cert, const char *key,
					     smbmgmt_error **err)
{
	int32_t code = 0;

	SM_NEED(options);
	SM_NEED(cert);
	code = set_path(options, SM_WAY_CLIENT_CERT, cert,
			"path of the client certificate", err);
	if (code == 0 && key != NULL)
		code = set_path(options, SM_WAY_CLIENT_KEY, key,
				"path of the client certificate's key", err);
	return code;
}

int32_t smbmgmt_open_options_set_auth(smbmgmt_open_options *options,
				      int32_t auth, smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	if (auth < SMBMGMT_AUTH_DEFAULT || auth > SMBMGMT_AUTH_BASIC)
		return sm_api_done(sm_fail(&fail, SMBMGMT_E_INVALID,
					   "%d is no authentication; use an "
					   "SMBMGMT_AUTH_ value.",
					   auth),
				   &fail, err);
	options->way.auth = auth;
	return 0;
}

int32_t smbmgmt_open_options_set_allow_plaintext(smbmgmt_open_options *options,
						 int32_t allow,
						 smbmgmt_error **err)
{
	struct sm_fail fail;

	SM_NEED(options);
	return sm_api_done(
		sm_api_bool(allow, &options->way.allow_plaintext, &fail), &fail,
		err);
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
	options->way.debug_level = level;
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
