/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The carrier's own parts that need no SMB server: what errors mean. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <smbmgmt/credentials.h>
#include <smbmgmt/handle.h>

#include "listener.h"
#include "suite.h"
#include "transport/srvsvc/dcerpc_carrier.h"

/* What each NTSTATUS means when the host can be connected to. */
static const struct {
	uint32_t ntstatus;
	uint32_t protection;
	int code;
} statuses[] = {
	{0xC000006D, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_LOGON_FAILED},
	{0xC000006A, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_LOGON_FAILED},
	{0xC0000064, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_LOGON_FAILED},
	{0xC0000234, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_LOCKED},
	{0xC0000072, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_DISABLED},
	{0xC0000193, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_DISABLED},
	{0xC0000071, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC0000224, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC000006E, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC000006F, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC0000070, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{0xC0000022, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCESS_DENIED},
	{0xC0000022, SMBMGMT_PROTECTION_OFF, SMBMGMT_E_ACCESS_DENIED},
	{0xC00000CA, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_ACCESS_DENIED},
	{0xC0000034, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NO_SERVICE},
	{0xC00000AC, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NO_SERVICE},
	{0xC0000236, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NO_SERVICE},
	{0xC0020012, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NO_SERVICE},
	{0xC00000BB, SMBMGMT_PROTECTION_ENCRYPT, SMBMGMT_E_ENCRYPTION_REFUSED},
	{0xC000A013, SMBMGMT_PROTECTION_ENCRYPT, SMBMGMT_E_ENCRYPTION_REFUSED},
	{0xC00000BB, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NEGOTIATION},
	{0xC000A013, SMBMGMT_PROTECTION_OFF, SMBMGMT_E_NEGOTIATION},
	{0xC0000388, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NEGOTIATION},
	{0xC00000C3, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_NEGOTIATION},
	{0xC000020C, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_CONNECTION_LOST},
	{0xC000020D, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_CONNECTION_LOST},
	{0xC00000B5, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_TIMED_OUT},
	{0xC0000017, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_UNREACHABLE},
	{0xC00000CE, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_SERVER},
	{0xC000005E, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_SERVER},
	{0xC00000E5, SMBMGMT_PROTECTION_SIGN, SMBMGMT_E_SERVER},
};

START_TEST(test_connect_failed)
{
	struct sm_target target = {
		.host = "127.0.0.1",
		.user = "alice",
		.password = "s3cret",
		.protection = statuses[_i].protection,
		.deadline = 5000,
	};
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	ck_assert_int_eq(
		sm_dcerpc_connect_failed(&target, statuses[_i].ntstatus, &fail),
		statuses[_i].code);
	ck_assert_int_eq(fail.code, statuses[_i].code);
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_NTSTATUS);
	ck_assert_uint_eq(fail.native, statuses[_i].ntstatus);
	ck_assert_int_eq(fail.text[strlen(fail.text) - 1],
			 fail.code == SMBMGMT_E_TIMED_OUT ? '?' : '.');
	ck_assert_ptr_null(strstr(fail.text, "s3cret"));
	close(fd);
}
END_TEST

/* The same coarse status, and what a second look makes of it. */
START_TEST(test_second_look)
{
	char long_label[80];
	struct sm_target target = {.host = "127.0.0.1", .deadline = 5000};
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	close(fd); /* now nothing listens there */
	ck_assert_int_eq(sm_dcerpc_connect_failed(&target, 0xC0000017, &fail),
			 SMBMGMT_E_CONNECTION_REFUSED);
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_ERRNO);
	/* A status that says enough is believed. */
	ck_assert_int_eq(sm_dcerpc_connect_failed(&target, 0xC000006D, &fail),
			 SMBMGMT_E_LOGON_FAILED);
	/* No resolver asks the network about a label of 70 letters. */
	memset(long_label, 'x', sizeof(long_label));
	long_label[70] = '\0';
	target.host = long_label;
	ck_assert_int_eq(sm_dcerpc_connect_failed(&target, 0xC0000034, &fail),
			 SMBMGMT_E_HOST_UNKNOWN);
}
END_TEST

static const struct {
	uint32_t ntstatus;
	bool alive;
	int code;
} calls[] = {
	{0xC000020C, true, SMBMGMT_E_CONNECTION_LOST},
	{0xC000020D, false, SMBMGMT_E_CONNECTION_LOST},
	{0xC000014B, true, SMBMGMT_E_CONNECTION_LOST},
	{0xC0000203, true, SMBMGMT_E_CONNECTION_LOST},
	{0xC000035C, true, SMBMGMT_E_CONNECTION_LOST},
	{0xC002002E, false, SMBMGMT_E_CONNECTION_LOST},
	{0xC002002E, true, SMBMGMT_E_SERVER},
	{0xC0000022, true, SMBMGMT_E_SERVER},
	{0xC00000B5, true, SMBMGMT_E_TIMED_OUT},
	{0xC002001D, false, SMBMGMT_E_PROTOCOL},
	{0xC0000017, true, SMBMGMT_E_NOMEM},
};

START_TEST(test_call_failed)
{
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_dcerpc_call_failed(calls[_i].ntstatus,
					       calls[_i].alive, &fail),
			 calls[_i].code);
	ck_assert_int_eq(fail.code, calls[_i].code);
	ck_assert_int_eq(fail.text[strlen(fail.text) - 1], '.');
}
END_TEST

/* What is left of the wish for Kerberos, by server and password. */
static const struct {
	const char *host;
	const char *user;
	const char *password;
	uint32_t wanted;
	int state; /* or an error */
} states[] = {
	{"server", "u", "p", SMBMGMT_KERBEROS_OFF, SMBMGMT_KERBEROS_OFF},
	{"10.0.0.1", NULL, NULL, SMBMGMT_KERBEROS_OFF, SMBMGMT_KERBEROS_OFF},
	{"server", "u", "p", SMBMGMT_KERBEROS_DESIRED,
	 SMBMGMT_KERBEROS_DESIRED},
	{"server", NULL, NULL, SMBMGMT_KERBEROS_DESIRED,
	 SMBMGMT_KERBEROS_REQUIRED},
	{"server", "u", NULL, SMBMGMT_KERBEROS_DESIRED,
	 SMBMGMT_KERBEROS_REQUIRED},
	{"server", "u", "", SMBMGMT_KERBEROS_DESIRED,
	 SMBMGMT_KERBEROS_REQUIRED},
	{"server", "", "p", SMBMGMT_KERBEROS_DESIRED,
	 SMBMGMT_KERBEROS_REQUIRED},
	{"server", NULL, NULL, SMBMGMT_KERBEROS_REQUIRED,
	 SMBMGMT_KERBEROS_REQUIRED},
	{"server", "u", "p", SMBMGMT_KERBEROS_REQUIRED,
	 SMBMGMT_KERBEROS_REQUIRED},
	{"10.0.0.1", "u", "p", SMBMGMT_KERBEROS_DESIRED, SMBMGMT_KERBEROS_OFF},
	{"fe80::1%eth0", "u", "p", SMBMGMT_KERBEROS_DESIRED,
	 SMBMGMT_KERBEROS_OFF},
	{"LocalHost", "u", "p", SMBMGMT_KERBEROS_DESIRED, SMBMGMT_KERBEROS_OFF},
	{"10.0.0.1", "u", "p", SMBMGMT_KERBEROS_REQUIRED, SMBMGMT_E_INVALID},
	{"::1", NULL, NULL, SMBMGMT_KERBEROS_REQUIRED, SMBMGMT_E_INVALID},
	{"localhost", NULL, NULL, SMBMGMT_KERBEROS_DESIRED, SMBMGMT_E_INVALID},
};

START_TEST(test_kerberos_state)
{
	struct sm_target target = {
		.host = states[_i].host,
		.user = states[_i].user,
		.password = states[_i].password,
		.kerberos = states[_i].wanted,
		.address = "10.0.0.2",
	};
	struct sm_fail fail = {0};
	uint32_t state = 99;
	int ret = sm_dcerpc_kerberos_state(&target, &state, &fail);

	ck_assert_int_eq(ret != 0 ? ret : (int)state, states[_i].state);
	ck_assert_int_eq(fail.code, ret);
	if (ret != 0)
		ck_assert_ptr_nonnull(strstr(fail.text, target.host));
}
END_TEST

/* Kerberos' own numbers, before the server is connected to. */
static const struct {
	int number;
	int code;
} krb5_errors[] = {
	{-1765328383, SMBMGMT_E_ACCOUNT_DISABLED},
	{-1765328378, SMBMGMT_E_LOGON_FAILED},
	{-1765328372, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{-1765328366, SMBMGMT_E_ACCOUNT_DISABLED},
	{-1765328361, SMBMGMT_E_ACCOUNT_RESTRICTED},
	{-1765328360, SMBMGMT_E_LOGON_FAILED},
	{-1765328353, SMBMGMT_E_LOGON_FAILED},
	{-1765328347, SMBMGMT_E_TICKET_REFUSED},
	{-1765328230, SMBMGMT_E_KDC_UNREACHABLE},
	{-1765328228, SMBMGMT_E_KDC_UNREACHABLE},
	{-1765328370, SMBMGMT_E_TICKET_REFUSED},
	{22, SMBMGMT_E_TICKET_REFUSED},
};

START_TEST(test_no_ticket)
{
	struct sm_fail fail = {0};

	ck_assert_int_eq(sm_dcerpc_no_ticket("admin@REALM",
					     krb5_errors[_i].number,
					     "its own text\n", &fail),
			 krb5_errors[_i].code);
	ck_assert_int_eq(fail.code, krb5_errors[_i].code);
	ck_assert_int_eq(strncmp(fail.text, "admin@REALM: ", 13), 0);
	ck_assert_int_eq(fail.text[strlen(fail.text) - 1], '.');
	ck_assert_ptr_null(strchr(fail.text, '\n'));
	ck_assert_int_lt(sm_dcerpc_no_ticket("admin@REALM",
					     krb5_errors[_i].number, NULL,
					     &fail),
			 0);
}
END_TEST

static const struct {
	uint32_t ntstatus;
	int code;
} tickets[] = {
	{0xC000000D, SMBMGMT_E_TICKET_REFUSED},
	{0xC000006D, SMBMGMT_E_TICKET_REFUSED},
	{0xC00000A8, SMBMGMT_E_TICKET_REFUSED},
	{0xC0000133, SMBMGMT_E_TICKET_REFUSED},
	{0xC000035C, SMBMGMT_E_TICKET_EXPIRED},
	{0xC000005E, SMBMGMT_E_KDC_UNREACHABLE},
	{0xC0000022, SMBMGMT_E_ACCESS_DENIED},
	{0xC0000072, 0},
	{0xC0000236, 0},
};

START_TEST(test_kerberos_failed)
{
	struct sm_fail fail = {0};
	int code = tickets[_i].code;

	ck_assert_int_eq(sm_dcerpc_kerberos_failed("srv", "admin@REALM",
						   tickets[_i].ntstatus, &fail),
			 code);
	ck_assert_int_eq(fail.code, code);
	if (code == 0)
		return;
	ck_assert_int_eq(fail.kind, SMBMGMT_NATIVE_NTSTATUS);
	ck_assert_uint_eq(fail.native, tickets[_i].ntstatus);
	ck_assert_ptr_nonnull(strstr(fail.text, "admin@REALM"));
}
END_TEST

static const struct {
	const char *text;
	const char *realm; /* NULL: none */
} krb5_confs[] = {
	{"", NULL},
	{"[libdefaults]\n\tdefault_realm = A.TEST\n", "A.TEST"},
	{"[libdefaults]\r\ndefault_realm=A.TEST \r\n", "A.TEST"},
	{"default_realm = A.TEST\n", NULL},
	{"[realms]\ndefault_realm = A.TEST\n", NULL},
	{"[libdefaults]\n#default_realm = A\n; default_realm = A\n", NULL},
	{"[libdefaults]\n default_realm_x = A\n x = y\n z\n[realms]\n"
	 "default_realm = B\n[libdefaults]\ndefault_realm = C",
	 "C"},
	{"[libdefaults]\ndefault_realm = \n", NULL},
	{"[libdefaults]\ndefault_realm = A.REALM.LONGER.THAN.32.BYTES.TEST\n",
	 NULL},
};

START_TEST(test_default_realm)
{
	char path[] = "/tmp/krb5conf.XXXXXX";
	const char *text = krb5_confs[_i].text;
	char realm[32] = "";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	ck_assert_int_eq(sm_dcerpc_default_realm(path, realm, sizeof(realm)),
			 krb5_confs[_i].realm != NULL);
	ck_assert_str_eq(realm, krb5_confs[_i].realm != NULL
					? krb5_confs[_i].realm
					: "");
	unlink(path);
	ck_assert_int_eq(sm_dcerpc_default_realm(path, realm, sizeof(realm)),
			 0);
}
END_TEST

/* The second look goes where the connection goes. */
START_TEST(test_look_at_address)
{
	struct sm_target target = {.host = "no.such.name.invalid",
				   .address = "127.0.0.1",
				   .deadline = 5000};
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	ck_assert_int_eq(sm_dcerpc_connect_failed(&target, 0xC0000017, &fail),
			 SMBMGMT_E_UNREACHABLE);
	close(fd); /* now nothing listens there */
	ck_assert_int_eq(sm_dcerpc_connect_failed(&target, 0xC0000017, &fail),
			 SMBMGMT_E_CONNECTION_REFUSED);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("dcerpc");
	TCase *tcase = tcase_create("dcerpc");

	tcase_add_loop_test(tcase, test_connect_failed, 0, COUNT(statuses));
	tcase_add_test(tcase, test_second_look);
	tcase_add_loop_test(tcase, test_call_failed, 0, COUNT(calls));
	tcase_add_loop_test(tcase, test_kerberos_state, 0, COUNT(states));
	tcase_add_loop_test(tcase, test_no_ticket, 0, COUNT(krb5_errors));
	tcase_add_loop_test(tcase, test_kerberos_failed, 0, COUNT(tickets));
	tcase_add_loop_test(tcase, test_default_realm, 0, COUNT(krb5_confs));
	tcase_add_test(tcase, test_look_at_address);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
