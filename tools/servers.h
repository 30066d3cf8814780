/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The servers of one command: a handle each, and those that failed. */
#ifndef TOOLS_SERVERS_H
#define TOOLS_SERVERS_H

#include "request.h"

struct tool;

struct servers {
	smbmgmt_handle **handle;
	size_t count;
	smbmgmt_error **error; /* of those that could not be opened */
	size_t error_count;
	bool several;	/* more than one was named */
	bool borrowed;	/* the handles live on after the command */
	unsigned facts; /* of the errors */
};

/* This machine's own Samba, which no network reaches; NULL is, too. */
bool servers_is_here(const char *server);

/* Case makes no difference, nor how this machine's own Samba is named. */
bool servers_same(const char *name, const char *other);

/* A user is named, and nobody to tell: 0 or a fact, after a message. */
unsigned servers_check_identity(const struct identity *identity,
				const struct words *names);

/*
 * The user for those of these servers that want one, else NULL: asks for a
 * password if one needs it.
 */
unsigned servers_credentials(const struct where *where,
			     const struct words *names,
			     smbmgmt_credentials **credentials);

/*
 * Open one server, NULL for this machine, with what fits its transport.  `user`
 * is from servers_credentials().  With `test` the connection is made now, else
 * at the first use.
 */
int32_t servers_open_one(struct tool *tool, const struct where *where,
			 smbmgmt_credentials *user, const char *server,
			 const char *name, bool test, smbmgmt_handle **handle,
			 smbmgmt_error **error);

/*
 * Open all that are named, this machine if none is.  A server that cannot be
 * opened is kept as an error and reported; the others go on.  A server that
 * cannot be understood is a usage error: then nothing is opened.
 */
unsigned servers_open(struct tool *tool, const struct where *where,
		      const struct words *names, struct servers *servers);

/*
 * Whether a code may be reported: where a server could not even be asked, no
 * value is "not found".
 */
bool servers_may_say(const struct servers *servers, int32_t code);

/* The overall code of a call, with those that could not be opened. */
int32_t servers_code(const struct servers *servers, int32_t code);

/* Drop everything; the handles end with the context, if not before. */
void servers_clear(struct servers *servers);

#endif /* TOOLS_SERVERS_H */
