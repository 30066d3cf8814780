/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define REPLACEMENT 0xFFFDu

/* How long a sequence that begins with @lead is; 0: no sequence does. */
static size_t sequence_len(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf5 ? 4 : 0;
}

/*
 * Read the sequence at @text, of at most @left bytes.  Returns its length, or
 * 0 if it is not UTF-8.  The second byte alone tells overlong forms,
 * surrogates and what lies above U+10FFFF.
 */
static size_t decode(const char *text, size_t left, uint32_t *code_point)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = sequence_len(s[0]);
	uint32_t value = 0;
	size_t i = 0;

	if (len == 0 || len > left)
		return 0;
	if (len == 1) {
		*code_point = s[0];
		return 1;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	value = s[0] & (0xffu >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3fu);
	}
	*code_point = value;
	return len;
}

bool sm_text_valid(const char *text, size_t len, size_t *offset)
{
	size_t pos = 0;

	while (pos < len) {
		uint32_t code_point = 0;
		size_t step = decode(text + pos, len - pos, &code_point);

		if (step == 0 || code_point == 0) {
			if (offset != NULL)
				*offset = pos;
			return false;
		}
		pos += step;
	}
	return true;
}

static uint32_t ascii_upper(uint32_t c)
{
	return c >= 'a' && c <= 'z' ? c - 32 : c;
}

/*
 * Two kinds of mapping are left out, because the cmdlets' comparison has none
 * of them and a filter must not match more than theirs: the sharp s, whose
 * capital is no simple mapping of Unicode's data, and letters whose capital is
 * ASCII (dotless i, long s).
 */
uint32_t sm_text_upper(uint32_t code_point)
{
	utf8proc_int32_t upper = 0;

	if (code_point < 0x80)
		return ascii_upper(code_point);
	if (code_point == 0xdf || code_point > 0x10ffff)
		return code_point;
	upper = utf8proc_toupper((utf8proc_int32_t)code_point);
	return upper < 0x80 ? code_point : (uint32_t)upper;
}

uint32_t sm_text_next(const char **text, const char *end)
{
	uint32_t code_point = 0;
	size_t step = decode(*text, (size_t)(end - *text), &code_point);

	if (step == 0) {
		*text += 1;
		return REPLACEMENT;
	}
	*text += step;
	return code_point;
}

size_t sm_text_put(char *to, uint32_t code_point)
{
	if (code_point < 0x80) {
		to[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		to[0] = (char)(0xc0 | code_point >> 6);
		to[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point > 0x10ffff ||
	    (code_point >= 0xd800 && code_point <= 0xdfff))
		code_point = REPLACEMENT;
	if (code_point < 0x10000) {
		to[0] = (char)(0xe0 | code_point >> 12);
		to[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code_point >> 18);
	to[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}

int sm_text_ncmp(const char *a, size_t a_len, const char *b, size_t b_len)
{
	const char *a_end = a + a_len;
	const char *b_end = b + b_len;

	while (a < a_end && b < b_end) {
		uint32_t x = (unsigned char)*a;
		uint32_t y = (unsigned char)*b;

		if (x < 0x80 && y < 0x80) {
			x = ascii_upper(x);
			y = ascii_upper(y);
			a++;
			b++;
		} else {
			x = sm_text_upper(sm_text_next(&a, a_end));
			y = sm_text_upper(sm_text_next(&b, b_end));
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a < a_end) - (b < b_end);
}

int sm_text_cmp(const char *a, const char *b)
{
	return sm_text_ncmp(a, strlen(a), b, strlen(b));
}

char *sm_text_upper_dup(const char *text)
{
	size_t len = strlen(text);
	const char *end = text + len;
	char *copy = NULL;
	size_t used = 0;

	/* No code point grows past three times its bytes in upper case. */
	copy = len > SIZE_MAX / 3 - 1 ? NULL : malloc(3 * len + 1);
	if (copy == NULL)
		return NULL;
	while (text < end) {
		uint32_t c = sm_text_next(&text, end);

		used += sm_text_put(copy + used, sm_text_upper(c));
	}
	copy[used] = '\0';
	return copy;
}
