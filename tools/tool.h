/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The commands; each returns the facts that its exit status is made of. */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include "request.h"
#include "servers.h"

#include <smbmgmt/smbmgmt.h>
#include <stdbool.h>

struct tool {
	smbmgmt_context *context;
	bool stdin_taken; /* the shell's commands come from there */
	int interrupted;  /* the signal that a job was cancelled for, or 0 */
};

/* On the command line: open what -S names, do it, remove it. */
unsigned command_list(struct tool *tool, const struct request *request);
unsigned command_close(struct tool *tool, const struct request *request);
unsigned command_evict(struct tool *tool, const struct request *request);
unsigned command_shell(struct tool *tool, const struct request *request);

/* On handles that are open; several: the table gets a first column Computer. */
unsigned list_servers(struct tool *tool, const struct request *request,
		      const struct servers *servers);
unsigned close_servers(struct tool *tool, const struct request *request,
		       struct servers *servers);

/* What smbmgmt --help and the shell's help print. */
void help_print(bool in_shell);

#endif /* TOOLS_TOOL_H */
