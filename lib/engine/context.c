/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "engine/context.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/callback.h"
#include "engine/fleet.h"
#include "engine/job.h"
#include "util/vec.h"

/* The file that an address is mapped from, by the kernel's own account. */
static bool mapped_file(uintptr_t address, char path[PATH_MAX])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[PATH_MAX + 128];
	bool found = false;

	while (maps != NULL && !found &&
	       fgets(line, sizeof(line), maps) != NULL) {
		uintptr_t from = 0;
		uintptr_t to = 0;
		int at = 0;

		found = sscanf(line,
			       "%" SCNxPTR "-%" SCNxPTR
			       " %*s %*s %*s "
			       "%*s %n",
			       &from, &to, &at) == 2 &&
			address >= from && address < to && line[at] == '/';
		line[strcspn(line, "\n")] = '\0';
		if (found)
			snprintf(path, PATH_MAX, "%s", line + at);
	}
	if (maps != NULL)
		fclose(maps);
	return found;
}

/*
 * Where the library is.  A name that is not absolute, as LD_LIBRARY_PATH=lib
 * gives it, means another file once the host has changed its directory.
 */
static bool find_library(char path[PATH_MAX])
{
	uintptr_t here = (uintptr_t)find_library;
	Dl_info info;

	if (dladdr((void *)here, &info) == 0 || info.dli_fname == NULL)
		return false;
	if (info.dli_fname[0] == '/')
		return realpath(info.dli_fname, path) != NULL;
	return mapped_file(here, path);
}

/*
 * The helper belongs to the library: it is in the folder smbmgmt beside it,
 * installed and in the build tree alike.  SMBMGMT_HELPER is the installed
 * path, for a library that does not know where it is (a static link).
 */
static char *find_helper(void)
{
	char real[PATH_MAX];
	char path[PATH_MAX];
	char *slash = NULL;
	int n = 0;

	if (find_library(real)) {
		slash = strrchr(real, '/');
		*slash = '\0';
		n = snprintf(path, sizeof(path), "%s/smbmgmt/smbmgmt-helper",
			     real);
		if (n > 0 && (size_t)n < sizeof(path) &&
		    access(path, X_OK) == 0)
			return strdup(path);
	}
	return strdup(SMBMGMT_HELPER);
}

int sm_context_new(smbmgmt_context **context, struct sm_fail *fail)
{
	smbmgmt_context *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&c->users);
	sm_ref_init(&c->holds);
	pthread_mutex_init(&c->lock, NULL);
	atomic_init(&c->idle_timeout, SM_IDLE_DEFAULT);
	atomic_init(&c->idle_limit, sm_idle_limit());
	c->pid = getpid();
	c->log = sm_log_new();
	c->audit = sm_audit_new();
	c->helper_path = find_helper();
	if (c->log == NULL || c->audit == NULL || c->helper_path == NULL) {
		sm_context_release(c);
		return sm_fail_nomem(fail);
	}
	*context = c;
	return 0;
}

void sm_context_hold(smbmgmt_context *context)
{
	sm_ref_get(&context->holds);
}

void sm_context_release(smbmgmt_context *context)
{
	if (!sm_ref_put(&context->holds))
		return;
	sm_log_free(context->log);
	sm_audit_free(context->audit);
	free(context->helper_path);
	free(context->handles);
	pthread_mutex_destroy(&context->lock);
	free(context);
}

smbmgmt_context *sm_context_ref(smbmgmt_context *context)
{
	sm_ref_get(&context->users);
	return context;
}

void sm_handle_unref(struct smbmgmt_handle *handle)
{
	smbmgmt_context *context = NULL;

	if (handle == NULL || !sm_ref_put(&handle->ref))
		return;
	context = handle->context;
	sm_handle_free(handle);
	sm_context_release(context);
}

static void end_handle(smbmgmt_context *context, smbmgmt_handle *handle)
{
	atomic_store(&handle->state, SMBMGMT_STATE_REMOVED);
	if (context->engine != NULL)
		sm_fleet_shutdown(context->engine, handle);
	sm_handle_unref(handle);
}

/* The host's last reference is gone, and no call is in progress. */
static void end(smbmgmt_context *context)
{
	if (context->engine != NULL)
		sm_job_end_all(context->engine);
	for (size_t i = 0; i < context->handle_count; i++)
		end_handle(context, context->handles[i]);
	context->handle_count = 0;
	if (context->here != NULL)
		end_handle(context, context->here);
	context->here = NULL;
	sm_engine_free(context->engine);
	context->engine = NULL;
	sm_log_deliver(context->log);
	sm_log_set(context->log, 0, NULL, NULL, NULL);
	sm_audit_deliver(context->audit);
	sm_audit_set(context->audit, NULL, NULL, NULL);
	sm_audit_set_fd(context->audit, -1, NULL);
}

/*
 * In a forked child the threads are the parent's, and so are the helper and
 * whatever a lock was guarding: all is left alone.
 */
void sm_context_unref(smbmgmt_context *context)
{
	if (context == NULL || !sm_ref_put(&context->users))
		return;
	if (context->pid != getpid())
		return;
	end(context);
	sm_context_release(context);
}

/* A reference, unless there is none left to share. */
static bool try_ref(struct sm_ref *ref)
{
	unsigned int count = atomic_load(&ref->count);

	while (count != 0) {
		if (atomic_compare_exchange_weak(&ref->count, &count,
						 count + 1))
			return true;
	}
	return false;
}

int sm_context_enter(smbmgmt_context *context, struct sm_fail *fail)
{
	if (sm_callback_inside())
		return sm_fail(fail, SMBMGMT_E_REENTRANT,
			       "The library was called from inside one of its "
			       "callbacks; return from it first.");
	if (context->pid != getpid())
		return sm_fail(fail, SMBMGMT_E_FORKED,
			       "This context belongs to the process that made "
			       "it; make a new one after fork().");
	if (!try_ref(&context->users))
		return sm_fail(fail, SMBMGMT_E_REMOVED,
			       "The context of this handle has ended.");
	return 0;
}

void sm_context_leave(smbmgmt_context *context)
{
	sm_log_deliver(context->log);
	sm_audit_deliver(context->audit);
	sm_context_unref(context);
}

int sm_context_engine(smbmgmt_context *context, struct sm_engine **engine,
		      struct sm_fail *fail)
{
	int ret = 0;

	pthread_mutex_lock(&context->lock);
	if (context->engine == NULL)
		ret = sm_engine_new(context->log, context->helper_path,
				    &context->engine, fail);
	*engine = context->engine;
	pthread_mutex_unlock(&context->lock);
	return ret;
}

int sm_context_set_helper_path(smbmgmt_context *context, const char *path,
			       struct sm_fail *fail)
{
	char *copy = NULL;
	int ret = 0;

	if (path[0] != '/')
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The helper's path '%s' is not absolute.", path);
	copy = strdup(path);
	if (copy == NULL)
		return sm_fail_nomem(fail);
	pthread_mutex_lock(&context->lock);
	if (context->engine != NULL) {
		ret = sm_fail(fail, SMBMGMT_E_INVALID,
			      "The engine runs already; set the helper's path "
			      "before the first handle is opened.");
	} else {
		char *old = context->helper_path;

		context->helper_path = copy;
		copy = old;
	}
	pthread_mutex_unlock(&context->lock);
	free(copy);
	return ret;
}

static int register_locked(smbmgmt_context *context, smbmgmt_handle *handle,
			   struct sm_fail *fail)
{
	void *handles = context->handles;
	char name[32];

	if (context->last_id == UINT32_MAX)
		return sm_fail(fail, SMBMGMT_E_TOO_LARGE,
			       "All handle ids of this context are used up; "
			       "make a new context.");
	if (handle->name == NULL) {
		snprintf(name, sizeof(name), "Handle%u", context->last_id + 1);
		handle->name = strdup(name);
	}
	if (handle->name == NULL ||
	    !sm_vec_room(&handles, &context->handle_size, context->handle_count,
			 sizeof(*context->handles)))
		return sm_fail_nomem(fail);
	context->handles = handles;
	handle->id = ++context->last_id;
	context->handles[context->handle_count++] = sm_handle_ref(handle);
	return 0;
}

int sm_context_add_handle(smbmgmt_context *context, smbmgmt_handle *handle,
			  struct sm_fail *fail)
{
	int ret = 0;

	pthread_mutex_lock(&context->lock);
	ret = register_locked(context, handle, fail);
	pthread_mutex_unlock(&context->lock);
	return ret;
}

int sm_context_handles(smbmgmt_context *context, smbmgmt_handle ***handles,
		       size_t *count, struct sm_fail *fail)
{
	smbmgmt_handle **copy = NULL;

	pthread_mutex_lock(&context->lock);
	copy = calloc(context->handle_count + 1, sizeof(*copy));
	*count = 0;
	for (size_t i = 0; copy != NULL && i < context->handle_count; i++)
		copy[(*count)++] = sm_handle_ref(context->handles[i]);
	pthread_mutex_unlock(&context->lock);
	if (copy == NULL)
		return sm_fail_nomem(fail);
	*handles = copy;
	return 0;
}

smbmgmt_handle *const *sm_context_here(smbmgmt_context *context)
{
	smbmgmt_handle *here = NULL;

	pthread_mutex_lock(&context->lock);
	here = context->here;
	pthread_mutex_unlock(&context->lock);
	return here == NULL ? NULL : &context->here;
}

void sm_context_set_here(smbmgmt_context *context, smbmgmt_handle *handle)
{
	pthread_mutex_lock(&context->lock);
	if (context->here == NULL)
		context->here = sm_handle_ref(handle);
	pthread_mutex_unlock(&context->lock);
}

static bool unregister(smbmgmt_context *context, smbmgmt_handle *handle)
{
	bool found = false;

	pthread_mutex_lock(&context->lock);
	for (size_t i = 0; i < context->handle_count; i++) {
		if (found)
			context->handles[i - 1] = context->handles[i];
		else if (context->handles[i] == handle)
			found = true;
	}
	if (found)
		context->handle_count--;
	pthread_mutex_unlock(&context->lock);
	return found;
}

int sm_context_remove_handle(smbmgmt_context *context, smbmgmt_handle *handle,
			     struct sm_fail *fail)
{
	struct sm_engine *engine = NULL;
	int old = atomic_exchange(&handle->state, SMBMGMT_STATE_REMOVED);

	if (old == SMBMGMT_STATE_REMOVED || !unregister(context, handle))
		return sm_fail(fail, SMBMGMT_E_REMOVED,
			       "The handle %u was removed already.",
			       handle->id);
	/* Without an engine it has no connection, and gets none any more. */
	pthread_mutex_lock(&context->lock);
	engine = context->engine;
	pthread_mutex_unlock(&context->lock);
	if (engine != NULL)
		sm_fleet_shutdown(engine, handle);
	sm_handle_unref(handle);
	return 0;
}
