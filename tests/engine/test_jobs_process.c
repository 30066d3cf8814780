/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Jobs through the helper's processes: cancel kills them; and after fork(). */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "procs.h"
#include "suite.h"

/* Cancel is to take 100 ms; a machine may be busy. */
#define CANCEL_MS 1000

static struct fix fix;
static char silent[32];
static int port;

static void up(void)
{
	port = procs_port(true, silent);
	fix_up(&fix);
	fix_rows(fix.memory, 2);
}

static void down(void)
{
	fix_down(&fix);
	close(port);
}

/* To a server that takes the connection and says nothing. */
static smbmgmt_job *start_hanging(void)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_credentials_new(&credentials, NULL), 0);
	smbmgmt_credentials_set_user(credentials, "u", NULL);
	smbmgmt_credentials_set_password(credentials, "p", NULL);
	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
	smbmgmt_open_options_set_credentials(options, credentials, NULL);
	smbmgmt_open_options_set_deadline(options, LIMIT_MS, NULL);
	ck_assert_int_eq(
		smbmgmt_start_open(fix.context, silent, options, &job, NULL),
		0);
	smbmgmt_open_options_unref(options);
	smbmgmt_credentials_unref(credentials);
	return job;
}

START_TEST(cancel_kills)
{
	smbmgmt_handle_list *all = NULL;
	smbmgmt_job *job = start_hanging();
	pid_t child = procs_wait_for_hanging(getpid());
	int64_t began = procs_now();

	smbmgmt_job_cancel(job);
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	ck_assert_int_lt(procs_now() - began, CANCEL_MS);
	ck_assert_int_eq(smbmgmt_job_code(job), SMBMGMT_E_CANCELLED);
	ck_assert_str_eq(smbmgmt_error_computer(smbmgmt_job_error(job)),
			 silent);
	ck_assert_ptr_null(smbmgmt_job_handle(job));
	procs_expect_gone(child, "the cancelled connection's process");
	ck_assert_int_eq(smbmgmt_find_handles(fix.context, NULL, &all, NULL),
			 0);
	ck_assert_uint_eq(smbmgmt_handle_list_count(all), 1);
	smbmgmt_handle_list_unref(all);
	smbmgmt_job_unref(job);
}
END_TEST

/* Before there is a process, a fork server even. */
START_TEST(cancel_at_once)
{
	for (int i = 0; i < 20; i++) {
		smbmgmt_job *job = start_hanging();

		smbmgmt_job_cancel(job);
		ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
		ck_assert_int_eq(smbmgmt_job_code(job), SMBMGMT_E_CANCELLED);
		smbmgmt_job_unref(job);
	}
}
END_TEST

START_TEST(context_end_kills)
{
	smbmgmt_job *job = start_hanging();
	pid_t child = procs_wait_for_hanging(getpid());

	smbmgmt_job_unref(job);
	smbmgmt_context_unref(fix.context);
	fix.context = NULL;
	procs_expect_gone(child, "the process of a job whose context ended");
}
END_TEST

/* The number of the first thing that is wrong in the child; 0: nothing. */
static int in_child(smbmgmt_job *job, smbmgmt_job *complete)
{
	smbmgmt_job *another = NULL;

	if (smbmgmt_job_wait(job, UINT32_MAX, NULL) != SMBMGMT_E_FORKED)
		return 1;
	if (smbmgmt_job_is_complete(job) != 1 ||
	    smbmgmt_job_code(job) != SMBMGMT_E_FORKED)
		return 2;
	if (smbmgmt_job_list(job) != NULL)
		return 3;
	/* What was complete is there to be read. */
	if (smbmgmt_job_code(complete) != 0)
		return 4;
	if (smbmgmt_start_list(fix.context, &fix.handle, 1, NULL, NULL,
			       &another, NULL) != SMBMGMT_E_FORKED)
		return 5;
	/* Neither may touch the parent's. */
	smbmgmt_job_cancel(job);
	smbmgmt_job_unref(job);
	smbmgmt_job_unref(complete);
	return 0;
}

START_TEST(forked)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_job *job = NULL;
	smbmgmt_job *complete = NULL;
	int status = 0;
	pid_t pid = -1;

	ck_assert_int_eq(smbmgmt_start_list(fix.context, &fix.handle, 1, NULL,
					    NULL, &complete, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_job_wait(complete, LIMIT_MS, NULL), 0);
	smbmgmt_memory_set_delay(fix.memory, SMBMGMT_OP_LIST, 500, NULL);
	ck_assert_int_eq(smbmgmt_start_list(fix.context, &fix.handle, 1, NULL,
					    NULL, &job, NULL),
			 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(in_child(job, complete));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	ck_assert_int_eq(smbmgmt_job_code(job), 0);
	list = smbmgmt_job_list(job);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 2);
	smbmgmt_session_list_unref(list);
	smbmgmt_job_unref(complete);
	smbmgmt_job_unref(job);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("jobs-process");
	TCase *t = tcase_create("jobs-process");

	tcase_add_checked_fixture(t, up, down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, cancel_kills);
	tcase_add_test(t, cancel_at_once);
	tcase_add_test(t, context_end_kills);
	tcase_add_test(t, forked);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
