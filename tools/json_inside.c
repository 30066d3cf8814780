/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "json_inside.h"

#include "columns.h"
#include "number.h"
#include "text.h"

#include <stdlib.h>

/* jansson takes UTF-8 only. */
json_t *json_text(const char *value)
{
	json_t *string = json_string(value);
	char *safe = NULL;

	if (string == NULL) {
		safe = text_safe(value);
		string = json_string(safe);
		free(safe);
	}
	return string;
}

/* NULL, which is left out, for one of a later library. */
static json_t *degree(int32_t value)
{
	const char *name = degree_name(value);

	return name == NULL ? NULL : json_text(name);
}

static json_t *time_of(int64_t milliseconds)
{
	char buffer[UTC_SIZE];

	utc_format(milliseconds, buffer);
	return json_text(buffer);
}

static void put_protection(json_t *object, const smbmgmt_session *session)
{
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_CIPHER)) {
		json_object_set_new(object, "cipher",
				    json_text(smbmgmt_session_cipher(session)));
		json_object_set_new(
			object, "cipher_degree",
			degree(smbmgmt_session_cipher_degree(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_SIGNING)) {
		json_object_set_new(
			object, "signing",
			json_text(smbmgmt_session_signing(session)));
		json_object_set_new(
			object, "signing_degree",
			degree(smbmgmt_session_signing_degree(session)));
	}
}

static void put_owner(json_t *object, const smbmgmt_session *session)
{
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_GROUP)) {
		json_object_set_new(object, "group",
				    json_text(smbmgmt_session_group(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_UID)) {
		json_object_set_new(object, "uid",
				    json_integer(smbmgmt_session_uid(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_GID)) {
		json_object_set_new(object, "gid",
				    json_integer(smbmgmt_session_gid(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_ADDRESS)) {
		json_object_set_new(
			object, "client_address",
			json_text(smbmgmt_session_address(session)));
	}
}

static json_t *file_object(const smbmgmt_session *session, uint32_t index)
{
	int64_t opened = smbmgmt_session_open_file_opened_at(session, index);
	json_t *object = json_object();

	json_object_set_new(
		object, "path",
		json_text(smbmgmt_session_open_file(session, index)));
	json_object_set_new(
		object, "writes",
		json_boolean(smbmgmt_session_open_file_writes(session, index)));
	if (opened != 0) {
		json_object_set_new(object, "opened_at", time_of(opened));
	}
	return object;
}

static void put_lists(json_t *object, const smbmgmt_session *session)
{
	json_t *list = NULL;
	uint32_t i;

	if (smbmgmt_session_has(session, SMBMGMT_FIELD_SHARES)) {
		list = json_array();
		for (i = 0; i < smbmgmt_session_share_count(session); i++) {
			json_array_append_new(
				list,
				json_text(smbmgmt_session_share(session, i)));
		}
		json_object_set_new(object, "shares", list);
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_OPEN_FILES)) {
		list = json_array();
		for (i = 0; i < smbmgmt_session_open_file_count(session); i++) {
			json_array_append_new(list, file_object(session, i));
		}
		json_object_set_new(object, "open_files", list);
	}
}

void json_put_inside(json_t *object, const smbmgmt_session *session)
{
	put_owner(object, session);
	put_protection(object, session);
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_NODE_NUMBER)) {
		json_object_set_new(
			object, "node_number",
			json_integer(smbmgmt_session_node_number(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_AUTH_TIME)) {
		json_object_set_new(
			object, "auth_time",
			time_of(smbmgmt_session_auth_time(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_IN_PROGRESS)) {
		json_object_set_new(
			object, "in_progress",
			json_boolean(smbmgmt_session_in_progress(session)));
	}
	put_lists(object, session);
}
