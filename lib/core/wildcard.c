/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "core/wildcard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "core/text.h"

enum kind {
	KIND_ONE,  /* this character */
	KIND_ANY,  /* `?` */
	KIND_MANY, /* `*` */
	KIND_SET,  /* `[...]` */
};

struct element {
	enum kind kind;
	uint32_t upper;	   /* KIND_ONE: in upper case */
	size_t first_span; /* KIND_SET: its spans */
	size_t span_count;
};

/* Characters of a set, as they were written. */
struct span {
	uint32_t low;
	uint32_t high;
};

struct sm_wildcard {
	struct element *elements;
	size_t element_count;
	struct span *spans;
	size_t span_count;
	bool literal;
};

/* The pattern while it is read. */
struct reader {
	const char *pattern;
	const char *at;
	const char *end;
};

/* One character; `*escaped` if a backtick stood before it. */
static uint32_t read_char(struct reader *reader, bool *escaped)
{
	uint32_t c = sm_text_next(&reader->at, reader->end);

	*escaped = c == '`' && reader->at < reader->end;
	return *escaped ? sm_text_next(&reader->at, reader->end) : c;
}

static void add_one(struct sm_wildcard *wildcard, uint32_t c)
{
	struct element *element =
		&wildcard->elements[wildcard->element_count++];

	element->kind = KIND_ONE;
	element->upper = sm_text_upper(c);
}

static void add_kind(struct sm_wildcard *wildcard, enum kind kind)
{
	struct element *element =
		&wildcard->elements[wildcard->element_count++];

	/* Stars in a row say no more than one. */
	if (kind == KIND_MANY && wildcard->element_count > 1 &&
	    element[-1].kind == KIND_MANY) {
		wildcard->element_count--;
		return;
	}
	element->kind = kind;
	wildcard->literal = false;
}

/*
 * The rest of a range behind `low-`.  A `-` that is first, last or escaped is
 * an ordinary character; that this one may be, too, is seen by looking ahead.
 */
static bool read_high(struct reader *reader, uint32_t *high)
{
	struct reader ahead = *reader;
	bool escaped = false;

	if (ahead.at == ahead.end || *ahead.at != '-')
		return false;
	ahead.at++;
	if (ahead.at == ahead.end || *ahead.at == ']')
		return false;
	*high = read_char(&ahead, &escaped);
	*reader = ahead;
	return true;
}

/* The set that begins at @open; the reader is behind its `[`. */
static int add_set(struct sm_wildcard *wildcard, struct reader *reader,
		   const char *open, struct sm_fail *fail)
{
	struct element *element = &wildcard->elements[wildcard->element_count];
	bool first = true;

	element->first_span = wildcard->span_count;
	while (reader->at < reader->end) {
		const char *start = reader->at;
		bool escaped = false;
		uint32_t low = read_char(reader, &escaped);
		uint32_t high = low;
		struct span span;

		if (low == ']' && !escaped && !first) {
			element->span_count =
				wildcard->span_count - element->first_span;
			add_kind(wildcard, KIND_SET);
			return 0;
		}
		first = false;
		(void)read_high(reader, &high);
		if (high < low)
			return sm_fail_at(fail, SMBMGMT_E_INVALID,
					  (size_t)(start - reader->pattern),
					  "The range in this pattern is "
					  "reversed: write the smaller "
					  "character first.");
		span.low = low;
		span.high = high;
		wildcard->spans[wildcard->span_count++] = span;
	}
	return sm_fail_at(fail, SMBMGMT_E_INVALID,
			  (size_t)(open - reader->pattern),
			  "The `[` in this pattern is not closed: write a "
			  "backtick before a bracket that is meant as such.");
}

static int compile(struct sm_wildcard *wildcard, struct reader *reader,
		   struct sm_fail *fail)
{
	while (reader->at < reader->end) {
		const char *start = reader->at;
		bool escaped = false;
		uint32_t c = read_char(reader, &escaped);
		int ret = 0;

		if (c == '*' && !escaped)
			add_kind(wildcard, KIND_MANY);
		else if (c == '?' && !escaped)
			add_kind(wildcard, KIND_ANY);
		else if (c == '[' && !escaped)
			ret = add_set(wildcard, reader, start, fail);
		else
			add_one(wildcard, c);
		if (ret != 0)
			return ret;
	}
	return 0;
}

int sm_wildcard_new(const char *pattern, struct sm_wildcard **wildcard,
		    struct sm_fail *fail)
{
	size_t len = strlen(pattern);
	struct reader reader = {
		.pattern = pattern, .at = pattern, .end = pattern + len};
	struct sm_wildcard *result = NULL;
	size_t offset = 0;
	int ret = 0;

	if (!sm_text_valid(pattern, len, &offset))
		return sm_fail_at(fail, SMBMGMT_E_INVALID, offset,
				  "The pattern is not UTF-8.");
	result = calloc(1, sizeof(*result));
	if (result == NULL)
		return sm_fail_nomem(fail);
	/* A byte makes at most one element or one span. */
	result->elements = calloc(len + 1, sizeof(*result->elements));
	result->spans = calloc(len + 1, sizeof(*result->spans));
	result->literal = true;
	if (result->elements == NULL || result->spans == NULL)
		ret = sm_fail_nomem(fail);
	else
		ret = compile(result, &reader, fail);
	if (ret != 0) {
		sm_wildcard_free(result);
		return ret;
	}
	*wildcard = result;
	return 0;
}

void sm_wildcard_free(struct sm_wildcard *wildcard)
{
	if (wildcard == NULL)
		return;
	free(wildcard->elements);
	free(wildcard->spans);
	free(wildcard);
}

bool sm_wildcard_is_literal(const struct sm_wildcard *wildcard)
{
	return wildcard->literal;
}

static bool in_spans(const struct sm_wildcard *wildcard,
		     const struct element *element, uint32_t c)
{
	size_t i = 0;

	for (i = 0; i < element->span_count; i++) {
		const struct span *span =
			&wildcard->spans[element->first_span + i];

		if (c >= span->low && c <= span->high)
			return true;
		/* One character may have several lower-case forms. */
		if (span->low == span->high &&
		    sm_text_upper(c) == sm_text_upper(span->low))
			return true;
	}
	return false;
}

/* As sm_text_upper(): nothing outside ASCII becomes ASCII. */
static uint32_t lower(uint32_t c)
{
	utf8proc_int32_t low = 0;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	low = utf8proc_tolower((utf8proc_int32_t)c);
	return low < 0x80 ? c : (uint32_t)low;
}

static bool matches_one(const struct sm_wildcard *wildcard,
			const struct element *element, uint32_t c)
{
	switch (element->kind) {
	case KIND_ONE:
		return sm_text_upper(c) == element->upper;
	case KIND_ANY:
		return true;
	case KIND_SET:
		return in_spans(wildcard, element, c) ||
		       in_spans(wildcard, element, sm_text_upper(c)) ||
		       in_spans(wildcard, element, lower(c));
	case KIND_MANY:
		break;
	}
	return false;
}

/*
 * When a character does not fit, only the last star can have taken too few:
 * it takes one more, and what follows it is tried again from there.
 */
bool sm_wildcard_match(const struct sm_wildcard *wildcard, const char *text)
{
	const struct element *element = wildcard->elements;
	const struct element *last = element + wildcard->element_count;
	const struct element *after_star = NULL;
	const char *end = text + strlen(text);
	const char *retry = NULL;

	while (text < end) {
		const char *next = text;
		uint32_t c = 0;

		if (element < last && element->kind == KIND_MANY) {
			after_star = ++element;
			retry = text;
			continue;
		}
		c = sm_text_next(&next, end);
		if (element < last && matches_one(wildcard, element, c)) {
			element++;
			text = next;
			continue;
		}
		if (after_star == NULL)
			return false;
		(void)sm_text_next(&retry, end);
		text = retry;
		element = after_star;
	}
	while (element < last && element->kind == KIND_MANY)
		element++;
	return element == last;
}
