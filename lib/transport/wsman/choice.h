/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How to log on, from what the caller has given. */
#ifndef SM_WSMAN_CHOICE_H
#define SM_WSMAN_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/request.h"
#include "util/fail.h"

/* Kerberos and NTLM may both be true: then Kerberos is tried first. */
struct sm_choice {
	bool kerberos;
	bool ntlm;
	bool basic;
	bool certificate; /* the client's, and nothing else */
};

/* An empty one gets no ticket: it stands for none. */
bool sm_choice_has_password(const struct sm_target *target);

/* INVALID: it contradicts itself, or cannot be done. */
int sm_choose(const struct sm_target *target, struct sm_choice *choice,
	      struct sm_fail *fail);

/*
 * Is NTLM to be tried after Kerberos has failed with @code, and with that error
 * of Kerberos' library (0: none)?  Not if the KDC knows the user and says no:
 * that would count twice where wrong passwords lock an account.
 */
bool sm_choice_goes_on(const struct sm_choice *choice, int code,
		       int32_t number);

#endif /* SM_WSMAN_CHOICE_H */
