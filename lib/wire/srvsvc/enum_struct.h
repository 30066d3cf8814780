/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * SESSION_ENUM_STRUCT (MS-SRVS 2.2.4.21): a level, the union that it
 * switches, the container behind that, and its array of sessions.  Requests
 * and answers of NetrSessionEnum both carry one.
 */
#ifndef SM_WIRE_SRVSVC_ENUM_STRUCT_H
#define SM_WIRE_SRVSVC_ENUM_STRUCT_H

#include "wire/srvsvc/ndr.h"
#include "wire/srvsvc/srvsvc_ndr.h"

struct sm_enum_struct {
	uint32_t level;
	bool has_container;
	bool has_array;
	uint32_t count;
	struct sm_srvsvc_session *sessions; /* read only when put */
};

bool sm_enum_struct_level_known(uint32_t level);

/* In error @ndr says so: INVALID for what no IDL has. */
void sm_enum_struct_put(struct sm_ndr_out *ndr,
			const struct sm_enum_struct *info);
/* @expected: the level it must have, or NULL for any that is known. */
void sm_enum_struct_get(struct sm_ndr_in *ndr, const uint32_t *expected,
			struct sm_enum_struct *info);

#endif /* SM_WIRE_SRVSVC_ENUM_STRUCT_H */
