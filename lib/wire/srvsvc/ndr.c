/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/srvsvc/ndr.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "util/checked.h"
#include "wire/srvsvc/srvsvc_ndr.h"
#include "wire/srvsvc/utf16.h"

/* Referent ids as Samba and Windows number them. */
#define REFERENT_BASE 0x00020000u
#define REFERENT_STEP 4u

void sm_ndr_bad(struct sm_ndr_in *ndr, size_t offset, const char *format, ...)
{
	char text[SM_FAIL_TEXT / 2];
	va_list ap;

	if (ndr->error != 0)
		return;
	va_start(ap, format);
	if (vsnprintf(text, sizeof(text), format, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	ndr->error = sm_fail_at(ndr->fail, SMBMGMT_E_PROTOCOL, offset,
				"Not a valid srvsvc message: %s.", text);
}

uint32_t sm_ndr_get_u32(struct sm_ndr_in *ndr, const char *what)
{
	size_t gap = -ndr->in.pos & 3;

	if (ndr->error != 0)
		return 0;
	if (sm_in_left(&ndr->in) < gap + 4) {
		sm_ndr_bad(ndr, ndr->in.pos, "it ends before %s", what);
		return 0;
	}
	/* What a gap holds is the encoder's whim: impacket writes no zeros. */
	sm_in_bytes(&ndr->in, gap);
	return sm_in_u32(&ndr->in);
}

bool sm_ndr_get_pointer(struct sm_ndr_in *ndr, const char *what)
{
	return sm_ndr_get_u32(ndr, what) != 0;
}

/* The text of @units units at @at, which ends at the reader's position. */
static const char *decode(struct sm_ndr_in *ndr, const uint8_t *utf16,
			  size_t units, size_t at, const char *what)
{
	size_t room = 0;
	size_t len = 0;
	size_t bad = 0;
	char *text = NULL;

	if (utf16[2 * units] != 0 || utf16[2 * units + 1] != 0) {
		sm_ndr_bad(ndr, at + 2 * units, "%s does not end with a NUL",
			   what);
		return NULL;
	}
	if (!sm_utf8_measure(utf16, units, &len, &bad)) {
		sm_ndr_bad(ndr, at + 2 * bad,
			   "%s is not UTF-16, or holds a NUL", what);
		return NULL;
	}
	if (sm_add(len, 1, &room))
		text = sm_arena_alloc(ndr->arena, room);
	if (text == NULL) {
		ndr->error = sm_fail_nomem(ndr->fail);
		return NULL;
	}
	sm_utf8_put(text, utf16, units);
	return text;
}

/*
 * [string] without size_is: the conformance is the length, so maximum and
 * actual count are one number and the offset is 0.
 */
const char *sm_ndr_get_string(struct sm_ndr_in *ndr, const char *what)
{
	uint32_t max = sm_ndr_get_u32(ndr, what);
	uint32_t first = sm_ndr_get_u32(ndr, what);
	uint32_t actual = sm_ndr_get_u32(ndr, what);
	size_t at = ndr->in.pos;
	size_t len = 0;

	if (ndr->error != 0)
		return NULL;
	if (first != 0) {
		sm_ndr_bad(ndr, at - 8, "%s begins at unit %" PRIu32, what,
			   first);
		return NULL;
	}
	if (actual != max) {
		sm_ndr_bad(ndr, at - 4, "%s has %" PRIu32 " units of %" PRIu32,
			   what, actual, max);
		return NULL;
	}
	if (actual == 0) {
		sm_ndr_bad(ndr, at - 4, "%s does not end with a NUL", what);
		return NULL;
	}
	if (!sm_mul(actual, 2, &len) || len > sm_in_left(&ndr->in)) {
		sm_ndr_bad(ndr, at, "it ends inside %s of %" PRIu32 " units",
			   what, actual);
		return NULL;
	}
	return decode(ndr, sm_in_bytes(&ndr->in, len), actual - 1, at, what);
}

const char *sm_ndr_get_string_parameter(struct sm_ndr_in *ndr, const char *what)
{
	if (!sm_ndr_get_pointer(ndr, what))
		return NULL;
	return sm_ndr_get_string(ndr, what);
}

void sm_ndr_get_end(struct sm_ndr_in *ndr)
{
	size_t left = sm_in_left(&ndr->in);

	if (left != 0)
		sm_ndr_bad(ndr, ndr->in.pos, "%zu bytes are left over", left);
}

struct sm_ndr_out sm_ndr_out_make(struct sm_out *out, struct sm_fail *fail)
{
	struct sm_ndr_out ndr = {
		.out = out,
		.start = out->len,
		.fail = fail,
	};

	return ndr;
}

void sm_ndr_put_u32(struct sm_ndr_out *ndr, uint32_t value)
{
	if (ndr->error != 0)
		return;
	sm_out_zero(ndr->out, -(ndr->out->len - ndr->start) & 3);
	sm_out_u32(ndr->out, value);
}

void sm_ndr_put_pointer(struct sm_ndr_out *ndr, const void *target)
{
	uint32_t id = 0;

	if (target != NULL) {
		/* The mask keeps a number that wraps from becoming null. */
		id = REFERENT_BASE +
		     (ndr->referents & 0x0fffffff) * REFERENT_STEP;
		ndr->referents++;
	}
	sm_ndr_put_u32(ndr, id);
}

void sm_ndr_put_string(struct sm_ndr_out *ndr, const char *text,
		       const char *what)
{
	size_t units = 0;

	if (ndr->error != 0)
		return;
	if (!sm_utf16_measure(text, &units)) {
		ndr->error = sm_fail(ndr->fail, SMBMGMT_E_INVALID,
				     "The text of %s is not UTF-8.", what);
		return;
	}
	if (units > SM_SRVSVC_NAME_MAX) {
		ndr->error = sm_fail(ndr->fail, SMBMGMT_E_INVALID,
				     "The text of %s is longer than %d "
				     "characters.",
				     what, SM_SRVSVC_NAME_MAX);
		return;
	}
	sm_ndr_put_u32(ndr, (uint32_t)units + 1);
	sm_ndr_put_u32(ndr, 0);
	sm_ndr_put_u32(ndr, (uint32_t)units + 1);
	sm_utf16_put(ndr->out, text);
	sm_out_u16(ndr->out, 0);
}

void sm_ndr_put_string_parameter(struct sm_ndr_out *ndr, const char *text,
				 const char *what)
{
	sm_ndr_put_pointer(ndr, text);
	if (text != NULL)
		sm_ndr_put_string(ndr, text, what);
}

int sm_ndr_put_end(struct sm_ndr_out *ndr)
{
	if (ndr->error == 0 && ndr->out->failed)
		ndr->error = sm_fail_nomem(ndr->fail);
	if (ndr->error != 0)
		ndr->out->len = ndr->start;
	return ndr->error;
}
