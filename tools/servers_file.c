/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "servers_file.h"

#include "exitcode.h"
#include "say.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n\v\f"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct reader {
	struct where *where;
	const char *origin;
	void *known; /* a tree of the names so far; they are the where's */
	size_t line;
	size_t read;
	size_t repeated;
};

static int compare(const void *a, const void *b)
{
	return strcasecmp(a, b);
}

static void keep(void *name)
{
	(void)name;
}

/* The names are compared as they are written: no name is looked up. */
static bool is_new(struct reader *reader, const char *name)
{
	if (tfind(name, &reader->known, compare) != NULL) {
		reader->repeated++;
		return false;
	}
	return true;
}

static void remember(struct reader *reader, const char *name)
{
	if (tsearch(name, &reader->known, compare) == NULL) {
		exit(1); /* as must_alloc() does */
	}
}

static void add(struct reader *reader, const char *name)
{
	struct words *servers = &reader->where->servers;
	char *place = NULL;

	reader->read++;
	if (!is_new(reader, name)) {
		return;
	}
	place = must_format("%s:%zu", reader->origin, reader->line);
	words_add(servers, name);
	words_add(&reader->where->places, place);
	remember(reader, servers->word[servers->count - 1]);
	free(place);
}

/* What follows a # that begins a word is for people. */
static void cut_comment(char *text)
{
	char *mark = text;

	while ((mark = strchr(mark, '#')) != NULL) {
		if (mark == text || strchr(BLANKS, mark[-1]) != NULL) {
			*mark = '\0';
			return;
		}
		mark++;
	}
}

static unsigned read_text(struct reader *reader, char *text)
{
	size_t length;

	if (reader->line == 1 && strncmp(text, BYTE_ORDER_MARK, 3) == 0) {
		text += 3;
	}
	cut_comment(text);
	text += strspn(text, BLANKS);
	length = strcspn(text, BLANKS);
	if (text[length + strspn(text + length, BLANKS)] != '\0') {
		return say_usage(
			"%s:%zu: '%.*s...': give it one server a "
			"line, as -S takes it",
			reader->origin, reader->line, (int)length, text);
	}
	text[length] = '\0';
	if (length > 0) {
		add(reader, text);
	}
	return 0;
}

static unsigned read_lines(struct reader *reader, FILE *file)
{
	unsigned facts = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&text, &size, file)) >= 0) {
		reader->line++;
		if (strlen(text) != (size_t)length) {
			facts |= say_usage("%s:%zu: the line holds a NUL",
					   reader->origin, reader->line);
		} else {
			facts |= read_text(reader, text);
		}
	}
	if (ferror(file)) {
		facts |= say_usage("--servers-file '%s': %s", reader->origin,
				   strerror(errno));
	}
	free(text);
	return facts;
}

static unsigned read_file(struct reader *reader, FILE *file)
{
	const struct words *servers = &reader->where->servers;
	unsigned facts = 0;
	size_t i;

	/* -S may name a server as often as it likes; once is known. */
	for (i = 0; i < servers->count; i++) {
		remember(reader, servers->word[i]);
	}
	facts = read_lines(reader, file);
	if (facts == 0 && reader->read == 0) {
		facts = say_usage("--servers-file '%s': it names no server",
				  reader->origin);
	}
	if (facts == 0 && reader->repeated > 0) {
		say_note(
			"note: %s: %zu %s been named before: each server is "
			"asked "
			"once",
			reader->origin, reader->repeated,
			reader->repeated == 1 ? "line has a server that has"
					      : "lines have servers that have");
	}
	return facts;
}

unsigned servers_file_read(struct where *where)
{
	bool standard = strcmp(where->servers_file, "-") == 0;
	struct reader reader = {
		.where = where,
		.origin = standard ? "standard input" : where->servers_file,
	};
	FILE *file = standard ? stdin : fopen(where->servers_file, "re");
	unsigned facts = 0;

	if (file == NULL) {
		return say_usage("--servers-file '%s': %s", where->servers_file,
				 strerror(errno));
	}
	facts = read_file(&reader, file);
	tdestroy(reader.known, keep);
	if (!standard) {
		fclose(file);
	}
	return facts;
}
