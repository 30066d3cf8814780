/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The connections that the closes of one server go over, one close in flight
 * on each.  The first lane is the handle's own connection.  The others are
 * made beside it while it goes on, where enough is left to close for it to
 * pay, and end with the closing; one that breaks is not made again.
 */
#ifndef SM_ENGINE_LANES_H
#define SM_ENGINE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/layout.h"
#include "engine/handle.h"

/* However many the caller allows. */
#define SM_LANES_MAX 64

struct sm_lane {
	struct sm_lanes *lanes;
	struct sm_conn *conn; /* the first: NULL, it is the handle's */
	struct tevent_req *connecting;
	struct tevent_req *closing; /* in flight */
	size_t unit;		    /* that it closes */
	int64_t sent_ns;
};

struct sm_lanes {
	struct sm_engine *engine;
	struct smbmgmt_handle *handle;
	int64_t step_ns; /* how long making one may take */
	size_t allowed;	 /* by the caller; 0: ours to choose */
	void (*ready)(void *userdata);
	void *userdata;
	struct sm_lane *lane[SM_LANES_MAX];
	size_t count; /* of lane[], the broken ones too */
	size_t busy;  /* lanes with a close in flight */
	/* What is known of the server. */
	unsigned int answers;
	int64_t quickest_ns; /* of these answers */
	bool proved;	     /* one more connection was let in */
	bool no_more;	     /* none is made any more */
};

/*
 * @ready is called when a lane was made or could not be; not from inside a
 * function of these.
 */
struct sm_lanes *sm_lanes_new(TALLOC_CTX *mem, struct sm_engine *engine,
			      struct smbmgmt_handle *handle, int32_t per_server,
			      uint32_t milliseconds,
			      void (*ready)(void *userdata), void *userdata);

/*
 * May there be connections of ours beside the handle's own while this layout
 * is closed?  Not where something to be closed has a row of ours in its reach:
 * each connection would be one more of them.
 */
bool sm_lanes_suit(const struct sm_layout *layout);

/* Make more of them if it pays, with @left units still to be sent. */
void sm_lanes_grow(struct sm_lanes *lanes, size_t left);
/* One on which nothing is in flight, the handle's own first; or NULL. */
struct sm_lane *sm_lanes_idle(struct sm_lanes *lanes);
struct sm_conn *sm_lane_conn(const struct sm_lane *lane);

/* A close goes over the lane, and has come back. */
void sm_lane_sent(struct sm_lane *lane, struct tevent_req *closing,
		  size_t unit);
void sm_lane_answered(struct sm_lane *lane);
/* Has one beside the handle's own broken?  It is dropped, and told once. */
bool sm_lanes_broke(struct sm_lanes *lanes);

/* End the idle ones but the handle's own, and make none any more. */
void sm_lanes_end(struct sm_lanes *lanes);
/* The handle was removed: what is in flight fails with @why. */
void sm_lanes_kill(struct sm_lanes *lanes, const struct sm_fail *why);

#endif /* SM_ENGINE_LANES_H */
