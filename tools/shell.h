/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The shell: live handles, one of them in use. */
#ifndef TOOLS_SHELL_H
#define TOOLS_SHELL_H

#include "tool.h"

struct shell {
	struct tool *tool;
	const struct request *start; /* its options are defaults for open */
	smbmgmt_credentials *credentials; /* of those options, once made */
	smbmgmt_handle *current;
	bool at_terminal;
	bool done;
};

/* New-, Get- and Remove-CimSession; each returns facts. */
unsigned shell_open(struct shell *shell, const struct request *request);
unsigned shell_handles(struct shell *shell, const struct request *request);
unsigned shell_use(struct shell *shell, const struct request *request);
unsigned shell_remove(struct shell *shell, const struct request *request);

#endif /* TOOLS_SHELL_H */
