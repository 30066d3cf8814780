/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands for a field that the server does not tell. */
#define UNKNOWN "-"

static void put(const char *text, size_t width, bool right, bool last)
{
	size_t blank = width - text_width(text);

	if (right) {
		printf("%*s%s", (int)blank, "", text);
	} else {
		printf("%s%*s", text, last ? 0 : (int)blank, "");
	}
	fputs(last ? "\n" : "  ", stdout);
}

static void put_rule(size_t width, bool last)
{
	size_t i;

	for (i = 0; i < width; i++) {
		putchar('-');
	}
	fputs(last ? "\n" : "  ", stdout);
}

static bool is_right(const char *heading)
{
	return heading[0] == '>';
}

static const char *title(const char *heading)
{
	return is_right(heading) ? heading + 1 : heading;
}

void table_print(const char *const *headings, size_t columns,
		 const struct words *cells)
{
	size_t *width = must_alloc(columns, sizeof(*width));
	size_t i;

	for (i = 0; i < columns; i++) {
		width[i] = text_width(title(headings[i]));
	}
	for (i = 0; i < cells->count; i++) {
		size_t wide = text_width(cells->word[i]);

		if (wide > width[i % columns]) {
			width[i % columns] = wide;
		}
	}
	for (i = 0; i < columns && cells->count > 0; i++) {
		put(title(headings[i]), width[i], is_right(headings[i]),
		    i == columns - 1);
	}
	for (i = 0; i < columns && cells->count > 0; i++) {
		put_rule(width[i], i == columns - 1);
	}
	for (i = 0; i < cells->count; i++) {
		size_t column = i % columns;

		put(cells->word[i], width[column], is_right(headings[column]),
		    column == columns - 1);
	}
	free(width);
}

static void add(struct words *cells, const char *text)
{
	char *safe = text_safe(text);

	words_add(cells, safe);
	free(safe);
}

static void add_number(struct words *cells, bool known, uint64_t number)
{
	char text[24] = UNKNOWN;

	if (known) {
		snprintf(text, sizeof(text), "%" PRIu64, number);
	}
	words_add(cells, text);
}

static const char *const session_headings[] = {
	"Computer",	  ">SessionId", "ClientComputerName",
	"ClientUserName", ">NumOpens",
};

void table_add_session(struct words *cells, const smbmgmt_session *session,
		       bool with_computer)
{
	if (with_computer) {
		add(cells, smbmgmt_session_computer(session));
	}
	add_number(cells, smbmgmt_session_has(session, SMBMGMT_FIELD_ID),
		   smbmgmt_session_id(session));
	add(cells, smbmgmt_session_has(session, SMBMGMT_FIELD_CLIENT)
			   ? smbmgmt_session_client(session)
			   : UNKNOWN);
	add(cells, smbmgmt_session_has(session, SMBMGMT_FIELD_USER)
			   ? smbmgmt_session_user(session)
			   : UNKNOWN);
	add_number(cells, smbmgmt_session_has(session, SMBMGMT_FIELD_NUM_OPENS),
		   smbmgmt_session_num_opens(session));
}

void table_print_sessions(const struct words *cells, bool with_computer)
{
	size_t first = with_computer ? 0 : 1;

	table_print(session_headings + first,
		    sizeof(session_headings) / sizeof(session_headings[0]) -
			    first,
		    cells);
}

static const char *state_name(int32_t state)
{
	switch (state) {
	case SMBMGMT_STATE_DISCONNECTED:
		return "Disconnected";
	case SMBMGMT_STATE_CONNECTED:
		return "Connected";
	default:
		return "Removed";
	}
}

void table_add_handle(struct words *cells, const smbmgmt_handle *handle)
{
	add_number(cells, true, smbmgmt_handle_id(handle));
	add(cells, smbmgmt_handle_name(handle));
	add(cells, smbmgmt_handle_instance_id(handle));
	add(cells, smbmgmt_handle_computer_name(handle));
	add(cells, smbmgmt_handle_transport(handle));
	add(cells, state_name(smbmgmt_handle_state(handle)));
}

void table_print_handles(const struct words *cells)
{
	static const char *const headings[] = {
		">Id",		"Name",	     "InstanceId",
		"ComputerName", "Transport", "State",
	};

	table_print(headings, sizeof(headings) / sizeof(headings[0]), cells);
}
