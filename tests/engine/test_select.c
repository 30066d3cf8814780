/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What may be left to a server is left to it in a listing that somebody asked
 * for, and never in one that a close compares: linked with the library's parts,
 * between those that want a listing and the one that makes it.
 */
#include <check.h>
#include <stdbool.h>

#include "engine/handle.h"
#include "fixture.h"
#include "suite.h"

static struct fix fix;
/* What was asked for since begin(). */
static unsigned int looks;
static unsigned int selecting;
static struct sm_select last;

/* NOLINTBEGIN(bugprone-reserved-identifier): the names that --wrap wants */
struct tevent_req *__real_sm_look_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       struct smbmgmt_handle *handle,
				       const struct sm_ask *ask);
struct tevent_req *__wrap_sm_look_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       struct smbmgmt_handle *handle,
				       const struct sm_ask *ask);

/* On the engine's thread, while ours waits for it. */
struct tevent_req *__wrap_sm_look_send(TALLOC_CTX *mem,
				       struct sm_engine *engine,
				       struct smbmgmt_handle *handle,
				       const struct sm_ask *ask)
{
	looks++;
	if (ask->select != NULL) {
		selecting++;
		last = *ask->select;
	}
	return __real_sm_look_send(mem, engine, handle, ask);
}
/* NOLINTEND(bugprone-reserved-identifier) */

static void up(void)
{
	fix_up(&fix);
	fix_rows(fix.memory, 5);
	looks = 0;
	selecting = 0;
}

static void down(void)
{
	fix_down(&fix);
}

static smbmgmt_session_list *list(const smbmgmt_filter *filter)
{
	smbmgmt_session_list *found = NULL;

	ck_assert_int_eq(smbmgmt_list_sessions(fix.context, &fix.handle, 1,
					       filter, NULL, &found, NULL),
			 0);
	return found;
}

static uint32_t listed(const char *text)
{
	smbmgmt_filter *filter = fix_filter(text);
	smbmgmt_session_list *found = list(filter);
	uint32_t count = smbmgmt_session_list_count(found);

	smbmgmt_session_list_unref(found);
	smbmgmt_filter_unref(filter);
	return count;
}

START_TEST(test_list)
{
	ck_assert_uint_eq(listed("2..3"), 2);
	ck_assert_uint_eq(looks, 1);
	ck_assert_uint_eq(selecting, 1);
	ck_assert_uint_eq(last.count, 1);
	ck_assert_uint_eq(last.items[0].property, SM_SELECTED_ID);
	ck_assert_uint_eq(last.items[0].first, 2);
	ck_assert_uint_eq(last.items[0].last, 3);
	ck_assert_uint_eq(listed("4 u=u4 c=c4"), 1);
	ck_assert_uint_eq(selecting, 2);
	ck_assert_uint_eq(last.count, 3);
	/* And nothing is left of it for the next one. */
	ck_assert_uint_eq(listed("all"), 5);
	ck_assert_uint_eq(last.count, 0);
}
END_TEST

/* A job keeps what it asks for; its caller may drop the filter. */
START_TEST(test_list_job)
{
	smbmgmt_filter *filter = fix_filter("2");
	smbmgmt_session_list *found = NULL;
	smbmgmt_job *job = NULL;

	ck_assert_int_eq(smbmgmt_start_list(fix.context, &fix.handle, 1, filter,
					    NULL, &job, NULL),
			 0);
	smbmgmt_filter_unref(filter);
	ck_assert_int_eq(smbmgmt_job_wait(job, -1, NULL), 0);
	found = smbmgmt_job_list(job);
	ck_assert_uint_eq(smbmgmt_session_list_count(found), 1);
	smbmgmt_session_list_unref(found);
	smbmgmt_job_unref(job);
	ck_assert_uint_eq(selecting, 1);
	ck_assert_uint_eq(last.count, 1);
}
END_TEST

static void expect_whole(unsigned int least)
{
	ck_assert_uint_ge(looks, least);
	ck_assert_uint_eq(selecting, 0);
}

START_TEST(test_close)
{
	fix_expect(fix_close(&fix, "2", FIX_WHAT_IF, NULL, NULL),
		   "0: WOULD_CLOSE 2");
	expect_whole(1);
	/* Before and after. */
	fix_expect(fix_close(&fix, "2", FIX_FORCE, NULL, NULL), "0: CLOSED 2");
	expect_whole(3);
	fix_expect(fix_close(&fix, "u=u3 c=c3", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 3");
	expect_whole(5);
}
END_TEST

START_TEST(test_close_object)
{
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_session_list *found = list(NULL);
	smbmgmt_report *report = NULL;

	looks = 0;
	selecting = 0;
	ck_assert_int_eq(smbmgmt_close_session(
				 fix.handle, smbmgmt_session_list_get(found, 0),
				 action, &report, NULL),
			 0);
	expect_whole(2);
	smbmgmt_report_unref(report);
	smbmgmt_session_list_unref(found);
	smbmgmt_action_unref(action);
}
END_TEST

/* Objects are looked for in whole listings, by list, too. */
START_TEST(test_list_object)
{
	smbmgmt_session_list *found = list(NULL);
	smbmgmt_session_list *again = NULL;
	smbmgmt_filter *filter = NULL;

	ck_assert_int_eq(smbmgmt_filter_new(&filter, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_filter_add_session(
			filter, smbmgmt_session_list_get(found, 1), NULL),
		0);
	last.count = 1;
	again = list(filter);
	ck_assert_uint_eq(smbmgmt_session_list_count(again), 1);
	ck_assert_uint_eq(last.count, 0);
	smbmgmt_session_list_unref(again);
	smbmgmt_session_list_unref(found);
	smbmgmt_filter_unref(filter);
}
END_TEST

START_TEST(test_evict)
{
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_evict_options *options = NULL;
	smbmgmt_filter *filter = fix_filter("u=u4");
	smbmgmt_report *report = NULL;

	ck_assert_int_eq(smbmgmt_evict_options_new(&options, NULL), 0);
	ck_assert_int_eq(smbmgmt_evict_options_set_duration(options, 0, NULL),
			 0);
	ck_assert_int_eq(smbmgmt_evict(fix.context, &fix.handle, 1, filter,
				       action, options, &report, NULL),
			 0);
	expect_whole(2);
	smbmgmt_report_unref(report);
	smbmgmt_filter_unref(filter);
	smbmgmt_evict_options_unref(options);
	smbmgmt_action_unref(action);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("select");
	TCase *tcase = tcase_create("select");

	tcase_add_checked_fixture(tcase, up, down);
	tcase_add_test(tcase, test_list);
	tcase_add_test(tcase, test_list_job);
	tcase_add_test(tcase, test_list_object);
	tcase_add_test(tcase, test_close);
	tcase_add_test(tcase, test_close_object);
	tcase_add_test(tcase, test_evict);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
