/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How far a job is, in words and as a bar. */
#ifndef TOOLS_PROGRESS_TEXT_H
#define TOOLS_PROGRESS_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct progress_facts {
	const char *doing; /* "Listing" */
	uint32_t done, total;
	uint32_t failed; /* servers, which are done as well */
	uint64_t sessions;
	uint64_t closed;
	uint64_t unclosed; /* that were to be closed */
	int64_t left;	   /* seconds; -1: nobody can tell */
};

/* All of it: a new string. */
char *progress_line(const struct progress_facts *facts);

/*
 * What fits into so many columns, a bar in front if there is room for it: a new
 * string of ASCII.
 */
char *progress_bar(const struct progress_facts *facts, size_t width);

#endif /* TOOLS_PROGRESS_TEXT_H */
