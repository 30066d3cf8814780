/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Handles: open, find, remove; and who may call what, from where. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "suite.h"

static smbmgmt_context *context;

static void up(void)
{
	ck_assert_int_eq(smbmgmt_context_new(&context, NULL), 0);
}

static void down(void)
{
	smbmgmt_context_unref(context);
}

static smbmgmt_handle *open_named(const char *name)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;

	ck_assert_int_eq(smbmgmt_open_options_new(&options, NULL), 0);
	if (name != NULL)
		ck_assert_int_eq(
			smbmgmt_open_options_set_name(options, name, NULL), 0);
	ck_assert_int_eq(smbmgmt_open_handle(context, "memory:demo", options,
					     &handle, NULL),
			 0);
	smbmgmt_open_options_unref(options);
	return handle;
}

START_TEST(opened)
{
	smbmgmt_handle *a = open_named(NULL);
	smbmgmt_handle *b = open_named("b");

	ck_assert_uint_eq(smbmgmt_handle_id(a), 1);
	ck_assert_str_eq(smbmgmt_handle_name(a), "Handle1");
	ck_assert_str_eq(smbmgmt_handle_name(b), "b");
	ck_assert_str_eq(smbmgmt_handle_computer_name(a), "demo");
	ck_assert_str_eq(smbmgmt_handle_server(a), "memory:demo");
	ck_assert_str_eq(smbmgmt_handle_transport(a), "memory");
	ck_assert_int_eq(smbmgmt_handle_state(a), SMBMGMT_STATE_CONNECTED);
	ck_assert_uint_eq(strlen(smbmgmt_handle_instance_id(a)), 36);
	ck_assert_str_ne(smbmgmt_handle_instance_id(a),
			 smbmgmt_handle_instance_id(b));
	smbmgmt_handle_unref(a);
	smbmgmt_handle_unref(b);
}
END_TEST

static const struct {
	const char *computer;
	const char *transport;
	int32_t code;
} targets[] = {
	{NULL, "srvsvc", SMBMGMT_E_INVALID},
	{"", "memory", SMBMGMT_E_INVALID},
	{"samba:fs1", NULL, SMBMGMT_E_INVALID},
	{"samba:localhost:445", NULL, SMBMGMT_E_INVALID},
	{"fs1", "samba", SMBMGMT_E_INVALID},
	{"wsman:host", NULL, SMBMGMT_E_INVALID},
	{"memory:nowhere", NULL, SMBMGMT_E_INVALID},
	{"memory:demo", "srvsvc", SMBMGMT_E_INVALID},
	{"memory:", NULL, SMBMGMT_E_INVALID},
	{"host:0", NULL, SMBMGMT_E_INVALID},
	{"host:70000", NULL, SMBMGMT_E_INVALID},
	{"host:x", NULL, SMBMGMT_E_INVALID},
	{"[::1", NULL, SMBMGMT_E_INVALID},
	{"[::1]x", NULL, SMBMGMT_E_INVALID},
	{"a b", NULL, SMBMGMT_E_INVALID},
	{"\\\\host", NULL, SMBMGMT_E_INVALID},
	{"\xff", NULL, SMBMGMT_E_INVALID},
};

START_TEST(bad_target)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	smbmgmt_error *err = NULL;

	smbmgmt_open_options_new(&options, NULL);
	if (targets[_i].transport != NULL)
		smbmgmt_open_options_set_transport(options,
						   targets[_i].transport, NULL);
	ck_assert_int_eq(smbmgmt_open_handle(context, targets[_i].computer,
					     options, &handle, &err),
			 targets[_i].code);
	ck_assert_ptr_null(handle);
	ck_assert_int_eq(smbmgmt_error_code(err), targets[_i].code);
	ck_assert_str_ne(smbmgmt_error_message(err), "");
	smbmgmt_error_unref(err);
	smbmgmt_open_options_unref(options);
}
END_TEST

/* No computer, and however else this machine's Samba is named. */
START_TEST(here)
{
	static const char *const names[] = {
		NULL, "", "samba:", "samba:localhost", "SAMBA:"};
	smbmgmt_open_options *options = NULL;
	smbmgmt_credentials *user = NULL;
	smbmgmt_handle *handle = NULL;

	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_open_options_set_skip_test(options, 1, NULL);
	ck_assert_int_eq(
		smbmgmt_open_handle(context, names[_i], options, &handle, NULL),
		0);
	ck_assert_str_eq(smbmgmt_handle_computer_name(handle), "localhost");
	ck_assert_str_eq(smbmgmt_handle_transport(handle), "samba");
	ck_assert_str_eq(smbmgmt_handle_server(handle), "samba:localhost");
	smbmgmt_handle_unref(handle);
	/* It is for root, and for no other user that one could name. */
	smbmgmt_credentials_new(&user, NULL);
	smbmgmt_open_options_set_credentials(options, user, NULL);
	ck_assert_int_eq(
		smbmgmt_open_handle(context, names[_i], options, &handle, NULL),
		0);
	smbmgmt_handle_unref(handle);
	smbmgmt_credentials_set_user(user, "alice", NULL);
	ck_assert_int_eq(
		smbmgmt_open_handle(context, names[_i], options, &handle, NULL),
		SMBMGMT_E_INVALID);
	smbmgmt_credentials_unref(user);
	smbmgmt_open_options_unref(options);
}
END_TEST

static void add_lists(smbmgmt_memory *memory, uint64_t id, uint32_t shares,
		      uint32_t files)
{
	smbmgmt_session_builder *b = NULL;
	char text[32];

	smbmgmt_session_builder_new(&b, NULL);
	smbmgmt_session_builder_set_id(b, id, 0, NULL);
	for (uint32_t i = 0; i < shares; i++) {
		snprintf(text, sizeof(text), "share%u", i);
		ck_assert_int_eq(
			smbmgmt_session_builder_add_share(b, text, NULL), 0);
	}
	for (uint32_t i = 0; i < files; i++) {
		snprintf(text, sizeof(text), "/srv/%u-%u", (unsigned int)id, i);
		ck_assert_int_eq(smbmgmt_session_builder_add_open_file(
					 b, text, i % 2, 1000 + i, NULL),
				 0);
	}
	ck_assert_int_eq(smbmgmt_session_builder_add_share(b, "\xff", NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(
		smbmgmt_session_builder_add_open_file(b, "\xff", 0, 0, NULL),
		SMBMGMT_E_INVALID);
	ck_assert_int_eq(
		smbmgmt_session_builder_add_open_file(b, "x", 2, 0, NULL),
		SMBMGMT_E_INVALID);
	ck_assert_int_eq(smbmgmt_memory_add_session(memory, b, NULL, NULL), 0);
	smbmgmt_session_builder_unref(b);
}

static void check_lists(const smbmgmt_session *s, uint32_t shares,
			uint32_t files)
{
	char text[32];

	ck_assert_int_eq(smbmgmt_session_has(s, SMBMGMT_FIELD_SHARES),
			 shares > 0);
	ck_assert_int_eq(smbmgmt_session_has(s, SMBMGMT_FIELD_OPEN_FILES),
			 files > 0);
	ck_assert_uint_eq(smbmgmt_session_share_count(s), shares);
	ck_assert_uint_eq(smbmgmt_session_open_file_count(s), files);
	for (uint32_t i = 0; i < shares; i++) {
		snprintf(text, sizeof(text), "share%u", i);
		ck_assert_str_eq(smbmgmt_session_share(s, i), text);
	}
	for (uint32_t i = 0; i < files; i++) {
		snprintf(text, sizeof(text), "/srv/%u-%u",
			 (unsigned int)smbmgmt_session_id(s), i);
		ck_assert_str_eq(smbmgmt_session_open_file(s, i), text);
		ck_assert_int_eq(smbmgmt_session_open_file_writes(s, i), i % 2);
		ck_assert_int_eq(smbmgmt_session_open_file_opened_at(s, i),
				 1000 + i);
	}
	ck_assert_str_eq(smbmgmt_session_share(s, shares), "");
	ck_assert_str_eq(smbmgmt_session_open_file(s, files), "");
	ck_assert_int_eq(smbmgmt_session_open_file_writes(s, files), 0);
	ck_assert_int_eq(smbmgmt_session_open_file_opened_at(s, files), 0);
}

/* Each session has its own lists, and no other's. */
START_TEST(lists)
{
	static const uint32_t counts[][2] = {
		{0, 0}, {2, 3}, {0, 1}, {1, 0}, {3, 40}};
	smbmgmt_open_options *options = NULL;
	smbmgmt_session_list *list = NULL;
	smbmgmt_memory *memory = NULL;
	smbmgmt_handle *handle = NULL;

	smbmgmt_memory_new(&memory, NULL);
	for (uint64_t i = 0; i < 5; i++)
		add_lists(memory, i + 1, counts[i][0], counts[i][1]);
	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_open_options_set_memory(options, memory, NULL);
	ck_assert_int_eq(smbmgmt_open_handle(context, "memory:x", options,
					     &handle, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_list_sessions(context, &handle, 1, NULL, NULL,
					       &list, NULL),
			 0);
	smbmgmt_memory_unref(memory);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 5);
	for (uint32_t i = 0; i < 5; i++)
		check_lists(smbmgmt_session_list_get(list, i), counts[i][0],
			    counts[i][1]);
	ck_assert_uint_eq(smbmgmt_session_share_count(NULL), 0);
	ck_assert_uint_eq(smbmgmt_session_open_file_count(NULL), 0);
	smbmgmt_session_list_unref(list);
	smbmgmt_handle_unref(handle);
	smbmgmt_open_options_unref(options);
}
END_TEST

/* The ids that a selector finds, as one text. */
static void expect_found(const smbmgmt_selector *selector, int32_t code,
			 const char *ids)
{
	smbmgmt_handle_list *list = NULL;
	char text[64] = "";

	ck_assert_int_eq(smbmgmt_find_handles(context, selector, &list, NULL),
			 code);
	for (uint32_t i = 0; i < smbmgmt_handle_list_count(list); i++) {
		smbmgmt_handle *handle = smbmgmt_handle_list_get(list, i);

		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%u", i == 0 ? "" : " ", smbmgmt_handle_id(handle));
	}
	ck_assert_str_eq(text, ids);
	smbmgmt_handle_list_unref(list);
}

START_TEST(found)
{
	smbmgmt_handle *a = open_named("alpha");
	smbmgmt_handle *b = open_named("Beta");
	smbmgmt_handle *c = open_named("alpha");
	smbmgmt_selector *s = NULL;

	expect_found(NULL, 0, "1 2 3");
	smbmgmt_selector_new(&s, NULL);
	expect_found(s, 0, "1 2 3");
	smbmgmt_selector_add_id_range(s, 2, 9, NULL);
	expect_found(s, SMBMGMT_E_NOT_FOUND, "2 3");
	/* One kind of values in a selector. */
	ck_assert_int_eq(smbmgmt_selector_add_name(s, "a*", NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_selector_unref(s);
	smbmgmt_selector_new(&s, NULL);
	smbmgmt_selector_add_name(s, "ALPHA", NULL);
	smbmgmt_selector_add_name(s, "z*", NULL);
	expect_found(s, 0, "1 3");
	smbmgmt_selector_unref(s);
	smbmgmt_selector_new(&s, NULL);
	smbmgmt_selector_add_handle(s, b, NULL);
	expect_found(s, 0, "2");
	smbmgmt_selector_unref(s);
	smbmgmt_handle_unref(a);
	smbmgmt_handle_unref(b);
	smbmgmt_handle_unref(c);
}
END_TEST

START_TEST(removed)
{
	smbmgmt_handle *a = open_named(NULL);
	smbmgmt_session_list *list = NULL;
	smbmgmt_error *err = NULL;

	ck_assert_int_eq(smbmgmt_remove_handle(a, NULL), 0);
	ck_assert_int_eq(smbmgmt_handle_state(a), SMBMGMT_STATE_REMOVED);
	ck_assert_int_eq(smbmgmt_remove_handle(a, &err), SMBMGMT_E_REMOVED);
	ck_assert_int_eq(smbmgmt_error_code(err), SMBMGMT_E_REMOVED);
	smbmgmt_error_unref(err);
	ck_assert_int_eq(
		smbmgmt_list_sessions(context, &a, 1, NULL, NULL, &list, NULL),
		SMBMGMT_E_REMOVED);
	smbmgmt_session_list_unref(list);
	expect_found(NULL, 0, "");
	/* Ids are not used again. */
	smbmgmt_handle_unref(a);
	a = open_named(NULL);
	ck_assert_uint_eq(smbmgmt_handle_id(a), 2);
	smbmgmt_handle_unref(a);
}
END_TEST

static void expect_removed(const char *pattern, unsigned int flags,
			   const char *answers, const char *expected)
{
	struct fix none = {0};
	smbmgmt_selector *s = NULL;
	smbmgmt_action *action = fix_action(&none, flags, answers);
	smbmgmt_report *report = NULL;
	int32_t code;

	smbmgmt_selector_new(&s, NULL);
	if (pattern != NULL)
		smbmgmt_selector_add_name(s, pattern, NULL);
	code = smbmgmt_remove_handles(context, s, action, &report, NULL);
	fix_expect(fix_describe(code, report), expected);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_selector_unref(s);
}

START_TEST(removed_many)
{
	smbmgmt_handle_unref(open_named("a1"));
	smbmgmt_handle_unref(open_named("a2"));
	smbmgmt_handle_unref(open_named("a3"));
	smbmgmt_handle_unref(open_named("b1"));
	expect_removed(NULL, FIX_FORCE, NULL, "EMPTY_FILTER:");
	expect_removed("a*", FIX_WHAT_IF, NULL,
		       "0: WOULD_REMOVE, WOULD_REMOVE, WOULD_REMOVE");
	expect_removed("a*", 0, "yny", "PARTIAL: REMOVED, DECLINED, REMOVED");
	expect_found(NULL, 0, "2 4");
	expect_removed("b2", 0, NULL, "NOT_FOUND: NOT_FOUND");
	/* Removing asks only where a callback is given. */
	expect_removed("*", 0, NULL, "0: REMOVED, REMOVED");
}
END_TEST

START_TEST(handles_are_checked)
{
	smbmgmt_context *other = NULL;
	smbmgmt_handle *a = open_named(NULL);
	smbmgmt_handle *twice[2] = {a, a};
	smbmgmt_handle *null[2] = {a, NULL};
	smbmgmt_session_list *list = NULL;

	ck_assert_int_eq(smbmgmt_list_sessions(context, twice, 2, NULL, NULL,
					       &list, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_session_list_unref(list);
	ck_assert_int_eq(smbmgmt_list_sessions(context, null, 2, NULL, NULL,
					       &list, NULL),
			 SMBMGMT_E_INVALID);
	smbmgmt_session_list_unref(list);
	smbmgmt_context_new(&other, NULL);
	ck_assert_int_eq(
		smbmgmt_list_sessions(other, &a, 1, NULL, NULL, &list, NULL),
		SMBMGMT_E_INVALID);
	smbmgmt_session_list_unref(list);
	smbmgmt_context_unref(other);
	smbmgmt_handle_unref(a);
}
END_TEST

START_TEST(outlives_its_context)
{
	smbmgmt_context *mine = NULL;
	smbmgmt_handle *a = NULL;
	smbmgmt_session_list *list = NULL;

	smbmgmt_context_new(&mine, NULL);
	smbmgmt_open_handle(mine, "memory:demo", NULL, &a, NULL);
	smbmgmt_list_sessions(mine, &a, 1, NULL, NULL, &list, NULL);
	smbmgmt_context_unref(mine);
	ck_assert_int_eq(smbmgmt_handle_state(a), SMBMGMT_STATE_REMOVED);
	ck_assert_int_eq(smbmgmt_remove_handle(a, NULL), SMBMGMT_E_REMOVED);
	ck_assert_str_eq(
		smbmgmt_session_user(smbmgmt_session_list_get(list, 1)),
		"ALPHA\\bob");
	smbmgmt_session_list_unref(list);
	smbmgmt_handle_unref(a);
}
END_TEST

START_TEST(forked)
{
	smbmgmt_handle *a = open_named(NULL);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		smbmgmt_session_list *list = NULL;
		int32_t code = smbmgmt_list_sessions(context, &a, 1, NULL, NULL,
						     &list, NULL);

		smbmgmt_handle_unref(a);
		smbmgmt_context_unref(context);
		_exit(code == SMBMGMT_E_FORKED ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	/* The parent's works on. */
	ck_assert_int_eq(smbmgmt_remove_handle(a, NULL), 0);
	smbmgmt_handle_unref(a);
}
END_TEST

static int32_t call_back(const smbmgmt_question *question, void *userdata)
{
	smbmgmt_handle_list *list = NULL;

	(void)question;
	*(int32_t *)userdata = smbmgmt_find_handles(context, NULL, &list, NULL);
	return SMBMGMT_ANSWER_NO;
}

START_TEST(reentrant)
{
	smbmgmt_handle *a = open_named(NULL);
	smbmgmt_selector *s = NULL;
	smbmgmt_action *action = NULL;
	smbmgmt_report *report = NULL;
	int32_t code = 0;

	smbmgmt_selector_new(&s, NULL);
	smbmgmt_selector_set_match_all(s, 1, NULL);
	smbmgmt_action_new(&action, NULL);
	smbmgmt_action_set_confirm(action, call_back, &code, NULL, NULL);
	ck_assert_int_eq(
		smbmgmt_remove_handles(context, s, action, &report, NULL),
		SMBMGMT_E_DECLINED);
	ck_assert_int_eq(code, SMBMGMT_E_REENTRANT);
	smbmgmt_report_unref(report);
	smbmgmt_action_unref(action);
	smbmgmt_selector_unref(s);
	smbmgmt_handle_unref(a);
}
END_TEST

#define THREADS 8
#define ROUNDS 40

/* Each thread works on its own handle and on whatever the others have. */
static void *work(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct fix none = {0};
		smbmgmt_handle *mine = open_named(NULL);
		smbmgmt_handle_list *all = NULL;
		smbmgmt_session_list *list = NULL;
		smbmgmt_filter *filter = fix_filter("1..3");
		smbmgmt_action *action = fix_action(&none, FIX_FORCE, NULL);
		smbmgmt_report *report = NULL;
		smbmgmt_handle *first = NULL;

		smbmgmt_find_handles(context, NULL, &all, NULL);
		first = smbmgmt_handle_list_get(all, 0);
		smbmgmt_list_sessions(context, &first, 1, filter, NULL, &list,
				      NULL);
		smbmgmt_close_sessions(context, &mine, 1, filter, action,
				       &report, NULL);
		ck_assert_int_eq(smbmgmt_report_code(report), 0);
		ck_assert_uint_eq(smbmgmt_report_count(report), 3);
		ck_assert_int_eq(smbmgmt_remove_handle(mine, NULL), 0);
		smbmgmt_report_unref(report);
		smbmgmt_session_list_unref(list);
		smbmgmt_handle_list_unref(all);
		smbmgmt_action_unref(action);
		smbmgmt_filter_unref(filter);
		smbmgmt_handle_unref(mine);
	}
	return unused;
}

START_TEST(threads)
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, work, NULL),
				 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	expect_found(NULL, 0, "");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("handles");
	TCase *t = tcase_create("handles");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, opened);
	tcase_add_loop_test(t, bad_target, 0,
			    sizeof(targets) / sizeof(targets[0]));
	tcase_add_loop_test(t, here, 0, 5);
	tcase_add_test(t, lists);
	tcase_add_test(t, found);
	tcase_add_test(t, removed);
	tcase_add_test(t, removed_many);
	tcase_add_test(t, handles_are_checked);
	tcase_add_test(t, outlives_its_context);
	tcase_add_test(t, forked);
	tcase_add_test(t, reentrant);
	tcase_add_test(t, threads);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
