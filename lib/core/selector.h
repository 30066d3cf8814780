/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Which handles: values of one kind, as the cmdlets' parameter sets have it.
 * Pure: a handle is looked at through its values.
 */
#ifndef SM_CORE_SELECTOR_H
#define SM_CORE_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/types.h>

#include "core/guid.h"
#include "core/wildcard.h"
#include "util/fail.h"
#include "util/ref.h"

/* A handle's values. */
struct sm_handle_view {
	uint32_t id;
	const struct sm_guid *instance_id;
	const char *name;
	const char *computer;
};

enum sm_selector_kind {
	SM_SELECT_NOTHING = 0,
	SM_SELECT_ID,
	SM_SELECT_INSTANCE_ID,
	SM_SELECT_NAME,
	SM_SELECT_COMPUTER,
};

struct sm_selector_value {
	uint32_t first; /* ids */
	uint32_t last;
	struct sm_guid guid;
	struct sm_wildcard *wildcard;
	char *text; /* as given */
};

struct smbmgmt_selector {
	struct sm_ref ref;
	enum sm_selector_kind kind;
	struct sm_selector_value *values;
	size_t count;
	size_t size;
	bool match_all;
};

int sm_selector_new(smbmgmt_selector **selector, struct sm_fail *fail);
void sm_selector_unref(smbmgmt_selector *selector);
int sm_selector_add_ids(smbmgmt_selector *selector, uint32_t first,
			uint32_t last, struct sm_fail *fail);
int sm_selector_add_guid(smbmgmt_selector *selector, const char *text,
			 struct sm_fail *fail);
/* @kind is SM_SELECT_NAME or SM_SELECT_COMPUTER. */
int sm_selector_add_pattern(smbmgmt_selector *selector,
			    enum sm_selector_kind kind, const char *pattern,
			    struct sm_fail *fail);

static inline bool sm_selector_is_empty(const smbmgmt_selector *selector)
{
	return selector == NULL || selector->count == 0;
}

/* Does the selector (NULL or empty: every handle) select this one? */
bool sm_selector_match(const smbmgmt_selector *selector,
		       const struct sm_handle_view *view);
/*
 * Name each literal value that none of @views is: ids by runs, GUIDs, names
 * without wildcards.  As sm_match_missing().
 */
int sm_selector_missing(const smbmgmt_selector *selector,
			const struct sm_handle_view *views, size_t count,
			int (*missing)(void *userdata,
				       const struct sm_fail *fail),
			void *userdata);

#endif /* SM_CORE_SELECTOR_H */
