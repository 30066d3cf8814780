/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The Kerberos ticket for a log-on.  It is got before the server is asked:
 * what is wrong with it has its own error here, while GSSAPI and the server
 * know one or two for all of it.
 */
#ifndef SM_WSMAN_TICKET_H
#define SM_WSMAN_TICKET_H

#include <stdint.h>

#include "core/request.h"
#include "util/fail.h"

/*
 * With a user and a password a ticket is got with it, into this process'
 * memory; without them it must be in the cache, and be the user's if one is
 * named.  GSSAPI finds it afterwards: the cache becomes this process' default.
 * *@number is the error of Kerberos' library, 0: none of it.
 */
int sm_ticket_get(const struct sm_target *target, int32_t *number,
		  struct sm_fail *fail);

/*
 * Whom the ticket is for, as a principal of no realm yet, from malloc; NULL:
 * out of memory.  It is the server that was named: of a host based service
 * MIT's library would ask the name service for another name.
 */
char *sm_ticket_service(const char *host);

#endif /* SM_WSMAN_TICKET_H */
