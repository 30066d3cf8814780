/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Honest answers of a DCE/RPC server, and its refusals. */
#include <string.h>

#include "rpc_made.h"
#include "suite.h"
#include "wire/dcerpc/pdu.h"

START_TEST(samba_accepts)
{
	uint16_t fragment = 0;
	struct sm_fail fail = {0};

	ck_assert_msg(sm_rpc_get_bind_answer(samba_ack, SAMBA_ACK_LENGTH, 1,
					     &fragment, &fail) == 0,
		      "%s", fail.text);
	ck_assert_uint_eq(fragment, 5840);
}
END_TEST

/* With no secondary address, and with one of every alignment. */
START_TEST(accepted_with_any_address)
{
	for (size_t address = 0; address < 40; address++) {
		struct sm_out out = {0};
		struct sm_fail fail = {0};
		uint16_t fragment = 0;

		made_ack(&out, 4280, address);
		ck_assert_msg(sm_rpc_get_bind_answer(out.data, out.len, 1,
						     &fragment, &fail) == 0,
			      "%zu: %s", address, fail.text);
		ck_assert_uint_eq(fragment, 4280);
		sm_out_free(&out);
	}
}
END_TEST

START_TEST(fragments_granted)
{
	static const struct {
		uint16_t granted;
		uint16_t fragment; /* 0: too short to be true */
	} cases[] = {
		{0, 0},	      {24, 0},	    {1431, 0},	   {1432, 1432},
		{2048, 2048}, {4280, 4280}, {5839, 5839},  {5840, 5840},
		{5841, 5840}, {8192, 5840}, {65535, 5840},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sm_out out = {0};
		struct sm_fail fail = {0};
		uint16_t fragment = 77;
		int ret = 0;

		made_ack(&out, cases[i].granted, 13);
		ret = sm_rpc_get_bind_answer(out.data, out.len, 1, &fragment,
					     &fail);
		if (cases[i].fragment == 0) {
			ck_assert_int_eq(ret, SMBMGMT_E_PROTOCOL);
			ck_assert_int_eq(fail.offset, 18);
			ck_assert_uint_eq(fragment, 77);
		} else {
			ck_assert_int_eq(ret, 0);
			ck_assert_uint_eq(fragment, cases[i].fragment);
		}
		sm_out_free(&out);
	}
}
END_TEST

static int bind_answer(const uint8_t *pdu, size_t len, struct sm_fail *fail)
{
	uint16_t fragment = 77;
	int ret = sm_rpc_get_bind_answer(pdu, len, 1, &fragment, fail);

	ck_assert_int_ne(ret, 0);
	ck_assert_int_eq(fail->code, ret);
	ck_assert_uint_eq(fragment, 77);
	return ret;
}

START_TEST(samba_rejects)
{
	struct sm_fail fail = {0};

	ck_assert_int_eq(
		bind_answer(samba_no_interface, SAMBA_ACK_LENGTH, &fail),
		SMBMGMT_E_NO_SERVICE);
	ck_assert_int_eq(bind_answer(samba_no_syntax, SAMBA_ACK_LENGTH, &fail),
			 SMBMGMT_E_NEGOTIATION);
	ck_assert_int_eq(bind_answer(samba_nak, sizeof(samba_nak), &fail),
			 SMBMGMT_E_NEGOTIATION);
	/* The caller does not care. */
	ck_assert_int_eq(sm_rpc_get_bind_answer(samba_nak, sizeof(samba_nak), 1,
						&(uint16_t){0}, NULL),
			 SMBMGMT_E_NEGOTIATION);
}
END_TEST

/* Result and reason of an acknowledgement, reason alone of a refusal. */
START_TEST(rejections)
{
	static const struct {
		uint8_t result;
		uint8_t reason;
		int code;
	} acks[] = {
		{2, 0, SMBMGMT_E_NEGOTIATION}, {2, 1, SMBMGMT_E_NO_SERVICE},
		{2, 2, SMBMGMT_E_NEGOTIATION}, {2, 3, SMBMGMT_E_SERVER},
		{2, 9, SMBMGMT_E_NEGOTIATION}, {1, 0, SMBMGMT_E_NEGOTIATION},
		{1, 1, SMBMGMT_E_NO_SERVICE},  {3, 0, SMBMGMT_E_PROTOCOL},
		{99, 1, SMBMGMT_E_PROTOCOL},
	};
	static const struct {
		uint8_t reason;
		int code;
	} naks[] = {
		{0, SMBMGMT_E_NEGOTIATION},  {1, SMBMGMT_E_SERVER},
		{2, SMBMGMT_E_SERVER},	     {3, SMBMGMT_E_NEGOTIATION},
		{4, SMBMGMT_E_NEGOTIATION},  {8, SMBMGMT_E_NEGOTIATION},
		{99, SMBMGMT_E_NEGOTIATION},
	};
	uint8_t pdu[SAMBA_ACK_LENGTH];
	struct sm_fail fail = {0};

	memcpy(pdu, samba_no_interface, sizeof(pdu));
	for (size_t i = 0; i < sizeof(acks) / sizeof(acks[0]); i++) {
		pdu[AT_RESULT] = acks[i].result;
		pdu[AT_RESULT + 2] = acks[i].reason;
		ck_assert_int_eq(bind_answer(pdu, sizeof(pdu), &fail),
				 acks[i].code);
		ck_assert_int_eq(fail.offset, AT_RESULT);
	}
	memcpy(pdu, samba_nak, sizeof(samba_nak));
	for (size_t i = 0; i < sizeof(naks) / sizeof(naks[0]); i++) {
		pdu[16] = naks[i].reason;
		ck_assert_int_eq(bind_answer(pdu, sizeof(samba_nak), &fail),
				 naks[i].code);
		ck_assert_int_eq(fail.offset, 16);
	}
}
END_TEST

/* Take one fragment into an answer of call MADE_CALL. */
static int take(struct sm_rpc_answer *answer, uint8_t flags, const void *stub,
		size_t len, struct sm_fail *fail)
{
	struct sm_out out = {0};
	int ret = 0;

	made_response(&out, flags, stub, len);
	ret = sm_rpc_answer_take(answer, out.data, out.len, fail);
	sm_out_free(&out);
	return ret;
}

START_TEST(answer_in_one)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 3};

	ck_assert_int_eq(take(&answer, MADE_WHOLE, "abc", 3, NULL), 0);
	ck_assert(answer.complete);
	ck_assert_uint_eq(answer.stub.len, 3);
	ck_assert_mem_eq(answer.stub.data, "abc", 3);
	sm_out_free(&answer.stub);
}
END_TEST

START_TEST(answer_without_stub)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL};

	ck_assert_int_eq(take(&answer, MADE_WHOLE, "", 0, NULL), 0);
	ck_assert(answer.complete);
	ck_assert_uint_eq(answer.stub.len, 0);
	sm_out_free(&answer.stub);
}
END_TEST

/* Whatever else a server may set, and an empty last fragment. */
START_TEST(answer_with_flags)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 9};

	ck_assert_int_eq(take(&answer, MADE_FIRST | 0x34, "a", 1, NULL), 0);
	ck_assert_int_eq(take(&answer, 0x10, "b", 1, NULL), 0);
	ck_assert(answer.begun && !answer.complete);
	ck_assert_int_eq(take(&answer, MADE_LAST | 0x04, "", 0, NULL), 0);
	ck_assert(answer.complete);
	ck_assert_uint_eq(answer.stub.len, 2);
	sm_out_free(&answer.stub);
}
END_TEST

/* @len bytes in pieces whose ends are the bits of @cuts. */
static void take_cut(const uint8_t *stub, size_t len, unsigned int cuts)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = len};
	size_t start = 0;

	for (size_t end = 1; end <= len; end++) {
		uint8_t flags = start == 0 ? MADE_FIRST : 0;

		if (end < len && (cuts >> (end - 1) & 1) == 0)
			continue;
		if (end == len)
			flags |= MADE_LAST;
		ck_assert(!answer.complete);
		ck_assert_int_eq(
			take(&answer, flags, stub + start, end - start, NULL),
			0);
		ck_assert_uint_eq(answer.stub.len, end);
		start = end;
	}
	ck_assert(answer.complete);
	ck_assert_mem_eq(answer.stub.data, stub, len);
	sm_out_free(&answer.stub);
}

START_TEST(answer_cut_everywhere)
{
	static const uint8_t stub[] = "0123456789";

	for (size_t len = 1; len <= 10; len++) {
		for (unsigned int cuts = 0; cuts < 1u << (len - 1); cuts++)
			take_cut(stub, len, cuts);
	}
}
END_TEST

START_TEST(answer_of_300_fragments)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 2000000};
	uint8_t piece[5816];

	for (int i = 0; i < 300; i++) {
		memset(piece, i, sizeof(piece));
		ck_assert_int_eq(take(&answer,
				      (uint8_t)((i == 0) | (i == 299) << 1),
				      piece, sizeof(piece), NULL),
				 0);
	}
	ck_assert(answer.complete);
	ck_assert_uint_eq(answer.stub.len, 300 * sizeof(piece));
	for (size_t i = 0; i < 300; i++)
		ck_assert_uint_eq(answer.stub.data[i * sizeof(piece)], i % 256);
	sm_out_free(&answer.stub);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dcerpc answer");
	TCase *tcase = tcase_create("dcerpc answer");

	tcase_add_test(tcase, samba_accepts);
	tcase_add_test(tcase, accepted_with_any_address);
	tcase_add_test(tcase, fragments_granted);
	tcase_add_test(tcase, samba_rejects);
	tcase_add_test(tcase, rejections);
	tcase_add_test(tcase, answer_in_one);
	tcase_add_test(tcase, answer_without_stub);
	tcase_add_test(tcase, answer_with_flags);
	tcase_add_test(tcase, answer_cut_everywhere);
	tcase_add_test(tcase, answer_of_300_fragments);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
