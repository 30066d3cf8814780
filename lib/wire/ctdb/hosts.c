/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The names that getent prints: whoever runs the name service wrote them. */
#include <stdio.h>
#include <string.h>

#include "wire/ctdb/ctdb.h"

#define BLANKS " \t"
/* With aliases; nobody has so many. */
#define LINE_MAX_BYTES 4096

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A host name, with a letter: neither a number nor an address. */
static bool is_name(const char *text)
{
	bool letter = false;

	for (; *text != '\0'; text++) {
		letter = letter || is_letter(*text);
		if (!is_letter(*text) && strchr("0123456789.-_", *text) == NULL)
			return false;
	}
	return letter;
}

/* By ASCII: names have nothing else. */
static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool same_name(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

static void read_line(char *line, const struct sm_ctdb_view *view,
		      struct sm_ctdb_names *names)
{
	char *rest = NULL;
	const char *address = strtok_r(line, BLANKS, &rest);
	const char *name = strtok_r(NULL, BLANKS, &rest);

	if (address == NULL || name == NULL || !is_name(name) ||
	    strlen(name) >= SM_CTDB_NAME)
		return;
	for (size_t i = 0; i < view->count; i++) {
		if (strcmp(view->nodes[i].address, address) == 0)
			snprintf(names->name[i], SM_CTDB_NAME, "%s", name);
	}
}

/* One name of two nodes would be taken for either. */
static void drop_shared(const struct sm_ctdb_view *view,
			struct sm_ctdb_names *names)
{
	bool shared[SM_CTDB_NODES] = {false};

	for (size_t i = 0; i < view->count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (same_name(names->name[i], names->name[j]))
				shared[i] = shared[j] = true;
		}
	}
	for (size_t i = 0; i < view->count; i++) {
		if (shared[i])
			names->name[i][0] = '\0';
	}
}

void sm_ctdb_read_hosts(const char *text, size_t len,
			const struct sm_ctdb_view *view,
			struct sm_ctdb_names *names)
{
	memset(names, 0, sizeof(*names));
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - text);
		char line[LINE_MAX_BYTES];

		if (n < sizeof(line)) {
			memcpy(line, text, n);
			line[n] = '\0';
			read_line(line, view, names);
		}
		text += n + (end != NULL);
		len -= n + (end != NULL);
	}
	drop_shared(view, names);
}
