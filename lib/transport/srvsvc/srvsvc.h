/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The srvsvc transport: NetrSessionEnum and NetrSessionDel (MS-SRVS 3.1.4.5,
 * 3.1.4.6) over a carrier.  docs/srvsvc.md says what servers really do.
 */
#ifndef SM_SRVSVC_H
#define SM_SRVSVC_H

#include "transport/srvsvc/carrier.h"
#include "transport/transport.h"

/* The vtable; its connect() uses the carrier set before. */
extern const struct sm_transport sm_srvsvc;

/* Which carrier sm_srvsvc.connect() uses, once per process (a child). */
void sm_srvsvc_set_carrier(const struct sm_carrier *carrier);

/*
 * The id of a (client, user): the first 64 bits, big-endian, of SHA-256 over
 * the raw client, a NUL, and the user upper-cased.  NOMEM is the only error.
 */
int sm_srvsvc_id(const char *client, const char *user, uint64_t *id);

#endif /* SM_SRVSVC_H */
