/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What came of a round: counted, written down, and told in the end. */
#include <stdio.h>
#include <stdlib.h>

#include <smbmgmt/close.h>

#include "core/renew.h"
#include "engine/audit.h"
#include "engine/rounds_state.h"

/* How many that match now were not surely there in the round before? */
static int count_back(struct rounds_server *server, struct sm_layout *now,
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
		/* Who came back at once looks like the one who was closed. */
		if (sm_is_row(row[i]) && !server->ended[i])
			was_there[row[i]] = 1;
	}
	for (size_t i = 0; ret == 0 && i < count; i++) {
		if ((now->marks[i] & SM_MARK_SELECTED) != 0 && !was_there[i])
			server->sum.came_back++;
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

/* For the next round: who is there in this one, and whom it ended. */
static int remember(struct rounds_server *server,
		    const struct sm_rounded *rounded, struct sm_fail *fail)
{
	struct sm_layout *layout = rounded->plan->servers[0].layout;
	uint8_t *ended = calloc(layout->table->count + 1, 1);

	if (ended == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < rounded->plan->items.count; i++) {
		const struct sm_item *item = &rounded->plan->items.items[i];

		if (item->in_layout && is_closed(&rounded->results[i]))
			ended[item->row] = 1;
	}
	free(server->ended);
	server->ended = ended;
	sm_layout_unref(server->before);
	server->before = sm_layout_ref(layout);
	return 0;
}

static uint64_t count_selected(const struct sm_layout *layout)
{
	uint64_t count = 0;

	for (size_t i = 0; i < layout->table->count; i++)
		count += (layout->marks[i] & SM_MARK_SELECTED) != 0;
	return count;
}

/* Of a close every session that was not closed has failed. */
static void count_results(struct sm_rounds *rounds,
			  struct rounds_server *server,
			  const struct sm_rounded *rounded)
{
	struct sm_job *job = rounds->how.job;

	for (size_t i = 0; i < rounded->plan->items.count; i++) {
		const struct sm_result *result = &rounded->results[i];

		server->sum.closed += is_closed(result);
		if (result->tried && result->code == 0)
			atomic_fetch_add(&job->closed, 1);
		else if (!rounds->how.evicts &&
			 rounded->plan->items.items[i].in_layout)
			atomic_fetch_add(&job->failed, 1);
	}
}

int sm_rounds_count(struct sm_rounds *rounds, struct rounds_server *server,
		    const struct sm_rounded *rounded, struct sm_fail *fail)
{
	struct sm_layout *layout = rounded->plan->servers[0].layout;
	uint64_t came_back = server->sum.came_back;
	int ret = 0;

	count_results(rounds, server, rounded);
	if (layout == NULL)
		return 0;
	server->sum.still_there = count_selected(layout);
	if (server->before != NULL)
		ret = count_back(server, layout, fail);
	atomic_fetch_add(&rounds->how.job->sessions,
			 server->before == NULL
				 ? server->sum.still_there
				 : server->sum.came_back - came_back);
	return ret == 0 ? remember(server, rounded, fail) : ret;
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
static void find_code(struct rounds_server *server, const smbmgmt_report *part)
{
	struct sm_evicted *sum = &server->sum;

	for (size_t i = 0; i < part->count && sum->code == 0; i++)
		sum->code = part->outcomes[i].code;
	if (sum->code == SMBMGMT_E_STILL_PRESENT && server->refused != 0)
		sum->code = server->refused;
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
 * An evict goes on for hours, and a session would hold its whole listing: it is
 * kept without, unless there is collateral to tell of.
 */
static int add_small(smbmgmt_report *report, const struct sm_outcome *from,
		     struct sm_fail *fail)
{
	struct sm_outcome o = *from;
	int ret = 0;

	if (o.session == NULL ||
	    (o.layout != NULL &&
	     sm_layout_collateral_count(o.layout, o.unit) > 0))
		return sm_report_add(report, from, from->message, fail);
	o.layout = NULL;
	o.session = NULL;
	o.new_session = NULL;
	ret = sm_session_copy(from->session, &o.session, fail);
	if (ret == 0 && from->new_session != NULL)
		ret = sm_session_copy(from->new_session, &o.new_session, fail);
	if (ret == 0)
		ret = sm_report_add(report, &o, from->message, fail);
	sm_session_unref(o.session);
	sm_session_unref(o.new_session);
	return ret;
}

/*
 * The report gets an outcome for what was done in each round, and for what is
 * there in the last; what is refused round after round is told once.
 */
static int add_part(struct rounds_server *server, smbmgmt_report *part,
		    const struct sm_rounded *rounded, size_t known,
		    struct sm_fail *fail)
{
	smbmgmt_report *report = server->report;
	bool last = server->when == 0;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < part->count; i++) {
		if (last || is_done(&rounded->results[i]))
			ret = server->round.evicts
				      ? add_small(report, &part->outcomes[i],
						  fail)
				      : sm_report_add(report,
						      &part->outcomes[i],
						      part->outcomes[i].message,
						      fail);
	}
	/* Of the errors only what the audit could not take is news. */
	for (size_t i = known; ret == 0 && i < part->errors.count; i++) {
		if (!sm_errors_add(&report->errors,
				   smbmgmt_error_ref(part->errors.items[i])))
			ret = sm_fail_nomem(fail);
	}
	if (ret == 0 && last) {
		find_code(server, part);
		ret = sm_report_add_left_out(report, rounded->plan, fail);
	}
	return ret;
}

int sm_rounds_tell(struct sm_rounds *rounds, struct rounds_server *server,
		   const struct sm_rounded *rounded, struct sm_fail *fail)
{
	smbmgmt_report *part = NULL;
	size_t known = 0;
	int ret = 0;

	server->report->listings += rounded->listings;
	if (server->when != 0 && !any_done(rounded))
		return 0;
	if (server->round.look_only)
		mark_present(rounded);
	ret = sm_report_new(&part, fail);
	if (ret == 0)
		ret = sm_report_fill(part, rounded->plan, rounded->results,
				     fail);
	if (ret == 0) {
		known = part->errors.count;
		ret = sm_audit_report(rounded->plan, part, rounds->how.forced,
				      fail);
	}
	if (ret == 0)
		ret = add_part(server, part, rounded, known, fail);
	sm_report_unref(part);
	return ret;
}
