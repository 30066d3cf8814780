/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/target.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/text.h"

static const char *const names[] = {"memory", "samba", "srvsvc", "wsman",
				    "wsmans"};

const char *sm_transport_name(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == len &&
		    sm_text_ncmp(names[i], len, name, len) == 0)
			return names[i];
	}
	return NULL;
}

static int bad(struct sm_fail *fail, const char *text, const char *why)
{
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "'%s' names no server: %s; write HOST, HOST:PORT, "
		       "[ADDRESS]:PORT or TRANSPORT:HOST.",
		       text, why);
}

static int parse_port(const char *text, const char *all, uint32_t *port,
		      struct sm_fail *fail)
{
	uint32_t value = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return bad(fail, all, "its port is no number");
		value = value * 10 + (uint32_t)(*p - '0');
		if (value > 65535)
			return bad(fail, all, "its port is over 65535");
	}
	if (value == 0)
		return bad(fail, all, "its port is missing or 0");
	*port = value;
	return 0;
}

static int set_host(struct sm_address *address, const char *host, size_t len,
		    const char *all, struct sm_fail *fail)
{
	if (len == 0)
		return bad(fail, all, "the host is missing");
	if (len >= sizeof(address->host))
		return bad(fail, all, "the host is over 255 bytes");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)host[i];

		/* A backslash or slash would mean something to the carrier. */
		if (c <= ' ' || c == 0x7f || strchr("\\/[]\"'@,", c) != NULL)
			return bad(fail, all,
				   "the host has a character that no host "
				   "has");
	}
	memcpy(address->host, host, len);
	address->host[len] = '\0';
	return 0;
}

int sm_address_parse(const char *text, struct sm_address *address,
		     struct sm_fail *fail)
{
	const char *host = text;
	const char *colon = strchr(text, ':');
	const char *close = NULL;
	int ret = 0;

	memset(address, 0, sizeof(*address));
	if (!sm_text_valid(text, strlen(text), NULL))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The server's name is not UTF-8.");
	if (colon != NULL) {
		address->transport =
			sm_transport_name(text, (size_t)(colon - text));
		if (address->transport != NULL)
			host = colon + 1;
	}
	if (host[0] == '[') {
		close = strchr(host, ']');
		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return bad(fail, text, "its brackets do not match");
		ret = set_host(address, host + 1, (size_t)(close - host - 1),
			       text, fail);
		if (ret == 0 && close[1] == ':')
			ret = parse_port(close + 2, text, &address->port, fail);
		return ret;
	}
	colon = strchr(host, ':');
	/* Two colons or more: an IPv6 address without brackets. */
	if (colon == NULL || strchr(colon + 1, ':') != NULL)
		return set_host(address, host, strlen(host), text, fail);
	ret = set_host(address, host, (size_t)(colon - host), text, fail);
	if (ret == 0)
		ret = parse_port(colon + 1, text, &address->port, fail);
	return ret;
}

bool sm_address_is_numeric(const char *text)
{
	uint8_t binary[sizeof(struct in6_addr)];
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	if (len >= sizeof(address) || (text[len] == '%' && !text[len + 1]))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return inet_pton(AF_INET6, address, binary) == 1 ||
	       (text[len] == '\0' && inet_pton(AF_INET, text, binary) == 1);
}
