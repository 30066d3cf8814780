/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/ticket.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <krb5.h>

#include "transport/wsman/choice.h"
#include "transport/wsman/ticket_errors.h"

#define OWN_CACHE "MEMORY:smbmgmt"

/* At work. */
struct work {
	const struct sm_target *target;
	krb5_context context;
	krb5_ccache cache;
	krb5_principal principal;
	char *name; /* of it */
	int32_t *number;
	struct sm_fail *fail;
};

static bool is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* This process has one connection, so its environment is the connection's. */
static bool set_environment(const struct sm_target *target)
{
	const char *cache = target->ccache;

	/* An earlier log-on may have changed it, for NTLM. */
	if (target->krb5_conf != NULL
		    ? setenv("KRB5_CONFIG", target->krb5_conf, 1) != 0
		    : unsetenv("KRB5_CONFIG") != 0)
		return false;
	if (sm_choice_has_password(target))
		cache = OWN_CACHE;
	if (cache == NULL)
		return unsetenv("KRB5CCNAME") == 0;
	return setenv("KRB5CCNAME", cache, 1) == 0;
}

static int failed(struct work *w, const char *service, krb5_error_code number)
{
	const char *who = w->name != NULL ? w->name : "Kerberos";
	const char *text = krb5_get_error_message(w->context, number);
	int ret = 0;

	*w->number = number;
	ret = sm_ticket_failed(who, service, number, text, w->fail);
	krb5_free_error_message(w->context, text);
	return ret;
}

static int take_name(struct work *w)
{
	krb5_error_code number =
		krb5_unparse_name(w->context, w->principal, &w->name);

	return number == 0 ? 0 : failed(w, NULL, number);
}

/* NAME@REALM: the domain is the realm if it is a DNS name. */
static char *full_name(const struct sm_target *target)
{
	char *text = NULL;
	char *at = NULL;

	if (strchr(target->user, '@') != NULL || target->domain == NULL ||
	    strchr(target->domain, '.') == NULL)
		return strdup(target->user);
	if (asprintf(&text, "%s@%s", target->user, target->domain) < 0)
		return NULL;
	for (at = strrchr(text, '@'); *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	return text;
}

static int no_realm(struct work *w)
{
	return sm_fail(w->fail, SMBMGMT_E_INVALID,
		       "There is no realm to find user %s in: write "
		       "%s@REALM, or set default_realm in krb5.conf.",
		       w->target->user, w->target->user);
}

/* The user that was named, of the default realm if no other is. */
static int parse_user(struct work *w, krb5_principal *principal)
{
	char *text = full_name(w->target);
	krb5_error_code number = 0;

	if (text == NULL)
		return sm_fail_nomem(w->fail);
	number = krb5_parse_name(w->context, text, principal);
	free(text);
	if (number == KRB5_CONFIG_NODEFREALM)
		return no_realm(w);
	if (number != 0)
		return failed(w, NULL, number);
	/* Where there is no default one, the realm is empty. */
	if ((*principal)->realm.length == 0) {
		krb5_free_principal(w->context, *principal);
		*principal = NULL;
		return no_realm(w);
	}
	return 0;
}

static int use_password(struct work *w)
{
	krb5_creds creds;
	krb5_error_code number = 0;
	int ret = parse_user(w, &w->principal);

	if (ret == 0)
		ret = take_name(w);
	if (ret != 0)
		return ret;
	/* No prompter: nobody is there to be asked for anything. */
	number = krb5_get_init_creds_password(w->context, &creds, w->principal,
					      w->target->password, NULL, NULL,
					      0, NULL, NULL);
	if (number != 0)
		return failed(w, NULL, number);
	number = krb5_cc_resolve(w->context, OWN_CACHE, &w->cache);
	if (number == 0)
		number = krb5_cc_initialize(w->context, w->cache, w->principal);
	if (number == 0)
		number = krb5_cc_store_cred(w->context, w->cache, &creds);
	krb5_free_cred_contents(w->context, &creds);
	return number == 0 ? 0 : failed(w, NULL, number);
}

static int no_ticket(struct work *w)
{
	return sm_fail(w->fail, SMBMGMT_E_NO_TICKET,
		       "There is no Kerberos ticket in %s: run kinit, name the "
		       "cache that has one, or give user and password.",
		       w->target->ccache != NULL ? w->target->ccache
						 : "the default ticket cache");
}

static int check_user(struct work *w)
{
	krb5_principal named = NULL;
	bool same = false;
	int ret = 0;

	if (!is_set(w->target->user))
		return 0;
	ret = parse_user(w, &named);
	if (ret != 0)
		return ret;
	same = krb5_principal_compare_flags(w->context, named, w->principal,
					    KRB5_PRINCIPAL_COMPARE_CASEFOLD);
	krb5_free_principal(w->context, named);
	if (same)
		return 0;
	return sm_fail(w->fail, SMBMGMT_E_NO_TICKET,
		       "The tickets of the cache are those of %s, and user %s "
		       "was named: run kinit for that one, name its cache or "
		       "password, or leave the user out.",
		       w->name, w->target->user);
}

static int use_cache(struct work *w)
{
	int ret = 0;

	if (krb5_cc_default(w->context, &w->cache) != 0 ||
	    krb5_cc_get_principal(w->context, w->cache, &w->principal) != 0)
		return no_ticket(w);
	ret = take_name(w);
	return ret == 0 ? check_user(w) : ret;
}

char *sm_ticket_service(const char *host)
{
	char *text = NULL;
	char *at = NULL;

	if (asprintf(&text, "HTTP/%s@", host) < 0)
		return NULL;
	/* Principals count case, and the KDC's have none. */
	for (at = text + strlen("HTTP/"); *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return text;
}

/* The server's ticket; GSSAPI takes it from the cache then. */
static int get_service(struct work *w)
{
	char *service = sm_ticket_service(w->target->host);
	krb5_creds wanted;
	krb5_creds *got = NULL;
	krb5_error_code number = 0;
	int ret = 0;

	if (service == NULL)
		return sm_fail_nomem(w->fail);
	memset(&wanted, 0, sizeof(wanted));
	wanted.client = w->principal;
	number = krb5_parse_name(w->context, service, &wanted.server);
	if (number == 0)
		number = krb5_get_credentials(w->context, 0, w->cache, &wanted,
					      &got);
	/* As people write it. */
	service[strlen(service) - 1] = '\0';
	if (number != 0)
		ret = failed(w, service, number);
	else
		krb5_free_creds(w->context, got);
	krb5_free_principal(w->context, wanted.server);
	free(service);
	return ret;
}

static void finish(struct work *w)
{
	krb5_free_unparsed_name(w->context, w->name);
	krb5_free_principal(w->context, w->principal);
	if (w->cache != NULL)
		krb5_cc_close(w->context, w->cache);
	krb5_free_context(w->context);
}

int sm_ticket_get(const struct sm_target *target, int32_t *number,
		  struct sm_fail *fail)
{
	struct work w = {.target = target, .number = number, .fail = fail};
	krb5_error_code begun = 0;
	int ret = 0;

	*number = 0;
	if (!set_environment(target))
		return sm_fail_nomem(fail);
	begun = krb5_init_context(&w.context);
	if (begun != 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Kerberos' configuration, %s, cannot be read "
			       "(error %d).",
			       target->krb5_conf != NULL ? target->krb5_conf
							 : "krb5.conf",
			       (int)begun);
	ret = sm_choice_has_password(target) ? use_password(&w) : use_cache(&w);
	if (ret == 0)
		ret = get_service(&w);
	finish(&w);
	return ret;
}
