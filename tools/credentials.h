/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who asks: the user and the password, from where they were given. */
#ifndef TOOLS_CREDENTIALS_H
#define TOOLS_CREDENTIALS_H

#include "request.h"

/*
 * Read --password-fd, if it was given, before anything else takes what
 * follows the password there.  0, or a fact after a message.
 */
unsigned credentials_read_fd(struct identity *identity);

/*
 * The user as the options name one; else the user who runs the program.  The
 * password is asked for at the terminal only if may_ask is set and none was
 * given.  0, or a fact after a message.
 */
unsigned credentials_make(const struct identity *identity, bool may_ask,
			  smbmgmt_credentials **credentials);

#endif /* TOOLS_CREDENTIALS_H */
