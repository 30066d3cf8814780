/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "wsman_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *made_envelope(const char *headers, const char *body)
{
	static const char format[] =
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/"
		"soap-envelope\" xmlns:a=\"" MADE_ADDRESSING
		"\" xmlns:n=\"" MADE_ENUMERATION
		"\" xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
		" xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/"
		"wsmanfault\" xmlns:xsi=\"http://www.w3.org/2001/"
		"XMLSchema-instance\"><s:Header>%s</s:Header><s:Body>%s"
		"</s:Body></s:Envelope>";
	size_t size = sizeof(format) + strlen(headers) + strlen(body);
	char *text = malloc(size);

	if (text == NULL)
		abort();
	snprintf(text, size, format, headers, body);
	return text;
}

static const char *keep(struct made *made, size_t field, const char *text)
{
	char *to = made->texts[made->rows][field];

	if (text == NULL)
		return NULL;
	snprintf(to, sizeof(made->texts[0][0]), "%s", text);
	return to;
}

static int take(void *userdata, const struct sm_row *row, struct sm_fail *fail)
{
	struct made *made = userdata;
	struct sm_row *mine = &made->row[made->rows];

	(void)fail;
	if (made->stop != 0)
		return made->stop;
	if (made->rows == MADE_ROWS)
		abort();
	*mine = *row;
	mine->client = keep(made, 0, row->client);
	mine->user = keep(made, 1, row->user);
	mine->scope = keep(made, 2, row->scope);
	mine->node = keep(made, 3, row->node);
	mine->dialect = keep(made, 4, row->dialect);
	mine->transport_name = keep(made, 5, row->transport_name);
	made->rows++;
	return 0;
}

void made_read_bytes(struct made *made, const void *data, size_t len,
		     enum sm_wsman_kind expect)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, len);
	made->fail.offset = -1;
	made->rows = 0;
	made->ret = sm_wsman_read(copy, len, expect, MADE_ID, take, made,
				  &made->answer, &made->fail);
	free(copy);
}

void made_read(struct made *made, enum sm_wsman_kind expect,
	       const char *headers, const char *body)
{
	static const char *const usual[] = {
		[SM_WSMAN_IDENTIFIED] = "",
		[SM_WSMAN_ENUMERATED] =
			MADE_ACTION(MADE_ENUMERATION "/EnumerateResponse"),
		[SM_WSMAN_PULLED] =
			MADE_ACTION(MADE_ENUMERATION "/PullResponse"),
		[SM_WSMAN_RELEASED] =
			MADE_ACTION(MADE_ENUMERATION "/ReleaseResponse"),
		[SM_WSMAN_CLOSED] =
			MADE_ACTION(MADE_DMTF "/ForceCloseResponse"),
	};
	char *text =
		made_envelope(headers != NULL ? headers : usual[expect], body);

	memset(made, 0, sizeof(*made));
	made_read_bytes(made, text, strlen(text), expect);
	free(text);
}

void made_clear(struct made *made)
{
	sm_wsman_answer_clear(&made->answer);
}

uint8_t *made_utf16(const char *text, int big, int mark, size_t *len)
{
	uint8_t *to = malloc(2 * strlen(text) + 2);
	size_t n = 0;

	if (to == NULL)
		abort();
	if (mark) {
		to[n++] = big ? 0xfe : 0xff;
		to[n++] = big ? 0xff : 0xfe;
	}
	for (; *text != '\0'; text++) {
		to[n++] = big ? 0 : (uint8_t)*text;
		to[n++] = big ? (uint8_t)*text : 0;
	}
	*len = n;
	return to;
}
