/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "logon.h"

#include "say.h"
#include "transport.h"

#include <stdlib.h>

static bool is_named(const struct identity *identity)
{
	return identity->user != NULL || identity->auth_file != NULL;
}

static bool takes_tickets(int32_t auth)
{
	return auth == SMBMGMT_AUTH_NEGOTIATE || auth == SMBMGMT_AUTH_KERBEROS;
}

int32_t logon_kerberos(const struct where *where, unsigned transport)
{
	int32_t said = where->identity.kerberos;

	if ((transport & (TRANSPORT_WSMAN | TRANSPORT_WSMANS)) == 0 ||
	    where->auth == SMBMGMT_AUTH_DEFAULT) {
		return said < 0 ? SMBMGMT_KERBEROS_OFF : said;
	}
	/* What is required is not taken back. */
	if (said == SMBMGMT_KERBEROS_REQUIRED ||
	    where->auth == SMBMGMT_AUTH_KERBEROS) {
		return SMBMGMT_KERBEROS_REQUIRED;
	}
	return takes_tickets(where->auth) ? SMBMGMT_KERBEROS_DESIRED
					  : SMBMGMT_KERBEROS_OFF;
}

enum logon logon_of(const struct where *where, unsigned transport)
{
	bool tickets = logon_kerberos(where, transport) > SMBMGMT_KERBEROS_OFF;

	if (transport == TRANSPORT_SAMBA) {
		return LOGON_NOBODY;
	}
	if (is_named(&where->identity)) {
		return LOGON_USER;
	}
	if (transport == TRANSPORT_WSMANS && where->client_cert != NULL &&
	    !tickets) {
		return LOGON_NOBODY;
	}
	return tickets || where->identity.no_password ? LOGON_NAMELESS
						      : LOGON_USER;
}

bool logon_needs_password(const struct where *where, unsigned transport)
{
	/* A table in this process asks nobody for a password. */
	return transport != TRANSPORT_MEMORY &&
	       logon_of(where, transport) == LOGON_USER &&
	       logon_kerberos(where, transport) != SMBMGMT_KERBEROS_REQUIRED;
}

unsigned logon_check(const struct where *where)
{
	static const char *const auths[] = {
		[SMBMGMT_AUTH_NEGOTIATE] = "negotiate",
		[SMBMGMT_AUTH_KERBEROS] = "kerberos",
		[SMBMGMT_AUTH_NTLM] = "ntlm",
		[SMBMGMT_AUTH_BASIC] = "basic",
	};
	int32_t kerberos = where->identity.kerberos;
	bool tickets = takes_tickets(where->auth);

	if (where->client_key != NULL && where->client_cert == NULL) {
		return say_usage(
			"--client-key is the key of a certificate: give "
			"--client-cert, too");
	}
	if (where->auth == SMBMGMT_AUTH_DEFAULT) {
		return 0;
	}
	if (kerberos ==
	    (tickets ? SMBMGMT_KERBEROS_OFF : SMBMGMT_KERBEROS_REQUIRED)) {
		return say_usage(
			"--auth=%s and --use-kerberos=%s exclude each other: "
			"leave one out",
			auths[where->auth], tickets ? "off" : "required");
	}
	if (!tickets && where->client_cert != NULL &&
	    !is_named(&where->identity)) {
		return say_usage(
			"--auth=%s logs on a user, and --client-cert without a "
			"user its owner: name one with -U, or leave one of the "
			"two out",
			auths[where->auth]);
	}
	return 0;
}

/* The environment is the command's to read, not the library's. */
static int32_t set_kerberos(smbmgmt_credentials *credentials, int32_t kerberos,
			    smbmgmt_error **error)
{
	const char *ccache = getenv("KRB5CCNAME");
	int32_t code =
		smbmgmt_credentials_set_kerberos(credentials, kerberos, error);

	if (code == SMBMGMT_OK && kerberos > SMBMGMT_KERBEROS_OFF &&
	    ccache != NULL && ccache[0] != '\0') {
		code = smbmgmt_credentials_set_ccache(credentials, ccache,
						      error);
	}
	return code;
}

int32_t logon_credentials(const struct where *where, unsigned transport,
			  smbmgmt_credentials *user,
			  smbmgmt_credentials **credentials,
			  smbmgmt_error **error)
{
	enum logon logon = logon_of(where, transport);
	int32_t code = SMBMGMT_OK;

	*credentials = NULL;
	if (logon == LOGON_NOBODY) {
		return SMBMGMT_OK;
	}
	if (logon == LOGON_USER) {
		*credentials = smbmgmt_credentials_ref(user);
	} else {
		code = smbmgmt_credentials_new(credentials, error);
	}
	if (code == SMBMGMT_OK) {
		code = set_kerberos(*credentials,
				    logon_kerberos(where, transport), error);
	}
	return code;
}
