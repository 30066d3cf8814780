/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What `smbstatus --json` of Samba 4.17 and later says of sessions: read in
 * one pass, within a bound of memory, and joined.  Keys that are not known
 * are passed over, and what is missing is unknown.
 */
#ifndef SM_WIRE_SMBSTATUS_H
#define SM_WIRE_SMBSTATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/fail.h"
#include "wire/smbstatus/json.h"

/* All that is kept of one document. */
#define SM_SMBSTATUS_MEMORY ((size_t)192 << 20)

/* The node number of a server that is in no cluster. */
#define SM_VNN_NONE UINT32_MAX

/* One of Samba's processes, of all that were and will be. */
struct sm_server_id {
	bool known; /* all of the following, and a unique id at all */
	uint64_t pid;
	uint64_t task;
	uint64_t vnn;
	uint64_t unique;
};

/* How much of the traffic it is; SMBMGMT_DEGREE_. */
struct sm_crypto {
	bool known;
	int32_t degree;
	const char *name; /* "" for none */
};

struct sm_smb_file {
	const char *folder; /* of the share; NULL: unknown */
	const char *name;   /* below it; NULL: unknown */
};

struct sm_smb_open {
	const struct sm_smb_file *file;
	struct sm_server_id server;
	uint64_t uid;
	bool has_uid;
	bool nobodys;	   /* no session of its process has its uid */
	bool writes;	   /* opened for writing */
	int64_t opened_at; /* UTC, ms; 0: unknown */
};

struct sm_smb_tree {
	const char *share;
	struct sm_server_id server;
	uint64_t session_id;
};

struct sm_smb_session {
	bool has_id;
	uint64_t id;
	struct sm_server_id server;
	bool has_uid;
	bool has_gid;
	uint32_t uid;
	uint32_t gid;
	bool in_progress; /* it is not authenticated yet */
	const char *user; /* this and the next: NULL is unknown */
	const char *group;
	const char *client;  /* as Samba names it, */
	const char *address; /* and where it is */
	const char *dialect; /* such as "3.1.1" */
	struct sm_crypto encryption;
	struct sm_crypto signing;
	int64_t created_at; /* UTC, ms; 0: unknown */
	int64_t auth_at;    /* the same */
	/* After sm_smbstatus_join(): in trees, and twice in opens. */
	size_t tree_first;
	size_t tree_count;
	size_t open_first; /* of its user, in its process */
	size_t open_count;
	size_t other_first; /* of nobody's in its process */
	size_t other_count;
};

struct sm_smbstatus {
	struct sm_arena arena;
	struct sm_smb_session *sessions;
	size_t session_count;
	size_t session_size;
	struct sm_smb_tree *trees;
	size_t tree_count;
	size_t tree_size;
	struct sm_smb_open *opens;
	size_t open_count;
	size_t open_size;
	const char *version; /* NULL: unknown */
	bool has_sessions;   /* such a section was there */
	bool has_trees;
	bool has_opens;
};

/*
 * Read a document that sm_json_start() was told of.  @status is to be zeroed
 * before, and freed in any case.  Its sessions are in the document's order.
 */
int sm_smbstatus_read(struct sm_json *json, struct sm_smbstatus *status,
		      struct sm_fail *fail);

/*
 * Say of each session which trees and opens are its own.  An open names its
 * process and uid, not its session: several sessions of one user in one
 * process share theirs, and what was opened under a uid that no session of
 * the process has (force user) is counted with each of them, for it may be
 * any one's.  Trees and opens are sorted for it.
 */
int sm_smbstatus_join(struct sm_smbstatus *status, struct sm_fail *fail);

void sm_smbstatus_free(struct sm_smbstatus *status);

/* "2026-11-21T07:05:01.049188+00:00" in UTC ms; false if it is no time. */
bool sm_smbstatus_time(const char *text, int64_t *milliseconds);

/* Is it Samba @major.@minor or later?  False if it is no version. */
bool sm_smbstatus_is(const char *version, unsigned int major,
		     unsigned int minor);

/* A total order; 0: the same process. */
int sm_server_id_cmp(const struct sm_server_id *a,
		     const struct sm_server_id *b);

#endif /* SM_WIRE_SMBSTATUS_H */
