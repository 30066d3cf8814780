/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* PDUs that lie: an error and its offset, never a wrong result. */
#include <stdlib.h>
#include <string.h>

#include "rpc_made.h"
#include "suite.h"
#include "wire/dcerpc/pdu.h"

#define STUB "0123456789abcdef"
#define STUB_LENGTH 16
#define RESPONSE_LENGTH (24 + STUB_LENGTH)

/* In a block of its exact size, so that a sanitizer sees an over-read. */
static uint8_t *copy(const uint8_t *pdu, size_t len)
{
	uint8_t *data = malloc(len > 0 ? len : 1);

	ck_assert_ptr_nonnull(data);
	memcpy(data, pdu, len);
	return data;
}

static void response(struct sm_out *out)
{
	made_response(out, MADE_WHOLE, STUB, STUB_LENGTH);
	ck_assert_uint_eq(out->len, RESPONSE_LENGTH);
}

static void check_protocol(int ret, const struct sm_fail *fail, size_t len)
{
	ck_assert_int_eq(ret, SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(fail->code, SMBMGMT_E_PROTOCOL);
	ck_assert_int_ge(fail->offset, 0);
	ck_assert_int_le(fail->offset, (int64_t)len);
}

static void check_no_bind_answer(const uint8_t *pdu, size_t len, size_t offset,
				 const char *what)
{
	uint8_t *data = copy(pdu, len);
	struct sm_fail fail = {.offset = -1};
	uint16_t fragment = 77;

	check_protocol(sm_rpc_get_bind_answer(data, len, 1, &fragment, &fail),
		       &fail, len);
	ck_assert_msg(fail.offset == (int64_t)offset, "%s: %s at %lld", what,
		      fail.text, (long long)fail.offset);
	ck_assert_uint_eq(fragment, 77);
	free(data);
}

static void check_no_answer(const uint8_t *pdu, size_t len, size_t offset,
			    const char *what)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 1000};
	uint8_t *data = copy(pdu, len);
	struct sm_fail fail = {.offset = -1};

	check_protocol(sm_rpc_answer_take(&answer, data, len, &fail), &fail,
		       len);
	ck_assert_msg(fail.offset == (int64_t)offset, "%s: %s at %lld", what,
		      fail.text, (long long)fail.offset);
	ck_assert(!answer.begun && !answer.complete);
	ck_assert_uint_eq(answer.stub.len, 0);
	sm_out_free(&answer.stub);
	free(data);
}

/* --- cut off, with the old length and with one to match */

static void set_length(uint8_t *pdu, size_t len)
{
	pdu[8] = (uint8_t)len;
	pdu[9] = (uint8_t)(len >> 8);
}

START_TEST(truncated)
{
	static const struct {
		const uint8_t *pdu;
		size_t len;
		size_t needs; /* bytes; less is an error */
	} binds[] = {
		{samba_ack, SAMBA_ACK_LENGTH, SAMBA_ACK_LENGTH},
		{samba_no_syntax, SAMBA_ACK_LENGTH, SAMBA_ACK_LENGTH},
		{samba_nak, sizeof(samba_nak), 18},
		{samba_no_opnum, sizeof(samba_no_opnum), 28},
	};
	uint8_t pdu[SAMBA_ACK_LENGTH];
	struct sm_fail fail = {0};
	uint16_t fragment = 0;
	uint32_t call = 0;

	for (size_t i = 0; i < 4; i++) {
		memcpy(pdu, binds[i].pdu, binds[i].len);
		call = pdu[12];
		for (size_t n = 0; n < binds[i].len; n++) {
			uint8_t *data = copy(pdu, n);

			check_protocol(sm_rpc_get_bind_answer(data, n, call,
							      &fragment, &fail),
				       &fail, n < 16 ? n : 8);
			if (n >= 16) {
				set_length(data, n);
				sm_rpc_get_bind_answer(data, n, call, &fragment,
						       &fail);
				ck_assert_int_eq(fail.code ==
							 SMBMGMT_E_PROTOCOL,
						 n < binds[i].needs);
			}
			free(data);
		}
	}
	ck_assert_uint_eq(fragment, 0);
}
END_TEST

START_TEST(truncated_response)
{
	struct sm_out out = {0};

	response(&out);
	for (size_t n = 0; n < out.len; n++)
		check_no_answer(out.data, n, n < 16 ? n : 8, "cut");
	for (size_t n = 16; n < 24; n++) {
		set_length(out.data, n);
		check_no_answer(out.data, n,
				n < 20	 ? 16
				: n < 22 ? 20
					 : 22,
				"cut and made to match");
	}
	/* From there on it only is a shorter stub. */
	sm_out_free(&out);
}
END_TEST

START_TEST(longer_than_it_says)
{
	struct sm_out out = {0};

	response(&out);
	sm_out_u8(&out, 0);
	check_no_answer(out.data, out.len, 8, "a byte more");
	set_length(out.data, out.len + 1);
	check_no_answer(out.data, out.len, 8, "a byte less");
	sm_out_free(&out);
}
END_TEST

/* --- every byte made every other value */

/* What may differ in a PDU and mean the same. */
static bool same_flags(uint8_t before, uint8_t after)
{
	return ((before ^ after) & ~0x34) == 0;
}

START_TEST(changed_acknowledgement)
{
	struct sm_fail fail;

	for (size_t at = 0; at < SAMBA_ACK_LENGTH; at++) {
		for (unsigned int x = 1; x < 256; x++) {
			uint8_t *data = copy(samba_ack, SAMBA_ACK_LENGTH);
			uint16_t fragment = 0;
			int ret = 0;

			data[at] ^= (uint8_t)x;
			fail = (struct sm_fail){.offset = -1};
			ret = sm_rpc_get_bind_answer(data, SAMBA_ACK_LENGTH, 1,
						     &fragment, &fail);
			if (ret == 0) {
				ck_assert_uint_ge(fragment,
						  SM_RPC_FRAGMENT_MIN);
				ck_assert_uint_le(fragment, SM_RPC_FRAGMENT);
				if (at != 18 && at != 19)
					ck_assert_uint_eq(fragment, 5840);
				if (at == 3)
					ck_assert(
						same_flags(3, 3 ^ (uint8_t)x));
				/*
				 * Never version, type, length, call, count,
				 * result (but its reason), or syntax.
				 */
				ck_assert(at > 2 && at != 4 && at != 8 &&
					  at != 9 && (at < 12 || at > 15) &&
					  at != AT_COUNT);
				ck_assert(at < AT_RESULT ||
					  at == AT_RESULT + 2 ||
					  at == AT_RESULT + 3);
			} else if (fail.kind != SMBMGMT_NATIVE_NTSTATUS) {
				ck_assert_int_ge(fail.offset, 0);
				ck_assert_int_le(fail.offset, SAMBA_ACK_LENGTH);
			} else {
				ck_assert_uint_eq(at, 2); /* now a fault */
			}
			free(data);
		}
	}
}
END_TEST

START_TEST(changed_response)
{
	struct sm_out out = {0};

	response(&out);
	for (size_t at = 0; at < 24; at++) {
		for (unsigned int x = 1; x < 256; x++) {
			struct sm_rpc_answer answer = {
				.call_id = MADE_CALL,
				.max = STUB_LENGTH,
			};
			struct sm_fail fail = {.offset = -1};
			uint8_t *data = copy(out.data, out.len);
			int ret = 0;

			data[at] ^= (uint8_t)x;
			ret = sm_rpc_answer_take(&answer, data, out.len, &fail);
			if (ret == 0) {
				ck_assert_mem_eq(answer.stub.data, STUB,
						 STUB_LENGTH);
				/* Not complete: a flag that says so. */
				ck_assert(answer.complete ||
					  (at == 3 && (x & MADE_LAST) != 0));
				ck_assert(at == 3 || (at >= 5 && at <= 7) ||
					  (at >= 16 && at <= 19) || at >= 22);
				if (at == 3)
					ck_assert(
						same_flags(0, x & ~2u & 0xff));
			} else if (ret == SMBMGMT_E_SERVER) {
				ck_assert_uint_eq(at, 2); /* now a fault */
			} else {
				check_protocol(ret, &fail, out.len);
			}
			sm_out_free(&answer.stub);
			free(data);
		}
	}
	sm_out_free(&out);
}
END_TEST

/* --- lies with a name */

struct lie {
	const char *name;
	size_t at;
	size_t width; /* 1, 2 or 4 bytes */
	uint32_t value;
	size_t offset;
};

static void apply(uint8_t *pdu, const struct lie *lie)
{
	for (size_t i = 0; i < lie->width; i++)
		pdu[lie->at + i] = (uint8_t)(lie->value >> (8 * i));
}

static const struct lie header_lies[] = {
	{"version 4", 0, 1, 4, 0},
	{"version 5.1", 1, 1, 1, 0},
	{"big-endian", 4, 1, 0x00, 4},
	{"EBCDIC", 4, 1, 0x11, 4},
	{"no length", 8, 2, 0, 8},
	{"shorter than a header", 8, 2, 15, 8},
	{"only a header", 8, 2, 16, 8},
	{"longer than any fragment", 8, 2, 5841, 8},
	{"the longest there can be", 8, 2, 0xffff, 8},
	{"authenticated", 10, 2, 16, 10},
	{"authenticated, huge", 10, 2, 0xffff, 10},
	{"another call", 12, 4, 3, 12},
	{"another call in the high byte", 12, 4, 0x80000002, 12},
	{"reserved flag", 3, 1, 0x0b, 3},
	{"maybe", 3, 1, 0x43, 3},
	{"object UUID", 3, 1, 0x83, 3},
};
#define HEADER_LIES (sizeof(header_lies) / sizeof(header_lies[0]))

START_TEST(lying_header)
{
	uint8_t ack[SAMBA_ACK_LENGTH];
	struct sm_out out = {0};

	memcpy(ack, samba_ack, sizeof(ack));
	apply(ack, &header_lies[_i]);
	check_no_bind_answer(ack, sizeof(ack), header_lies[_i].offset,
			     header_lies[_i].name);
	response(&out);
	apply(out.data, &header_lies[_i]);
	check_no_answer(out.data, out.len, header_lies[_i].offset,
			header_lies[_i].name);
	sm_out_free(&out);
}
END_TEST

/* The carrier believes a header before the rest of the PDU is there. */
START_TEST(length_in_a_header)
{
	static const struct {
		uint16_t length;
		bool good;
	} cases[] = {
		{0, false},   {15, false},   {16, true},      {24, true},
		{5840, true}, {5841, false}, {0xffff, false},
	};
	uint8_t header[SM_RPC_HEADER];

	memcpy(header, samba_ack, sizeof(header));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sm_fail fail = {.offset = -1};
		struct sm_rpc_header got;
		int ret = 0;

		set_length(header, cases[i].length);
		ret = sm_rpc_get_header(header, &got, &fail);
		if (cases[i].good) {
			ck_assert_int_eq(ret, 0);
			ck_assert_uint_eq(got.type, SM_RPC_BIND_ACK);
			ck_assert_uint_eq(got.flags, MADE_WHOLE);
			ck_assert_uint_eq(got.length, cases[i].length);
			ck_assert_uint_eq(got.call_id, 1);
		} else {
			check_protocol(ret, &fail, sizeof(header));
			ck_assert_int_eq(fail.offset, 8);
		}
	}
}
END_TEST

static const struct lie ack_lies[] = {
	{"a request", 2, 1, 0, 2},
	{"a response", 2, 1, 2, 2},
	{"a bind", 2, 1, 11, 2},
	{"an alter context response", 2, 1, 15, 2},
	{"unknown type", 2, 1, 0xff, 2},
	{"first of several", 3, 1, 1, 3},
	{"last of several", 3, 1, 2, 3},
	{"takes too little", 18, 2, 1431, 18},
	{"address without end", AT_ADDRESS_LENGTH, 2, 0xffff, 26},
	{"address up to the end", AT_ADDRESS_LENGTH, 2, 42, 68},
	{"address past the end", AT_ADDRESS_LENGTH, 2, 43, 26},
	{"address over the results", AT_ADDRESS_LENGTH, 2, 40, 68},
	{"no result", AT_COUNT, 1, 0, AT_COUNT},
	{"two results", AT_COUNT, 1, 2, AT_COUNT},
	{"255 results", AT_COUNT, 1, 255, AT_COUNT},
	{"result 3", AT_RESULT, 2, 3, AT_RESULT},
	{"result 0x100", AT_RESULT, 2, 0x100, AT_RESULT},
	{"another syntax", AT_RESULT + 4, 1, 5, AT_RESULT + 4},
	{"syntax version 1", AT_RESULT + 20, 2, 1, AT_RESULT + 4},
	{"syntax version 2.1", AT_RESULT + 22, 2, 1, AT_RESULT + 4},
};
#define ACK_LIES (sizeof(ack_lies) / sizeof(ack_lies[0]))

START_TEST(lying_acknowledgement)
{
	uint8_t ack[SAMBA_ACK_LENGTH];

	memcpy(ack, samba_ack, sizeof(ack));
	apply(ack, &ack_lies[_i]);
	check_no_bind_answer(ack, sizeof(ack), ack_lies[_i].offset,
			     ack_lies[_i].name);
}
END_TEST

static const struct lie response_lies[] = {
	{"a request", 2, 1, 0, 2},
	{"an acknowledgement", 2, 1, 12, 2},
	{"a refusal", 2, 1, 13, 2},
	{"unknown type", 2, 1, 0xff, 2},
	{"not the first", 3, 1, 0, 3},
	{"the last without a first", 3, 1, 2, 3},
	{"another context", 20, 2, 1, 20},
	{"context 0x8000", 20, 2, 0x8000, 20},
};
#define RESPONSE_LIES (sizeof(response_lies) / sizeof(response_lies[0]))

START_TEST(lying_response)
{
	struct sm_out out = {0};

	response(&out);
	apply(out.data, &response_lies[_i]);
	check_no_answer(out.data, out.len, response_lies[_i].offset,
			response_lies[_i].name);
	sm_out_free(&out);
}
END_TEST

/* --- fragments out of order, without end, beyond the bound */

static int take(struct sm_rpc_answer *answer, uint8_t flags, size_t len,
		struct sm_fail *fail)
{
	static const uint8_t zeros[5816];
	struct sm_out out = {0};
	int ret = 0;

	made_response(&out, flags, zeros, len);
	ret = sm_rpc_answer_take(answer, out.data, out.len, fail);
	sm_out_free(&out);
	return ret;
}

START_TEST(fragments_out_of_order)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 1000};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	check_protocol(take(&answer, 0, 8, &fail), &fail, 32);
	ck_assert_int_eq(take(&answer, MADE_FIRST, 8, &fail), 0);
	check_protocol(take(&answer, MADE_FIRST, 8, &fail), &fail, 32);
	check_protocol(take(&answer, MADE_WHOLE, 8, &fail), &fail, 32);
	ck_assert_uint_eq(answer.stub.len, 8);
	ck_assert_int_eq(take(&answer, MADE_LAST, 8, &fail), 0);
	ck_assert(answer.complete);
	/* After the last there is no other, and not even a fault. */
	check_protocol(take(&answer, MADE_LAST, 8, &fail), &fail, 32);
	check_protocol(take(&answer, MADE_WHOLE, 8, &fail), &fail, 32);
	made_fault(&out, 5);
	check_protocol(sm_rpc_answer_take(&answer, out.data, out.len, &fail),
		       &fail, 32);
	ck_assert_uint_eq(answer.stub.len, 16);
	sm_out_free(&out);
	sm_out_free(&answer.stub);
}
END_TEST

START_TEST(empty_fragments)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 1000};
	struct sm_fail fail = {0};

	check_protocol(take(&answer, MADE_FIRST, 0, &fail), &fail, 24);
	ck_assert_int_eq(fail.offset, 24);
	ck_assert_int_eq(take(&answer, MADE_FIRST, 1, &fail), 0);
	check_protocol(take(&answer, 0, 0, &fail), &fail, 24);
	ck_assert_int_eq(fail.offset, 24);
	ck_assert_uint_eq(answer.stub.len, 1);
	sm_out_free(&answer.stub);
}
END_TEST

/* However many fragments a server sends, they end at the bound. */
START_TEST(fragments_without_end)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 100};
	struct sm_fail fail = {0};
	int ret = take(&answer, MADE_FIRST, 1, &fail);
	int count = 0;

	for (count = 1; ret == 0 && count < 1000; count++)
		ret = take(&answer, 0, 1, &fail);
	ck_assert_int_eq(ret, SMBMGMT_E_TOO_LARGE);
	ck_assert_int_eq(fail.code, SMBMGMT_E_TOO_LARGE);
	ck_assert_int_eq(fail.offset, 24);
	ck_assert_int_eq(count, 101);
	sm_out_free(&answer.stub);
}
END_TEST

START_TEST(answer_at_and_over_the_bound)
{
	static const size_t bounds[] = {0, 1, 23, 24, 5815, 5816, 5817, 11632};
	struct sm_fail fail = {0};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		for (size_t over = 0; over < 2; over++) {
			struct sm_rpc_answer answer = {
				.call_id = MADE_CALL,
				.max = bounds[i],
			};
			size_t len = bounds[i] + over;
			size_t first = len > 5816 ? 5816 : 0;
			int ret = 0;

			if (len - first > 5816)
				continue;
			if (first > 0)
				ret = take(&answer, MADE_FIRST, first, &fail);
			if (ret == 0)
				ret = take(&answer,
					   first > 0 ? MADE_LAST : MADE_WHOLE,
					   len - first, &fail);
			ck_assert_int_eq(ret,
					 over == 0 ? 0 : SMBMGMT_E_TOO_LARGE);
			ck_assert(answer.complete == (over == 0));
			ck_assert_uint_le(answer.stub.len, bounds[i]);
			sm_out_free(&answer.stub);
		}
	}
}
END_TEST

/* A hint of 4 GiB takes no more memory than one of nothing. */
START_TEST(hint_is_not_believed)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = SIZE_MAX};
	struct sm_out out = {0};

	response(&out);
	memset(out.data + 16, 0xff, 4);
	ck_assert_int_eq(sm_rpc_answer_take(&answer, out.data, out.len, NULL),
			 0);
	ck_assert_uint_le(answer.stub.size, 64);
	sm_out_free(&answer.stub);
	sm_out_free(&out);
}
END_TEST

/* The stub's own limit stands for a lack of memory. */
START_TEST(answer_without_memory)
{
	struct sm_rpc_answer answer = {
		.call_id = MADE_CALL,
		.max = 1000,
		.stub.limit = 10,
	};
	struct sm_fail fail = {0};

	ck_assert_int_eq(take(&answer, MADE_FIRST, 10, &fail), 0);
	ck_assert_int_eq(take(&answer, MADE_LAST, 1, &fail), SMBMGMT_E_NOMEM);
	ck_assert(!answer.complete);
	sm_out_free(&answer.stub);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dcerpc hostile");
	TCase *tcase = tcase_create("hostile");

	tcase_add_test(tcase, truncated);
	tcase_add_test(tcase, truncated_response);
	tcase_add_test(tcase, longer_than_it_says);
	tcase_add_test(tcase, changed_acknowledgement);
	tcase_add_test(tcase, changed_response);
	tcase_add_loop_test(tcase, lying_header, 0, HEADER_LIES);
	tcase_add_test(tcase, length_in_a_header);
	tcase_add_loop_test(tcase, lying_acknowledgement, 0, ACK_LIES);
	tcase_add_loop_test(tcase, lying_response, 0, RESPONSE_LIES);
	tcase_add_test(tcase, fragments_out_of_order);
	tcase_add_test(tcase, empty_fragments);
	tcase_add_test(tcase, fragments_without_end);
	tcase_add_test(tcase, answer_at_and_over_the_bound);
	tcase_add_test(tcase, hint_is_not_believed);
	tcase_add_test(tcase, answer_without_memory);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
