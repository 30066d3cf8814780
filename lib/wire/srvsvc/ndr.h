/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The few NDR types that srvsvc's session calls are made of: 32-bit numbers,
 * unique pointers, and [string] wchar_t text.  Both directions stay in their
 * first error, so that a run of calls needs one check at its end.  Offsets
 * and alignment count from the start of the stub.
 */
#ifndef SM_WIRE_SRVSVC_NDR_INTERNAL_H
#define SM_WIRE_SRVSVC_NDR_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/fail.h"

struct sm_ndr_in {
	struct sm_in in;
	struct sm_arena *arena; /* strings and arrays come from here */
	struct sm_fail *fail;
	int error; /* 0, PROTOCOL or NOMEM: @fail says what */
};

/* @what names the thing that is read, for the message. */
uint32_t sm_ndr_get_u32(struct sm_ndr_in *ndr, const char *what);
/*
 * A unique pointer: true if something follows.  Its number means nothing:
 * unique pointers share no target, and Samba repeats numbers after 32768.
 */
bool sm_ndr_get_pointer(struct sm_ndr_in *ndr, const char *what);
/* What a string pointer points to, or NULL in error. */
const char *sm_ndr_get_string(struct sm_ndr_in *ndr, const char *what);
/* A pointer with its string right behind it, as parameters are; or NULL. */
const char *sm_ndr_get_string_parameter(struct sm_ndr_in *ndr,
					const char *what);
/*
 * Nothing may be left.  No known encoder pads the end of a stub: impacket
 * and Samba end with the last parameter, and the padding of a signed PDU is
 * taken off below us.
 */
void sm_ndr_get_end(struct sm_ndr_in *ndr);
/* Enter the error state: PROTOCOL at @offset, unless in error already. */
void sm_ndr_bad(struct sm_ndr_in *ndr, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct sm_ndr_out {
	struct sm_out *out;
	size_t start; /* where the stub begins in @out */
	uint32_t referents;
	struct sm_fail *fail;
	int error; /* 0, INVALID or NOMEM */
};

struct sm_ndr_out sm_ndr_out_make(struct sm_out *out, struct sm_fail *fail);
void sm_ndr_put_u32(struct sm_ndr_out *ndr, uint32_t value);
/* The next referent id, or 0 if @target is NULL. */
void sm_ndr_put_pointer(struct sm_ndr_out *ndr, const void *target);
void sm_ndr_put_string(struct sm_ndr_out *ndr, const char *text,
		       const char *what);
void sm_ndr_put_string_parameter(struct sm_ndr_out *ndr, const char *text,
				 const char *what);
/* In error: take back what was written.  Returns the error. */
int sm_ndr_put_end(struct sm_ndr_out *ndr);

#endif /* SM_WIRE_SRVSVC_NDR_INTERNAL_H */
