/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What is asked of a transport: plain data, for any transport. */
#ifndef SM_CORE_REQUEST_H
#define SM_CORE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where to, and who asks.  Strings may be NULL where that is said. */
struct sm_target {
	const char *host;	/* name or address, no brackets */
	uint32_t port;		/* 0: the transport's default */
	const char *user;	/* NULL or "": anonymous */
	const char *domain;	/* NULL: none given */
	const char *password;	/* NULL: none given */
	uint32_t kerberos;	/* SMBMGMT_KERBEROS_ */
	const char *ccache;	/* NULL: krb5.conf's default */
	const char *krb5_conf;	/* NULL: the system's */
	const char *address;	/* where @host is; NULL: look it up */
	bool pinned;		/* and that is what a listing found out */
	uint32_t protection;	/* SMBMGMT_PROTECTION_ */
	const char *smb_conf;	/* NULL: an empty configuration */
	const char *samba_path; /* folder of its tools; NULL: the usual ones */
	uint32_t debug_level;	/* of Samba's libraries, 0 to 4 */
	uint32_t deadline;	/* milliseconds that are left, 0: unknown */
	/* wsman */
	bool tls;
	uint32_t auth;		 /* SMBMGMT_AUTH_, never DEFAULT */
	bool allow_plaintext;	 /* of Basic without TLS */
	const char *ca_file;	 /* NULL: the system's */
	const char *client_cert; /* NULL: none */
	const char *client_key;	 /* NULL: it is in client_cert */
	const char *wsman_path;	 /* NULL: /wsman */
	/* srvsvc: the level that an earlier connection found to work. */
	bool has_level_hint;
	uint32_t level_hint;
};

/*
 * What a server may select by itself, to send less: values of one property are
 * ORed, properties ANDed.  It leaves nothing out that the filter is about; the
 * core filters what comes all the same.
 */
enum sm_selectable {
	SM_SELECTED_ID,
	SM_SELECTED_CLIENT, /* a name and no address, without `\\` */
	SM_SELECTED_USER,
	SM_SELECTED_SCOPE,
	SM_SELECTED_NODE,
};

struct sm_selected {
	uint32_t property; /* enum sm_selectable */
	uint64_t first;	   /* of ids, both included */
	uint64_t last;
	const char *text; /* else: ASCII */
};

#define SM_SELECT_MOST 64

struct sm_select {
	size_t count;				  /* 0: everything */
	struct sm_selected items[SM_SELECT_MOST]; /* by property */
};

/* What to ask for. */
struct sm_query {
	struct sm_select select;
	uint32_t instance; /* SMBMGMT_INSTANCE_; only with SM_CAP_INSTANCES */
	bool ask_instance; /* false: ask nothing, the server's default */
	uint32_t deadline; /* milliseconds that are left, 0: unknown */
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
	uint32_t deadline;   /* milliseconds that are left, 0: unknown */
};

#endif /* SM_CORE_REQUEST_H */
