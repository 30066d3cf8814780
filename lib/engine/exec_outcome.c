/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What came of each item: never closed without a look that shows it. */
#include <stdio.h>

#include <smbmgmt/close.h>

#include "core/renew.h"
#include "engine/exec_state.h"
#include "util/clock.h"

/*
 * Our own session, closed on purpose: that its connection ended is the
 * answer, and no look is possible over it.
 */
static bool own_ended(const struct sm_row *row, const struct unit_state *unit)
{
	return row->own == SMBMGMT_OWN_YES && unit->answer == UNIT_UNKNOWN &&
	       sm_exec_why(unit)->code == SMBMGMT_E_CONNECTION_LOST;
}

/*
 * Samba says "access denied" for a session that is not there, too; only a
 * look tells the two apart.
 */
static bool denied(const struct unit_state *unit)
{
	return unit->answer == UNIT_NO && unit->sent_ns != 0 &&
	       sm_exec_why(unit)->code == SMBMGMT_E_CLOSE_DENIED;
}

static bool wants_look(const struct exec_state *state,
		       const struct unit_state *unit)
{
	if (unit->sent_ns == 0)
		return false;
	return denied(unit) || state->options.verify;
}

/*
 * Is it expected to go?  What the server said no to may have gone all the
 * same, and the look that is made shows it; but nobody waits for that.
 */
static bool awaits(const struct exec_state *state,
		   const struct unit_state *unit, const struct sm_row *row)
{
	return unit->answer != UNIT_NO && wants_look(state, unit) &&
	       !own_ended(row, unit);
}

/* Has an item been sent that wants a look, or (@waits) waits for its end? */
static bool any_item(const struct exec_state *state, bool waits)
{
	for (size_t i = 0; i < state->item_count; i++) {
		const struct item_state *item = &state->items[i];
		const struct epoch *epoch = state->epochs[item->epoch];
		const struct sm_layout *layout = epoch->layout;
		const struct unit_state *unit = NULL;
		const struct sm_row *row = NULL;

		if (!sm_is_row(item->row))
			continue;
		unit = &epoch->units[layout->unit_of[item->row]];
		row = &layout->table->sessions[item->row].row;
		if (waits ? awaits(state, unit, row)
			  : wants_look(state, unit) && !own_ended(row, unit))
			return true;
	}
	return false;
}

bool sm_exec_needs_look(const struct exec_state *state)
{
	return any_item(state, false);
}

bool sm_exec_waits(const struct exec_state *state)
{
	return any_item(state, true);
}

static int look_at(const struct exec_state *state, struct epoch *epoch,
		   const struct sm_table *now, bool *pending,
		   struct sm_fail *fail)
{
	struct sm_layout *layout = epoch->layout;
	size_t rows = layout->table->count;
	int ret = 0;

	for (size_t i = 0; i < rows; i++) {
		int64_t sent = epoch->units[layout->unit_of[i]].sent_ns;

		/* Not asked for: what began since the listing is another. */
		epoch->then[i].closed_ns =
			sent != 0 ? sent : layout->table->listed.ended_ns;
	}
	ret = sm_diff(epoch->then, rows, now, SM_DIFF_VERIFY, fail);
	if (ret != 0)
		return ret;
	epoch->looked = true;
	for (size_t i = 0; i < rows; i++) {
		const struct unit_state *unit =
			&epoch->units[layout->unit_of[i]];
		bool gone = epoch->then[i].fate == SM_FATE_GONE ||
			    epoch->then[i].fate == SM_FATE_REPLACED;

		layout->ended[i] = gone ? 1 : 0;
		if (!gone && (layout->marks[i] & SM_MARK_SELECTED) != 0 &&
		    awaits(state, unit, &layout->table->sessions[i].row))
			*pending = true;
	}
	return 0;
}

int sm_exec_take_look(struct exec_state *state, struct sm_table *now,
		      bool *pending, struct sm_fail *fail)
{
	int ret = 0;

	*pending = false;
	for (size_t i = 0; ret == 0 && i < state->epoch_count; i++)
		ret = look_at(state, state->epochs[i], now, pending, fail);
	if (ret != 0) {
		/* Some fates are of this look, some of the one before. */
		for (size_t i = 0; i < state->epoch_count; i++)
			state->epochs[i]->looked = false;
		*pending = sm_exec_waits(state);
		return ret;
	}
	sm_table_unref(state->seen);
	state->seen = sm_table_ref(now);
	return 0;
}

void sm_result_fail(struct sm_result *result, int32_t outcome,
		    const struct sm_fail *why, const char *computer)
{
	result->tried = true;
	if (outcome == SMBMGMT_OUTCOME_FAILED &&
	    (why->code == SMBMGMT_E_REMOVED ||
	     why->code == SMBMGMT_E_CANCELLED))
		outcome = SMBMGMT_OUTCOME_CANCELLED;
	result->outcome = outcome;
	result->code = sm_outcome_code(outcome, why->code);
	smbmgmt_error_unref(result->cause);
	result->cause = sm_error_new(why, computer);
}

void sm_results_fail(struct sm_result *results, const smbmgmt_plan *plan,
		     size_t server, const struct sm_fail *why,
		     const char *computer)
{
	for (size_t i = 0; i < plan->items.count; i++) {
		const struct sm_item *item = &plan->items.items[i];

		/* What was tried says for itself what came of it. */
		if (item->in_layout && item->server == server &&
		    !results[i].tried && sm_plan_code(plan, item) == 0)
			sm_result_fail(&results[i], SMBMGMT_OUTCOME_FAILED, why,
				       computer);
	}
}

static void set(struct sm_result *result, int32_t outcome, const char *message)
{
	result->outcome = outcome;
	result->code = sm_outcome_code(outcome, 0);
	snprintf(result->message, sizeof(result->message), "%s", message);
}

static void refused(struct sm_result *result, const struct sm_unit *unit)
{
	switch (unit->code) {
	case SMBMGMT_E_DECLINED:
		set(result, SMBMGMT_OUTCOME_DECLINED, unit->reason);
		return;
	case SMBMGMT_E_REFUSED_OWN:
		set(result, SMBMGMT_OUTCOME_REFUSED_OWN, unit->reason);
		return;
	case SMBMGMT_E_REFUSED_COLLATERAL:
		set(result, SMBMGMT_OUTCOME_REFUSED_COLLATERAL, unit->reason);
		return;
	default:
		set(result, SMBMGMT_OUTCOME_REFUSED_UNSAFE, unit->reason);
		return;
	}
}

/* Sent, and whether it worked is not known. */
static void unverified(struct exec_state *state, struct sm_result *result,
		       const struct unit_state *unit)
{
	struct sm_fail why;
	const struct sm_fail *cause = NULL;

	if (state->look_failed)
		cause = &state->look_fail;
	else if (unit->answer == UNIT_UNKNOWN)
		cause = sm_exec_why(unit);
	if (cause == NULL) {
		set(result, SMBMGMT_OUTCOME_SENT,
		    "The close was sent and not verified.");
		return;
	}
	if (cause->code == SMBMGMT_E_REMOVED ||
	    cause->code == SMBMGMT_E_CANCELLED) {
		sm_fail(&why, SMBMGMT_E_CANCELLED,
			"The close was sent, and %s before it could be seen "
			"whether it worked.",
			cause->code == SMBMGMT_E_REMOVED
				? "the handle was removed"
				: "the job was cancelled");
		sm_result_fail(result, SMBMGMT_OUTCOME_CANCELLED, &why,
			       state->handle->server);
		return;
	}
	sm_fail(&why,
		cause->code == SMBMGMT_E_INCOMPLETE ? SMBMGMT_E_INCOMPLETE
						    : SMBMGMT_E_UNVERIFIED,
		"The close was sent, and whether it worked could not be "
		"seen; list again. %s",
		cause->text);
	sm_result_fail(result, SMBMGMT_OUTCOME_SENT, &why,
		       state->handle->server);
}

static void replaced(struct exec_state *state, struct sm_result *result,
		     const struct sm_then *then)
{
	result->new_session = &state->seen->sessions[then->with];
	sm_table_ref(state->seen);
	set(result, SMBMGMT_OUTCOME_RECONNECTED,
	    "The session ended, and its client has logged on again.");
}

/*
 * The server said no after the close had been sent.  That it is gone all the
 * same is what CLOSED says: asked for, and seen to be gone.  ALREADY_GONE would
 * say that it was not this close: of a "no" for want of rights that is so, for
 * nothing was done; of any other, such as a fault halfway, nobody knows.
 */
static void said_no(struct exec_state *state, struct sm_result *result,
		    const struct epoch *epoch, const struct unit_state *unit,
		    const struct sm_then *then)
{
	const struct sm_fail *said = sm_exec_why(unit);
	struct sm_fail why = *said;

	if (epoch->looked && then->fate == SM_FATE_REPLACED) {
		replaced(state, result, then);
		return;
	}
	if (epoch->looked && then->fate == SM_FATE_GONE) {
		set(result, SMBMGMT_OUTCOME_CLOSED, "");
		snprintf(result->message, sizeof(result->message),
			 "The server said no, and the session has ended all "
			 "the same: %.130s",
			 said->text);
		sm_trim_tail(result->message);
		return;
	}
	if (!epoch->looked || then->fate != SM_FATE_SAME)
		sm_fail_native(
			&why, said->code, said->kind, said->native,
			"The server said no, and it could not be seen "
			"whether the close was carried out all the same; "
			"list again: %s",
			said->text);
	sm_result_fail(result, SMBMGMT_OUTCOME_FAILED, &why,
		       state->handle->server);
}

static void was_sent(struct exec_state *state, struct sm_result *result,
		     const struct epoch *epoch, const struct unit_state *unit,
		     size_t row)
{
	const struct sm_then *then = &epoch->then[row];
	bool gone = epoch->looked && (then->fate == SM_FATE_GONE ||
				      then->fate == SM_FATE_REPLACED);

	result->sent = true;
	if (own_ended(then->row, unit)) {
		set(result, SMBMGMT_OUTCOME_CLOSED,
		    "It carried our own connection, which has ended.");
	} else if (denied(unit)) {
		if (gone)
			set(result, SMBMGMT_OUTCOME_ALREADY_GONE,
			    "It was gone before the close reached it.");
		else
			sm_result_fail(result, SMBMGMT_OUTCOME_FAILED,
				       sm_exec_why(unit),
				       state->handle->server);
	} else if (unit->answer == UNIT_NO) {
		said_no(state, result, epoch, unit, then);
	} else if (unit->answer == UNIT_GONE &&
		   (gone || !state->options.verify)) {
		set(result, SMBMGMT_OUTCOME_ALREADY_GONE,
		    "It was gone before the close reached it.");
	} else if (gone && then->fate == SM_FATE_REPLACED) {
		replaced(state, result, then);
	} else if (gone) {
		set(result, SMBMGMT_OUTCOME_CLOSED, "");
	} else if (epoch->looked && !state->look_failed) {
		set(result, SMBMGMT_OUTCOME_STILL_PRESENT,
		    then->fate == SM_FATE_SAME
			    ? "The close was sent, and the session is still "
			      "listed."
			    : "The close was sent, and a session is listed "
			      "that cannot be told from this one; list "
			      "again.");
	} else {
		unverified(state, result, unit);
	}
}

/* Before the close it could not be told whether it was still there. */
static void unsure(struct exec_state *state, struct sm_result *result,
		   const struct epoch *epoch)
{
	struct sm_fail why;

	if (!epoch->layout->table->listing.incomplete) {
		set(result, SMBMGMT_OUTCOME_REFUSED_UNSAFE,
		    "What the server lists now does not tell whether the "
		    "session is still the same one; nothing was sent. Plan "
		    "again.");
		return;
	}
	sm_fail(&why, SMBMGMT_E_INCOMPLETE,
		"The session is not in the listing made before the close, "
		"which may lack live sessions; nothing was sent. Try again.");
	sm_result_fail(result, SMBMGMT_OUTCOME_FAILED, &why,
		       state->handle->server);
}

static void write_one(struct exec_state *state, const struct item_state *item)
{
	struct sm_result *result = &state->results[item->item];
	struct epoch *epoch = state->epochs[item->epoch];
	const struct unit_state *unit = NULL;
	const struct sm_unit *planned = NULL;

	result->tried = true;
	if (item->row == SM_UNSURE_ROW) {
		unsure(state, result, epoch);
		return;
	}
	if (item->row == SM_NO_ROW) {
		set(result, SMBMGMT_OUTCOME_ALREADY_GONE,
		    "It was gone before the close was sent.");
		return;
	}
	result->unit = epoch->layout->unit_of[item->row];
	result->layout = epoch->layout;
	sm_layout_ref(epoch->layout);
	unit = &epoch->units[result->unit];
	planned = &epoch->layout->units[result->unit];
	if (planned->code != 0)
		refused(result, planned);
	else if (unit->sent_ns == 0)
		sm_result_fail(result, SMBMGMT_OUTCOME_FAILED,
			       sm_exec_why(unit), state->handle->server);
	else
		was_sent(state, result, epoch, unit, item->row);
}

void sm_exec_write_results(struct exec_state *state)
{
	for (size_t i = 0; i < state->item_count; i++)
		write_one(state, &state->items[i]);
}
