/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* memory:demo: a small office, for trying things out. */
#include <smbmgmt/session.h>

#include "transport/memory/memory.h"

#define DEMO_FIELDS                                                            \
	(SMBMGMT_FIELD_ID | SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER |        \
	 SMBMGMT_FIELD_NUM_OPENS | SMBMGMT_FIELD_SECONDS_EXISTS |              \
	 SMBMGMT_FIELD_SECONDS_IDLE | SMBMGMT_FIELD_SCOPE |                    \
	 SMBMGMT_FIELD_NODE | SMBMGMT_FIELD_INSTANCE | SMBMGMT_FIELD_DIALECT | \
	 SMBMGMT_FIELD_TRANSPORT_NAME | SMBMGMT_FIELD_GUEST |                  \
	 SMBMGMT_FIELD_ENCRYPTED | SMBMGMT_FIELD_CLIENT_TYPE)

#define DEMO(number, who, from, count, age, quiet, where, secret)              \
	{                                                                      \
		.have = DEMO_FIELDS, .id = (number), .client = (from),         \
		.user = "ALPHA\\" who, .num_opens = (count), .exists = (age),  \
		.idle = (quiet), .scope = "*", .node = (where),                \
		.dialect = "3.1.1", .transport_name = "TCP",                   \
		.encrypted = (secret), .client_type = "demo"                   \
	}

int sm_memory_demo(smbmgmt_memory **memory, struct sm_fail *fail)
{
	static const struct sm_row rows[] = {
		DEMO(1, "alice", "\\\\10.0.0.5", 3, 7200, 30, "node-1", 1),
		DEMO(2, "bob", "\\\\10.0.0.5", 1, 3600, 900, "node-1", 1),
		DEMO(3, "alice", "\\\\10.0.0.6", 0, 86400, 43200, "node-2", 0),
		DEMO(4, "carol", "[fe80::1%3]", 2, 120, 5, "node-2", 1),
		DEMO(5, "svc-backup", "\\\\ws-7", 12, 259200, 1, "node-2", 0),
		DEMO(6, "admin", "\\\\10.0.0.9", 1, 1, 0, "node-1", 1),
	};
	smbmgmt_memory *m = NULL;
	int ret = sm_memory_new(&m, fail);

	for (size_t i = 0; ret == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		ret = sm_memory_add(m, &rows[i], NULL, NULL, fail);
	if (ret == 0)
		ret = sm_memory_set_own(m, 6, SMBMGMT_OWN_YES, fail);
	if (ret != 0) {
		sm_memory_unref(m);
		return ret;
	}
	*memory = m;
	return 0;
}
