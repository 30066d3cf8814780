/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What every transport must do, the same cases against each:
 *
 *	conformance session		a memory table with native ids
 *	conformance client-user		a memory table as srvsvc has it
 *	conformance srvsvc SERVER AUTH-FILE SOCKET CARRIER
 *	conformance samba SMB-CONF TOOLS SOCKET -
 *	conformance wsman SERVER AUTH-FILE SOCKET -
 *
 * The server has one session of alice, one of bob, and three of carol that
 * cannot be told apart but by age, each user on a client of its own.  SOCKET
 * is where conformance.py listens: it makes that so again, and asks the
 * clients whether they live.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fixture.h"
#include "suite.h"

#define CAROLS 3

static const char *kind;
static const char *server;
static const char *auth_file;
static const char *hook_path;
static const char *carrier;
static struct fix fix;
static int hook = -1;

/* This machine's own Samba: no connection of ours, and no ages in 4.17. */
static bool is_samba(void)
{
	return strcmp(kind, "samba") == 0;
}

static bool is_wsman(void)
{
	return strcmp(kind, "wsman") == 0;
}

/* Does the connection of ours have a session of its own? */
static bool has_own(void)
{
	return !is_samba() && !is_wsman();
}

static bool is_live(void)
{
	return strcmp(kind, "srvsvc") == 0 || is_samba() || is_wsman();
}

/* One line out, one line back. */
static void ask_hook(const char *line, char *answer, size_t size)
{
	size_t len = 0;

	ck_assert_int_eq(write(hook, line, strlen(line)),
			 (ssize_t)strlen(line));
	while (len + 1 < size) {
		ck_assert_msg(read(hook, answer + len, 1) == 1,
			      "conformance.py has gone");
		if (answer[len] == '\n')
			break;
		len++;
	}
	answer[len] = '\0';
}

static void connect_hook(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char answer[200];

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", hook_path);
	hook = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		connect(hook, (struct sockaddr *)&address, sizeof(address)), 0);
	ask_hook("restore\n", answer, sizeof(answer));
	ck_assert_str_eq(answer, "ok");
}

static void open_samba(void)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_error *err = NULL;

	connect_hook();
	smbmgmt_context_new(&fix.context, NULL);
	smbmgmt_open_options_new(&options, NULL);
	ck_assert_int_eq(
		smbmgmt_open_options_set_smb_conf(options, server, NULL), 0);
	ck_assert_int_eq(
		smbmgmt_open_options_set_samba_path(options, auth_file, NULL),
		0);
	ck_assert_msg(smbmgmt_open_handle(fix.context, NULL, options,
					  &fix.handle, &err) == 0,
		      "%s", smbmgmt_error_message(err));
	ck_assert_str_eq(smbmgmt_handle_computer_name(fix.handle), "localhost");
	ck_assert_str_eq(smbmgmt_handle_transport(fix.handle), "samba");
	smbmgmt_open_options_unref(options);
}

static void open_live(void)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_credentials *credentials = NULL;
	smbmgmt_error *err = NULL;

	connect_hook();
	smbmgmt_context_new(&fix.context, NULL);
	smbmgmt_credentials_new(&credentials, NULL);
	ck_assert_int_eq(
		smbmgmt_credentials_load_file(credentials, auth_file, NULL), 0);
	smbmgmt_open_options_new(&options, NULL);
	smbmgmt_open_options_set_credentials(options, credentials, NULL);
	if (!is_wsman())
		ck_assert_int_eq(smbmgmt_open_options_set_carrier(
					 options, carrier, NULL),
				 0);
	ck_assert_msg(smbmgmt_open_handle(fix.context, server, options,
					  &fix.handle, &err) == 0,
		      "%s", smbmgmt_error_message(err));
	smbmgmt_open_options_unref(options);
	smbmgmt_credentials_unref(credentials);
}

static void up(void)
{
	bool native = strcmp(kind, "session") == 0;

	memset(&fix, 0, sizeof(fix));
	if (is_samba()) {
		open_samba();
		return;
	}
	if (is_live()) {
		open_live();
		return;
	}
	fix_up(&fix);
	fix_row(fix.memory, native ? 1 : -1, "127.0.0.5", "alice", 100, NULL);
	fix_row(fix.memory, native ? 2 : -2, "127.0.0.6", "bob", 100, NULL);
	for (int i = 0; i < CAROLS; i++)
		fix_row(fix.memory, native ? 3 + i : -3, "127.0.0.7", "carol",
			100, NULL);
	fix_row(fix.memory, native ? 9 : -9, "127.0.0.1", "admin", 0, NULL);
	smbmgmt_memory_set_own(fix.memory, 9, SMBMGMT_OWN_YES, NULL);
	if (!native) {
		smbmgmt_memory_set_unit(fix.memory, SMBMGMT_UNIT_CLIENT_USER,
					NULL);
		smbmgmt_memory_set_possible_collateral(fix.memory, 1, NULL);
	}
}

static void down(void)
{
	fix_down(&fix);
	if (hook >= 0)
		close(hook);
	hook = -1;
}

static smbmgmt_session_list *list_code(const char *filter, int32_t code)
{
	smbmgmt_filter *f = fix_filter(filter);
	smbmgmt_session_list *list = NULL;
	smbmgmt_error *err = NULL;
	int32_t got = smbmgmt_list_sessions(fix.context, &fix.handle, 1, f,
					    NULL, &list, &err);

	ck_assert_msg(got == code, "%s: %s", smbmgmt_error_name(got),
		      smbmgmt_error_message(err));
	smbmgmt_error_unref(err);
	smbmgmt_filter_unref(f);
	return list;
}

static uint32_t count(const char *filter)
{
	smbmgmt_session_list *list = list_code(filter, 0);
	uint32_t n = smbmgmt_session_list_count(list);

	smbmgmt_session_list_unref(list);
	return n;
}

/* Who is left, by the client's own word or the table's. */
static void expect_left(uint32_t alices, uint32_t bobs, uint32_t carols)
{
	char line[64];
	char answer[64];

	if (is_live()) {
		snprintf(line, sizeof(line), "%u %u %u", alices, bobs, carols);
		ask_hook("alive\n", answer, sizeof(answer));
		ck_assert_str_eq(answer, line);
		return;
	}
	/* And our own one. */
	ck_assert_uint_eq(smbmgmt_memory_count(fix.memory),
			  alices + bobs + carols + 1);
}

START_TEST(lists)
{
	smbmgmt_session_list *list = list_code("", 0);
	uint32_t own = 0;

	for (uint32_t i = 0; i < smbmgmt_session_list_count(list); i++) {
		smbmgmt_session *s = smbmgmt_session_list_get(list, i);

		ck_assert(smbmgmt_session_has(s, SMBMGMT_FIELD_ID |
							 SMBMGMT_FIELD_CLIENT |
							 SMBMGMT_FIELD_USER));
		ck_assert(is_samba() ||
			  smbmgmt_session_has(s, SMBMGMT_FIELD_SECONDS_EXISTS));
		ck_assert_uint_eq(smbmgmt_session_handle_id(s),
				  smbmgmt_handle_id(fix.handle));
		ck_assert_str_eq(smbmgmt_session_server(s),
				 smbmgmt_handle_server(fix.handle));
		ck_assert_int_gt(smbmgmt_session_listed_at(s), 0);
		own += smbmgmt_session_own(s) == SMBMGMT_OWN_YES;
	}
	ck_assert_uint_eq(own, has_own() ? 1 : 0);
	smbmgmt_session_list_unref(list);
	ck_assert_uint_eq(count("u=alice"), 1);
	ck_assert_uint_eq(count("u=ALICE"), 1);
	ck_assert_uint_eq(count("u=carol"), CAROLS);
	ck_assert_uint_eq(count("c=\\\\127.0.0.6"), 1);
	ck_assert_uint_eq(count("c=::ffff:127.0.0.6"), 1);
	ck_assert_uint_eq(count("u=alice u=bob"), 2);
	ck_assert_uint_eq(count("u=alice c=127.0.0.5"), 1);
}
END_TEST

START_TEST(ids_select)
{
	smbmgmt_session_list *list = list_code("u=bob", 0);
	char id[32];

	snprintf(id, sizeof(id), "%llu",
		 (unsigned long long)smbmgmt_session_id(
			 smbmgmt_session_list_get(list, 0)));
	smbmgmt_session_list_unref(list);
	list = list_code(id, 0);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 1);
	ck_assert_str_eq(
		smbmgmt_session_user(smbmgmt_session_list_get(list, 0)), "bob");
	smbmgmt_session_list_unref(list);
}
END_TEST

START_TEST(finds_nothing)
{
	smbmgmt_session_list *list =
		list_code("u=nobody u=bob", SMBMGMT_E_NOT_FOUND);

	ck_assert_uint_eq(smbmgmt_session_list_count(list), 1);
	ck_assert_uint_eq(smbmgmt_session_list_error_count(list), 1);
	ck_assert_str_eq(
		smbmgmt_error_message(smbmgmt_session_list_error(list, 0)),
		"No MSFT_SmbSession objects found with property "
		"'ClientUserName' equal to 'nobody'.  Verify the value of the "
		"property and retry.");
	smbmgmt_session_list_unref(list);
	/* Both are there, in no one session. */
	list = list_code("u=alice c=127.0.0.6", SMBMGMT_E_NOT_FOUND);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 0);
	smbmgmt_session_list_unref(list);
}
END_TEST

/* Outcomes without their ids, which differ between the transports. */
static void expect_close(const char *filter, unsigned int flags,
			 const char *answers, const char *expected)
{
	char *text = fix_close(&fix, filter, flags, answers, NULL);
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (*from == ' ' && from[1] >= '0' && from[1] <= '9') {
			while (from[1] >= '0' && from[1] <= '9')
				from++;
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
	fix_expect(text, expected);
}

START_TEST(closes_nothing_unasked)
{
	expect_close("", FIX_FORCE, NULL, "EMPTY_FILTER:");
	expect_close("u=alice", 0, NULL, "CONFIRM_REQUIRED:");
	expect_close("u=alice", FIX_WHAT_IF, NULL, "0: WOULD_CLOSE");
	expect_close("u=alice", 0, "n", "DECLINED: DECLINED");
	expect_close("u=alice", 0, "q", "CANCELLED: CANCELLED");
	expect_close("u=nobody", FIX_FORCE, NULL, "NOT_FOUND: NOT_FOUND");
	expect_left(1, 1, CAROLS);
}
END_TEST

START_TEST(closes_one)
{
	expect_close("u=alice", FIX_FORCE, NULL, "0: CLOSED");
	expect_left(0, 1, CAROLS);
	ck_assert_uint_eq(count(""), 1 + CAROLS + (has_own() ? 1 : 0));
}
END_TEST

START_TEST(closes_when_asked)
{
	smbmgmt_report *report = NULL;
	bool alice = false;

	free(fix_close(&fix, "u=alice u=bob", 0, "yn", &report));
	ck_assert_uint_eq(fix_asked(), 2);
	ck_assert_uint_eq(smbmgmt_report_count(report), 2);
	ck_assert_int_eq(smbmgmt_report_outcome(report, 0),
			 SMBMGMT_OUTCOME_CLOSED);
	ck_assert_int_eq(smbmgmt_report_outcome(report, 1),
			 SMBMGMT_OUTCOME_DECLINED);
	/* In whichever order the server lists them. */
	alice = strcmp(smbmgmt_session_user(smbmgmt_report_session(report, 0)),
		       "alice") == 0;
	expect_left(alice ? 0 : 1, alice ? 1 : 0, CAROLS);
	smbmgmt_report_unref(report);
}
END_TEST

START_TEST(closes_equal_rows)
{
	expect_close("u=carol", FIX_FORCE, NULL, "0: CLOSED, CLOSED, CLOSED");
	expect_left(1, 1, 0);
}
END_TEST

START_TEST(closes_an_object)
{
	smbmgmt_session_list *list = list_code("u=bob", 0);
	smbmgmt_action *action = fix_action(&fix, FIX_FORCE, NULL);
	smbmgmt_report *report = NULL;
	smbmgmt_session *bob = smbmgmt_session_list_get(list, 0);

	ck_assert_int_eq(
		smbmgmt_close_session(fix.handle, bob, action, &report, NULL),
		0);
	ck_assert_int_eq(smbmgmt_report_outcome(report, 0),
			 SMBMGMT_OUTCOME_CLOSED);
	smbmgmt_report_unref(report);
	expect_left(1, 0, CAROLS);
	/* Gone is gone, and nothing else is hit. */
	ck_assert_int_eq(
		smbmgmt_close_session(fix.handle, bob, action, &report, NULL),
		0);
	ck_assert_int_eq(smbmgmt_report_outcome(report, 0),
			 SMBMGMT_OUTCOME_ALREADY_GONE);
	smbmgmt_report_unref(report);
	expect_left(1, 0, CAROLS);
	smbmgmt_action_unref(action);
	smbmgmt_session_list_unref(list);
}
END_TEST

START_TEST(closes_a_plan)
{
	smbmgmt_filter *f = fix_filter("u=alice u=bob");
	smbmgmt_plan *plan = NULL;
	smbmgmt_report *report = NULL;
	uint32_t bob = 0;

	ck_assert_int_eq(smbmgmt_plan_close(fix.context, &fix.handle, 1, f,
					    NULL, &plan, NULL),
			 0);
	ck_assert_uint_eq(smbmgmt_plan_count(plan), 2);
	if (strcmp(smbmgmt_session_user(smbmgmt_plan_session(plan, 0)),
		   "alice") == 0)
		bob = 1;
	ck_assert_int_eq(
		smbmgmt_plan_set_decision(plan, bob, SMBMGMT_DECISION_NO, NULL),
		0);
	ck_assert_int_eq(smbmgmt_plan_set_decision(plan, 1 - bob,
						   SMBMGMT_DECISION_YES, NULL),
			 0);
	expect_left(1, 1, CAROLS);
	ck_assert_int_eq(smbmgmt_execute_plan(plan, NULL, &report, NULL),
			 SMBMGMT_E_PARTIAL);
	ck_assert_int_eq(smbmgmt_report_outcome(report, 1 - bob),
			 SMBMGMT_OUTCOME_CLOSED);
	ck_assert_int_eq(smbmgmt_report_outcome(report, bob),
			 SMBMGMT_OUTCOME_DECLINED);
	smbmgmt_report_unref(report);
	smbmgmt_plan_unref(plan);
	smbmgmt_filter_unref(f);
	expect_left(0, 1, CAROLS);
}
END_TEST

START_TEST(spares_its_own)
{
	smbmgmt_report *report = NULL;

	if (has_own())
		expect_close("u=admin", FIX_FORCE, NULL,
			     "REFUSED_OWN: REFUSED_OWN");
	free(fix_close(&fix, "all", FIX_FORCE, NULL, &report));
	ck_assert_int_eq(smbmgmt_report_code(report), 0);
	ck_assert_uint_eq(smbmgmt_report_count(report), 2 + CAROLS);
	ck_assert_uint_eq(smbmgmt_report_left_out_count(report),
			  has_own() ? 1 : 0);
	smbmgmt_report_unref(report);
	expect_left(0, 0, 0);
	/* The handle works on. */
	ck_assert_uint_eq(count(""), has_own() ? 1 : 0);
}
END_TEST

START_TEST(ends_its_own)
{
	expect_close("u=admin", FIX_FORCE | FIX_OWN, NULL, "0: CLOSED");
	if (is_live())
		expect_left(1, 1, CAROLS);
	/* And connects anew. */
	ck_assert_uint_ge(count("u=alice"), 1);
}
END_TEST

START_TEST(is_removed)
{
	smbmgmt_session_list *list = NULL;

	ck_assert_int_eq(smbmgmt_remove_handle(fix.handle, NULL), 0);
	list = list_code("", SMBMGMT_E_REMOVED);
	ck_assert_uint_eq(smbmgmt_session_list_count(list), 0);
	smbmgmt_session_list_unref(list);
	fix_expect(fix_close(&fix, "u=alice", FIX_FORCE, NULL, NULL),
		   "REMOVED:");
	expect_left(1, 1, CAROLS);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create(kind);
	TCase *t = tcase_create("conformance");

	tcase_add_checked_fixture(t, up, down);
	tcase_add_test(t, lists);
	tcase_add_test(t, ids_select);
	tcase_add_test(t, finds_nothing);
	tcase_add_test(t, closes_nothing_unasked);
	tcase_add_test(t, closes_one);
	tcase_add_test(t, closes_when_asked);
	tcase_add_test(t, closes_equal_rows);
	tcase_add_test(t, closes_an_object);
	tcase_add_test(t, closes_a_plan);
	tcase_add_test(t, spares_its_own);
	if (has_own())
		tcase_add_test(t, ends_its_own);
	tcase_add_test(t, is_removed);
	suite_add_tcase(s, t);
	return s;
}

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 6) {
		fprintf(stderr,
			"usage: conformance session|client-user\n"
			"       conformance srvsvc SERVER AUTH-FILE "
			"SOCKET CARRIER\n"
			"       conformance samba SMB-CONF TOOLS SOCKET "
			"-\n"
			"       conformance wsman SERVER AUTH-FILE SOCKET "
			"-\n");
		return 2;
	}
	kind = argv[1];
	if (argc == 6) {
		server = argv[2];
		auth_file = argv[3];
		hook_path = argv[4];
		carrier = argv[5];
	}
	return run_suite(suite());
}
