/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who logs on to a server: that depends on the transport, too. */
#ifndef TOOLS_LOGON_H
#define TOOLS_LOGON_H

#include "request.h"

enum logon {
	LOGON_NOBODY,	/* local, or a client certificate says who */
	LOGON_NAMELESS, /* anonymous, or the owner of a ticket */
	LOGON_USER,	/* with a name */
};

enum logon logon_of(const struct where *where, unsigned transport);

/* An SMBMGMT_KERBEROS_ value. */
int32_t logon_kerberos(const struct where *where, unsigned transport);

/* A server of that transport takes the user at a password's word only. */
bool logon_needs_password(const struct where *where, unsigned transport);

/* Options that contradict each other: 0, or a fact after a message. */
unsigned logon_check(const struct where *where);

/*
 * The credentials for a server of that transport, NULL for none; @user has the
 * user's name and password, and only what is said of Kerberos in it changes.
 */
int32_t logon_credentials(const struct where *where, unsigned transport,
			  smbmgmt_credentials *user,
			  smbmgmt_credentials **credentials,
			  smbmgmt_error **error);

#endif /* TOOLS_LOGON_H */
