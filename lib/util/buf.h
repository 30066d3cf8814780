/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Bytes out and bytes in, little-endian.  A writer or reader that meets an
 * error stays in it, so that a run of calls needs one check at its end.
 */
#ifndef SM_UTIL_BUF_H
#define SM_UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing buffer. */
struct sm_out {
	uint8_t *data;
	size_t len;
	size_t size;
	size_t limit; /* refuse to grow over this; 0: no limit */
	bool failed;  /* out of memory, or over the limit */
};

void sm_out_free(struct sm_out *out);
/* The same, and the bytes are overwritten first: they held a secret. */
void sm_out_wipe(struct sm_out *out);
void sm_out_bytes(struct sm_out *out, const void *bytes, size_t len);
void sm_out_zero(struct sm_out *out, size_t len);
void sm_out_u8(struct sm_out *out, uint8_t value);
void sm_out_u16(struct sm_out *out, uint16_t value);
void sm_out_u32(struct sm_out *out, uint32_t value);
void sm_out_u64(struct sm_out *out, uint64_t value);

/* Bytes to read; @pos is where the next read, or the error, is. */
struct sm_in {
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool failed; /* a read went past the end */
};

static inline struct sm_in sm_in_make(const void *data, size_t len)
{
	struct sm_in in = {.data = data, .len = len};

	return in;
}

static inline size_t sm_in_left(const struct sm_in *in)
{
	return in->failed ? 0 : in->len - in->pos;
}

/* A pointer to @len bytes, or NULL and the reader is failed. */
const uint8_t *sm_in_bytes(struct sm_in *in, size_t len);
uint8_t sm_in_u8(struct sm_in *in);
uint16_t sm_in_u16(struct sm_in *in);
uint32_t sm_in_u32(struct sm_in *in);
uint64_t sm_in_u64(struct sm_in *in);

#endif /* SM_UTIL_BUF_H */
