/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef SM_CORE_ERROR_H
#define SM_CORE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/types.h>

#include "util/fail.h"

/*
 * Make an error of @fail about @computer (may be NULL).  Never NULL: without
 * memory it is the static out-of-memory error.
 */
smbmgmt_error *sm_error_new(const struct sm_fail *fail, const char *computer);

/* Write *@err, if there is one, and return the code of @fail. */
int32_t sm_error_set(smbmgmt_error **err, const struct sm_fail *fail,
		     const char *computer);

/* A list of errors. */
struct sm_errors {
	smbmgmt_error **items;
	size_t count;
	size_t size;
};

/* Takes over the reference; false if out of memory (and it is dropped). */
bool sm_errors_add(struct sm_errors *errors, smbmgmt_error *error);
void sm_errors_free(struct sm_errors *errors);
/* The error at an index, or NULL; borrowed. */
static inline smbmgmt_error *sm_errors_at(const struct sm_errors *errors,
					  size_t index)
{
	return index < errors->count ? errors->items[index] : NULL;
}

/*
 * One code for many results: @failed codes out of @total.  0 if none failed,
 * the common code if all did with the same, else SMBMGMT_E_PARTIAL.  Feed it
 * with sm_overall_add(), 0 for a success.
 */
struct sm_overall {
	bool any_ok;
	bool mixed;
	int32_t code;
};

void sm_overall_add(struct sm_overall *overall, int32_t code);
int32_t sm_overall_code(const struct sm_overall *overall);

#endif /* SM_CORE_ERROR_H */
