/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Lines of the shell, cut into commands and words. */
#ifndef TOOLS_SHELL_WORDS_H
#define TOOLS_SHELL_WORDS_H

#include "text.h"

enum shell_cut {
	CUT_COMMAND,  /* words holds at least one word */
	CUT_UNCLOSED, /* a quote without its end; the line is dropped */
	CUT_END,      /* no more commands */
};

/*
 * Take the next command from *text, which moves past it.  Commands end at a
 * `;` or line feed.  '...' and "..." keep what is between them; nothing else
 * has a meaning, so that DOMAIN\user and the backtick of a wildcard need no
 * quotes.  A word that begins with `#` begins a comment.
 */
enum shell_cut shell_cut(const char **text, struct words *words);

#endif /* TOOLS_SHELL_WORDS_H */
