/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The texts of an XML document, without the document. */
#include <string.h>
#include <strings.h>

#include "wire/wsman/xml.h"

struct sm_xml_text sm_xml_text_make(char *data, size_t size)
{
	struct sm_xml_text text = {.data = data, .size = size};

	data[0] = '\0';
	return text;
}

bool sm_xml_same(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *sm_xml_trim(char *text)
{
	size_t len = 0;

	while (is_space(*text))
		text++;
	len = strlen(text);
	while (len > 0 && is_space(text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

bool sm_xml_number(const char *text, uint64_t most, uint64_t *number)
{
	uint64_t value = 0;

	while (is_space(*text))
		text++;
	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'),
					   &value))
			return false;
	}
	while (is_space(*text))
		text++;
	*number = value;
	return *text == '\0' && value <= most;
}
