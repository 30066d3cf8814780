/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/choice.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "transport/wsman/ticket_errors.h"

static bool is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

bool sm_choice_has_password(const struct sm_target *target)
{
	return is_set(target->user) && is_set(target->password);
}

/* No KDC knows a service by an address. */
static bool is_name(const char *host)
{
	struct in_addr binary;

	return strchr(host, ':') == NULL &&
	       strcasecmp(host, "localhost") != 0 &&
	       inet_pton(AF_INET, host, &binary) != 1;
}

static int choose_basic(const struct sm_target *target,
			struct sm_choice *choice, struct sm_fail *fail)
{
	if (!target->tls && !target->allow_plaintext)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Basic over HTTP shows the password to "
			       "everybody on the way: use wsmans, or allow "
			       "plaintext.");
	if (target->kerberos == SMBMGMT_KERBEROS_REQUIRED)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Kerberos is required, and Basic is not that.");
	if (!is_set(target->user) || target->password == NULL)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Basic needs a user and a password.");
	if (strchr(target->user, ':') != NULL ||
	    (target->domain != NULL && strchr(target->domain, ':') != NULL))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Basic cannot carry a user or domain with a "
			       "colon.");
	choice->basic = true;
	return 0;
}

static int choose_ntlm(const struct sm_target *target, struct sm_choice *choice,
		       struct sm_fail *fail)
{
	if (target->kerberos == SMBMGMT_KERBEROS_REQUIRED)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Kerberos is required, and NTLM is not that.");
	/* gss-ntlmssp takes no empty one. */
	if (!sm_choice_has_password(target))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "NTLM needs a user and a password: "
			       "WS-Management knows no anonymous user. Give "
			       "both, use Kerberos tickets, or a client "
			       "certificate over wsmans.");
	choice->ntlm = true;
	return 0;
}

static int choose_kerberos(const struct sm_target *target,
			   struct sm_choice *choice, struct sm_fail *fail)
{
	choice->ntlm = target->auth == SMBMGMT_AUTH_NEGOTIATE &&
		       target->kerberos != SMBMGMT_KERBEROS_REQUIRED &&
		       sm_choice_has_password(target);
	choice->kerberos = is_name(target->host);
	if (choice->kerberos || choice->ntlm)
		return 0;
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "Kerberos knows servers by name, and '%s' is no name "
		       "that a realm could have; name the server as its realm "
		       "does, and give the address apart (-I).",
		       target->host);
}

/* It is who logs on, unless somebody else was named. */
static bool only_certificate(const struct sm_target *target)
{
	return target->client_cert != NULL && !is_set(target->user) &&
	       target->kerberos == SMBMGMT_KERBEROS_OFF &&
	       target->auth != SMBMGMT_AUTH_KERBEROS;
}

int sm_choose(const struct sm_target *target, struct sm_choice *choice,
	      struct sm_fail *fail)
{
	memset(choice, 0, sizeof(*choice));
	if (target->client_cert != NULL && !target->tls)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A client certificate is for TLS: use wsmans.");
	if (only_certificate(target)) {
		choice->certificate = true;
		return 0;
	}
	switch (target->auth) {
	case SMBMGMT_AUTH_BASIC:
		return choose_basic(target, choice, fail);
	case SMBMGMT_AUTH_NTLM:
		return choose_ntlm(target, choice, fail);
	case SMBMGMT_AUTH_KERBEROS:
	case SMBMGMT_AUTH_NEGOTIATE:
		return choose_kerberos(target, choice, fail);
	default:
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "There is no way to log on with the number %u.",
			       target->auth);
	}
}

bool sm_choice_goes_on(const struct sm_choice *choice, int code, int32_t number)
{
	if (!choice->ntlm)
		return false;
	switch (code) {
	/* Of a realm that does not have this user at all, it may. */
	case SMBMGMT_E_LOGON_FAILED:
		return sm_ticket_is_unknown_user(number);
	case SMBMGMT_E_INVALID:
	case SMBMGMT_E_NO_TICKET:
	case SMBMGMT_E_TICKET_EXPIRED:
	case SMBMGMT_E_TICKET_REFUSED:
	case SMBMGMT_E_KDC_UNREACHABLE:
		return true;
	default:
		return false;
	}
}
