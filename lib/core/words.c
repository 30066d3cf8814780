/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/words.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/fail.h"

/* So many values are named; whoever asks for more knows them. */
#define NAMED_MAX 5

void sm_words_add(struct sm_words *words, const char *format, ...)
{
	size_t room = words->size - words->len;
	va_list args;
	int len = 0;

	if (room <= 1)
		return;
	va_start(args, format);
	len = vsnprintf(words->text + words->len, room, format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len < room) {
		words->len += (size_t)len;
		return;
	}
	sm_trim_tail(words->text);
	/* Nothing goes after a cut. */
	words->len = strlen(words->text);
	words->size = words->len + 1;
}

/* The link between two properties. */
static void next(struct sm_words *words, bool *any, const char *what)
{
	sm_words_add(words, "%s%s", *any ? " and " : "", what);
	*any = true;
}

static void add_ids(struct sm_words *words, const struct sm_idset *ids,
		    bool *any)
{
	if (ids->count == 0)
		return;
	next(words, any, "session id");
	for (size_t i = 0; i < ids->count && i < NAMED_MAX; i++) {
		char text[43];

		sm_range_format(&ids->ranges[i], text);
		sm_words_add(words, "%s %s", i == 0 ? "" : " or", text);
	}
	if (ids->count > NAMED_MAX)
		sm_words_add(words, " or %zu more", ids->count - NAMED_MAX);
}

static void add_texts(struct sm_words *words, const smbmgmt_filter *filter,
		      bool *any)
{
	static const char *const names[SM_PROPERTY_COUNT] = {
		[SM_PROPERTY_CLIENT] = "client",
		[SM_PROPERTY_USER] = "client user",
		[SM_PROPERTY_SCOPE] = "scope",
		[SM_PROPERTY_NODE] = "cluster node",
		[SM_PROPERTY_DIALECT] = "dialect",
	};

	for (size_t p = 0; p < SM_PROPERTY_COUNT; p++) {
		const struct sm_texts *texts = &filter->texts[p];

		if (texts->count == 0)
			continue;
		next(words, any, names[p]);
		for (size_t i = 0; i < texts->count && i < NAMED_MAX; i++)
			sm_words_add(words, "%s '%s'", i == 0 ? "" : " or",
				     texts->items[i]);
		if (texts->count > NAMED_MAX)
			sm_words_add(words, " or %zu more",
				     texts->count - NAMED_MAX);
	}
}

static void add_instances(struct sm_words *words, uint32_t instances, bool *any)
{
	static const char *const names[] = {"default", "csv", "sbl", "sr"};
	bool first = true;

	if (instances == 0)
		return;
	next(words, any, "SMB instance");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((instances & (UINT32_C(1) << i)) == 0)
			continue;
		sm_words_add(words, "%s %s", first ? "" : " or", names[i]);
		first = false;
	}
}

static void add_predicates(struct sm_words *words, const smbmgmt_filter *filter,
			   bool *any)
{
	if (filter->has_min_idle) {
		next(words, any, "idle for ");
		sm_words_add(words, "%u s or longer", filter->min_idle);
	}
	if (filter->has_min_age) {
		next(words, any, "older than ");
		sm_words_add(words, "%u s", filter->min_age);
	}
	if (filter->has_max_opens) {
		next(words, any, "with ");
		sm_words_add(words, "%llu open files or fewer",
			     (unsigned long long)filter->max_opens);
	}
	if (filter->has_guest)
		next(words, any, filter->guest ? "guest" : "no guest");
	if (filter->has_unencrypted)
		next(words, any,
		     filter->unencrypted ? "not encrypted" : "encrypted");
}

void sm_words_filter(struct sm_words *words, const smbmgmt_filter *filter)
{
	bool any = false;

	add_ids(words, &filter->ids, &any);
	add_texts(words, filter, &any);
	add_instances(words, filter->instances, &any);
	add_predicates(words, filter, &any);
	if (sm_filter_is_empty(filter))
		next(words, &any, "every session");
}

void sm_words_time(struct sm_words *words, uint32_t milliseconds)
{
	uint32_t s = milliseconds / 1000;

	if (milliseconds % 1000 != 0)
		sm_words_add(words, "%u ms", milliseconds);
	else if (s < 60)
		sm_words_add(words, "%u s", s);
	else if (s % 60 == 0)
		sm_words_add(words, "%u min", s / 60);
	else
		sm_words_add(words, "%u min %u s", s / 60, s % 60);
}
