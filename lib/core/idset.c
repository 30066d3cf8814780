/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/idset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sm_idset_free(struct sm_idset *set)
{
	free(set->ranges);
	memset(set, 0, sizeof(*set));
}

static int append(struct sm_range **ranges, size_t *count, size_t *size,
		  struct sm_range range)
{
	if (*count == *size) {
		size_t more = *size == 0 ? 8 : *size * 2;
		struct sm_range *bigger =
			reallocarray(*ranges, more, sizeof(range));

		if (bigger == NULL)
			return SMBMGMT_E_NOMEM;
		*ranges = bigger;
		*size = more;
	}
	(*ranges)[(*count)++] = range;
	return 0;
}

int sm_idset_add(struct sm_idset *set, uint64_t first, uint64_t last,
		 struct sm_fail *fail)
{
	struct sm_range range = {.first = first, .last = last};

	if (last < first)
		return sm_fail(fail, SMBMGMT_E_INVALID,
			       "The range %" PRIu64 "..%" PRIu64
			       " is reversed: write the smaller id first.",
			       first, last);
	if (append(&set->ranges, &set->count, &set->size, range) != 0)
		return sm_fail_nomem(fail);
	set->sealed = false;
	return 0;
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* One number and the blanks around it. */
static int read_number(const char *text, const char **at, uint64_t *number,
		       struct sm_fail *fail)
{
	const char *start = skip_blanks(*at);
	const char *p = start;
	uint64_t value = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return sm_fail_at(
				fail, SMBMGMT_E_INVALID, (size_t)(start - text),
				"An id is at most %" PRIu64 ".", UINT64_MAX);
	}
	if (p == start)
		return sm_fail_at(fail, SMBMGMT_E_INVALID,
				  (size_t)(start - text),
				  "An id is missing: write ids as in "
				  "`5`, `1..5` or `1,3..7`.");
	*number = value;
	*at = skip_blanks(p);
	return 0;
}

/* One number or one range; @at is left behind it. */
static int add_item(struct sm_idset *set, const char *text, const char **at,
		    struct sm_fail *fail)
{
	size_t start = (size_t)(skip_blanks(*at) - text);
	uint64_t first = 0;
	uint64_t last = 0;
	int ret = read_number(text, at, &first, fail);

	if (ret != 0)
		return ret;
	last = first;
	if (strncmp(*at, "..", 2) == 0) {
		*at += 2;
		ret = read_number(text, at, &last, fail);
		if (ret != 0)
			return ret;
	}
	ret = sm_idset_add(set, first, last, fail);
	if (ret == SMBMGMT_E_INVALID && fail != NULL)
		fail->offset = (int64_t)start;
	return ret;
}

int sm_idset_add_text(struct sm_idset *set, const char *text,
		      struct sm_fail *fail)
{
	size_t count = set->count;
	bool sealed = set->sealed;
	const char *at = text;
	int ret = add_item(set, text, &at, fail);

	while (ret == 0 && *at == ',') {
		at++;
		ret = add_item(set, text, &at, fail);
	}
	if (ret == 0 && *at != '\0')
		ret = sm_fail_at(fail, SMBMGMT_E_INVALID, (size_t)(at - text),
				 "This is no list of ids: write ids as in "
				 "`5`, `1..5` or `1,3..7`.");
	if (ret != 0) {
		set->count = count;
		set->sealed = sealed;
	}
	return ret;
}

int sm_idset_copy(struct sm_idset *to, const struct sm_idset *from,
		  struct sm_fail *fail)
{
	struct sm_range *ranges = NULL;

	if (from->count > 0) {
		ranges = reallocarray(NULL, from->count, sizeof(*ranges));
		if (ranges == NULL)
			return sm_fail_nomem(fail);
		memcpy(ranges, from->ranges, from->count * sizeof(*ranges));
	}
	to->ranges = ranges;
	to->count = from->count;
	to->size = from->count;
	to->sealed = from->sealed;
	return 0;
}

static int by_first(const void *a, const void *b)
{
	const struct sm_range *x = a;
	const struct sm_range *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->last > y->last) - (x->last < y->last);
}

void sm_idset_seal(struct sm_idset *set)
{
	size_t kept = 0;
	size_t i = 0;

	if (set->sealed)
		return;
	if (set->count > 1)
		qsort(set->ranges, set->count, sizeof(*set->ranges), by_first);
	for (i = 0; i < set->count; i++) {
		struct sm_range range = set->ranges[i];
		struct sm_range *before =
			kept > 0 ? &set->ranges[kept - 1] : NULL;

		if (before == NULL || range.first > before->last)
			set->ranges[kept++] = range;
		else if (range.last > before->last)
			before->last = range.last;
	}
	set->count = kept;
	set->sealed = true;
}

bool sm_idset_has(const struct sm_idset *set, uint64_t id)
{
	size_t low = 0;
	size_t high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (id > set->ranges[middle].last)
			low = middle + 1;
		else if (id < set->ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void sm_ids_sort(uint64_t *ids, size_t count)
{
	if (count > 0)
		qsort(ids, count, sizeof(*ids), cmp_u64);
}

int sm_idset_missing(const struct sm_idset *set, const uint64_t *found,
		     size_t found_count, struct sm_range **missing,
		     size_t *missing_count)
{
	struct sm_range *runs = NULL;
	size_t count = 0;
	size_t size = 0;
	size_t next = 0;
	size_t i = 0;

	for (i = 0; i < set->count; i++) {
		struct sm_range rest = set->ranges[i];
		bool left = true;

		for (; next < found_count && found[next] <= rest.last; next++) {
			struct sm_range run = rest;

			if (found[next] < rest.first)
				continue;
			run.last = found[next] - 1;
			if (found[next] > rest.first &&
			    append(&runs, &count, &size, run) != 0)
				goto nomem;
			left = found[next] < rest.last;
			if (left)
				rest.first = found[next] + 1;
			else
				rest.first = rest.last;
		}
		if (left && append(&runs, &count, &size, rest) != 0)
			goto nomem;
	}
	*missing = runs;
	*missing_count = count;
	return 0;
nomem:
	free(runs);
	return SMBMGMT_E_NOMEM;
}

void sm_range_format(const struct sm_range *range, char text[43])
{
	if (range->first == range->last)
		snprintf(text, 43, "%" PRIu64, range->first);
	else
		snprintf(text, 43, "%" PRIu64 "..%" PRIu64, range->first,
			 range->last);
}
