/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Frames' headers and messages: what is written is read, field by field. */
#include <stdio.h>
#include <string.h>

#include "frames_gen.h"
#include "suite.h"
#include "wire/frames/frame.h"

#define ROUNDS 2000

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

/* Between messages: what was made is not needed any more. */
static void next(struct sm_out *out)
{
	sm_out_free(out);
	sm_arena_free(&gen.arena);
}

static void same_text(const char *a, const char *b)
{
	ck_assert_int_eq(a == NULL, b == NULL);
	if (a != NULL)
		ck_assert_str_eq(a, b);
}

#define SAME(member) ck_assert_uint_eq(a.member, b.member)

START_TEST(header_bytes)
{
	static const uint8_t golden[SM_FRAME_HEADER] = {
		0x78, 0x56, 0x00, 0x00, 49, 0, 0, 0, 0xef, 0xcd, 0xab, 0x89,
	};
	struct sm_frame in = {
		.type = SM_FRAME_ROWS, .request = 0x89abcdef, .length = 0x5678};
	struct sm_frame got;
	struct sm_out out = {0};

	sm_frame_put(&out, &in);
	ck_assert_uint_eq(out.len, SM_FRAME_HEADER);
	ck_assert_mem_eq(out.data, golden, SM_FRAME_HEADER);
	ck_assert_int_eq(sm_frame_get(out.data, &got, NULL), 0);
	ck_assert_uint_eq(got.type, SM_FRAME_ROWS);
	ck_assert_uint_eq(got.request, 0x89abcdef);
	ck_assert_uint_eq(got.length, 0x5678);
	ck_assert_uint_eq(got.flags, 0);
	sm_out_free(&out);
}
END_TEST

/* Two frames in one buffer: each gets a length of its own. */
START_TEST(frames_in_a_row)
{
	struct sm_frame got;
	struct sm_out out = {0};
	size_t first = sm_frame_begin(&out, SM_FRAME_HELLO, 7);
	size_t second = 0;

	sm_out_zero(&out, 300);
	ck_assert(sm_frame_end(&out, first));
	second = sm_frame_begin(&out, SM_FRAME_DONE, 8);
	ck_assert(sm_frame_end(&out, second));
	ck_assert_uint_eq(second, SM_FRAME_HEADER + 300);
	ck_assert_int_eq(sm_frame_get(out.data + first, &got, NULL), 0);
	ck_assert_uint_eq(got.length, 300);
	ck_assert_uint_eq(got.type, SM_FRAME_HELLO);
	ck_assert_int_eq(sm_frame_get(out.data + second, &got, NULL), 0);
	ck_assert_uint_eq(got.length, 0);
	ck_assert_uint_eq(got.request, 8);
	sm_out_free(&out);
}
END_TEST

START_TEST(row)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out out = {0};
		struct sm_row a;
		struct sm_row b;
		size_t pos = 0;

		gen_row(&gen, &a);
		sm_msg_put_row(&out, &a);
		ck_assert_int_eq(
			sm_msg_get_row(out.data, out.len, &pos, &b, NULL), 0);
		ck_assert_uint_eq(pos, out.len);
		SAME(have);
		SAME(id);
		SAME(num_opens);
		SAME(unique);
		SAME(exists);
		SAME(idle);
		SAME(instance);
		SAME(guest);
		SAME(encrypted);
		SAME(id_derived);
		SAME(own);
		SAME(uid);
		SAME(gid);
		SAME(node_number);
		SAME(auth_time);
		SAME(cipher_degree);
		SAME(signing_degree);
		SAME(in_progress);
		for (uint64_t bit = 1; bit != 0; bit <<= 1) {
			if (sm_row_text(&a, bit) != NULL)
				same_text(*sm_row_text(&a, bit),
					  *sm_row_text(&b, bit));
		}
		next(&out);
	}
}
END_TEST

/* Each field alone: its bit brings its text and no other's. */
START_TEST(row_of_one_field)
{
	for (uint64_t bit = 1; bit != 0; bit <<= 1) {
		struct sm_row a = {.have = bit & SM_FIELDS_ALL};
		struct sm_row b;
		struct sm_out out = {0};
		size_t pos = 0;

		if (a.have == 0)
			continue;
		if (bit & SM_FIELDS_TEXT)
			*sm_row_text(&a, bit) = "the one";
		sm_msg_put_row(&out, &a);
		ck_assert_uint_eq(out.len,
				  72 + (bit & SM_FIELDS_TEXT ? 4 + 8 : 0));
		ck_assert_int_eq(
			sm_msg_get_row(out.data, out.len, &pos, &b, NULL), 0);
		SAME(have);
		if (bit & SM_FIELDS_TEXT)
			ck_assert_str_eq(*sm_row_text(&b, bit), "the one");
		sm_out_free(&out);
	}
}
END_TEST

START_TEST(target)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out out = {0};
		struct sm_target a;
		struct sm_target b;

		gen_target(&gen, &a);
		sm_msg_put_target(&out, &a);
		ck_assert_int_eq(sm_msg_get_target(out.data, out.len, &b, NULL),
				 0);
		same_text(a.host, b.host);
		same_text(a.user, b.user);
		same_text(a.domain, b.domain);
		same_text(a.password, b.password);
		same_text(a.smb_conf, b.smb_conf);
		same_text(a.samba_path, b.samba_path);
		same_text(a.ccache, b.ccache);
		same_text(a.krb5_conf, b.krb5_conf);
		same_text(a.address, b.address);
		same_text(a.ca_file, b.ca_file);
		same_text(a.client_cert, b.client_cert);
		same_text(a.client_key, b.client_key);
		same_text(a.wsman_path, b.wsman_path);
		SAME(kerberos);
		SAME(tls);
		SAME(auth);
		SAME(allow_plaintext);
		SAME(pinned);
		SAME(port);
		SAME(protection);
		SAME(debug_level);
		SAME(deadline);
		SAME(has_level_hint);
		SAME(level_hint);
		next(&out);
	}
}
END_TEST

START_TEST(listing)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out out = {0};
		struct sm_listing a;
		struct sm_listing b;

		gen_listing(&gen, &a);
		sm_msg_put_listing(&out, &a);
		ck_assert_int_eq(
			sm_msg_get_listing(out.data, out.len, &b, NULL), 0);
		SAME(fields);
		SAME(caps);
		SAME(unit);
		SAME(incomplete);
		SAME(has_level);
		SAME(level);
		ck_assert_str_eq(a.why, b.why);
		ck_assert_str_eq(a.peer, b.peer);
		SAME(identity.known);
		SAME(identity.seconds);
		SAME(identity.connecting);
		ck_assert_str_eq(a.identity.user, b.identity.user);
		for (size_t k = 0; k < SM_IDENTITY_ADDRESSES; k++)
			ck_assert_str_eq(a.identity.addresses[k],
					 b.identity.addresses[k]);
		next(&out);
	}
}
END_TEST

START_TEST(close_unit)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out out = {0};
		struct sm_close a;
		struct sm_close b;

		gen_close(&gen, &a);
		sm_msg_put_close(&out, &a);
		ck_assert_int_eq(sm_msg_get_close(out.data, out.len, &b, NULL),
				 0);
		SAME(unit);
		SAME(id);
		SAME(instance);
		SAME(has_instance);
		same_text(a.client, b.client);
		same_text(a.user, b.user);
		same_text(a.process, b.process);
		next(&out);
	}
}
END_TEST

START_TEST(failure)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out out = {0};
		struct sm_fail a;
		struct sm_fail b;

		gen_fail(&gen, &a);
		sm_msg_put_fail(&out, &a);
		ck_assert_int_eq(sm_msg_get_fail(out.data, out.len, &b, NULL),
				 0);
		ck_assert_int_eq(a.code, b.code);
		ck_assert_int_eq(a.kind, b.kind);
		SAME(native);
		ck_assert_int_eq(a.offset, b.offset);
		ck_assert_str_eq(a.text, b.text);
		next(&out);
	}
}
END_TEST

static void same_selected(const struct sm_selected *one,
			  const struct sm_selected *two)
{
	ck_assert_uint_eq(one->property, two->property);
	ck_assert_uint_eq(one->first, two->first);
	ck_assert_uint_eq(one->last, two->last);
	same_text(one->text, two->text);
}

START_TEST(query)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out out = {0};
		struct sm_query a;
		struct sm_query b;

		gen_query(&gen, &a);
		sm_msg_put_query(&out, &a);
		ck_assert_int_eq(sm_msg_get_query(out.data, out.len, &b, NULL),
				 0);
		SAME(ask_instance);
		SAME(instance);
		SAME(deadline);
		SAME(select.count);
		for (size_t k = 0; k < a.select.count; k++)
			same_selected(&a.select.items[k], &b.select.items[k]);
		next(&out);
	}
}
END_TEST

/* NULL and "" are two things. */
START_TEST(no_text_is_not_empty_text)
{
	struct sm_target a = {.host = "", .user = "", .domain = NULL};
	struct sm_target b;
	struct sm_out out = {0};

	sm_msg_put_target(&out, &a);
	ck_assert_int_eq(sm_msg_get_target(out.data, out.len, &b, NULL), 0);
	ck_assert_str_eq(b.host, "");
	ck_assert_str_eq(b.user, "");
	ck_assert_ptr_null(b.domain);
	sm_out_free(&out);
}
END_TEST

/* What was read says the same bytes again, whichever message it is. */
START_TEST(every_kind_again)
{
	const struct frames_kind *kind = &frames_kinds[_i];

	for (int i = 0; i < ROUNDS; i++) {
		struct sm_out first = {0};
		struct sm_out again = {0};

		kind->put(&gen, &first);
		ck_assert_int_eq(kind->get(first.data, first.len, &again, NULL),
				 0);
		ck_assert_uint_eq(again.len, first.len);
		ck_assert_mem_eq(again.data, first.data, first.len);
		sm_out_free(&again);
		next(&first);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("frames");
	TCase *tcase = tcase_create("frames");

	seed = gen_seed();
	/* Said, so that a failure can be had again. */
	fprintf(stderr, "# SMBMGMT_TEST_SEED=%llu\n", (unsigned long long)seed);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, header_bytes);
	tcase_add_test(tcase, frames_in_a_row);
	tcase_add_test(tcase, row);
	tcase_add_test(tcase, row_of_one_field);
	tcase_add_test(tcase, target);
	tcase_add_test(tcase, listing);
	tcase_add_test(tcase, close_unit);
	tcase_add_test(tcase, failure);
	tcase_add_test(tcase, query);
	tcase_add_test(tcase, no_text_is_not_empty_text);
	tcase_add_loop_test(tcase, every_kind_again, 0, FRAMES_KINDS);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
