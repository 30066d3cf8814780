/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Log on with Kerberos.  The ticket is got, or looked at, before the server is
 * connected to: what is wrong with it has its own error there, while a failed
 * connect knows two or three statuses for all of it.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "transport/srvsvc/dcerpc_carrier.h"
#include "transport/srvsvc/dcerpc_samba.h"

#include <smbmgmt/credentials.h>

/* A realm is a DNS name, as a rule. */
#define REALM_MAX 256

static bool is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* An empty one gets no ticket: it stands for none. */
static bool has_password(const struct sm_target *target)
{
	return is_set(target->user) && is_set(target->password);
}

static bool has_dns_domain(const struct sm_target *target)
{
	return target->domain != NULL && strchr(target->domain, '.') != NULL;
}

/* No KDC knows a service by an address, and Samba asks none for these. */
static bool is_name(const char *host)
{
	struct in_addr binary;

	return strchr(host, ':') == NULL &&
	       strcasecmp(host, "localhost") != 0 &&
	       inet_pton(AF_INET, host, &binary) != 1;
}

int sm_dcerpc_kerberos_state(const struct sm_target *target, uint32_t *state,
			     struct sm_fail *fail)
{
	bool ntlm = target->kerberos == SMBMGMT_KERBEROS_OFF ||
		    (target->kerberos == SMBMGMT_KERBEROS_DESIRED &&
		     has_password(target));

	*state = target->kerberos;
	/* NTLM needs a password, and a null session was not asked for. */
	if (!ntlm)
		*state = SMBMGMT_KERBEROS_REQUIRED;
	if (*state == SMBMGMT_KERBEROS_OFF || is_name(target->host))
		return 0;
	if (!ntlm)
		return sm_fail(
			fail, SMBMGMT_E_INVALID,
			"Kerberos knows servers by name, and '%s' is no "
			"name that a realm could have; name the server "
			"as its realm does, and give the address apart (-I).",
			target->host);
	*state = SMBMGMT_KERBEROS_OFF;
	return 0;
}

/* This process has one connection, so its environment is the connection's. */
static bool set_environment(const struct sm_target *target)
{
	const char *ccache = target->ccache;

	if (target->krb5_conf != NULL &&
	    setenv("KRB5_CONFIG", target->krb5_conf, 1) != 0)
		return false;
	/* Tickets got with a password are this connection's alone. */
	if (has_password(target))
		ccache = "MEMORY:smbmgmt";
	if (ccache == NULL)
		return unsetenv("KRB5CCNAME") == 0;
	return setenv("KRB5CCNAME", ccache, 1) == 0;
}

/*
 * The realm of a user without `@REALM`: the domain's if that is a DNS name,
 * else the default one.
 */
static bool find_realm(const struct sm_target *target,
		       struct loadparm_context *lp, char realm[REALM_MAX])
{
	const char *path = target->krb5_conf != NULL ? target->krb5_conf
						     : "/etc/krb5.conf";
	const char *configured = lpcfg_realm(lp);
	char *at = NULL;

	if (has_dns_domain(target)) {
		snprintf(realm, REALM_MAX, "%s", target->domain);
		for (at = realm; *at != '\0'; at++)
			*at = (char)toupper((unsigned char)*at);
		return true;
	}
	if (is_set(configured)) {
		snprintf(realm, REALM_MAX, "%s", configured);
		return true;
	}
	return sm_dcerpc_default_realm(path, realm, REALM_MAX);
}

/* The principal NAME@REALM that the target's user is. */
static int make_principal(const struct sm_target *target,
			  struct sm_carrier_conn *conn,
			  struct loadparm_context *lp, char **principal,
			  struct sm_fail *fail)
{
	char realm[REALM_MAX] = "";

	if (strchr(target->user, '@') != NULL) {
		*principal = talloc_strdup(conn->memory, target->user);
	} else {
		if (!find_realm(target, lp, realm))
			return sm_fail(
				fail, SMBMGMT_E_INVALID,
				"There is no realm to find user %s in: "
				"write %s@REALM, or set default_realm in "
				"krb5.conf.",
				target->user, target->user);
		*principal = talloc_asprintf(conn->memory, "%s@%s",
					     target->user, realm);
	}
	return *principal == NULL ? sm_fail_nomem(fail) : 0;
}

/* The server will list the name without its realm. */
static int set_principal(struct sm_carrier_conn *conn, const char *principal,
			 struct sm_fail *fail)
{
	const char *at = strrchr(principal, '@');
	size_t len = at != NULL ? (size_t)(at - principal) : strlen(principal);

	conn->principal = principal;
	conn->user = talloc_strndup(conn->memory, principal, len);
	return conn->user == NULL ? sm_fail_nomem(fail) : 0;
}

/* Get a ticket with the password, into the memory of this process. */
static int use_password(const struct sm_target *target,
			struct sm_carrier_conn *conn,
			struct loadparm_context *lp,
			struct cli_credentials *creds, struct sm_fail *fail)
{
	struct ccache_container *container = NULL;
	const char *text = NULL;
	char *principal = NULL;
	int number = 0;
	int ret = make_principal(target, conn, lp, &principal, fail);

	if (principal == NULL)
		return ret;
	ret = set_principal(conn, principal, fail);
	if (ret != 0)
		return ret;
	if (!cli_credentials_set_username(creds, conn->user, CRED_SPECIFIED) ||
	    !cli_credentials_set_domain(
		    creds, target->domain != NULL ? target->domain : "",
		    CRED_SPECIFIED) ||
	    !cli_credentials_set_password(creds, target->password,
					  CRED_SPECIFIED) ||
	    /* Last: it counts only if it is not older than the name. */
	    !cli_credentials_set_principal(creds, principal, CRED_SPECIFIED))
		return sm_fail_nomem(fail);
	number = cli_credentials_get_ccache(creds, conn->events, lp, &container,
					    &text);
	if (number == 0)
		return 0;
	return sm_dcerpc_no_ticket(principal, number, text, fail);
}

/* A name without a realm is one of the realm that it would be looked for in. */
static bool same_user(const struct sm_target *target,
		      struct loadparm_context *lp, const char *principal)
{
	const char *at = strrchr(principal, '@');
	size_t len = strlen(target->user);
	char realm[REALM_MAX] = "";

	if (strchr(target->user, '@') != NULL)
		return strcasecmp(target->user, principal) == 0;
	if (at == NULL || (size_t)(at - principal) != len ||
	    strncasecmp(target->user, principal, len) != 0)
		return false;
	return !find_realm(target, lp, realm) || strcasecmp(realm, at + 1) == 0;
}

/* Take the cache's tickets, if they are the user's and have not expired. */
static int use_cache(const struct sm_target *target,
		     struct sm_carrier_conn *conn, struct loadparm_context *lp,
		     struct cli_credentials *creds, struct sm_fail *fail)
{
	const char *cache = target->ccache != NULL ? target->ccache
						   : "the default ticket cache";
	struct ccache_container *container = NULL;
	const char *principal = NULL;
	const char *text = NULL;

	if (cli_credentials_set_ccache(creds, lp, target->ccache,
				       CRED_SPECIFIED, &text) == 0)
		principal = cli_credentials_get_principal(creds, conn->memory);
	/* No other check: it would look for a password, or be nobody. */
	if (!is_set(principal))
		return sm_fail(fail, SMBMGMT_E_NO_TICKET,
			       "There is no Kerberos ticket in %s: run kinit, "
			       "name the cache that has one (a kind that "
			       "Samba's libraries read), or give user and "
			       "password.",
			       cache);
	if (is_set(target->user) && !same_user(target, lp, principal))
		return sm_fail(fail, SMBMGMT_E_NO_TICKET,
			       "The tickets in %s are those of %s, and user %s "
			       "was named: run kinit for that one, name its "
			       "cache or password, or leave the user out.",
			       cache, principal, target->user);
	if (cli_credentials_get_ccache(creds, conn->events, lp, &container,
				       &text) != 0)
		return sm_fail(fail, SMBMGMT_E_TICKET_EXPIRED,
			       "The ticket of %s in %s has expired, or will "
			       "within 5 minutes: run kinit again.",
			       principal, cache);
	return set_principal(conn, principal, fail);
}

int sm_dcerpc_kerberos(const struct sm_target *target,
		       struct sm_carrier_conn *conn,
		       struct loadparm_context *lp,
		       struct cli_credentials *creds, struct sm_fail *fail)
{
	if (!set_environment(target) ||
	    !cli_credentials_set_kerberos_state(
		    creds, CRED_USE_KERBEROS_REQUIRED, CRED_SPECIFIED))
		return sm_fail_nomem(fail);
	if (has_password(target))
		return use_password(target, conn, lp, creds, fail);
	return use_cache(target, conn, lp, creds, fail);
}
