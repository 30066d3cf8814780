/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What rounds.c (when) and rounds_told.c (what came of it) share. */
#ifndef SM_ENGINE_ROUNDS_STATE_H
#define SM_ENGINE_ROUNDS_STATE_H

#include "engine/round.h"
#include "engine/rounds.h"

struct rounds_server {
	struct sm_round round;
	struct sm_evicted sum;
	smbmgmt_report *report;	  /* its part: what came of its rounds */
	struct sm_layout *before; /* the round before; a reference */
	uint8_t *ended;		  /* which of its rows that round ended */
	int64_t until;		  /* of an evict; 0: no round has ended yet */
	int64_t when;		  /* the next round; 0: there is none */
	int32_t refused;	  /* why it will not close: only look; or 0 */
};

struct sm_rounds {
	struct sm_rounds_how how;
	struct rounds_server *servers;
	size_t n;
};

/* Add up who was closed, came back, and is there. */
int sm_rounds_count(struct sm_rounds *rounds, struct rounds_server *server,
		    const struct sm_rounded *rounded, struct sm_fail *fail);
/*
 * Into the server's report, and the audit, at once: it may be long until the
 * end.  server->when says whether this was the last round.
 */
int sm_rounds_tell(struct sm_rounds *rounds, struct rounds_server *server,
		   const struct sm_rounded *rounded, struct sm_fail *fail);

#endif /* SM_ENGINE_ROUNDS_STATE_H */
