/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Documents for the parser, from memory, in pieces of any size. */
#ifndef TESTS_SMBSTATUS_FIX_H
#define TESTS_SMBSTATUS_FIX_H

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "wire/smbstatus/smbstatus.h"

struct fix_input {
	const char *text;
	size_t len;
	size_t pos;
	size_t step; /* at most so many bytes at once */
};

static inline int fix_read(void *userdata, uint8_t *to, size_t size,
			   size_t *len, struct sm_fail *fail)
{
	struct fix_input *in = userdata;
	size_t n = in->len - in->pos;

	(void)fail;
	n = n > size ? size : n;
	n = n > in->step ? in->step : n;
	memcpy(to, in->text + in->pos, n);
	in->pos += n;
	*len = n;
	return 0;
}

/* All tokens of a text, or its code. */
static inline int fix_tokens(const char *text, size_t len, size_t step,
			     struct sm_fail *fail)
{
	struct fix_input in = {.text = text, .len = len, .step = step};
	struct sm_json *json = malloc(sizeof(*json));
	enum sm_json_token token = SM_JSON_NULL;
	int ret = 0;

	ck_assert_ptr_nonnull(json);
	sm_json_start(json, fix_read, &in);
	while (ret == 0 && token != SM_JSON_END)
		ret = sm_json_next(json, &token, fail);
	free(json);
	return ret;
}

static inline int fix_status(const char *text, size_t len,
			     struct sm_smbstatus *status, struct sm_fail *fail)
{
	struct fix_input in = {.text = text, .len = len, .step = len + 1};
	struct sm_json *json = malloc(sizeof(*json));
	int ret = 0;

	ck_assert_ptr_nonnull(json);
	memset(status, 0, sizeof(*status));
	sm_json_start(json, fix_read, &in);
	ret = sm_smbstatus_read(json, status, fail);
	free(json);
	return ret;
}

#endif /* TESTS_SMBSTATUS_FIX_H */
