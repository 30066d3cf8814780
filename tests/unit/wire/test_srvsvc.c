/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* NetrSessionEnum and NetrSessionDel: exact bytes, and what is refused. */
#include <string.h>

#include "suite.h"
#include "wire/srvsvc/srvsvc_ndr.h"

static const uint8_t enum_stub[] = {
	0,    0,    0,	  0,	0,  0, 0, 0,
	0,    0,    0,	  0, /* three null names */
	10,   0,    0,	  0,	10, 0, 0, 0,
	0,    0,    2,	  0,		     /* level, tag, pointer */
	0,    0,    0,	  0,	0,  0, 0, 0, /* no sessions */
	0xff, 0xff, 0xff, 0xff, 4,  0, 2, 0,
	0,    0,    0,	  0,
};

static const uint8_t del_stub[] = {
	0,   0,	 0,   0, 0,   0,    2,	 0,    11,  0,	 0, 0,	 0, 0,	 0,
	0,   11, 0,   0, 0,   '\\', 0,	 '\\', 0,   '1', 0, '0', 0, '.', 0,
	'0', 0,	 '.', 0, '0', 0,    '.', 0,    '5', 0,	 0, 0,	 0, 0,	 4,
	0,   2,	 0,   6, 0,   0,    0,	 0,    0,   0,	 0, 6,	 0, 0,	 0,
	'a', 0,	 'l', 0, 'i', 0,    'c', 0,    'e', 0,	 0, 0,
};

/* Two sessions: pointers of all rows first, then all their strings. */
static const uint8_t
	answer_stub[] =
		{
			1,    0,    0,	  0,	1,    0, 0,   0, 0, 0,
			2,    0, /* level, tag, container */
			2,    0,    0,	  0,	4,    0, 2,   0, 2, 0,
			0,    0, /* 2 sessions, array of 2 */
			8,    0,    2,	  0,	12,   0, 2,   0, 7, 0,
			0,    0, /* client, user, 7 opens */
			0xff, 0xff, 0xff, 0xff, 3,    0, 0,   0, 1, 0,
			0,    0, /* flags: guest */
			0,    0,    0,	  0,	16,   0, 2,   0, 0, 0,
			0,    0, /* null client, user */
			60,   0,    0,	  0,	0,    0, 0,   0, 2, 0,
			0,    0,    3,	  0,	0,    0, 0,   0, 0, 0,
			3,    0,    0,	  0,	'p',  0, 'c', 0, 0, 0,
			0,    0,    2,	  0,	0,    0, 0,   0, 0, 0,
			2,    0,    0,	  0,	0xe9, 0, 0,   0, /* e acute */
			1,    0,    0,	  0,	0,    0, 0,   0, 1, 0,
			0,    0,    0,	  0,	0,    0, /* "" */
			2,    0,    0,	  0,	20,   0, 2,   0, 9, 0,
			0,    0,    234,  0,	0,    0,
};

static void check_bytes(struct sm_out *out, const uint8_t *bytes, size_t len)
{
	ck_assert_uint_eq(out->len, len);
	ck_assert_mem_eq(out->data, bytes, len);
	sm_out_free(out);
}

START_TEST(enum_request_is_golden)
{
	struct sm_srvsvc_enum_request request = {
		.level = 10,
		.max_length = 0xffffffff,
		.has_resume = true,
	};
	struct sm_srvsvc_enum_request back;
	struct sm_arena arena = {0};
	struct sm_out out = {0};

	ck_assert_int_eq(sm_srvsvc_put_enum_request(&request, &out, NULL), 0);
	ck_assert_uint_eq(out.len, 44);
	check_bytes(&out, enum_stub, sizeof(enum_stub));
	ck_assert_int_eq(sm_srvsvc_get_enum_request(enum_stub,
						    sizeof(enum_stub), &arena,
						    &back, NULL),
			 0);
	ck_assert_ptr_null(back.server);
	ck_assert_ptr_null(back.client);
	ck_assert_ptr_null(back.user);
	ck_assert_uint_eq(back.level, 10);
	ck_assert_uint_eq(back.max_length, 0xffffffff);
	ck_assert(back.has_resume && back.resume == 0);
	sm_arena_free(&arena);
}
END_TEST

START_TEST(del_request_is_golden)
{
	struct sm_srvsvc_del_request request = {
		.client = "\\\\10.0.0.5",
		.user = "alice",
	};
	struct sm_srvsvc_del_request back;
	struct sm_arena arena = {0};
	struct sm_out out = {0};

	ck_assert_int_eq(sm_srvsvc_put_del_request(&request, &out, NULL), 0);
	ck_assert_uint_eq(out.len, 72);
	check_bytes(&out, del_stub, sizeof(del_stub));
	ck_assert_int_eq(sm_srvsvc_get_del_request(del_stub, sizeof(del_stub),
						   &arena, &back, NULL),
			 0);
	ck_assert_ptr_null(back.server);
	ck_assert_str_eq(back.client, "\\\\10.0.0.5");
	ck_assert_str_eq(back.user, "alice");
	sm_arena_free(&arena);
}
END_TEST

START_TEST(enum_answer_is_golden)
{
	struct sm_srvsvc_session sessions[] = {
		{.client = "pc",
		 .user = "\xc3\xa9",
		 .num_opens = 7,
		 .time = 0xffffffff,
		 .idle = 3,
		 .flags = SM_SRVSVC_GUEST},
		{.user = "", .time = 60, .flags = SM_SRVSVC_NOENCRYPTION},
	};
	struct sm_srvsvc_enum_answer answer = {
		.level = 1,
		.has_container = true,
		.has_array = true,
		.count = 2,
		.sessions = sessions,
		.total = 2,
		.has_resume = true,
		.resume = 9,
		.status = 234,
	};
	struct sm_out out = {0};

	ck_assert_int_eq(sm_srvsvc_put_enum_answer(&answer, &out, NULL), 0);
	check_bytes(&out, answer_stub, sizeof(answer_stub));
}
END_TEST

START_TEST(enum_answer_is_read)
{
	uint8_t stub[sizeof(answer_stub)];
	struct sm_srvsvc_enum_answer answer;
	struct sm_arena arena = {0};

	memcpy(stub, answer_stub, sizeof(stub));
	/* A gap may hold anything, and a pointer's number is anything but 0. */
	memset(stub + 90, 0xbf, 2);
	memset(stub + 28, 0x01, 4);
	memset(stub + 52, 0x01, 4);
	ck_assert_int_eq(sm_srvsvc_get_enum_answer(stub, sizeof(stub), 1,
						   &arena, &answer, NULL),
			 0);
	ck_assert(answer.has_container && answer.has_array);
	ck_assert_uint_eq(answer.level, 1);
	ck_assert_uint_eq(answer.count, 2);
	ck_assert_str_eq(answer.sessions[0].client, "pc");
	ck_assert_str_eq(answer.sessions[0].user, "\xc3\xa9");
	ck_assert_uint_eq(answer.sessions[0].num_opens, 7);
	ck_assert_uint_eq(answer.sessions[0].time, 0xffffffff);
	ck_assert_uint_eq(answer.sessions[0].idle, 3);
	ck_assert_uint_eq(answer.sessions[0].flags, 1);
	ck_assert_ptr_null(answer.sessions[0].type);
	ck_assert_ptr_null(answer.sessions[1].client);
	ck_assert_str_eq(answer.sessions[1].user, "");
	ck_assert_uint_eq(answer.sessions[1].time, 60);
	ck_assert_uint_eq(answer.total, 2);
	ck_assert(answer.has_resume && answer.resume == 9);
	ck_assert_uint_eq(answer.status, 234);
	sm_arena_free(&arena);
}
END_TEST

START_TEST(del_answer_both_ways)
{
	static const uint8_t bytes[] = {0x08, 0x09, 0, 0};
	struct sm_out out = {0};
	uint32_t status = 1;

	ck_assert_int_eq(sm_srvsvc_put_del_answer(2312, &out, NULL), 0);
	check_bytes(&out, bytes, sizeof(bytes));
	ck_assert_int_eq(sm_srvsvc_get_del_answer(bytes, 4, &status, NULL), 0);
	ck_assert_uint_eq(status, 2312);
	status = 77;
	ck_assert_int_eq(sm_srvsvc_get_del_answer(bytes, 3, &status, NULL),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(sm_srvsvc_get_del_answer(bytes, 0, &status, NULL),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_uint_eq(status, 77);
}
END_TEST

/* Every way to leave one of the two out. */
START_TEST(del_needs_client_and_user)
{
	static const char *const clients[] = {NULL, "", "\\", "\\\\", "pc"};
	static const char *const users[] = {NULL, "", "alice"};
	struct sm_srvsvc_del_request request = {
		.server = "server",
		.client = clients[_i / 3],
		.user = users[_i % 3],
	};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	ck_assert_int_eq(sm_srvsvc_put_del_request(&request, &out, &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_int_eq(fail.code, SMBMGMT_E_INVALID);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_ptr_null(out.data);
}
END_TEST
#define DEL_INCOMPLETE (5 * 3 - 1) /* the last one is whole */

/* After a refusal the buffer holds what it held before. */
static void check_refused(int error, struct sm_out *out)
{
	ck_assert_int_eq(error, SMBMGMT_E_INVALID);
	ck_assert_uint_eq(out->len, 3);
	ck_assert_mem_eq(out->data, "pre", 3);
	sm_out_free(out);
}

START_TEST(bad_text_is_refused)
{
	char name[SM_SRVSVC_NAME_MAX + 2];
	struct sm_srvsvc_del_request del = {.client = "pc", .user = name};
	struct sm_srvsvc_enum_request list = {.user = "\xed\xa0\x80"};
	struct sm_out out = {0};

	sm_out_bytes(&out, "pre", 3);
	check_refused(sm_srvsvc_put_enum_request(&list, &out, NULL), &out);

	memset(name, 'x', sizeof(name));
	name[SM_SRVSVC_NAME_MAX + 1] = '\0';
	sm_out_bytes(&out, "pre", 3);
	check_refused(sm_srvsvc_put_del_request(&del, &out, NULL), &out);

	name[SM_SRVSVC_NAME_MAX] = '\0';
	ck_assert_int_eq(sm_srvsvc_put_del_request(&del, &out, NULL), 0);
	sm_out_free(&out);
}
END_TEST

START_TEST(levels_that_do_not_exist)
{
	static const uint32_t bad[] = {3, 9, 11, 501, 503, 0xffffffff};
	struct sm_srvsvc_enum_request request = {.level = bad[_i]};
	struct sm_srvsvc_enum_answer answer = {.level = bad[_i]};
	struct sm_arena arena = {0};
	struct sm_out out = {0};

	sm_out_bytes(&out, "pre", 3);
	check_refused(sm_srvsvc_put_enum_request(&request, &out, NULL), &out);
	sm_out_bytes(&out, "pre", 3);
	check_refused(sm_srvsvc_put_enum_answer(&answer, &out, NULL), &out);
	ck_assert_int_eq(sm_srvsvc_get_enum_answer(answer_stub,
						   sizeof(answer_stub), bad[_i],
						   &arena, &answer, NULL),
			 SMBMGMT_E_INVALID);
	ck_assert_uint_eq(arena.total, 0);
}
END_TEST
#define BAD_LEVELS 6

START_TEST(answers_that_make_no_sense)
{
	struct sm_srvsvc_session session = {.client = "pc"};
	const struct sm_srvsvc_enum_answer bad[] = {
		{.has_array = true},
		{.count = 1, .sessions = &session},
		{.has_container = true, .count = 1, .sessions = &session},
		{.has_container = true, .has_array = true, .count = 1},
	};
	struct sm_out out = {0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sm_out_bytes(&out, "pre", 3);
		check_refused(sm_srvsvc_put_enum_answer(&bad[i], &out, NULL),
			      &out);
	}
}
END_TEST

/* Gaps count from the start of the stub, not of the buffer. */
START_TEST(stub_behind_other_bytes)
{
	struct sm_srvsvc_del_request request = {
		.client = "\\\\10.0.0.5",
		.user = "alice",
	};
	struct sm_out out = {0};

	sm_out_bytes(&out, "pre", 3);
	ck_assert_int_eq(sm_srvsvc_put_del_request(&request, &out, NULL), 0);
	ck_assert_uint_eq(out.len, 3 + sizeof(del_stub));
	ck_assert_mem_eq(out.data + 3, del_stub, sizeof(del_stub));
	sm_out_free(&out);
}
END_TEST

START_TEST(buffer_that_cannot_grow)
{
	struct sm_srvsvc_del_request request = {
		.client = "\\\\10.0.0.5",
		.user = "alice",
	};
	struct sm_fail fail = {0};

	for (size_t limit = 1; limit < sizeof(del_stub); limit++) {
		struct sm_out out = {.limit = limit};

		ck_assert_int_eq(
			sm_srvsvc_put_del_request(&request, &out, &fail),
			SMBMGMT_E_NOMEM);
		ck_assert_int_eq(fail.code, SMBMGMT_E_NOMEM);
		ck_assert_uint_eq(out.len, 0);
		sm_out_free(&out);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("srvsvc");
	TCase *tcase = tcase_create("bytes");

	tcase_add_test(tcase, enum_request_is_golden);
	tcase_add_test(tcase, del_request_is_golden);
	tcase_add_test(tcase, enum_answer_is_golden);
	tcase_add_test(tcase, enum_answer_is_read);
	tcase_add_test(tcase, del_answer_both_ways);
	tcase_add_test(tcase, stub_behind_other_bytes);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("refused");
	tcase_add_loop_test(tcase, del_needs_client_and_user, 0,
			    DEL_INCOMPLETE);
	tcase_add_test(tcase, bad_text_is_refused);
	tcase_add_loop_test(tcase, levels_that_do_not_exist, 0, BAD_LEVELS);
	tcase_add_test(tcase, answers_that_make_no_sense);
	tcase_add_test(tcase, buffer_that_cannot_grow);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
