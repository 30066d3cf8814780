/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tables.h"

#include <inttypes.h>
#include <stdlib.h>

void session_table_begin(struct session_table *sessions,
			 const struct choice *choice)
{
	size_t i;

	*sessions = (struct session_table){.choice = *choice};
	for (i = 0; i < choice->count; i++) {
		sessions->heading[i].title = choice->column[i]->title;
		sessions->heading[i].number = choice->column[i]->number;
	}
	sessions->table.heading = sessions->heading;
	sessions->table.columns = choice->count;
}

void session_table_add(struct session_table *sessions,
		       const smbmgmt_session *session)
{
	bool own = smbmgmt_session_own(session) == SMBMGMT_OWN_YES;
	size_t i;

	table_add_row(&sessions->table, own ? COLOUR_DIM : COLOUR_PLAIN);
	for (i = 0; i < sessions->choice.count; i++) {
		char *text = sessions->choice.column[i]->text(session);

		table_add(&sessions->table, text);
		free(text);
	}
}

void session_table_end(struct session_table *sessions)
{
	table_print(&sessions->table);
	table_clear(&sessions->table);
}

const char *state_name(int32_t state)
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

void handles_print(const smbmgmt_handle_list *list)
{
	static const struct heading headings[] = {
		{"Id", true},	       {"Name", false},
		{"InstanceId", false}, {"ComputerName", false},
		{"Transport", false},  {"State", false},
	};
	struct table table = {
		.heading = headings,
		.columns = sizeof(headings) / sizeof(headings[0]),
	};
	uint32_t i;

	for (i = 0; i < smbmgmt_handle_list_count(list); i++) {
		const smbmgmt_handle *handle = smbmgmt_handle_list_get(list, i);
		char *id = must_format("%" PRIu32, smbmgmt_handle_id(handle));

		table_add_row(&table, COLOUR_PLAIN);
		table_add(&table, id);
		table_add(&table, smbmgmt_handle_name(handle));
		table_add(&table, smbmgmt_handle_instance_id(handle));
		table_add(&table, smbmgmt_handle_computer_name(handle));
		table_add(&table, smbmgmt_handle_transport(handle));
		table_add(&table, state_name(smbmgmt_handle_state(handle)));
		free(id);
	}
	table_print(&table);
	table_clear(&table);
}
