/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wrong with a ticket: from a KDC's error before the server is
 * connected to, and from an NTSTATUS afterwards.
 */
#include <string.h>

#include "transport/srvsvc/dcerpc_carrier.h"
#include "util/ntstatus.h"

/*
 * An error of Kerberos' library, from the number of a KDC's error (RFC 4120
 * 7.5.9) or of the library's own ones behind those.
 */
#define KRB5_ERROR(number) (-1765328384 + (number))

/* Each text goes on from the principal's name and a colon. */
static const struct {
	int number;
	int32_t code;
	const char *text;
} refusals[] = {
	{KRB5_ERROR(1), SMBMGMT_E_ACCOUNT_DISABLED, "the account has expired."},
	{KRB5_ERROR(6), SMBMGMT_E_LOGON_FAILED,
	 "the realm has no such user; check name and realm."},
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
	{KRB5_ERROR(37), SMBMGMT_E_TICKET_REFUSED,
	 "the KDC gives no ticket, because its clock and this machine's "
	 "differ; set them right."},
	{KRB5_ERROR(154), SMBMGMT_E_KDC_UNREACHABLE,
	 "no KDC of this realm is known; check krb5.conf."},
	{KRB5_ERROR(156), SMBMGMT_E_KDC_UNREACHABLE,
	 "no KDC of this realm answers; check krb5.conf and the way there."},
};

int sm_dcerpc_no_ticket(const char *principal, int number, const char *text,
			struct sm_fail *fail)
{
	size_t i = 0;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].number == number)
			return sm_fail(fail, refusals[i].code, "%s: %s",
				       principal, refusals[i].text);
	/* The library's texts are lines. */
	if (text == NULL)
		text = "the KDC does not say why";
	return sm_fail(fail, SMBMGMT_E_TICKET_REFUSED,
		       "%s: no ticket can be got (%.*s).", principal,
		       (int)strcspn(text, "\n"), text);
}

int sm_dcerpc_kerberos_failed(const char *host, const char *principal,
			      uint32_t ntstatus, struct sm_fail *fail)
{
	switch (ntstatus) {
	case SM_NT_INVALID_PARAMETER:
		return sm_fail_native(
			fail, SMBMGMT_E_TICKET_REFUSED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"The realm of %s has no ticket for cifs/%s: name the "
			"server as its realm does, and use a ticket of that "
			"realm or of one that it trusts.",
			principal, host);
	case SM_NT_BAD_TOKEN_TYPE:
		return sm_fail_native(
			fail, SMBMGMT_E_TICKET_REFUSED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"%s cannot read the ticket of %s: a server outside a "
			"domain takes none with a PAC (for MIT's KDC, "
			"disable_pac leaves it out).",
			host, principal);
	case SM_NT_LOGON_FAILURE:
		return sm_fail_native(
			fail, SMBMGMT_E_TICKET_REFUSED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"%s does not take the ticket of %s: it has another key "
			"than the KDC, no such account or a clock that "
			"differs; or the KDC gives this user none for it.",
			host, principal);
	case SM_NT_TIME_DIFFERENCE_AT_DC:
		return sm_fail_native(
			fail, SMBMGMT_E_TICKET_REFUSED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"%s has no ticket for %s that is valid now: the clocks "
			"of this machine and the KDC may differ.",
			principal, host);
	case SM_NT_NETWORK_SESSION_EXPIRED:
		return sm_fail_native(
			fail, SMBMGMT_E_TICKET_EXPIRED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"The ticket of %s has expired: run kinit again.",
			principal);
	case SM_NT_NO_LOGON_SERVERS:
		return sm_fail_native(
			fail, SMBMGMT_E_KDC_UNREACHABLE,
			SMBMGMT_NATIVE_NTSTATUS, ntstatus,
			"No KDC answers that could give %s a ticket for %s: "
			"check krb5.conf and the way there.",
			principal, host);
	/* What smbd says for a user whom it does not know. */
	case SM_NT_ACCESS_DENIED:
		return sm_fail_native(
			fail, SMBMGMT_E_ACCESS_DENIED, SMBMGMT_NATIVE_NTSTATUS,
			ntstatus,
			"%s does not let %s in: it has no account of that "
			"name, or denied the session, IPC$ or the pipe srvsvc.",
			host, principal);
	default:
		return 0;
	}
}
