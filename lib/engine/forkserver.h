/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The library's end of the fork server: started when it is first needed, and
 * again when it has died; with pauses where it dies each time, in which
 * whoever needs it is told at once.
 */
#ifndef SM_ENGINE_FORKSERVER_H
#define SM_ENGINE_FORKSERVER_H

#include <stdint.h>

#include "engine/engine.h"

/*
 * Make the process of a connection that uses carrier @module.  Errors:
 * HELPER_MISSING, HELPER_DIED, NOT_SUPPORTED (no such module), TIMED_OUT,
 * SYSTEM.
 */
struct tevent_req *sm_spawn_send(TALLOC_CTX *mem, struct sm_engine *engine,
				 const char *module, int64_t deadline);
/* @sock to the child and its @pidfd become the caller's. */
int sm_spawn_recv(struct tevent_req *req, int *sock, int *pidfd,
		  struct sm_fail *fail);

#endif /* SM_ENGINE_FORKSERVER_H */
