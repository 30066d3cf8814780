/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The CTDB cluster that this machine's Samba may be a part of: how it is, who
 * its nodes are, and whether a process lives on one.  docs/ctdb.md has why.
 */
#ifndef SM_SAMBA_CLUSTER_H
#define SM_SAMBA_CLUSTER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "transport/samba/ask.h"
#include "wire/ctdb/ctdb.h"
#include "wire/smbstatus/smbstatus.h"

struct sm_cluster {
	char ctdb[PATH_MAX]; /* "": there is none; these two as well */
	char testparm[PATH_MAX];
	char getent[PATH_MAX];
	char *smb_conf;	  /* the connection's; NULL: Samba's own default */
	bool known;	  /* whether there is a cluster */
	bool member;	  /* there is */
	int64_t named_at; /* when names were asked for last; 0: never */
	struct sm_ctdb_view view; /* the last whole one: the names' */
	struct sm_ctdb_names names;
	struct sm_answer answer; /* at work */
};

/* Is Samba configured as one of a cluster?  Asked once. */
bool sm_cluster_is(struct sm_cluster *cluster, int64_t deadline);

/*
 * Look how the cluster is: *@state, and if that is not WHOLE, why, in @fail.
 * An error is that it does not answer.
 */
int sm_cluster_look(struct sm_cluster *cluster, int64_t deadline,
		    struct sm_ctdb_view *view, enum sm_ctdb_state *state,
		    struct sm_fail *fail);

/* Keep this view, and find its nodes' names. */
void sm_cluster_keep(struct sm_cluster *cluster,
		     const struct sm_ctdb_view *view, int64_t deadline);

/* The name of a node of the view that was kept, else its address, or NULL. */
const char *sm_cluster_name(const struct sm_cluster *cluster, uint64_t vnn);
const char *sm_cluster_address(const struct sm_cluster *cluster, uint64_t vnn);
/* Is the node down, by that view? */
bool sm_cluster_is_down(const struct sm_cluster *cluster, uint64_t vnn);

/*
 * May this process be ended: is its node in order, and does it live there?
 * *@here: it is one of this machine's.  GONE; REFUSED_UNSAFE: that cannot be
 * told, or the node would obey later.
 */
int sm_cluster_check(struct sm_cluster *cluster,
		     const struct sm_server_id *server, int64_t deadline,
		     bool *here, struct sm_fail *fail);
/* Does it live there?  The same. */
int sm_cluster_lives(struct sm_cluster *cluster,
		     const struct sm_server_id *server, int64_t deadline,
		     struct sm_fail *fail);

#endif /* SM_SAMBA_CLUSTER_H */
