/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A host that forks while its threads are in the library: the child is told
 * so by whatever it calls, can do no harm, and may begin anew; the parent's
 * calls go on.
 */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "procs.h"
#include "suite.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* Their allocators may be locked in the child for ever if another thread was
 * in them; and each child sleeps a second at its end. */
enum { BUSY = 0, FORKS = 3 };
#else
enum { BUSY = 6, FORKS = 30 };
#endif

static struct fix fix;
static char refusing[32];
static char silent[32];
static int ports[2];
static atomic_bool over;

/* What the parent has made and the child is left with. */
static smbmgmt_session_list *list;
static smbmgmt_plan *plan;

static void up(void)
{
	smbmgmt_filter *filter = fix_filter("1");

	ports[0] = procs_port(false, refusing);
	ports[1] = procs_port(true, silent);
	fix_up(&fix);
	fix_rows(fix.memory, 4);
	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_LIST, 1, NULL);
	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       NULL, NULL, &list, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_plan_close(fix.context, &fix.handle, 1, filter,
					    NULL, &plan, NULL),
			 0);
	smbmgmt_filter_unref(filter);
}

static void down(void)
{
	smbmgmt_plan_unref(plan);
	smbmgmt_session_list_unref(list);
	fix_down(&fix);
	close(ports[0]);
	close(ports[1]);
}

/* The number of the first call that did not answer FORKED; 0: all did. */
static int first_unrefused(void)
{
	smbmgmt_filter *filter = fix_filter("all");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_session *session = smbmgmt_session_list_get(list, 0);
	smbmgmt_selector *selector = NULL;
	smbmgmt_session_list *sessions = NULL;
	smbmgmt_handle_list *handles = NULL;
	smbmgmt_report *reports[4] = {NULL};
	smbmgmt_handle *handle = NULL;
	smbmgmt_plan *another = NULL;
	int32_t codes[11];
	int bad = 0;

	smbmgmt_selector_new(&selector, NULL);
	smbmgmt_selector_set_match_all(selector, 1, NULL);
	codes[0] = smbmgmt_open_handle(fix.context, "memory:demo", NULL,
				       &handle, NULL);
	codes[1] =
		smbmgmt_open_handle(fix.context, refusing, NULL, &handle, NULL);
	codes[2] = smbmgmt_find_handles(fix.context, NULL, &handles, NULL);
	codes[3] = smbmgmt_remove_handle(fix.handle, NULL);
	codes[4] = smbmgmt_remove_handles(fix.context, selector, NULL,
					  &reports[0], NULL);
	codes[5] = smbmgmt_list_sessions(fix.context, &fix.handle, 1, NULL,
					 NULL, &sessions, NULL);
	codes[6] = smbmgmt_plan_close(fix.context, &fix.handle, 1, filter, NULL,
				      &another, NULL);
	codes[7] = smbmgmt_execute_plan(plan, action, &reports[1], NULL);
	codes[8] = smbmgmt_close_session(fix.handle, session, action,
					 &reports[2], NULL);
	codes[9] = smbmgmt_close_sessions(fix.context, &fix.handle, 1, filter,
					  action, &reports[3], NULL);
	codes[10] =
		smbmgmt_context_set_log(fix.context, 0, NULL, NULL, NULL, NULL);
	for (int i = 10; i >= 0; i--) {
		if (codes[i] != SMBMGMT_E_FORKED)
			bad = i + 1;
	}
	for (int i = 0; i < 4; i++) {
		if (reports[i] != NULL &&
		    smbmgmt_report_code(reports[i]) != SMBMGMT_E_FORKED)
			bad = 20 + i;
		smbmgmt_report_unref(reports[i]);
	}
	if (handle != NULL || another != NULL || handles != NULL ||
	    sessions != NULL)
		bad = 30;
	smbmgmt_selector_unref(selector);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
	return bad;
}

/* The library as if nothing had been, in the same process. */
#ifndef __SANITIZE_THREAD__
static int begin_anew(void)
{
	smbmgmt_context *context = NULL;
	int32_t code = smbmgmt_context_new(&context, NULL);

	if (code == 0)
		code = procs_open(context, refusing, LIMIT_MS);
	smbmgmt_context_unref(context);
	return code == SMBMGMT_E_CONNECTION_REFUSED ? 0 : 40;
}
#endif

static _Noreturn void be_child(void)
{
	int bad = first_unrefused();

	/* What was made before stays readable. */
	if (bad == 0 &&
	    smbmgmt_session_id(smbmgmt_session_list_get(list, 0)) != 1)
		bad = 41;
	smbmgmt_plan_unref(plan);
	smbmgmt_session_list_unref(list);
	smbmgmt_handle_unref(fix.handle);
	smbmgmt_context_unref(fix.context);
#ifndef __SANITIZE_THREAD__
	/* Which lets a child of many threads start none. */
	if (bad == 0)
		bad = begin_anew();
#endif
#ifdef __SANITIZE_ADDRESS__
	/* LeakSanitizer would miss what was on the stacks of the threads that
	 * are not here. */
	_exit(bad);
#endif
	/* With exit handlers. */
	exit(bad);
}

static void *be_busy(void *unused)
{
	while (!atomic_load(&over)) {
		smbmgmt_session_list *sessions = NULL;
		smbmgmt_handle *handle = fix_open(&fix, fix.memory);

		ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle,
						       1, NULL, NULL, &sessions,
						       NULL),
				 0);
		smbmgmt_session_list_unref(sessions);
		ck_assert_int_eq(smbmgmt_remove_handle(handle, NULL), 0);
		smbmgmt_handle_unref(handle);
	}
	return unused;
}

static void *hang(void *code)
{
	*(int32_t *)code = procs_open(fix.context, silent, LIMIT_MS);
	return NULL;
}

START_TEST(forks_in_threads)
{
	pthread_t threads[BUSY + 1];
	pthread_t hanging;
	int32_t code = 0;
	pid_t connection = 0;
	pid_t helper = 0;

	ck_assert_int_eq(pthread_create(&hanging, NULL, hang, &code), 0);
	connection = procs_wait_for(getpid(), "smbmgmt-conn");
	helper = procs_wait_for(getpid(), "smbmgmt-helper");
	for (int i = 0; i < BUSY; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, be_busy, NULL), 0);
	for (int i = 0; i < FORKS; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0)
			be_child();
		ck_assert_int_gt(child, 0);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(status == 0, "a child: status 0x%x", status);
		procs_expect_none(child, "smbmgmt-helper");
	}
	atomic_store(&over, true);
	for (int i = 0; i < BUSY; i++)
		pthread_join(threads[i], NULL);
	/* The parent's processes are those that they were. */
	ck_assert_int_eq(procs_find(getpid(), "smbmgmt-helper"), helper);
	ck_assert_int_eq(procs_open(fix.context, refusing, 0),
			 SMBMGMT_E_CONNECTION_REFUSED);
	ck_assert(procs_alive(connection));
	kill(connection, SIGKILL);
	pthread_join(hanging, NULL);
	ck_assert_int_eq(code, SMBMGMT_E_CHILD_DIED);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fork");
	TCase *t = tcase_create("fork");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, forks_in_threads);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
