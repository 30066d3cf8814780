/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the carriers share: this process' own connections, seen from inside. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener.h"
#include "suite.h"
#include "transport/srvsvc/carrier_common.h"

START_TEST(test_addresses)
{
	struct sm_identity identity = {.known = true};
	struct sockaddr_in in = {.sin_family = AF_INET};
	uint32_t port = 0;
	int listener = make_listener(&port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sm_carrier_addresses(port, &identity);
	ck_assert_str_eq(identity.addresses[0], "");
	in.sin_port = htons((uint16_t)port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	sm_carrier_addresses(port, &identity);
	ck_assert_str_eq(identity.addresses[0], "127.0.0.1");
	ck_assert_str_eq(identity.addresses[1], "");
	sm_carrier_addresses(port + 1, &identity);
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
	sm_carrier_addresses(port, &identity);
	ck_assert_str_eq(identity.addresses[0], "127.0.0.1");
	ck_assert_str_eq(identity.addresses[1], "");
	close(fds[0]);
	close(fds[1]);
	close(listener);
}
END_TEST

/* A connection to @port, and the listener's side of it. */
static int make_connection(int listener, uint32_t port, int *other)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_port = htons((uint16_t)port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	*other = accept(listener, NULL, NULL);
	ck_assert_int_ge(*other, 0);
	return fd;
}

START_TEST(test_connected)
{
	uint32_t port = 0;
	int listener = make_listener(&port);
	int other = -1;
	int fd = -1;

	ck_assert(!sm_carrier_connected(port));
	fd = make_connection(listener, port, &other);
	ck_assert(sm_carrier_connected(port));
	ck_assert(!sm_carrier_connected(port + 1));
	/* What the other side still said does not make it connected. */
	ck_assert_int_eq(write(other, "x", 1), 1);
	ck_assert(sm_carrier_connected(port));
	close(other);
	ck_assert(!sm_carrier_connected(port));
	close(fd);
	close(listener);
}
END_TEST

START_TEST(test_cut)
{
	uint32_t port = 0;
	int listener = make_listener(&port);
	int other = -1;
	int fd = make_connection(listener, port, &other);
	char byte = 0;

	sm_carrier_cut(port + 1);
	ck_assert(sm_carrier_connected(port));
	sm_carrier_cut(port);
	ck_assert(!sm_carrier_connected(port));
	/* Neither side waits any more, and nothing was closed behind us. */
	ck_assert_int_eq(read(fd, &byte, 1), 0);
	ck_assert_int_eq(read(other, &byte, 1), 0);
	ck_assert_int_eq(close(fd), 0);
	close(other);
	close(listener);
}
END_TEST

START_TEST(test_probe)
{
	struct sm_target target = {.host = "127.0.0.1", .deadline = 5000};
	struct sm_fail fail = {0};
	int fd = make_listener(&target.port);

	ck_assert_int_eq(sm_carrier_probe(&target, &fail), 0);
	close(fd);
	ck_assert_int_eq(sm_carrier_probe(&target, &fail),
			 SMBMGMT_E_CONNECTION_REFUSED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("carrier");
	TCase *tcase = tcase_create("carrier");

	tcase_add_test(tcase, test_addresses);
	tcase_add_test(tcase, test_mapped_address);
	tcase_add_test(tcase, test_connected);
	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_probe);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
