/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the files of exec share: what is done, and what came of it. */
#ifndef SM_ENGINE_EXEC_STATE_H
#define SM_ENGINE_EXEC_STATE_H

#include <tevent.h>

#include "core/diff.h"
#include "engine/exec.h"

/* How the close of a unit was answered. */
enum unit_answer {
	UNIT_NOT_TRIED = 0,
	UNIT_YES,     /* the server said yes */
	UNIT_GONE,    /* the server says there is none */
	UNIT_NO,      /* the server said no: sm_exec_why() */
	UNIT_UNKNOWN, /* sent, and no answer came: likewise */
};

struct unit_state {
	enum unit_answer answer;
	int64_t sent_ns;
	/* Most never have one, and there may be very many units. */
	const struct sm_fail *fail; /* or NULL */
};

/* A listing that closes were made from; the next when it is too old. */
struct epoch {
	struct sm_layout *layout; /* a reference */
	struct unit_state *units; /* one a unit */
	bool *reached;		  /* one a reach: a close went into it */
	struct sm_then *then;	  /* one a row: its fate by the last look */
	bool looked;
};

/* Where an item is by now. */
struct item_state {
	size_t item; /* in the plan */
	size_t row;  /* in the layout of @epoch, or as sm_layout_renew() */
	size_t epoch;
};

struct exec_state {
	struct sm_engine *engine;
	struct smbmgmt_handle *handle;
	const smbmgmt_plan *plan;
	size_t server;
	struct sm_exec_options options;
	struct sm_result *results;
	struct sm_fail fail;
	struct sm_turn *turn;
	void *step; /* what is in flight hangs off it */
	struct epoch **epochs;
	size_t epoch_count;
	struct item_state *items;
	size_t item_count;
	size_t listings;
	bool any_sent;
	/* Closing: */
	struct sm_lanes *lanes; /* NULL before it and after it */
	struct tevent_immediate *go_on;
	bool closing;	     /* false: the server is being read, or looked at */
	bool stopped;	     /* nothing more is sent: fail */
	size_t unit;	     /* the one at hand */
	size_t left;	     /* units of this epoch that are not sent yet */
	bool passed_over;    /* some wait for the next listing */
	bool broke;	     /* a connection did, since the listing */
	bool just_read;	     /* and nothing was closed since */
	bool own_pass;	     /* the last pass: our own units */
	unsigned int losses; /* connections lost while closing */
	/* Verifying: */
	int64_t look_until;
	int64_t pause;
	unsigned int remakes;  /* connections remade while verifying */
	struct sm_table *seen; /* the last complete look, a reference */
	bool look_failed;      /* no (further) look could be made: look_fail */
	struct sm_fail look_fail;
};

/* Of code 0 where there is none. */
static inline const struct sm_fail *sm_exec_why(const struct unit_state *unit)
{
	static const struct sm_fail none = {.offset = -1};

	return unit->fail == NULL ? &none : unit->fail;
}

static inline struct epoch *exec_epoch(const struct exec_state *state)
{
	return state->epochs[state->epoch_count - 1];
}

/*
 * Tell from a complete listing what became of the rows of all epochs.
 * *@pending: something that was closed is, or may be, still there.
 */
int sm_exec_take_look(struct exec_state *state, struct sm_table *now,
		      bool *pending, struct sm_fail *fail);
/* Does anything that was sent need a look? */
bool sm_exec_needs_look(const struct exec_state *state);
/* Is anything expected to go, so that it is looked for again and again? */
bool sm_exec_waits(const struct exec_state *state);
/*
 * Write down that @unit is about to be sent; if that fails, it is not to be:
 * the state's fail says why.
 */
int sm_exec_audit(struct exec_state *state, size_t unit, int64_t milliseconds);
/* For the units that failed so: it lives as long as the state. */
const struct sm_fail *sm_exec_keep(struct exec_state *state,
				   const struct sm_fail *why);
/* Write the results of this server's items. */
void sm_exec_write_results(struct exec_state *state);

/* How long one step on the server may take, milliseconds. */
int64_t sm_exec_step(const struct exec_state *state);

/* Is the listing surely of another machine than one before it?  As an error. */
int sm_exec_check_peer(const struct exec_state *state,
		       const struct sm_table *now, struct sm_fail *fail);

/* The steps, each of which leads to the next one by itself. */
/* Read the server again, then close what is left. */
void sm_exec_reread(struct tevent_req *req);
/* Close by the newest listing. */
void sm_exec_begin_closing(struct tevent_req *req);
/* Go on with it, soon. */
void sm_exec_close(struct tevent_req *req);
/* Nothing more can be closed: fail says why; look after what was sent. */
void sm_exec_stop_closing(struct tevent_req *req);
/* There is no memory to go on with, nor for a look. */
void sm_exec_nomem(struct tevent_req *req);
void sm_exec_verify(struct tevent_req *req);
void sm_exec_finish(struct tevent_req *req);

#endif /* SM_ENGINE_EXEC_STATE_H */
