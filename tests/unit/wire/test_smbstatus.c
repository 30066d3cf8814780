/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * smbstatus documents: 4.17's and 4.22's, as they printed them, and one of
 * 4.22's form with what is newer, odd or unknown; and what is cut, missing or
 * too much.
 */
#include <stdio.h>

#include <smbmgmt/session.h>

#include "smbstatus_fix.h"

static char *read_sample(const char *name, size_t *len)
{
	char path[4096];
	FILE *file = NULL;
	char *text = malloc(1u << 20);

	snprintf(path, sizeof(path), "%s/%s.json", SAMPLES, name);
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "%s", path);
	*len = fread(text, 1, 1u << 20, file);
	fclose(file);
	return text;
}

static void load(const char *name, struct sm_smbstatus *status)
{
	struct sm_fail fail;
	size_t len = 0;
	char *text = read_sample(name, &len);

	ck_assert_msg(fix_status(text, len, status, &fail) == 0, "%s",
		      fail.text);
	ck_assert_int_eq(sm_smbstatus_join(status, &fail), 0);
	free(text);
}

static const struct sm_smb_session *
session_of(const struct sm_smbstatus *status, const char *user,
	   const char *client)
{
	for (size_t i = 0; i < status->session_count; i++) {
		const struct sm_smb_session *s = &status->sessions[i];

		if (s->user != NULL && strcmp(s->user, user) == 0 &&
		    strcmp(s->client, client) == 0)
			return s;
	}
	ck_abort_msg("no %s", user);
	return NULL;
}

START_TEST(as_4_17)
{
	struct sm_smbstatus status;
	const struct sm_smb_session *alice = NULL;
	const struct sm_smb_session *bob = NULL;
	const struct sm_smb_session *carol = NULL;

	load("4.17", &status);
	ck_assert(sm_smbstatus_is(status.version, 4, 17));
	ck_assert(!sm_smbstatus_is(status.version, 4, 20));
	ck_assert(status.has_sessions && status.has_trees && status.has_opens);
	ck_assert_uint_eq(status.session_count, 5);
	alice = session_of(&status, "alice", "127.0.0.5");
	bob = session_of(&status, "bob", "127.0.0.5");
	carol = session_of(&status, "carol", "127.0.0.6");
	ck_assert(alice->has_id && alice->has_uid && alice->has_gid);
	ck_assert_uint_eq(alice->uid, 21001);
	ck_assert_uint_eq(alice->gid, 21000);
	ck_assert_str_eq(alice->group, "labusers");
	ck_assert_str_eq(alice->address, "127.0.0.5");
	ck_assert_str_eq(alice->dialect, "2.1");
	ck_assert_int_eq(alice->created_at, 0);
	ck_assert_int_eq(alice->auth_at, 0);
	ck_assert(!alice->in_progress);
	ck_assert(alice->server.known);
	ck_assert_uint_eq(alice->server.vnn, SM_VNN_NONE);
	/* One connection, and so one process. */
	ck_assert_int_eq(sm_server_id_cmp(&alice->server, &bob->server), 0);
	ck_assert_int_ne(sm_server_id_cmp(&alice->server, &carol->server), 0);
	ck_assert_uint_eq(alice->open_count, 2);
	ck_assert_uint_eq(bob->open_count, 2);
	ck_assert_uint_eq(carol->open_count, 1);
	ck_assert_uint_eq(carol->other_count, 0);
	ck_assert(status.opens[carol->open_first].writes);
	ck_assert_str_eq(status.opens[carol->open_first].file->name, "c1.txt");
	ck_assert_str_eq(status.opens[carol->open_first].file->folder,
			 "/srv/files");
	ck_assert_uint_eq(carol->tree_count, 1);
	ck_assert_str_eq(status.trees[carol->tree_first].share, "files");
	ck_assert_int_eq(carol->encryption.degree, SMBMGMT_DEGREE_PARTIAL);
	ck_assert_str_eq(carol->encryption.name, "AES-128-CCM");
	ck_assert_str_eq(carol->signing.name, "AES-128-CMAC");
	ck_assert_int_eq(alice->encryption.degree, SMBMGMT_DEGREE_NONE);
	ck_assert_str_eq(alice->encryption.name, "");
	sm_smbstatus_free(&status);
}
END_TEST

START_TEST(as_4_22)
{
	struct sm_smbstatus status;
	const struct sm_smb_session *john = NULL;
	const struct sm_smb_session *guest = NULL;
	const struct sm_smb_session *late = NULL;

	load("4.22", &status);
	ck_assert(sm_smbstatus_is(status.version, 4, 20));
	ck_assert_uint_eq(status.session_count, 3);
	john = session_of(&status, "EXAMPLE\\john", "2001:db8::5");
	guest = session_of(&status, "nobody", "198.51.100.7");
	late = &status.sessions[1];
	ck_assert_str_eq(john->address, "2001:db8::5");
	ck_assert_str_eq(john->dialect, "3.1.1");
	ck_assert_str_eq(john->group, "EXAMPLE\\domain users");
	ck_assert_int_eq(john->created_at, INT64_C(1714975200250));
	ck_assert_int_eq(john->auth_at, INT64_C(1714975201500));
	ck_assert_int_eq(john->encryption.degree, SMBMGMT_DEGREE_PARTIAL);
	ck_assert_int_eq(john->signing.degree, SMBMGMT_DEGREE_FULL);
	ck_assert_uint_eq(john->server.vnn, 1);
	ck_assert_uint_eq(john->server.unique, UINT64_C(10756714984493602300));
	/* Its two shares and not the one of the same pid on node 2. */
	ck_assert_uint_eq(john->tree_count, 2);
	ck_assert_uint_eq(john->open_count, 2);
	ck_assert(!status.opens[john->open_first + 1].writes);
	ck_assert(status.opens[john->open_first].writes);
	ck_assert_int_eq(status.opens[john->open_first].opened_at, 0);
	/* Root's, in his process. */
	ck_assert_uint_eq(john->other_count, 1);
	ck_assert_str_eq(status.opens[john->other_first].file->name, ".");
	ck_assert(late->in_progress && !late->has_uid && !late->has_gid);
	ck_assert_ptr_null(late->user);
	ck_assert_ptr_null(late->group);
	ck_assert_str_eq(late->dialect, "SMB4_00");
	ck_assert_int_eq(late->auth_at, 0);
	ck_assert_int_eq(guest->encryption.degree, SMBMGMT_DEGREE_ANONYMOUS);
	ck_assert_str_eq(guest->encryption.name, "AES-256-GCM");
	ck_assert_ptr_null(guest->address);
	/* Nobody's open of their process may be either's. */
	ck_assert_uint_eq(guest->other_count, 1);
	ck_assert_uint_eq(late->other_count, 1);
	sm_smbstatus_free(&status);
}
END_TEST

START_TEST(as_4_22_6)
{
	struct sm_smbstatus status;
	const struct sm_smb_session *alice = NULL;
	const struct sm_smb_session *bob = NULL;
	const struct sm_smb_session *late = NULL;

	load("4.22.6", &status);
	ck_assert(sm_smbstatus_is(status.version, 4, 20));
	ck_assert(status.has_sessions && status.has_trees && status.has_opens);
	ck_assert_uint_eq(status.session_count, 5);
	alice = session_of(&status, "alice", "127.0.0.5");
	bob = session_of(&status, "bob", "127.0.0.8");
	late = &status.sessions[1];
	ck_assert_uint_eq(alice->id, 4117848094u);
	ck_assert_int_eq(alice->created_at, INT64_C(1795252561851));
	ck_assert_int_eq(alice->auth_at, INT64_C(1795252561853));
	ck_assert_str_eq(alice->address, "127.0.0.5");
	ck_assert_str_eq(alice->dialect, "2.1");
	ck_assert_uint_eq(alice->uid, 21001);
	ck_assert_uint_eq(alice->tree_count, 1);
	ck_assert_uint_eq(alice->open_count, 2);
	ck_assert_int_eq(bob->encryption.degree, SMBMGMT_DEGREE_PARTIAL);
	ck_assert_str_eq(bob->encryption.name, "AES-128-CCM");
	ck_assert_uint_eq(bob->open_count, 1);
	/* It is authenticated in the year 586155, by nobody's uid. */
	ck_assert(late->in_progress && !late->has_uid && !late->has_gid);
	ck_assert_ptr_null(late->user);
	ck_assert_int_eq(late->created_at, INT64_C(1795252561891));
	ck_assert_int_eq(late->auth_at, 0);
	ck_assert_uint_eq(late->tree_count, 0);
	sm_smbstatus_free(&status);
}
END_TEST

/* Every beginning of a document is an error at its end. */
START_TEST(cut)
{
	size_t len = 0;
	char *text = read_sample("4.22", &len);

	while (text[len - 1] != '}')
		len--;
	for (size_t n = 0; n < len; n++) {
		struct sm_smbstatus status;
		struct sm_fail fail;

		ck_assert_int_eq(fix_status(text, n, &status, &fail),
				 SMBMGMT_E_PROTOCOL);
		ck_assert_int_eq(fail.offset, (int64_t)n);
		sm_smbstatus_free(&status);
	}
	free(text);
}
END_TEST

static void one(const char *session, struct sm_smbstatus *status)
{
	char text[1024];
	struct sm_fail fail;

	snprintf(text, sizeof(text), "{\"sessions\":{\"k\":{%s}}}", session);
	ck_assert_msg(fix_status(text, strlen(text), status, &fail) == 0, "%s",
		      fail.text);
	ck_assert_uint_eq(status->session_count, 1);
	ck_assert_int_eq(sm_smbstatus_join(status, &fail), 0);
}

START_TEST(missing_is_unknown)
{
	struct sm_smbstatus status;
	const struct sm_smb_session *s = NULL;

	one("", &status);
	s = status.sessions;
	ck_assert(!s->has_id && !s->has_uid && !s->has_gid && !s->in_progress);
	ck_assert(!s->server.known && !s->encryption.known);
	ck_assert_ptr_null(s->user);
	ck_assert_ptr_null(s->client);
	ck_assert(!status.has_trees && !status.has_opens);
	sm_smbstatus_free(&status);
	/* Values of another kind are as good as none. */
	one("\"session_id\":[1],\"username\":null,\"uid\":1.5,\"gid\":\"x\","
	    "\"hostname\":true,\"encryption\":{\"cipher\":1}",
	    &status);
	s = status.sessions;
	ck_assert(!s->has_id && !s->has_uid && !s->has_gid);
	ck_assert_ptr_null(s->user);
	ck_assert(!s->encryption.known);
	sm_smbstatus_free(&status);
}
END_TEST

static bool known(const char *server)
{
	struct sm_smbstatus status;
	char text[256];
	bool is = false;

	snprintf(text, sizeof(text), "\"server_id\":{%s}", server);
	one(text, &status);
	is = status.sessions[0].server.known;
	sm_smbstatus_free(&status);
	return is;
}

/* Only what names one process for good may be closed by it. */
START_TEST(server_ids)
{
#define VNN "\"task_id\":\"0\",\"vnn\":\"4294967295\","
	ck_assert(known(VNN "\"pid\":\"7\",\"unique_id\":\"9\""));
	ck_assert(known(VNN "\"pid\":7,\"unique_id\":9"));
	ck_assert(!known(VNN "\"pid\":\"0\",\"unique_id\":\"9\""));
	ck_assert(!known(VNN "\"pid\":\"-1\",\"unique_id\":\"0\""));
	ck_assert(!known(VNN "\"pid\":\"2147483648\",\"unique_id\":\"9\""));
	ck_assert(!known(VNN "\"pid\":\"7\""));
	ck_assert(!known(VNN "\"pid\":\"7\",\"unique_id\":\"0\""));
	ck_assert(!known(
		VNN "\"pid\":\"7\",\"unique_id\":\"18446744073709551615\""));
	ck_assert(!known(
		VNN "\"pid\":\"7\",\"unique_id\":\"18446744073709551616\""));
	ck_assert(!known("\"pid\":\"7\",\"unique_id\":\"9\""));
	ck_assert(!known(""));
}
END_TEST

START_TEST(who_is_in_progress)
{
	static const struct {
		const char *session;
		bool in_progress;
	} cases[] = {
		{"\"uid\":-1,\"gid\":-1", true},
		{"\"uid\":4294967295", true},
		{"\"uid\":\"4294967295\"", true},
		{"\"username\":\"(auth in progress)\"", true},
		{"\"uid\":5,\"username\":\"(auth in progress)\"", false},
		{"\"uid\":0,\"username\":\"root\"", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sm_smbstatus status;

		one(cases[i].session, &status);
		ck_assert_int_eq(status.sessions[0].in_progress,
				 cases[i].in_progress);
		ck_assert(!cases[i].in_progress ||
			  status.sessions[0].user == NULL);
		sm_smbstatus_free(&status);
	}
}
END_TEST

START_TEST(times)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1969-12-31T23:59:59.999Z", -1},
		{"2000-02-29T12:00:00.000000+00:00", 951825600000},
		{"2026-11-21T07:05:01.466223+0000", 1795244701466},
		{"2024-05-06T08:00:00.25+02:00", 1714975200250},
		{"2024-05-06T01:30:00-04:30", 1714975200000},
		{"2100-03-01T00:00:00Z", 4107542400000},
	};
	static const char *const bad[] = {
		"",
		"now",
		"2024-05-06",
		"2024-05-06 08:00:00Z",
		"2024-13-06T08:00:00Z",
		"2024-05-00T08:00:00Z",
		"2024-05-06T24:00:00Z",
		"2024-05-06T08:60:00Z",
		"2024-05-06T08:00:00",
		"2024-05-06T08:00:00+2",
		"2024-05-06T08:00:00Zx",
		"30828-09-14T02:48:05.477581+00:00",
	};
	int64_t ms = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(sm_smbstatus_time(good[i].text, &ms), "%s",
			      good[i].text);
		ck_assert_int_eq(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!sm_smbstatus_time(bad[i], &ms), "%s", bad[i]);
}
END_TEST

START_TEST(versions)
{
	ck_assert(sm_smbstatus_is("4.17.12-Debian", 4, 17));
	ck_assert(!sm_smbstatus_is("4.17.12-Debian", 4, 18));
	ck_assert(sm_smbstatus_is("5.0.0", 4, 18));
	ck_assert(!sm_smbstatus_is("3.99", 4, 0));
	ck_assert(!sm_smbstatus_is("Samba", 4, 0));
	ck_assert(!sm_smbstatus_is(NULL, 4, 0));
}
END_TEST

/* A document of as many opens as there is room for, and one of more. */
static int repeat(void *userdata, uint8_t *to, size_t size, size_t *len,
		  struct sm_fail *fail)
{
	static const char head[] = "{\"open_files\":{\"x\":{\"opens\":{\"\":{}";
	static const char again[] = ",\"\":{}";
	uint64_t *sent = userdata;
	size_t n = 0;

	(void)fail;
	if (*sent == 0) {
		memcpy(to, head, sizeof(head) - 1);
		n = sizeof(head) - 1;
	}
	while (size - n >= sizeof(again)) {
		memcpy(to + n, again, sizeof(again) - 1);
		n += sizeof(again) - 1;
	}
	*sent += n;
	*len = n;
	return 0;
}

START_TEST(too_much)
{
	struct sm_smbstatus status = {.sessions = NULL};
	struct sm_json *json = malloc(sizeof(*json));
	struct sm_fail fail;
	uint64_t sent = 0;

	sm_json_start(json, repeat, &sent);
	ck_assert_int_eq(sm_smbstatus_read(json, &status, &fail),
			 SMBMGMT_E_TOO_LARGE);
	ck_assert_int_gt(fail.offset, 0);
	ck_assert_uint_le(status.open_size * sizeof(*status.opens),
			  2 * SM_SMBSTATUS_MEMORY);
	sm_smbstatus_free(&status);
	free(json);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("smbstatus");
	TCase *tcase = tcase_create("smbstatus");

	tcase_add_test(tcase, as_4_17);
	tcase_add_test(tcase, as_4_22);
	tcase_add_test(tcase, as_4_22_6);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, missing_is_unknown);
	tcase_add_test(tcase, server_ids);
	tcase_add_test(tcase, who_is_in_progress);
	tcase_add_test(tcase, times);
	tcase_add_test(tcase, versions);
	tcase_add_test(tcase, too_much);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
