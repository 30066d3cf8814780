/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/evict.h"

#include <stdlib.h>
#include <string.h>

#include <smbmgmt/close.h>

#include "core/renew.h"
#include "engine/planned.h"
#include "engine/round.h"
#include "util/clock.h"

struct evict_server {
	struct sm_round round;
	struct sm_evicted *evicted; /* of the report */
	struct sm_layout *before;   /* the round before; a reference */
	int64_t until;		    /* 0: no round has ended yet */
	int64_t when;		    /* the next round; 0: there is none */
	int32_t refused;	    /* why it will not close: only look; or 0 */
};

struct sm_evict {
	struct sm_evict_how how;
	struct evict_server *servers;
	size_t n;
};

static int init_server(struct sm_evict *evict, size_t i, smbmgmt_handle *handle,
		       struct sm_fail *fail)
{
	const struct sm_evict_how *how = &evict->how;
	const struct sm_plan_server *planned = &how->plan->servers[i];
	struct evict_server *server = &evict->servers[i];

	server->evicted = &how->report->servers[i];
	server->evicted->server = strdup(handle->server);
	if (server->evicted->server == NULL)
		return sm_fail_nomem(fail);
	server->round = (struct sm_round){
		.engine = how->engine,
		.context = how->context,
		.handle = handle,
		.match = how->match,
		.rules = &how->plan->rules,
		.audit = &sm_planned_of(how->plan)->audit,
		.options = how->options,
		.milliseconds = how->milliseconds,
	};
	if (planned->layout != NULL)
		server->round.table = sm_table_ref(planned->layout->table);
	return 0;
}

int sm_evict_new(const struct sm_evict_how *how, smbmgmt_handle *const *handles,
		 struct sm_evict **evict, struct sm_fail *fail)
{
	size_t n = how->plan->server_count;
	struct sm_evict *e = calloc(1, sizeof(*e));
	int ret = 0;

	if (e == NULL)
		return sm_fail_nomem(fail);
	e->how = *how;
	e->servers = calloc(n + 1, sizeof(*e->servers));
	how->report->servers = calloc(n + 1, sizeof(*how->report->servers));
	if (e->servers == NULL || how->report->servers == NULL)
		ret = sm_fail_nomem(fail);
	else
		e->n = how->report->server_count = n;
	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = init_server(e, i, handles[i], fail);
	if (ret != 0)
		sm_evict_free(e);
	else
		*evict = e;
	return ret;
}

void sm_evict_free(struct sm_evict *evict)
{
	if (evict == NULL)
		return;
	for (size_t i = 0; i < evict->n; i++) {
		sm_table_unref(evict->servers[i].round.table);
		sm_layout_unref(evict->servers[i].before);
	}
	free(evict->servers);
	free(evict);
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

/* What is known in the end is all that a report needs of it. */
static void conclude(struct sm_evict *evict, size_t i, smbmgmt_error *error)
{
	struct sm_evicted *evicted = evict->servers[i].evicted;

	if (error == NULL)
		return;
	evicted->error = smbmgmt_error_ref(error);
	evicted->code = smbmgmt_error_code(error);
	/* Without memory for it, the server's own error still says it. */
	sm_errors_add(&evict->how.report->errors, smbmgmt_error_ref(error));
}

void sm_evict_fail(struct sm_evict *evict, size_t i, const struct sm_fail *why)
{
	smbmgmt_error *error =
		sm_error_new(why, evict->servers[i].evicted->server);

	conclude(evict, i, error);
	smbmgmt_error_unref(error);
}

bool sm_evict_gave_up(struct sm_evict *evict, size_t i, int32_t *code)
{
	const struct sm_plan_server *planned = &evict->how.plan->servers[i];

	*code = smbmgmt_error_code(planned->error);
	if (evict->servers[i].until != 0 || planned->layout != NULL ||
	    may_pass(*code))
		return false;
	conclude(evict, i, planned->error);
	return true;
}

int32_t sm_evict_code(const struct sm_evict *evict, size_t i)
{
	return evict->servers[i].evicted->code;
}

struct tevent_req *sm_evict_send(struct sm_evict *evict, size_t i)
{
	struct evict_server *server = &evict->servers[i];
	bool over = server->until != 0 && sm_clock_now() >= server->until;

	server->round.look_only = over || server->refused != 0;
	return sm_round_send(evict->how.engine->ev, &server->round);
}

void sm_evict_cancel(struct tevent_req *req)
{
	sm_round_cancel(req);
}

/* How many that match now were not surely there in the round before? */
static int count_back(struct evict_server *server, struct sm_layout *now,
		      struct sm_fail *fail)
{
	const struct sm_layout *before = server->before;
	size_t count = now->table->count;
	struct sm_layout *renewed = NULL;
	uint8_t *was_there = calloc(count + 1, 1);
	size_t *row = calloc(before->table->count + 1, sizeof(*row));
	int ret = was_there == NULL || row == NULL
			  ? sm_fail_nomem(fail)
			  : sm_layout_renew(before, now->table, row, &renewed,
					    fail);

	for (size_t i = 0; ret == 0 && i < before->table->count; i++) {
		if (sm_is_row(row[i]))
			was_there[row[i]] = 1;
	}
	for (size_t i = 0; ret == 0 && i < count; i++) {
		if ((now->marks[i] & SM_MARK_SELECTED) != 0 && !was_there[i])
			server->evicted->came_back++;
	}
	sm_layout_unref(renewed);
	free(was_there);
	free(row);
	return ret;
}

static bool is_closed(const struct sm_result *result)
{
	return result->tried &&
	       (result->outcome == SMBMGMT_OUTCOME_CLOSED ||
		result->outcome == SMBMGMT_OUTCOME_RECONNECTED);
}

static int count(struct sm_evict *evict, struct evict_server *server,
		 const struct sm_rounded *rounded, struct sm_fail *fail)
{
	struct sm_evicted *evicted = server->evicted;
	struct sm_layout *layout = rounded->plan->servers[0].layout;
	uint64_t came_back = evicted->came_back;
	int ret = 0;

	for (size_t i = 0; i < rounded->plan->items.count; i++) {
		if (!is_closed(&rounded->results[i]))
			continue;
		evicted->closed++;
		atomic_fetch_add(&evict->how.job->closed, 1);
	}
	if (layout == NULL)
		return 0;
	evicted->still_there = 0;
	for (size_t i = 0; i < layout->table->count; i++)
		evicted->still_there +=
			(layout->marks[i] & SM_MARK_SELECTED) != 0;
	if (server->before != NULL)
		ret = count_back(server, layout, fail);
	atomic_fetch_add(&evict->how.job->sessions,
			 evicted->came_back - came_back);
	sm_layout_unref(server->before);
	server->before = sm_layout_ref(layout);
	return ret;
}

/*
 * The last look: what the rules would let go is still there, for its time is
 * over; the rest is refused as ever.
 */
static void mark_present(const struct sm_rounded *rounded)
{
	const smbmgmt_plan *plan = rounded->plan;

	for (size_t i = 0; i < plan->items.count; i++) {
		struct sm_result *result = &rounded->results[i];

		if (result->tried || !plan->items.items[i].in_layout ||
		    sm_plan_code(plan, &plan->items.items[i]) != 0)
			continue;
		result->tried = true;
		result->outcome = SMBMGMT_OUTCOME_STILL_PRESENT;
		result->code = sm_outcome_code(result->outcome, 0);
		snprintf(result->message, sizeof(result->message),
			 "It is there at the last look; nothing was sent any "
			 "more.");
	}
}

/*
 * What is left at the end decides the server's code, or why nothing could be
 * done about it; an error outranks it.
 */
static void find_code(struct evict_server *server, const smbmgmt_report *part)
{
	struct sm_evicted *evicted = server->evicted;

	for (size_t i = 0; i < part->count && evicted->code == 0; i++)
		evicted->code = part->outcomes[i].code;
	if (evicted->code == SMBMGMT_E_STILL_PRESENT && server->refused != 0)
		evicted->code = server->refused;
}

/* Was anything done about it? */
static bool is_done(const struct sm_result *result)
{
	if (!result->tried)
		return false;
	switch (result->outcome) {
	case SMBMGMT_OUTCOME_REFUSED_OWN:
	case SMBMGMT_OUTCOME_REFUSED_COLLATERAL:
	case SMBMGMT_OUTCOME_REFUSED_UNSAFE:
		return false;
	default:
		return true;
	}
}

static bool any_done(const struct sm_rounded *rounded)
{
	for (size_t i = 0; i < rounded->plan->items.count; i++) {
		if (is_done(&rounded->results[i]))
			return true;
	}
	return false;
}

/*
 * The report gets an outcome for what was done in each round, and for what is
 * there in the last; what is refused round after round is told once.
 */
static int add_outcomes(smbmgmt_report *report, const smbmgmt_report *part,
			const struct sm_rounded *rounded, bool last,
			struct sm_fail *fail)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < part->count; i++) {
		if (last || is_done(&rounded->results[i]))
			ret = sm_report_add(report, &part->outcomes[i],
					    part->outcomes[i].message, fail);
	}
	return ret;
}

/* Into the report, and the audit, at once: it may be long until the end. */
static int tell(struct sm_evict *evict, struct evict_server *server,
		const struct sm_rounded *rounded, bool last,
		struct sm_fail *fail)
{
	smbmgmt_report *report = evict->how.report;
	smbmgmt_report *part = NULL;
	size_t known = 0;
	int ret = 0;

	report->listings += rounded->listings;
	if (last)
		mark_present(rounded);
	else if (!any_done(rounded))
		return 0;
	ret = sm_report_new(&part, fail);
	if (ret == 0)
		ret = sm_report_fill(part, rounded->plan, rounded->results,
				     fail);
	if (ret == 0) {
		known = part->errors.count;
		ret = sm_audit_report(rounded->plan, part, evict->how.forced,
				      fail);
	}
	if (ret == 0)
		ret = add_outcomes(report, part, rounded, last, fail);
	/* Of the errors only what the audit could not take is news. */
	for (size_t i = known; ret == 0 && i < part->errors.count; i++) {
		if (!sm_errors_add(&report->errors,
				   smbmgmt_error_ref(part->errors.items[i])))
			ret = sm_fail_nomem(fail);
	}
	if (ret == 0 && last)
		find_code(server, part);
	sm_report_unref(part);
	return ret;
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
static void go_on(struct sm_evict *evict, struct evict_server *server,
		  const struct sm_rounded *rounded)
{
	int64_t now = sm_clock_now();

	if (server->until == 0)
		server->until = now + evict->how.duration;
	if (server->round.look_only ||
	    (rounded->fail.code != 0 && !may_pass(rounded->fail.code)))
		return;
	server->refused = says_no(rounded);
	server->when = now + evict->how.interval;
	if (server->when > server->until)
		server->when = server->until;
	if (server->when < now || server->refused != 0)
		server->when = now;
}

bool sm_evict_again(const struct sm_evict *evict, size_t i, int64_t *when)
{
	*when = evict->servers[i].when;
	return *when != 0;
}

void sm_evict_recv(struct sm_evict *evict, size_t i, struct tevent_req *req)
{
	struct evict_server *server = &evict->servers[i];
	struct sm_rounded rounded = {0};
	struct sm_fail fail = {.offset = -1};
	int ret = sm_round_recv(req, &rounded, &fail);

	/* The plan's listing was for the first round; after it we look. */
	sm_table_unref(server->round.table);
	server->round.table = NULL;
	server->round.options.reread = false;
	server->evicted->rounds++;
	server->when = 0;
	if (ret == 0 && rounded.plan != NULL) {
		ret = count(evict, server, &rounded, &fail);
		if (ret == 0)
			go_on(evict, server, &rounded);
		if (ret == 0)
			ret = tell(evict, server, &rounded, server->when == 0,
				   &fail);
	}
	if (ret == 0 && server->when == 0 && rounded.fail.code != 0) {
		ret = rounded.fail.code;
		fail = rounded.fail;
	}
	if (ret != 0) {
		server->when = 0;
		sm_evict_fail(evict, i, &fail);
	}
	sm_rounded_clear(&rounded);
}
