/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "json_evict.h"

#include "counts.h"
#include "json_inside.h"
#include "json_out.h"
#include "text.h"

#include <stdlib.h>

static json_t *server_object(const smbmgmt_report *report, uint32_t index)
{
	const smbmgmt_error *error = smbmgmt_report_server_error(report, index);
	json_t *object = json_object();

	json_object_set_new(object, "server",
			    json_text(smbmgmt_report_server(report, index)));
	json_object_set_new(
		object, "closed",
		json_integer(smbmgmt_report_server_closed(report, index)));
	json_object_set_new(
		object, "came_back",
		json_integer(smbmgmt_report_server_came_back(report, index)));
	json_object_set_new(
		object, "still_there",
		json_integer(smbmgmt_report_server_still_there(report, index)));
	json_object_set_new(
		object, "rounds",
		json_integer(smbmgmt_report_server_rounds(report, index)));
	if (error != NULL) {
		json_object_set_new(object, "error", json_error(error));
	}
	return object;
}

static json_t *evict(const smbmgmt_report *report,
		     const struct servers *servers, int32_t code,
		     const smbmgmt_error *error)
{
	json_t *document = json_close(report, servers, code, error);
	json_t *results = json_array();
	uint32_t i;

	for (i = 0; i < server_count(report); i++) {
		json_array_append_new(results, server_object(report, i));
	}
	json_object_set_new(document, "servers", results);
	return document;
}

void json_print_evict(const smbmgmt_report *report,
		      const struct servers *servers, int32_t code,
		      const smbmgmt_error *error)
{
	json_print(evict(report, servers, code, error));
}

/* The tool's own errors concern no server. */
static json_t *own_error(int32_t code, const char *why)
{
	json_t *object = json_object();

	json_object_set_new(object, "server", json_string(""));
	json_object_set_new(object, "code", json_integer(code));
	json_object_set_new(object, "name",
			    json_text(smbmgmt_error_name(code)));
	json_object_set_new(object, "message", json_text(why));
	return object;
}

void json_print_nothing(const struct servers *servers, int32_t code,
			const char *why)
{
	json_t *document = evict(NULL, servers, code, NULL);

	json_object_set_new(document, "code", json_integer(code));
	json_array_append_new(json_object_get(document, "errors"),
			      own_error(code, why));
	json_print(document);
}

char *json_plan_text(const smbmgmt_report *report,
		     const struct servers *servers, int32_t code,
		     const smbmgmt_error *error)
{
	json_t *document = json_close(report, servers, code, error);
	char *dumped = json_dumps(document, JSON_COMPACT | JSON_ENSURE_ASCII);
	char *text = must_format("%s\n", dumped == NULL ? "" : dumped);

	free(dumped);
	json_decref(document);
	return text;
}
