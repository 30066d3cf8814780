/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "transport.h"

#include "say.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define NETWORK (~TRANSPORT_SAMBA)
#define BOTH_WSMAN (TRANSPORT_WSMAN | TRANSPORT_WSMANS)

static const struct {
	const char *prefix;
	unsigned transport;
} prefixes[] = {
	{"memory:", TRANSPORT_MEMORY}, {"samba:", TRANSPORT_SAMBA},
	{"wsman:", TRANSPORT_WSMAN},   {"wsmans:", TRANSPORT_WSMANS},
	{"srvsvc:", TRANSPORT_SRVSVC},
};

/* A member of struct where; one that is all zeros was not given. */
#define MEMBER(member)                                                         \
	offsetof(struct where, member), sizeof(((struct where *)0)->member)

static const struct {
	const char *option;
	const char *servers; /* those that it is for */
	unsigned transports;
	size_t offset;
	size_t size;
} owned[] = {
	{"port", "servers on a network, not for samba:", NETWORK, MEMBER(port)},
	{"address", "servers on a network, not for samba:", NETWORK,
	 MEMBER(address)},
	{"carrier", "servers over srvsvc", TRANSPORT_SRVSVC, MEMBER(carrier)},
	{"auth", "wsman: and wsmans: servers", BOTH_WSMAN, MEMBER(auth)},
	{"wsman-path", "wsman: and wsmans: servers", BOTH_WSMAN,
	 MEMBER(wsman_path)},
	{"allow-plaintext", "wsman: servers", TRANSPORT_WSMAN,
	 MEMBER(allow_plaintext)},
	{"ca-file", "wsmans: servers", TRANSPORT_WSMANS, MEMBER(ca_file)},
	{"client-cert", "wsmans: servers", TRANSPORT_WSMANS,
	 MEMBER(client_cert)},
	{"client-key", "wsmans: servers", TRANSPORT_WSMANS, MEMBER(client_key)},
};

#define OWNED (sizeof(owned) / sizeof(owned[0]))

unsigned transport_of(const char *server)
{
	size_t i;

	if (server == NULL || server[0] == '\0') {
		return TRANSPORT_SAMBA;
	}
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncasecmp(server, prefixes[i].prefix,
				strlen(prefixes[i].prefix)) == 0) {
			return prefixes[i].transport;
		}
	}
	return TRANSPORT_SRVSVC;
}

struct where transport_where(const struct where *where, unsigned transport)
{
	struct where fitting = *where;
	size_t i;

	for (i = 0; i < OWNED; i++) {
		if ((owned[i].transports & transport) == 0) {
			memset((char *)&fitting + owned[i].offset, 0,
			       owned[i].size);
		}
	}
	return fitting;
}

static bool is_given(const struct where *where, size_t index)
{
	const char *bytes = (const char *)where + owned[index].offset;
	size_t i;

	for (i = 0; i < owned[index].size; i++) {
		if (bytes[i] != 0) {
			return true;
		}
	}
	return false;
}

unsigned transport_check(const struct where *where, const struct words *names)
{
	unsigned transports = names->count == 0 ? TRANSPORT_SAMBA : 0;
	size_t i;

	for (i = 0; i < names->count; i++) {
		transports |= transport_of(names->word[i]);
	}
	for (i = 0; i < OWNED; i++) {
		if ((owned[i].transports & transports) == 0 &&
		    is_given(where, i)) {
			return say_usage(
				"--%s is for %s, and none is named: leave it "
				"out, or name one (SMBMGMT_E_INVALID)",
				owned[i].option, owned[i].servers);
		}
	}
	return 0;
}
