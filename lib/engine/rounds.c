/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/rounds.h"

#include <stdlib.h>
#include <string.h>

#include <smbmgmt/close.h>

#include "engine/planned.h"
#include "engine/rounds_state.h"
#include "util/clock.h"

static int init_server(struct sm_rounds *rounds, size_t i,
		       smbmgmt_handle *handle, struct sm_fail *fail)
{
	const struct sm_rounds_how *how = &rounds->how;
	const struct sm_plan_server *planned = &how->plan->servers[i];
	struct rounds_server *server = &rounds->servers[i];

	server->sum.server = strdup(handle->server);
	if (server->sum.server == NULL)
		return sm_fail_nomem(fail);
	server->round = (struct sm_round){
		.engine = how->engine,
		.handle = handle,
		.match = how->match,
		.plan = how->plan,
		.options = how->options,
		.confirmed = !how->forced,
		.evicts = how->evicts,
	};
	/*
	 * Who logged on again at once may look like one that has not gone yet,
	 * for as long as it is young; the next round looks at it, too.
	 */
	if (how->evicts)
		server->round.options.look_for =
			(uint32_t)(how->interval / SM_MS);
	if (planned->layout != NULL)
		server->round.table = sm_table_ref(planned->layout->table);
	return sm_report_new(&server->report, fail);
}

int sm_rounds_new(const struct sm_rounds_how *how,
		  smbmgmt_handle *const *handles, size_t n,
		  struct sm_rounds **rounds, struct sm_fail *fail)
{
	struct sm_rounds *r = calloc(1, sizeof(*r));
	int ret = 0;

	if (r == NULL)
		return sm_fail_nomem(fail);
	r->how = *how;
	r->servers = calloc(n + 1, sizeof(*r->servers));
	if (r->servers == NULL) {
		free(r);
		return sm_fail_nomem(fail);
	}
	r->n = n;
	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = init_server(r, i, handles[i], fail);
	if (ret != 0)
		sm_rounds_free(r);
	else
		*rounds = r;
	return ret;
}

void sm_rounds_free(struct sm_rounds *rounds)
{
	if (rounds == NULL)
		return;
	for (size_t i = 0; i < rounds->n; i++) {
		struct rounds_server *server = &rounds->servers[i];

		sm_table_unref(server->round.table);
		sm_report_unref(server->report);
		sm_layout_unref(server->before);
		free(server->ended);
		free(server->sum.server);
		smbmgmt_error_unref(server->sum.error);
	}
	free(rounds->servers);
	free(rounds);
}

/*
 * May it pass by itself?  What says no to who we are is not tried again: it
 * would say no again, and might lock the account.
 */
static bool may_pass(int32_t code)
{
	switch (code) {
	case SMBMGMT_E_TIMED_OUT:
	case SMBMGMT_E_CONNECTION_REFUSED:
	case SMBMGMT_E_UNREACHABLE:
	case SMBMGMT_E_CONNECTION_LOST:
	case SMBMGMT_E_HELPER_DIED:
	case SMBMGMT_E_CHILD_DIED:
	case SMBMGMT_E_INCOMPLETE:
	case SMBMGMT_E_UNVERIFIED:
		return true;
	default:
		return false;
	}
}

/* It is over, and this is why nobody knows, or not for sure. */
static void conclude(struct rounds_server *server, smbmgmt_error *error)
{
	smbmgmt_error_unref(server->sum.error);
	server->sum.error = smbmgmt_error_ref(error);
	server->sum.code = smbmgmt_error_code(error);
}

void sm_rounds_fail(struct sm_rounds *rounds, size_t i,
		    const struct sm_fail *why)
{
	struct rounds_server *server = &rounds->servers[i];
	smbmgmt_error *error = sm_error_new(why, server->sum.server);

	conclude(server, error);
	smbmgmt_error_unref(error);
}

bool sm_rounds_gave_up(struct sm_rounds *rounds, size_t i, int32_t *code)
{
	const struct sm_plan_server *planned = &rounds->how.plan->servers[i];

	if (rounds->servers[i].sum.rounds > 0 || planned->layout != NULL ||
	    planned->error == NULL)
		return false;
	*code = smbmgmt_error_code(planned->error);
	if (may_pass(*code))
		return false;
	conclude(&rounds->servers[i], planned->error);
	return true;
}

int32_t sm_rounds_code(const struct sm_rounds *rounds, size_t i)
{
	return rounds->servers[i].sum.code;
}

struct tevent_req *sm_rounds_send(struct sm_rounds *rounds, size_t i)
{
	struct rounds_server *server = &rounds->servers[i];
	bool over = server->until != 0 && sm_clock_now() >= server->until;

	server->round.look_only = over || server->refused != 0;
	return sm_round_send(rounds->how.engine->ev, &server->round);
}

/* Does the server, or the way to it, say no to closing?  Its code. */
static int32_t says_no(const struct sm_rounded *rounded)
{
	for (size_t i = 0; i < rounded->plan->items.count; i++) {
		const struct sm_result *result = &rounded->results[i];

		if (result->tried &&
		    result->outcome == SMBMGMT_OUTCOME_FAILED &&
		    !may_pass(result->code))
			return result->code;
	}
	return 0;
}

/* Work out whether there is another round, and when. */
static void go_on(struct sm_rounds *rounds, struct rounds_server *server,
		  const struct sm_rounded *rounded)
{
	int64_t now = sm_clock_now();

	if (!rounds->how.evicts || server->round.look_only ||
	    (rounded->fail.code != 0 && !may_pass(rounded->fail.code)))
		return;
	if (server->until == 0)
		server->until = now + rounds->how.duration;
	server->refused = says_no(rounded);
	server->when = now + rounds->how.interval;
	if (server->when > server->until)
		server->when = server->until;
	if (server->when < now || server->refused != 0)
		server->when = now;
}

bool sm_rounds_again(const struct sm_rounds *rounds, size_t i, int64_t *when)
{
	*when = rounds->servers[i].when;
	return *when != 0;
}

void sm_rounds_recv(struct sm_rounds *rounds, size_t i, struct tevent_req *req)
{
	struct rounds_server *server = &rounds->servers[i];
	struct sm_rounded rounded = {0};
	struct sm_fail fail = {.offset = -1};
	int ret = sm_round_recv(req, &rounded, &fail);

	/* The plan's listing was for the first round; after it we look. */
	sm_table_unref(server->round.table);
	server->round.table = NULL;
	server->round.options.reread = false;
	server->sum.rounds++;
	server->when = 0;
	if (ret == 0 && rounded.plan != NULL) {
		ret = sm_rounds_count(rounds, server, &rounded, &fail);
		if (ret == 0)
			go_on(rounds, server, &rounded);
		if (ret == 0)
			ret = sm_rounds_tell(rounds, server, &rounded, &fail);
	}
	if (ret == 0 && server->when == 0 && rounded.fail.code != 0) {
		ret = rounded.fail.code;
		fail = rounded.fail;
	}
	if (ret != 0) {
		server->when = 0;
		sm_rounds_fail(rounds, i, &fail);
	}
	sm_rounded_clear(&rounded);
}

/* The values that matched nowhere, as one more part of the report. */
static int add_missing(struct sm_rounds *rounds, smbmgmt_report *report,
		       struct sm_fail *fail)
{
	const struct sm_rounds_how *how = &rounds->how;
	struct sm_planned *planned = sm_planned_of(how->plan);
	smbmgmt_report *part = NULL;
	smbmgmt_plan *plan = NULL;
	int ret = 0;

	/* A server that failed may have what the others have not. */
	for (size_t i = 0; i < rounds->n; i++) {
		if (rounds->servers[i].sum.error != NULL)
			return 0;
	}
	ret = sm_plan_new(&how->plan->rules, 0, &plan, fail);
	if (ret == 0)
		ret = sm_planned_new(planned->context, NULL, 0, 0, plan, fail);
	if (ret == 0)
		ret = sm_audit_plan_copy(&sm_planned_of(plan)->audit,
					 &planned->audit, fail);
	if (ret == 0)
		ret = sm_plan_finish(plan, how->match, fail);
	if (ret == 0)
		ret = sm_report_new(&part, fail);
	if (ret == 0)
		ret = sm_report_fill(part, plan, NULL, fail);
	if (ret == 0)
		ret = sm_audit_report(plan, part, how->forced, fail);
	if (ret == 0)
		ret = sm_report_append(report, part, fail);
	sm_report_unref(part);
	sm_plan_unref(plan);
	return ret;
}

/* Of an evict the report says of each server how it ended. */
static int add_servers(struct sm_rounds *rounds, smbmgmt_report *report,
		       struct sm_fail *fail)
{
	report->servers = calloc(rounds->n + 1, sizeof(*report->servers));
	if (report->servers == NULL)
		return sm_fail_nomem(fail);
	report->server_count = rounds->n;
	for (size_t i = 0; i < rounds->n; i++) {
		report->servers[i] = rounds->servers[i].sum;
		rounds->servers[i].sum = (struct sm_evicted){0};
	}
	return 0;
}

int sm_rounds_report(struct sm_rounds *rounds, smbmgmt_report *report,
		     struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < rounds->n; i++) {
		struct rounds_server *server = &rounds->servers[i];

		ret = sm_report_append(report, server->report, fail);
		if (ret == 0 && server->sum.error != NULL &&
		    !sm_errors_add(&report->errors,
				   smbmgmt_error_ref(server->sum.error)))
			ret = sm_fail_nomem(fail);
	}
	if (ret == 0)
		ret = add_missing(rounds, report, fail);
	if (ret == 0 && rounds->how.evicts)
		ret = add_servers(rounds, report, fail);
	return ret;
}
