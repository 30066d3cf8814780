/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second look at a host that could not be connected to: Samba's libraries
 * answer an unknown name, a closed port and a missing route much alike.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport/srvsvc/carrier_common.h"
#include "util/clock.h"

/* No look takes longer; the deadline may allow less. */
#define PROBE_MS 3000

/* Wait for the end of a connect; returns 0 or an errno. */
static int finish_connect(int fd, int64_t until)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int number = 0;
	int64_t left = 0;
	int ready = 0;

	do {
		left = (until - sm_clock_now()) / SM_MS;
		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return errno;
	if (ready == 0)
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
		return errno;
	return number;
}

static int try_address(const struct addrinfo *address, int64_t until)
{
	int fd = socket(address->ai_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int number = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) != 0)
		number = errno == EINPROGRESS ? finish_connect(fd, until)
					      : errno;
	close(fd);
	return number;
}

static int no_connection(const struct sm_target *target, int number,
			 uint32_t port, struct sm_fail *fail)
{
	/* What was connected to, and not what it is called. */
	const char *where =
		target->address != NULL ? target->address : target->host;
	char buffer[128];

	switch (number) {
	case ECONNREFUSED:
		return sm_fail_native(
			fail, SMBMGMT_E_CONNECTION_REFUSED,
			SMBMGMT_NATIVE_ERRNO, (uint32_t)number,
			"%s refuses connections on port %u: is an "
			"SMB server running there?",
			where, port);
	case ETIMEDOUT:
		return sm_fail_native(
			fail, SMBMGMT_E_TIMED_OUT, SMBMGMT_NATIVE_ERRNO,
			(uint32_t)number,
			"%s does not answer on port %u: is it up, "
			"and does a firewall let us through?",
			where, port);
	default:
		return sm_fail_native(
			fail, SMBMGMT_E_UNREACHABLE, SMBMGMT_NATIVE_ERRNO,
			(uint32_t)number, "There is no way to %s, port %u: %s.",
			where, port,
			strerror_r(number, buffer, sizeof(buffer)));
	}
}

int sm_carrier_probe(const struct sm_target *target, struct sm_fail *fail)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses = NULL;
	const struct addrinfo *at = NULL;
	uint32_t port = target->port != 0 ? target->port : SM_SMB_PORT;
	int64_t wait = PROBE_MS;
	int64_t until = 0;
	char service[16];
	int number = 0;
	int ret = 0;

	snprintf(service, sizeof(service), "%u", port);
	ret = getaddrinfo(target->address != NULL ? target->address
						  : target->host,
			  service, &hints, &addresses);
	if (ret != 0)
		return sm_fail(fail, SMBMGMT_E_HOST_UNKNOWN,
			       "The name %s has no address (%s): check the "
			       "name and the name service.",
			       target->host, gai_strerror(ret));
	if (target->deadline > 0 && target->deadline < 2 * PROBE_MS)
		wait = target->deadline / 2;
	until = sm_clock_now() + wait * SM_MS;
	for (at = addresses; at != NULL; at = at->ai_next) {
		number = try_address(at, until);
		if (number == 0)
			break;
	}
	freeaddrinfo(addresses);
	return number == 0 ? 0 : no_connection(target, number, port, fail);
}
