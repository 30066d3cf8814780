/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Eight threads on one context, for the thread checkers and for a server:
 *
 *	churn ROUNDS [SERVER AUTH-FILE]
 *
 * on tables in memory, or on a server's sessions.  Prints TAP.  Not made with
 * libcheck: its assertions take a lock, and what a lock has put in order no
 * checker takes for a race.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "churn_jobs.h"
#include "world.h"

/* Made before the threads, and changed by none of them. */
static unsigned int rounds;
static smbmgmt_filter *filter;
static smbmgmt_action *action;

static atomic_uint turns;
static atomic_uint removals;

/* Of the thread's last call, until it has been looked at. */
static _Thread_local smbmgmt_error *err;

/* What may come of a call whose handle another thread removes, or whose
 * sessions another one closes. */
static void expect_sane(int32_t code, const char *what)
{
	smbmgmt_error *error = err;

	err = NULL;
	switch (code) {
	case SMBMGMT_OK:
	case SMBMGMT_E_REMOVED:
	case SMBMGMT_E_CANCELLED:
	case SMBMGMT_E_NOT_FOUND:
	case SMBMGMT_E_PARTIAL:
	case SMBMGMT_E_STILL_PRESENT:
		smbmgmt_error_unref(error);
		return;
	/* Who was closed has logged on again, or is about to. */
	case SMBMGMT_E_CLOSE_DENIED:
	case SMBMGMT_E_REFUSED_COLLATERAL:
	case SMBMGMT_E_REFUSED_UNSAFE:
		if (world.is_server) {
			smbmgmt_error_unref(error);
			return;
		}
		break;
	default:
		break;
	}
	world_fail("%s: %s: %s", what, smbmgmt_error_name(code),
		   error == NULL ? "" : smbmgmt_error_message(error));
}

static void read_session(smbmgmt_session *session)
{
	/* What a plan or report says of none has no session. */
	if (session == NULL)
		return;
	world_true(smbmgmt_session_client(session)[0] != '\0', "a client");
	/* Empty while a session is still logging on. */
	world_true(smbmgmt_session_user(session) != NULL, "a user");
	world_true(smbmgmt_session_has(session, SMBMGMT_FIELD_ID), "an id");
	world_true(smbmgmt_session_id(session) != 0, "an id that is not 0");
	world_true(smbmgmt_session_computer(session)[0] != '\0', "a computer");
	world_true(smbmgmt_session_listed_at(session) != 0, "a time");
}

static smbmgmt_session_list *list(smbmgmt_handle *const *handles, uint32_t n,
				  const smbmgmt_filter *which)
{
	smbmgmt_session_list *sessions = NULL;

	expect_sane(smbmgmt_list_sessions(world.context, handles, n, which,
					  NULL, &sessions, &err),
		    "list");
	world_true(sessions != NULL, "a list");
	for (uint32_t i = 0; i < smbmgmt_session_list_count(sessions); i++)
		read_session(smbmgmt_session_list_get(sessions, i));
	return sessions;
}

static void read_report(smbmgmt_report *report)
{
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		world_true(smbmgmt_report_message(report, i) != NULL,
			   "a message");
		smbmgmt_outcome_name(smbmgmt_report_outcome(report, i));
		read_session(smbmgmt_report_session(report, i));
	}
}

/* Plan and execute; then both at once. */
static void close_some(smbmgmt_handle *const *handles, uint32_t n)
{
	smbmgmt_plan *plan = NULL;
	smbmgmt_report *report = NULL;

	expect_sane(smbmgmt_plan_close(world.context, handles, n, filter, NULL,
				       &plan, &err),
		    "plan");
	if (plan != NULL)
		expect_sane(smbmgmt_execute_plan(plan, action, &report, &err),
			    "execute");
	if (report != NULL)
		read_report(report);
	smbmgmt_report_unref(report);
	smbmgmt_plan_unref(plan);
	report = NULL;
	expect_sane(smbmgmt_close_sessions(world.context, handles, n, filter,
					   action, &report, &err),
		    "close");
	world_true(report != NULL, "a report");
	read_report(report);
	smbmgmt_report_unref(report);
}

/* The handles that there are now, whoever opened them. */
static smbmgmt_handle_list *everyones(smbmgmt_handle *handles[], uint32_t max,
				      uint32_t *count)
{
	smbmgmt_handle_list *all = NULL;

	world_ok(smbmgmt_find_handles(world.context, NULL, &all, NULL),
		 "find_handles");
	*count = smbmgmt_handle_list_count(all);
	if (*count > max)
		*count = max;
	for (uint32_t i = 0; i < *count; i++)
		handles[i] = smbmgmt_handle_list_get(all, i);
	return all;
}

static void remove_one(smbmgmt_handle *handle)
{
	int32_t code = smbmgmt_remove_handle(handle, NULL);

	world_true(code == 0 || code == SMBMGMT_E_REMOVED, "a removal");
	world_true(smbmgmt_handle_state(handle) == SMBMGMT_STATE_REMOVED,
		   "the state of a removed handle");
	if (code == 0)
		atomic_fetch_add(&removals, 1);
}

/* Open, find, list, plan, close, and remove anybody's. */
static void *churn(void *unused)
{
	world_wait();
	for (unsigned int i = 0; i < rounds; i++) {
		unsigned int turn = atomic_fetch_add(&turns, 1);
		smbmgmt_handle *mine = world_open(turn);
		smbmgmt_handle *handles[4];
		uint32_t n = 0;
		smbmgmt_handle_list *all = everyones(handles, 4, &n);

		if (n > 0) {
			smbmgmt_session_list_unref(list(handles, n, NULL));
			close_some(handles, n);
			/* Its owner meets that in mid-call. */
			remove_one(handles[turn % n]);
		}
		remove_one(mine);
		smbmgmt_handle_list_unref(all);
		smbmgmt_handle_unref(mine);
	}
	return unused;
}

static void churned(void)
{
	uint32_t left = 1;

	atomic_store(&removals, 0);
	world_threads(churn, NULL);
	smbmgmt_handle_list_unref(everyones(NULL, 0, &left));
	world_true(atomic_load(&removals) == WORLD_THREADS * rounds,
		   "each handle was removed once");
}

/* What one thread made, others read and drop. */
struct shared {
	smbmgmt_handle *handle;
	smbmgmt_session_list *list;
	smbmgmt_plan *plan;
	smbmgmt_report *report;
	smbmgmt_error *error;
};

static void read_plan(smbmgmt_plan *plan)
{
	for (uint32_t i = 0; i < smbmgmt_plan_count(plan); i++) {
		read_session(smbmgmt_plan_session(plan, i));
		smbmgmt_plan_decision(plan, i);
		smbmgmt_plan_unit(plan, i);
	}
}

static void *use_shared(void *userdata)
{
	struct shared *s = userdata;
	uint32_t n = smbmgmt_session_list_count(s->list);

	world_wait();
	for (unsigned int i = 0; i < rounds; i++) {
		smbmgmt_session *session = smbmgmt_session_ref(
			smbmgmt_session_list_get(s->list, i % n));

		read_session(session);
		smbmgmt_session_unref(session);
		read_plan(s->plan);
		read_report(s->report);
		world_true(smbmgmt_error_code(s->error) != 0, "the error");
		world_true(smbmgmt_handle_name(s->handle)[0] != '\0', "a name");
		smbmgmt_handle_unref(smbmgmt_handle_ref(s->handle));
		smbmgmt_report_unref(smbmgmt_report_ref(s->report));
		smbmgmt_plan_unref(smbmgmt_plan_ref(s->plan));
		smbmgmt_error_unref(smbmgmt_error_ref(s->error));
	}
	/* Who comes last frees. */
	smbmgmt_handle_unref(s->handle);
	smbmgmt_session_list_unref(s->list);
	smbmgmt_plan_unref(s->plan);
	smbmgmt_report_unref(s->report);
	smbmgmt_error_unref(s->error);
	return NULL;
}

static void shared(void)
{
	struct shared s = {.handle = world_open(0)};
	smbmgmt_action *what_if = world_action();

	world_ok(smbmgmt_action_set_what_if(what_if, 1, NULL), "what_if");
	s.list = list(&s.handle, 1, NULL);
	world_true(smbmgmt_session_list_count(s.list) > 0, "sessions");
	expect_sane(smbmgmt_plan_close(world.context, &s.handle, 1, filter,
				       NULL, &s.plan, &err),
		    "plan");
	expect_sane(smbmgmt_close_sessions(world.context, &s.handle, 1, filter,
					   what_if, &s.report, &err),
		    "what-if");
	world_true(smbmgmt_plan_close(world.context, &s.handle, 1, NULL, NULL,
				      NULL, &s.error) != 0,
		   "a call that fails");
	for (int i = 1; i < WORLD_THREADS; i++) {
		smbmgmt_handle_ref(s.handle);
		smbmgmt_session_list_ref(s.list);
		smbmgmt_plan_ref(s.plan);
		smbmgmt_report_ref(s.report);
		smbmgmt_error_ref(s.error);
	}
	world_threads(use_shared, &s);
	smbmgmt_action_unref(what_if);
}

/* A session listed by one thread is closed by the next one in the ring. */
struct ring {
	smbmgmt_handle *handle;
	atomic_uint next;
	pthread_mutex_t lock;
	smbmgmt_session *sessions[WORLD_THREADS];
	smbmgmt_report *reports[WORLD_THREADS];
};

/* Put one in, get what was there. */
static void *swap(struct ring *ring, void *slot, void *object)
{
	void *old = NULL;

	pthread_mutex_lock(&ring->lock);
	memcpy(&old, slot, sizeof(old));
	memcpy(slot, &object, sizeof(object));
	pthread_mutex_unlock(&ring->lock);
	return old;
}

static void hand_on(struct ring *ring, unsigned int me)
{
	unsigned int from = (me + 1) % WORLD_THREADS;
	smbmgmt_session_list *sessions = list(&ring->handle, 1, filter);
	uint32_t n = smbmgmt_session_list_count(sessions);
	smbmgmt_session *session = NULL;
	smbmgmt_report *report = NULL;

	if (n > 0)
		session = smbmgmt_session_ref(
			smbmgmt_session_list_get(sessions, me % n));
	/* The session outlives the list that it came in. */
	smbmgmt_session_list_unref(sessions);
	smbmgmt_session_unref(swap(ring, &ring->sessions[me], session));
	session = swap(ring, &ring->sessions[from], NULL);
	if (session == NULL)
		return;
	read_session(session);
	expect_sane(smbmgmt_close_session(ring->handle, session, action,
					  &report, &err),
		    "close_session");
	smbmgmt_session_unref(session);
	report = swap(ring, &ring->reports[me], report);
	if (report != NULL)
		read_report(report);
	smbmgmt_report_unref(report);
	smbmgmt_report_unref(swap(ring, &ring->reports[from], NULL));
}

static void *pass(void *userdata)
{
	struct ring *ring = userdata;
	unsigned int me = atomic_fetch_add(&ring->next, 1);

	world_wait();
	for (unsigned int i = 0; i < rounds; i++)
		hand_on(ring, me);
	return NULL;
}

static void handed_on(void)
{
	struct ring ring = {.lock = PTHREAD_MUTEX_INITIALIZER};

	ring.handle = world_open(0);
	world_threads(pass, &ring);
	for (int i = 0; i < WORLD_THREADS; i++) {
		smbmgmt_session_unref(ring.sessions[i]);
		smbmgmt_report_unref(ring.reports[i]);
	}
	smbmgmt_handle_unref(ring.handle);
}

/* Half of the threads list a handle that the others remove. */
static void *remove_or_list(void *userdata)
{
	smbmgmt_handle *handle = userdata;
	bool removes = atomic_fetch_add(&turns, 1) % 2 == 0;

	world_wait();
	if (removes)
		remove_one(handle);
	else
		smbmgmt_session_list_unref(list(&handle, 1, NULL));
	return NULL;
}

static void removed_in_use(void)
{
	for (unsigned int i = 0; i < rounds; i++) {
		smbmgmt_handle *handle = world_open(i);

		atomic_store(&removals, 0);
		world_threads(remove_or_list, handle);
		world_true(atomic_load(&removals) == 1, "removed once");
		smbmgmt_handle_unref(handle);
	}
}

/* Each with a context, a loop and a thread of its own. */
static void *first_use(void *unused)
{
	smbmgmt_context *context = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_session_list *sessions = NULL;

	world_wait();
	world_ok(smbmgmt_context_new(&context, NULL), "context");
	world_ok(smbmgmt_open_handle(context, "memory:demo", NULL, &handle,
				     NULL),
		 "open");
	world_ok(smbmgmt_list_sessions(context, &handle, 1, NULL, NULL,
				       &sessions, NULL),
		 "list");
	smbmgmt_session_list_unref(sessions);
	smbmgmt_context_unref(context);
	smbmgmt_handle_unref(handle);
	return unused;
}

static void first_used(void)
{
	world_threads(first_use, NULL);
}

/* The context ends with the call of whoever is last. */
static void *leave(void *userdata)
{
	smbmgmt_handle *handle = userdata;

	world_wait();
	smbmgmt_session_list_unref(list(&handle, 1, NULL));
	smbmgmt_context_unref(world.context);
	/* From here on the context may be gone; the handle knows. */
	remove_one(handle);
	return NULL;
}

static void jobs(void)
{
	churn_jobs(filter, action, rounds);
}

static void ended_by_the_last(void)
{
	smbmgmt_handle *handle = world_open(0);

	for (int i = 1; i < WORLD_THREADS; i++)
		smbmgmt_context_ref(world.context);
	world_threads(leave, handle);
	world.context = NULL;
	smbmgmt_handle_unref(handle);
}

int main(int argc, char **argv)
{
	static const struct world_case cases[] = {
		/* The process's first use of tevent is in the first one. */
		{"each thread its own context", first_used},
		{"open, list, plan, close, remove", churned},
		{"shared lists, plans, reports, errors", shared},
		{"listed here, closed there", handed_on},
		{"removed while it is listed", removed_in_use},
		{"jobs: started, awaited, cancelled, dropped", jobs},
		{"the last reference anywhere", ended_by_the_last},
	};

	if (argc != 2 && argc != 4)
		return 2;
	rounds = (unsigned int)atoi(argv[1]);
	if (argc == 4)
		world_use_server(argv[2], argv[3]);
	filter = world_filter();
	action = world_action();
	world_run(cases, sizeof(cases) / sizeof(cases[0]));
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	return 0;
}
