/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "csv_out.h"

#include "counts.h"
#include "csv.h"
#include "tables.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void put_names(struct csv *csv, const struct choice *choice)
{
	size_t i;

	for (i = 0; i < choice->count; i++) {
		csv_put(csv, choice->column[i]->name);
	}
}

/* NULL: there is no session to tell anything of. */
static void put_session(struct csv *csv, const struct choice *choice,
			const smbmgmt_session *session)
{
	size_t i;

	for (i = 0; i < choice->count; i++) {
		char *text = session == NULL ? NULL
					     : choice->column[i]->text(session);

		csv_put(csv, text);
		free(text);
	}
}

static void put_number(struct csv *csv, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	csv_put(csv, text);
}

void csv_print_list(const smbmgmt_session_list *list,
		    const struct choice *choice)
{
	struct csv csv = {.fields = choice->count};
	uint32_t i;

	put_names(&csv, choice);
	for (i = 0; i < smbmgmt_session_list_count(list); i++) {
		put_session(&csv, choice, smbmgmt_session_list_get(list, i));
	}
}

/* A list within a record is nobody's CSV: sessions ended as well are counted,
 * and --json names them. */
static void put_collateral(struct csv *csv, const smbmgmt_report *report,
			   uint32_t index)
{
	uint32_t count = smbmgmt_report_collateral_count(report, index);
	uint32_t certain = 0;
	uint32_t ended = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		certain += smbmgmt_report_collateral_grade(report, index, i) ==
			   SMBMGMT_GRADE_CERTAIN;
		ended += smbmgmt_report_collateral_ended(report, index, i) == 1;
	}
	put_number(csv, certain);
	put_number(csv, count - certain);
	put_number(csv, ended);
}

static void put_outcome(struct csv *csv, const struct choice *choice,
			const smbmgmt_report *report, uint32_t index)
{
	const smbmgmt_session *successor =
		smbmgmt_report_new_session(report, index);
	int32_t code = smbmgmt_report_outcome_code(report, index);
	char *new_id = NULL;

	csv_put(csv,
		smbmgmt_outcome_name(smbmgmt_report_outcome(report, index)));
	put_number(csv, code);
	csv_put(csv, code == SMBMGMT_OK ? NULL : smbmgmt_error_name(code));
	csv_put(csv, smbmgmt_report_message(report, index));
	csv_put(csv, smbmgmt_report_was_sent(report, index) ? "true" : "false");
	put_collateral(csv, report, index);
	if (successor != NULL &&
	    smbmgmt_session_has(successor, SMBMGMT_FIELD_ID)) {
		new_id = must_format("%" PRIu64, smbmgmt_session_id(successor));
	}
	csv_put(csv, new_id);
	free(new_id);
	put_session(csv, choice, smbmgmt_report_session(report, index));
}

void csv_print_close(const smbmgmt_report *report,
		     const struct servers *servers)
{
	static const char *const names[] = {
		"outcome",
		"code",
		"name",
		"message",
		"sent",
		"collateral_certain",
		"collateral_possible",
		"collateral_ended",
		"new_session_id",
	};
	size_t own = sizeof(names) / sizeof(names[0]);
	struct choice choice = choice_all();
	struct csv csv = {.fields = own + choice.count};
	uint32_t i;

	for (i = 0; i < own; i++) {
		csv_put(&csv, names[i]);
	}
	put_names(&csv, &choice);
	for (i = 0; i < outcome_count(report); i++) {
		if (servers_may_say(servers,
				    smbmgmt_report_outcome_code(report, i))) {
			put_outcome(&csv, &choice, report, i);
		}
	}
}

void csv_print_handles(const smbmgmt_handle_list *list)
{
	static const char *const names[] = {
		"handle_id", "name",  "instance_id", "computer_name",
		"transport", "state", "server",
	};
	struct csv csv = {.fields = sizeof(names) / sizeof(names[0])};
	uint32_t i;

	for (i = 0; i < csv.fields; i++) {
		csv_put(&csv, names[i]);
	}
	for (i = 0; i < smbmgmt_handle_list_count(list); i++) {
		const smbmgmt_handle *handle = smbmgmt_handle_list_get(list, i);

		put_number(&csv, smbmgmt_handle_id(handle));
		csv_put(&csv, smbmgmt_handle_name(handle));
		csv_put(&csv, smbmgmt_handle_instance_id(handle));
		csv_put(&csv, smbmgmt_handle_computer_name(handle));
		csv_put(&csv, smbmgmt_handle_transport(handle));
		csv_put(&csv, state_name(smbmgmt_handle_state(handle)));
		csv_put(&csv, smbmgmt_handle_server(handle));
	}
}
