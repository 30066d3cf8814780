/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own side of the connection.  libdcerpc does not tell; but this process
 * has one connection, so the descriptors that are TCP connections to the
 * server's port are it.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "transport/srvsvc/dcerpc_carrier.h"

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

/* Our address on this descriptor, if it is a connection to @port. */
static bool own_address(int fd, uint32_t port, char text[64])
{
	struct sockaddr_storage peer = {0};
	struct sockaddr_storage own = {0};
	socklen_t peer_len = sizeof(peer);
	socklen_t own_len = sizeof(own);

	if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) != 0 ||
	    port_of(&peer) != port)
		return false;
	return getsockname(fd, (struct sockaddr *)&own, &own_len) == 0 &&
	       port_of(&own) != 0 && format_address(&own, text);
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

void sm_dcerpc_addresses(uint32_t port, struct sm_identity *identity)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry = NULL;
	size_t count = 0;

	memset(identity->addresses, 0, sizeof(identity->addresses));
	if (dir == NULL)
		return;
	while (count < SM_IDENTITY_ADDRESSES &&
	       (entry = readdir(dir)) != NULL) {
		char text[64] = "";
		char *end = NULL;
		long fd = strtol(entry->d_name, &end, 10);

		if (*end != '\0' || end == entry->d_name ||
		    !own_address((int)fd, port, text) ||
		    is_known(identity, count, text))
			continue;
		memcpy(identity->addresses[count++], text, sizeof(text));
	}
	closedir(dir);
}
