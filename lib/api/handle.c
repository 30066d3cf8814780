/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "api/api.h"
#include "core/target.h"
#include "transport/memory/memory.h"
#include "wire/frames/frame.h"

static int set_memory(smbmgmt_handle *handle,
		      const smbmgmt_open_options *options, struct sm_fail *fail)
{
	if (strcmp(handle->transport, "memory") != 0) {
		if (options->memory == NULL)
			return 0;
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A memory table was given for transport %s; "
			       "open 'memory:NAME' for it.",
			       handle->transport);
	}
	if (options->memory != NULL) {
		handle->memory = sm_memory_ref(options->memory);
		return 0;
	}
	if (strcmp(handle->host, "demo") == 0)
		return sm_memory_demo(&handle->memory, fail);
	return sm_fail(fail, SMBMGMT_E_INVALID,
		       "There is no memory table '%s'; give one with "
		       "smbmgmt_open_options_set_memory(), or open "
		       "'memory:demo'.",
		       handle->host);
}

static char *copy(const char *text)
{
	return text == NULL ? NULL : strdup(text);
}

/* The module of the helper that has the transport. */
static const char *module_of(const char *transport,
			     const smbmgmt_open_options *options)
{
	if (strcmp(transport, "samba") == 0)
		return SM_HELPER_SAMBA;
	if (strcmp(transport, "wsman") == 0 || strcmp(transport, "wsmans") == 0)
		return SM_HELPER_WSMAN;
	return options->carrier != NULL ? options->carrier : "auto";
}

static int fill_in(smbmgmt_handle *handle, const char *computer,
		   const struct sm_address *address,
		   const smbmgmt_open_options *options, struct sm_fail *fail)
{
	int ret = sm_way_copy(&options->way, &handle->way, fail);

	if (ret != 0)
		return ret;
	handle->way.port = address->port;
	handle->way.auth = sm_api_auth(options);
	handle->transport = address->transport;
	handle->tls = strcmp(address->transport, "wsmans") == 0;
	handle->module = module_of(address->transport, options);
	handle->name = copy(options->name);
	handle->computer = copy(address->host);
	handle->host = copy(address->host);
	/* A name that opens the same again. */
	handle->server =
		copy(sm_api_names_here(computer) ? SM_HERE_NAME : computer);
	handle->deadline = options->deadline != 0 ? options->deadline
						  : SM_DEADLINE_DEFAULT;
	if ((options->name != NULL && handle->name == NULL) ||
	    handle->computer == NULL || handle->host == NULL ||
	    handle->server == NULL)
		return sm_fail_nomem(fail);
	/* The caller may go on changing its object. */
	if (options->credentials != NULL)
		return sm_credentials_copy(options->credentials,
					   &handle->credentials, fail);
	return 0;
}

static int make_instance_id(smbmgmt_handle *handle, struct sm_fail *fail)
{
	uint8_t random[16];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return sm_fail_errno(fail, errno,
				     "The kernel gives no random bytes");
	sm_guid_make(random, &handle->instance_id);
	sm_guid_format(&handle->instance_id, handle->instance_text);
	return 0;
}

static int make_handle(smbmgmt_context *context, const char *computer,
		       const smbmgmt_open_options *options,
		       smbmgmt_handle **handle, struct sm_fail *fail)
{
	static const smbmgmt_open_options defaults = {.ref = {1}};
	struct sm_address address = {0};
	smbmgmt_handle *h = NULL;
	int ret = 0;

	if (options == NULL)
		options = &defaults;
	ret = sm_api_resolve(computer, options, &address, fail);
	if (ret != 0)
		return ret;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&h->ref);
	atomic_init(&h->state, SMBMGMT_STATE_DISCONNECTED);
	sm_context_hold(context);
	h->context = context;
	ret = fill_in(h, computer, &address, options, fail);
	if (ret == 0)
		ret = set_memory(h, options, fail);
	if (ret == 0)
		ret = make_instance_id(h, fail);
	if (ret != 0) {
		sm_handle_unref(h);
		return ret;
	}
	*handle = h;
	return 0;
}

int sm_api_here(smbmgmt_context *context, smbmgmt_handle *const **handles,
		uint32_t *n, struct sm_fail *fail)
{
	static const smbmgmt_open_options named = {
		.ref = {1},
		.name = (char *)SM_HERE,
	};
	smbmgmt_handle *handle = NULL;
	int ret = 0;

	if (*n != 0)
		return 0;
	/* A list that turned out empty, and nobody meant this machine. */
	if (*handles != NULL)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The list of handles is empty; NULL and 0 mean "
			       "this machine.");
	if (sm_context_here(context) == NULL) {
		ret = make_handle(context, NULL, &named, &handle, fail);
		if (ret != 0)
			return ret;
		sm_context_set_here(context, handle);
		sm_handle_unref(handle);
	}
	*handles = sm_context_here(context);
	*n = 1;
	return 0;
}

/* Tested, or not to be: it is everybody's from here on, or nobody's. */
static void opened(smbmgmt_job *job)
{
	struct sm_fail fail = job->fails[0];
	smbmgmt_handle *handle = job->handles[0];
	int ret = fail.code;

	if (ret == 0)
		ret = sm_context_add_handle(job->base.context, handle, &fail);
	if (ret == 0) {
		job->handle = sm_handle_ref(handle);
	} else {
		/* A connection may stand although something failed later. */
		atomic_store(&handle->state, SMBMGMT_STATE_REMOVED);
		sm_handle_shutdown(handle);
	}
	sm_api_job_finish(job, ret, &fail);
}

static void open_it(smbmgmt_job *job)
{
	if (job->skip_test)
		opened(job);
	else
		sm_fleet_connect(sm_api_job_fleet(job, opened));
}

int sm_api_open_job(smbmgmt_context *context, const char *computer,
		    const smbmgmt_open_options *options, bool fd,
		    smbmgmt_job **job, struct sm_fail *fail)
{
	smbmgmt_handle *handle = NULL;
	int ret = make_handle(context, computer, options, &handle, fail);

	if (ret == 0)
		ret = sm_api_job_new(context, &handle, 1, computer, fd, job,
				     fail);
	sm_handle_unref(handle);
	if (ret != 0)
		return ret;
	(*job)->step = open_it;
	(*job)->skip_test = options != NULL && options->skip_test;
	return 0;
}

/* Without a test there is nothing to wait for, and no engine is needed. */
static int open_untested(smbmgmt_context *context, const char *computer,
			 const smbmgmt_open_options *options,
			 smbmgmt_handle **handle, struct sm_fail *fail)
{
	smbmgmt_handle *h = NULL;
	int ret = make_handle(context, computer, options, &h, fail);

	if (ret == 0)
		ret = sm_context_add_handle(context, h, fail);
	if (ret == 0)
		*handle = h;
	else
		sm_handle_unref(h);
	return ret;
}

static int32_t open_tested(smbmgmt_context *context, const char *computer,
			   const smbmgmt_open_options *options,
			   smbmgmt_handle **handle, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	if (sm_api_open_job(context, computer, options, false, &job, &fail) !=
	    0)
		return sm_error_set(err, &fail, computer);
	code = sm_api_job_run(job, err);
	*handle = smbmgmt_job_handle(job);
	sm_api_job_unref(job);
	return code;
}

int32_t smbmgmt_open_handle(smbmgmt_context *context, const char *computer,
			    const smbmgmt_open_options *options,
			    smbmgmt_handle **handle, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	int32_t code = 0;

	SM_NEED(handle);
	*handle = NULL;
	SM_NEED(context);
	if (sm_context_enter(context, &fail) != 0)
		return sm_error_set(err, &fail, computer);
	if (options == NULL || !options->skip_test)
		code = open_tested(context, computer, options, handle, err);
	else if (open_untested(context, computer, options, handle, &fail) != 0)
		code = sm_error_set(err, &fail, computer);
	sm_context_leave(context);
	return code;
}

smbmgmt_handle *smbmgmt_handle_ref(smbmgmt_handle *handle)
{
	return handle == NULL ? NULL : sm_handle_ref(handle);
}

void smbmgmt_handle_unref(smbmgmt_handle *handle)
{
	sm_handle_unref(handle);
}

uint32_t smbmgmt_handle_id(const smbmgmt_handle *handle)
{
	return handle == NULL ? 0 : handle->id;
}

const char *smbmgmt_handle_instance_id(const smbmgmt_handle *handle)
{
	return handle == NULL ? "" : handle->instance_text;
}

const char *smbmgmt_handle_name(const smbmgmt_handle *handle)
{
	return handle == NULL ? "" : handle->name;
}

const char *smbmgmt_handle_computer_name(const smbmgmt_handle *handle)
{
	return handle == NULL ? "" : handle->computer;
}

const char *smbmgmt_handle_server(const smbmgmt_handle *handle)
{
	return handle == NULL ? "" : handle->server;
}

const char *smbmgmt_handle_transport(const smbmgmt_handle *handle)
{
	return handle == NULL ? "" : handle->transport;
}

int32_t smbmgmt_handle_state(const smbmgmt_handle *handle)
{
	if (handle == NULL)
		return SMBMGMT_STATE_REMOVED;
	return atomic_load(&((smbmgmt_handle *)(uintptr_t)handle)->state);
}
