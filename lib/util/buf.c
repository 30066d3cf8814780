/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "util/buf.h"

#include <stdlib.h>
#include <string.h>

#include "util/checked.h"

void sm_out_free(struct sm_out *out)
{
	free(out->data);
	memset(out, 0, sizeof(*out));
}

void sm_out_wipe(struct sm_out *out)
{
	if (out->data != NULL)
		explicit_bzero(out->data, out->size);
	sm_out_free(out);
}

/*
 * Not realloc(): it may leave a copy of a secret behind.  The old bytes are
 * always wiped; these buffers are small and the cost is not seen.
 */
static bool grow(struct sm_out *out, size_t need)
{
	size_t size = out->size < 64 ? 64 : out->size;
	uint8_t *data = NULL;

	while (size < need) {
		if (!sm_mul(size, 2, &size))
			return false;
	}
	data = malloc(size);
	if (data == NULL)
		return false;
	if (out->data != NULL) {
		memcpy(data, out->data, out->len);
		explicit_bzero(out->data, out->size);
		free(out->data);
	}
	out->data = data;
	out->size = size;
	return true;
}

static uint8_t *reserve(struct sm_out *out, size_t len)
{
	size_t need = 0;
	uint8_t *p = NULL;

	if (out->failed)
		return NULL;
	if (!sm_add(out->len, len, &need) ||
	    (out->limit != 0 && need > out->limit) ||
	    ((need > out->size || out->data == NULL) && !grow(out, need))) {
		out->failed = true;
		return NULL;
	}
	p = out->data + out->len;
	out->len = need;
	return p;
}

void sm_out_bytes(struct sm_out *out, const void *bytes, size_t len)
{
	uint8_t *p = reserve(out, len);

	if (p != NULL && len > 0)
		memcpy(p, bytes, len);
}

void sm_out_zero(struct sm_out *out, size_t len)
{
	uint8_t *p = reserve(out, len);

	if (p != NULL)
		memset(p, 0, len);
}

static void put(struct sm_out *out, uint64_t value, size_t len)
{
	uint8_t *p = reserve(out, len);

	for (size_t i = 0; p != NULL && i < len; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

void sm_out_u8(struct sm_out *out, uint8_t value)
{
	put(out, value, 1);
}

void sm_out_u16(struct sm_out *out, uint16_t value)
{
	put(out, value, 2);
}

void sm_out_u32(struct sm_out *out, uint32_t value)
{
	put(out, value, 4);
}

void sm_out_u64(struct sm_out *out, uint64_t value)
{
	put(out, value, 8);
}

const uint8_t *sm_in_bytes(struct sm_in *in, size_t len)
{
	const uint8_t *p = NULL;

	if (in->failed || len > in->len - in->pos) {
		in->failed = true;
		return NULL;
	}
	p = in->data + in->pos;
	in->pos += len;
	return p;
}

static uint64_t get(struct sm_in *in, size_t len)
{
	const uint8_t *p = sm_in_bytes(in, len);
	uint64_t value = 0;

	for (size_t i = 0; p != NULL && i < len; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

uint8_t sm_in_u8(struct sm_in *in)
{
	return (uint8_t)get(in, 1);
}

uint16_t sm_in_u16(struct sm_in *in)
{
	return (uint16_t)get(in, 2);
}

uint32_t sm_in_u32(struct sm_in *in)
{
	return (uint32_t)get(in, 4);
}

uint64_t sm_in_u64(struct sm_in *in)
{
	return get(in, 8);
}
