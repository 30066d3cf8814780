/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A copy of what connect() is given: logging on again needs it later. */
#ifndef SM_WSMAN_TARGET_H
#define SM_WSMAN_TARGET_H

#include "core/request.h"
#include "util/fail.h"

/* All texts of @from that this transport uses, copied. */
int sm_target_copy(const struct sm_target *from, struct sm_target *to,
		   struct sm_fail *fail);
/* Wipes the password. */
void sm_target_clear(struct sm_target *target);

#endif /* SM_WSMAN_TARGET_H */
