/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* list: Get-SmbSession. */
#include "counts.h"
#include "exitcode.h"
#include "json_out.h"
#include "say.h"
#include "table.h"
#include "tool.h"

#include <stdlib.h>

static void print_table(const smbmgmt_session_list *list, bool with_computer)
{
	struct words cells = {0};
	uint32_t i;

	for (i = 0; i < smbmgmt_session_list_count(list); i++) {
		table_add_session(&cells, smbmgmt_session_list_get(list, i),
				  with_computer);
	}
	table_print_sessions(&cells, with_computer);
	words_clear(&cells);
}

static void report_errors(const smbmgmt_session_list *list,
			  const struct servers *servers,
			  const smbmgmt_error *error)
{
	uint32_t count = list_error_count(list);
	uint32_t i;

	for (i = 0; i < count; i++) {
		const smbmgmt_error *entry =
			smbmgmt_session_list_error(list, i);

		if (servers_may_say(servers, smbmgmt_error_code(entry))) {
			say_error(entry);
		}
	}
	if (error != NULL && count == 0) {
		say_error(error);
	}
}

unsigned list_servers(struct tool *tool, const struct request *request,
		      const struct servers *servers)
{
	smbmgmt_session_list *list = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	int32_t code = SMBMGMT_OK;

	/* No handle would mean this machine, which nobody asked for. */
	if (servers->count > 0) {
		code = smbmgmt_list_sessions(tool->context, servers->handle,
					     (uint32_t)servers->count,
					     request->filter, NULL, &list,
					     &error);
	}
	if (request->json) {
		json_print_list(list, servers, error);
	} else {
		print_table(list, servers->several);
	}
	report_errors(list, servers, error);
	facts = servers->facts | exit_facts_sessions(code, list);
	smbmgmt_session_list_unref(list);
	smbmgmt_error_unref(error);
	return facts;
}

unsigned command_list(struct tool *tool, const struct request *request)
{
	struct servers servers = {0};
	unsigned facts = servers_open(tool->context, &request->where,
				      &request->where.servers, &servers);

	if (facts == 0) {
		facts = list_servers(tool, request, &servers);
	}
	servers_clear(&servers);
	return facts;
}
