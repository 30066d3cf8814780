/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <string.h>

#include "core/target.h"
#include "suite.h"

static const struct {
	const char *text;
	const char *transport; /* NULL: none */
	const char *host;
	uint32_t port;
} good[] = {
	{"fs1", NULL, "fs1", 0},
	{"fs1.example.org", NULL, "fs1.example.org", 0},
	{"fs1:445", NULL, "fs1", 445},
	{"fs1:65535", NULL, "fs1", 65535},
	{"fs1:00445", NULL, "fs1", 445},
	{"srvsvc:fs1", "srvsvc", "fs1", 0},
	{"SrvSvc:fs1:1445", "srvsvc", "fs1", 1445},
	{"memory:demo", "memory", "demo", 0},
	{"wsman:fs1", "wsman", "fs1", 0},
	{"wsmans:fs1:5986", "wsmans", "fs1", 5986},
	{"samba:fs1", "samba", "fs1", 0},
	/* A transport's name alone is a host. */
	{"srvsvc", NULL, "srvsvc", 0},
	{"srvsvc:srvsvc", "srvsvc", "srvsvc", 0},
	{"10.0.0.5:445", NULL, "10.0.0.5", 445},
	{"::1", NULL, "::1", 0},
	{"fe80::1%eth0", NULL, "fe80::1%eth0", 0},
	{"[::1]", NULL, "::1", 0},
	{"[::1]:445", NULL, "::1", 445},
	{"[fe80::1%3]:445", NULL, "fe80::1%3", 445},
	{"srvsvc:[::1]:445", "srvsvc", "::1", 445},
	{"srvsvc:::1", "srvsvc", "::1", 0},
	/* Without brackets all of it is the address. */
	{"2001:db8::5:445", NULL, "2001:db8::5:445", 0},
	{"f\xc3\xbc"
	 "chse",
	 NULL,
	 "f\xc3\xbc"
	 "chse",
	 0},
};

START_TEST(test_good)
{
	struct sm_address address;
	struct sm_fail fail;

	memset(&address, 0xff, sizeof(address));
	ck_assert_int_eq(sm_address_parse(good[_i].text, &address, &fail), 0);
	ck_assert_pstr_eq(address.transport, good[_i].transport);
	ck_assert_str_eq(address.host, good[_i].host);
	ck_assert_uint_eq(address.port, good[_i].port);
}
END_TEST

static const struct {
	const char *text;
	const char *why; /* in the message */
} wrong[] = {
	{"", "host is missing"},
	{":445", "host is missing"},
	{"srvsvc:", "host is missing"},
	{"[]", "host is missing"},
	{"[]:445", "host is missing"},
	{"fs1:", "port is missing or 0"},
	{"fs1:0", "port is missing or 0"},
	{"[::1]:", "port is missing or 0"},
	{"fs1:65536", "port is over 65535"},
	{"fs1:4294967741", "port is over 65535"},
	{"fs1:+445", "port is no number"},
	{"fs1:44 5", "port is no number"},
	{"fs1:smb", "port is no number"},
	/* Not a transport: a host and its port. */
	{"smb:fs1", "port is no number"},
	{"[::1", "brackets do not match"},
	{"[::1]445", "brackets do not match"},
	{"[[::1]]", "brackets do not match"},
	{"::1]", "no host has"},
	{"fs 1", "no host has"},
	{"fs\t1", "no host has"},
	{"fs1\x7f", "no host has"},
	{"\\\\fs1", "no host has"},
	{"fs1/share", "no host has"},
	{"alice@fs1", "no host has"},
	{"fs1,fs2", "no host has"},
	{"fs'1", "no host has"},
	{"fs\"1", "no host has"},
	{"[fs 1]:445", "no host has"},
	{"fs 1:445", "no host has"},
	{"fs1\xff", "not UTF-8"},
};

START_TEST(test_wrong)
{
	struct sm_address address;
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_address_parse(wrong[_i].text, &address, &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_msg(strstr(fail.text, wrong[_i].why) != NULL, "%s",
		      fail.text);
}
END_TEST

START_TEST(test_length)
{
	struct sm_address address;
	struct sm_fail fail = {0};
	char text[SM_HOST_MAX + 8];

	memset(text, 'h', SM_HOST_MAX);
	strcpy(text + SM_HOST_MAX - 1, ":445");
	ck_assert_int_eq(sm_address_parse(text, &address, &fail), 0);
	ck_assert_uint_eq(strlen(address.host), SM_HOST_MAX - 1);
	ck_assert_uint_eq(address.port, 445);
	strcpy(text + SM_HOST_MAX - 1, "h:445");
	ck_assert_int_eq(sm_address_parse(text, &address, &fail),
			 SMBMGMT_E_INVALID);
	ck_assert_ptr_nonnull(strstr(fail.text, "over 255 bytes"));
}
END_TEST

static const struct {
	const char *text;
	bool numeric;
} addresses[] = {
	{"10.0.0.5", true},
	{"::1", true},
	{"FE80::1", true},
	{"fe80::1%eth0", true},
	{"fe80::1%3", true},
	{"::ffff:10.0.0.5", true},
	{"", false},
	{"fs1", false},
	{"10.0.0", false},
	{"10.0.0.256", false},
	{"10.0.0.5%3", false},
	{"010.0.0.5", false},
	{"0x0a000005", false},
	{"[::1]", false},
	{"::1%", false},
	{"%3", false},
	{"::1 ", false},
	{"1:2:3:4:5:6:7:8:9", false},
	{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", false},
};

START_TEST(test_numeric)
{
	ck_assert_int_eq(sm_address_is_numeric(addresses[_i].text),
			 addresses[_i].numeric);
}
END_TEST

START_TEST(test_transport)
{
	ck_assert_str_eq(sm_transport_name("MEMORY", 6), "memory");
	ck_assert_str_eq(sm_transport_name("wsmans:x", 6), "wsmans");
	ck_assert_str_eq(sm_transport_name("wsmans:x", 5), "wsman");
	ck_assert_ptr_null(sm_transport_name("wsman", 4));
	ck_assert_ptr_null(sm_transport_name("http", 4));
	ck_assert_ptr_null(sm_transport_name("", 0));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("target");
	TCase *tcase = tcase_create("target");

	tcase_add_loop_test(tcase, test_good, 0, COUNT(good));
	tcase_add_loop_test(tcase, test_wrong, 0, COUNT(wrong));
	tcase_add_test(tcase, test_length);
	tcase_add_loop_test(tcase, test_numeric, 0, COUNT(addresses));
	tcase_add_test(tcase, test_transport);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
