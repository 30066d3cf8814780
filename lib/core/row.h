/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One session as a transport reports it: plain values, strings borrowed from
 * whoever calls.  `have` says which fields mean anything.
 */
#ifndef SM_CORE_ROW_H
#define SM_CORE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include <smbmgmt/session.h>

/*
 * Internal fields, in the bits above the public ones.
 * PROCESS: the server process that carries the session, an opaque text.
 * UNIQUE: the server's own unique id of this very session (or its start
 * time), so that an id that is used again is told apart.
 * NODE_ADDRESS: where the cluster node is, for a filter that names it so.
 */
#define SM_FIELD_PROCESS (UINT64_C(1) << 48)
#define SM_FIELD_UNIQUE (UINT64_C(1) << 49)
#define SM_FIELD_NODE_ADDRESS (UINT64_C(1) << 50)

#define SM_FIELDS_TEXT                                                         \
	(SMBMGMT_FIELD_CLIENT | SMBMGMT_FIELD_USER | SMBMGMT_FIELD_SCOPE |     \
	 SMBMGMT_FIELD_NODE | SMBMGMT_FIELD_DIALECT |                          \
	 SMBMGMT_FIELD_TRANSPORT_NAME | SMBMGMT_FIELD_CLIENT_TYPE |            \
	 SMBMGMT_FIELD_GROUP | SMBMGMT_FIELD_ADDRESS | SMBMGMT_FIELD_CIPHER |  \
	 SMBMGMT_FIELD_SIGNING | SM_FIELD_PROCESS | SM_FIELD_NODE_ADDRESS)
#define SM_FIELDS_NUMBER                                                       \
	(SMBMGMT_FIELD_ID | SMBMGMT_FIELD_NUM_OPENS |                          \
	 SMBMGMT_FIELD_SECONDS_EXISTS | SMBMGMT_FIELD_SECONDS_IDLE |           \
	 SMBMGMT_FIELD_INSTANCE | SMBMGMT_FIELD_GUEST |                        \
	 SMBMGMT_FIELD_ENCRYPTED | SMBMGMT_FIELD_UID | SMBMGMT_FIELD_GID |     \
	 SMBMGMT_FIELD_NODE_NUMBER | SMBMGMT_FIELD_AUTH_TIME |                 \
	 SMBMGMT_FIELD_IN_PROGRESS | SM_FIELD_UNIQUE)
/* Lists, which follow their row. */
#define SM_FIELDS_LIST (SMBMGMT_FIELD_SHARES | SMBMGMT_FIELD_OPEN_FILES)
#define SM_FIELDS_ALL (SM_FIELDS_TEXT | SM_FIELDS_NUMBER | SM_FIELDS_LIST)

/* A file that a session has open. */
struct sm_file {
	const char *path;  /* on the server */
	bool writes;	   /* it was opened for writing */
	int64_t opened_at; /* UTC, ms; 0: unknown */
};

struct sm_row {
	uint64_t have; /* SMBMGMT_FIELD_ and SM_FIELD_ bits */
	uint64_t id;
	uint64_t num_opens;
	uint64_t unique;
	uint32_t exists;   /* seconds */
	uint32_t idle;	   /* seconds */
	uint32_t instance; /* SMBMGMT_INSTANCE_ */
	uint8_t guest;
	uint8_t encrypted;
	uint32_t uid;
	uint32_t gid;
	uint32_t node_number;
	int64_t auth_time;	/* UTC, ms */
	uint8_t cipher_degree;	/* SMBMGMT_DEGREE_, of FIELD_CIPHER */
	uint8_t signing_degree; /* and of FIELD_SIGNING */
	uint8_t in_progress;
	uint8_t id_derived;
	uint8_t own; /* SMBMGMT_OWN_; set by core, or by memory */
	const char *client;
	const char *user;
	const char *scope;
	const char *node;
	const char *dialect;
	const char *transport_name;
	const char *client_type;
	const char *group;
	const char *address;
	const char *cipher;
	const char *signing;
	const char *process;
	const char *node_address;
};

/* Where a text field lives in a row, NULL for a field that is no text. */
const char **sm_row_text(struct sm_row *row, uint64_t field);

#endif /* SM_CORE_ROW_H */
