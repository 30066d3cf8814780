/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Numbers that were given out once: callers and logs hold them, so they are
 * written here as numbers.  A new one comes to the end of its group.
 */
#include <string.h>

#include <smbmgmt/close.h>
#include <smbmgmt/error.h>

#include "suite.h"

struct group {
	int32_t first;
	int32_t step;
	const char *names[40];
};

static const struct group errors[] = {
	{-1,
	 -1,
	 {"NOMEM", "INVALID", "NOT_SUPPORTED", "EMPTY_FILTER",
	  "CONFIRM_REQUIRED", "REMOVED", "FORKED", "REENTRANT", "SYSTEM",
	  "AMBIGUOUS", "TOO_LARGE"}},
	{-20, -1, {"PROTOCOL",		 "TIMED_OUT",
		   "CANCELLED",		 "HOST_UNKNOWN",
		   "CONNECTION_REFUSED", "UNREACHABLE",
		   "CONNECTION_LOST",	 "LOGON_FAILED",
		   "ACCOUNT_LOCKED",	 "ACCOUNT_DISABLED",
		   "ACCOUNT_RESTRICTED", "ACCESS_DENIED",
		   "LIST_DENIED",	 "CLOSE_DENIED",
		   "NO_SERVICE",	 "ENCRYPTION_REFUSED",
		   "NEGOTIATION",	 "SERVER",
		   "HELPER_MISSING",	 "HELPER_DIED",
		   "CHILD_DIED",	 "NO_TICKET",
		   "TICKET_EXPIRED",	 "TICKET_REFUSED",
		   "KDC_UNREACHABLE",	 "QUOTA",
		   "CERTIFICATE"}},
	{-60,
	 -1,
	 {"PARTIAL", "INCOMPLETE", "NOT_FOUND", "STILL_PRESENT", "DECLINED",
	  "REFUSED_OWN", "REFUSED_COLLATERAL", "REFUSED_UNSAFE", "UNVERIFIED",
	  "GONE", "HOOK_FAILED"}},
};

static const struct group outcomes = {
	0,
	1,
	{"CLOSED", "SENT", "WOULD_CLOSE", "DECLINED", "ALREADY_GONE",
	 "STILL_PRESENT", "RECONNECTED", "REFUSED_OWN", "REFUSED_COLLATERAL",
	 "REFUSED_UNSAFE", "FAILED", "CANCELLED", "NOT_FOUND", "REMOVED",
	 "WOULD_REMOVE"},
};

static const char *expected(const struct group *group, int32_t number)
{
	for (int32_t i = 0; i < 40 && group->names[i] != NULL; i++) {
		if (group->first + i * group->step == number)
			return group->names[i];
	}
	return NULL;
}

/* All codes of three digits, so that one that is not above is seen. */
START_TEST(test_errors)
{
	static const char prefix[] = "SMBMGMT_E_";

	ck_assert_str_eq(smbmgmt_error_name(SMBMGMT_OK), "SMBMGMT_OK");
	for (int32_t code = -999; code < 1000; code++) {
		const char *name = smbmgmt_error_name(code);
		const char *wanted = NULL;

		if (code == 0)
			continue;
		for (size_t i = 0; i < 3 && wanted == NULL; i++)
			wanted = expected(&errors[i], code);
		ck_assert_int_eq(strncmp(name, prefix, strlen(prefix)), 0);
		ck_assert_str_eq(name + strlen(prefix),
				 wanted == NULL ? "UNKNOWN" : wanted);
	}
}
END_TEST

START_TEST(test_outcomes)
{
	for (int32_t outcome = -1; outcome < 100; outcome++) {
		const char *wanted = expected(&outcomes, outcome);

		ck_assert_str_eq(smbmgmt_outcome_name(outcome),
				 wanted == NULL ? "UNKNOWN" : wanted);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("names");
	TCase *tcase = tcase_create("names");

	tcase_add_test(tcase, test_errors);
	tcase_add_test(tcase, test_outcomes);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
