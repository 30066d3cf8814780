/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_ENGINE_LOGPIPE_H
#define SM_ENGINE_LOGPIPE_H

#include "engine/engine.h"

/*
 * A pipe whose lines go into the log: what the helper and the libraries in it
 * print.  @write_fd is the caller's; the reading end lives until the last
 * writer is gone.
 */
int sm_logpipe_open(struct sm_engine *engine, int *write_fd,
		    struct sm_fail *fail);

#endif /* SM_ENGINE_LOGPIPE_H */
