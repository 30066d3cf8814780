/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What is wrong with a ticket, by the error of MIT's Kerberos library. */
#ifndef SM_WSMAN_TICKET_ERRORS_H
#define SM_WSMAN_TICKET_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"

/*
 * @who has no ticket, for @service if that is not NULL.  @text is the library's
 * own, one line of which is told; it may be NULL.
 */
int sm_ticket_failed(const char *who, const char *service, int32_t number,
		     const char *text, struct sm_fail *fail);

/* Is it that the realm does not have this user? */
bool sm_ticket_is_unknown_user(int32_t number);

#endif /* SM_WSMAN_TICKET_ERRORS_H */
