/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Text for a terminal, and lists of words. */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A growing list of strings of its own. */
struct words {
	char **word;
	size_t count;
};

void words_add(struct words *words, const char *word);
void words_clear(struct words *words);

/* malloc and strdup that end the program when there is no memory. */
void *must_alloc(size_t count, size_t size);
void *must_grow(void *old, size_t count, size_t size);
char *must_copy(const char *text);
char *must_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * A copy in which nothing can steer a terminal or hide from its reader:
 * control characters, bytes that are not UTF-8, and characters that reorder
 * or vanish are written as escapes.  Names come from servers, and a client
 * chooses its own.
 */
char *text_safe(const char *text);

/*
 * A copy that is one line and steers no terminal, but else as it was: only
 * control characters, line separators and bytes that are not UTF-8 are written
 * as escapes.
 */
char *text_one_line(const char *text);

/* How many columns of a terminal a safe text takes. */
size_t text_width(const char *text);

/* A copy of a safe text, cut to so many columns; then an ellipsis ends it. */
char *text_cut(const char *text, size_t width);

/* The same, cut at its beginning: for paths, whose ends tell more. */
char *text_cut_front(const char *text, size_t width);

#endif /* TOOLS_TEXT_H */
