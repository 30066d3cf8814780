/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "util/ref.h"
#include "util/vec.h"

struct smbmgmt_error {
	struct sm_ref ref;
	int32_t code;
	int32_t kind;
	uint32_t native;
	int64_t offset;
	const char *computer; /* behind the message, or static */
	const char *message;
	bool is_static;
	char text[];
};

static smbmgmt_error out_of_memory = {
	.ref = {1},
	.code = SMBMGMT_E_NOMEM,
	.offset = -1,
	.computer = "",
	.message = "Out of memory.",
	.is_static = true,
};

/* An input that was refused for not being UTF-8 may be quoted in the text. */
static void clean(char *text, size_t len)
{
	if (sm_text_valid(text, len, NULL))
		return;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			text[i] = '?';
	}
}

smbmgmt_error *sm_error_new(const struct sm_fail *fail, const char *computer)
{
	size_t text_len = strlen(fail->text);
	size_t computer_len = computer == NULL ? 0 : strlen(computer);
	smbmgmt_error *error = NULL;

	if (fail->code == SMBMGMT_E_NOMEM)
		return &out_of_memory;
	error = malloc(sizeof(*error) + text_len + computer_len + 2);
	if (error == NULL)
		return &out_of_memory;
	sm_ref_init(&error->ref);
	error->code = fail->code;
	error->kind = fail->kind;
	error->native = fail->native;
	error->offset = fail->offset;
	error->is_static = false;
	memcpy(error->text, fail->text, text_len + 1);
	clean(error->text, text_len);
	error->message = error->text;
	memcpy(error->text + text_len + 1, computer == NULL ? "" : computer,
	       computer_len + 1);
	error->computer = error->text + text_len + 1;
	return error;
}

int32_t sm_error_set(smbmgmt_error **err, const struct sm_fail *fail,
		     const char *computer)
{
	if (err != NULL)
		*err = sm_error_new(fail, computer);
	return fail->code;
}

smbmgmt_error *smbmgmt_error_ref(smbmgmt_error *error)
{
	if (error != NULL && !error->is_static)
		sm_ref_get(&error->ref);
	return error;
}

void smbmgmt_error_unref(smbmgmt_error *error)
{
	if (error == NULL || error->is_static)
		return;
	if (sm_ref_put(&error->ref))
		free(error);
}

int32_t smbmgmt_error_code(const smbmgmt_error *error)
{
	return error == NULL ? SMBMGMT_OK : error->code;
}

uint32_t smbmgmt_error_native_code(const smbmgmt_error *error)
{
	return error == NULL ? 0 : error->native;
}

int32_t smbmgmt_error_native_kind(const smbmgmt_error *error)
{
	return error == NULL ? SMBMGMT_NATIVE_NONE : error->kind;
}

int64_t smbmgmt_error_offset(const smbmgmt_error *error)
{
	return error == NULL ? -1 : error->offset;
}

const char *smbmgmt_error_computer(const smbmgmt_error *error)
{
	return error == NULL ? "" : error->computer;
}

const char *smbmgmt_error_message(const smbmgmt_error *error)
{
	return error == NULL ? "" : error->message;
}

bool sm_errors_add(struct sm_errors *errors, smbmgmt_error *error)
{
	void *items = errors->items;

	if (!sm_vec_room(&items, &errors->size, errors->count,
			 sizeof(*errors->items))) {
		smbmgmt_error_unref(error);
		return false;
	}
	errors->items = items;
	errors->items[errors->count++] = error;
	return true;
}

void sm_errors_free(struct sm_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		smbmgmt_error_unref(errors->items[i]);
	free(errors->items);
	memset(errors, 0, sizeof(*errors));
}

void sm_overall_add(struct sm_overall *overall, int32_t code)
{
	if (code == SMBMGMT_OK)
		overall->any_ok = true;
	else if (overall->code == SMBMGMT_OK)
		overall->code = code;
	else if (overall->code != code)
		overall->mixed = true;
}

int32_t sm_overall_code(const struct sm_overall *overall)
{
	if (overall->code == SMBMGMT_OK)
		return SMBMGMT_OK;
	if (overall->any_ok || overall->mixed)
		return SMBMGMT_E_PARTIAL;
	return overall->code;
}
