/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

static void put(struct sm_json *json, const char *text)
{
	sm_out_bytes(&json->out, text, strlen(text));
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	       c == 0x2029;
}

static void put_text(struct sm_json *json, const char *text)
{
	const char *end = text + strlen(text);

	sm_out_u8(&json->out, '"');
	while (text < end) {
		uint32_t c = sm_text_next(&text, end);
		char bytes[12];
		size_t len = 0;

		if (is_control(c)) {
			len = (size_t)snprintf(bytes, sizeof(bytes),
					       "\\u%04" PRIx32, c);
		} else {
			if (c == '"' || c == '\\')
				bytes[len++] = '\\';
			len += sm_text_put(bytes + len, c);
		}
		sm_out_bytes(&json->out, bytes, len);
	}
	sm_out_u8(&json->out, '"');
}

static void begin(struct sm_json *json, const char *key)
{
	if (json->comma)
		put(json, ",");
	json->comma = true;
	if (key == NULL)
		return;
	put_text(json, key);
	put(json, ":");
}

void sm_json_open(struct sm_json *json, const char *key, char bracket)
{
	begin(json, key);
	sm_out_u8(&json->out, (uint8_t)bracket);
	json->comma = false;
}

void sm_json_close(struct sm_json *json, char bracket)
{
	sm_out_u8(&json->out, (uint8_t)bracket);
	json->comma = true;
}

void sm_json_text(struct sm_json *json, const char *key, const char *text)
{
	begin(json, key);
	put_text(json, text);
}

void sm_json_number(struct sm_json *json, const char *key, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	sm_json_raw(json, key, text);
}

void sm_json_id(struct sm_json *json, const char *key, uint64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, id);
	sm_json_text(json, key, text);
}

void sm_json_bool(struct sm_json *json, const char *key, bool value)
{
	sm_json_raw(json, key, value ? "true" : "false");
}

void sm_json_raw(struct sm_json *json, const char *key, const char *value)
{
	begin(json, key);
	put(json, value);
}
