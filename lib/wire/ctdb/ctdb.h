/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the ctdb command prints of a cluster, read from its whole output, and
 * whether a listing that is made meanwhile may be believed (docs/ctdb.md).
 */
#ifndef SM_WIRE_CTDB_H
#define SM_WIRE_CTDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

#define SM_CTDB_NODES 256 /* more is a failure */
#define SM_CTDB_NAME 256
#define SM_CTDB_NO_NODE UINT32_MAX

/* What is wrong with a node; those that take part all the same are 0. */
#define SM_CTDB_DISCONNECTED 1u
#define SM_CTDB_UNKNOWN 2u
#define SM_CTDB_BANNED 4u
#define SM_CTDB_STOPPED 8u
#define SM_CTDB_INACTIVE 16u
/* It is not heard of at all. */
#define SM_CTDB_DOWN (SM_CTDB_DISCONNECTED | SM_CTDB_UNKNOWN)

struct sm_ctdb_node {
	uint32_t number;
	uint32_t flags; /* SM_CTDB_ */
	char address[48];
};

struct sm_ctdb_view {
	struct sm_ctdb_node nodes[SM_CTDB_NODES];
	size_t count;
	uint32_t self;	/* number of the node that was asked */
	bool busy;	/* recovering, or frozen for it */
	char ended[48]; /* the last recovery; and how long it took */
	char took[48];
	/* Of sm_ctdb_read_status(). */
	bool normal; /* not in recovery */
	char generation[24];
	uint32_t masters[SM_CTDB_NODES]; /* of records, by hash */
	size_t master_count;
};

/* The host names of a view's nodes, in its order; "": it has none. */
struct sm_ctdb_names {
	char name[SM_CTDB_NODES][SM_CTDB_NAME];
};

/*
 * Each fills in its part of a view that was zeroed before; @text is all that
 * a command printed.  PROTOCOL: it is not that; TOO_LARGE: too many nodes.
 */
/* `ctdb -X nodestatus all` */
int sm_ctdb_read_nodes(const char *text, size_t len, struct sm_ctdb_view *view,
		       struct sm_fail *fail);
/* `ctdb -X statistics` */
int sm_ctdb_read_statistics(const char *text, size_t len,
			    struct sm_ctdb_view *view, struct sm_fail *fail);
/* `ctdb uptime` */
int sm_ctdb_read_uptime(const char *text, size_t len, struct sm_ctdb_view *view,
			struct sm_fail *fail);
/* `ctdb status` */
int sm_ctdb_read_status(const char *text, size_t len, struct sm_ctdb_view *view,
			struct sm_fail *fail);

/*
 * The names in what `getent hosts ADDRESS...` printed.  A name that could be
 * taken for a number, for an address or for another node is none.
 */
void sm_ctdb_read_hosts(const char *text, size_t len,
			const struct sm_ctdb_view *view,
			struct sm_ctdb_names *names);

/* The node of this number, or NULL. */
const struct sm_ctdb_node *sm_ctdb_node(const struct sm_ctdb_view *view,
					uint32_t number);

enum sm_ctdb_state {
	SM_CTDB_WHOLE,	/* at rest: a listing has all nodes */
	SM_CTDB_MOVING, /* for the moment it may lack some */
	SM_CTDB_PART,	/* it lacks a node until somebody sees to it */
};

/* Is a node down, so that the state depends on sm_ctdb_read_status()? */
bool sm_ctdb_needs_status(const struct sm_ctdb_view *view);

/* What a listing is worth in such a cluster; if not whole, why, in @fail. */
enum sm_ctdb_state sm_ctdb_judge(const struct sm_ctdb_view *view,
				 struct sm_fail *fail);

/* Did nothing happen between the two? */
bool sm_ctdb_same(const struct sm_ctdb_view *a, const struct sm_ctdb_view *b);

/* "stopped", "banned", ...; static. */
const char *sm_ctdb_flag_name(uint32_t flags);

#endif /* SM_WIRE_CTDB_H */
