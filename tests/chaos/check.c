/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What holds for every code, report and job, whatever happens around them. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "chaos.h"

#define CODES 80

static atomic_uint codes[CODES];

/* What neither a server nor a dying process can be the reason of. */
static bool is_impossible(int32_t code)
{
	switch (code) {
	case SMBMGMT_E_NOMEM:
	case SMBMGMT_E_INVALID:
	case SMBMGMT_E_NOT_SUPPORTED:
	case SMBMGMT_E_EMPTY_FILTER:
	case SMBMGMT_E_CONFIRM_REQUIRED:
	case SMBMGMT_E_FORKED:
	case SMBMGMT_E_REENTRANT:
	case SMBMGMT_E_SYSTEM:
	case SMBMGMT_E_AMBIGUOUS:
	case SMBMGMT_E_TOO_LARGE:
	case SMBMGMT_E_HELPER_MISSING:
	case SMBMGMT_E_DECLINED:
		return true;
	default:
		return code > 0 || code <= -CODES;
	}
}

void check_code(int32_t code, const char *what)
{
	if (is_impossible(code))
		wrong("%s: %s", what, smbmgmt_error_name(code));
	else
		atomic_fetch_add(&codes[-code], 1);
}

void print_codes(void)
{
	for (int32_t i = 0; i < CODES; i++) {
		if (codes[i] > 0)
			printf("code %s %u\n", smbmgmt_error_name(-i),
			       codes[i]);
	}
}

/* Is it said to be gone?  Then whoever still has it knows better. */
static bool says_gone(int32_t outcome)
{
	return outcome == SMBMGMT_OUTCOME_CLOSED ||
	       outcome == SMBMGMT_OUTCOME_RECONNECTED ||
	       outcome == SMBMGMT_OUTCOME_ALREADY_GONE;
}

static void check_outcome(smbmgmt_report *report, uint32_t i, int64_t begin)
{
	int32_t outcome = smbmgmt_report_outcome(report, i);
	smbmgmt_session *session = smbmgmt_report_session(report, i);

	check_code(smbmgmt_report_outcome_code(report, i),
		   smbmgmt_outcome_name(outcome));
	count(CLOSED, outcome == SMBMGMT_OUTCOME_CLOSED);
	count(SENT, smbmgmt_report_was_sent(report, i) == 1);
	if (session == NULL) {
		if (outcome != SMBMGMT_OUTCOME_NOT_FOUND)
			wrong("%s of no session",
			      smbmgmt_outcome_name(outcome));
		return;
	}
	if (strcmp(smbmgmt_session_user(session), chaos.victim) != 0)
		wrong("%s of %s, whom nobody selected",
		      smbmgmt_outcome_name(outcome),
		      smbmgmt_session_user(session));
	if (smbmgmt_report_was_sent(report, i) == 1 &&
	    smbmgmt_report_collateral_count(report, i) > 0)
		wrong("collateral of %s from %s", smbmgmt_session_user(session),
		      smbmgmt_session_client(session));
	if (says_gone(outcome))
		printf("claim %s %s %s %s %lld %lld\n",
		       smbmgmt_outcome_name(outcome),
		       smbmgmt_session_server(session),
		       smbmgmt_session_client(session),
		       smbmgmt_session_user(session), (long long)begin,
		       (long long)now_ms());
}

void check_report(smbmgmt_report *report, int64_t begin)
{
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++)
		check_outcome(report, i, begin);
	for (uint32_t i = 0; i < smbmgmt_report_error_count(report); i++)
		check_code(smbmgmt_error_code(smbmgmt_report_error(report, i)),
			   "a server of a report");
	smbmgmt_report_unref(report);
}

void check_job(smbmgmt_job *job, const char *what)
{
	struct pollfd fd = {.fd = smbmgmt_job_fd(job), .events = POLLIN};
	uint32_t total = smbmgmt_job_servers_total(job);
	int32_t code = 0;

	if (smbmgmt_job_wait(job, HANG_MS, NULL) != 0) {
		wrong("%s: the job does not complete", what);
		return;
	}
	code = smbmgmt_job_code(job);
	check_code(code, what);
	count(JOBS_COMPLETE, 1);
	if (smbmgmt_job_is_complete(job) != 1 || poll(&fd, 1, 0) != 1)
		wrong("%s: complete, but not everywhere", what);
	if (smbmgmt_job_servers_done(job) != total)
		wrong("%s: complete with %u of %u servers", what,
		      smbmgmt_job_servers_done(job), total);
	for (uint32_t i = 0; i < total; i++) {
		int32_t state = smbmgmt_job_server_state(job, i);

		if (state < SMBMGMT_JOB_SERVER_DONE)
			wrong("%s: complete, and server %u in state %d", what,
			      i, state);
	}
	/* What is complete stays as it is. */
	smbmgmt_job_cancel(job);
	if (smbmgmt_job_wait(job, 0, NULL) != 0 ||
	    smbmgmt_job_code(job) != code)
		wrong("%s: cancelled after its end", what);
}
