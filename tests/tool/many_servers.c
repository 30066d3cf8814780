/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The smbmgmt command, whole, with servers that a test makes up: each word of
 * memory:WORD-WORD-... but the last, a name of its own, says what is odd about
 * it.
 *
 *   slowN   a listing takes N milliseconds
 *   lateN   connecting does
 *   dead    it cannot be connected to
 *   backN   clients log on again, N times in all
 *   mute    a close says yes and does nothing
 *
 * Each has three sessions: two of alice's and one of bob's.  The linker puts
 * this between the command and the library.
 */
#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "memory:"
#define LONGEST 64

int32_t __wrap_smbmgmt_open_handle(smbmgmt_context *context, const char *server,
				   const smbmgmt_open_options *options,
				   smbmgmt_handle **handle,
				   smbmgmt_error **error);
int32_t __real_smbmgmt_open_handle(smbmgmt_context *context, const char *server,
				   const smbmgmt_open_options *options,
				   smbmgmt_handle **handle,
				   smbmgmt_error **error);

int32_t __wrap_smbmgmt_start_open(smbmgmt_context *context, const char *server,
				  const smbmgmt_open_options *options,
				  smbmgmt_job **job, smbmgmt_error **error);
int32_t __real_smbmgmt_start_open(smbmgmt_context *context, const char *server,
				  const smbmgmt_open_options *options,
				  smbmgmt_job **job, smbmgmt_error **error);

static int32_t add_row(smbmgmt_memory *memory, uint64_t id, const char *client,
		       const char *user, smbmgmt_error **error)
{
	smbmgmt_session_builder *row = NULL;
	int32_t code = smbmgmt_session_builder_new(&row, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_session_builder_set_id(row, id, 0, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_session_builder_set_text(
			row, SMBMGMT_FIELD_CLIENT, client, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_session_builder_set_text(row, SMBMGMT_FIELD_USER,
							user, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_session_builder_set_number(
			row, SMBMGMT_FIELD_SECONDS_EXISTS, 3600, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_memory_add_session(memory, row, NULL, error);
	}
	smbmgmt_session_builder_unref(row);
	return code;
}

static int32_t fill(smbmgmt_memory *memory, smbmgmt_error **error)
{
	int32_t code = add_row(memory, 1, "\\\\10.0.0.5", "alice", error);

	if (code == SMBMGMT_OK) {
		code = add_row(memory, 2, "\\\\10.0.0.6", "alice", error);
	}
	if (code == SMBMGMT_OK) {
		code = add_row(memory, 3, "\\\\10.0.0.7", "bob", error);
	}
	return code;
}

static int32_t script(smbmgmt_memory *memory, const char *word,
		      smbmgmt_error **error)
{
	if (strncmp(word, "slow", 4) == 0) {
		return smbmgmt_memory_set_delay(memory, SMBMGMT_OP_LIST,
						(uint32_t)atoi(word + 4),
						error);
	}
	if (strncmp(word, "late", 4) == 0) {
		return smbmgmt_memory_set_delay(memory, SMBMGMT_OP_CONNECT,
						(uint32_t)atoi(word + 4),
						error);
	}
	if (strncmp(word, "back", 4) == 0) {
		return smbmgmt_memory_set_reconnects(
			memory, (uint32_t)atoi(word + 4), error);
	}
	if (strcmp(word, "dead") == 0) {
		return smbmgmt_memory_add_fault(
			memory, SMBMGMT_OP_CONNECT, 0, SMBMGMT_FAULT_ERROR,
			SMBMGMT_E_CONNECTION_REFUSED, error);
	}
	if (strcmp(word, "mute") == 0) {
		return smbmgmt_memory_add_fault(memory, SMBMGMT_OP_CLOSE, 0,
						SMBMGMT_FAULT_IGNORED, 0,
						error);
	}
	return SMBMGMT_OK;
}

static int32_t make_table(const char *name, smbmgmt_memory **memory,
			  smbmgmt_error **error)
{
	char words[LONGEST];
	char *rest = words;
	char *word = NULL;
	int32_t code = smbmgmt_memory_new(memory, error);

	snprintf(words, sizeof(words), "%s", name);
	if (code == SMBMGMT_OK) {
		code = fill(*memory, error);
	}
	while (code == SMBMGMT_OK && (word = strsep(&rest, "-")) != NULL) {
		code = script(*memory, word, error);
	}
	return code;
}

static bool is_ours(const char *server)
{
	return server != NULL && strncmp(server, PREFIX, strlen(PREFIX)) == 0 &&
	       strcmp(server, "memory:demo") != 0;
}

/* Tests ask for nothing else: a connection at once, where the shell wants it.
 */
static int32_t make_options(const char *server, bool test,
			    smbmgmt_open_options **options,
			    smbmgmt_error **error)
{
	smbmgmt_memory *memory = NULL;
	int32_t code = make_table(server + strlen(PREFIX), &memory, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_new(options, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_set_memory(*options, memory, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_open_options_set_skip_test(*options, !test,
							  error);
	}
	smbmgmt_memory_unref(memory);
	return code;
}

int32_t __wrap_smbmgmt_open_handle(smbmgmt_context *context, const char *server,
				   const smbmgmt_open_options *options,
				   smbmgmt_handle **handle,
				   smbmgmt_error **error)
{
	smbmgmt_open_options *ours = NULL;
	int32_t code = SMBMGMT_OK;

	if (is_ours(server)) {
		code = make_options(server, false, &ours, error);
	}
	if (code == SMBMGMT_OK) {
		code = __real_smbmgmt_open_handle(context, server,
						  ours != NULL ? ours : options,
						  handle, error);
	}
	smbmgmt_open_options_unref(ours);
	return code;
}

int32_t __wrap_smbmgmt_start_open(smbmgmt_context *context, const char *server,
				  const smbmgmt_open_options *options,
				  smbmgmt_job **job, smbmgmt_error **error)
{
	smbmgmt_open_options *ours = NULL;
	int32_t code = SMBMGMT_OK;

	if (is_ours(server)) {
		code = make_options(server, true, &ours, error);
	}
	if (code == SMBMGMT_OK) {
		code = __real_smbmgmt_start_open(context, server,
						 ours != NULL ? ours : options,
						 job, error);
	}
	smbmgmt_open_options_unref(ours);
	return code;
}
