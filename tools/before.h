/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evict --before: the program that runs before the first close. */
#ifndef TOOLS_BEFORE_H
#define TOOLS_BEFORE_H

#include "tool.h"

/* Whether it can be run: 0, or FACT_USAGE after a message. */
unsigned before_check(const char *path);

/*
 * Run it, with `text` on its standard input and our standard error for both of
 * its outputs, and wait for its end; a signal that asks us to end ends it.  The
 * argument is the path alone, and there is no shell.  SMBMGMT_OK, or
 * SMBMGMT_E_HOOK_FAILED or _CANCELLED and *why, a new string.
 */
int32_t before_run(struct tool *tool, const char *path, const char *text,
		   char **why);

#endif /* TOOLS_BEFORE_H */
