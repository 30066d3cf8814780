/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A handle and its connection.  What identifies it is fixed when it is made;
 * what belongs to its connection is the engine thread's alone.
 */
#ifndef SM_ENGINE_HANDLE_H
#define SM_ENGINE_HANDLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <smbmgmt/handle.h>

#include "core/guid.h"
#include "core/table.h"
#include "engine/conn.h"
#include "engine/credentials.h"
#include "engine/engine.h"
#include "engine/way.h"
#include "util/ref.h"

struct sm_turn;
struct sm_lanes;
struct sm_nap;

struct smbmgmt_handle {
	struct sm_ref ref;
	struct smbmgmt_context *context; /* held: memory only */
	uint32_t id;
	struct sm_guid instance_id;
	char instance_text[SM_GUID_TEXT];
	char *name;
	char *computer;
	char *server;
	const char *transport; /* static */
	/* How to connect. */
	char *host;
	const char *module; /* static: of the helper */
	bool tls;
	struct sm_way way;
	uint32_t deadline; /* ms per step */
	smbmgmt_credentials *credentials;
	smbmgmt_memory *memory; /* transport memory */
	atomic_int state;	/* SMBMGMT_STATE_ */
	/* The engine thread's: */
	struct sm_conn *conn;	       /* may be dead */
	struct tevent_req *connecting; /* while a connection is made */
	struct sm_turn *turns;	       /* whose turn it is, and who waits */
	struct sm_nap *naps;	       /* who waits, and not for the server */
	struct sm_lanes *lanes;	       /* of the close at hand, or NULL */
	bool fresh;		       /* conn was made in the turn at hand */
	bool has_level_hint;
	uint32_t level_hint;
	char peer[64]; /* where its last listing came from; "": unknown */
	bool missed;   /* no way led there: the next turn asks for the name */
};

#define SM_DEADLINE_DEFAULT 30000
/*
 * A host that polls once a minute keeps its connections; a server sees no
 * session of one that has gone on to other things.  Milliseconds.
 */
#define SM_IDLE_DEFAULT 60000

/* Frees what the handle owns; its connection must be gone. */
void sm_handle_free(struct smbmgmt_handle *handle);
static inline struct smbmgmt_handle *sm_handle_ref(struct smbmgmt_handle *h)
{
	sm_ref_get(&h->ref);
	return h;
}
void sm_handle_unref(struct smbmgmt_handle *handle);

void sm_handle_origin(const struct smbmgmt_handle *handle,
		      struct sm_origin *origin);

/*
 * One operation at a time uses a handle's connection, in the order in which
 * they asked.  @ready is called on the engine thread, at once or later, with
 * 0 or SMBMGMT_E_REMOVED.  The turn ends when it is freed; once nobody has
 * one, the connection is idle, and is dropped as the context says.
 */
struct sm_turn *sm_turn_wait(TALLOC_CTX *mem, struct smbmgmt_handle *handle,
			     void (*ready)(void *userdata, int ret),
			     void *userdata);

/*
 * As sm_timer_add(), for what works on the handle: its removal brings it
 * forward.
 */
struct sm_nap *sm_nap_start(TALLOC_CTX *mem, struct sm_engine *engine,
			    struct smbmgmt_handle *handle, int64_t when,
			    void (*fn)(void *userdata), void *userdata);

/* How many idle connections are kept where nobody says so. */
uint32_t sm_idle_limit(void);
/* Nobody has a turn on its connection: it is idle until somebody has. */
void sm_handle_rest(struct smbmgmt_handle *handle);

/* The handle was removed: its connection ends, whoever waits is told. */
void sm_handle_shutdown(struct smbmgmt_handle *handle);

/* When a step that begins now is too late; 0: the handle's own time. */
int64_t sm_handle_deadline(const struct smbmgmt_handle *handle,
			   uint32_t milliseconds);

/*
 * A connection to the handle's server, made as its own one is: to the machine
 * that was listed, once one was.
 */
struct tevent_req *sm_dial_send(TALLOC_CTX *mem, struct sm_engine *engine,
				struct smbmgmt_handle *handle,
				int64_t deadline);
int sm_dial_recv(struct tevent_req *req, TALLOC_CTX *mem, struct sm_conn **conn,
		 struct sm_fail *fail);

/* Does each further connection surely lead to the machine that was listed? */
bool sm_dial_leads_there(const struct smbmgmt_handle *handle);
/* REFUSED_UNSAFE if the two listings are surely of two machines, else 0. */
int sm_dial_check(const struct smbmgmt_handle *handle,
		  const struct sm_listing *before, const struct sm_listing *now,
		  struct sm_fail *fail);

/* Give up a connection that is being made. */
void sm_handle_connect_cancel(struct smbmgmt_handle *handle,
			      const struct sm_fail *why);
/* Connect if there is no live connection; during a turn. */
struct tevent_req *sm_handle_connect_send(TALLOC_CTX *mem,
					  struct sm_engine *engine,
					  struct smbmgmt_handle *handle,
					  uint32_t milliseconds);
int sm_handle_connect_recv(struct tevent_req *req, struct sm_fail *fail);

/* What a listing is to be of, and how long it may take. */
struct sm_ask {
	uint32_t instances;    /* bit n: SMB instance n; 0: ask nothing */
	uint32_t milliseconds; /* a step; 0: the handle's deadline */
	/*
	 * What may be left to the server; NULL: a whole listing.  Whoever
	 * compares two listings, as every close does, needs whole ones.
	 */
	const struct sm_select *select;
};

/*
 * One listing, connecting if needed, one enumeration for each of the SMB
 * instances asked for; during a turn.  A connection that is older than the turn
 * and breaks is made again, and the listing with it, once.
 */
struct tevent_req *sm_look_send(TALLOC_CTX *mem, struct sm_engine *engine,
				struct smbmgmt_handle *handle,
				const struct sm_ask *ask);
/* @table is the caller's reference. */
int sm_look_recv(struct tevent_req *req, struct sm_table **table,
		 struct sm_fail *fail);

#endif /* SM_ENGINE_HANDLE_H */
