/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The filter as the caller fills it in.  match.h compiles it.
 */
#ifndef SM_CORE_FILTER_H
#define SM_CORE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <smbmgmt/types.h>

#include "core/idset.h"
#include "util/fail.h"
#include "util/ref.h"

/* The text properties, in the order in which they are named. */
enum sm_property {
	SM_PROPERTY_CLIENT,
	SM_PROPERTY_USER,
	SM_PROPERTY_SCOPE,
	SM_PROPERTY_NODE,
	SM_PROPERTY_DIALECT,
	SM_PROPERTY_COUNT,
};

struct sm_texts {
	char **items;
	size_t count;
	size_t size;
};

struct smbmgmt_filter {
	struct sm_ref ref;
	struct sm_idset ids;
	struct sm_texts texts[SM_PROPERTY_COUNT];
	uint32_t instances; /* bit n: SmbInstance n was asked for */
	smbmgmt_session **sessions;
	size_t session_count;
	size_t session_size;
	bool match_all;
	bool has_min_idle, has_min_age, has_max_opens, has_guest,
		has_unencrypted;
	uint32_t min_idle;
	uint32_t min_age;
	uint64_t max_opens;
	bool guest;
	bool unencrypted;
};

int sm_filter_new(smbmgmt_filter **filter, struct sm_fail *fail);
void sm_filter_unref(smbmgmt_filter *filter);
/* Values: INVALID where one makes no sense or mixes with -InputObject. */
int sm_filter_add_ids(smbmgmt_filter *filter, uint64_t first, uint64_t last,
		      struct sm_fail *fail);
int sm_filter_add_id_text(smbmgmt_filter *filter, const char *text,
			  struct sm_fail *fail);
int sm_filter_add_text(smbmgmt_filter *filter, enum sm_property property,
		       const char *text, struct sm_fail *fail);
int sm_filter_add_instance(smbmgmt_filter *filter, int32_t instance,
			   struct sm_fail *fail);
int sm_filter_add_session(smbmgmt_filter *filter, smbmgmt_session *session,
			  struct sm_fail *fail);
/* Predicates: the caller sets the members; this says whether it may. */
int sm_filter_may_add(const smbmgmt_filter *filter, struct sm_fail *fail);

/* Selects nothing in particular: no value, no predicate, no session. */
bool sm_filter_is_empty(const smbmgmt_filter *filter);

#endif /* SM_CORE_FILTER_H */
