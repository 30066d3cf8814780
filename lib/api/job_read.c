/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a host asks of a job that was started. */
#include <unistd.h>

#include "api/api.h"
#include "engine/callback.h"

smbmgmt_job *smbmgmt_job_ref(smbmgmt_job *job)
{
	if (job != NULL)
		sm_job_ref(&job->base);
	return job;
}

void smbmgmt_job_unref(smbmgmt_job *job)
{
	sm_api_job_unref(job);
}

int32_t smbmgmt_job_fd(const smbmgmt_job *job)
{
	return job == NULL ? -1 : job->base.fd;
}

/* In a forked child: nobody is there any more who could complete it. */
static bool is_forked(const smbmgmt_job *job)
{
	return job->base.pid != getpid() && !atomic_load(&job->base.complete);
}

int32_t smbmgmt_job_is_complete(const smbmgmt_job *job)
{
	if (job == NULL)
		return 0;
	return atomic_load(&job->base.complete) || is_forked(job) ? 1 : 0;
}

int32_t smbmgmt_job_wait(smbmgmt_job *job, uint32_t milliseconds,
			 smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};

	SM_NEED(job);
	if (sm_callback_inside()) {
		sm_fail(&fail, SMBMGMT_E_REENTRANT,
			"The library was called from inside one of its "
			"callbacks; return from it first.");
	} else if (job->base.pid != getpid()) {
		sm_fail(&fail, SMBMGMT_E_FORKED,
			"This job belongs to the process that started it; "
			"start another after fork().");
	} else {
		if (sm_job_wait(&job->base, milliseconds))
			return 0;
		sm_fail(&fail, SMBMGMT_E_TIMED_OUT,
			"The job is not complete yet; it goes on. Wait again, "
			"or cancel it.");
	}
	return sm_error_set(err, &fail, NULL);
}

void smbmgmt_job_cancel(smbmgmt_job *job)
{
	if (job != NULL && job->base.pid == getpid())
		sm_job_cancel(&job->base);
}

int32_t smbmgmt_job_code(const smbmgmt_job *job)
{
	if (job == NULL)
		return SMBMGMT_E_INVALID;
	if (is_forked(job))
		return SMBMGMT_E_FORKED;
	return atomic_load(&job->base.complete) ? job->base.code : 0;
}

/* NULL before it is complete: its results are the engine thread's. */
static const smbmgmt_job *completed(const smbmgmt_job *job)
{
	return job != NULL && atomic_load(&job->base.complete) ? job : NULL;
}

smbmgmt_error *smbmgmt_job_error(const smbmgmt_job *job)
{
	job = completed(job);
	return job == NULL ? NULL : job->base.error;
}

uint32_t smbmgmt_job_servers_total(const smbmgmt_job *job)
{
	return job == NULL ? 0 : (uint32_t)job->base.servers;
}

uint32_t smbmgmt_job_servers_done(const smbmgmt_job *job)
{
	return job == NULL ? 0 : atomic_load(&job->base.servers_done);
}

uint64_t smbmgmt_job_sessions(const smbmgmt_job *job)
{
	return job == NULL ? 0 : atomic_load(&job->base.sessions);
}

uint64_t smbmgmt_job_closed(const smbmgmt_job *job)
{
	return job == NULL ? 0 : atomic_load(&job->base.closed);
}

uint64_t smbmgmt_job_failed(const smbmgmt_job *job)
{
	return job == NULL ? 0 : atomic_load(&job->base.failed);
}

int32_t smbmgmt_job_server_state(const smbmgmt_job *job, uint32_t index)
{
	if (job == NULL || index >= job->base.servers)
		return SMBMGMT_E_INVALID;
	return atomic_load(&job->base.states[index]);
}

smbmgmt_handle *smbmgmt_job_handle(const smbmgmt_job *job)
{
	job = completed(job);
	return job == NULL ? NULL : smbmgmt_handle_ref(job->handle);
}

smbmgmt_session_list *smbmgmt_job_list(const smbmgmt_job *job)
{
	job = completed(job);
	return job == NULL ? NULL : smbmgmt_session_list_ref(job->list);
}

smbmgmt_plan *smbmgmt_job_plan(const smbmgmt_job *job)
{
	job = completed(job);
	return job == NULL ? NULL : smbmgmt_plan_ref(job->plan);
}

smbmgmt_report *smbmgmt_job_report(const smbmgmt_job *job)
{
	job = completed(job);
	return job == NULL ? NULL : smbmgmt_report_ref(job->report);
}
