/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Rows of a file become sessions of the handles of their servers. */
#include "exitcode.h"
#include "json_in.h"
#include "number.h"
#include "option_apply.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

enum kind { KIND_TEXT, KIND_NUMBER, KIND_YES_NO };

/* What a row may tell, and where the builder takes it. */
static const struct member {
	const char *name;
	enum kind kind;
	uint64_t field;
} members[] = {
	{"client_computer_name", KIND_TEXT, SMBMGMT_FIELD_CLIENT},
	{"client_user_name", KIND_TEXT, SMBMGMT_FIELD_USER},
	{"num_opens", KIND_NUMBER, SMBMGMT_FIELD_NUM_OPENS},
	{"seconds_exists", KIND_NUMBER, SMBMGMT_FIELD_SECONDS_EXISTS},
	{"seconds_idle", KIND_NUMBER, SMBMGMT_FIELD_SECONDS_IDLE},
	{"scope_name", KIND_TEXT, SMBMGMT_FIELD_SCOPE},
	{"cluster_node_name", KIND_TEXT, SMBMGMT_FIELD_NODE},
	{"dialect", KIND_TEXT, SMBMGMT_FIELD_DIALECT},
	{"transport_name", KIND_TEXT, SMBMGMT_FIELD_TRANSPORT_NAME},
	{"guest", KIND_YES_NO, SMBMGMT_FIELD_GUEST},
	{"encrypted", KIND_YES_NO, SMBMGMT_FIELD_ENCRYPTED},
};

/* NULL, or what is wrong with the member; 0 in *code means: not the library. */
static const char *set_member(smbmgmt_session_builder *builder,
			      const struct member *member, const json_t *value,
			      int32_t *code, smbmgmt_error **error)
{
	*code = SMBMGMT_OK;
	switch (member->kind) {
	case KIND_TEXT:
		if (!json_is_string(value)) {
			return "is no text";
		}
		*code = smbmgmt_session_builder_set_text(
			builder, member->field, json_string_value(value),
			error);
		break;
	case KIND_NUMBER:
		if (!json_is_integer(value) || json_integer_value(value) < 0) {
			return "is no number from 0";
		}
		*code = smbmgmt_session_builder_set_number(
			builder, member->field,
			(uint64_t)json_integer_value(value), error);
		break;
	case KIND_YES_NO:
		if (!json_is_boolean(value)) {
			return "is neither true nor false";
		}
		*code = smbmgmt_session_builder_set_number(
			builder, member->field, json_is_true(value), error);
		break;
	}
	return *code == SMBMGMT_OK ? NULL : smbmgmt_error_message(*error);
}

static unsigned set_members(const struct rows *rows, size_t index,
			    const json_t *row, smbmgmt_session_builder *builder)
{
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const json_t *value = json_object_get(row, members[i].name);
		const char *problem = NULL;
		smbmgmt_error *error = NULL;
		int32_t code = SMBMGMT_OK;

		if (value == NULL) {
			continue;
		}
		problem =
			set_member(builder, &members[i], value, &code, &error);
		if (problem != NULL) {
			char *why = must_format("\"%s\" %s", members[i].name,
						problem);

			rows_bad(rows, index, why);
			free(why);
			smbmgmt_error_unref(error);
			return FACT_USAGE;
		}
	}
	return 0;
}

/* The members that need more than a copy. */
static const char *set_key(const json_t *row, smbmgmt_session_builder *builder,
			   smbmgmt_error **error)
{
	const json_t *id = json_object_get(row, "session_id");
	const json_t *instance = json_object_get(row, "smb_instance");
	const char *listed_at =
		json_string_value(json_object_get(row, "listed_at"));
	int32_t derived =
		json_is_true(json_object_get(row, "session_id_derived"));
	int64_t milliseconds = 0;
	uint64_t number = 0;
	int32_t code = SMBMGMT_OK;

	if (listed_at == NULL || !utc_parse(listed_at, &milliseconds)) {
		return "no time \"listed_at\"";
	}
	code = smbmgmt_session_builder_set_listed_at(builder, milliseconds,
						     error);
	if (code == SMBMGMT_OK && id != NULL) {
		if (!json_is_string(id) ||
		    !number_parse(json_string_value(id), UINT64_MAX, &number)) {
			return "\"session_id\" is no number written as text";
		}
		code = smbmgmt_session_builder_set_id(builder, number, derived,
						      error);
	}
	if (code == SMBMGMT_OK && instance != NULL) {
		int32_t known = json_is_string(instance)
					? instance_from_name(
						  json_string_value(instance))
					: -1;

		if (known < 0) {
			return "\"smb_instance\" is none of default, csv, "
			       "sbl, sr";
		}
		code = smbmgmt_session_builder_set_number(
			builder, SMBMGMT_FIELD_INSTANCE, (uint64_t)known,
			error);
	}
	return code == SMBMGMT_OK ? NULL : smbmgmt_error_message(*error);
}

static smbmgmt_handle *find_handle(const struct servers *servers,
				   const char *server)
{
	size_t i;

	for (i = 0; i < servers->count; i++) {
		if (servers_same(smbmgmt_handle_server(servers->handle[i]),
				 server)) {
			return servers->handle[i];
		}
	}
	return NULL;
}

static const char *add_session(smbmgmt_session_builder *builder,
			       const json_t *row, smbmgmt_handle *handle,
			       smbmgmt_filter *filter, smbmgmt_error **error)
{
	const char *transport =
		json_string_value(json_object_get(row, "transport"));
	smbmgmt_session *session = NULL;
	int32_t code;

	/* Another transport's ids mean other sessions. */
	if (transport == NULL ||
	    strcmp(transport, smbmgmt_handle_transport(handle)) != 0) {
		return "it was listed with another \"transport\"";
	}
	code = smbmgmt_session_builder_build(builder, handle, &session, error);
	if (code == SMBMGMT_OK) {
		code = smbmgmt_filter_add_session(filter, session, error);
	}
	smbmgmt_session_unref(session);
	return code == SMBMGMT_OK ? NULL : smbmgmt_error_message(*error);
}

static unsigned add_row(const struct rows *rows, size_t index,
			const json_t *row, smbmgmt_handle *handle,
			smbmgmt_filter *filter)
{
	smbmgmt_session_builder *builder = NULL;
	smbmgmt_error *error = NULL;
	const char *problem = NULL;
	unsigned facts = 0;

	if (smbmgmt_session_builder_new(&builder, &error) != SMBMGMT_OK) {
		say_error(error);
		smbmgmt_error_unref(error);
		return FACT_FAILED;
	}
	problem = set_key(row, builder, &error);
	if (problem == NULL) {
		facts = set_members(rows, index, row, builder);
	}
	if (problem == NULL && facts == 0) {
		problem = add_session(builder, row, handle, filter, &error);
	}
	if (problem != NULL) {
		facts = rows_bad(rows, index, problem);
	}
	smbmgmt_error_unref(error);
	smbmgmt_session_builder_unref(builder);
	return facts;
}

unsigned rows_fill_filter(const struct rows *rows,
			  const struct servers *servers, smbmgmt_filter *filter)
{
	unsigned facts = 0;
	size_t index = 0;
	json_t *row = NULL;

	json_array_foreach(rows->sessions, index, row)
	{
		smbmgmt_handle *handle = find_handle(servers, row_server(row));

		if (handle != NULL) {
			facts = add_row(rows, index, row, handle, filter);
		}
		if (facts != 0) {
			break;
		}
	}
	return facts;
}
