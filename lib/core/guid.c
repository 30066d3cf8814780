/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/guid.h"

#include <stddef.h>
#include <string.h>

void sm_guid_make(const uint8_t random[16], struct sm_guid *guid)
{
	memcpy(guid->bytes, random, sizeof(guid->bytes));
	guid->bytes[6] = (uint8_t)((guid->bytes[6] & 0x0f) | 0x40);
	guid->bytes[8] = (uint8_t)((guid->bytes[8] & 0x3f) | 0x80);
}

/* Is there a hyphen before this byte? */
static bool hyphen_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void sm_guid_format(const struct sm_guid *guid, char text[SM_GUID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	size_t i = 0;

	for (i = 0; i < sizeof(guid->bytes); i++) {
		if (hyphen_before(i))
			*text++ = '-';
		*text++ = digits[guid->bytes[i] >> 4];
		*text++ = digits[guid->bytes[i] & 15];
	}
	*text = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool sm_guid_parse(const char *text, struct sm_guid *guid)
{
	struct sm_guid result;
	bool braces = *text == '{';
	size_t i = 0;

	if (braces)
		text++;
	for (i = 0; i < sizeof(result.bytes); i++) {
		int high = 0;
		int low = 0;

		if (hyphen_before(i) && *text++ != '-')
			return false;
		high = hex_digit(text[0]);
		if (high < 0)
			return false;
		low = hex_digit(text[1]);
		if (low < 0)
			return false;
		result.bytes[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	if (braces && *text++ != '}')
		return false;
	if (*text != '\0')
		return false;
	*guid = result;
	return true;
}
