/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a computer's name and the options to open it say together. */
#include <string.h>

#include "api/api.h"
#include "core/target.h"
#include "core/text.h"

#define SRVSVC "srvsvc"
#define WSMAN "wsman"
#define WSMANS "wsmans"

/* What this machine's own Samba has no use for is refused, not passed over. */
static int check_here(const struct sm_address *address,
		      const smbmgmt_open_options *options, struct sm_fail *fail)
{
	const char *what = NULL;

	if (address->port != 0)
		what = "port";
	else if (options->way.texts[SM_WAY_ADDRESS] != NULL)
		what = "address";
	else if (options->carrier != NULL)
		what = "carrier";
	else if (options->credentials != NULL &&
		 options->credentials->user != NULL &&
		 options->credentials->user[0] != '\0')
		what = "user";
	if (strcmp(address->host, SM_HERE) != 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Transport samba is for this machine's own "
			       "Samba and reaches no '%s'; leave the host out, "
			       "or ask over srvsvc.",
			       address->host);
	if (what == NULL)
		return 0;
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "Transport samba needs no %s; leave it out, or name a "
		       "server to ask over srvsvc.",
		       what);
}

bool sm_api_names_here(const char *computer)
{
	return computer == NULL || computer[0] == '\0' ||
	       sm_text_cmp(computer, "samba:") == 0;
}

static const char *given(const smbmgmt_open_options *options,
			 enum sm_way_text which)
{
	return options->way.texts[which];
}

/* What is about one transport alone, and the first of it that was given. */
static int check_foreign(const struct sm_address *address,
			 const smbmgmt_open_options *options,
			 struct sm_fail *fail)
{
	const struct sm_way *way = &options->way;
	bool tls = strcmp(address->transport, WSMANS) == 0;
	bool wsman = tls || strcmp(address->transport, WSMAN) == 0;
	const struct {
		bool wrong;
		const char *what;
		const char *is_for;
	} checks[] = {
		{options->carrier != NULL &&
			 strcmp(address->transport, SRVSVC) != 0,
		 "A carrier", SRVSVC},
		{way->auth != SMBMGMT_AUTH_DEFAULT && !wsman,
		 "An authentication", "wsman and wsmans"},
		{way->allow_plaintext && !wsman, "Allowing plaintext", WSMAN},
		{given(options, SM_WAY_WSMAN_PATH) != NULL && !wsman,
		 "A path of WS-Management", "wsman and wsmans"},
		{given(options, SM_WAY_CA_FILE) != NULL && !tls, "A CA file",
		 WSMANS},
		{given(options, SM_WAY_CLIENT_CERT) != NULL && !tls,
		 "A client certificate", WSMANS},
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].wrong)
			return sm_fail(fail, SMBMGMT_E_INVALID,
				       "%s is for transport %s, and '%s' is "
				       "asked over %s; leave it out.",
				       checks[i].what, checks[i].is_for,
				       address->host, address->transport);
	}
	return 0;
}

static bool has_user(const smbmgmt_open_options *options)
{
	const smbmgmt_credentials *c = options->credentials;

	return c != NULL && c->user != NULL && c->user[0] != '\0';
}

int32_t sm_api_auth(const smbmgmt_open_options *options)
{
	static const int32_t usual[] = {
		[SMBMGMT_KERBEROS_OFF] = SMBMGMT_AUTH_NTLM,
		[SMBMGMT_KERBEROS_DESIRED] = SMBMGMT_AUTH_NEGOTIATE,
		[SMBMGMT_KERBEROS_REQUIRED] = SMBMGMT_AUTH_KERBEROS,
	};
	const smbmgmt_credentials *c = options->credentials;
	int32_t kerberos = c == NULL ? SMBMGMT_KERBEROS_OFF : c->kerberos;
	int32_t auth = options->way.auth;

	if (auth == SMBMGMT_AUTH_DEFAULT)
		return usual[kerberos];
	if (auth == SMBMGMT_AUTH_NEGOTIATE &&
	    kerberos == SMBMGMT_KERBEROS_REQUIRED)
		return SMBMGMT_AUTH_KERBEROS;
	return auth;
}

static int check_wsman(const struct sm_address *address,
		       const smbmgmt_open_options *options,
		       struct sm_fail *fail)
{
	const struct sm_way *way = &options->way;
	const smbmgmt_credentials *c = options->credentials;
	bool tls = strcmp(address->transport, WSMANS) == 0;
	int32_t auth = sm_api_auth(options);
	bool tickets =
		auth == SMBMGMT_AUTH_NEGOTIATE || auth == SMBMGMT_AUTH_KERBEROS;

	if (c != NULL && c->kerberos == SMBMGMT_KERBEROS_REQUIRED &&
	    auth != SMBMGMT_AUTH_KERBEROS)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The credentials require Kerberos, and the "
			       "authentication asked for is another; ask for "
			       "one.");
	/* A certificate logs on where nothing else was asked for. */
	if (!has_user(options) && !tickets &&
	    (given(options, SM_WAY_CLIENT_CERT) == NULL ||
	     way->auth != SMBMGMT_AUTH_DEFAULT))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "WS-Management lets nobody in without a name; "
			       "give a user and a password, Kerberos, or over "
			       "wsmans a client certificate.");
	if (tls || auth != SMBMGMT_AUTH_BASIC)
		return 0;
	if (!way->allow_plaintext)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Basic over HTTP shows user and password to "
			       "everybody on the way; use 'wsmans:%s', another "
			       "authentication, or allow plaintext.",
			       address->host);
	if (way->protection == SMBMGMT_PROTECTION_ENCRYPT)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Encryption is asked for, and Basic over HTTP "
			       "has none; use 'wsmans:%s', or another "
			       "authentication.",
			       address->host);
	return 0;
}

static int join(const char *computer, const smbmgmt_open_options *options,
		struct sm_address *address, struct sm_fail *fail)
{
	uint32_t port = options->way.port;

	if (options->transport != NULL && address->transport != NULL &&
	    options->transport != address->transport)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "'%s' asks for transport %s, and the options "
			       "for %s; ask for one.",
			       computer, address->transport,
			       options->transport);
	if (address->transport == NULL)
		address->transport = options->transport;
	if (address->transport == NULL)
		address->transport = SRVSVC;
	if (port != 0 && address->port != 0 && port != address->port)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "'%s' names port %u, and the options name %u; "
			       "name one.",
			       computer, address->port, port);
	if (address->port == 0)
		address->port = port;
	return 0;
}

int sm_api_resolve(const char *computer, const smbmgmt_open_options *options,
		   struct sm_address *address, struct sm_fail *fail)
{
	int ret = 0;

	if (sm_api_names_here(computer))
		computer = SM_HERE_NAME;
	ret = sm_address_parse(computer, address, fail);
	if (ret == 0)
		ret = join(computer, options, address, fail);
	if (ret == 0 && strcmp(address->transport, "samba") == 0)
		ret = check_here(address, options, fail);
	if (ret == 0)
		ret = check_foreign(address, options, fail);
	if (ret == 0 && strncmp(address->transport, WSMAN, strlen(WSMAN)) == 0)
		ret = check_wsman(address, options, fail);
	return ret;
}
