/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Transports, as servers' names choose them, and the options that are for some
 * of them only: in a mixed fleet these go to the servers that can use them.
 */
#ifndef TOOLS_TRANSPORT_H
#define TOOLS_TRANSPORT_H

#include "request.h"

#define TRANSPORT_SRVSVC (1u << 0)
#define TRANSPORT_SAMBA (1u << 1)
#define TRANSPORT_WSMAN (1u << 2)
#define TRANSPORT_WSMANS (1u << 3)
#define TRANSPORT_MEMORY (1u << 4)

/* One of them; NULL is this machine's own Samba. */
unsigned transport_of(const char *server);

/* A copy without the options that are for other transports. */
struct where transport_where(const struct where *where, unsigned transport);

/* An option that none of these servers can use: 0, or a fact and a message. */
unsigned transport_check(const struct where *where, const struct words *names);

#endif /* TOOLS_TRANSPORT_H */
