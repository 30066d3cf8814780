/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "opening.h"

#include "logon.h"

#include <stddef.h>
#include <stdlib.h>

#define MAX_SAMBA_DEBUG 4

/* What is passed on as it is, if it was given. */
static const struct {
	size_t offset;
	int32_t (*set)(smbmgmt_open_options *options, const char *text,
		       smbmgmt_error **error);
} texts[] = {
	{offsetof(struct where, carrier), smbmgmt_open_options_set_carrier},
	{offsetof(struct where, address), smbmgmt_open_options_set_address},
	{offsetof(struct where, smb_conf), smbmgmt_open_options_set_smb_conf},
	{offsetof(struct where, samba_path),
	 smbmgmt_open_options_set_samba_path},
	{offsetof(struct where, ca_file), smbmgmt_open_options_set_ca_file},
	{offsetof(struct where, wsman_path),
	 smbmgmt_open_options_set_wsman_path},
};

static int32_t set_texts(smbmgmt_open_options *options,
			 const struct where *where, smbmgmt_error **error)
{
	int32_t code = SMBMGMT_OK;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text =
			*(char *const *)((const char *)where + texts[i].offset);

		if (code == SMBMGMT_OK && text != NULL) {
			code = texts[i].set(options, text, error);
		}
	}
	if (code == SMBMGMT_OK && where->client_cert != NULL) {
		code = smbmgmt_open_options_set_client_cert(
			options, where->client_cert, where->client_key, error);
	}
	return code;
}

static int32_t set_numbers(smbmgmt_open_options *options,
			   const struct where *where, smbmgmt_error **error)
{
	int32_t code =
		smbmgmt_open_options_set_auth(options, where->auth, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_set_allow_plaintext(
			options, where->allow_plaintext, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_set_deadline(
			options, where->deadline, error);
	}
	if (code == SMBMGMT_OK && where->port != 0) {
		code = smbmgmt_open_options_set_port(options, where->port,
						     error);
	}
	if (code == SMBMGMT_OK && where->protection >= 0) {
		code = smbmgmt_open_options_set_protection(
			options, where->protection, error);
	}
	if (code == SMBMGMT_OK && where->debug >= 0) {
		code = smbmgmt_open_options_set_debug_level(
			options,
			where->debug < MAX_SAMBA_DEBUG ? where->debug
						       : MAX_SAMBA_DEBUG,
			error);
	}
	return code;
}

/* The environment is the command's to read, not the library's. */
static int32_t set_krb5_conf(smbmgmt_open_options *options, int32_t kerberos,
			     smbmgmt_error **error)
{
	const char *path = getenv("KRB5_CONFIG");

	if (kerberos == SMBMGMT_KERBEROS_OFF || path == NULL ||
	    path[0] == '\0') {
		return SMBMGMT_OK;
	}
	return smbmgmt_open_options_set_krb5_conf(options, path, error);
}

int32_t opening_fill(smbmgmt_open_options *options, const struct where *where,
		     unsigned transport, smbmgmt_error **error)
{
	int32_t code = set_texts(options, where, error);

	if (code == SMBMGMT_OK) {
		code = set_numbers(options, where, error);
	}
	if (code == SMBMGMT_OK) {
		code = set_krb5_conf(options, logon_kerberos(where, transport),
				     error);
	}
	return code;
}
