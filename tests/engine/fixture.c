/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Questions are asked on the thread that made the call. */
static _Thread_local const char *next_answers;
static _Thread_local unsigned int asked;

static void must(int32_t code, smbmgmt_error *error)
{
	ck_assert_msg(code == 0, "%s: %s", smbmgmt_error_name(code),
		      smbmgmt_error_message(error));
}

#define MUST(call)                                                             \
	do {                                                                   \
		smbmgmt_error *err = NULL;                                     \
		int32_t code_ = (call);                                        \
		must(code_, err);                                              \
	} while (0)

void fix_up(struct fix *fix)
{
	memset(fix, 0, sizeof(*fix));
	MUST(smbmgmt_context_new(&fix->context, &err));
	MUST(smbmgmt_memory_new(&fix->memory, &err));
	fix->handle = fix_open(fix, fix->memory);
}

void fix_down(struct fix *fix)
{
	smbmgmt_handle_unref(fix->handle);
	smbmgmt_memory_unref(fix->memory);
	smbmgmt_context_unref(fix->context);
}

smbmgmt_handle *fix_open(struct fix *fix, smbmgmt_memory *memory)
{
	smbmgmt_open_options *options = NULL;
	smbmgmt_handle *handle = NULL;

	MUST(smbmgmt_open_options_new(&options, &err));
	MUST(smbmgmt_open_options_set_memory(options, memory, &err));
	MUST(smbmgmt_open_options_set_skip_test(options, 1, &err));
	MUST(smbmgmt_open_handle(fix->context, "memory:table", options, &handle,
				 &err));
	smbmgmt_open_options_unref(options);
	return handle;
}

void fix_row(smbmgmt_memory *memory, int64_t id, const char *client,
	     const char *user, int64_t age, const char *process)
{
	smbmgmt_session_builder *b = NULL;

	MUST(smbmgmt_session_builder_new(&b, &err));
	if (id != 0)
		MUST(smbmgmt_session_builder_set_id(
			b, (uint64_t)(id < 0 ? -id : id), id < 0, &err));
	MUST(smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_CLIENT, client,
					      &err));
	MUST(smbmgmt_session_builder_set_text(b, SMBMGMT_FIELD_USER, user,
					      &err));
	if (age >= 0)
		MUST(smbmgmt_session_builder_set_number(
			b, SMBMGMT_FIELD_SECONDS_EXISTS, (uint64_t)age, &err));
	MUST(smbmgmt_memory_add_session(memory, b, process, &err));
	smbmgmt_session_builder_unref(b);
}

void fix_rows(smbmgmt_memory *memory, unsigned int count)
{
	for (unsigned int i = 1; i <= count; i++) {
		char client[16];
		char user[16];

		snprintf(client, sizeof(client), "c%u", i);
		snprintf(user, sizeof(user), "u%u", i);
		fix_row(memory, i, client, user, 3600, NULL);
	}
}

static void add_word(smbmgmt_filter *f, const char *word)
{
	const char *value = strchr(word, '=');

	if (strcmp(word, "all") == 0)
		MUST(smbmgmt_filter_set_match_all(f, 1, &err));
	else if (value == NULL)
		MUST(smbmgmt_filter_add_id_text(f, word, &err));
	else if (word[0] == 'u')
		MUST(smbmgmt_filter_add_user(f, value + 1, &err));
	else if (word[0] == 'c')
		MUST(smbmgmt_filter_add_client(f, value + 1, &err));
	else if (word[0] == 'i')
		MUST(smbmgmt_filter_add_instance(f, atoi(value + 1), &err));
	else
		MUST(smbmgmt_filter_set_min_age(f, (uint32_t)atoi(value + 1),
						&err));
}

smbmgmt_filter *fix_filter(const char *text)
{
	smbmgmt_filter *filter = NULL;
	char *copy = strdup(text);
	char *rest = copy;
	char *word = NULL;

	ck_assert_ptr_nonnull(copy);
	MUST(smbmgmt_filter_new(&filter, &err));
	while ((word = strsep(&rest, " ")) != NULL) {
		if (word[0] != '\0')
			add_word(filter, word);
	}
	free(copy);
	return filter;
}

static int32_t answer(const smbmgmt_question *question, void *userdata)
{
	(void)userdata;
	ck_assert_ptr_nonnull(
		strstr(smbmgmt_question_text(question), "Performing"));
	asked++;
	/* More questions than answers is a failed test, not a yes. */
	ck_assert_msg(*next_answers != '\0', "an unexpected question: %s",
		      smbmgmt_question_text(question));
	switch (*next_answers++) {
	case 'y':
		return SMBMGMT_ANSWER_YES;
	case 'Y':
		return SMBMGMT_ANSWER_YES_TO_ALL;
	case 'n':
		return SMBMGMT_ANSWER_NO;
	case 'N':
		return SMBMGMT_ANSWER_NO_TO_ALL;
	default:
		return SMBMGMT_ANSWER_ABORT;
	}
}

smbmgmt_action *fix_action(const struct fix *fix, unsigned int flags,
			   const char *answers)
{
	smbmgmt_action *action = NULL;
	smbmgmt_policy *policy = NULL;
	int32_t allow = flags & FIX_ALL	       ? SMBMGMT_COLLATERAL_ALL
			: flags & FIX_POSSIBLE ? SMBMGMT_COLLATERAL_POSSIBLE
					       : SMBMGMT_COLLATERAL_NONE;

	MUST(smbmgmt_action_new(&action, &err));
	MUST(smbmgmt_policy_new(&policy, &err));
	MUST(smbmgmt_policy_set_include_own(policy, (flags & FIX_OWN) != 0,
					    &err));
	MUST(smbmgmt_policy_set_allow_collateral(policy, allow, &err));
	MUST(smbmgmt_action_set_policy(action, policy, &err));
	MUST(smbmgmt_action_set_force(action, (flags & FIX_FORCE) != 0, &err));
	MUST(smbmgmt_action_set_what_if(action, (flags & FIX_WHAT_IF) != 0,
					&err));
	MUST(smbmgmt_action_set_verify(action, (flags & FIX_NO_VERIFY) == 0,
				       &err));
	MUST(smbmgmt_action_set_deadline(action, fix->deadline, &err));
	MUST(smbmgmt_action_set_per_server(action, fix->per_server, &err));
	asked = 0;
	next_answers = answers;
	if (answers != NULL)
		MUST(smbmgmt_action_set_confirm(action, answer, NULL, NULL,
						&err));
	smbmgmt_policy_unref(policy);
	return action;
}

unsigned int fix_asked(void)
{
	return asked;
}

char *fix_describe(int32_t code, const smbmgmt_report *report)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	fprintf(out, "%s:", code == 0 ? "0" : smbmgmt_error_name(code) + 10);
	for (uint32_t i = 0; i < smbmgmt_report_count(report); i++) {
		smbmgmt_session *s = smbmgmt_report_session(report, i);

		fprintf(out, "%s %s", i == 0 ? "" : ",",
			smbmgmt_outcome_name(
				smbmgmt_report_outcome(report, i)));
		if (s != NULL && smbmgmt_session_has(s, SMBMGMT_FIELD_ID))
			fprintf(out, " %llu",
				(unsigned long long)smbmgmt_session_id(s));
	}
	fclose(out);
	return text;
}

char *fix_close(struct fix *fix, const char *filter, unsigned int flags,
		const char *answers, smbmgmt_report **report)
{
	smbmgmt_filter *f = fix_filter(filter);
	smbmgmt_action *action = fix_action(fix, flags, answers);
	smbmgmt_report *r = NULL;
	smbmgmt_error *err = NULL;
	int32_t code = smbmgmt_close_sessions(fix->context, &fix->handle, 1, f,
					      action, &r, &err);
	char *text = NULL;

	/* The report is always there, and agrees with what was returned. */
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(smbmgmt_report_code(r), code);
	ck_assert_int_eq(smbmgmt_error_code(err), code);
	text = fix_describe(code, r);
	smbmgmt_error_unref(err);
	smbmgmt_action_unref(action);
	smbmgmt_filter_unref(f);
	if (report != NULL)
		*report = r;
	else
		smbmgmt_report_unref(r);
	return text;
}

void fix_expect(char *text, const char *expected)
{
	ck_assert_str_eq(text, expected);
	free(text);
}

void fix_calls(struct fix *fix, uint64_t lists, uint64_t closes)
{
	ck_assert_uint_eq(smbmgmt_memory_calls(fix->memory, SMBMGMT_OP_LIST),
			  lists);
	ck_assert_uint_eq(smbmgmt_memory_calls(fix->memory, SMBMGMT_OP_CLOSE),
			  closes);
}
