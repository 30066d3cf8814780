/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Frames that lie: PROTOCOL, and where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "frames_gen.h"
#include "suite.h"
#include "wire/frames/frame.h"

static struct gen gen;
static uint64_t seed;

static void setup(void)
{
	gen.state = seed;
}

static void teardown(void)
{
	sm_arena_free(&gen.arena);
}

/* In a block of its exact size, so that a sanitizer sees an over-read. */
static int read_exactly(const struct frames_kind *kind, const uint8_t *data,
			size_t len, struct sm_out *again, struct sm_fail *fail)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	int ret = 0;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, len);
	ret = kind->get(copy, len, again, fail);
	free(copy);
	return ret;
}

/*
 * PROTOCOL with an offset in the message, or a message that can be said
 * again.
 */
static void check_answer(const struct frames_kind *kind, const uint8_t *data,
			 size_t len)
{
	struct sm_out again = {0};
	struct sm_fail fail = {.offset = -1};
	int ret = read_exactly(kind, data, len, &again, &fail);

	if (ret == 0) {
		struct sm_out third = {0};

		ck_assert_int_eq(kind->get(again.data, again.len, &third, NULL),
				 0);
		ck_assert_uint_eq(again.len, third.len);
		ck_assert_mem_eq(again.data, third.data, third.len);
		sm_out_free(&third);
	} else {
		ck_assert_int_eq(ret, SMBMGMT_E_PROTOCOL);
		ck_assert_int_eq(fail.code, SMBMGMT_E_PROTOCOL);
		ck_assert_int_ge(fail.offset, 0);
		ck_assert_int_le(fail.offset, (int64_t)len);
	}
	sm_out_free(&again);
}

START_TEST(payload_too_long)
{
	static const uint32_t bad[] = {SM_FRAME_PAYLOAD + 1,
				       SM_FRAME_PAYLOAD * 2, 0x80000000,
				       UINT32_MAX};
	struct sm_frame frame = {.type = SM_FRAME_ROWS,
				 .length = SM_FRAME_PAYLOAD};
	struct sm_frame got;
	struct sm_fail fail;
	struct sm_out out = {0};

	sm_frame_put(&out, &frame);
	ck_assert_int_eq(sm_frame_get(out.data, &got, &fail), 0);
	sm_out_free(&out);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		frame.length = bad[i];
		sm_frame_put(&out, &frame);
		ck_assert_int_eq(sm_frame_get(out.data, &got, &fail),
				 SMBMGMT_E_PROTOCOL);
		ck_assert_int_eq(fail.offset, 0);
		sm_out_free(&out);
	}
}
END_TEST

START_TEST(unknown_flags)
{
	for (unsigned bit = 0; bit < 16; bit++) {
		struct sm_frame frame = {.type = SM_FRAME_DONE,
					 .flags = (uint16_t)(1u << bit)};
		struct sm_frame got;
		struct sm_fail fail;
		struct sm_out out = {0};

		sm_frame_put(&out, &frame);
		ck_assert_int_eq(sm_frame_get(out.data, &got, &fail),
				 SMBMGMT_E_PROTOCOL);
		ck_assert_int_eq(fail.offset, 6);
		sm_out_free(&out);
	}
}
END_TEST

/* A writer does not send what no reader would take. */
START_TEST(frame_end_refuses)
{
	struct sm_out out = {0};
	struct sm_out narrow = {.limit = SM_FRAME_HEADER + 4};
	size_t begin = sm_frame_begin(&out, SM_FRAME_ROWS, 1);

	sm_out_zero(&out, SM_FRAME_PAYLOAD);
	ck_assert(sm_frame_end(&out, begin));
	sm_out_u8(&out, 0);
	ck_assert(!sm_frame_end(&out, begin));
	sm_out_free(&out);
	begin = sm_frame_begin(&narrow, SM_FRAME_ROWS, 1);
	sm_out_zero(&narrow, 5);
	ck_assert(!sm_frame_end(&narrow, begin));
	sm_out_free(&narrow);
}
END_TEST

/* Every length that is too short, and some that are too long. */
START_TEST(truncated)
{
	const struct frames_kind *kind = &frames_kinds[_i];

	for (int round = 0; round < 20; round++) {
		struct sm_out out = {0};
		struct sm_fail fail;

		kind->put(&gen, &out);
		for (size_t len = 0; len < out.len; len++) {
			int ret =
				read_exactly(kind, out.data, len, NULL, &fail);

			/* A shorter run of whole rows is one too. */
			if (ret == 0)
				ck_assert_str_eq(kind->name, "rows");
			else
				ck_assert_int_eq(ret, SMBMGMT_E_PROTOCOL);
		}
		for (size_t extra = 1; extra <= 9; extra++) {
			sm_out_u8(&out, 0);
			ck_assert_int_eq(read_exactly(kind, out.data, out.len,
						      NULL, &fail),
					 SMBMGMT_E_PROTOCOL);
			ck_assert_int_le(fail.offset, (int64_t)out.len);
		}
		sm_out_free(&out);
	}
}
END_TEST

/* Each byte of a message becomes each value; of a long one, sixteen. */
START_TEST(corrupted_byte)
{
	const struct frames_kind *kind = &frames_kinds[_i];
	struct sm_out out = {0};
	unsigned step = 0;

	kind->put(&gen, &out);
	step = out.len > 1024 ? 17 : 1;
	for (size_t at = 0; at < out.len; at++) {
		uint8_t was = out.data[at];

		for (unsigned value = 0; value < 256; value += step) {
			out.data[at] = (uint8_t)value;
			check_answer(kind, out.data, out.len);
		}
		out.data[at] = was;
	}
	sm_out_free(&out);
}
END_TEST

/* Several bytes at once, and a new end. */
START_TEST(corrupted_at_random)
{
	const struct frames_kind *kind = &frames_kinds[_i];

	for (int round = 0; round < 5000; round++) {
		struct sm_out out = {0};

		kind->put(&gen, &out);
		for (uint32_t n = gen_below(&gen, 8); n > 0; n--)
			out.data[gen_below(&gen, (uint32_t)out.len)] =
				(uint8_t)gen_u32(&gen);
		check_answer(kind, out.data,
			     gen_below(&gen, (uint32_t)out.len + 1));
		sm_out_free(&out);
		sm_arena_free(&gen.arena);
	}
}
END_TEST

struct text_lie {
	const char *name;
	uint32_t length; /* as said */
	const char *bytes;
	size_t count;
};

#define BYTES(text) text, sizeof(text) - 1

static const struct text_lie text_lies[] = {
	{"longer than the message", 4, BYTES("abc\0")},
	{"far longer", 0x7fffffff, BYTES("abc\0")},
	{"with its NUL it wraps 32 bits", 0xfffffffe, BYTES("abc\0")},
	{"shorter than its text", 2, BYTES("abc\0")},
	{"no NUL", 3, BYTES("abcd")},
	{"a NUL inside", 3, BYTES("a\0c\0")},
	{"a NUL only", 1, BYTES("\0\0")},
	{"a continuation byte first", 1, BYTES("\x80\0")},
	{"cut in a character", 1, BYTES("\xc3\0")},
	{"overlong slash", 2, BYTES("\xc0\xaf\0")},
	{"overlong in three bytes", 3, BYTES("\xe0\x80\xaf\0")},
	{"a surrogate", 3, BYTES("\xed\xa0\x80\0")},
	{"over U+10FFFF", 4, BYTES("\xf4\x90\x80\x80\0")},
	{"no UTF-8 byte at all", 1, BYTES("\xff\0")},
	{"none where one must be", UINT32_MAX, BYTES("")},
};
#define TEXT_LIES (sizeof(text_lies) / sizeof(text_lies[0]))

START_TEST(lying_text)
{
	const struct text_lie *lie = &text_lies[_i];
	struct sm_out out = {0};
	struct sm_fail fail = {.offset = -1};

	sm_out_u32(&out, lie->length);
	sm_out_bytes(&out, lie->bytes, lie->count);
	ck_assert_msg(read_exactly(&frames_kinds[1], out.data, out.len, NULL,
				   &fail) == SMBMGMT_E_PROTOCOL,
		      "%s", lie->name);
	ck_assert_int_eq(fail.offset, 4);
	sm_out_free(&out);
}
END_TEST

/* A number that is out of its range; the message is else a good one. */
struct range {
	const char *kind;
	size_t at;
	uint32_t highest; /* that is good */
};

static const struct range ranges[] = {
	{"target", 0, 65535},
	{"target", 4, SMBMGMT_PROTECTION_OFF},
	{"target", 8, 4},
	{"target", 16, 1},
	{"target", 24, SMBMGMT_KERBEROS_REQUIRED},
	{"query", 0, 1},
	{"query", 4, SMBMGMT_INSTANCE_SR},
	{"listing", 12, SM_UNIT_PROCESS},
	{"listing", 16, 1},
	{"listing", 24, 1},
	{"close", 0, SM_UNIT_PROCESS},
	{"close", 12, 1},
};
#define RANGES (sizeof(ranges) / sizeof(ranges[0]))

static const struct frames_kind *kind_of(const char *name)
{
	for (size_t i = 0; i < FRAMES_KINDS; i++) {
		if (strcmp(frames_kinds[i].name, name) == 0)
			return &frames_kinds[i];
	}
	ck_abort_msg("no kind %s", name);
}

static void patch(struct sm_out *out, size_t at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		out->data[at + i] = (uint8_t)(value >> (8 * i));
}

START_TEST(out_of_range)
{
	const struct range *range = &ranges[_i];
	const struct frames_kind *kind = kind_of(range->kind);
	struct sm_out out = {0};
	struct sm_fail fail = {.offset = -1};

	kind->put(&gen, &out);
	patch(&out, range->at, range->highest);
	ck_assert_int_eq(read_exactly(kind, out.data, out.len, NULL, &fail), 0);
	patch(&out, range->at, range->highest + 1);
	ck_assert_int_eq(read_exactly(kind, out.data, out.len, NULL, &fail),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(fail.offset, (int64_t)range->at);
	patch(&out, range->at, UINT32_MAX);
	ck_assert_int_eq(read_exactly(kind, out.data, out.len, NULL, &fail),
			 SMBMGMT_E_PROTOCOL);
	sm_out_free(&out);
}
END_TEST

static int row_with(uint64_t have, uint8_t own, uint32_t instance)
{
	struct sm_row row = {.own = own, .instance = instance};
	struct sm_out out = {0};
	size_t pos = 0;
	int ret = 0;

	sm_msg_put_row(&out, &row);
	for (size_t i = 0; i < 8; i++)
		out.data[1 + i] = (uint8_t)(have >> (8 * i));
	ret = sm_msg_get_row(out.data, out.len, &pos, &row, NULL);
	ck_assert_int_eq(ret == 0, pos == out.len);
	sm_out_free(&out);
	return ret;
}

START_TEST(row_out_of_range)
{
	ck_assert_int_eq(row_with(SMBMGMT_FIELD_ID, SMBMGMT_OWN_YES, 3), 0);
	ck_assert_int_eq(row_with(0, SMBMGMT_OWN_YES + 1, 0),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(row_with(0, 0, SMBMGMT_INSTANCE_SR + 1),
			 SMBMGMT_E_PROTOCOL);
	/* A text that the mask promises and that is not there. */
	ck_assert_int_eq(row_with(SMBMGMT_FIELD_CLIENT, 0, 0),
			 SMBMGMT_E_PROTOCOL);
	for (uint64_t bit = 1; bit != 0; bit <<= 1) {
		if ((bit & SM_FIELDS_ALL) == 0)
			ck_assert_int_eq(row_with(bit, 0, 0),
					 SMBMGMT_E_PROTOCOL);
	}
}
END_TEST

/* Records of kinds that there are not, and lists where a row must be. */
START_TEST(record_kinds)
{
	struct sm_file file = {.path = "/srv/a", .writes = true};

	for (unsigned int kind = 0; kind < 256; kind++) {
		struct sm_record record;
		struct sm_fail fail;
		struct sm_out out = {0};
		struct sm_row row;
		size_t pos = 0;

		sm_msg_put_file(&out, &file);
		out.data[0] = (uint8_t)kind;
		ck_assert_int_eq(sm_msg_get_record(out.data, out.len, &pos,
						   &record, &fail) == 0,
				 kind == SM_RECORD_FILE);
		ck_assert_uint_eq(pos, kind == SM_RECORD_FILE ? out.len : 0);
		pos = 0;
		ck_assert_int_eq(
			sm_msg_get_row(out.data, out.len, &pos, &row, &fail),
			SMBMGMT_E_PROTOCOL);
		ck_assert_uint_eq(pos, 0);
		sm_out_free(&out);
	}
}
END_TEST

/* A failure that says it is none. */
START_TEST(failure_with_a_good_code)
{
	static const int32_t codes[] = {0, 1, INT32_MAX};

	for (size_t i = 0; i < 3; i++) {
		struct sm_fail value = {.code = codes[i], .text = "fine"};
		struct sm_fail got;
		struct sm_out out = {0};

		sm_msg_put_fail(&out, &value);
		ck_assert_int_eq(sm_msg_get_fail(out.data, out.len, &got, NULL),
				 SMBMGMT_E_PROTOCOL);
		sm_out_free(&out);
	}
}
END_TEST

static int fail_of(size_t len, struct sm_fail *got)
{
	struct sm_out out = {0};
	int ret = 0;

	sm_out_u32(&out, (uint32_t)SMBMGMT_E_SERVER);
	sm_out_zero(&out, 16);
	sm_out_u32(&out, (uint32_t)len);
	for (size_t i = 0; i < len; i++)
		sm_out_u8(&out, 'x');
	sm_out_u8(&out, 0);
	ret = sm_msg_get_fail(out.data, out.len, got, NULL);
	sm_out_free(&out);
	return ret;
}

static int listing_of(size_t why, size_t user, size_t address, const char *peer)
{
	struct sm_listing got;
	struct sm_out out = {0};
	char text[2048];
	int ret = 0;

	memset(text, 'x', sizeof(text));
	sm_out_zero(&out, 28);
	text[why] = '\0';
	sm_msg_put_text(&out, text);
	text[why] = 'x';
	sm_out_u32(&out, 1);
	text[user] = '\0';
	sm_msg_put_text(&out, text);
	text[user] = 'x';
	text[address] = '\0';
	for (size_t i = 0; i < SM_IDENTITY_ADDRESSES; i++)
		sm_msg_put_text(&out, i == 2 ? text : "");
	sm_out_u32(&out, 9);
	sm_out_u32(&out, 7);
	sm_msg_put_text(&out, peer);
	ret = sm_msg_get_listing(out.data, out.len, &got, NULL);
	if (ret == 0) {
		ck_assert_uint_eq(strlen(got.why), why);
		ck_assert_uint_eq(strlen(got.identity.user), user);
		ck_assert_uint_eq(strlen(got.identity.addresses[2]), address);
		ck_assert_uint_eq(got.identity.seconds, 9);
		ck_assert_uint_eq(got.identity.connecting, 7);
		ck_assert_str_eq(got.peer, peer);
	}
	sm_out_free(&out);
	return ret;
}

/* Texts that go into arrays: the longest that fits, and one byte more. */
START_TEST(texts_in_arrays)
{
	struct sm_identity identity;
	size_t user = sizeof(identity.user);
	struct sm_fail got;
	char long_peer[65] = "fe80::1%";

	memset(long_peer + 8, 'e', sizeof(long_peer) - 9);

	ck_assert_int_eq(fail_of(sizeof(got.text) - 1, &got), 0);
	ck_assert_uint_eq(strlen(got.text), sizeof(got.text) - 1);
	ck_assert_int_eq(fail_of(sizeof(got.text), &got), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(listing_of(199, user - 1, 63, ""), 0);
	ck_assert_int_eq(listing_of(200, 0, 0, ""), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(listing_of(0, user, 0, ""), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(listing_of(0, 0, 64, ""), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(listing_of(0, 0, 0, "fe80::1%eth0"), 0);
	/* Where the next connection goes is no name. */
	ck_assert_int_eq(listing_of(0, 0, 0, "fs1"), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(listing_of(0, 0, 0, "10.0.0.7 "), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(listing_of(0, 0, 0, long_peer), SMBMGMT_E_PROTOCOL);
}
END_TEST

/* A handle to no host, and a status of the wrong length. */
START_TEST(what_must_be_there)
{
	struct sm_target target = {.user = "u"};
	uint32_t values[3];
	struct sm_out out = {0};

	sm_msg_put_target(&out, &target);
	ck_assert_int_eq(sm_msg_get_target(out.data, out.len, &target, NULL),
			 SMBMGMT_E_PROTOCOL);
	sm_out_free(&out);
	sm_out_zero(&out, 8);
	ck_assert_int_eq(sm_msg_get_u32s(out.data, out.len, values, 1, NULL),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(sm_msg_get_u32s(out.data, out.len, values, 2, NULL),
			 0);
	ck_assert_int_eq(sm_msg_get_u32s(out.data, out.len, values, 3, NULL),
			 SMBMGMT_E_PROTOCOL);
	sm_out_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("frames hostile");
	TCase *tcase = tcase_create("hostile");

	seed = gen_seed();
	/* Said, so that a failure can be had again. */
	fprintf(stderr, "# SMBMGMT_TEST_SEED=%llu\n", (unsigned long long)seed);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, payload_too_long);
	tcase_add_test(tcase, unknown_flags);
	tcase_add_test(tcase, frame_end_refuses);
	tcase_add_loop_test(tcase, truncated, 0, FRAMES_KINDS);
	tcase_add_loop_test(tcase, corrupted_byte, 0, FRAMES_KINDS);
	tcase_add_loop_test(tcase, corrupted_at_random, 0, FRAMES_KINDS);
	tcase_add_loop_test(tcase, lying_text, 0, TEXT_LIES);
	tcase_add_loop_test(tcase, out_of_range, 0, RANGES);
	tcase_add_test(tcase, row_out_of_range);
	tcase_add_test(tcase, record_kinds);
	tcase_add_test(tcase, failure_with_a_good_code);
	tcase_add_test(tcase, texts_in_arrays);
	tcase_add_test(tcase, what_must_be_there);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
