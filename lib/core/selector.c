/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/selector.h"

#include <stdlib.h>
#include <string.h>

#include "core/idset.h"
#include "util/vec.h"

int sm_selector_new(smbmgmt_selector **selector, struct sm_fail *fail)
{
	smbmgmt_selector *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return sm_fail_nomem(fail);
	sm_ref_init(&s->ref);
	*selector = s;
	return 0;
}

static void clear_value(struct sm_selector_value *value)
{
	sm_wildcard_free(value->wildcard);
	free(value->text);
}

void sm_selector_unref(smbmgmt_selector *selector)
{
	if (selector == NULL || !sm_ref_put(&selector->ref))
		return;
	for (size_t i = 0; i < selector->count; i++)
		clear_value(&selector->values[i]);
	free(selector->values);
	free(selector);
}

/* Takes over what @value points to, also on failure. */
static int add(smbmgmt_selector *selector, enum sm_selector_kind kind,
	       struct sm_selector_value *value, struct sm_fail *fail)
{
	void *values = selector->values;
	int ret = 0;

	if (selector->kind != SM_SELECT_NOTHING && selector->kind != kind)
		ret = sm_fail(fail, SMBMGMT_E_INVALID,
			      "A selector holds values of one kind: ids, "
			      "instance ids, names or computer names; use one "
			      "selector for each.");
	else if (!sm_vec_room(&values, &selector->size, selector->count,
			      sizeof(*value)))
		ret = sm_fail_nomem(fail);
	if (ret != 0) {
		clear_value(value);
		return ret;
	}
	selector->kind = kind;
	selector->values = values;
	selector->values[selector->count++] = *value;
	return 0;
}

int sm_selector_add_ids(smbmgmt_selector *selector, uint32_t first,
			uint32_t last, struct sm_fail *fail)
{
	struct sm_selector_value value = {.first = first, .last = last};

	if (last < first)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The range %u..%u is reversed; write %u..%u.",
			       first, last, last, first);
	return add(selector, SM_SELECT_ID, &value, fail);
}

int sm_selector_add_guid(smbmgmt_selector *selector, const char *text,
			 struct sm_fail *fail)
{
	struct sm_selector_value value = {0};

	if (!sm_guid_parse(text, &value.guid))
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "'%.60s' is no GUID; write it as "
			       "01234567-89ab-cdef-0123-456789abcdef.",
			       text);
	value.text = strdup(text);
	if (value.text == NULL)
		return sm_fail_nomem(fail);
	return add(selector, SM_SELECT_INSTANCE_ID, &value, fail);
}

int sm_selector_add_pattern(smbmgmt_selector *selector,
			    enum sm_selector_kind kind, const char *pattern,
			    struct sm_fail *fail)
{
	struct sm_selector_value value = {0};
	int ret = sm_wildcard_new(pattern, &value.wildcard, fail);

	if (ret != 0)
		return ret;
	value.text = strdup(pattern);
	if (value.text == NULL) {
		clear_value(&value);
		return sm_fail_nomem(fail);
	}
	return add(selector, kind, &value, fail);
}

static bool value_match(enum sm_selector_kind kind,
			const struct sm_selector_value *value,
			const struct sm_handle_view *view)
{
	switch (kind) {
	case SM_SELECT_ID:
		return view->id >= value->first && view->id <= value->last;
	case SM_SELECT_INSTANCE_ID:
		return memcmp(&value->guid, view->instance_id,
			      sizeof(value->guid)) == 0;
	case SM_SELECT_NAME:
		return sm_wildcard_match(value->wildcard, view->name);
	case SM_SELECT_COMPUTER:
		return sm_wildcard_match(value->wildcard, view->computer);
	case SM_SELECT_NOTHING:
	default:
		return false;
	}
}

bool sm_selector_match(const smbmgmt_selector *selector,
		       const struct sm_handle_view *view)
{
	if (sm_selector_is_empty(selector))
		return true;
	for (size_t i = 0; i < selector->count; i++) {
		if (value_match(selector->kind, &selector->values[i], view))
			return true;
	}
	return false;
}

static int say(const char *property, const char *value,
	       int (*missing)(void *, const struct sm_fail *), void *userdata)
{
	struct sm_fail fail;

	sm_fail(&fail, SMBMGMT_E_NOT_FOUND,
		"Could not find a handle with the given %s = %s.", property,
		value);
	return missing(userdata, &fail);
}

static int missing_ids(const smbmgmt_selector *selector,
		       const struct sm_handle_view *views, size_t count,
		       int (*missing)(void *, const struct sm_fail *),
		       void *userdata)
{
	struct sm_idset set = {0};
	struct sm_range *runs = NULL;
	size_t run_count = 0;
	uint64_t *found = calloc(count + 1, sizeof(*found));
	int ret = found == NULL ? SMBMGMT_E_NOMEM : 0;

	for (size_t i = 0; ret == 0 && i < selector->count; i++)
		ret = sm_idset_add(&set, selector->values[i].first,
				   selector->values[i].last, NULL);
	for (size_t i = 0; ret == 0 && i < count; i++)
		found[i] = views[i].id;
	if (ret == 0) {
		sm_ids_sort(found, count);
		sm_idset_seal(&set);
		ret = sm_idset_missing(&set, found, count, &runs, &run_count);
	}
	for (size_t i = 0; ret == 0 && i < run_count; i++) {
		char text[43];

		sm_range_format(&runs[i], text);
		ret = say("Id", text, missing, userdata);
	}
	free(runs);
	free(found);
	sm_idset_free(&set);
	return ret;
}

static const char *property_name(enum sm_selector_kind kind)
{
	switch (kind) {
	case SM_SELECT_INSTANCE_ID:
		return "InstanceId";
	case SM_SELECT_NAME:
		return "Name";
	default:
		return "ComputerName";
	}
}

int sm_selector_missing(const smbmgmt_selector *selector,
			const struct sm_handle_view *views, size_t count,
			int (*missing)(void *userdata,
				       const struct sm_fail *fail),
			void *userdata)
{
	int ret = 0;

	if (sm_selector_is_empty(selector))
		return 0;
	if (selector->kind == SM_SELECT_ID)
		return missing_ids(selector, views, count, missing, userdata);
	for (size_t i = 0; ret == 0 && i < selector->count; i++) {
		const struct sm_selector_value *value = &selector->values[i];
		bool hit = value->wildcard != NULL &&
			   !sm_wildcard_is_literal(value->wildcard);

		for (size_t j = 0; !hit && j < count; j++)
			hit = value_match(selector->kind, value, &views[j]);
		if (!hit)
			ret = say(property_name(selector->kind), value->text,
				  missing, userdata);
	}
	return ret;
}
