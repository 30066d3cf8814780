/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What is asked of a transport: plain data, for any transport. */
#ifndef SM_CORE_REQUEST_H
#define SM_CORE_REQUEST_H

#include <stdbool.h>
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
	uint32_t protection;	/* SMBMGMT_PROTECTION_ */
	const char *smb_conf;	/* NULL: an empty configuration */
	const char *samba_path; /* folder of its tools; NULL: the usual ones */
	uint32_t debug_level;	/* of Samba's libraries, 0 to 4 */
	uint32_t deadline;	/* milliseconds that are left, 0: unknown */
	/* srvsvc: the level that an earlier connection found to work. */
	bool has_level_hint;
	uint32_t level_hint;
};

/* What to ask for. */
struct sm_query {
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
