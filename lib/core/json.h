/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * One JSON value on one line.  Calls are written down in order; commas are
 * put where they belong.  Out of memory shows in out.failed, at the end.
 */
#ifndef SM_CORE_JSON_H
#define SM_CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

struct sm_json {
	struct sm_out out;
	bool comma; /* something stands before what comes next */
};

/* @key is NULL within an array and for the outermost value. */
void sm_json_open(struct sm_json *json, const char *key, char bracket);
void sm_json_close(struct sm_json *json, char bracket);
/*
 * Control characters, those of Unicode too, are escaped, so that a terminal
 * that shows the line obeys none.  What is not UTF-8 becomes U+FFFD.
 */
void sm_json_text(struct sm_json *json, const char *key, const char *text);
void sm_json_number(struct sm_json *json, const char *key, int64_t number);
/* As text: not every reader holds 64 bits. */
void sm_json_id(struct sm_json *json, const char *key, uint64_t id);
void sm_json_bool(struct sm_json *json, const char *key, bool value);
/* A value that is JSON already. */
void sm_json_raw(struct sm_json *json, const char *key, const char *value);

#endif /* SM_CORE_JSON_H */
