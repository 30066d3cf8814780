/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Names of codes and outcomes. */
#include <smbmgmt/close.h>
#include <smbmgmt/error.h>

#define CODE(c)                                                                \
	case SMBMGMT_##c:                                                      \
		return "SMBMGMT_" #c

const char *smbmgmt_error_name(int32_t code)
{
	switch (code) {
		CODE(OK);
		CODE(E_NOMEM);
		CODE(E_INVALID);
		CODE(E_NOT_SUPPORTED);
		CODE(E_EMPTY_FILTER);
		CODE(E_CONFIRM_REQUIRED);
		CODE(E_REMOVED);
		CODE(E_FORKED);
		CODE(E_REENTRANT);
		CODE(E_SYSTEM);
		CODE(E_AMBIGUOUS);
		CODE(E_TOO_LARGE);
		CODE(E_PROTOCOL);
		CODE(E_TIMED_OUT);
		CODE(E_CANCELLED);
		CODE(E_HOST_UNKNOWN);
		CODE(E_CONNECTION_REFUSED);
		CODE(E_UNREACHABLE);
		CODE(E_CONNECTION_LOST);
		CODE(E_LOGON_FAILED);
		CODE(E_ACCOUNT_LOCKED);
		CODE(E_ACCOUNT_DISABLED);
		CODE(E_ACCOUNT_RESTRICTED);
		CODE(E_ACCESS_DENIED);
		CODE(E_LIST_DENIED);
		CODE(E_CLOSE_DENIED);
		CODE(E_NO_SERVICE);
		CODE(E_ENCRYPTION_REFUSED);
		CODE(E_NEGOTIATION);
		CODE(E_SERVER);
		CODE(E_HELPER_MISSING);
		CODE(E_HELPER_DIED);
		CODE(E_CHILD_DIED);
		CODE(E_NO_TICKET);
		CODE(E_TICKET_EXPIRED);
		CODE(E_TICKET_REFUSED);
		CODE(E_KDC_UNREACHABLE);
		CODE(E_QUOTA);
		CODE(E_CERTIFICATE);
		CODE(E_PARTIAL);
		CODE(E_INCOMPLETE);
		CODE(E_NOT_FOUND);
		CODE(E_STILL_PRESENT);
		CODE(E_DECLINED);
		CODE(E_REFUSED_OWN);
		CODE(E_REFUSED_COLLATERAL);
		CODE(E_REFUSED_UNSAFE);
		CODE(E_UNVERIFIED);
		CODE(E_GONE);
		CODE(E_HOOK_FAILED);
	default:
		return "SMBMGMT_E_UNKNOWN";
	}
}

#define OUTCOME(o)                                                             \
	case SMBMGMT_OUTCOME_##o:                                              \
		return #o

const char *smbmgmt_outcome_name(int32_t outcome)
{
	switch (outcome) {
		OUTCOME(CLOSED);
		OUTCOME(SENT);
		OUTCOME(WOULD_CLOSE);
		OUTCOME(DECLINED);
		OUTCOME(ALREADY_GONE);
		OUTCOME(STILL_PRESENT);
		OUTCOME(RECONNECTED);
		OUTCOME(REFUSED_OWN);
		OUTCOME(REFUSED_COLLATERAL);
		OUTCOME(REFUSED_UNSAFE);
		OUTCOME(FAILED);
		OUTCOME(CANCELLED);
		OUTCOME(NOT_FOUND);
		OUTCOME(REMOVED);
		OUTCOME(WOULD_REMOVE);
	default:
		return "UNKNOWN";
	}
}
