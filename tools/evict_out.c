/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "evict_out.h"

#include "close_out.h"
#include "counts.h"
#include "say.h"
#include "table.h"

#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static void add_number(struct table *table, uint32_t number)
{
	char *text = must_format("%" PRIu32, number);

	table_add(table, text);
	free(text);
}

static void add_server(struct table *table, const smbmgmt_report *report,
		       uint32_t index)
{
	const smbmgmt_error *error = smbmgmt_report_server_error(report, index);
	uint32_t there = smbmgmt_report_server_still_there(report, index);

	table_add_row(table,
		      error != NULL || there > 0 ? COLOUR_RED : COLOUR_PLAIN);
	table_add(table, smbmgmt_report_server(report, index));
	add_number(table, smbmgmt_report_server_closed(report, index));
	add_number(table, smbmgmt_report_server_came_back(report, index));
	/* The last that was seen is not what is there. */
	if (error == NULL) {
		add_number(table, there);
	} else {
		table_add(table, NULL);
	}
	add_number(table, smbmgmt_report_server_rounds(report, index));
	table_add(table, error == NULL ? NULL
				       : smbmgmt_error_name(
						 smbmgmt_error_code(error)));
}

void evict_out_table(const smbmgmt_report *report)
{
	static const struct heading headings[] = {
		{"Server", false},    {"Closed", true}, {"CameBack", true},
		{"StillThere", true}, {"Rounds", true}, {"Error", false},
	};
	struct table table = {
		.heading = headings,
		.columns = sizeof(headings) / sizeof(headings[0]),
	};
	uint32_t i;

	for (i = 0; i < server_count(report); i++) {
		add_server(&table, report, i);
	}
	table_print(&table);
	table_clear(&table);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Is it the first of its kind? */
static bool is_news(void **said, const smbmgmt_report *report, uint32_t index)
{
	const smbmgmt_session *session = smbmgmt_report_session(report, index);
	char *what =
		session == NULL ? must_copy("") : describe_session(session);
	char *key = must_format(
		"%s\n%s\n%d",
		session == NULL ? smbmgmt_report_message(report, index)
				: smbmgmt_session_server(session),
		what, smbmgmt_report_outcome_code(report, index));
	char *const *found = tsearch(key, said, compare);
	bool news = found != NULL && *found == key;

	if (!news) {
		free(key);
	}
	free(what);
	return news;
}

static void say_outcome(const smbmgmt_report *report, uint32_t index)
{
	switch (smbmgmt_report_outcome(report, index)) {
	case SMBMGMT_OUTCOME_REFUSED_OWN:
	case SMBMGMT_OUTCOME_REFUSED_COLLATERAL:
	case SMBMGMT_OUTCOME_REFUSED_UNSAFE:
		close_out_refused(report, index);
		break;
	default:
		close_out_failed(report, index);
		break;
	}
}

void evict_out_explain(const smbmgmt_report *report,
		       const struct servers *servers)
{
	void *said = NULL;
	uint32_t i;

	for (i = 0; i < outcome_count(report); i++) {
		int32_t code = smbmgmt_report_outcome_code(report, i);

		/* The table counts what was closed and what came back. */
		if (code != SMBMGMT_OK && servers_may_say(servers, code) &&
		    is_news(&said, report, i)) {
			say_outcome(report, i);
		}
	}
	tdestroy(said, free);
	close_out_errors(report);
}
