/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What we send to a DCE/RPC server. */
#include <stdlib.h>
#include <string.h>

#include "rpc_made.h"
#include "suite.h"
#include "wire/dcerpc/pdu.h"

START_TEST(bind_is_golden)
{
	static const uint8_t golden[] = {
		5,    0,    11,	  3,	0x10, 0,    0,	  0,	72,
		0,    0,    0,	  7,	0,    0,    0,	  0xd0, 0x16,
		0xd0, 0x16, 0,	  0,	0,    0, /* 5840, 5840, group */
		1,    0,    0,	  0,	0,    0,    1,	  0, /* context 0 */
		0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12,
		0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88, 3,	0,
		0,    0, /* srvsvc */
		0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f,
		0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,	0,
		0,    0, /* NDR32 */
	};
	struct sm_out out = {0};

	sm_rpc_put_bind(&out, 7);
	ck_assert(!out.failed);
	ck_assert_uint_eq(out.len, 72);
	ck_assert_mem_eq(out.data, golden, sizeof(golden));
	sm_out_free(&out);
}
END_TEST

START_TEST(bind_over_limit_fails)
{
	struct sm_out out = {.limit = 71};

	sm_rpc_put_bind(&out, 7);
	ck_assert(out.failed);
	sm_out_free(&out);
}
END_TEST

START_TEST(request_is_golden)
{
	static const uint8_t golden[] = {
		5,   0,	  0,   3, 0x10, 0, 0, 0, 27, 0,	 0, 0, 4,
		3,   2,	  1,   3, 0,	0, 0, 0, 0,  12, 0, /* hint 3, context
							       0, opnum 12 */
		'a', 'b', 'c',
	};
	struct sm_rpc_request request = {
		.call_id = 0x01020304,
		.opnum = 12,
		.fragment = SM_RPC_FRAGMENT,
		.stub = golden + 24,
		.len = 3,
	};
	struct sm_out out = {0};

	ck_assert(sm_rpc_put_request(&out, &request));
	ck_assert_uint_eq(request.sent, 3);
	ck_assert_uint_eq(out.len, sizeof(golden));
	ck_assert_mem_eq(out.data, golden, sizeof(golden));
	sm_out_free(&out);
}
END_TEST

START_TEST(request_without_stub)
{
	struct sm_rpc_request request = {.fragment = SM_RPC_FRAGMENT};
	struct sm_out out = {0};

	ck_assert(sm_rpc_put_request(&out, &request));
	ck_assert_uint_eq(out.len, 24);
	ck_assert_uint_eq(out.data[3], MADE_WHOLE);
	ck_assert_uint_eq(out.data[8], 24);
	sm_out_free(&out);
}
END_TEST

/* Send @len bytes in fragments; they must be in order and together whole. */
static size_t send_all(const uint8_t *stub, size_t len, uint16_t fragment)
{
	struct sm_rpc_request request = {
		.call_id = 9,
		.opnum = 13,
		.fragment = fragment,
		.stub = stub,
		.len = len,
	};
	struct sm_out got = {0};
	size_t count = 0;
	bool last = false;

	while (!last) {
		struct sm_out out = {0};
		struct sm_rpc_header header;
		size_t left = len - request.sent;
		uint8_t flags = count == 0 ? MADE_FIRST : 0;

		last = sm_rpc_put_request(&out, &request);
		ck_assert(!out.failed);
		ck_assert_int_eq(sm_rpc_get_header(out.data, &header, NULL), 0);
		ck_assert_uint_eq(header.type, SM_RPC_REQUEST);
		ck_assert_uint_eq(header.call_id, 9);
		ck_assert_uint_eq(header.flags,
				  last ? flags | MADE_LAST : flags);
		ck_assert_uint_eq(header.length, out.len);
		ck_assert_uint_le(out.len, fragment);
		ck_assert_uint_eq(out.data[16] + 256u * out.data[17], left);
		ck_assert_uint_eq(out.data[22], 13);
		/* Only the last may end at any byte, or have none at all. */
		if (!last)
			ck_assert_uint_eq(out.len % 8, 0);
		ck_assert(last || out.len > 24);
		sm_out_bytes(&got, out.data + 24, out.len - 24);
		ck_assert_uint_eq(got.len, request.sent);
		sm_out_free(&out);
		count++;
	}
	ck_assert_uint_eq(got.len, len);
	ck_assert_mem_eq(got.data, stub, len);
	sm_out_free(&got);
	return count;
}

START_TEST(request_at_every_boundary)
{
	uint8_t stub[130];

	for (size_t i = 0; i < sizeof(stub); i++)
		stub[i] = (uint8_t)(i * 7);
	for (uint16_t fragment = 32; fragment < 64; fragment++) {
		size_t room = (fragment - 24u) / 8 * 8;

		for (size_t len = 0; len <= sizeof(stub); len++)
			ck_assert_uint_eq(send_all(stub, len, fragment),
					  len == 0 ? 1
						   : (len + room - 1) / room);
	}
}
END_TEST

START_TEST(request_as_granted)
{
	uint8_t *stub = calloc(1, 20000);

	ck_assert_ptr_nonnull(stub);
	for (size_t i = 0; i < 20000; i++)
		stub[i] = (uint8_t)(i >> 3);
	ck_assert_uint_eq(send_all(stub, 5816, 5840), 1);
	ck_assert_uint_eq(send_all(stub, 5817, 5840), 2);
	ck_assert_uint_eq(send_all(stub, 20000, 5840), 4);
	ck_assert_uint_eq(send_all(stub, 20000, 4280), 5);
	ck_assert_uint_eq(send_all(stub, 20000, SM_RPC_FRAGMENT_MIN), 15);
	free(stub);
}
END_TEST

/* Neither a fragment of no size nor one beyond ours may do harm. */
START_TEST(request_of_odd_fragments)
{
	static const uint8_t stub[7000];
	static const uint16_t sizes[] = {0, 1, 24, 31, 5841, 65535};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct sm_rpc_request request = {
			.fragment = sizes[i],
			.stub = stub,
			.len = sizeof(stub),
		};
		size_t count = 0;
		bool last = false;

		while (!last) {
			struct sm_out out = {0};

			last = sm_rpc_put_request(&out, &request);
			ck_assert_uint_le(out.len, SM_RPC_FRAGMENT);
			sm_out_free(&out);
			count++;
		}
		ck_assert_uint_eq(count, sizes[i] < 32 ? 7000 / 8 : 2);
	}
}
END_TEST

/* Without memory, or over a limit: it ends, and @out tells. */
START_TEST(request_over_limit_fails)
{
	static const uint8_t stub[3000];
	struct sm_rpc_request request = {
		.fragment = SM_RPC_FRAGMENT_MIN,
		.stub = stub,
		.len = sizeof(stub),
	};
	struct sm_out out = {.limit = 2000};

	ck_assert(!sm_rpc_put_request(&out, &request));
	ck_assert(!out.failed);
	ck_assert(!sm_rpc_put_request(&out, &request));
	ck_assert(sm_rpc_put_request(&out, &request));
	ck_assert(out.failed);
	ck_assert_uint_eq(request.sent, sizeof(stub));
	sm_out_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dcerpc");
	TCase *tcase = tcase_create("dcerpc");

	tcase_add_test(tcase, bind_is_golden);
	tcase_add_test(tcase, bind_over_limit_fails);
	tcase_add_test(tcase, request_is_golden);
	tcase_add_test(tcase, request_without_stub);
	tcase_add_test(tcase, request_at_every_boundary);
	tcase_add_test(tcase, request_as_granted);
	tcase_add_test(tcase, request_of_odd_fragments);
	tcase_add_test(tcase, request_over_limit_fails);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
