/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wire/smbstatus/json.h"

#include <inttypes.h>
#include <string.h>

#include "core/text.h"

/* What may come next. */
enum state {
	WANT_VALUE,
	WANT_VALUE_OR_END, /* after [ */
	WANT_KEY,
	WANT_KEY_OR_END, /* after { */
	WANT_COMMA_OR_END,
	WANT_NOTHING,
};

/* The end of the input, where a byte is looked at. */
#define NO_BYTE (-1)

void sm_json_start(struct sm_json *json, sm_json_read_fn read, void *userdata)
{
	memset(json, 0, offsetof(struct sm_json, text));
	json->text[0] = '\0';
	json->read = read;
	json->userdata = userdata;
	json->line = 1;
	json->state = WANT_VALUE;
}

int sm_json_fail(const struct sm_json *json, struct sm_fail *fail, int32_t code,
		 const char *what)
{
	uint64_t offset = json->base + json->pos;

	return sm_fail_at(fail, code, (size_t)offset,
			  "The JSON at byte %" PRIu64 " (line %" PRIu64
			  ") is bad: %s.",
			  offset, json->line, what);
}

static int malformed(const struct sm_json *json, struct sm_fail *fail,
		     const char *what)
{
	if (json->ended && json->pos == json->len)
		what = "it ends too early";
	return sm_json_fail(json, fail, SMBMGMT_E_PROTOCOL, what);
}

static int refill(struct sm_json *json, struct sm_fail *fail)
{
	size_t len = 0;
	int ret = 0;

	if (json->ended)
		return 0;
	ret = json->read(json->userdata, json->window, sizeof(json->window),
			 &len, fail);
	if (ret != 0)
		return ret;
	json->base += json->len;
	json->pos = 0;
	json->len = len;
	json->ended = len == 0;
	return 0;
}

/* Look at the next byte, or NO_BYTE, without going past it. */
static inline int peek(struct sm_json *json, int *byte, struct sm_fail *fail)
{
	int ret = 0;

	if (json->pos == json->len) {
		ret = refill(json, fail);
		if (ret != 0)
			return ret;
	}
	*byte = json->pos < json->len ? json->window[json->pos] : NO_BYTE;
	return 0;
}

static int skip_blanks(struct sm_json *json, int *byte, struct sm_fail *fail)
{
	for (;;) {
		int ret = peek(json, byte, fail);

		if (ret != 0)
			return ret;
		if (*byte == '\n')
			json->line++;
		else if (*byte != ' ' && *byte != '\t' && *byte != '\r')
			return 0;
		json->pos++;
	}
}

static int put(struct sm_json *json, const void *bytes, size_t len,
	       struct sm_fail *fail)
{
	if (json->skipping)
		return 0;
	if (len > SM_JSON_TEXT - json->text_len)
		return sm_json_fail(json, fail, SMBMGMT_E_TOO_LARGE,
				    "a text is longer than any name");
	memcpy(json->text + json->text_len, bytes, len);
	json->text_len += len;
	return 0;
}

static int get_hex4(struct sm_json *json, uint32_t *value, struct sm_fail *fail)
{
	*value = 0;
	for (int i = 0; i < 4; i++) {
		int byte = 0;
		int ret = peek(json, &byte, fail);

		if (ret != 0)
			return ret;
		if (byte >= '0' && byte <= '9')
			*value = *value * 16 + (uint32_t)(byte - '0');
		else if ((byte | 32) >= 'a' && (byte | 32) <= 'f')
			*value = *value * 16 + (uint32_t)((byte | 32) - 'a') +
				 10;
		else
			return malformed(json, fail,
					 "\\u wants four hexadecimal digits");
		json->pos++;
	}
	return 0;
}

/* After \u: one code point, which may be two escapes. */
static int get_unicode(struct sm_json *json, struct sm_fail *fail)
{
	uint32_t first = 0;
	uint32_t second = 0;
	char utf8[4];
	int byte = 0;
	int ret = get_hex4(json, &first, fail);

	if (ret != 0)
		return ret;
	if (first == 0)
		return malformed(json, fail, "a text has a NUL");
	if (first >= 0xd800 && first < 0xdc00) {
		for (int i = 0; ret == 0 && i < 2; i++) {
			ret = peek(json, &byte, fail);
			if (ret == 0 && byte != "\\u"[i])
				ret = malformed(json, fail,
						"half a surrogate pair");
			json->pos += ret == 0;
		}
		if (ret == 0)
			ret = get_hex4(json, &second, fail);
		if (ret != 0)
			return ret;
		if (second < 0xdc00 || second > 0xdfff)
			return malformed(json, fail, "half a surrogate pair");
		first = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
	} else if (first >= 0xdc00 && first <= 0xdfff) {
		return malformed(json, fail, "half a surrogate pair");
	}
	return put(json, utf8, sm_text_put(utf8, first), fail);
}

static int get_escape(struct sm_json *json, struct sm_fail *fail)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	const char *at = NULL;
	int byte = 0;
	int ret = peek(json, &byte, fail);

	if (ret != 0)
		return ret;
	if (byte == 'u') {
		json->pos++;
		return get_unicode(json, fail);
	}
	at = byte > 0 ? strchr(from, byte) : NULL;
	if (at == NULL)
		return malformed(json, fail, "an escape that there is not");
	json->pos++;
	return put(json, &to[at - from], 1, fail);
}

/* The bytes up to the next that means something, as far as they are here. */
static size_t plain_run(const struct sm_json *json)
{
	size_t end = json->pos;

	while (end < json->len && json->window[end] >= ' ' &&
	       json->window[end] != '"' && json->window[end] != '\\')
		end++;
	return end - json->pos;
}

/* After the opening quote. */
static int get_string(struct sm_json *json, struct sm_fail *fail)
{
	size_t bad = 0;

	json->text_len = 0;
	for (;;) {
		int byte = 0;
		int ret = peek(json, &byte, fail);
		size_t run = ret == 0 ? plain_run(json) : 0;

		if (ret == 0)
			ret = put(json, json->window + json->pos, run, fail);
		if (ret != 0)
			return ret;
		json->pos += run;
		if (run > 0)
			continue;
		if (byte < ' ')
			return malformed(json, fail,
					 "a text with a control character");
		json->pos++;
		if (byte == '"')
			break;
		ret = get_escape(json, fail);
		if (ret != 0)
			return ret;
	}
	json->text[json->text_len] = '\0';
	if (!sm_text_valid(json->text, json->text_len, &bad))
		return malformed(json, fail, "a text is not UTF-8");
	return 0;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(const char *text)
{
	static const char digits[] = "0123456789";
	size_t n = 0;

	text += *text == '-';
	n = strspn(text, digits);
	if (n == 0 || (n > 1 && *text == '0'))
		return false;
	text += n;
	if (*text == '.') {
		n = strspn(++text, digits);
		if (n == 0)
			return false;
		text += n;
	}
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '+' || *text == '-';
		n = strspn(text, digits);
		if (n == 0)
			return false;
		text += n;
	}
	return *text == '\0';
}

/* A number, or one of the three words. */
static int get_word(struct sm_json *json, enum sm_json_token *token,
		    struct sm_fail *fail)
{
	char word[64] = "";
	size_t len = 0;

	for (;;) {
		int byte = 0;
		int ret = peek(json, &byte, fail);

		if (ret != 0)
			return ret;
		if (byte <= 0 ||
		    strchr("+-.0123456789Eabcdeflnrstu", byte) == NULL)
			break;
		if (len + 1 >= sizeof(word))
			return malformed(json, fail, "no number is so long");
		word[len++] = (char)byte;
		json->pos++;
	}
	word[len] = '\0';
	if (strcmp(word, "true") == 0)
		*token = SM_JSON_TRUE;
	else if (strcmp(word, "false") == 0)
		*token = SM_JSON_FALSE;
	else if (strcmp(word, "null") == 0)
		*token = SM_JSON_NULL;
	else if (is_number(word))
		*token = SM_JSON_NUMBER;
	else
		return malformed(json, fail, "no value stands here");
	if (*token == SM_JSON_NUMBER && !json->skipping) {
		memcpy(json->text, word, len + 1);
		json->text_len = len;
	}
	return 0;
}

/* A value is complete; what follows depends on what it is in. */
static void after_value(struct sm_json *json)
{
	json->state = json->depth == 0 ? WANT_NOTHING : WANT_COMMA_OR_END;
}

static int begin(struct sm_json *json, bool object, struct sm_fail *fail)
{
	if (json->depth == SM_JSON_DEPTH)
		return sm_json_fail(json, fail, SMBMGMT_E_TOO_LARGE,
				    "it nests too deep");
	json->pos++;
	json->depth++;
	json->objects = json->objects << 1 | (object ? 1 : 0);
	json->state = object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
	return 0;
}

static void finish(struct sm_json *json)
{
	json->pos++;
	json->depth--;
	json->objects >>= 1;
	after_value(json);
}

static int get_value(struct sm_json *json, int byte, enum sm_json_token *token,
		     struct sm_fail *fail)
{
	int ret = 0;

	if (byte == '{' || byte == '[') {
		*token = byte == '{' ? SM_JSON_OBJECT : SM_JSON_ARRAY;
		return begin(json, byte == '{', fail);
	}
	if (byte == '"') {
		json->pos++;
		*token = SM_JSON_STRING;
		ret = get_string(json, fail);
	} else {
		ret = get_word(json, token, fail);
	}
	after_value(json);
	return ret;
}

static int get_key(struct sm_json *json, int byte, enum sm_json_token *token,
		   struct sm_fail *fail)
{
	int ret = 0;

	if (byte != '"')
		return malformed(json, fail, "a member begins with its name");
	json->pos++;
	*token = SM_JSON_KEY;
	ret = get_string(json, fail);
	if (ret == 0)
		ret = skip_blanks(json, &byte, fail);
	if (ret != 0)
		return ret;
	if (byte != ':')
		return malformed(json, fail, "a colon is missing");
	json->pos++;
	json->state = WANT_VALUE;
	return 0;
}

int sm_json_next(struct sm_json *json, enum sm_json_token *token,
		 struct sm_fail *fail)
{
	bool object = (json->objects & 1) != 0;
	int byte = 0;
	int ret = skip_blanks(json, &byte, fail);

	if (ret != 0)
		return ret;
	if (json->state == WANT_NOTHING) {
		*token = SM_JSON_END;
		return byte == NO_BYTE
			       ? 0
			       : malformed(json, fail, "more follows its end");
	}
	if (json->state == WANT_COMMA_OR_END && byte == ',') {
		json->pos++;
		json->state = object ? WANT_KEY : WANT_VALUE;
		ret = skip_blanks(json, &byte, fail);
		if (ret != 0)
			return ret;
	} else if (json->state != WANT_VALUE && json->state != WANT_KEY &&
		   byte == (object ? '}' : ']')) {
		*token = object ? SM_JSON_OBJECT_END : SM_JSON_ARRAY_END;
		finish(json);
		return 0;
	}
	switch (json->state) {
	case WANT_VALUE:
	case WANT_VALUE_OR_END:
		return get_value(json, byte, token, fail);
	case WANT_KEY:
	case WANT_KEY_OR_END:
		return get_key(json, byte, token, fail);
	default:
		return malformed(json, fail, "a comma or an end is missing");
	}
}

int sm_json_skip(struct sm_json *json, enum sm_json_token token,
		 struct sm_fail *fail)
{
	uint32_t outside = json->depth - 1;
	int ret = 0;

	if (token != SM_JSON_OBJECT && token != SM_JSON_ARRAY)
		return 0;
	json->skipping = true;
	while (ret == 0 && json->depth != outside)
		ret = sm_json_next(json, &token, fail);
	json->skipping = false;
	return ret;
}
