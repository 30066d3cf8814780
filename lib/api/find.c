/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finding and removing handles. */
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "core/selector.h"

/* All handles of a context, and how a selector sees them. */
struct found {
	smbmgmt_handle **handles;
	struct sm_handle_view *views;
	size_t count;
};

static void free_found(struct found *found)
{
	for (size_t i = 0; i < found->count; i++)
		sm_handle_unref(found->handles[i]);
	free(found->handles);
	free(found->views);
}

static int get_all(smbmgmt_context *context, struct found *found,
		   struct sm_fail *fail)
{
	int ret = sm_context_handles(context, &found->handles, &found->count,
				     fail);

	if (ret != 0)
		return ret;
	found->views = calloc(found->count + 1, sizeof(*found->views));
	if (found->views == NULL)
		return sm_fail_nomem(fail);
	for (size_t i = 0; i < found->count; i++) {
		found->views[i].id = found->handles[i]->id;
		found->views[i].instance_id = &found->handles[i]->instance_id;
		found->views[i].name = found->handles[i]->name;
		found->views[i].computer = found->handles[i]->computer;
	}
	return 0;
}

struct missing {
	struct sm_errors *errors;
	struct sm_fail *first;
};

static int add_missing(void *userdata, const struct sm_fail *why)
{
	struct missing *m = userdata;

	if (m->errors->count == 0)
		*m->first = *why;
	return sm_errors_add(m->errors, sm_error_new(why, NULL))
		       ? 0
		       : SMBMGMT_E_NOMEM;
}

static int find(smbmgmt_context *context, const smbmgmt_selector *selector,
		struct smbmgmt_handle_list *list, struct sm_fail *fail)
{
	struct found found = {0};
	struct missing missing = {.errors = &list->errors, .first = fail};
	int ret = get_all(context, &found, fail);

	if (ret == 0) {
		list->handles = calloc(found.count + 1, sizeof(*list->handles));
		if (list->handles == NULL)
			ret = sm_fail_nomem(fail);
	}
	for (size_t i = 0; ret == 0 && i < found.count; i++) {
		if (sm_selector_match(selector, &found.views[i]))
			list->handles[list->count++] =
				sm_handle_ref(found.handles[i]);
	}
	if (ret == 0 && sm_selector_missing(selector, found.views, found.count,
					    add_missing, &missing) != 0)
		ret = sm_fail_nomem(fail);
	if (ret == 0 && list->errors.count > 0)
		ret = SMBMGMT_E_NOT_FOUND;
	free_found(&found);
	return ret;
}

int32_t smbmgmt_find_handles(smbmgmt_context *context,
			     const smbmgmt_selector *selector,
			     smbmgmt_handle_list **list, smbmgmt_error **err)
{
	struct smbmgmt_handle_list *l = NULL;
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(list);
	*list = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		ret = sm_fail_nomem(&fail);
	} else {
		sm_ref_init(&l->ref);
		ret = find(context, selector, l, &fail);
		if (ret == 0 || ret == SMBMGMT_E_NOT_FOUND)
			*list = l;
		else
			smbmgmt_handle_list_unref(l);
	}
	sm_context_leave(context);
	return sm_api_done(ret, &fail, err);
}

smbmgmt_handle_list *smbmgmt_handle_list_ref(smbmgmt_handle_list *list)
{
	if (list != NULL)
		sm_ref_get(&list->ref);
	return list;
}

void smbmgmt_handle_list_unref(smbmgmt_handle_list *list)
{
	if (list == NULL || !sm_ref_put(&list->ref))
		return;
	for (size_t i = 0; i < list->count; i++)
		sm_handle_unref(list->handles[i]);
	free(list->handles);
	sm_errors_free(&list->errors);
	free(list);
}

uint32_t smbmgmt_handle_list_count(const smbmgmt_handle_list *list)
{
	return list == NULL ? 0 : (uint32_t)list->count;
}

smbmgmt_handle *smbmgmt_handle_list_get(const smbmgmt_handle_list *list,
					uint32_t index)
{
	return list == NULL || index >= list->count ? NULL
						    : list->handles[index];
}

uint32_t smbmgmt_handle_list_error_count(const smbmgmt_handle_list *list)
{
	return list == NULL ? 0 : (uint32_t)list->errors.count;
}

smbmgmt_error *smbmgmt_handle_list_error(const smbmgmt_handle_list *list,
					 uint32_t index)
{
	return list == NULL ? NULL : sm_errors_at(&list->errors, index);
}

int32_t smbmgmt_remove_handle(smbmgmt_handle *handle, smbmgmt_error **err)
{
	smbmgmt_context *context = NULL;
	struct sm_fail fail;
	int ret = 0;

	SM_NEED(handle);
	context = handle->context;
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, handle->server);
	ret = sm_context_remove_handle(context, handle, &fail);
	sm_context_leave(context);
	return ret == 0 ? 0 : sm_error_set(err, &fail, handle->server);
}

static void question_text(const smbmgmt_handle *handle, char *text, size_t size)
{
	snprintf(text, size,
		 "Performing the operation \"Remove handle\" on target "
		 "\"handle id = %u, name = %s, ComputerName = %s, instance id "
		 "= %s\".",
		 handle->id, handle->name, handle->computer,
		 handle->instance_text);
}

/* One answer for many: what was said "to all" last time. */
static int32_t decide(const smbmgmt_action *action, smbmgmt_handle *handle,
		      int32_t *sticky)
{
	smbmgmt_question question = {.handle = handle};

	if (action == NULL || action->confirm == NULL ||
	    *sticky == SMBMGMT_ANSWER_YES_TO_ALL)
		return SMBMGMT_ANSWER_YES;
	if (*sticky == SMBMGMT_ANSWER_NO_TO_ALL)
		return SMBMGMT_ANSWER_NO;
	if (*sticky == SMBMGMT_ANSWER_ABORT)
		return SMBMGMT_ANSWER_ABORT;
	question_text(handle, question.text, sizeof(question.text));
	*sticky = sm_api_ask(action, &question);
	if (*sticky == SMBMGMT_ANSWER_YES_TO_ALL)
		return SMBMGMT_ANSWER_YES;
	if (*sticky == SMBMGMT_ANSWER_NO_TO_ALL)
		return SMBMGMT_ANSWER_NO;
	return *sticky;
}

static int remove_one(smbmgmt_context *context, smbmgmt_handle *handle,
		      const smbmgmt_action *action, int32_t *sticky,
		      smbmgmt_report *report, struct sm_fail *fail)
{
	struct sm_outcome o = {.handle = sm_handle_ref(handle)};
	struct sm_fail why;
	char text[SM_FAIL_TEXT] = "";
	int ret = 0;

	if (action != NULL && action->what_if) {
		o.outcome = SMBMGMT_OUTCOME_WOULD_REMOVE;
		question_text(handle, text, sizeof(text));
	} else {
		switch (decide(action, handle, sticky)) {
		case SMBMGMT_ANSWER_YES:
			o.outcome = SMBMGMT_OUTCOME_REMOVED;
			if (sm_context_remove_handle(context, handle, &why) !=
			    0) {
				o.outcome = SMBMGMT_OUTCOME_FAILED;
				o.cause = sm_error_new(&why, handle->server);
			}
			break;
		case SMBMGMT_ANSWER_NO:
			o.outcome = SMBMGMT_OUTCOME_DECLINED;
			break;
		default:
			*sticky = SMBMGMT_ANSWER_ABORT;
			o.outcome = SMBMGMT_OUTCOME_CANCELLED;
			break;
		}
	}
	o.code = sm_outcome_code(o.outcome, smbmgmt_error_code(o.cause));
	ret = sm_report_add(
		report, &o,
		o.cause == NULL ? text : smbmgmt_error_message(o.cause), fail);
	if (ret != 0)
		sm_handle_unref(handle);
	smbmgmt_error_unref(o.cause);
	return ret;
}

struct absent {
	smbmgmt_report *report;
	struct sm_fail *fail;
};

static int add_absent(void *userdata, const struct sm_fail *why)
{
	struct absent *absent = userdata;
	struct sm_outcome o = {
		.outcome = SMBMGMT_OUTCOME_NOT_FOUND,
		.code = SMBMGMT_E_NOT_FOUND,
	};

	return sm_report_add(absent->report, &o, why->text, absent->fail);
}

static void unref_handle(void *handle)
{
	sm_handle_unref(handle);
}

static int remove_all(smbmgmt_context *context,
		      const smbmgmt_selector *selector,
		      const smbmgmt_action *action, smbmgmt_report *report,
		      struct sm_fail *fail)
{
	struct found found = {0};
	struct absent absent = {.report = report, .fail = fail};
	int32_t sticky = SMBMGMT_ANSWER_YES;
	int ret = get_all(context, &found, fail);

	report->handle_unref = unref_handle;
	for (size_t i = 0; ret == 0 && i < found.count; i++) {
		if (sm_selector_match(selector, &found.views[i]))
			ret = remove_one(context, found.handles[i], action,
					 &sticky, report, fail);
	}
	if (ret == 0)
		ret = sm_selector_missing(selector, found.views, found.count,
					  add_absent, &absent);
	free_found(&found);
	return ret;
}

int32_t smbmgmt_remove_handles(smbmgmt_context *context,
			       const smbmgmt_selector *selector,
			       const smbmgmt_action *action,
			       smbmgmt_report **report, smbmgmt_error **err)
{
	smbmgmt_report *r = NULL;
	struct sm_fail fail = {.offset = -1};
	int ret = 0;

	SM_NEED(report);
	*report = NULL;
	SM_NEED(context);
	ret = sm_context_enter(context, &fail);
	if (ret != 0)
		return sm_error_set(err, &fail, NULL);
	ret = sm_report_new(&r, &fail);
	if (ret == 0 && sm_selector_is_empty(selector) &&
	    (selector == NULL || !selector->match_all))
		ret = sm_fail(&fail, SMBMGMT_E_EMPTY_FILTER,
			      "An empty selector removes nothing; select "
			      "handles, or set match-all.");
	else if (ret == 0)
		ret = remove_all(context, selector, action, r, &fail);
	if (r != NULL) {
		sm_report_finish(r);
		if (ret != 0)
			r->code = ret;
		else if (r->code != 0)
			ret = sm_fail(&fail, r->code,
				      "Not every handle was removed; the "
				      "report says what came of each.");
		*report = r;
	}
	sm_context_leave(context);
	return sm_api_done(ret, &fail, err);
}
