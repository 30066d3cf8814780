/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Command lines and lines of the shell, read with popt. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include "request.h"

/*
 * Read argv (argv[0] is ignored) into a request from request_init().  In the
 * shell other commands are known than on the command line.  0, or a fact
 * after a message.
 */
unsigned options_parse(struct request *request, bool in_shell, int argc,
		       const char **argv);

#endif /* TOOLS_OPTIONS_H */
