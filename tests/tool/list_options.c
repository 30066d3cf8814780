/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The table of options, a line each: name, letter, commands, value. */
#include "../../tools/columns.h"
#include "../../tools/option_table.h"

#include <stdio.h>

static const struct {
	unsigned command;
	const char *name;
} commands[] = {
	{COMMAND_LIST, "list"},	     {COMMAND_CLOSE, "close"},
	{COMMAND_EVICT, "evict"},    {COMMAND_SHELL, "shell"},
	{LINE_OPEN, "open"},	     {LINE_HANDLES, "handles"},
	{LINE_REMOVE, "remove"},     {LINE_LIST, "shell-list"},
	{LINE_CLOSE, "shell-close"},
};

static void print_option(const struct option_spec *spec)
{
	const char *comma = "";
	size_t i;

	printf("option\t%s\t%c\t", spec->name,
	       spec->letter == 0 ? '-' : spec->letter);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if ((spec->commands & commands[i].command) != 0) {
			printf("%s%s", comma, commands[i].name);
			comma = ",";
		}
	}
	printf("\t%s\n", spec->value == NULL ? "" : spec->value);
}

int main(void)
{
	size_t i;

	for (i = 0; i < option_table_count; i++) {
		print_option(&option_table[i]);
	}
	for (i = 0; i < COLUMN_COUNT; i++) {
		printf("column\t%s\t%s\n", session_columns[i].name,
		       session_columns[i].brief == NULL
			       ? ""
			       : session_columns[i].brief);
	}
	return 0;
}
