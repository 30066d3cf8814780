/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a listing says beside its rows: plain data, from any transport. */
#ifndef SM_CORE_LISTING_H
#define SM_CORE_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What one close ends. */
enum sm_unit_kind {
	SM_UNIT_SESSION = 0,	 /* one session, by id and instance */
	SM_UNIT_CLIENT_USER = 1, /* all of a (client, user) */
	SM_UNIT_PROCESS = 2,	 /* all with one process text */
};

/* What a listing, or a transport, is able to do. */
#define SM_CAP_DOMAINS 1u	      /* user names carry their domain */
#define SM_CAP_POSSIBLE_COLLATERAL 2u /* a close may end a client's others */
#define SM_CAP_INSTANCES 4u /* several SMB instances can be asked for */

/* A way in: who the server takes us for, to find our own session. */
#define SM_IDENTITY_ADDRESSES 4
struct sm_identity {
	bool known;	 /* false: no session of the server is ours */
	char user[1024]; /* without domain; "" for anonymous */
	char addresses[SM_IDENTITY_ADDRESSES][64]; /* our side; "": end */
	uint32_t seconds; /* age of the connection when the listing was made */
	uint32_t connecting; /* seconds that making it took: its session may be
				so much older */
};

/* What came of a listing, beside its rows. */
struct sm_listing {
	uint64_t fields; /* fields that this server supplies */
	uint32_t caps;	 /* SM_CAP_ */
	uint32_t unit;	 /* enum sm_unit_kind */
	bool incomplete; /* may lack live sessions */
	char why[200];	 /* if incomplete: the reason, a sentence */
	bool has_level;	 /* srvsvc: @level is to be hinted next time */
	uint32_t level;
	struct sm_identity identity;
	char peer[64]; /* the server's numeric address; "": unknown */
};

/* Are they surely of two machines?  A name may lead to several. */
static inline bool sm_listing_moved(const struct sm_listing *a,
				    const struct sm_listing *b)
{
	return a->peer[0] != '\0' && b->peer[0] != '\0' &&
	       strcmp(a->peer, b->peer) != 0;
}

#endif /* SM_CORE_LISTING_H */
