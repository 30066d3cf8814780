/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The context: the registry of handles, and the engine once it is needed. */
#ifndef SM_ENGINE_CONTEXT_H
#define SM_ENGINE_CONTEXT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <smbmgmt/context.h>

#include "engine/audit.h"
#include "engine/engine.h"
#include "engine/handle.h"
#include "engine/log.h"
#include "util/ref.h"

struct smbmgmt_context {
	struct sm_ref users; /* the host's references, and calls in progress */
	struct sm_ref holds; /* memory: one for the users, one a handle */
	pid_t pid;	     /* whose it is */
	struct sm_log *log;
	struct sm_audit *audit;
	pthread_mutex_t lock; /* of all that follows */
	char *helper_path;
	/* Not of the lock: */
	atomic_uint idle_timeout; /* ms, 0: never */
	atomic_uint idle_limit;
	struct sm_idle *idle_first; /* the engine thread's, as those below */
	struct sm_idle **idle_last;
	size_t idle_count;
	/* Of the lock: */
	struct sm_engine *engine; /* NULL: nothing has needed it yet */
	smbmgmt_handle **handles; /* by id; a reference each */
	size_t handle_count;
	size_t handle_size;
	uint32_t last_id;
	smbmgmt_handle *here; /* this machine's own Samba's, or NULL */
};

int sm_context_new(smbmgmt_context **context, struct sm_fail *fail);
smbmgmt_context *sm_context_ref(smbmgmt_context *context);
void sm_context_unref(smbmgmt_context *context);
/* Memory only: what a handle keeps of its context. */
void sm_context_hold(smbmgmt_context *context);
void sm_context_release(smbmgmt_context *context);

/*
 * Around every public function that works on a context: FORKED, REENTRANT;
 * REMOVED if the context has ended (a handle may outlive it).  Between enter
 * and leave the context stays.  leave() hands log lines to the host.
 */
int sm_context_enter(smbmgmt_context *context, struct sm_fail *fail);
void sm_context_leave(smbmgmt_context *context);

/* The engine, started if need be. */
int sm_context_engine(smbmgmt_context *context, struct sm_engine **engine,
		      struct sm_fail *fail);
int sm_context_set_helper_path(smbmgmt_context *context, const char *path,
			       struct sm_fail *fail);

/* Give a new handle its id and default name, and keep it. */
int sm_context_add_handle(smbmgmt_context *context, smbmgmt_handle *handle,
			  struct sm_fail *fail);
/* All handles, in the order of their ids, a reference each; from malloc. */
int sm_context_handles(smbmgmt_context *context, smbmgmt_handle ***handles,
		       size_t *count, struct sm_fail *fail);
/*
 * The handle behind calls without one, which is in no registry and has the id
 * 0; NULL: there is none yet.  It stays where it is as long as the context.
 */
smbmgmt_handle *const *sm_context_here(smbmgmt_context *context);
/* Keep @handle as that, unless there is one meanwhile. */
void sm_context_set_here(smbmgmt_context *context, smbmgmt_handle *handle);
/* Take it out of the registry and end it.  REMOVED: it was removed before. */
int sm_context_remove_handle(smbmgmt_context *context, smbmgmt_handle *handle,
			     struct sm_fail *fail);

#endif /* SM_ENGINE_CONTEXT_H */
