/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "core/diff.h"
#include "core/match.h"
#include "core/select.h"
#include "util/vec.h"

struct smbmgmt_session_list {
	struct sm_ref ref;
	smbmgmt_session **sessions; /* each holds its table */
	size_t count;
	size_t size;
	struct sm_errors errors;
};

smbmgmt_session_list *smbmgmt_session_list_ref(smbmgmt_session_list *list)
{
	if (list != NULL)
		sm_ref_get(&list->ref);
	return list;
}

void smbmgmt_session_list_unref(smbmgmt_session_list *list)
{
	if (list == NULL || !sm_ref_put(&list->ref))
		return;
	for (size_t i = 0; i < list->count; i++)
		sm_table_unref(list->sessions[i]->table);
	free(list->sessions);
	sm_errors_free(&list->errors);
	free(list);
}

uint32_t smbmgmt_session_list_count(const smbmgmt_session_list *list)
{
	return list == NULL ? 0 : (uint32_t)list->count;
}

smbmgmt_session *smbmgmt_session_list_get(const smbmgmt_session_list *list,
					  uint32_t index)
{
	return list == NULL || index >= list->count ? NULL
						    : list->sessions[index];
}

uint32_t smbmgmt_session_list_error_count(const smbmgmt_session_list *list)
{
	return list == NULL ? 0 : (uint32_t)list->errors.count;
}

smbmgmt_error *smbmgmt_session_list_error(const smbmgmt_session_list *list,
					  uint32_t index)
{
	return list == NULL ? NULL : sm_errors_at(&list->errors, index);
}

/* One list at work. */
struct work {
	struct smbmgmt_session_list *list;
	struct sm_match *match;
	struct sm_overall overall;
	size_t servers; /* that failed, or are incomplete */
	size_t missing;
	struct sm_fail first; /* of the errors */
	struct sm_fail *fail; /* out of memory */
};

static int add_error(struct work *w, const struct sm_fail *why,
		     const char *server)
{
	if (w->list->errors.count == 0)
		w->first = *why;
	if (!sm_errors_add(&w->list->errors, sm_error_new(why, server)))
		return sm_fail_nomem(w->fail);
	return 0;
}

static int server_failed(struct work *w, const struct sm_fail *why,
			 const char *server)
{
	w->servers++;
	sm_overall_add(&w->overall, why->code);
	return add_error(w, why, server);
}

static int add_sessions(struct work *w, struct sm_table *table,
			const uint8_t *selected)
{
	struct smbmgmt_session_list *list = w->list;

	for (size_t i = 0; i < table->count; i++) {
		void *sessions = list->sessions;

		if (!selected[i])
			continue;
		if (!sm_vec_room(&sessions, &list->size, list->count,
				 sizeof(*list->sessions)))
			return sm_fail_nomem(w->fail);
		list->sessions = sessions;
		list->sessions[list->count++] = &table->sessions[i];
		sm_table_ref(table);
	}
	return 0;
}

/* *@unsure: of some object it cannot be told. */
static int add_stale(struct work *w, const struct sm_table *table,
		     const uint8_t *stale, bool *unsure)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sm_match_session_count(w->match);
	     i++) {
		const struct sm_row *row = &sm_match_session(w->match, i)->row;
		struct sm_fail why;

		if (stale[i] == SM_STALE_NO)
			continue;
		if (stale[i] == SM_STALE_GONE) {
			w->missing++;
			sm_fail(&why, SMBMGMT_E_NOT_FOUND,
				"The session %llu is not there any more.",
				(unsigned long long)row->id);
			ret = add_error(w, &why, table->origin.server);
		} else if (!table->listing.incomplete) {
			/* If it is, the listing's own error says enough. */
			sm_fail(&why, SMBMGMT_E_NOT_SUPPORTED,
				"What the server lists does not tell whether "
				"the session %llu is still there; list again.",
				(unsigned long long)row->id);
			*unsure = true;
			ret = add_error(w, &why, table->origin.server);
		}
	}
	return ret;
}

static int take_table(struct work *w, struct sm_table *table)
{
	uint8_t *selected = calloc(table->count + 1, 1);
	uint8_t *stale = calloc(sm_match_session_count(w->match) + 1, 1);
	struct sm_fail why;
	bool unsure = false;
	int ret = 0;

	if (selected == NULL || stale == NULL) {
		ret = sm_fail_nomem(w->fail);
	} else if (sm_match_select(w->match, table, selected, stale, &why) !=
		   0) {
		ret = server_failed(w, &why, table->origin.server);
	} else {
		ret = add_sessions(w, table, selected);
		if (ret == 0)
			ret = add_stale(w, table, stale, &unsure);
		if (ret == 0 && table->listing.incomplete) {
			sm_fail(&why, SMBMGMT_E_INCOMPLETE,
				"The listing may lack live sessions: %s",
				table->listing.why);
			ret = server_failed(w, &why, table->origin.server);
		} else {
			w->servers += unsure ? 1 : 0;
			sm_overall_add(&w->overall,
				       unsure ? SMBMGMT_E_NOT_SUPPORTED : 0);
		}
	}
	free(selected);
	free(stale);
	return ret;
}

static int add_missing(void *userdata, const struct sm_fail *why)
{
	struct work *w = userdata;

	w->missing++;
	return add_error(w, why, NULL);
}

/* The overall code, and a sentence for it. */
static int conclude(struct work *w, uint32_t n)
{
	int code = sm_overall_code(&w->overall);

	if (code == 0)
		code = w->missing > 0 ? SMBMGMT_E_NOT_FOUND : 0;
	if (code == SMBMGMT_E_PARTIAL)
		return sm_fail(w->fail, code,
			       "%zu of %u servers failed; the list's errors "
			       "say how.",
			       w->servers, n);
	if (code != 0)
		*w->fail = w->first;
	return code;
}

static void take_looks(smbmgmt_job *job)
{
	struct sm_fail fail = {.offset = -1};
	struct work w = {.fail = &fail, .match = job->match};
	size_t n = job->base.servers;
	int ret = 0;

	w.list = calloc(1, sizeof(*w.list));
	if (w.list == NULL)
		ret = sm_fail_nomem(&fail);
	else
		sm_ref_init(&w.list->ref);
	for (size_t i = 0; ret == 0 && i < n; i++) {
		const struct sm_look *look = &job->looks[i];

		ret = look->table != NULL
			      ? take_table(&w, look->table)
			      : server_failed(&w, &look->fail,
					      job->handles[i]->server);
	}
	if (ret == 0 && w.servers == 0)
		ret = sm_match_missing(w.match, add_missing, &w);
	if (ret == 0)
		ret = conclude(&w, (uint32_t)n);
	job->list = w.list;
	sm_api_job_finish(job, ret, &fail);
}

static void list(smbmgmt_job *job)
{
	sm_api_job_look(job, take_looks);
}

int sm_api_list_job(smbmgmt_context *context, smbmgmt_handle *const *handles,
		    uint32_t n, const smbmgmt_filter *filter,
		    const smbmgmt_list_options *options, bool fd,
		    smbmgmt_job **job, struct sm_fail *fail)
{
	smbmgmt_job *j = NULL;
	int ret = sm_api_match_job(context, handles, n, filter, fd, &j, fail);

	if (ret != 0)
		return ret;
	sm_select_make(sm_match_filter(j->match), &j->select);
	j->fleet.ask.select = &j->select;
	j->step = list;
	if (options != NULL) {
		j->fleet.ask.milliseconds = options->deadline;
		j->fleet.throttle = options->throttle;
	}
	*job = j;
	return 0;
}

int32_t smbmgmt_list_sessions(smbmgmt_context *context,
			      smbmgmt_handle *const *handles, uint32_t n,
			      const smbmgmt_filter *filter,
			      const smbmgmt_list_options *options,
			      smbmgmt_session_list **list, smbmgmt_error **err)
{
	struct sm_fail fail = {.offset = -1};
	smbmgmt_job *job = NULL;
	int32_t code = 0;
	int ret = 0;

	SM_NEED(list);
	*list = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_api_list_job(context, handles, n, filter, options, false, &job,
			      &fail);
	if (ret != 0) {
		code = sm_error_set(err, &fail, NULL);
	} else {
		code = sm_api_job_run(job, err);
		*list = smbmgmt_job_list(job);
	}
	sm_api_job_unref(job);
	sm_context_leave(context);
	return code;
}
