/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* The longest escape is \u{10ffff}. */
#define ESCAPE_SIZE 12

#define ELLIPSIS "\u2026"

static void *checked(void *memory)
{
	if (memory == NULL) {
		fputs("smbmgmt: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

void *must_alloc(size_t count, size_t size)
{
	return checked(calloc(count == 0 ? 1 : count, size));
}

void *must_grow(void *old, size_t count, size_t size)
{
	return checked(reallocarray(old, count == 0 ? 1 : count, size));
}

char *must_copy(const char *text)
{
	return checked(strdup(text));
}

char *must_format(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	int length = 0;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return checked(length < 0 ? NULL : text);
}

void words_add(struct words *words, const char *word)
{
	words->word =
		must_grow(words->word, words->count + 1, sizeof(*words->word));
	words->word[words->count++] = must_copy(word);
}

void words_clear(struct words *words)
{
	size_t i;

	for (i = 0; i < words->count; i++) {
		free(words->word[i]);
	}
	free(words->word);
	*words = (struct words){0};
}

/* The length of the UTF-8 sequence at text, or 0 if there is none. */
static size_t decode(const char *text, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = byte[0] < 0x80		   ? 1
			: (byte[0] & 0xe0) == 0xc0 ? 2
			: (byte[0] & 0xf0) == 0xe0 ? 3
			: (byte[0] & 0xf8) == 0xf0 ? 4
						   : 0;
	uint32_t value = length < 2 ? byte[0] : byte[0] & (0x7fu >> length);
	size_t i;

	for (i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80) {
			return 0;
		}
		value = value << 6 | (byte[i] & 0x3fu);
	}
	if (length == 0 || value < least[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff)) {
		return 0;
	}
	*point = value;
	return length;
}

/* Controls, and what ends a line. */
static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
	       point == 0x2028 || point == 0x2029;
}

/* Controls, marks that reorder or join text, and invisible characters. */
static bool is_unsafe(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},	    {0x7f, 0x9f},	 {0xad, 0xad},
		{0x34f, 0x34f},	    {0x61c, 0x61c},	 {0x115f, 0x1160},
		{0x17b4, 0x17b5},   {0x180b, 0x180f},	 {0x200b, 0x200f},
		{0x2028, 0x202e},   {0x2060, 0x206f},	 {0x3164, 0x3164},
		{0xe000, 0xf8ff},   {0xfe00, 0xfe0f},	 {0xfeff, 0xfeff},
		{0xffa0, 0xffa0},   {0xfff9, 0xfffb},	 {0xfffe, 0xffff},
		{0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

static char *escape(const char *text, bool (*is_escaped)(uint32_t point))
{
	char *safe = must_alloc(strlen(text) + 1, ESCAPE_SIZE);
	char *out = safe;

	while (*text != '\0') {
		uint32_t point = 0;
		size_t length = decode(text, &point);

		if (length == 0) {
			out += sprintf(out, "\\x%02x", (unsigned char)*text);
			text++;
			continue;
		}
		if (!is_escaped(point)) {
			memcpy(out, text, length);
			out += length;
		} else if (point < 0x80) {
			out += sprintf(out, "\\x%02x", (unsigned)point);
		} else {
			out += sprintf(out, "\\u{%x}", (unsigned)point);
		}
		text += length;
	}
	*out = '\0';
	return safe;
}

char *text_safe(const char *text)
{
	return escape(text, is_unsafe);
}

char *text_one_line(const char *text)
{
	return escape(text, is_control);
}

/*
 * How wide a character is.  Combining marks and the vowels and finals of a
 * Korean syllable join what precedes them.  utf8proc gives no width to what it
 * does not know, either: terminals show something there, and a line that is
 * thought too long at least never wraps.
 */
static size_t point_width(uint32_t point)
{
	utf8proc_int32_t c = (utf8proc_int32_t)point;
	utf8proc_category_t category = utf8proc_category(c);
	int columns = utf8proc_charwidth(c);

	if (category == UTF8PROC_CATEGORY_MN ||
	    category == UTF8PROC_CATEGORY_ME ||
	    (point >= 0x1160 && point <= 0x11ff) ||
	    (point >= 0xd7b0 && point <= 0xd7ff)) {
		return 0;
	}
	return columns > 0 ? (size_t)columns : 1;
}

/* The length of the next character, and its width. */
static size_t next(const char *text, size_t *width)
{
	uint32_t point = 0;
	size_t length = decode(text, &point);

	*width = length == 0 ? 1 : point_width(point);
	return length == 0 ? 1 : length;
}

size_t text_width(const char *text)
{
	size_t width = 0;

	while (*text != '\0') {
		size_t columns = 0;

		text += next(text, &columns);
		width += columns;
	}
	return width;
}

char *text_cut(const char *text, size_t width)
{
	const char *end = text;
	size_t used = 0;
	size_t columns = 0;

	if (text_width(text) <= width) {
		return must_copy(text);
	}
	if (width == 0) {
		return must_copy("");
	}
	for (;;) {
		size_t length = next(end, &columns);

		/* The last place is for the ellipsis. */
		if (used + columns > width - 1) {
			break;
		}
		used += columns;
		end += length;
	}
	return must_format("%.*s" ELLIPSIS, (int)(end - text), text);
}

char *text_cut_front(const char *text, size_t width)
{
	size_t rest = text_width(text);
	size_t columns = 0;

	if (rest <= width) {
		return must_copy(text);
	}
	if (width == 0) {
		return must_copy("");
	}
	while (*text != '\0' && rest > width - 1) {
		text += next(text, &columns);
		rest -= columns;
	}
	/* What would join the ellipsis belonged to what was cut. */
	while (*text != '\0') {
		size_t length = next(text, &columns);

		if (columns > 0) {
			break;
		}
		text += length;
	}
	return must_format(ELLIPSIS "%s", text);
}
