/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "jobs.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

struct fix fix;

void jobs_up(void)
{
	fix_up(&fix);
	fix_rows(fix.memory, 4);
}

void jobs_down(void)
{
	fix_down(&fix);
}

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void pause_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000,
			     .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

bool readable(const smbmgmt_job *job, int ms)
{
	struct pollfd p = {.fd = smbmgmt_job_fd(job), .events = POLLIN};

	return poll(&p, 1, ms) == 1 && (p.revents & POLLIN) != 0;
}

void delay(int32_t op, uint32_t ms)
{
	ck_assert_int_eq(smbmgmt_memory_set_delay(fix.memory, op, ms, NULL), 0);
}

smbmgmt_job *start_list(smbmgmt_handle *const *handles, uint32_t n,
			int32_t throttle)
{
	smbmgmt_list_options *options = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_list_options_new(&options, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_list_options_set_throttle(options, throttle, NULL), 0);
	ck_assert_int_eq(smbmgmt_start_list(fix.context, handles, n, NULL,
					    options, &job, NULL),
			 0);
	smbmgmt_list_options_unref(options);
	return job;
}

smbmgmt_job *start_close(smbmgmt_handle *const *handles, uint32_t n,
			 const char *which, unsigned int flags)
{
	smbmgmt_filter *filter = fix_filter(which);
	smbmgmt_action *action = fix_action(&fix, flags, NULL);
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_start_close(fix.context, handles, n, filter,
					     action, &job, NULL),
			 0);
	/* It has copies: what becomes of these is nothing to it. */
	ck_assert_int_eq(smbmgmt_filter_add_user(filter, "u4", NULL), 0);
	ck_assert_int_eq(smbmgmt_action_set_force(action, 0, NULL), 0);
	smbmgmt_filter_unref(filter);
	smbmgmt_action_unref(action);
	return job;
}

void expect(smbmgmt_job *job, int32_t code)
{
	uint32_t total = smbmgmt_job_servers_total(job);

	ck_assert_int_eq(smbmgmt_job_wait(job, LIMIT_MS, NULL), 0);
	ck_assert_int_eq(smbmgmt_job_is_complete(job), 1);
	ck_assert_msg(smbmgmt_job_code(job) == code, "%s, not %s",
		      smbmgmt_error_name(smbmgmt_job_code(job)),
		      smbmgmt_error_name(code));
	ck_assert_int_eq(smbmgmt_error_code(smbmgmt_job_error(job)), code);
	ck_assert(readable(job, LIMIT_MS));
	ck_assert(readable(job, 0));
	ck_assert_uint_eq(smbmgmt_job_servers_done(job), total);
	for (uint32_t i = 0; i < total; i++)
		ck_assert_int_ge(smbmgmt_job_server_state(job, i),
				 SMBMGMT_JOB_SERVER_DONE);
	ck_assert_int_eq(smbmgmt_job_server_state(job, total),
			 SMBMGMT_E_INVALID);
}

void expect_results(smbmgmt_job *job, const char *letters)
{
	smbmgmt_handle *handle = smbmgmt_job_handle(job);
	smbmgmt_session_list *list = smbmgmt_job_list(job);
	smbmgmt_plan *plan = smbmgmt_job_plan(job);
	smbmgmt_report *report = smbmgmt_job_report(job);
	char got[8];

	snprintf(got, sizeof(got), "%s%s%s%s", handle != NULL ? "h" : "",
		 list != NULL ? "l" : "", plan != NULL ? "p" : "",
		 report != NULL ? "r" : "");
	ck_assert_str_eq(got, letters);
	smbmgmt_handle_unref(handle);
	smbmgmt_session_list_unref(list);
	smbmgmt_plan_unref(plan);
	smbmgmt_report_unref(report);
}

void expect_report(smbmgmt_job *job, const char *expected)
{
	smbmgmt_report *report = smbmgmt_job_report(job);

	fix_expect(fix_describe(smbmgmt_job_code(job), report), expected);
	smbmgmt_report_unref(report);
}

void cancel(smbmgmt_job *job)
{
	int64_t began = now_ms();

	smbmgmt_job_cancel(job);
	ck_assert(readable(job, LIMIT_MS));
	ck_assert_int_lt(now_ms() - began, CANCEL_MS);
	/* Once is enough, and more does no harm. */
	smbmgmt_job_cancel(job);
}

uint32_t running(const smbmgmt_job *job)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < smbmgmt_job_servers_total(job); i++)
		count += smbmgmt_job_server_state(job, i) ==
			 SMBMGMT_JOB_SERVER_RUNNING;
	return count;
}
