/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The audit on memory tables: what is written down. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>

#include "audit_fix.h"
#include "suite.h"

START_TEST(records)
{
	const char *text = NULL;

	fix_rows(fix.memory, 3);
	smbmgmt_memory_set_own(fix.memory, 3, SMBMGMT_OWN_YES, NULL);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1,3,9", FIX_FORCE, NULL, NULL),
		   "PARTIAL: CLOSED 1, REFUSED_OWN 3, NOT_FOUND");
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, "\n"), 4);
	ck_assert_uint_eq(count(text, INTENT), 1);
	ck_assert_uint_eq(count(text, OUTCOME), 3);
	ck_assert(strstr(text, INTENT) < strstr(text, OUTCOME));
	HAS(text, "\"session_ids\":[\"1\",\"3\",\"9\"]");
	HAS(text, "\"server\":\"memory:table\"");
	HAS(text, "\"client_user_name\":\"u1\"");
	HAS(text, "\"decision\":\"forced\"");
	HAS(text, "\"outcome\":\"REFUSED_OWN\"");
	HAS(text, "\"outcome\":\"NOT_FOUND\"");
}
END_TEST

START_TEST(declined)
{
	const char *text = NULL;

	fix_rows(fix.memory, 2);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1..2", 0, "yn", NULL),
		   "PARTIAL: CLOSED 1, DECLINED 2");
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, INTENT), 1);
	ck_assert_uint_eq(count(text, "\"decision\":\"confirmed\""), 2);
	ck_assert_uint_eq(count(text, "\"decision\":\"declined\""), 1);
}
END_TEST

START_TEST(aborted)
{
	const char *text = NULL;

	fix_rows(fix.memory, 2);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1..2", 0, "yq", NULL),
		   "CANCELLED: CANCELLED 1, CANCELLED 2");
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, INTENT), 0);
	ck_assert_uint_eq(count(text, "\"outcome\":\"CANCELLED\""), 2);
}
END_TEST

START_TEST(what_if)
{
	fix_rows(fix.memory, 2);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1", FIX_WHAT_IF, NULL, NULL),
		   "0: WOULD_CLOSE 1");
	ck_assert_str_eq(written(fileno(file), 0), "");
}
END_TEST

START_TEST(units)
{
	const char *text = NULL;

	/* Two sessions in one unit: one intent that names both. */
	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER, NULL);
	fix_row(fix.memory, -7, "c", "u", 100, NULL);
	fix_row(fix.memory, -7, "c", "u", 50, NULL);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "u=u", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 7, CLOSED 7");
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, INTENT), 1);
	ck_assert_uint_eq(count(text, OUTCOME), 2);
	ck_assert_uint_eq(count(text, "\"item\":0"), 2);
	ck_assert_uint_eq(count(text, "\"item\":1"), 2);
}
END_TEST

START_TEST(collateral)
{
	const char *text = NULL;

	smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_PROCESS, NULL);
	fix_row(fix.memory, 1, "c", "u1", 100, "p");
	fix_row(fix.memory, 2, "c", "u2", 100, "p");
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1", FIX_FORCE | FIX_ALL, NULL, NULL),
		   "0: CLOSED 1");
	text = written(fileno(file), 0);
	HAS(text, "\"allow_collateral\":\"all\"");
	ck_assert_uint_eq(count(text, "\"grade\":\"certain\""), 2);
	ck_assert_uint_eq(count(text, "\"ended\":true"), 1);
}
END_TEST

struct heard {
	unsigned int records;
	unsigned int freed;
	int32_t inside;
	pthread_t thread;
};

static void hear(const char *record, void *userdata)
{
	struct heard *heard = userdata;

	ck_assert_int_eq(record[0], '{');
	ck_assert_ptr_null(strchr(record, '\n'));
	heard->records++;
	heard->thread = pthread_self();
	heard->inside = smbmgmt_context_set_audit_fd(fix.context, -1, NULL);
}

static void heard_free(void *userdata)
{
	((struct heard *)userdata)->freed++;
}

START_TEST(callback)
{
	struct heard heard = {0};

	fix_rows(fix.memory, 2);
	ck_assert_int_eq(smbmgmt_context_set_audit(fix.context, hear, &heard,
						   heard_free, NULL),
			 0);
	fix_expect(fix_close(&fix, "1..2", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1, CLOSED 2");
	ck_assert_uint_eq(heard.records, 4);
	ck_assert(pthread_equal(heard.thread, pthread_self()));
	ck_assert_int_eq(heard.inside, SMBMGMT_E_REENTRANT);
	ck_assert_int_eq(
		smbmgmt_context_set_audit(fix.context, NULL, NULL, NULL, NULL),
		0);
	ck_assert_uint_eq(heard.freed, 1);
	fix_expect(fix_close(&fix, "9", FIX_FORCE, NULL, NULL),
		   "NOT_FOUND: NOT_FOUND");
	ck_assert_uint_eq(heard.records, 4);
}
END_TEST

START_TEST(no_secret)
{
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;
	const char *text = NULL;

	ck_assert_int_eq(smbmgmt_credentials_new(&credentials, NULL), 0);
	smbmgmt_credentials_set_user(credentials, "DOM\\boss", NULL);
	smbmgmt_credentials_set_password(credentials, "Sesame-1", NULL);
	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_open_options_set_memory(options, fix.memory, NULL);
	smbmgmt_open_options_set_credentials(options, credentials, NULL);
	ck_assert_int_eq(smbmgmt_open_handle(fix.context, "memory:other",
					     options, &handle, NULL),
			 0);
	smbmgmt_handle_unref(fix.handle);
	fix.handle = handle;
	fix_rows(fix.memory, 1);
	audit_to(fileno(file));
	fix_expect(fix_close(&fix, "1", FIX_FORCE, NULL, NULL), "0: CLOSED 1");
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, "boss"), 2);
	ck_assert_uint_eq(count(text, "DOM"), 2);
	ck_assert_uint_eq(count(text, "Sesame"), 0);
	smbmgmt_open_options_unref(options);
	smbmgmt_credentials_unref(credentials);
}
END_TEST

#define THREADS 8

static void *close_many(void *userdata)
{
	struct fix own = fix;

	own.memory = userdata;
	own.handle = fix_open(&own, own.memory);
	fix_expect(fix_close(&own, "1..3", FIX_FORCE, NULL, NULL),
		   "0: CLOSED 1, CLOSED 2, CLOSED 3");
	smbmgmt_handle_unref(own.handle);
	return NULL;
}

/* Records of several threads stay whole lines. */
START_TEST(threads)
{
	smbmgmt_memory *memories[THREADS];
	pthread_t ids[THREADS];
	const char *text = NULL;

	audit_to(fileno(file));
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(smbmgmt_memory_new(&memories[i], NULL), 0);
		fix_rows(memories[i], 3);
		ck_assert_int_eq(
			pthread_create(&ids[i], NULL, close_many, memories[i]),
			0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(ids[i], NULL);
		smbmgmt_memory_unref(memories[i]);
	}
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, "\n"), 6 * THREADS);
	ck_assert_uint_eq(count(text, "}\n"), 6 * THREADS);
	ck_assert_uint_eq(count(text, "\n{"), 6 * THREADS - 1);
}
END_TEST

/* Each round on each server is an operation, and all are of one evict. */
START_TEST(evicted)
{
	smbmgmt_filter *filter = fix_filter("u=u1");
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_evict_options *options = NULL;
	smbmgmt_report *report = NULL;
	const char *text = NULL;
	char evict[60] = "";

	fix_rows(fix.memory, 3);
	smbmgmt_memory_set_reconnects(fix.memory, 2, NULL);
	audit_to(fileno(file));
	ck_assert_int_eq(smbmgmt_evict_options_new(&options, NULL), 0);
	smbmgmt_evict_options_set_duration(options, 500, NULL);
	smbmgmt_evict_options_set_interval(options, 100, NULL);
	smbmgmt_evict_options_set_confirmed(options, 1, NULL);
	ck_assert_int_eq(smbmgmt_evict(fix.context, &fix.handle, 1, filter,
				       action, options, &report, NULL),
			 0);
	text = written(fileno(file), 0);
	ck_assert_uint_eq(count(text, INTENT), 3);
	ck_assert_uint_eq(count(text, OUTCOME), 3);
	ck_assert_uint_eq(count(text, "\"outcome\":\"RECONNECTED\""), 2);
	ck_assert_uint_eq(count(text, "\"outcome\":\"CLOSED\""), 1);
	ck_assert_uint_eq(count(text, "\"decision\":\"confirmed\""), 6);
	ck_assert_ptr_nonnull(strstr(text, "\"evict\":\""));
	snprintf(evict, 48, "%s", strstr(text, "\"evict\":\""));
	ck_assert_uint_eq(count(text, evict), 6);
	smbmgmt_report_unref(report);
	smbmgmt_evict_options_unref(options);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(filter);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine-audit");
	TCase *tcase = tcase_create("audit");

	tcase_add_checked_fixture(tcase, up, down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, records);
	tcase_add_test(tcase, declined);
	tcase_add_test(tcase, aborted);
	tcase_add_test(tcase, evicted);
	tcase_add_test(tcase, evicted);
	tcase_add_test(tcase, what_if);
	tcase_add_test(tcase, units);
	tcase_add_test(tcase, collateral);
	tcase_add_test(tcase, callback);
	tcase_add_test(tcase, no_secret);
	tcase_add_test(tcase, threads);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
