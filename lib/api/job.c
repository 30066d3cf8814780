/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What all jobs have in common; each kind is in the file of its call. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"

static void free_looks(smbmgmt_job *job)
{
	for (size_t i = 0; job->looks != NULL && i < job->base.servers; i++)
		sm_table_unref(job->looks[i].table);
	free(job->looks);
	job->looks = NULL;
}

/* What only the steps needed. */
static void free_work(smbmgmt_job *job)
{
	free_looks(job);
	sm_rounds_free(job->rounds);
	job->rounds = NULL;
	sm_match_free(job->match);
	job->match = NULL;
	if (job->closes != NULL)
		sm_results_free(job->results, job->closes->items.count);
	job->results = NULL;
	sm_plan_unref(job->closes);
	job->closes = NULL;
	free(job->fails);
	job->fails = NULL;
	for (size_t i = 0; job->handles != NULL && i < job->base.servers; i++)
		sm_handle_unref(job->handles[i]);
	free(job->handles);
	job->handles = NULL;
}

static void free_rest(struct sm_job *base)
{
	smbmgmt_job *job = (smbmgmt_job *)(void *)base;

	free_work(job);
	free(job->computer);
	sm_handle_unref(job->handle);
	smbmgmt_session_list_unref(job->list);
	sm_plan_unref(job->plan);
	sm_report_unref(job->report);
}

static void begin(struct sm_job *base)
{
	smbmgmt_job *job = (smbmgmt_job *)(void *)base;

	job->step(job);
}

static void cancel(struct sm_job *base)
{
	smbmgmt_job *job = (smbmgmt_job *)(void *)base;

	/* One that has begun and is not complete waits for its fleet. */
	sm_fleet_cancel(&job->fleet);
}

static const struct sm_job_ops ops = {
	.begin = begin,
	.cancel = cancel,
	.free_rest = free_rest,
};

int sm_api_job_new(smbmgmt_context *context, smbmgmt_handle *const *handles,
		   size_t n, const char *server, bool fd, smbmgmt_job **job,
		   struct sm_fail *fail)
{
	struct sm_engine *engine = NULL;
	smbmgmt_job *j = NULL;
	int ret = sm_context_engine(context, &engine, fail);

	if (ret != 0)
		return ret;
	j = calloc(1, sizeof(*j));
	if (j == NULL)
		return sm_fail_nomem(fail);
	ret = sm_job_init(&j->base, &ops, context, engine, n, fd, fail);
	j->handles = calloc(n + 1, sizeof(*j->handles));
	j->fails = calloc(n + 1, sizeof(*j->fails));
	if (server != NULL)
		j->computer = strdup(server);
	if (ret == 0 && (j->handles == NULL || j->fails == NULL ||
			 (server != NULL && j->computer == NULL)))
		ret = sm_fail_nomem(fail);
	for (size_t i = 0; j->handles != NULL && i < n; i++)
		j->handles[i] = sm_handle_ref(handles[i]);
	if (ret != 0)
		sm_job_unref(&j->base);
	else
		*job = j;
	return ret;
}

int sm_api_match_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		     uint32_t n, const smbmgmt_filter *filter, bool fd,
		     smbmgmt_job **job, struct sm_fail *fail)
{
	smbmgmt_job *j = NULL;
	int ret = sm_api_here(context, &handles, &n, fail);

	if (ret == 0)
		ret = sm_api_handles(context, handles, n, fail);
	if (ret == 0)
		ret = sm_api_sessions(filter, handles, n, fail);
	if (ret == 0)
		ret = sm_api_job_new(context, handles, n,
				     n == 1 ? handles[0]->server : NULL, fd, &j,
				     fail);
	if (ret == 0)
		ret = sm_match_new(filter, &j->match, fail);
	if (ret != 0)
		sm_api_job_unref(j);
	else
		*job = j;
	return ret;
}

/* How many rows match, for progress; the step that follows selects them. */
static void count_sessions(smbmgmt_job *job, const struct sm_table *table)
{
	uint8_t *selected = calloc(table->count + 1, 1);
	uint64_t count = 0;

	if (selected != NULL &&
	    sm_match_select(job->match, table, selected, NULL, NULL) == 0) {
		for (size_t i = 0; i < table->count; i++)
			count += selected[i] != 0;
	}
	free(selected);
	atomic_fetch_add(&job->base.sessions, count);
}

static void count_outcomes(smbmgmt_job *job, size_t server)
{
	const struct sm_items *items = &job->closes->items;

	for (size_t i = 0; i < items->count; i++) {
		const struct sm_item *item = &items->items[i];
		const struct sm_result *result = &job->results[i];

		if (!item->in_layout || item->server != server)
			continue;
		if (result->tried && result->code == 0)
			atomic_fetch_add(&job->base.closed, 1);
		else
			atomic_fetch_add(&job->base.failed, 1);
	}
}

static int32_t final_state(int32_t code)
{
	if (code == 0)
		return SMBMGMT_JOB_SERVER_DONE;
	return code == SMBMGMT_E_CANCELLED ? SMBMGMT_JOB_SERVER_CANCELLED
					   : SMBMGMT_JOB_SERVER_FAILED;
}

static smbmgmt_job *job_of(struct sm_fleet *fleet)
{
	return (smbmgmt_job *)(void *)((char *)fleet -
				       offsetof(smbmgmt_job, fleet));
}

static void moved(struct sm_fleet *fleet, size_t i, const int32_t *code)
{
	smbmgmt_job *job = job_of(fleet);

	if (code == NULL) {
		sm_job_mark(&job->base, i, SMBMGMT_JOB_SERVER_RUNNING);
		return;
	}
	if (fleet->plan != NULL)
		count_outcomes(job, i);
	else if (fleet->looks != NULL && fleet->looks[i].table != NULL)
		count_sessions(job, fleet->looks[i].table);
	sm_job_mark(&job->base, i, final_state(*code));
}

static void done(struct sm_fleet *fleet)
{
	smbmgmt_job *job = job_of(fleet);

	job->then(job);
}

struct sm_fleet *sm_api_job_fleet(smbmgmt_job *job,
				  void (*then)(smbmgmt_job *job))
{
	struct sm_fleet *fleet = &job->fleet;

	job->then = then;
	fleet->engine = job->base.engine;
	fleet->handles = job->handles;
	fleet->n = job->base.servers;
	fleet->fails = job->fails;
	fleet->looks = NULL;
	fleet->rounds = NULL;
	fleet->moved = moved;
	fleet->done = done;
	fleet->cancelled = atomic_load(&job->base.cancelled);
	return fleet;
}

void sm_api_job_look(smbmgmt_job *job, void (*then)(smbmgmt_job *job))
{
	struct sm_fleet *fleet = sm_api_job_fleet(job, then);
	struct sm_fail fail;

	job->looks = calloc(job->base.servers + 1, sizeof(*job->looks));
	if (job->looks == NULL) {
		sm_fail_nomem(&fail);
		sm_plan_unref(job->plan);
		job->plan = NULL;
		sm_api_job_finish(job, fail.code, &fail);
		return;
	}
	fleet->looks = job->looks;
	fleet->ask.instances = sm_match_instances(job->match);
	sm_fleet_look(fleet);
}

void sm_api_job_finish(smbmgmt_job *job, int ret, const struct sm_fail *fail)
{
	/* Not a second time when the last reference goes. */
	free_work(job);
	sm_job_finish(&job->base, ret, fail,
		      job->executes ? NULL : job->computer);
}

int32_t sm_api_job_run(smbmgmt_job *job, smbmgmt_error **err)
{
	sm_job_start(&job->base);
	sm_job_wait(&job->base, UINT32_MAX);
	if (job->base.code != 0 && err != NULL)
		*err = smbmgmt_error_ref(job->base.error);
	return job->base.code;
}

/* The end of every start: off it goes, or not at all. */
static int32_t hand_over(smbmgmt_context *context, int ret, smbmgmt_job *made,
			 const struct sm_fail *fail, const char *server,
			 smbmgmt_job **job, smbmgmt_error **err)
{
	int32_t code = 0;

	if (ret != 0) {
		code = sm_error_set(err, fail, server);
	} else {
		*job = made;
		sm_job_start(&made->base);
	}
	sm_context_leave(context);
	return code;
}

int32_t smbmgmt_start_open(smbmgmt_context *context, const char *computer,
			   const smbmgmt_open_options *options,
			   smbmgmt_job **job, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *j = NULL;
	int ret = 0;

	SM_NEED(job);
	*job = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, computer);
	ret = sm_api_open_job(context, computer, options, true, &j, &fail);
	return hand_over(context, ret, j, &fail, computer, job, err);
}

int32_t smbmgmt_start_list(smbmgmt_context *context,
			   smbmgmt_handle *const *handles, uint32_t n,
			   const smbmgmt_filter *filter,
			   const smbmgmt_list_options *options,
			   smbmgmt_job **job, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *j = NULL;
	int ret = 0;

	SM_NEED(job);
	*job = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_api_list_job(context, handles, n, filter, options, true, &j,
			      &fail);
	return hand_over(context, ret, j, &fail, NULL, job, err);
}

int32_t smbmgmt_start_plan(smbmgmt_context *context,
			   smbmgmt_handle *const *handles, uint32_t n,
			   const smbmgmt_filter *filter,
			   const smbmgmt_policy *policy, smbmgmt_job **job,
			   smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *j = NULL;
	int ret = 0;

	SM_NEED(job);
	*job = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_api_plan_job(context, handles, n, filter, sm_api_rules(policy),
			      policy == NULL ? 0 : policy->deadline,
			      policy == NULL ? 0 : policy->throttle, true, &j,
			      &fail);
	return hand_over(context, ret, j, &fail, NULL, job, err);
}

/* A job asks nobody. */
static int check_asks(const smbmgmt_action *action, struct sm_fail *fail)
{
	if (action == NULL || action->confirm == NULL)
		return 0;
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "A job cannot ask; plan, decide with "
		       "smbmgmt_plan_set_decision(), and execute without a "
		       "confirm callback.");
}

int32_t smbmgmt_start_execute(smbmgmt_plan *plan, const smbmgmt_action *action,
			      smbmgmt_job **job, smbmgmt_error **err)
{
	smbmgmt_context *context = NULL;
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *j = NULL;
	int ret = 0;

	SM_NEED(job);
	*job = NULL;
	SM_NEED(plan);
	context = sm_api_plan_context(plan);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = check_asks(action, &fail);
	if (ret == 0)
		ret = sm_api_execute_job(plan, action, false, true, &j, &fail);
	return hand_over(context, ret, j, &fail, NULL, job, err);
}

int32_t smbmgmt_start_close(smbmgmt_context *context,
			    smbmgmt_handle *const *handles, uint32_t n,
			    const smbmgmt_filter *filter,
			    const smbmgmt_action *action, smbmgmt_job **job,
			    smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *j = NULL;
	int ret = 0;

	SM_NEED(job);
	*job = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = check_asks(action, &fail);
	if (ret == 0)
		ret = sm_api_close_job(context, handles, n, filter, action,
				       true, &j, &fail);
	return hand_over(context, ret, j, &fail, NULL, job, err);
}

int32_t smbmgmt_start_evict(smbmgmt_context *context,
			    smbmgmt_handle *const *handles, uint32_t n,
			    const smbmgmt_filter *filter,
			    const smbmgmt_action *action,
			    const smbmgmt_evict_options *options,
			    smbmgmt_job **job, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *j = NULL;
	int ret = 0;

	SM_NEED(job);
	*job = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = check_asks(action, &fail);
	if (ret == 0 && options != NULL && options->before != NULL)
		ret = sm_fail(&fail, SMBMGMT_E_INVALID,
			      "A job calls nobody; plan, do what must be done "
			      "first, and evict without a hook.");
	if (ret == 0)
		ret = sm_api_evict_job(context, handles, n, filter, action,
				       options, true, &j, &fail);
	return hand_over(context, ret, j, &fail, NULL, job, err);
}
