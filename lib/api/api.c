/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "engine/callback.h"

#define STR_(x) #x
#define STR(x) STR_(x)

const struct sm_rules sm_api_strict = {.allow_collateral =
					       SMBMGMT_COLLATERAL_NONE};

int32_t smbmgmt_version_number(void)
{
	return SMBMGMT_VERSION_NUMBER;
}

const char *smbmgmt_version_text(void)
{
	return STR(SMBMGMT_VERSION_MAJOR) "." STR(
		SMBMGMT_VERSION_MINOR) "." STR(SMBMGMT_VERSION_PATCH);
}

int32_t sm_api_null(smbmgmt_error **err, const char *argument)
{
	struct sm_fail fail;

	sm_fail(&fail, SMBMGMT_E_INVALID, "The argument '%s' must not be NULL.",
		argument);
	return sm_error_set(err, &fail, NULL);
}

int sm_api_set_text(char **to, const char *value, const char *what,
		    struct sm_fail *fail)
{
	size_t offset = 0;
	char *copy = NULL;

	if (value[0] == '\0')
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The %s must not be empty.", what);
	if (!sm_text_valid(value, strlen(value), &offset))
		return sm_fail_at(fail, SMBMGMT_E_INVALID, offset,
				  "The %s is not UTF-8 at byte %zu.", what,
				  offset);
	copy = strdup(value);
	if (copy == NULL)
		return sm_fail_nomem(fail);
	free(*to);
	*to = copy;
	return 0;
}

int sm_api_bool(int32_t value, bool *to, struct sm_fail *fail)
{
	if (value != 0 && value != 1)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A switch is 0 or 1, not %d.", value);
	*to = value == 1;
	return 0;
}

int sm_api_throttle(int32_t value, int32_t *to, struct sm_fail *fail)
{
	if (value < 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A limit of %d makes no sense; 0 lets the "
			       "library choose.",
			       value);
	*to = value;
	return 0;
}

int32_t sm_api_ask(const smbmgmt_action *action,
		   const smbmgmt_question *question)
{
	int32_t answer = SMBMGMT_ANSWER_ABORT;

	sm_callback_enter();
	answer = action->confirm(question, action->userdata);
	sm_callback_leave();
	return answer;
}

const char *smbmgmt_question_text(const smbmgmt_question *question)
{
	return question == NULL ? "" : question->text;
}

smbmgmt_plan *smbmgmt_question_plan(const smbmgmt_question *question)
{
	return question == NULL ? NULL : question->plan;
}

uint32_t smbmgmt_question_item(const smbmgmt_question *question)
{
	return question == NULL ? 0 : question->item;
}

uint32_t smbmgmt_question_session_count(const smbmgmt_question *question)
{
	return question == NULL ? 0 : question->sessions;
}

smbmgmt_handle *smbmgmt_question_handle(const smbmgmt_question *question)
{
	return question == NULL ? NULL : question->handle;
}

static int cmp_pointer(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (smbmgmt_handle *const *)a;
	uintptr_t y = (uintptr_t) * (smbmgmt_handle *const *)b;

	return x < y ? -1 : x > y;
}

static int check_twice(smbmgmt_handle *const *handles, uint32_t n,
		       struct sm_fail *fail)
{
	smbmgmt_handle **order = calloc(n, sizeof(*order));
	int ret = 0;

	if (order == NULL)
		return sm_fail_nomem(fail);
	memcpy(order, handles, n * sizeof(*order));
	qsort(order, n, sizeof(*order), cmp_pointer);
	for (uint32_t i = 1; ret == 0 && i < n; i++) {
		if (order[i] == order[i - 1])
			ret = sm_fail(fail, SMBMGMT_E_INVALID,
				      "The handle %u is given twice.",
				      order[i]->id);
	}
	free(order);
	return ret;
}

int sm_api_handles(smbmgmt_context *context, smbmgmt_handle *const *handles,
		   uint32_t n, struct sm_fail *fail)
{
	if (handles == NULL)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The argument 'handles' must not be NULL.");
	for (uint32_t i = 0; i < n; i++) {
		if (handles[i] == NULL)
			return sm_fail(fail, SMBMGMT_E_INVALID,
				       "The handle at index %u is NULL.", i);
		if (handles[i]->context != context)
			return sm_fail(fail, SMBMGMT_E_INVALID,
				       "The handle at index %u belongs to "
				       "another context.",
				       i);
	}
	return n <= 1 ? 0 : check_twice(handles, n, fail);
}

static bool is_of(const smbmgmt_session *session,
		  smbmgmt_handle *const *handles, uint32_t n)
{
	const struct sm_guid *guid = &session->table->origin.instance_id;

	for (uint32_t i = 0; i < n; i++) {
		if (memcmp(guid, &handles[i]->instance_id, sizeof(*guid)) == 0)
			return true;
	}
	return false;
}

int sm_api_sessions(const smbmgmt_filter *filter,
		    smbmgmt_handle *const *handles, uint32_t n,
		    struct sm_fail *fail)
{
	for (size_t i = 0; filter != NULL && i < filter->session_count; i++) {
		if (!is_of(filter->sessions[i], handles, n))
			return sm_fail(
				fail, SMBMGMT_E_INVALID,
				"The session object %zu was listed with "
				"handle %u, which is not one of those "
				"given.",
				i,
				filter->sessions[i]->table->origin.handle_id);
	}
	return 0;
}
