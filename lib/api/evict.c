/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>

#include "api/api.h"
#include "core/words.h"
#include "engine/audit.h"
#include "engine/callback.h"
#include "engine/planned.h"
#include "util/clock.h"

/* Servers that are named in the question. */
#define NAMED_MAX 5

static const smbmgmt_evict_options *
or_plain(const smbmgmt_evict_options *options)
{
	return options == NULL ? &sm_api_evict_plain : options;
}

/* No handles at all are this machine. */
static void ask_in_words(struct sm_words *words, smbmgmt_handle *const *handles,
			 size_t n, const smbmgmt_filter *filter,
			 const smbmgmt_evict_options *options)
{
	sm_words_add(words, "Evict ");
	sm_words_filter(words, filter);
	sm_words_add(words, " from %zu server%s (", n == 0 ? 1 : n,
		     n <= 1 ? "" : "s");
	if (n == 0)
		sm_words_add(words, "%s", SM_HERE_NAME);
	for (size_t i = 0; i < n && i < NAMED_MAX; i++)
		sm_words_add(words, "%s%s", i == 0 ? "" : ", ",
			     handles[i]->server);
	if (n > NAMED_MAX)
		sm_words_add(words, " and %zu more", n - NAMED_MAX);
	sm_words_add(words, "): close what matches now");
	if (options->duration > 0) {
		sm_words_add(words, ", and what comes back within ");
		sm_words_time(words, options->duration);
	}
	sm_words_add(words, "?");
}

const char *smbmgmt_evict_options_question(smbmgmt_evict_options *options,
					   smbmgmt_handle *const *handles,
					   uint32_t n,
					   const smbmgmt_filter *filter)
{
	struct sm_words words = {0};

	if (options == NULL || (handles == NULL && n > 0) || filter == NULL)
		return "";
	for (uint32_t i = 0; i < n; i++) {
		if (handles[i] == NULL)
			return "";
	}
	words.text = options->question;
	words.size = sizeof(options->question);
	ask_in_words(&words, handles, n, filter, options);
	return options->question;
}

/* Whatever was asked: is it an evict at all? */
static int check(const smbmgmt_filter *filter, const smbmgmt_action *action,
		 struct sm_fail *fail)
{
	int ret = sm_api_consent(action, fail);

	/* No action is no consent. */
	if (ret != 0 || action == NULL)
		return ret;
	if (!action->verify)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "An evict looks whether sessions have gone; let "
			       "the action verify.");
	if (sm_api_rules(action->policy)->include_own)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "An evict goes on looking, by a session of its "
			       "own that would come back each time; leave "
			       "include-own out.");
	if (filter != NULL && filter->session_count > 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A session object never comes back; evict by "
			       "client, user or another property, or close.");
	return 0;
}

static void take_options(smbmgmt_job *job, const smbmgmt_evict_options *options)
{
	options = or_plain(options);
	job->evicts = true;
	job->forced = job->forced && !options->confirmed;
	job->duration = options->duration;
	job->interval = options->interval;
}

int sm_api_evict_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		     uint32_t n, const smbmgmt_filter *filter,
		     const smbmgmt_action *action,
		     const smbmgmt_evict_options *options, bool fd,
		     smbmgmt_job **job, struct sm_fail *fail)
{
	int ret = check(filter, action, fail);

	if (ret == 0)
		ret = sm_api_close_job(context, handles, n, filter, action, fd,
				       job, fail);
	if (ret == 0)
		take_options(*job, options);
	return ret;
}

/* One question for all of it; 0: go on. */
static int ask(const smbmgmt_action *action, smbmgmt_plan *plan,
	       const smbmgmt_filter *filter,
	       const smbmgmt_evict_options *options, struct sm_fail *fail)
{
	const struct sm_planned *planned = sm_planned_of(plan);
	smbmgmt_question question = {.plan = plan, .item = UINT32_MAX};
	struct sm_words words = {.text = question.text,
				 .size = sizeof(question.text)};
	int32_t answer = 0;

	for (size_t i = 0; i < plan->items.count; i++)
		question.sessions +=
			sm_plan_code(plan, &plan->items.items[i]) == 0;
	ask_in_words(&words, planned->handles, planned->n, filter, options);
	answer = sm_api_ask(action, &question);
	if (answer == SMBMGMT_ANSWER_YES || answer == SMBMGMT_ANSWER_YES_TO_ALL)
		return 0;
	if (answer == SMBMGMT_ANSWER_NO || answer == SMBMGMT_ANSWER_NO_TO_ALL)
		return sm_fail(fail, SMBMGMT_E_DECLINED,
			       "The answer was no; nothing was sent.");
	return sm_fail(fail, SMBMGMT_E_CANCELLED,
		       "The prompt was aborted; nothing was sent.");
}

static int call_before(const smbmgmt_evict_options *options, smbmgmt_plan *plan,
		       struct sm_fail *fail)
{
	int32_t ret = 0;

	sm_callback_enter();
	ret = options->before(plan, options->userdata);
	sm_callback_leave();
	if (ret == 0)
		return 0;
	return sm_fail(fail, SMBMGMT_E_HOOK_FAILED,
		       "The hook that runs before the first close failed with "
		       "%d; nothing was sent.",
		       ret);
}

/* Nothing was sent: the report says so of each session. */
static int32_t stop(smbmgmt_plan *plan, const struct sm_fail *why,
		    smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_result *results =
		calloc(plan->items.count + 1, sizeof(*results));
	struct sm_fail fail = {.offset = -1};
	int ret = results == NULL ? sm_fail_nomem(&fail) : 0;

	if (why->code == SMBMGMT_E_DECLINED)
		sm_plan_decide(plan, SMBMGMT_DECISION_NO);
	if (ret == 0)
		ret = sm_plan_settle(plan, &fail);
	if (ret == 0)
		ret = sm_report_new(report, &fail);
	if (ret == 0) {
		ret = sm_report_fill(*report, plan, results, &fail);
		(*report)->listings = plan->listings;
		(*report)->code = why->code;
	}
	if (ret == 0)
		ret = sm_audit_report(plan, *report, false, &fail);
	sm_results_free(results, plan->items.count);
	return sm_error_set(err, ret == 0 ? why : &fail, NULL);
}

/* With consent, and the hook behind us: off it goes, on a plan of a while ago.
 */
static int32_t carry_out(smbmgmt_plan *plan, struct sm_match *match,
			 const smbmgmt_action *action,
			 const smbmgmt_evict_options *options,
			 smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;

	plan->executed = false;
	if (action->confirm != NULL)
		sm_plan_decide(plan, SMBMGMT_DECISION_YES);
	if (sm_api_execute_job(plan, action, false, false, &job, &fail) != 0) {
		sm_match_free(match);
		return sm_api_refuse(report, &fail, err);
	}
	job->match = match;
	take_options(job, options);
	return sm_api_run_report(job, report, err);
}

/* The question, and then the hook; 0: go on. */
static int prepare(smbmgmt_plan *plan, const smbmgmt_filter *filter,
		   const smbmgmt_action *action,
		   const smbmgmt_evict_options *options, struct sm_fail *fail)
{
	int ret = 0;

	/* Consent is for all of it or nothing: no item is decided by itself. */
	plan->executed = true;
	if (action->confirm != NULL)
		ret = ask(action, plan, filter, options, fail);
	if (ret == 0 && options->before != NULL)
		ret = call_before(options, plan, fail);
	return ret;
}

/*
 * Plan, ask on this thread, run the hook, and only then close: by the filter
 * and the options of now, whatever becomes of them while somebody thinks.
 */
static int32_t evict_asking(smbmgmt_context *context,
			    smbmgmt_handle *const *handles, uint32_t n,
			    const smbmgmt_filter *filter,
			    const smbmgmt_action *action,
			    const smbmgmt_evict_options *options,
			    smbmgmt_report **report, smbmgmt_error **err)
{
	const smbmgmt_evict_options now = *options;
	const smbmgmt_action act = *action;
	struct sm_fail fail = {.offset = -1};
	struct sm_match *match = NULL;
	smbmgmt_plan *plan = NULL;
	int32_t code = 0;

	if (sm_match_new(filter, &match, &fail) != 0)
		return sm_api_refuse(report, &fail, err);
	code = sm_api_plan_first(context, handles, n, filter, action, &plan,
				 report, err);
	if (plan == NULL) {
		sm_match_free(match);
		return code;
	}
	if (prepare(plan, filter, action, options, &fail) == 0) {
		code = carry_out(plan, match, &act, &now, report, err);
	} else {
		sm_match_free(match);
		code = stop(plan, &fail, report, err);
	}
	sm_plan_unref(plan);
	return code;
}

int32_t smbmgmt_evict(smbmgmt_context *context, smbmgmt_handle *const *handles,
		      uint32_t n, const smbmgmt_filter *filter,
		      const smbmgmt_action *action,
		      const smbmgmt_evict_options *options,
		      smbmgmt_report **report, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(context);
	if (sm_context_enter(context, &fail) != 0)
		return sm_error_set(err, &fail, NULL);
	options = or_plain(options);
	if (check(filter, action, &fail) != 0)
		code = sm_api_refuse(report, &fail, err);
	else if (!action->what_if &&
		 (action->confirm != NULL || options->before != NULL))
		code = evict_asking(context, handles, n, filter, action,
				    options, report, err);
	else if (sm_api_evict_job(context, handles, n, filter, action, options,
				  false, &job, &fail) != 0)
		code = sm_api_refuse(report, &fail, err);
	else
		code = sm_api_run_report(job, report, err);
	sm_context_leave(context);
	return code;
}
