/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One listing of one server: an immutable table of sessions in one arena.  A
 * reference to a session is a reference to its table.
 */
#ifndef SM_CORE_TABLE_H
#define SM_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/types.h>

#include "core/guid.h"
#include "core/listing.h"
#include "core/lists.h"
#include "core/row.h"
#include "util/arena.h"
#include "util/fail.h"
#include "util/ref.h"

struct smbmgmt_session {
	struct sm_table *table; /* borrowed: the session lives in it */
	struct sm_row row;
	/* Its part of the table's lists. */
	size_t share_first;
	size_t share_count;
	size_t file_first;
	size_t file_count;
};

/* The handle that a listing was made with, as values. */
struct sm_origin {
	uint32_t handle_id;
	struct sm_guid instance_id;
	const char *computer;
	const char *server;
	const char *transport;
};

/*
 * When a listing was made: each row is as the server had it at some moment
 * from @began_ns to @ended_ns, both sm_clock_now().
 */
struct sm_listed {
	int64_t at;	  /* UTC, ms, of began_ns */
	int64_t began_ns; /* before anything was asked for */
	int64_t ended_ns; /* when all of it was there */
	bool end_unknown; /* from data: ended_ns is as late as it can be */
};

struct sm_table {
	struct sm_ref ref;
	struct sm_arena arena;
	struct sm_origin origin; /* strings in the arena */
	struct sm_listing listing;
	struct sm_listed listed;
	bool own_unknown; /* we are there and no row is ours: see own.h */
	struct smbmgmt_session *sessions;
	size_t count;
	size_t size; /* while it is built */
	bool sealed;
	struct sm_lists lists; /* session by session */
};

/* A table to fill; one reference. */
int sm_table_new(const struct sm_origin *origin, struct sm_table **table,
		 struct sm_fail *fail);
/* Copy a row in.  Its texts must be UTF-8. */
int sm_table_add(struct sm_table *table, const struct sm_row *row,
		 struct sm_fail *fail);
/* To the lists of the row that was added last. */
int sm_table_add_share(struct sm_table *table, const char *share,
		       struct sm_fail *fail);
int sm_table_add_file(struct sm_table *table, const struct sm_file *file,
		      struct sm_fail *fail);
/*
 * Finish: nothing is added any more, sessions stay where they are.  Marks our
 * own rows and checks that no two close units share an id (AMBIGUOUS).
 */
int sm_table_seal(struct sm_table *table, const struct sm_listing *listing,
		  const struct sm_listed *listed, struct sm_fail *fail);

struct sm_table *sm_table_ref(struct sm_table *table);
void sm_table_unref(struct sm_table *table);

/*
 * The same session in a table of its own, a reference: who keeps it keeps no
 * listing.
 */
int sm_session_copy(const smbmgmt_session *session, smbmgmt_session **copy,
		    struct sm_fail *fail);

/* Hold a session: its table, that is.  NULL is accepted. */
static inline void sm_session_ref(smbmgmt_session *session)
{
	if (session != NULL)
		sm_table_ref(session->table);
}

static inline void sm_session_unref(smbmgmt_session *session)
{
	if (session != NULL)
		sm_table_unref(session->table);
}

static inline bool sm_row_has(const struct sm_row *row, uint64_t fields)
{
	return (row->have & fields) == fields;
}

/* Is the id one that the server gave? */
static inline bool sm_row_native(const struct sm_row *row)
{
	return sm_row_has(row, SMBMGMT_FIELD_ID) && !row->id_derived;
}

/* Order rows by (raw client, user without case), as (client, user) units. */
int sm_row_cmp_unit(const struct sm_row *a, const struct sm_row *b);

#endif /* SM_CORE_TABLE_H */
