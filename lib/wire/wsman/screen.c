/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a document is looked at for before libxml2 reads it.  A document type
 * is where entities come from and the bytes are the encoding's, so neither
 * may be left to what a parser makes of them; and the parser's time grows
 * with the square of a tag's attributes.
 */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "wire/wsman/xml.h"

struct screen {
	const char *data;
	size_t len;
	size_t pos;
	struct sm_fail *fail;
};

static int refuse(const struct screen *s, const char *what)
{
	sm_fail_at(s->fail, SMBMGMT_E_PROTOCOL, s->pos,
		   "The server's answer cannot be used: %s.", what);
	return SMBMGMT_E_PROTOCOL;
}

static bool begins(const struct screen *s, const char *with)
{
	size_t len = strlen(with);

	return s->len - s->pos >= len &&
	       memcmp(s->data + s->pos, with, len) == 0;
}

/* Go behind the next @end. */
static int pass(struct screen *s, const char *end)
{
	const char *at =
		memmem(s->data + s->pos, s->len - s->pos, end, strlen(end));

	if (at == NULL)
		return refuse(s, "something in it has no end");
	s->pos = (size_t)(at - s->data) + strlen(end);
	return 0;
}

static int pass_tag(struct screen *s)
{
	size_t attributes = 0;
	char quote = '\0';

	for (size_t i = 1; s->pos + i < s->len && i <= SM_XML_TAG; i++) {
		char c = s->data[s->pos + i];

		if (quote != '\0') {
			if (c == quote)
				quote = '\0';
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '=') {
			if (++attributes > SM_XML_ATTRIBUTES)
				return refuse(s,
					      "a tag has too many "
					      "attributes");
		} else if (c == '>') {
			s->pos += i + 1;
			return 0;
		}
	}
	return refuse(s, "a tag is too long or has no end");
}

/* The name between quotes behind `encoding`, in a declaration. */
static bool is_known_encoding(const char *text, size_t len)
{
	static const char *const known[] = {"utf-8", "utf-16", "us-ascii"};
	const char *at = memmem(text, len, "encoding", 8);
	const char *end = text + len;
	const char *begin = NULL;
	char name[16];

	if (at == NULL)
		return true;
	at += 8;
	while (at < end && *at != '"' && *at != '\'')
		at++;
	if (at == end)
		return false;
	begin = at + 1;
	at = memchr(begin, *at, (size_t)(end - begin));
	if (at == NULL || (size_t)(at - begin) >= sizeof(name))
		return false;
	memcpy(name, begin, (size_t)(at - begin));
	name[at - begin] = '\0';
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (sm_xml_same(name, known[i]))
			return true;
	}
	return false;
}

static int pass_instruction(struct screen *s)
{
	size_t begin = s->pos;
	int ret = pass(s, "?>");

	if (ret == 0 && begin == 0 && s->pos > 6 &&
	    memcmp(s->data, "<?xml", 5) == 0 &&
	    !is_known_encoding(s->data, s->pos))
		return refuse(s, "it is neither in UTF-8 nor in UTF-16");
	return ret;
}

static int pass_one(struct screen *s)
{
	if (begins(s, "<?"))
		return pass_instruction(s);
	if (begins(s, "<!--"))
		return pass(s, "-->");
	if (begins(s, "<![CDATA["))
		return pass(s, "]]>");
	if (begins(s, "<!"))
		return refuse(s, "it has a document type");
	return pass_tag(s);
}

int sm_xml_screen(const char *data, size_t len, struct sm_fail *fail)
{
	struct screen s = {.data = data, .len = len, .fail = fail};
	int ret = 0;

	if (!sm_text_valid(data, len, &s.pos))
		return refuse(&s, "it is not in UTF-8");
	s.pos = 0;
	while (ret == 0) {
		const char *at = memchr(data + s.pos, '<', len - s.pos);

		if (at == NULL)
			return 0;
		s.pos = (size_t)(at - data);
		ret = pass_one(&s);
	}
	return ret;
}

bool sm_xml_is_utf16(const uint8_t *data, size_t len)
{
	if (len < 2)
		return false;
	return (data[0] == 0xff && data[1] == 0xfe) ||
	       (data[0] == 0xfe && data[1] == 0xff) ||
	       (data[0] == '<' && data[1] == 0) ||
	       (data[0] == 0 && data[1] == '<');
}

static uint32_t unit(const uint8_t *data, bool big)
{
	return big ? (uint32_t)data[0] << 8 | data[1]
		   : (uint32_t)data[1] << 8 | data[0];
}

int sm_xml_from_utf16(const uint8_t *data, size_t len, uint8_t **text,
		      size_t *text_len, struct sm_fail *fail)
{
	bool big = data[0] == 0xfe || data[0] == 0;
	size_t pos = data[0] == 0xfe || data[0] == 0xff ? 2 : 0;
	/* Two bytes become three at the most. */
	char *to = malloc(len / 2 * 3 + 1);

	*text = (uint8_t *)to;
	*text_len = 0;
	if (to == NULL)
		return sm_fail_nomem(fail);
	for (; len - pos >= 2; pos += 2) {
		uint32_t c = unit(data + pos, big);
		uint32_t low = 0;

		if (c >= 0xd800 && c < 0xdc00 && len - pos >= 4)
			low = unit(data + pos + 2, big);
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			pos += 2;
		}
		if (c == 0 || (c >= 0xd800 && c < 0xe000))
			break;
		*text_len += sm_text_put(to + *text_len, c);
	}
	if (pos == len)
		return 0;
	return sm_fail_at(fail, SMBMGMT_E_PROTOCOL, pos,
			  "The answer is not in UTF-16 as it should be.");
}
