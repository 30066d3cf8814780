/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Answers and requests that lie: PROTOCOL, and the offset of the lie. */
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wire/srvsvc/srvsvc_ndr.h"

/*
 * One level 1 session, client "\\a", user "b":
 *    0 level, 4 tag, 8 container, 12 count, 16 array, 20 array size,
 *   24 client, 28 user, 32 opens, 36 time, 40 idle, 44 flags,
 *   48 client's counts, 60 its 4 units, 68 user's counts, 80 its 2 units,
 *   84 total, 88 resume pointer, 92 resume handle, 96 status, 100 the end
 */
static void answer(struct sm_out *out)
{
	struct sm_srvsvc_session session = {.client = "\\\\a", .user = "b"};
	struct sm_srvsvc_enum_answer whole = {
		.level = 1,
		.has_container = true,
		.has_array = true,
		.count = 1,
		.sessions = &session,
		.total = 1,
		.has_resume = true,
	};

	ck_assert_int_eq(sm_srvsvc_put_enum_answer(&whole, out, NULL), 0);
	ck_assert_uint_eq(out->len, 100);
}

struct patch {
	size_t at;
	size_t width; /* 2 or 4 bytes; 0: no patch */
	uint32_t value;
};

struct lie {
	const char *name;
	struct patch patches[2];
	size_t offset;
};

static const struct lie lies[] = {
	{"another level", {{0, 4, 2}, {4, 4, 2}}, 0},
	{"unknown level", {{0, 4, 7}, {4, 4, 7}}, 0},
	{"another tag", {{4, 4, 0}}, 4},
	{"more sessions than the array", {{12, 4, 2}}, 20},
	{"fewer sessions than the array", {{12, 4, 0}}, 20},
	{"array larger than count", {{20, 4, 0xffffffff}}, 20},
	{"both counts too large", {{12, 4, 4}, {20, 4, 4}}, 20},
	{"both counts huge", {{12, 4, 0xffffffff}, {20, 4, 0xffffffff}}, 20},
	/* 24 bytes a row: 2^32 / 24 rows would wrap in 32 bits. */
	{"counts that wrap", {{12, 4, 0x0aaaaaab}, {20, 4, 0x0aaaaaab}}, 20},
	{"sessions without array", {{16, 4, 0}}, 16},
	{"null container before data", {{8, 4, 0}}, 28},
	{"null client before its string", {{24, 4, 0}}, 80},
	{"maximum below actual", {{48, 4, 3}}, 56},
	{"maximum above actual", {{48, 4, 0xffffffff}}, 56},
	{"actual below maximum", {{56, 4, 3}}, 56},
	{"actual above maximum", {{56, 4, 0x80000002}}, 56},
	{"first unit not 0", {{52, 4, 1}}, 52},
	{"empty string", {{48, 4, 0}, {56, 4, 0}}, 56},
	{"string past the end", {{48, 4, 21}, {56, 4, 21}}, 60},
	{"huge string", {{48, 4, 0xffffffff}, {56, 4, 0xffffffff}}, 60},
	/* Twice 2^31 is 0 in 32 bits. */
	{"length that wraps", {{48, 4, 0x80000000}, {56, 4, 0x80000000}}, 60},
	{"string one short", {{48, 4, 3}, {56, 4, 3}}, 64},
	{"no NUL", {{66, 2, 'x'}}, 66},
	{"NUL in the high byte only", {{66, 2, 0x0100}}, 66},
	{"NUL inside", {{62, 2, 0}}, 62},
	{"NUL first", {{60, 2, 0}}, 60},
	{"high surrogate alone", {{60, 2, 0xd800}}, 60},
	{"high surrogate last", {{64, 2, 0xdbff}}, 64},
	{"low surrogate alone", {{64, 2, 0xdc00}}, 64},
	{"pair reversed", {{60, 2, 0xdc00}, {62, 2, 0xd800}}, 60},
	{"null resume handle before data", {{88, 4, 0}}, 96},
};
#define LIES (sizeof(lies) / sizeof(lies[0]))

static void apply(struct sm_out *out, const struct patch *patch)
{
	for (size_t i = 0; i < patch->width; i++)
		out->data[patch->at + i] = (uint8_t)(patch->value >> (8 * i));
}

START_TEST(lying_answer)
{
	const struct lie *lie = &lies[_i];
	struct sm_srvsvc_enum_answer got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	answer(&out);
	apply(&out, &lie->patches[0]);
	apply(&out, &lie->patches[1]);
	ck_assert_msg(sm_srvsvc_get_enum_answer(out.data, out.len, 1, &arena,
						&got,
						&fail) == SMBMGMT_E_PROTOCOL,
		      "%s", lie->name);
	ck_assert_int_eq(fail.code, SMBMGMT_E_PROTOCOL);
	ck_assert_msg(fail.offset == (int64_t)lie->offset, "%s: %s at %lld",
		      lie->name, fail.text, (long long)fail.offset);
	ck_assert_uint_eq(got.count, 0);
	ck_assert_ptr_null(got.sessions);
	/* The 100 bytes of it took one block at most. */
	ck_assert_uint_lt(arena.total, 2048);
	sm_arena_free(&arena);
	sm_out_free(&out);
}
END_TEST

START_TEST(level_not_asked_for)
{
	static const uint32_t others[] = {0, 2, 10, 502};
	struct sm_srvsvc_enum_answer got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	answer(&out);
	ck_assert_int_eq(sm_srvsvc_get_enum_answer(out.data, out.len,
						   others[_i], &arena, &got,
						   &fail),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(fail.offset, 0);
	sm_out_free(&out);
}
END_TEST
#define OTHER_LEVELS 4

/* No encoder pads the end: one byte or a whole word is one too many. */
START_TEST(bytes_left_over)
{
	struct sm_srvsvc_enum_answer got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	answer(&out);
	for (size_t extra = 1; extra <= 9; extra++) {
		sm_out_u8(&out, 0);
		ck_assert_int_eq(sm_srvsvc_get_enum_answer(out.data, out.len, 1,
							   &arena, &got, &fail),
				 SMBMGMT_E_PROTOCOL);
		ck_assert_int_eq(fail.offset, 100);
	}
	sm_arena_free(&arena);
	sm_out_free(&out);
}
END_TEST

/* What is unusual and still an answer. */
static void check_empty(const uint8_t *stub, size_t len, bool container,
			bool array, bool resume)
{
	struct sm_srvsvc_enum_answer got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};

	ck_assert_msg(sm_srvsvc_get_enum_answer(stub, len, 2, &arena, &got,
						&fail) == 0,
		      "%s", fail.text);
	ck_assert(got.has_container == container && got.has_array == array);
	ck_assert(got.has_resume == resume);
	ck_assert_uint_eq(got.count, 0);
	ck_assert_ptr_null(got.sessions);
	ck_assert_uint_eq(got.status, 5);
	ck_assert_uint_eq(arena.total, 0);
}

START_TEST(empty_answers)
{
	static const uint8_t no_container[] = {
		2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, /* null container */
		0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, /* no resume handle */
	};
	static const uint8_t no_array[] = {
		2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0,
	};
	static const uint8_t empty_array[] = {
		2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0,
	};

	check_empty(no_container, sizeof(no_container), false, false, false);
	check_empty(no_array, sizeof(no_array), true, false, true);
	check_empty(empty_array, sizeof(empty_array), true, true, false);
}
END_TEST

/* A request of a level that no union has an arm for. */
START_TEST(request_of_unknown_level)
{
	static const uint8_t stub[] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0,
		3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	struct sm_srvsvc_enum_request got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_srvsvc_get_enum_request(stub, sizeof(stub), &arena,
						    &got, &fail),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(fail.offset, 12);
}
END_TEST

/* Large answers: what is taken grows with the bytes, not with the claims. */
START_TEST(large_answer_with_a_lie_at_its_end)
{
	const uint32_t count = 20000;
	struct sm_srvsvc_session *rows = calloc(count, sizeof(*rows));
	struct sm_srvsvc_enum_answer big = {
		.has_container = true,
		.has_array = true,
		.count = count,
		.sessions = rows,
	};
	struct sm_srvsvc_enum_answer got;
	struct sm_arena arena = {0};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	ck_assert_ptr_nonnull(rows);
	for (uint32_t i = 0; i < count; i++)
		rows[i].client = "\\\\192.0.2.1";
	ck_assert_int_eq(sm_srvsvc_put_enum_answer(&big, &out, NULL), 0);
	ck_assert_int_eq(sm_srvsvc_get_enum_answer(out.data, out.len, 0, &arena,
						   &got, &fail),
			 0);
	ck_assert_str_eq(got.sessions[count - 1].client, "\\\\192.0.2.1");
	ck_assert_uint_lt(arena.total, 4 * out.len);
	sm_arena_free(&arena);
	ck_assert_int_eq(sm_srvsvc_get_enum_answer(out.data, out.len - 1, 0,
						   &arena, &got, &fail),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(fail.offset, (int64_t)out.len - 4);
	ck_assert_uint_lt(arena.total, 4 * out.len);
	sm_arena_free(&arena);
	sm_out_free(&out);
	free(rows);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("srvsvc hostile");
	TCase *tcase = tcase_create("hostile");

	tcase_add_loop_test(tcase, lying_answer, 0, LIES);
	tcase_add_loop_test(tcase, level_not_asked_for, 0, OTHER_LEVELS);
	tcase_add_test(tcase, bytes_left_over);
	tcase_add_test(tcase, empty_answers);
	tcase_add_test(tcase, request_of_unknown_level);
	tcase_add_test(tcase, large_answer_with_a_lie_at_its_end);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
