/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Client names in canonical form.  One client is written in many ways: bare,
 * behind `\\`, an IPv6 address in brackets, an IPv4 address mapped into IPv6,
 * an address with a zone.  Canonical is: no leading `\\`, no brackets; an
 * address that parses as IPv4-mapped IPv6 is the IPv4 address, another IPv6
 * address is in inet_ntop()'s text; a zone (after `%`) stands apart.
 */
#ifndef SM_CORE_CLIENT_H
#define SM_CORE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct sm_client {
	/* An address in canonical text, or "" if the name is no address. */
	char address[48];
	/* The name that is no address: points into the source text. */
	const char *name;
	size_t name_len;
	/* The zone of an IPv6 address: points into the source text; or "". */
	const char *zone;
	size_t zone_len;
};

/* Read a client's name; @text must outlive @client.  Never fails. */
void sm_client_parse(const char *text, struct sm_client *client);

/* Compare without case and without zones: <0, 0, >0.  A total order. */
int sm_client_cmp(const struct sm_client *a, const struct sm_client *b);

/* The same with zones counted (zones compare without case as well). */
int sm_client_cmp_zone(const struct sm_client *a, const struct sm_client *b);

#endif /* SM_CORE_CLIENT_H */
