/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The log: lines are queued by any thread and handed to the host's callback
 * only on a thread of the host's, inside a call of the library.
 */
#ifndef SM_ENGINE_LOG_H
#define SM_ENGINE_LOG_H

#include <stdint.h>

#include <smbmgmt/context.h>

struct sm_log;

struct sm_log *sm_log_new(void);
void sm_log_free(struct sm_log *log);
void sm_log_set(struct sm_log *log, int32_t level, smbmgmt_log_fn fn,
		void *userdata, smbmgmt_free_fn free_fn);
/* Queue a line; dropped (and counted) when the queue is full. */
void sm_log(struct sm_log *log, int32_t level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Hand what is queued to the callback; on a host's thread. */
void sm_log_deliver(struct sm_log *log);

#endif /* SM_ENGINE_LOG_H */
