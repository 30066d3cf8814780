/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/client.h"
#include "suite.h"

static const struct {
	const char *text;
	const char *address;
	const char *name;
	const char *zone;
} names[] = {
	{"", "", "", ""},
	{"PC1", "", "PC1", ""},
	{"\\\\PC1", "", "PC1", ""},
	{"\\PC1", "", "\\PC1", ""},
	{"\\\\\\\\PC1", "", "\\\\PC1", ""},
	{"10.0.0.5", "10.0.0.5", "", ""},
	{"\\\\10.0.0.5", "10.0.0.5", "", ""},
	{"10.0.0.256", "", "10.0.0.256", ""},
	{"10.0.5", "", "10.0.5", ""},
	{"[10.0.0.5]", "", "[10.0.0.5]", ""},
	{"::1", "::1", "", ""},
	{"[::1]", "::1", "", ""},
	{"\\\\[::1]", "::1", "", ""},
	{"FE80::1", "fe80::1", "", ""},
	{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", "", ""},
	{"fe80::1%eth0", "fe80::1", "", "eth0"},
	{"[fe80::1%3]", "fe80::1", "", "3"},
	{"[fe80::1]%3", "fe80::1", "", "3"},
	{"\\\\[fe80::1%12]", "fe80::1", "", "12"},
	{"::ffff:10.0.0.5", "10.0.0.5", "", ""},
	{"[::FFFF:10.0.0.5]", "10.0.0.5", "", ""},
	{"::ffff:a00:5", "10.0.0.5", "", ""},
	/* None of these is an address. */
	{"fe80::1%", "", "fe80::1%", ""},
	{"[fe80::1", "", "[fe80::1", ""},
	{"fe80::1]", "", "fe80::1]", ""},
	{"[fe80::1]x", "", "[fe80::1]x", ""},
	{"[]", "", "[]", ""},
	{"%3", "", "%3", ""},
	{"PC1%3", "", "PC1%3", ""},
	{"1:2:3:4:5:6:7:8:9", "", "1:2:3:4:5:6:7:8:9", ""},
	{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", "",
	 "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", ""},
};

static void check_span(const char *text, size_t len, const char *expected)
{
	ck_assert_uint_eq(len, strlen(expected));
	ck_assert_int_eq(memcmp(text, expected, len), 0);
}

START_TEST(test_parse)
{
	struct sm_client client;

	sm_client_parse(names[_i].text, &client);
	ck_assert_str_eq(client.address, names[_i].address);
	check_span(client.name, client.name_len, names[_i].name);
	check_span(client.zone, client.zone_len, names[_i].zone);
}
END_TEST

static const struct {
	const char *a;
	const char *b;
	bool same;
	bool same_with_zone;
} pairs[] = {
	{"PC1", "\\\\pc1", true, true},
	{"PC1", "PC2", false, false},
	{"PC1", "PC1.example.org", false, false},
	{"10.0.0.5", "\\\\10.0.0.5", true, true},
	{"10.0.0.5", "::ffff:10.0.0.5", true, true},
	{"10.0.0.5", "\\\\[::ffff:10.0.0.5]", true, true},
	{"10.0.0.5", "10.0.0.50", false, false},
	{"fe80::1", "[FE80:0::1]", true, true},
	{"fe80::1%eth0", "[fe80::1%ETH0]", true, true},
	{"fe80::1%eth0", "fe80::1%eth1", true, false},
	{"fe80::1", "fe80::1%eth0", true, false},
	{"fe80::1", "fe80::2", false, false},
	{"\xc3\xa4pc", "\xc3\x84PC", true, true},
	{"stra\xc3\x9f"
	 "e",
	 "STRASSE", false, false},
	{"", "PC1", false, false},
};

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

START_TEST(test_compare)
{
	struct sm_client a;
	struct sm_client b;

	sm_client_parse(pairs[_i].a, &a);
	sm_client_parse(pairs[_i].b, &b);
	ck_assert_int_eq(sm_client_cmp(&a, &b) == 0, pairs[_i].same);
	ck_assert_int_eq(sm_client_cmp_zone(&a, &b) == 0,
			 pairs[_i].same_with_zone);
	ck_assert_int_eq(sign(sm_client_cmp(&a, &b)),
			 -sign(sm_client_cmp(&b, &a)));
	ck_assert_int_eq(sign(sm_client_cmp_zone(&a, &b)),
			 -sign(sm_client_cmp_zone(&b, &a)));
}
END_TEST

/* Every name against every two others: an order that sorting can trust. */
START_TEST(test_order_is_total)
{
	struct sm_client x[3];
	int n = (int)(sizeof(names) / sizeof(names[0]));
	int i = 0;

	for (i = 0; i < n * n; i++) {
		sm_client_parse(names[_i].text, &x[0]);
		sm_client_parse(names[i / n].text, &x[1]);
		sm_client_parse(names[i % n].text, &x[2]);
		if (sm_client_cmp_zone(&x[0], &x[1]) <= 0 &&
		    sm_client_cmp_zone(&x[1], &x[2]) <= 0)
			ck_assert_int_le(sm_client_cmp_zone(&x[0], &x[2]), 0);
	}
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("client");
	TCase *tcase = tcase_create("client");

	tcase_add_loop_test(tcase, test_parse, 0, COUNT(names));
	tcase_add_loop_test(tcase, test_compare, 0, COUNT(pairs));
	tcase_add_loop_test(tcase, test_order_is_total, 0, COUNT(names));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
