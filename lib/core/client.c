/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/client.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/text.h"

/* The IPv4 address in @text of @len bytes, in canonical text. */
static bool parse_ipv4(const char *text, size_t len, char address[48])
{
	struct in_addr in;
	char copy[INET_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET, copy, &in) == 1 &&
	       inet_ntop(AF_INET, &in, address, 48) != NULL;
}

/* The IPv6 address in @text, or the IPv4 address that is mapped into it. */
static bool parse_ipv6(const char *text, size_t len, char address[48])
{
	struct in6_addr in;
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET6, copy, &in) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&in))
		return inet_ntop(AF_INET, &in.s6_addr[12], address, 48) != NULL;
	return inet_ntop(AF_INET6, &in, address, 48) != NULL;
}

/*
 * An IPv6 address with or without brackets, with or without a zone; the zone
 * is written inside the brackets or, by some servers, behind them.
 */
static bool parse_ipv6_zone(const char *text, size_t len,
			    struct sm_client *client)
{
	const char *end = text + len;
	const char *address_end = end;
	const char *percent = memchr(text, '%', len);
	const char *close = memchr(text, ']', len);

	if (len > 0 && text[0] == '[') {
		if (close == NULL)
			return false;
		text++;
		if (close == end - 1)
			end = close;
		else if (percent != close + 1)
			return false;
		address_end = close;
	} else if (close != NULL) {
		return false;
	}
	if (percent != NULL) {
		if (percent < address_end)
			address_end = percent;
		if (percent + 1 == end)
			return false;
	}
	if (!parse_ipv6(text, (size_t)(address_end - text), client->address))
		return false;
	if (percent != NULL) {
		client->zone = percent + 1;
		client->zone_len = (size_t)(end - client->zone);
	}
	return true;
}

void sm_client_parse(const char *text, struct sm_client *client)
{
	size_t len = 0;

	memset(client, 0, sizeof(*client));
	if (text[0] == '\\' && text[1] == '\\')
		text += 2;
	len = strlen(text);
	client->name = text + len;
	client->zone = text + len;
	if (parse_ipv4(text, len, client->address) ||
	    parse_ipv6_zone(text, len, client))
		return;
	client->address[0] = '\0';
	client->name = text;
	client->name_len = len;
}

int sm_client_cmp(const struct sm_client *a, const struct sm_client *b)
{
	int order = strcmp(a->address, b->address);

	if (order != 0)
		return order < 0 ? -1 : 1;
	return sm_text_ncmp(a->name, a->name_len, b->name, b->name_len);
}

int sm_client_cmp_zone(const struct sm_client *a, const struct sm_client *b)
{
	int order = sm_client_cmp(a, b);

	if (order != 0)
		return order;
	return sm_text_ncmp(a->zone, a->zone_len, b->zone, b->zone_len);
}
