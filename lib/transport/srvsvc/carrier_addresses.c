/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own side of the connection.  Samba's libraries do not tell; but this
 * process has one connection, so the descriptors that are TCP connections to
 * the server's port are it.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "transport/srvsvc/carrier_common.h"

#define FDS "/proc/self/fd"

/* Standard input, output and error are always open: no new one fits. */
#define NO_MORE_FDS 3

static bool limit_fds(rlim_t soft, rlim_t *before)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return false;
	if (before != NULL)
		*before = files.rlim_cur;
	files.rlim_cur = soft < files.rlim_max ? soft : files.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &files) == 0;
}

bool sm_carrier_seal(void)
{
	return limit_fds(NO_MORE_FDS, NULL);
}

/* For a look only. */
static DIR *open_fds(rlim_t *before)
{
	DIR *dir = NULL;

	*before = RLIM_INFINITY;
	limit_fds(RLIM_INFINITY, before);
	dir = opendir(FDS);
	limit_fds(*before, NULL);
	return dir;
}

/* The port of an address, 0 if it is no IP address. */
static uint32_t port_of(const struct sockaddr_storage *address)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (address->ss_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return ntohs(in.sin_port);
	}
	if (address->ss_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		return ntohs(in6.sin6_port);
	}
	return 0;
}

static bool format_address(const struct sockaddr_storage *address,
			   char text[64])
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (address->ss_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return inet_ntop(AF_INET, &in.sin_addr, text, 64) != NULL;
	}
	memcpy(&in6, address, sizeof(in6));
	if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return inet_ntop(AF_INET, &in6.sin6_addr.s6_addr[12], text,
				 64) != NULL;
	return inet_ntop(AF_INET6, &in6.sin6_addr, text, 64) != NULL;
}

/* Is this descriptor a connection to @port? */
static bool is_connection(int fd, uint32_t port)
{
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	       port_of(&peer) == port;
}

/* The next such descriptor of this process, or -1 after the last. */
static int next_connection(DIR *dir, uint32_t port)
{
	const struct dirent *entry = NULL;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *end = NULL;
		long fd = strtol(entry->d_name, &end, 10);

		if (*end == '\0' && end != entry->d_name &&
		    is_connection((int)fd, port))
			return (int)fd;
	}
	return -1;
}

static bool is_known(const struct sm_identity *identity, size_t count,
		     const char *text)
{
	size_t i = 0;

	for (i = 0; i < count; i++)
		if (strcmp(identity->addresses[i], text) == 0)
			return true;
	return false;
}

static bool own_address(int fd, char text[64])
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
	       port_of(&own) != 0 && format_address(&own, text);
}

void sm_carrier_addresses(uint32_t port, struct sm_identity *identity)
{
	rlim_t before;
	DIR *dir = open_fds(&before);
	size_t count = 0;
	int fd = 0;

	memset(identity->addresses, 0, sizeof(identity->addresses));
	while (count < SM_IDENTITY_ADDRESSES &&
	       (fd = next_connection(dir, port)) >= 0) {
		char text[64] = "";

		if (!own_address(fd, text) || is_known(identity, count, text))
			continue;
		memcpy(identity->addresses[count++], text, sizeof(text));
	}
	if (dir != NULL)
		closedir(dir);
}

/* One that others may connect to: a link-local one takes a zone, too. */
static bool peer_address(int fd, char text[64])
{
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);
	struct in6_addr in6;

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	       port_of(&peer) != 0 && format_address(&peer, text) &&
	       (inet_pton(AF_INET6, text, &in6) != 1 ||
		!IN6_IS_ADDR_LINKLOCAL(&in6));
}

void sm_carrier_peer(uint32_t port, char peer[64])
{
	rlim_t before;
	DIR *dir = open_fds(&before);
	bool one = true;
	int fd = 0;

	memset(peer, 0, 64);
	while (one && (fd = next_connection(dir, port)) >= 0) {
		char text[64] = "";

		one = peer_address(fd, text) &&
		      (peer[0] == '\0' || strcmp(peer, text) == 0);
		memcpy(peer, one ? text : "", one ? sizeof(text) : 1);
	}
	if (dir != NULL)
		closedir(dir);
}

bool sm_carrier_connected(uint32_t port)
{
	rlim_t before;
	DIR *dir = open_fds(&before);
	bool connected = false;
	int fd = 0;

	while (!connected && (fd = next_connection(dir, port)) >= 0) {
		struct pollfd look = {.fd = fd, .events = POLLRDHUP};

		connected = poll(&look, 1, 0) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return connected;
}

void sm_carrier_cut(uint32_t port)
{
	rlim_t before;
	DIR *dir = open_fds(&before);
	int fd = 0;

	while ((fd = next_connection(dir, port)) >= 0)
		shutdown(fd, SHUT_RDWR);
	if (dir != NULL)
		closedir(dir);
}
