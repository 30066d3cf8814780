/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a transport is.  Plain blocking code that runs in a child of
 * smbmgmt-helper (memory: in the process); the engine kills the child when a
 * deadline passes.  A function that returns 0 has succeeded; otherwise it
 * returns the code that it put into @fail.
 */
#ifndef SM_TRANSPORT_H
#define SM_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/row.h"
#include "util/fail.h"

/* What one close ends. */
enum sm_unit_kind {
	SM_UNIT_SESSION = 0,	 /* one session, by id and instance */
	SM_UNIT_CLIENT_USER = 1, /* all of a (client, user) */
	SM_UNIT_PROCESS = 2,	 /* all with one process text */
};

/* What a listing, or a transport, is able to do. */
#define SM_CAP_DOMAINS 1u	      /* user names carry their domain */
#define SM_CAP_POSSIBLE_COLLATERAL 2u /* a close may end the client's others   \
				       */
#define SM_CAP_INSTANCES 4u /* several SMB instances can be asked for */

/* Where to, and who asks.  Strings may be NULL where that is said. */
struct sm_target {
	const char *host;     /* name or address, no brackets */
	uint32_t port;	      /* 0: the transport's default */
	const char *user;     /* NULL or "": anonymous */
	const char *domain;   /* NULL: none given */
	const char *password; /* NULL: none given */
	uint32_t protection;  /* SMBMGMT_PROTECTION_ */
	const char *smb_conf; /* NULL: an empty configuration */
	uint32_t debug_level; /* of Samba's libraries, 0 to 4 */
	uint32_t deadline;    /* milliseconds that are left, 0: unknown */
	/* srvsvc: the level that an earlier connection found to work. */
	bool has_level_hint;
	uint32_t level_hint;
};

/* A way in: who the server takes us for, to find our own session. */
#define SM_IDENTITY_ADDRESSES 4
struct sm_identity {
	bool known;	/* false: no session of the server is ours */
	char user[256]; /* without domain; "" for anonymous */
	char addresses[SM_IDENTITY_ADDRESSES][64]; /* our side; "": end */
	uint32_t seconds; /* age of the connection when the listing was made */
};

/* What to ask for. */
struct sm_query {
	uint32_t instance; /* SMBMGMT_INSTANCE_; only with SM_CAP_INSTANCES */
	bool ask_instance; /* false: ask nothing, the server's default */
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
};

/* Takes one row; nonzero stops the listing with that code (set in fail). */
struct sm_sink {
	int (*row)(void *userdata, const struct sm_row *row,
		   struct sm_fail *fail);
	void *userdata;
};

/* What to end.  Which members count depends on the listing's unit. */
struct sm_close {
	uint32_t unit;	   /* enum sm_unit_kind */
	uint64_t id;	   /* SM_UNIT_SESSION */
	uint32_t instance; /* the instance it was found with */
	bool has_instance;
	const char *client; /* raw, as listed */
	const char *user;
	const char *process; /* SM_UNIT_PROCESS */
};

struct sm_transport_conn;

struct sm_transport {
	uint32_t size; /* sizeof this struct: members beyond it are NULL */
	const char *name;
	uint64_t fields;     /* all that it may supply */
	uint32_t caps;	     /* all that it may be able to do */
	const char *modules; /* carriers it can use, for errors; or "" */
	int (*connect)(const struct sm_target *target,
		       struct sm_transport_conn **conn, struct sm_fail *fail);
	int (*enumerate)(struct sm_transport_conn *conn,
			 const struct sm_query *query,
			 const struct sm_sink *sink, struct sm_listing *listing,
			 struct sm_fail *fail);
	/* 0: the server said yes.  SMBMGMT_E_GONE: it says there is none.
	 * SMBMGMT_E_CONNECTION_LOST: no answer came, it may have happened. */
	int (*close_unit)(struct sm_transport_conn *conn,
			  const struct sm_close *close, struct sm_fail *fail);
	void (*disconnect)(struct sm_transport_conn *conn);
};

#endif /* SM_TRANSPORT_H */
