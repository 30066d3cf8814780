/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/srvsvc/utf16.h"

#define BAD UINT32_MAX

static bool is_high(uint32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(uint32_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/*
 * Step over one code point of a NUL-terminated text.  A NUL is no
 * continuation byte, so a sequence cut short by it is never read past.
 */
static uint32_t next_utf8(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	uint32_t least = 0;
	uint32_t c = *p++;
	size_t more = 0;

	if (c >= 0xf0 && c <= 0xf4) {
		c &= 0x07;
		more = 3;
		least = 0x10000;
	} else if (c >= 0xe0 && c <= 0xef) {
		c &= 0x0f;
		more = 2;
		least = 0x800;
	} else if (c >= 0xc2 && c <= 0xdf) {
		c &= 0x1f;
		more = 1;
		least = 0x80;
	} else if (c >= 0x80) {
		return BAD;
	}
	for (; more > 0; more--, p++) {
		if ((*p & 0xc0) != 0x80)
			return BAD;
		c = c << 6 | (*p & 0x3fu);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return BAD;
	*text = (const char *)p;
	return c;
}

bool sm_utf16_measure(const char *text, size_t *units)
{
	*units = 0;
	while (*text != '\0') {
		uint32_t c = next_utf8(&text);

		if (c == BAD)
			return false;
		*units += c >= 0x10000 ? 2 : 1;
	}
	return true;
}

void sm_utf16_put(struct sm_out *out, const char *text)
{
	while (*text != '\0') {
		uint32_t c = next_utf8(&text);

		if (c == BAD)
			return;
		if (c >= 0x10000) {
			c -= 0x10000;
			sm_out_u16(out, (uint16_t)(0xd800 + (c >> 10)));
			c = 0xdc00 + (c & 0x3ff);
		}
		sm_out_u16(out, (uint16_t)c);
	}
}

static uint32_t unit_at(const uint8_t *utf16, size_t i)
{
	return utf16[2 * i] | (uint32_t)utf16[2 * i + 1] << 8;
}

/* The code point at *@i, which moves on; BAD: *@i stays on what is wrong. */
static uint32_t next_utf16(const uint8_t *utf16, size_t units, size_t *i)
{
	uint32_t c = unit_at(utf16, *i);
	uint32_t low = 0;

	if (c == 0 || is_low(c))
		return BAD;
	if (is_high(c)) {
		if (units - *i < 2)
			return BAD;
		low = unit_at(utf16, *i + 1);
		if (!is_low(low))
			return BAD;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		(*i)++;
	}
	(*i)++;
	return c;
}

bool sm_utf8_measure(const uint8_t *utf16, size_t units, size_t *len,
		     size_t *bad)
{
	*len = 0;
	for (size_t i = 0; i < units;) {
		uint32_t c = next_utf16(utf16, units, &i);

		if (c == BAD) {
			*bad = i;
			return false;
		}
		*len += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	}
	return true;
}

void sm_utf8_put(char *text, const uint8_t *utf16, size_t units)
{
	for (size_t i = 0; i < units;) {
		uint32_t c = next_utf16(utf16, units, &i);

		if (c == BAD)
			return;
		if (c < 0x80) {
			*text++ = (char)c;
			continue;
		}
		if (c < 0x800) {
			*text++ = (char)(0xc0 | c >> 6);
		} else {
			if (c < 0x10000) {
				*text++ = (char)(0xe0 | c >> 12);
			} else {
				*text++ = (char)(0xf0 | c >> 18);
				*text++ = (char)(0x80 | (c >> 12 & 0x3f));
			}
			*text++ = (char)(0x80 | (c >> 6 & 0x3f));
		}
		*text++ = (char)(0x80 | (c & 0x3f));
	}
}
