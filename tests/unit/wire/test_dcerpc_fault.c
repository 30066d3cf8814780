/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Faults, and the NTSTATUS that Samba 4.17's libdcerpc makes of each. */
#include <inttypes.h>

#include "rpc_made.h"
#include "suite.h"
#include "wire/dcerpc/fault.h"
#include "wire/dcerpc/pdu.h"

static const struct {
	uint32_t fault;
	uint32_t ntstatus;
} faults[] = {
	{0, 0xC002001D},	  {1, 0xC002001B},
	{5, 0xC0000022},	  {8, 0xC0000017},
	{1722, 0xC0020017},	  {1725, 0xC002001A},
	{1752, 0xC0020035},	  {1753, 0xC0020016},
	{1783, 0xC003000C},	  {1825, 0xC0020057},
	{0x1C000000, 0xDC000000}, {0x1C000001, 0xC0020046},
	{0x1C000002, 0xC0020055}, {0x1C000003, 0xC0020046},
	{0x1C000004, 0xC0020047}, {0x1C000005, 0xC0020048},
	{0x1C000006, 0xC003000A}, {0x1C000007, 0xC0020023},
	{0x1C000008, 0xC002001D}, {0x1C000009, 0xC0020055},
	{0x1C00000A, 0xC0020055}, {0x1C00000B, 0xC0020055},
	{0x1C00000C, 0xC0020055}, {0x1C00000D, 0xC0020050},
	{0x1C00000E, 0xC0020055}, {0x1C00000F, 0xC0020055},
	{0x1C000010, 0xC0020048}, {0x1C000011, 0xC0020055},
	{0x1C000012, 0xC0020055}, {0x1C000013, 0xC0020055},
	{0x1C000014, 0xC0020055}, {0x1C000015, 0xC003005F},
	{0x1C000016, 0xC0020055}, {0x1C000017, 0xC0030060},
	{0x1C000018, 0xC0020055}, {0x1C000019, 0xC0020055},
	{0x1C00001A, 0xC0030005}, {0x1C00001B, 0xC0020055},
	{0x1C00001C, 0xC0020055}, {0x1C00001D, 0xC0020053},
	{0x1C00001E, 0xC0020055}, {0x1C00001F, 0xC0020055},
	{0x1C000020, 0xC0020055}, {0x1C000021, 0xC0020055},
	{0x1C000022, 0xC0020055}, {0x1C000023, 0xC0020055},
	{0x1C000024, 0xC0020055}, {0x1C000025, 0xC0020055},
	{0x1C000026, 0xDC000026}, {0x1C010000, 0xDC010000},
	{0x1C010001, 0xC0020052}, {0x1C010002, 0xC002002E},
	{0x1C010003, 0xC0020012}, {0x1C010004, 0xDC010004},
	{0x1C010005, 0xDC010005}, {0x1C010006, 0xC0020055},
	{0x1C010007, 0xDC010007}, {0x1C010008, 0xDC010008},
	{0x1C010009, 0xC0020055}, {0x1C01000A, 0xDC01000A},
	{0x1C01000B, 0xC002001D}, {0x1C01000C, 0xDC01000C},
	{0x1C01000D, 0xDC01000D}, {0x1C01000E, 0xDC01000E},
	{0x1C01000F, 0xDC01000F}, {0x1C010010, 0xDC010010},
	{0x1C010011, 0xDC010011}, {0x1C010012, 0xDC010012},
	{0x1C010013, 0xC0020055}, {0x1C010014, 0xC0020055},
	{0x1C010015, 0xC0020055}, {0x1C010016, 0xDC010016},
	{0x1C010017, 0xC0020055}, {0x1C010018, 0xDC010018},
	{1726, 0xC00006BE},	  {1745, 0xC00006D1},
	{0x00004242, 0xC0004242}, {0x7FFFFFFF, 0xFFFFFFFF},
	{0x80070005, 0xC0070005}, {0xC0000022, 0xC0000022},
	{0xC0020012, 0xC0020012}, {0xFFFFFFFF, 0xFFFFFFFF},
};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static void check_fault(int ret, const struct sm_fail *fail, uint32_t ntstatus)
{
	ck_assert_int_eq(ret, SMBMGMT_E_SERVER);
	ck_assert_int_eq(fail->code, SMBMGMT_E_SERVER);
	ck_assert_int_eq(fail->kind, SMBMGMT_NATIVE_NTSTATUS);
	ck_assert_msg(fail->native == ntstatus,
		      "0x%08" PRIx32 ", not 0x%08" PRIx32, fail->native,
		      ntstatus);
}

START_TEST(fault_as_libdcerpc_has_it)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 100};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	ck_assert_uint_eq(sm_rpc_fault_ntstatus(faults[_i].fault),
			  faults[_i].ntstatus);
	made_fault(&out, faults[_i].fault);
	check_fault(sm_rpc_answer_take(&answer, out.data, out.len, &fail),
		    &fail, faults[_i].ntstatus);
	ck_assert(!answer.complete);
	sm_out_free(&out);
}
END_TEST

START_TEST(faults_of_samba)
{
	struct sm_rpc_answer answer = {.call_id = 4, .max = 100};
	struct sm_fail fail = {0};

	check_fault(sm_rpc_answer_take(&answer, samba_no_opnum,
				       sizeof(samba_no_opnum), &fail),
		    &fail, 0xC002002E);
	check_fault(sm_rpc_answer_take(&answer, samba_bad_stub,
				       sizeof(samba_bad_stub), &fail),
		    &fail, 0xC003000C);
}
END_TEST

/* Some of the answer has come; the fault ends it all the same. */
START_TEST(fault_between_fragments)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 100};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	made_response(&out, MADE_FIRST, "12345678", 8);
	ck_assert_int_eq(sm_rpc_answer_take(&answer, out.data, out.len, &fail),
			 0);
	out.len = 0;
	made_fault(&out, 0x1C000006);
	check_fault(sm_rpc_answer_take(&answer, out.data, out.len, &fail),
		    &fail, 0xC003000A);
	ck_assert(!answer.complete);
	/* Flags of a fragment inside, as a server may think fit. */
	out.data[3] = 0;
	check_fault(sm_rpc_answer_take(&answer, out.data, out.len, &fail),
		    &fail, 0xC003000A);
	sm_out_free(&out);
	sm_out_free(&answer.stub);
}
END_TEST

/* A server that lets no one bind. */
START_TEST(fault_for_a_bind)
{
	struct sm_fail fail = {0};
	struct sm_out out = {0};
	uint16_t fragment = 77;

	made_fault(&out, 5);
	check_fault(sm_rpc_get_bind_answer(out.data, out.len, MADE_CALL,
					   &fragment, &fail),
		    &fail, 0xC0000022);
	ck_assert_uint_eq(fragment, 77);
	sm_out_free(&out);
}
END_TEST

/* impacket's server ends a fault with the status. */
START_TEST(short_fault)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 100};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	made_fault(&out, 5);
	for (size_t n = 28; n <= 32; n++) {
		out.data[8] = (uint8_t)n;
		check_fault(sm_rpc_answer_take(&answer, out.data, n, &fail),
			    &fail, 0xC0000022);
	}
	out.data[8] = 27;
	ck_assert_int_eq(sm_rpc_answer_take(&answer, out.data, 27, &fail),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(fail.offset, 24);
	sm_out_free(&out);
}
END_TEST

/* Extended error information may follow. */
START_TEST(long_fault)
{
	struct sm_rpc_answer answer = {.call_id = MADE_CALL, .max = 100};
	struct sm_fail fail = {0};
	struct sm_out out = {0};

	made_fault(&out, 1783);
	sm_out_zero(&out, 200);
	out.data[8] = 232;
	check_fault(sm_rpc_answer_take(&answer, out.data, out.len, &fail),
		    &fail, 0xC003000C);
	sm_out_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dcerpc fault");
	TCase *tcase = tcase_create("fault");

	tcase_add_loop_test(tcase, fault_as_libdcerpc_has_it, 0, FAULTS);
	tcase_add_test(tcase, faults_of_samba);
	tcase_add_test(tcase, fault_between_fragments);
	tcase_add_test(tcase, fault_for_a_bind);
	tcase_add_test(tcase, short_fault);
	tcase_add_test(tcase, long_fault);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
