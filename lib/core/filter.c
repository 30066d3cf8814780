/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/filter.h"

#include <stdlib.h>
#include <string.h>

#include <smbmgmt/session.h>

#include "core/table.h"
#include "core/text.h"
#include "util/vec.h"

int sm_filter_new(smbmgmt_filter **filter, struct sm_fail *fail)
{
	smbmgmt_filter *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&f->ref);
	*filter = f;
	return 0;
}

void sm_filter_unref(smbmgmt_filter *filter)
{
	if (filter == NULL || !sm_ref_put(&filter->ref))
		return;
	sm_idset_free(&filter->ids);
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		for (size_t i = 0; i < filter->texts[p].count; i++)
			free(filter->texts[p].items[i]);
		free(filter->texts[p].items);
	}
	for (size_t i = 0; i < filter->session_count; i++)
		sm_table_unref(filter->sessions[i]->table);
	free(filter->sessions);
	free(filter);
}

int sm_filter_may_add(const smbmgmt_filter *filter, struct sm_fail *fail)
{
	if (filter->session_count > 0)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "A filter of session objects takes no other "
			       "value; use a filter of its own.");
	return 0;
}

int sm_filter_add_ids(smbmgmt_filter *filter, uint64_t first, uint64_t last,
		      struct sm_fail *fail)
{
	int ret = sm_filter_may_add(filter, fail);

	return ret != 0 ? ret : sm_idset_add(&filter->ids, first, last, fail);
}

int sm_filter_add_id_text(smbmgmt_filter *filter, const char *text,
			  struct sm_fail *fail)
{
	int ret = sm_filter_may_add(filter, fail);

	return ret != 0 ? ret : sm_idset_add_text(&filter->ids, text, fail);
}

int sm_filter_add_text(smbmgmt_filter *filter, enum sm_property property,
		       const char *text, struct sm_fail *fail)
{
	struct sm_texts *texts = &filter->texts[property];
	void *items = texts->items;
	size_t offset = 0;
	char *dup = NULL;
	int ret = sm_filter_may_add(filter, fail);

	if (ret != 0)
		return ret;
	if (text[0] == '\0')
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "An empty value selects nothing; leave the "
			       "property out instead.");
	if (!sm_text_valid(text, strlen(text), &offset))
		return sm_fail_at(fail, SMBMGMT_E_INVALID, offset,
				  "The value is not UTF-8 at byte %zu.",
				  offset);
	dup = strdup(text);
	if (dup == NULL)
		return sm_fail_nomem(fail);
	if (!sm_vec_room(&items, &texts->size, texts->count,
			 sizeof(*texts->items))) {
		free(dup);
		return sm_fail_nomem(fail);
	}
	texts->items = items;
	texts->items[texts->count++] = dup;
	return 0;
}

int sm_filter_add_instance(smbmgmt_filter *filter, int32_t instance,
			   struct sm_fail *fail)
{
	int ret = sm_filter_may_add(filter, fail);

	if (ret != 0)
		return ret;
	if (instance < SMBMGMT_INSTANCE_DEFAULT ||
	    instance > SMBMGMT_INSTANCE_SR)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "%d is no SMB instance; use 0 (default), 1 "
			       "(CSV), 2 (SBL) or 3 (SR).",
			       instance);
	filter->instances |= 1u << instance;
	return 0;
}

static bool has_values(const smbmgmt_filter *filter)
{
	if (filter->ids.count > 0 || filter->instances != 0)
		return true;
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		if (filter->texts[p].count > 0)
			return true;
	}
	return filter->has_min_idle || filter->has_min_age ||
	       filter->has_max_opens || filter->has_guest ||
	       filter->has_unencrypted;
}

int sm_filter_add_session(smbmgmt_filter *filter, smbmgmt_session *session,
			  struct sm_fail *fail)
{
	void *sessions = filter->sessions;

	if (has_values(filter) || filter->match_all)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "Session objects do not go with other values "
			       "or match-all; use a filter of their own.");
	if (!sm_vec_room(&sessions, &filter->session_size,
			 filter->session_count, sizeof(*filter->sessions)))
		return sm_fail_nomem(fail);
	filter->sessions = sessions;
	filter->sessions[filter->session_count++] = session;
	sm_table_ref(session->table);
	return 0;
}

/*
 * An instance alone names a part of the server, not a session in it: it does
 * not make a filter non-empty.
 */
bool sm_filter_is_empty(const smbmgmt_filter *filter)
{
	if (filter->session_count > 0 || filter->ids.count > 0)
		return false;
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		if (filter->texts[p].count > 0)
			return false;
	}
	return !filter->has_min_idle && !filter->has_min_age &&
	       !filter->has_max_opens && !filter->has_guest &&
	       !filter->has_unencrypted;
}
