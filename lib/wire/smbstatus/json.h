/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * JSON (RFC 8259) as a stream of tokens, in constant memory: what smbstatus
 * prints is mostly of no use to us, and may be very long.  Bounded in depth
 * and in the length of a text; an error has its byte offset, and its line in
 * its sentence.
 */
#ifndef SM_WIRE_SMBSTATUS_JSON_H
#define SM_WIRE_SMBSTATUS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

#define SM_JSON_DEPTH 32     /* objects and arrays in one another */
#define SM_JSON_TEXT 32768   /* bytes of one text, decoded */
#define SM_JSON_WINDOW 65536 /* bytes that are read at once */

enum sm_json_token {
	SM_JSON_END, /* of the document */
	SM_JSON_OBJECT,
	SM_JSON_OBJECT_END,
	SM_JSON_ARRAY,
	SM_JSON_ARRAY_END,
	SM_JSON_KEY,	/* text */
	SM_JSON_STRING, /* text */
	SM_JSON_NUMBER, /* text, as it was written */
	SM_JSON_TRUE,
	SM_JSON_FALSE,
	SM_JSON_NULL,
};

/* More bytes to *@len, 0 at the end; nonzero stops with that code in fail. */
typedef int (*sm_json_read_fn)(void *userdata, uint8_t *to, size_t size,
			       size_t *len, struct sm_fail *fail);

struct sm_json {
	sm_json_read_fn read;
	void *userdata;
	uint64_t base; /* offset of the window */
	uint64_t line; /* from 1 */
	size_t pos;    /* in the window */
	size_t len;
	bool ended;	  /* the reader said so */
	uint8_t state;	  /* what may come */
	bool skipping;	  /* texts are of no interest */
	uint32_t depth;	  /* of what is open, */
	uint32_t objects; /* a bit each, innermost lowest: an object */
	size_t text_len;
	char text[SM_JSON_TEXT + 1]; /* of the last token */
	uint8_t window[SM_JSON_WINDOW];
};

void sm_json_start(struct sm_json *json, sm_json_read_fn read, void *userdata);

/*
 * The next token.  PROTOCOL: no JSON; TOO_LARGE: deeper or longer than
 * bounds; or the reader's own code.
 */
int sm_json_next(struct sm_json *json, enum sm_json_token *token,
		 struct sm_fail *fail);

/* Go past the value that @token began. */
int sm_json_skip(struct sm_json *json, enum sm_json_token token,
		 struct sm_fail *fail);

/* Where we are, for an error of whoever reads. */
int sm_json_fail(const struct sm_json *json, struct sm_fail *fail, int32_t code,
		 const char *what);

#endif /* SM_WIRE_SMBSTATUS_JSON_H */
