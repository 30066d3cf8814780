/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "exitcode.h"

#include "counts.h"

#include <string.h>

int exit_status(unsigned facts)
{
	if (facts & FACT_USAGE) {
		return 2;
	}
	if (facts & FACT_FAILED) {
		return 1;
	}
	if (facts & FACT_REFUSED) {
		return 4;
	}
	if (facts & FACT_NOT_FOUND) {
		return 3;
	}
	return 0;
}

unsigned exit_facts_code(int32_t code)
{
	switch (code) {
	case SMBMGMT_OK:
		return 0;
	case SMBMGMT_E_INVALID:
	case SMBMGMT_E_EMPTY_FILTER:
	case SMBMGMT_E_CONFIRM_REQUIRED:
		return FACT_USAGE;
	case SMBMGMT_E_DECLINED:
	case SMBMGMT_E_REFUSED_OWN:
	case SMBMGMT_E_REFUSED_COLLATERAL:
	case SMBMGMT_E_REFUSED_UNSAFE:
		return FACT_REFUSED;
	case SMBMGMT_E_NOT_FOUND:
		return FACT_NOT_FOUND;
	default:
		return FACT_FAILED;
	}
}

/*
 * One entry of a list of errors.  An argument that made no sense concerns no
 * server; the same code from a server is that server's error.
 */
static unsigned facts_of_error(const smbmgmt_error *error)
{
	int32_t code = smbmgmt_error_code(error);

	if (code == SMBMGMT_E_NOT_FOUND) {
		return FACT_NOT_FOUND;
	}
	if (smbmgmt_error_computer(error)[0] == '\0') {
		return exit_facts_code(code) | (code == 0 ? FACT_FAILED : 0);
	}
	return FACT_FAILED;
}

unsigned exit_facts_outcome(int32_t outcome, int32_t code)
{
	switch (outcome) {
	case SMBMGMT_OUTCOME_CLOSED:
	case SMBMGMT_OUTCOME_WOULD_CLOSE:
	case SMBMGMT_OUTCOME_ALREADY_GONE:
	case SMBMGMT_OUTCOME_RECONNECTED:
	case SMBMGMT_OUTCOME_REMOVED:
	case SMBMGMT_OUTCOME_WOULD_REMOVE:
		return 0;
	case SMBMGMT_OUTCOME_SENT:
		/* Without a code nobody wanted to look. */
		return code == SMBMGMT_OK ? 0 : FACT_FAILED;
	case SMBMGMT_OUTCOME_DECLINED:
	case SMBMGMT_OUTCOME_REFUSED_OWN:
	case SMBMGMT_OUTCOME_REFUSED_COLLATERAL:
	case SMBMGMT_OUTCOME_REFUSED_UNSAFE:
		return FACT_REFUSED;
	case SMBMGMT_OUTCOME_NOT_FOUND:
		return FACT_NOT_FOUND;
	default:
		return FACT_FAILED;
	}
}

unsigned exit_facts_sessions(int32_t code, const smbmgmt_session_list *list)
{
	uint32_t n = list_error_count(list);
	unsigned facts = 0;
	uint32_t i;

	if (n == 0) {
		return exit_facts_code(code);
	}
	for (i = 0; i < n; i++) {
		facts |= facts_of_error(smbmgmt_session_list_error(list, i));
	}
	return facts;
}

unsigned exit_facts_handles(int32_t code, const smbmgmt_handle_list *list)
{
	uint32_t n = handle_error_count(list);
	unsigned facts = 0;
	uint32_t i;

	if (n == 0) {
		return exit_facts_code(code);
	}
	for (i = 0; i < n; i++) {
		facts |= facts_of_error(smbmgmt_handle_list_error(list, i));
	}
	return facts;
}

unsigned exit_facts_report(int32_t code, const smbmgmt_report *report)
{
	uint32_t outcomes = outcome_count(report);
	uint32_t errors = report_error_count(report);
	unsigned facts = 0;
	uint32_t i;

	if (code == SMBMGMT_E_EMPTY_FILTER ||
	    code == SMBMGMT_E_CONFIRM_REQUIRED) {
		return FACT_USAGE;
	}
	if (outcomes == 0 && errors == 0) {
		return exit_facts_code(code);
	}
	for (i = 0; i < outcomes; i++) {
		facts |= exit_facts_outcome(
			smbmgmt_report_outcome(report, i),
			smbmgmt_report_outcome_code(report, i));
	}
	for (i = 0; i < errors; i++) {
		facts |= facts_of_error(smbmgmt_report_error(report, i));
	}
	return facts;
}

/* Why those that are still there were left there; nobody else's outcome. */
static unsigned facts_of_rest(const smbmgmt_report *report, uint32_t server)
{
	const char *name = smbmgmt_report_server(report, server);
	unsigned facts = 0;
	uint32_t i;

	for (i = 0; i < outcome_count(report); i++) {
		const smbmgmt_session *session =
			smbmgmt_report_session(report, i);

		if (session != NULL &&
		    strcmp(smbmgmt_session_server(session), name) == 0) {
			facts |= exit_facts_outcome(
				smbmgmt_report_outcome(report, i),
				smbmgmt_report_outcome_code(report, i));
		}
	}
	return facts == FACT_REFUSED ? FACT_REFUSED : FACT_FAILED;
}

unsigned exit_facts_evict(int32_t code, const smbmgmt_report *report)
{
	unsigned facts = 0;
	uint32_t i;

	if (code == SMBMGMT_OK) {
		return 0;
	}
	for (i = 0; i < server_count(report); i++) {
		if (smbmgmt_report_server_error(report, i) != NULL) {
			facts |= FACT_FAILED;
		} else if (smbmgmt_report_server_still_there(report, i) > 0) {
			facts |= facts_of_rest(report, i);
		}
	}
	return facts != 0 ? facts : exit_facts_report(code, report);
}
