/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Prints what the code says of outcomes and codes, for test_docs.py to hold
 * the documents against it:
 *
 *   outcome NAME CAUSE CODE EXIT
 *   error NAME NUMBER EXIT
 */
#include <stdio.h>
#include <string.h>

#include <smbmgmt/smbmgmt.h>

#include "../../tools/exitcode.h"
#include "core/report.h"

/* Codes have two digits, and outcomes are counted from 0. */
#define CODES 100

static void outcome(int32_t value, int32_t cause)
{
	int32_t code = sm_outcome_code(value, cause);

	printf("outcome %s %s %s %d\n", smbmgmt_outcome_name(value),
	       smbmgmt_error_name(cause), smbmgmt_error_name(code),
	       exit_status(exit_facts_outcome(value, code)));
}

int main(void)
{
	for (int32_t i = 0; i < CODES; i++) {
		if (strcmp(smbmgmt_outcome_name(i), "UNKNOWN") == 0)
			continue;
		outcome(i, SMBMGMT_OK);
		outcome(i, SMBMGMT_E_UNVERIFIED);
		outcome(i, SMBMGMT_E_INCOMPLETE);
	}
	for (int32_t i = 1; i < CODES; i++) {
		if (strcmp(smbmgmt_error_name(-i), "SMBMGMT_E_UNKNOWN") == 0)
			continue;
		printf("error %s %d %d\n", smbmgmt_error_name(-i), -i,
		       exit_status(exit_facts_code(-i)));
	}
	return 0;
}
