/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <smbmgmt/session.h>

#include "core/client.h"
#include "core/diff.h"
#include "core/fields.h"
#include "core/text.h"
#include "util/vec.h"

/* One text value, and what became of it. */
struct value {
	const char *text;	 /* in the filter */
	struct sm_client client; /* SM_PROPERTY_CLIENT only */
	size_t given;		 /* as which one it was added */
	bool hit;
	/* The zone met in the table at hand, for a value without one. */
	const char *zone;
	size_t zone_len;
	uint64_t zone_run; /* of match->runs; the zone is of that table */
};

struct values {
	struct value *items; /* sorted, each one once */
	size_t count;
};

struct sm_match {
	smbmgmt_filter *filter; /* a private copy */
	struct values values[SM_PROPERTY_COUNT];
	uint64_t *found; /* ids that matched a row */
	size_t found_count;
	size_t found_size;
	bool any;      /* a row matched all properties */
	uint64_t runs; /* how many tables were matched */
};

static const struct {
	const char *name; /* as MSFT_SmbSession has it */
	uint64_t field;
} properties[SM_PROPERTY_COUNT] = {
	[SM_PROPERTY_CLIENT] = {"ClientComputerName", SMBMGMT_FIELD_CLIENT},
	[SM_PROPERTY_USER] = {"ClientUserName", SMBMGMT_FIELD_USER},
	[SM_PROPERTY_SCOPE] = {"ScopeName", SMBMGMT_FIELD_SCOPE},
	[SM_PROPERTY_NODE] = {"ClusterNodeName", SMBMGMT_FIELD_NODE},
	[SM_PROPERTY_DIALECT] = {"Dialect", SMBMGMT_FIELD_DIALECT},
};

static int cmp_text(const void *a, const void *b)
{
	return sm_text_cmp(((const struct value *)a)->text,
			   ((const struct value *)b)->text);
}

/* With its zone, so that one without a zone stands before those with one. */
static int cmp_client(const void *a, const void *b)
{
	return sm_client_cmp_zone(&((const struct value *)a)->client,
				  &((const struct value *)b)->client);
}

static int cmp_given(const struct value *a, const struct value *b)
{
	return a->given < b->given ? -1 : a->given > b->given;
}

static int sort_text(const void *a, const void *b)
{
	int cmp = cmp_text(a, b);

	return cmp != 0 ? cmp : cmp_given(a, b);
}

static int sort_client(const void *a, const void *b)
{
	int cmp = cmp_client(a, b);

	return cmp != 0 ? cmp : cmp_given(a, b);
}

/* Copy what the caller may go on changing. */
static int copy_filter(smbmgmt_filter *to, const smbmgmt_filter *from,
		       struct sm_fail *fail)
{
	int ret = sm_idset_copy(&to->ids, &from->ids, fail);

	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		for (size_t i = 0; ret == 0 && i < from->texts[p].count; i++)
			ret = sm_filter_add_text(to, (enum sm_property)p,
						 from->texts[p].items[i], fail);
	}
	for (size_t i = 0; ret == 0 && i < from->session_count; i++)
		ret = sm_filter_add_session(to, from->sessions[i], fail);
	to->instances = from->instances;
	to->match_all = from->match_all;
	to->has_min_idle = from->has_min_idle;
	to->has_min_age = from->has_min_age;
	to->has_max_opens = from->has_max_opens;
	to->has_guest = from->has_guest;
	to->has_unencrypted = from->has_unencrypted;
	to->min_idle = from->min_idle;
	to->min_age = from->min_age;
	to->max_opens = from->max_opens;
	to->guest = from->guest;
	to->unencrypted = from->unencrypted;
	return ret;
}

/* Sort, and keep the first of those that mean the same. */
static void sort_values(struct values *values, bool client)
{
	size_t kept = 0;

	qsort(values->items, values->count, sizeof(*values->items),
	      client ? sort_client : sort_text);
	for (size_t i = 0; i < values->count; i++) {
		const struct value *v = &values->items[i];

		if (kept > 0 && (client ? cmp_client : cmp_text)(
					&values->items[kept - 1], v) == 0)
			continue;
		values->items[kept++] = *v;
	}
	values->count = kept;
}

static int compile(struct sm_match *match, enum sm_property p,
		   struct sm_fail *fail)
{
	const struct sm_texts *texts = &match->filter->texts[p];
	struct values *values = &match->values[p];

	if (texts->count == 0)
		return 0;
	values->items = calloc(texts->count, sizeof(*values->items));
	if (values->items == NULL)
		return sm_fail_nomem(fail);
	values->count = texts->count;
	for (size_t i = 0; i < texts->count; i++) {
		values->items[i].text = texts->items[i];
		values->items[i].given = i;
		if (p == SM_PROPERTY_CLIENT)
			sm_client_parse(texts->items[i],
					&values->items[i].client);
	}
	sort_values(values, p == SM_PROPERTY_CLIENT);
	return 0;
}

int sm_match_new(const smbmgmt_filter *filter, struct sm_match **match,
		 struct sm_fail *fail)
{
	struct sm_match *m = calloc(1, sizeof(*m));
	int ret = 0;

	if (m == NULL)
		return sm_fail_nomem(fail);
	ret = sm_filter_new(&m->filter, fail);
	if (ret == 0 && filter != NULL)
		ret = copy_filter(m->filter, filter, fail);
	for (size_t p = 0; ret == 0 && p < SM_PROPERTY_COUNT; p++)
		ret = compile(m, (enum sm_property)p, fail);
	if (ret != 0) {
		sm_match_free(m);
		return ret;
	}
	sm_idset_seal(&m->filter->ids);
	*match = m;
	return 0;
}

void sm_match_free(struct sm_match *match)
{
	if (match == NULL)
		return;
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++)
		free(match->values[p].items);
	free(match->found);
	sm_filter_unref(match->filter);
	free(match);
}

const smbmgmt_filter *sm_match_filter(const struct sm_match *match)
{
	return match->filter;
}

bool sm_match_is_all(const struct sm_match *match)
{
	return sm_filter_is_empty(match->filter);
}

bool sm_match_is_empty(const struct sm_match *match)
{
	return sm_match_is_all(match) && !match->filter->match_all;
}

/* A session object is looked for in the instance that it was found with. */
uint32_t sm_match_instances(const struct sm_match *match)
{
	uint32_t asked = match->filter->instances;

	for (size_t i = 0; i < match->filter->session_count; i++)
		asked |= 1u << match->filter->sessions[i]->row.instance;
	/* The default instance alone is what a server answers for unasked. */
	return match->filter->session_count > 0 &&
			       asked == 1u << SMBMGMT_INSTANCE_DEFAULT
		       ? 0
		       : asked;
}

size_t sm_match_session_count(const struct sm_match *match)
{
	return match->filter->session_count;
}

smbmgmt_session *sm_match_session(const struct sm_match *match, size_t index)
{
	return match->filter->sessions[index];
}

static int unsupported(const struct sm_table *table, const char *what,
		       uint64_t field, struct sm_fail *fail)
{
	return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
		       "%s does not tell %s over transport %s; transports "
		       "that can: %s.",
		       table->origin.computer, what, table->origin.transport,
		       sm_field_transports(field));
}

static int check_fields(const struct sm_match *match,
			const struct sm_table *table, struct sm_fail *fail)
{
	const smbmgmt_filter *f = match->filter;
	uint64_t knows = table->listing.fields;
	const struct {
		bool asked;
		uint64_t field;
		const char *what;
	} asks[] = {
		{f->ids.count > 0, SMBMGMT_FIELD_ID, "SessionId"},
		{f->has_min_idle, SMBMGMT_FIELD_SECONDS_IDLE, "SecondsIdle"},
		{f->has_min_age, SMBMGMT_FIELD_SECONDS_EXISTS, "SecondsExists"},
		{f->has_max_opens, SMBMGMT_FIELD_NUM_OPENS, "NumOpens"},
		{f->has_guest, SMBMGMT_FIELD_GUEST, "guest sessions"},
		{f->has_unencrypted, SMBMGMT_FIELD_ENCRYPTED, "encryption"},
	};

	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		if (match->values[p].count > 0 &&
		    (knows & properties[p].field) == 0)
			return unsupported(table, properties[p].name,
					   properties[p].field, fail);
	}
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		if (asks[i].asked && (knows & asks[i].field) == 0)
			return unsupported(table, asks[i].what, asks[i].field,
					   fail);
	}
	if (f->instances != 0 && (table->listing.caps & SM_CAP_INSTANCES) == 0)
		return unsupported(table, "SmbInstance", SMBMGMT_FIELD_INSTANCE,
				   fail);
	return 0;
}

/* A domain in a filter's user is lost on a transport that knows none. */
static int check_domains(const struct sm_match *match,
			 const struct sm_table *table, struct sm_fail *fail)
{
	const struct values *users = &match->values[SM_PROPERTY_USER];

	if ((table->listing.caps & SM_CAP_DOMAINS) != 0)
		return 0;
	for (size_t i = 0; i < users->count; i++) {
		if (strchr(users->items[i].text, '\\') != NULL)
			return sm_fail(fail, SMBMGMT_E_NOT_SUPPORTED,
				       "%s lists users without their domain "
				       "over transport %s; select '%s' "
				       "instead of '%s'.",
				       table->origin.computer,
				       table->origin.transport,
				       strrchr(users->items[i].text, '\\') + 1,
				       users->items[i].text);
	}
	return 0;
}

/* The value that is @key by @cmp, or NULL. */
static struct value *look_up(const struct values *values,
			     const struct value *key,
			     int (*cmp)(const void *, const void *))
{
	size_t low = 0;
	size_t high = values->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = cmp(&values->items[mid], key);

		if (order == 0)
			return &values->items[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool match_text(struct values *values, const char *text)
{
	struct value key = {.text = text};
	struct value *value = look_up(values, &key, cmp_text);

	if (value != NULL)
		value->hit = true;
	return value != NULL;
}

/* A node is named by its name, its address or its number; all are hits. */
static bool match_node(struct values *values, const struct sm_row *row)
{
	bool hit = match_text(values, row->node);
	char number[16];

	if (sm_row_has(row, SM_FIELD_NODE_ADDRESS) &&
	    match_text(values, row->node_address))
		hit = true;
	snprintf(number, sizeof(number), "%u", row->node_number);
	if (sm_row_has(row, SMBMGMT_FIELD_NODE_NUMBER) &&
	    match_text(values, number))
		hit = true;
	return hit;
}

/*
 * An address given without a zone means the one zone that is present; with a
 * second one it is not clear which was meant.
 */
static int match_zone(const struct sm_match *match, struct value *value,
		      const struct sm_client *client, struct sm_fail *fail)
{
	bool named = client->zone_len > 0;

	if (value->zone_run == match->runs &&
	    sm_text_ncmp(value->zone, value->zone_len, client->zone,
			 client->zone_len) != 0)
		return sm_fail(
			fail, SMBMGMT_E_AMBIGUOUS,
			"The address '%s' is listed with several "
			"zones; name the zone, as in '%s%%%.*s'.",
			value->text, value->client.address,
			(int)(named ? client->zone_len : value->zone_len),
			named ? client->zone : value->zone);
	value->zone_run = match->runs;
	value->zone = client->zone;
	value->zone_len = client->zone_len;
	value->hit = true;
	return 0;
}

/* The address as it is, and without its zone: at most two look-ups. */
static int match_client(struct sm_match *match, const char *text, bool *hit,
			struct sm_fail *fail)
{
	struct values *values = &match->values[SM_PROPERTY_CLIENT];
	struct value key = {.text = text};
	struct sm_client client;
	struct value *value = NULL;

	sm_client_parse(text, &client);
	key.client = client;
	*hit = false;
	if (client.zone_len > 0) {
		value = look_up(values, &key, cmp_client);
		if (value != NULL) {
			value->hit = true;
			*hit = true;
		}
		key.client.zone_len = 0;
	}
	value = look_up(values, &key, cmp_client);
	if (value == NULL)
		return 0;
	*hit = true;
	return match_zone(match, value, &client, fail);
}

static int match_id(struct sm_match *match, const struct sm_row *row, bool *hit,
		    struct sm_fail *fail)
{
	void *found = match->found;

	*hit = sm_row_has(row, SMBMGMT_FIELD_ID) &&
	       sm_idset_has(&match->filter->ids, row->id);
	if (!*hit)
		return 0;
	if (!sm_vec_room(&found, &match->found_size, match->found_count,
			 sizeof(*match->found)))
		return sm_fail_nomem(fail);
	match->found = found;
	match->found[match->found_count++] = row->id;
	return 0;
}

/* All of a row's values are looked up, so that each one's hits are known. */
static int match_properties(struct sm_match *match, const struct sm_row *row,
			    bool *all, struct sm_fail *fail)
{
	bool hit = true;
	int ret = 0;

	*all = true;
	if (match->filter->ids.count > 0) {
		ret = match_id(match, row, &hit, fail);
		if (ret != 0)
			return ret;
		*all = hit;
	}
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		struct values *values = &match->values[p];
		const char *text = NULL;

		if (values->count == 0)
			continue;
		if (!sm_row_has(row, properties[p].field)) {
			*all = false;
			continue;
		}
		text = *sm_row_text((struct sm_row *)row, properties[p].field);
		if (p == SM_PROPERTY_CLIENT) {
			ret = match_client(match, text, &hit, fail);
			if (ret != 0)
				return ret;
		} else if (p == SM_PROPERTY_NODE) {
			hit = match_node(values, row);
		} else {
			hit = match_text(values, text);
		}
		*all = *all && hit;
	}
	return 0;
}

/* An unknown field never satisfies a predicate. */
static bool match_predicates(const smbmgmt_filter *f, const struct sm_row *row)
{
	if (f->has_min_idle && !(sm_row_has(row, SMBMGMT_FIELD_SECONDS_IDLE) &&
				 row->idle >= f->min_idle))
		return false;
	if (f->has_min_age && !(sm_row_has(row, SMBMGMT_FIELD_SECONDS_EXISTS) &&
				row->exists >= f->min_age))
		return false;
	if (f->has_max_opens && !(sm_row_has(row, SMBMGMT_FIELD_NUM_OPENS) &&
				  row->num_opens <= f->max_opens))
		return false;
	if (f->has_guest && !(sm_row_has(row, SMBMGMT_FIELD_GUEST) &&
			      (row->guest != 0) == f->guest))
		return false;
	if (f->has_unencrypted && !(sm_row_has(row, SMBMGMT_FIELD_ENCRYPTED) &&
				    (row->encrypted == 0) == f->unencrypted))
		return false;
	return true;
}

/* Was its SMB instance asked for?  Nothing asked is the server's default. */
static bool match_instance(const smbmgmt_filter *f, const struct sm_row *row)
{
	if (f->instances == 0)
		return true;
	return sm_row_has(row, SMBMGMT_FIELD_INSTANCE) && row->instance < 32 &&
	       (f->instances & (1u << row->instance)) != 0;
}

int sm_match_select(struct sm_match *match, const struct sm_table *table,
		    uint8_t *selected, uint8_t *stale, struct sm_fail *fail)
{
	int ret = 0;

	memset(selected, 0, table->count);
	if (match->filter->session_count > 0)
		return sm_diff_select(match->filter->sessions,
				      match->filter->session_count, table,
				      selected, stale, fail);
	match->runs++;
	ret = check_fields(match, table, fail);
	if (ret == 0)
		ret = check_domains(match, table, fail);
	for (size_t i = 0; ret == 0 && i < table->count; i++) {
		const struct sm_row *row = &table->sessions[i].row;
		bool all = false;

		if (!match_instance(match->filter, row))
			continue;
		ret = match_properties(match, row, &all, fail);
		if (ret != 0 || !all)
			continue;
		match->any = true;
		selected[i] = match_predicates(match->filter, row) ? 1 : 0;
	}
	return ret;
}

static int say(const char *property, const char *value,
	       int (*missing)(void *, const struct sm_fail *), void *userdata)
{
	struct sm_fail fail;

	sm_fail(&fail, SMBMGMT_E_NOT_FOUND,
		"No MSFT_SmbSession objects found with property '%s' equal to "
		"'%s'.  Verify the value of the property and retry.",
		property, value);
	return missing(userdata, &fail);
}

static int missing_ids(const struct sm_match *match,
		       int (*missing)(void *, const struct sm_fail *),
		       void *userdata)
{
	struct sm_range *runs = NULL;
	size_t count = 0;
	int ret = 0;

	if (match->found_count > 0)
		sm_ids_sort(match->found, match->found_count);
	ret = sm_idset_missing(&match->filter->ids, match->found,
			       match->found_count, &runs, &count);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		char text[43];

		sm_range_format(&runs[i], text);
		ret = say("SessionId", text, missing, userdata);
	}
	free(runs);
	return ret;
}

/* Several properties: one sentence, and only if nothing had them all. */
static int missing_all(const struct sm_match *match,
		       int (*missing)(void *, const struct sm_fail *),
		       void *userdata)
{
	char names[128] = "";
	struct sm_fail fail;
	size_t len = 0;

	if (match->any)
		return 0;
	if (match->filter->ids.count > 0)
		len = (size_t)snprintf(names, sizeof(names), "'SessionId'");
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		if (match->values[p].count > 0)
			len += (size_t)snprintf(
				names + len, sizeof(names) - len, "%s'%s'",
				len == 0 ? "" : ", ", properties[p].name);
	}
	sm_fail(&fail, SMBMGMT_E_NOT_FOUND,
		"No MSFT_SmbSession objects found with properties %s equal to "
		"the given values.  Verify the values of the properties and "
		"retry.",
		names);
	return missing(userdata, &fail);
}

int sm_match_missing(const struct sm_match *match,
		     int (*missing)(void *userdata, const struct sm_fail *fail),
		     void *userdata)
{
	size_t used = match->filter->ids.count > 0 ? 1 : 0;
	int ret = 0;

	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++)
		used += match->values[p].count > 0 ? 1 : 0;
	if (used > 1)
		return missing_all(match, missing, userdata);
	if (match->filter->ids.count > 0)
		return missing_ids(match, missing, userdata);
	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		const struct values *values = &match->values[p];

		for (size_t i = 0; ret == 0 && i < values->count; i++) {
			if (!values->items[i].hit)
				ret = say(properties[p].name,
					  values->items[i].text, missing,
					  userdata);
		}
	}
	return ret;
}
