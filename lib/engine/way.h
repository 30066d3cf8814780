/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * How a server is reached: what an open options object collects, a handle
 * keeps, and a transport's target is made of.
 */
#ifndef SM_ENGINE_WAY_H
#define SM_ENGINE_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"

enum sm_way_text {
	SM_WAY_ADDRESS,
	SM_WAY_KRB5_CONF,
	/* srvsvc and samba */
	SM_WAY_SMB_CONF,
	SM_WAY_SAMBA_PATH,
	/* wsman */
	SM_WAY_CA_FILE,
	SM_WAY_CLIENT_CERT,
	SM_WAY_CLIENT_KEY,
	SM_WAY_WSMAN_PATH,
	SM_WAY_TEXTS,
};

struct sm_way {
	char *texts[SM_WAY_TEXTS]; /* NULL: not given */
	uint32_t port;		   /* 0: not given */
	int32_t protection;	   /* SMBMGMT_PROTECTION_ */
	int32_t debug_level;
	int32_t auth; /* SMBMGMT_AUTH_ */
	bool allow_plaintext;
};

/* @to is to be cleared in any case. */
int sm_way_copy(const struct sm_way *from, struct sm_way *to,
		struct sm_fail *fail);
void sm_way_clear(struct sm_way *way);

#endif /* SM_ENGINE_WAY_H */
