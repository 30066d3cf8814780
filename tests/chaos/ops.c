/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The operations of the chaos host; all through the public interface. */
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chaos.h"

static const struct server *pick_server(struct worker *w)
{
	return &chaos.servers[pick(w, chaos.server_count)];
}

static void list(struct worker *w, smbmgmt_handle **handles, uint32_t n)
{
	smbmgmt_session_list *found = NULL;

	(void)w;
	check_code(smbmgmt_list_sessions(chaos.context, handles, n, NULL, NULL,
					 &found, NULL),
		   "list");
	smbmgmt_session_list_unref(found);
}

static void close_them(struct worker *w, smbmgmt_handle **handles, uint32_t n)
{
	smbmgmt_action *action = make_action(w);
	smbmgmt_filter *filter = make_filter(w);
	smbmgmt_report *report = NULL;
	int64_t begin = now_ms();

	check_code(smbmgmt_close_sessions(chaos.context, handles, n, filter,
					  action, &report, NULL),
		   "close");
	check_report(report, begin);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
}

/* An action that does not verify cannot evict. */
static void evict(struct worker *w, smbmgmt_handle **handles, uint32_t n)
{
	smbmgmt_evict_options *options = make_evict_options(w);
	smbmgmt_action *action = make_action(w);
	smbmgmt_filter *filter = make_filter(w);
	smbmgmt_report *report = NULL;
	int64_t begin = now_ms();

	need(smbmgmt_action_set_verify(action, 1, NULL));
	check_code(smbmgmt_evict(chaos.context, handles, n, filter, action,
				 options, &report, NULL),
		   "evict");
	check_report(report, begin);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
	smbmgmt_evict_options_unref(options);
}

/* Time passes between what was seen and what is done. */
static void plan_and_execute(struct worker *w, smbmgmt_handle **handles,
			     uint32_t n)
{
	smbmgmt_action *action = make_action(w);
	smbmgmt_filter *filter = make_filter(w);
	smbmgmt_report *report = NULL;
	smbmgmt_plan *plan = NULL;
	int64_t begin = now_ms();

	check_code(smbmgmt_plan_close(chaos.context, handles, n, filter, NULL,
				      &plan, NULL),
		   "plan");
	pause_ms(pick(w, 800));
	if (plan != NULL) {
		check_code(smbmgmt_execute_plan(plan, action, &report, NULL),
			   "execute");
		check_report(report, begin);
	}
	smbmgmt_plan_unref(plan);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
}

enum kind {
	JOB_LIST,
	JOB_PLAN,
	JOB_CLOSE,
	JOB_EVICT,
	JOB_OPEN,
	JOB_EXECUTE,
	JOB_KINDS
};

static const char *const job_names[JOB_KINDS] = {"a list job", "a plan job",
						 "a close job", "an open job",
						 "an execute job"};

static int32_t start_open(struct worker *w, smbmgmt_context *context,
			  smbmgmt_job **job)
{
	const struct server *server = pick_server(w);
	smbmgmt_open_options *options =
		make_options(server, 1 + pick(w, 2000), 0);
	int32_t code =
		smbmgmt_start_open(context, server->name, options, job, NULL);

	smbmgmt_open_options_unref(options);
	return code;
}

static int32_t start_execute(smbmgmt_context *context, smbmgmt_handle **handles,
			     uint32_t n, const smbmgmt_filter *filter,
			     const smbmgmt_action *action, smbmgmt_job **job)
{
	smbmgmt_plan *plan = NULL;
	int32_t code = smbmgmt_plan_close(context, handles, n, filter, NULL,
					  &plan, NULL);

	/* A plan with failed servers can be executed on the others. */
	if (plan != NULL)
		code = smbmgmt_start_execute(plan, action, job, NULL);
	smbmgmt_plan_unref(plan);
	return code;
}

static int32_t start_evict(struct worker *w, smbmgmt_context *context,
			   smbmgmt_handle **handles, uint32_t n,
			   const smbmgmt_filter *filter, smbmgmt_action *action,
			   smbmgmt_job **job)
{
	smbmgmt_evict_options *options = make_evict_options(w);
	int32_t code = 0;

	need(smbmgmt_action_set_verify(action, 1, NULL));
	code = smbmgmt_start_evict(context, handles, n, filter, action, options,
				   job, NULL);
	smbmgmt_evict_options_unref(options);
	return code;
}

static smbmgmt_job *start(struct worker *w, smbmgmt_context *context,
			  enum kind kind, smbmgmt_handle **handles, uint32_t n)
{
	smbmgmt_action *action = make_action(w);
	smbmgmt_filter *filter = make_filter(w);
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	if (kind == JOB_LIST)
		code = smbmgmt_start_list(context, handles, n, NULL, NULL, &job,
					  NULL);
	else if (kind == JOB_PLAN)
		code = smbmgmt_start_plan(context, handles, n, filter, NULL,
					  &job, NULL);
	else if (kind == JOB_CLOSE)
		code = smbmgmt_start_close(context, handles, n, filter, action,
					   &job, NULL);
	else if (kind == JOB_EVICT)
		code = start_evict(w, context, handles, n, filter, action,
				   &job);
	else if (kind == JOB_OPEN)
		code = start_open(w, context, &job);
	else
		code = start_execute(context, handles, n, filter, action, &job);
	check_code(code, job_names[kind]);
	count(JOBS_STARTED, job != NULL);
	/* The job has what it needs. */
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
	return job;
}

/* What a job has made; that of another kind is not there. */
static void take_results(struct worker *w, smbmgmt_job *job, int64_t begin)
{
	smbmgmt_session_list *found = smbmgmt_job_list(job);
	smbmgmt_report *report = smbmgmt_job_report(job);
	smbmgmt_handle *handle = smbmgmt_job_handle(job);
	smbmgmt_plan *plan = smbmgmt_job_plan(job);

	if (report != NULL)
		check_report(report, begin);
	if (handle != NULL) {
		count(HANDLES_OPENED, 1);
		place_handle(pick(w, SLOTS), handle);
	}
	smbmgmt_plan_unref(plan);
	smbmgmt_session_list_unref(found);
}

static void run_job(struct worker *w, smbmgmt_handle **handles, uint32_t n)
{
	enum kind kind = (enum kind)pick(w, JOB_KINDS);
	int64_t begin = now_ms();
	smbmgmt_job *job = start(w, chaos.context, kind, handles, n);
	uint32_t fate = pick(w, 4);

	if (job == NULL)
		return;
	/* A handle that nobody takes would stay open. */
	if (fate == 0 && kind != JOB_OPEN) {
		count(JOBS_DROPPED, 1);
		smbmgmt_job_unref(job);
		return;
	}
	if (fate <= 1) {
		pause_ms(pick(w, 300));
		count(JOBS_CANCELLED, 1);
		smbmgmt_job_cancel(job);
	}
	check_job(job, job_names[kind]);
	take_results(w, job, begin);
	smbmgmt_job_unref(job);
}

static void open_one(struct worker *w)
{
	const struct server *server = pick_server(w);
	smbmgmt_open_options *options =
		make_options(server, 500 + pick(w, 3000), (int32_t)pick(w, 2));
	smbmgmt_handle *handle = NULL;

	check_code(smbmgmt_open_handle(chaos.context, server->name, options,
				       &handle, NULL),
		   "open");
	smbmgmt_open_options_unref(options);
	if (handle == NULL)
		return;
	count(HANDLES_OPENED, 1);
	place_handle(pick(w, SLOTS), handle);
}

/* 0, or the number of what was not as it should be. */
static int be_child(smbmgmt_handle **handles, uint32_t n, uint32_t stay)
{
	smbmgmt_session_list *found = NULL;
	smbmgmt_job *job = NULL;

	if (smbmgmt_list_sessions(chaos.context, handles, n, NULL, NULL, &found,
				  NULL) != SMBMGMT_E_FORKED)
		return 1;
	if (smbmgmt_start_list(chaos.context, handles, n, NULL, NULL, &job,
			       NULL) != SMBMGMT_E_FORKED)
		return 2;
	if (smbmgmt_remove_handle(handles[0], NULL) != SMBMGMT_E_FORKED)
		return 3;
	/* With copies of all descriptors. */
	pause_ms(stay);
	return 0;
}

static void fork_one(struct worker *w, smbmgmt_handle **handles, uint32_t n)
{
	uint32_t stay = pick(w, 400);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(HANG_MS / 2000);
		_exit(be_child(handles, n, stay));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		wrong("a forked child: status 0x%x", status);
	count(FORKS, 1);
}

/* A context that ends while its jobs are at it. */
static void end_context(struct worker *w)
{
	smbmgmt_context *context = make_context();
	smbmgmt_handle *handles[SOME] = {NULL};
	smbmgmt_job *jobs[SOME] = {NULL};
	int64_t begin = now_ms();
	uint32_t n = 0;

	for (uint32_t i = 0; i < SOME; i++) {
		const struct server *server = pick_server(w);
		smbmgmt_open_options *options = make_options(server, 3000, 1);

		if (smbmgmt_open_handle(context, server->name, options,
					&handles[n], NULL) == 0)
			n++;
		smbmgmt_open_options_unref(options);
	}
	for (uint32_t i = 0; n > 0 && i < SOME; i++) {
		enum kind kind = (enum kind)pick(w, JOB_OPEN);

		jobs[i] = start(w, context, kind, handles, n);
	}
	pause_ms(pick(w, 600));
	smbmgmt_context_unref(context);
	count(CONTEXTS_ENDED, 1);
	for (uint32_t i = 0; i < SOME; i++) {
		if (jobs[i] == NULL)
			continue;
		if (smbmgmt_job_is_complete(jobs[i]) != 1)
			wrong("a job is not complete when its context is gone");
		check_job(jobs[i], "a job of a context that ended");
		take_results(w, jobs[i], begin);
		smbmgmt_job_unref(jobs[i]);
	}
	drop_handles(handles, n);
}

static const struct {
	const char *name;
	uint32_t weight;
	void (*with)(struct worker *w, smbmgmt_handle **handles, uint32_t n);
	void (*alone)(struct worker *w);
} operations[] = {
	{"list", 4, list, NULL},
	{"close", 5, close_them, NULL},
	{"evict", 2, evict, NULL},
	{"plan and execute", 4, plan_and_execute, NULL},
	{"job", 10, run_job, NULL},
	{"open", 5, NULL, open_one},
	{"fork", 2, fork_one, NULL},
	{"end a context", 1, NULL, end_context},
};
#define OPERATION_KINDS (sizeof(operations) / sizeof(operations[0]))

static size_t pick_operation(struct worker *w)
{
	uint32_t at = 0;
	size_t i = 0;

	/* Each is somebody's first. */
	if (w->done++ == 0)
		return w->number % OPERATION_KINDS;
	for (i = 0; i < OPERATION_KINDS; i++)
		at += operations[i].weight;
	at = pick(w, at);
	for (i = 0; at >= operations[i].weight; i++)
		at -= operations[i].weight;
	return i;
}

void do_something(struct worker *w)
{
	smbmgmt_handle *handles[SOME] = {NULL};
	size_t i = pick_operation(w);
	uint32_t n = 0;

	atomic_store(&w->what, operations[i].name);
	atomic_store(&w->since, now_ms());
	if (operations[i].with != NULL)
		n = take_handles(w, handles);
	if (operations[i].alone != NULL)
		operations[i].alone(w);
	else if (n > 0)
		operations[i].with(w, handles, n);
	else
		open_one(w);
	drop_handles(handles, n);
	atomic_store(&w->since, 0);
	count(OPERATIONS, 1);
}
