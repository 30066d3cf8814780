/* SPDX-License-Identifier: LGPL-3.0-or-later */
/**
 * @file evict.h
 * @brief Evict: close what matches, and what comes back, for a while.
 *
 * A client whose session ends logs on again by itself.  To be rid of a user,
 * block the account first (the hook is for that), close the sessions, and close
 * again what comes back for as long as clients may still get in.
 */
#ifndef SMBMGMT_EVICT_H
#define SMBMGMT_EVICT_H

#include <smbmgmt/types.h>

SMBMGMT_BEGIN

/**
 * Make options: look again for 30 seconds, once a second, no hook.  @p options
 * is the caller's to drop with smbmgmt_evict_options_unref().  Errors: INVALID,
 * NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_evict_options_new(smbmgmt_evict_options **options,
					      smbmgmt_error **err);
/** Take a reference; gives its argument.  Since 0.1. */
SMBMGMT_API smbmgmt_evict_options *
smbmgmt_evict_options_ref(smbmgmt_evict_options *options);
/** Drop a reference; NULL is accepted.  Since 0.1. */
SMBMGMT_API void smbmgmt_evict_options_unref(smbmgmt_evict_options *options);
/**
 * Close what comes back for @p milliseconds, counted on each server from the
 * end of its first round; 0: close once, and look once.  Nothing is closed any
 * more after that time; a last look says who is there.  Errors: INVALID.
 * Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_evict_options_set_duration(smbmgmt_evict_options *options,
				   uint32_t milliseconds, smbmgmt_error **err);
/**
 * Look at each server again @p milliseconds after the look before; at least
 * 100.  Each look is one listing of that server.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t
smbmgmt_evict_options_set_interval(smbmgmt_evict_options *options,
				   uint32_t milliseconds, smbmgmt_error **err);
/**
 * What to do once, after consent and before the first close, whether or not
 * @p plan has anything to close by then: block the account, say.  Called with
 * @p userdata on the thread that called the library, inside that call; not
 * under what-if.  @p plan is what is there at this moment, borrowed.  Returns 0
 * to go on; anything else stops it all, with SMBMGMT_E_HOOK_FAILED, before
 * anything is sent.  The library must not be called from it except to read the
 * plan (SMBMGMT_E_REENTRANT).  Since 0.1.
 */
typedef int32_t (*smbmgmt_before_fn)(smbmgmt_plan *plan, void *userdata);
/**
 * Call @p fn with @p userdata before the first close; NULL takes the hook away.
 * @p free_fn, which may be NULL, is called once with the userdata: when the
 * hook is replaced or the options end.  Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_evict_options_set_before(
	smbmgmt_evict_options *options, smbmgmt_before_fn fn, void *userdata,
	smbmgmt_free_fn free_fn, smbmgmt_error **err);

/**
 * Close what @p filter matches on @p n @p handles as @p action and its policy
 * say, then look again, as @p options (may be NULL) say, and close what matches
 * then; NULL and 0 are this machine.  All rules of a plan hold in every round.
 * Consent is for all of it: force, or one question of the confirm callback,
 * whose text names the filter, the servers and the time; no is for all of it,
 * too.  A server that cannot be reached is tried again in each round; one that
 * refuses us is not.  @p report is the caller's and is set on failure too: it
 * has an outcome for each session of each round, and says of each server what
 * smbmgmt_report_server_closed() and its neighbours tell.  Its code is 0 if in
 * the end every server was looked at and nothing that matches was there.
 * Blocks until all is done.  Errors: the report's overall code; EMPTY_FILTER
 * and CONFIRM_REQUIRED before anything is asked of a server; HOOK_FAILED,
 * DECLINED, CANCELLED (the answer was abort) before anything is sent; INVALID
 * (session objects in @p filter never come back; an action that does not
 * verify; a policy with include-own: what looks would come back), REMOVED,
 * FORKED, REENTRANT, NOMEM.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_evict(smbmgmt_context *context,
				  smbmgmt_handle *const *handles, uint32_t n,
				  const smbmgmt_filter *filter,
				  const smbmgmt_action *action,
				  const smbmgmt_evict_options *options,
				  smbmgmt_report **report, smbmgmt_error **err);
/**
 * Start smbmgmt_evict() on @p n @p handles for what @p filter matches, as
 * @p action, its policy and @p options, which may be NULL, say.  A job can
 * neither ask nor call: it must have force or what-if, and no hook.  @p job is
 * the caller's to drop with smbmgmt_job_unref(); its report is its result.  A
 * server of it is done when its time is over.  Errors: as
 * smbmgmt_start_close(); INVALID (a hook).  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_start_evict(smbmgmt_context *context,
					smbmgmt_handle *const *handles,
					uint32_t n,
					const smbmgmt_filter *filter,
					const smbmgmt_action *action,
					const smbmgmt_evict_options *options,
					smbmgmt_job **job, smbmgmt_error **err);

/**
 * 1: somebody was asked smbmgmt_evict_options_question() and said yes, which is
 * why the action has force; the audit has it as confirmed.  0 is the default.
 * Errors: INVALID.  Since 0.1.
 */
SMBMGMT_API int32_t smbmgmt_evict_options_set_confirmed(
	smbmgmt_evict_options *options, int32_t confirmed, smbmgmt_error **err);

/**
 * The question that smbmgmt_evict() would ask about @p n @p handles and
 * @p filter with @p options, for a program that asks by itself and goes on with
 * smbmgmt_start_evict(); "" where one of them is NULL.  Borrowed from
 * @p options, until the next question about them.  NULL and 0 are this machine.
 * Since 0.1.
 */
SMBMGMT_API const char *
smbmgmt_evict_options_question(smbmgmt_evict_options *options,
			       smbmgmt_handle *const *handles, uint32_t n,
			       const smbmgmt_filter *filter);

/**
 * How many servers the evict was about, in the order of the handles; 0 for
 * other reports.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_report_server_count(const smbmgmt_report *report);
/** The server at @p index as given to open, or NULL; borrowed.  Since 0.1. */
SMBMGMT_API const char *smbmgmt_report_server(const smbmgmt_report *report,
					      uint32_t index);
/**
 * How many sessions were closed on the server at @p index, all rounds together;
 * 0 for a bad index, as for the next three.  Since 0.1.
 */
SMBMGMT_API uint32_t smbmgmt_report_server_closed(const smbmgmt_report *report,
						  uint32_t index);
/**
 * How many sessions on the server at @p index matched in a later round and were
 * not surely there in the one before.  Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_report_server_came_back(const smbmgmt_report *report, uint32_t index);
/**
 * How many sessions that match were on the server at @p index at the last look,
 * whatever the reason; smbmgmt_report_server_error() says if that look failed.
 * Since 0.1.
 */
SMBMGMT_API uint32_t
smbmgmt_report_server_still_there(const smbmgmt_report *report, uint32_t index);
/** How many rounds looked at the server at @p index.  Since 0.1. */
SMBMGMT_API uint32_t smbmgmt_report_server_rounds(const smbmgmt_report *report,
						  uint32_t index);
/**
 * Why nobody knows who is on the server at @p index in the end; NULL if it is
 * known, or for a bad index; borrowed.  Since 0.1.
 */
SMBMGMT_API smbmgmt_error *
smbmgmt_report_server_error(const smbmgmt_report *report, uint32_t index);

SMBMGMT_END

#endif /* SMBMGMT_EVICT_H */
