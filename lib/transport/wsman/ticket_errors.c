/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport/wsman/ticket_errors.h"

#include <stddef.h>
#include <string.h>

/*
 * An error of Kerberos' library, from the number of a KDC's error (RFC 4120
 * 7.5.9) or of the library's own ones behind those.
 */
#define KRB5_ERROR(number) (-1765328384 + (number))

#define UNKNOWN_USER KRB5_ERROR(6)

/* Each text goes on from who it is about and a colon. */
static const struct {
	int32_t number;
	int32_t code;
	const char *text;
} meanings[] = {
	{KRB5_ERROR(1), SMBMGMT_E_ACCOUNT_DISABLED, "the account has expired."},
	{UNKNOWN_USER, SMBMGMT_E_LOGON_FAILED,
	 "the realm has no such user; check name and realm."},
	{KRB5_ERROR(7), SMBMGMT_E_TICKET_REFUSED,
	 "the realm does not know the server; name it as its realm does."},
	{KRB5_ERROR(12), SMBMGMT_E_ACCOUNT_RESTRICTED,
	 "the KDC's policy gives this user no ticket now."},
	{KRB5_ERROR(18), SMBMGMT_E_ACCOUNT_DISABLED,
	 "the account is disabled or locked."},
	{KRB5_ERROR(23), SMBMGMT_E_ACCOUNT_RESTRICTED,
	 "the password has expired or must be changed first."},
	{KRB5_ERROR(24), SMBMGMT_E_LOGON_FAILED,
	 "the KDC does not take the password; check it."},
	{KRB5_ERROR(31), SMBMGMT_E_LOGON_FAILED,
	 "the KDC does not take the password; check it."},
	{KRB5_ERROR(32), SMBMGMT_E_TICKET_EXPIRED,
	 "the ticket has expired: run kinit again."},
	{KRB5_ERROR(33), SMBMGMT_E_TICKET_REFUSED,
	 "the ticket is not valid yet: the clocks of this machine and the KDC "
	 "may differ."},
	{KRB5_ERROR(37), SMBMGMT_E_TICKET_REFUSED,
	 "the KDC gives no ticket, because its clock and this machine's "
	 "differ; set them right."},
	{KRB5_ERROR(141), SMBMGMT_E_NO_TICKET,
	 "the ticket cache has no ticket for this: run kinit, or give user and "
	 "password."},
	{KRB5_ERROR(195), SMBMGMT_E_NO_TICKET,
	 "there is no such ticket cache: run kinit, name the cache that has a "
	 "ticket, or give user and password."},
	{KRB5_ERROR(220), SMBMGMT_E_KDC_UNREACHABLE,
	 "the KDC's name has no address; check krb5.conf."},
	{KRB5_ERROR(154), SMBMGMT_E_KDC_UNREACHABLE,
	 "no KDC of this realm is known; check krb5.conf."},
	{KRB5_ERROR(156), SMBMGMT_E_KDC_UNREACHABLE,
	 "no KDC of this realm answers; check krb5.conf and the way there."},
};

int sm_ticket_failed(const char *who, const char *service, int32_t number,
		     const char *text, struct sm_fail *fail)
{
	const char *link = service != NULL ? " for " : "";
	const char *what = service != NULL ? service : "";
	size_t i = 0;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].number == number)
			return sm_fail(fail, meanings[i].code, "%s%s%s: %s",
				       who, link, what, meanings[i].text);
	if (text == NULL)
		text = "Kerberos does not say why";
	return sm_fail(fail, SMBMGMT_E_TICKET_REFUSED,
		       "%s%s%s: no ticket can be got (%.*s).", who, link, what,
		       (int)strcspn(text, "\n"), text);
}

bool sm_ticket_is_unknown_user(int32_t number)
{
	return number == UNKNOWN_USER;
}
