/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The carrier's own parts that need no SMB server: errors and addresses. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <smbmgmt/handle.h>

#include "suite.h"
#include "transport/srvsvc/dcerpc_carrier.h"

/* A TCP socket that listens on loopback, and its port. */
static int make_listener(uint32_t *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	*port = ntohs(in.sin_port);
	return fd;
}

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

START_TEST(test_addresses)
{
	struct sm_identity identity = {.known = true};
	struct sockaddr_in in = {.sin_family = AF_INET};
	uint32_t port = 0;
	int listener = make_listener(&port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sm_dcerpc_addresses(port, &identity);
	ck_assert_str_eq(identity.addresses[0], "");
	in.sin_port = htons((uint16_t)port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	sm_dcerpc_addresses(port, &identity);
	ck_assert_str_eq(identity.addresses[0], "127.0.0.1");
	ck_assert_str_eq(identity.addresses[1], "");
	sm_dcerpc_addresses(port + 1, &identity);
	ck_assert_str_eq(identity.addresses[0], "");
	close(fd);
	close(listener);
}
END_TEST

/* IPv4 inside an IPv6 socket is IPv4, and is not counted twice. */
START_TEST(test_mapped_address)
{
	struct sm_identity identity = {.known = true};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	uint32_t port = 0;
	int listener = make_listener(&port);
	int fds[2];
	int i = 0;

	in6.sin6_port = htons((uint16_t)port);
	ck_assert_int_eq(
		inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr), 1);
	for (i = 0; i < 2; i++) {
		fds[i] = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
		/* A machine without IPv6 has nothing to show here. */
		if (fds[i] < 0)
			return;
		ck_assert_int_eq(
			connect(fds[i], (struct sockaddr *)&in6, sizeof(in6)),
			0);
	}
	sm_dcerpc_addresses(port, &identity);
	ck_assert_str_eq(identity.addresses[0], "127.0.0.1");
	ck_assert_str_eq(identity.addresses[1], "");
	close(fds[0]);
	close(fds[1]);
	close(listener);
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
	tcase_add_test(tcase, test_addresses);
	tcase_add_test(tcase, test_mapped_address);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
