/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Waiting for a job, with an eye on whoever waits for us. */
#ifndef TOOLS_WATCH_H
#define TOOLS_WATCH_H

#include "tool.h"

/*
 * Wait for a job, show how far it is, and cancel it when a signal asks us to
 * end; then tool->interrupted is that signal.  `doing` is what it does, in a
 * word, and `lasts` the milliseconds that it takes whatever happens.  Gives its
 * code, and its error as a reference of the caller's.
 */
int32_t watch_job(struct tool *tool, smbmgmt_job *job, const char *doing,
		  uint32_t lasts, smbmgmt_error **error);

#endif /* TOOLS_WATCH_H */
