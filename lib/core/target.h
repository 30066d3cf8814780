/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* `[TRANSPORT:]HOST[:PORT]`, as a server is given. */
#ifndef SM_CORE_TARGET_H
#define SM_CORE_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"

/* HOST has at most 255 bytes (RFC 1035), and one more for the NUL. */
#define SM_HOST_MAX 256

struct sm_address {
	const char *transport;	/* static; NULL: none given */
	char host[SM_HOST_MAX]; /* without brackets */
	uint32_t port;		/* 0: none given */
};

/*
 * Take @text apart.  An IPv6 address stands in brackets where a port
 * follows, and may stand bare otherwise.  INVALID: no host, a bad port,
 * brackets that do not match, blanks or controls, not UTF-8.
 */
int sm_address_parse(const char *text, struct sm_address *address,
		     struct sm_fail *fail);

/* An IPv4 address, or an IPv6 one, with or without a zone; no brackets. */
bool sm_address_is_numeric(const char *text);

/* The static name of a transport of this library, or NULL. */
const char *sm_transport_name(const char *name, size_t len);

#endif /* SM_CORE_TARGET_H */
