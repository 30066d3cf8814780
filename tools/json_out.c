/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "json_out.h"

#include "columns.h"
#include "counts.h"
#include "json_inside.h"
#include "number.h"
#include "option_apply.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SCHEMA 1

/* JSON's integers end at 2^63 - 1 here; no server has as many opens. */
static json_t *number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static void put_text(json_t *object, const smbmgmt_session *session,
		     uint64_t field, const char *name,
		     const char *(*get)(const smbmgmt_session *))
{
	if (smbmgmt_session_has(session, field)) {
		json_object_set_new(object, name, json_text(get(session)));
	}
}

static void put_numbers(json_t *object, const smbmgmt_session *session)
{
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_NUM_OPENS)) {
		json_object_set_new(object, "num_opens",
				    number(smbmgmt_session_num_opens(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_SECONDS_EXISTS)) {
		json_object_set_new(
			object, "seconds_exists",
			number(smbmgmt_session_seconds_exists(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_SECONDS_IDLE)) {
		json_object_set_new(
			object, "seconds_idle",
			number(smbmgmt_session_seconds_idle(session)));
	}
}

static void put_choices(json_t *object, const smbmgmt_session *session)
{
	const char *instance = instance_name(smbmgmt_session_instance(session));

	if (smbmgmt_session_has(session, SMBMGMT_FIELD_INSTANCE) &&
	    instance != NULL) {
		json_object_set_new(object, "smb_instance",
				    json_text(instance));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_GUEST)) {
		json_object_set_new(
			object, "guest",
			json_boolean(smbmgmt_session_guest(session)));
	}
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_ENCRYPTED)) {
		json_object_set_new(
			object, "encrypted",
			json_boolean(smbmgmt_session_encrypted(session)));
	}
	json_object_set_new(object, "own",
			    json_text(own_name(smbmgmt_session_own(session))));
}

static json_t *session_object(const smbmgmt_session *session)
{
	json_t *object = json_object();
	char buffer[UTC_SIZE];

	json_object_set_new(object, "server",
			    json_text(smbmgmt_session_server(session)));
	json_object_set_new(object, "transport",
			    json_text(smbmgmt_session_transport(session)));
	utc_format(smbmgmt_session_listed_at(session), buffer);
	json_object_set_new(object, "listed_at", json_text(buffer));
	json_object_set_new(object, "computer",
			    json_text(smbmgmt_session_computer(session)));
	json_object_set_new(object, "handle_id",
			    number(smbmgmt_session_handle_id(session)));
	if (smbmgmt_session_has(session, SMBMGMT_FIELD_ID)) {
		/* Text, as many readers of JSON lose digits over 2^53. */
		snprintf(buffer, sizeof(buffer), "%" PRIu64,
			 smbmgmt_session_id(session));
		json_object_set_new(object, "session_id", json_text(buffer));
		json_object_set_new(
			object, "session_id_derived",
			json_boolean(smbmgmt_session_id_is_derived(session)));
	}
	put_text(object, session, SMBMGMT_FIELD_CLIENT, "client_computer_name",
		 smbmgmt_session_client);
	put_text(object, session, SMBMGMT_FIELD_USER, "client_user_name",
		 smbmgmt_session_user);
	put_numbers(object, session);
	put_text(object, session, SMBMGMT_FIELD_SCOPE, "scope_name",
		 smbmgmt_session_scope);
	put_text(object, session, SMBMGMT_FIELD_NODE, "cluster_node_name",
		 smbmgmt_session_node);
	put_text(object, session, SMBMGMT_FIELD_DIALECT, "dialect",
		 smbmgmt_session_dialect);
	put_text(object, session, SMBMGMT_FIELD_TRANSPORT_NAME,
		 "transport_name", smbmgmt_session_transport_name);
	put_choices(object, session);
	json_put_inside(object, session);
	return object;
}

static const char *native_kind(int32_t kind)
{
	static const char *const kinds[] = {
		[SMBMGMT_NATIVE_ERRNO] = "errno",
		[SMBMGMT_NATIVE_NTSTATUS] = "ntstatus",
		[SMBMGMT_NATIVE_WERROR] = "werror",
		[SMBMGMT_NATIVE_HTTP] = "http",
		[SMBMGMT_NATIVE_SIGNAL] = "signal",
		[SMBMGMT_NATIVE_WSMAN] = "wsman",
		[SMBMGMT_NATIVE_CIM] = "cim",
	};

	if (kind <= SMBMGMT_NATIVE_NONE || kind > SMBMGMT_NATIVE_CIM) {
		return NULL;
	}
	return kinds[kind];
}

json_t *json_error(const smbmgmt_error *error)
{
	int32_t code = smbmgmt_error_code(error);
	const char *kind = native_kind(smbmgmt_error_native_kind(error));
	json_t *object = json_object();

	json_object_set_new(object, "server",
			    json_text(smbmgmt_error_computer(error)));
	json_object_set_new(object, "code", json_integer(code));
	json_object_set_new(object, "name",
			    json_text(smbmgmt_error_name(code)));
	json_object_set_new(object, "message",
			    json_text(smbmgmt_error_message(error)));
	if (kind != NULL) {
		json_object_set_new(object, "native_kind", json_text(kind));
		json_object_set_new(object, "native_code",
				    number(smbmgmt_error_native_code(error)));
	}
	return object;
}

static json_t *open_errors(const struct servers *servers)
{
	json_t *errors = json_array();
	size_t i;

	for (i = 0; i < servers->error_count; i++) {
		json_array_append_new(errors, json_error(servers->error[i]));
	}
	return errors;
}

void json_print(json_t *document)
{
	/* Plain ASCII: no name can steer a terminal that shows it. */
	json_dumpf(document, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(document);
}

void json_print_list(const smbmgmt_session_list *list,
		     const struct servers *servers, const smbmgmt_error *error)
{
	json_t *document = json_object();
	json_t *sessions = json_array();
	json_t *errors = open_errors(servers);
	uint32_t i;

	for (i = 0; i < smbmgmt_session_list_count(list); i++) {
		json_array_append_new(
			sessions,
			session_object(smbmgmt_session_list_get(list, i)));
	}
	for (i = 0; i < list_error_count(list); i++) {
		const smbmgmt_error *entry =
			smbmgmt_session_list_error(list, i);

		if (servers_may_say(servers, smbmgmt_error_code(entry))) {
			json_array_append_new(errors, json_error(entry));
		}
	}
	/* A call that got nowhere has no entry to say so. */
	if (error != NULL && list_error_count(list) == 0) {
		json_array_append_new(errors, json_error(error));
	}
	json_object_set_new(document, "schema", json_integer(SCHEMA));
	json_object_set_new(document, "sessions", sessions);
	json_object_set_new(document, "errors", errors);
	json_print(document);
}

static json_t *collateral_array(const smbmgmt_report *report, uint32_t index)
{
	uint32_t count = smbmgmt_report_collateral_count(report, index);
	json_t *array = json_array();
	uint32_t i;

	for (i = 0; i < count; i++) {
		int32_t ended =
			smbmgmt_report_collateral_ended(report, index, i);
		int32_t grade =
			smbmgmt_report_collateral_grade(report, index, i);
		json_t *object = json_object();

		json_object_set_new(object, "grade",
				    json_text(grade == SMBMGMT_GRADE_CERTAIN
						      ? "certain"
						      : "possible"));
		json_object_set_new(object, "session",
				    session_object(smbmgmt_report_collateral(
					    report, index, i)));
		if (ended >= 0) {
			json_object_set_new(object, "ended",
					    json_boolean(ended));
		}
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *outcome_object(const smbmgmt_report *report, uint32_t index)
{
	const smbmgmt_session *session = smbmgmt_report_session(report, index);
	const smbmgmt_session *successor =
		smbmgmt_report_new_session(report, index);
	json_t *object = json_object();

	json_object_set_new(object, "outcome",
			    json_text(smbmgmt_outcome_name(
				    smbmgmt_report_outcome(report, index))));
	json_object_set_new(
		object, "code",
		json_integer(smbmgmt_report_outcome_code(report, index)));
	if (session != NULL) {
		json_object_set_new(object, "session", session_object(session));
	}
	if (successor != NULL) {
		json_object_set_new(object, "new_session",
				    session_object(successor));
	}
	json_object_set_new(object, "collateral",
			    collateral_array(report, index));
	json_object_set_new(object, "message",
			    json_text(smbmgmt_report_message(report, index)));
	json_object_set_new(
		object, "sent",
		json_boolean(smbmgmt_report_was_sent(report, index)));
	return object;
}

static json_t *outcome_array(const smbmgmt_report *report,
			     const struct servers *servers)
{
	json_t *outcomes = json_array();
	uint32_t i;

	for (i = 0; i < outcome_count(report); i++) {
		if (servers_may_say(servers,
				    smbmgmt_report_outcome_code(report, i))) {
			json_array_append_new(outcomes,
					      outcome_object(report, i));
		}
	}
	return outcomes;
}

json_t *json_close(const smbmgmt_report *report, const struct servers *servers,
		   int32_t code, const smbmgmt_error *error)
{
	json_t *document = json_object();
	json_t *left_out = json_array();
	json_t *errors = open_errors(servers);
	uint32_t i;

	for (i = 0; i < report_error_count(report); i++) {
		json_array_append_new(
			errors, json_error(smbmgmt_report_error(report, i)));
	}
	/* A call that got nowhere has no entry to say so. */
	if (error != NULL && outcome_count(report) == 0 &&
	    report_error_count(report) == 0) {
		json_array_append_new(errors, json_error(error));
	}
	for (i = 0; i < left_out_count(report); i++) {
		json_array_append_new(
			left_out,
			session_object(smbmgmt_report_left_out(report, i)));
	}
	json_object_set_new(document, "schema", json_integer(SCHEMA));
	json_object_set_new(document, "outcomes",
			    outcome_array(report, servers));
	json_object_set_new(document, "errors", errors);
	json_object_set_new(document, "left_out", left_out);
	json_object_set_new(document, "code",
			    json_integer(servers_code(servers, code)));
	return document;
}

void json_print_close(const smbmgmt_report *report,
		      const struct servers *servers, int32_t code,
		      const smbmgmt_error *error)
{
	json_print(json_close(report, servers, code, error));
}
