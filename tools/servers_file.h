/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* --servers-file: the names of many servers, a line each. */
#ifndef TOOLS_SERVERS_FILE_H
#define TOOLS_SERVERS_FILE_H

#include "request.h"

/*
 * Add the servers of the file that `where` names behind those of -S, and each
 * one's place.  A server that was named before is left out.  0, or FACT_USAGE
 * after a message for each line that is wrong.
 */
unsigned servers_file_read(struct where *where);

#endif /* TOOLS_SERVERS_FILE_H */
