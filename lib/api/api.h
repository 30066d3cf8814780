/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the public functions share.  They check arguments, enter the context,
 * hand over, and make errors of failures; nothing else.
 */
#ifndef SM_API_H
#define SM_API_H

#include <stdbool.h>
#include <stdint.h>

#include <smbmgmt/smbmgmt.h>

#include "core/error.h"
#include "core/plan.h"
#include "core/report.h"
#include "engine/context.h"
#include "engine/fleet.h"
#include "engine/job.h"
#include "util/fail.h"
#include "util/ref.h"

/* INVALID: an argument that must be there is NULL. */
int32_t sm_api_null(smbmgmt_error **err, const char *argument);

/* Leave a public function if an argument is NULL. */
#define SM_NEED(argument)                                                      \
	do {                                                                   \
		if ((argument) == NULL)                                        \
			return sm_api_null(err, #argument);                    \
	} while (0)

/* The end of a public function: 0, or an error made of @fail. */
static inline int32_t sm_api_done(int ret, const struct sm_fail *fail,
				  smbmgmt_error **err)
{
	return ret == 0 ? 0 : sm_error_set(err, fail, NULL);
}

/* Replace a text option by a copy of @value, which must be UTF-8. */
int sm_api_set_text(char **to, const char *value, const char *what,
		    struct sm_fail *fail);

struct sm_address;

/*
 * What @computer and @options say together, the transport too.  INVALID:
 * they contradict, or an option is for another transport.
 */
int sm_api_resolve(const char *computer, const smbmgmt_open_options *options,
		   struct sm_address *address, struct sm_fail *fail);
/* SMBMGMT_AUTH_, never DEFAULT. */
int32_t sm_api_auth(const smbmgmt_open_options *options);
/* NULL, "" or `samba:`: this machine. */
bool sm_api_names_here(const char *computer);

/* A switch: only 0 and 1 make sense. */
int sm_api_bool(int32_t value, bool *to, struct sm_fail *fail);

/* A throttle: 0 chooses, negative is INVALID. */
int sm_api_throttle(int32_t value, int32_t *to, struct sm_fail *fail);

struct smbmgmt_open_options {
	struct sm_ref ref;
	char *name;
	const char *transport; /* static */
	const char *carrier;   /* static; NULL: none chosen */
	struct sm_way way;
	smbmgmt_credentials *credentials;
	uint32_t deadline;
	bool skip_test;
	smbmgmt_memory *memory;
};

struct smbmgmt_handle_list {
	struct sm_ref ref;
	smbmgmt_handle **handles;
	size_t count;
	struct sm_errors errors;
};

struct smbmgmt_list_options {
	struct sm_ref ref;
	uint32_t deadline;
	int32_t throttle;
};

/* What holds where no policy is given: no collateral, not our own. */
extern const struct sm_rules sm_api_strict;

struct smbmgmt_policy {
	struct sm_ref ref;
	struct sm_rules rules;
	uint32_t deadline;
	int32_t throttle;
};

static inline const struct sm_rules *sm_api_rules(const smbmgmt_policy *policy)
{
	return policy == NULL ? &sm_api_strict : &policy->rules;
}

struct smbmgmt_action {
	struct sm_ref ref;
	bool force;
	bool what_if;
	bool verify;
	smbmgmt_confirm_fn confirm;
	void *userdata;
	smbmgmt_free_fn free_fn;
	uint32_t deadline;
	int32_t throttle;
	int32_t per_server;
	smbmgmt_policy *policy;
};

struct smbmgmt_evict_options {
	struct sm_ref ref;
	uint32_t duration; /* ms */
	uint32_t interval; /* ms */
	bool confirmed;
	smbmgmt_before_fn before;
	void *userdata;
	smbmgmt_free_fn free_fn;
	char question[SM_FAIL_TEXT];
};

/* What holds where no options are given; not to be dropped. */
extern const smbmgmt_evict_options sm_api_evict_plain;

struct smbmgmt_question {
	char text[SM_FAIL_TEXT];
	smbmgmt_plan *plan;
	uint32_t item;
	uint32_t sessions;
	smbmgmt_handle *handle;
};

/* Ask the host, inside its call; an SMBMGMT_ANSWER_ value. */
int32_t sm_api_ask(const smbmgmt_action *action,
		   const smbmgmt_question *question);

struct sm_row;
const struct sm_row *sm_builder_row(const smbmgmt_session_builder *builder);
const struct sm_lists *sm_builder_lists(const smbmgmt_session_builder *builder);

/* The host of handles to this machine's own Samba, and how they are named. */
#define SM_HERE "localhost"
#define SM_HERE_NAME "samba:" SM_HERE

/*
 * The handles of a call: @n of them, at least one, none NULL, none twice, all
 * of this context.
 */
int sm_api_handles(smbmgmt_context *context, smbmgmt_handle *const *handles,
		   uint32_t n, struct sm_fail *fail);
/*
 * No handles at all are this machine's own Samba: point *@handles at the
 * context's handle for it, which is nobody else's and lives as long.
 */
int sm_api_here(smbmgmt_context *context, smbmgmt_handle *const **handles,
		uint32_t *n, struct sm_fail *fail);
/* Session objects must be of these handles. */
int sm_api_sessions(const smbmgmt_filter *filter,
		    smbmgmt_handle *const *handles, uint32_t n,
		    struct sm_fail *fail);

/* A job of the public functions: what each step leaves for the next. */
struct smbmgmt_job {
	struct sm_job base; /* first */
	/* The first step, and what follows the fleet's. */
	void (*step)(smbmgmt_job *job);
	void (*then)(smbmgmt_job *job);
	struct sm_fleet fleet;
	smbmgmt_handle **handles; /* a reference each */
	char *computer;		  /* that errors are about, or NULL */
	/* Listing and planning: */
	struct sm_match *match;
	struct sm_select select; /* listing: left to the servers */
	struct sm_look *looks;
	size_t servers_failed; /* or incomplete */
	/* Opening: */
	bool skip_test;
	/* Executing: */
	smbmgmt_plan *closes; /* a reference; NULL: not yet, or not at all */
	bool executes;	      /* what is planned, at once */
	bool forced;
	bool aborted;
	bool what_if;
	struct sm_exec_options options;
	struct sm_result *results;
	struct sm_fail *fails;
	/* Closing without a plan to ask about, and evicting. */
	struct sm_rounds *rounds;
	bool evicts;
	uint32_t duration; /* ms */
	uint32_t interval; /* ms */
	/* Its results, a reference each: */
	smbmgmt_handle *handle;
	smbmgmt_session_list *list;
	smbmgmt_plan *plan;
	smbmgmt_report *report;
};

/*
 * A job on @n handles, which are checked already, and its array of failures.
 * @server, which may be NULL, is what its error will be about.
 */
int sm_api_job_new(smbmgmt_context *context, smbmgmt_handle *const *handles,
		   size_t n, const char *server, bool fd, smbmgmt_job **job,
		   struct sm_fail *fail);
/* A job on the sessions that @filter matches; NULL and 0: this machine's. */
int sm_api_match_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		     uint32_t n, const smbmgmt_filter *filter, bool fd,
		     smbmgmt_job **job, struct sm_fail *fail);
static inline void sm_api_job_unref(smbmgmt_job *job)
{
	if (job != NULL)
		sm_job_unref(&job->base);
}
/* The fleet, about to start one of its steps; @then follows. */
struct sm_fleet *sm_api_job_fleet(smbmgmt_job *job,
				  void (*then)(smbmgmt_job *job));
/* List all handles for job->match, then go on with @then. */
void sm_api_job_look(smbmgmt_job *job, void (*then)(smbmgmt_job *job));
/* It is complete. */
void sm_api_job_finish(smbmgmt_job *job, int ret, const struct sm_fail *fail);
/* Start it and wait; its code, and its error for the caller. */
int32_t sm_api_job_run(smbmgmt_job *job, smbmgmt_error **err);

/*
 * The arguments of each call, checked and copied; @fd is for a job that the
 * caller gets.  Within enter and leave.
 */
int sm_api_open_job(smbmgmt_context *context, const char *computer,
		    const smbmgmt_open_options *options, bool fd,
		    smbmgmt_job **job, struct sm_fail *fail);
int sm_api_list_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		    uint32_t n, const smbmgmt_filter *filter,
		    const smbmgmt_list_options *options, bool fd,
		    smbmgmt_job **job, struct sm_fail *fail);
int sm_api_plan_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		    uint32_t n, const smbmgmt_filter *filter,
		    const struct sm_rules *rules, uint32_t deadline,
		    int32_t throttle, bool fd, smbmgmt_job **job,
		    struct sm_fail *fail);
/* Asks, if the action has a callback, on this thread. */
int sm_api_execute_job(smbmgmt_plan *plan, const smbmgmt_action *action,
		       bool fresh, bool fd, smbmgmt_job **job,
		       struct sm_fail *fail);
/* Plan and execute: an action that needs not ask. */
int sm_api_close_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		     uint32_t n, const smbmgmt_filter *filter,
		     const smbmgmt_action *action, bool fd, smbmgmt_job **job,
		     struct sm_fail *fail);
/* Plan, execute, and look again: an action that needs not ask, and no hook. */
int sm_api_evict_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		     uint32_t n, const smbmgmt_filter *filter,
		     const smbmgmt_action *action,
		     const smbmgmt_evict_options *options, bool fd,
		     smbmgmt_job **job, struct sm_fail *fail);
/* On the engine thread: carry out job->closes. */
void sm_api_job_execute(smbmgmt_job *job);
/* Likewise, round by round: list, plan and close on each server by itself. */
void sm_api_job_close(smbmgmt_job *job);
/* The report of what-if, of a plan that is settled. */
int sm_api_report_what_if(smbmgmt_job *job, struct sm_fail *fail);
/* The report is as full as it gets: work out what it says in all. */
void sm_api_job_conclude(smbmgmt_job *job, int ret, struct sm_fail *fail);

/* A report is there whatever happens; this one says only that it failed. */
int32_t sm_api_refuse(smbmgmt_report **report, const struct sm_fail *fail,
		      smbmgmt_error **err);
/* Run a job that reports, and drop it. */
int32_t sm_api_run_report(smbmgmt_job *job, smbmgmt_report **report,
			  smbmgmt_error **err);
/*
 * The plan to ask about, the caller's; NULL: it could not be made, and the
 * code and @report say why.
 */
int32_t sm_api_plan_first(smbmgmt_context *context,
			  smbmgmt_handle *const *handles, uint32_t n,
			  const smbmgmt_filter *filter,
			  const smbmgmt_action *action, smbmgmt_plan **plan,
			  smbmgmt_report **report, smbmgmt_error **err);
/* The plan's own context, held. */
smbmgmt_context *sm_api_plan_context(const smbmgmt_plan *plan);

/* force, what-if or a confirm callback must be there. */
int sm_api_consent(const smbmgmt_action *action, struct sm_fail *fail);

#endif /* SM_API_H */
