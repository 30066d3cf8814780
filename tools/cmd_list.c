/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* list: Get-SmbSession. */
#include "counts.h"
#include "csv_out.h"
#include "exitcode.h"
#include "json_out.h"
#include "opens.h"
#include "say.h"
#include "tables.h"
#include "watch.h"

#include <stdlib.h>

static void put_line(const char *line, void *userdata)
{
	(void)userdata;
	puts(line);
}

/* Below its row, all that is told. */
static void show_opens(size_t row, void *userdata)
{
	const smbmgmt_session_list *list = userdata;
	struct opens_view view = {
		.before = "  ",
		.width = screen_width(stdout),
		.most = UINT32_MAX,
		.put = put_line,
	};

	opens_show(smbmgmt_session_list_get(list, (uint32_t)row), &view);
}

/* No line below a session can mean that it has nothing open. */
static void note_untold(const smbmgmt_session_list *list)
{
	uint32_t count = smbmgmt_session_list_count(list);
	uint32_t untold = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		untold += !opens_told(smbmgmt_session_list_get(list, i));
	}
	if (untold > 0) {
		say_note(
			"note: of %u of %u sessions the shares and open files "
			"are unknown: transport samba tells them, on the "
			"server itself",
			untold, count);
	}
}

static void print_table(smbmgmt_session_list *list, const struct choice *choice,
			bool opens)
{
	struct session_table table;
	uint32_t i;

	session_table_begin(&table, choice);
	if (opens) {
		table.table.below = show_opens;
		table.table.userdata = list;
	}
	for (i = 0; i < smbmgmt_session_list_count(list); i++) {
		session_table_add(&table, smbmgmt_session_list_get(list, i));
	}
	session_table_end(&table);
	if (opens) {
		note_untold(list);
	}
}

static void print(smbmgmt_session_list *list, const struct request *request,
		  const struct servers *servers, const smbmgmt_error *error)
{
	struct choice choice = request->columns;

	if (request->json) {
		json_print_list(list, servers, error);
		return;
	}
	if (choice.count == 0) {
		choice = request->csv ? choice_all()
				      : choice_usual(servers->several);
	}
	if (request->csv) {
		csv_print_list(list, &choice);
	} else {
		print_table(list, &choice, request->opens);
	}
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

static int32_t list(struct tool *tool, const struct request *request,
		    const struct servers *servers, smbmgmt_session_list **found,
		    smbmgmt_error **error)
{
	smbmgmt_list_options *options = NULL;
	smbmgmt_job *job = NULL;
	int32_t code = smbmgmt_list_options_new(&options, error);

	if (code == SMBMGMT_OK) {
		code = smbmgmt_list_options_set_throttle(
			options, request->throttle, error);
	}
	if (code == SMBMGMT_OK) {
		code = smbmgmt_start_list(tool->context, servers->handle,
					  (uint32_t)servers->count,
					  request->filter, options, &job,
					  error);
	}
	if (code == SMBMGMT_OK) {
		code = watch_job(tool, job, "Listing", 0, error);
		*found = smbmgmt_job_list(job);
	}
	smbmgmt_job_unref(job);
	smbmgmt_list_options_unref(options);
	return code;
}

unsigned list_servers(struct tool *tool, const struct request *request,
		      const struct servers *servers)
{
	smbmgmt_session_list *found = NULL;
	smbmgmt_error *error = NULL;
	unsigned facts = 0;
	int32_t code = SMBMGMT_OK;

	/* Without a handle it would be this machine, named or not. */
	if (servers->count > 0) {
		code = list(tool, request, servers, &found, &error);
	}
	print(found, request, servers, error);
	report_errors(found, servers, error);
	facts = servers->facts | exit_facts_sessions(code, found);
	smbmgmt_session_list_unref(found);
	smbmgmt_error_unref(error);
	return facts;
}

unsigned command_list(struct tool *tool, const struct request *request)
{
	struct servers servers = {0};
	unsigned facts = servers_open(tool, &request->where,
				      &request->where.servers, &servers);

	if (facts == 0) {
		facts = list_servers(tool, request, &servers);
	}
	servers_clear(&servers);
	return facts;
}
