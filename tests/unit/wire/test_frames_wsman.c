/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a transport by WS-Management is told, in frames that lie: PROTOCOL. */
#include <string.h>

#include <smbmgmt/error.h>
#include <smbmgmt/handle.h>

#include "suite.h"
#include "wire/frames/message.h"

static void patch(struct sm_out *out, size_t at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		out->data[at + i] = (uint8_t)(value >> (8 * i));
}

struct wsman {
	uint32_t tls, auth, plaintext;
};

static int target_with(const struct wsman *w)
{
	struct sm_target target = {.host = "fs1"};
	struct sm_out out = {0};
	size_t at = 0;
	int ret = 0;

	sm_msg_put_target(&out, &target);
	/* Behind these are four texts that are not there, and a number. */
	at = out.len - 5 * 4 - 12;
	patch(&out, at, w->tls);
	patch(&out, at + 4, w->auth);
	patch(&out, at + 8, w->plaintext);
	ret = sm_msg_get_target(out.data, out.len, &target, NULL);
	if (ret == 0) {
		ck_assert_uint_eq(target.tls, w->tls);
		ck_assert_uint_eq(target.auth, w->auth);
		ck_assert_uint_eq(target.allow_plaintext, w->plaintext);
	}
	sm_out_free(&out);
	return ret;
}

START_TEST(target_wsman)
{
	static const struct wsman good[] = {
		{0, 0, 0}, {1, SMBMGMT_AUTH_BASIC, 1}, {1, 2, 0}, {0, 1, 1}};
	static const struct wsman bad[] = {
		{2, 0, 0},	    {0, SMBMGMT_AUTH_BASIC + 1, 0},
		{0, 0, 2},	    {UINT32_MAX, 0, 0},
		{0, UINT32_MAX, 0},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_int_eq(target_with(&good[i]), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(target_with(&bad[i]), SMBMGMT_E_PROTOCOL);
}
END_TEST

/* A query that asks for these, and says that there are @count of them. */
static int query_of(uint32_t count, const struct sm_selected *item, size_t n)
{
	struct sm_query query = {.select = {.count = n}};
	struct sm_out out = {0};
	int ret = 0;

	for (size_t i = 0; i < n && i < SM_SELECT_MOST; i++)
		query.select.items[i] = *item;
	sm_msg_put_query(&out, &query);
	patch(&out, 12, count);
	memset(&query, 0xff, sizeof(query));
	ret = sm_msg_get_query(out.data, out.len, &query, NULL);
	if (ret == 0)
		ck_assert_uint_eq(query.select.count, n);
	sm_out_free(&out);
	return ret;
}

START_TEST(selections)
{
	static const struct sm_selected id = {.first = 5, .last = 5};
	static const struct sm_selected user = {SM_SELECTED_USER, .text = "u"};
	static const struct sm_selected bad[] = {
		{SM_SELECTED_ID, .first = 5, .last = 4},
		{SM_SELECTED_ID, .first = UINT64_MAX},
		{SM_SELECTED_CLIENT, .text = NULL},
		{SM_SELECTED_NODE, .text = NULL},
		{SM_SELECTED_NODE + 1, .text = "u"},
		{UINT32_MAX, .text = "u"},
		{SM_SELECTED_USER, .text = "\xff"},
	};

	ck_assert_int_eq(query_of(0, &id, 0), 0);
	ck_assert_int_eq(query_of(1, &id, 1), 0);
	ck_assert_int_eq(query_of(1, &user, 1), 0);
	ck_assert_int_eq(query_of(SM_SELECT_MOST, &user, SM_SELECT_MOST), 0);
	/* Another number than there are, or than there may be. */
	ck_assert_int_eq(query_of(0, &user, 1), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(query_of(2, &user, 1), SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(query_of(SM_SELECT_MOST, &user, 1),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(query_of(SM_SELECT_MOST + 1, &user, SM_SELECT_MOST),
			 SMBMGMT_E_PROTOCOL);
	ck_assert_int_eq(query_of(UINT32_MAX, &user, 1), SMBMGMT_E_PROTOCOL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(query_of(1, &bad[i], 1), SMBMGMT_E_PROTOCOL);
}
END_TEST

/* More items than there is room for, each of them a good one. */
START_TEST(too_many_selections)
{
	struct sm_out out = {0};
	struct sm_query query;

	sm_out_zero(&out, 12);
	sm_out_u32(&out, SM_SELECT_MOST + 1);
	for (int i = 0; i <= SM_SELECT_MOST; i++) {
		sm_out_zero(&out, 20);
		sm_msg_put_text(&out, NULL);
	}
	ck_assert_int_eq(sm_msg_get_query(out.data, out.len, &query, NULL),
			 SMBMGMT_E_PROTOCOL);
	patch(&out, 12, SM_SELECT_MOST);
	ck_assert_int_eq(sm_msg_get_query(out.data, out.len - 24, &query, NULL),
			 0);
	sm_out_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("frames wsman");
	TCase *tcase = tcase_create("wsman");

	tcase_add_test(tcase, target_wsman);
	tcase_add_test(tcase, selections);
	tcase_add_test(tcase, too_many_selections);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
