/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "progress_text.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bar that is shorter says nothing, a longer one nothing more. */
#define LEAST_CELLS 8
#define MOST_CELLS 30

/* What may be said beside the servers, in the order of importance. */
enum part {
	PART_FAILED = 1,
	PART_LEFT,
	PART_SESSIONS,
	PART_CLOSED,
	PART_UNCLOSED,
	PART_ALL = PART_UNCLOSED,
};

static void add(char **text, char *more)
{
	char *longer = must_format("%s%s", *text, more);

	free(*text);
	free(more);
	*text = longer;
}

static char *time_left(int64_t seconds)
{
	if (seconds >= 3600) {
		return must_format(", %" PRId64 ":%02d:%02d left",
				   seconds / 3600, (int)(seconds / 60 % 60),
				   (int)(seconds % 60));
	}
	return must_format(", %d:%02d left", (int)(seconds / 60),
			   (int)(seconds % 60));
}

/* The servers, and as many of the parts as `last` says. */
static char *words(const struct progress_facts *facts, int last)
{
	char *text =
		must_format("%" PRIu32 " of %" PRIu32 " server%s", facts->done,
			    facts->total, facts->total == 1 ? "" : "s");

	if (last >= PART_SESSIONS) {
		add(&text,
		    must_format(", %" PRIu64 " session%s", facts->sessions,
				facts->sessions == 1 ? "" : "s"));
	}
	if (last >= PART_CLOSED && facts->closed > 0) {
		add(&text, must_format(", %" PRIu64 " closed", facts->closed));
	}
	if (last >= PART_UNCLOSED && facts->unclosed > 0) {
		add(&text,
		    must_format(", %" PRIu64 " not closed", facts->unclosed));
	}
	if (last >= PART_FAILED && facts->failed > 0) {
		add(&text,
		    must_format(", %" PRIu32 " server%s failed", facts->failed,
				facts->failed == 1 ? "" : "s"));
	}
	if (last >= PART_LEFT && facts->left >= 0) {
		add(&text, time_left(facts->left));
	}
	return text;
}

char *progress_line(const struct progress_facts *facts)
{
	char *text = words(facts, PART_ALL);
	char *line = must_format("%s: %s", facts->doing, text);

	free(text);
	return line;
}

static char *with_bar(const struct progress_facts *facts, const char *text,
		      size_t cells)
{
	size_t full = facts->total == 0 ? 0
					: (size_t)((uint64_t)cells *
						   facts->done / facts->total);
	char bar[MOST_CELLS + 1];

	memset(bar, '.', cells);
	memset(bar, '#', full < cells ? full : cells);
	bar[cells] = '\0';
	return must_format("%s [%s] %s", facts->doing, bar, text);
}

char *progress_bar(const struct progress_facts *facts, size_t width)
{
	char *text = words(facts, PART_ALL);
	char *bar = NULL;
	size_t taken;
	size_t cells;
	int last;

	for (last = PART_ALL; last > 0 && strlen(text) > width; last--) {
		free(text);
		text = words(facts, last - 1);
	}
	taken = strlen(text) + strlen(facts->doing) + strlen(" [] ");
	if (taken + LEAST_CELLS <= width) {
		cells = width - taken;
		bar = with_bar(facts, text,
			       cells < MOST_CELLS ? cells : MOST_CELLS);
		free(text);
		return bar;
	}
	if (strlen(text) > width) {
		text[width] = '\0';
	}
	return text;
}
