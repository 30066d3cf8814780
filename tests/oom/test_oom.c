/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Out of memory, at every place: each scenario is run again and again, and
 * the n-th allocation of the process fails, for every n until it gets through
 * without a failure.  Each run must end in success or SMBMGMT_E_NOMEM, give
 * back all that it took, and close nothing that it should not.
 *
 * malloc() and its kin are this program's own, so that libtalloc's and
 * libtevent's allocations on the engine thread are caught as well.  Not for
 * sanitizers and valgrind, which bring theirs.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <smbmgmt/smbmgmt.h>

#include "suite.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *p);

static atomic_long countdown; /* the one that reaches 0 fails; < 0: none */
static atomic_bool struck;
static atomic_long live; /* allocations that are not freed */

/* libcheck allocates in every assertion, and ends the program if it cannot. */
static _Thread_local bool exempt;

#define CHECK(assertion)                                                       \
	do {                                                                   \
		exempt = true;                                                 \
		assertion;                                                     \
		exempt = false;                                                \
	} while (0)

static bool strikes(void)
{
	if (exempt || atomic_load(&countdown) < 0)
		return false;
	if (atomic_fetch_sub(&countdown, 1) != 0)
		return false;
	atomic_store(&struck, true);
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	if (p != NULL)
		atomic_fetch_add(&live, 1);
	return p;
}

/* The libraries, too, take these. */
#pragma GCC visibility push(default)

void *malloc(size_t size)
{
	return strikes() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return strikes() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	void *p = NULL;

	if (strikes())
		return NULL;
	p = __libc_realloc(old, size);
	if (old == NULL)
		counted(p);
	return p;
}

void free(void *p)
{
	if (p != NULL)
		atomic_fetch_sub(&live, 1);
	__libc_free(p);
}

#pragma GCC visibility pop

/* Out of memory or done; anything else is a wrong answer. */
static bool went_on(int32_t code)
{
	if (code == 0)
		return true;
	CHECK(ck_assert_msg(code == SMBMGMT_E_NOMEM, "%s",
			    smbmgmt_error_name(code)));
	CHECK(ck_assert_msg(atomic_load(&struck),
			    "out of memory for no reason"));
	return false;
}

static bool add_row(smbmgmt_memory *memory, uint64_t id, const char *user)
{
	smbmgmt_session_builder *b = NULL;
	smbmgmt_error *err = NULL;
	bool ok = went_on(smbmgmt_session_builder_new(&b, &err));

	ok = ok && went_on(smbmgmt_session_builder_set_id(b, id, 0, &err));
	ok = ok && went_on(smbmgmt_session_builder_set_text(
			   b, SMBMGMT_FIELD_CLIENT, "client", &err));
	ok = ok && went_on(smbmgmt_session_builder_set_text(
			   b, SMBMGMT_FIELD_USER, user, &err));
	ok = ok && went_on(smbmgmt_session_builder_set_number(
			   b, SMBMGMT_FIELD_SECONDS_EXISTS, 100, &err));
	ok = ok && went_on(smbmgmt_session_builder_add_share(b, "s", &err));
	ok = ok && went_on(smbmgmt_session_builder_add_open_file(b, "/s/f", 1,
								 0, &err));
	ok = ok && went_on(smbmgmt_memory_add_session(memory, b, "p", &err));
	smbmgmt_session_builder_unref(b);
	smbmgmt_error_unref(err);
	return ok;
}

struct scene {
	smbmgmt_context *context;
	smbmgmt_memory *memory;
	smbmgmt_handle *handle;
	smbmgmt_filter *filter;
	smbmgmt_action *action;
	bool ok;
};

static void set_scene(struct scene *s)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_credentials *credentials = NULL;

	memset(s, 0, sizeof(*s));
	s->ok = went_on(smbmgmt_context_new(&s->context, NULL)) &&
		went_on(smbmgmt_memory_new(&s->memory, NULL)) &&
		add_row(s->memory, 1, "alice") &&
		add_row(s->memory, 2, "bob") && add_row(s->memory, 3, "carol");
	s->ok = s->ok && went_on(smbmgmt_open_options_new(&options, NULL)) &&
		went_on(smbmgmt_credentials_new(&credentials, NULL)) &&
		went_on(smbmgmt_credentials_set_user(credentials, "D\\u",
						     NULL)) &&
		went_on(smbmgmt_credentials_set_password(credentials, "x",
							 NULL)) &&
		went_on(smbmgmt_credentials_set_ccache(credentials, "/cache",
						       NULL)) &&
		went_on(smbmgmt_open_options_set_credentials(
			options, credentials, NULL)) &&
		went_on(smbmgmt_open_options_set_address(options, "192.0.2.1",
							 NULL)) &&
		went_on(smbmgmt_open_options_set_krb5_conf(options, "/conf",
							   NULL)) &&
		went_on(smbmgmt_open_options_set_name(options, "name", NULL)) &&
		went_on(smbmgmt_open_options_set_memory(options, s->memory,
							NULL)) &&
		went_on(smbmgmt_open_handle(s->context, "memory:m", options,
					    &s->handle, NULL));
	s->ok = s->ok && went_on(smbmgmt_filter_new(&s->filter, NULL)) &&
		went_on(smbmgmt_filter_add_user(s->filter, "alice", NULL)) &&
		went_on(smbmgmt_filter_add_user(s->filter, "bob", NULL)) &&
		went_on(smbmgmt_action_new(&s->action, NULL)) &&
		went_on(smbmgmt_action_set_force(s->action, 1, NULL));
	smbmgmt_credentials_unref(credentials);
	smbmgmt_open_options_unref(options);
}

static void strike_scene(struct scene *s)
{
	smbmgmt_action_unref(s->action);
	smbmgmt_filter_unref(s->filter);
	smbmgmt_handle_unref(s->handle);
	smbmgmt_memory_unref(s->memory);
	smbmgmt_context_unref(s->context);
}

static void lists(struct scene *s)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_handle_list *handles = NULL;
	smbmgmt_selector *selector = NULL;

	if (went_on(smbmgmt_selector_new(&selector, NULL)) &&
	    went_on(smbmgmt_selector_add_name(selector, "n*", NULL)) &&
	    went_on(smbmgmt_find_handles(s->context, selector, &handles, NULL)))
		CHECK(ck_assert_uint_eq(smbmgmt_handle_list_count(handles), 1));
	if (went_on(smbmgmt_list_sessions(s->context, &s->handle, 1, s->filter,
					  NULL, &list, NULL)))
		CHECK(ck_assert_uint_eq(smbmgmt_session_list_count(list), 2));
	CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 3));
	smbmgmt_selector_unref(selector);
	smbmgmt_handle_list_unref(handles);
	smbmgmt_session_list_unref(list);
}

static void what_ifs(struct scene *s)
{
	smbmgmt_plan *plan = NULL;
	smbmgmt_report *report = NULL;

	if (went_on(smbmgmt_plan_close(s->context, &s->handle, 1, s->filter,
				       NULL, &plan, NULL)) &&
	    went_on(smbmgmt_action_set_what_if(s->action, 1, NULL)) &&
	    went_on(smbmgmt_execute_plan(plan, s->action, &report, NULL)))
		CHECK(ck_assert_uint_eq(smbmgmt_report_count(report), 2));
	CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 3));
	smbmgmt_report_unref(report);
	smbmgmt_plan_unref(plan);
}

/*
 * What is said to be closed is, and carol, whom nobody named, is there.  A
 * close that was sent before memory ran out may be reported as unverified, but
 * never as not sent.
 */
static void check_closed(struct scene *s, int32_t code,
			 const smbmgmt_report *report)
{
	uint32_t closed = 0;
	uint32_t sent = 0;

	if (code == 0)
		CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 1));
	else
		CHECK(ck_assert(atomic_load(&struck)));
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		closed += smbmgmt_report_outcome(report, i) ==
			  SMBMGMT_OUTCOME_CLOSED;
		sent += smbmgmt_report_was_sent(report, i) == 1;
	}
	CHECK(ck_assert_uint_le(closed, 3 - smbmgmt_memory_count(s->memory)));
	CHECK(ck_assert_uint_ge(smbmgmt_memory_count(s->memory), 1));
	/* Where there was memory for an outcome of each. */
	if (smbmgmt_report_count(report) == 2)
		CHECK(ck_assert_uint_ge(
			sent,
			smbmgmt_memory_calls(s->memory, SMBMGMT_OP_CLOSE)));
}

static void closes(struct scene *s)
{
	smbmgmt_report *report = NULL;
	int32_t code = smbmgmt_close_sessions(
		s->context, &s->handle, 1, s->filter, s->action, &report, NULL);

	check_closed(s, code, report);
	smbmgmt_report_unref(report);
}

/* A round, and a last look. */
static void evicts(struct scene *s)
{
	smbmgmt_evict_options *options = NULL;
	smbmgmt_report *report = NULL;
	int32_t code = 0;

	if (went_on(smbmgmt_evict_options_new(&options, NULL)) &&
	    went_on(smbmgmt_evict_options_set_duration(options, 0, NULL))) {
		code = smbmgmt_evict(s->context, &s->handle, 1, s->filter,
				     s->action, options, &report, NULL);
		check_closed(s, code, report);
	}
	smbmgmt_report_unref(report);
	smbmgmt_evict_options_unref(options);
}

static void note(const char *record, void *userdata)
{
	if (strstr(record, "\"record\":\"intent\"") != NULL)
		(*(uint32_t *)userdata)++;
}

/* What is gone was written down, to a file and to the callback. */
static void audits(struct scene *s)
{
	uint32_t intents = 0;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (went_on(smbmgmt_context_set_audit(s->context, note, &intents, NULL,
					      NULL)) &&
	    went_on(smbmgmt_context_set_audit_fd(s->context, fd, NULL)))
		closes(s);
	close(fd);
	CHECK(ck_assert_uint_le(3 - smbmgmt_memory_count(s->memory), intents));
	/* Its userdata goes away. */
	CHECK(ck_assert_int_eq(
		smbmgmt_context_set_audit(s->context, NULL, NULL, NULL, NULL),
		0));
}

/* It was started: it completes, and its code is as that of a call. */
static bool completed(smbmgmt_job *job)
{
	CHECK(ck_assert_int_eq(smbmgmt_job_wait(job, UINT32_MAX, NULL), 0));
	return went_on(smbmgmt_job_code(job));
}

static void jobs_look(struct scene *s)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_plan *plan = NULL;
	smbmgmt_job *jobs[4] = {NULL};

	if (went_on(smbmgmt_start_open(s->context, "memory:demo", NULL,
				       &jobs[0], NULL)) &&
	    completed(jobs[0])) {
		smbmgmt_handle *handle = smbmgmt_job_handle(jobs[0]);

		CHECK(ck_assert_ptr_nonnull(handle));
		smbmgmt_handle_unref(handle);
	}
	if (went_on(smbmgmt_start_list(s->context, &s->handle, 1, s->filter,
				       NULL, &jobs[1], NULL)) &&
	    completed(jobs[1])) {
		list = smbmgmt_job_list(jobs[1]);
		CHECK(ck_assert_uint_eq(smbmgmt_session_list_count(list), 2));
	}
	if (went_on(smbmgmt_start_plan(s->context, &s->handle, 1, s->filter,
				       NULL, &jobs[2], NULL)) &&
	    completed(jobs[2]))
		plan = smbmgmt_job_plan(jobs[2]);
	if (plan != NULL &&
	    went_on(smbmgmt_action_set_what_if(s->action, 1, NULL)) &&
	    went_on(smbmgmt_start_execute(plan, s->action, &jobs[3], NULL)))
		completed(jobs[3]);
	CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 3));
	for (int i = 0; i < 4; i++)
		smbmgmt_job_unref(jobs[i]);
	smbmgmt_session_list_unref(list);
	smbmgmt_plan_unref(plan);
}

/* One that closes, one cancelled, and one that the context's end meets. */
static void jobs_end(struct scene *s)
{
	smbmgmt_job *job = NULL;
	smbmgmt_report *report = NULL;
	uint32_t closed = 0;

	if (went_on(smbmgmt_start_close(s->context, &s->handle, 1, s->filter,
					s->action, &job, NULL)))
		CHECK(ck_assert_int_eq(smbmgmt_job_wait(job, UINT32_MAX, NULL),
				       0));
	if (!atomic_load(&struck))
		CHECK(ck_assert_int_eq(smbmgmt_job_code(job), 0));
	report = smbmgmt_job_report(job);
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++)
		closed += smbmgmt_report_outcome(report, i) ==
			  SMBMGMT_OUTCOME_CLOSED;
	CHECK(ck_assert_uint_le(closed, 3 - smbmgmt_memory_count(s->memory)));
	CHECK(ck_assert_uint_ge(smbmgmt_memory_count(s->memory), 1));
	smbmgmt_report_unref(report);
	smbmgmt_job_unref(job);
	smbmgmt_memory_set_delay(s->memory, SMBMGMT_OP_LIST, 60000, NULL);
	for (int i = 0; i < 2; i++) {
		job = NULL;
		if (!went_on(smbmgmt_start_list(s->context, &s->handle, 1, NULL,
						NULL, &job, NULL)))
			continue;
		if (i == 0) {
			smbmgmt_job_cancel(job);
			CHECK(ck_assert_int_eq(
				smbmgmt_job_wait(job, UINT32_MAX, NULL), 0));
			CHECK(ck_assert_int_ne(smbmgmt_job_code(job), 0));
		}
		smbmgmt_job_unref(job);
	}
}

static void removes(struct scene *s)
{
	smbmgmt_selector *selector = NULL;
	smbmgmt_report *report = NULL;

	if (went_on(smbmgmt_selector_new(&selector, NULL)) &&
	    went_on(smbmgmt_selector_set_match_all(selector, 1, NULL)) &&
	    went_on(smbmgmt_remove_handles(s->context, selector, s->action,
					   &report, NULL)))
		CHECK(ck_assert_int_eq(smbmgmt_handle_state(s->handle),
				       SMBMGMT_STATE_REMOVED));
	smbmgmt_report_unref(report);
	smbmgmt_selector_unref(selector);
}

/* What went wrong is said in an object, which may fail to be made as well. */
static bool said(int32_t code, smbmgmt_error **err)
{
	if (code == 0)
		return true;
	CHECK(ck_assert(atomic_load(&struck)));
	CHECK(ck_assert_ptr_nonnull(*err));
	CHECK(ck_assert_int_ne(smbmgmt_error_code(*err), 0));
	CHECK(ck_assert_str_ne(smbmgmt_error_message(*err), ""));
	smbmgmt_error_unref(*err);
	*err = NULL;
	return false;
}

/* The session of a row of data: -InputObject. */
static smbmgmt_session *build(struct scene *s, int64_t listed_at)
{
	smbmgmt_session_builder *b = NULL;
	smbmgmt_session *session = NULL;
	smbmgmt_error *err = NULL;
	bool ok = said(smbmgmt_session_builder_new(&b, &err), &err);

	ok = ok && said(smbmgmt_session_builder_set_id(b, 2, 0, &err), &err) &&
	     said(smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_USER, "bob",
						   &err),
		  &err) &&
	     said(smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_CLIENT,
						   "client", &err),
		  &err) &&
	     said(smbmgmt_session_builder_set_listed_at(b, listed_at, &err),
		  &err);
	if (ok)
		said(smbmgmt_session_builder_build(b, s->handle, &session,
						   &err),
		     &err);
	smbmgmt_session_builder_unref(b);
	return session;
}

static void closes_input(struct scene *s)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_session *session = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_error *err = NULL;

	if (said(smbmgmt_list_sessions(s->context, &s->handle, 1, NULL, NULL,
				       &list, &err),
		 &err))
		session = build(s, smbmgmt_session_listed_at(
					   smbmgmt_session_list_get(list, 0)));
	if (session != NULL &&
	    said(smbmgmt_close_session(s->handle, session, s->action, &report,
				       &err),
		 &err))
		CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 2));
	/* alice and carol were not named, whatever failed. */
	CHECK(ck_assert_uint_ge(smbmgmt_memory_count(s->memory), 2));
	smbmgmt_report_unref(report);
	smbmgmt_session_unref(session);
	smbmgmt_session_list_unref(list);
}

/* alice may end, bob may not: both by the question's own words. */
static int32_t only_alice(const smbmgmt_question *question, void *userdata)
{
	uint32_t item = smbmgmt_question_item(question);
	const smbmgmt_session *session =
		smbmgmt_plan_session(smbmgmt_question_plan(question), item);

	(void)userdata;
	return strcmp(smbmgmt_session_user(session), "alice") == 0
		       ? SMBMGMT_ANSWER_YES
		       : SMBMGMT_ANSWER_NO;
}

/* A prompt, and a client that logs on again at once. */
static void closes_prompted(struct scene *s)
{
	smbmgmt_report *report = NULL;
	smbmgmt_error *err = NULL;
	int32_t code = 0;

	if (!said(smbmgmt_memory_set_reconnects(s->memory, 1, &err), &err) ||
	    !said(smbmgmt_action_set_confirm(s->action, only_alice, NULL, NULL,
					     &err),
		  &err))
		return;
	code = smbmgmt_close_sessions(s->context, &s->handle, 1, s->filter,
				      s->action, &report, &err);
	if (!atomic_load(&struck))
		CHECK(ck_assert_int_eq(code, SMBMGMT_E_PARTIAL));
	CHECK(ck_assert_int_ne(code, 0));
	smbmgmt_error_unref(err);
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		const smbmgmt_session *session =
			smbmgmt_report_session(report, i);

		if (strcmp(smbmgmt_session_user(session), "bob") == 0)
			CHECK(ck_assert_int_eq(
				smbmgmt_report_was_sent(report, i), 0));
		else if (!atomic_load(&struck))
			CHECK(ck_assert_ptr_nonnull(
				smbmgmt_report_new_session(report, i)));
	}
	/* Without memory nobody can come in alice's place, if she went. */
	CHECK(ck_assert_uint_ge(smbmgmt_memory_count(s->memory), 2));
	if (!atomic_load(&struck))
		CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 3));
	smbmgmt_report_unref(report);
}

/* All of a process end together: refused, or allowed by a policy. */
static void closes_processes(struct scene *s)
{
	smbmgmt_policy *policy = NULL;
	smbmgmt_report *report = NULL;
	smbmgmt_error *err = NULL;
	int32_t code = 0;

	if (!said(smbmgmt_memory_set_unit(s->memory, SMBMGMT_UNIT_PROCESS,
					  &err),
		  &err))
		return;
	code = smbmgmt_close_sessions(s->context, &s->handle, 1, s->filter,
				      s->action, &report, &err);
	CHECK(ck_assert_int_ne(code, 0));
	CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 3));
	smbmgmt_error_unref(err);
	err = NULL;
	smbmgmt_report_unref(report);
	report = NULL;
	if (said(smbmgmt_policy_new(&policy, &err), &err) &&
	    said(smbmgmt_policy_set_allow_collateral(
			 policy, SMBMGMT_COLLATERAL_ALL, &err),
		 &err) &&
	    said(smbmgmt_action_set_policy(s->action, policy, &err), &err) &&
	    said(smbmgmt_close_sessions(s->context, &s->handle, 1, s->filter,
					s->action, &report, &err),
		 &err))
		CHECK(ck_assert_uint_eq(smbmgmt_memory_count(s->memory), 0));
	smbmgmt_policy_unref(policy);
	smbmgmt_report_unref(report);
}

/* A file of credentials, and a handle that fails to open. */
static void opens(struct scene *s)
{
	char path[] = "/tmp/smbmgmt-oom-XXXXXX";
	static const char text[] = "username = u\npassword = p\ndomain = d\n";
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;
	int fd = mkstemp(path);

	CHECK(ck_assert_int_ge(fd, 0));
	CHECK(ck_assert_int_eq(write(fd, text, sizeof(text) - 1),
			       sizeof(text) - 1));
	close(fd);
	if (said(smbmgmt_credentials_new(&credentials, &err), &err) &&
	    said(smbmgmt_credentials_load_file(credentials, path, &err), &err))
		CHECK(ck_assert_str_eq(smbmgmt_credentials_user(credentials),
				       "u"));
	unlink(path);
	smbmgmt_credentials_unref(credentials);
	CHECK(ck_assert_int_ne(smbmgmt_open_handle(s->context, "memory:none",
						   NULL, &handle, &err),
			       0));
	CHECK(ck_assert_ptr_null(handle));
	CHECK(ck_assert_ptr_nonnull(err));
	smbmgmt_error_unref(err);
}

/* By way of the helper, to a port that nothing listens on. */
static void connects(struct scene *s)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;

	if (!went_on(smbmgmt_open_options_new(&options, NULL)))
		return;
	smbmgmt_open_options_set_protection(options, SMBMGMT_PROTECTION_OFF,
					    NULL);
	CHECK(ck_assert_int_ne(smbmgmt_open_handle(s->context, "127.0.0.1:1",
						   options, &handle, &err),
			       0));
	CHECK(ck_assert_ptr_null(handle));
	CHECK(ck_assert_ptr_nonnull(err));
	/*
	 * What failed here is not blamed on the caller or the helper.  (Without
	 * the module dcerpc it is NOT_SUPPORTED.)
	 */
	if (smbmgmt_error_code(err) != SMBMGMT_E_CONNECTION_REFUSED &&
	    smbmgmt_error_code(err) != SMBMGMT_E_NOT_SUPPORTED)
		CHECK(ck_assert_msg(smbmgmt_error_code(err) == SMBMGMT_E_NOMEM,
				    "%s", smbmgmt_error_message(err)));
	smbmgmt_error_unref(err);
	smbmgmt_open_options_unref(options);
}

static void (*const acts[])(struct scene *) = {
	lists,	      what_ifs,	       closes,		 audits, removes,
	closes_input, closes_prompted, closes_processes, opens,	 connects,
	jobs_look,    jobs_end,	       evicts,
};

#define DESCRIPTORS 256

static int open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* One run with the n-th allocation failing; true if none did. */
static bool run_once(void (*act)(struct scene *), long n)
{
	struct scene scene;
	int descriptors = open_descriptors();
	long before = 0;
	long after = 0;

	atomic_store(&struck, false);
	before = atomic_load(&live);
	atomic_store(&countdown, n);
	set_scene(&scene);
	if (scene.ok)
		act(&scene);
	strike_scene(&scene);
	atomic_store(&countdown, -1);
	after = atomic_load(&live);
	CHECK(ck_assert_msg(after <= before,
			    "%ld allocations are left after the %ld-th failed",
			    after - before, n));
	CHECK(ck_assert_msg(open_descriptors() <= descriptors,
			    "a descriptor is left after the %ld-th failed", n));
	return !atomic_load(&struck);
}

#define RUNS_MAX 20000

START_TEST(every_allocation)
{
	long n = 0;

	struct scene warm;

	/* What libraries keep for good is allocated by the first run. */
	set_scene(&warm);
	acts[_i](&warm);
	strike_scene(&warm);
	while (!run_once(acts[_i], n))
		CHECK(ck_assert_int_lt(n++, RUNS_MAX));
	/* A scenario without allocations would prove nothing. */
	CHECK(ck_assert_int_gt(n, 50));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("oom");
	TCase *t = tcase_create("oom");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, every_allocation, 0,
			    sizeof(acts) / sizeof(acts[0]));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	atomic_store(&countdown, -1);
	return run_suite(suite());
}
