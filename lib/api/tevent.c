/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Requests on the host's own tevent loop.  All talloc memory here is the
 * host's and is touched on its thread alone; what goes on on the engine's is a
 * job, which is none.  The two meet in the job's descriptor.
 */
#include <smbmgmt/tevent.h>

#include <unistd.h>

#include "api/api.h"

/* What its result is. */
enum request_kind {
	REQUEST_ANY,
	REQUEST_HANDLE,
	REQUEST_LIST,
	REQUEST_PLAN,
	REQUEST_REPORT,
};

/* talloc knows it by this name, among the types of the host. */
struct smbmgmt_request {
	enum request_kind kind;
	pid_t pid;
	smbmgmt_job *job;     /* a reference; NULL: it was not started */
	smbmgmt_error *error; /* why not */
	struct tevent_fd *fde;
	struct tevent_timer *fork_look;
};

static void cleanup(struct tevent_req *req, enum tevent_req_state state)
{
	struct smbmgmt_request *r =
		tevent_req_data(req, struct smbmgmt_request);

	/* Before the descriptor that it watches goes with the job. */
	TALLOC_FREE(r->fde);
	TALLOC_FREE(r->fork_look);
	if (state == TEVENT_REQ_TIMED_OUT || state == TEVENT_REQ_RECEIVED)
		smbmgmt_job_cancel(r->job);
	if (state != TEVENT_REQ_RECEIVED)
		return;
	smbmgmt_job_unref(r->job);
	r->job = NULL;
	smbmgmt_error_unref(r->error);
	r->error = NULL;
}

static bool cancel(struct tevent_req *req)
{
	struct smbmgmt_request *r =
		tevent_req_data(req, struct smbmgmt_request);

	if (!tevent_req_is_in_progress(req) ||
	    smbmgmt_job_is_complete(r->job) != 0)
		return false;
	smbmgmt_job_cancel(r->job);
	return true;
}

static struct tevent_req *make(TALLOC_CTX *mem_ctx, struct tevent_context *ev,
			       enum request_kind kind,
			       struct smbmgmt_request **r)
{
	struct tevent_req *req = NULL;

	if (ev == NULL)
		return NULL;
	req = tevent_req_create(mem_ctx, r, struct smbmgmt_request);
	if (req == NULL)
		return NULL;
	(*r)->kind = kind;
	(*r)->pid = getpid();
	tevent_req_set_cleanup_fn(req, cleanup);
	tevent_req_set_cancel_fn(req, cancel);
	return req;
}

static void finish(struct tevent_req *req, int32_t code)
{
	if (code == 0)
		tevent_req_done(req);
	else
		tevent_req_error(req, (uint64_t)(int64_t)code);
}

static void readable(struct tevent_context *ev, struct tevent_fd *fde,
		     uint16_t flags, void *userdata)
{
	struct tevent_req *req = userdata;
	struct smbmgmt_request *r =
		tevent_req_data(req, struct smbmgmt_request);

	(void)ev;
	(void)fde;
	(void)flags;
	if (smbmgmt_job_is_complete(r->job) != 0)
		finish(req, smbmgmt_job_code(r->job));
}

static bool look_later(struct tevent_req *req, struct smbmgmt_request *r,
		       struct tevent_context *ev);

/*
 * In a forked child the descriptor tells of the parent's job, and of nothing
 * if the parent ends first: so somebody has to look.
 */
static void fork_look(struct tevent_context *ev, struct tevent_timer *te,
		      struct timeval now, void *userdata)
{
	struct tevent_req *req = userdata;
	struct smbmgmt_request *r =
		tevent_req_data(req, struct smbmgmt_request);

	(void)te;
	(void)now;
	/* tevent frees it. */
	r->fork_look = NULL;
	if (smbmgmt_job_is_complete(r->job) != 0)
		finish(req, smbmgmt_job_code(r->job));
	else
		look_later(req, r, ev);
}

static bool look_later(struct tevent_req *req, struct smbmgmt_request *r,
		       struct tevent_context *ev)
{
	r->fork_look = tevent_add_timer(ev, r, tevent_timeval_current_ofs(1, 0),
					fork_look, req);
	return r->fork_look != NULL;
}

static bool watch(struct tevent_req *req, struct smbmgmt_request *r,
		  struct tevent_context *ev)
{
	r->fde = tevent_add_fd(ev, r, smbmgmt_job_fd(r->job), TEVENT_FD_READ,
			       readable, req);
	return r->fde != NULL && look_later(req, r, ev);
}

/* With its job, or with the reason why there is none: the loop has it now. */
static struct tevent_req *go(struct tevent_req *req, struct smbmgmt_request *r,
			     struct tevent_context *ev)
{
	if (r->job != NULL && smbmgmt_job_is_complete(r->job) == 0) {
		if (watch(req, r, ev))
			return req;
		/*
		 * Something may have been done: end it now, which takes no
		 * time, and tell what came of it.
		 */
		smbmgmt_job_cancel(r->job);
		if (smbmgmt_job_wait(r->job, UINT32_MAX, &r->error) != 0) {
			smbmgmt_job_unref(r->job);
			r->job = NULL;
		}
	}
	finish(req, r->job == NULL ? smbmgmt_error_code(r->error)
				   : smbmgmt_job_code(r->job));
	return tevent_req_post(req, ev);
}

/* NULL: not a request of this file's, or received before. */
static struct smbmgmt_request *request_of(struct tevent_req *req)
{
	return req == NULL ? NULL
			   : talloc_get_type(_tevent_req_data(req),
					     struct smbmgmt_request);
}

/* May it be received?  0, or what is wrong with it. */
static int check(struct tevent_req *req, const struct smbmgmt_request *r,
		 enum request_kind kind, struct sm_fail *fail)
{
	if (r == NULL)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "This request was received before, or is not "
			       "one of smbmgmt/tevent.h.");
	if (kind != REQUEST_ANY && r->kind != kind)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "This request is of another kind; receive it "
			       "with the function beside its send function.");
	if (tevent_req_is_in_progress(req) && r->pid == getpid())
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The request is not complete yet; receive it "
			       "in its callback.");
	return 0;
}

static bool timed_out(struct tevent_req *req)
{
	enum tevent_req_state state = TEVENT_REQ_INIT;
	uint64_t number = 0;

	return tevent_req_is_error(req, &state, &number) &&
	       state == TEVENT_REQ_TIMED_OUT;
}

/* How it ended. */
static int32_t outcome(struct tevent_req *req, const struct smbmgmt_request *r,
		       smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_error *error = r->error;

	if (timed_out(req)) {
		sm_fail(&fail, SMBMGMT_E_TIMED_OUT,
			"The time of the request is up, and its job was "
			"cancelled; something may have been sent.");
		return sm_error_set(err, &fail, NULL);
	}
	if (r->job != NULL && smbmgmt_job_code(r->job) == 0)
		return 0;
	if (r->job != NULL)
		error = smbmgmt_job_error(r->job);
	if (error == NULL) {
		sm_fail(&fail, SMBMGMT_E_FORKED,
			"This request belongs to the process that made it; "
			"make another after fork().");
		return sm_error_set(err, &fail, NULL);
	}
	if (err != NULL)
		*err = smbmgmt_error_ref(error);
	return smbmgmt_error_code(error);
}

/* The end of all requests; *@job, a reference or NULL, has the result. */
static int32_t receive(struct tevent_req *req, enum request_kind kind,
		       smbmgmt_job **job, smbmgmt_error **err)
{
	struct smbmgmt_request *r = request_of(req);
	struct sm_fail fail = {.offset = -1};
	int32_t code = 0;

	if (check(req, r, kind, &fail) != 0)
		return sm_error_set(err, &fail, NULL);
	code = outcome(req, r, err);
	if (job != NULL)
		*job = smbmgmt_job_ref(r->job);
	tevent_req_received(req);
	return code;
}

smbmgmt_job *smbmgmt_req_job(struct tevent_req *req)
{
	struct smbmgmt_request *r = request_of(req);

	return r == NULL ? NULL : smbmgmt_job_ref(r->job);
}

struct tevent_req *smbmgmt_job_send(TALLOC_CTX *mem_ctx,
				    struct tevent_context *ev, smbmgmt_job *job)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_ANY, &r);

	if (req == NULL)
		return NULL;
	r->job = smbmgmt_job_ref(job);
	if (job == NULL)
		sm_api_null(&r->error, "job");
	return go(req, r, ev);
}

int32_t smbmgmt_job_recv(struct tevent_req *req, smbmgmt_error **err)
{
	return receive(req, REQUEST_ANY, NULL, err);
}

struct tevent_req *smbmgmt_open_handle_send(TALLOC_CTX *mem_ctx,
					    struct tevent_context *ev,
					    smbmgmt_context *context,
					    const char *computer,
					    const smbmgmt_open_options *options)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_HANDLE, &r);

	if (req == NULL)
		return NULL;
	smbmgmt_start_open(context, computer, options, &r->job, &r->error);
	return go(req, r, ev);
}

int32_t smbmgmt_open_handle_recv(struct tevent_req *req,
				 smbmgmt_handle **handle, smbmgmt_error **err)
{
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	SM_NEED(handle);
	*handle = NULL;
	code = receive(req, REQUEST_HANDLE, &job, err);
	*handle = smbmgmt_job_handle(job);
	smbmgmt_job_unref(job);
	return code;
}

struct tevent_req *smbmgmt_list_sessions_send(
	TALLOC_CTX *mem_ctx, struct tevent_context *ev,
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_list_options *options)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_LIST, &r);

	if (req == NULL)
		return NULL;
	smbmgmt_start_list(context, handles, n, filter, options, &r->job,
			   &r->error);
	return go(req, r, ev);
}

int32_t smbmgmt_list_sessions_recv(struct tevent_req *req,
				   smbmgmt_session_list **list,
				   smbmgmt_error **err)
{
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	SM_NEED(list);
	*list = NULL;
	code = receive(req, REQUEST_LIST, &job, err);
	*list = smbmgmt_job_list(job);
	smbmgmt_job_unref(job);
	return code;
}

struct tevent_req *smbmgmt_plan_close_send(
	TALLOC_CTX *mem_ctx, struct tevent_context *ev,
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_policy *policy)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_PLAN, &r);

	if (req == NULL)
		return NULL;
	smbmgmt_start_plan(context, handles, n, filter, policy, &r->job,
			   &r->error);
	return go(req, r, ev);
}

int32_t smbmgmt_plan_close_recv(struct tevent_req *req, smbmgmt_plan **plan,
				smbmgmt_error **err)
{
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	SM_NEED(plan);
	*plan = NULL;
	code = receive(req, REQUEST_PLAN, &job, err);
	*plan = smbmgmt_job_plan(job);
	smbmgmt_job_unref(job);
	return code;
}

struct tevent_req *smbmgmt_execute_plan_send(TALLOC_CTX *mem_ctx,
					     struct tevent_context *ev,
					     smbmgmt_plan *plan,
					     const smbmgmt_action *action)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_REPORT, &r);

	if (req == NULL)
		return NULL;
	smbmgmt_start_execute(plan, action, &r->job, &r->error);
	return go(req, r, ev);
}

struct tevent_req *smbmgmt_close_sessions_send(
	TALLOC_CTX *mem_ctx, struct tevent_context *ev,
	smbmgmt_context *context, smbmgmt_handle *const *handles, uint32_t n,
	const smbmgmt_filter *filter, const smbmgmt_action *action)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_REPORT, &r);

	if (req == NULL)
		return NULL;
	smbmgmt_start_close(context, handles, n, filter, action, &r->job,
			    &r->error);
	return go(req, r, ev);
}

struct tevent_req *smbmgmt_evict_send(TALLOC_CTX *mem_ctx,
				      struct tevent_context *ev,
				      smbmgmt_context *context,
				      smbmgmt_handle *const *handles,
				      uint32_t n, const smbmgmt_filter *filter,
				      const smbmgmt_action *action,
				      const smbmgmt_evict_options *options)
{
	struct smbmgmt_request *r = NULL;
	struct tevent_req *req = make(mem_ctx, ev, REQUEST_REPORT, &r);

	if (req == NULL)
		return NULL;
	smbmgmt_start_evict(context, handles, n, filter, action, options,
			    &r->job, &r->error);
	return go(req, r, ev);
}

static int32_t receive_report(struct tevent_req *req, smbmgmt_report **report,
			      smbmgmt_error **err)
{
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	SM_NEED(report);
	*report = NULL;
	code = receive(req, REQUEST_REPORT, &job, err);
	*report = smbmgmt_job_report(job);
	smbmgmt_job_unref(job);
	return code;
}

int32_t smbmgmt_execute_plan_recv(struct tevent_req *req,
				  smbmgmt_report **report, smbmgmt_error **err)
{
	return receive_report(req, report, err);
}

int32_t smbmgmt_close_sessions_recv(struct tevent_req *req,
				    smbmgmt_report **report,
				    smbmgmt_error **err)
{
	return receive_report(req, report, err);
}

int32_t smbmgmt_evict_recv(struct tevent_req *req, smbmgmt_report **report,
			   smbmgmt_error **err)
{
	return receive_report(req, report, err);
}
