/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Eight threads start jobs, and wait for, cancel and drop each other's. */
#include "churn_jobs.h"

#include <stdatomic.h>

#include "world.h"

struct table {
	smbmgmt_handle *handles[2];
	const smbmgmt_filter *filter;
	const smbmgmt_action *action;
	unsigned int rounds;
	atomic_uint turns;
	/* A job of whoever left one there. */
	smbmgmt_job *_Atomic left;
};

static void expect_code(int32_t code)
{
	switch (code) {
	case SMBMGMT_OK:
	case SMBMGMT_E_CANCELLED:
	case SMBMGMT_E_NOT_FOUND:
	case SMBMGMT_E_PARTIAL:
	case SMBMGMT_E_STILL_PRESENT:
		return;
	/* Who was closed has logged on again, or is about to. */
	case SMBMGMT_E_CLOSE_DENIED:
	case SMBMGMT_E_REFUSED_COLLATERAL:
	case SMBMGMT_E_REFUSED_UNSAFE:
		if (world.is_server)
			return;
		break;
	default:
		break;
	}
	world_fail("job: %s", smbmgmt_error_name(code));
}

static smbmgmt_job *start(struct table *t, bool closes)
{
	smbmgmt_job *job = NULL;
	int32_t code = 0;

	if (closes)
		code = smbmgmt_start_close(world.context, t->handles, 2,
					   t->filter, t->action, &job, NULL);
	else
		code = smbmgmt_start_list(world.context, t->handles, 2, NULL,
					  NULL, &job, NULL);
	world_ok(code, "start");
	return job;
}

/* While it runs, and afterwards. */
static void read_progress(const smbmgmt_job *job)
{
	world_true(smbmgmt_job_servers_done(job) <= 2, "servers done");
	for (uint32_t i = 0; i < 2; i++)
		world_true(smbmgmt_job_server_state(job, i) >= 0, "state");
	(void)smbmgmt_job_closed(job);
	(void)smbmgmt_job_sessions(job);
}

static void take(smbmgmt_job *job)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_report *report = NULL;

	world_ok(smbmgmt_job_wait(job, UINT32_MAX, NULL), "wait");
	read_progress(job);
	expect_code(smbmgmt_job_code(job));
	list = smbmgmt_job_list(job);
	report = smbmgmt_job_report(job);
	world_true((list == NULL) != (report == NULL), "one result");
	smbmgmt_session_list_unref(list);
	smbmgmt_report_unref(report);
}

static void *work(void *userdata)
{
	struct table *t = userdata;

	world_wait();
	for (unsigned int i = 0; i < t->rounds; i++) {
		unsigned int turn = atomic_fetch_add(&t->turns, 1);
		smbmgmt_job *mine = start(t, turn % 4 == 0);
		smbmgmt_job *other =
			atomic_exchange(&t->left, smbmgmt_job_ref(mine));

		/* Both wait for it, one may cancel it, one drops it early. */
		read_progress(mine);
		if (turn % 3 == 0)
			smbmgmt_job_cancel(other);
		if (other != NULL && turn % 2 == 0)
			take(other);
		smbmgmt_job_unref(other);
		if (turn % 5 != 0)
			take(mine);
		smbmgmt_job_unref(mine);
	}
	return NULL;
}

void churn_jobs(const smbmgmt_filter *filter, const smbmgmt_action *action,
		unsigned int rounds)
{
	struct table t = {
		.handles = {world_open(0), world_open(1)},
		.filter = filter,
		.action = action,
		.rounds = rounds,
	};

	world_threads(work, &t);
	smbmgmt_job_unref(atomic_load(&t.left));
	for (int i = 0; i < 2; i++)
		smbmgmt_handle_unref(t.handles[i]);
}
